import Foundation
import Glibc
import TestSupport
import Testing

/// A hundred nights in a row, with all that happens to dumps, lists and machines in them; `DUMPSIEVE_NIGHTS` plays more.
///
/// At each dawn the findings are those of a run without memory over everything that could ever be read.
@Suite("A hundred nights")
struct HundredNightsTests {
  /// What happens before a night.
  private enum Event: String, CaseIterable, CustomStringConvertible {
    case logArrives, logGrows, lineListArrives, lineListGrows, lineListReplaced, dumpMoves
    case dumpCopied, dumpDeleted, nothing
    case accountAdded, accountRemoved, listMadeAnew, keyRotated
    case runKilled, outputUnwritable, clockStepsBack, resetDone

    var description: String { rawValue }
  }

  /// The world outside of the program.
  private struct World {
    let workplace: Workplace
    var generator: SeededGenerator
    var night = 0
    var listed = Set(0..<8)
    var nextAccount = 8
    var keys = 0
    /// Dumps that are there, by name, and which copy in `ever` is of their present content.
    var dumps: [String: String] = [:]
    var made = 0
    /// States that documents told last.
    var told: [String: String] = [:]
    var day = 0

    init(seed: UInt64) throws {
      workplace = try Workplace()
      generator = SeededGenerator(seed: seed)
      for directory in ["dumps", "ever"] {
        try FileManager.default.createDirectory(
          atPath: workplace.path + "/" + directory, withIntermediateDirectories: false)
      }
      try rotateKey()
      try makeList()
    }

    // MARK: Lists

    mutating func rotateKey() throws {
      keys += 1
      let outcome = try workplace.run(["key", "new", "--partner", "org-a", "--out", "\(keys).key"])
      #expect(outcome.status == 0)
    }

    func makeList() throws {
      let rows = listed.sorted().map { "\(MadeDump.login($0)),ACC-\($0)\n" }
      try workplace.write("login,ref\n" + rows.joined(), to: "accounts.csv")
      let outcome = try workplace.run([
        "watchlist", "make", "--key-file", "\(keys).key", "--partner", "org-a", "--out", "a.dsw",
        "--made", "2025-01-01", "accounts.csv",
      ])
      #expect(outcome.status == 0, "\(outcome.errorText)")
    }

    /// Lists somebody who was never listed. What can no more be read was read without him: nobody keeps an index of
    /// strangers, so nobody can know.
    mutating func addAccount() throws {
      guard nextAccount < 12 else { return }
      listed.insert(nextAccount)
      let there = Set(dumps.values)
      let tree = FileManager.default.enumerator(atPath: workplace.path + "/ever")
      let names = (tree?.allObjects ?? []).compactMap { $0 as? String }
      for name in names where name.hasSuffix(".txt") {
        let top = String(name.split(separator: "/")[0])
        if there.contains(top) { continue }
        let text = try workplace.text("ever/" + name)
        try workplace.write(
          text.replacingOccurrences(of: MadeDump.login(nextAccount), with: "nobody@mail.example"),
          to: "ever/" + name)
      }
      nextAccount += 1
    }

    // MARK: Dumps

    private mutating func record() -> String {
      let account = Int.random(in: 0..<12, using: &generator)
      let login = Bool.random(using: &generator) ? MadeDump.login(account) : "x@courriel.example"
      return "URL: https://kairos.france-travail.example/\nUsername: \(login)\nPassword: CANARY\n\n"
    }

    private mutating func line() -> String {
      let account = Int.random(in: 0..<12, using: &generator)
      let host =
        ["kairos.france-travail.example", "mail.example", "shop.example"]
        .randomElement(using: &generator) ?? ""
      return "https://\(host)/:\(MadeDump.login(account)):CANARY\n"
    }

    mutating func addLog() throws {
      made += 1
      let name = "FR_\(made)_2025_07_01"
      try workplace.write(record() + record(), to: "dumps/\(name)/Passwords.txt")
      // As if the copying were still going on: what tells the machine comes another night.
      if Bool.random(using: &generator) { try addSystemFile(name, made) }
      dumps[name] = name
    }

    private func addSystemFile(_ name: String, _ number: Int) throws {
      try workplace.write(
        "UserName: u\(number)\nMachineName: PC-\(number)\nHWID: \(String(format: "%032X", number))\n",
        to: "dumps/\(name)/UserInformation.txt")
    }

    mutating func growLog() throws {
      guard
        let name = dumps.keys.sorted().filter({ $0.hasPrefix("FR_") }).randomElement(
          using: &generator)
      else { return }
      let system = workplace.path + "/dumps/\(name)/UserInformation.txt"
      if !FileManager.default.fileExists(atPath: system) { try addSystemFile(name, made + 1000) }
      made += 1
      try workplace.write(record(), to: "dumps/\(name)/Browser\(made)/Passwords.txt")
    }

    mutating func addLineList() throws {
      made += 1
      let name = "list\(made).txt"
      try workplace.write((0..<3).map { _ in line() }.joined(), to: "dumps/" + name)
      dumps[name] = name
    }

    mutating func changeLineList(keeps: Bool) throws {
      guard
        let name = dumps.keys.sorted().filter({ $0.hasSuffix(".txt") }).randomElement(
          using: &generator)
      else { return }
      let before = keeps ? try workplace.text("dumps/" + name) : ""
      try workplace.write(before + line() + line(), to: "dumps/" + name)
      // What stood there before could be read once.
      made += 1
      if !keeps { dumps[name] = "\(made)-\(name)" }
    }

    mutating func move(copies: Bool) throws {
      guard let name = dumps.keys.sorted().randomElement(using: &generator) else { return }
      made += 1
      let isLog = name.hasPrefix("FR_")
      let new = isLog ? "FR_\(made)_2025_07_02" : "moved\(made).txt"
      let (from, to) = (workplace.path + "/dumps/" + name, workplace.path + "/dumps/" + new)
      if copies {
        try FileManager.default.copyItem(atPath: from, toPath: to)
      } else {
        try FileManager.default.moveItem(atPath: from, toPath: to)
        dumps[name] = nil
      }
      dumps[new] = new
    }

    mutating func delete() throws {
      guard let name = dumps.keys.sorted().randomElement(using: &generator) else { return }
      try FileManager.default.removeItem(atPath: workplace.path + "/dumps/" + name)
      dumps[name] = nil
    }

    /// Keeps what can be read tonight, for runs without memory.
    func keepForEver() throws {
      for (name, copy) in dumps {
        let target = workplace.path + "/ever/" + copy
        if FileManager.default.fileExists(atPath: target) {
          try FileManager.default.removeItem(atPath: target)
        }
        try FileManager.default.copyItem(
          atPath: workplace.path + "/dumps/" + name, toPath: target)
      }
    }

    // MARK: Nights

    private var list: [String] { ["--watchlist", "a.dsw", "--key-file", "\(keys).key"] }

    var asOf: String {
      let time = Date(timeIntervalSince1970: 1_752_456_600 + Double(day) * 86_400)
      return ISO8601DateFormatter().string(from: time)
    }

    func scan(out: String = "findings.json") throws -> Outcome {
      try workplace.run(
        ["scan", "dumps"] + list + [
          "--state-dir", "state", "--settle", "0s", "--as-of", asOf, "--out", out,
        ])
    }

    func killedScan() throws {
      let run = try workplace.start(
        [Workplace.executable, "scan", "dumps"] + list + [
          "--state-dir", "state", "--settle", "0s", "--as-of", asOf, "--out", "findings.json",
        ])
      usleep(UInt32(20_000 + 7000 * (night % 30)))
      kill(run.process, SIGKILL)
      _ = run.outcome()
    }

    /// The ids of a run without memory over everything that could ever be read.
    func scratch() throws -> Set<String> {
      let outcome = try workplace.run(
        ["scan", "ever"] + list + [
          "--installation", "state/installation", "--as-of", asOf, "--out", "scratch.json",
        ])
      #expect([0, 1, 3].contains(outcome.status), "night \(night): \(outcome.errorText)")
      return Set(try findings("scratch.json").compactMap { $0["id"] as? String })
    }

    func findings(_ name: String) throws -> [[String: Any]] {
      try #require(try workplace.json(name)["findings"] as? [[String: Any]])
    }

    /// All that the store knows, but for accounts that are listed no more.
    func known() throws -> Set<String> {
      let outcome = try workplace.run([
        "findings", "list", "--all", "--format", "json", "--state-dir", "state",
      ])
      let all = try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [[String: Any]]
      return Set(
        (all ?? []).filter {
          let reason = ($0["history"] as? [String: Any])?["resolved_by"] as? String
          // Of whom it was told that he is done, it is not told again that he has left.
          let reference = ($0["account"] as? [String: Any])?["ref"] as? String ?? ""
          return reason != "withdrawn" && listed.contains { "ACC-\($0)" == reference }
        }.compactMap { $0["id"] as? String })
    }
  }

  private func play(_ event: Event, _ world: inout World) throws {
    switch event {
    case .logArrives: try world.addLog()
    case .logGrows: try world.growLog()
    case .lineListArrives: try world.addLineList()
    case .lineListGrows: try world.changeLineList(keeps: true)
    case .lineListReplaced: try world.changeLineList(keeps: false)
    case .dumpMoves: try world.move(copies: false)
    case .dumpCopied: try world.move(copies: true)
    case .dumpDeleted: try world.delete()
    case .accountAdded: try world.addAccount()
    case .accountRemoved:
      if world.listed.count > 2,
        let gone = world.listed.sorted().randomElement(using: &world.generator)
      {
        world.listed.remove(gone)
      }
    case .keyRotated: try world.rotateKey()
    case .clockStepsBack: world.day -= 2
    case .resetDone:
      let open = world.told.filter { $0.value != "resolved" }.keys.sorted()
      if let id = open.randomElement(using: &world.generator) {
        let outcome = try world.workplace.run([
          "findings", "set", id, "reset-done", "--at", world.asOf, "--state-dir", "state",
        ])
        #expect(outcome.status == 0, "\(outcome.errorText)")
      }
    case .nothing, .listMadeAnew, .runKilled, .outputUnwritable: break
    }
    try world.makeList()
  }

  private func checkStates(_ world: inout World, _ events: [Event]) throws {
    var states: [String: String] = [:]
    for finding in try world.findings("findings.json") {
      let id = try #require(finding["id"] as? String)
      let state = try #require(finding["state"] as? String)
      states[id] = state
      let before = world.told[id]
      let allowed: [String] =
        switch before {
        // A log that is whole now has another id, and the history of the one before.
        case nil: ["new", "resolved", "ongoing"]
        case "resolved": ["reopened"]
        default: ["ongoing", "resolved"]
        }
      #expect(
        allowed.contains(state), "night \(world.night): \(id) is \(state) after \(before ?? "")")
    }
    for (id, state) in world.told where states[id] == nil && state != "resolved" {
      // It may be told under another id, once its log is whole.
      let isKnown = try world.known().contains(id)
      #expect(
        !isKnown, "night \(world.night), \(events): \(id), which was \(state), is told no more")
      states[id] = "resolved"
    }
    world.told.merge(states) { $1 }
  }

  @Test("what is known at dawn is what a run without memory finds in all that could ever be read")
  func nights() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["DUMPSIEVE_NIGHTS"].flatMap { Int($0) } ?? 100
    let seed = environment["DUMPSIEVE_SEED"].flatMap { UInt64($0) } ?? 1
    var world = try World(seed: seed)
    try world.addLineList()
    for night in 0..<count {
      world.night = night
      world.day += 1
      let events = (0..<2).map { _ in
        Event.allCases.randomElement(using: &world.generator) ?? .nothing
      }
      for event in events { try play(event, &world) }
      try world.keepForEver()
      if events.contains(.runKilled) { try world.killedScan() }
      if events.contains(.outputUnwritable) {
        #expect(try world.scan(out: "missing/findings.json").status == 2)
      }
      let outcome = try world.scan()
      #expect(
        [0, 1, 3].contains(outcome.status), "night \(night), \(events): \(outcome.errorText)")
      try checkStates(&world, events)
      let (known, scratch) = (try world.known(), try world.scratch())
      #expect(
        known == scratch,
        "seed \(seed), night \(night), \(events): lacks \(scratch.subtracting(known)), has \(known.subtracting(scratch))"
      )
      if known != scratch { return }
    }
    let files = world.workplace.files.filter { !$0.hasPrefix("dumps/") && !$0.hasPrefix("ever/") }
    LeakSearch.canary.expectNone(
      in: world.workplace, except: Set(world.workplace.files).subtracting(files), "a hundred nights"
    )
    #expect(files.filter { $0.contains("dumpsieve-new") }.isEmpty)
    let size = world.workplace.read("state/history.sqlite")?.count ?? 0
    #expect(size < 2 << 20, "the store has \(size) bytes after \(count) nights")
  }
}
