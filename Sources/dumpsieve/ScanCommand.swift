import ArgumentParser
import Clock
import Findings
import Foundation
import Scan

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Look for the accounts of watchlists in dumps.")

  @Argument(help: "Files and directories to read.")
  var dumps: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read the files and directories that FILE names, too, one a line; - is standard input.",
      valueName: "file"))
  var filesFrom: String?

  @Flag(
    name: [.customShort("0"), .long], help: "A NUL ends each name of --files-from, no line end.")
  var null = false

  @Option(
    help: ArgumentHelp(
      "Do this part of the work: I of N runs that share it. dumpsieve merge joins what they write.",
      valueName: "i/n"))
  var shard: String?

  @Option(help: ArgumentHelp("A watchlist; may be repeated.", valueName: "file"))
  var watchlist: [String]

  @Option(
    help: ArgumentHelp(
      "A partner's key; may be repeated. The list names its key.", valueName: "file"))
  var keyFile: [String]

  @Option(
    help: ArgumentHelp(
      "The installation file: ids of findings then outlast a partner's key.", valueName: "file"))
  var installation: String?

  @Option(
    help: ArgumentHelp(
      "Rules beside those that come with the program; may be repeated.", valueName: "dir"))
  var rules: [String] = []

  @OptionGroup var output: OutputOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Workers at once; as many as there are cores.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Cut a file that belongs to no log and is longer into ranges of so many bytes, for all workers.",
      valueName: "bytes"))
  var rangeSize = ScanConfiguration.defaultRangeBytes

  @Option(
    help: ArgumentHelp("The clock of the run, such as 2025-07-14T01:30:00Z.", valueName: "time"))
  var asOf: String?

  @Option(
    help: ArgumentHelp(
      "Write what could not be read there, with full paths, one a line.", valueName: "file"))
  var problemLog: String?

  @OptionGroup(title: "Archives") var archives: ArchiveOptions

  @Flag(help: "Open also files whose names stand for no credentials, such as pictures.")
  var allFiles = false

  @Flag(help: "Leave the pre-filter out: slower, finds the same.")
  var hashEveryLogin = false

  @Flag(
    inversion: .prefixedNo, help: "Lock the workers down. Only for finding faults is it left out.")
  var sandbox = true

  @Flag(help: "Fail on a system whose kernel does not offer the whole lock-down.")
  var requireSandbox = false

  @Flag(name: .shortAndLong, help: "Show the table and the summary also where no terminal is.")
  var verbose = false

  @Flag(name: .shortAndLong, help: "Show no progress and no table.")
  var quiet = false

  private var outputs: [String] {
    [output.out == "-" ? nil : output.out, problemLog].compactMap { $0 }
  }

  func validate() throws {
    _ = try checked()
    if dumps.isEmpty && filesFrom == nil {
      throw ValidationError("A scan needs dumps: name some, or --files-from.")
    }
    if requireSandbox && !sandbox {
      throw ValidationError("--require-sandbox and --no-sandbox exclude each other.")
    }
    if null && filesFrom == nil { throw ValidationError("--null goes with --files-from.") }
    try mustBeApart(outputs)
    for path in outputs { try mustLieOutside(path, dumps) }
  }

  func run() throws {
    let (output, time) = try checked()
    let dumps = dumps + (try namedDumps())
    for path in outputs { try mustLieOutside(path, dumps) }
    for path in outputs { try ResultOutput.check(path) }
    let showsProgress = Terminal.isErrorTerminal && !quiet
    let bar = ProgressLine(isShown: showsProgress)
    var configuration = ScanConfiguration(
      dumps: dumps, watchlists: watchlist, keyFiles: keyFile, rules: try ruleDirectories(rules),
      worker: ProgramFiles.worker, workers: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
      asOf: time, version: Version.text)
    configuration.installation = installation
    configuration.isSandboxed = sandbox
    configuration.requiresSandbox = requireSandbox
    configuration.hashesEveryLogin = hashEveryLogin
    configuration.rangeBytes = rangeSize
    configuration.opensAllFiles = allFiles
    configuration.archives = archives.limits
    configuration.archivePasswords = archives.archivePasswords
    configuration.workerBytes = archives.workerMemory
    configuration.shard = try checkedShard()
    configuration.progress = { bar.show($0) }
    let summary: ScanSummary
    do throws(ScanFailure) {
      summary = try Scan.run(configuration)
    } catch {
      bar.clear()
      if case .failed = error { throw Exit.because(error.message, Exit.failed) }
      throw Exit.because(error.message, Exit.refused)
    }
    bar.clear()
    if let problemLog, !summary.document.run.coverage.isInterrupted {
      try ResultOutput.writeFile(Self.problemLines(summary), to: problemLog)
    }
    try output.write(summary.document)
    show(summary, output)
    throw output.status(summary.document)
  }

  /// The options that are more than text; a usage error if one is not understood.
  private func checked() throws -> (ResultOutput, UTCTime) {
    let output = try self.output.checked()
    guard let time = asOf.map({ UTCTime($0) }) ?? .now else {
      throw ValidationError("--as-of takes a time such as 2025-07-14T01:30:00Z.")
    }
    _ = try checkedShard()
    guard (1...256).contains(jobs ?? 1) else { throw ValidationError("--jobs takes 1 to 256.") }
    try archives.check()
    guard rangeSize > 0 else { throw ValidationError("--range-size takes a number above 0.") }
    if watchlist.isEmpty || keyFile.isEmpty {
      throw ValidationError("A scan needs --watchlist and --key-file.")
    }
    return (output, time)
  }

  private func checkedShard() throws -> FindingsDocument.Shard? {
    guard let shard else { return nil }
    let numbers = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
      let read = FindingsDocument.Shard(index: index, count: count)
    else {
      throw ValidationError(
        "--shard takes I/N, such as 1/4, with N up to \(FindingsDocument.Shard.most).")
    }
    return read
  }

  /// The dumps that --files-from names.
  private func namedDumps() throws -> [String] {
    guard let filesFrom else { return [] }
    do throws(NameList.Failure) { return try NameList.read(filesFrom, endsWithNUL: null) } catch {
      throw ValidationError("--files-from \(SafeText(filesFrom).text) \(error.message)")
    }
  }

  /// A key or list must not be overwritten by a slip of the hand.
  private func mustBeApart(_ outputs: [String]) throws {
    try OutputPaths.mustBeApart(
      outputs,
      from: watchlist + keyFile
        + [installation, filesFrom, archives.archivePasswords].compactMap { $0 } + dumps)
  }

  /// An output among the dumps would be read by the next run.
  private func mustLieOutside(_ path: String, _ dumps: [String]) throws {
    let own = OutputPaths.realPath(path)
    for dump in dumps {
      let root = URL(fileURLWithPath: dump).resolvingSymlinksInPath().path
      if own == root || own.hasPrefix(root == "/" ? root : root + "/") {
        throw ValidationError(
          "The output \(SafeText(path).text) lies within the dump \(SafeText(dump).text).")
      }
    }
  }

  private static func problemLines(_ summary: ScanSummary) -> String {
    zip(summary.problems, summary.pathIDs).map { problem, id in
      let path = SafeText(problem.path).text
      let whole =
        path.isEmpty ? SafeText(problem.dump).text : "\(SafeText(problem.dump).text)/\(path)"
      let bytes = problem.bytes.map { "\tbytes \($0.lowerBound) to \($0.upperBound)" } ?? ""
      return "\(problem.code.rawValue)\t\(id)\t\(whole)\(bytes)\n"
    }.joined()
  }

  /// The table, and what to do next, for whoever sits at the terminal.
  private func show(_ summary: ScanSummary, _ output: ResultOutput) {
    guard (Terminal.isErrorTerminal || verbose) && !quiet else { return }
    output.showTable(summary.document)
    if !summary.problems.isEmpty {
      Terminal.say(
        problemLog.map { "What was not read stands, with its path, in \($0)." }
          ?? "To see what was not read, add: --problem-log problems.txt")
    }
    output.sayWhere(summary.document)
  }
}

/// The rules that come with the program, then those given.
func ruleDirectories(_ given: [String]) throws -> [String] {
  guard let own = ProgramFiles.rules else {
    if given.isEmpty {
      throw Exit.because("no rules beside the program; name them with --rules", Exit.refused)
    }
    return given
  }
  return [own] + given
}
