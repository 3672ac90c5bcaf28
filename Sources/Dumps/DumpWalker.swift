internal import Bytes
internal import CSandbox

#if canImport(Glibc)
  internal import Glibc
#endif

/// Walks one dump: every regular file below it, opened, the files of a log one after the other, but for those
/// of a log that stands within another.
///
/// Of a log's own files, those that describe the machine come first.
/// Names are opened relative to their directory and never followed if they are links; nothing blocks.
/// It holds one descriptor a directory level, and the names of the directories on the way down.
public struct DumpWalker: ~Copyable {
  /// Deeper directories are not read; no dump that we know has more than 20 levels.
  public static let maxDepth = 128

  /// Parts of a set that are read: with its files of passwords and what its log carries along, they fit in one message to a
  /// worker.
  public static let maxParts = 112
  /// Files of passwords that are read with an archive. One has two names for them, and each part of a set has others.
  public static let maxPasswordFiles = 8

  struct Level {
    var descriptor: Int32
    var path: [UInt8]
    var files: [[UInt8]]
    /// Sets of volumes, by the name of their first part; the others are not among `files`.
    var sets: [[UInt8]: VolumeSet] = [:]
    /// Files of passwords for archives.
    var passwords: Set<[UInt8]> = []
    var directories: [[UInt8]]
    var log: LogFolder?
    /// Whether the folder is part of `log` with all that is below it.
    var isInside: Bool
  }

  private struct Inode: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  var levels: [Level] = []
  private let shape: LogShape
  private var logCount: UInt32 = 0
  var pending: [(problem: WalkProblem, path: [UInt8])] = []
  var single: Int32?
  /// Files with several names are read once.
  private var linked: Set<Inode> = []
  /// Files are only listed, and opened only where that tells more.
  private var onlyLists = false
  /// Levels that are walked of what is in no log.
  private var levelsWalked = Int.max
  /// Folders that lie deeper and in no log: they are left to others.
  public private(set) var foldersLeft: [[UInt8]] = []
  private let share: WorkShare?
  /// Whether files are opened whose names stand for no credentials.
  private let opensAll: Bool
  let path: String
  /// The name of the dump itself: what its files are shared by if they have no path within it.
  let name: [UInt8]
  /// Files that were left to others, who share the work.
  public private(set) var filesOfOthers = 0
  /// What is walked of the dump, the next one last; nil for all of it.
  private var places: [DumpPlace]?
  /// The dump's directory, from which places are opened.
  var root: Int32?
  /// Whether the place at hand is a log or file that a whole walk has listed.
  var isListed = false
  /// Levels above the place at hand.
  var levelsAbove = 0
  /// Of the place at hand, files that have another name before.
  var hardLinks: Set<[UInt8]> = []

  /// The log of the folder that the walk is in: that of what the last step passed over, if of any.
  public var log: LogFolder? { levels.last?.log }

  /// The numbers of files with several names, each once. Those of a file are the same on every host, which is not said of
  /// its device's.
  public var linkedInodes: [UInt64] { Set(linked.map(\.inode)).sorted() }

  /// Begins to walk the file or directory at `path`; a symbolic link there is followed, as the operator
  /// named it. With a `share`, only files of its units are opened.
  public init(path: String, shape: LogShape, share: WorkShare? = nil, opensAll: Bool = false) {
    self.shape = shape
    self.opensAll = opensAll
    self.share = share
    self.path = path
    name = Self.lastName(of: Array(path.utf8))
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    if descriptor < 0 {
      pending.append((errno == ENOENT ? .missing : WalkProblem(errno: errno), []))
      return
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      pending.append((.ioError, []))
      _ = close(descriptor)
      return
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      enter(descriptor, path: [], name: [], above: nil)
    } else {
      single = descriptor
    }
  }

  /// Begins to list the file or directory at `path`, which is walked `levels` levels down, and on in logs.
  public init(listing path: String, shape: LogShape, levels: Int?, opensAll: Bool = false) {
    self.init(path: path, shape: shape, opensAll: opensAll)
    onlyLists = true
    levelsWalked = levels ?? levelsWalked
  }

  /// Begins to list folders of the dump at `path`, one after the other.
  public init(listing path: String, shape: LogShape, folders: [[UInt8]], opensAll: Bool = false) {
    self.init(path: path, shape: shape, places: folders.map { .folder($0) }, opensAll: opensAll)
    onlyLists = true
  }

  /// Begins to walk some places of the dump at `path`, one after the other.
  public init(path: String, shape: LogShape, places: [DumpPlace], opensAll: Bool = false) {
    self.shape = shape
    self.opensAll = opensAll
    self.places = places.reversed()
    share = nil
    self.path = path
    name = Self.lastName(of: Array(path.utf8))
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    if descriptor < 0 {
      self.places = []
      // Where nothing is to be read, who made the list has told why.
      if places.isEmpty { return }
      pending.append((errno == ENOENT ? .missing : WalkProblem(errno: errno), []))
      return
    }
    root = descriptor
  }

  deinit {
    for level in levels { _ = close(level.descriptor) }
    if let single { _ = close(single) }
    if let root { _ = close(root) }
  }

  /// The next file, or what was passed over; nil at the end.
  public mutating func next() -> WalkStep? {
    while true {
      if let problem = pending.popLast() {
        return .passedOver(problem.problem, path: problem.path)
      }
      if let descriptor = single {
        single = nil
        if let step = openedAlone(descriptor) { return step }
        continue
      }
      guard let last = levels.indices.last else {
        guard let place = places?.popLast() else { return nil }
        enter(place)
        continue
      }
      if let name = levels[last].files.popLast() {
        let path = Self.join(levels[last].path, name)
        let isUnopened = !opensAll && shape.isUnopened(name)
        if isOfOthers(path, levels[last].log) {
          // Under a name that is not opened, nobody reads it: a further name of it may be somebody's.
          if isUnopened {
            filesOfOthers += 1
          } else {
            leave(name, at: levels[last].descriptor)
          }
          continue
        }
        if isUnopened { return .passedOver(.unopened, path: path) }
        if let set = levels[last].sets[name] {
          if let step = opened(set, path: path, levels[last]) { return step }
          continue
        }
        if let file = listed(name, path: path, levels[last]) {
          return withPasswords(.file(file), [name], levels[last])
        }
        let descriptor = open(name, at: levels[last].descriptor, isDirectory: false)
        if descriptor < 0 {
          return noFile(WalkProblem(errno: -descriptor), path: path, log: levels[last].log)
        }
        return withPasswords(
          opened(descriptor, path: path, log: levels[last].log), [name], levels[last])
      }
      guard let name = levels[last].directories.popLast() else {
        let level = levels.removeLast()
        _ = close(level.descriptor)
        if let log = level.log, log != levels.last?.log { return .logEnded(log.number) }
        continue
      }
      let path = Self.join(levels[last].path, name)
      if levels.count >= levelsWalked && levels[last].log == nil {
        foldersLeft.append(path)
        continue
      }
      if levels.count + levelsAbove >= Self.maxDepth {
        return .passedOver(.directoryDepth, path: path)
      }
      let descriptor = open(name, at: levels[last].descriptor, isDirectory: true)
      if descriptor < 0 { return .passedOver(WalkProblem(errno: -descriptor), path: path) }
      enter(descriptor, path: path, name: name, above: levels[last])
    }
  }

  /// Passes over what is no file. A place that was listed was one, and is gone.
  private func noFile(_ problem: WalkProblem, path: [UInt8], log: LogFolder?) -> WalkStep {
    let wasFile = isListed && log == nil && !problem.isUnread
    return .passedOver(wasFile ? .vanished : problem, path: path)
  }

  /// A file that is only listed, by its attributes; whether it can be opened, whoever reads it sees. Nil for what must be
  /// opened to know more: what is no regular file, and a file with several names, of which the first that opens counts.
  func listed(_ name: [UInt8], path: [UInt8], _ level: Level) -> DumpFile? {
    guard onlyLists, let status = Self.status(of: name, at: level.descriptor),
      status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1
    else { return nil }
    return DumpFile(path: path, log: level.log, status, descriptor: -1)
  }

  mutating func opened(
    _ descriptor: Int32, path: [UInt8], log: LogFolder?
  ) -> WalkStep? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      _ = close(descriptor)
      return .passedOver(.ioError, path: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      // It was listed as something else, and nobody has walked it.
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      return noFile(isDirectory ? .vanished : .specialFile, path: path, log: log)
    }
    if status.st_nlink > 1 {
      let inode = Inode(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
      if isListed ? hardLinks.contains(path) : !linked.insert(inode).inserted {
        _ = close(descriptor)
        return .passedOver(.hardLink, path: path)
      }
    }
    return .file(DumpFile(path: path, log: log, status, descriptor: descriptor))
  }

  /// The dump that is a file, unless it is left to others.
  private mutating func openedAlone(_ descriptor: Int32) -> WalkStep? {
    if isOfOthers([], nil) {
      _ = close(descriptor)
      filesOfOthers += 1
      return nil
    }
    return withPasswordsBeside(opened(descriptor, path: [], log: nil))
  }

  /// Whether the unit of a file is left to others who share the work.
  private func isOfOthers(_ path: [UInt8], _ log: LogFolder?) -> Bool {
    guard let share else { return false }
    let length = log?.pathBytes ?? path.count
    return !share.holds(length == 0 ? name : Array(path.prefix(length)))
  }

  /// What stands behind the last slash, but for those at the end.
  static func lastName(of path: [UInt8]) -> [UInt8] {
    var end = path.count
    while end > 0, path[end - 1] == ASCII.slash { end -= 1 }
    var start = end
    while start > 0, path[start - 1] != ASCII.slash { start -= 1 }
    return Array(path[start..<end])
  }

  /// Leaves a file to others. It must be looked at all the same: of a file with several names only the first is read,
  /// whoever reads it.
  private mutating func leave(_ name: [UInt8], at directory: Int32) {
    guard let status = Self.status(of: name, at: directory), status.st_mode & S_IFMT == S_IFREG
    else { return }
    if status.st_nlink > 1 {
      let inode = Inode(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
      if !linked.insert(inode).inserted { return }
    }
    filesOfOthers += 1
  }

  /// What the system says of a name, and not of what a link there leads to; nil if it says nothing.
  private static func status(of name: [UInt8], at directory: Int32) -> stat? {
    var status = stat()
    let text = name.map { CChar(bitPattern: $0) } + [0]
    return unsafe fstatat(directory, text, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  func open(_ name: [UInt8], at directory: Int32, isDirectory: Bool) -> Int32 {
    let text = name.map { CChar(bitPattern: $0) } + [0]
    return unsafe text.withUnsafeBufferPointer { bytes -> Int32 in
      guard let name = bytes.baseAddress else { return -ENOENT }
      return unsafe ds_open_beneath(directory, name, isDirectory ? 1 : 0)
    }
  }

  /// Lists a directory and makes it the level that is read next.
  ///
  /// Files come before subfolders, so that a log's own files are read together.
  mutating func enter(
    _ descriptor: Int32, path: [UInt8], name: [UInt8], above: Level?
  ) {
    // closedir closes the stream's descriptor, and later names are opened relative to ours.
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0, let stream = unsafe fdopendir(copy) else {
      if copy >= 0 { _ = close(copy) }
      _ = close(descriptor)
      pending.append((.ioError, path))
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
    if errno != 0 { pending.append((.ioError, path)) }
    Self.sortArchives(&level)
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
    // A log within a log is a place of its own.
    if isListed, let above, level.log != above.log {
      _ = close(descriptor)
      return
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

  static func join(_ path: [UInt8], _ name: [UInt8]) -> [UInt8] {
    path.isEmpty ? name : path + [ASCII.slash] + name
  }
}
