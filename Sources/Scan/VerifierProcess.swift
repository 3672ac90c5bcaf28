internal import CSandbox

#if canImport(Glibc)
  internal import Glibc
#endif

/// The operator's verifier, as it runs for one worker: its standard input and output are a socket, whose other end the worker
/// gets.
///
/// The supervisor starts and ends it, and neither reads nor writes there: what the worker asks holds passwords.
final class VerifierProcess {
  private let process: pid_t
  /// The worker's end, or -1 once that was handed over.
  private(set) var socket: Int32

  /// What `waitpid` said, once it has ended.
  private var status: Int32?
  /// Whether it had to be killed, as it did not end with its input.
  private var isKilled = false

  /// How long it has to end once nobody asks any more. In milliseconds.
  private static let graceTime: Int32 = 1000
  /// How long its end may follow that of its output. In milliseconds.
  static let exitTime: Int32 = 200

  /// Starts the program that is the first of `command`; nil if the system refuses.
  init?(_ command: [String]) {
    guard let path = command.first else { return nil }
    var sockets: [Int32] = [-1, -1]
    guard unsafe ds_socketpair_stream(&sockets) == 0 else { return nil }
    defer { _ = close(sockets[0]) }
    var process: pid_t = 0
    let error = unsafe WorkerHandle.withCStrings(command) { argv in
      unsafe ds_spawn_verifier(path, argv, sockets[0], &process)
    }
    guard error == 0 else {
      _ = close(sockets[1])
      return nil
    }
    self.process = process
    socket = sockets[1]
    // Whatever it does or does not read: a worker that asks must not wait for it without end.
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
  }

  /// The worker has its end, so ours goes: the verifier is to see the end of its input when the worker ends.
  func handedOver() {
    if socket >= 0 { _ = close(socket) }
    socket = -1
  }

  /// How it ended by itself, in words, if it does so within so many milliseconds; nil if it goes on, or came to a good end.
  func failure(within milliseconds: Int32) -> String? {
    guard reap(within: milliseconds), !isKilled, let status, status != 0 else { return nil }
    let signal = status & 0x7F
    return signal == 0
      ? "it ended with status \(status >> 8 & 0xFF)" : "it died of signal \(signal)"
  }

  /// Whether it has ended, or does so in time; then what it has started ends with it.
  private func reap(within milliseconds: Int32) -> Bool {
    if status != nil { return true }
    // An error means that there is nothing to wait for.
    if ds_await_end(process, milliseconds) == 0 { return false }
    // Nobody else can have its number, as a process and as a group, before it is reaped.
    _ = kill(-process, SIGKILL)
    var status: Int32 = 0
    _ = unsafe waitpid(process, &status, 0)
    self.status = status
    return true
  }

  /// Waits for its end, which follows the worker's, and enforces it; how it had ended by itself, as `failure` says.
  func end() -> String? {
    handedOver()
    if !reap(within: Self.graceTime) {
      isKilled = true
      _ = kill(-process, SIGKILL)
      // A second time for one that no signal ends, as it waits for a disk; its remains are the system's then.
      _ = reap(within: Self.graceTime)
    }
    return failure(within: 0)
  }

  deinit { _ = end() }
}
