import Foundation
import Testing

@testable import Findings

/// Documents of every version that was ever written are read, and shown in every way.
@Suite("Documents of earlier versions, and goldens")
struct DocumentTests {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
  private static let versions = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0"]

  private static func document(_ version: String) throws -> FindingsDocument {
    let path = "\(tests)/Documents/\(version).json"
    return try FindingsDocument([UInt8](try #require(FileManager.default.contents(atPath: path))))
  }

  @Test("a document of an earlier version is read, and says the same", arguments: versions)
  func earlier(version: String) throws {
    let document = try Self.document(version)
    #expect(document.findings.count == 2)
    let worst = document.findings[0]
    #expect(worst.account.reference == "KAI-0042")
    #expect(worst.severity == .critical)
    #expect(!worst.scoreParts.isEmpty)
    #expect(worst.infection.familyName == "RedLine Stealer")
    #expect(document.run.coverage.unread.count == 1)
    #expect(document.run.schemaVersion == version)
  }

  @Test("a document of an earlier version is shown in every way", arguments: versions)
  func shown(version: String) throws {
    let document = try Self.document(version)
    for report in Report.all + Report.exports + Report.pages {
      for language in Language.allCases {
        let text = report.render(document, Report.Page(language: language))
        #expect(text.contains("KAI-0042"), "\(report.name)")
      }
    }
    #expect(document.explanation(of: document.findings[0], .fr).contains("sev.stealer-log"))
  }

  @Test("a document of a later major version is refused")
  func later() throws {
    let path = "\(Self.tests)/Documents/1.3.0.json"
    let data = try #require(FileManager.default.contents(atPath: path))
    let text = String(decoding: data, as: UTF8.self)
      .replacingOccurrences(of: #""schema_version": "1."#, with: #""schema_version": "2."#)
    #expect(throws: DocumentFault.self) { try FindingsDocument(Array(text.utf8)) }
  }

  /// The example of docs/FINDINGS.md, which is what the demo writes today.
  static func example() throws -> FindingsDocument {
    let page = tests + "/../../docs/FINDINGS.md"
    let text = String(
      decoding: try #require(FileManager.default.contents(atPath: page)), as: UTF8.self)
    let start = try #require(text.range(of: "```json\n"))
    let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
    return try FindingsDocument(Array(text[start.upperBound..<end.lowerBound].utf8))
  }

  private static func expectGolden(_ text: String, _ name: String) throws {
    let path = "\(tests)/Goldens/\(name)"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return
    }
    let golden = FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    let isEqual = golden == Array(text.utf8)
    #expect(isEqual, "\(name): make goldens, and review the difference")
  }

  @Test("exports of the example are the goldens", arguments: Report.exports.map(\.name))
  func exports(name: String) throws {
    let report = try #require(Report.named(name, among: Report.exports))
    try Self.expectGolden(report.render(Self.example(), Report.Page()), "example.\(name)")
  }

  @Test(
    "pages of the example are the goldens", arguments: Report.pages.map(\.name), Language.allCases)
  func pages(name: String, language: Language) throws {
    let report = try #require(Report.named(name, among: Report.pages))
    let text = try report.render(Self.example(), Report.Page(language: language))
    try Self.expectGolden(text, "example.\(language).\(name)")
  }

  @Test("dossiers of the example are the goldens", arguments: Dossier.forms, Language.allCases)
  func dossiers(form: String, language: Language) throws {
    let example = try Self.example()
    let partner = "org-formation-isere"
    let dossier = Dossier(
      try #require(example.only(partner: partner)), partner: partner, version: .initial,
      aware: nil)
    try Self.expectGolden(dossier.render(form, language), "dossier.\(language).\(form)")
  }

  @Test("an explanation of the example is the golden", arguments: Language.allCases)
  func explanations(language: Language) throws {
    let example = try Self.example()
    try Self.expectGolden(
      example.explanation(of: example.findings[0], language), "explanation.\(language).txt")
  }
}
