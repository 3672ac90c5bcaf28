import ArgumentParser
import Clock
import Findings
import Foundation
import Scan

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Look for the accounts of watchlists in dumps.")

  @Argument(help: "Files and directories to read.")
  var dumps: [String]

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

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the findings there; - is standard output.", valueName: "file"))
  var out = "-"

  @Option(
    help: ArgumentHelp(
      "json, jsonl or table; on a terminal without --out, table.", valueName: "format"))
  var format: String?

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
    help: ArgumentHelp(
      "Exit with 1 from this severity on: critical, high, medium, low, none.", valueName: "level"))
  var failOn = "low"

  @Option(
    help: ArgumentHelp("The clock of the run, such as 2025-07-14T01:30:00Z.", valueName: "time"))
  var asOf: String?

  @Option(
    help: ArgumentHelp(
      "Write what could not be read there, with full paths, one a line.", valueName: "file"))
  var problemLog: String?

  @Flag(help: "Leave the pre-filter out: slower, finds the same.")
  var hashEveryLogin = false

  @Flag(
    inversion: .prefixedNo, help: "Lock the workers down. Only for finding faults is it left out.")
  var sandbox = true

  @Flag(name: .shortAndLong, help: "Show the table and the summary also where no terminal is.")
  var verbose = false

  @Flag(name: .shortAndLong, help: "Show no progress and no table.")
  var quiet = false

  private var outputs: [String] { [out == "-" ? nil : out, problemLog].compactMap { $0 } }

  func validate() throws {
    _ = try checked()
    try mustBeApart(outputs)
    for path in outputs { try mustLieOutside(path) }
  }

  func run() throws {
    let (report, level, time) = try checked()
    for path in outputs { try checkOutput(path) }
    let showsProgress = Terminal.isErrorTerminal && !quiet
    let bar = ProgressLine(isShown: showsProgress)
    var configuration = ScanConfiguration(
      dumps: dumps, watchlists: watchlist, keyFiles: keyFile, rules: try ruleDirectories(rules),
      worker: ProgramFiles.worker, workers: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
      asOf: time, version: Version.text)
    configuration.installation = installation
    configuration.isSandboxed = sandbox
    configuration.hashesEveryLogin = hashEveryLogin
    configuration.rangeBytes = rangeSize
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
    try write(summary, report)
    show(summary, report)
    throw status(summary.document, level)
  }

  /// The options that are more than text; a usage error if one is not understood.
  private func checked() throws -> (Report, Severity?, UTCTime) {
    let name = format ?? (out == "-" && Terminal.isOutputTerminal ? "table" : "json")
    guard let report = Report.named(name) else {
      let known = Report.all.map(\.name).joined(separator: ", ")
      throw ValidationError("--format takes one of \(known).")
    }
    let level = Severity(rawValue: failOn)
    guard level != nil || failOn == "none" else {
      throw ValidationError("--fail-on takes critical, high, medium, low or none.")
    }
    guard let time = asOf.map({ UTCTime($0) }) ?? .now else {
      throw ValidationError("--as-of takes a time such as 2025-07-14T01:30:00Z.")
    }
    guard (1...256).contains(jobs ?? 1) else { throw ValidationError("--jobs takes 1 to 256.") }
    guard rangeSize > 0 else { throw ValidationError("--range-size takes a number above 0.") }
    if watchlist.isEmpty || keyFile.isEmpty {
      throw ValidationError("A scan needs --watchlist and --key-file.")
    }
    return (report, level, time)
  }

  /// A key or list must not be overwritten by a slip of the hand.
  private func mustBeApart(_ outputs: [String]) throws {
    try OutputPaths.mustBeApart(
      outputs, from: watchlist + keyFile + [installation].compactMap { $0 } + dumps)
  }

  /// An output among the dumps would be read by the next run.
  private func mustLieOutside(_ path: String) throws {
    let own = OutputPaths.realPath(path)
    for dump in dumps {
      let root = URL(fileURLWithPath: dump).resolvingSymlinksInPath().path
      if own == root || own.hasPrefix(root == "/" ? root : root + "/") {
        throw ValidationError(
          "The output \(SafeText(path).text) lies within the dump \(SafeText(dump).text).")
      }
    }
  }

  private func checkOutput(_ path: String) throws {
    do throws(WholeFile.Failure) { try WholeFile.check(path) } catch {
      throw Exit.because("\(path) \(error.message)", Exit.failed)
    }
  }

  private func write(_ summary: ScanSummary, _ report: Report) throws {
    if let problemLog, !summary.document.run.coverage.isInterrupted {
      try writeFile(Self.problemLines(summary), to: problemLog)
    }
    let isTerminal = out == "-" && Terminal.isOutputTerminal
    let page = Report.Page(
      width: Terminal.width(STDOUT_FILENO), isColoured: Terminal.hasColour(isTerminal))
    let text = report.render(summary.document, page)
    if out == "-" {
      try Terminal.output(text)
    } else if summary.document.run.coverage.isInterrupted {
      let partial = Self.partialPath(out)
      try writeFile(text, to: partial)
      Terminal.say("dumpsieve: interrupted; what was found so far is in \(partial)")
    } else {
      try writeFile(text, to: out)
    }
  }

  private func writeFile(_ text: String, to path: String) throws {
    do throws(WholeFile.Failure) { try WholeFile.write(Array(text.utf8), to: path) } catch {
      throw Exit.because("\(path) \(error.message)", Exit.failed)
    }
  }

  /// `findings.json` becomes `findings.partial.json`.
  private static func partialPath(_ path: String) -> String {
    let kind = (path as NSString).pathExtension
    return (path as NSString).deletingPathExtension + ".partial" + (kind.isEmpty ? "" : ".\(kind)")
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
  private func show(_ summary: ScanSummary, _ report: Report) {
    let isShown = (Terminal.isErrorTerminal || verbose) && !quiet
    guard isShown else { return }
    if !(out == "-" && report.name == "table") {
      let page = Report.Page(
        width: Terminal.width(STDERR_FILENO),
        isColoured: Terminal.hasColour(Terminal.isErrorTerminal))
      if let table = Report.named("table") {
        Terminal.write(table.render(summary.document, page), to: .standardError)
      }
    }
    if !summary.problems.isEmpty {
      Terminal.say(
        problemLog.map { "What was not read stands, with its path, in \($0)." }
          ?? "To see what was not read, add: --problem-log problems.txt")
    }
    if out != "-", !summary.document.findings.isEmpty {
      Terminal.say("Written to \(out). Next: less \(out)")
    }
  }

  private func status(_ document: FindingsDocument, _ level: Severity?) -> ExitCode {
    if document.run.coverage.isInterrupted { return Exit.failed }
    if let level, document.findings.contains(where: { $0.severity >= level }) {
      return Exit.findings
    }
    return document.run.coverage.isComplete ? .success : Exit.notAllRead
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
