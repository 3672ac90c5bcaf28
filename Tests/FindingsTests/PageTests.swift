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
