import Foundation
import Glibc
import Testing

/// What the death of a process costs, seen from outside.
@Suite("Workers and their supervisor", .serialized)
struct WorkerTests {
  /// Accounts that stand in small files of their own: each is one finding.
  private static let smallFiles = 60

  /// Lines of strangers that keep a worker busy for about a second; the tests need a tenth of one of each worker.
  private static let manyLines: [UInt8] = {
    let lines = (0..<40_000).map {
      "https://site\($0 % 977).example/login:user\($0)@stranger\($0 % 313).example:CANARY-\($0)\n"
    }
    let block = Array(lines.joined().utf8)
    return Array(repeatElement(block, count: 80).joined())
  }()

  /// A dump of `bigFiles` files without a finding, and the small ones behind them.
  private static func makeDump(bigFiles: Int) throws -> Workplace {
    let workplace = try Workplace()
    try workplace.makeList()
    for number in 0..<bigFiles { try workplace.write(manyLines, to: "dumps/0-big\(number).txt") }
    for number in 0..<smallFiles {
      try workplace.write(
        "https://site\(number).example/:f.martin@formation-isere.example:CANARY-\(number)\n",
        to: "dumps/small\(number).txt")
    }
    return workplace
  }

  /// Every login is hashed, as that takes a worker longest.
  private static let scan =
    ["scan", "dumps", "--hash-every-login"] + Workplace.listOptions
    + ["--out", "findings.json", "--jobs", "2"]

  private static func unread(_ workplace: Workplace, _ name: String = "findings.json") throws
    -> [String]
  {
    let run = try #require(try workplace.json(name)["run"] as? [String: Any])
    let coverage = try #require(run["coverage"] as? [String: Any])
    let unread = try #require(coverage["unread"] as? [[String: Any]])
    return unread.compactMap { $0["reason"] as? String }
  }

  private static func findingCount(_ workplace: Workplace) throws -> Int {
    (try workplace.json("findings.json")["findings"] as? [Any])?.count ?? -1
  }

  private static func expectGone(_ processes: [pid_t]) {
    for _ in 0..<2000 where processes.contains(where: { kill($0, 0) == 0 }) { usleep(1000) }
    #expect(processes.allSatisfy { kill($0, 0) != 0 }, "a worker outlived its supervisor")
  }

  @Test(
    "the death of one worker costs the file that it read, and nothing else",
    arguments: [SIGKILL, SIGSEGV, SIGABRT])
  func oneWorker(signal: Int32) throws {
    let workplace = try Self.makeDump(bigFiles: 1)
    let own = Set(workplace.files)
    let run = try workplace.start(Self.scan + ["--problem-log", "problems.txt"])
    try run.withBusyWorkers(1) { #expect(kill($0[0], signal) == 0) }
    let outcome = run.outcome()
    #expect(outcome.status == 1, "\(outcome.errorText)")
    let reason = signal == SIGABRT ? "worker-memory" : "worker-crash"
    #expect(try Self.unread(workplace) == [reason])
    #expect(try workplace.text("problems.txt").contains("dumps/0-big0.txt"))
    #expect(try Self.findingCount(workplace) == Self.smallFiles)
    // No core, no backtrace: a Swift crash prints the memory that registers point to.
    LeakSearch.canary.expectNone(in: outcome, "crash")
    LeakSearch.canary.expectNone(in: workplace, except: own, "crash")
    #expect(outcome.errors.isEmpty, "\(outcome.errorText)")
    try Schema.expectValid(
      ["findings.json": workplace.read("findings.json") ?? []], strictly: true)
  }

  @Test("the death of all workers at once costs a file each")
  func allWorkers() throws {
    let workplace = try Self.makeDump(bigFiles: 2)
    let run = try workplace.start(Self.scan)
    try run.withBusyWorkers(2) { workers in
      for worker in workers { #expect(kill(worker, SIGKILL) == 0) }
    }
    let outcome = run.outcome()
    #expect(outcome.status == 1, "\(outcome.errorText)")
    #expect(try Self.unread(workplace) == ["worker-crash", "worker-crash"])
    #expect(try Self.findingCount(workplace) == Self.smallFiles)
  }

  @Test("in a file that is read in ranges it costs that range, and the problem says which")
  func oneRange() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    let own = Array("https://a.example/:f.martin@formation-isere.example:CANARY\n".utf8)
    let text = own + Self.manyLines + own
    try workplace.write(text, to: "dumps/big.txt")
    let length = text.count / 3 + 1
    let run = try workplace.start(
      Self.scan + ["--range-size", "\(length)", "--problem-log", "problems.txt"])
    try run.withBusyWorkers(2) { #expect(kill($0[0], SIGKILL) == 0) }
    #expect(run.outcome().status == 1)
    #expect(try Self.unread(workplace) == ["worker-crash"])
    let block = try #require(try workplace.json("findings.json")["run"] as? [String: Any])
    let coverage = try #require(block["coverage"] as? [String: Any])
    let unread = try #require((coverage["unread"] as? [[String: Any]])?.first)
    let bytes = try #require(unread["bytes"] as? [String: Int])
    let index = try #require(bytes["from"]) / length
    #expect(bytes["from"] == index * length)
    #expect(bytes["to"] == min(text.count, (index + 1) * length))
    #expect(coverage["files"] as? Int == 1)
    #expect(coverage["files_read"] as? Int == 0)
    #expect(try workplace.text("problems.txt").contains("dumps/big.txt\tbytes "))
    #expect(try Self.findingCount(workplace) == 1)
    try Schema.expectValid(
      ["findings.json": workplace.read("findings.json") ?? []], strictly: true)
  }

  @Test(
    "a run that may open too few files for one worker does not begin, and says how many it needs")
  func openFiles() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write("HWID: 1\n", to: "dumps/FR_log/System.txt")
    let command = ["sh", "-c", "ulimit -n 64; exec \"$@\"", "sh", Workplace.executable] + Self.scan
    let outcome = try workplace.start(command, input: []).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errorText.contains("ulimit -n"), "\(outcome.errorText)")
    #expect(workplace.read("findings.json") == nil)
  }

  @Test("without a finding, a lost file is 3 and never 0")
  func nothingElse() throws {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write(Self.manyLines, to: "dumps/big.txt")
    let run = try workplace.start(Self.scan)
    try run.withBusyWorkers(1) { #expect(kill($0[0], SIGKILL) == 0) }
    #expect(run.outcome().status == 3)
    #expect(try Self.unread(workplace) == ["worker-crash"])
  }

  @Test(
    "an interrupted run leaves the good file, and writes what it has as partial",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func interruption(signal: Int32) throws {
    let workplace = try Self.makeDump(bigFiles: 2)
    try workplace.write("earlier\n", to: "findings.json")
    let own = Set(workplace.files)
    let run = try workplace.start(Self.scan)
    var workers: [pid_t] = []
    try run.withBusyWorkers(1) {
      #expect(kill(run.process, signal) == 0)
      workers = $0
    }
    let outcome = run.outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errorText.contains("findings.partial.json"))
    #expect(try workplace.text("findings.json") == "earlier\n")
    let partial = try workplace.json("findings.partial.json")
    let block = try #require(partial["run"] as? [String: Any])
    #expect(block["complete"] as? Bool == false)
    #expect((block["coverage"] as? [String: Any])?["complete"] as? Bool == false)
    try Schema.expectValid(
      ["partial": workplace.read("findings.partial.json") ?? []], strictly: true)
    LeakSearch.canary.expectNone(in: workplace, except: own, "interruption")
    Self.expectGone(workers)
  }

  @Test(
    "a signal that whoever starts the run has it ignore, as nohup does, ends neither it nor workers"
  )
  func ignoredSignal() throws {
    let workplace = try Self.makeDump(bigFiles: 2)
    let run = try workplace.start(
      ["bash", "-c", #"trap '' HUP; exec "$@""#, "bash", Workplace.executable] + Self.scan,
      input: [])
    try run.withBusyWorkers(1) { for process in $0 + [run.process] { kill(process, SIGHUP) } }
    #expect(run.outcome().status == 1)
    #expect(try Self.unread(workplace).isEmpty)
  }

  @Test("what is meant for a standard descriptor that is closed goes into no other file")
  func closedDescriptors() throws {
    let workplace = try Self.makeDump(bigFiles: 0)
    let list = Workplace.listOptions
    let cases: [(closed: String, arguments: [String], status: String)] = [
      (">&-", ["dumps", "--state-dir", "state"] + list, "2\n"),
      ("2>&-", ["dumps", "--state-dir", "state", "-v", "--out", "findings.json"] + list, "1\n"),
      ("<&-", ["-"] + list, "2\n"),
    ]
    for (closed, arguments, status) in cases {
      _ = try workplace.start(
        ["bash", "-c", "\"$@\" \(closed); echo $? >status", "bash", Workplace.executable, "scan"]
          + arguments, input: []
      ).outcome()
      #expect(try workplace.text("status") == status, "\(closed)")
      #expect(try closed == "<&-" || workplace.text("state/lock").isEmpty, "\(closed)")
    }
  }

  @Test(
    "workers die with their supervisor, and nothing is left but the good file, no core either",
    arguments: [SIGKILL, SIGSEGV])
  func supervisor(signal: Int32) throws {
    let workplace = try Self.makeDump(bigFiles: 2)
    try workplace.write("earlier\n", to: "findings.json")
    let before = workplace.files
    let run = try workplace.start(Self.scan)
    var workers: [pid_t] = []
    try run.withBusyWorkers(1) {
      #expect(kill(run.process, signal) == 0)
      workers = $0
    }
    #expect(run.outcome().status == 128 + signal)
    Self.expectGone(workers)
    #expect(workplace.files == before)
    #expect(try workplace.text("findings.json") == "earlier\n")
  }

  @Test("an output that nobody reads is told of, and a mask that keeps nobody out lets nobody in")
  func surroundings() throws {
    let workplace = try Self.makeDump(bigFiles: 0)
    let scan = [Workplace.executable, "scan", "dumps"] + Workplace.listOptions
    // `:` ends at once, and with it the other end of the pipe.
    let unread = try workplace.start(
      ["bash", "-c", #"{ sleep 0.2; "$@"; echo "$?" >status; } | :"#, "bash"] + scan, input: []
    ).outcome()
    #expect(unread.errorText.contains("standard output cannot be written"))
    #expect(try workplace.text("status") == "2\n")
    let open = try workplace.start(
      ["sh", "-c", #"umask 000; exec "$@""#, "sh"] + scan + ["--out", "findings.json"], input: []
    ).outcome()
    #expect(open.status == 1)
    let mode = try FileManager.default.attributesOfItem(atPath: workplace.path + "/findings.json")
    #expect(mode[.posixPermissions] as? Int == 0o600)
  }

  @Test("a core would be left where the search for secrets looks")
  func cores() throws {
    let workplace = try Workplace()
    let outcome = try workplace.start(["sh", "-c", "kill -SEGV $$"], input: []).outcome()
    #expect(outcome.status == 128 + SIGSEGV)
    if !workplace.files.contains(where: { $0.hasPrefix("core") }) {
      print("SKIPPED cores: this system dumps none, or elsewhere")
    }
  }

  @Test("a worker is locked down, and holds nothing but what it was handed")
  func lockDown() throws {
    let workplace = try Self.makeDump(bigFiles: 1)
    let run = try workplace.start(Self.scan)
    try run.withBusyWorkers(1) { try Self.expectLockedDown($0[0], in: workplace) }
    _ = kill(run.process, SIGTERM)
    #expect(run.outcome().status == 2)
  }

  private static func expectLockedDown(_ worker: pid_t, in workplace: Workplace) throws {
    let status = FileManager.default.contents(atPath: "/proc/\(worker)/status") ?? Data()
    let fields = Dictionary(
      String(decoding: status, as: UTF8.self).split(separator: "\n").compactMap { line in
        line.split(separator: ":", maxSplits: 1).count == 2
          ? (
            String(line.prefix { $0 != ":" }),
            line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
          ) : nil
      }, uniquingKeysWith: { first, _ in first })
    #expect(fields["NoNewPrivs"] == "1")
    #expect(fields["Seccomp"] == "2")
    #expect(fields["Threads"] == "1")
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
      #expect(fields[set] == "0000000000000000", "\(set)")
    }
    // A process that does not dump belongs to root, and shows its descriptors to nobody else.
    if geteuid() == 0 {
      let directory = "/proc/\(worker)/fd"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      let targets = names.compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: directory + "/" + $0)
      }
      #expect(targets.count >= 5)
      let dumps = workplace.path + "/dumps/"
      for target in targets {
        let isHanded =
          ["/dev/null", "/memfd:dumpsieve", "pipe:", "socket:", dumps]
          .contains { target.hasPrefix($0) }
        #expect(isHanded, "it holds \(target)")
      }
    } else {
      print("SKIPPED the descriptors of a worker: only root may see them")
    }
  }
}
