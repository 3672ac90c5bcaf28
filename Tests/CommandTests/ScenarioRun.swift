import Foundation
import Glibc
import Testing

/// Plays one scenario in a workplace of its own.
struct ScenarioRun {
  private let scenario: Scenario
  private let workplace: Workplace
  /// The files of the set-up: they may hold secrets, what the program writes may not.
  private var own: Set<String> = []
  private var environment: [String: String] = [:]
  private var input: [UInt8] = []
  /// Columns of the terminal on which the next command runs.
  private var columns: Int?
  /// Where standard output of the next command goes, if not to the test.
  private var target: String?
  private var runsAsNobody = false
  /// What strace does to the next command, or nil.
  private var fault: [String]?
  /// The library that is loaded into the next command, or nil.
  private var shim: String?
  /// What is added to a file while the next command reads it, or nil.
  private var growth: (file: String, bytes: [UInt8])?
  /// The words of the last command.
  private var command: [String] = []
  private var outcome: Outcome?
  /// The first id of a finding on standard output.
  private var lastID: String?
  private var outcomes: [(place: String, outcome: Outcome, onTerminal: Bool)] = []
  private var problemLogs: Set<String> = []

  init(_ scenario: Scenario) throws {
    self.scenario = scenario
    workplace = try Workplace()
  }

  mutating func play() throws {
    for line in scenario.lines {
      if line.verb == "known" { continue }
      if line.verb == "needs" {
        guard try isMet(line) else { return }
        continue
      }
      let before = Set(workplace.files)
      if try setUp(line) {
        // What commands have left stays theirs, whatever is set up behind them.
        own.formUnion(Set(workplace.files).subtracting(before))
        continue
      }
      if line.verb == "$" {
        try run(line)
        continue
      }
      try check(line, try #require(outcome, "\(place(line)) comes before a command"))
    }
    try checkEverything()
  }

  private func place(_ line: Scenario.Line) -> String { "\(scenario.name):\(line.number)" }

  // MARK: Set-up

  private mutating func isMet(_ line: Scenario.Line) throws -> Bool {
    let name = try line.word(0)
    let need = try #require(ScenarioNeed(rawValue: name), "\(place(line)): unknown need")
    if need == .nobody { runsAsNobody = geteuid() == 0 }
    if need.isMet { return true }
    print("SKIPPED \(scenario.name): \(need.reason)")
    return false
  }

  /// Does what a line of set-up says; false if it is none.
  private mutating func setUp(_ line: Scenario.Line) throws -> Bool {
    switch line.verb {
    case "env":
      let parts = try line.word(0).split(separator: "=", maxSplits: 1).map(String.init)
      environment[parts[0]] = parts.count > 1 ? parts[1] : ""
    case "input": input = line.block
    case "terminal": columns = Int(try line.word(0))
    case "into": target = try line.word(0)
    case "list": try workplace.makeList()
    case "mkdir": try make(try line.bytes(0)) { mkdir($0, 0o755) }
    case "remove": try FileManager.default.removeItem(atPath: workplace.path + "/" + line.word(0))
    case "fifo": try make(try line.bytes(0)) { mkfifo($0, 0o644) }
    case "link": try make(try line.bytes(1)) { symlink(try line.word(0), $0) }
    case "hardlink":
      try make(try line.bytes(1)) { Glibc.link(workplace.path + "/" + (try line.word(0)), $0) }
    case "chmod":
      let mode = try #require(mode_t(try line.word(0), radix: 8))
      try make(try line.bytes(1)) { Glibc.chmod($0, mode) }
    case "chown":
      let user = try #require(uid_t(try line.word(0)))
      try make(try line.bytes(1)) { Glibc.chown($0, user, gid_t.max) }
    case "copy":
      try FileManager.default.copyItem(
        atPath: Package.root + "/" + line.word(0), toPath: workplace.path + "/" + line.word(1))
    case "copy-own":
      try FileManager.default.copyItem(
        atPath: workplace.path + "/" + line.word(0), toPath: workplace.path + "/" + line.word(1))
    case "write": try write(line.block, to: try line.bytes(0))
    case "hex":
      let digits = try line.word(1)
      let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { offset in
        UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
      }
      try write(bytes, to: try line.bytes(0))
    case "database":
      try write([], to: try line.bytes(0))
      try execute(line, "sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())")
    case "archive":
      let python = try #require(ScenarioNeed.program("python3"), "\(scenario.name): no python3")
      let words = [
        python, Package.tests + "/archives.py", workplace.path + "/" + (try line.word(0)),
      ]
      let outcome = try workplace.start(words, input: line.block).outcome()
      try #require(outcome.status == 0, "\(place(line)): \(outcome.errorText)")
    case "wal":
      // Without its end, SQLite leaves what it wrote in the log, as it does while the browser runs.
      try execute(
        line,
        """
        base = sqlite3.connect(sys.argv[1])
        base.execute("PRAGMA journal_mode = WAL")
        base.executescript(sys.stdin.read())
        os.unlink(sys.argv[1] + "-shm")
        os._exit(0)
        """)
    case "encoded":
      try write([], to: try line.bytes(0))
      try execute(
        line,
        """
        text = sys.stdin.buffer.read().decode().removesuffix("\\n").encode("\(try line.word(1))")
        open(sys.argv[1], "wb").write(text)
        """)
    case "append":
      let count = try #require(Int(try line.word(1)))
      let name = try line.word(0)
      let more = repeatElement(try line.bytes(2), count: count).joined()
      try write((workplace.read(name) ?? []) + more, to: try line.bytes(0))
    case "levels":
      // `NAME` is one of 255 bytes; a listed account stands in the last level.
      try execute(
        line,
        """
        os.chdir(os.path.dirname(sys.argv[1]))
        os.mkdir(os.path.basename(sys.argv[1]))
        os.chdir(os.path.basename(sys.argv[1]))
        for _ in range(\(try line.word(1))):
            name = "\(try line.word(2))".replace("NAME", "n" * 255)
            os.mkdir(name)
            os.chdir(name)
        open("a.txt", "w").write("https://a.example/:f.martin@formation-isere.example:CANARY\\n")
        """)
    case "files":
      try execute(
        line,
        """
        os.mkdir(sys.argv[1])
        for number in range(\(try line.word(1))):
            open(f"{sys.argv[1]}/{number}.txt", "w").close()
        """)
    case "socket":
      try execute(line, "import socket; socket.socket(socket.AF_UNIX).bind(sys.argv[1])")
    case "device":
      let kind: mode_t = try line.word(1) == "c" ? S_IFCHR : S_IFBLK
      let number = try (2...3).map { try #require(UInt32(try line.word($0))) }
      try make(try line.bytes(0)) { mknod($0, kind | 0o644, dev_t(number[0] << 8 | number[1])) }
    case "fault":
      fault = [
        "-e", "trace=" + (try line.word(0)).prefix { $0 != ":" }, "-e",
        "inject=" + (try line.word(0)),
      ]
      if line.words.count > 1 { fault?.append(contentsOf: ["-P", try line.word(1)]) }
    case "shim":
      let library = workplace.path + "/shim.so"
      let words = [
        try #require(ScenarioNeed.compilerPath), "-shared", "-fPIC", "-O1", "-o", library,
        Package.root + "/" + (try line.word(0)), "-ldl",
      ]
      let outcome = try workplace.start(words, input: []).outcome()
      try #require(outcome.status == 0, "\(place(line)): \(outcome.errorText)")
      shim = library
    case "grow":
      let count = try #require(Int(try line.word(1)))
      let bytes = Array(repeatElement(try line.bytes(2), count: count).joined())
      growth = (workplace.path + "/" + (try line.word(0)), bytes)
    case "extend":
      let size = try #require(off_t(try line.word(1)))
      try make(try line.bytes(0)) { truncate($0, size) }
    case "repeat":
      let count = try #require(Int(try line.word(1)))
      try write(try line.bytes(2), to: try line.bytes(0), times: count)
    default: return false
    }
    return true
  }

  /// Lets Python's library run the line's SQL: who runs these tests has it, as documents are validated with it.
  private func execute(_ line: Scenario.Line, _ script: String) throws {
    let python = try #require(ScenarioNeed.program("python3"), "\(scenario.name): no python3")
    let words = [
      python, "-c", "import os, sqlite3, sys\n" + script,
      workplace.path + "/" + (try line.word(0)),
    ]
    let outcome = try workplace.start(words, input: line.block).outcome()
    try #require(outcome.status == 0, "\(place(line)): \(outcome.errorText)")
  }

  private func make(_ name: [UInt8], _ call: (UnsafePointer<CChar>) throws -> Int32) throws {
    let whole = (Array((workplace.path + "/").utf8) + name + [0]).map { CChar(bitPattern: $0) }
    let result = try whole.withUnsafeBufferPointer { bytes in
      try call(try #require(bytes.baseAddress))
    }
    try #require(result == 0, "\(scenario.name): errno \(errno)")
  }

  /// Writes a file; the directories above it are made.
  private func write(_ bytes: [UInt8], to name: [UInt8], times: Int = 1) throws {
    for (index, byte) in name.enumerated() where byte == UInt8(ascii: "/") {
      try make(Array(name[..<index])) { mkdir($0, 0o755) == 0 || errno == EEXIST ? 0 : -1 }
    }
    var file: Int32 = -1
    try make(name) {
      file = open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      return file < 0 ? -1 : 0
    }
    defer { close(file) }
    // In pieces of a MiB, since a scenario writes a gigabyte.
    let most = max(1, (1 << 20) / max(1, bytes.count))
    let piece = Array(repeatElement(bytes, count: min(times, most)).joined())
    for done in stride(from: 0, to: times, by: most) {
      let count = min(most, times - done) * bytes.count
      try #require(Glibc.write(file, piece, count) == count)
    }
  }

  // MARK: Commands

  private mutating func run(_ line: Scenario.Line) throws {
    var words = line.words.map { String(decoding: $0, as: UTF8.self) }
    try #require(words.first == "dumpsieve", "\(place(line)): only dumpsieve is run")
    command = words
    words[0] = Workplace.executable
    words = words.flatMap { $0 == "$LIST" ? Workplace.listOptions : [$0] }
    if let id = lastID { words = words.map { $0 == "$ID" ? id : $0 } }
    if let index = words.firstIndex(of: "--problem-log"), index + 1 < words.count {
      problemLogs.insert(words[index + 1])
    }
    if runsAsNobody {
      _ = try workplace.start(
        ["/bin/chown", "-hR", "65534:65534", workplace.path], input: []
      ).outcome()
      let setpriv = try #require(ScenarioNeed.setprivPath)
      words =
        [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--"] + words
    }
    if let columns {
      let quoted = words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
      words = [
        try #require(ScenarioNeed.scriptPath), "-qec",
        "stty cols \(columns) && exec \(quoted.joined(separator: " "))", "/dev/null",
      ]
      environment["TERM"] = environment["TERM"] ?? "xterm"
    }
    if let fault {
      words = [try #require(ScenarioNeed.stracePath), "-f", "-o", "/dev/null"] + fault + words
      self.fault = nil
    }
    if let target { words = ["/bin/sh", "-c", "exec \"$@\" > \(target)", "sh"] + words }
    var environment = environment
    environment["LD_PRELOAD"] = shim
    shim = nil
    let running = try workplace.start(words, input: input, environment: environment)
    if let growth { try grow(growth.file, by: growth.bytes, during: running) }
    growth = nil
    let result = running.outcome()
    outcome = result
    lastID =
      result.outputText.split(whereSeparator: { " \n\"".contains($0) })
      .first { $0.hasPrefix("dsf1-") }.map(String.init) ?? lastID
    outcomes.append((place(line), result, columns != nil))
    input = []
    columns = nil
    target = nil
  }

  /// Adds to a file while a worker is held that has worked for a tenth of a second, which is deep in it if it is big.
  private func grow(_ file: String, by bytes: [UInt8], during run: Running) throws {
    try run.withBusyWorkers(1) { _ in
      let handle = try #require(FileHandle(forWritingAtPath: file))
      try handle.seekToEnd()
      try handle.write(contentsOf: bytes)
      try handle.close()
    }
  }

  // MARK: Expectations

  private func check(_ line: Scenario.Line, _ outcome: Outcome) throws {
    let place = place(line)
    switch line.verb {
    case "status":
      #expect(outcome.status == Int32(try line.word(0)), "\(place): \(outcome.errorText)")
    case "stdout": try check(outcome.output, line, from: 0)
    case "stderr": try check(outcome.errors, line, from: 0)
    case "file": try checkFile(line)
    case "json": try checkJSON(line, outcome)
    case "row": try checkRow(line, outcome)
    default: Issue.record("\(place): unknown word \(line.verb)")
    }
  }

  /// `empty`, `has TEXT…`, `lacks TEXT…`, or nothing and a block, which must be equal.
  private func check(_ bytes: [UInt8], _ line: Scenario.Line, from first: Int) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    let place = place(line)
    guard line.words.count > first else {
      #expect(text == String(decoding: line.block, as: UTF8.self), "\(place)")
      return
    }
    let wanted = line.words.dropFirst(first + 1)
    switch try line.word(first) {
    case "empty": #expect(text.isEmpty, "\(place)")
    case "has":
      for part in wanted {
        let isThere = LeakSearch.stands(part, in: bytes)
        #expect(isThere, "\(place) lacks \(String(decoding: part, as: UTF8.self)):\n\(text)")
      }
    case "lacks":
      for part in wanted {
        let isThere = LeakSearch.stands(part, in: bytes)
        #expect(!isThere, "\(place) has \(String(decoding: part, as: UTF8.self))")
      }
    default: Issue.record("\(place): unknown word")
    }
  }

  private func checkFile(_ line: Scenario.Line) throws {
    let name = try line.word(0)
    var status = stat()
    let exists = lstat(workplace.path + "/" + name, &status) == 0
    switch line.words.count > 1 ? try line.word(1) : "" {
    case "missing": #expect(!exists, "\(place(line))")
    case "link": #expect(exists && status.st_mode & S_IFMT == S_IFLNK, "\(place(line))")
    case "mode":
      #expect(String(status.st_mode & 0o7777, radix: 8) == (try line.word(2)), "\(place(line))")
    default: try check(try #require(workplace.read(name), "\(place(line))"), line, from: 1)
    }
  }

  /// `json FILE PATH VALUE`, where FILE may be `stdout`, PATH is such as `findings.0.account.ref`, and
  /// VALUE is JSON; `count` at the end of a path is the number of elements.
  private func checkJSON(_ line: Scenario.Line, _ outcome: Outcome) throws {
    let name = try line.word(0)
    let bytes = name == "stdout" ? outcome.output : try #require(workplace.read(name))
    var value: Any? = try JSONSerialization.jsonObject(with: Data(bytes))
    for step in try line.word(1).split(separator: ".") {
      if let list = value as? [Any] {
        value =
          step == "count" ? list.count : Int(step).flatMap { $0 < list.count ? list[$0] : nil }
      } else {
        value = (value as? [String: Any])?[String(step)]
      }
    }
    let wanted = try JSONSerialization.jsonObject(
      with: Data(try line.bytes(2)), options: .fragmentsAllowed)
    let isEqual = (value as? NSObject)?.isEqual(wanted) ?? false
    #expect(isEqual, "\(place(line)): it is \(value.map { "\($0)" } ?? "not there")")
  }

  /// `row NUMBER CODE…`: the command's document says that of all that is unread, and of all that is passed over, and
  /// nothing else; where nothing was scanned, there is nothing to say.
  private func checkRow(_ line: Scenario.Line, _ outcome: Outcome) throws {
    let codes = Set(line.words.dropFirst().map { String(decoding: $0, as: UTF8.self) })
    guard command.dropFirst().first == "scan", [0, 1, 3].contains(outcome.status) else {
      #expect(codes.isEmpty, "\(place(line)): nothing was scanned")
      return
    }
    let out = command.firstIndex(of: "--out").map { command[$0 + 1] }
    let bytes = try out.map { try #require(workplace.read($0)) } ?? outcome.output
    let document = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    let run = try #require(document?["run"] as? [String: Any])
    let coverage = try #require(run["coverage"] as? [String: Any])
    let unread = try #require(coverage["unread"] as? [[String: Any]])
    let passedOver = try #require(coverage["passed_over"] as? [String: Int])
    let said = try unread.map { try #require($0["reason"] as? String) }
    #expect(
      Set(said + passedOver.keys.map { "passed-over:\($0)" }) == codes, "\(place(line))")
  }

  // MARK: What holds for every scenario

  private func checkEverything() throws {
    var documents: [String: [UInt8]] = [:]
    for (place, outcome, onTerminal) in outcomes {
      LeakSearch.canary.expectNone(in: outcome, place)
      TerminalSafety.expect(outcome.output, allowsColour: onTerminal, place + ": stdout")
      TerminalSafety.expect(outcome.errors, place + ": stderr")
      documents[place + ": stdout"] = outcome.output
    }
    LeakSearch.canary.expectNone(in: workplace, except: own, scenario.name)
    for name in workplace.files where !own.contains(name) {
      let bytes = workplace.read(name) ?? []
      let isShown = [".key", ".dsw", ".sqlite", ".sqlite-wal", ".sqlite-shm"].allSatisfy {
        !name.hasSuffix($0)
      }
      if !isShown { continue }
      TerminalSafety.expect(bytes, "\(scenario.name): \(name)")
      documents[name] = bytes
    }
    try Schema.expectValid(documents.filter { Schema.isDocument($0.value) }, strictly: true)
  }
}
