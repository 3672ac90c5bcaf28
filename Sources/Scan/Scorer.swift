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
      finding.isStillExposed = stolen >= changed || finding.isChangeContradicted
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
    finding.actions = catalogue.actions.compactMap { id, _, rule in
      let reasons = rule.reasons(for: facts)
      return reasons.isEmpty
        ? nil : Finding.Action(rule: id, within: rule.within, reasons: reasons)
    }
  }

  /// What the rules say of that which the findings name.
  static func texts(
    of findings: [Finding], _ catalogue: RuleCatalogue
  ) -> FindingsDocument.Texts {
    var texts = FindingsDocument.Texts()
    let actions = Set(findings.flatMap { $0.actions.map(\.rule) })
    for (id, title, rule) in catalogue.actions where actions.contains(id) {
      let reasons = rule.reasons.map { ($0.id, Words(en: $0.text, fr: $0.frenchText)) }
      let action = FindingsDocument.Texts.Action(
        title: Words(en: title, fr: rule.frenchTitle),
        text: Words(en: rule.text, fr: rule.frenchText),
        reasons: Dictionary(reasons, uniquingKeysWith: { first, _ in first }))
      texts.actions.append((id, action))
    }
    let parts = Set(findings.flatMap { $0.scoreParts.map(\.rule) })
    for (id, title, rule) in catalogue.severities where parts.contains(id) {
      texts.scoreParts[id] = FindingsDocument.Texts.ScorePart(
        title: Words(en: title, fr: rule.frenchTitle),
        lower: rule.lower.map { Words(en: $0, fr: rule.frenchLower) })
    }
    let thresholds = catalogue.thresholds
    texts.thresholds = [thresholds.critical, thresholds.high, thresholds.medium]
    let services = Set(findings.compactMap(\.service.rule))
    for (id, _, rule) in catalogue.services where services.contains(id) {
      texts.reach[id] = rule.reach.indices.map { index in
        Words(
          en: rule.reach[index], fr: rule.frenchReach.isEmpty ? nil : rule.frenchReach[index])
      }
    }
    return texts
  }

  private func facts(_ finding: Finding) -> SeverityRule.Facts {
    var facts = SeverityRule.Facts()
    facts.source = finding.source
    facts.stolenDaysAgo = finding.daysStolenToSeen
    facts.isBeforePasswordChange = finding.isStillExposed.map { !$0 }
    // The list knows of no change, and the verifier of another password: it was changed at some time.
    if finding.standingCheck?.verdict == .old, finding.isStillExposed == true {
      facts.isBeforePasswordChange = nil
    }
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
    facts.isPasswordElsewhere = finding.exposure.otherSites.map { $0 > 0 } ?? false
    facts.passwordCheck = finding.standingCheck?.verdict.rawValue
    facts.isDomainListed = finding.exposure.isDomainListed
    return facts
  }

  /// Whole days; a part of a day does not count.
  static func days(from start: UTCTime, to end: UTCTime) -> Int {
    Int((end.seconds - start.seconds) / 86_400)
  }
}
