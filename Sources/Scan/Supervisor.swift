internal import CSandbox
internal import Clock
internal import Dumps
internal import Findings
internal import History
internal import Watchlists
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// Feeds the workers and listens to them, until every unit is read or lost.
///
/// Single-threaded: workers must be started by a thread that outlives them, and there is nothing to lock.
/// It parses nothing of a dump.
final class Supervisor {
  struct Result {
    var findings: [Finding]
    var coverage: FindingsDocument.Coverage
    var sandbox: String
    var problems: [(problem: Problem, pathID: String)]
    /// Numbers of the problems that no document has told.
    var newProblems: [Int] = []
    var idleSuppressions: [(id: String, reason: String)] = []
    /// What was read for another run.
    var readings: [PlaceInDump: [UInt32: [UInt8]]]
    /// How verifiers ended that did not wait for the end of their input.
    var verifierFailures: Set<String>
    /// As `ScanSummary.unanswered`.
    var unanswered: Int
  }

  /// Workers that die before they have read anything, one after the other: then no worker can live here.
  private static let maxStillborn = 3
  /// Ranges of a big file that wait for one before them, for each worker.
  private static let rangesAhead = 4

  let configuration: ScanConfiguration
  let setUp: WorkerTask.SetUp
  private let lists: Int32
  private let rules: Int32
  private let keys: PartnerKeys
  private let passwords: ArchivePasswordFile?
  let canary: Canary
  let shape: LogShape
  /// Keeps what is read for later nights, or nil.
  let recorder: RunRecorder?
  var queue: UnitQueue
  var collector: FindingCollector?
  private var workers: [WorkerHandle] = []
  /// Messages that a dead worker left unread.
  private(set) var returned: [WorkerHandle.Batch] = []
  var coverage: RunCoverage
  var levels: [ResultFrame.SandboxLevel] = []
  /// Workers that ended one after the other and had read nothing.
  var stillborn = 0
  /// Whether a worker has found the canaries.
  var hasProvenWorker = false
  /// Archives that workers are at, by their numbers as files.
  var archives: [UInt32: ArchiveContents] = [:]
  private var reportedAt = 0.0
  /// When it last looked whether workers are silent, in seconds of the monotonic clock.
  private var lookedAt = MonotonicClock.now
  private(set) var verifierFailures: Set<String> = []
  /// Findings that a state directory keeps, on which a verifier said nothing.
  var unanswered = 0
  /// Says what ranges are read under that other runs join; empty without such.
  let readingDigest: String
  /// Ranges that were read for another run.
  var readings: [PlaceInDump: [UInt32: [UInt8]]] = [:]

  init(
    _ configuration: ScanConfiguration, setUp: WorkerTask.SetUp, lists: Int32, rules: Int32,
    keys: PartnerKeys, passwords: ArchivePasswordFile?, canary: Canary, shape: LogShape,
    collector: consuming FindingCollector, recorder: RunRecorder?, readingDigest: String,
    opened: [Int: String]
  ) {
    self.readingDigest = readingDigest
    self.recorder = recorder
    self.configuration = configuration
    self.setUp = setUp
    self.lists = lists
    self.rules = rules
    self.keys = keys
    self.passwords = passwords
    self.canary = canary
    self.shape = shape
    self.collector = consume collector
    coverage = RunCoverage(dumps: configuration.dumps)
    queue = UnitQueue(
      dumps: configuration.dumps, shape: shape, rangeBytes: configuration.rangeBytes,
      maxRangesAhead: Self.rangesAhead * configuration.workers,
      share: configuration.shard.map { WorkShare(index: $0.index, of: $0.count) },
      opensAll: configuration.opensAllFiles, survey: recorder?.survey,
      selection: configuration.units,
      opened: opened)
    coverage.counts.passedOver = configuration.units?.passedOver ?? [:]
  }

  func run() throws(ScanFailure) -> Result {
    _ = ds_ignore_sigpipe()
    let signals = ds_signal_descriptor()
    guard signals >= 0 else { throw .failed("the system gives no signal descriptor") }
    defer { _ = close(signals) }
    defer { for worker in workers { _ = worker.end(kill: true) } }
    for _ in 0..<(try workerCount()) { try start() }
    while !workers.isEmpty {
      try feed()
      try listen(signals)
      if coverage.counts.isInterrupted { break }
      try flush()
      reportProgress()
    }
    return try finish(signals)
  }

  // MARK: Workers

  /// As many as were asked for, and as the limit on open files allows: each has two messages under way.
  private func workerCount() throws(ScanFailure) -> Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return 1
    }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let open = Int(clamping: limit.rlim_cur)
    // Beside the messages: the directories on the way down, a log's own files, and what is ours.
    let others = DumpWalker.maxDepth + 128
    let ofWorker = 2 * WorkerTask.maxFiles + 4
    // With fewer, most files of a log could not be opened, and nothing would be wrong with them.
    guard open >= others + ofWorker else {
      throw .failed(
        "the system lets a run open \(open) files at once; raise the limit to \(others + ofWorker) or more (ulimit -n)"
      )
    }
    return min(configuration.workers, (open - others) / ofWorker)
  }

  private func start() throws(ScanFailure) {
    let secrets: SecretBytes
    do { secrets = try keys.workerSecrets() } catch {
      throw ScanFailure(Refusal(.noSecureMemory, "the keys"))
    }
    var verifier: VerifierProcess?
    if let command = configuration.verifier {
      verifier = VerifierProcess(command)
      if verifier == nil { throw .failed("the verifier cannot be started: \(command[0])") }
    }
    guard let batch = canary.batch() else { throw .failed("the system gives no anonymous file") }
    guard
      let worker = WorkerHandle(
        executable: configuration.worker,
        addressSpaceBytes: UInt64(configuration.workerBytes) + UInt64(setUp.plan.bytes),
        isSandboxed: configuration.isSandboxed, verifier: verifier)
    else {
      for descriptor in batch.descriptors { _ = close(descriptor) }
      throw .failed("the worker cannot be started: \(configuration.worker)")
    }
    workers.append(worker)
    // A worker that is gone already, or that waits for what cannot be sent, is noticed when its pipe is read.
    if !(worker.setUp(
      setUp, lists: lists, rules: rules, secrets: secrets, passwords: passwords)
      && worker.send(batch))
    {
      for descriptor in batch.descriptors { _ = close(descriptor) }
      worker.stop()
    }
  }

  /// Gives every worker that can take one its next message, and lets the others end.
  private func feed() throws(ScanFailure) {
    for worker in workers where worker.isProven && worker.canTakeMore {
      if let batch = nextBatch() {
        if !worker.send(batch) {
          returned.append(batch)
          // What it has said of the units before is still in its pipe, whose end tells how it died.
          worker.stop()
        }
      } else if worker.isIdle && !queue.isWaiting {
        worker.closeSocket()
      }
    }
    coverage.add(queue.takePassedOver())
    closeFinished()
  }

  private func nextBatch() -> WorkerHandle.Batch? {
    if let batch = returned.popLast() { return batch }
    while true {
      let batch = queue.nextBatch()
      // What others have read of a file may be all of it, or leave ranges to read.
      if replay() && batch == nil { continue }
      return batch
    }
  }

  private var maxSilence: Double { Double(configuration.workerSeconds) }

  /// Waits for frames, a signal, or a worker's silence.
  private func listen(_ signals: Int32) throws(ScanFailure) {
    var polled = workers.map { pollfd(fd: $0.results, events: Int16(POLLIN), revents: 0) }
    polled.append(pollfd(fd: signals, events: Int16(POLLIN), revents: 0))
    let ready = unsafe poll(&polled, nfds_t(polled.count), 200)
    if polled[polled.count - 1].revents != 0 {
      coverage.counts.isInterrupted = true
      return
    }
    excuseSilence()
    for (index, worker) in workers.enumerated() {
      if polled[index].revents != 0 {
        try read(worker)
      } else if ready == 0 && worker.hasEnded {
        // Somebody else may hold the other end of its pipe. What it said since the call above is read by the next.
        var rest = pollfd(fd: worker.results, events: Int16(POLLIN), revents: 0)
        if unsafe poll(&rest, 1, 0) == 0 { try lose(worker, nil) }
      } else if MonotonicClock.now - worker.lastFrame > maxSilence,
        worker.isClosed || !worker.isIdle
      {
        try lose(worker, .timeout)
      }
      // A worker ends an archive by itself in time; one that does not, though it gives signs of life, must go.
      if let begun = archive(of: worker)?.begun, workers.contains(where: { $0 === worker }),
        MonotonicClock.now - begun > Double(configuration.archives.seconds) + maxSilence
      {
        try lose(worker, .timeout)
      }
    }
  }

  /// Whoever stops the run stops its workers, too (SIGSTOP, a container that is frozen): that is no silence of theirs.
  private func excuseSilence() {
    let away = MonotonicClock.now - lookedAt
    lookedAt += away
    guard away > 1 else { return }
    for worker in workers {
      // It may have got a message since.
      worker.lastFrame = min(lookedAt, worker.lastFrame + away)
    }
    for file in archives.keys { archives[file]?.begun += away }
  }

  private func read(_ worker: WorkerHandle) throws(ScanFailure) {
    switch worker.read() {
    case .frames(let frames, let isMalformed):
      // Those before it tell which units were read.
      for frame in frames where !(try take(frame, from: worker)) {
        return try lose(worker, .protocolError)
      }
      if isMalformed { try lose(worker, .protocolError) }
    case .ended: try lose(worker, nil)
    }
  }

  /// The worker is gone, or must go. What it had read stays; the unit that it was at is lost, the
  /// others that it had go to another worker.
  private func lose(_ worker: WorkerHandle, _ code: Problem.Code?) throws(ScanFailure) {
    let death = worker.end(kill: code != nil)
    workers.removeAll { $0 === worker }
    if let failure = worker.verifier?.end() { verifierFailures.insert(failure) }
    let batches = worker.takeUnderWay()
    // It has answered all that it was given, and had to be ended only if it does not end by itself.
    if batches.isEmpty && worker.isClosed && (code == .timeout || death == .exit(0)) {
      // What another could not be sent waits for one that takes messages.
      if !returned.isEmpty && workers.allSatisfy(\.isClosed) { try start() }
      return
    }
    // Units are read in order, so the worker was at the first that is not done.
    let items = batches.flatMap(\.items)
    let lost = items.first { $0.unit == Canary.unit || queue.units[$0.unit] != nil }
    if let file = items.first(where: { archives[$0.file] != nil })?.file {
      closeArchive(file, isWhole: false)
    }
    if let lost, let unit = queue.units[lost.unit] {
      if unit.range == nil {
        coverage.problem(code ?? death.problem, dump: unit.dump, path: unit.path)
        closeUnit(lost.unit)
      } else {
        queue.finish(file: lost.file)
        closeRange(lost.unit, lost: code ?? death.problem)
      }
    } else {
      try noteStillborn(death)
    }
    giveBack(batches)
    do throws(ScanFailure) { try start() } catch {
      // The others go on; without any, what is left cannot be read.
      if workers.isEmpty { throw error }
    }
  }

  private func noteStillborn(_ death: WorkerHandle.Death) throws(ScanFailure) {
    stillborn += 1
    guard stillborn >= Self.maxStillborn else { return }
    switch death {
    case .exit(WorkerProcess.noSandbox):
      throw .failed("workers cannot lock themselves down here; --no-sandbox runs without")
    case .exit(let status): throw .failed("workers end at once, with status \(status)")
    case .signal(let signal): throw .failed("workers die at once, of signal \(signal)")
    }
  }

  /// Puts back the units that a dead worker had not begun.
  private func giveBack(_ batches: [WorkerHandle.Batch]) {
    for batch in batches.reversed() {
      var rest = WorkerHandle.Batch(items: [], descriptors: [])
      for (item, descriptor) in zip(batch.items, batch.descriptors) {
        if queue.units[item.unit] == nil {
          queue.finish(file: item.file)
          _ = Glibc.close(descriptor)
        } else {
          rest.items.append(item)
          rest.descriptors.append(descriptor)
        }
      }
      if !rest.items.isEmpty { returned.append(rest) }
    }
  }

  private func reportProgress() {
    guard let progress = configuration.progress, MonotonicClock.now - reportedAt >= 0.1 else {
      return
    }
    reportedAt = MonotonicClock.now
    let underWay = workers.reduce(UInt64(0)) { $0 &+ $1.progressBytes }
    progress(
      ScanProgress(
        files: coverage.counts.filesRead,
        bytes: coverage.bytes(with: underWay),
        findings: collector?.findingCount ?? 0))
  }

  func flush(all: Bool = false) throws(ScanFailure) {
    do throws(StoreFailure) { try recorder?.flush(all: all) } catch { throw ScanFailure(error) }
  }
}
