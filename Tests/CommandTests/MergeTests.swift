import Foundation
import Testing

/// Runs that share the work, joined, say what the single run says.
@Suite("Shards and merging")
struct MergeTests {
  private static let scan = ["scan", "dumps"] + Workplace.listOptions

  /// Logs, files of all layouts, links, gaps and an archive, with accounts in many of them.
  private static func workplace() throws -> Workplace {
    let workplace = try Workplace()
    try workplace.makeList(options: ["--service-host", "portail.example"])
    try FileManager.default.copyItem(
      atPath: Package.root + "/samples/dumps", toPath: workplace.path + "/dumps")
    for number in 0..<70 {
      let lines = [
        "https://s\(number % 3).example/:f.martin@formation-isere.example:CANARY",
        "https://portail.example/:ann\(number)@mail.example:CANARY", "noise", "",
      ]
      try workplace.write(lines.joined(separator: "\n"), to: "dumps/x/\(number).txt")
    }
    try FileManager.default.linkItem(
      atPath: workplace.path + "/dumps/x/3.txt", toPath: workplace.path + "/dumps/x/99.txt")
    try FileManager.default.linkItem(
      atPath: workplace.path + "/dumps/x/4.txt", toPath: workplace.path + "/dumps/0.txt")
    try FileManager.default.createSymbolicLink(
      atPath: workplace.path + "/dumps/x/link", withDestinationPath: "3.txt")
    return workplace
  }

  @Test("in whatever order, grouping and number the parts come", arguments: [1, 2, 5])
  func unions(count: Int) throws {
    let workplace = try Self.workplace()
    let status = try workplace.run(Self.scan, to: "single.json")
    let single = try workplace.said("single.json")
    let parts = (1...count).map { "\($0).json" }
    for (index, part) in parts.enumerated() {
      try workplace.run(Self.scan + ["--shard", "\(index + 1)/\(count)"], to: part)
    }
    let half = parts.count / 2
    try workplace.run(["merge"] + parts.prefix(half + 1), to: "left.json")
    try workplace.run(["merge"] + parts.suffix(half + 1), to: "right.json")
    var texts: Set<String> = []
    for inputs in [
      parts, parts.reversed(), parts + parts, ["left.json", "right.json"],
      ["right.json", "left.json"], ["left.json"] + parts,
    ] {
      let own = try workplace.run(["merge"] + inputs, to: "merged.json")
      #expect(own == status)
      let merged = try workplace.said("merged.json")
      #expect(merged.findings == single.findings, "\(inputs)")
      #expect(merged.coverage == single.coverage, "\(inputs)")
      texts.insert(try workplace.text("merged.json"))
    }
    #expect(texts.count == 1, "the bytes depend on the order")
    try Schema.expectValid(
      ["merged": workplace.read("merged.json") ?? [], "part": workplace.read("1.json") ?? []],
      strictly: true)
  }

  @Test("a shard that is missing is a gap")
  func missing() throws {
    let workplace = try Self.workplace()
    try workplace.run(Self.scan + ["--shard", "2/3"], to: "2.json")
    let outcome = try workplace.run(["merge", "2.json", "--fail-on", "none", "--out", "m.json"])
    #expect(outcome.status == 3)
    let coverage = try workplace.said("m.json").coverage
    #expect(coverage["missing_shards"] as? [Int] == [1, 3])
    #expect(coverage["complete"] as? Bool == false)
  }

  @Test("a list that a part went without is missing from the whole, and every page says so")
  func refusedLists() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write("x\n", to: "dumps/a.txt")
    try workplace.write("no list\n", to: "broken.dsw")
    let skip = ["--watchlist", "broken.dsw", "--on-refused-list", "skip"]
    for shard in ["1", "2"] {
      try workplace.run(Self.scan + skip + ["--shard", shard + "/2"], to: shard + ".json")
    }
    for (parts, name) in [(["1.json", "2.json"], "m.json"), (["m.json", "1.json"], "again.json")] {
      #expect(try workplace.run(["merge"] + parts, to: name) == 3)
      let coverage = try workplace.said(name).coverage
      let lists = coverage["refused_lists"] as? [[String: String]]
      #expect(lists?.map { $0["list"] } == ["broken.dsw"])
      #expect(coverage["complete"] as? Bool == false)
    }
    for arguments in [
      ["merge", "1.json", "2.json", "--format", "table"], ["report", "m.json", "--markdown"],
      ["report", "m.json", "--html", "--lang", "fr"],
      ["dossier", "m.json", "--partner", "org-formation-isere"],
    ] {
      let page = try workplace.run(arguments).outputText
      #expect(page.contains("broken.dsw"), "\(arguments)")
      #expect(!page.contains("Nothing was left unread"), "\(arguments)")
      #expect(!page.contains("nothing to read"), "\(arguments)")
    }
  }

  @Test("a night on which nothing had changed is complete as a part, too")
  func unchanged() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write("x\n", to: "dumps/a.txt")
    let night = Self.scan + ["--state-dir", "state", "--settle", "0s"]
    try workplace.run(night, to: "first.json")
    #expect(try workplace.run(night, to: "1.json") == 0)
    #expect(try workplace.said("1.json").coverage["files_read"] as? Int == 0)
    #expect(try workplace.run(["merge", "1.json"], to: "m.json") == 0)
    let coverage = try workplace.said("m.json").coverage
    #expect(coverage["unchanged"] as? Int == 1)
    #expect(coverage["complete"] as? Bool == true)
    let page = try workplace.run(["report", "m.json", "--markdown"]).outputText
    #expect(page.contains("Nothing was left unread"))
    #expect(!page.contains("nothing to read"))
    // It leaves out what was told before, so that a whole of such parts would be no whole.
    try workplace.run(night + ["--since", "2025-07-14"], to: "since.json")
    let refused = try workplace.run(["merge", "since.json", "--out", "n.json"])
    #expect(refused.status == 78)
    #expect(refused.errorText.contains("--since"), "\(refused.errorText)")
    #expect(!workplace.files.contains("n.json"))
  }

  @Test("a shard without work is complete, and all that are there are one run")
  func nothingToDo() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write("x\n", to: "dumps/a.txt")
    let statuses = try (1...4).map { index in
      try workplace.run(Self.scan + ["--shard", "\(index)/4"], to: "\(index).json")
    }
    #expect(statuses == [0, 0, 0, 0])
    let parts = (1...4).map { "\($0).json" }
    #expect(try workplace.run(["merge"] + parts, to: "m.json") == 0)
    #expect(try workplace.said("m.json").coverage["files"] as? Int == 1)
  }

  @Test("runs over dumps of their own are joined, too")
  func ownDumps() throws {
    let workplace = try Self.workplace()
    try workplace.run(["scan", "dumps/x"] + Workplace.listOptions, to: "a.json")
    try workplace.run(["scan", "dumps/ulp"] + Workplace.listOptions, to: "b.json")
    try workplace.run(
      ["scan", "dumps/x", "dumps/ulp"] + Workplace.listOptions, to: "ab.json")
    try workplace.run(["merge", "b.json", "a.json"], to: "m.json")
    let (single, merged) = (try workplace.said("ab.json"), try workplace.said("m.json"))
    #expect(merged.findings == single.findings)
    #expect(merged.coverage == single.coverage)
  }

  @Test("parts are merged by the rules that they were made with, and by no others")
  func rules() throws {
    let workplace = try Self.workplace()
    try workplace.write(
      """
      id: svc.own
      kind: service
      title: Portail
      level: critical
      hosts: [s1.example]
      examples: ["https://s1.example/login"]
      negative_examples: ["https://s2.example/login"]
      """, to: "rules/own.yaml")
    let own = ["--rules", "rules"]
    for index in ["1", "2"] {
      try workplace.run(Self.scan + own + ["--shard", index + "/2"], to: index + ".json")
    }
    let refused = try workplace.run(["merge", "1.json", "2.json", "--out", "m.json"])
    #expect(refused.status == 78)
    #expect(refused.errorText.contains("1.json: comes from a run with other rules than these"))
    #expect(!workplace.files.contains("m.json"))
    try workplace.run(Self.scan + own, to: "single.json")
    try workplace.run(["merge", "1.json", "2.json"] + own, to: "m.json")
    let (single, merged) = (try workplace.said("single.json"), try workplace.said("m.json"))
    #expect(merged.findings == single.findings && merged.findings.contains("svc.own"))
  }

  @Test("what does not belong together is refused, and says why")
  func refused() throws {
    let workplace = try Self.workplace()
    try workplace.run(Self.scan + ["--shard", "1/2"], to: "1.json")
    try workplace.run(Self.scan + ["--shard", "1/2"], to: "again.json")
    try workplace.run(Self.scan + ["--shard", "2/3"], to: "thirds.json")
    try workplace.run(Self.scan, to: "whole.json")
    try workplace.run(
      ["scan", "dumps", "--watchlist", "isere.dsw", "--key-file", "isere.key"], to: "now.json")
    let text = try workplace.text("1.json")
    func change(_ old: String, _ new: String, _ name: String) throws {
      try #require(text.contains(old), "\(old)")
      let place = try #require(text.range(of: old))
      try workplace.write(text.replacingCharacters(in: place, with: new), to: name)
    }
    try change("\"accounts\": 1", "\"accounts\": 2", "list.json")
    try change("\"sha256\": \"", "\"sha256\": \"0", "long.json")
    try change("\"id_check\": \"", "\"id_check\": \"zz", "check.json")
    try change("\"version\": \"0.", "\"version\": \"9.", "version.json")
    try change("\"login\": null", "\"login\": \"f.martin@formation-isere.example\"", "clear.json")
    try change("\"partner\": \"", "\"partner\": \"\\u001b[2J", "steer.json")
    try change("\"files\": ", "\"files\": -", "negative.json")
    try change("\"files\": ", "\"files\": 1e9, \"x\": ", "fraction.json")
    try change("\"sightings_total\": ", "\"sightings_total\": 99999999999999999999", "big.json")
    try change("\"schema_version\": \"1.", "\"schema_version\": \"2.", "schema.json")
    try change("\"schema_version\": \"1.", "\"schema_version\": \"1.0", "earlier.json")
    try workplace.write(String(text.dropLast(100)), to: "cut.json")
    try workplace.write(String(repeating: "[", count: 100_000), to: "deep.json")
    try workplace.write("", to: "empty.json")
    try workplace.write([0xFF, 0xFE], to: "noise.json")
    for (part, reason) in [
      ("again.json", "shard 1/2"), ("thirds.json", "shards"), ("whole.json", "shards"),
      ("now.json", "--as-of"), ("list.json", "lists"), ("long.json", "sha256"),
      ("check.json", "id_check"), ("version.json", "version"), ("clear.json", "login"),
      ("steer.json", "partner"), ("negative.json", "files"), ("fraction.json", "end the object"),
      ("big.json", "whole number"), ("schema.json", "schema_version"),
      ("earlier.json", "schema_version"), ("cut.json", "byte"),
      ("deep.json", "deep"), ("empty.json", "byte 0"), ("noise.json", "byte 0"),
      ("nowhere.json", "opened"), ("dumps", "regular file"),
    ] {
      let outcome = try workplace.run(["merge", "1.json", part, "--out", "m.json"])
      #expect(outcome.status == 78, "\(part)")
      #expect(
        outcome.errorText.contains(part) && outcome.errorText.contains(reason),
        "\(part): \(outcome.errorText)")
      #expect(!workplace.files.contains("m.json"), "\(part)")
    }
  }
}
