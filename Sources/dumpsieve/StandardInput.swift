import Foundation
import Scan

/// A dump that comes on standard input: an archive of what lies in an object store, mostly.
enum StandardInput {
  /// What the command line calls it.
  static let name = "-"

  private static let chunkBytes = 1 << 20

  /// Copies it into a file without a name, in `TMPDIR` or else `/var/tmp`, as workers read a dump from any place; the
  /// file goes with this process. Returns where it can be opened.
  ///
  /// It holds what the dump holds, and nothing that was unpacked.
  static func spool() throws(ScanFailure) -> String {
    let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp"
    var template = Array((folder + "/dumpsieve-XXXXXX").utf8CString)
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0, unsafe unlink(template) == 0,
      fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
    else {
      throw failed("no file without a name can be made in \(folder)")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    do {
      while let chunk = try FileHandle.standardInput.read(upToCount: chunkBytes), !chunk.isEmpty {
        try file.write(contentsOf: chunk)
      }
    } catch {
      throw failed("it cannot be read, or \(folder) has no room for it (TMPDIR names another)")
    }
    return "/proc/self/fd/\(descriptor)"
  }

  private static func failed(_ reason: String) -> ScanFailure {
    .failed("standard input: \(reason)")
  }
}
