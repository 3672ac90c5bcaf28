#if canImport(Glibc)
  internal import Glibc
#endif

/// Writing files that are there whole or not at all: written beside, flushed, read back, renamed; mode 0600.
public enum WholeFile {
  public enum Failure: Error, Equatable {
    /// The path is a symbolic link, or no regular file: nothing is written through it.
    case notAFile
    /// The file is somebody else's, who may have laid it there.
    case foreign
    /// What is read back is not what was written.
    case otherBytes
    /// The system's error number.
    case system(Int32)

    /// For the person on duty.
    public var message: String {
      switch self {
      case .notAFile: "is a symbolic link or no regular file; it was left alone"
      case .foreign: "belongs to another user; it was left alone"
      case .otherBytes: "does not keep what is written: the medium fails; the earlier file stands"
      case .system(let code): "cannot be written: \(unsafe String(cString: strerror(code)))"
      }
    }
  }

  /// Whether a file could be written at `path`; throws why not.
  public static func check(_ path: String) throws(Failure) {
    var status = stat()
    if unsafe lstat(path, &status) == 0 {
      if status.st_mode & S_IFMT != S_IFREG { throw .notAFile }
      if status.st_uid != geteuid() { throw .foreign }
    }
    if unsafe access(directory(of: path), W_OK | X_OK) != 0 { throw .system(errno) }
  }

  /// Replaces the file at `path` by one that holds `text`. If it throws, the earlier file stands.
  ///
  /// Only what tells of nobody has a `mode` that lets others read it.
  public static func write(
    _ text: [UInt8], to path: String, mode: UInt32 = 0o600
  ) throws(Failure) {
    try check(path)
    // One fixed name: what a killed run leaves is taken by the next, and never piles up.
    let temporary = path + ".dumpsieve-new"
    let file = try openLocked(temporary)
    // Its mode is that, whatever the umask says.
    var failure = ftruncate(file, 0) == 0 && fchmod(file, mode) == 0 ? 0 : errno
    if failure == 0 { failure = writeAll(text, to: file) }
    if failure == 0 && fsync(file) != 0 { failure = errno }
    // From the medium, and not from memory, where it can be told to forget.
    _ = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
    let isKept = failure != 0 || holds(text, file)
    // Closing may tell of a failure, but the lock must last until the file has its name.
    let lock = dup(file)
    defer { _ = close(lock) }
    if close(file) != 0 && failure == 0 { failure = errno }
    if failure == 0 && isKept { failure = unsafe rename(temporary, path) == 0 ? 0 : errno }
    if failure != 0 || !isKept { _ = unsafe unlink(temporary) }
    if !isKept { throw .otherBytes }
    if failure != 0 { throw .system(failure) }
    flushDirectory(of: path)
  }

  /// Opens an empty file of that name that no other run writes; waits while one does.
  private static func openLocked(_ path: String) throws(Failure) -> Int32 {
    while true {
      // What stands there may be a link to something else, or somebody else's.
      var named = stat()
      if unsafe lstat(path, &named) == 0, !isOurs(named) { _ = unsafe unlink(path) }
      let file = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
      if file < 0 { throw .system(errno) }
      if let failure = lock(file) {
        // Empty, it is no other run's, or as good as none: it must not be left.
        if unsafe lstat(path, &named) == 0, isOurs(named), named.st_size == 0 {
          _ = unsafe unlink(path)
        }
        _ = close(file)
        throw failure
      }
      // Whoever had it may have given it its own name since, or removed it.
      if unsafe lstat(path, &named) == 0, isSame(named, file) { return file }
      _ = close(file)
    }
  }

  /// Locks a file, which must be ours.
  private static func lock(_ file: Int32) -> Failure? {
    var status = stat()
    if unsafe fstat(file, &status) != 0 { return .system(errno) }
    // Of no name: another run removed it.
    if !isOurs(status) && status.st_nlink > 0 {
      return status.st_uid == geteuid() ? .notAFile : .foreign
    }
    while flock(file, LOCK_EX) != 0 {
      // Some file systems have no locks.
      if [ENOLCK, ENOSYS, EOPNOTSUPP].contains(errno) { break }
      if errno != EINTR { return .system(errno) }
    }
    return nil
  }

  private static func isOurs(_ status: stat) -> Bool {
    status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1 && status.st_uid == geteuid()
  }

  private static func isSame(_ named: stat, _ file: Int32) -> Bool {
    var opened = stat()
    return unsafe fstat(file, &opened) == 0 && opened.st_ino == named.st_ino
      && opened.st_dev == named.st_dev
  }

  private static func writeAll(_ text: [UInt8], to file: Int32) -> Int32 {
    var written = 0
    while written < text.count {
      let step = unsafe text.withUnsafeBytes { buffer -> Int in
        unsafe Glibc.write(
          file, buffer.baseAddress.map { unsafe $0 + written }, text.count - written)
      }
      if step < 0 && errno == EINTR { continue }
      if step <= 0 { return step < 0 ? errno : ENOSPC }
      written += step
    }
    return 0
  }

  /// Whether a file holds just that.
  private static func holds(_ text: [UInt8], _ file: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var offset = 0
    while true {
      let step = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe pread(file, bytes.baseAddress, bytes.count, off_t(offset))
      }
      if step < 0 && errno == EINTR { continue }
      if step < 0 { return false }
      if step == 0 { return offset == text.count }
      guard offset + step <= text.count,
        text[offset..<(offset + step)].elementsEqual(buffer[..<step])
      else { return false }
      offset += step
    }
  }

  /// Makes the name `path` a symbolic link to `target`; a link that is there is replaced at once.
  public static func link(_ path: String, to target: String) throws(Failure) {
    var status = stat()
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK { throw .notAFile }
    let temporary = path + ".dumpsieve-new"
    _ = unsafe unlink(temporary)
    guard unsafe symlink(target, temporary) == 0, unsafe rename(temporary, path) == 0 else {
      let failure = errno
      _ = unsafe unlink(temporary)
      throw .system(failure)
    }
  }

  /// So that the new name survives a power cut. Some file systems refuse it; the file itself is safe.
  private static func flushDirectory(of path: String) {
    let descriptor = unsafe open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { return }
    _ = fsync(descriptor)
    _ = close(descriptor)
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
