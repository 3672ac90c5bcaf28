import ArgumentParser
import Clock
import Config
import Dumps
import Findings
import Foundation
import History
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
    for path in scan.outputs { try ResultOutput.check(path) }
    let state = try scan.takeState()
    let bar = ProgressLine(isShown: Terminal.isErrorTerminal && !scan.isQuiet)
    var configuration = try scan.configuration()
    configuration.state = state
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
    if let problemLog = scan.problemLog, !summary.document.run.coverage.isInterrupted {
      try ResultOutput.writeFile(Self.problemLines(summary), to: problemLog)
    }
    let written = try scan.output.write(summary.document)
    let status = scan.output.status(summary.document)
    if !summary.document.run.coverage.isInterrupted {
      try conclude(summary, status, written)
    }
    show(summary, scan)
    throw status
  }

  /// Only what stands in a document that is written counts as told.
  private func conclude(
    _ summary: ScanSummary, _ status: ExitCode, _ written: [UInt8]?
  ) throws {
    do throws(StoreFailure) {
      try summary.recorder?.conclude(
        status: Int(status.rawValue), sha256: written.map { ContentDigest.sha256(file: $0) })
    } catch {
      throw Exit.because(error)
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
    guard (Terminal.isErrorTerminal || scan.isVerbose) && !scan.isQuiet else {
      if !scan.isQuiet, let news = News(summary).line { Terminal.say(news) }
      return
    }
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
