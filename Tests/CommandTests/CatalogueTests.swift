import Foundation
import Testing

/// One row of the catalogue of hostile inputs, and the tests that show what comes of it.
private struct CatalogueRow {
  enum Proof {
    case scenario(String)
    /// A test's file below `Tests/`, and its name.
    case test(file: String, name: String)
    /// A kind of `Tests/Torture/torture`.
    case torture(String)
    /// Why there is none.
    case none(String)
  }

  var number: Int
  var input: String
  var proofs: [Proof]

  static let all: [CatalogueRow] = {
    let text = try? String(contentsOfFile: Package.tests + "/catalogue.txt", encoding: .utf8)
    return (text ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let cells = line.components(separatedBy: " | ")
      guard cells.count == 3, let number = Int(cells[0]) else { return nil }
      let proofs = cells[2].components(separatedBy: "; ").compactMap(proof)
      return CatalogueRow(number: number, input: cells[1], proofs: proofs)
    }
  }()

  private static func proof(_ text: String) -> Proof? {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return nil }
    switch words[0] {
    case "scenario": return .scenario(words[1])
    case "torture": return .torture(words[1])
    case "none:": return Proof.none(words[1])
    case "test":
      let parts = words[1].split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      return .test(file: parts[0], name: parts[1].trimmingCharacters(in: ["\""]))
    default: return nil
    }
  }
}

/// The catalogue of hostile inputs: every row has its test, and the document says what that expects.
@Suite("The catalogue of hostile inputs") struct CatalogueTests {
  private static let document = Package.root + "/docs/HOSTILE-INPUT.md"
  /// Rows of reference/hostile-input.md §7.
  private static let rows = 93

  @Test("every row is there, and what it names is")
  func proofs() throws {
    #expect(CatalogueRow.all.map(\.number) == Array(1...Self.rows))
    let torture = try String(
      contentsOfFile: Package.root + "/Tests/Torture/torture", encoding: .utf8)
    for row in CatalogueRow.all {
      #expect(!row.proofs.isEmpty, "row \(row.number)")
      for proof in row.proofs {
        switch proof {
        case .scenario(let name):
          #expect(Scenario.all.contains { $0.name == name }, "row \(row.number): \(name)")
        case .test(let file, let name):
          let text = try String(contentsOfFile: Package.root + "/Tests/" + file, encoding: .utf8)
          #expect(text.contains("\"\(name)\""), "row \(row.number): \(name)")
        case .torture(let kind):
          #expect(torture.contains("\"\(kind)\""), "row \(row.number): \(kind)")
        case .none: continue
        }
      }
    }
  }

  @Test("docs/HOSTILE-INPUT.md is what the catalogue makes; UPDATE_GOLDENS=1 writes it anew")
  func documentIsCurrent() throws {
    let text = Self.rendered()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
      try text.write(toFile: Self.document, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: Self.document, encoding: .utf8) == text)
  }

  private static func rendered() -> String {
    var text = """
      # Hostile input

      Everything that is scanned was written or repacked by criminals. This is what dumpsieve does with each kind of input that was made to stop, blind or deceive
      it, and the test that shows it. It is made from the tests (`make goldens`): the statuses and codes are those that they expect. `unread` is a reason in `run.coverage.unread`:
      the input was not read whole, and the result says so. `passed over` is a kind in `run.coverage.passed_over`. What else was in the dump is read in every case.

      | # | input | exit status | unread, passed over | test |
      |---|---|---|---|---|

      """
    for row in CatalogueRow.all {
      var statuses: [String] = []
      var codes: [String] = []
      var tests: [String] = []
      for proof in row.proofs {
        switch proof {
        case .scenario(let name):
          let scenario = Scenario.all.first { $0.name == name }
          statuses += scenario.map(Self.statuses) ?? []
          codes += scenario.map(Self.codes) ?? []
          tests.append("`\(name)`")
        case .test(let file, let name):
          tests.append("\(file.split(separator: "/").last ?? ""): \(name)")
        case .torture(let kind): tests.append("torture: \(kind)")
        case .none(let why): tests.append("none: \(why)")
        }
      }
      let cells = [statuses, codes].map { Self.unique($0).joined(separator: ", ") }
      text +=
        "| \(row.number) | \(row.input) | \(cells[0]) | \(cells[1]) | \(tests.joined(separator: "; ")) |\n"
    }
    return text
  }

  private static func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  private static func statuses(_ scenario: Scenario) -> [String] {
    scenario.lines.filter { $0.verb == "status" }.map(\.rest)
  }

  /// Reasons of what is not read, and kinds that are passed over, that the scenario expects.
  private static func codes(_ scenario: Scenario) -> [String] {
    scenario.lines.filter { $0.verb == "json" && $0.words.count > 2 }.compactMap { line in
      let words = line.words.map { String(decoding: $0, as: UTF8.self) }
      let path = words[1].split(separator: ".")
      if path.starts(with: ["run", "coverage", "unread"]), path.last == "reason" {
        return "unread: \(words[2].trimmingCharacters(in: ["\""]))"
      }
      if path.starts(with: ["run", "coverage", "passed_over"]), let kind = path.last {
        return "passed over: \(kind)"
      }
      return nil
    }
  }
}
