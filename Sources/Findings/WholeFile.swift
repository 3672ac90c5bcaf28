#if canImport(Glibc)
  internal import Glibc
#endif

/// Writing files that are there whole or not at all: written beside, flushed, read back, renamed; mode 0600.
public enum WholeFile {
  public enum Failure: Error, Equatable {
    /// The path is a symbolic link, or no regular file: nothing is written through it.
    case notAFile
    /// What is read back is not what was written.
    case otherBytes
    /// The system's error number.
    case system(Int32)

    /// For the person on duty.
    public var message: String {
      switch self {
      case .notAFile: "is a symbolic link or no regular file; it was left alone"
      case .otherBytes: "does not keep what is written: the medium fails; the earlier file stands"
      case .system(let code): "cannot be written: \(unsafe String(cString: strerror(code)))"
      }
    }
  }

  /// Whether a file could be written at `path`; throws why not.
  public static func check(_ path: String) throws(Failure) {
    var status = stat()
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .notAFile }
    if unsafe access(directory(of: path), W_OK | X_OK) != 0 { throw .system(errno) }
  }

  /// Replaces the file at `path` by one that holds `text`. If it throws, the earlier file stands.
  public static func write(_ text: [UInt8], to path: String) throws(Failure) {
    try check(path)
    // One fixed name: what a killed run leaves is removed by the next, and never piles up.
    let temporary = path + ".dumpsieve-new"
    _ = unsafe unlink(temporary)
    let file = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if file < 0 { throw .system(errno) }
    var failure = writeAll(text, to: file)
    if failure == 0 && fsync(file) != 0 { failure = errno }
    // From the medium, and not from memory, where it can be told to forget.
    _ = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
    let isKept = failure != 0 || holds(text, file)
    if close(file) != 0 && failure == 0 { failure = errno }
    if !isKept {
      _ = unsafe unlink(temporary)
      throw .otherBytes
    }
    if failure == 0 { failure = unsafe rename(temporary, path) == 0 ? 0 : errno }
    if failure != 0 {
      _ = unsafe unlink(temporary)
      throw .system(failure)
    }
    flushDirectory(of: path)
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
