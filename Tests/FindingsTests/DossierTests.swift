import Clock
import Foundation
import Testing

@testable import Findings

/// What a dossier takes for a theft.
@Suite("Dossiers")
struct DossierTests {
  private static let now = UTCTime("2025-07-14T01:30:00Z") ?? UTCTime(seconds: 0)
  private static let before = UTCTime("2025-07-01T01:30:00Z") ?? UTCTime(seconds: 0)

  /// The dossier of the example's two findings, changed; only the first is of an infected machine.
  private static func dossier(
    _ form: String = "markdown", _ language: Language = .en, aware: UTCTime? = nil,
    _ change: (inout [Finding]) -> Void
  ) throws -> String {
    var document = try DocumentTests.example()
    change(&document.findings)
    let partner = "org-formation-isere"
    return Dossier(document, partner: partner, version: .initial, aware: aware)
      .render(form, language)
  }

  private static func withdrawn(_ finding: inout Finding) {
    finding.past = .init(
      state: .resolved, firstSeen: before, lastSeen: before, resolution: .withdrawn)
  }

  private static func suppressed(_ finding: inout Finding) {
    finding.past = .init(
      state: .ongoing, firstSeen: before, lastSeen: now,
      suppression: .init(reason: "a test account", author: "ann", until: now))
  }

  @Test(
    "what is withdrawn or set aside stands in the record, and nowhere else",
    arguments: [true, false])
  func noThefts(isWithdrawn: Bool) throws {
    let page = try Self.dossier { findings in
      if isWithdrawn { Self.withdrawn(&findings[0]) } else { Self.suppressed(&findings[0]) }
      findings[1].past = .init(state: .ongoing, firstSeen: Self.now, lastSeen: Self.now)
    }
    #expect(page.contains("17 July 2025, 01:30 UTC"))
    for words in ["Credentials stolen", "RedLine", "machine(s)", "(critical, dsf1-", "1 July 2025"]
    {
      #expect(!page.contains(words), "\(words)")
    }
    #expect(page.contains("(medium, dsf1-"))
    #expect(page.contains("For 1 finding(s)"))
    #expect(
      page.contains(isWithdrawn ? "- Withdrawn: what was" : "- Set aside: a test account (ann)"))
  }

  @Test("a theft whose account is safe by now is one, and says so")
  func resolved() throws {
    let page = try Self.dossier { findings in
      findings[0].past = .init(
        state: .resolved, firstSeen: Self.before, lastSeen: Self.now, resolution: .passwordChanged)
    }
    #expect(page.contains("4 July 2025, 01:30 UTC"))
    #expect(page.contains("RedLine Stealer) on 1 machine(s)"))
    #expect(page.contains("(critical, dsf1-ad773f32b78917e7): the password was changed"))
  }

  @Test("where there is no theft, none is told, and no time runs", arguments: Language.allCases)
  func nothing(language: Language) throws {
    let nothing = try Self.dossier("markdown", language) { $0 = [] }
    let words =
      language == .en
      ? ["found no account", "no theft from which", "confidentiality (suggested"]
      : ["n'a trouvé aucun compte", "aucun vol à partir", "confidentialité (suggéré"]
    #expect(nothing.contains(words[0]))
    #expect(nothing.contains(words[1]))
    #expect(!nothing.contains(words[2]))
    let json = try Self.dossier("json", language) { $0 = [] }
    #expect(json.contains(#""notify_by": null"#))
    let aside = try Self.dossier("markdown", language) { findings in
      Self.withdrawn(&findings[0])
      Self.suppressed(&findings[1])
    }
    #expect(aside.contains(language == .en ? "withdrawn or set aside" : "retiré ou mis de côté"))
    #expect(aside.contains(words[1]))
  }

  @Test("machines that nothing names are not counted", arguments: Language.allCases)
  func noDevice(language: Language) throws {
    let page = try Self.dossier("markdown", language) { $0[0].infection.deviceID = nil }
    #expect(page.contains("(RedLine Stealer)\n"))
  }

  @Test("who says that he became aware after the scan has its time beside his")
  func later() throws {
    let aware = UTCTime("2025-07-15T09:00:00Z")
    let page = try Self.dossier(aware: aware) { _ in }
    #expect(page.contains("- 15 July 2025, 09:00 UTC\n"))
    #expect(page.contains("- The scan saw it before, on 14 July 2025, 01:30 UTC.\n"))
    let earlier = try Self.dossier(aware: Self.before) { _ in }
    #expect(!earlier.contains("The scan saw it before"))
  }

  @Test(
    "a complementary notification names the initial one",
    arguments: [
      (
        Language.en, "# Personal data breach: complementary notification (draft)\n",
        "**Number of the initial notification**\n", "- complementary\n"
      ),
      (
        Language.fr,
        "# Violation de données personnelles\u{A0}: notification complémentaire (projet)\n",
        "**Numéro de la notification initiale**\n", "- complémentaire\n"
      ),
    ])
  func complementary(language: Language, title: String, question: String, kind: String) throws {
    func page(_ version: Dossier.Version) throws -> String {
      Dossier(
        try DocumentTests.example(), partner: "org-formation-isere", version: version, aware: nil
      ).render("markdown", language)
    }
    for words in [title, question, kind] {
      #expect(try page(.complementary).contains(words), "\(words)")
      #expect(!(try page(.initial).contains(words)), "\(words)")
    }
  }

  @Test("what the operator did is a measure that was taken, with its time and source")
  func marks() throws {
    func page(_ language: Language, _ marks: [Finding.Past.Mark.Name]) throws -> String {
      try Self.dossier("markdown", language) { findings in
        findings[0].past = .init(
          state: .ongoing, firstSeen: Self.before, lastSeen: Self.now,
          marks: marks.map { .init(name: $0, at: Self.now, author: "ann") })
      }
    }
    let all = try page(.en, [.acknowledged, .notified, .resetDone])
    #expect(
      all.contains(
        """
        - 14 July 2025, 01:30 UTC: acknowledged (KAI-0042, Kairos; ann)
        - 14 July 2025, 01:30 UTC: notified (KAI-0042, Kairos; ann)
        - 14 July 2025, 01:30 UTC: account reset (KAI-0042, Kairos; ann)

        """))
    #expect(all.contains("*Source: findings set*\n"))
    #expect(!(try page(.en, []).contains("findings set")))
    let french = try page(.fr, [.notified, .acknowledged, .resetDone])
    for words in ["partenaire prévenu", "pris en compte", "compte réinitialisé"] {
      #expect(
        french.contains(
          "- 14 juillet 2025 à 01:30 UTC\u{A0}: \(words) (KAI-0042, Kairos\u{A0}; ann)\n"))
    }
  }

  @Test("several thefts have a first and a last day", arguments: Language.allCases)
  func window(language: Language) throws {
    let page = try Self.dossier("markdown", language) { findings in
      findings[1].infection.stolenAt = Self.before
    }
    let line =
      language == .en
      ? "- Credentials stolen between 1 July 2025 and 8 July 2025\n"
      : "- Identifiants volés entre le 1er juillet 2025 et le 8 juillet 2025\n"
    #expect(page.contains(line))
  }

  @Test("of a service of which the rules tell no data, none are told")
  func noReach() throws {
    let source = "*Source: the rules of the services*"
    #expect(try Self.dossier { _ in }.contains(source))
    let page = try Self.dossier { findings in
      for index in findings.indices { findings[index].service.rule = "svc.of-others" }
    }
    #expect(!page.contains(source))
    #expect(!page.contains("names and birth dates of job seekers"))
    let both = try Self.dossier { $0[1].service.rule = "svc.of-others" }
    #expect(both.contains("- names and birth dates of job seekers\n"))
  }

  @Test("a document of a chosen time is no whole record, and says so", arguments: Language.allCases)
  func since(language: Language) throws {
    var document = try DocumentTests.example()
    document.run.since = "2025-07-01"
    let page = Dossier(
      document, partner: "org-formation-isere", version: .initial, aware: nil
    ).render("markdown", language)
    let line =
      language == .en
      ? "- The document holds only what is new since a chosen time.\n"
      : "- Le document ne contient que ce qui est nouveau depuis une date choisie.\n"
    #expect(page.contains(line))
    document.run.coverage.unread = []
    let whole = Dossier(
      document, partner: "org-formation-isere", version: .initial, aware: nil
    ).render("markdown", language)
    #expect(whole.contains(line) && !whole.contains("left unread"))
  }
}
