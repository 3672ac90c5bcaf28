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
  var dumps: [String] = []

  @Option(
    help: ArgumentHelp(
      "Walk N levels of folders, and on in logs; name deeper folders in lines of their own, for --folders.",
      valueName: "n"))
  var levels: Int?

  @Option(
    help: ArgumentHelp(
      "List the folders that lines of FILE name, which --levels has written; - is standard input.",
      valueName: "file"))
  var folders: String?

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
    if dumps.isEmpty == (folders == nil) {
      throw ValidationError("Name dumps, or else --folders.")
    }
    guard (levels ?? 1) > 0, levels == nil || folders == nil else {
      throw ValidationError("--levels takes 1 or more, and goes without --folders.")
    }
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
    func write(_ line: UnitLine) throws {
      text += line.text + "\n"
      if text.utf8.count > 1 << 16 { try flush() }
    }
    do {
      let lister = try UnitLister(
        rules: try ruleDirectories(rules), rangeBytes: rangeSize, opensAll: allFiles)
      if let folders {
        let named = try NameList.units("--folders", folders, UnitFolders.init)
        try lister.list(folders: named, write: write)
      } else {
        try lister.list(dumps: dumps, levels: levels, write: write)
      }
    } catch let failure as ScanFailure {
      throw Exit.because(failure.message, Exit.refused)
    }
    try flush()
  }
}
