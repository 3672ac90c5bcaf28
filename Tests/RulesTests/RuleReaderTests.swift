import Foundation
import Testing
import YAML

@testable import Rules

/// One rule of each kind that is as it must be.
private enum RuleTexts {
  static let service = """
    id: svc.a
    kind: service
    title: A
    level: high
    hosts: [a.example]
    examples: ["https://a.example/"]
    negative_examples: ["https://b.example/"]

    """

  static let family = """
    id: fam.a
    kind: family
    title: A
    markers:
      - {text: "A stealer", points: 60}
    dates:
      - {label: Log date, order: dmy}
    examples: [{file: a.txt, text: A stealer}]
    negative_examples: [{file: a.txt, text: B}]

    """

  static let action = """
    id: act.a
    kind: action
    title: A
    order: 10
    within: PT4H
    text: Do it.
    reasons:
      - {id: infected, when: {source: stealer-log}, text: Because.}
      - {id: privileged, when: {privileged: true}, text: Because.}
    examples: [{source: stealer-log}]
    negative_examples: [{source: line-list}]

    """

  static let labels = """
    id: labels.a
    kind: labels
    title: A
    labels: {login: [Login, User name]}
    examples: [{line: "Login: ann", class: login}]
    negative_examples: [{line: "Log: ann", class: login}]

    """

  static let thresholds = """
    id: thresholds.a
    kind: thresholds
    title: A
    critical: 80
    high: 60
    medium: 35

    """
}

@Suite("rule files")
struct RuleReaderTests {
  @Test("a rule is read with all that it says")
  func service() throws {
    let rule = try RuleReader.rule(RuleTexts.service, path: "a.yaml")
    #expect(rule.id == "svc.a")
    #expect(rule.exampleCount == 2)
    guard case .service(let service) = rule.content else {
      Issue.record("not a service")
      return
    }
    #expect(service.hosts == ["a.example"])
    #expect(service.level == .high)
  }

  @Test(
    "a fault is refused with its line and column",
    arguments: [
      ("an unknown key", "colour: red\n", 8, 1, "unknown key colour"),
      ("a key of another kind", "points: 3\n", 8, 1, "unknown key points"),
      ("a repeated key", "title: B\n", 3, 1, "repeats the key"),
      ("an anchor", "reach: &a [x]\n", 8, 8, "anchors and aliases"),
      ("a list for a key", "? [reach]\n: [x]\n", 8, 3, "has a key that is no text"),
      ("a mapping for a key", "reach: {{a: b}: c}\n", 8, 9, "has a key that is no text"),
      ("an anchor on a text", "reach: [&a x]\n", 8, 9, "anchors and aliases"),
      ("an alias of nothing", "reach: *a\n", 8, 8, "anchors and aliases"),
      ("a wrong type", "reach: x\n", 8, 8, "must be a list"),
      ("a wrong type in a list", "reach: [[x]]\n", 8, 9, "must be a text"),
      ("an open bracket", "reach: [x\n", 9, 1, "did not find expected"),
      ("a second document", "---\nid: x\n", 8, 1, "another document"),
    ]
  )
  func faults(what: String, text: String, line: Int, column: Int, reason: String) {
    expect(what: what, text: RuleTexts.service + text, line, column, reason)
  }

  @Test(
    "a value out of range is refused where it stands",
    arguments: [
      ("level: high", "level: urgent", 4, 8, "must be one of"),
      ("hosts: [a.example]", "hosts: [\"https://a.example\"]", 5, 9, "host name"),
      ("hosts: [a.example]", "hosts: [A.example]", 5, 9, "host name"),
      ("hosts: [a.example]", "hosts: []", 1, 1, "needs hosts or apps"),
      ("id: svc.a", "id: svc a", 1, 1, "id of other than"),
      ("kind: service", "kind: product", 2, 7, "must be one of"),
      ("title: A\n", "", 1, 1, "lacks the key title"),
      ("examples: [\"https://a.example/\"]\n", "", 1, 1, "at least one example"),
    ]
  )
  func values(old: String, new: String, line: Int, column: Int, reason: String) {
    let text = RuleTexts.service.replacing(old, with: new, maxReplacements: 1)
    expect(what: new, text: text, line, column, reason)
  }

  @Test(
    "a rule of any kind is refused where it is wrong",
    arguments: [
      (
        RuleTexts.family, "text: \"A stealer\", ", "", 5, 5,
        "must have one of text, line and file"
      ),
      (
        RuleTexts.family, "points: 60", "points: 60, line: x", 5, 5,
        "must have one of text, line and file"
      ),
      (RuleTexts.family, "points: 60", "points: 101", 5, 33, "must be"),
      (RuleTexts.family, "order: dmy", "order: ddmm", 7, 30, "must be one of"),
      (RuleTexts.action, "id: privileged", "id: infected", 9, 5, "has an id twice"),
      (RuleTexts.action, "{privileged: true}", "{}", 9, 28, "needs a condition"),
      (
        RuleTexts.action, "within: PT4H", "within: 4h", 5, 9,
        "must be hours or days, such as PT4H or P2D"
      ),
      (
        RuleTexts.action, "within: PT4H", "within: PT0H", 5, 9,
        "must be hours or days, such as PT4H or P2D"
      ),
      (RuleTexts.action, "within: PT4H", "within: P1001D", 5, 9, "must be hours or days"),
      (RuleTexts.action, "privileged: true", "privileged: perhaps", 9, 41, "must be"),
      (
        RuleTexts.labels, "User name", String(repeating: "é", count: 20) + "x", 4, 25,
        "is longer than 40 bytes"
      ),
      (RuleTexts.labels, "class: login", "class: logins", 5, 40, "must be one of"),
      (
        RuleTexts.service, "examples: [\"https",
        "reach: [x, y]\nreach_fr: [z]\nexamples: [\"https", 1, 1,
        "has a reach_fr of other than the lines of reach"
      ),
      (
        RuleTexts.thresholds, "high: 60", "high: 80", 1, 1,
        "needs critical above high above medium"
      ),
      (
        RuleTexts.thresholds, "high: 60", "high: 35", 1, 1,
        "needs critical above high above medium"
      ),
      (RuleTexts.thresholds, "medium: 35", "medium: 0", 6, 9, "must be"),
    ] as [(String, String, String, Int, Int, String)])
  func kinds(
    text: String, old: String, new: String, line: Int, column: Int, reason: String
  ) throws {
    #expect(throws: Never.self) { try RuleReader.rule(text, path: "a.yaml") }
    try #require(text.contains(old))
    expect(
      what: new, text: text.replacing(old, with: new, maxReplacements: 1), line, column, reason)
  }

  @Test("an order of dates, a reason and a label are read as they stand there")
  func read() throws {
    guard case .family(let family) = try RuleReader.rule(RuleTexts.family, path: "a.yaml").content,
      case .action(let action) = try RuleReader.rule(RuleTexts.action, path: "a.yaml").content,
      case .labels(let labels) = try RuleReader.rule(
        RuleTexts.labels.replacing("User name", with: String(repeating: "é", count: 20)),
        path: "a.yaml"
      ).content
    else {
      Issue.record("of another kind")
      return
    }
    #expect(family.dates.map(\.label) == ["Log date"] && family.dates.map(\.order) == [.dmy])
    #expect(family.markers.map(\.text) == ["A stealer"] && family.markers.map(\.points) == [60])
    #expect(action.reasons.map(\.id) == ["infected", "privileged"])
    #expect(action.order == 10 && action.within == "PT4H")
    #expect(
      labels.labels.map(\.label) == ["Login", String(repeating: "é", count: 20)],
      "40 bytes are not too many")
  }

  @Test(
    "a time to act in is of hours or of days, at most a thousand",
    arguments: [
      ("PT1H", 3600), ("PT1000H", 3_600_000), ("P2D", 172_800), ("P1000D", 86_400_000),
      ("PT1001H", nil), ("P0D", nil), ("PT-1H", nil), ("PTH", nil), ("P2H", nil), ("PT2D", nil),
      ("2D", nil), ("P2", nil), ("", nil),
    ] as [(String, Int?)])
  func within(text: String, seconds: Int?) {
    #expect(ActionRule.seconds(text) == seconds)
  }

  private func expect(
    what: String, text: String, _ line: Int, _ column: Int, _ reason: String
  ) {
    do {
      _ = try RuleReader.rule(text, path: "a.yaml")
      Issue.record("\(what) was accepted")
    } catch {
      #expect(error.path == "a.yaml")
      #expect(error.line == line, "\(what): \(error.message)")
      #expect(error.column == column, "\(what): \(error.message)")
      #expect(error.reason.contains(reason), "\(what): \(error.message)")
    }
  }

  @Test(
    "the names of session cookies are exact, or a beginning with * behind it",
    arguments: [
      ("[SID, __Host-sid.a, SSO_*]", nil as Int?), ("[]", nil), ("[\"*\"]", 19), ("[S*D]", 19),
      ("[\"a b\"]", 19), ("[\"a=b\"]", 19), ("[\"a;\"]", 19), ("[SID, é]", 24), ("SID", 18),
    ])
  func sessionCookies(names: String, column: Int?) throws {
    let text = RuleTexts.service + "session_cookies: \(names)\n"
    if let column {
      expect(what: names, text: text, 8, column, "must be")
    } else if case .service(let service) = try RuleReader.rule(text, path: "a.yaml").content {
      #expect("[" + service.sessionCookies.joined(separator: ", ") + "]" == names)
    }
  }

  @Test("nesting is bounded, and a bomb of aliases is never expanded")
  func bombs() {
    let deep = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
    let deeper = String(repeating: "[", count: 30_000)
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1...40 {
      bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
    }
    for text in [
      RuleTexts.service + "reach: \(deep)\n", RuleTexts.service + "reach: \(deeper)\n", bomb,
    ] {
      #expect(throws: RuleError.self) { try RuleReader.rule(text, path: "a.yaml") }
    }
  }
}

@Suite("rule catalogue")
struct RuleCatalogueTests {
  static let own = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "rules").path

  /// A directory of rule files, gone after the test.
  private func withRules(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, text) in files {
      try Data(text.utf8).write(to: directory.appending(path: name))
    }
    try body(directory.path)
  }

  @Test("the rules of the package are whole")
  func own() throws {
    let catalogue = try RuleCatalogue(directories: [Self.own])
    let families = Set(catalogue.families.map(\.id))
    for family in ["redline", "meta", "lumma", "vidar", "stealc", "raccoon", "amos"] {
      #expect(families.contains("fam.\(family)"))
    }
    #expect(catalogue.services.contains { $0.id == "svc.ft.kairos" && $0.rule.level == .critical })
    #expect(catalogue.thresholds == Thresholds(critical: 80, high: 60, medium: 35))
  }

  @Test("a rule of a later directory replaces the one with its id")
  func replaces() throws {
    let kairos = RuleTexts.service.replacing("svc.a", with: "svc.ft.kairos")
    try withRules(["kairos.yaml": kairos]) { directory in
      let catalogue = try RuleCatalogue(directories: [Self.own, directory])
      let rule = catalogue.services.first { $0.id == "svc.ft.kairos" }
      #expect(rule?.rule.hosts == ["a.example"])
    }
  }

  @Test(
    "what a run cannot do without is missed",
    arguments: [
      ([:], "holds no rule (*.yaml)"), (["a.txt": RuleTexts.thresholds], "holds no rule (*.yaml)"),
      (["l.yaml": RuleTexts.labels], "needs one rule of the kind thresholds"),
      (
        [
          "l.yaml": RuleTexts.labels, "t.yaml": RuleTexts.thresholds,
          "u.yaml": RuleTexts.thresholds.replacing("thresholds.a", with: "thresholds.b"),
        ], "needs one rule of the kind thresholds"
      ),
      (["t.yaml": RuleTexts.thresholds], "needs a rule of the kind labels"),
      (["l.yaml": RuleTexts.labels, "t.yaml": RuleTexts.thresholds], nil),
    ] as [([String: String], String?)])
  func needs(files: [String: String], reason: String?) throws {
    try withRules(files) { directory in
      do {
        let catalogue = try RuleCatalogue(directories: [directory])
        #expect(reason == nil && catalogue.rules.map(\.id) == ["labels.a", "thresholds.a"])
      } catch let error as RuleError {
        #expect(error.path == directory && error.reason == reason, "\(error.message)")
      }
    }
  }

  @Test("rules lie at most eight directories deep, and a link to nothing is told")
  func depth() throws {
    try withRules(["l.yaml": RuleTexts.labels]) { directory in
      let eighth = directory + String(repeating: "/d", count: 8)
      try FileManager.default.createDirectory(atPath: eighth, withIntermediateDirectories: true)
      try Data(RuleTexts.thresholds.utf8).write(to: URL(filePath: eighth + "/t.yaml"))
      #expect(
        try RuleCatalogue(directories: [directory]).rules.map(\.id) == ["labels.a", "thresholds.a"])
      try FileManager.default.createDirectory(
        atPath: eighth + "/d", withIntermediateDirectories: true)
      do {
        _ = try RuleCatalogue(directories: [directory])
        Issue.record("a ninth is read")
      } catch let error as RuleError {
        #expect(error.path == eighth + "/d" && error.reason == "is nested too deeply")
      }
    }
    try withRules(["l.yaml": RuleTexts.labels, "t.yaml": RuleTexts.thresholds]) { directory in
      try FileManager.default.createSymbolicLink(
        atPath: directory + "/x.yaml", withDestinationPath: "nowhere")
      do {
        _ = try RuleCatalogue(directories: [directory])
        Issue.record("a link to nothing is passed over")
      } catch let error as RuleError {
        #expect(error.path == directory + "/x.yaml" && error.reason == "cannot be read")
      }
    }
  }

  @Test("one id twice in a directory is refused, and so is a file over 64 KiB")
  func refusals() throws {
    try withRules(["a.yaml": RuleTexts.service, "b.yaml": RuleTexts.service]) {
      directory in
      #expect(throws: RuleError.self) { try RuleCatalogue(directories: [Self.own, directory]) }
    }
    let large = RuleTexts.service + "# " + String(repeating: "x", count: 64 << 10) + "\n"
    try withRules(["a.yaml": large]) { directory in
      #expect(throws: RuleError.self) { try RuleCatalogue(directories: [Self.own, directory]) }
    }
    #expect(throws: RuleError.self) { try RuleCatalogue(directories: ["/nowhere"]) }
  }
}

@Suite("severity")
struct SeverityRuleTests {
  @Test(
    "a condition on something unknown does not hold",
    arguments: [
      (SeverityRule.Conditions(stolenWithinDays: 30), nil as Int?, false),
      (SeverityRule.Conditions(stolenWithinDays: 30), 30, true),
      (SeverityRule.Conditions(stolenWithinDays: 30), 31, false),
      (SeverityRule.Conditions(stolenAfterDays: 30), 30, false),
      (SeverityRule.Conditions(stolenAfterDays: 30), 31, true),
      (SeverityRule.Conditions(stolenWithinDays: 30), -2, true),
    ]
  )
  func ages(conditions: SeverityRule.Conditions, days: Int?, holds: Bool) {
    var facts = SeverityRule.Facts()
    facts.stolenDaysAgo = days
    #expect(conditions.hold(for: facts) == holds)
  }

  @Test(
    "scores become words at their thresholds",
    arguments: [
      (100, Level.critical), (80, .critical), (79, .high), (60, .high), (35, .medium), (34, .low),
      (0, .low),
    ]
  )
  func thresholds(score: Int, level: Level) {
    #expect(Thresholds(critical: 80, high: 60, medium: 35).level(of: score) == level)
  }

  @Test("a condition on the session's cookie holds for that state alone")
  func sessionCookie() {
    let conditions = SeverityRule.Conditions(sessionCookie: .live)
    for state in SeverityRule.SessionCookie.allCases {
      var facts = SeverityRule.Facts()
      #expect(!conditions.hold(for: facts))
      facts.sessionCookie = state
      #expect(conditions.hold(for: facts) == (state == .live))
    }
    var listed = SeverityRule.Facts()
    #expect(!SeverityRule.Conditions(domainListed: true).hold(for: listed))
    listed.isDomainListed = true
    #expect(SeverityRule.Conditions(domainListed: true).hold(for: listed))
  }
}
