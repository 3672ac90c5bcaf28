import Formats
import Testing

/// A fast reader has a slow, obvious twin; both run on every sample and on many generated records.
@Suite("twins")
struct TwinTests {
  private static let records = 50_000
  private static let recordsPerFile = 20
  private let labels = LabelTexts(Samples.labels)

  /// Compares the labelled records of a text, whichever layout it is read as; delimited lines between them close
  /// them, and are numbered with them.
  private func compareBlocks(_ text: Text, _ read: [Candidate]) throws {
    let lines = Set(read.filter { $0.layout != "labelled-blocks" }.map(\.line))
    let twin = TextLinesTwin(labels: labels, delimited: lines).read(text)
    try require(
      unnumbered(read.filter { $0.layout == "labelled-blocks" }), unnumbered(twin), text)
  }

  /// Compares the rows of a text's tables.
  private func compareValues(_ text: Text, _ read: [Candidate]) throws {
    let lines = Set(read.filter { $0.layout == "delimited-lines" }.map(\.line))
    let twin = SeparatedValuesTwin(labels: labels, delimited: lines).read(text)
    try require(unnumbered(read.filter { $0.layout == "separated-values" }), twin, text)
  }

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
    guard FileKind(text.span) == .text else { return }
    for read in [
      Cuts.read(text, at: [], by: LabelledBlocks.self),
      Cuts.read(text, at: [], by: DelimitedLines.self),
    ] where !read.contains(where: { $0.layout == "separated-values" }) {
      try compareBlocks(text, read)
    }
  }

  @Test("separated values and their twin agree on every sample", arguments: Samples.formats)
  func valueSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text else { return }
    try compareValues(text, Cuts.read(text, at: [], by: SeparatedValues.self))
  }

  @Test("delimited lines and their twin agree on every sample", arguments: Samples.formats)
  func lineSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text else { return }
    compareLines(text)
  }

  @Test("labelled blocks and their twin agree on generated files")
  func generatedBlocks() throws {
    var generator = Generator(random: .forTests())
    for _ in 0..<(Self.records / Self.recordsPerFile) {
      let text = generator.labelledBlocks(records: Self.recordsPerFile)
      let cut = Int.random(in: 0...text.count, using: &generator.random)
      let read = Cuts.read(text, at: [cut], by: LabelledBlocks.self)
      try compareBlocks(text, read)
    }
  }

  @Test("separated values and their twin agree on generated files")
  func generatedValues() throws {
    var generator = Generator(random: .forTests())
    for _ in 0..<(Self.records / Self.recordsPerFile) {
      let text = generator.separatedValues(records: Self.recordsPerFile)
      let cut = Int.random(in: 0...text.count, using: &generator.random)
      let read = Cuts.read(text, at: [cut], by: SeparatedValues.self)
      try compareValues(text, read)
    }
  }

  @Test("JSON and its twin agree on every sample", arguments: Samples.formats)
  func jsonSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text else { return }
    var twin = JSONRecordsTwin(labels: labels)
    // Where the twin finds faults, the sample's truth says what must be read.
    guard let expected = twin.read(text) else { return }
    #expect(Cuts.read(text, at: [], by: JSONRecords.self) == expected)
  }

  @Test("JSON and its twin agree on generated files")
  func generatedJSON() throws {
    var generator = Generator(random: .forTests())
    for _ in 0..<(Self.records / Self.recordsPerFile) {
      let text = generator.json(records: Int.random(in: 1...8, using: &generator.random))
      let cuts = (0..<3).map { _ in Int.random(in: 0...text.count, using: &generator.random) }
      let read = Cuts.read(text, at: cuts.sorted(), by: JSONRecords.self)
      var twin = JSONRecordsTwin(labels: labels)
      let expected = twin.read(text)
      #expect(expected != nil, "\(text.string.debugDescription)")
      if read != expected { try report(text, read, expected) }
    }
  }

  @Test("XML and its twin agree on every sample", arguments: Samples.formats)
  func xmlSamples(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text, text.contains(0x3C) else { return }
    var twin = XMLRecordsTwin(labels: labels)
    guard let expected = twin.read(text) else { return }
    #expect(Cuts.read(text, at: [], by: XMLRecords.self) == expected)
  }

  @Test("XML and its twin agree on generated files")
  func generatedXML() throws {
    var generator = Generator(random: .forTests())
    for _ in 0..<(Self.records / Self.recordsPerFile) {
      let text = generator.xml(records: Int.random(in: 1...8, using: &generator.random))
      let cuts = (0..<3).map { _ in Int.random(in: 0...text.count, using: &generator.random) }
      let read = Cuts.read(text, at: cuts.sorted(), by: XMLRecords.self)
      var twin = XMLRecordsTwin(labels: labels)
      let expected = twin.read(text)
      #expect(expected != nil, "\(text.string.debugDescription)")
      try require(read, expected ?? read, text)
    }
  }

  /// Cuts out of `text` what the disagreement does not need, and reports it.
  private func report(_ text: Text, _ read: [Candidate], _ expected: [Candidate]?) throws {
    func differs(_ text: Text) -> Bool {
      var twin = JSONRecordsTwin(labels: labels)
      guard let expected = twin.read(text) else { return false }
      return Cuts.read(text, at: [], by: JSONRecords.self) != expected
    }
    var text = text
    var length = text.count / 2
    while length > 0 {
      var start = 0
      while start + length <= text.count {
        var shorter = text
        shorter.removeSubrange(start..<(start + length))
        if differs(shorter) { text = shorter } else { start += max(1, length / 2) }
      }
      length /= 2
    }
    var twin = JSONRecordsTwin(labels: labels)
    try require(Cuts.read(text, at: [], by: JSONRecords.self), twin.read(text) ?? [], text)
    try require(read, expected ?? read, text)
  }

  private func require(_ read: [Candidate], _ twin: [Candidate], _ text: Text) throws {
    guard read != twin else { return }
    let first = zip(read, twin).first { $0 != $1 }
    Issue.record(
      "fast \(read.count), twin \(twin.count), first \(String(describing: first))\n\(text.string.debugDescription)"
    )
    throw Disagreement()
  }

  private struct Disagreement: Error {}

  @Test("delimited lines report the true login, and only what is a login in some valid split")
  func generatedLines() {
    var generator = Generator(random: .forTests())
    var failures = 0
    for _ in 0..<Self.records where failures < 10 {
      let line = generator.delimitedLine()
      let text = Text(line.text.utf8)
      let splits = DelimitedLineTwin(text, labels).splits()
      let read = Cuts.read(text, at: [], by: DelimitedLines.self)
      if FieldTwin(text, labels)?.hasSign == true { continue }
      let isFound = read.contains { $0.login == line.login && $0.host == line.url }
      let isLoginFound = read.contains { $0.login == line.login }
      let isTruthValid = splits.contains(.init(host: line.url, login: line.login))
      let invalid = read.filter { !splits.contains(.init(host: $0.host, login: $0.login)) }
      let isTruthFound = line.isDoubtful || (line.isURLFirst ? isFound : isLoginFound)
      if isTruthValid && read.count < 8 && !isTruthFound || !invalid.isEmpty {
        failures += 1
        Issue.record(
          "\(line.text.debugDescription): true \(line.login) at \(line.url); read \(read.map { "\($0.login) at \($0.host)" }), invalid \(invalid.map(\.login))"
        )
      }
    }
  }

  @Test("of any line, delimited lines report nothing but logins of valid splits")
  func soup() {
    var generator = Generator(random: .forTests())
    var lines: [String] = []
    for _ in 0..<Self.records { lines.append(generator.soup()) }
    compareLines(Text(lines.joined(separator: "\n").utf8))
  }

  /// Compares line by line: what is read is valid, and where the twin knows one split, that is read.
  private func compareLines(_ text: Text) {
    let all = Cuts.read(text, at: [], by: DelimitedLines.self)
    let hasTable = all.contains { $0.layout == "separated-values" }
    let read = Dictionary(grouping: all, by: \.line)
    var failures = 0
    for (index, line) in text.lines.enumerated() where failures < 10 {
      let found = read[index + 1] ?? []
      // Other layouts' records, and the lines of a table or block without one.
      if found.allSatisfy({ $0.layout != "delimited-lines" })
        && (!found.isEmpty || hasTable || FieldTwin(line, labels) != nil)
      {
        continue
      }
      let twin = DelimitedLineTwin(line, labels)
      let splits = twin.splits()
      let isRead = found.allSatisfy { splits.contains(.init(host: $0.host, login: $0.login)) }
      let logins = Set(splits.map(\.login))
      let isSure = twin.beginsWithOnlyURL && logins.count == 1
      let isComplete = !isSure || Set(found.map(\.login)) == logins
      if isRead && isComplete { continue }
      failures += 1
      Issue.record(
        "\(line.string.debugDescription): read \(found.map { "\($0.login) at \($0.host)" }), twin \(splits)"
      )
    }
  }
}
