internal import Dumps
internal import Findings
internal import Worker

/// Counts what was read and what was not, as the workers report it.
struct RunCoverage {
  var counts = FindingsDocument.Coverage()
  private(set) var problems: [Problem] = []
  private let dumps: [String]
  private var hasTooManyFindings = false

  init(dumps: [String]) {
    self.dumps = dumps
  }

  mutating func problem(
    _ code: Problem.Code, dump: Int, path: [UInt8], skippedBytes: Int? = nil,
    bytes: Range<UInt64>? = nil
  ) {
    problems.append(
      Problem(code, dump: dumps[dump], path: path, skippedBytes: skippedBytes, bytes: bytes))
  }

  /// Notes once that a run holds no more findings.
  mutating func tooManyFindings(dump: Int, path: [UInt8]) {
    if hasTooManyFindings { return }
    hasTooManyFindings = true
    problem(.tooManyFindings, dump: dump, path: path)
  }

  /// Counts bytes and records of a range of a big file; the file itself is added when it is done.
  mutating func add(range done: ResultFrame.FileDone) {
    counts.bytes += Int(clamping: done.bytes)
    if done.kind == .text || done.kind == .database { counts.records += Int(done.records) }
  }

  /// Counts a file that a worker has read, or passed over; `isWhole` is false if a part of it was lost.
  mutating func add(
    _ done: ResultFrame.FileDone, dump: Int, path: [UInt8], isWhole: Bool = true
  ) {
    counts.bytes += Int(clamping: done.bytes)
    let isRead = done.kind == .text || done.kind == .database
    // What a picture seems to hold is not worth counting.
    if isRead { counts.records += Int(done.records) }
    switch done.kind {
    case .archive: return problem(.archive, dump: dump, path: path)
    case .binary: counts.passedOver["binary", default: 0] += 1
    case .empty: counts.passedOver["empty", default: 0] += 1
    case .otherDatabase: counts.passedOver["database", default: 0] += 1
    case .text, .database: break
    }
    if done.errno != 0 {
      problem(.ioError, dump: dump, path: path)
    } else if done.isShorter {
      problem(.shrank, dump: dump, path: path)
    } else if done.fault == .tooLarge {
      problem(.databaseTooLarge, dump: dump, path: path)
    } else if done.fault == .damaged {
      problem(.databaseDamaged, dump: dump, path: path)
    } else if done.fault == .logNotRead {
      problem(.databaseLogNotRead, dump: dump, path: path)
    } else {
      counts.filesRead += isRead && isWhole ? 1 : 0
    }
    if done.hasDroppedValues { problem(.valuesDropped, dump: dump, path: path) }
    // What is no text has no lines, so none is too long.
    if done.skippedBytes > 0 && done.kind == .text {
      problem(
        .lineTooLong, dump: dump, path: path, skippedBytes: Int(clamping: done.skippedBytes))
    }
  }

  /// Counts what the walk passed over.
  mutating func add(_ passedOver: [(dump: Int, problem: WalkProblem, path: [UInt8])]) {
    for (dump, walked, path) in passedOver {
      if walked.isUnread {
        problem(Problem.Code(rawValue: walked.rawValue) ?? .ioError, dump: dump, path: path)
      } else {
        counts.passedOver[walked.rawValue, default: 0] += 1
      }
    }
  }
}

extension [Problem] {
  /// By dump, code, path and place: the same order, whichever worker came upon them.
  func sorted() -> [Problem] {
    sorted { left, right in
      if left.dump != right.dump { return left.dump < right.dump }
      if left.code != right.code { return left.code.rawValue < right.code.rawValue }
      if left.path != right.path { return left.path.lexicographicallyPrecedes(right.path) }
      return (left.bytes?.lowerBound ?? 0) < (right.bytes?.lowerBound ?? 0)
    }
  }
}
