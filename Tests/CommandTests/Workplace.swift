import Foundation
import Glibc
import TestSupport
import Testing

/// Where the package's own files are.
enum Package {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let tests = root + "/Tests/CommandTests"
  static let schema = root + "/Sources/Findings/Resources/findings-1.schema.json"
}

/// What one run of a program left.
struct Outcome {
  /// The exit status, or 128 and the number of the signal that ended it.
  var status: Int32
  var output: [UInt8]
  var errors: [UInt8]

  var outputText: String { String(decoding: output, as: UTF8.self) }
  var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// A program that runs.
struct Running {
  let process: pid_t
  fileprivate let output: String
  fileprivate let errors: String

  /// A sanitizer takes so many times as long.
  private static let patience = ScenarioNeed.limits.isMet ? 1.0 : 15

  /// Waits for the end; after `seconds` the program is killed, and the test fails.
  func outcome(within seconds: Double = 120) -> Outcome {
    let most = seconds * Self.patience
    let deadline = Date().addingTimeInterval(most)
    var status: Int32 = 0
    var isKilled = false
    while waitpid(process, &status, WNOHANG) == 0 {
      if !isKilled && Date() > deadline {
        Issue.record("the program did not end within \(most) s")
        _ = kill(process, SIGKILL)
        isKilled = true
      }
      usleep(2000)
    }
    let signal = status & 0x7F
    return Outcome(
      status: signal == 0 ? status >> 8 & 0xFF : 128 + signal,
      output: FileManager.default.contents(atPath: output).map { [UInt8]($0) } ?? [],
      errors: FileManager.default.contents(atPath: errors).map { [UInt8]($0) } ?? [])
  }

  /// The workers of this run that live.
  var workers: [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { candidate in
      // "pid (dumpsieve-worke) S parent …": the name is cut to 15 bytes.
      guard let stat = Self.stat(candidate), stat.name.hasPrefix("dumpsieve-work") else {
        return false
      }
      return stat.parent == process && stat.state != "Z"
    }
  }

  /// Waits until `count` workers have worked for 0.1 s, past their set-up and deep in a big file, and calls `body`
  /// with them. Each is held from then on, so that none ends while another is waited for, on however busy a machine.
  func withBusyWorkers(_ count: Int, _ body: ([pid_t]) throws -> Void) throws {
    var held: [pid_t] = []
    defer { for worker in held { kill(worker, SIGCONT) } }
    let deadline = ContinuousClock.now + .seconds(60)
    while held.count < count, ContinuousClock.now < deadline {
      for worker in workers where held.count < count && !held.contains(worker) {
        guard (Self.ticks(worker) ?? 0) >= 10 else { continue }
        #expect(kill(worker, SIGSTOP) == 0)
        held.append(worker)
      }
      usleep(1000)
    }
    try #require(held.count == count, "\(held.count) workers were ever busy")
    try body(held)
  }

  /// Processor time of a process, in ticks of 10 ms, or nil if it is gone.
  static func ticks(_ process: pid_t) -> Int? { stat(process)?.ticks }

  private static func stat(
    _ process: pid_t
  ) -> (name: String, state: String, parent: pid_t, ticks: Int)? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
      return nil
    }
    let text = String(decoding: data, as: UTF8.self)
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[text.index(after: close)...].split(separator: " ").map(String.init)
    guard fields.count > 13, let parent = pid_t(fields[1]), let ticks = Int(fields[11]) else {
      return nil
    }
    return (String(text[text.index(after: open)..<close]), fields[0], parent, ticks)
  }
}

/// A directory of its own for one test, in which the built program runs; removed in the end.
final class Workplace {
  /// The program under test: that of `DUMPSIEVE_EXECUTABLE`, or the one built with the tests.
  static let executable: String = {
    if let named = ProcessInfo.processInfo.environment["DUMPSIEVE_EXECUTABLE"] { return named }
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: own ?? "").deletingLastPathComponent().path + "/dumpsieve"
  }()

  /// The night of the case in `samples/`.
  static let asOf = ["--as-of", "2025-07-14T01:30:00Z"]
  static let listOptions = ["--watchlist", "isere.dsw", "--key-file", "isere.key"] + asOf

  private let root: String
  /// The current directory of every run.
  let path: String
  /// What runs have as TMPDIR.
  let temporary: String
  private var runs = 0

  init() throws {
    _ = Self.allowsCores
    var template = Array("/tmp/dumpsieve-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
    root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = root + "/work"
    temporary = root + "/tmp"
    for directory in [path, temporary, root + "/io"] {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: false)
    }
    for directory in [root, path, temporary] { chmod(directory, 0o755) }
  }

  deinit {
    // A directory that may not be read cannot be removed by everybody.
    let tree = FileManager.default.enumerator(atPath: root)
    while let name = tree?.nextObject() as? String {
      var status = stat()
      if lstat(root + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        chmod(root + "/" + name, 0o755)
      }
    }
    try? FileManager.default.removeItem(atPath: root)
  }

  /// A program that dumps its core shall do so where the tests look for it.
  private static let allowsCores: Bool = {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return false }
    limit.rlim_cur = limit.rlim_max
    return setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
  }()

  func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    try Self.put(bytes, at: file)
  }

  /// Writes a program that can be run at once.
  /// - Returns: Its path.
  func writeProgram(_ text: String, to name: String) throws -> String {
    try ProgramFile.write(text, to: path + "/" + name)
    return path + "/" + name
  }

  /// Foundation waits for the disk after each file, which takes longer than most runs.
  private static func put(_ bytes: [UInt8], at file: String) throws {
    guard let stream = fopen(file, "we") else { throw POSIXError(.EIO) }
    let count = fwrite(bytes, 1, bytes.count, stream)
    guard fclose(stream) == 0, count == bytes.count else { throw POSIXError(.EIO) }
  }

  func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) }
  }

  func text(_ name: String) throws -> String {
    String(decoding: try #require(read(name), "no file \(name)"), as: UTF8.self)
  }

  /// The members of a JSON file.
  func json(_ name: String) throws -> [String: Any] {
    let bytes = try #require(read(name), "no file \(name)")
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  /// Makes `isere.key` and `isere.dsw` of the sample's accounts, or of `csv`.
  func makeList(csv: String? = nil, options: [String] = []) throws {
    let key = try run([
      "key", "new", "--partner", "org-formation-isere", "--out", "isere.key",
    ])
    #expect(key.status == 0, "\(key.errorText)")
    let list = try run(
      [
        "watchlist", "make", "--key-file", "isere.key", "--partner", "org-formation-isere",
        "--made",
        "2025-07-01T08:00:00Z", "--out", "isere.dsw",
        csv ?? Package.root + "/samples/partner/accounts.csv",
      ] + options)
    #expect(list.status == 0, "\(list.errorText)")
  }

  /// Runs the program to its end.
  func run(_ arguments: [String], input: [UInt8] = []) throws -> Outcome {
    try start([Self.executable] + arguments, input: input).outcome()
  }

  /// Runs a command whose document goes to `name`, and returns its status.
  @discardableResult
  func run(_ arguments: [String], input: String = "", to name: String) throws -> Int32 {
    let outcome = try run(arguments + ["--out", name], input: Array(input.utf8))
    #expect([0, 1, 3].contains(outcome.status), "\(arguments): \(outcome.errorText)")
    return outcome.status
  }

  /// A document from its findings on, and its coverage.
  func said(_ name: String) throws -> (findings: String, coverage: NSDictionary) {
    let text = try text(name)
    let start = try #require(text.range(of: "\n  \"findings\": ["))
    let run = try #require(try json(name)["run"] as? [String: Any])
    return (
      String(text[start.lowerBound...]), try #require(run["coverage"] as? NSDictionary)
    )
  }

  func start(_ arguments: [String]) throws -> Running {
    try start([Self.executable] + arguments, input: [])
  }

  /// Starts any program, with no descriptor but its own three and no signal blocked.
  func start(
    _ command: [String], input: [UInt8], environment: [String: String] = [:]
  ) throws -> Running {
    runs += 1
    let io = "\(root)/io/\(runs)"
    try Self.put(input, at: io + ".in")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, io + ".in", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 1, io + ".out", flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, io + ".err", flags, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var variables = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": temporary, "LC_ALL": "C"]
    variables.merge(environment) { $1 }
    var process: pid_t = 0
    // env changes the directory and becomes the program: the process stays the same.
    let failure = Self.withCStrings(["/usr/bin/env", "-C", path] + command) { argv in
      Self.withCStrings(variables.map { "\($0)=\($1)" }) { envp in
        posix_spawn(&process, "/usr/bin/env", &actions, &attributes, argv, envp)
      }
    }
    try #require(failure == 0, "\(command[0]) cannot be started")
    return Running(process: process, output: io + ".out", errors: io + ".err")
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let pointers = texts.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
  }

  /// Every regular file below the current directory, relative to it; names that are not UTF-8 are left
  /// out, as the program never writes one.
  var files: [String] {
    let tree = FileManager.default.enumerator(atPath: path)
    var files: [String] = []
    while let name = tree?.nextObject() as? String {
      var status = stat()
      if lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        files.append(name)
      }
    }
    return files.sorted()
  }

  /// What runs left in TMPDIR.
  var temporaryFiles: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? []
  }
}
