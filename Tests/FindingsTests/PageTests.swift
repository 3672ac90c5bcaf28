import Clock
import Foundation
import Testing

@testable import Findings

/// What pages and exports say of findings that differ in what is left to do.
@Suite("Pages, and what is left to do")
struct PageTests {
  private static let now = UTCTime("2025-07-14T01:30:00Z") ?? UTCTime(seconds: 0)

  /// The example's two findings, changed: the first is critical, the second medium.
  private static func example(_ change: (inout [Finding]) -> Void) throws -> FindingsDocument {
    var document = try DocumentTests.example()
    change(&document.findings)
    return document
  }

  private static func past(
    _ state: Finding.Past.State, firstSeen: UTCTime = now
  ) -> Finding.Past {
    Finding.Past(state: state, firstSeen: firstSeen, lastSeen: now)
  }

  private static func markdown(_ document: FindingsDocument, _ language: Language = .en) -> String {
    Report.markdown.render(document, Report.Page(language: language))
  }

  @Test("a resolved finding says nothing of how bad things are")
  func resolved() throws {
    let document = try Self.example { findings in
      findings[0].past = Self.past(.resolved)
      findings[0].actions = [.init(rule: "act.x", within: "PT1H", reasons: ["a"])]
      findings[1].past = Self.past(.ongoing)
      findings[1].actions = [.init(rule: "act.x", within: "P7D", reasons: ["a"])]
    }
    let page = Self.markdown(document)
    #expect(page.hasPrefix("# 1 account of org-formation-isere was stolen: act by 21 July 2025"))
    #expect(page.contains("| 0 | 0 | 1 | 0 |"))
    #expect(page.contains("### KAI-0042 (medium)"))
    #expect(Report.misp.render(document, .init()).contains(#""threat_level_id": "2""#))
    let closed = try Self.example { findings in
      for index in findings.indices { findings[index].past = Self.past(.resolved) }
    }
    #expect(Report.misp.render(closed, .init()).contains(#""threat_level_id": "4""#))
    #expect(Self.markdown(closed).contains("| 0 | 0 | 0 | 0 |"))
  }

  @Test("cards begin with the worst of what is left to do")
  func order() throws {
    let document = try Self.example { findings in
      findings[0].past = Self.past(.resolved)
      findings[0].account.reference = "CLOSED"
      findings[1].past = Self.past(.ongoing)
    }
    let page = Self.markdown(document)
    let open = try #require(page.range(of: "### KAI-0042 (medium)"))
    let closed = try #require(page.range(of: "### CLOSED (critical)"))
    #expect(open.lowerBound < closed.lowerBound)
  }

  @Test(
    "the headline's urgency is that of the plan",
    arguments: [
      ("PT1H", 0, "act within the hour.", "agir dans l'heure."),
      ("PT4H", 0, "act by 14 July 2025, 05:30 UTC.", "agir avant le 14 juillet 2025 à 05:30 UTC."),
      ("PT4H", 4, "act within the hour.", "agir dans l'heure."),
      (
        "PT4H", 5, "act now, the first deadline has passed.",
        "agir sans attendre, la première échéance est passée."
      ),
      ("P30D", 0, "act by 13 August 2025, 01:30 UTC.", "agir avant le 13 août 2025 à 01:30 UTC."),
    ])
  func urgency(within: String, hours: Int64, english: String, french: String) throws {
    let seen = UTCTime(seconds: Self.now.seconds - hours * 3600)
    let document = try Self.example { findings in
      for index in findings.indices {
        findings[index].past = Self.past(.ongoing, firstSeen: seen)
        findings[index].actions = [.init(rule: "act.x", within: within, reasons: ["a"])]
      }
    }
    #expect(Self.markdown(document).contains("was stolen: \(english)\n"))
    #expect(Self.markdown(document, .fr).contains("a été volé\u{A0}: \(french)\n"))
  }

  @Test("where no rule says what to do, the headline does not either")
  func noActions() throws {
    let document = try Self.example { findings in
      for index in findings.indices { findings[index].actions = [] }
    }
    #expect(Self.markdown(document).hasPrefix("# 1 account of org-formation-isere was stolen.\n"))
  }

  @Test(
    "that no password is tried is said only where nobody was asked", arguments: Language.allCases)
  func method(language: Language) throws {
    let sentence = language == .en ? "tries no password" : "n'essaie aucun mot de passe"
    let asked = language == .en ? "a program that the organisation named" : "à un programme que"
    let silent = try Self.example { _ in }
    #expect(Self.markdown(silent, language).contains(sentence))
    let document = try Self.example { findings in
      findings[1].exposure.passwordCheck = .init(.noAnswer, at: Self.now)
    }
    #expect(!Self.markdown(document, language).contains(sentence))
    #expect(Self.markdown(document, language).contains(asked))
  }

  @Test(
    "a report of one chosen time says so, and one of a whole run does not",
    arguments: Language.allCases)
  func since(language: Language) throws {
    let sentence =
      language == .en
      ? "> This report shows only what is new since a chosen time.\n"
      : "> Ce rapport ne montre que ce qui est nouveau depuis une date choisie.\n"
    var document = try Self.example { _ in }
    #expect(!Self.markdown(document, language).contains(sentence))
    document.run.since = "2025-07-01"
    #expect(Self.markdown(document, language).contains(sentence))
  }

  @Test("with a memory of earlier nights, what changed is counted and listed")
  func changes() throws {
    var document = try Self.example { findings in
      findings[0].past = Self.past(.new)
      findings[1].past = Self.past(.resolved)
      findings[1].past?.resolution = .passwordChanged
      findings.append(findings[0])
      findings[2].id = "dsf1-0000000000000002"
      findings[2].past = Self.past(.ongoing)
    }
    document.run.isOfHistory = true
    let page = Self.markdown(document)
    #expect(page.contains("\nNew: 1, Ongoing: 1, Stolen again: 0, Resolved: 1.\n"))
    #expect(
      page.contains(
        """
        |---|---|---|---|---|
        | new | critical | KAI-0042 | Kairos | 14 July 2025 |
        | resolved | medium | KAI-0042 | Kairos | 14 July 2025; the password was changed |

        """))
    let french = Self.markdown(document, .fr)
    #expect(
      french.contains(
        "\nNouveau\u{A0}: 1, En cours\u{A0}: 1, Volé de nouveau\u{A0}: 0, Résolu\u{A0}: 1.\n"))
    #expect(
      french.contains(
        "| résolu | moyenne | KAI-0042 | Kairos | 14 juillet 2025; le mot de passe a été changé |\n"
      ))
    for index in document.findings.indices { document.findings[index].past = Self.past(.ongoing) }
    #expect(!Self.markdown(document).contains("| ongoing |"))
  }

  @Test("an account of which nothing is left to do says whether it is resolved or was set aside")
  func closed() throws {
    let resolved = try Self.example { findings in
      for index in findings.indices { findings[index].past = Self.past(.resolved) }
    }
    #expect(Self.markdown(resolved).contains("| critical, resolved | KAI-0042 |"))
    #expect(Self.markdown(resolved).contains("medium, 50/100 (resolved)\n"))
    let aside = try Self.example { findings in
      findings[0].past = Self.past(.resolved)
      findings[1].past = Self.past(.ongoing)
      findings[1].past?.suppression = .init(
        reason: "a test account", author: "ann", until: Self.now)
    }
    #expect(Self.markdown(aside).contains("| critical, set aside | KAI-0042 |"))
    #expect(Self.markdown(aside).contains("medium, 50/100 (set aside: a test account)\n"))
    let french = Self.markdown(aside, .fr)
    #expect(french.contains("| critique, mis de côté | KAI-0042 |"))
    #expect(french.contains("50/100 (mis de côté\u{A0}: a test account)\n"))
    #expect(
      Self.markdown(aside).hasPrefix(
        "# Nothing is left to do: what was found is resolved or was set aside.\n"))
  }

  @Test("what the operator has done stands among the facts")
  func marks() throws {
    let document = try Self.example { findings in
      findings[1].past = Self.past(.ongoing)
      findings[1].past?.marks = Finding.Past.Mark.Name.allCases.map {
        .init(name: $0, at: Self.now, author: "ann")
      }
    }
    #expect(
      Self.markdown(document).contains(
        """
        - Notified: 14 July 2025 (ann)
        - Acknowledged: 14 July 2025 (ann)
        - Reset done: 14 July 2025 (ann)

        """))
    for word in ["- Prévenu", "- Pris en compte", "- Réinitialisation faite"] {
      #expect(Self.markdown(document, .fr).contains(word))
    }
  }

  @Test(
    "whose accounts are told is said only where they are one partner's",
    arguments: [
      (2, "1 account was stolen: act", "1 compte a été volé\u{A0}: agir"),
      (
        1, "1 account of org-formation-isere was stolen: act",
        "1 compte de org-formation-isere a été volé\u{A0}: agir"
      ),
    ])
  func partners(count: Int, english: String, french: String) throws {
    var document = try Self.example { _ in }
    if count > 1 {
      document.run.watchlists.append(document.run.watchlists[0])
      document.run.watchlists[1].partner = "org-other"
    }
    #expect(Self.markdown(document).hasPrefix("# " + english))
    #expect(Self.markdown(document, .fr).hasPrefix("# " + french))
    let whose = count > 1 ? ["", ""] : [" of org-formation-isere", " de org-formation-isere"]
    document.findings = []
    #expect(
      Self.markdown(document).hasPrefix("# No account\(whose[0]) stands in what was read.\n"))
    #expect(
      Self.markdown(document, .fr).hasPrefix(
        "# Aucun compte\(whose[1]) ne figure dans ce qui a été lu.\n"))
  }

  @Test("where no listed account was found, the headline counts what else was")
  func others() throws {
    var document = try Self.example { findings in
      findings[0].account.match = .domain
      findings[0].account.reference = nil
      findings[0].account.masked = SafeText("…@formation-isere.example")
      findings[1].account.match = .service
      findings[1].records = 1234
      findings[1].recordsWithPassword = 1200
    }
    let page = Self.markdown(document)
    #expect(page.hasPrefix("# No listed account was found, but 2 other traces.\n"))
    #expect(page.contains("### …&#64;formation-isere.example (critical)\n"))
    #expect(
      page.contains(
        "A login of the organisation's mail domain, on no list, was stolen for Kairos.\n"))
    #expect(page.contains("### 1,234 logins (medium)\n"))
    #expect(page.contains("- 1,200 of them stood beside a password.\n"))
    let french = Self.markdown(document, .fr)
    #expect(
      french.hasPrefix("# Aucun compte inscrit n'a été trouvé, mais 2 autres traces.\n"))
    #expect(french.contains("### 1\u{202F}234 identifiants (moyenne)\n"))
    document.findings.removeFirst()
    document.findings[0].records = 1
    #expect(
      Self.markdown(document).hasPrefix("# No listed account was found, but 1 other trace.\n"))
    #expect(Self.markdown(document).contains("### 1 login (medium)\n"))
    #expect(
      Self.markdown(document, .fr).hasPrefix(
        "# Aucun compte inscrit n'a été trouvé, mais 1 autre trace.\n"))
    #expect(Self.markdown(document, .fr).contains("### 1 identifiant (moyenne)\n"))
  }

  @Test("500 accounts are shown, and how many more there are is said", arguments: Language.allCases)
  func cut(language: Language) throws {
    func page(_ count: Int) throws -> String {
      Self.markdown(
        try Self.example { findings in
          let last = findings[1]
          findings = (0..<count).map { number in
            var finding = last
            finding.id = "dsf1-" + String(repeating: "0", count: 12) + String(1000 + number)
            finding.account.reference = "R\(number)"
            return finding
          }
        }, language)
    }
    let words = language == .en ? " more accounts stand" : " autres comptes figurent"
    #expect(!(try page(500)).contains(words))
    let cut = try page(503)
    #expect(cut.contains("\n3" + words))
    #expect(cut.contains("### R499 (") && !cut.contains("### R500 ("))
  }

  @Test("the events of a finding are told with the clock that they are of")
  func events() throws {
    let document = try Self.example { findings in
      findings[0].infection.isStolenAtUTC = true
      findings[0].exposure.cookies?.isUnexpiredAtScan = false
      findings[0].exposure.cookies?.latestExpiry = UTCTime("2025-07-10T00:00:00Z")
      findings[0].past = Self.past(.ongoing, firstSeen: UTCTime("2025-07-09T00:00:00Z") ?? Self.now)
    }
    #expect(
      Self.markdown(document).contains(
        """
        - **15 January 2025** Password last changed
        - **8 July 2025** Stolen
        - **9 July 2025** First seen in a dump
        - **10 July 2025** Stolen session ended
        - **14 July 2025** This report

        """))
    #expect(
      Self.markdown(document, .fr).contains(
        """
        - **15 janvier 2025** Dernier changement du mot de passe
        - **8 juillet 2025** Vol
        - **9 juillet 2025** Vu pour la première fois dans un lot
        - **10 juillet 2025** Fin de la session volée
        - **14 juillet 2025** Ce rapport

        """))
    #expect(!Self.markdown(document).contains("A session was stolen, too"))
  }

  @Test("a session of which nothing says when it ends is open until it is ended")
  func endless() throws {
    let document = try Self.example { findings in
      findings[0].exposure.cookies = .init(count: 2, hasSession: true, latestExpiry: nil)
    }
    #expect(
      Self.markdown(document).contains(
        "A session was stolen, too, and nothing says when it ends: whoever holds it needs no password.\n"
      ))
    #expect(
      Self.markdown(document, .fr).contains(
        "Une session a été volée aussi, et rien ne dit quand elle finit\u{A0}: qui la détient n'a pas besoin de mot de passe.\n"
      ))
    #expect(!Self.markdown(document).contains("Stolen session"))
  }

  @Test("cookies of which none is a session are told as what they are")
  func cookies() throws {
    let document = try Self.example { findings in
      findings[0].exposure.cookies = .init(count: 7, hasSession: false, latestExpiry: nil)
    }
    #expect(
      Self.markdown(document).contains(
        "- Cookies of the service were stolen (7); none is known to be an open session.\n"))
    #expect(
      Self.markdown(document, .fr).contains(
        "- Des cookies du service ont été volés (7)\u{A0}; aucun n'est connu comme session ouverte.\n"
      ))
  }

  @Test("what is known of a change of the password, and whether a session outlives it")
  func changed() throws {
    func page(_ language: Language = .en, _ change: (inout Finding) -> Void) throws -> String {
      let document = try Self.example { findings in
        change(&findings[0])
        findings.removeLast()
      }
      return Self.markdown(document, language)
    }
    let open = try page { $0.isStillExposed = false }
    #expect(
      open.contains(
        "- The password was changed after the theft, but a stolen session may be open.\n"))
    #expect(
      try page(.fr) { $0.isStillExposed = false }.contains(
        "- Le mot de passe a été changé après le vol, mais une session volée peut être ouverte.\n"))
    let safe = try page {
      $0.isStillExposed = false
      $0.exposure.cookies = nil
    }
    #expect(safe.contains("- The password was changed after the theft.\n"))
    let unknown = "Whether the password was changed since is not known"
    #expect(try page { $0.isStillExposed = nil }.contains(unknown))
    let old = try page {
      $0.isStillExposed = nil
      $0.exposure.passwordCheck = .init(.old, at: Self.now)
    }
    #expect(!old.contains(unknown), "the verifier says that it is not the account's")
    #expect(old.contains("is not the account's, or no longer (asked on 14 July 2025).\n"))
  }

  @Test("what a machine probably is, its system and its accounts tell")
  func machines() throws {
    let document = try Self.example { findings in
      findings[0].infection.os = SafeText("Windows 11 Home")
      findings[1].infection = findings[0].infection
      findings[1].account.reference = "KAI-0043"
    }
    #expect(
      Self.markdown(document).contains(
        "| dev-a89fbe104e8aa15c | 8 July 2025 | Windows 11 Home, FR, RedLine Stealer | KAI-0042 (Kairos), KAI-0043 (Kairos) | used by several accounts, a private machine |\n"
      ))
    #expect(
      Self.markdown(document, .fr).contains(
        "| utilisée par plusieurs comptes, une machine personnelle |\n"))
    let unknown = try Self.example { findings in
      findings[0].infection.os = SafeText("Linux")
      findings[0].infection.stolenAt = nil
    }
    #expect(
      Self.markdown(unknown).contains(
        "| dev-a89fbe104e8aa15c | unknown | Linux, FR, RedLine Stealer | KAI-0042 (Kairos) | – |\n")
    )
  }

  @Test("thefts that belong together are told by what they have in common, the most machines first")
  func campaigns() throws {
    func findings(_ change: (inout [Finding]) -> Void) throws -> FindingsDocument {
      try Self.example { findings in
        let first = findings[0]
        findings = (0..<3).map { number in
          var finding = first
          finding.id = "dsf1-000000000000000\(number)"
          finding.infection.deviceID = "dev-000000000000000\(number)"
          finding.infection.seller = SafeText("@logs_shop")
          return finding
        }
        findings[1].partner = "org-other"
        findings[2].infection.buildID = nil
        findings[2].infection.stolenAt = nil
        change(&findings)
      }
    }
    let document = try findings { _ in }
    #expect(
      Self.markdown(document).contains(
        """
        - Logs of seller &#64;logs\\_shop: 3 machines, org-formation-isere, org-other
        - Build "cloud\\_free\\_0625" (RedLine Stealer): 2 machines, org-formation-isere, org-other
        - 8 July 2025 (RedLine Stealer): 2 machines, org-formation-isere, org-other

        """))
    #expect(
      Self.markdown(document, .fr).contains(
        """
        - Journaux du vendeur &#64;logs\\_shop\u{A0}: 3 machines, org-formation-isere, org-other
        - Version «\u{A0}cloud\\_free\\_0625\u{A0}» (RedLine Stealer)\u{A0}: 2 machines, org-formation-isere, org-other
        - 8 juillet 2025 (RedLine Stealer)\u{A0}: 2 machines, org-formation-isere, org-other

        """))
    let alone = try findings { findings in
      findings[1].partner = findings[0].partner
      for index in findings.indices {
        findings[index].infection.familyName = nil
        findings[index].infection.seller = nil
      }
    }
    let page = Self.markdown(alone)
    #expect(page.contains("- Build \"cloud\\_free\\_0625\": 2 machines\n"))
    #expect(!page.contains("- 8 July 2025"), "on one day by unknown families shows nothing")
    let none = try findings { findings in
      for index in findings.indices { findings[index].infection.deviceID = "dev-0000000000000000" }
    }
    #expect(!Self.markdown(none).contains("machines, org"), "one machine is no campaign")
  }

  @Test("what was not read stands by its reason, the most frequent first, with five inputs at most")
  func unread() throws {
    var document = try Self.example { _ in }
    let gap = document.run.coverage.unread[0]
    func gaps(_ reason: String, _ inputs: [String]) -> [FindingsDocument.Unread] {
      inputs.map { .init(input: SafeText($0), pathID: gap.pathID, reason: reason) }
    }
    document.run.coverage.unread =
      gaps("strange", ["s"]) + gaps("archive-encrypted", ["e"])
      + gaps("archive-truncated", ["d5", "d4", "d3", "d2", "d1", "d0"])
    #expect(
      Self.markdown(document).contains(
        """
        | Archives that break off (archive-truncated) | 6 | d0, d1, d2, d3, d4 … |
        | Archives that wait for a password (archive-encrypted) | 1 | e |
        | Files at which the reading failed (strange) | 1 | s |

        """))
    #expect(
      Self.markdown(document, .fr).contains(
        "| Fichiers dont la lecture a échoué (strange) | 1 | s |\n"))
    #expect(
      Report.table.render(document, .init()).hasSuffix(
        """
        Not read: 8 inputs.
          6 × archive-truncated
          1 × archive-encrypted
          1 × strange

        """))
  }

  @Test("an action of which the document has no words is named by its rule, and comes last")
  func unknownAction() throws {
    var document = try Self.example { findings in
      findings[0].actions = ["act.of-others", "act.rebuild-device", "act.end-sessions"].map {
        .init(rule: $0, within: "PT4H", reasons: ["infected"])
      }
      findings[1].actions = []
    }
    // It may come from another host: what stands there twice is the first.
    document.run.texts.actions.append(("act.rebuild-device", document.run.texts.actions[0].action))
    let titles = [
      "**End all sessions of the account**",
      "**Reinstall the machine, and find out how it was infected**", "**act.of-others**",
    ]
    let page = Self.markdown(document)
    let found = page.split(separator: "\n").filter { $0.hasPrefix("- [ ] ") }.map { line in
      titles.first { line.hasPrefix("- [ ] \($0) ") } ?? String(line)
    }
    #expect(found == titles + titles, "in the plan, and at the account")
    #expect(
      document.explanation(of: document.findings[0], .en).contains(
        "\n   1.  act.of-others, by 14 July 2025, 05:30 UTC  [act.of-others]\n"))
  }

  @Test("MISP is told of a password only where one stood")
  func noPassword() throws {
    let type = #""object_relation": "type""#
    func count(_ document: FindingsDocument) -> Int {
      let export = Report.misp.render(document, .init())
      // An annotation has a type, too.
      return export.components(separatedBy: type).count - 1 - document.findings.count
    }
    #expect(count(try Self.example { _ in }) == 2)
    #expect(count(try Self.example { $0[0].hasPassword = false }) == 1)
  }

  @Test("the event of MISP is the same on a night on which a partner of the list has no finding")
  func event() throws {
    func event(_ document: FindingsDocument) -> Substring? {
      Report.misp.render(document, .init()).split(separator: "\n").first { $0.contains("uuid") }
    }
    let usual = try Self.example { _ in }
    let other = try Self.example { $0[0].partner = "org-other" }
    #expect(event(usual) != nil && event(other) == event(usual))
    let digest = try #require(other.only(partner: "org-other"))
    #expect(event(digest) != event(usual))
  }
}
