internal import YAML

/// Reads the rules that judge a finding by what is known of it: parts of the score, and actions.
extension RuleReader {
  private static let sources = ["stealer-log", "browser-export", "line-list"]
  private static let matches = ["account", "domain", "service"]
  private static let checks = ["still-valid", "old", "unknown", "no-answer"]

  static func severity(_ fields: Fields) throws(RuleError) -> SeverityRule {
    let rule = SeverityRule(
      points: try fields.require("points").number(in: -100...100),
      when: try conditions(fields.require("when")),
      frenchTitle: try fields.optional("title_fr")?.text(),
      lower: try fields.optional("lower")?.text(),
      frenchLower: try fields.optional("lower_fr")?.text(),
      examples: try facts(fields.nodes("examples")),
      negativeExamples: try facts(fields.nodes("negative_examples")))
    try mustHaveExamples(fields, rule.examples.count, rule.negativeExamples.count)
    return rule
  }

  static func action(_ fields: Fields) throws(RuleError) -> ActionRule {
    var reasons: [ActionRule.Reason] = []
    for node in try fields.require("reasons").list() {
      let reason = try Fields(node, ["id", "when", "text", "text_fr"])
      let id = try reason.require("id").text()
      if reasons.contains(where: { $0.id == id }) { throw node.error("has an id twice") }
      reasons.append(
        ActionRule.Reason(
          id: id, when: try conditions(reason.require("when")),
          text: try reason.require("text").text(),
          frenchText: try reason.optional("text_fr")?.text()))
    }
    let within = try fields.require("within")
    guard ActionRule.seconds(try within.text()) != nil else {
      throw within.error("must be hours or days, such as PT4H or P2D")
    }
    let rule = ActionRule(
      order: try fields.require("order").number(in: 1...1000), within: try within.text(),
      unless: try fields.optional("unless").map { node throws(RuleError) in try conditions(node) },
      frenchTitle: try fields.optional("title_fr")?.text(),
      text: try fields.require("text").text(),
      frenchText: try fields.optional("text_fr")?.text(), reasons: reasons,
      examples: try facts(fields.nodes("examples")),
      negativeExamples: try facts(fields.nodes("negative_examples")))
    try mustHaveExamples(fields, rule.examples.count, rule.negativeExamples.count)
    return rule
  }

  private static func conditions(_ node: YAMLNode) throws(RuleError) -> SeverityRule.Conditions {
    let when = try Fields(
      node,
      [
        "source", "stolen_within_days", "stolen_after_days", "before_password_change",
        "service_level", "privileged", "match", "password", "host", "doubtful", "session_cookie",
        "open_session", "domain_listed", "password_elsewhere", "password_check",
      ])
    var conditions = SeverityRule.Conditions()
    conditions.source = try when.optional("source")?.word(of: sources)
    conditions.stolenWithinDays = try when.optional("stolen_within_days")?.number(in: 0...36500)
    conditions.stolenAfterDays = try when.optional("stolen_after_days")?.number(in: 0...36500)
    conditions.beforePasswordChange = try when.optional("before_password_change")?.truth()
    if let node = when.optional("service_level") { conditions.serviceLevel = try level(node) }
    conditions.privileged = try when.optional("privileged")?.truth()
    conditions.match = try when.optional("match")?.word(of: matches)
    conditions.password = try when.optional("password")?.truth()
    conditions.host = try when.optional("host")?.truth()
    conditions.doubtful = try when.optional("doubtful")?.truth()
    if let node = when.optional("session_cookie") {
      conditions.sessionCookie = try sessionCookie(node)
    }
    conditions.openSession = try when.optional("open_session")?.truth()
    conditions.domainListed = try when.optional("domain_listed")?.truth()
    conditions.passwordElsewhere = try when.optional("password_elsewhere")?.truth()
    conditions.passwordCheck = try when.optional("password_check")?.word(of: checks)
    if when.fields.isEmpty { throw when.node.error("needs a condition") }
    return conditions
  }

  private static func facts(_ nodes: [YAMLNode]) throws(RuleError) -> [SeverityRule.Facts] {
    var all: [SeverityRule.Facts] = []
    for node in nodes {
      let fields = try Fields(
        node,
        [
          "source", "stolen_days_ago", "before_password_change", "service_level", "privileged",
          "match", "password", "host", "doubtful", "session_cookie", "domain_listed",
          "password_elsewhere", "password_check",
        ])
      var facts = SeverityRule.Facts()
      facts.source = try fields.optional("source")?.word(of: sources)
      facts.stolenDaysAgo = try fields.optional("stolen_days_ago")?.number(in: -36500...36500)
      facts.isBeforePasswordChange = try fields.optional("before_password_change")?.truth()
      if let node = fields.optional("service_level") { facts.serviceLevel = try level(node) }
      facts.isPrivileged = try fields.optional("privileged")?.truth()
      facts.match = try fields.optional("match")?.word(of: matches)
      facts.hasPassword = try fields.optional("password")?.truth()
      facts.hasHost = try fields.optional("host")?.truth()
      facts.isDoubtful = try fields.optional("doubtful")?.truth()
      if let node = fields.optional("session_cookie") {
        facts.sessionCookie = try sessionCookie(node)
      }
      facts.isDomainListed = try fields.optional("domain_listed")?.truth()
      facts.isPasswordElsewhere = try fields.optional("password_elsewhere")?.truth()
      facts.passwordCheck = try fields.optional("password_check")?.word(of: checks)
      all.append(facts)
    }
    return all
  }

  private static func sessionCookie(
    _ node: YAMLNode
  ) throws(RuleError) -> SeverityRule.SessionCookie {
    let words = SeverityRule.SessionCookie.allCases.map(\.rawValue)
    return SeverityRule.SessionCookie(rawValue: try node.word(of: words)) ?? .absent
  }
}
