import ArgumentParser
import Config
import Dumps

/// The flags of a scan. What is not given comes from the environment or the configuration file.
struct ScanOptions: ParsableArguments {
  @Argument(
    help: "Files and directories to read; - is what comes on standard input.", completion: .file())
  var dumps: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read the files and directories that FILE names, too, one a line; - is standard input.",
      valueName: "file"), completion: .file())
  var filesFrom: String?

  @Flag(
    name: [.customShort("0"), .long], help: "A NUL ends each name of --files-from, no line end.")
  var null = false

  @Option(
    help: ArgumentHelp(
      "What the document calls the dump on standard input (default: -).", valueName: "name"))
  var stdinName: String?

  @Option(
    help: ArgumentHelp(
      "Read what the lines of FILE name, which dumpsieve units has written, and nothing else; - is standard input.",
      valueName: "file"))
  var units: String?

  @Flag(
    help: ArgumentHelp(
      "Read the ranges of --units for the run that joins them, and write their lines with what was found."
    ))
  var readRanges = false

  @Option(
    help: ArgumentHelp(
      "Do this part of the work: I of N runs that share it. dumpsieve merge joins what they write.",
      valueName: "i/n"))
  var shard: String?

  @Option(
    help: ArgumentHelp("A watchlist; may be repeated.", valueName: "file"), completion: .file())
  var watchlist: [String] = []

  @Option(
    help: ArgumentHelp(
      "A partner's key; may be repeated. The list names its key.", valueName: "file"),
    completion: .file())
  var keyFile: [String] = []

  @Option(
    help: ArgumentHelp(
      "The installation file: ids of findings then outlast a partner's key.", valueName: "file"),
    completion: .file())
  var installation: String?

  @Option(
    help: ArgumentHelp(
      "Rules beside those that come with the program; may be repeated.", valueName: "dir"),
    completion: .directory)
  var rules: [String] = []

  @Option(
    help: ArgumentHelp(
      "Keep there what later runs need: what was read, what was found. Made if it is missing.",
      valueName: "dir"), completion: .directory)
  var stateDir: String?

  @Flag(help: "Keep nothing, and read everything, whatever the configuration says.")
  var stateless = false

  @Option(
    help: ArgumentHelp(
      "Wait for another run to end, so long at most; else the status is 75.", valueName: "time"))
  var wait: String?

  @Flag(help: "Read also what an earlier run has read.")
  var full = false

  @Option(
    help: ArgumentHelp(
      "Read again by the next run what was written so short a time before (default: 2s).",
      valueName: "time"))
  var settle: String?

  @Option(
    help: ArgumentHelp(
      "Tell only findings that are new or reopened, or first seen since: 7d, 2025-07-01, or a run.",
      valueName: "time|run"))
  var since: String?

  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "What stands for an account on no list: ref, the tag alone; masked, also its mail domain (default: masked).",
      valueName: "ref|masked"), completion: .list(["ref", "masked"]))
  var reveal: String?

  @Option(
    help: ArgumentHelp(
      "Keep a dated copy of each document beside it, for so long, and a link to the latest.",
      valueName: "time"))
  var keep: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Workers at once; as many as there are cores.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Cut a file that belongs to no log and is longer into ranges of so many bytes, for all workers.",
      valueName: "bytes"))
  var rangeSize: Int?

  @Option(
    help: ArgumentHelp("The clock of the run, such as 2025-07-14T01:30:00Z.", valueName: "time"))
  var asOf: String?

  @Option(
    help: ArgumentHelp(
      "Write what could not be read there, with full paths, one a line.", valueName: "file"),
    completion: .file())
  var problemLog: String?

  @Option(
    help: ArgumentHelp(
      "Of a list that is refused: stop the run, or skip the list (default: stop).",
      valueName: "stop|skip"), completion: .list(["stop", "skip"]))
  var onRefusedList: String?

  @Option(
    help: ArgumentHelp(
      "Warn of a list that expires within that time (default: 14d).", valueName: "time"))
  var expiryWarning: String?

  @Option(
    help: ArgumentHelp(
      "Write what the run did there, for Prometheus' node exporter.", valueName: "file"),
    completion: .file())
  var metricsFile: String?

  @Option(help: ArgumentHelp("How messages are written: text or json.", valueName: "form"))
  var log: String?

  @OptionGroup(title: "Archives") var archives: ArchiveOptions

  @Option(
    help: ArgumentHelp(
      "Ask this program, with its whole path, whether a stolen password is still the account's. It gets logins and passwords: docs/VERIFY.md.",
      valueName: "command"))
  var verifyWith: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Open also files whose names stand for no credentials, such as pictures.")
  var allFiles: Bool?

  @Flag(inversion: .prefixedNo, help: "Leave the pre-filter out: slower, finds the same.")
  var hashEveryLogin: Bool?

  @Flag(
    inversion: .prefixedNo, help: "Lock the workers down. Only for finding faults is it left out.")
  var sandbox: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Fail on a system whose kernel does not offer the whole of it."
  )
  var requireSandbox: Bool?

  @Flag(name: .shortAndLong, help: "Show the table and the summary also where no terminal is.")
  var verbose = false

  @Flag(name: .shortAndLong, help: "Show no progress and no table.")
  var quiet = false

  /// What configuration files say of dumps gives way to a list of units, but who types both is mistaken.
  func validate() throws {
    if units != nil && !dumps.isEmpty {
      throw ValidationError("--units names the dumps; name no others.")
    }
    if let verifyWith, verifyWith.allSatisfy({ $0 == " " }) {
      throw ValidationError("--verify-with needs a program, with its whole path.")
    }
  }

  /// What the flags say, by their settings.
  private var flags: [Setting: [String]] {
    var flags = archives.flags
    let texts: [(Setting, String?)] = [
      (.filesFrom, filesFrom), (.units, units), (.stdinName, stdinName), (.shard, shard),
      (.installation, installation),
      (.out, output.out),
      (.format, output.format), (.failOn, output.failOn), (.jobs, jobs.map { String($0) }),
      (.rangeSize, rangeSize.map { String($0) }), (.asOf, asOf), (.problemLog, problemLog),
      (.keep, keep), (.onRefusedList, onRefusedList), (.expiryWarning, expiryWarning),
      (.metricsFile, metricsFile), (.log, log), (.stateDir, stateDir), (.wait, wait),
      (.settle, settle), (.since, since), (.reveal, reveal),
    ]
    for (setting, text) in texts { flags[setting] = text.map { [$0] } }
    let lists: [(Setting, [String])] = [
      (.dumps, dumps), (.watchlists, watchlist), (.keyFiles, keyFile), (.rules, rules),
      // Arguments with blanks in them are for the configuration file.
      (.verifyWith, verifyWith?.split(separator: " ").map { String($0) } ?? []),
    ]
    for (setting, list) in lists where !list.isEmpty { flags[setting] = list }
    let truths: [(Setting, Bool?)] = [
      (.allFiles, allFiles), (.hashEveryLogin, hashEveryLogin), (.sandbox, sandbox),
      (.requireSandbox, requireSandbox), (.null, null ? true : nil),
      (.readRanges, readRanges ? true : nil),
      (.stateless, stateless ? true : nil), (.full, full ? true : nil),
      (.verbose, verbose ? true : nil), (.quiet, quiet ? true : nil),
    ]
    for (setting, truth) in truths { flags[setting] = truth.map { [String($0)] } }
    return flags
  }

  /// What holds for the run: these flags, the environment and the configuration file.
  func settings(_ config: ConfigOptions) throws -> Settings {
    try config.settings(flags: flags)
  }
}
