internal import Bytes
internal import CSandbox

#if canImport(Glibc)
  internal import Glibc
#endif

/// Something in a dump that the walk could not read, or passed over.
public enum WalkProblem: String, Sendable {
  case missing
  case permission
  case vanished
  case ioError = "io-error"
  case directoryDepth = "directory-depth"
  case symlink
  case specialFile = "special-file"
  case hardLink = "hard-link"
  /// A name that stands for no credentials: a picture, a list of processes.
  case unopened

  /// Whether something that could hold credentials was not read; else it was rightly passed over.
  public var isUnread: Bool {
    switch self {
    case .symlink, .specialFile, .hardLink, .unopened: false
    default: true
    }
  }

  init(errno code: Int32) {
    switch code {
    case EACCES, EPERM: self = .permission
    case ENOENT: self = .vanished
    case ELOOP: self = .symlink
    case ENXIO, ENODEV: self = .specialFile
    default: self = .ioError
    }
  }
}

/// One step of a walk.
public enum WalkStep: Sendable {
  case file(DumpFile)
  /// Something at `path`, relative to the dump, that is not read.
  case passedOver(WalkProblem, path: [UInt8])
  /// No file of the log of that number comes any more.
  case logEnded(UInt32)
}

/// The log that a file belongs to.
public struct LogFolder: Equatable, Sendable {
  /// From 1, in the order in which the walk of this dump comes upon logs.
  public var number: UInt32
  /// The log's folder, as the first bytes of its files' paths: 0 if the dump itself is the log.
  public var pathBytes: Int
}

/// A regular file of a dump, open for reading. Whoever gets it from the walker closes it.
public struct DumpFile: Sendable {
  /// Open for reading, close-on-exec.
  public var descriptor: Int32
  /// Relative to the dump, as bytes: names in dumps need not be UTF-8.
  public var path: [UInt8]
  /// Bytes at the time of opening; what is added later is not read.
  public var size: Int
  /// When the file was last written, in seconds since 1970, if whoever brought it here has kept that time; nil
  /// if it was written when it came.
  public var modified: Int64?
  /// The log that the file belongs to, or nil for a file that stands alone.
  public var log: LogFolder?
}

/// Walks one dump: every regular file below it, opened, the files of a log one after the other, but for those
/// of a log that stands within another.
///
/// Of a log's own files, those that describe the machine come first.
/// Names are opened relative to their directory and never followed if they are links; nothing blocks.
/// It holds one descriptor a directory level, and the names of the directories on the way down.
public struct DumpWalker: ~Copyable {
  /// Deeper directories are not read; no dump that we know has more than 20 levels.
  public static let maxDepth = 128

  /// A file that was written so long before it came here, at least, has kept its time. In seconds: unpacking
  /// takes less.
  private static let minKept: Int64 = 86_400

  private struct Level {
    var descriptor: Int32
    var path: [UInt8]
    var files: [[UInt8]]
    var directories: [[UInt8]]
    var log: LogFolder?
    /// Whether the folder is part of `log` with all that is below it.
    var isInside: Bool
  }

  private struct Inode: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  private var levels: [Level] = []
  private let shape: LogShape
  private var logCount: UInt32 = 0
  private var pending: (problem: WalkProblem, path: [UInt8])?
  private var single: Int32?
  /// Files with several names are read once.
  private var linked: Set<Inode> = []
  private let share: WorkShare?
  /// Whether files are opened whose names stand for no credentials.
  private let opensAll: Bool
  /// The name of the dump itself: what its files are shared by if they have no path within it.
  private let name: [UInt8]
  /// Files that were left to others, who share the work.
  public private(set) var filesOfOthers = 0

  /// Begins to walk the file or directory at `path`; a symbolic link there is followed, as the operator
  /// named it. With a `share`, only files of its units are opened.
  public init(path: String, shape: LogShape, share: WorkShare? = nil, opensAll: Bool = false) {
    self.shape = shape
    self.opensAll = opensAll
    self.share = share
    name = Self.lastName(of: Array(path.utf8))
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    if descriptor < 0 {
      pending = (errno == ENOENT ? .missing : WalkProblem(errno: errno), [])
      return
    }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      enter(descriptor, path: [], name: [], above: nil)
    } else {
      single = descriptor
    }
  }

  deinit {
    for level in levels { _ = close(level.descriptor) }
    if let single { _ = close(single) }
  }

  /// The next file, or what was passed over; nil at the end.
  public mutating func next() -> WalkStep? {
    while true {
      if let problem = pending {
        pending = nil
        return .passedOver(problem.problem, path: problem.path)
      }
      if let descriptor = single {
        single = nil
        if let step = openedAlone(descriptor) { return step }
        continue
      }
      guard let last = levels.indices.last else { return nil }
      if let name = levels[last].files.popLast() {
        let path = Self.join(levels[last].path, name)
        if isOfOthers(path, levels[last].log) {
          leave(name, at: levels[last].descriptor)
          continue
        }
        if !opensAll && shape.isUnopened(name) { return .passedOver(.unopened, path: path) }
        let descriptor = open(name, at: levels[last].descriptor, isDirectory: false)
        if descriptor < 0 { return .passedOver(WalkProblem(errno: -descriptor), path: path) }
        return opened(descriptor, path: path, log: levels[last].log)
      }
      guard let name = levels[last].directories.popLast() else {
        let level = levels.removeLast()
        _ = close(level.descriptor)
        if let log = level.log, log != levels.last?.log { return .logEnded(log.number) }
        continue
      }
      let path = Self.join(levels[last].path, name)
      if levels.count >= Self.maxDepth { return .passedOver(.directoryDepth, path: path) }
      let descriptor = open(name, at: levels[last].descriptor, isDirectory: true)
      if descriptor < 0 { return .passedOver(WalkProblem(errno: -descriptor), path: path) }
      enter(descriptor, path: path, name: name, above: levels[last])
    }
  }

  private mutating func opened(
    _ descriptor: Int32, path: [UInt8], log: LogFolder?
  ) -> WalkStep? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      _ = close(descriptor)
      return .passedOver(.ioError, path: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      return .passedOver(.specialFile, path: path)
    }
    if status.st_nlink > 1 {
      let inode = Inode(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
      if !linked.insert(inode).inserted {
        _ = close(descriptor)
        return .passedOver(.hardLink, path: path)
      }
    }
    // Only this host can have set the time of the inode's change.
    let written = Int64(status.st_mtim.tv_sec)
    let isKept = written < Int64(status.st_ctim.tv_sec) - Self.minKept
    return .file(
      DumpFile(
        descriptor: descriptor, path: path, size: Int(status.st_size),
        modified: isKept ? written : nil, log: log))
  }

  /// The dump that is a file, unless it is left to others.
  private mutating func openedAlone(_ descriptor: Int32) -> WalkStep? {
    if isOfOthers([], nil) {
      _ = close(descriptor)
      filesOfOthers += 1
      return nil
    }
    return opened(descriptor, path: [], log: nil)
  }

  /// Whether the unit of a file is left to others who share the work.
  private func isOfOthers(_ path: [UInt8], _ log: LogFolder?) -> Bool {
    guard let share else { return false }
    let length = log?.pathBytes ?? path.count
    return !share.holds(length == 0 ? name : Array(path.prefix(length)))
  }

  /// What stands behind the last slash, but for those at the end.
  private static func lastName(of path: [UInt8]) -> [UInt8] {
    var end = path.count
    while end > 0, path[end - 1] == ASCII.slash { end -= 1 }
    var start = end
    while start > 0, path[start - 1] != ASCII.slash { start -= 1 }
    return Array(path[start..<end])
  }

  /// Leaves a file to others. It must be looked at all the same: of a file with several names only the first is read,
  /// whoever reads it.
  private mutating func leave(_ name: [UInt8], at directory: Int32) {
    var status = stat()
    let text = name.map { CChar(bitPattern: $0) } + [0]
    guard unsafe fstatat(directory, text, &status, AT_SYMLINK_NOFOLLOW) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return }
    if status.st_nlink > 1 {
      let inode = Inode(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
      if !linked.insert(inode).inserted { return }
    }
    filesOfOthers += 1
  }

  private func open(_ name: [UInt8], at directory: Int32, isDirectory: Bool) -> Int32 {
    let text = name.map { CChar(bitPattern: $0) } + [0]
    return unsafe text.withUnsafeBufferPointer { bytes -> Int32 in
      guard let name = bytes.baseAddress else { return -ENOENT }
      return unsafe ds_open_beneath(directory, name, isDirectory ? 1 : 0)
    }
  }

  /// Lists a directory and makes it the level that is read next.
  ///
  /// Files come before subfolders, so that a log's own files are read together.
  private mutating func enter(
    _ descriptor: Int32, path: [UInt8], name: [UInt8], above: Level?
  ) {
    // closedir closes the stream's descriptor, and later names are opened relative to ours.
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0, let stream = unsafe fdopendir(copy) else {
      if copy >= 0 { _ = close(copy) }
      _ = close(descriptor)
      pending = (.ioError, path)
      return
    }
    defer { unsafe closedir(stream) }
    var level = Level(
      descriptor: descriptor, path: path, files: [], directories: [], log: above?.log,
      isInside: above?.log != nil && (above?.isInside == true || shape.isInside(name)))
    errno = 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe Self.name(of: entry)
      if name == [ASCII.dot] || name == [ASCII.dot, ASCII.dot] { continue }
      let type = unsafe Int32(entry.pointee.d_type)
      let isDirectory =
        type == Int32(DT_DIR) || (type == Int32(DT_UNKNOWN) && self.isDirectory(name, descriptor))
      if isDirectory {
        level.directories.append(name)
      } else {
        level.files.append(name)
      }
      errno = 0
    }
    if errno != 0 { pending = (.ioError, path) }
    // Taken from the end, so in the order of their names: the same on every file system.
    level.files.sort { $1.lexicographicallyPrecedes($0) }
    level.directories.sort { $1.lexicographicallyPrecedes($0) }
    if !level.isInside, shape.isLog(name: name, files: level.files, folders: level.directories) {
      logCount += 1
      level.log = LogFolder(number: logCount, pathBytes: path.count)
      // The whole log must know its machine, also the first of its units if there are many.
      let first = level.files.filter { shape.isSystemFile($0) }
      if !first.isEmpty { level.files = level.files.filter { !shape.isSystemFile($0) } + first }
    }
    levels.append(level)
  }

  /// For file systems that do not tell the type in the listing.
  private func isDirectory(_ name: [UInt8], _ directory: Int32) -> Bool {
    let descriptor = open(name, at: directory, isDirectory: true)
    if descriptor >= 0 { _ = close(descriptor) }
    return descriptor >= 0
  }

  private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      // The kernel ends every name with a NUL within d_name.
      unsafe Array(bytes.prefix { $0 != 0 })
    }
  }

  private static func join(_ path: [UInt8], _ name: [UInt8]) -> [UInt8] {
    path.isEmpty ? name : path + [ASCII.slash] + name
  }
}
