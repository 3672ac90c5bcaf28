internal import Findings
internal import Watchlists
internal import Worker

/// What workers say, checked: a frame that this worker may not send now ends it.
extension Supervisor {
  /// Takes one frame; false if it is none that this worker may send now.
  func take(_ frame: ResultFrame, from worker: WorkerHandle) throws(ScanFailure) -> Bool {
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
      if archives[count.file] != nil { return take(count, in: file, of: unit) }
      if collector?.pending.add(count, origin: unit.origin) == false {
        coverage.tooManyFindings(dump: unit.dump, path: file.path)
      }
    case .fileDone(let done): return take(done, from: worker)
    case .logFacts(let facts):
      guard isUnderWay(worker, { $0.unit == facts.unit }), collector?.isValid(facts) == true else {
        return false
      }
      if let unit = queue.units[facts.unit] {
        collector?.pending.add(facts, origin: unit.origin)
        if facts.isIncomplete { coverage.problem(.ioError, dump: unit.dump, path: unit.path) }
      }
    case .logTraces(let traces):
      guard isUnderWay(worker, { $0.unit == traces.unit }), collector?.isValid(traces) == true
      else { return false }
      if let unit = queue.units[traces.unit] { collector?.pending.add(traces, origin: unit.origin) }
    case .unitDone(let unit): return try take(unitDone: unit, from: worker)
    case .messageDone:
      // Only if every unit of the message was reported as read.
      guard let batch = worker.underWay.first,
        batch.items.allSatisfy({ queue.units[$0.unit] == nil }),
        worker.isProven || batch.items.allSatisfy({ $0.unit != Canary.unit })
      else { return false }
      return worker.finishBatch()
    case .progress(let bytes):
      if bytes > 0 { return worker.takeProgress(bytes) }
      // An archive has its own limit of time.
      return archive(of: worker) != nil || worker.takeUncounted()
    case .rangeDone(let done):
      guard let file = open(done.file, worker) else { return false }
      return queue.note(done, unit: file.unit)
    case .archive, .member, .memberDone, .memberTraces, .folderFacts, .archiveFault:
      return takeOfArchive(frame, from: worker)
    }
    return true
  }

  /// Whether the worker holds a file of which the statement is true.
  func isUnderWay(
    _ worker: WorkerHandle, _ statement: (WorkerTask.FileItem) -> Bool
  ) -> Bool {
    worker.underWay.contains { $0.items.contains(where: statement) }
  }

  /// The file of that number, if this worker has it and has not finished it.
  func open(_ file: UInt32, _ worker: WorkerHandle) -> UnitQueue.File? {
    guard isUnderWay(worker, { $0.file == file }) else { return nil }
    return queue.files[file]
  }

  private func take(_ hit: ResultFrame.Hit, from worker: WorkerHandle) -> Bool {
    guard collector?.isValid(hit) == true,
      hit.check == nil || configuration.verifier != nil
    else { return false }
    if hit.file == Canary.file, !worker.isProven {
      // One or two hits a list; a worker that sends more would only fill memory.
      worker.canaryHits.append(hit)
      return worker.canaryHits.count <= 4 * setUp.plan.lists.count
    }
    guard let file = open(hit.file, worker), let unit = queue.units[file.unit] else { return false }
    if archives[hit.file] != nil { return take(hit, in: file, of: unit) }
    if collector?.pending.add(hit, origin: unit.origin, path: file.path) == false {
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
    // An archive is announced, and nothing else is one.
    guard (done.kind == .archive) == (archives[done.file] != nil), done.kind != .unopened else {
      return false
    }
    if done.kind == .archive {
      guard archives[done.file]?.current == nil else { return false }
      closeArchive(done.file, isWhole: true)
    }
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
      try proveVerifier(of: worker)
      hasProvenWorker = true
      worker.isProven = true
      worker.canaryHits = []
      return true
    }
    // Every file of the unit must have been reported first.
    guard isUnderWay(worker, { $0.unit == unit }),
      !isUnderWay(worker, { $0.unit == unit && queue.files[$0.file] != nil })
    else { return false }
    // Not before: workers that find the canary and die would follow each other for ever.
    stillborn = 0
    closeUnit(unit)
    return true
  }

  /// Whether the worker's verifier said that it does not know the list's canary account. One that fails in the middle of a run
  /// costs its answers, and not the night; one that knows the account says nothing that could be believed.
  private func proveVerifier(of worker: WorkerHandle) throws(ScanFailure) {
    guard let command = configuration.verifier else { return }
    let answers = worker.canaryHits.map(\.check)
    let isMute = answers.contains { $0 == .noAnswer }
    if answers.allSatisfy({ $0 == .unknown }) || isMute && hasProvenWorker { return }
    let failure = worker.verifier?.failure(within: VerifierProcess.exitTime).map { ": \($0)" } ?? ""
    throw .failed(
      "the verifier \(command[0]) does not answer `unknown` on an account that nobody has\(failure) (docs/VERIFY.md)"
    )
  }

  func closeUnit(_ number: UInt32) {
    if queue.units[number]?.range != nil { return closeRange(number, lost: nil) }
    queue.finish(unit: number)
    closeFinished()
  }

  /// Takes what ranges found as soon as it is known to count.
  func closeRange(_ number: UInt32, lost code: Problem.Code?) {
    if configuration.units?.isOfRanges == true { return record(number, lost: code) }
    if let outcome = queue.finish(range: number, lost: code) { settle(outcome) }
  }

  /// Takes what is now known of the ranges of a file.
  func settle(_ outcome: UnitQueue.RangeOutcome) {
    let file = outcome.file
    for step in outcome.steps {
      switch step {
      case .take(let origin, let lines, let records, let done):
        coverage.add(range: done)
        join(origin, to: outcome, lines: lines, records: records)
      case .drop(let origin): _ = collector?.pending.take(origin)
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
    let isTaken = collector?.pending.join(
      origin, to: outcome.file.origin, file: outcome.number, path: outcome.file.path, lines: lines,
      records: records)
    if isTaken == false {
      coverage.tooManyFindings(dump: outcome.file.dump, path: outcome.file.path)
    }
  }

  /// Turns what was found in logs, and in files that stand alone, into findings once all of it is read.
  func closeFinished() {
    for (number, origin) in queue.takeFinished() { end(number, origin, isWhole: true) }
  }

  /// Turns what was found under an origin into findings; not whole if the run ends before all of it is read.
  func end(_ number: UInt32, _ origin: UnitQueue.Origin, isWhole: Bool) {
    collector?.close(number, origin)
    guard let recorder else { return }
    let problems = coverage.problems(of: origin).map { (problem: $0, unread: unread($0)) }
    let findings = collector?.take(root: number) ?? []
    // What was not answered is asked again by the next run.
    let silent = findings.count { $0.exposure.passwordCheck?.verdict == .noAnswer }
    unanswered += silent
    recorder.add(
      origin, findings: findings, problems: problems, isWhole: isWhole && silent == 0)
  }
}
