internal import Clock
internal import Findings
internal import History

/// What a night's document tells: every finding that is not resolved, whether its dump was read tonight or not, and what is
/// resolved since the last document.
extension RunRecorder {
  struct Night {
    var findings: [Finding] = []
    /// Of inputs that need not be read again.
    var problems: [(problem: Problem, unread: FindingsDocument.Unread)] = []
    /// Problems that a document has told.
    var told: Set<[String]>
    /// Suppressions that suppress nothing any more.
    var idleSuppressions: [(id: String, reason: String)] = []

    func isNew(_ unread: FindingsDocument.Unread) -> Bool {
      !told.contains([unread.pathID, unread.reason])
    }
  }

  /// Makes the night's findings, of the store alone; `tonight` is what could not be read tonight.
  func finish(
    _ collector: consuming FindingCollector?,
    _ tonight: [(problem: Problem, unread: FindingsDocument.Unread)]
  ) throws(StoreFailure) -> Night {
    guard let collector else { return Night(told: []) }
    var night = Night(told: try store.toldProblems())
    night.problems = try problemsOfUnchanged()
    var findings = try refreshed(collector)
    if try rename(findings) { findings = try refreshed(collector) }
    let since = try start()
    var open: Set<String> = []
    for (stored, refreshed, listing) in findings {
      var finding = refreshed
      let past = past(of: stored, finding, listing)
      if past.state != .resolved { open.insert(finding.id) }
      // What is resolved, and was told to be, is history.
      if past.state == .resolved && stored.told == .resolved { continue }
      let isNews = past.state == .new || past.state == .reopened || past.firstSeen >= since
      if !isNews && since.seconds > 0 { continue }
      finding.past = past
      night.findings.append(finding)
    }
    night.idleSuppressions = try idleSuppressions(open)
    prepare(findings: night.findings, problems: tonight.map(\.unread))
    return night
  }

  private typealias Refreshed = (
    stored: StoredFinding, finding: Finding, listing: FindingCollector.Listing
  )

  private func refreshed(
    _ collector: borrowing FindingCollector
  ) throws(StoreFailure) -> [Refreshed] {
    try store.findings().map { stored in
      var finding = stored.joined
      let listing = collector.refresh(&finding)
      return (stored, finding, listing)
    }
  }

  /// Gives findings the ids that they have tonight: a list may have got references since. False if all have them.
  private func rename(_ findings: [Refreshed]) throws(StoreFailure) -> Bool {
    let renamed = findings.filter { $0.stored.id != $0.finding.id && $0.listing == .listed }
    for entry in renamed {
      try store.rename(entry.stored.id, to: entry.finding.id, partner: entry.finding.partner)
    }
    return !renamed.isEmpty
  }

  /// Told on the first night on which it is so: one that has ended is told by the day, and one of nothing is removed.
  private func idleSuppressions(
    _ open: Set<String>
  ) throws(StoreFailure) -> [(id: String, reason: String)] {
    var idle: [(id: String, reason: String)] = []
    for (id, suppression) in try store.suppressions().sorted(by: { $0.key < $1.key }) {
      if suppression.until <= asOf {
        idle.append((id, "has ended; its finding counts again"))
      } else if !open.contains(id) {
        idle.append((id, "is of no open finding, and was removed"))
      } else {
        continue
      }
      try store.suppress(id, nil)
    }
    return idle
  }

  private func past(
    of stored: StoredFinding, _ finding: Finding, _ listing: FindingCollector.Listing
  ) -> Finding.Past {
    let resolution = resolution(of: stored, finding, listing)
    let isThere = stored.fragments.contains { survey.origins.contains($0.origin) }
    var past = Finding.Past(
      state: .ongoing, firstSeen: stored.firstSeen,
      lastSeen: isThere ? max(asOf, stored.lastSeen) : stored.lastSeen,
      resolution: resolution, marks: stored.marks)
    switch (resolution, stored.told) {
    case (.some, _): past.state = .resolved
    case (nil, nil): past.state = .new
    // Without its list nobody can say that it is back.
    case (nil, .resolved?): past.state = listing == .unknown ? .resolved : .reopened
    case (nil, _?): past.state = .ongoing
    }
    past.suppression = stored.suppression.flatMap { $0.until > asOf ? $0 : nil }
    return past
  }

  /// Why nothing is left to do, or nil if something is.
  private func resolution(
    of stored: StoredFinding, _ finding: Finding, _ listing: FindingCollector.Listing
  ) -> Finding.Past.Resolution? {
    if listing == .unlisted { return .unlisted }
    // Without its list nothing could have told it tonight.
    if stored.isWithdrawn && listing == .listed { return .withdrawn }
    // A new password ends no session that was stolen.
    if finding.isStillExposed == false && !finding.hasLiveSession { return .passwordChanged }
    guard let reset = stored.marks.first(where: { $0.name == .resetDone })?.at else { return nil }
    // Somebody said so, and the verifier says otherwise since.
    if let check = finding.standingCheck, check.verdict == .stillValid, check.time > reset {
      return nil
    }
    // A copy of the old theft is no new one; of what has no date, nobody knows.
    let isStolenAgain = stored.fragments.contains { fragment in
      fragment.added > reset && fragment.finding.infection.stolenAt.map { $0 > reset } ?? true
    }
    return isStolenAgain ? nil : .operatorSaidSo
  }

  /// From when on findings are told; 1970 for all.
  func start() throws(StoreFailure) -> UTCTime {
    switch since {
    case nil: return UTCTime(seconds: 0)
    case .time(let time): return time
    case .run(let name):
      guard let run = try store.run(named: name) else {
        throw .refused("--since \(name) names no run; dumpsieve findings runs lists them")
      }
      return run.asOf
    }
  }

  /// What could not be read of inputs that are as they were: that nothing of them is read tonight makes it no better.
  private func problemsOfUnchanged() throws(StoreFailure) -> [(
    problem: Problem, unread: FindingsDocument.Unread
  )] {
    let known = try store.problemsOfOrigins()
    if known.isEmpty { return [] }
    let entries = survey.unchanged.flatMap { place in
      (known[place.id] ?? []).compactMap { stored -> (Problem, FindingsDocument.Unread)? in
        guard let code = Problem.Code(rawValue: stored.unread.reason) else { return nil }
        var unread = stored.unread
        unread.input = SafeText(dumps[place.dump])
        return (Problem(code, dump: dumps[place.dump], path: place.path), unread)
      }
    }
    return entries.map { (problem: $0, unread: $1) }.sorted { $0.unread < $1.unread }
  }
}
