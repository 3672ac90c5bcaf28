import Formats
import Foundation
import TestSupport
import Testing

@testable import Worker

@Suite("samples")
struct SampleTests {
  @Test("every sample is read as a human reads it", arguments: Samples.formats)
  func truth(sample: String) throws {
    let file = Samples.directory.appending(path: sample)
    let truth = try JSONDecoder().decode(
      [ReadCredential].self,
      from: Data(contentsOf: file.deletingPathExtension().appendingPathExtension("truth.json")))
    let reading = Samples.read(try Samples.bytes(of: sample))
    let missing = Set(truth).subtracting(reading.recorder.credentials)
    let extra = Set(reading.recorder.credentials).subtracting(truth)
    #expect(missing.isEmpty)
    #expect(extra.isEmpty)
  }

  @Test("every sample is read as its golden says, candidates and all", arguments: Samples.formats)
  func golden(sample: String) throws {
    let file = Samples.directory.appending(path: sample).deletingPathExtension()
      .appendingPathExtension("expected.json")
    let golden = Golden(
      Samples.read(try Samples.bytes(of: sample)), family: try family(of: sample))
    if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
      try golden.text().write(to: file, atomically: true, encoding: .utf8)
    }
    try #require(
      FileManager.default.fileExists(atPath: file.path), "no golden; UPDATE_GOLDENS=1 writes it")
    let expected = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    #expect(golden == expected)
  }

  @Test("where a sample's password is said to stand, it stands", arguments: Samples.formats)
  func passwords(sample: String) throws {
    let recorder = Samples.read(try Samples.bytes(of: sample)).recorder
    for (index, password) in recorder.passwords where recorder.candidates[index].candidate == 0 {
      // A password of equals signs is what that sample is about.
      #expect(
        password.contains("CANARY") || password.allSatisfy { $0 == "=" },
        "record \(recorder.candidates[index].record)")
      #expect(password == password.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    // Every layout of lines tells the place, but for cells with escapes.
    for (index, candidate) in recorder.candidates.enumerated() {
      switch candidate.layout {
      case "labelled-blocks", "delimited-lines":
        #expect(candidate.password == (recorder.passwords[index] != nil))
      default: break
      }
    }
  }

  /// What cannot be told from rows or from a document that is still open (SECURITY.md), if it stands below these.
  private static let open: Set<String> = [
    "json/truncated.txt", "json/truncated-login.txt", "xml/truncated.txt",
    "csv/bars-and-blanks.txt", "csv/quoted-names-and-bars.txt", "reseller/markdown-table.txt",
    "chrome-csv/joined-files.txt", "csv/quoted-names.txt", "csv/tsv.txt", "csv/sep-line.txt",
    "cookies/json-lines.txt", "none/history-labels.txt",
    "blocks/keychain-dump.txt", "blocks/truncated-block.txt", "blocks/truncated-url.txt",
    "nordpass/additional-urls.txt", "nordpass/identity-row.txt", "roboform/pwd-column.txt",
  ]
  /// What is read by what the whole file is: bare `ann:…` where most lines are such, and a look that all of it has.
  private static let ofWholeFiles: Set<String> = [
    "ulp/combolist.txt", "ulp/names-alone.txt", "ulp/placeholders.txt",
    "mixed/advert-over-a-combolist.txt", "marked/word-runs.txt",
  ]

  @Test("two samples joined give every login that they give alone")
  func joined() throws {
    func logins(_ text: [UInt8]) -> Set<String> {
      Set(Samples.read(text).candidates.map(\.login))
    }
    let texts = try Samples.formats.filter { !Self.ofWholeFiles.contains($0) }
      .map { (name: $0, bytes: try Samples.bytes(of: $0)) }
      .filter { !$0.bytes.contains(0) && String(validating: $0.bytes, as: UTF8.self) != nil }
    #expect(Self.open.union(Self.ofWholeFiles).isSubset(of: Samples.formats))
    let above = texts.filter { !Self.open.contains($0.name) }
    #expect(above.count > 200)
    var random = SeededGenerator.forTests()
    for _ in 0..<300 {
      let (first, second) = (random.pick(above), random.pick(texts))
      let lost = logins(first.bytes).union(logins(second.bytes))
        .subtracting(logins(first.bytes + Array("\n\n".utf8) + second.bytes))
      #expect(lost.isEmpty, "\(first.name) above \(second.name)")
    }
  }

  @Test("a sample gives the same logins whatever its line ends, encoding and what is put round it")
  func otherClothes() throws {
    func logins(_ text: some Sequence<UInt8>) -> Set<String> {
      Set(Samples.read(Array(text)).candidates.map(\.login))
    }
    func ended(_ text: String, by end: String) -> [UInt8] {
      Array(text.replacingOccurrences(of: "\n", with: end).utf8)
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let clothes: [(name: String, put: (String) -> [UInt8])] = [
      ("a mark", { mark + $0.utf8 }), ("two marks", { mark + mark + $0.utf8 }),
      ("CRLF", { ended($0, by: "\r\n") }), ("CR", { ended($0, by: "\r") }),
      ("UTF-16, little end first", { [0xFF, 0xFE] + PropertyTests.units($0, isBig: false) }),
      ("UTF-16, big end first", { [0xFE, 0xFF] + PropertyTests.units($0, isBig: true) }),
      ("blanks before lines", { ended("  " + $0, by: "\n  ") }),
      ("tabs before lines", { ended("\t" + $0, by: "\n\t") }),
      ("blanks behind lines", { ended($0, by: "  \n") }),
      ("blank lines above", { Array(("\n\n\n" + $0).utf8) }),
      ("an advert round it", { Array("=== t.me/shop ===\n\n\($0)\n\n=== t.me/shop ===\n".utf8) }),
      ("a fence round it", { Array("```\n\($0)\n```\n".utf8) }),
      ("NULs behind it", { $0.utf8 + [0, 0, 0] }), ("an end of DOS", { $0.utf8 + [0x1A] }),
    ]
    for sample in Samples.formats where !Self.ofWholeFiles.contains(sample) {
      let bytes = try Samples.bytes(of: sample)
      guard !bytes.contains(0), !bytes.contains(0x0D), !bytes.starts(with: mark),
        let text = String(validating: bytes, as: UTF8.self)
      else { continue }
      let plain = logins(bytes)
      for (name, put) in clothes {
        let lost = plain.subtracting(logins(put(text)))
        #expect(lost.isEmpty, "\(sample) with \(name)")
      }
    }
  }

  @Test("no golden and no truth stands without its sample")
  func orphans() throws {
    let files = FileManager.default.enumerator(atPath: Samples.directory.path)
    for case let name as String in files ?? .init() {
      guard let end = ["expected.json", "truth.json"].first(where: name.hasSuffix) else { continue }
      let sample = name.dropLast(end.count) + "txt"
      #expect(Samples.formats.contains(String(sample)), "\(name)")
    }
  }

  @Test("a sample's family is its folder's, or unknown", arguments: Samples.formats)
  func family(sample: String) throws {
    // Which of them the text alone tells, without a system file beside it, the goldens say.
    if let family = try family(of: sample) {
      #expect(family == "fam.\(sample.prefix { $0 != "/" })")
    }
  }

  private func family(of sample: String) throws -> String? {
    // As the worker does: the rules on their way through the pipe, and no name of the file.
    let rules = try WorkerRules(Samples.rules.encoded())
    let text = try Samples.bytes(of: sample)
    var evidence = FamilyMarkers.Evidence(rules.families)
    let noName: [UInt8] = []
    evidence.look(at: text.span, name: noName.span, rules.families)
    return evidence.verdict.map { rules.families.families[$0.family].id }
  }
}

/// `<case>.expected.json`: one candidate a line, so that a change shows as what it is.
struct Golden: Codable, Equatable {
  var credentials: [Candidate]
  /// The stealer family that the text alone tells, or nil.
  var family: String?

  init(_ reading: Reading, family: String?) {
    credentials = reading.candidates
    self.family = family
  }

  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let lines = try credentials.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    let end = (family.map { ",\n  \"family\": \"\($0)\"" } ?? "") + "\n}\n"
    if lines.isEmpty { return "{\n  \"credentials\": []" + end }
    return "{\n  \"credentials\": [\n    " + lines.joined(separator: ",\n    ") + "\n  ]" + end
  }
}
