import Foundation
import Testing

/// Pages for people: what they load, what they say, and that nothing in them is more than text.
@Suite("Reports and dossiers")
struct ReportTests {
  private static let pages: [[String]] = [
    ["report", "--html"], ["report", "--html", "--lang", "fr"],
    ["report", "--html", "--partner", "mission-locale-drome"],
    ["dossier", "--format", "html", "--partner", "org-formation-isere"],
    ["dossier", "--format", "html", "--lang", "en", "--partner", "org-formation-isere"],
  ]

  private static func page(_ arguments: [String], in workplace: Workplace) throws -> Outcome {
    let outcome = try workplace.run(arguments)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errorText)")
    TerminalSafety.expect(outcome.output, arguments.joined(separator: " "))
    return outcome
  }

  @Test("a page loads and runs nothing, and is whole", arguments: pages)
  func sound(arguments: [String]) throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    let outcome = try Self.page(arguments, in: workplace)
    LeakSearch(["CANARY", "stranger@", "unlisted.person"]).expectNone(
      in: outcome.output, arguments.joined(separator: " "))
    try workplace.write(outcome.output, to: "page.html")
    let judge = try workplace.start(
      ["/usr/bin/env", "python3", Package.tests + "/pages.py", "page.html"], input: []
    ).outcome()
    if judge.status == 127 {
      print("SKIPPED the judge of pages: there is no Python")
      return
    }
    #expect(judge.status == 0, "\(judge.outputText)\(judge.errorText)")
    for hostile in ["<script", "<img", "<b>pack", "<u>cut"] {
      #expect(!outcome.outputText.contains(hostile), "\(hostile) stands there raw")
    }
  }

  @Test("Markdown holds no HTML, no link and no markup of others")
  func markdown() throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    for lang in ["en", "fr"] {
      let text = try Self.page(["report", "--markdown", "--lang", lang], in: workplace).outputText
      let links = text.replacingOccurrences(of: "\\](", with: "").contains("](")
      #expect(!text.contains("<") && !links && !text.contains("http:"))
      #expect(text.contains("\\[click\\]") && text.contains("\\*bold\\*"))
    }
  }

  @Test("the digest of a partner names no other")
  func digest() throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    let own = ["--partner", "mission-locale-drome"]
    for arguments in [
      ["report", "--html"], ["report", "--markdown"], ["dossier"], ["export", "--to", "misp"],
      ["export", "--to", "stix"], ["export", "--to", "csv"],
    ] {
      let text = try Self.page(arguments + own, in: workplace).outputText
      #expect(text.contains("ML-0007"))
      #expect(!text.contains("KAI-00") && !text.contains("org-formation"), "\(arguments)")
    }
  }

  @Test("what is done comes first, in both languages")
  func order() throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    for (lang, words) in [
      ("en", ["Within the hour", "End all sessions", "Suspend the account", "Within 4 hours"]),
      (
        "fr", ["Dans l&#39;heure", "Fermer toutes les sessions", "Suspendre le compte", "4 heures"]
      ),
    ] {
      var rest = try Self.page(["report", "--html", "--lang", lang], in: workplace).outputText[...]
      for word in words {
        let place = try #require(rest.range(of: word), "\(lang): no \(word), or too early")
        rest = rest[place.upperBound...]
      }
    }
  }

  @Test("the 72 hours count from when somebody became aware")
  func clock() throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    let dossier = ["dossier", "--partner", "org-formation-isere"]
    let first = try Self.page(dossier, in: workplace).outputText
    #expect(first.contains("17 juillet 2025 à 01:30 UTC"))
    let said = try Self.page(dossier + ["--aware", "2025-07-10T09:00:00Z"], in: workplace)
    #expect(said.outputText.contains("13 juillet 2025 à 09:00 UTC"))
    #expect(said.outputText.contains("Ce délai est dépassé"))
    let later = try Self.page(dossier + ["--aware", "2025-07-14T03:00:00Z"], in: workplace)
    #expect(later.outputText.contains("Il restait 72 heures"))
    #expect(later.outputText.contains(":** à"))
    #expect(later.outputText.contains("L'analyse l'avait vu avant"))
    let future = try workplace.run(dossier + ["--aware", "2199-01-01T00:00:00Z"])
    #expect(future.status == 64)
  }
}
