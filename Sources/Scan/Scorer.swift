internal import Clock
internal import Findings
internal import Rules

/// Turns what is known of a finding into a score, every part of which names its rule.
struct Scorer {
  private let catalogue: RuleCatalogue
  private let asOf: UTCTime

  init(_ catalogue: RuleCatalogue, asOf: UTCTime) {
    self.catalogue = catalogue
    self.asOf = asOf
  }

  /// Fills severity, score, its parts and the timeline.
  func score(_ finding: inout Finding) {
    let stolen = finding.infection.stolenAt
    if let stolen { finding.daysStolenToSeen = Self.days(from: stolen, to: asOf) }
    if let stolen, let changed = finding.passwordChangedAt {
      finding.isStillExposed = stolen >= changed
    }
    if let expiry = finding.exposure.cookies?.latestExpiry {
      finding.exposure.cookies?.isUnexpiredAtTheft = stolen.map { expiry > $0 }
      finding.exposure.cookies?.isUnexpiredAtScan = expiry > asOf
    }
    let facts = facts(finding)
    var sum = 0
    finding.scoreParts = []
    for (id, title, rule) in catalogue.severities where rule.when.hold(for: facts) {
      sum += rule.points
      finding.scoreParts.append(Finding.ScorePart(rule: id, points: rule.points, text: title))
    }
    // The parts that weigh most first; equal ones by their ids.
    finding.scoreParts.sort { (-abs($0.points), $0.rule) < (-abs($1.points), $1.rule) }
    finding.score = min(100, max(0, sum))
    finding.severity =
      Severity(rawValue: catalogue.thresholds.level(of: finding.score).rawValue) ?? .low
  }

  private func facts(_ finding: Finding) -> SeverityRule.Facts {
    var facts = SeverityRule.Facts()
    facts.source = finding.source
    facts.stolenDaysAgo = finding.daysStolenToSeen
    facts.isBeforePasswordChange = finding.isStillExposed.map { !$0 }
    facts.serviceLevel = finding.service.level.flatMap { Level(rawValue: $0.rawValue) }
    facts.isPrivileged = finding.account.isPrivileged
    facts.match = finding.account.match.rawValue
    facts.hasPassword = finding.hasPassword
    facts.hasHost = finding.service.host != nil
    facts.isDoubtful = finding.isDoubtful
    facts.sessionCookie = finding.exposure.cookies.map { cookies in
      if !cookies.hasSession { return .absent }
      return cookies.isUnexpiredAtScan.map { $0 ? .live : .expired } ?? .unknown
    }
    facts.isDomainListed = finding.exposure.isDomainListed
    return facts
  }

  /// Whole days; a part of a day does not count.
  static func days(from start: UTCTime, to end: UTCTime) -> Int {
    Int((end.seconds - start.seconds) / 86_400)
  }
}
