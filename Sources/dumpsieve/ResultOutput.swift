import ArgumentParser
import Clock
import Findings
import Foundation
import Logging

/// The options of commands that write a findings document.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the findings there; - is standard output.", valueName: "file"),
    completion: .file())
  var out: String?

  @Option(
    help: ArgumentHelp(
      "json, jsonl or table; on a terminal without --out, table.", valueName: "format"))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Exit with 1 from this severity on: critical, high, medium, low, none.", valueName: "level"),
    completion: .list(["critical", "high", "medium", "low", "none"]))
  var failOn: String?

  /// What the options mean; a usage error if one is not understood.
  func checked() throws -> ResultOutput {
    try ResultOutput(out: out ?? "-", format: format, failOn: failOn ?? "low")
  }
}

/// Where a command's document goes, and which exit status says how it is.
struct ResultOutput {
  /// A path, or - for standard output.
  var out: String
  var report: Report
  /// From this severity on a finding is told by the status; nil for none.
  var level: Severity?
  /// How long dated copies are kept, in seconds; nil for none.
  var keep: Int?

  /// A usage error if `format` or `failOn` is none.
  init(out: String, format: String?, failOn: String) throws {
    self.out = out
    report = try Self.report(format, out: out)
    level = try Self.level(failOn)
  }

  /// The report that `--format` names; a usage error if there is none.
  private static func report(_ format: String?, out: String) throws -> Report {
    let name = format ?? (out == "-" && Terminal.isOutputTerminal ? "table" : "json")
    guard let report = Report.named(name) else {
      let known = Report.all.map(\.name).joined(separator: ", ")
      throw ValidationError("--format takes one of \(known).")
    }
    return report
  }

  /// The severity that `--fail-on` names, or nil for none.
  private static func level(_ failOn: String) throws -> Severity? {
    let level = Severity(rawValue: failOn)
    guard level != nil || failOn == "none" else {
      throw ValidationError("--fail-on takes critical, high, medium, low or none.")
    }
    return level
  }

  /// Ends the program if no file can be written there.
  static func check(_ path: String, _ log: Logger? = nil) throws {
    do throws(WholeFile.Failure) { try WholeFile.check(path) } catch {
      throw Exit.because("\(path) \(error.message)", Exit.failed, log)
    }
  }

  static func writeFile(_ text: String, to path: String, _ log: Logger? = nil) throws {
    do throws(WholeFile.Failure) { try WholeFile.write(Array(text.utf8), to: path) } catch {
      throw Exit.because("\(path) \(error.message)", Exit.failed, log)
    }
  }

  /// Writes the document; that of a run that was interrupted goes beside the earlier one.
  /// Returns the bytes of the file, or nil if there is none.
  @discardableResult
  func write(_ document: FindingsDocument, _ log: Logger? = nil) throws -> [UInt8]? {
    let isTerminal = out == "-" && Terminal.isOutputTerminal
    let page = Report.Page(
      width: Terminal.width(STDOUT_FILENO), isColoured: Terminal.hasColour(isTerminal))
    let text = report.render(document, page)
    if out == "-" {
      try Terminal.output(text)
      return nil
    }
    if document.run.coverage.isInterrupted {
      let partial = Self.partialPath(out)
      try Self.writeFile(text, to: partial, log)
      Terminal.say("dumpsieve: interrupted; what was found so far is in \(partial)")
      return nil
    }
    let bytes = Array(text.utf8)
    try writeWhole(bytes, document.run.asOf, log)
    return bytes
  }

  /// The dated copy first: if the disk is full, the earlier document stands.
  private func writeWhole(_ bytes: [UInt8], _ time: UTCTime, _ log: Logger?) throws {
    let copies = keep.map { (copies: DatedCopies(of: out), seconds: $0) }
    do throws(WholeFile.Failure) {
      try copies?.copies.write(bytes, time)
      try WholeFile.write(bytes, to: out)
    } catch {
      throw Exit.because("\(out) \(error.message)", Exit.failed, log)
    }
    do throws(WholeFile.Failure) {
      if let (copies, seconds) = copies { try copies.finish(time, keeping: seconds) }
    } catch {
      // The document is in its place, and counts.
      let message = "the copies of \(out) are not as --keep says: \(error.message)"
      if let log { log.warning("\(message)") } else { Terminal.say("dumpsieve: \(message)") }
    }
    // What an interrupted run left is told by this one.
    _ = unsafe unlink(Self.partialPath(out))
  }

  /// `findings.json` becomes `findings.partial.json`.
  private static func partialPath(_ path: String) -> String {
    let kind = (path as NSString).pathExtension
    return (path as NSString).deletingPathExtension + ".partial" + (kind.isEmpty ? "" : ".\(kind)")
  }

  /// Shows the table on the terminal, unless that is what was written.
  func showTable(_ document: FindingsDocument) {
    if out == "-" && report.name == "table" { return }
    let page = Report.Page(
      width: Terminal.width(STDERR_FILENO),
      isColoured: Terminal.hasColour(Terminal.isErrorTerminal))
    if let table = Report.named("table") {
      Terminal.write(table.render(document, page), to: .standardError)
    }
  }

  func sayWhere(_ document: FindingsDocument) {
    if out != "-", !document.findings.isEmpty {
      Terminal.say("Written to \(out). Next: less \(out)")
    }
  }

  func status(_ document: FindingsDocument) -> ExitCode {
    if document.run.coverage.isInterrupted { return Exit.failed }
    if let level, document.findings.contains(where: { $0.isOpen && $0.severity >= level }) {
      return Exit.findings
    }
    return document.run.coverage.isComplete ? .success : Exit.notAllRead
  }
}
