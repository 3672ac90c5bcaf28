#if canImport(Glibc)
  internal import Glibc
#endif

/// Reads a findings document from a file.
public enum DocumentFile {
  public enum Failure: Error, Equatable, Sendable {
    case cannotOpen
    case notAFile
    case tooLong
    case cannotRead
    /// It is none.
    case bad(DocumentFault)

    /// For the person on duty; behind the path.
    public var message: String {
      switch self {
      case .cannotOpen: "cannot be opened"
      case .notAFile: "is not a regular file"
      case .tooLong: "has more than \(FindingsDocument.maxBytes >> 20) MiB"
      case .cannotRead: "cannot be read to its end"
      case .bad(let fault): "is no findings document: \(fault.message)"
      }
    }
  }

  /// The document at `path`; `-` is standard input, which may be a pipe.
  public static func read(_ path: String) throws(Failure) -> FindingsDocument {
    let bytes = path == "-" ? try bytes(of: STDIN_FILENO) : try bytes(at: path)
    do throws(DocumentFault) { return try FindingsDocument(bytes) } catch { throw .bad(error) }
  }

  private static func bytes(at path: String) throws(Failure) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw .cannotOpen }
    defer { _ = close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .notAFile
    }
    if status.st_size > FindingsDocument.maxBytes { throw .tooLong }
    let bytes = try bytes(of: file)
    // It grows or shrinks as it is read: then it is not what was written.
    if bytes.count != Int(status.st_size) { throw .cannotRead }
    return bytes
  }

  private static func bytes(of file: Int32) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let step = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(file, buffer.baseAddress, buffer.count)
      }
      if step < 0 && errno == EINTR { continue }
      if step < 0 { throw .cannotRead }
      if step == 0 { return bytes }
      bytes += chunk[..<step]
      if bytes.count > FindingsDocument.maxBytes { throw .tooLong }
    }
  }
}
