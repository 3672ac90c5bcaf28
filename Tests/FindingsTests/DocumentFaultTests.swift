import Foundation
import Testing

@testable import Findings

/// What of a findings document is not as it must be is refused by the member that is not.
@Suite("Faults of documents")
struct DocumentFaultTests {
  /// The example with the first `old` in it changed.
  private static func changed(_ old: String, _ new: String) throws -> [UInt8] {
    let text = try Report.json.render(DocumentTests.example(), Report.Page())
    let place = try #require(text.range(of: old), "no \(old)")
    return Array(text.replacingCharacters(in: place, with: new).utf8)
  }

  @Test(
    "a member of the run that is missing, or of another kind, is named with its place",
    arguments: [
      (#""workers": 2"#, #""x": 2"#, "run.workers", "is missing"),
      (#""sandbox": ""#, #""x": ""#, "run.sandbox", "is missing"),
      (#""tool": {"#, #""x": {"#, "run.tool", "is missing"),
      (#""workers": 2"#, #""workers": -1"#, "run.workers", "is no number that stands there"),
      (
        #""workers": 2"#, #""workers": 1125899906842625"#, "run.workers",
        "is no number that stands there"
      ),
      (#""workers": 2"#, #""workers": 2, "shard": 5"#, "run.shard", "is no object"),
      (
        #""workers": 2"#, #""workers": 2, "shard": {"index": 3, "of": 2}"#, "run.shard", "is none"
      ),
      (
        #""workers": 2"#, #""workers": 2, "shard": {"index": 1, "of": 4097}"#, "run.shard",
        "is none"
      ),
      (#""complete": true"#, #""complete": 1"#, "run.complete", "is no Boolean"),
      (
        #""as_of": "2025-07-14T01:30:00Z""#, #""as_of": "2025-07-14""#, "run.as_of", "is no time"
      ),
      (
        #""as_of": "2025-07-14T01:30:00Z""#, #""as_of": "2025-02-30T01:30:00Z""#, "run.as_of",
        "is no time"
      ),
      (#""watchlists": ["#, #""watchlists": 1, "x": ["#, "run.watchlists", "is no list"),
      (
        #""key_id": "585574bf986c32cb""#, #""key_id": "585574BF986C32CB""#,
        "run.watchlists.0.key_id", "is no id"
      ),
      (#""thresholds": ["#, #""thresholds": [90, "#, "run.texts.thresholds", "is too long a list"),
      (
        #""passed_over": {"#, #""passed_over": {"a b": 1, "#, "run.coverage.passed_over",
        "has a name that is none"
      ),
      (
        #""passed_over": {"#, #""passed_over": {"\#(String(repeating: "k", count: 65))": 1, "#,
        "run.coverage.passed_over", "has a name that is none"
      ),
      (
        #""reason": "archive-truncated""#,
        #""reason": "archive-truncated", "bytes": {"from": 5, "to": 4}"#,
        "run.coverage.unread.0.bytes", "end before they begin"
      ),
    ] as [(String, String, String, String)])
  func run(old: String, new: String, place: String, reason: String) throws {
    let bytes = try Self.changed(old, new)
    #expect(throws: DocumentFault(place, reason)) { try FindingsDocument(bytes) }
  }

  @Test(
    "so is one of a finding",
    arguments: [
      (
        #""severity": "critical""#, #""severity": "grave""#, "severity",
        "is no word that stands there"
      ),
      (
        #""match": "account""#, #""match": "friend""#, "account.match",
        "is no word that stands there"
      ),
      (
        #""matched_by": "exact""#, #""matched_by": "guess""#, "account.matched_by",
        "is no word that stands there"
      ),
      (#""login": null"#, #""login": "ann@a.example""#, "account.login", "is not masked"),
      (
        #""days_stolen_to_seen": 5"#, #""days_stolen_to_seen": "5""#,
        "timeline.days_stolen_to_seen", "is no number that stands there"
      ),
      (
        #""days_stolen_to_seen": 5"#, #""days_stolen_to_seen": -9007199254740993"#,
        "timeline.days_stolen_to_seen", "is no number that stands there"
      ),
      (
        #""antivirus": ["#, #""antivirus": [7, "#, "infection.antivirus",
        "is no text that may be shown"
      ),
      (
        #""antivirus": ["#, #""antivirus": ["\u202e", "#, "infection.antivirus",
        "is no text that may be shown"
      ),
    ])
  func finding(old: String, new: String, member: String, reason: String) throws {
    let bytes = try Self.changed(old, new)
    do {
      _ = try FindingsDocument(bytes)
      Issue.record("\(new) is read")
    } catch {
      #expect(error.place.hasSuffix("findings.0.\(member)"), "\(error.message)")
      #expect(error.reason == reason, "\(error.message)")
    }
  }

  @Test("of two findings with one id, and of a lost one, a document is refused")
  func count() throws {
    let twice = try Self.changed("dsf1-e61bfbdedec5074c", "dsf1-ad773f32b78917e7")
    #expect(throws: DocumentFault("findings", "has an id twice")) { try FindingsDocument(twice) }
    let lost = try Self.changed(#""findings": 2"#, #""findings": 3"#)
    do {
      _ = try FindingsDocument(lost)
      Issue.record("a lost finding is not missed")
    } catch {
      #expect(error.place.hasSuffix("summary") && error.reason == "counts other findings")
    }
  }

  @Test("the greatest and the least numbers that may stand there are read as they are")
  func bounds() throws {
    let most = try FindingsDocument(Self.changed(#""workers": 2"#, #""workers": 1125899906842624"#))
    #expect(most.run.workers == 1 << 50)
    let least = try FindingsDocument(
      Self.changed(#""days_stolen_to_seen": 5"#, #""days_stolen_to_seen": -9007199254740992"#))
    #expect(least.findings[0].daysStolenToSeen == -(1 << 53))
  }

  @Test(
    "points that are not told count for nothing, and a part that nothing lowers has no words for it"
  )
  func parts() throws {
    let noPoints = try FindingsDocument(Self.changed(#""points": 40"#, #""points": null"#))
    #expect(noPoints.findings[0].scoreParts[0].points == 0)
    var document = try DocumentTests.example()
    document.run.texts.scoreParts["sev.fresh-30d"]?.lower = nil
    let read = try FindingsDocument(Array(Report.json.render(document, Report.Page()).utf8))
    #expect(read.run.texts == document.run.texts)
    #expect(read.run.texts.scoreParts["sev.fresh-30d"]?.lower == nil)
    #expect(read.run.texts.scoreParts["sev.live-session"]?.lower != nil)
  }
}
