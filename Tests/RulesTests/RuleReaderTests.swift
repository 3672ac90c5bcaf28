import Foundation
import Testing
import YAML

@testable import Rules

@Suite("rule files")
struct RuleReaderTests {
  static let service = """
    id: svc.a
    kind: service
    title: A
    level: high
    hosts: [a.example]
    examples: ["https://a.example/"]
    negative_examples: ["https://b.example/"]

    """

  @Test("a rule is read with all that it says")
  func service() throws {
    let rule = try RuleReader.rule(Self.service, path: "a.yaml")
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
      ("an anchor on a text", "reach: [&a x]\n", 8, 9, "anchors and aliases"),
      ("an alias of nothing", "reach: *a\n", 8, 8, "undefined alias"),
      ("a wrong type", "reach: x\n", 8, 8, "must be a list"),
      ("a wrong type in a list", "reach: [[x]]\n", 8, 9, "must be a text"),
      ("an open bracket", "reach: [x\n", 9, 1, "did not find expected"),
      ("a second document", "---\nid: x\n", 8, 1, "another document"),
    ]
  )
  func faults(what: String, text: String, line: Int, column: Int, reason: String) {
    expect(what: what, text: Self.service + text, line, column, reason)
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
    let text = Self.service.replacing(old, with: new, maxReplacements: 1)
    expect(what: new, text: text, line, column, reason)
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
    let text = Self.service + "session_cookies: \(names)\n"
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
    for text in [Self.service + "reach: \(deep)\n", Self.service + "reach: \(deeper)\n", bomb] {
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
    let kairos = RuleReaderTests.service.replacing("svc.a", with: "svc.ft.kairos")
    try withRules(["kairos.yaml": kairos]) { directory in
      let catalogue = try RuleCatalogue(directories: [Self.own, directory])
      let rule = catalogue.services.first { $0.id == "svc.ft.kairos" }
      #expect(rule?.rule.hosts == ["a.example"])
    }
  }

  @Test("one id twice in a directory is refused, and so is a file over 64 KiB")
  func refusals() throws {
    try withRules(["a.yaml": RuleReaderTests.service, "b.yaml": RuleReaderTests.service]) {
      directory in
      #expect(throws: RuleError.self) { try RuleCatalogue(directories: [Self.own, directory]) }
    }
    let large = RuleReaderTests.service + "# " + String(repeating: "x", count: 64 << 10) + "\n"
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
