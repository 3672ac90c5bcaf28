import Foundation
import TestSupport
import Testing

/// Files that bring their worker down, as only builds for tests can be asked to (`MockFault`).
@Suite("Workers that fail")
struct WorkerFaultTests {
  /// What a file asks for, what is then said of it, and how many ask for it. A worker that hangs takes its time.
  private static let kinds: [(ask: String, reason: String, count: Int)] = [
    ("crash", "worker-crash", 394),
    ("memory", "worker-memory", 200),
    ("long-frame", "protocol", 100),
    ("unknown-frame", "protocol", 100),
    ("cut-frame", "protocol", 100),
    ("strange-file", "protocol", 100),
    ("hang", "timeout", 6),
  ]
  private static let files = 10_000

  @Test("1,000 of them among 10,000 files cost themselves, and nothing else")
  func faults() throws {
    guard ScenarioNeed.mock.isMet else {
      return print("SKIPPED workers that fail: \(ScenarioNeed.mock.reason)")
    }
    let workplace = try Workplace()
    try workplace.makeList()
    var asks = Self.kinds.flatMap { Array(repeating: $0.ask, count: $0.count) }
    let faults = asks.count
    #expect(faults == 1000)
    var generator = SeededGenerator(seed: 7)
    asks += Array(repeating: "", count: Self.files - faults)
    asks.shuffle(using: &generator)
    for (number, ask) in asks.enumerated() {
      let line =
        "https://site\(number).example/:f.martin@formation-isere.example:CANARY-\(number)\n"
      let path = "dumps/\(number % 100)/\(number).txt"
      try workplace.write(ask.isEmpty ? line : "dumpsieve-mock-fault \(ask)\n" + line, to: path)
    }
    let own = Set(workplace.files)
    let options =
      ["scan", "dumps", "--out", "findings.json", "--jobs", "2", "--worker-timeout", "10"]
      + ["--problem-log", "problems.txt"] + Workplace.listOptions
    let outcome = try workplace.start(options).outcome(within: 600)
    #expect(outcome.status == 1, "\(outcome.errorText)")
    #expect(outcome.errors.isEmpty, "\(outcome.errorText)")
    let document = try workplace.json("findings.json")
    let run = try #require(document["run"] as? [String: Any])
    let coverage = try #require(run["coverage"] as? [String: Any])
    // Which file has which problem, and which site a finding.
    let lines = try workplace.text("problems.txt").split(separator: "\n")
      .map { $0.split(separator: "\t") }
    var problems: [Int: String] = [:]
    for line in lines {
      let name = try #require(line.last?.split(separator: "/").last?.split(separator: ".").first)
      problems[try #require(Int(name))] = String(line[0])
    }
    var reasons = Dictionary(uniqueKeysWithValues: Self.kinds.map { ($0.ask, $0.reason) })
    if !ScenarioNeed.limits.isMet {
      print("SKIPPED workers that hunger: \(ScenarioNeed.limits.reason)")
      reasons["memory"] = "worker-crash"
    }
    var expected: [Int: String] = [:]
    for (number, ask) in asks.enumerated() { expected[number] = reasons[ask] }
    let differing = problems.keys.filter { problems[$0] != expected[$0] }.sorted().prefix(9)
    #expect(differing.isEmpty)
    #expect(lines.count == faults)
    let findings = try #require(document["findings"] as? [[String: Any]])
    let hosts = findings.compactMap { ($0["service"] as? [String: Any])?["host"] as? String }
    let sites = asks.indices.filter { asks[$0].isEmpty }.map { "site\($0).example" }
    #expect(hosts.count == Self.files - faults)
    #expect(Set(hosts).symmetricDifference(sites).sorted().prefix(9).isEmpty)
    #expect(coverage["files_read"] as? Int == Self.files - faults)
    LeakSearch.canary.expectNone(in: outcome, "faults")
    LeakSearch.canary.expectNone(in: workplace, except: own, "faults")
  }
}
