import Testing

@testable import Scan
@testable import Watchlists
@testable import Worker

/// What one host writes down of a range that another joins.
@Suite("readings of ranges")
struct RangeReadingTests {
  private static let digest = String(repeating: "5", count: RangeReading.digestDigits)
  private static let range: ResultFrame = {
    var done = ResultFrame.RangeDone(file: 2, isThere: true)
    (done.next, done.lines) = (3, 4)
    return .rangeDone(done)
  }()
  private static let file = ResultFrame.fileDone(ResultFrame.FileDone(file: 2, kind: .text))
  private static let facts = ResultFrame.logFacts(
    ResultFrame.LogFacts(unit: 1, family: nil, confidence: 0))

  /// Frames as they stand behind their digest and checksum, which is right.
  private static func written(_ frames: [UInt8], under digest: String = digest) -> [UInt8] {
    let checksum = ContentDigest.sha256([frames]).prefix(RangeReading.digestDigits)
    return Array((digest + checksum).utf8) + frames
  }

  private static func bytes(_ frames: ResultFrame...) -> [UInt8] {
    frames.flatMap { $0.encoded() }
  }

  private func reading(found: [ResultFrame]) throws -> RangeReading {
    guard case .rangeDone(let range) = Self.range, case .fileDone(let file) = Self.file else {
      throw CancellationError()
    }
    return RangeReading(range: range, file: file, found: found)
  }

  @Test("is read as it was written, under the same rules and lists alone")
  func roundTrip() throws {
    for found in [[], [Self.facts], [Self.facts, Self.facts]] {
      let bytes = try #require(try reading(found: found).encoded(under: Self.digest))
      #expect(
        bytes == Self.written(Self.bytes(Self.range, Self.file) + found.flatMap { $0.encoded() }))
      let read = try #require(RangeReading(bytes, under: Self.digest))
      #expect(.rangeDone(read.range) == Self.range && .fileDone(read.file) == Self.file)
      #expect(read.found == found)
      let other = String(repeating: "6", count: RangeReading.digestDigits)
      #expect(RangeReading(bytes, under: other) == nil)
      for count in 0..<bytes.count {
        #expect(RangeReading(Array(bytes.prefix(count)), under: Self.digest) == nil)
      }
    }
  }

  @Test("one that is too long is not handed on")
  func length() throws {
    var long = ResultFrame.LogFacts(unit: 1, family: nil, confidence: 0)
    long.hwid = [UInt8](repeating: 1, count: 500)
    let frame = ResultFrame.logFacts(long)
    let most = (8 << 20) - Self.bytes(Self.range, Self.file).count
    let count = most / frame.encoded().count
    let fits = try reading(found: Array(repeating: frame, count: count))
    #expect(fits.encoded(under: Self.digest) != nil)
    let tooLong = try reading(found: Array(repeating: frame, count: count + 1))
    #expect(tooLong.encoded(under: Self.digest) == nil)
    let whole = Self.written([UInt8](repeating: 0, count: (8 << 20) + 1))
    #expect(RangeReading(whole, under: Self.digest) == nil)
  }

  private static let whole = bytes(range, file)
  private static let malformedCases: [(what: String, frames: [UInt8])] = [
    ("nothing", []), ("the range alone", bytes(range)), ("the file alone", bytes(file)),
    ("the file first", bytes(file, range)), ("no file", bytes(range, facts)),
    ("no range", bytes(facts, file)), ("a length that is cut", whole + [1, 0]),
    ("no length", whole + [0, 0, 0, 0]),
    ("a length that reaches beyond", whole + [9, 0, 0, 0, 7]),
    ("a frame that is too long", whole + [1, 0x40, 0, 0] + tooMuch),
    ("an unknown frame", whole + [1, 0, 0, 0, 0xFE]),
  ]
  private static let tooMuch = [UInt8](repeating: 0, count: ResultFrame.maxBytes + 1)

  @Test(
    "frames that no host writes are none, whatever their checksum", arguments: malformedCases)
  func malformed(what: String, frames: [UInt8]) {
    #expect(RangeReading(Self.written(frames), under: Self.digest) == nil)
  }

  // MARK: Joined

  private static let text = (0..<8).map { HostilePlace.line("a\($0).example") }.joined()
  private static let hosts = (0..<8).map { "a\($0).example" }

  /// The lines of the ranges of `a.txt`, with what a worker has read there.
  private func read(_ place: HostilePlace) throws -> [UnitLine] {
    let size = Self.text.utf8.count
    let lines = (0...((size - 1) / 100)).map {
      "range\t100\t\(place.path)/dumps\ta.txt\t\($0)\t100\t\(size)\n"
    }
    var configuration = place.configuration
    configuration.worker = HostilePlace.worker
    configuration.rangeBytes = 100
    configuration.units = try UnitSelection(Array(lines.joined().utf8), isOfRanges: true)
    let summary = try Scan.run(configuration)
    #expect(summary.problems.isEmpty && summary.document.findings.isEmpty)
    return summary.ranges
  }

  /// Hosts of what is found by the run that joins them.
  private func joined(_ lines: [UnitLine], _ place: HostilePlace) throws -> [String] {
    var configuration = place.configuration
    configuration.worker = HostilePlace.worker
    configuration.rangeBytes = 100
    let text = lines.map { $0.text + "\n" }.joined()
    configuration.units = try UnitSelection(Array(text.utf8), isOfRanges: false)
    let summary = try Scan.run(configuration)
    #expect(summary.problems.isEmpty)
    return summary.document.findings.map { $0.service.host ?? "" }.sorted()
  }

  @Test(
    "what no worker says of a range is not believed of another host either, and the range is read again"
  )
  func joining() throws {
    let place = try HostilePlace(script: "exit 3", text: Self.text)
    let lines = try read(place)
    guard case .range(let path, let first)? = lines.first?.kind, let bytes = first.reading else {
      Issue.record("the first range was not read")
      return
    }
    let digest = String(decoding: bytes.prefix(RangeReading.digestDigits), as: UTF8.self)
    let reading = try #require(RangeReading(bytes, under: digest))
    func joined(_ change: (inout RangeReading) -> Void) throws -> [String] {
      var changed = reading
      change(&changed)
      var range = first
      range.reading = changed.encoded(under: digest)
      var all = lines
      all[0] = UnitLine(bytes: lines[0].bytes, dump: lines[0].dump, kind: .range(path, range))
      return try self.joined(all, place)
    }
    func hit(_ change: (inout ResultFrame.Hit) -> Void) throws -> ResultFrame {
      guard case .hit(var hit)? = reading.found.first else { throw CancellationError() }
      change(&hit)
      return .hit(hit)
    }
    #expect(try joined { _ in } == Self.hosts)
    // What may be is believed.
    let other = try hit { $0.host = Array("kept.example".utf8) }
    var trace = ResultFrame.ServiceTrace(service: 0)
    trace.cookies = 1
    let traces = ResultFrame.LogTraces(unit: 1, categories: 0, services: [trace])
    let believed = try joined { $0.found = [other, .logTraces(traces)] }
    #expect(believed.contains("kept.example") && !believed.contains("a0.example"))
    trace.service = .max
    let strange = ResultFrame.LogTraces(unit: 1, categories: 0, services: [trace])
    let strangeList = try hit { $0.list = 9 }
    #expect(try joined { $0.found = [other, .messageDone] } == Self.hosts)
    #expect(try joined { $0.found = [other, .logTraces(strange)] } == Self.hosts)
    #expect(try joined { $0.found = [other, strangeList] } == Self.hosts)
    #expect(try joined { ($0.found, $0.file.kind) = ([other], .archive) } == Self.hosts)
    #expect(try joined { ($0.found, $0.file.kind) = ([other], .unopened) } == Self.hosts)
    #expect(try joined { ($0.found, $0.range.ended) = ([other], [0xFF]) } == Self.hosts)
    #expect(try joined { ($0.found, $0.range.next) = ([other], 0) } == Self.hosts)
    #expect(try joined { ($0.found, $0.file.bytes) = ([other], 1 << 40) } == Self.hosts)
  }
}
