internal import CSandbox
internal import Dumps
internal import Findings
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
  }

  /// A worker that has not said a word for this long hangs; it reports at least every 16 MiB. In seconds.
  private static let maxSilence = 120.0
  /// Workers that die before they have read anything, one after the other: then no worker can live here.
  private static let maxStillborn = 3
  /// What a worker may take beside the lists. In bytes.
  private static let workerAddressSpace: UInt64 = 1 << 30

  private let configuration: ScanConfiguration
  private let setUp: WorkerTask.SetUp
  private let lists: Int32
  private let rules: Int32
  private let keys: PartnerKeys
  private let canary: Canary
  private var queue: UnitQueue
  private var collector: FindingCollector?
  private var workers: [WorkerHandle] = []
  private var canaryHits: [pid_t: [ResultFrame.Hit]] = [:]
  /// Messages that a dead worker left unread.
  private var returned: [WorkerHandle.Batch] = []
  private var coverage = FindingsDocument.Coverage()
  private var problems: [Problem] = []
  private var levels: [ResultFrame.SandboxLevel] = []
  private var stillborn = 0
  private var reportedAt = 0.0
  private var unreportedBytes = 0

  init(
    _ configuration: ScanConfiguration, setUp: WorkerTask.SetUp, lists: Int32, rules: Int32,
    keys: PartnerKeys, canary: Canary, systemFiles: [String],
    collector: consuming FindingCollector
  ) {
    self.configuration = configuration
    self.setUp = setUp
    self.lists = lists
    self.rules = rules
    self.keys = keys
    self.canary = canary
    self.collector = consume collector
    queue = UnitQueue(dumps: configuration.dumps, systemFiles: systemFiles)
  }

  func run() throws(ScanFailure) -> Result {
    _ = ds_ignore_sigpipe()
    let signals = ds_signal_descriptor()
    guard signals >= 0 else { throw .failed("the system gives no signal descriptor") }
    defer { _ = close(signals) }
    defer { for worker in workers { _ = worker.end(kill: true) } }
    for _ in 0..<configuration.workers { try start() }
    while !workers.isEmpty {
      try feed()
      try listen(signals)
      if coverage.isInterrupted { break }
      reportProgress()
    }
    return finish()
  }

  // MARK: Workers

  private func start() throws(ScanFailure) {
    guard
      let worker = WorkerHandle(
        executable: configuration.worker,
        addressSpaceBytes: Self.workerAddressSpace + UInt64(setUp.plan.bytes),
        isSandboxed: configuration.isSandboxed)
    else { throw .failed("the worker cannot be started: \(configuration.worker)") }
    let secrets: SecretBytes
    do { secrets = try keys.workerSecrets() } catch {
      throw .refused(Refusal(.noSecureMemory, "the keys"))
    }
    guard let batch = canary.batch() else { throw .failed("the system gives no anonymous file") }
    workers.append(worker)
    // A worker that is gone already is noticed when its pipe is read.
    _ = worker.setUp(setUp, lists: lists, rules: rules, secrets: secrets) && worker.send(batch)
  }

  /// Gives every worker that can take one its next message, and lets the others end.
  private func feed() throws(ScanFailure) {
    for worker in workers where worker.level != nil && worker.canTakeMore {
      if let batch = nextBatch() {
        _ = worker.send(batch)
      } else if worker.isIdle {
        worker.closeSocket()
      }
    }
    takePassedOver()
  }

  private func nextBatch() -> WorkerHandle.Batch? {
    if let batch = returned.popLast() { return batch }
    return queue.nextBatch()
  }

  /// Waits for frames, a signal, or a worker's silence.
  private func listen(_ signals: Int32) throws(ScanFailure) {
    var polled = workers.map { pollfd(fd: $0.results, events: Int16(POLLIN), revents: 0) }
    polled.append(pollfd(fd: signals, events: Int16(POLLIN), revents: 0))
    _ = unsafe poll(&polled, nfds_t(polled.count), 200)
    if polled[polled.count - 1].revents != 0 {
      _ = ds_signal_read(signals)
      coverage.isInterrupted = true
      return
    }
    for (index, worker) in workers.enumerated() {
      if polled[index].revents != 0 {
        try read(worker)
      } else if MonotonicClock.now - worker.lastFrame > Self.maxSilence, !worker.isIdle {
        try lose(worker, .timeout)
      }
    }
  }

  private func read(_ worker: WorkerHandle) throws(ScanFailure) {
    switch worker.read() {
    case .frames(let frames):
      for frame in frames where !(try take(frame, from: worker)) {
        return try lose(worker, .protocolError)
      }
    case .ended: try lose(worker, nil)
    case .malformed: try lose(worker, .protocolError)
    }
  }

  /// The worker is gone, or must go. What it had read stays; the unit that it was at is lost, the
  /// others that it had go to another worker.
  private func lose(_ worker: WorkerHandle, _ code: Problem.Code?) throws(ScanFailure) {
    let death = worker.end(kill: code != nil)
    workers.removeAll { $0 === worker }
    let batches = worker.takeUnderWay()
    if batches.isEmpty && code == nil && death == .exit(0) && worker.isClosed { return }
    // Units are read in order, so the worker was at the first that is not done.
    let items = batches.flatMap(\.items)
    let lost = items.first { $0.unit == Canary.unit || queue.units[$0.unit] != nil }
    if let lost, let unit = queue.units[lost.unit] {
      problem(code ?? death.problem, dump: unit.dump, path: unit.path)
      closeUnit(lost.unit)
    } else {
      try noteStillborn(death)
    }
    giveBack(batches)
    try start()
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

  // MARK: Frames

  /// Takes one frame; false if it is none that this worker may send now.
  private func take(_ frame: ResultFrame, from worker: WorkerHandle) throws(ScanFailure) -> Bool {
    switch frame {
    case .ready(let level):
      guard worker.level == nil else { return false }
      worker.level = level
      levels.append(level)
    case .hit(let hit): return take(hit, from: worker)
    case .serviceCount(let count):
      guard let file = open(count.file, worker), collector?.isValid(count) == true else {
        return false
      }
      collector?.add(count, unit: file.unit, path: file.path)
    case .fileDone(let done): return take(done, from: worker)
    case .logFacts(let facts):
      guard isUnderWay(worker, { $0.unit == facts.unit }) else { return false }
      collector?.add(facts)
    case .unitDone(let unit): return try take(unitDone: unit, from: worker)
    case .messageDone: return worker.finishBatch()
    case .progress(let bytes):
      unreportedBytes += Int(clamping: bytes)
    }
    return true
  }

  /// Whether the worker holds a file of which the statement is true.
  private func isUnderWay(
    _ worker: WorkerHandle, _ statement: (WorkerTask.FileItem) -> Bool
  ) -> Bool {
    worker.underWay.contains { $0.items.contains(where: statement) }
  }

  /// The file of that number, if this worker has it and has not finished it.
  private func open(_ file: UInt32, _ worker: WorkerHandle) -> UnitQueue.File? {
    guard isUnderWay(worker, { $0.file == file }) else { return nil }
    return queue.files[file]
  }

  private func take(_ hit: ResultFrame.Hit, from worker: WorkerHandle) -> Bool {
    guard collector?.isValid(hit) == true else { return false }
    if hit.file == Canary.file, isUnderWay(worker, { $0.file == Canary.file }) {
      canaryHits[worker.process, default: []].append(hit)
      return true
    }
    guard let file = open(hit.file, worker) else { return false }
    collector?.add(hit, unit: file.unit, path: file.path)
    return true
  }

  private func take(_ done: ResultFrame.FileDone, from worker: WorkerHandle) -> Bool {
    if done.file == Canary.file { return isUnderWay(worker) { $0.file == Canary.file } }
    guard let file = open(done.file, worker), let unit = queue.units[file.unit] else {
      return false
    }
    collector?.finish(done, unit: file.unit)
    queue.finish(file: done.file)
    coverage.bytes += Int(clamping: done.bytes)
    coverage.records += Int(done.records)
    unreportedBytes = 0
    note(done, file, unit)
    return true
  }

  private func note(
    _ done: ResultFrame.FileDone, _ file: UnitQueue.File, _ unit: UnitQueue.Unit
  ) {
    switch done.kind {
    case .archive: return problem(.archive, dump: unit.dump, path: file.path)
    case .database: return problem(.database, dump: unit.dump, path: file.path)
    case .binary: coverage.passedOver["binary", default: 0] += 1
    case .empty: coverage.passedOver["empty", default: 0] += 1
    case .text: break
    }
    if done.errno != 0 {
      problem(.ioError, dump: unit.dump, path: file.path)
    } else if done.isShorter {
      problem(.shrank, dump: unit.dump, path: file.path)
    } else {
      coverage.filesRead += done.kind == .text ? 1 : 0
    }
    if done.skippedBytes > 0 {
      problem(
        .lineTooLong, dump: unit.dump, path: file.path,
        skippedBytes: Int(clamping: done.skippedBytes))
    }
  }

  private func take(
    unitDone unit: UInt32, from worker: WorkerHandle
  ) throws(ScanFailure) -> Bool {
    guard isUnderWay(worker, { $0.unit == unit && $0.isLastOfUnit }) else { return false }
    if unit == Canary.unit {
      let hits = canaryHits.removeValue(forKey: worker.process) ?? []
      guard canary.isFound(in: hits) else {
        throw .failed(
          "a worker does not find the canary account of every list: keys, lists and program do not fit"
        )
      }
      stillborn = 0
      return true
    }
    closeUnit(unit)
    return true
  }

  private func closeUnit(_ number: UInt32) {
    guard let unit = queue.units[number] else { return }
    collector?.close(number, unit)
    queue.finish(unit: number)
  }

  // MARK: Result

  private func problem(
    _ code: Problem.Code, dump: Int, path: [UInt8], skippedBytes: Int? = nil
  ) {
    problems.append(
      Problem(
        code, dump: configuration.dumps[dump], path: path, skippedBytes: skippedBytes))
  }

  private func takePassedOver() {
    for (dump, walked, path) in queue.takePassedOver() {
      if walked.isUnread {
        problem(Problem.Code(rawValue: walked.rawValue) ?? .ioError, dump: dump, path: path)
      } else {
        coverage.passedOver[walked.rawValue, default: 0] += 1
      }
    }
  }

  private func reportProgress() {
    guard let progress = configuration.progress, MonotonicClock.now - reportedAt >= 0.1 else {
      return
    }
    reportedAt = MonotonicClock.now
    progress(
      ScanProgress(
        files: coverage.filesRead, bytes: coverage.bytes + unreportedBytes,
        hits: collector?.hitCount ?? 0))
  }

  private func finish() -> Result {
    takePassedOver()
    for (number, unit) in queue.units { collector?.close(number, unit) }
    coverage.files = queue.fileCount
    coverage.logs = queue.logCount
    problems.sort {
      ($0.dump, $0.code.rawValue, Hex.text($0.path)) < (
        $1.dump, $1.code.rawValue, Hex.text($1.path)
      )
    }
    var identified: [(problem: Problem, pathID: String)] = []
    for problem in problems {
      let pathID = collector?.pathID(dump: problem.dump, path: problem.path) ?? ""
      identified.append((problem, pathID))
      coverage.unread.append(
        FindingsDocument.Unread(
          input: SafeText(problem.dump), pathID: pathID, reason: problem.code.rawValue,
          skippedBytes: problem.skippedBytes))
    }
    let findings = collector.take()?.finish() ?? []
    return Result(
      findings: findings, coverage: coverage, sandbox: sandbox(), problems: identified)
  }

  /// The weakest level that a worker reached.
  private func sandbox() -> String {
    if levels.isEmpty || levels.contains(where: \.isOff) { return "off" }
    var parts: [String] = []
    let abi = levels.map(\.landlockABI).min() ?? 0
    if abi > 0 { parts.append("landlock-\(abi)") }
    if levels.allSatisfy(\.hasSeccomp) { parts.append("seccomp") }
    if levels.allSatisfy(\.hasLimits) { parts.append("limits") }
    return parts.isEmpty ? "none" : parts.joined(separator: "+")
  }
}
