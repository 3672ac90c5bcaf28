/// One thing that an operator may set: what it is called, what it takes, and what it is if nobody sets it.
///
/// Each flag of a scan is one, so that a night needs no flag. A value is a list of texts, of one as a rule, whatever it
/// comes from: so flag, environment and file are checked alike, at one place.
public struct Setting: Hashable, Sendable {
  /// What a setting takes.
  public enum Kind: Hashable, Sendable {
    case text
    /// Of a file or directory; in a configuration file relative to that.
    case path
    /// As `path`, several.
    case paths
    /// `true` or `false`.
    case truth
    case number(ClosedRange<Int>)
    case word([String])
    /// Such as `10m`, in seconds, minutes, hours or days.
    case duration
    /// A program and its arguments; no shell reads it.
    case command
  }

  /// As the configuration file and, in capitals behind `DUMPSIEVE_`, the environment name it.
  public let name: String
  /// As the command line names it, or nil if it does not.
  public let flag: String?
  public let kind: Kind
  /// Its value if nobody sets it; nil for none.
  public let standard: String?

  init(_ name: String, flag: String?, _ kind: Kind, standard: String? = nil) {
    self.name = name
    self.flag = flag
    self.kind = kind
    self.standard = standard
  }

  /// A setting whose flag is its name.
  init(_ name: String, _ kind: Kind, standard: String? = nil) {
    self.init(
      name, flag: "--" + name.split(separator: "_").joined(separator: "-"), kind,
      standard: standard)
  }

  var isList: Bool { kind == .paths || kind == .command }

  /// The variable of the environment.
  public var variable: String { "DUMPSIEVE_" + name.uppercased() }

  /// Why the setting does not take `texts`, as the end of a sentence; nil if it does.
  func fault(_ texts: [String]) -> String? {
    if texts.isEmpty || texts.contains("") { return "takes no empty value" }
    if !isList && texts.count != 1 { return "takes one value" }
    let text = texts[0]
    switch kind {
    case .text, .path, .paths: return nil
    case .truth: return ["true", "false"].contains(text) ? nil : "takes true or false"
    case .number(let range):
      if let number = Int(text), range.contains(number) { return nil }
      return "takes \(range.lowerBound) to \(range.upperBound)"
    case .word(let words):
      if self == .reveal && text == "login" { return Self.whyNoLogin }
      return words.contains(text) ? nil : "takes one of \(words.joined(separator: ", "))"
    case .duration: return Self.seconds(text) == nil ? "takes a time such as 10m or 90d" : nil
    case .command: return text.hasPrefix("/") ? nil : "takes a program with its whole path"
    }
  }

  private static let whyNoLogin = """
    takes ref or masked: a scan never learns the login as text. Who holds the account list turns the tag of a finding into the \
    login: dumpsieve watchlist resolve --key-file KEY --csv accounts.csv TAG
    """

  /// Seconds of `90`, `90s`, `10m`, `26h` or `90d`; nil for anything else, or for more than 100 years.
  public static func seconds(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = text.last.flatMap { units[$0] }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits)
    else { return nil }
    let (seconds, isTooLong) = number.multipliedReportingOverflow(by: unit ?? 1)
    return isTooLong || seconds > 36_525 * 86_400 ? nil : seconds
  }
}

extension Setting {
  public static let dumps = Setting("dumps", flag: nil, .paths)
  public static let filesFrom = Setting("files_from", .path)
  public static let null = Setting("null", .truth, standard: "false")
  public static let stdinName = Setting("stdin_name", .text)
  public static let units = Setting("units", .path)
  public static let readRanges = Setting("read_ranges", .truth, standard: "false")
  public static let shard = Setting("shard", .text)
  public static let watchlists = Setting("watchlists", flag: "--watchlist", .paths)
  public static let keyFiles = Setting("key_files", flag: "--key-file", .paths)
  public static let installation = Setting("installation", .path)
  public static let rules = Setting("rules", .paths)
  public static let stateDir = Setting("state_dir", .path)
  public static let stateless = Setting("stateless", .truth, standard: "false")
  public static let wait = Setting("wait", .duration, standard: "0s")
  public static let full = Setting("full", .truth, standard: "false")
  public static let settle = Setting("settle", .duration, standard: "2s")
  public static let since = Setting("since", .text)
  public static let out = Setting("out", .path, standard: "-")
  public static let keep = Setting("keep", .duration)
  public static let format = Setting("format", .text)
  public static let reveal = Setting("reveal", .word(["ref", "masked"]), standard: "masked")
  public static let failOn = Setting(
    "fail_on", .word(["critical", "high", "medium", "low", "none"]), standard: "low")
  public static let jobs = Setting("jobs", .number(1...256))
  public static let rangeSize = Setting("range_size", .number(1...(1 << 50)), standard: "67108864")
  public static let asOf = Setting("as_of", .text)
  public static let problemLog = Setting("problem_log", .path)
  public static let archivePasswords = Setting("archive_passwords", .path)
  public static let verifyWith = Setting("verify_with", .command)
  public static let maxMemberBytes = Setting("max_member_bytes", .number(1...(1 << 50)))
  public static let maxArchiveBytes = Setting("max_archive_bytes", .number(1...(1 << 50)))
  public static let maxArchiveRatio = Setting("max_archive_ratio", .number(1...1_000_000))
  public static let maxArchiveMembers = Setting("max_archive_members", .number(1...100_000_000))
  public static let maxArchiveDepth = Setting("max_archive_depth", .number(1...32))
  public static let maxNestedBytes = Setting("max_nested_bytes", .number(1...(1 << 40)))
  public static let maxArchiveSeconds = Setting("max_archive_seconds", .number(1...604_800))
  public static let workerMemory = Setting("worker_memory", .number((256 << 20)...(1 << 40)))
  public static let workerTimeout = Setting("worker_timeout", .number(1...86_400))
  public static let onRefusedList = Setting(
    "on_refused_list", .word(["stop", "skip"]), standard: "stop")
  public static let expiryWarning = Setting("expiry_warning", .duration, standard: "14d")
  public static let log = Setting("log", .word(["text", "json"]), standard: "text")
  public static let metricsFile = Setting("metrics_file", .path)
  public static let onNew = Setting("on_new", flag: nil, .command)
  public static let onProblem = Setting("on_problem", flag: nil, .command)
  public static let onSuccess = Setting("on_success", flag: nil, .command)
  public static let onFailure = Setting("on_failure", flag: nil, .command)
  public static let hookTimeout = Setting("hook_timeout", flag: nil, .duration, standard: "60s")
  public static let allFiles = Setting("all_files", .truth, standard: "false")
  public static let hashEveryLogin = Setting("hash_every_login", .truth, standard: "false")
  public static let sandbox = Setting("sandbox", .truth, standard: "true")
  public static let requireSandbox = Setting("require_sandbox", .truth, standard: "false")
  public static let verbose = Setting("verbose", .truth, standard: "false")
  public static let quiet = Setting("quiet", .truth, standard: "false")

  /// In the order in which `config show` lists them.
  public static let all: [Setting] = [
    dumps, filesFrom, null, stdinName, units, readRanges, shard, watchlists, keyFiles, installation,
    rules, stateDir, stateless, wait, full, settle, since, out, keep, format, reveal,
    failOn, jobs, rangeSize, asOf, problemLog, archivePasswords, verifyWith, maxMemberBytes,
    maxArchiveBytes,
    maxArchiveRatio, maxArchiveMembers, maxArchiveDepth, maxNestedBytes, maxArchiveSeconds,
    workerMemory, workerTimeout, allFiles, hashEveryLogin, sandbox, requireSandbox,
    onRefusedList, expiryWarning, log, metricsFile, onNew, onProblem, onSuccess, onFailure,
    hookTimeout, verbose, quiet,
  ]
}
