import Clock
import Foundation
import Testing

@testable import Findings

/// What earlier nights knew of a finding stands in its document, is read from it, and stands in each export.
@Suite("Documents with a history")
struct HistoryDocumentTests {
  private static let now = UTCTime("2025-07-14T01:30:00Z") ?? UTCTime(seconds: 0)
  private static let before = UTCTime("2025-07-01T01:30:00Z") ?? UTCTime(seconds: 0)

  private static func past(
    _ state: Finding.Past.State, _ resolution: Finding.Past.Resolution? = nil,
    marks: [Finding.Past.Mark.Name] = [], isSuppressed: Bool = false
  ) -> Finding.Past {
    Finding.Past(
      state: state, firstSeen: before, lastSeen: now, resolution: resolution,
      marks: marks.map { .init(name: $0, at: now, author: "ann") },
      suppression: isSuppressed ? .init(reason: "a test account", author: "bob", until: now) : nil)
  }

  /// The example, of whose findings the first has that past, the second none.
  private static func example(_ past: Finding.Past?) throws -> FindingsDocument {
    var document = try DocumentTests.example()
    document.run.isOfHistory = true
    document.findings[0].past = past
    return document
  }

  private static func text(_ past: Finding.Past?) throws -> String {
    try Report.json.render(example(past), Report.Page())
  }

  private static let pasts: [Finding.Past] = [
    past(.new), past(.ongoing, marks: [.acknowledged, .notified, .resetDone]),
    past(.reopened, isSuppressed: true), past(.resolved, .passwordChanged),
    past(.resolved, .operatorSaidSo, marks: [.resetDone]), past(.resolved, .unlisted),
    past(.resolved, .withdrawn, isSuppressed: true),
  ]

  @Test("a past is read as it was written", arguments: pasts)
  func read(past: Finding.Past) throws {
    let text = try Self.text(past)
    let document = try FindingsDocument(Array(text.utf8))
    #expect(document.findings.map(\.past) == [past, nil])
    #expect(document.run.isOfHistory)
    #expect(Report.json.render(document, Report.Page()) == text)
    let fragment = try #require(Finding(fragment: document.findings[0].fragment))
    #expect(fragment.past == nil, "what the store keeps of a log has no past")
  }

  @Test("an unknown state is refused; what a later version may say beside it is not")
  func unknown() throws {
    let text = try Self.text(Self.past(.resolved, .unlisted, marks: [.notified, .resetDone]))
    func read(_ old: String, _ new: String) throws -> FindingsDocument {
      try #require(text.contains(old))
      return try FindingsDocument(Array(text.replacingOccurrences(of: old, with: new).utf8))
    }
    do {
      _ = try read(#""state": "resolved""#, #""state": "settled""#)
      Issue.record("an unknown state is read")
    } catch let fault as DocumentFault {
      #expect(fault.place.hasSuffix("findings.0.state"))
      #expect(fault.reason == "is no word that stands there")
    }
    let mark = try read(#""mark": "notified""#, #""mark": "phoned""#).findings[0].past
    #expect(mark?.marks.map(\.name) == [.resetDone])
    let resolution = try read(#""resolved_by": "unlisted""#, #""resolved_by": "moved""#)
    #expect(resolution.findings[0].past?.resolution == nil)
    #expect(resolution.findings[0].past?.state == .resolved)
  }

  @Test("what was not read keeps its bytes and members")
  func unread() throws {
    var document = try Self.example(nil)
    var gap = try #require(document.run.coverage.unread.first)
    gap.skippedBytes = 3
    gap.bytes = 4..<9
    gap.members = 5
    document.run.coverage.unread = [gap]
    let text = Report.json.render(document, Report.Page())
    #expect(try FindingsDocument(Array(text.utf8)).run.coverage.unread == [gap])
  }

  @Test(
    "OCSF has an activity and a status for each state",
    arguments: [
      (nil, 1, "Create", 1, "New", true), (past(.new), 1, "Create", 1, "New", true),
      (past(.reopened), 1, "Create", 1, "New", true),
      (past(.ongoing), 2, "Update", 1, "New", true),
      (past(.ongoing, marks: [.notified]), 2, "Update", 2, "In Progress", true),
      (past(.ongoing, marks: [.notified], isSuppressed: true), 2, "Update", 3, "Suppressed", false),
      (past(.resolved, .unlisted), 3, "Close", 4, "Resolved", false),
    ] as [(Finding.Past?, Int, String, Int, String, Bool)])
  func ocsf(
    past: Finding.Past?, activity: Int, activityName: String, status: Int, statusName: String,
    isAlert: Bool
  ) throws {
    let line = try #require(
      Report.ocsf.render(Self.example(past), .init()).split(separator: "\n").first)
    #expect(line.hasPrefix(#"{"activity_id":\#(activity),"activity_name":"\#(activityName)","#))
    #expect(line.contains(#""type_name":"Detection Finding: \#(activityName)""#))
    #expect(
      line.contains(#""status_id":\#(status),"status":"\#(statusName)","is_alert":\#(isAlert),"#))
    let times = #""first_seen_time":1751333400000,"last_seen_time":1752456600000,"#
    #expect(line.contains(times) == (past != nil))
    #expect(line.contains(#","time":\#(past == nil ? 1_752_456_600_000 : 1_751_333_400_000),"#))
  }

  @Test("ECS, CSV and STIX name the state, and whether it is set aside", arguments: pasts + [nil])
  func states(past: Finding.Past?) throws {
    let document = try Self.example(past)
    let ecs = try #require(Report.ecs.render(document, .init()).split(separator: "\n").first)
    let csv = Report.csv.render(document, .init()).split(separator: "\n")[1]
    let stix = Report.stix.render(document, .init())
    guard let past else {
      #expect(!ecs.contains(#""action""#) && !ecs.contains(#""state""#))
      #expect(!ecs.contains(#""suppressed""#))
      #expect(csv.hasPrefix(#""dsf1-ad773f32b78917e7","",,,,"critical""#))
      return
    }
    let (state, isSuppressed) = (past.state.rawValue, past.suppression != nil)
    #expect(ecs.contains(#""action":"\#(state)","#))
    #expect(ecs.contains(#""labels":{"state":"\#(state)","suppressed":"\#(isSuppressed)","#))
    #expect(
      csv.hasPrefix(
        #""dsf1-ad773f32b78917e7","\#(state)",\#(isSuppressed),2025-07-01T01:30:00Z,2025-07-14T01:30:00Z,"critical""#
      ))
    let labels =
      "\"labels\": [\n        \"critical\",\n        \"stealer-log\",\n        \"\(state)\"\n"
    #expect(stix.contains(labels))
  }

  @Test("MISP is told that the victim was notified only if he was")
  func notified() throws {
    let words = [#""value": "victim-notified""#, #""value": "none""#]
    func counts(_ past: Finding.Past?) throws -> [Int] {
      let event = Report.misp.render(try Self.example(past), .init())
      return words.map { event.components(separatedBy: $0).count - 1 }
    }
    #expect(try counts(nil) == [0, 2])
    #expect(try counts(Self.past(.ongoing, marks: [.acknowledged])) == [0, 2])
    #expect(try counts(Self.past(.ongoing, marks: [.acknowledged, .notified])) == [1, 1])
  }

  @Test("a finding that was told is shown without key and lists")
  func told() throws {
    let finding = try Self.example(Self.past(.reopened)).findings[0]
    let told = try #require(ToldFinding(finding.fragment))
    #expect(told.id == "dsf1-ad773f32b78917e7" && told.state == .reopened)
    #expect(told.severity == .critical && told.partner == "org-formation-isere")
    #expect(told.account == "KAI-0042" && told.service == "Kairos")
    #expect(told.firstSeen == Self.before && told.lastSeen == Self.now)
    #expect(told.json == finding.json)
  }

  @Test("what stands for the account and the service is the first that is known")
  func names() throws {
    var finding = try Self.example(Self.past(.new)).findings[0]
    finding.service.name = nil
    finding.account.reference = nil
    var told = try #require(ToldFinding(finding.fragment))
    #expect(told.account == "e5b673e890039138")
    #expect(told.service == "kairos.france-travail.example")
    finding.account.masked = SafeText("…@formation-isere.example")
    finding.service.host = nil
    told = try #require(ToldFinding(finding.fragment))
    #expect(told.account == "…@formation-isere.example" && told.service == "")
    finding.account.masked = nil
    finding.account.tag = nil
    told = try #require(ToldFinding(finding.fragment))
    #expect(told.account == "several")
  }

  @Test("words of a later version are taken for the mildest, and what is no finding for none")
  func laterWords() throws {
    let text = try Self.example(Self.past(.new)).findings[0].fragment
    let later = text.replacingOccurrences(of: #""state":"new""#, with: #""state":"settled""#)
      .replacingOccurrences(of: #""severity":"critical""#, with: #""severity":"grave""#)
    let told = try #require(ToldFinding(later))
    #expect(told.state == .ongoing && told.severity == .low)
    #expect(ToldFinding(try Self.example(nil).findings[0].fragment) == nil)
    for bad in ["", "[]", String(text.dropLast())] { #expect(ToldFinding(bad) == nil, "\(bad)") }
  }
}
