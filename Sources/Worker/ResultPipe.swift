#if canImport(Glibc)
  internal import Glibc
#endif

/// The pipe to the supervisor.
///
/// Frames wait for those behind them until a hit is reported, something begins that may take the worker down, or many
/// have gathered: so a unit of small files costs one write, and what is said before a worker dies is all
/// of the units before the one that it was at.
final class ResultPipe {
  private let descriptor: Int32
  private var waiting: [UInt8] = []

  /// More are not held back. In bytes.
  private static let maxWaiting = 32 << 10

  init(descriptor: Int32) {
    self.descriptor = descriptor
    waiting.reserveCapacity(Self.maxWaiting + ResultFrame.maxBytes)
  }

  /// Says it now, behind all that waits.
  func send(_ frame: ResultFrame) {
    gather(frame)
    flush()
  }

  /// Says it with what follows.
  func gather(_ frame: ResultFrame) {
    gather(raw: frame.encoded())
  }

  func gather(raw bytes: [UInt8]) {
    waiting += bytes
    if waiting.count >= Self.maxWaiting { flush() }
  }

  /// Writes all that waits. If nobody reads any more, the supervisor is gone, and so is the worker's reason.
  func flush() {
    var written = 0
    while written < waiting.count {
      let step = unsafe waiting.withUnsafeBytes { buffer -> Int in
        unsafe write(
          descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
      }
      if step < 0 && errno == EINTR { continue }
      if step <= 0 { exit(WorkerProcess.supervisorGone) }
      written += step
    }
    waiting.removeAll(keepingCapacity: true)
  }
}
