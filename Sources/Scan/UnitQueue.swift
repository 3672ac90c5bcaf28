internal import Bytes
internal import Dumps
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// Cuts the dumps into units of work, and packs units into messages.
///
/// A unit is the files of one log, or one file that stands alone. A log with more files than a unit takes
/// becomes several; each carries the log's own files along, for the facts. It holds the descriptors of the
/// message that it is filling, and of one log's own files.
struct UnitQueue: ~Copyable {
  /// What the supervisor must know of a unit that is under way.
  struct Unit {
    var dump: Int
    /// The log's folder, relative to the dump, or nil for a file that stands alone.
    var log: [UInt8]?
    /// The log's folder, or the file; what a problem of the unit names.
    var path: [UInt8]
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
  /// Files of a log's top folder that later units of the log carry along.
  private static let maxCarried = 8

  /// A file of the log that is being walked, of which later units get a copy of the descriptor.
  private struct Carried {
    var name: [UInt8]
    var size: UInt64
    var descriptor: Int32
    var isSystemFile: Bool
  }

  private let dumps: [String]
  private let systemFiles: [String]
  private let systemNames: ByteTable
  private var walker: DumpWalker?
  private var nextDump = 0
  /// A file that begins the next unit.
  private var heldFile: DumpFile?
  /// A unit that did not fit into the last message.
  private var heldUnit: WorkerHandle.Batch?
  private var carried: [Carried] = []
  private var carriedLog: [UInt8]?
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
    systemNames = ByteTable(systemFiles.map { (Array($0.utf8), 0) }, foldsCase: true)
  }

  deinit {
    if let heldFile { _ = close(heldFile.descriptor) }
    for descriptor in heldUnit?.descriptors ?? [] { _ = close(descriptor) }
    for file in carried { _ = close(file.descriptor) }
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
      if batch.items.count + unit.items.count > WorkerTask.maxFiles {
        heldUnit = unit
        break
      }
      batch.items += unit.items
      batch.descriptors += unit.descriptors
    }
    return batch.items.isEmpty ? nil : batch
  }

  /// Gathers the files of one unit.
  private mutating func nextUnit() -> WorkerHandle.Batch? {
    guard let first = heldFile ?? nextFile() else { return nil }
    heldFile = nil
    let dump = nextDump - 1
    let log = Self.log(of: first)
    begin(log, dump: dump, path: log ?? first.path)
    var batch = WorkerHandle.Batch(items: [], descriptors: [])
    carryAlong(&batch)
    add(first, to: &batch)
    while log != nil, batch.items.count < Self.maxFiles + Self.maxCarried, let next = nextFile() {
      guard nextDump - 1 == dump, Self.log(of: next) == log else {
        heldFile = next
        break
      }
      add(next, to: &batch)
    }
    batch.items[batch.items.count - 1].isLastOfUnit = true
    return batch
  }

  private static func log(of file: DumpFile) -> [UInt8]? {
    file.logPathBytes.map { Array(file.path.prefix($0)) }
  }

  private mutating func begin(_ log: [UInt8]?, dump: Int, path: [UInt8]) {
    // Dumps come one after the other, so the number of the dump tells logs of one name apart.
    let mark = log.map { [UInt8(truncatingIfNeeded: dump)] + $0 }
    if mark == nil || mark != carriedLog {
      for file in carried { _ = close(file.descriptor) }
      carried = []
      carriedLog = mark
      if log != nil { logCount += 1 }
    }
    lastUnit += 1
    units[lastUnit] = Unit(dump: dump, log: log, path: path)
  }

  private mutating func add(_ file: DumpFile, to batch: inout WorkerHandle.Batch) {
    lastFile += 1
    fileCount += 1
    files[lastFile] = File(unit: lastUnit, path: file.path, size: UInt64(file.size))
    let name = name(of: file)
    let isOwn = file.logPathBytes != nil && !name.contains(ASCII.slash)
    let isNamed = systemNames.value(of: ByteRange(0, name.count), in: name.span) != nil
    var item = WorkerTask.FileItem(
      unit: lastUnit, file: lastFile, size: UInt64(file.size), name: name)
    item.isSystemFile = isOwn && isNamed
    batch.items.append(item)
    batch.descriptors.append(file.descriptor)
    if isOwn { keep(file, name, isSystemFile: isNamed) }
  }

  /// Keeps one of a log's own files for later units; the one that describes the machine for sure.
  private mutating func keep(_ file: DumpFile, _ name: [UInt8], isSystemFile: Bool) {
    if carried.count >= Self.maxCarried {
      guard isSystemFile, let other = carried.firstIndex(where: { !$0.isSystemFile }) else {
        return
      }
      _ = close(carried.remove(at: other).descriptor)
    }
    let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    if copy < 0 { return }
    carried.append(
      Carried(
        name: name, size: UInt64(file.size), descriptor: copy, isSystemFile: isSystemFile))
  }

  private func carryAlong(_ batch: inout WorkerHandle.Batch) {
    for file in carried {
      let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
      if copy < 0 { continue }
      var item = WorkerTask.FileItem(
        unit: lastUnit, file: WorkerTask.FileItem.noFile, size: file.size, name: file.name)
      item.isForFactsOnly = true
      item.isSystemFile = file.isSystemFile
      batch.items.append(item)
      batch.descriptors.append(copy)
    }
  }

  /// The file's path within its log, or its name.
  private func name(of file: DumpFile) -> [UInt8] {
    if let length = file.logPathBytes {
      return Array(file.path.dropFirst(length == 0 ? 0 : length + 1))
    }
    let whole = file.path.isEmpty ? Array(dumps[nextDump - 1].utf8) : file.path
    return whole.split(separator: ASCII.slash).last.map { Array($0) } ?? []
  }

  private mutating func nextFile() -> DumpFile? {
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
      case .passedOver(let problem, let path): passedOver.append((nextDump - 1, problem, path))
      case .file(let file): return file
      }
    }
  }

  /// Forgets a file that was read.
  mutating func finish(file: UInt32) {
    files[file] = nil
  }

  /// Forgets a unit that was read.
  mutating func finish(unit: UInt32) {
    units[unit] = nil
  }
}
