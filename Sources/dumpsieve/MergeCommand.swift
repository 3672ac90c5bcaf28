import ArgumentParser
import Findings
import Scan

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Make one findings document of those of several runs.",
    discussion: """
      For runs that share the work (scan --shard), or have dumps of their own, with the same lists, keys, rules \
      and --as-of. The order does not matter, and a run that is given twice counts once. The exit status \
      is that of a scan.
      """)

  @Argument(help: "Findings documents, as JSON.", completion: .file())
  var parts: [String]

  @Option(
    help: ArgumentHelp(
      "Rules of the runs beside those that come with the program; may be repeated.",
      valueName: "dir"), completion: .directory)
  var rules: [String] = []

  @OptionGroup var output: OutputOptions

  func validate() throws {
    let out = try output.checked().out
    if out != "-" { try OutputPaths.mustBeApart([out], from: parts) }
  }

  func run() throws {
    let output = try output.checked()
    if output.out != "-" { try ResultOutput.check(output.out) }
    let directories = try ruleDirectories(rules)
    let document: FindingsDocument
    do throws(ScanFailure) {
      document = try PartMerge.run(paths: parts, rules: directories)
    } catch {
      if case .failed = error { throw Exit.because(error.message, Exit.failed) }
      throw Exit.because(error.message, Exit.refused)
    }
    try output.write(document)
    throw output.status(document)
  }
}
