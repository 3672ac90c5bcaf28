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
}
