import Foundation
import TestSupport
import Testing

/// Runs that are given units of work by a list, joined, say what the single run says.
@Suite("Units of work")
struct UnitTests {
  /// Logs within each other, links, gaps, an archive in two volumes, passwords beside one, names that need escapes.
  private static func workplace() throws -> Workplace {
    let workplace = try Workplace()
    try workplace.makeList(options: ["--service-host", "portail.example"])
    try FileManager.default.copyItem(
      atPath: Package.root + "/samples/dumps", toPath: workplace.path + "/dumps")
    let line = "https://kairos.france-travail.example/:f.martin@formation-isere.example:CANARY\n"
    let system = "Computer Name: PC\nUser Name: ann\nHWID: 0123456789ABCDEF\n"
    for (log, hwid) in [("outer", "A"), ("outer/in it/FR[1]", "B"), ("odd %\u{e9}\t", "C")] {
      try workplace.write(line, to: "dumps/\(log)/Passwords.txt")
      try workplace.write(
        system.replacingOccurrences(of: "ABCDEF", with: hwid + hwid + "00"),
        to: "dumps/\(log)/System.txt")
      try workplace.write("x", to: "dumps/\(log)/Screenshot.jpg")
    }
    for number in 0..<30 {
      try workplace.write(
        line + "https://portail.example/:ann\(number)@mail.example:CANARY\n",
        to: "dumps/x/\(number).txt")
    }
    let files = FileManager.default
    // Its only file is another name of one that stands before it: the log is none of the single run's.
    try workplace.write("y", to: "dumps/y/FR_2/Screenshot.png")
    for (old, new) in [
      ("outer/Passwords.txt", "outer/in it/FR[1]/All Passwords.txt"), ("x/4.txt", "x/99.txt"),
      ("x/5.txt", "y/FR_2/System.txt"),
    ] {
      try files.linkItem(
        atPath: workplace.path + "/dumps/" + old, toPath: workplace.path + "/dumps/" + new)
    }
    try files.createSymbolicLink(
      atPath: workplace.path + "/dumps/x/link", withDestinationPath: "3.txt")
    try workplace.write("", to: "dumps/x/set.part2.rar")
    try workplace.write([0x50, 0x4B, 3, 4], to: "dumps/x/locked.zip")
    try workplace.write("CANARY", to: "dumps/x/locked.zip.password")
    return workplace
  }

  @discardableResult
  private static func run(
    _ arguments: [String], input: String = "", in workplace: Workplace, to name: String
  ) throws -> Int32 {
    try workplace.run(arguments + Workplace.listOptions, input: input, to: name)
  }

  private static func lines(
    _ options: [String] = [], of dump: String = "dumps", in workplace: Workplace
  ) throws -> [String] {
    let outcome = try workplace.run(["units", dump] + options)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    return outcome.outputText.split(separator: "\n").map(String.init)
  }

  /// Scans each pack by itself, and merges.
  private static func scan(
    _ packs: [[String]], in workplace: Workplace
  ) throws -> (findings: String, coverage: NSDictionary) {
    var parts: [String] = []
    for (number, pack) in packs.enumerated() {
      parts.append("part\(number).json")
      try run(
        ["scan", "--units", "-"], input: pack.map { $0 + "\n" }.joined(), in: workplace,
        to: parts[number])
    }
    let outcome = try workplace.run(["merge"] + parts + ["--out", "merged.json"])
    #expect([1, 3].contains(outcome.status), "\(outcome.errorText)")
    return try workplace.said("merged.json")
  }

  @Test("however they are packed", arguments: [0, 1, 2, 3])
  func packs(seed: UInt64) throws {
    let workplace = try Self.workplace()
    try Self.run(["scan", "dumps"], in: workplace, to: "single.json")
    let single = try workplace.said("single.json")
    var generator = SeededGenerator(seed: seed)
    let lines = try Self.lines(in: workplace).shuffled(using: &generator)
    for kind in ["log", "file", "gap", "passed"] {
      #expect(lines.contains { $0.hasPrefix(kind + "\t") }, "no \(kind)")
    }
    // One line a run, all in one, and by chance.
    let count = [lines.count, 1, 3, 7][Int(seed)]
    var packs = [[String]](repeating: [], count: count)
    for (number, line) in lines.enumerated() { packs[number % count].append(line) }
    let merged = try Self.scan(packs, in: workplace)
    #expect(merged.findings == single.findings)
    #expect(merged.coverage == single.coverage)
  }

  @Test("units need no key, and a dump that is a file is one")
  func single() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write("https://a.example/:f.martin@formation-isere.example:CANARY\n", to: "a b")
    let lines = try Self.lines(of: "a b", in: workplace)
    #expect(lines == ["file\t59\ta%20b\t"])
    try Self.run(["scan", "a b"], in: workplace, to: "single.json")
    let merged = try Self.scan([lines], in: workplace)
    #expect(try merged.findings == workplace.said("single.json").findings)
  }

  @Test("a log of sparse files that are longer than numbers is listed")
  func sparse() throws {
    let workplace = try Workplace()
    // Disks take no file of that length.
    let dump = "/dev/shm/dumpsieve-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: dump + "/FR_1", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: dump) }
    for name in ["Passwords.txt", "System.txt", "c.txt"] {
      _ = FileManager.default.createFile(atPath: "\(dump)/FR_1/\(name)", contents: nil)
      try #require(truncate("\(dump)/FR_1/\(name)", .max) == 0)
    }
    #expect(
      try Self.lines(of: dump, in: workplace).map { $0.prefix(25) } == [
        "log\t18446744073709551615\t"
      ])
  }

  // MARK: Listing by several

  /// The lines of folders, in one list.
  private static func below(_ folders: [String], in workplace: Workplace) throws -> [String] {
    let input = Array(folders.map { $0 + "\n" }.joined().utf8)
    let outcome = try workplace.run(["units", "--folders", "-"], input: input)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    return outcome.outputText.split(separator: "\n").map(String.init)
  }

  /// Several lists as one: without what only listing needs, and counts added up. Sorted.
  private static func joined(_ lines: [String]) -> [String] {
    var counts: [String: Int] = [:]
    var others: [String] = []
    for line in lines {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      switch fields[0] {
      case "folder", "linked": continue
      case "passed": counts[fields[..<4].joined(separator: "\t"), default: 0] += Int(fields[4]) ?? 0
      default: others.append(line)
      }
    }
    return (others + counts.map { "\($0)\t\($1)" }).sorted()
  }

  @Test("folders that are listed apart give the list of one walk", arguments: [1, 2, 3])
  func folders(levels: Int) throws {
    let workplace = try Self.workplace()
    let deep = (0..<150).map { "d\($0)" }.joined(separator: "/")
    try workplace.write("", to: "dumps/\(deep)/x.txt")
    try workplace.write("x", to: "dumps/outer/\(deep)/x.txt")
    let whole = try Self.lines(in: workplace).sorted()
    #expect(whole.count { $0.hasSuffix("directory-depth") } == 2)
    let folders = try Self.lines(["--levels", String(levels)], in: workplace)
      .filter { $0.hasPrefix("folder\t") }
    #expect(folders.count >= [1: 5, 2: 3, 3: 1][levels] ?? 0, "\(folders)")
    if levels == 1 {
      // In one list, in the order of the walk, links are seen.
      #expect(try Self.joined(Self.below(folders, in: workplace)) == whole)
    }
    // Each by itself, a file with names in two folders is told; on the third level it has none.
    var apart = try Self.apart(levels, in: workplace)
    #expect(apart.repeated == (levels < 3 ? 1 : 0))
    #expect((apart.lines == whole) == (levels == 3))
    try FileManager.default.removeItem(atPath: workplace.path + "/dumps/y/FR_2/System.txt")
    apart = try Self.apart(levels, in: workplace)
    #expect(apart.repeated == 0)
    #expect(try apart.lines == Self.lines(in: workplace).sorted())
  }

  /// What several processes list, each a folder, and how many files two of them tell.
  private static func apart(
    _ levels: Int, in workplace: Workplace
  ) throws -> (lines: [String], repeated: Int) {
    let top = try lines(["--levels", String(levels)], in: workplace)
    let folders = top.filter { $0.hasPrefix("folder\t") }
    let all = try top + folders.flatMap { try below([$0], in: workplace) }
    let linked = all.filter { $0.hasPrefix("linked\t") }
    return (joined(all), linked.count - Set(linked).count)
  }

  @Test("what cannot be opened is listed by its name, and a gap for whoever reads it")
  func unreadable() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write("x\n", to: "dumps/a/System.txt")
    try workplace.write("x\n", to: "dumps/a/y.txt")
    try workplace.write("x\n", to: "dumps/b.txt")
    let line = "https://a.example/:f.martin@formation-isere.example:CANARY\n"
    try workplace.write(line, to: "dumps/c.txt")
    for name in ["a/y.txt", "b.txt"] {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0], ofItemAtPath: workplace.path + "/dumps/" + name)
    }
    let lines = try Self.lines(in: workplace)
    #expect(
      lines == ["file\t2\tdumps\tb.txt", "file\t59\tdumps\tc.txt", "log\t4\tdumps\ta"])
    try Self.run(["scan", "dumps"], in: workplace, to: "single.json")
    #expect(
      try Self.scan([lines], in: workplace).coverage == workplace.said("single.json").coverage)
  }

  @Test(
    "folders to be listed are lines of --levels",
    arguments: ["", "https://a.example/:ann:CANARY", "file\t1\td\ta", "folder\t0\td\t"])
  func noFolders(list: String) throws {
    let workplace = try Workplace()
    let outcome = try workplace.run(["units", "--folders", "-"], input: Array((list + "\n").utf8))
    #expect(outcome.status == 64)
    #expect(outcome.errorText.contains(list.isEmpty ? "nothing" : "line"), "\(outcome.errorText)")
    #expect(!outcome.errorText.contains("CANARY"))
  }

  @Test("what has gone since it was listed is a gap")
  func vanished() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    for name in ["a/System.txt", "b.txt", "c/x.txt"] {
      try workplace.write("x\n", to: "dumps/" + name)
    }
    let lines = try Self.lines(in: workplace)
    #expect(lines.count == 3)
    for name in ["a/System.txt", "b.txt", "c"] {
      try FileManager.default.removeItem(atPath: workplace.path + "/dumps/" + name)
    }
    // What was a file is another thing now.
    try FileManager.default.createDirectory(
      atPath: workplace.path + "/dumps/b.txt", withIntermediateDirectories: true)
    let input = lines.map { $0 + "\n" }.joined()
    #expect(try Self.run(["scan", "--units", "-"], input: input, in: workplace, to: "d.json") == 3)
    let unread = try #require(
      try workplace.said("d.json").coverage["unread"] as? [NSDictionary])
    #expect(unread.map { $0["reason"] as? String } == ["vanished", "vanished", "vanished"])
  }

  // MARK: Ranges

  /// Files in which the order of fields, or the kind of record, changes on the way, and one that is not cut.
  private static func bigFiles(in workplace: Workplace) throws {
    func login(_ number: Int) -> String {
      number % 97 == 0 ? "f.martin@formation-isere.example" : "ann\(number)@mail.example"
    }
    var lines = ""
    var turned = ""
    var blocks = ""
    for number in 0..<900 {
      lines += "https://s\(number % 3).example/:\(login(number)):CANARY\(number)\n"
      turned +=
        number < 450
        ? "https://portail.example/:\(login(number)):CANARY\(number)\n"
        : "\(login(number)):CANARY\(number):https://portail.example/\n"
      blocks += "URL: https://b\(number % 2).example/\nUsername: \(login(number))\n"
      blocks += "Password: CANARY\(number)\n\n"
    }
    try workplace.write(lines, to: "dumps/lines.txt")
    try workplace.write(turned, to: "dumps/turned.txt")
    try workplace.write(blocks, to: "dumps/blocks.txt")
    try workplace.write(
      "url,username,password\n"
        + (0..<900).map { "https://t.example/,\(login($0)),CANARY\($0)\n" }.joined() + blocks,
      to: "dumps/table.csv")
    let entries = (0..<300).map {
      "{\"url\":\"https://j.example/\",\"login\":\"\(login($0))\",\"password\":\"CANARY\"}"
    }
    try workplace.write("[" + entries.joined(separator: ",\n") + "]", to: "dumps/d.json")
  }

  @Test("ranges that were read apart, each by itself, are joined as one run reads them")
  func ranges() throws {
    let workplace = try Workplace()
    try workplace.makeList(options: ["--service-host", "portail.example"])
    try Self.bigFiles(in: workplace)
    try Self.run(["scan", "dumps", "--range-size", "4000"], in: workplace, to: "single.json")
    let single = try workplace.said("single.json")
    let lines = try Self.lines(["--range-size", "4000"], in: workplace)
    #expect(lines.count > 60 && lines.allSatisfy { $0.hasPrefix("range\t") })
    var read: [String] = []
    for part in stride(from: 0, to: lines.count, by: 17) {
      let some = lines[part..<min(part + 17, lines.count)].map { $0 + "\n" }.joined()
      try Self.run(
        ["scan", "--units", "-", "--read-ranges"], input: some, in: workplace, to: "r")
      read += try workplace.text("r").split(separator: "\n").map(String.init)
    }
    #expect(read.count == lines.count && zip(read, lines).allSatisfy { $0.hasPrefix($1) })
    #expect(read.allSatisfy { $0.split(separator: "\t").count == 8 }, "a range was not read")
    let joined = try Self.scan([read.reversed()], in: workplace)
    #expect(joined.findings == single.findings)
    #expect(joined.coverage == single.coverage)
    // What was not read by others, or under another list, or of another file, is read where it is joined.
    let some = read.enumerated().map { $0 % 3 == 0 ? lines[$0] : $1 }
    #expect(try Self.scan([some], in: workplace).findings == single.findings)
    let damaged = read.enumerated().map { number, line in
      number % 4 == 0 ? line.replacingOccurrences(of: "00", with: "01") : line
    }.filter { !$0.contains("\t4010\t") }
    let outcome = try workplace.run(
      ["scan", "--units", "-"] + Workplace.listOptions,
      input: Array(damaged.map { $0 + "\n" }.joined().utf8))
    #expect(outcome.status != 128 + SIGILL && outcome.status != 128 + SIGTRAP)
    // A line that lost its last frames, and nothing else, is read again.
    let cut = read.map(Self.withoutLastFrame)
    #expect(cut != read)
    #expect(
      try Self.scan([cut], in: workplace).findings
        == Self.scan([read], in: workplace).findings)
    try Self.bigFilesChange(read, in: workplace)
  }

  /// The reading of a line: two digests of 32 digits each, and frames, each behind its length (`RangeReading`).
  private static func withoutLastFrame(_ line: String) -> String {
    var fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 8 else { return line }
    let digits = Array(fields[7].utf8)
    func byte(_ index: Int) -> Int {
      Int(String(decoding: digits[(2 * index)..<(2 * index + 2)], as: UTF8.self), radix: 16) ?? 0
    }
    var place = 64
    var last = place
    while 2 * place < digits.count {
      last = place
      place += 4 + (0..<4).reduce(0) { $0 | byte(place + $1) << (8 * $1) }
    }
    fields[7] = String(decoding: digits[..<(2 * last)], as: UTF8.self)
    return fields.joined(separator: "\t")
  }

  /// Ranges that were read before a file grew, or under another list, say nothing of it.
  private static func bigFilesChange(_ read: [String], in workplace: Workplace) throws {
    let file = try workplace.text("dumps/lines.txt")
    try workplace.write(
      "https://new.example/:f.martin@formation-isere.example:CANARY\n" + file, to: "dumps/lines.txt"
    )
    try run(["scan", "dumps", "--range-size", "4000"], in: workplace, to: "grown.json")
    #expect(
      try scan([read], in: workplace).findings == workplace.said("grown.json").findings)
    for name in ["isere.key", "isere.dsw"] {
      try FileManager.default.removeItem(atPath: workplace.path + "/" + name)
    }
    try workplace.makeList(options: ["--domain", "mail.example"])
    try run(["scan", "dumps", "--range-size", "4000"], in: workplace, to: "other.json")
    #expect(
      try scan([read], in: workplace).findings == workplace.said("other.json").findings)
  }

  @Test("a file that is no longer cut has no ranges, and is read whole where they are joined")
  func shrunk() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    let line = "https://a.example/:f.martin@formation-isere.example:CANARY\n"
    try workplace.write(String(repeating: line, count: 200), to: "dumps/a.txt")
    try workplace.write(String(repeating: line, count: 200), to: "dumps/b.txt")
    let lines = try Self.lines(["--range-size", "4000"], in: workplace)
    try workplace.write(line, to: "dumps/a.txt")
    let input = lines.map { $0 + "\n" }.joined()
    try Self.run(["scan", "--units", "-", "--read-ranges"], input: input, in: workplace, to: "r")
    let read = try workplace.text("r").split(separator: "\n").map(String.init)
    for (line, before) in zip(read, lines) {
      #expect((line == before) == line.contains("\ta.txt\t"), "\(before)")
    }
    #expect(read.count == lines.count)
    try Self.run(["scan", "dumps", "--range-size", "4000"], in: workplace, to: "single.json")
    #expect(try Self.scan([read], in: workplace).findings == workplace.said("single.json").findings)
  }

  @Test("what was read of ranges holds no login and no password")
  func leaks() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try Self.bigFiles(in: workplace)
    let lines = try Self.lines(["--range-size", "4000"], in: workplace)
    try Self.run(
      ["scan", "--units", "-", "--read-ranges"], input: lines.map { $0 + "\n" }.joined(),
      in: workplace, to: "r")
    let fields = try workplace.text("r").split(separator: "\n").flatMap {
      $0.split(separator: "\t")
    }
    var bytes: [UInt8] = []
    for field in fields where field.count > 64 {
      let digits = Array(field.utf8)
      for place in stride(from: 0, to: digits.count, by: 2) {
        bytes.append(
          UInt8(String(decoding: digits[place...(place + 1)], as: UTF8.self), radix: 16) ?? 0)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("s0.example"), "nothing was found")
    for secret in ["CANARY", "f.martin", "ann1"] { #expect(!text.contains(secret), "\(secret)") }
  }

  @Test(
    "a list that dumpsieve units did not write is refused by the line, and never shown",
    arguments: [
      "", "https://a.example/:ann:CANARY", "log\t1\td", "log\tx\td\tp", "log\t1\td\t/etc",
      "log\t1\td\ta/../b", "log\t1\td\t%2", "log\t1\td\ta%00b", "file\t1\td\ta\tcanary",
      "range\t1\td\ta\t0\t0\t5", "range\t1\td\ta\t9\t4\t5", "range\t1\td\ta\t0\t4\t5\txyz",
      "gap\t0\td\ta\tsymlink", "passed\t0\td\tmissing\t1", "passed\t0\td\tsymlink\t0",
      "range\t1\td\ta\t0\t4\t5\nrange\t1\td\ta\t0\t5\t6", "folder\t0\td\ta", "linked\t0\td\t7",
    ])
  func refused(list: String) throws {
    let workplace = try Workplace()
    try workplace.makeList()
    let outcome = try workplace.run(
      ["scan", "--units", "-"] + Workplace.listOptions, input: Array((list + "\n").utf8))
    #expect(outcome.status == 64)
    #expect(outcome.errorText.contains(list.isEmpty ? "nothing" : "line"), "\(outcome.errorText)")
    #expect(!outcome.errorText.contains("CANARY"))
  }

  // MARK: Standard input

  @Test("an archive of a dump, on standard input, is read as the dump is")
  func standardInput() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try FileManager.default.copyItem(
      atPath: Package.root + "/samples/dumps", toPath: workplace.path + "/dumps")
    let tar = workplace.path + "/dumps.tar"
    let packed = try workplace.start(
      ["tar", "-C", "dumps", "-cf", tar, "."], input: []
    ).outcome()
    #expect(packed.status == 0)
    try Self.run(["scan", "dumps"], in: workplace, to: "single.json")
    let outcome = try workplace.run(
      ["scan", "-", "--stdin-name", "dumps", "--out", "stdin.json"] + Workplace.listOptions,
      input: try #require(workplace.read("dumps.tar")))
    #expect(outcome.status == 1, "\(outcome.errorText)")
    #expect(
      try workplace.said("stdin.json").findings
        == workplace.said("single.json").findings)
    #expect(workplace.temporaryFiles.isEmpty)
  }

  @Test("a refused key is told before standard input is read, which is one dump")
  func standardInputLast() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    // There is no place for what would be read.
    let words = [Workplace.executable, "scan", "-", "--watchlist", "isere.dsw", "--key-file"]
    for (key, status) in [("none.key", 78), ("isere.key", 2)] as [(String, Int32)] {
      let outcome = try workplace.start(
        words + [key], input: Array("x".utf8), environment: ["TMPDIR": workplace.path + "/none"]
      ).outcome()
      #expect(outcome.status == status, "\(outcome.errorText)")
    }
    let outcome = try workplace.run(["scan", "-", "-"] + Workplace.listOptions)
    #expect(outcome.status == 64)
    #expect(outcome.errorText.contains("- stands twice"), "\(outcome.errorText)")
  }
}
