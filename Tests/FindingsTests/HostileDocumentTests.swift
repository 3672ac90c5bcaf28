import Clock
import Foundation
import Testing

@testable import Findings

/// A document may come from another host: whatever stands in it, it is refused, or shown without harm.
@Suite("Documents of others")
struct HostileDocumentTests {
  private static let most = 1 << 50

  private static func text() throws -> String {
    try Report.json.render(DocumentTests.example(), Report.Page())
  }

  /// The example with the first `old` in it changed.
  private static func changed(_ old: String, _ new: String) throws -> [UInt8] {
    let text = try text()
    let place = try #require(text.range(of: old), "no \(old)")
    return Array(text.replacingCharacters(in: place, with: new).utf8)
  }

  @Test(
    "what is no time to act in is refused",
    arguments: [
      "soon", "P-5D", "PT-1H", "PTH", "PD", "P", "", "P5", "5D", "PT5D", "P5H", "P\u{FF15}D",
      "P+5D",
      "P5D\u{301}",
    ])
  func within(text: String) throws {
    #expect(Finding.Action(rule: "a", within: text, reasons: []).seconds == 0)
    let bytes = try Self.changed(#""within": "PT1H""#, "\"within\": \"\(text)\"")
    #expect(throws: DocumentFault.self) { try FindingsDocument(bytes) }
  }

  @Test(
    "a time to act in is at most a thousand days",
    arguments: [
      ("PT4H", 4 * 3600), ("P2D", 2 * 86_400), ("PT0H", 0), ("P1000D", 1000 * 86_400),
      ("P99999999999999999999D", 1000 * 86_400),
    ])
  func seconds(text: String, seconds: Int) throws {
    #expect(Finding.Action(rule: "a", within: text, reasons: []).seconds == seconds)
    let bytes = try Self.changed(#""within": "PT1H""#, "\"within\": \"\(text)\"")
    #expect(try FindingsDocument(bytes).findings.count == 2)
  }

  @Test(
    "an id has small ASCII digits",
    arguments: [
      "dsf1-ad773f32b78917e\u{FF17}", "dsf1-ad773f32b789\u{FF11}", "dsf1-AD773F32B78917E7",
      "dsf1-ad773f32b78917e", "dsf1-\u{301}d773f32b7891e7",
    ])
  func ids(id: String) throws {
    let bytes = try Self.changed(#""id": "dsf1-ad773f32b78917e7""#, "\"id\": \"\(id)\"")
    #expect(throws: DocumentFault.self) { try FindingsDocument(bytes) }
  }

  @Test("kinds of what was passed over are few, so that their sum is a number")
  func kinds() throws {
    let kinds = (0..<10_000).map { "\"k\($0)\": \(Self.most)" }.joined(separator: ", ")
    let bytes = try Self.changed(#""passed_over": {"#, "\"passed_over\": {\(kinds), ")
    let fault = DocumentFault("run.coverage.passed_over", "has too many kinds")
    #expect(throws: fault) { try FindingsDocument(bytes) }
  }

  /// The example with all numbers as great as a reader takes them.
  private static func greatest() throws -> FindingsDocument {
    var document = try DocumentTests.example()
    var coverage = document.run.coverage
    coverage.files = most
    coverage.filesRead = most
    coverage.unchanged = most
    coverage.archives = most
    coverage.members = most
    coverage.membersRead = most
    coverage.logs = most
    coverage.bytes = most
    coverage.records = most
    coverage.passedOver = ["database": most]
    coverage.unread = []
    for number in 1..<100 { coverage.passedOver["k\(number)"] = most }
    document.run.coverage = coverage
    for index in document.findings.indices {
      document.findings[index].sightingsTotal = most
      document.findings[index].records = most
      document.findings[index].exposure.otherSites = most
      document.findings[index].daysStolenToSeen = index == 0 ? 1 << 53 : -(1 << 53)
      document.findings[index].scoreParts = (0..<1000).map { _ in
        .init(rule: "a", points: index == 0 ? 1 << 53 : -(1 << 53), text: "a")
      }
    }
    return document
  }

  @Test("the greatest numbers are shown in every way")
  func numbers() throws {
    let document = try FindingsDocument(
      Array(Report.json.render(Self.greatest(), Report.Page()).utf8))
    for report in Report.all + Report.exports + Report.pages {
      #expect(!report.render(document, Report.Page()).isEmpty, "\(report.name)")
    }
    for finding in document.findings {
      #expect(!document.explanation(of: finding, .en).isEmpty)
    }
    #expect(!Metrics.text(document, status: 0, earlier: "").isEmpty)
  }

  @Test("so many parts as a document may have are added up, and more are refused")
  func parts() throws {
    var part = try Self.greatest()
    part.findings = [part.findings[0]]
    part.findings[0].scoreParts = []
    var union = FindingsDocument.Union()
    for number in 0..<FindingsDocument.maxParts {
      part.run.id = String(number)
      try union.add(part)
    }
    part.run.id = "one more"
    #expect(throws: FindingsDocument.MergeFault.tooMany) { try union.add(part) }
    var whole = FindingsDocument.Union()
    for number in 0..<FindingsDocument.maxParts {
      part.run.id = String(number)
      try whole.add(part)
    }
    let merged = try whole.finish()
    #expect(merged?.run.coverage.filesRead == Self.most * FindingsDocument.maxParts)
    #expect(merged?.run.coverage.isComplete == true)
    #expect(merged?.findings[0].sightingsTotal == Self.most * FindingsDocument.maxParts)
  }

  @Test(
    "an address of the net is four numbers of ASCII digits",
    arguments: [
      ("203.0.113.7", true), ("+1.+2.+3.+4", false), ("1.2.3", false), ("1.2.3.256", false),
      ("1.2.3.", false), ("1.2.3.0004", false), ("-0.1.2.3", false), ("1.2.3.\u{FF14}", false),
    ])
  func addresses(host: String, isAddress: Bool) {
    #expect(host.isIPv4 == isAddress)
  }

  @Test("techniques that are none are no links, and no markup")
  func techniques() throws {
    var document = try DocumentTests.example()
    document.findings[0].attack = ["T1555.003", "T1539", "x](//e.example) <b>", "T15\u{FF15}5"]
    let text = Report.defectDojo.render(document, Report.Page())
    #expect(text.contains("https://attack.mitre.org/techniques/T1555/003/\\n"))
    #expect(text.contains("https://attack.mitre.org/techniques/T1539/\\n"))
    #expect(text.contains("x\\\\](//e.example) &lt;b&gt;\\nT15"))
  }

  @Test("a name with a quote and an accent on it ends no tag of MISP")
  func tags() throws {
    var document = try DocumentTests.example()
    document.findings[0].infection.familyName = "a\"\u{301}b"
    let text = Report.misp.render(document, Report.Page())
    #expect(text.contains(#"malpedia=\"a'\u0301b\""#))
  }

  @Test(
    "a digest of a list of several organisations ends as a sentence", arguments: Language.allCases)
  func digest(language: Language) throws {
    var document = try DocumentTests.example()
    document.findings[0].partner = "mission-locale-drome"
    let digest = try #require(document.only(partner: "mission-locale-drome"))
    let page = Report.markdown.render(digest, Report.Page(language: language))
    let line = try #require(
      page.split(separator: "\n").first { $0.contains("dumpsieve \(document.run.version)") })
    #expect(line.hasSuffix("UTC."), "\(line)")
  }
}
