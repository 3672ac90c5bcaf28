internal import CSandbox
internal import Clock
internal import Watchlists
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// A worker, from the supervisor's side: a process, a socket to it and a pipe from it.
///
/// It owns the descriptors of the files that are under way, so that they can go to another worker if this
/// one dies.
final class WorkerHandle {
  /// One message that was sent and not yet answered.
  struct Batch {
    /// A message of more is not filled further, and keeps a worker busy until it asks for the next.
    static let enoughBytes: UInt64 = 4 << 20

    var items: [WorkerTask.FileItem]
    var descriptors: [Int32]

    var bytes: UInt64 { items.reduce(0) { $0 &+ $1.size } }
  }

  let process: pid_t
  /// The end of the result pipe to poll.
  let results: Int32
  private let socket: Int32
  /// Whom it asks about passwords, if anybody. It ends behind the worker.
  let verifier: VerifierProcess?
  private(set) var underWay: [Batch] = []
  /// How the process ended, as `waitpid` says, once that is known.
  private var status: Int32?
  private var buffer: [UInt8] = []
  /// When the last frame came, in seconds of the monotonic clock.
  var lastFrame = MonotonicClock.now
  var level: ResultFrame.SandboxLevel?
  /// Whether it found the canary; before, it gets no dump.
  var isProven = false
  var canaryHits: [ResultFrame.Hit] = []
  /// Bytes that it says it has read of the file at hand.
  private(set) var progressBytes: UInt64 = 0
  /// Signs of life that it gave with that file and counted no bytes.
  private var uncounted: UInt64 = 0

  /// Messages that a worker has at once: the one it reads, and the next.
  private static let maxUnderWay = 2

  /// Starts a worker, or nil if the system refuses.
  init?(
    executable: String, addressSpaceBytes: UInt64, isSandboxed: Bool, verifier: VerifierProcess?
  ) {
    let arguments = [String(addressSpaceBytes)] + (isSandboxed ? [] : ["open"])
    guard let started = Self.spawn(executable, arguments) else { return nil }
    (process, socket, results) = started
    self.verifier = verifier
    _ = fcntl(results, F_SETFL, O_NONBLOCK)
  }

  /// Starts the worker's executable; nil if the system refuses. Both descriptors are the caller's.
  static func spawn(
    _ executable: String, _ arguments: [String]
  ) -> (process: pid_t, socket: Int32, results: Int32)? {
    var sockets: [Int32] = [-1, -1]
    var pipe: [Int32] = [-1, -1]
    guard unsafe ds_socketpair_seqpacket(&sockets) == 0 else { return nil }
    guard unsafe ds_pipe(&pipe) == 0 else {
      for descriptor in sockets { _ = close(descriptor) }
      return nil
    }
    var process: pid_t = 0
    let error = unsafe withCStrings(["dumpsieve-worker"] + arguments) { argv in
      unsafe ds_spawn_worker(executable, argv, sockets[1], pipe[1], &process)
    }
    _ = close(sockets[1])
    _ = close(pipe[1])
    if error == 0 { return (process, sockets[0], pipe[0]) }
    _ = close(sockets[0])
    _ = close(pipe[0])
    return nil
  }

  static func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
    let result = unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("it has an element") }
      return unsafe body(UnsafePointer(base))
    }
    for index in texts.indices { unsafe free(pointers[index]) }
    return result
  }

  deinit {
    for batch in underWay { for descriptor in batch.descriptors { _ = close(descriptor) } }
    _ = close(socket)
    _ = close(results)
  }

  /// Whether it was told that no more files come.
  private(set) var isClosed = false

  /// Whether it should have the next message: it has none, or one that it will soon have read.
  var canTakeMore: Bool {
    if isClosed || underWay.count >= Self.maxUnderWay { return false }
    return underWay.allSatisfy { $0.bytes < Batch.enoughBytes }
  }
  var isIdle: Bool { underWay.isEmpty }

  /// Hands the lists, the rules and the secrets over; false if the worker is gone.
  func setUp(
    _ setUp: WorkerTask.SetUp, lists: Int32, rules: Int32, secrets: borrowing SecretBytes,
    passwords: ArchivePasswordFile?
  ) -> Bool {
    let asked = verifier.map { [$0.socket] } ?? []
    guard send(WorkerTask.setUp(setUp).encoded(), [lists, rules] + asked), send(secrets) else {
      return false
    }
    verifier?.handedOver()
    return passwords.map { send($0.bytes) } ?? true
  }

  /// Hands secrets over as they lie in locked memory.
  private func send(_ secrets: borrowing SecretBytes) -> Bool {
    unsafe secrets.withUnsafeBytes { bytes -> Bool in
      guard let base = bytes.baseAddress else { return false }
      return unsafe ds_send(socket, base, bytes.count, nil, 0) == 0
    }
  }

  /// Hands files over; false if that fails, and then the batch is still the caller's.
  func send(_ batch: Batch) -> Bool {
    guard send(WorkerTask.files(batch.items).encoded(), batch.descriptors) else { return false }
    if isIdle { lastFrame = MonotonicClock.now }
    underWay.append(batch)
    return true
  }

  private func send(_ message: [UInt8], _ descriptors: [Int32]) -> Bool {
    unsafe message.withUnsafeBytes { bytes -> Bool in
      guard let base = bytes.baseAddress else { return false }
      return unsafe ds_send(socket, base, bytes.count, descriptors, descriptors.count) == 0
    }
  }

  /// The worker has answered its oldest message.
  func finishBatch() -> Bool {
    guard !underWay.isEmpty else { return false }
    for descriptor in underWay.removeFirst().descriptors { _ = close(descriptor) }
    return true
  }

  /// Gives the messages that were not answered back, with their descriptors.
  func takeUnderWay() -> [Batch] {
    defer { underWay = [] }
    return underWay
  }

  enum Reading {
    /// With `isMalformed`, what came behind them is not what a worker sends.
    case frames([ResultFrame], isMalformed: Bool)
    case ended
  }

  /// Reads what is there, without waiting.
  func read() -> Reading {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe chunk.withUnsafeMutableBytes { buffer in
      unsafe Glibc.read(results, buffer.baseAddress, buffer.count)
    }
    if count < 0 {
      return errno == EAGAIN || errno == EINTR ? .frames([], isMalformed: false) : .ended
    }
    if count == 0 { return .ended }
    lastFrame = MonotonicClock.now
    buffer += chunk[0..<count]
    var frames: [ResultFrame] = []
    var offset = 0
    while buffer.count - offset >= 4 {
      let length = (0..<4).reduce(0) { $0 | Int(buffer[offset + $1]) << (8 * $1) }
      guard length > 0, length <= ResultFrame.maxBytes else {
        return .frames(frames, isMalformed: true)
      }
      if buffer.count - offset - 4 < length { break }
      let start = offset + 4
      guard let frame = try? ResultFrame(Array(buffer[start..<(start + length)])) else {
        return .frames(frames, isMalformed: true)
      }
      frames.append(frame)
      offset = start + length
    }
    buffer.removeFirst(offset)
    return .frames(frames, isMalformed: false)
  }

  /// Counts bytes that the worker reports; false if they are more than it was given.
  func takeProgress(_ bytes: UInt64) -> Bool {
    guard bytes <= given, progressBytes <= given - bytes else { return false }
    progressBytes += bytes
    return true
  }

  /// Takes a sign of life that counts no bytes; false if it gives more of them than it was given bytes for.
  func takeUncounted() -> Bool {
    uncounted += 1
    return uncounted <= given / UInt64(ResultFrame.progressBytes) * UInt64(ResultFrame.maxUncounted)
  }

  /// Bytes of all files that it has.
  private var given: UInt64 { underWay.reduce(UInt64(0)) { $0 &+ $1.bytes } }

  func resetProgress() {
    progressBytes = 0
    uncounted = 0
  }

  /// Whether the process has ended, whatever its pipe says.
  var hasEnded: Bool {
    if status == nil {
      var status: Int32 = 0
      let waited = unsafe waitpid(process, &status, WNOHANG)
      if waited == process || (waited < 0 && errno != EINTR) { self.status = status }
    }
    return status != nil
  }

  /// Ends the worker, whatever it does, and returns how it died.
  ///
  /// A closed pipe does not prove that the process is gone, so one that lingers for a second is killed. One that the kernel
  /// does not let go, as it waits for a file system that hangs, is left to it after ten.
  func end(kill isKilled: Bool) -> Death {
    if isKilled { _ = kill(process, SIGKILL) }
    var waits = 0
    while !hasEnded {
      if waits == 1000 { _ = kill(process, SIGKILL) }
      if waits == 10_000 { return .signal(SIGKILL) }
      waits += 1
      usleep(1000)
    }
    let status = status ?? 0
    let signal = status & 0x7F
    return signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
  }

  /// Says that no more files come: a worker that has read all of its own ends by itself.
  func closeSocket() {
    isClosed = true
    lastFrame = MonotonicClock.now
    _ = shutdown(socket, Int32(SHUT_WR))
  }

  /// Ends a worker that cannot be spoken to, and gives it nothing more; `end` tells how it died.
  func stop() {
    isClosed = true
    _ = kill(process, SIGKILL)
  }

  enum Death: Equatable {
    case exit(Int32)
    case signal(Int32)

    /// Swift's runtime aborts if it gets no memory; anything else is a crash.
    var problem: Problem.Code {
      if case .signal(SIGABRT) = self { return .workerMemory }
      return .workerCrash
    }
  }
}
