internal import Worker

/// A big file that is read in ranges: which range a worker reads next, and which results count.
///
/// Ranges are given out before the one before them is read, so each begins in a state that is only likely. In
/// the order of the file, the result of a range counts if it began where the one before it ended and in
/// the state in which that ended. If not, the range is read again, in that state. So what counts is what
/// one worker would have found that read the whole file; a file whose state changes all the time is
/// read twice.
struct RangedFile {
  /// What has become of a range.
  enum Answer {
    case read(ResultFrame.RangeDone, ResultFrame.FileDone)
    /// Its worker died, was stopped, or sent what no worker sends.
    case lost(Problem.Code)
  }

  /// What follows from an answer.
  enum Step: Equatable {
    /// What was found under this origin counts, behind so many lines and records.
    case take(origin: UInt32, lines: UInt32, records: UInt32, ResultFrame.FileDone)
    /// What was found under this origin is forgotten: other ranges find it.
    case drop(origin: UInt32)
    /// These bytes were not read to their end; what was found there under this origin stays.
    case lost(
      Problem.Code, bytes: Range<UInt64>, origin: UInt32, lines: UInt32, records: UInt32)
  }

  private struct Waiting {
    var answer: Answer
    var origin: UInt32
    var isSure: Bool
  }

  let size: UInt64
  let length: UInt64
  let count: UInt32
  /// Ranges that are read ahead of the one whose result counts next: what is found there waits in memory.
  private let maxAhead: UInt32
  /// The next range whose result counts.
  private var expected: UInt32 = 0
  /// The state in which that must begin; nil behind a range that was lost.
  private var state: [UInt8]? = []
  /// The last state that is known: the likely one of what follows.
  private var latest: [UInt8] = []
  /// The first range that was never given out.
  private var given: UInt32 = 0
  /// Ranges that workers have, and whether each begins in a state that is known and reads on.
  private var underWay: [UInt32: Bool] = [:]
  private var waiting: [UInt32: Waiting] = [:]
  private var lines: UInt32 = 0
  private var records: UInt32 = 0
  /// The sum of the ranges that count, but for bytes and records.
  private(set) var whole: ResultFrame.FileDone
  /// Whether a part of the file was lost.
  private(set) var hasLost = false
  /// Why the last part was.
  private var lastLoss = Problem.Code.shrank

  var isDone: Bool { expected >= count }

  init(file: UInt32, size: UInt64, length: UInt64, maxAhead: Int) {
    self.size = size
    self.length = length
    self.maxAhead = UInt32(clamping: maxAhead)
    count =
      WorkerTask.FileRange(length: length, index: 0, readsOn: true, state: []).count(ofFile: size)
    whole = ResultFrame.FileDone(file: file, kind: .text)
  }

  /// The next range to read, or nil if that depends on those that are being read.
  mutating func next() -> WorkerTask.FileRange? {
    given = max(given, expected)
    let isRepeat = expected < given && underWay[expected] == nil
    let index = isRepeat ? expected : given
    guard index < count, isRepeat || index - expected <= maxAhead else { return nil }
    let isSure = index == expected
    if !isRepeat { given += 1 }
    underWay[index] = isSure
    return WorkerTask.FileRange(
      length: length, index: index, readsOn: isSure, state: isSure ? state ?? latest : latest)
  }

  /// Notes that a range need not be given out, as it was read elsewhere: if that does not count, it is read again.
  mutating func skip(_ index: UInt32) {
    given = max(given, index + 1)
  }

  /// Takes what has become of a range, and says what follows, in the order of the file.
  mutating func finish(_ index: UInt32, _ answer: Answer, origin: UInt32) -> [Step] {
    let isSure = underWay.removeValue(forKey: index) ?? false
    // Another range has read on through this one.
    if index < expected { return [.drop(origin: origin)] }
    waiting[index] = Waiting(answer: answer, origin: origin, isSure: isSure)
    var steps: [Step] = []
    while let next = waiting.removeValue(forKey: expected) {
      switch next.answer {
      case .lost(let code): lose(code, next.origin, &steps)
      case .read(let range, let done):
        if done.errno != 0 {
          // Nobody knows what stands behind that place: the ranges there are read for themselves.
          lose(.ioError, next.origin, &steps)
        } else if !range.isThere {
          passOver(next.origin, &steps)
        } else if let end = range.next, state == nil || range.began == state {
          take(next.origin, range, done, upTo: end, &steps)
        } else if next.isSure {
          // It was told to begin so, and to read on.
          lose(.protocolError, next.origin, &steps)
        } else {
          steps.append(.drop(origin: next.origin))
        }
      }
    }
    return steps
  }

  private mutating func take(
    _ origin: UInt32, _ range: ResultFrame.RangeDone, _ done: ResultFrame.FileDone,
    upTo end: UInt32, _ steps: inout [Step]
  ) {
    steps.append(.take(origin: origin, lines: lines, records: records, done))
    lines &+= range.lines
    records &+= done.records
    if expected == 0 { whole.kind = done.kind }
    whole.skippedBytes &+= done.skippedBytes
    whole.isShorter = whole.isShorter || done.isShorter
    if whole.fault == .none { whole.fault = done.fault }
    whole.hasDroppedValues = whole.hasDroppedValues || done.hasDroppedValues
    for index in (expected + 1)..<max(end, expected + 1) {
      guard let passed = waiting.removeValue(forKey: index) else { continue }
      steps.append(.drop(origin: passed.origin))
    }
    state = range.ended
    latest = range.ended
    expected = end
  }

  /// No range begins where one was expected: behind one that was lost its bytes are lost for the same reason, as nobody
  /// reads on through them; else the file has changed.
  private mutating func passOver(_ origin: UInt32, _ steps: inout [Step]) {
    lose(state == nil ? lastLoss : .shrank, origin, &steps)
  }

  private mutating func lose(_ code: Problem.Code, _ origin: UInt32, _ steps: inout [Step]) {
    let begin = UInt64(expected) * length
    steps.append(
      .lost(
        code, bytes: begin..<min(begin + length, size), origin: origin, lines: lines,
        records: records))
    hasLost = true
    lastLoss = code
    state = nil
    expected += 1
  }
}
