public import Clock

/// What a run says: its findings, and what it could not read.
///
/// Everything that may differ between two runs over the same inputs stands in `run`.
public struct FindingsDocument: Sendable {
  public static let schemaVersion = "1.6.0"
  public static let schemaURL = "https://dumpsieve.example/schema/findings-1.json"

  /// Something that was not read, or not whole.
  public struct Unread: Hashable, Comparable, Sendable {
    /// The dump, as it was named for the run. Names below it may be strangers', so they are not here.
    public var input: SafeText
    /// Keyed id of the path; the operator's problem log gives it with the path.
    public var pathID: String
    public var reason: String
    /// Bytes that were passed over, if the rest was read.
    public var skippedBytes: Int?
    /// Which bytes of the file, if the others were read.
    public var bytes: Range<Int>?
    /// How many members of an archive, if several.
    public var members: Int?

    public init(
      input: SafeText, pathID: String, reason: String, skippedBytes: Int? = nil,
      bytes: Range<Int>? = nil, members: Int? = nil
    ) {
      self.members = members
      self.input = input
      self.pathID = pathID
      self.reason = reason
      self.skippedBytes = skippedBytes
      self.bytes = bytes
    }

    public static func < (left: Unread, right: Unread) -> Bool {
      let isSame =
        (left.input, left.reason, left.pathID) == (right.input, right.reason, right.pathID)
      if !isSame {
        return (left.input, left.reason, left.pathID) < (right.input, right.reason, right.pathID)
      }
      func numbers(_ gap: Unread) -> (Int, Int, Int, Int) {
        (
          gap.skippedBytes ?? 0, gap.bytes?.lowerBound ?? 0, gap.bytes?.upperBound ?? 0,
          gap.members ?? 0
        )
      }
      return numbers(left) < numbers(right)
    }
  }

  /// A list that the run went without.
  public struct RefusedList: Hashable, Sendable {
    /// The file, as it was named for the run.
    public var list: SafeText
    public var reason: String

    public init(list: SafeText, reason: String) {
      self.list = list
      self.reason = reason
    }
  }

  public struct Coverage: Equatable, Sendable {
    /// Whether everything was read that could hold credentials, and something was there to read.
    public var isComplete: Bool { gaps.isEmpty }
    public var isInterrupted = false
    /// Regular files seen, and those read to their end.
    public var files = 0
    public var filesRead = 0
    /// Of the files, those that an earlier run has read under the same lists and rules; nil without a state directory.
    public var unchanged: Int?
    /// Of the files, those that are archives.
    public var archives = 0
    /// Files in archives, and those of them read to their end.
    public var members = 0
    public var membersRead = 0
    /// Folders of infected machines.
    public var logs = 0
    public var bytes = 0
    /// Credential records read.
    public var records = 0
    /// What was rightly passed over, by kind: binary, empty, symlink and the like.
    public var passedOver: [String: Int] = [:]
    public var unread: [Unread] = []
    /// Lists that were refused and skipped: nobody was looked for of whom they tell.
    public var refusedLists: [RefusedList] = []
    /// Of a shard: files that were left to the others.
    public var filesOfOthers: Int?
    /// Of merged shards: those that were not among them.
    public var missingShards: [Int] = []

    public init() {}
  }

  /// One of several runs that share the work.
  public struct Shard: Hashable, Sendable {
    /// From 1 to `count`.
    public var index: Int
    public var count: Int

    /// A run may have so many.
    public static let most = 4096

    public init?(index: Int, count: Int) {
      guard (1...Self.most).contains(count), (1...count).contains(index) else { return nil }
      self.index = index
      self.count = count
    }
  }

  public struct Watchlist: Equatable, Sendable {
    public var partner: String
    public var keyID: String
    public var accounts: Int
    public var made: UTCTime
    public var expires: UTCTime?

    public init(partner: String, keyID: String, accounts: Int, made: UTCTime, expires: UTCTime?) {
      self.partner = partner
      self.keyID = keyID
      self.accounts = accounts
      self.made = made
      self.expires = expires
    }
  }

  public struct Run: Sendable {
    public var id: String
    public var version: String
    public var started: UTCTime
    public var finished: UTCTime
    public var asOf: UTCTime
    public var workers: Int
    /// Such as `landlock-7+seccomp`, or `off`.
    public var sandbox: String
    public var ruleCount: Int
    public var rulesDigest: String
    public var watchlists: [Watchlist]
    /// Stands for the key under which ids are made.
    public var idCheck: String
    /// Which part of the work the run did, or nil for all of it.
    public var shard: Shard?
    /// The runs that a merged document is of, by their ids; empty for that of one run.
    public var parts: [Part] = []
    public var coverage = Coverage()
    /// That of the document that was read; else that of this program.
    public var schemaVersion = FindingsDocument.schemaVersion
    /// What had changed, so that inputs were read again that are as they were: `watchlists`, `rules` and the like.
    public var reread: [String] = []
    /// Since when the findings are told (`--since`), or nil for all.
    public var since: String?
    /// What the rules say of what the findings name.
    public var texts = Texts()
    /// Whether findings have a history, even if there are none.
    public var isOfHistory = false

    public init(
      id: String, version: String, started: UTCTime, asOf: UTCTime, workers: Int, ruleCount: Int,
      rulesDigest: String, watchlists: [Watchlist], idCheck: String
    ) {
      self.id = id
      self.version = version
      self.started = started
      finished = started
      self.asOf = asOf
      self.workers = workers
      sandbox = "off"
      self.ruleCount = ruleCount
      self.rulesDigest = rulesDigest
      self.watchlists = watchlists
      self.idCheck = idCheck
    }
  }

  public var run: Run
  /// The worst first.
  public var findings: [Finding]

  public init(run: Run, findings: [Finding]) {
    self.run = run
    self.findings = findings.sorted {
      ($1.score, $0.partner, $0.account.reference ?? "~", $0.id)
        < ($0.score, $1.partner, $1.account.reference ?? "~", $1.id)
    }
  }

  public func count(_ severity: Severity) -> Int {
    findings.count { $0.severity == severity }
  }

  var isOfHistory: Bool { run.isOfHistory }

  public func count(_ state: Finding.Past.State) -> Int {
    findings.count { $0.past?.state == state }
  }

  public var suppressedCount: Int { findings.count { $0.past?.suppression != nil } }
}

extension FindingsDocument {
  /// The JSON Schema of the document.
  public static var schema: String {
    String(decoding: PackageResources.findings_1_schema_json, as: UTF8.self)
  }
}
