internal import Dumps
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// Cuts the dumps into units of work, and units into messages of files.
///
/// A unit is the files of one log, or one file that stands alone. It holds no more descriptors than those of
/// the message that it is filling.
struct UnitQueue: ~Copyable {
  /// What the supervisor must know of a unit that is under way.
  struct Unit {
    var dump: Int
    /// The log's folder, relative to the dump, or nil for a file that stands alone.
    var log: [UInt8]?
    /// The first file's path; what a problem of the unit names.
    var path: [UInt8]
  }

  /// A file of a unit, for its hits and problems.
  struct File {
    var unit: UInt32
    var path: [UInt8]
  }

  private let dumps: [String]
  private let systemFiles: [String]
  private var walker: DumpWalker?
  private var nextDump = 0
  private var waiting: (item: WorkerTask.FileItem, descriptor: Int32)?
  private var lastUnit: UInt32 = 0
  private var lastFile: UInt32 = 0
  private(set) var units: [UInt32: Unit] = [:]
  private(set) var files: [UInt32: File] = [:]
  /// What the walk could not read or passed over, since last asked.
  private var passedOver: [(dump: Int, problem: WalkProblem, path: [UInt8])] = []
  private(set) var fileCount = 0
  private(set) var logCount = 0

  init(dumps: [String], systemFiles: [String]) {
    self.dumps = dumps
    self.systemFiles = systemFiles
  }

  deinit {
    if let waiting { _ = close(waiting.descriptor) }
  }

  mutating func takePassedOver() -> [(dump: Int, problem: WalkProblem, path: [UInt8])] {
    defer { passedOver = [] }
    return passedOver
  }

  /// The next message of files, or nil if all dumps are walked.
  ///
  /// The last file of a unit can be told only once the next is known, so one file is held back.
  mutating func nextBatch() -> WorkerHandle.Batch? {
    var batch = WorkerHandle.Batch(items: [], descriptors: [])
    var bytes = 0
    while batch.items.count < WorkerTask.maxFiles, bytes < WorkerTask.maxMessageBytes / 2 {
      guard let next = nextFile() else {
        guard var last = waiting else { break }
        waiting = nil
        last.item.isLastOfUnit = true
        batch.items.append(last.item)
        batch.descriptors.append(last.descriptor)
        break
      }
      if var held = waiting {
        held.item.isLastOfUnit = held.item.unit != next.item.unit
        batch.items.append(held.item)
        batch.descriptors.append(held.descriptor)
        bytes += held.item.name.count
      }
      waiting = next
    }
    return batch.items.isEmpty ? nil : batch
  }

  private mutating func nextFile() -> (item: WorkerTask.FileItem, descriptor: Int32)? {
    while true {
      if walker == nil {
        guard nextDump < dumps.count else { return nil }
        walker = DumpWalker(path: dumps[nextDump], systemFiles: systemFiles)
        nextDump += 1
      }
      guard let step = walker?.next() else {
        walker = nil
        continue
      }
      switch step {
      case .passedOver(let problem, let path):
        passedOver.append((nextDump - 1, problem, path))
      case .file(let file): return item(file)
      }
    }
  }

  private mutating func item(
    _ file: DumpFile
  ) -> (item: WorkerTask.FileItem, descriptor: Int32) {
    let dump = nextDump - 1
    let log = file.logPathBytes.map { Array(file.path.prefix($0)) }
    let belongs =
      log != nil && units[lastUnit].map { $0.dump == dump && $0.log == log } ?? false
    if !belongs {
      lastUnit += 1
      units[lastUnit] = Unit(dump: dump, log: log, path: log ?? file.path)
      if log != nil { logCount += 1 }
    }
    lastFile += 1
    files[lastFile] = File(unit: lastUnit, path: file.path)
    fileCount += 1
    let start = file.logPathBytes.map { $0 == 0 ? 0 : $0 + 1 } ?? 0
    let name =
      log == nil
      ? Self.lastComponent(file.path, dump: dumps[dump]) : Array(file.path.dropFirst(start))
    return (
      WorkerTask.FileItem(
        unit: lastUnit, file: lastFile, size: UInt64(file.size), isLastOfUnit: false, name: name),
      file.descriptor
    )
  }

  private static func lastComponent(_ path: [UInt8], dump: String) -> [UInt8] {
    let whole = path.isEmpty ? Array(dump.utf8) : path
    return whole.split(separator: 0x2F).last.map { Array($0) } ?? []
  }

  /// Forgets a file that was read.
  mutating func finish(file: UInt32) {
    files[file] = nil
  }

  /// Forgets a unit that was read, unless its folder's files are still coming.
  mutating func finish(unit: UInt32) {
    if unit != lastUnit { units[unit] = nil }
  }
}
