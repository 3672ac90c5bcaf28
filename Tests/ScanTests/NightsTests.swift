import Clock
import Dumps
import Findings
import Foundation
import Testing

@testable import History
@testable import Scan
@testable import Watchlists
@testable import Worker

/// Runs that know of earlier ones, where the command line does not show what they do.
@Suite("nights")
struct NightsTests {
  private static func night(
    _ place: HostilePlace, _ state: StateDirectory, isHostile: Bool = false,
    _ change: (inout ScanConfiguration) -> Void = { _ in }
  ) throws -> ScanSummary {
    var configuration = place.configuration
    if !isHostile { configuration.worker = HostilePlace.worker }
    configuration.state = state
    configuration.settle = 0
    change(&configuration)
    return try Scan.run(configuration)
  }

  /// A night whose document is written.
  private static func told(
    _ place: HostilePlace, _ state: StateDirectory, isHostile: Bool = false,
    _ change: (inout ScanConfiguration) -> Void = { _ in }
  ) throws -> ScanSummary {
    let summary = try night(place, state, isHostile: isHostile, change)
    try summary.recorder?.conclude(status: 1, sha256: nil)
    return summary
  }

  private static func made() throws -> (HostilePlace, StateDirectory) {
    let place = try HostilePlace(script: "exit 3")
    return (place, try StateDirectory(path: place.path + "/state"))
  }

  private static func ids(_ summary: ScanSummary) -> [String: String] {
    Dictionary(
      summary.document.findings.map { ($0.service.host ?? "", $0.id) }, uniquingKeysWith: { $1 })
  }

  private static func states(_ summary: ScanSummary) -> [Finding.Past.State?] {
    summary.document.findings.map(\.past?.state)
  }

  // MARK: Findings

  @Test("findings of an account that gets a reference have other ids, and are no new ones")
  func renamed() throws {
    let (place, state) = try Self.made()
    try place.writeList("login\nann@acme.example\n")
    let first = try Self.told(place, state)
    #expect(Self.states(first) == [.new, .new, .new])
    try place.writeList("login,ref\nann@acme.example,A-1\n")
    let second = try Self.told(place, state)
    #expect(Self.states(second) == [.ongoing, .ongoing, .ongoing])
    let (before, after) = (Self.ids(first), Self.ids(second))
    #expect(before.keys.sorted() == ["a.example", "b.example", "c.example"])
    #expect(after.keys.sorted() == before.keys.sorted())
    #expect(Set(before.values).isDisjoint(with: after.values))
    #expect(try Self.ids(Self.told(place, state)) == after)
  }

  @Test("suppressions that suppress nothing any more are told once, in the order of their ids")
  func suppressions() throws {
    let (place, state) = try Self.made()
    let first = try Self.told(place, state)
    let ids = Self.ids(first)
    let store = try Store(in: state.path, idCheck: first.document.run.idCheck)
    let now = place.configuration.asOf.seconds
    for (host, until) in [
      ("a.example", now + 86_400), ("b.example", now), ("c.example", now + 86_400),
    ] {
      try store.suppress(
        try #require(ids[host]),
        Finding.Past.Suppression(
          reason: "known", author: "duty", until: UTCTime(seconds: until)))
    }
    let second = try Self.told(place, state)
    #expect(second.idleSuppressions.map(\.id) == [ids["b.example"]].compactMap { $0 })
    #expect(second.idleSuppressions.map(\.reason) == ["has ended; its finding counts again"])
    // An account that is on no list any more has no open finding.
    try place.writeList("login,ref\neve@acme.example,A-2\n")
    let third = try Self.told(place, state)
    let closed = [ids["a.example"], ids["c.example"]].compactMap { $0 }.sorted()
    #expect(third.idleSuppressions.map(\.id) == closed)
    #expect(
      third.idleSuppressions.allSatisfy { $0.reason == "is of no open finding, and was removed" })
    #expect(try Self.told(place, state).idleSuppressions.isEmpty)
  }

  @Test("who has the list's canary account in a dump has found nobody")
  func canary() throws {
    let place = try HostilePlace(
      HostileWorkerTests.start,
      (1...3).flatMap { file -> [ResultFrame] in
        [
          HostileWorkerTests.hit(file, account: file == 1 ? 1 : 0), HostileWorkerTests.done(file),
          .unitDone(unit: file),
        ]
      } + [.messageDone], waits: true)
    let summary = try Scan.run(place.configuration)
    #expect(summary.problems.isEmpty)
    #expect(summary.document.findings.map(\.sightingsTotal) == [2])
  }

  @Test("what is not found again in files that are as they were is withdrawn")
  func withdrawn() throws {
    let place = try HostilePlace(
      HostileWorkerTests.start,
      [HostileWorkerTests.hit(1)] + HostileWorkerTests.nothing, waits: true)
    let state = try StateDirectory(path: place.path + "/state")
    let first = try Self.told(place, state, isHostile: true)
    #expect(Self.ids(first).keys.sorted() == ["kept.example"])
    let second = try Self.told(place, state) { $0.readsAll = true }
    let states = Dictionary(
      uniqueKeysWithValues: second.document.findings.map { ($0.service.host, $0.past) })
    #expect(states["kept.example"]??.resolution == .withdrawn)
    for host in ["a.example", "b.example", "c.example"] { #expect(states[host]??.state == .new) }
  }

  // MARK: What is read again

  @Test("a set of volumes is read again if any part of it is another")
  func volumes() throws {
    let (place, state) = try Self.made()
    for name in ["x.part1.rar", "x.part2.rar", "y.part1.rar", "y.part2.rar"] {
      try place.write(Data("\(name) is no archive\n".utf8), "dumps/\(name)")
    }
    let first = try Self.told(place, state).document.run.coverage
    let second = try Self.told(place, state).document.run.coverage
    #expect(first.unchanged == 0 && first.files > 3)
    #expect(second.unchanged == first.files)
    try place.write(Data("another text\n".utf8), "dumps/x.part2.rar")
    let third = try Self.told(place, state).document.run.coverage
    #expect(third.unchanged == first.files - 1 && third.files == first.files)
  }

  @Test("a file that took its worker with it is tried again, though nothing of it has changed")
  func crashed() throws {
    let place = try HostilePlace(HostileWorkerTests.start, [])
    let state = try StateDirectory(path: place.path + "/state")
    let first = try Self.told(place, state, isHostile: true)
    #expect(first.problems.map(\.code) == [.workerCrash])
    #expect(Self.ids(first).keys.sorted() == ["b.example", "c.example"])
    let second = try Self.told(place, state)
    #expect(second.problems.isEmpty && second.document.run.coverage.unchanged == 2)
    #expect(Self.ids(second).keys.sorted() == ["a.example", "b.example", "c.example"])
  }

  @Test(
    "what was written within the settling time is read again, whether something was found or not")
  func settling() throws {
    let (place, state) = try Self.made()
    try place.write(Data("nothing\n".utf8), "dumps/d.txt")
    for seconds in [3600, 0] {
      let read = try Self.told(place, state) { $0.settle = seconds }.document.run.coverage
      #expect(read.filesRead == 4 && read.unchanged == 0)
    }
    #expect(try Self.told(place, state).document.run.coverage.unchanged == 4)
  }

  @Test("what a run that came to no end has read is no reason why something is read again")
  func unfinished() throws {
    let (place, state) = try Self.made()
    _ = try Self.night(place, state)
    try place.writeList("login,ref\nann@acme.example,A-1\neve@acme.example,A-2\n")
    let second = try Self.night(place, state)
    #expect(second.document.run.reread.isEmpty && second.document.run.coverage.unchanged == 0)
    // Nothing was told of it yet.
    #expect(Self.states(second) == [.new, .new, .new])
    try second.recorder?.conclude(status: 1, sha256: nil)
    try place.writeList("login,ref\nann@acme.example,A-1\nbob@acme.example,A-3\n")
    #expect(try Self.told(place, state).document.run.reread == ["watchlists"])
  }

  @Test("a file that comes between the first walk and the second is no unchanged one")
  func between() throws {
    let (place, state) = try Self.made()
    _ = try Self.told(place, state)
    let dumps = [place.path + "/dumps", place.path + "/nowhere"]
    let shape = LogShape(systemFiles: ["System.txt"])
    let names = InputNames(try Identifiers(installation: state.installation), dumps: dumps)
    func files() -> [DumpFile] {
      var walker = DumpWalker(path: dumps[0], shape: shape)
      var files: [DumpFile] = []
      while let step = walker.next() { if case .file(let file) = step { files.append(file) } }
      return files
    }
    var known: [Int64: KnownInput] = [:]
    for file in files() {
      known[names.id(dump: 0, path: file.path)] = KnownInput(
        fingerprint: try #require(Fingerprint(file)), isRead: true, isMissing: false)
      file.close()
    }
    let survey = InputSurvey(
      dumps: dumps, shape: shape, opensAll: false, names: names, known: known, readsAll: false)
    #expect(survey.unchangedFiles == 3 && survey.isUnchanged(dump: 0))
    // What is not there may be there when it is read.
    #expect(!survey.isUnchanged(dump: 1))
    try place.write(Data("x\n".utf8), "dumps/d.txt")
    for file in files() {
      #expect(survey.isUnchanged(file, dump: 0) == (file.path != Array("d.txt".utf8)))
      file.close()
    }
  }

  @Test("a file is the same under whatever dump it is named, and a dump that is missing has a name")
  func names() throws {
    let (place, state) = try Self.made()
    _ = try Self.told(place, state)
    let dumps = [place.path + "/dumps/a.txt", place.path + "/dumps/../dumps", "/nowhere"]
    let names = InputNames(try Identifiers(installation: state.installation), dumps: dumps)
    #expect(names.id(dump: 0, path: []) == names.id(dump: 1, path: Array("a.txt".utf8)))
    #expect(names.path(dump: 2, [0x61]) == Array("/nowhere/a".utf8))
    // By the file alone: named so, it need not be read again.
    let again = try Self.told(place, state) { $0.dumps = [dumps[0]] }
    #expect(again.document.run.coverage.unchanged == 1)
  }

  // MARK: Evidence

  @Test("of what is away or changed no digest is made, nor by a run that is stopped")
  func evidence() throws {
    var frames: [ResultFrame] = []
    for file: UInt32 in 1...3 {
      frames += [
        HostileWorkerTests.hit(file), HostileWorkerTests.done(file), .unitDone(unit: file),
      ]
    }
    // Its own times change with the name of a file, and not with that of its folder.
    let place = try HostilePlace(
      HostileWorkerTests.start, frames + [.messageDone], waits: true,
      beforeEnd: "mv dumps hidden")
    let state = try StateDirectory(path: place.path + "/state")
    let summary = try Self.told(place, state, isHostile: true)
    #expect(summary.problems.isEmpty && summary.document.findings.map(\.sightingsTotal) == [3])
    let store = try Store(in: state.path, idCheck: summary.document.run.idCheck)
    let recorder = try #require(summary.recorder)
    #expect(try store.withoutEvidence().count == 3)
    try FileManager.default.moveItem(
      atPath: place.path + "/hidden", toPath: place.path + "/dumps")
    try recorder.makeEvidence { true }
    // Asked before each file, and before each piece of it.
    var calls = 0
    try recorder.makeEvidence {
      calls += 1
      return calls.isMultiple(of: 2)
    }
    #expect(try store.withoutEvidence().count == 3 && calls == 6)
    try place.write(Data("other\n".utf8), "dumps/b.txt")
    try recorder.makeEvidence { false }
    #expect(try store.withoutEvidence().count == 1)
  }

  // MARK: The store

  /// Else the night would end as if nothing had been found.
  @Test(
    "a store that fails during the run, as it is written, asked for digests or for findings, fails the run",
    arguments: ["fragments", "evidence", "marks"])
  func lostTable(table: String) throws {
    let python = "/usr/bin/python3"
    guard FileManager.default.isExecutableFile(atPath: python) else {
      print("SKIPPED a store that fails: there is no \(python)")
      return
    }
    let place = try HostilePlace(
      HostileWorkerTests.start, HostileWorkerTests.nothing, waits: true,
      beforeFrames: """
        \(python) -c 'import sqlite3
        sqlite3.connect("state/history.sqlite").execute("DROP TABLE \(table)")'
        """)
    let state = try StateDirectory(path: place.path + "/state")
    do throws(ScanFailure) {
      var configuration = place.configuration
      configuration.state = state
      configuration.settle = 0
      _ = try Scan.run(configuration)
      Issue.record("the run has a result")
    } catch {
      #expect(error.message.contains("history.sqlite"), "\(error.message)")
    }
  }

  @Test("of nothing, no document is merged")
  func merge() {
    do throws(ScanFailure) {
      _ = try PartMerge.run(paths: [], rules: [HostilePlace.rules])
      Issue.record("it is merged")
    } catch {
      #expect(error.message == "there is nothing to merge")
    }
  }
}
