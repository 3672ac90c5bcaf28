import Clock
import Foundation
import TestSupport
import Testing

@testable import Scan
@testable import Watchlists
@testable import Worker

/// What the supervisor does about a worker that says what no worker says.
@Suite("hostile workers")
struct HostileWorkerTests {
  /// What is said in place of a right answer, of three files that stand alone: 1 is `a.txt`, 2 `b.txt` and 3 `c.txt`.
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var frames: [ResultFrame]

    init(_ what: String, _ frames: [ResultFrame]) {
      (testDescription, self.frames) = (what, frames)
    }
  }

  static func hit(
    _ file: UInt32, list: UInt16 = 0, account: UInt32? = 0, host: String = "kept.example",
    masked: String = "", check: VerifierAnswer? = nil
  ) -> ResultFrame {
    var hit = ResultFrame.Hit(
      file: file, list: list, account: account, form: .exact, tag: Tag(high: 1, low: 1),
      host: Array(host.utf8), isApp: false, hasPassword: true, layout: .json, isDoubtful: false,
      isAmbiguous: false, line: 1, record: 1, masked: Array(masked.utf8))
    hit.check = check
    return .hit(hit)
  }

  private static func count(
    _ file: UInt32, list: UInt16 = 0, host: String = "portal.example"
  ) -> ResultFrame {
    .serviceCount(
      ResultFrame.ServiceCount(
        file: file, list: list, host: Array(host.utf8), layout: .json, records: 2,
        withPassword: 1))
  }

  static func done(
    _ file: UInt32, _ kind: ResultFrame.FileDone.Kind = .text, bytes: UInt64 = 0,
    skipped: UInt64 = 0
  ) -> ResultFrame {
    .fileDone(ResultFrame.FileDone(file: file, kind: kind, bytes: bytes, skippedBytes: skipped))
  }

  private static func member(_ file: UInt32, _ path: String = "FR/x.txt") -> ResultFrame {
    .member(ResultFrame.Member(file: file, path: Array(path.utf8)))
  }

  private static func memberDone(
    _ file: UInt32, bytes: UInt64 = 0, skipped: UInt64 = 0
  ) -> ResultFrame {
    .memberDone(
      ResultFrame.MemberDone(
        done: ResultFrame.FileDone(
          file: file, kind: .text, bytes: bytes, records: 1, skippedBytes: skipped)))
  }

  private static func facts(
    _ unit: UInt32, stolen: Int64? = nil, os: String = "", country: String = "",
    antivirus: [String] = []
  ) -> ResultFrame.LogFacts {
    var facts = ResultFrame.LogFacts(unit: unit, family: nil, confidence: 0)
    facts.stolen = stolen
    facts.os = Array(os.utf8)
    facts.country = Array(country.utf8)
    facts.antivirus = antivirus.map { Array($0.utf8) }
    return facts
  }

  private static func folder(_ path: String, _ facts: ResultFrame.LogFacts) -> ResultFrame {
    .folderFacts(ResultFrame.FolderFacts(folder: Array(path.utf8), facts: facts))
  }

  private static func traces(
    _ unit: UInt32, service: UInt16? = nil, expiry: Int64? = nil
  ) -> ResultFrame.LogTraces {
    let services = service.map { number in
      var trace = ResultFrame.ServiceTrace(service: number)
      trace.latestExpiry = expiry
      return [trace]
    }
    return ResultFrame.LogTraces(unit: unit, categories: 0, services: services ?? [])
  }

  private static func fault(_ file: UInt32) -> ResultFrame {
    .archiveFault(ResultFrame.ArchiveFaultReport(file: file, path: [], fault: .checksum))
  }

  private static func range(
    _ file: UInt32, began: [UInt8] = [], next: UInt32? = 1
  ) -> ResultFrame {
    var done = ResultFrame.RangeDone(file: file, isThere: true)
    (done.began, done.next) = (began, next)
    return .rangeDone(done)
  }

  private static var ready: ResultFrame { ready(landlock: 6) }

  private static func ready(landlock: Int32, isOff: Bool = false) -> ResultFrame {
    var level = ResultFrame.SandboxLevel()
    (level.landlockABI, level.isOff) = (landlock, isOff)
    return .ready(level)
  }

  /// The list's canary account stands behind its one other.
  private static let canaryHit = hit(Canary.file, account: 1, host: "canary.dumpsieve.invalid")
  private static let canaryDone: [ResultFrame] = [
    done(Canary.file), .unitDone(unit: Canary.unit), .messageDone,
  ]
  /// What a worker says before it gets a dump.
  static let start = [ready, canaryHit] + canaryDone
  /// All files are read, and hold nothing.
  static let nothing: [ResultFrame] =
    (1...3).flatMap { [done($0), .unitDone(unit: $0)] } + [.messageDone]

  private static let lineBytes = UInt64(HostilePlace.line("a.example").utf8.count)

  private static let hostile: [Case] = [
    Case("ready, again", [ready]),
    Case("a hit in a file that it has not", [hit(9)]),
    Case("a hit in the canary's file, once that is read", [canaryHit]),
    Case("a hit of a list that there is not", [hit(1, list: 1)]),
    Case("a hit of an account that the list has not", [hit(1, account: 2)]),
    Case("a listed hit with a masked login", [hit(1, masked: "…@acme.example")]),
    Case(
      "a hit of a mail domain that nobody declared",
      [hit(1, account: nil, masked: "…@strange.example")]),
    Case("a login of a declared mail domain", [hit(1, account: nil, masked: "ann@acme.example")]),
    Case("a hit at what is no host", [hit(1, host: "CANARY and more")]),
    Case("what a verifier says, though there is none", [hit(1, check: .stillValid)]),
    Case("a count in a file that it has not", [count(9)]),
    Case("a count of a list that there is not", [count(1, list: 1)]),
    Case("a count at what is no host", [count(1, host: "CANARY and more")]),
    Case("the end of a file that it has not", [done(9)]),
    Case("the end of the canary's file, again", [done(Canary.file)]),
    Case("more bytes than the file has", [done(1, bytes: lineBytes + 1)]),
    Case("longer lines than the file is", [done(1, skipped: 2 * lineBytes + 1)]),
    Case("an archive that it did not announce", [done(1, .archive)]),
    Case("a file that it did not open", [done(1, .unopened)]),
    Case("the end of a file, twice", [done(1), done(1)]),
    Case("facts of a unit that it has not", [.logFacts(facts(9))]),
    Case("facts of another century", [.logFacts(facts(1, stolen: 946_684_799))]),
    Case("facts of a far future", [.logFacts(facts(1, stolen: 4_102_444_800))]),
    Case("a system that is none", [.logFacts(facts(1, os: "CANARY"))]),
    Case("a country that is none", [.logFacts(facts(1, country: "CANARY"))]),
    Case("a virus scanner that is none", [.logFacts(facts(1, antivirus: ["CANARY"]))]),
    Case("traces of a unit that it has not", [.logTraces(traces(9))]),
    Case("traces of a service that there is not", [.logTraces(traces(1, service: .max))]),
    Case("a cookie of no time", [.logTraces(traces(1, service: 0, expiry: 0))]),
    Case("the end of a unit that it has not", [.unitDone(unit: 9)]),
    Case("the end of a unit before that of its file", [.unitDone(unit: 1)]),
    Case("the end of the canary's unit, again", [.unitDone(unit: Canary.unit)]),
    Case("the end of a message before that of its units", [.messageDone]),
    Case("no progress, in no archive", [.progress(bytes: 0)]),
    Case("more progress than it was given", [.progress(bytes: 3 * lineBytes + 1)]),
    Case(
      "more progress than it was given, bit by bit",
      [.progress(bytes: 3 * lineBytes), .progress(bytes: 1)]),
    Case("a range of a file that it has not", [range(9)]),
    Case("a range of a file that is read whole", [range(1)]),
    Case("an archive that it has not", [.archive(file: 9)]),
    Case("an archive, twice", [.archive(file: 1), .archive(file: 1)]),
    Case("an archive before the end of another", [.archive(file: 1), .archive(file: 2)]),
    Case("a member of a file that it has not", [member(9)]),
    Case("a member of no archive", [member(1)]),
    Case("a member in a member", [.archive(file: 1), member(1), member(1, "y")]),
    Case("the end of a member of a file that it has not", [memberDone(9)]),
    Case("the end of a member of no archive", [memberDone(1)]),
    Case("the end of no member", [.archive(file: 1), memberDone(1)]),
    Case(
      "a member, twice", [.archive(file: 1), member(1), memberDone(1), memberDone(1)]),
    Case(
      "a member that is longer than may be read",
      [.archive(file: 1), member(1), memberDone(1, bytes: .max)]),
    Case(
      "a member whose lines are longer than may be read",
      [.archive(file: 1), member(1), memberDone(1, skipped: .max)]),
    Case("a member's traces, in a file that it has not", [.memberTraces(traces(9))]),
    Case("a member's traces, in no archive", [.memberTraces(traces(1))]),
    Case("traces of no member", [.archive(file: 1), .memberTraces(traces(1))]),
    Case(
      "a member's traces of a service that there is not",
      [.archive(file: 1), member(1), .memberTraces(traces(1, service: .max))]),
    Case("a folder of a file that it has not", [folder("", facts(9))]),
    Case("a folder of no archive", [folder("", facts(1))]),
    Case("a folder that no member stands in", [.archive(file: 1), folder("FR", facts(1))]),
    Case(
      "a folder with a system that is none",
      [.archive(file: 1), member(1), folder("FR", facts(1, os: "CANARY"))]),
    Case("what is wrong with a file that it has not", [fault(9)]),
    Case("what is wrong with no archive", [fault(1)]),
    Case("a hit in no member", [.archive(file: 1), hit(1)]),
    Case("a count in no member", [.archive(file: 1), count(1)]),
    Case("the end of an archive in a member", [.archive(file: 1), member(1), done(1, .archive)]),
    Case("an archive that is a text in the end", [.archive(file: 1), done(1)]),
  ]

  /// Which problem each file has, and at which hosts something was found.
  private func said(_ summary: ScanSummary) -> (problems: [String], hosts: [String]) {
    let problems = summary.problems.map { problem in
      "\(String(decoding: problem.path, as: UTF8.self)) \(problem.code.rawValue)"
        + (problem.bytes.map { " \($0)" } ?? "")
    }
    return (problems, summary.document.findings.map { $0.service.host ?? "" }.sorted())
  }

  @Test(
    "what no worker says costs the file that it is said of, and nothing else", arguments: hostile)
  func frame(_ hostile: Case) throws {
    let place = try HostilePlace(Self.start, hostile.frames)
    let said = said(try Scan.run(place.configuration))
    #expect(said.problems == ["a.txt protocol"])
    #expect(said.hosts == ["b.example", "c.example"])
  }

  @Test("a unit that is ended twice has ended once; what follows is read by another worker")
  func unitTwice() throws {
    let place = try HostilePlace(
      Self.start, [Self.done(1), .unitDone(unit: 1), .unitDone(unit: 1)])
    let said = said(try Scan.run(place.configuration))
    #expect(said.problems == ["b.txt worker-crash"])
    #expect(said.hosts == ["c.example"])
  }

  /// Else the tests above would show nothing: what stands before the frame that is refused is right.
  @Test(
    "a worker that ends in the middle of a file is dead, and no liar",
    arguments: [
      Case("at once", []), Case("in a frame", []),
      Case("in a file", [.progress(bytes: 3 * lineBytes), .logFacts(facts(1)), count(1)]),
      Case(
        "in an archive",
        [
          .archive(file: 1), .progress(bytes: 0), member(1), .memberTraces(traces(1)),
          folder("FR", facts(1)), folder("", facts(1)), memberDone(1),
        ]),
    ])
  func death(_ death: Case) throws {
    var bytes = death.frames.flatMap { $0.encoded() }
    if death.testDescription == "in a frame" { bytes += Self.done(1).encoded().dropLast() }
    let place = try HostilePlace(Self.start, bytes: bytes)
    let said = said(try Scan.run(place.configuration))
    #expect(said.problems == ["a.txt worker-crash"])
    let hasCount = death.testDescription == "in a file"
    #expect(said.hosts == ["b.example", "c.example"] + (hasCount ? ["portal.example"] : []))
  }

  @Test("what was found in an archive stays when its worker is lost")
  func lostArchive() throws {
    let place = try HostilePlace(
      Self.start, [.archive(file: 1), Self.member(1), Self.hit(1), Self.hit(9)])
    let summary = try Scan.run(place.configuration)
    let said = said(summary)
    #expect(said.problems == ["a.txt protocol"])
    #expect(said.hosts == ["b.example", "c.example", "kept.example"])
    let coverage = summary.document.run.coverage
    #expect(coverage.archives == 1 && coverage.members == 1 && coverage.membersRead == 0)
    #expect(coverage.filesRead == 2)
  }

  @Test("what was found in an archive stays when the run is stopped in the middle of it")
  func stoppedInArchive() throws {
    let place = try HostilePlace(
      Self.start,
      [
        Self.hit(1, host: "a.example"), Self.done(1), .unitDone(unit: 1), .archive(file: 2),
        Self.member(2), Self.hit(2),
      ], waits: true)
    var configuration = place.configuration
    // What is said at once is read at once: when the first finding is there, so is the hit in the archive.
    configuration.progress = { progress in
      if progress.findings == 1 { pthread_kill(pthread_self(), SIGTERM) }
    }
    let summary = try Scan.run(configuration)
    // It waits for whoever asks next: else the next run on this thread would be stopped.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    var signal: Int32 = 0
    #expect(sigwait(&signals, &signal) == 0)
    let coverage = summary.document.run.coverage
    #expect(coverage.isInterrupted && coverage.archives == 1 && coverage.filesRead == 1)
    #expect(said(summary).hosts == ["a.example", "kept.example"])
  }

  @Test("a run whose workers can no longer be started fails, as what is left cannot be read")
  func lostExecutable() throws {
    let place = try HostilePlace(Self.start, [], beforeEnd: "rm worker")
    do throws(ScanFailure) {
      _ = try Scan.run(place.configuration)
      Issue.record("the run has a result")
    } catch {
      #expect(error.message == "the worker cannot be started: \(place.path)/worker")
    }
  }

  @Test("a length of nothing is no frame")
  func noLength() throws {
    let place = try HostilePlace(Self.start, bytes: [0, 0, 0, 0])
    let said = said(try Scan.run(place.configuration))
    #expect(said.problems == ["a.txt protocol"])
    #expect(said.hosts == ["b.example", "c.example"])
  }

  @Test(
    "a worker that says what it may is believed, as far as it says that it is locked down",
    arguments: [
      (0, false, "seccomp+limits"), (6, false, "landlock-6+seccomp+limits"), (6, true, "off"),
    ] as [(Int32, Bool, String)])
  func whole(landlock: Int32, isOff: Bool, sandbox: String) throws {
    var frames: [ResultFrame] = [.archive(file: 1)]
    // More than is read at once, so that one of them comes in two pieces.
    frames += Array(repeating: .progress(bytes: 0), count: 6000)
    frames += [
      Self.member(1), Self.hit(1), Self.hit(1), Self.count(1), Self.memberDone(1, bytes: 7),
      Self.fault(1), Self.done(1, .archive, bytes: 5), .unitDone(unit: 1),
      Self.hit(2, host: "b.example"), Self.done(2, bytes: 3), .unitDone(unit: 2),
      Self.done(3, .empty), .unitDone(unit: 3), .messageDone,
    ]
    let start =
      [Self.ready(landlock: landlock, isOff: isOff), Self.canaryHit] + Self.canaryDone
    let place = try HostilePlace(start, frames, waits: true)
    let summary = try Scan.run(place.configuration)
    let said = said(summary)
    #expect(said.problems == ["a.txt archive-checksum"])
    #expect(said.hosts == ["b.example", "kept.example", "portal.example"])
    let coverage = summary.document.run.coverage
    #expect(coverage.files == 3 && coverage.filesRead == 1 && coverage.passedOver == ["empty": 1])
    #expect(coverage.archives == 1 && coverage.members == 1 && coverage.membersRead == 1)
    #expect(coverage.bytes == 15)
    #expect(summary.document.run.sandbox == sandbox)
  }

  /// If it were believed, nothing would be found, since it says that it has read all.
  @Test(
    "a worker that says what none says before it has found the canary gets no dump",
    arguments: [
      Case("ready, twice", [ready, ready, canaryHit] + canaryDone),
      Case(
        "the canary, more often than it stands there",
        [ready] + Array(repeating: canaryHit, count: 5) + canaryDone),
      Case(
        "the end of the message before that of its unit",
        [ready, canaryHit, .messageDone] + canaryDone),
      Case("a hit in a file that it has not yet", [ready, canaryHit, hit(1)] + canaryDone),
      Case("the end of a file that it has not yet", [ready, canaryHit, done(1)] + canaryDone),
    ])
  func beforeCanary(_ hostile: Case) throws {
    let place = try HostilePlace(hostile.frames, Self.nothing, waits: true)
    let said = said(try Scan.run(place.configuration))
    #expect(said.problems == [])
    #expect(said.hosts == ["a.example", "b.example", "c.example"])
  }

  @Test("a run that holds no more findings says so once, and keeps those that it has")
  func tooMany() throws {
    let logins = (0..<10_001).map {
      Self.hit(1, account: nil, host: "h\($0).example", masked: "…@acme.example")
    }
    for isArchive in [false, true] {
      let before: [ResultFrame] = isArchive ? [.archive(file: 1), Self.member(1)] : []
      let behind = isArchive ? [Self.memberDone(1), Self.done(1, .archive)] : [Self.done(1)]
      let rest: [ResultFrame] = [
        .unitDone(unit: 1), Self.hit(2, host: "b.example"), Self.done(2), .unitDone(unit: 2),
        Self.done(3), .unitDone(unit: 3), .messageDone,
      ]
      let place = try HostilePlace(Self.start, before + logins + behind + rest, waits: true)
      let said = said(try Scan.run(place.configuration))
      #expect(said.problems == ["a.txt too-many-findings"])
      // A login on a list is still taken.
      #expect(said.hosts.count == 10_001 && said.hosts.contains("b.example"))
      #expect(!said.hosts.contains("h10000.example"))
    }
  }

  @Test("a worker that is gone is lost at once, whoever else holds its pipe")
  func heldPipe() throws {
    let place = try HostilePlace(
      Self.start, [], beforeEnd: "sleep 60 </dev/null >/dev/null 2>&1 3>&- & echo $! > holder")
    let began = Date()
    let said = said(try Scan.run(place.configuration))
    if let text = try? String(contentsOfFile: place.path + "/holder", encoding: .utf8),
      let holder = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
    {
      kill(holder, SIGKILL)
    }
    #expect(Date().timeIntervalSince(began) < 50)
    #expect(said.problems == ["a.txt worker-crash"])
    #expect(said.hosts == ["b.example", "c.example"])
  }

  @Test("a worker that has answered everything and does not end is ended, and costs nothing")
  func doesNotEnd() throws {
    let place = try HostilePlace(Self.start, Self.nothing, beforeEnd: "exec sleep 60")
    var configuration = place.configuration
    configuration.workerSeconds = 1
    let began = Date()
    let summary = try Scan.run(configuration)
    #expect(Date().timeIntervalSince(began) < 50)
    #expect(said(summary).problems.isEmpty && summary.document.run.coverage.filesRead == 3)
  }

  @Test("a worker is not silent while the run itself was stopped")
  func stoppedRun() throws {
    let place = try HostilePlace(
      Self.start, [Self.hit(1), Self.done(1), .unitDone(unit: 1)], waits: true,
      beforeEnd: "sleep 9; cat rest >&4")
    let rest: [ResultFrame] =
      ([2, 3] as [UInt32]).flatMap { [Self.done($0), .unitDone(unit: $0)] } + [.messageDone]
    try place.write(Data(rest.flatMap { $0.encoded() }), "rest")
    var configuration = place.configuration
    configuration.workerSeconds = 5
    let mark = place.path + "/stopped"
    configuration.progress = { progress in
      // Once.
      if progress.findings == 1 && mkdir(mark, 0o700) == 0 { sleep(8) }
    }
    let said = said(try Scan.run(configuration))
    #expect(FileManager.default.fileExists(atPath: mark))
    #expect(said.problems.isEmpty && said.hosts == ["kept.example"])
  }

  @Test("signs of life alone do not keep a worker in an archive for ever")
  func endless() throws {
    let place = try HostilePlace(
      Self.start, [.archive(file: 1), .progress(bytes: 0)],
      beforeEnd: "while sleep 0.2; do tail -c 13 frames >&4 || exit; done")
    var configuration = place.configuration
    configuration.archives.seconds = 1
    configuration.workerSeconds = 1
    let said = said(try Scan.run(configuration))
    #expect(said.problems == ["a.txt timeout"])
    #expect(said.hosts == ["b.example", "c.example"])
  }

  @Test("a range that is lost is told by its bytes, and the others are read")
  func ranges() throws {
    let text = (0..<8).map { HostilePlace.line("a\($0).example") }.joined()
    let later = (0..<8).filter { $0 * HostilePlace.line("a0.example").utf8.count > 100 }
    // Of the file itself, which is 1; and of its first range, which is 2: there are four.
    let hostile: [[ResultFrame]] = [
      [Self.range(1)], [Self.range(2, next: 0)], [Self.range(2, next: 5)],
      [Self.range(2, began: [0xFF])], [Self.range(2), Self.range(2)], [Self.done(2)],
      [Self.range(3, next: 1)],
    ]
    for frames in hostile {
      let place = try HostilePlace(Self.start, frames, text: text)
      var configuration = place.configuration
      configuration.rangeBytes = 100
      let said = said(try Scan.run(configuration))
      #expect(said.problems == ["a.txt protocol 0..<100"], "\(frames)")
      #expect(said.hosts == later.map { "a\($0).example" } + ["b.example", "c.example"])
    }
  }

  @Test("a run whose workers cannot be trusted fails, and says why")
  func failures() throws {
    func failure(
      _ place: HostilePlace, _ change: (inout ScanConfiguration) -> Void = { _ in }
    ) -> String? {
      var configuration = place.configuration
      change(&configuration)
      do throws(ScanFailure) { _ = try Scan.run(configuration) } catch { return error.message }
      return nil
    }
    #expect(
      failure(try HostilePlace([Self.ready] + Self.canaryDone, Self.nothing))
        == "a worker does not find the canary account of every list: keys, lists and program do not fit"
    )
    #expect(
      failure(try HostilePlace([Self.ready(landlock: 0)], Self.nothing)) {
        $0.requiresSandbox = true
      } == "this kernel has no Landlock, which --require-sandbox asks for")
    #expect(
      failure(try HostilePlace(script: "exit 3")) {
        $0.watchlists = Array(repeating: $0.watchlists[0], count: WorkerTask.maxLists + 1)
      } == "more than \(WorkerTask.maxLists) watchlists or keys in one run")
    #expect(
      failure(try HostilePlace(script: "exit 3")) == "workers end at once, with status 3")
    #expect(
      failure(try HostilePlace(script: "kill -9 $$")) == "workers die at once, of signal 9")
    #expect(
      failure(try HostilePlace(script: "exit \(WorkerProcess.noSandbox)"))
        == "workers cannot lock themselves down here; --no-sandbox runs without")
    #expect(
      failure(try HostilePlace(script: "exit 3")) { $0.worker = "/nowhere/worker" }
        == "the worker cannot be started: /nowhere/worker")
  }
}

/// A directory of its own with a dump of three files, a list, and a worker that says once what a test has it say. Whichever
/// is started behind that is the real one.
final class HostilePlace {
  let path: String

  static func line(_ host: String) -> String { "https://\(host)/:ann@acme.example:CANARY\n" }

  /// `start` is what the worker says with the canary before it, and `frames` what it says of the first message of files;
  /// then it ends, or waits until no more files come.
  convenience init(
    _ start: [ResultFrame], _ frames: [ResultFrame], waits: Bool = false, text: String? = nil,
    beforeFrames: String = ":", beforeEnd: String = ":"
  ) throws {
    try self.init(
      start, bytes: frames.flatMap { $0.encoded() }, waits: waits, text: text,
      beforeFrames: beforeFrames, beforeEnd: beforeEnd)
  }

  convenience init(
    _ start: [ResultFrame], bytes: [UInt8], waits: Bool = false, text: String? = nil,
    beforeFrames: String = ":", beforeEnd: String = ":"
  ) throws {
    // Each message is read by one call, as its borders are kept: set-up, secrets, the canary, and files.
    try self.init(
      script: """
        cd "${0%/*}"
        mv unsaid said 2>/dev/null || exec "\(Self.worker)" "$@"
        message() { dd bs=1M count=1 of=/dev/null <&3 2>/dev/null; }
        message; message; message
        cat start >&4
        message
        \(beforeFrames)
        cat frames >&4
        \(beforeEnd)
        \(waits ? "message" : "exit 0")
        """, text: text)
    try write(Data(start.flatMap { $0.encoded() }), "start")
    try write(Data(bytes), "frames")
    try write(Data(), "unsaid")
  }

  init(script: String, text: String? = nil) throws {
    path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(
      atPath: path + "/dumps", withIntermediateDirectories: true)
    for name in ["a", "b", "c"] {
      let own = name == "a" ? text : nil
      try write(Data((own ?? Self.line("\(name).example")).utf8), "dumps/\(name).txt")
    }
    try ProgramFile.write("#!/bin/sh\nPATH=/usr/bin:/bin\n\(script)\n", to: path + "/worker")
    let secret = String(repeating: "11", count: 32)
    try write(Data("dumpsieve-key 1\npartner: org-acme\nkey: \(secret)\n".utf8), "key")
    try writeList("login,ref\nann@acme.example,A-1\n")
  }

  /// Makes the list of these accounts, in place of any before.
  func writeList(_ csv: String) throws {
    let made = try #require(UTCTime("2025-07-01T08:00:00Z"))
    var options = WatchlistMaker.Options(made: made)
    options.mailDomains = ["acme.example"]
    options.serviceHosts = ["portal.example"]
    let list = try AccountList(
      Array(csv.utf8), path: "accounts.csv", partner: "org-acme", acceptsGeneric: false)
    var key = try PartnerKey(KeyFile(path: path + "/key"))
    try write(Data(try WatchlistMaker.make(list, key: &key, options: options)), "list")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ data: Data, _ name: String) throws {
    try data.write(to: URL(filePath: "\(path)/\(name)"))
    try #require(chmod("\(path)/\(name)", 0o600) == 0)
  }

  /// The one that is built with the tests.
  static let worker: String = {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: own ?? "").deletingLastPathComponent().path + "/dumpsieve-worker"
  }()

  static let rules =
    URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/rules"

  var configuration: ScanConfiguration {
    ScanConfiguration(
      dumps: [path + "/dumps"], watchlists: [path + "/list"], keyFiles: [path + "/key"],
      rules: [Self.rules], worker: path + "/worker", workers: 1,
      asOf: UTCTime("2025-07-14T01:30:00Z") ?? .now, version: "test")
  }
}
