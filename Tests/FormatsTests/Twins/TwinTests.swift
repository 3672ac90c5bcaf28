import Formats
import Foundation
import Testing

/// A fast reader has a slow, obvious twin; both run on every sample and on many generated records.
@Suite("twins")
struct TwinTests {
  /// How many records each twin is compared on: as `make twins` says, else so few that the suite stays quick.
  private static let records =
    ProcessInfo.processInfo.environment["DUMPSIEVE_TWIN_RECORDS"].flatMap { Int($0) } ?? 2_000
  private static let recordsPerFile = 20
  private let labels = LabelTexts(Samples.labels)

  /// Differences of one twin that are reported: the first is often not the one that tells most.
  private static let maxDifferences = 5

  /// Makes and compares texts until they had enough records together; `compare` returns how many one had.
  private func compareMany(_ what: String, _ compare: () throws(Disagreement) -> Int) {
    var records = 0
    var differences = 0
    let took = ContinuousClock().measure {
      while records < Self.records && differences < Self.maxDifferences {
        do { records += try compare() } catch { differences += 1 }
      }
    }
    print("twins: \(what): \(records) records in \(took)")
  }

  /// What differs of the labelled records of a text without tables, whichever layout it is read as; delimited lines
  /// between them close them.
  private func blocksDiffer(
    _ text: Text, at cuts: [Int] = [], takesBareLines: Bool = false
  ) -> String? {
    let read =
      takesBareLines
      ? Cuts.read(text, at: cuts, by: DelimitedLines.self)
      : Cuts.read(text, at: cuts, by: LabelledBlocks.self)
    let lines = Set(read.filter { $0.layout == "delimited-lines" }.map(\.line))
    let twin = TextLinesTwin(
      labels: labels, takesBareLines: takesBareLines, readAsDelimited: lines
    ).read(text)
    let differing = twin.delimited.symmetricDifference(lines).sorted()
    if !differing.isEmpty { return "delimited for one only: lines \(differing)" }
    return difference(
      unnumbered(read.filter { $0.layout == "labelled-blocks" }), unnumbered(twin.candidates))
  }

  /// What differs of the rows of a text's tables.
  private func valuesDiffer(_ text: Text, at cuts: [Int] = []) -> String? {
    let read = Cuts.read(text, at: cuts, by: SeparatedValues.self)
    let lines = Set(read.filter { $0.layout == "delimited-lines" }.map(\.line))
    let (twin, ofTable) = SeparatedValuesTwin(labels: labels, readAsDelimited: lines)
      .readRows(text)
    // Only such a text has rows of HTML or SQL; to look for them takes longest.
    let mayHaveRows = text.contains(0x3C) || text.lowercased.string.contains("values")
    let rows =
      mayHaveRows
      ? TextLinesTwin(labels: labels, takesBareLines: false, readAsDelimited: lines)
        .read(text).rows.filter { !ofTable.contains($0.line) } : []
    // Tables of either kind may stand in one text; the logins of a row may stand in any order of lines.
    func sorted(_ candidates: [Candidate]) -> [Candidate] {
      if rows.isEmpty { return unnumbered(candidates) }
      return unnumbered(candidates).enumerated().sorted {
        ($0.1.line, $0.1.candidate, $0.0) < ($1.1.line, $1.1.candidate, $1.0)
      }.map(\.1)
    }
    return difference(
      sorted(read.filter { $0.layout == "separated-values" }), sorted(twin + rows))
  }

  /// What differs of the rows of HTML and SQL in a text without tables of other kinds.
  private func rowsDiffer(_ text: Text, at cuts: [Int] = []) -> String? {
    let read = Cuts.read(text, at: cuts, by: LabelledBlocks.self)
    let lines = Set(read.filter { $0.layout == "delimited-lines" }.map(\.line))
    let twin = TextLinesTwin(labels: labels, takesBareLines: false, readAsDelimited: lines)
    return difference(
      unnumbered(read.filter { $0.layout == "separated-values" }), twin.read(text).rows)
  }

  /// What differs of a JSON text, or nil, too, where the twin finds faults and cannot read it.
  private func jsonDiffers(_ text: Text, at cuts: [Int] = []) -> String? {
    var twin = JSONRecordsTwin(labels: labels)
    guard let expected = twin.read(text), !twin.endsInOtherQuotes else { return nil }
    return difference(Cuts.read(text, at: cuts, by: JSONRecords.self), expected)
  }

  private func xmlDiffers(_ text: Text, at cuts: [Int] = []) -> String? {
    var twin = XMLRecordsTwin(labels: labels)
    guard let expected = twin.read(text) else { return nil }
    return difference(Cuts.read(text, at: cuts, by: XMLRecords.self), expected)
  }

  private func difference(_ read: [Candidate], _ twin: [Candidate]) -> String? {
    if read == twin { return nil }
    let start = zip(read, twin).prefix { $0 == $1 }.count
    func next(_ candidates: [Candidate]) -> String {
      start < candidates.count ? "\(candidates[start])" : "nothing"
    }
    return "fast \(read.count), twin \(twin.count), first \(next(read)), \(next(twin))"
  }

  /// Records a difference in a generated text, and as little of the text as makes one.
  private func expectNone(
    in text: Text, at cuts: [Int], _ difference: (Text, [Int]) -> String?
  ) throws(Disagreement) {
    guard let found = difference(text, cuts) else { return }
    // At once, as to shrink it takes long.
    print("twins: \(found), cut at \(cuts), in \(text.string.debugDescription)")
    fflush(nil)
    let less = shrunk(text) { difference($0, []) != nil }
    if let small = difference(less, []) {
      Issue.record("\(small)\n\(less.string.debugDescription)\n\(less)")
    } else {
      Issue.record("\(found), cut at \(cuts)\n\(text.string.debugDescription)")
    }
    throw Disagreement()
  }

  private struct Disagreement: Error {}

  /// Records of several layouts are numbered together; each twin knows one.
  private func unnumbered(_ candidates: [Candidate]) -> [Candidate] {
    candidates.map { candidate in
      var candidate = candidate
      candidate.record = 0
      return candidate
    }
  }

  @Test("labelled blocks and their twin agree on every sample", arguments: Samples.formats)
  func blockSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text,
      !SeparatedValuesTwin(labels: labels, readAsDelimited: []).hasHeader(text)
    else { return }
    #expect(blocksDiffer(text) == nil)
    #expect(blocksDiffer(text, takesBareLines: true) == nil)
  }

  @Test("separated values and their twin agree on every sample", arguments: Samples.formats)
  func valueSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text else { return }
    #expect(valuesDiffer(text) == nil)
  }

  @Test("delimited lines and their twin agree on every sample", arguments: Samples.formats)
  func lineSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text else { return }
    try compareLines(text)
  }

  @Test("labelled blocks and their twin agree on generated files")
  func generatedBlocks() {
    var generator = Generator(random: .forTests())
    compareMany("labelled blocks") { () throws(Disagreement) in
      let text = generator.labelledBlocks(records: Self.recordsPerFile)
      let cut = Int.random(in: 0...text.count, using: &generator.random)
      try expectNone(in: text, at: [cut]) { blocksDiffer($0, at: $1) }
      return Self.recordsPerFile
    }
  }

  @Test("separated values and their twin agree on generated files")
  func generatedValues() {
    var generator = Generator(random: .forTests())
    compareMany("separated values") { () throws(Disagreement) in
      let text = generator.separatedValues(records: Self.recordsPerFile)
      let cut = Int.random(in: 0...text.count, using: &generator.random)
      try expectNone(in: text, at: [cut]) { valuesDiffer($0, at: $1) }
      return Self.recordsPerFile
    }
  }

  @Test("rows of HTML and SQL and their twin agree on generated files")
  func generatedRows() {
    var generator = Generator(random: .forTests())
    compareMany("rows of HTML and SQL") { () throws(Disagreement) in
      let text = generator.markedRows(tables: 5)
      let cut = Int.random(in: 0...text.count, using: &generator.random)
      try expectNone(in: text, at: [cut]) { rowsDiffer($0, at: $1) ?? blocksDiffer($0, at: $1) }
      return Self.recordsPerFile
    }
  }

  @Test("JSON and its twin agree on every sample", arguments: Samples.formats)
  func jsonSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    // Where the twin finds faults, the sample's truth says what must be read.
    guard FileKind(text.span) == .text else { return }
    #expect(jsonDiffers(text) == nil)
  }

  @Test("JSON and its twin agree on generated files")
  func generatedJSON() {
    var generator = Generator(random: .forTests())
    compareMany("JSON") { () throws(Disagreement) in
      let records = Int.random(in: 1...8, using: &generator.random)
      let text = generator.json(records: records)
      let cuts = (0..<3).map { _ in Int.random(in: 0...text.count, using: &generator.random) }
      var twin = JSONRecordsTwin(labels: labels)
      #expect(twin.read(text) != nil, "\(text.string.debugDescription)")
      try expectNone(in: text, at: cuts.sorted()) { jsonDiffers($0, at: $1) }
      return records
    }
  }

  @Test("XML and its twin agree on every sample", arguments: Samples.formats)
  func xmlSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text, text.contains(0x3C) else { return }
    #expect(xmlDiffers(text) == nil)
  }

  @Test("XML and its twin agree on generated files")
  func generatedXML() {
    var generator = Generator(random: .forTests())
    compareMany("XML") { () throws(Disagreement) in
      let records = Int.random(in: 1...8, using: &generator.random)
      let text = generator.xml(records: records)
      let cuts = (0..<3).map { _ in Int.random(in: 0...text.count, using: &generator.random) }
      var twin = XMLRecordsTwin(labels: labels)
      #expect(twin.read(text) != nil, "\(text.string.debugDescription)")
      try expectNone(in: text, at: cuts.sorted()) { xmlDiffers($0, at: $1) }
      return records
    }
  }

  /// Cuts out of `text` what the disagreement does not need: lines first, as they are few, then bytes.
  private func shrunk(_ text: Text, while differs: (Text) -> Bool) -> Text {
    let lines = cutDown(text.split(separator: 0x0A, omittingEmptySubsequences: false)) {
      differs(Text($0.joined(separator: [0x0A])))
    }
    return cutDown(Text(lines.joined(separator: [0x0A])), while: differs)
  }

  /// Takes out runs of parts, longer ones first, as long as `differs` still holds of the rest.
  private func cutDown<Part>(_ parts: [Part], while differs: ([Part]) -> Bool) -> [Part] {
    var parts = parts
    var length = parts.count / 2
    while length > 0 {
      var start = 0
      while start + length <= parts.count {
        var shorter = parts
        shorter.removeSubrange(start..<(start + length))
        if differs(shorter) { parts = shorter } else { start += max(1, length / 2) }
      }
      length /= 2
    }
    return parts
  }

  @Test("delimited lines report the true login, and only what is a login in some valid split")
  func generatedLines() {
    var generator = Generator(random: .forTests())
    compareMany("delimited lines") { () throws(Disagreement) in
      let line = generator.delimitedLine()
      let text = Text(line.text.utf8)
      if FieldTwin(text, labels)?.hasSign == true { return 1 }
      let splits = DelimitedLineTwin(text, labels).splits()
      let read = Cuts.read(text, at: [], by: DelimitedLines.self)
      let isFound = read.contains {
        $0.login == line.login && (!line.isURLFirst || $0.host == line.url)
      }
      let isTruthValid = splits.contains(.init(host: line.url, login: line.login))
      let invalid = read.filter { !splits.contains(.init(host: $0.host, login: $0.login)) }
      if isTruthValid && read.count < 8 && !line.isDoubtful && !isFound || !invalid.isEmpty {
        Issue.record(
          "\(line.text.debugDescription): true \(line.login) at \(line.url); read \(read.map { "\($0.login) at \($0.host)" }), invalid \(invalid.map(\.login))"
        )
        throw Disagreement()
      }
      return 1
    }
  }

  @Test(
    "of any line, delimited lines report nothing but logins of valid splits, and every sure one")
  func soup() {
    var generator = Generator(random: .forTests())
    compareMany("any lines") { () throws(Disagreement) in
      let lines = (0..<Self.recordsPerFile).map { _ in generator.soup() }
      try compareLines(Text(lines.joined(separator: "\n").utf8))
      return lines.count
    }
  }

  @Test(
    "of delimited lines under one another, every sure login is reported, and none that is invalid")
  func manyLines() {
    var generator = Generator(random: .forTests())
    compareMany("delimited lines under one another") { () throws(Disagreement) in
      let lines = (0..<Self.recordsPerFile).map { _ in generator.delimitedLine().text }
      try compareLines(Text(lines.joined(separator: "\n").utf8))
      return lines.count
    }
  }

  /// Lines in which the twins differed once, of a million of noise.
  @Test(
    "what differed once does not again",
    arguments: [
      #"ftp://g.example":ann.b+tag@mail.example"#,
      #"443:"https://h.example/oauth2/v2.0:443URL: CANARYwww.b.example/a/b?c=dann.bhttps://a.example/login"#,
      "0044871CANARY,d\t//:://b.example:8443//CANARY;;x",
      "ann@mail.examplehttps//c.example/in:CANARY c://:://",
      ":b.example:8443://:://CANARY|b[2001:db8::7]/x+33612345678",
      "ann.b+tag@mail.example06 12 34 56 78bob@CANARY.example,:",
      "https://CANARY.example/:UNKNOWN=====CANARYann@mail.examplepass: CANARYCANARY:ab.example:8443",
      "]8443CANARY@\0 CANARY;;x",
      "ftp://g.example\0:bob@CANARY.example",
      "[CANARY,d\t]// ",
      "\"\tzoé@crèche.example99912345600017443CANARY:a",
      "12345android://aGFz/aA==@com.example.app/\t\";+33612345678ann@mail.example,",
      "é\0\":zoé@crèche.example:CANARY",
    ])
  func once(line: String) throws {
    try compareLines(Text(line.utf8))
  }

  /// Compares line by line: what is read is valid, and what the twin is sure of is read.
  private func compareLines(_ text: Text) throws(Disagreement) {
    let all = Cuts.read(text, at: [], by: DelimitedLines.self)
    let hasTable = SeparatedValuesTwin(labels: labels, readAsDelimited: []).hasHeader(text)
    let read = Dictionary(grouping: all, by: \.line)
    let lines = text.lines
    for (index, line) in lines.enumerated() {
      let found = read[index + 1] ?? []
      // Other layouts' records, and the lines of a table or block without one.
      if found.allSatisfy({ $0.layout != "delimited-lines" })
        && (!found.isEmpty || hasTable || FieldTwin(line, labels) != nil)
      {
        continue
      }
      // Its parts are lines, or cells.
      var marked = MarkedRowsTwin(labels: labels)
      if TextLinesTwin.htmlBreak(line) != nil || marked.rows(line.trimmed) != nil { continue }
      let twin = DelimitedLineTwin(line, labels)
      let splits = twin.splits()
      let isRead = found.allSatisfy { found in
        splits.contains(.init(host: found.host, login: found.login))
          // A URL alone on the line above is the host.
          || index > 0 && lines[index - 1].string.contains(found.host)
            && splits.contains(.init(host: "", login: found.login))
      }
      let sure = twin.sureLogins()
      if isRead && (sure == nil || Set(found.map(\.login)) == sure) { continue }
      Issue.record(
        "\(line.string.debugDescription): read \(found.map { "\($0.login) at \($0.host)" }), twin \(splits)"
      )
      throw Disagreement()
    }
  }

  @Test(
    "what a human reads in a sample's delimited lines is a valid split", arguments: Samples.formats)
  func truth(sample: String) throws {
    let text = Samples.withoutMarks(try Samples.bytes(of: sample))
    guard FileKind(text.span) == .text else { return }
    let file = Samples.directory.appending(path: sample).deletingPathExtension()
    let truth = try JSONDecoder().decode(
      [ReadCredential].self, from: Data(contentsOf: file.appendingPathExtension("truth.json")))
    let all = Cuts.read(text, at: [])
    let delimited = Set(all.filter { $0.layout == "delimited-lines" }.map(\.line))
    let lines = text.lines
    for human in truth where delimited.contains(human.line) {
      let splits = DelimitedLineTwin(lines[human.line - 1], labels).splits()
      #expect(splits.contains(.init(host: human.host, login: human.login)), "\(human)")
    }
  }
}
