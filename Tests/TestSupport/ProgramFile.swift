internal import Foundation

/// A script that tests write and run.
public enum ProgramFile {
  /// Nobody starts a program for longer. In milliseconds.
  private static let maxWait = 10_000
  /// `F_SETLEASE`, which needs `_GNU_SOURCE` in C and is not seen from Swift.
  private static let setLease: Int32 = 1024

  /// Writes a program that can be run at once, by its owner alone.
  ///
  /// What is open for writing cannot be run (ETXTBSY), and a process that another test is starting meanwhile has the
  /// descriptor by which it was written until it becomes its program. So it waits for that.
  public static func write(_ text: String, to path: String) throws {
    guard let stream = unsafe fopen(path, "we") else { throw POSIXError(.EIO) }
    let bytes = Array(text.utf8)
    let count = unsafe fwrite(bytes, 1, bytes.count, stream)
    guard unsafe fclose(stream) == 0, count == bytes.count, unsafe chmod(path, 0o700) == 0 else {
      throw POSIXError(.EIO)
    }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError(.EIO) }
    defer { close(descriptor) }
    // A lease for reading is only given on what is open for reading alone.
    for _ in 0..<maxWait {
      if fcntl(descriptor, setLease, Int32(F_RDLCK)) == 0 {
        _ = fcntl(descriptor, setLease, Int32(F_UNLCK))
        return
      }
      usleep(1000)
    }
    throw POSIXError(.ETXTBSY)
  }
}
