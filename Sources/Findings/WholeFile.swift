#if canImport(Glibc)
  internal import Glibc
#endif

/// Writing files that are there whole or not at all: written beside, flushed, renamed; mode 0600.
public enum WholeFile {
  public enum Failure: Error, Equatable {
    /// The path is a symbolic link, or no regular file: nothing is written through it.
    case notAFile
    /// The system's error number.
    case system(Int32)

    /// For the person on duty.
    public var message: String {
      switch self {
      case .notAFile: "is a symbolic link or no regular file; it was left alone"
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
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if file < 0 { throw .system(errno) }
    var failure = writeAll(text, to: file)
    if failure == 0 && fsync(file) != 0 { failure = errno }
    if close(file) != 0 && failure == 0 { failure = errno }
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
