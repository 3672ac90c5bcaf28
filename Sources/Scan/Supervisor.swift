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

  /// A worker that has not said a word for this long hangs; it reports every MiB that it reads. In seconds.
  private static let maxSilence = 120.0
  /// Workers that die before they have read anything, one after the other: then no worker can live here.
  private static let maxStillborn = 3
  /// What a worker may take beside the lists. In bytes.
  private static let workerAddressSpace: UInt64 = 1 << 30

  /// Ranges of a big file that wait for one before them, for each worker.
  private static let rangesAhead = 4

  private let configuration: ScanConfiguration
  private let setUp: WorkerTask.SetUp
  private let lists: Int32
  private let rules: Int32
  private let keys: PartnerKeys
  private let canary: Canary
  private var queue: UnitQueue
  private var collector: FindingCollector?
  private var workers: [WorkerHandle] = []
  /// Messages that a dead worker left unread.
  private var returned: [WorkerHandle.Batch] = []
  private var coverage: RunCoverage
  private var levels: [ResultFrame.SandboxLevel] = []
  private var stillborn = 0
  private var reportedAt = 0.0

  init(
    _ configuration: ScanConfiguration, setUp: WorkerTask.SetUp, lists: Int32, rules: Int32,
    keys: PartnerKeys, canary: Canary, shape: LogShape,
    collector: consuming FindingCollector
  ) {
    self.configuration = configuration
    self.setUp = setUp
    self.lists = lists
    self.rules = rules
    self.keys = keys
    self.canary = canary
    self.collector = consume collector
    coverage = RunCoverage(dumps: configuration.dumps)
    queue = UnitQueue(
      dumps: configuration.dumps, shape: shape, rangeBytes: configuration.rangeBytes,
      maxRangesAhead: Self.rangesAhead * configuration.workers,
      share: configuration.shard.map { WorkShare(index: $0.index, of: $0.count) },
      opensAll: configuration.opensAllFiles)
  }

  func run() throws(ScanFailure) -> Result {
    _ = ds_ignore_sigpipe()
    let signals = ds_signal_descriptor()
    guard signals >= 0 else { throw .failed("the system gives no signal descriptor") }
    defer { _ = close(signals) }
    defer { for worker in workers { _ = worker.end(kill: true) } }
    for _ in 0..<workerCount() { try start() }
    while !workers.isEmpty {
      try feed()
      try listen(signals)
      if coverage.counts.isInterrupted { break }
      reportProgress()
    }
    return finish()
  }

  // MARK: Workers

  /// As many as were asked for, and as the limit on open files allows: each has two messages under way.
  private func workerCount() -> Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return 1
    }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let open = Int(clamping: limit.rlim_cur)
    // Beside the messages: the directories on the way down, a log's own files, and what is ours.
    let most = (open - DumpWalker.maxDepth - 128) / (2 * WorkerTask.maxFiles + 4)
    return max(1, min(configuration.workers, most))
  }

  private func start() throws(ScanFailure) {
    let secrets: SecretBytes
    do { secrets = try keys.workerSecrets() } catch {
      throw ScanFailure(Refusal(.noSecureMemory, "the keys"))
    }
    guard let batch = canary.batch() else { throw .failed("the system gives no anonymous file") }
    guard
      let worker = WorkerHandle(
        executable: configuration.worker,
        addressSpaceBytes: Self.workerAddressSpace + UInt64(setUp.plan.bytes),
        isSandboxed: configuration.isSandboxed)
    else {
      for descriptor in batch.descriptors { _ = close(descriptor) }
      throw .failed("the worker cannot be started: \(configuration.worker)")
    }
    workers.append(worker)
    // A worker that is gone already is noticed when its pipe is read.
    if !(worker.setUp(setUp, lists: lists, rules: rules, secrets: secrets) && worker.send(batch)) {
      for descriptor in batch.descriptors { _ = close(descriptor) }
    }
  }

  /// Gives every worker that can take one its next message, and lets the others end.
  private func feed() throws(ScanFailure) {
    for worker in workers where worker.isProven && worker.canTakeMore {
      if let batch = nextBatch() {
        if !worker.send(batch) {
          returned.append(batch)
          try lose(worker, .workerCrash)
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
    return queue.nextBatch()
  }

  /// Waits for frames, a signal, or a worker's silence.
  private func listen(_ signals: Int32) throws(ScanFailure) {
    var polled = workers.map { pollfd(fd: $0.results, events: Int16(POLLIN), revents: 0) }
    polled.append(pollfd(fd: signals, events: Int16(POLLIN), revents: 0))
    _ = unsafe poll(&polled, nfds_t(polled.count), 200)
    if polled[polled.count - 1].revents != 0 {
      _ = ds_signal_read(signals)
      coverage.counts.isInterrupted = true
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

  // MARK: Frames

  /// Takes one frame; false if it is none that this worker may send now.
  private func take(_ frame: ResultFrame, from worker: WorkerHandle) throws(ScanFailure) -> Bool {
    switch frame {
    case .ready(let level):
      guard worker.level == nil else { return false }
      worker.level = level
      if configuration.requiresSandbox && level.landlockABI == 0 {
        throw .failed("this kernel has no Landlock, which --require-sandbox asks for")
      }
      levels.append(level)
    case .hit(let hit): return take(hit, from: worker)
    case .serviceCount(let count):
      guard let file = open(count.file, worker), let unit = queue.units[file.unit],
        collector?.isValid(count) == true
      else { return false }
      if collector?.add(count, origin: unit.origin) == false {
        coverage.tooManyFindings(dump: unit.dump, path: file.path)
      }
    case .fileDone(let done): return take(done, from: worker)
    case .logFacts(let facts):
      guard isUnderWay(worker, { $0.unit == facts.unit }), collector?.isValid(facts) == true else {
        return false
      }
      if let unit = queue.units[facts.unit] { collector?.add(facts, origin: unit.origin) }
    case .logTraces(let traces):
      guard isUnderWay(worker, { $0.unit == traces.unit }), collector?.isValid(traces) == true
      else { return false }
      if let unit = queue.units[traces.unit] { collector?.add(traces, origin: unit.origin) }
    case .unitDone(let unit): return try take(unitDone: unit, from: worker)
    case .messageDone:
      // Only if every unit of the message was reported as read.
      guard let batch = worker.underWay.first,
        batch.items.allSatisfy({ queue.units[$0.unit] == nil }),
        worker.isProven || batch.items.allSatisfy({ $0.unit != Canary.unit })
      else { return false }
      return worker.finishBatch()
    case .progress(let bytes): return worker.takeProgress(bytes)
    case .rangeDone(let done):
      guard let file = open(done.file, worker) else { return false }
      return queue.note(done, unit: file.unit)
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
    if hit.file == Canary.file, !worker.isProven {
      // One or two hits a list; a worker that sends more would only fill memory.
      worker.canaryHits.append(hit)
      return worker.canaryHits.count <= 4 * setUp.plan.lists.count
    }
    guard let file = open(hit.file, worker), let unit = queue.units[file.unit] else { return false }
    if collector?.add(hit, origin: unit.origin, path: file.path) == false {
      coverage.tooManyFindings(dump: unit.dump, path: file.path)
    }
    return true
  }

  private func take(_ done: ResultFrame.FileDone, from worker: WorkerHandle) -> Bool {
    if done.file == Canary.file { return !worker.isProven }
    guard let file = open(done.file, worker), let unit = queue.units[file.unit],
      done.bytes <= file.size,
      // Text that was UTF-16 is longer once it is read.
      done.skippedBytes <= file.size &* 2
    else { return false }
    queue.finish(file: done.file)
    worker.resetProgress()
    if let range = unit.range {
      queue.note(done, unit: file.unit)
      return range.done != nil
    }
    coverage.add(done, dump: unit.dump, path: file.path)
    return true
  }

  private func take(
    unitDone unit: UInt32, from worker: WorkerHandle
  ) throws(ScanFailure) -> Bool {
    if unit == Canary.unit {
      guard !worker.isProven else { return false }
      guard canary.isFound(in: worker.canaryHits) else {
        throw .failed(
          "a worker does not find the canary account of every list: keys, lists and program do not fit"
        )
      }
      stillborn = 0
      worker.isProven = true
      worker.canaryHits = []
      return true
    }
    // Every file of the unit must have been reported first.
    guard isUnderWay(worker, { $0.unit == unit }),
      !isUnderWay(worker, { $0.unit == unit && queue.files[$0.file] != nil })
    else { return false }
    closeUnit(unit)
    return true
  }

  private func closeUnit(_ number: UInt32) {
    if queue.units[number]?.range != nil { return closeRange(number, lost: nil) }
    queue.finish(unit: number)
    closeFinished()
  }

  /// Takes what ranges found as soon as it is known to count.
  private func closeRange(_ number: UInt32, lost code: Problem.Code?) {
    guard let outcome = queue.finish(range: number, lost: code) else { return }
    let file = outcome.file
    for step in outcome.steps {
      switch step {
      case .take(let origin, let lines, let records, let done):
        coverage.add(range: done)
        join(origin, to: outcome, lines: lines, records: records)
      case .drop(let origin): collector?.drop(origin)
      case .lost(let code, let bytes, let origin, let lines, let records):
        coverage.problem(code, dump: file.dump, path: file.path, bytes: bytes)
        join(origin, to: outcome, lines: lines, records: records)
      }
    }
    if file.ranges.isDone {
      coverage.add(
        file.ranges.whole, dump: file.dump, path: file.path, isWhole: !file.ranges.hasLost)
    }
    closeFinished()
  }

  private func join(
    _ origin: UInt32, to outcome: UnitQueue.RangeOutcome, lines: UInt32, records: UInt32
  ) {
    let isTaken = collector?.join(
      origin, to: outcome.file.origin, file: outcome.number, path: outcome.file.path, lines: lines,
      records: records)
    if isTaken == false {
      coverage.tooManyFindings(dump: outcome.file.dump, path: outcome.file.path)
    }
  }

  /// Turns what was found in logs, and in files that stand alone, into findings once all of it is read.
  private func closeFinished() {
    for (number, origin) in queue.takeFinished() { collector?.close(number, origin) }
  }

  // MARK: Result

  private func reportProgress() {
    guard let progress = configuration.progress, MonotonicClock.now - reportedAt >= 0.1 else {
      return
    }
    reportedAt = MonotonicClock.now
    let underWay = workers.reduce(UInt64(0)) { $0 &+ $1.progressBytes }
    progress(
      ScanProgress(
        files: coverage.counts.filesRead, bytes: coverage.counts.bytes + Int(clamping: underWay),
        findings: collector?.findingCount ?? 0))
  }

  private func finish() -> Result {
    coverage.add(queue.takePassedOver())
    for batch in returned { for descriptor in batch.descriptors { _ = close(descriptor) } }
    closeFinished()
    for (number, origin) in queue.origins { collector?.close(number, origin) }
    coverage.counts.files =
      queue.fileCount + (coverage.counts.passedOver[WalkProblem.unopened.rawValue] ?? 0)
    coverage.counts.logs = queue.logCount
    if configuration.shard != nil { coverage.counts.filesOfOthers = queue.filesOfOthers }
    var identified: [(problem: Problem, pathID: String)] = []
    for problem in coverage.problems.sorted() {
      let pathID = collector?.pathID(dump: problem.dump, path: problem.path) ?? ""
      identified.append((problem, pathID))
      coverage.counts.unread.append(
        FindingsDocument.Unread(
          input: SafeText(problem.dump), pathID: pathID, reason: problem.code.rawValue,
          skippedBytes: problem.skippedBytes,
          bytes: problem.bytes.map {
            Int(clamping: $0.lowerBound)..<Int(clamping: $0.upperBound)
          }))
    }
    let findings = collector.take()?.finish() ?? []
    return Result(
      findings: findings, coverage: coverage.counts, sandbox: sandbox(), problems: identified)
  }

  /// The weakest level that a worker reached.
  private func sandbox() -> String {
    if levels.isEmpty { return "none" }
    if levels.contains(where: \.isOff) { return "off" }
    let abi = levels.map(\.landlockABI).min() ?? 0
    return abi > 0 ? "landlock-\(abi)+seccomp+limits" : "seccomp+limits"
  }
}
