public import Clock
public import Dumps
public import Findings
public import History

/// All that a run is told.
public struct ScanConfiguration: Sendable {
  /// Files and directories, as the operator names them.
  public var dumps: [String]
  /// The number of a dump that is no file yet, and what makes one of it and says where: called once keys, lists and rules
  /// are known to be right, as it may take long.
  public var piped: (dump: Int, file: @Sendable () throws(ScanFailure) -> String)?
  public var watchlists: [String]
  public var keyFiles: [String]
  /// Goes without a list that is refused, if there is another, and says so; else the run fails.
  public var skipsRefusedLists = false
  /// The installation file, whose key makes the ids of findings; without it the first partner's key does.
  public var installation: String?
  /// Directories of rules; a later one replaces rules of an earlier.
  public var rules: [String]
  /// The worker's executable.
  public var worker: String
  public var workers: Int
  /// The clock for the age of a theft and the expiry of lists.
  public var asOf: UTCTime
  public var isSandboxed = true
  /// Fails where workers cannot be locked down wholly, which on Linux before 5.13 they cannot.
  public var requiresSandbox = false
  /// Leaves the pre-filter out: slower, and finds the same.
  public var hashesEveryLogin = false
  /// A file that belongs to no log and is longer is read in ranges of this length, by all workers. In bytes.
  public var rangeBytes = Self.defaultRangeBytes
  /// A range takes a worker some tenths of a second, and what it takes to begin one does not count against that.
  public static let defaultRangeBytes: UInt64 = 64 << 20
  /// How much is unpacked at most.
  public var archives = ArchiveLimits()
  /// What a worker may take beside the lists. In bytes of address space.
  public var workerBytes = Self.defaultWorkerBytes
  public static let defaultWorkerBytes = 1 << 30
  /// A worker that has not said a word for this long hangs; it reports every MiB that it reads. In seconds.
  public var workerSeconds = Self.defaultWorkerSeconds
  public static let defaultWorkerSeconds = 120
  /// A file of passwords for archives, one a line.
  public var archivePasswords: String?
  /// The program, and its arguments, that workers ask whether a password is still the account's; nil for none.
  public var verifier: [String]?
  /// Opens also files whose names stand for no credentials.
  public var opensAllFiles = false
  /// The part of the work that this run does, or nil for all of it.
  public var shard: FindingsDocument.Shard?
  /// The part of the work that this run was given as a list of units, which names the dumps, too; nil for all of it.
  public var units: UnitSelection?
  /// Where the run keeps what later ones need; nil for a run of which nothing is kept.
  public var state: StateDirectory?
  /// Reads also what an earlier run has read.
  public var readsAll = false
  /// What was written so short a time before it is read is read again by the next run. In seconds.
  public var settle = 2
  /// Tell only findings that are new or reopened since.
  public var since: Since?
  /// Whether findings show the masked login where the account is on no list, or the tag alone.
  public var showsMasked = true
  /// The program's version, for the document.
  public var version: String
  /// Called now and then with what was done so far.
  public var progress: (@Sendable (ScanProgress) -> Void)?

  public enum Since: Sendable {
    case time(UTCTime)
    /// The start of a run: its number, or the beginning of its id.
    case run(String)
  }

  public init(
    dumps: [String], watchlists: [String], keyFiles: [String], rules: [String], worker: String,
    workers: Int, asOf: UTCTime, version: String
  ) {
    self.dumps = dumps
    self.watchlists = watchlists
    self.keyFiles = keyFiles
    self.rules = rules
    self.worker = worker
    self.workers = workers
    self.asOf = asOf
    self.version = version
  }
}

/// What a run has done so far.
public struct ScanProgress: Sendable {
  public var files: Int
  public var bytes: Int
  public var findings: Int
}
