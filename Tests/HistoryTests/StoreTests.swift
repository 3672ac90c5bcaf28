import Clock
import Findings
import Foundation
import GRDB
import Testing

@testable import History

@Suite("the store")
final class StoreTests {
  private let directory: String
  private let reading = Reading(rules: "r1", reader: "p1", lists: ["l1", "l2"])

  init() throws {
    var template = Array("/tmp/dumpsieve-store-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    directory = String(cString: template)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: directory)
  }

  private func store() throws -> Store { try Store(in: directory, idCheck: "0123456789abcdef") }

  private static func print(_ number: Int64) -> Fingerprint {
    Fingerprint(
      device: 1, inode: number, size: number, modified: number, changed: number, companions: 0)
  }

  private static func finding(_ digit: Character, at places: [Int], partner: String = "p")
    -> Finding
  {
    var finding = Finding(
      id: "dsf1-" + String(repeating: digit, count: 16), partner: partner,
      account: Finding.Account(keyID: "0123456789abcdef", match: .account), source: "line-list",
      hasPassword: true, isDoubtful: false)
    finding.sightings = places.map {
      Finding.Sighting(
        source: SafeText("d"), member: SafeText("f"), layout: "delimited-lines", line: $0,
        record: $0)
    }
    finding.sightingsTotal = places.count
    return finding
  }

  private static func origin(
    _ findings: [Finding], inputs: [(Int64, Int64)] = [(1, 1)],
    unread: [FindingsDocument.Unread] = []
  ) -> ReadOrigin {
    ReadOrigin(
      id: 7, inputs: inputs.map { ReadInput(id: $0.0, fingerprint: print($0.1)) },
      findings: findings, problems: unread.map { StoredProblem($0, origin: 7) })
  }

  @Test(
    "an input need not be read again under the same rules and reader, and no further list",
    arguments: [
      (Reading(rules: "r1", reader: "p1", lists: ["l1", "l2"]), true, [] as [String]),
      (Reading(rules: "r1", reader: "p1", lists: ["l2"]), true, []),
      (Reading(rules: "r1", reader: "p1", lists: ["l1", "l3"]), false, ["watchlists"]),
      (Reading(rules: "r2", reader: "p1", lists: ["l1"]), false, ["rules"]),
      (Reading(rules: "r1", reader: "p2", lists: ["l1"]), false, ["program or its settings"]),
    ])
  func covers(later: Reading, isRead: Bool, changes: [String]) throws {
    let store = try store()
    try store.record([Self.origin([])], under: reading, at: 1)
    #expect(try store.inputs(under: later)[1]?.isRead == isRead)
    #expect(later.changes(since: reading) == changes)
  }

  @Test("a store of no bytes has lost them, and is never taken for a new one")
  func emptied() throws {
    _ = try store()
    try #require(truncate(directory + "/history.sqlite", 0) == 0)
    try? FileManager.default.removeItem(atPath: directory + "/history.sqlite-wal")
    let reading = #expect(throws: StoreFailure.self) { try Store(reading: directory) }
    #expect("\(String(describing: reading))".contains("is damaged"))
    let failure = #expect(throws: StoreFailure.self) { try store() }
    #expect(
      failure.map { "\($0)".contains("is damaged") } == true, "\(String(describing: failure))")
  }

  @Test("what is no store of ours is never taken for a new one")
  func others() throws {
    let path = StateDirectory.store(in: directory)
    let isDamaged = { (failure: StoreFailure?) in
      "\(String(describing: failure))".contains("is damaged")
    }
    try Data([0x53]).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o600)
    #expect(isDamaged(#expect(throws: StoreFailure.self) { try store() }), "one byte")
    unlink(path)
    let other = try DatabaseQueue(path: path)
    try other.write { try $0.execute(sql: "CREATE TABLE meta (name, value)") }
    try other.close()
    chmod(path, 0o600)
    #expect(isDamaged(#expect(throws: StoreFailure.self) { try store() }), "another database")
  }

  @Test("a link that leads nowhere is no place for a new store: its disk may not be mounted")
  func dangling() throws {
    let path = directory + "/history.sqlite"
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: directory + "/nowhere")
    #expect(throws: StoreFailure.self) { try store() }
    #expect(throws: Never.self) { try FileManager.default.destinationOfSymbolicLink(atPath: path) }
  }

  @Test(
    "a store is made anew over what a run left that was killed while it made one, and beside a log of another"
  )
  func madeAnew() throws {
    let names = ["history.sqlite.new", "history.sqlite.new-wal", "history.sqlite-wal"]
    for name in names {
      try Data("what is no store".utf8).write(to: URL(fileURLWithPath: directory + "/" + name))
    }
    let store = try store()
    try store.record([Self.origin([])], under: reading, at: 1)
    #expect(try store.inputs(under: reading)[1]?.isRead == true)
    let left = try FileManager.default.contentsOfDirectory(atPath: directory)
    #expect(!left.contains { $0.contains(".new") }, "\(left)")
    let attributes = try FileManager.default.attributesOfItem(atPath: store.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test(
    "who has asked a verifier has read all that one without would read, and not the other way round"
  )
  func verifiers() {
    func reading(_ verifier: [String]?, _ reader: String = "p1") -> Reading {
      Reading(rules: "r1", reader: reader, verifier: verifier, lists: ["l1"])
    }
    #expect(reading(nil).isCovered(by: reading(["/v"])))
    #expect(reading(nil).changes(since: reading(["/v"])).isEmpty)
    for (now, earlier) in [
      (reading(["/v"]), reading(nil)), (reading(["/v"]), reading(["/w"])),
      (reading(nil), reading(["/v"], "p2")), (reading(nil), reading(["/v"], "p1 ")),
    ] {
      #expect(!now.isCovered(by: earlier))
      #expect(now.changes(since: earlier) == ["program or its settings"])
    }
    #expect(reading(["/v"]).isCovered(by: reading(["/v"])))
  }

  @Test("a file is known by all but its device")
  func fingerprint() {
    let own = Self.print(5)
    var moved = own
    moved.device = 9
    #expect(moved.isSame(as: own))
    for change in [\Fingerprint.inode, \.size, \.modified, \.changed, \.companions] {
      var other = own
      other[keyPath: change] += 1
      #expect(!other.isSame(as: own))
    }
  }

  @Test("what a log told and does not tell now goes only if nothing of it has changed")
  func stale() throws {
    let store = try store()
    func ids() throws -> [String] {
      try store.findings().filter { !$0.isWithdrawn }.map { String($0.id.suffix(1)) }
    }
    func read(_ findings: [Finding], version: Int64, at time: Int64) throws {
      try store.record(
        [Self.origin(findings, inputs: [(1, version)])], under: reading, at: time)
    }
    try read([Self.finding("a", at: [1])], version: 1, at: 1)
    try read([Self.finding("b", at: [2], partner: "q")], version: 2, at: 2)
    #expect(try ids() == ["a", "b"], "the file is another: what stood in it was true")
    try read([], version: 2, at: 3)
    #expect(try ids() == ["a"], "the same file, read anew, does not tell it")
    try read([Self.finding("b", at: [2], partner: "q")], version: 2, at: 4)
    #expect(try ids() == ["a", "b"], "it does again")
    try read([Self.finding("c", at: [2, 3], partner: "q")], version: 3, at: 5)
    #expect(try ids() == ["a", "c"], "each place is told under another id")
    try store.record([Self.origin([], inputs: [])], under: reading, at: 6)
    #expect(try ids() == ["a", "c"], "what was lost tells nothing")
  }

  @Test("what stood in a file of the log that is there no more was true, and stays")
  func goneFile() throws {
    let store = try store()
    func read(_ findings: [Finding], _ inputs: [(Int64, Int64)]) throws -> [Bool] {
      try store.record([Self.origin(findings, inputs: inputs)], under: reading, at: 1)
      return try store.findings().map(\.isWithdrawn)
    }
    let a = Self.finding("a", at: [1])
    #expect(try read([a], [(1, 1), (2, 2)]) == [false])
    #expect(try read([], [(1, 1)]) == [false], "it may have stood in the other file")
    #expect(try read([a], [(1, 1), (2, 2)]) == [false])
    #expect(try read([], [(1, 1), (2, 2)]) == [true], "both are as they were, and tell it no more")
  }

  @Test(
    "what was read before and cannot be read now is not withdrawn, but what was as unread before")
  func unread() throws {
    let store = try store()
    let locked = FindingsDocument.Unread(
      input: SafeText("d"), pathID: "p-1", reason: "archive-encrypted")
    var more = locked
    more.members = 2
    func read(
      _ findings: [Finding], _ unread: [FindingsDocument.Unread]
    ) throws -> [Bool] {
      try store.record([Self.origin(findings, unread: unread)], under: reading, at: 1)
      return try store.findings().map(\.isWithdrawn)
    }
    let a = Self.finding("a", at: [1])
    #expect(try read([a], []) == [false])
    #expect(try read([], [locked]) == [false], "it stands in what cannot be read")
    #expect(try read([], [locked]) == [false], "still")
    #expect(try read([a], [locked]) == [false])
    #expect(try read([], [more]) == [false], "it may be of the second member")
    #expect(try read([a], [more]) == [false])
    #expect(try read([], [more]) == [true], "all that told it was read again")
  }

  @Test("what was found where all files were opened is not withdrawn where they are not")
  func opensAll() throws {
    let store = try store()
    func read(_ findings: [Finding], opensAll: Bool, isWhole: Bool = true) throws -> [Bool] {
      let reading = Reading(
        rules: "r1", reader: "p1", opensAll: opensAll, verifier: nil, lists: ["l1"])
      let origin = isWhole ? Self.origin(findings) : Self.origin(findings, inputs: [])
      try store.record([origin], under: reading, at: 1)
      return try store.findings().map(\.isWithdrawn)
    }
    let a = Self.finding("a", at: [1])
    #expect(try read([a], opensAll: true) == [false])
    #expect(try read([], opensAll: true, isWhole: false) == [false], "a worker crashed")
    #expect(try read([], opensAll: false) == [false], "it may stand in what is not opened")
    #expect(try read([a], opensAll: true) == [false])
    #expect(try read([], opensAll: true) == [true], "all was opened again")
    #expect(try read([a], opensAll: false) == [false])
    #expect(try read([], opensAll: true) == [true], "more was opened")
  }

  @Test("a mark of a later version is left alone, and a finding without a past is not told")
  func later() throws {
    let store = try store()
    try store.record([Self.origin([Self.finding("a", at: [1])])], under: reading, at: 1)
    let mark = Finding.Past.Mark(name: .notified, at: UTCTime(seconds: 2), author: "ann")
    let id = Self.finding("a", at: []).id
    try store.set(mark, on: id)
    try store.writing {
      try $0.execute(sql: "INSERT INTO marks VALUES (?, 'phoned', 3, 'bob')", arguments: [id])
    }
    #expect(try store.findings()[0].marks == [mark])
    let number = try store.begin(id: "a", started: Self.now, asOf: Self.now)
    try store.conclude(number, Self.end([Self.finding("a", at: [1])]), status: 1, sha256: nil)
    #expect(try store.findings()[0].told == nil)
    #expect(try store.told().isEmpty)
    let marks = try store.reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM marks") }
    #expect(marks == 2)
  }

  @Test("reading again counts nothing twice, and keeps when it was first seen")
  func again() throws {
    let store = try store()
    for time: Int64 in [10, 20] {
      try store.record([Self.origin([Self.finding("a", at: [1])])], under: reading, at: time)
    }
    let found = try #require(try store.findings().first)
    #expect(found.joined.sightingsTotal == 1)
    #expect(found.firstSeen.seconds == 10 && found.lastSeen.seconds == 20)
    #expect(found.fragments[0].added.seconds == 10)
  }

  @Test("only what a document told is told; then each change once")
  func events() throws {
    let store = try store()
    try store.record([Self.origin([Self.finding("a", at: [1])])], under: reading, at: 1)
    let time = UTCTime(seconds: 1)
    func conclude(_ state: Finding.Past.State) throws -> Int64 {
      let id = String(format: "%032x", Int.random(in: 0...Int.max))
      let number = try store.begin(id: id, started: time, asOf: time)
      var finding = Self.finding("a", at: [1])
      finding.past = Finding.Past(state: state, firstSeen: time, lastSeen: time)
      let end = RunEnd(
        findings: [finding], present: [7], missing: [], back: [], problems: [], reading: reading,
        asOf: time)
      try store.conclude(number, end, status: 1, sha256: nil)
      return number
    }
    #expect(try store.findings()[0].told == nil)
    let first = try conclude(.new)
    _ = try conclude(.ongoing)
    #expect(try store.findings()[0].told == .new)
    let third = try conclude(.resolved)
    #expect(try store.findings()[0].told == .resolved)
    #expect(try store.states(after: first).values.first == .new)
    #expect(try store.states(after: third).values.first == .resolved)
    #expect(try store.told().map(\.state) == [.resolved])
    #expect(try store.lastReading() == reading)
  }

  @Test("a purge leaves no byte of a partner, and makes the next run read everything")
  func purge() throws {
    let store = try store()
    let origins = [
      Self.origin([
        Self.finding("a", at: [1], partner: "org-gone"), Self.finding("b", at: [1], partner: "q"),
      ])
    ]
    try store.record(origins, under: reading, at: 1)
    #expect(try store.purge(partner: "org-gone") == 1)
    #expect(try store.findings().map { $0.joined.partner } == ["q"])
    #expect(try store.inputs(under: reading).isEmpty)
    for name in ["history.sqlite", "history.sqlite-wal"] {
      let data = FileManager.default.contents(atPath: directory + "/" + name) ?? Data()
      #expect(data.range(of: Data("org-gone".utf8)) == nil, "\(name)")
    }
  }

  @Test(
    "an input with findings wants one digest for each content that it had; a purge forgets them")
  func evidence() throws {
    let store = try store()
    let a = Self.finding("a", at: [1])
    func read(_ findings: [Finding], _ inputs: [(Int64, Int64)]) throws {
      try store.record([Self.origin(findings, inputs: inputs)], under: reading, at: 1)
    }
    try read([], [(1, 1)])
    #expect(try store.withoutEvidence().isEmpty, "nothing was found in it")
    try read([a], [(2, 9), (1, 1)])
    let wanted = try store.withoutEvidence()
    #expect(wanted.map(\.id) == [1, 2], "the smallest first")
    for input in wanted {
      try store.add(evidence: "digest-\(input.id)", of: input, at: UTCTime(seconds: 5))
    }
    #expect(try store.withoutEvidence().isEmpty)
    try read([a], [(2, 9), (1, 3)])
    let changed = try store.withoutEvidence()
    #expect(changed.map(\.id) == [1])
    try store.add(evidence: "digest-3", of: changed[0], at: UTCTime(seconds: 6))
    #expect(
      try store.evidence(of: a.id).map(\.digest) == ["digest-1", "digest-3", "digest-2"])
    #expect(try store.evidence(of: "dsf1-none").isEmpty)
    _ = try store.purge(partner: "p")
    let rows = try store.reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM evidence") }
    #expect(rows == 0)
  }

  @Test("a store of the first version is taken over, and one of a later version is left alone")
  func versions() throws {
    let path = StateDirectory.store(in: directory)
    let first = try DatabaseQueue(path: path)
    try Schema.migrator.migrate(first, upTo: "1")
    try first.write {
      try $0.execute(sql: "INSERT INTO meta VALUES ('id-check', '0123456789abcdef')")
    }
    try first.close()
    chmod(path, 0o600)
    #expect(throws: StoreFailure.self, "whoever only looks changes nothing") {
      try Store(reading: directory)
    }
    try store().record([Self.origin([Self.finding("a", at: [1])])], under: reading, at: 1)
    #expect(try Store(reading: directory)?.findings().count == 1)
    let later = try DatabaseQueue(path: path)
    try later.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('later')") }
    try later.close()
    for open in [
      { try Store(in: $0, idCheck: "0123456789abcdef") as Store? }, Store.init(reading:),
    ] {
      #expect {
        _ = try open(directory)
      } throws: { error in
        guard case StoreFailure.refused(let reason)? = error as? StoreFailure else { return false }
        return reason.contains("newer")
      }
    }
    let left = try DatabaseQueue(path: path)
    let versions = try left.read { try String.fetchAll($0, sql: "SELECT * FROM grdb_migrations") }
    #expect(Set(versions) == ["1", "2", "later"])
  }

  @Test("a store of which a page is lost or exchanged is refused, or tells the same")
  func damage() throws {
    let path = StateDirectory.store(in: directory)
    do {
      let store = try store()
      for number: Int64 in 1...40 {
        let finding = Self.finding(["a", "b", "c"][Int(number) % 3], at: [Int(number)])
        let origin = ReadOrigin(
          id: number, inputs: [ReadInput(id: number, fingerprint: Self.print(number))],
          findings: [finding], problems: [])
        try store.record([origin], under: reading, at: 1)
      }
    }
    func told() throws -> [[String]] {
      let found = try store().findings()
      return found.map { [$0.id, "\($0.fragments.count)"] }
    }
    let before = try told()
    #expect(before.count == 3)
    let good = try #require(FileManager.default.contents(atPath: path))
    let pages = good.count / 4096
    var refused = 0
    for page in 0..<pages {
      for other in [nil, (page + 1) % pages] as [Int?] {
        var bad = good
        func range(_ page: Int) -> Range<Int> { page * 4096..<(page + 1) * 4096 }
        let bytes = other.map { good[range($0)] } ?? Data(count: 4096)
        bad.replaceSubrange(range(page), with: bytes)
        if let other { bad.replaceSubrange(range(other), with: good[range(page)]) }
        for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + name) }
        try bad.write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
        do {
          #expect(try told() == before, "page \(page)")
        } catch let failure as StoreFailure {
          guard case .failed(let reason) = failure, reason.contains("damaged") else {
            Issue.record("page \(page): \(failure)")
            continue
          }
          refused += 1
        }
      }
    }
    #expect(refused > pages)
  }

  @Test("a finding that gets another id keeps its history")
  func rename() throws {
    let store = try store()
    let (old, new) = (Self.finding("a", at: [1]).id, Self.finding("b", at: [1]).id)
    try store.record([Self.origin([Self.finding("a", at: [1])])], under: reading, at: 1)
    let mark = Finding.Past.Mark(name: .notified, at: UTCTime(seconds: 2), author: "ann")
    try store.set(mark, on: old)
    try store.rename(old, to: new, partner: "p")
    let found = try store.findings()
    #expect(found.map(\.id) == [new])
    #expect(found[0].marks == [mark])
  }

  @Test("another installation's ids are refused, and so is a second run")
  func refusals() throws {
    _ = try store()
    #expect(throws: StoreFailure.self) { try Store(in: directory, idCheck: "fedcba9876543210") }
    let state = try StateDirectory(path: directory)
    #expect(throws: StoreFailure.locked) { try StateDirectory(path: directory) }
    withExtendedLifetime(state) {}
  }

  @Test("an input that is away for a month is forgotten")
  func missing() throws {
    let store = try store()
    try store.record([Self.origin([])], under: reading, at: 1)
    try store.writing { database in
      try Store.note(missing: [1], back: [], at: 100, forgetAfter: 50, database)
    }
    #expect(try store.inputs(under: reading)[1]?.isMissing == true)
    try store.writing { database in
      try Store.note(missing: [], back: [], at: 200, forgetAfter: 50, database)
    }
    #expect(try store.inputs(under: reading).isEmpty)
  }

  // MARK: Runs and problems

  private static let now = UTCTime(seconds: 1_750_000_000)

  private static func end(
    _ findings: [Finding] = [], problems: [StoredProblem] = [], present: Set<Int64> = [],
    missing: [Int64] = [], back: [Int64] = []
  ) -> RunEnd {
    RunEnd(
      findings: findings, present: present, missing: missing, back: back, problems: problems,
      reading: Reading(rules: "r1", reader: "p1", lists: ["l1", "l2"]), asOf: now)
  }

  private static func told(
    _ digit: Character, _ state: Finding.Past.State
  ) -> Finding {
    var finding = finding(digit, at: [1])
    finding.past = Finding.Past(state: state, firstSeen: now, lastSeen: now)
    return finding
  }

  private static func problem(
    _ path: String, _ reason: String, bytes: Range<Int>? = nil, origin: Int64? = nil
  ) -> StoredProblem {
    StoredProblem(
      .init(input: SafeText("d"), pathID: path, reason: reason, bytes: bytes), origin: origin)
  }

  @Test(
    "a run is named by its number or by eight digits of its id; the last is the last that ended")
  func named() throws {
    let store = try store()
    #expect(try store.run(named: "last") == nil)
    let ids = ["0123456789abcdef", "0123456799abcdef", "fedcba9876543210"].map { $0 + $0 }
    var numbers: [Int64] = []
    for (index, id) in ids.enumerated() {
      let started = UTCTime(seconds: Int64(index))
      numbers.append(try store.begin(id: id, started: started, asOf: Self.now))
    }
    try store.conclude(numbers[0], Self.end(), status: 0, sha256: nil)
    try store.conclude(numbers[1], Self.end(), status: 3, sha256: String(repeating: "0", count: 64))
    let names: [(String, Int64?)] = [
      ("last", numbers[1]), ("\(numbers[2])", numbers[2]), ("fedcba98", numbers[2]),
      ("fedcba9", nil), ("01234567", numbers[1]), ("0123456789", numbers[0]), (ids[0], numbers[0]),
      ("", nil), ("LAST", nil), ("99", nil), ("89abcdef", nil),
    ]
    for (name, number) in names { #expect(try store.run(named: name)?.number == number, "\(name)") }
    let run = try #require(try store.run(named: "last"))
    #expect(run.id == ids[1] && run.started.seconds == 1 && run.asOf == Self.now)
    #expect(run.status == 3 && run.sha256 == String(repeating: "0", count: 64))
    #expect(run.finished != nil)
    let open = try #require(try store.runs().first)
    #expect(open.number == numbers[2] && open.finished == nil && open.status == nil)
  }

  @Test("problems are counted by their paths, told with their bytes, and told anew each night")
  func problems() throws {
    let store = try store()
    try store.record(
      [
        ReadOrigin(
          id: 7, inputs: [ReadInput(id: 1, fingerprint: Self.print(1))], findings: [],
          problems: [
            Self.problem("p-1", "worker-died", bytes: 0..<5, origin: 7),
            Self.problem("p-1", "worker-died", bytes: 9..<9, origin: 7),
            Self.problem("p-2", "worker-died", origin: 7),
          ])
      ], under: reading, at: 1)
    let number = try store.begin(id: "a", started: Self.now, asOf: Self.now)
    let walk = [Self.problem("p-3", "permission"), Self.problem("p-4", "permission")]
    try store.conclude(number, Self.end(problems: walk, present: [7]), status: 3, sha256: nil)
    #expect(try store.problemCounts() == ["worker-died": 2, "permission": 2])
    #expect(
      try store.problemsOfOrigins()[7]?.map(\.unread.bytes) == [0..<5, 9..<9, nil])
    #expect(
      try store.toldProblems()
        == [
          ["p-1", "worker-died"], ["p-2", "worker-died"], ["p-3", "permission"],
          ["p-4", "permission"],
        ])
    let next = try store.begin(id: "b", started: Self.now, asOf: Self.now)
    try store.conclude(next, Self.end(present: [7]), status: 0, sha256: nil)
    #expect(try store.problemCounts() == ["worker-died": 2])
  }

  @Test("an input that is back is missing no more")
  func back() throws {
    let store = try store()
    try store.record([Self.origin([], inputs: [(1, 1), (2, 2)])], under: reading, at: 1)
    func missing() throws -> [Int64] {
      try store.inputs(under: reading).filter(\.value.isMissing).keys.sorted()
    }
    for (gone, back, left) in [([1, 2], [], [1, 2]), ([], [2], [1]), ([], [1], [])]
      as [([Int64], [Int64], [Int64])]
    {
      let id = String(format: "%032x", Int.random(in: 0...Int.max))
      let number = try store.begin(id: id, started: Self.now, asOf: Self.now)
      try store.conclude(number, Self.end(missing: gone, back: back), status: 0, sha256: nil)
      #expect(try missing() == left)
    }
  }

  // MARK: Erasure by time

  @Test("what is resolved since a time is erased with its suppression, and what is open stays")
  func purgeBefore() throws {
    let store = try store()
    let findings = ["a", "b", "c", "d"].map { Self.finding(Character($0), at: [1]) }
    try store.record([Self.origin(findings)], under: reading, at: 1)
    let until = UTCTime(seconds: 2_000_000_000)
    for finding in findings {
      try store.suppress(finding.id, .init(reason: "r", author: "ann", until: until))
    }
    let input = ReadInput(id: 1, fingerprint: Self.print(1))
    try store.add(evidence: "digest", of: input, at: Self.now)
    let nights: [[(Character, Finding.Past.State)]] = [
      [("a", .resolved), ("b", .resolved), ("c", .new)], [("b", .reopened)],
      [("d", .resolved)],
    ]
    for (night, told) in nights.enumerated() {
      let started = UTCTime(seconds: Int64(100 * (night + 1)))
      let number = try store.begin(id: "\(night)", started: started, asOf: started)
      try store.conclude(
        number, Self.end(told.map { Self.told($0, $1) }), status: 1, sha256: nil)
    }
    #expect(try store.purge(before: UTCTime(seconds: 100)) == 0)
    #expect(try store.runs().count == 3)
    #expect(try store.purge(before: UTCTime(seconds: 300)) == 1)
    #expect(try store.findings().map { $0.id.dropFirst(5).prefix(1) } == ["b", "c", "d"])
    #expect(try store.suppressions().keys.sorted() == findings[1...].map(\.id))
    #expect(try store.evidence(of: findings[1].id).map(\.digest) == ["digest"])
    #expect(try store.runs().map(\.id) == ["2", "1", "0"], "events name all of them")
    #expect(try store.purge(before: UTCTime(seconds: 301)) == 1)
    #expect(try store.findings().map { $0.id.dropFirst(5).prefix(1) } == ["b", "c"])
    #expect(try store.runs().map(\.id) == ["1", "0"])
    #expect(try store.inputs(under: reading).count == 1, "what is there is not read again")
  }

  // MARK: What the system and other programs do

  @Test(
    "what SQLite reports is told in words",
    arguments: [
      (ResultCode.SQLITE_FULL, "/s cannot be written: the disk is full"),
      (.SQLITE_READONLY, "/s cannot be written: read-only, or of another user"),
      (.SQLITE_CANTOPEN, "/s cannot be written: read-only, or of another user"),
      (.SQLITE_PERM, "/s cannot be written: read-only, or of another user"),
      (
        .SQLITE_CORRUPT,
        "/s is damaged; restore it, or move it away: the next run then reads everything again"
      ),
      (
        .SQLITE_NOTADB,
        "/s is damaged; restore it, or move it away: the next run then reads everything again"
      ),
      (.SQLITE_IOERR, "/s cannot be read or written: the medium failed"),
      (.SQLITE_IOERR_FSYNC, "/s cannot be read or written: the medium failed"),
      (.SQLITE_BUSY, "/s is in use by another program"),
      (.SQLITE_LOCKED, "/s is in use by another program"),
      (.SQLITE_TOOBIG, "/s: SQLite reports 18 (string or blob too big)"),
    ])
  func words(code: ResultCode, message: String) {
    #expect(throws: StoreFailure.failed(message)) {
      try Store.mapping("/s") { throw DatabaseError(resultCode: code) }
    }
  }

  @Test("a failure of the store's own stays as it is, and any other means that it is damaged")
  func otherErrors() {
    struct Unknown: Error {}
    #expect(throws: StoreFailure.refused("why")) {
      try Store.mapping("/s") { throw StoreFailure.refused("why") }
    }
    #expect(throws: Store.damaged("/s")) { try Store.mapping("/s") { throw Unknown() } }
  }

  @Test("a store that others can read, or that is a link, is not opened")
  func openStore() throws {
    let path = StateDirectory.store(in: directory)
    _ = try store()
    for mode: mode_t in [0o640, 0o604, 0o620] {
      try #require(chmod(path, mode) == 0)
      let refused = StoreFailure.refused(
        "\(path) can be read by others than its owner; run: chmod 600 \(path)*")
      #expect(throws: refused) { try self.store() }
    }
    try FileManager.default.moveItem(atPath: path, toPath: directory + "/elsewhere")
    try #require(symlink(directory + "/elsewhere", path) == 0)
    #expect(
      throws: StoreFailure.failed("\(path) cannot be opened: Too many levels of symbolic links")
    ) { try self.store() }
  }

  @Test("a state directory is a directory of one's own, in which a lock can be made")
  func stateDirectory() throws {
    let lock = directory + "/state/lock"
    try #require(mkdir(directory + "/state", 0o700) == 0)
    try #require(mkdir(lock, 0o700) == 0)
    #expect(throws: StoreFailure.failed("\(lock) cannot be opened: Is a directory")) {
      try StateDirectory(path: directory + "/state")
    }
    let missing = directory + "/none/state"
    #expect(throws: StoreFailure.failed("\(missing) cannot be made: No such file or directory")) {
      try StateDirectory(path: missing)
    }
    let file = directory + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    #expect(throws: StoreFailure.failed("\(file) is no directory")) {
      try StateDirectory(path: file)
    }
    let open = directory + "/open"
    try #require(mkdir(open, 0o700) == 0 && chmod(open, 0o770) == 0)
    #expect(
      throws: StoreFailure.failed(
        "\(open) can be written by others than its owner; run: chmod 700 \(open)")
    ) { try StateDirectory(path: open) }
  }

  @Test(
    "a state directory of another user is refused",
    .enabled(if: geteuid() == 0, "only root can give one"))
  func foreignDirectory() throws {
    let path = directory + "/foreign"
    try #require(mkdir(path, 0o700) == 0 && chown(path, 65534, 65534) == 0)
    let failure = StoreFailure.failed(
      "\(path) belongs to another user; run as that one, or: chown -R 0 \(path)")
    #expect(throws: failure) { try StateDirectory(path: path) }
  }
}
