public import Clock
public import Findings
internal import GRDB

/// A finding as the store has it: what each log, or file that stands alone, tells of it.
public struct StoredFinding: Sendable {
  public struct Fragment: Sendable {
    /// When a run first read it there.
    public var added: UTCTime
    /// The keyed id of the log or file.
    public var origin: Int64
    /// Whether the same, read again, does not tell it.
    public var isWithdrawn: Bool
    public var finding: Finding
  }

  public var id: String
  public var firstSeen: UTCTime
  public var lastSeen: UTCTime
  /// Never empty.
  public var fragments: [Fragment]
  /// What the last document that told a change said of it.
  public var told: Finding.Past.State?
  public var marks: [Finding.Past.Mark]
  public var suppression: Finding.Past.Suppression?

  /// Whether nothing that was read tells it any more.
  public var isWithdrawn: Bool { fragments.allSatisfy(\.isWithdrawn) }

  /// All fragments in one, but for those that are withdrawn, unless all are.
  public var joined: Finding {
    let standing = isWithdrawn ? fragments : fragments.filter { !$0.isWithdrawn }
    var joined = standing[0].finding
    for fragment in standing.dropFirst() { joined.merge(fragment.finding) }
    joined.trimSightings()
    return joined
  }
}

/// A run as the store has it.
public struct StoredRun: Sendable {
  public var number: Int64
  public var id: String
  public var started: UTCTime
  public var asOf: UTCTime
  /// Nil if it did not come to its end.
  public var finished: UTCTime?
  public var status: Int?
  /// Of the document that it wrote, 64 hexadecimal digits.
  public var sha256: String?
}

/// What a run leaves behind once its document is made.
public struct RunEnd: Sendable {
  /// The findings of the document.
  public var findings: [Finding]
  /// Keyed ids of the logs and lone files that stood in the dumps.
  public var present: Set<Int64>
  /// Inputs that have gone, and such that are there again.
  public var missing: [Int64]
  public var back: [Int64]
  /// What the walk came upon: it is told anew each night.
  public var problems: [StoredProblem]
  public var reading: Reading
  public var asOf: UTCTime

  public init(
    findings: [Finding], present: Set<Int64>, missing: [Int64], back: [Int64],
    problems: [StoredProblem], reading: Reading, asOf: UTCTime
  ) {
    self.findings = findings
    self.present = present
    self.missing = missing
    self.back = back
    self.problems = problems
    self.reading = reading
    self.asOf = asOf
  }
}

/// Findings, runs, and what the operator said.
extension Store {
  /// A disk that is away so long has gone. In seconds.
  private static let forgetAfter: Int64 = 30 * 86_400
  /// Runs that are kept, beside those that an event names: three years of nights.
  private static let maxRuns = 1100

  /// Every finding, by its id.
  public func findings() throws(StoreFailure) -> [StoredFinding] {
    try reading { database in
      var fragments: [String: [StoredFinding.Fragment]] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql:
          "SELECT finding, added, text, origin, is_withdrawn FROM fragments ORDER BY finding, origin"
      )
      while let row = try rows.next() {
        guard let finding = Finding(fragment: row[2]) else {
          throw Self.damaged(path)
        }
        fragments[row[0], default: []].append(
          StoredFinding.Fragment(
            added: UTCTime(seconds: row[1]), origin: row[3], isWithdrawn: row[4],
            finding: finding))
      }
      let told = try Self.states(database)
      let marks = try Self.marks(database)
      let suppressions = try Self.suppressions(database)
      let findings = try Row.fetchAll(
        database, sql: "SELECT id, first_seen, last_seen FROM findings ORDER BY id")
      return findings.compactMap { row in
        let id: String = row[0]
        guard let own = fragments[id] else { return nil }
        return StoredFinding(
          id: id, firstSeen: UTCTime(seconds: row[1]), lastSeen: UTCTime(seconds: row[2]),
          fragments: own, told: told[id], marks: marks[id] ?? [], suppression: suppressions[id])
      }
    }
  }

  /// The state of each finding that documents told last, up to that of run `number`.
  private static func states(
    _ database: Database, after number: Int64 = .max
  ) throws -> [String: Finding.Past.State] {
    var states: [String: Finding.Past.State] = [:]
    let rows = try Row.fetchAll(
      database, sql: "SELECT finding, state FROM events WHERE run <= ? ORDER BY run",
      arguments: [number])
    for row in rows { states[row[0]] = Finding.Past.State(rawValue: row[1]) }
    return states
  }

  private static func marks(_ database: Database) throws -> [String: [Finding.Past.Mark]] {
    var marks: [String: [Finding.Past.Mark]] = [:]
    for row in try Row.fetchAll(
      database, sql: "SELECT finding, mark, at, author FROM marks ORDER BY finding, mark")
    {
      guard let name = Finding.Past.Mark.Name(rawValue: row[1]) else { continue }
      marks[row[0], default: []].append(
        Finding.Past.Mark(name: name, at: UTCTime(seconds: row[2]), author: row[3]))
    }
    return marks
  }

  private static func suppressions(
    _ database: Database
  ) throws -> [String: Finding.Past.Suppression] {
    var all: [String: Finding.Past.Suppression] = [:]
    for row in try Row.fetchAll(
      database, sql: "SELECT finding, reason, author, until FROM suppressions")
    {
      all[row[0]] = Finding.Past.Suppression(
        reason: row[1], author: row[2], until: UTCTime(seconds: row[3]))
    }
    return all
  }

  /// The findings as documents told them last, by id: also such as are resolved.
  public func told() throws(StoreFailure) -> [ToldFinding] {
    try reading { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT told FROM findings WHERE told IS NOT NULL ORDER BY id")
      return rows.compactMap { ToldFinding($0[0]) }
    }
  }

  /// Every suppression, by the id of its finding, which may be gone.
  public func suppressions() throws(StoreFailure) -> [String: Finding.Past.Suppression] {
    try reading { try Self.suppressions($0) }
  }

  // MARK: Runs

  /// Notes that a run begins; its number.
  public func begin(id: String, started: UTCTime, asOf: UTCTime) throws(StoreFailure) -> Int64 {
    try writing { database in
      try database.execute(
        sql: "INSERT INTO runs (id, started, as_of) VALUES (?, ?, ?)",
        arguments: [id, started.seconds, asOf.seconds])
      return database.lastInsertedRowID
    }
  }

  /// The problems that a document has told, by path id and reason.
  public func toldProblems() throws(StoreFailure) -> Set<[String]> {
    try reading { database in
      let rows = try Row.fetchAll(database, sql: "SELECT path, reason FROM problems WHERE is_told")
      return Set(rows.map { [$0[0], $0[1]] })
    }
  }

  /// Notes what the document of run `number` told, now that it is written: only then is it told.
  public func conclude(
    _ number: Int64, _ end: RunEnd, status: Int, sha256: String?
  ) throws(StoreFailure) {
    let now = UTCTime.now.seconds
    try writing { database in
      let told = try Self.states(database)
      for finding in end.findings {
        guard let state = finding.past?.state else { continue }
        try database.execute(
          sql: "UPDATE findings SET told = ? WHERE id = ?",
          arguments: [finding.fragment, finding.id])
        if state == .ongoing || told[finding.id] == state { continue }
        try database.execute(
          sql: "INSERT OR REPLACE INTO events VALUES (?, ?, ?)",
          arguments: [finding.id, number, state.rawValue])
      }
      let origins = try Int64.fetchAll(database, sql: "SELECT DISTINCT origin FROM fragments")
      for origin in origins where end.present.contains(origin) {
        try database.execute(
          sql: """
            UPDATE findings SET last_seen = max(last_seen, ?)
            WHERE id IN (SELECT finding FROM fragments WHERE origin = ?)
            """, arguments: [end.asOf.seconds, origin])
      }
      try Self.note(
        missing: end.missing, back: end.back, at: now, forgetAfter: Self.forgetAfter, database)
      try database.execute(
        sql: """
          DELETE FROM problems WHERE origin IS NULL OR origin NOT IN (SELECT origin FROM inputs)
          """)
      for problem in end.problems { try Self.insert(problem, isTold: true, database) }
      try database.execute(sql: "UPDATE problems SET is_told = 1 WHERE NOT is_told")
      try database.execute(
        sql: "UPDATE runs SET finished = ?, status = ?, reading = ?, sha256 = ? WHERE number = ?",
        arguments: [now, status, try Self.number(of: end.reading, database), sha256, number])
      try database.execute(
        sql: """
          DELETE FROM runs WHERE number <= ? AND number NOT IN (SELECT run FROM events)
          """, arguments: [number - Int64(Self.maxRuns)])
    }
  }

  /// The reading of the last run that came to its end, or nil before the first.
  public func lastReading() throws(StoreFailure) -> Reading? {
    try reading { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT readings.id, rules, reader, lists FROM runs JOIN readings ON reading = readings.id
          WHERE finished IS NOT NULL ORDER BY number DESC LIMIT 1
          """
      ).map { Reading($0) }
    }
  }

  /// The last first.
  public func runs() throws(StoreFailure) -> [StoredRun] {
    try reading { database in
      try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY number DESC").map { row in
        StoredRun(
          number: row["number"], id: row["id"], started: UTCTime(seconds: row["started"]),
          asOf: UTCTime(seconds: row["as_of"]),
          finished: (row["finished"] as Int64?).map { UTCTime(seconds: $0) },
          status: row["status"], sha256: row["sha256"])
      }
    }
  }

  /// The run of that number, or whose id begins so; `last` is the last that came to its end.
  public func run(named name: String) throws(StoreFailure) -> StoredRun? {
    let runs = try runs()
    if name == "last" { return runs.first { $0.finished != nil } }
    return runs.first { String($0.number) == name || name.utf8.count >= 8 && $0.id.hasPrefix(name) }
  }

  /// How many problems there are of each kind.
  public func problemCounts() throws(StoreFailure) -> [String: Int] {
    try reading { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT reason, count(DISTINCT path) FROM problems GROUP BY reason")
      return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// The state of each finding as of the end of run `number`.
  public func states(after number: Int64) throws(StoreFailure) -> [String: Finding.Past.State] {
    try reading { try Self.states($0, after: number) }
  }

  // MARK: What the operator says

  public func set(_ mark: Finding.Past.Mark, on finding: String) throws(StoreFailure) {
    try writing {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)",
        arguments: [finding, mark.name.rawValue, mark.at.seconds, mark.author])
    }
  }

  /// Suppresses a finding, or with nil no more.
  public func suppress(
    _ finding: String, _ suppression: Finding.Past.Suppression?
  ) throws(StoreFailure) {
    try writing { database in
      try database.execute(sql: "DELETE FROM suppressions WHERE finding = ?", arguments: [finding])
      guard let suppression else { return }
      try database.execute(
        sql: "INSERT INTO suppressions VALUES (?, ?, ?, ?, ?)",
        arguments: [
          finding, suppression.reason, suppression.author, suppression.until.seconds,
          UTCTime.now.seconds,
        ])
    }
  }

  /// Gives a finding another id: the same account is named otherwise by its list. If there is one of that id, they become
  /// one.
  public func rename(_ id: String, to new: String, partner: String) throws(StoreFailure) {
    try writing { database in
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO findings
          SELECT ?, ?, first_seen, last_seen, NULL FROM findings WHERE id = ?
          """, arguments: [new, partner, id])
      try Self.giveHistory(of: id, to: new, database)
    }
  }

  // MARK: Erasure

  /// Erases all that is known of a partner; how many findings that was.
  ///
  /// Everything is then read again by the next run: if the partner's list comes back, what was forgotten must be found.
  public func purge(partner: String) throws(StoreFailure) -> Int {
    let count = try writing { database in
      try database.execute(
        sql:
          "DELETE FROM suppressions WHERE finding IN (SELECT id FROM findings WHERE partner = ?)",
        arguments: [partner])
      try database.execute(sql: "DELETE FROM findings WHERE partner = ?", arguments: [partner])
      let count = database.changesCount
      try database.execute(sql: "DELETE FROM inputs")
      try Self.forgetEvidence(database)
      return count
    }
    try compact()
    return count
  }

  /// Erases findings that are resolved since `time`, and runs before it; how many findings that was.
  public func purge(before time: UTCTime) throws(StoreFailure) -> Int {
    let count = try writing { database in
      let resolved = """
        SELECT finding FROM events JOIN runs ON run = number
        WHERE state = 'resolved' AND started < ?
        AND run = (SELECT max(run) FROM events AS later WHERE later.finding = events.finding)
        """
      try database.execute(
        sql: "DELETE FROM suppressions WHERE finding IN (\(resolved))", arguments: [time.seconds])
      try database.execute(
        sql: "DELETE FROM findings WHERE id IN (\(resolved))", arguments: [time.seconds])
      let count = database.changesCount
      try Self.forgetEvidence(database)
      try database.execute(
        sql: "DELETE FROM runs WHERE started < ? AND number NOT IN (SELECT run FROM events)",
        arguments: [time.seconds])
      return count
    }
    try compact()
    return count
  }

  /// Gives free pages back, so that nothing erased is left in the file or in its log.
  private func compact() throws(StoreFailure) {
    try Self.mapping(path) {
      try database.vacuum()
      try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
  }
}
