internal import Dumps
internal import Findings
internal import Worker

/// Counts what was read and what was not, as the workers report it.
struct RunCoverage {
  var counts = FindingsDocument.Coverage()
  private(set) var problems: [Problem] = []
  /// The numbers of the problems of each file on disk, or folder.
  private var places: [PlaceInDump: [Int]] = [:]

  private let dumps: [String]
  /// Where something was found that the run did not hold any more.
  private var overfull: Set<PlaceInDump> = []
  /// Of what was not opened for its name, those that are no files but members of archives.
  private var unopenedMembers = 0

  /// Files that were not opened for their names.
  var unopenedFiles: Int {
    (counts.passedOver[WalkProblem.unopened.rawValue] ?? 0) - unopenedMembers
  }

  init(dumps: [String]) {
    self.dumps = dumps
  }

  mutating func problem(
    _ code: Problem.Code, dump: Int, path: [UInt8], input: [UInt8]? = nil,
    skippedBytes: Int? = nil, bytes: Range<UInt64>? = nil, members: Int? = nil
  ) {
    places[PlaceInDump(dump: dump, path: input ?? path), default: []].append(problems.count)
    problems.append(
      Problem(
        code, dump: dumps[dump], path: path, input: input, skippedBytes: skippedBytes,
        bytes: bytes, members: members))
  }

  /// What of a log, or of a file that stands alone, could not be read.
  func problems(of origin: UnitQueue.Origin) -> [Problem] {
    var inputs = Set(origin.inputs.map(\.path))
    if let log = origin.log { inputs.insert(log) }
    return inputs.flatMap { places[PlaceInDump(dump: origin.dump, path: $0)] ?? [] }.sorted().map {
      problems[$0]
    }
  }

  /// Notes, once for each file, that a run holds no more findings: what it lost is found when the file is read again.
  mutating func tooManyFindings(dump: Int, path: [UInt8]) {
    guard overfull.insert(PlaceInDump(dump: dump, path: path)).inserted else { return }
    problem(.tooManyFindings, dump: dump, path: path)
  }

  /// Counts bytes and records of a range of a big file; the file itself is added when it is done.
  mutating func add(range done: ResultFrame.FileDone) {
    counts.bytes = bytes(with: done.bytes)
    if done.kind == .text || done.kind == .database { counts.records += Int(done.records) }
  }

  /// Counts a file that a worker has read, or passed over; `isWhole` is false if a part of it was lost.
  mutating func add(
    _ done: ResultFrame.FileDone, dump: Int, path: [UInt8], isWhole: Bool = true
  ) {
    count(done)
    let problems = Self.problems(of: done)
    for (code, skippedBytes) in problems {
      problem(code, dump: dump, path: path, skippedBytes: skippedBytes)
    }
    if Self.isRead(done), isWhole { counts.filesRead += 1 }
  }

  /// Counts an archive that a worker has read, or was lost with.
  mutating func add(
    _ contents: ArchiveContents, dump: Int, path: [UInt8], isWhole: Bool
  ) {
    counts.archives += 1
    counts.members += contents.members
    counts.membersRead += contents.membersRead
    counts.logs += contents.logs
    for fault in contents.faults {
      problem(
        fault.code, dump: dump, path: Self.path(path, within: fault.path), input: path,
        skippedBytes: fault.skippedBytes > 0 ? fault.skippedBytes : nil,
        members: fault.members > 1 ? fault.members : nil)
    }
    guard isWhole, contents.faults.isEmpty else { return }
    if contents.members > 0 {
      counts.filesRead += 1
    } else {
      counts.passedOver["empty", default: 0] += 1
    }
  }

  /// The path of a member within the dump, behind that of its archive, which is empty if that is the dump itself.
  static func path(_ archive: [UInt8], within member: [UInt8]) -> [UInt8] {
    if archive.isEmpty { return member }
    return member.isEmpty ? archive : archive + ResultFrame.Member.separator + member
  }

  /// The bytes read so far and `more`, up to what a document takes: sparse files may be of any size.
  func bytes(with more: UInt64) -> Int {
    let most = FindingsDocument.maxNumber
    return min(most, counts.bytes + min(most, Int(clamping: more)))
  }

  /// Counts bytes, records and what is rightly passed over, of a file or of a member.
  mutating func count(_ done: ResultFrame.FileDone) {
    counts.bytes = bytes(with: done.bytes)
    // What a picture seems to hold is not worth counting.
    if done.kind == .text || done.kind == .database { counts.records += Int(done.records) }
    switch done.kind {
    case .binary: counts.passedOver["binary", default: 0] += 1
    case .empty: counts.passedOver["empty", default: 0] += 1
    case .otherDatabase: counts.passedOver["database", default: 0] += 1
    case .unopened:
      counts.passedOver[WalkProblem.unopened.rawValue, default: 0] += 1
      unopenedMembers += 1
    case .text, .database, .archive: break
    }
  }

  /// Whether the file was read to its end, and is one that could hold something.
  static func isRead(_ done: ResultFrame.FileDone) -> Bool {
    (done.kind == .text || done.kind == .database)
      && done.errno == 0 && !done.isShorter && done.fault == .none
  }

  /// What of a file was not read.
  static func problems(
    of done: ResultFrame.FileDone
  ) -> [(code: Problem.Code, skippedBytes: Int?)] {
    var problems: [(code: Problem.Code, skippedBytes: Int?)] = []
    if done.errno != 0 {
      problems.append((.ioError, nil))
    } else if done.isShorter {
      problems.append((.shrank, nil))
    } else {
      switch done.fault {
      case .tooLarge: problems.append((.databaseTooLarge, nil))
      case .damaged: problems.append((.databaseDamaged, nil))
      case .logNotRead: problems.append((.databaseLogNotRead, nil))
      case .format: problems.append((.unreadFormat, nil))
      case .none: break
      }
    }
    if done.hasDroppedValues { problems.append((.valuesDropped, nil)) }
    // What is no text has no lines, so none is too long. An archive or database may stand beside text.
    if done.skippedBytes > 0 && done.kind != .binary {
      problems.append((.lineTooLong, Int(clamping: done.skippedBytes)))
    }
    return problems
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
