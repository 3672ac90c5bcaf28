import ArgumentParser
import Config
import Findings
import Foundation
import Scan

struct UnitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "units", abstract: "List the units of work in dumps, for runs that share them.",
    discussion: """
      One line a log, file or range of a big file, with its bytes in the second column; scan --units reads such \
      lines, in any order and packing. Needs no key and no list, and reads nothing but names and sizes. docs/SCALE.md says \
      how clusters share the work. The lines hold the names of folders, which may be strangers'.
      """)

  @Argument(help: "Files and directories.")
  var dumps: [String]

  @Option(
    help: ArgumentHelp(
      "Rules beside those that come with the program; may be repeated.", valueName: "dir"))
  var rules: [String] = []

  @Option(
    help: ArgumentHelp(
      "Cut a file that belongs to no log and is longer into ranges of so many bytes (default: 64 MiB).",
      valueName: "bytes"))
  var rangeSize: UInt64 = ScanConfiguration.defaultRangeBytes

  @Flag(help: "List also what a scan with --all-files opens.")
  var allFiles = false

  func validate() throws {
    guard (1...(1 << 50)).contains(rangeSize) else {
      throw ValidationError("--range-size takes 1 to \(1 << 50).")
    }
  }

  func run() throws {
    var text = ""
    func flush() throws {
      try Terminal.output(text)
      text = ""
    }
    do {
      try UnitLister.list(
        dumps: dumps, rules: try ruleDirectories(rules), rangeBytes: rangeSize, opensAll: allFiles
      ) { line in
        text += line.text + "\n"
        if text.utf8.count > 1 << 16 { try flush() }
      }
    } catch let failure as ScanFailure {
      throw Exit.because(failure.message, Exit.refused)
    }
    try flush()
  }
}
