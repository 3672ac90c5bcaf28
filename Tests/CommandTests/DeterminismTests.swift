import Foundation
import TestSupport
import Testing

@Suite("The same inputs give the same bytes")
struct DeterminismTests {
  private static let variants: [[String]] = [
    ["--jobs", "1"], ["--jobs", "1"], ["--jobs", "2"], ["--jobs", "4"],
    ["--jobs", "2", "--hash-every-login"], ["--jobs", "4", "--hash-every-login"],
  ]

  /// Records of every layout, and what stands between them; `#` is a number.
  private static let parts = [
    "URL: https://portail.example/\nUSER: ann\nPASS: CANARY\n\n",
    "https://kairos.france-travail.example/:f.martin@formation-isere.example:CANARY\n",
    "USER: f.martin@formation-isere.example\nPASS: CANARY\nURL: https://a#.example/\n======\n",
    "url,username,password\nhttps://portail.example/#,bob#,CANARY\nhttps://b#.example,"
      + "f.martin@formation-isere.example,CANARY\n",
    "{\"url\":\"https://c#.example\",\"login\":\"f.martin@formation-isere.example\",\"pass\":\"CANARY\"}\n",
    "https://h#.portail.example:ann#@mail.example:CANARY\n", "noise #\n", "\n", "\0\0x\n",
  ]

  /// The document from its findings on: all that may differ stands before them.
  private static func findings(_ outcome: Outcome) throws -> String {
    let text = outcome.outputText
    let start = try #require(text.range(of: "\n  \"findings\": ["), "\(outcome.errorText)")
    return String(text[start.lowerBound...])
  }

  /// What of the run block must not differ either.
  private static func coverage(_ outcome: Outcome) throws -> NSDictionary {
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output))
    let run = try #require((object as? [String: Any])?["run"] as? [String: Any])
    return try #require(run["coverage"] as? NSDictionary)
  }

  private func expectSame(
    _ dump: String, in workplace: Workplace, _ variants: [[String]] = variants
  ) throws -> Outcome {
    let outcomes = try variants.map { variant in
      try workplace.run(["scan", dump] + Workplace.listOptions + variant)
    }
    for (variant, outcome) in zip(variants, outcomes) {
      let name = variant.joined(separator: " ")
      #expect(outcome.status == 1, "\(name)")
      let isSame = try Self.findings(outcome) == Self.findings(outcomes[0])
      #expect(isSame, "\(name) finds something else")
      #expect(try Self.coverage(outcome) == Self.coverage(outcomes[0]), "\(name)")
    }
    return outcomes[0]
  }

  @Test("the case of samples/, whatever the number of workers, with and without the pre-filter")
  func samples() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try FileManager.default.createSymbolicLink(
      atPath: workplace.path + "/dumps", withDestinationPath: Package.root + "/samples/dumps")
    _ = try expectSame("dumps", in: workplace)
  }

  @Test("files of every layout and mixes of them, whatever the ranges that they are read in")
  func ranges() throws {
    let workplace = try Workplace()
    try workplace.makeList(options: ["--service-host", "portail.example"])
    var random = SeededGenerator.forTests()
    for file in 0..<6 {
      // The last file has more hosts of the service than are told apart in one.
      let numbers = 0..<(file == 5 ? 700 : 120)
      let text = numbers.map { number in
        let part = file < 5 ? Int.random(in: 0..<Self.parts.count, using: &random) : 5
        return Self.parts[file == 0 ? 1 : part].replacingOccurrences(
          of: "#", with: "\(number % 600)")
      }
      try workplace.write(text.joined(), to: "dumps/\(file).txt")
    }
    let whole = ["--range-size", "1000000"]
    let outcome = try expectSame(
      "dumps", in: workplace,
      [
        whole, ["--jobs", "2", "--range-size", "200"], ["--jobs", "3", "--range-size", "997"],
        ["--jobs", "1", "--range-size", "4096"],
      ])
    try workplace.write(outcome.output, to: "findings.json")
    let run = try #require(try workplace.json("findings.json")["run"] as? [String: Any])
    #expect((run["coverage"] as? [String: Any])?["files_read"] as? Int == 6)
  }

  @Test("files of any names, in any order, by any number of workers, give the same findings")
  func anyOrder() throws {
    let workplace = try Workplace()
    try workplace.makeList(options: ["--service-host", "portail.example"])
    var random = SeededGenerator.forTests()
    let given = ProcessInfo.processInfo.environment["DUMPSIEVE_PROPERTY_CASES"]
    for number in 1...(given.flatMap { Int($0) } ?? 10) {
      let texts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        (0..<Int.random(in: 1...30, using: &random)).map { line in
          Self.parts.randomElement(using: &random)!.replacingOccurrences(
            of: "#", with: "\(line % 4)")
        }.joined()
      }
      let places = Array(texts.indices)
      let plain = try Self.found(texts, in: places, ["--jobs", "1"], workplace)
      let jobs = Int.random(in: 1...4, using: &random)
      let range = Int.random(in: 100...3000, using: &random)
      let other = try Self.found(
        texts, in: places.shuffled(using: &random),
        ["--jobs", "\(jobs)", "--range-size", "\(range)"], workplace)
      guard plain == other else {
        Issue.record("case \(number), \(jobs) workers, ranges of \(range): \(plain)\nand \(other)")
        return
      }
    }
  }

  /// The findings in texts, each in a file that is named after its place, as if each stood at its own; sightings in no
  /// order.
  private static func found(
    _ texts: [String], in places: [Int], _ options: [String], _ workplace: Workplace
  ) throws -> Set<NSDictionary> {
    try? FileManager.default.removeItem(atPath: workplace.path + "/dumps")
    for (place, text) in zip(places, texts) { try workplace.write(text, to: "dumps/\(place).txt") }
    let outcome = try workplace.run(["scan", "dumps"] + Workplace.listOptions + options)
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output))
    let findings = (document as? [String: Any])?["findings"] as? [[String: Any]]
    return Set(
      try #require(findings, "\(outcome.errorText)").map { finding in
        var finding = finding
        let sightings = (finding["sightings"] as? [[String: Any]] ?? []).map { sighting in
          var sighting = sighting
          let place = (sighting["member"] as? String)?.split(separator: ".").first
          sighting["member"] = place.flatMap { Int($0) }.flatMap { places.firstIndex(of: $0) }
          return sighting as NSDictionary
        }
        finding["sightings"] = Set(sightings)
        return finding as NSDictionary
      })
  }

  @Test("300 made-up logs: each listed one is found, with its own machine")
  func madeUp() throws {
    let workplace = try Workplace()
    let dump = try MadeDump(logs: 300, seed: 2025, in: workplace)
    try workplace.makeList(csv: "accounts.csv")
    let outcome = try expectSame("dumps", in: workplace)
    try workplace.write(outcome.output, to: "findings.json")
    let document = try workplace.json("findings.json")
    let findings = try #require(document["findings"] as? [[String: Any]])
    let infections = findings.compactMap { $0["infection"] as? [String: Any] }
    let machines = Set(infections.compactMap { $0["device_id"] as? String })
    #expect(findings.count == dump.listedFolders.count)
    #expect(machines.count == dump.listedFolders.count, "a log has another log's machine")
    #expect(infections.allSatisfy { $0["family"] as? String == "fam.redline" })
    let members = findings.compactMap { finding -> String? in
      let sighting = (finding["sightings"] as? [[String: Any]])?.first
      let member = (sighting?["member"] as? String)?.split(separator: "/").first
      return member.map { "dumps/" + $0 }
    }
    #expect(Set(members) == Set(dump.listedFolders))
    // The cookies of all of a log's units, and of no other log.
    for (finding, folder) in zip(findings, members) {
      let exposure = finding["exposure"] as? [String: Any]
      let cookies = exposure?["cookies"] as? [String: Any]
      #expect(cookies?["count"] as? Int == dump.cookieFiles[folder], "\(folder)")
      #expect(cookies?["session"] as? Bool == true)
    }
    let run = try #require(document["run"] as? [String: Any])
    let coverage = try #require(run["coverage"] as? [String: Any])
    #expect(coverage["complete"] as? Bool == true)
    #expect(coverage["logs"] as? Int == 300)
    #expect(coverage["files"] as? Int == coverage["files_read"] as? Int)
  }
}
