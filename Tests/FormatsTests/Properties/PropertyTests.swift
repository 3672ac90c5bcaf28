import Bytes
import Clock
import Dumps
import Foundation
import TestSupport
import Testing

@testable import Findings
@testable import Formats
@testable import Watchlists
@testable import Worker

@Suite("properties")
struct PropertyTests {
  @Test("it holds for every case", arguments: chosen)
  func property(_ property: Property) {
    property.hold()
  }

  @Test("there are thirty of them")
  func count() {
    #expect(Self.all.count >= 30)
    #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    #expect(!Self.chosen.isEmpty, "DUMPSIEVE_PROPERTY names none")
  }

  private static let all = reading + encoding + escaping + logins + hosts + wire
  /// All, or those whose names hold what `DUMPSIEVE_PROPERTY` says: for very many cases of one.
  static let chosen =
    ProcessInfo.processInfo.environment["DUMPSIEVE_PROPERTY"].map { part in
      all.filter { $0.name.contains(part) }
    } ?? all

  /// Host, login and whether a password stands there, without places.
  private struct Found: Hashable, CustomStringConvertible {
    var host: String
    var login: String
    var hasPassword: Bool

    var description: String { "\(host) \(login) \(hasPassword)" }
  }

  /// What must be found in a document.
  private static func found(_ document: MadeDocument) -> [Found] {
    document.records.map { Found(host: $0.site, login: $0.login, hasPassword: true) }
  }

  private static func found(_ text: Text) -> [Found] {
    Cuts.read(text, at: []).map {
      Found(host: $0.host, login: $0.login, hasPassword: $0.password)
    }
  }

  private static func cut(
    _ name: String, _ make: @escaping @Sendable (inout Generator) -> Text
  ) -> Property {
    Property("\(name), cut anywhere, are read alike") { generator in
      let text = make(&generator)
      let cuts = generator.cuts(text.count)
      var counts: [UInt32] = []
      let found = [cuts, []].map { Cuts.read(text, at: $0, recordCounts: &counts) }
      return difference(found[0], found[1], of: text)
        ?? difference(counts[0], counts[1], of: text)
    }
  }

  /// What this thread has used, in seconds.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  // MARK: Reading

  static let reading: [Property] = [
    cut("labelled blocks") { $0.labelledBlocks(records: 4) },
    cut("lines") { $0.lines(5) },
    cut("tables") { $0.separatedValues(records: 5) },
    cut("rows of HTML and SQL") { $0.markedRows(tables: 1) },
    cut("JSON documents") { $0.json(records: 3) },
    cut("XML documents") { $0.xml(records: 3) },
    cut("pieces of all layouts in any order") { $0.mosaic() },
    Property("pieces of all layouts in any order, in ranges of any length, are read alike") {
      generator in
      let text = (0..<6).flatMap { _ in generator.mosaic() }
      let length = generator.number(20...200)
      do {
        return try RangeReading.withFile(text) { file in
          let whole = RangeReading.whole(file, text.count, 64, 4096)
          let ranges = RangeReading.ranges(
            file, text.count, 64, 4096, length: length, &generator.random)
          return difference(ranges.reading, whole, of: text)
        }
      } catch {
        return "\(error)"
      }
    },
    Property("a file is read alike in chunks of any size") { generator in
      let text = generator.anyText()
      let chunk = generator.number(1...300)
      return difference(
        Samples.read(text, chunkBytes: chunk).candidates, Samples.read(text).candidates, of: text)
    },
    // No speed is tried: what is right takes some milliseconds, and a search from each word to the end many seconds.
    Property("words that readers look for, over and over, are read once") { generator in
      let text = generator.repeated(512 << 10)
      let start = processorTime
      _ = Samples.read(text)
      let seconds = processorTime - start
      return seconds < 3 ? nil : "\(seconds) s: \(Text(text.prefix(200)).string.debugDescription)"
    },
    Property("what was read before a file leaves nothing behind for it") { generator in
      let texts = [generator.anyText(), generator.anyText()]
      var reader = ChunkReader(chunkBytes: 64, maxRecordBytes: 4096)
      var candidates: [[Candidate]] = []
      for text in texts + [texts[1]] {
        var layout = MixedText(
          first: Layouts.best(for: text.span, labels: Samples.labels), labels: Samples.labels)
        var recorder = CredentialRecorder()
        _ = reader.read(KeptBytes(text), isText: true) { bytes, isLast in
          layout.read(bytes, isLast: isLast, into: &recorder)
        }
        candidates.append(recorder.candidates)
      }
      return difference(candidates[1], candidates[2], of: texts[1])
    },
    Property("records are read alike in whatever layout they are written") { generator in
      let document = MadeDocument(&generator)
      let text = Text(document.text.utf8)
      return difference(found(text), found(document), of: text)
    },
    Property("documents of any layouts joined give what they give alone, in any order") {
      generator in
      let documents = (0..<generator.number(2...5)).map { _ in MadeDocument(&generator) }
      let text = Text(documents.map(\.text).joined(separator: "\n").utf8)
      return difference(found(text), documents.flatMap { found($0) }, of: text)
    },
    Property("lines of one reading joined give what they give alone, in any order") { generator in
      var lines = (0..<generator.number(1...6)).map { _ in generator.plainLine() }
      let alone = Set(lines.flatMap { found(Text($0.utf8)) })
      lines.shuffle(using: &generator.random)
      let text = Text(lines.joined().utf8)
      return difference(Set(found(text)), alone, of: text)
    },
    Property("a text twice over gives everything twice") { generator in
      let text = Text(MadeDocument(&generator).text.utf8)
      return difference(found(text + text), found(text) + found(text), of: text)
    },
    Property("a last line without its end is read alike") { generator in
      let text = Text((0..<3).map { _ in generator.plainLine() }.joined().utf8)
      return difference(Cuts.read(text, at: []), Cuts.read(text.dropLast(), at: []), of: text)
    },
    Property("which line end is used does not matter") { generator in
      let lines = (0..<4).map { _ in
        generator.random.once(in: 3) ? "\n" : generator.plainLine()
      }
      let text = lines.joined()
      let ends = ["\r\n", "\r"].map { text.replacingOccurrences(of: "\n", with: $0) }
      let plain = Cuts.read(Text(text.utf8), at: [])
      return ends.lazy.compactMap { end in
        difference(Cuts.read(Text(end.utf8), at: []), plain, of: Text(end.utf8))
      }.first
    },
    Property("what the password is changes nothing that is told") { generator in
      let line = generator.plainLine()
      let head = line[..<(line.range(of: "CANARY")?.lowerBound ?? line.startIndex)]
      let texts = [generator.word(1...9), generator.word(10...30)].map {
        Text("\(head)\($0)\n".utf8)
      }
      return difference(Cuts.read(texts[0], at: []), Cuts.read(texts[1], at: []), of: texts[0])
    },
    Property("the order of the labels of a block does not matter") { generator in
      var fields = [
        "URL: https://\(generator.word()).example/", "Login: \(generator.word())@mail.example",
        "Password: CANARY\(generator.word())",
      ]
      let separator = "\n===============\n"
      let first = found(Text((fields.joined(separator: "\n") + separator).utf8))
      fields.shuffle(using: &generator.random)
      let text = Text((fields.joined(separator: "\n") + separator).utf8)
      return difference(found(text), first, of: text)
    },
  ]

  // MARK: Encodings

  private static func encoded(
    _ name: String, _ encode: @escaping @Sendable (String) -> Text
  ) -> Property {
    Property("\(name) is read as UTF-8 is") { generator in
      let text = MadeDocument(&generator).text + "\né €\n" + MadeDocument(&generator).text
      return difference(
        Samples.read(encode(text)).candidates, Samples.read(Text(text.utf8)).candidates,
        of: Text(text.utf8))
    }
  }

  static func units(_ text: String, isBig: Bool) -> Text {
    text.utf16.flatMap { unit in
      isBig
        ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
  }

  static let encoding: [Property] = [
    encoded("UTF-8 with its mark") { [0xEF, 0xBB, 0xBF] + Text($0.utf8) },
    encoded("UTF-16, little end first") { [0xFF, 0xFE] + units($0, isBig: false) },
    encoded("UTF-16, big end first") { [0xFE, 0xFF] + units($0, isBig: true) },
    encoded("UTF-16 without its mark") { units($0, isBig: false) },
    encoded("UTF-32, little end first") { text in
      [0xFF, 0xFE, 0, 0]
        + text.unicodeScalars.flatMap { scalar in
          (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
        }
    },
  ]

  // MARK: Escaping

  static let escaping: [Property] = [
    Property("a cell in quotes is read as it was written") { generator in
      let login = generator.text(1...12).replacingOccurrences(of: "\0", with: "")
      let quoted = "\"" + login.replacingOccurrences(of: "\"", with: "\"\"") + "\""
      let text = Text(
        "url,username,password\nhttps://a.example/,x,CANARY\nhttps://b.example/,\(quoted),CANARY\n"
          .utf8)
      let read = Cuts.read(text, at: [], by: SeparatedValues.self)
      guard let last = read.last, last.host == "https://b.example/" else {
        // Nothing, or a word that stands for nothing.
        let own = Text(login.utf8).trimmedOfLines.withoutInvisible
        return Placeholder.stands(at: ByteRange(0, own.count), in: own.span)
          ? nil : "not found: \(login.debugDescription)"
      }
      return Text(last.login.utf8).trimmedOfLines.withoutInvisible
        == Text(login.utf8).trimmedOfLines.withoutInvisible
        || last.login.contains("\"")
        ? nil : "\(last.login.debugDescription) of \(login.debugDescription)"
    },
    Property("our JSON is read as it was written, and by Foundation, too") { generator in
      let text = generator.text()
      let json = JSON.members(["a": .text(text), "b": .list([.number(7), .null, .bool(true)])])
      for isPretty in [false, true] {
        let written = Text(json.rendered(isPretty: isPretty).utf8)
        if written.contains(where: { $0 >= 0x7F }) { return "not ASCII" }
        guard (try? JSONReader.value(written)) == json else { return "ours: \(written.string)" }
        let object = try? JSONSerialization.jsonObject(with: Data(written)) as? [String: Any]
        let read = object?["a"] as? String
        if read?.unicodeScalars.elementsEqual(text.unicodeScalars) != true { return written.string }
      }
      return nil
    },
    Property("safe text steers no terminal, stays as it is, and tells bytes apart") { generator in
      let bytes = [generator.bytes(0...30), generator.bytes(0...30)]
      let safe = bytes.map { SafeText($0) }
      if (bytes[0] == bytes[1]) != (safe[0] == safe[1]) { return "\(bytes) are \(safe[0].text)" }
      for one in safe {
        if one.text.unicodeScalars.contains(where: {
          $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
        }) {
          return "a control character in \(one.text.debugDescription)"
        }
        if SafeText(shown: one.text) != one { return "not safe: \(one.text.debugDescription)" }
      }
      return nil
    },
    Property("a time is read as it was written, and texts sort as times do") { generator in
      let times = (0..<2).map { _ in
        UTCTime(seconds: Int64.random(in: 0...253_402_300_799, using: &generator.random))
      }
      for time in times where UTCTime(time.text) != time { return time.text }
      return (times[0] < times[1]) == (times[0].text < times[1].text) ? nil : "\(times)"
    },
  ]

  // MARK: Logins

  private static func normalised(_ login: String) -> Text? {
    var normaliser = LoginNormaliser()
    let bytes = Text(login.utf8)
    return normaliser.normalise(bytes.span) ? Array(normaliser.output[..<normaliser.count]) : nil
  }

  private static func same(
    _ name: String, _ change: @escaping @Sendable (String) -> String
  ) -> Property {
    Property("a login is the same \(name)") { generator in
      let login =
        generator.random.once(in: 2)
        ? generator.random.pick(Generator.logins)
        : generator.word() + "@" + generator.word() + ".example"
      return difference(normalised(change(login)), normalised(login), of: Text(login.utf8))
    }
  }

  static let logins: [Property] = [
    same("in capitals") { text in
      String(text.map { $0.isASCII ? Character($0.uppercased()) : $0 })
    },
    same("with blanks round it") { " \t\($0)  " },
    same("with its marks apart") { $0.decomposedStringWithCanonicalMapping },
    same("in letters of full width") { text in
      String(
        String.UnicodeScalarView(
          text.unicodeScalars.map { scalar in
            (0x21...0x7E).contains(scalar.value)
              ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
          }))
    },
    Property("what is normalised stays as it is") { generator in
      guard let once = normalised(generator.text(1...20)) else { return nil }
      guard let twice = normalised(once.string) else { return "refused: \(once.string)" }
      // A sign such as U+00A8 becomes a blank and a mark; blanks at the ends go before that, so such a one goes later.
      return difference(twice, Text(once.drop { $0 == 0x20 }))
    },
  ]

  // MARK: Hosts, names, shares

  private static func host(_ url: String) -> String {
    let text = Text(url.utf8)
    let found = URLText.host(of: ByteRange(0, text.count), in: text.span)
    return String(decoding: text[found.name.bounds], as: UTF8.self)
  }

  static let hosts: [Property] = [
    Property("path, query, port and user of a URL do not change its host") { generator in
      let name = generator.word() + "." + generator.word() + ".example"
      let path =
        "/" + generator.word(0...5) + "?" + generator.word(0...5) + "=" + generator.word(0...5)
      let urls = [
        "https://\(name)", "https://\(name)\(path)",
        "https://\(name):\(generator.number(1...65535))/",
        "https://\(generator.word())@\(name)\(path)", "\(name)\(path)", "//\(name)\(path)",
      ]
      return urls.first { host($0) != name }.map { "\($0) has \(host($0))" }
    },
    Property("each path is of exactly one share") { generator in
      let path = generator.bytes(0...60)
      let count = generator.number(1...64)
      let holders = (1...count).filter { WorkShare(index: $0, of: count).holds(path) }
      return holders.count == 1 ? nil : "\(holders) of \(count) hold \(path)"
    },
    Property("whether a folder is a log does not depend on the order of its files") { generator in
      let pool = [
        "Passwords.txt", "UserInformation.txt", "System.txt", "Cookies", "Autofills", "a.txt",
        "screenshot.jpg", "InstalledSoftware.txt", "ProcessList.txt", "DomainDetects.txt", "b",
      ]
      let shape = LogShape(Samples.rules.shape)
      var files = (0..<generator.number(0...6)).map { _ in Text(generator.random.pick(pool).utf8) }
      let folders = (0..<generator.number(0...3)).map { _ in Text(generator.random.pick(pool).utf8)
      }
      let name = Text(generator.random.pick(["FR[1] [2025-07-08]", "x", "Chrome"]).utf8)
      let first = shape.isLog(name: name, files: files, folders: folders)
      files.shuffle(using: &generator.random)
      return difference(shape.isLog(name: name, files: files, folders: folders), first)
    },
    Property("an archive is found wherever it stands in other bytes") { generator in
      var noise = generator.bytes(1...3000)
      // Not the beginning of another by chance.
      noise = noise.map { $0 == 0x50 || $0 == 0x52 || $0 == 0x37 ? 0 : $0 }
      var zip: Text = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0] + Text(repeating: 0, count: 16)
      zip += [5, 0, 0, 0] + Text("a.txt".utf8) + generator.bytes(0...50)
      var reader = ChunkReader(chunkBytes: generator.number(1...700), maxRecordBytes: 4096)
      var lent = 0
      let outcome = reader.read(KeptBytes(noise + zip), isText: true) { bytes, _ in
        lent += bytes.count
        return bytes.count
      }
      return outcome.archive?.offset == noise.count
        ? nil : "\(String(describing: outcome.archive)) at \(noise.count), read \(outcome.bytes)"
    },
  ]

  // MARK: Messages between processes

  static let wire: [Property] = [
    Property("a hit is read as it was written, and no change of a byte is a trap") { generator in
      var hit = ResultFrame.Hit(
        file: UInt32(generator.number(0...9999)), list: UInt16(generator.number(0...255)),
        account: UInt32(generator.number(0...99_999)), form: .plusTag,
        tag: Tag(high: generator.random.next(), low: generator.random.next()),
        host: Text(generator.word().utf8), isApp: generator.random.once(in: 2),
        hasPassword: generator.random.once(in: 2), layout: .json,
        isDoubtful: generator.random.once(in: 2), isAmbiguous: generator.random.once(in: 2),
        line: UInt32(generator.number(0...99)), record: UInt32(generator.number(0...99)), masked: []
      )
      hit.check = VerifierAnswer(rawValue: UInt8(generator.number(0...4)))
      if generator.random.once(in: 2) { hit.otherSites = UInt16(generator.number(0...999)) }
      let bytes = Text(ResultFrame.hit(hit).encoded().dropFirst(4))
      guard (try? ResultFrame(bytes)) == .hit(hit) else { return "\(hit)" }
      var changed = bytes
      changed[generator.number(0...(bytes.count - 1))] = UInt8(generator.number(0...255))
      if let other = try? ResultFrame(changed), Text(other.encoded().dropFirst(4)) != changed {
        return "\(changed) is read as \(other)"
      }
      return nil
    },
    Property("bytes of anybody's are a frame or none, and never a trap") { generator in
      _ = try? ResultFrame(generator.bytes(0...80))
      return nil
    },
    Property("a state of lines is read as it was written") { generator in
      let text = generator.anyText()
      var reader = MixedText(
        first: Layouts.best(for: text.span, labels: Samples.labels), labels: Samples.labels)
      var recorder = CredentialRecorder()
      _ = reader.read(text.span, isLast: false, into: &recorder)
      guard let state = reader.lineState else { return nil }
      return difference(LineState(state.encoded), state, of: text)
    },
  ]
}
