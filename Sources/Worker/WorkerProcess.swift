internal import CSandbox
internal import Dumps
internal import Watchlists

#if canImport(Glibc)
  internal import Glibc
#endif

/// The worker's whole life: lock down, receive the lists, then read what is handed over.
///
/// Single-threaded and without Foundation. It opens nothing, by path or otherwise.
public enum WorkerProcess {
  /// Exit statuses; the supervisor names them in its problems.
  public static let supervisorGone: Int32 = 10
  public static let badSetUp: Int32 = 11
  public static let noSandbox: Int32 = 12

  /// Descriptors a worker may hold: two messages of up to 128 files, a log's own 48, the lists and the pipe.
  private static let maxDescriptors: UInt64 = 512

  /// Runs the worker. `arguments`: the limit of the address space in bytes, then `open` to leave the
  /// sandbox out; or `selftest` and what that takes.
  public static func run(arguments: [String]) -> Never {
    // First of all: a Swift crash prints the memory that registers point to.
    _ = ds_signals_default()
    if arguments.dropFirst().first == "selftest" { SandboxSelfTest.run(arguments.dropFirst(2)) }
    guard arguments.count >= 2, let addressSpace = UInt64(arguments[1]), ds_die_with_parent() == 0
    else { exit(badSetUp) }
    // The secure heap locks its memory, which the sandbox would refuse. Nothing is in it yet.
    guard SecretBytes.prepare() else { exit(badSetUp) }
    // In the locale C, libarchive gives no name that is not ASCII. Without this one it goes on with names as bytes.
    _ = unsafe setlocale(LC_CTYPE, "C.UTF-8")
    let results = ResultPipe(descriptor: Int32(DS_WORKER_RESULTS))
    results.send(.ready(lockDown(addressSpace, isOff: arguments.dropFirst(2).first == "open")))
    var socket = TaskSocket(descriptor: Int32(DS_WORKER_SOCKET))
    guard case .setUp(let setUp)? = socket.receive(), (2...3).contains(socket.descriptors.count),
      let reader = makeReader(setUp, &socket, results)
    else { exit(badSetUp) }
    read(&socket, reader)
    exit(0)
  }

  private static func lockDown(_ addressSpace: UInt64, isOff: Bool) -> ResultFrame.SandboxLevel {
    var level = ResultFrame.SandboxLevel()
    if isOff {
      // A core would hold the key and passwords, whatever the sandbox.
      guard ds_no_dump() == 0 else { exit(noSandbox) }
      level.isOff = true
      return level
    }
    var limits = ds_sandbox_limits(
      address_space_bytes: addressSpace, open_files: maxDescriptors,
      landlock_abi_mask_to: -1, leave_out_seccomp: false)
    var reached = ds_sandbox_level()
    let needed = UInt32(
      DS_LIMIT_CORE | DS_LIMIT_FILE_SIZE | DS_LIMIT_PROCESSES | DS_LIMIT_ADDRESS_SPACE
        | DS_LIMIT_OPEN_FILES)
    // Landlock came with Linux 5.13, and its level is reported; without the rest nothing is parsed. Landlock and
    // capabilities bind one thread alone; how many there are is 0 where no /proc tells.
    unsafe ds_sandbox_enter(&limits, &reached)
    guard reached.seccomp_enforced, reached.no_new_privs, reached.not_dumpable,
      reached.no_capabilities, reached.threads <= 1,
      reached.limits & needed == needed
    else { exit(noSandbox) }
    level.landlockABI = reached.landlock_enforced ? reached.landlock_abi : 0
    return level
  }

  private static func makeReader(
    _ setUp: WorkerTask.SetUp, _ socket: inout TaskSocket, _ results: ResultPipe
  ) -> UnitReader? {
    let lists = socket.descriptors[0]
    var verifier: Verifier?
    if socket.descriptors.count == 3 {
      // A verifier that ends is told by what writing to it says.
      guard ds_ignore_sigpipe() == 0 else { return nil }
      verifier = Verifier(descriptor: socket.descriptors[2])
    }
    guard let rulesText = read(socket.descriptors[1], count: setUp.rulesBytes),
      let rules = try? WorkerRules(rulesText),
      let secrets = socket.receiveSecrets(count: setUp.secretBytes),
      let lookup = AccountLookup(
        plan: setUp.plan, descriptor: lists, secrets: secrets,
        hashesEveryLogin: setUp.hashesEveryLogin)
    else { return nil }
    var passwords: [[UInt8]] = []
    if setUp.passwordBytes > 0 {
      guard let text = socket.receiveSecrets(count: setUp.passwordBytes) else { return nil }
      passwords = text.withSpan { ArchivePasswords.lines(of: $0) }
    }
    return UnitReader(
      rules: rules,
      worker: ScanWorker(
        lookup: lookup, services: rules.services, results: results, verifier: verifier),
      results: results,
      archives: ArchiveSettings(
        limits: setUp.archives, passwords: passwords, shape: LogShape(rules.shape),
        opensAllFiles: setUp.opensAllFiles))
  }

  private static func read(_ descriptor: Int32, count: Int) -> [UInt8]? {
    // The rules' files have 64 KiB each; a thousand of them are more than anybody has.
    guard count > 0, count <= 64 << 20 else { return nil }
    var reader = ChunkReader(chunkBytes: count, maxRecordBytes: count)
    return reader.sample(OpenFile(descriptor, size: count), limit: count) { bytes in
      bytes.count == count ? bytes.indices.map { bytes[$0] } : nil
    }
  }

  private static func read(_ socket: inout TaskSocket, _ reader: consuming UnitReader) {
    while let task = socket.receive() {
      guard case .files(let items) = task, items.count == socket.descriptors.count else {
        exit(badSetUp)
      }
      for (item, descriptor) in zip(items, socket.descriptors) { reader.read(item, descriptor) }
      reader.messageDone()
    }
  }
}

/// The worker's end of the socket.
struct TaskSocket {
  let descriptor: Int32
  /// The descriptors that came with the last message.
  private(set) var descriptors: [Int32] = []
  private var buffer = [UInt8](repeating: 0, count: WorkerTask.maxMessageBytes)

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next task, or nil when the supervisor has closed the socket. A malformed one ends the worker.
  mutating func receive() -> WorkerTask? {
    var received = [Int32](repeating: -1, count: WorkerTask.maxSetFiles)
    var count = 0
    let bytes = unsafe buffer.withUnsafeMutableBytes { buffer -> Int in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe ds_receive(
        descriptor, base, buffer.count, &received, received.count, &count)
    }
    if bytes == 0 { return nil }
    guard bytes > 0, let task = try? WorkerTask(Array(buffer[0..<bytes])) else {
      exit(WorkerProcess.badSetUp)
    }
    descriptors = Array(received[0..<count])
    return task
  }

  /// The secrets, straight into secure memory.
  func receiveSecrets(count: Int) -> SecretBytes? {
    guard count > 0, count <= 256 << 10, let secrets = try? SecretBytes(count: count) else {
      return nil
    }
    var none = 0
    let bytes = unsafe secrets.withUnsafeBytes { buffer -> Int in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe ds_receive(descriptor, base, buffer.count, nil, 0, &none)
    }
    guard bytes == count else { return nil }
    return secrets
  }
}
