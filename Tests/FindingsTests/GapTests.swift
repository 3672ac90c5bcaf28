import Foundation
import Testing

@testable import Findings

/// "Found nothing" and "could not read" never look alike, and each reason why not all was read is told as what it is.
@Suite("What was not read")
struct GapTests {
  private static let gaps: [FindingsDocument.Gap] = [
    .interrupted, .missingShards([2]), .missingShards([1, 3]),
    .refusedLists([.init(list: SafeText("lists/b_c.dsw"), reason: "has expired")]),
    .refusedLists([
      .init(list: SafeText("a.dsw"), reason: "has expired"),
      .init(list: SafeText("b.dsw"), reason: "is not a dumpsieve watchlist"),
    ]), .unread(1), .unread(1200), .nothingToRead,
  ]

  /// The example, if that were its only gap; nil: if it had none.
  private static func example(_ gap: FindingsDocument.Gap?) throws -> FindingsDocument {
    var document = try DocumentTests.example()
    let unread = try #require(document.run.coverage.unread.first)
    document.run.coverage.unread = []
    switch gap {
    case .interrupted: document.run.coverage.isInterrupted = true
    case .missingShards(let shards): document.run.coverage.missingShards = shards
    case .refusedLists(let lists): document.run.coverage.refusedLists = lists
    case .unread(let count):
      document.run.coverage.unread = Array(repeating: unread, count: count)
    case .nothingToRead:
      document.run.coverage = FindingsDocument.Coverage()
      document.findings = []
    case nil: break
    }
    return document
  }

  /// What people are shown of the document, without escapes.
  private static func pages(_ document: FindingsDocument, _ language: Language) -> [String] {
    let page = Report.Page(language: language)
    let partner = "org-formation-isere"
    let dossier = Dossier(document, partner: partner, version: .initial, aware: nil)
    return Report.pages.map { $0.render(document, page) }
      + ["markdown", "html"].map { dossier.render($0, language) }
      + (language == .en ? [Report.table.render(document, page)] : [])
  }

  private static func plain(_ page: String) -> String {
    page.replacingOccurrences(of: "&#39;", with: "'").replacingOccurrences(of: "\\", with: "")
  }

  @Test("each gap is told in its own words", arguments: gaps, Language.allCases)
  func told(gap: FindingsDocument.Gap, language: Language) throws {
    let document = try Self.example(gap)
    #expect(document.run.coverage.gaps == [gap])
    #expect(!document.run.coverage.isComplete)
    let others = Self.gaps.filter { $0 != gap }.map { $0.words.text(language) }
    for page in Self.pages(document, language).map(Self.plain) {
      let isTable = page.contains("Read 23 files")
      let isUnread = gap == .unread(1) || gap == .unread(1200)
      #expect(page.contains(gap.words.text(language)) || isTable && isUnread, "\(page)")
      #expect(!others.contains { page.contains($0) }, "\(page)")
      #expect(!page.contains("Nothing was left unread"))
      #expect(!page.contains("Rien n'a été laissé sans être lu"))
    }
  }

  @Test("where there is no gap, nothing is said of one", arguments: Language.allCases)
  func none(language: Language) throws {
    let document = try Self.example(nil)
    #expect(document.run.coverage.isComplete)
    for page in Self.pages(document, language).map(Self.plain) {
      #expect(!Self.gaps.contains { page.contains($0.words.text(language)) }, "\(page)")
    }
  }

  @Test("what was read by an earlier run was there to be read")
  func unchanged() throws {
    var document = try Self.example(.nothingToRead)
    document.run.coverage.unchanged = 5
    #expect(document.run.coverage.isComplete)
  }

  @Test("a document is read with all of its gaps", arguments: gaps)
  func read(gap: FindingsDocument.Gap) throws {
    let document = try Self.example(gap)
    let bytes = Array(Report.json.render(document, Report.Page()).utf8)
    #expect(try FindingsDocument(bytes).run.coverage == document.run.coverage)
  }

  @Test("twenty shards or lists are named, and that there are more")
  func many() {
    let shards = FindingsDocument.Gap.missingShards(Array(1...21)).words
    #expect(
      shards.en
        == "Shards are missing (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 …): what they were to read was not read."
    )
    #expect(shards.fr.contains("19, 20 …)"))
    func lists(_ count: Int) -> Words {
      FindingsDocument.Gap.refusedLists(
        (1...count).map { .init(list: SafeText("\($0).dsw"), reason: "has expired") }
      ).words
    }
    #expect(lists(21).en.hasSuffix("; 20.dsw: has expired …)."))
    #expect(lists(20).en.hasSuffix("; 20.dsw: has expired)."))
    #expect(FindingsDocument.Gap.missingShards(Array(1...20)).words.en.contains("19, 20): what"))
  }

  @Test("an interrupted run that found nothing until then does not say that nothing is there")
  func interrupted() throws {
    var document = try Self.example(.interrupted)
    document.findings = []
    #expect(
      Report.table.render(document, Report.Page()).hasPrefix(
        "The run was interrupted: this is not all.\nNothing was found until then.\nRead 23 files"))
    document.run.coverage.isInterrupted = false
    #expect(
      Report.table.render(document, Report.Page()).hasPrefix(
        "No account of the watchlists was found in what was read.\nRead 23 files"))
  }

  @Test(
    "a document that lost a gap on the way is refused",
    arguments: [
      (#""complete": false,"#, #""complete": true,"#), (#""refused_lists":"#, #""x":"#),
      (#""unread": ["#, #""unread": [], "x": ["#),
    ])
  func lost(old: String, new: String) throws {
    let gap = old.contains("unread") ? Self.gaps[5] : Self.gaps[3]
    let text = try Report.json.render(Self.example(gap), Report.Page())
    try #require(text.contains(old))
    let changed = Array(text.replacingOccurrences(of: old, with: new).utf8)
    let fault = DocumentFault("run.coverage.complete", "does not follow from the other members")
    #expect(throws: fault) { try FindingsDocument(changed) }
  }
}
