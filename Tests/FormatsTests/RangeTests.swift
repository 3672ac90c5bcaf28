import Bytes
import Dumps
import Formats
import Foundation
import TestSupport
import Testing

@testable import Scan
@testable import Worker

/// The ranges of a file together give what one worker gives that reads it whole, wherever it is cut.
@Suite("ranges")
struct RangeTests {
  @Test(
    "a sample is read alike in ranges of any length, in whatever order they are read",
    arguments: Samples.formats + Samples.dumps)
  func samples(sample: String) throws {
    try expectAlike(Samples.bytes(of: sample), what: sample)
  }

  @Test("awkward borders", arguments: ChunkTests.awkward + awkward)
  func awkwardTexts(what: String, text: String) throws {
    let bytes = Array(text.utf8)
    try expectAlike(bytes, what: what, lengths: Array(1...min(64, bytes.count + 1)))
    // The beginning says another thing than what follows.
    let lines = (0..<40).map { "https://a.example/:ann\($0):CANARY\n" }.joined()
    try expectAlike(Array(lines.utf8) + bytes, what: what, lengths: [7, 100, 333, 1000])
    try expectAlike(bytes + [0x0A] + Array(lines.utf8), what: what, lengths: [7, 100, 333, 1000])
  }

  static let awkward: [(what: String, text: String)] = [
    (
      "a header between lines, whose table opens again",
      "https://a.example/:ann:CANARY\nurl,username,password\nhttps://b.example,bob,CANARY\n"
        + "https://c.example/:eve:CANARY\nhttps://d.example,zoe,CANARY\nx,y,CANARY\n"
    ),
    (
      "a table with notes of several lines, some of them blank",
      "url,username,password,note\n"
        + (0..<12).map { "a\($0).example,ann\($0),CANARY,\"x\n\nb.example,bob,CANARY,y\n\"\n" }
        .joined()
    ),
    (
      "a table with stray quotes",
      "url,username,password\n"
        + (0..<40).map { "a\($0).example,\($0 % 3 == 0 ? "\"" : "")ann\($0),CANARY\n" }.joined()
    ),
    (
      "sep= before a header further down",
      "x\nsep=|\nurl|login|password\na.example|ann|CANARY\nb.example|bob|CANARY\n"
    ),
    (
      "records with nothing between them",
      (0..<12).map { "URL: a\($0).example\nUSER: ann\($0)\nPASS: CANARY\n" }.joined()
    ),
    (
      "records whose URL stands last",
      (0..<12).map { "USER: ann\($0)\nPASS: CANARY\nURL: a\($0).example\n" }.joined()
    ),
    (
      "an order that a record in the middle shows",
      (0..<6).map { "USER: ann\($0)\nPASS: CANARY\n" }.joined()
        + "=====\nURL: b.example\nUSER: bob\nPASS: CANARY\n"
        + (0..<6).map { "URL: a\($0).example\nUSER: ann\($0)\nPASS: CANARY\n" }.joined()
    ),
    (
      "a document of many lines between lines",
      "https://a.example/:ann:CANARY\n[\n"
        + (0..<12).map {
          "{\"url\":\"b.example\",\n\"login\":\"bob\($0)\",\n\"pass\":\"CANARY\"},\n"
        }
        .joined() + "]\nhttps://c.example/:eve:CANARY\n"
    ),
    (
      "NULs at borders and within lines",
      (0..<12).map { "\0\0https://a.example/:an\0n\($0):CANARY\n\0" }.joined()
    ),
  ]

  @Test("text of 16 bits between lines of 8")
  func utf16() throws {
    let lines = (0..<9).map { "https://a.example/:ann\($0):CANARY\n" }.joined()
    let wide = "URL: https://b.example/\r\nLogin: zoé@mail.example\r\nPassword: CANARY\r\n\r\n"
    for isBig in [true, false] {
      let units = wide.utf16.flatMap { unit -> [UInt8] in
        isBig
          ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      }
      try expectAlike(Array(lines.utf8) + units + units + Array(lines.utf8), what: "UTF-16")
    }
  }

  @Test("what samples are joined to is read alike in ranges")
  func joined() throws {
    var random = SeededGenerator.forTests()
    let samples = try Samples.formats.map { try Samples.bytes(of: $0) }
    for _ in 0..<12 {
      let parts = (0..<4).map { _ in samples[Int.random(in: 0..<samples.count, using: &random)] }
      let text = parts.flatMap { part -> [UInt8] in
        Bool.random(using: &random) ? part : part + [0x0A]
      }
      try expectAlike(text, what: "joined samples")
    }
  }

  @Test("a record that is longer than may be held is cut alike")
  func longLines() throws {
    for length in [90, 200, 650, 1000, 5000] {
      let long = "https://a.example/" + String(repeating: "x", count: length) + ":ann:CANARY"
      let lines = (0..<5).flatMap { number -> [String] in
        ["https://b.example/:bob\(number):CANARY", long]
      }
      for lineEnd in ["\n", "\r\n"] {
        try expectAlike(
          Array(lines.joined(separator: lineEnd).utf8), what: "\(length)", chunkBytes: 16,
          maxRecordBytes: 64)
      }
    }
  }

  static let cuttable: [(what: String, head: String, record: String)] = [
    ("lines", "", "https://a.example/:ann#:CANARY\n"),
    ("blocks behind blank lines", "", "URL: a.example\nUSER: ann#\nPASS: CANARY\n\n"),
    ("blocks behind separators", "", "URL: a.example\nUSER: ann#\nPASS: CANARY\n======\n"),
    ("blocks with nothing between", "", "URL: a.example\nUSER: ann#\nPASS: CANARY\n"),
    ("blocks with the URL last", "", "USER: ann#\nPASS: CANARY\nURL: a.example\n\n"),
    ("a table", "url,username,password\n", "https://a.example,ann#,CANARY\n"),
    (
      "a table with notes", "url,username,password,note\n",
      "https://a.example,ann#,CANARY,\"x\n\nb.example, bob\n\"\n"
    ),
  ]

  @Test(
    "a file of one layout is read in all its ranges, and nothing of it twice", arguments: cuttable)
  func everyRange(what: String, head: String, record: String) throws {
    let records = (0..<2000).map { record.replacing("#", with: String($0)) }
    let text = Array((head + records.joined()).utf8)
    try RangeReading.withFile(text) { descriptor in
      let whole = RangeReading.whole(descriptor, text.count, 4096, 4 << 20)
      var random = SeededGenerator.forTests()
      let length = text.count / 9
      let ranges = RangeReading.ranges(
        descriptor, text.count, 4096, 4 << 20, length: length, &random)
      #expect(ranges.reading == whole)
      // No record begins in the few bytes behind the last multiple.
      #expect(ranges.taken >= 9)
      #expect(ranges.read <= 11, "at most the first that was begun ahead is read again")
    }
  }

  @Test("where the state changes, what was begun ahead is read again, and the rest once")
  func changingState() throws {
    let line = "https://a.example/:ann:CANARY\n"
    let lines = String(repeating: line, count: 1000)
    let text = Array((lines + "URL: b.example\nUSER: bob\nPASS: CANARY\n\n" + lines).utf8)
    try RangeReading.withFile(text) { descriptor in
      let whole = RangeReading.whole(descriptor, text.count, 4096, 4 << 20)
      var random = SeededGenerator.forTests()
      let ranges = RangeReading.ranges(
        descriptor, text.count, 4096, 4 << 20, length: text.count / 40, &random)
      #expect(ranges.reading == whole)
      #expect(ranges.taken == 41)
      #expect((42...50).contains(ranges.read))
    }
  }

  @Test("a state is read as it was written, and anything else is none")
  func states() throws {
    let texts = [
      "url,username,password\nx,y,z\n", "URL: a.example\nUSER: a\nPASS: b\n\n", "x\n",
      "INSERT INTO logins (url, username, password) VALUES\n('https://a.example', 'ann', 'CANARY'),\n",
      "name,url,username,password,note,additional_urls\nx,y,z,CANARY,,\n",
    ]
    for text in texts {
      var reader = MixedText(first: LabelledBlocks.self, labels: Samples.labels)
      var recorder = CredentialRecorder()
      let bytes = Array(text.utf8)
      _ = reader.read(bytes.span, isLast: false, into: &recorder)
      let state = try #require(reader.lineState)
      let encoded = state.encoded
      #expect(encoded.count <= LineState.maxBytes)
      #expect(LineState(encoded) == state)
      for count in 0..<10 { #expect(LineState(Array(encoded.prefix(count))) == nil) }
      #expect(LineState(encoded + [1]) == nil)
      // Who looks for the ends of cells that quotes part does so again and again.
      var quoted = encoded
      quoted[3] = ASCII.quote
      #expect(LineState(quoted) == nil)
      #expect(LineState(encoded + Array(repeating: 0, count: LineState.maxBytes)) == nil)
      for place in encoded.indices {
        for value in [UInt8.max, 2, 3] {
          var changed = encoded
          changed[place] = value
          if let other = LineState(changed) { #expect(other.encoded == changed) }
        }
      }
    }
  }

  private func expectAlike(
    _ text: [UInt8], what: String, lengths: [Int] = [], chunkBytes: Int = 64,
    maxRecordBytes: Int = 4096
  ) throws {
    try RangeReading.withFile(text) { descriptor in
      let whole = RangeReading.whole(descriptor, text.count, chunkBytes, maxRecordBytes)
      var random = SeededGenerator.forTests()
      let few = (0..<6).map { _ in Int.random(in: 1...max(2, text.count), using: &random) }
      // Each range looks at the file's beginning.
      let tiny = text.count < 600 ? [1, 2] : []
      for length in lengths.isEmpty ? tiny + [17, 64, 100, 4096] + few : lengths {
        if length * 400 < text.count { continue }
        let ranges = RangeReading.ranges(
          descriptor, text.count, chunkBytes, maxRecordBytes, length: length, &random)
        #expect(ranges.reading == whole, "\(what), in ranges of \(length)")
      }
    }
  }
}

/// What reading a file brings, whole or in ranges.
struct RangeReading: Equatable {
  var candidates: [Candidate] = []
  var bytes = 0
  var records: UInt32 = 0
  var skippedBytes = 0
  var isCut = false

  static func withFile<Result>(
    _ text: [UInt8], _ body: (Int32) throws -> Result
  ) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(text).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    return try body(descriptor)
  }

  static func plan(_ descriptor: Int32, _ item: WorkerTask.FileItem) -> (ReadingPlan, FileCuts?) {
    var reader = ChunkReader(chunkBytes: 64 << 10)
    let source = OpenFile(descriptor, size: Int(item.size))
    return reader.sample(source, limit: 64 << 10) { sample in
      let plan = ReadingPlan(sample, name: [], labels: Samples.labels)
      return (plan, FileCuts(item, source, plan, sample, Samples.labels))
    }
  }

  static func whole(
    _ descriptor: Int32, _ size: Int, _ chunkBytes: Int, _ maxRecordBytes: Int
  ) -> RangeReading {
    let item = WorkerTask.FileItem(unit: 1, file: 1, size: UInt64(size), name: [])
    let (plan, _) = plan(descriptor, item)
    var layout = MixedText(first: plan.layout, labels: Samples.labels)
    var recorder = CredentialRecorder()
    var reader = ChunkReader(chunkBytes: chunkBytes, maxRecordBytes: maxRecordBytes)
    let outcome = reader.read(OpenFile(descriptor, size: size), isText: true, marks: plan.marks) {
      layout.read($0, isLast: $1, into: &recorder)
    }
    return RangeReading(
      candidates: recorder.candidates, bytes: outcome.bytes, records: layout.recordCount,
      skippedBytes: outcome.skippedBytes, isCut: layout.isCut)
  }

  /// Reads as supervisor and workers do, the ranges in an order by chance.
  static func ranges(
    _ descriptor: Int32, _ size: Int, _ chunkBytes: Int, _ maxRecordBytes: Int, length: Int,
    _ random: inout SeededGenerator
  ) -> (reading: RangeReading, taken: Int, read: Int) {
    var file = RangedFile(file: 1, size: UInt64(size), length: UInt64(length), maxAhead: 5)
    var underWay: [WorkerTask.FileRange] = []
    var found: [UInt32: RangeReading] = [:]
    var joined = RangeReading()
    var origin: UInt32 = 0
    var rounds = 0
    var count = 0
    while !file.isDone {
      rounds += 1
      // Each range is read thrice at most.
      if rounds > 20 + 3 * Int(file.count) { break }
      while let next = file.next() { underWay.append(next) }
      guard !underWay.isEmpty else { break }
      let range = underWay.remove(at: Int.random(in: 0..<underWay.count, using: &random))
      origin += 1
      let (reading, done) = read(descriptor, size, chunkBytes, maxRecordBytes, range)
      found[origin] = reading
      let fileDone = ResultFrame.FileDone(file: 1, kind: .text, records: reading.records)
      for step in file.finish(range.index, .read(done, fileDone), origin: origin) {
        guard case .take(let taken, let lines, let records, _) = step, let part = found[taken]
        else { continue }
        joined.add(part, lines: lines, records: records)
        count += 1
      }
    }
    if file.hasLost || !file.isDone { joined.bytes = -1 }
    return (joined, count, rounds)
  }

  private static func read(
    _ descriptor: Int32, _ size: Int, _ chunkBytes: Int, _ maxRecordBytes: Int,
    _ range: WorkerTask.FileRange
  ) -> (RangeReading, ResultFrame.RangeDone) {
    var item = WorkerTask.FileItem(unit: 1, file: 1, size: UInt64(size), name: [])
    item.range = range
    let (plan, cuts) = plan(descriptor, item)
    guard let cuts else {
      var done = ResultFrame.RangeDone(file: 1, isThere: range.index == 0)
      if range.index > 0 { return (RangeReading(), done) }
      done.next = range.count(ofFile: UInt64(size))
      return (whole(descriptor, size, chunkBytes, maxRecordBytes), done)
    }
    if cuts.begin == nil {
      return (RangeReading(), ResultFrame.RangeDone(file: 1, isThere: false))
    }
    var recorder = CredentialRecorder()
    var reader = ChunkReader(chunkBytes: chunkBytes, maxRecordBytes: maxRecordBytes)
    let result = cuts.read(file: 1, plan, &reader, into: &recorder)
    return (
      RangeReading(
        candidates: recorder.candidates, bytes: result.outcome.bytes, records: result.records,
        skippedBytes: result.outcome.skippedBytes, isCut: result.isCut),
      result.done
    )
  }

  private mutating func add(_ part: RangeReading, lines: UInt32, records number: UInt32) {
    for var candidate in part.candidates {
      candidate.line += Int(lines)
      candidate.record += Int(number)
      candidates.append(candidate)
    }
    bytes += part.bytes
    records += part.records
    skippedBytes += part.skippedBytes
    isCut = isCut || part.isCut
  }
}
