public import Clock

extension FindingsDocument {
  /// One run of a merged document, with all that must be added up: so that documents which have parts in common can
  /// be merged, too, and a part counts once.
  public struct Part: Equatable, Sendable {
    /// The id of the run.
    public var id: String
    public var shard: Shard?
    public var started: UTCTime
    public var finished: UTCTime
    public var workers: Int
    public var sandbox: String
    public var coverage: Coverage
    /// The numbers of each finding that the run has, by its id.
    public var sums: [String: Sums]

    /// What of a finding is added up.
    public struct Sums: Equatable, Sendable {
      public var sightings: Int
      public var records = 0
      public var recordsWithPassword = 0

      fileprivate mutating func add(_ other: Sums) {
        sightings += other.sightings
        records += other.records
        recordsWithPassword += other.recordsWithPassword
      }
    }
  }

  /// Why documents are not merged.
  public enum MergeFault: Error, Equatable, Sendable {
    /// They come from runs that differ in this: `lists`, `rules` and the like.
    case differ(String)
    /// Two different runs did the same part of the work.
    case sameShard(Shard)
    /// Two runs of one id say different things.
    case sameRun(String)
    /// They are of more runs than a document may be.
    case tooMany

    /// For the person on duty.
    public var message: String {
      switch self {
      case .differ(let what): "comes from a run with other \(what) than the parts before it"
      case .sameShard(let shard):
        "is shard \(shard.index)/\(shard.count), as another part is that comes from another run"
      case .sameRun(let id): "says other things of the run \(id) than another part does"
      case .tooMany: "makes it more than \(FindingsDocument.maxParts) parts: make them larger"
      }
    }
  }

  /// The runs that the document is of.
  public var parts: [Part] {
    if !run.parts.isEmpty { return run.parts }
    let sums = findings.map { finding in
      let sums = Part.Sums(
        sightings: finding.sightingsTotal, records: finding.records,
        recordsWithPassword: finding.recordsWithPassword)
      return (finding.id, sums)
    }
    return [
      Part(
        id: run.id, shard: run.shard, started: run.started, finished: run.finished,
        workers: run.workers, sandbox: run.sandbox, coverage: run.coverage,
        sums: Dictionary(sums, uniquingKeysWith: { first, _ in first }))
    ]
  }

  /// Joins documents: a union of runs, whatever the order, and a run that is in several counts once.
  ///
  /// What is added up is added once, at the end, so that it takes as long as the documents are, and not as their number
  /// squared.
  public struct Union {
    private var run: Run?
    private var parts: [String: Part] = [:]
    private var findings: [String: Finding] = [:]

    public init() {}

    public mutating func add(_ document: FindingsDocument) throws(MergeFault) {
      try run?.mustFit(document.run)
      run = run ?? document.run
      for part in document.parts {
        if let known = parts[part.id], known != part { throw .sameRun(part.id) }
        parts[part.id] = part
      }
      // A reader refuses more; and what so many say can be added up, whatever it is.
      guard parts.count <= FindingsDocument.maxParts else { throw .tooMany }
      for finding in document.findings {
        if findings[finding.id] == nil {
          findings[finding.id] = finding
        } else {
          findings[finding.id]?.mergeFacts(finding)
        }
      }
    }

    /// The document of them all, or nil if there are none. Its findings must be scored anew, and `run.id` made of the ids
    /// of the parts.
    public consuming func finish() throws(MergeFault) -> FindingsDocument? {
      guard var run else { return nil }
      run.parts = parts.values.sorted { $0.id < $1.id }
      try run.joinShards()
      run.joinParts()
      var sums: [String: Part.Sums] = [:]
      for part in run.parts {
        for (id, more) in part.sums { sums[id, default: Part.Sums(sightings: 0)].add(more) }
      }
      for (id, sum) in sums { findings[id]?.take(sum) }
      return FindingsDocument(run: run, findings: Array(findings.values))
    }
  }
}

extension FindingsDocument.Run {
  fileprivate func mustFit(_ other: Self) throws(FindingsDocument.MergeFault) {
    func lists(_ run: Self) -> [FindingsDocument.Watchlist] {
      run.watchlists.sorted {
        ($0.partner, $0.keyID, $0.made.seconds) < ($1.partner, $1.keyID, $1.made.seconds)
      }
    }
    if version != other.version { throw .differ("versions of the program") }
    if asOf != other.asOf { throw .differ("--as-of") }
    if rulesDigest != other.rulesDigest { throw .differ("rules") }
    if lists(self) != lists(other) { throw .differ("lists") }
    if idCheck != other.idCheck { throw .differ("keys for ids (--installation)") }
  }

  /// Whether the parts are shards of one work, and which are missing.
  fileprivate mutating func joinShards() throws(FindingsDocument.MergeFault) {
    let shards = parts.compactMap(\.shard)
    guard let count = shards.first?.count else {
      coverage.missingShards = []
      return
    }
    guard shards.count == parts.count, shards.allSatisfy({ $0.count == count }) else {
      throw .differ("shards")
    }
    var there: Set<FindingsDocument.Shard> = []
    for shard in shards where !there.insert(shard).inserted { throw .sameShard(shard) }
    coverage.missingShards = (1...count).filter { index in
      !there.contains { $0.index == index }
    }
  }

  fileprivate mutating func joinParts() {
    var sum = FindingsDocument.Coverage()
    sum.missingShards = coverage.missingShards
    // A directory that cannot be listed is a gap of every shard, and one gap; so of each gap counts the run that has most.
    var gaps: [FindingsDocument.Unread: Int] = [:]
    for part in parts {
      sum.add(part.coverage)
      var own: [FindingsDocument.Unread: Int] = [:]
      for gap in part.coverage.unread { own[gap, default: 0] += 1 }
      gaps.merge(own) { max($0, $1) }
    }
    // Of whom nobody was looked for in one part, the whole tells nothing either.
    sum.refusedLists = Set(parts.flatMap(\.coverage.refusedLists)).sorted {
      ($0.list, $0.reason) < ($1.list, $1.reason)
    }
    sum.unread = gaps.flatMap { Array(repeating: $0.key, count: $0.value) }.sorted()
    coverage = sum
    shard = nil
    started = parts.map(\.started).min() ?? started
    finished = parts.map(\.finished).max() ?? finished
    workers = parts.map(\.workers).max() ?? workers
    let sandboxes = parts.map(\.sandbox)
    sandbox = sandboxes.min { Self.strength($0) < Self.strength($1) } ?? sandbox
  }

  /// How far workers are locked down: off, by nothing, by limits, by system calls, by Landlock and its version.
  private static func strength(_ sandbox: String) -> (Int, Int, String) {
    if sandbox == "off" { return (0, 0, sandbox) }
    if sandbox == "none" { return (1, 0, sandbox) }
    guard sandbox.hasPrefix("landlock-") else { return (2, sandbox.utf8.count, sandbox) }
    return (3, Int(sandbox.dropFirst(9).prefix { $0.isNumber }) ?? 0, sandbox)
  }
}

extension FindingsDocument.Coverage {
  fileprivate mutating func add(_ other: Self) {
    isInterrupted = isInterrupted || other.isInterrupted
    files += other.files
    filesRead += other.filesRead
    if let more = other.unchanged { unchanged = (unchanged ?? 0) + more }
    archives += other.archives
    members += other.members
    membersRead += other.membersRead
    logs += other.logs
    bytes += other.bytes
    records += other.records
    passedOver.merge(other.passedOver) { $0 + $1 }
  }
}

extension Finding {
  fileprivate mutating func take(_ sums: FindingsDocument.Part.Sums) {
    sightingsTotal = sums.sightings
    records = sums.records
    recordsWithPassword = sums.recordsWithPassword
    trimSightings()
  }
}
