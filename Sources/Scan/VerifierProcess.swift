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

  /// How long it has to end once nobody asks any more. In milliseconds.
  private static let graceTime = 1000

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
  }

  /// The worker has its end, so ours goes: the verifier is to see the end of its input when the worker ends.
  func handedOver() {
    if socket >= 0 { _ = close(socket) }
    socket = -1
  }

  /// Waits for its end, which follows the worker's, and enforces it.
  deinit {
    if socket >= 0 { _ = close(socket) }
    var waited = 0
    while waitpid(process, nil, WNOHANG) == 0 {
      // With what it has started.
      if waited == Self.graceTime { _ = kill(-process, SIGKILL) }
      waited += 1
      usleep(1000)
    }
  }
}
