internal import Bytes
internal import Dumps
internal import Formats
internal import History
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// Cuts the dumps into units of work, and packs units into messages.
///
/// A unit is the files of one log, one file that stands alone, or one range of such a file that is big. A log with more files than a unit takes
/// becomes several; each carries the log's own files along, for the facts. It holds the descriptors of the
/// message that it is filling, and of the own files of the logs that the walk is in.
struct UnitQueue: ~Copyable {
  /// What the supervisor must know of a unit that is under way.
  struct Unit {
    /// The number of its origin.
    var origin: UInt32
    var dump: Int
    /// The log's folder, or the file; what a problem of the unit names.
    var path: [UInt8]
    /// The range of a big file that the unit is.
    var range: RangeUnit?
  }

  /// What the supervisor must know of a range. What is found in it has an origin of its own until it is known to
  /// count (`RangedFile`).
  struct RangeUnit {
    /// The number of the big file.
    var file: UInt32
    var index: UInt32
    var done: ResultFrame.RangeDone?
    var fileDone: ResultFrame.FileDone?
  }

  /// A big file, while it is read.
  struct BigFile {
    var ranges: RangedFile
    var origin: UInt32
    var dump: Int
    var path: [UInt8]
    var name: [UInt8]
    var descriptor: Int32
    /// What the list of units says of its ranges.
    var listed: [UnitLine.Range] = []
    /// The ranges that are still to be read for another run, the next one last; nil if all are read for this one.
    var wanted: [UInt32]?
    /// Ranges that are being read for another run.
    var openRanges = 0
  }

  /// Where credentials come from that one machine may have in common: a log, of one unit or several, or a file
  /// that stands alone.
  struct Origin {
    var dump: Int
    /// The log's folder, relative to the dump, or nil for a file that stands alone.
    var log: [UInt8]?
    /// The origin of the log or file on disk that it is of: its own number, but for what was found in an archive.
    var root: UInt32
    /// The files on disk that were opened of it, if a later run shall know.
    var inputs: [Input] = []
    /// When the first of the log's own files of passwords was written, in seconds since 1970.
    var modified: Int64?
    /// Whether no unit of it comes any more.
    var isWhole: Bool
    var openUnits = 0
  }

  /// A file on disk that was opened.
  struct Input {
    var path: [UInt8]
    /// Nil if the system does not tell.
    var fingerprint: Fingerprint?
  }

  /// A file of a unit, for its hits and problems.
  struct File {
    var unit: UInt32
    var path: [UInt8]
    /// Bytes at the time of opening; more cannot be read.
    var size: UInt64
  }

  /// Files of a log in one unit. Two of them, with what they carry along, fill a message.
  private static let maxFiles = 24
  /// Big files that are read at once.
  private static let maxBigFiles = 4

  private let dumps: [String]
  /// Where dumps are opened that are not opened by their names, by their numbers.
  private let opened: [Int: String]
  private let shape: LogShape
  /// A file that stands alone and is longer is read in ranges of this length. In bytes.
  let rangeBytes: UInt64
  let maxRangesAhead: Int
  private let share: WorkShare?
  private let opensAll: Bool
  /// What need not be read, or nil to read all.
  private let survey: InputSurvey?
  /// The part of the dumps that is read, or nil for all of them.
  let selection: UnitSelection?
  /// Big files of which other hosts have read ranges, until the supervisor has taken those.
  var begun: [UInt32] = []
  /// Files that were left to the other runs that share the work.
  var filesOfOthers = 0
  /// In the order in which they were found, by their numbers as files.
  var bigFiles: [(number: UInt32, file: BigFile)] = []
  private var walker: DumpWalker?
  var nextDump = 0
  /// A file that begins the next unit.
  private var heldFile: DumpFile?
  /// A unit that did not fit into the last message.
  private var heldUnit: WorkerHandle.Batch?
  private var openLogs = OpenLogs()
  var lastOrigin: UInt32 = 0
  var lastUnit: UInt32 = 0
  var lastFile: UInt32 = 0
  var units: [UInt32: Unit] = [:]
  var origins: [UInt32: Origin] = [:]
  /// Origins of which all was read, since last asked.
  private var finished: [UInt32: Origin] = [:]
  var files: [UInt32: File] = [:]
  /// What the walk could not read or passed over, since last asked.
  private var passedOver: [(dump: Int, problem: WalkProblem, path: [UInt8])] = []
  var fileCount = 0
  private(set) var logCount = 0

  init(
    dumps: [String], shape: LogShape, rangeBytes: UInt64 = ScanConfiguration.defaultRangeBytes,
    maxRangesAhead: Int = 16, share: WorkShare? = nil, opensAll: Bool = false,
    survey: InputSurvey? = nil, selection: UnitSelection? = nil,
    opened: [Int: String] = [:]
  ) {
    self.opened = opened
    self.survey = survey
    self.selection = selection
    self.share = share
    self.opensAll = opensAll
    self.dumps = dumps
    self.shape = shape
    self.rangeBytes = rangeBytes
    self.maxRangesAhead = maxRangesAhead
    passedOver = selection?.gaps ?? []
  }

  deinit {
    heldFile?.close()
    for descriptor in heldUnit?.descriptors ?? [] { _ = close(descriptor) }
    for entry in bigFiles { _ = close(entry.file.descriptor) }
  }

  /// Whether there may be more to read once what is under way is read.
  var isWaiting: Bool { !bigFiles.isEmpty }

  /// The origins whose units are all read or lost, since last asked.
  mutating func takeFinished() -> [UInt32: Origin] {
    defer { finished = [:] }
    return finished
  }

  mutating func takePassedOver() -> [(dump: Int, problem: WalkProblem, path: [UInt8])] {
    defer { passedOver = [] }
    return passedOver
  }

  /// The next message, of whole units, or nil if all dumps are walked.
  mutating func nextBatch() -> WorkerHandle.Batch? {
    var batch = heldUnit ?? WorkerHandle.Batch(items: [], descriptors: [])
    heldUnit = nil
    while batch.bytes < WorkerHandle.Batch.enoughBytes, let unit = nextUnit() {
      // A set of volumes may be more than a message is filled with, and then is one by itself.
      if !batch.items.isEmpty, batch.items.count + unit.items.count > WorkerTask.maxFiles {
        heldUnit = unit
        break
      }
      batch.items += unit.items
      batch.descriptors += unit.descriptors
    }
    return batch.items.isEmpty ? nil : batch
  }

  /// The next unit, or nil if there is none or what comes next depends on what is under way.
  private mutating func nextUnit() -> WorkerHandle.Batch? {
    while true {
      if let range = nextRange() { return range }
      guard bigFiles.count < Self.maxBigFiles, let first = heldFile ?? nextFile() else {
        return nil
      }
      heldFile = nil
      if Self.isCut(first, name: name(of: first), rangeBytes: rangeBytes) {
        begin(bigFile: first)
      } else if selection?.isOfRanges == true {
        // It has changed: whoever joins its ranges sees that, too.
        first.close()
      } else {
        return unit(of: first)
      }
    }
  }

  /// Gathers the files of the unit that begins with `first`.
  mutating func unit(of first: DumpFile) -> WorkerHandle.Batch {
    let dump = nextDump - 1
    begin(first, dump: dump)
    var batch = WorkerHandle.Batch(items: [], descriptors: [])
    carryAlong(&batch)
    add(first, to: &batch)
    // An archive takes its time, and may take its worker with it: the other files of its log are units of their own.
    let isAlone = isArchive(first)
    while let log = first.log, !isAlone, batch.items.count < Self.maxFiles + OpenLogs.maxCarried,
      let next = nextFile()
    {
      guard nextDump - 1 == dump, next.log == log, !isArchive(next) else {
        heldFile = next
        break
      }
      add(next, to: &batch)
    }
    batch.items[batch.items.count - 1].isLastOfUnit = true
    return batch
  }

  /// Begins the unit of which `file` is the first, and its origin if that is new.
  mutating func begin(_ file: DumpFile, dump: Int) {
    lastUnit += 1
    let path = file.log.map { Array(file.path.prefix($0.pathBytes)) }
    var number = file.log.flatMap { openLogs.origin(ofLog: $0.number) }
    if number == nil {
      lastOrigin += 1
      number = lastOrigin
      origins[lastOrigin] = Origin(
        dump: dump, log: path, root: lastOrigin, isWhole: file.log == nil)
      if let log = file.log {
        logCount += 1
        openLogs.enter(log.number, origin: lastOrigin)
      }
    }
    let origin = number ?? lastOrigin
    origins[origin]?.openUnits += 1
    let isArchive = isArchive(file)
    units[lastUnit] = Unit(
      origin: origin, dump: dump, path: isArchive ? file.path : path ?? file.path)
  }

  func isArchive(_ file: DumpFile) -> Bool {
    !file.companions.isEmpty || ArchiveName.isArchive(name(of: file))
  }

  /// Keeps what tells whether a later run opens the same file.
  mutating func note(_ file: DumpFile, of origin: UInt32) {
    guard survey != nil else { return }
    origins[origin]?.inputs.append(Input(path: file.path, fingerprint: Fingerprint(file)))
  }

  /// A new origin, for what was found in an archive of that dump, within the log or file of the origin `root`. `log` is its folder's path within the dump; whoever
  /// closes it need not ask here again.
  mutating func makeOrigin(
    dump: Int, log: [UInt8]?, modified: Int64? = nil, root: UInt32? = nil
  ) -> (UInt32, Origin) {
    lastOrigin += 1
    let root = root ?? lastOrigin
    return (lastOrigin, Origin(dump: dump, log: log, root: root, modified: modified, isWhole: true))
  }

  /// A new number for a file, for a member in which something was found.
  mutating func makeFileNumber() -> UInt32 {
    lastFile += 1
    return lastFile
  }

  /// No file of these logs comes any more.
  private mutating func leave(_ origins: [UInt32]) {
    for origin in origins {
      self.origins[origin]?.isWhole = true
      finishIfRead(origin)
    }
  }

  mutating func finishIfRead(_ number: UInt32) {
    guard let origin = origins[number], origin.isWhole, origin.openUnits == 0 else { return }
    origins[number] = nil
    finished[number] = origin
  }

  private mutating func add(_ file: DumpFile, to batch: inout WorkerHandle.Batch) {
    addCompanions(of: file, to: &batch)
    lastFile += 1
    fileCount += 1
    if let origin = units[lastUnit]?.origin { note(file, of: origin) }
    files[lastFile] = File(unit: lastUnit, path: file.path, size: file.bytes)
    let name = name(of: file)
    let isNamed = shape.isSystemFile(name)
    let isOwn = file.log != nil && (isNamed || !name.contains(ASCII.slash))
    var item = WorkerTask.FileItem(
      unit: lastUnit, file: lastFile, size: UInt64(file.size), name: name)
    item.isSystemFile = isOwn && isNamed
    item.isAlone = file.log == nil
    batch.items.append(item)
    batch.descriptors.append(file.descriptor)
    guard isOwn else { return }
    openLogs.keep(file, name, isSystemFile: isNamed)
    if let modified = file.modified, let unit = units[lastUnit], shape.isPasswordFile(name) {
      let known = origins[unit.origin]?.modified ?? modified
      origins[unit.origin]?.modified = min(known, modified)
    }
  }

  private mutating func addCompanions(of file: DumpFile, to batch: inout WorkerHandle.Batch) {
    for companion in file.companions {
      var item = WorkerTask.FileItem(
        unit: lastUnit, file: WorkerTask.FileItem.noFile, size: UInt64(companion.size), name: [])
      item.companion = companion.isVolume ? .volume : .passwords
      batch.items.append(item)
      batch.descriptors.append(companion.descriptor)
    }
  }

  private func carryAlong(_ batch: inout WorkerHandle.Batch) {
    guard let unit = units[lastUnit] else { return }
    for file in openLogs.copies(ofOrigin: unit.origin) {
      var item = WorkerTask.FileItem(
        unit: lastUnit, file: WorkerTask.FileItem.noFile, size: file.size, name: file.name)
      item.isForFactsOnly = true
      item.isSystemFile = file.isSystemFile
      batch.items.append(item)
      batch.descriptors.append(file.descriptor)
    }
  }

  /// The file's path within its log, or its name.
  func name(of file: DumpFile) -> [UInt8] {
    if let length = file.log?.pathBytes {
      return Array(file.path.dropFirst(length == 0 ? 0 : length + 1))
    }
    return file.ownName(in: dumps[nextDump - 1])
  }

  private mutating func nextFile() -> DumpFile? {
    while true {
      if walker == nil {
        while nextDump < dumps.count, survey?.isUnchanged(dump: nextDump) == true {
          passedOver += survey?.passedOver[nextDump] ?? []
          nextDump += 1
        }
        guard nextDump < dumps.count else { return nil }
        let path = opened[nextDump] ?? dumps[nextDump]
        if let places = selection?.places[nextDump] {
          walker = DumpWalker(path: path, shape: shape, places: places, opensAll: opensAll)
        } else {
          walker = DumpWalker(path: path, shape: shape, share: share, opensAll: opensAll)
        }
        nextDump += 1
      }
      guard let step = walker?.next() else {
        filesOfOthers += walker?.filesOfOthers ?? 0
        walker = nil
        leave(openLogs.leaveAll())
        continue
      }
      switch step {
      case .passedOver(let problem, let path): passedOver.append((nextDump - 1, problem, path))
      case .logEnded(let number): leave(openLogs.leave(number))
      case .file(let file):
        if survey?.isUnchanged(file, dump: nextDump - 1) != true { return file }
        file.close()
      }
    }
  }

  /// Forgets a file that was read.
  mutating func finish(file: UInt32) {
    files[file] = nil
  }

  /// Forgets a unit that was read.
  mutating func finish(unit: UInt32) {
    guard let origin = units.removeValue(forKey: unit)?.origin else { return }
    origins[origin]?.openUnits -= 1
    finishIfRead(origin)
  }
}
