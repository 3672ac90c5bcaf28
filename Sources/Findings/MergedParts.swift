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

    /// For the person on duty.
    public var message: String {
      switch self {
      case .differ(let what): "comes from a run with other \(what) than the parts before it"
      case .sameShard(let shard):
        "is shard \(shard.index)/\(shard.count), as another part is that comes from another run"
      case .sameRun(let id): "says other things of the run \(id) than another part does"
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

  /// Joins the document with another: a union of runs, whatever the order, and a run that is in both counts once.
  ///
  /// The findings must be scored anew, and `run.id` made of the ids of the parts.
  public mutating func merge(_ other: FindingsDocument) throws(MergeFault) {
    try mustFit(other)
    var parts = Dictionary(parts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for part in other.parts {
      if let known = parts[part.id], known != part { throw .sameRun(part.id) }
      parts[part.id] = part
    }
    var merged = Dictionary(findings.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for finding in other.findings {
      if merged[finding.id] == nil {
        merged[finding.id] = finding
      } else {
        merged[finding.id]?.mergeFacts(finding)
      }
    }
    run.parts = parts.values.sorted { $0.id < $1.id }
    try joinShards()
    joinRuns()
    for id in merged.keys { merged[id]?.take(run.parts.compactMap { $0.sums[id] }) }
    self = FindingsDocument(run: run, findings: Array(merged.values))
  }

  private func mustFit(_ other: FindingsDocument) throws(MergeFault) {
    func lists(_ run: Run) -> [Watchlist] {
      run.watchlists.sorted {
        ($0.partner, $0.keyID, $0.made.seconds) < ($1.partner, $1.keyID, $1.made.seconds)
      }
    }
    if run.version != other.run.version { throw .differ("versions of the program") }
    if run.asOf != other.run.asOf { throw .differ("--as-of") }
    if run.rulesDigest != other.run.rulesDigest { throw .differ("rules") }
    if lists(run) != lists(other.run) { throw .differ("lists") }
    if run.idCheck != other.run.idCheck { throw .differ("keys for ids (--installation)") }
  }

  /// Whether the parts are shards of one work, and which are missing.
  private mutating func joinShards() throws(MergeFault) {
    let shards = run.parts.compactMap(\.shard)
    guard let count = shards.first?.count else {
      run.coverage.missingShards = []
      return
    }
    guard shards.count == run.parts.count, shards.allSatisfy({ $0.count == count }) else {
      throw .differ("shards")
    }
    var there: Set<Shard> = []
    for shard in shards where !there.insert(shard).inserted { throw .sameShard(shard) }
    run.coverage.missingShards = (1...count).filter { index in
      !there.contains { $0.index == index }
    }
  }

  private mutating func joinRuns() {
    var coverage = Coverage()
    coverage.missingShards = run.coverage.missingShards
    for part in run.parts { coverage.add(part.coverage) }
    run.coverage = coverage
    run.shard = nil
    run.started = run.parts.map(\.started).min() ?? run.started
    run.finished = run.parts.map(\.finished).max() ?? run.finished
    run.workers = run.parts.map(\.workers).max() ?? run.workers
    let sandboxes = run.parts.map(\.sandbox)
    run.sandbox = sandboxes.min { Self.strength($0) < Self.strength($1) } ?? run.sandbox
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
    archives += other.archives
    members += other.members
    membersRead += other.membersRead
    logs += other.logs
    bytes += other.bytes
    records += other.records
    passedOver.merge(other.passedOver) { $0 + $1 }
    // A directory that cannot be listed is a gap of every shard, and one gap.
    var more: [FindingsDocument.Unread: Int] = [:]
    for entry in other.unread { more[entry, default: 0] += 1 }
    for entry in unread { more[entry, default: 0] -= 1 }
    for (entry, count) in more where count > 0 {
      unread += Array(repeating: entry, count: count)
    }
    unread.sort()
  }
}

extension Finding {
  fileprivate mutating func take(_ sums: [FindingsDocument.Part.Sums]) {
    sightingsTotal = sums.reduce(0) { $0 + $1.sightings }
    records = sums.reduce(0) { $0 + $1.records }
    recordsWithPassword = sums.reduce(0) { $0 + $1.recordsWithPassword }
    trimSightings()
  }
}
