internal import Findings
internal import GRDB

/// Which inputs were read, and what was found in them.
extension Store {
  /// What is known of every input, for a run that reads under `reading`.
  public func inputs(under reading: Reading) throws(StoreFailure) -> [Int64: KnownInput] {
    try self.reading { database in
      var covers: [Int64: Bool] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT id, rules, reader, lists FROM readings") {
        covers[row[0]] = reading.isCovered(by: Reading(row))
      }
      var inputs: [Int64: KnownInput] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT id, device, inode, size, modified, changed, companions, reading, missing_since
          FROM inputs
          """)
      while let row = try rows.next() {
        let fingerprint = Fingerprint(
          device: row[1], inode: row[2], size: row[3], modified: row[4], changed: row[5],
          companions: row[6])
        inputs[row[0]] = KnownInput(
          fingerprint: fingerprint, isRead: covers[row[7]] ?? false,
          isMissing: (row[8] as Int64?) != nil)
      }
      return inputs
    }
  }

  /// The problems of inputs that need not be read again, by their logs or files.
  public func problemsOfOrigins() throws(StoreFailure) -> [Int64: [StoredProblem]] {
    try reading { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM problems WHERE origin IS NOT NULL ORDER BY rowid")
      return Dictionary(grouping: rows.compactMap { StoredProblem($0) }) { $0.origin ?? 0 }
    }
  }

  /// Keeps what was read: in one transaction, so that a run that is killed has read a log or has not.
  public func record(
    _ origins: [ReadOrigin], under reading: Reading, at time: Int64
  ) throws(StoreFailure) {
    try writing { database in
      let number = try Self.number(of: reading, database)
      for origin in origins { try Self.record(origin, under: reading, number, time, database) }
    }
  }

  static func number(of reading: Reading, _ database: Database) throws -> Int64 {
    let arguments: StatementArguments = [
      reading.rules, reading.reader, reading.lists.sorted().joined(separator: " "),
    ]
    try database.execute(
      sql: "INSERT OR IGNORE INTO readings (rules, reader, lists) VALUES (?, ?, ?)",
      arguments: arguments)
    return try Int64.fetchOne(
      database, sql: "SELECT id FROM readings WHERE rules = ? AND reader = ? AND lists = ?",
      arguments: arguments) ?? 0
  }

  private static func record(
    _ origin: ReadOrigin, under reading: Reading, _ number: Int64, _ time: Int64,
    _ database: Database
  ) throws {
    let stale = try stale(origin, under: reading, database)
    for finding in origin.findings { try record(finding, origin.id, time, database) }
    for finding in stale {
      switch finding.fate {
      case .withdrawn:
        try database.cachedStatement(
          sql: "UPDATE fragments SET is_withdrawn = 1 WHERE finding = ? AND origin = ?"
        ).execute(arguments: [finding.id, origin.id])
      case .past:
        try database.cachedStatement(
          sql: "UPDATE fragments SET is_past = 1 WHERE finding = ? AND origin = ?"
        ).execute(arguments: [finding.id, origin.id])
      case .renamed(let new): try move(finding.id, to: new, origin.id, database)
      }
    }
    let told = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT path, reason FROM problems WHERE origin = ? AND is_told"),
      arguments: [origin.id]
    ).map { [$0[0], $0[1]] as [String] }
    try database.cachedStatement(sql: "DELETE FROM problems WHERE origin = ?")
      .execute(arguments: [origin.id])
    if origin.inputs.isEmpty { return try forgetReading(of: origin.id, database) }
    for problem in origin.problems {
      let isTold = told.contains([problem.unread.pathID, problem.unread.reason])
      try insert(problem, isTold: isTold, database)
    }
    let insert = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)")
    for input in origin.inputs {
      let print = input.fingerprint
      try insert.execute(arguments: [
        input.id, origin.id, print.device, print.inode, print.size, print.modified, print.changed,
        print.companions, number,
      ])
    }
  }

  /// What was not read whole, or not answered, is read again by the next run, whatever an earlier one has read.
  private static func forgetReading(of origin: Int64, _ database: Database) throws {
    let openedAll = try readings(of: origin, database).contains { $0.opensAll }
    try database.cachedStatement(sql: "UPDATE inputs SET reading = ? WHERE origin = ?")
      .execute(arguments: [try number(of: .none(opensAll: openedAll), database), origin])
  }

  /// What the inputs of a log, or the file that stands alone, were read with.
  private static func readings(of origin: Int64, _ database: Database) throws -> [Reading] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT readings.id, rules, reader, lists FROM inputs JOIN readings ON readings.id = reading
        WHERE origin = ?
        """, arguments: [origin]
    ).map { Reading($0) }
  }

  private static func record(
    _ finding: Finding, _ origin: Int64, _ time: Int64, _ database: Database
  ) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO findings VALUES (?1, ?2, ?3, ?3, NULL)
        ON CONFLICT DO UPDATE SET last_seen = max(last_seen, ?3)
        """
    ).execute(arguments: [finding.id, finding.partner, time])
    let told = try keepingAnswer(finding, origin, database)
    // The first time that the log told it stays: later readings of the same are no news.
    try database.cachedStatement(
      sql: """
        INSERT INTO fragments VALUES (?, ?, ?, ?, 0, 0)
        ON CONFLICT DO UPDATE SET text = excluded.text, is_withdrawn = 0, is_past = 0
        """
    ).execute(arguments: [finding.id, origin, time, told.fragment])
  }

  /// The finding with what the verifier said earlier of the same log, if that is worse than that it said nothing tonight.
  private static func keepingAnswer(
    _ finding: Finding, _ origin: Int64, _ database: Database
  ) throws -> Finding {
    guard finding.exposure.passwordCheck?.verdict == .noAnswer else { return finding }
    let text = try String.fetchOne(
      database.cachedStatement(sql: "SELECT text FROM fragments WHERE finding = ? AND origin = ?"),
      arguments: [finding.id, origin])
    guard let known = text.flatMap({ Finding(fragment: $0) })?.exposure.passwordCheck,
      known.verdict == .stillValid
    else { return finding }
    var kept = finding
    kept.exposure.passwordCheck = known
    return kept
  }

  private enum Fate {
    case withdrawn
    /// It stood in what is no more there.
    case past
    case renamed(String)
  }

  /// What the log told earlier and does not tell now, if it no longer stands.
  ///
  /// It has another id if all its places are told of the same account and host: the rest of a log has come and names the
  /// machine, or a rule names the service. It is withdrawn if all that was read earlier is there as it was, and was read
  /// again: other rules or lists hold. Else what stood there before was true, and stays, whatever is read there later.
  private static func stale(
    _ origin: ReadOrigin, under reading: Reading, _ database: Database
  ) throws -> [(id: String, fate: Fate)] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT finding, text FROM fragments WHERE origin = ? AND NOT is_past",
      arguments: [origin.id])
    let told = Set(origin.findings.map(\.id))
    let others = rows.filter { !told.contains($0[0]) }
    if others.isEmpty || origin.inputs.isEmpty { return [] }
    let isAllThere =
      try holdsAllOfBefore(origin, database) && readsAllOfBefore(origin, under: reading, database)
    return others.map { row in
      let id: String = row[0]
      let before = Finding(fragment: row[1])
      if let new = origin.findings.first(where: { before?.isToldAgain(by: $0) ?? false }) {
        return (id, .renamed(new.id))
      }
      return (id, isAllThere ? .withdrawn : .past)
    }
  }

  /// Gives what a log tells of a finding to another, and its history, too, if nothing else tells of it.
  private static func move(
    _ id: String, to new: String, _ origin: Int64, _ database: Database
  ) throws {
    try database.execute(
      sql: "DELETE FROM fragments WHERE finding = ? AND origin = ?", arguments: [id, origin])
    let isLeft = try Bool.fetchOne(
      database, sql: "SELECT 1 FROM fragments WHERE finding = ?", arguments: [id])
    if isLeft == nil { try giveHistory(of: id, to: new, database) }
  }

  /// Moves what documents and the operator said of a finding to another, and forgets the first.
  static func giveHistory(of id: String, to new: String, _ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE findings SET first_seen = min(first_seen, (SELECT first_seen FROM findings WHERE id = ?))
        WHERE id = ?
        """, arguments: [id, new])
    for table in ["fragments", "events", "marks", "suppressions"] {
      try database.execute(
        sql: "UPDATE OR IGNORE \(table) SET finding = ? WHERE finding = ?", arguments: [new, id])
    }
    try database.execute(sql: "DELETE FROM suppressions WHERE finding = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM findings WHERE id = ?", arguments: [id])
  }

  private static func holdsAllOfBefore(_ origin: ReadOrigin, _ database: Database) throws -> Bool {
    let now = Dictionary(
      origin.inputs.map { ($0.id, $0.fingerprint) }, uniquingKeysWith: { first, _ in first })
    let rows = try Row.fetchAll(
      database,
      sql:
        "SELECT id, device, inode, size, modified, changed, companions FROM inputs WHERE origin = ?",
      arguments: [origin.id])
    // Of what nothing is known any more, all may have been different.
    return !rows.isEmpty
      && rows.allSatisfy { row in
        let before = Fingerprint(
          device: row[1], inode: row[2], size: row[3], modified: row[4], changed: row[5],
          companions: row[6])
        return now[row[0]]?.isSame(as: before) ?? false
      }
  }

  /// Whether nothing is unread that was read before: a password of an archive may be missing tonight, a limit be lower, or a
  /// member not be opened for its name.
  private static func readsAllOfBefore(
    _ origin: ReadOrigin, under reading: Reading, _ database: Database
  ) throws -> Bool {
    if !reading.opensAll, try readings(of: origin.id, database).contains(where: { $0.opensAll }) {
      return false
    }
    let rows = try Row.fetchAll(
      database, sql: "SELECT * FROM problems WHERE origin = ?", arguments: [origin.id])
    let before = rows.compactMap { StoredProblem($0)?.unread }
    return origin.problems.allSatisfy { before.contains($0.unread) }
  }

  /// Notes which inputs are no longer there, and forgets those that have been away for `seconds`.
  ///
  /// A disk that is not mounted tonight is there tomorrow, so they are kept for a while.
  static func note(
    missing: [Int64], back: [Int64], at time: Int64, forgetAfter seconds: Int64,
    _ database: Database
  ) throws {
    let mark = try database.cachedStatement(
      sql: "UPDATE inputs SET missing_since = ? WHERE id = ?")
    for id in missing { try mark.execute(arguments: [time, id]) }
    for id in back { try mark.execute(arguments: [nil as Int64?, id]) }
    try database.execute(
      sql: "DELETE FROM inputs WHERE missing_since < ?", arguments: [time - seconds])
    try database.execute(
      sql: """
        DELETE FROM readings WHERE id NOT IN (SELECT reading FROM inputs)
        AND id NOT IN (SELECT reading FROM runs WHERE reading IS NOT NULL)
        """)
  }

  static func insert(_ problem: StoredProblem, isTold: Bool, _ database: Database) throws {
    let unread = problem.unread
    try database.cachedStatement(
      sql: "INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      unread.pathID, unread.reason, unread.skippedBytes, unread.bytes?.lowerBound,
      unread.bytes?.upperBound, unread.members, unread.input.text, problem.origin, isTold,
    ])
  }
}

extension Finding {
  /// Whether every place of it is a place of `other`, which tells of the same account and host.
  fileprivate func isToldAgain(by other: Finding) -> Bool {
    partner == other.partner && service.host == other.service.host
      && (account.reference, account.tag) == (other.account.reference, other.account.tag)
      && Set(other.sightings).isSuperset(of: sightings)
  }
}

extension Reading {
  /// Of a row of `id, rules, reader, lists`.
  init(_ row: Row) {
    let lists: String = row[3]
    self.init(
      rules: row[1], reader: row[2], lists: Set(lists.split(separator: " ").map(String.init)))
  }
}

extension StoredProblem {
  init?(_ row: Row) {
    guard let input = SafeText(shown: row["input"]) else { return nil }
    var unread = FindingsDocument.Unread(
      input: input, pathID: row["path"], reason: row["reason"], skippedBytes: row["skipped"],
      members: row["members"])
    if let first: Int = row["first"], let last: Int = row["last"], first <= last {
      unread.bytes = first..<last
    }
    self.init(unread, origin: row["origin"])
  }
}
