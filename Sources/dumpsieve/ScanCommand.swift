import ArgumentParser
import CSandbox
import Clock
import Config
import Dumps
import Findings
import Foundation
import History
import Logging
import Scan
import Watchlists

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Look for the accounts of watchlists in dumps.",
    discussion: """
      What no flag says comes from the environment (DUMPSIEVE_JOBS and the like), or else from the configuration \
      file; dumpsieve config show lists what holds, and where it comes from.
      """)

  @OptionGroup var config: ConfigOptions
  @OptionGroup var options: ScanOptions

  func run() throws {
    let scan = try ScanSettings(try options.settings(config))
    let log = scan.logger
    let hooks = Hooks(settings: scan.settings, log: log)
    let status: ExitCode
    do { status = try run(scan, hooks, log) } catch let failure as ExitCode {
      _ = ds_signals_release()
      // Its reason was told where it was known.
      if failure != ExitCode(EX_USAGE) { hooks.afterFailure(status: failure.rawValue) }
      throw failure
    }
    throw status
  }

  /// The exit status of a run that has a result.
  private func run(_ scan: ScanSettings, _ hooks: Hooks, _ log: Logger) throws -> ExitCode {
    for path in scan.outputs { try ResultOutput.check(path, log) }
    let state = try scan.takeState(log)
    let bar = ProgressLine(isShown: Terminal.isErrorTerminal && !scan.isQuiet)
    var configuration = try scan.configuration()
    configuration.state = state
    configuration.progress = { bar.show($0) }
    let summary: ScanSummary
    do throws(ScanFailure) {
      summary = try Scan.run(configuration)
    } catch {
      bar.clear()
      if case .failed = error { throw Exit.because(error.message, Exit.failed, log) }
      throw Exit.because(error.message, Exit.refused, log)
    }
    bar.clear()
    return try finish(summary, scan, hooks, log)
  }

  /// Writes what the run brought, and tells everybody who is to know.
  private func finish(
    _ summary: ScanSummary, _ scan: ScanSettings, _ hooks: Hooks, _ log: Logger
  ) throws -> ExitCode {
    if scan.settings.truth(.readRanges) { return try writeRanges(summary, scan, log) }
    let document = summary.document
    let isWhole = !document.run.coverage.isInterrupted
    if let problemLog = scan.problemLog, isWhole {
      try ResultOutput.writeFile(Self.problemLines(summary), to: problemLog, log)
    }
    let written = try scan.output.write(document, log)
    let status = scan.output.status(document)
    guard isWhole else { throw status }
    try conclude(summary, status, written, log)
    if summary.unanswered > 0 {
      let failures = summary.verifierFailures.map { "; \($0)" }.joined()
      log.warning(
        "the verifier gave no answer on \(summary.unanswered) of the findings\(failures) (docs/VERIFY.md)"
      )
    }
    // All is written: from here on a signal ends the program, and hooks, which inherit what is held back.
    _ = ds_signals_release()
    News(summary, scan.settings).tell(log)
    show(summary, scan)
    hooks.afterRun(summary, status: status.rawValue)
    // Last, as what is new is told once.
    if let path = scan.metricsFile { try writeMetrics(document, status, to: path, log) }
    return status
  }

  /// Of ranges that another run joins there is no document: whether one counts, that run sees.
  private func writeRanges(
    _ summary: ScanSummary, _ scan: ScanSettings, _ log: Logger
  ) throws -> ExitCode {
    if summary.document.run.coverage.isInterrupted { return Exit.failed }
    let text = summary.ranges.map { $0.text + "\n" }.joined()
    if scan.output.out == "-" {
      try Terminal.output(text)
    } else {
      try ResultOutput.writeFile(text, to: scan.output.out, log)
    }
    return .success
  }

  /// Only what stands in a document that is written counts as told.
  private func conclude(
    _ summary: ScanSummary, _ status: ExitCode, _ written: [UInt8]?, _ log: Logger
  ) throws {
    do throws(StoreFailure) {
      try summary.recorder?.conclude(
        status: Int(status.rawValue), sha256: written.map { ContentDigest.sha256(file: $0) })
    } catch {
      throw Exit.because(error, log)
    }
  }

  private func writeMetrics(
    _ document: FindingsDocument, _ status: ExitCode, to path: String, _ log: Logger
  ) throws {
    let earlier = FileManager.default.contents(atPath: path).map {
      String(decoding: $0.prefix(1 << 16), as: UTF8.self)
    }
    let text = Metrics.text(document, status: Int(status.rawValue), earlier: earlier ?? "")
    do throws(WholeFile.Failure) {
      // The node exporter is another user.
      try WholeFile.write(Array(text.utf8), to: path, mode: 0o644)
    } catch {
      throw Exit.because("\(path) \(error.message)", Exit.failed, log)
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
  private func show(_ summary: ScanSummary, _ scan: ScanSettings) {
    guard (Terminal.isErrorTerminal || scan.isVerbose) && !scan.isQuiet else { return }
    scan.output.showTable(summary.document)
    if !summary.problems.isEmpty {
      Terminal.say(
        scan.problemLog.map { "What was not read stands, with its path, in \($0)." }
          ?? "To see what was not read, add: --problem-log problems.txt")
    }
    scan.output.sayWhere(summary.document)
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
