import Clock
import Testing

@testable import Findings

/// What outputs say of a finding, word for word.
@Suite("Words of findings")
struct WordsTests {
  private static func finding(_ change: (inout Finding) -> Void) throws -> Finding {
    var finding = try DocumentTests.example().findings[0]
    change(&finding)
    return finding
  }

  private static let now = UTCTime("2025-07-14T01:30:00Z") ?? UTCTime(seconds: 0)

  /// A finding, changed from the example's, and a sentence of it.
  struct Fact: Sendable, CustomTestStringConvertible {
    var sentence: String
    var change: @Sendable (inout Finding) -> Void

    init(_ sentence: String, _ change: @escaping @Sendable (inout Finding) -> Void) {
      self.sentence = sentence
      self.change = change
    }

    var testDescription: String { sentence }
  }

  static let facts = [
    Fact("Stolen on 2025-07-08 (UTC).") { $0.infection.isStolenAtUTC = true },
    Fact("Stolen on 2025-07-08 (the machine's own clock).") { _ in },
    Fact("When it was stolen is not known.") { $0.infection.stolenAt = nil },
    Fact("From the log of an infected machine.") { $0.infection.familyName = nil },
    Fact("No password stood beside the login.") { $0.hasPassword = false },
    Fact("The verifier does not know whether the stolen password is still valid.") {
      $0.exposure.passwordCheck = .init(.unknown, at: now)
    },
    Fact("The verifier gave no answer on the stolen password.") {
      $0.exposure.passwordCheck = .init(.noAnswer, at: now)
    },
    Fact("The list says that it was changed on 2025-07-10; the verifier denies it.") {
      $0.exposure.passwordCheck = .init(.stillValid, at: now)
      $0.passwordChangedAt = UTCTime("2025-07-10")
    },
    Fact("The password was last changed on 2025-01-15, before the theft.") { _ in },
    Fact("The password was last changed on 2025-01-15.") { $0.isStillExposed = nil },
    Fact("The password was changed on 2025-01-15, after the theft.") { $0.isStillExposed = false },
    Fact("3 cookies of the service were stolen, no open session by name.") {
      $0.exposure.cookies = .init(count: 3, hasSession: false, latestExpiry: now)
    },
    Fact("A session of the service was stolen that is valid until 2025-08-12.") { _ in },
    Fact("A session of the service was stolen that is valid until unknown.") {
      $0.exposure.cookies?.latestExpiry = nil
    },
    Fact("A session of the service was stolen; it ended on 2025-08-12.") {
      $0.exposure.cookies?.isUnexpiredAtScan = false
    },
    Fact("A session of the service was stolen; it ended on unknown.") {
      $0.exposure.cookies?.isUnexpiredAtScan = false
      $0.exposure.cookies?.latestExpiry = nil
    },
    Fact("A session of the service was stolen; nothing says when it ends.") {
      $0.exposure.cookies?.isUnexpiredAtScan = nil
    },
    Fact("The account is privileged.") { $0.account.isPrivileged = true },
    Fact("The record holds several listed accounts, one of which was its login.") {
      $0.account.isAmbiguous = true
    },
    Fact("The line can be read in more than one way.") { $0.isDoubtful = true },
  ]

  @Test("each fact is one sentence", arguments: facts)
  func sentences(_ fact: Fact) throws {
    let sentences = try Self.finding(fact.change).sentences
    #expect(sentences.contains(fact.sentence), "\(sentences)")
  }

  @Test(
    "a title names the account, or how many there are",
    arguments: [
      (.account, "KAI-0042", nil, "Stolen account KAI-0042 on Kairos"),
      (.account, nil, nil, "Stolen account e5b673e890039138 on Kairos"),
      (
        .domain, nil, "…@formation-isere.example",
        "Stolen login of the organisation (…@formation-isere.example) on Kairos"
      ),
      (.service, nil, nil, "2 logins stolen for Kairos"),
    ] as [(Finding.Match, String?, String?, String)])
  func titles(match: Finding.Match, reference: String?, masked: String?, title: String) throws {
    let finding = try Self.finding {
      $0.account.match = match
      $0.account.reference = reference
      $0.account.masked = masked.map { SafeText($0) }
      $0.records = 2
    }
    #expect(finding.title == title)
  }

  @Test("a count of one is one login, and a document of others may name nobody")
  func names() throws {
    let one = try Self.finding {
      $0.account.match = .service
      $0.records = 1
    }
    #expect(one.title == "1 login stolen for Kairos")
    var document = try DocumentTests.example()
    document.findings = [
      try Self.finding {
        $0.account.reference = nil
        $0.account.tag = nil
        $0.infection.familyName = nil
      }
    ]
    let finding = try #require(
      try FindingsDocument(Array(Report.json.render(document, .init()).utf8)).findings.first)
    #expect(finding.title == "Stolen account unknown on Kairos")
    let table = Report.table.render(document, .init()).split(separator: "\n")
    #expect(table[1].contains("Kairos (session)") && table[1].contains("unknown stealer"))
    #expect(!table[1].contains("KAI"))
    for report in Report.exports { #expect(!report.render(document, .init()).isEmpty) }
  }

  @Test("an export names no family where none is known, and no technique")
  func noFamily() throws {
    var document = try DocumentTests.example()
    document.findings[0].infection.familyName = nil
    document.findings[0].infection.familyConfidence = nil
    let stix = Report.stix.render(document, .init())
    #expect(stix.contains("\"type\": \"malware\"") && stix.contains("\"name\": \"fam.redline\""))
    #expect(stix.contains("\"confidence\": 0\n"))
    document.findings[1].infection.deviceID = "dev-0000000000000001"
    let misp = Report.misp.render(document, .init())
    #expect(misp.components(separatedBy: "\"value\": \"Infected with a stealer\"").count == 3)
    let places = ["dev-0000000000000001", "dev-a89fbe104e8aa15c"].compactMap {
      misp.range(of: "\"value\": \"\($0)\"")?.lowerBound
    }
    #expect(places.count == 2 && places[0] < places[1])
    document = try DocumentTests.example()
    document.findings[0].attack = []
    let ecs = Report.ecs.render(document, .init())
    #expect(
      ecs.contains(
        #""threat":{"framework":"MITRE ATT&CK","software":{"name":"RedLine Stealer","type":"Malware"}}"#
      ))
  }

  @Test(
    "what the verifier said is a label of its own",
    arguments: [
      (.stillValid, ["password-still-valid"]), (.old, ["password-old"]), (.unknown, []),
      (.noAnswer, []),
    ] as [(Finding.PasswordCheck.Verdict, [String])])
  func labels(verdict: Finding.PasswordCheck.Verdict, labels: [String]) throws {
    var document = try DocumentTests.example()
    document.findings[0].exposure.passwordCheck = .init(verdict, at: Self.now)
    #expect(document.findings[0].passwordLabels == labels)
    let ecs = Report.ecs.render(document, .init()).split(separator: "\n")
    #expect(ecs[0].contains(#""password_check":"\#(verdict.rawValue)""#))
    #expect(!ecs[1].contains("password_check"))
  }

  @Test("a finding is found by the beginning of its id, if no other begins so")
  func prefixes() throws {
    let document = try DocumentTests.example()
    for id in ["ad77", "dsf1-ad773f32b78917e7", "dsf1-a"] {
      #expect(document.finding(id)?.id == "dsf1-ad773f32b78917e7", "\(id)")
    }
    for id in ["", "dsf1-", "ff", "AD77", "ad773f32b78917e70"] {
      #expect(document.finding(id) == nil, "\(id)")
    }
  }

  // MARK: Words of the report

  @Test(
    "states and resolutions in both languages",
    arguments: [
      (ReportWords.state(.new), "new", "nouveau"),
      (ReportWords.state(.ongoing), "ongoing", "en cours"),
      (ReportWords.state(.reopened), "stolen again", "volé de nouveau"),
      (ReportWords.state(.resolved), "resolved", "résolu"),
      (
        ReportWords.resolution(.passwordChanged), "the password was changed",
        "le mot de passe a été changé"
      ),
      (ReportWords.resolution(.operatorSaidSo), "reported as done", "signalé comme fait"),
      (
        ReportWords.resolution(.unlisted), "the account is on the list no more",
        "le compte n'est plus sur la liste"
      ),
      (
        ReportWords.resolution(.withdrawn), "what was read again does not tell it",
        "une nouvelle lecture ne le montre pas"
      ),
      (ReportWords.dataCategory("payment"), "payment cards", "cartes de paiement"),
      (ReportWords.dataCategory("biometric"), "biometric", "biometric"),
      (
        ReportWords.unread("line-too-long"), "Lines that are too long", "Lignes trop longues"
      ),
      (
        ReportWords.unread("of-a-later-version"), "Files at which the reading failed",
        "Fichiers dont la lecture a échoué"
      ),
    ])
  func words(words: Words, english: String, french: String) {
    #expect(words.text(.en) == english)
    #expect(words.text(.fr) == french)
  }

  @Test(
    "a day is written as people do, and what is none is left",
    arguments: [
      ("2025-07-08T17:22:10Z", Language.en, "8 July 2025"),
      ("2025-01-01", .fr, "1er janvier 2025"), ("2025-01-01", .en, "1 January 2025"),
      ("2025-12-31", .fr, "31 décembre 2025"), ("2025-13-01", .en, "2025-13-01"),
      ("soon", .fr, "soon"),
    ])
  func days(text: String, language: Language, day: String) {
    #expect(ReportWords.day(text, language) == day)
  }

  @Test("a long text keeps its end")
  func longText() {
    let text = "a" + String(repeating: "é", count: SafeText.maxScalars - 1)
    #expect(SafeText(text).text == text)
    #expect(SafeText("x" + text).text == "…" + text.dropFirst())
    #expect(SafeText(shown: "x" + text) == nil)
  }

  @Test(
    "numbers for Prometheus name partners in order, and a run without a memory read nothing before")
  func metrics() throws {
    var document = try DocumentTests.example()
    document.run.watchlists.append(document.run.watchlists[0])
    document.run.watchlists[1].partner = "a-partner"
    document.run.watchlists[1].made = UTCTime(seconds: document.run.finished.seconds - 90)
    document.run.watchlists.append(document.run.watchlists[1])
    document.run.watchlists[2].made = document.run.finished
    let text = Metrics.text(document, status: 1, earlier: "dumpsieve_bytes_read_total 8\n")
    #expect(
      text.contains(
        """
        dumpsieve_watchlist_age_seconds{partner="a-partner"} 90
        dumpsieve_watchlist_age_seconds{partner="org-formation-isere"} 0

        """))
    #expect(text.contains("dumpsieve_inputs{state=\"unchanged\"} 0\n"))
    #expect(text.contains("dumpsieve_bytes_read_total 23300\n"))
  }
}
