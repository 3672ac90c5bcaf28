import Foundation

/// A directory for the files of one run.
struct Workplace {
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  let directory: URL
  let accounts = (0..<10_000).map { "account\($0)@partner.example" }

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  func remove() {
    try? FileManager.default.removeItem(at: directory)
  }

  func write(_ name: String, _ bytes: [UInt8]) throws -> URL {
    let file = directory.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file
  }

  /// A key and a watchlist of the accounts, and their logins as patterns.
  func makeWatchlist(
    _ program: String
  ) throws -> (watchlist: String, key: String, patterns: String) {
    let patterns = try write("patterns.txt", Array(accounts.joined(separator: "\n").utf8))
    let rows = accounts.enumerated().map { "\($1),A-\($0)" }
    let csv = try write("accounts.csv", Array((["login,ref"] + rows).joined(separator: "\n").utf8))
    let key = directory.appending(path: "bench.key").path
    let watchlist = directory.appending(path: "bench.dsw").path
    _ = try Command(program, "key", "new", "--partner", "org-bench", "--out", key).run()
    _ = try Command(
      program, "watchlist", "make", "--key-file", key, "--partner", "org-bench", "--out", watchlist,
      csv.path
    ).run()
    return (watchlist, key, patterns.path)
  }
}

/// A program to run, its output thrown away.
struct Command {
  struct Failure: Error {
    var program: String
    var status: Int32
  }

  private let arguments: [String]
  private let expects: Set<Int32>

  init(_ program: String, _ arguments: String..., expects: Set<Int32> = [0]) {
    self.arguments = [program] + arguments
    self.expects = expects
  }

  /// Runs it to its end; the exit status.
  ///
  /// By posix_spawn: Foundation's `Process` notices an end only 50 ms later.
  func run() throws -> Int {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in [1, 2] {
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    var copies = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, arguments[0], &actions, nil, &copies, environ)
    var status: Int32 = 0
    guard code == 0, unsafe waitpid(child, &status, 0) == child, status & 0x7F == 0,
      expects.contains(status >> 8 & 0xFF)
    else { throw Failure(program: arguments[0], status: code == 0 ? status : code) }
    return Int(status >> 8 & 0xFF)
  }

  static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
