import ArgumentParser
import Findings

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write findings in the format of another system.",
    discussion: """
      misp: an event with objects. stix: a STIX 2.1 bundle. ocsf: Detection Findings of OCSF 1.8, one a line. ecs: alerts \
      of the Elastic Common Schema, one a line. defectdojo: its Generic Findings Import. csv: for spreadsheets.

      Ids are the same on every night, so that a second import updates what the first one made. No output holds a password. \
      Exit status: 0 written, 2 not written, 78 the document is refused.
      """)

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "\(Report.exports.map(\.name).joined(separator: ", ")).", valueName: "format"))
  var format: String

  @OptionGroup var options: DocumentOptions

  func validate() throws {
    _ = try report()
    try options.check()
  }

  func run() throws {
    let report = try report()
    try options.write(report.render(options.read(), Report.Page()))
  }

  private func report() throws -> Report {
    guard let report = Report.named(format, among: Report.exports) else {
      let known = Report.exports.map(\.name).joined(separator: ", ")
      throw ValidationError("--to takes one of \(known).")
    }
    return report
  }
}
