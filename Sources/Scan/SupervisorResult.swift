internal import Dumps
internal import Findings
internal import History
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

// What a run ends with.
extension Supervisor {
  private func makeEvidence(_ signals: Int32) throws(ScanFailure) {
    do throws(StoreFailure) {
      try recorder?.makeEvidence {
        var polled = pollfd(fd: signals, events: Int16(POLLIN), revents: 0)
        if unsafe poll(&polled, 1, 0) > 0 { coverage.counts.isInterrupted = true }
        return coverage.counts.isInterrupted
      }
    } catch {
      throw ScanFailure(error)
    }
  }

  func finish(_ signals: Int32) throws(ScanFailure) -> Result {
    coverage.add(queue.takePassedOver())
    for batch in returned { for descriptor in batch.descriptors { _ = close(descriptor) } }
    // Of an archive that was being read when the run was stopped, what was found stays.
    for file in archives.keys.sorted() { closeArchive(file, isWhole: false) }
    closeFinished()
    for (number, origin) in queue.origins { end(number, origin, isWhole: false) }
    try flush(all: true)
    try makeEvidence(signals)
    coverage.counts.files =
      queue.fileCount + coverage.unopenedFiles + (recorder?.survey.unchangedFiles ?? 0)
    coverage.counts.unchanged = recorder?.survey.unchangedFiles
    coverage.counts.logs += queue.logCount
    if configuration.shard != nil { coverage.counts.filesOfOthers = queue.filesOfOthers }
    var problems = coverage.problems.sorted().map { (problem: $0, unread: unread($0)) }
    if let recorder {
      do throws(StoreFailure) {
        let stored = try recorder.finish(collector.take(), problems)
        problems += stored.problems
        coverage.counts.unread = problems.map(\.unread)
        var result = result(stored.findings, problems)
        result.newProblems = problems.indices.filter { stored.isNew(problems[$0].unread) }
        result.idleSuppressions = stored.idleSuppressions
        return result
      } catch {
        throw ScanFailure(error)
      }
    }
    coverage.counts.unread = problems.map(\.unread)
    return result(collector.take()?.finish() ?? [], problems)
  }

  private func result(
    _ findings: [Finding], _ problems: [(problem: Problem, unread: FindingsDocument.Unread)]
  ) -> Result {
    let noAnswer = Finding.PasswordCheck(.noAnswer, at: configuration.asOf)
    let silent =
      recorder == nil ? findings.count { $0.exposure.passwordCheck == noAnswer } : unanswered
    return Result(
      findings: findings, coverage: coverage.counts, sandbox: sandbox(),
      problems: problems.map { ($0.problem, $0.unread.pathID) }, readings: readings,
      verifierFailures: verifierFailures, unanswered: silent)
  }

  /// The problem as the document tells it.
  func unread(_ problem: Problem) -> FindingsDocument.Unread {
    FindingsDocument.Unread(
      input: SafeText(problem.dump),
      pathID: collector?.pathID(dump: problem.dump, path: problem.path) ?? "",
      reason: problem.code.rawValue, skippedBytes: problem.skippedBytes,
      bytes: problem.bytes.map { Int(clamping: $0.lowerBound)..<Int(clamping: $0.upperBound) },
      members: problem.members)
  }

  /// The weakest level that a worker reached.
  private func sandbox() -> String {
    if levels.isEmpty { return "none" }
    if levels.contains(where: \.isOff) { return "off" }
    let abi = levels.map(\.landlockABI).min() ?? 0
    return abi > 0 ? "landlock-\(abi)+seccomp+limits" : "seccomp+limits"
  }
}
