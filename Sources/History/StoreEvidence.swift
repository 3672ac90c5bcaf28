public import Clock
internal import GRDB

/// What an input was when something was found in it.
public struct StoredEvidence: Sendable {
  /// Of its content, keyed by the installation; 64 hexadecimal digits.
  public var digest: String
  /// In bytes.
  public var size: Int64
  /// When the file was written.
  public var modified: UTCTime
  /// When the digest was made.
  public var made: UTCTime
}

/// Digests of the inputs in which something was found.
extension Store {
  /// The inputs with findings that are there and of which no digest is known as they are; the smallest first.
  public func withoutEvidence() throws(StoreFailure) -> [ReadInput] {
    try reading { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, device, inode, size, modified, changed, companions FROM inputs
          WHERE missing_since IS NULL AND origin IN (SELECT origin FROM fragments)
          AND NOT EXISTS (
            SELECT 1 FROM evidence WHERE input = inputs.id AND evidence.size = inputs.size
            AND evidence.modified = inputs.modified AND evidence.changed = inputs.changed)
          ORDER BY size, id
          """)
      return rows.map { row in
        ReadInput(
          id: row[0],
          fingerprint: Fingerprint(
            device: row[1], inode: row[2], size: row[3], modified: row[4], changed: row[5],
            companions: row[6]))
      }
    }
  }

  /// Keeps the digest of an input as it was read.
  public func add(evidence digest: String, of input: ReadInput, at time: UTCTime)
    throws(StoreFailure)
  {
    try writing { database in
      try database.execute(
        sql:
          "INSERT OR REPLACE INTO evidence SELECT id, ?, origin, ?, ?, ?, ? FROM inputs WHERE id = ?",
        arguments: [
          digest, input.fingerprint.size, input.fingerprint.modified, input.fingerprint.changed,
          time.seconds, input.id,
        ])
    }
  }

  /// The inputs from which a finding was made; the smallest first.
  public func evidence(of finding: String) throws(StoreFailure) -> [StoredEvidence] {
    try reading { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT digest, size, modified, made FROM evidence
          WHERE origin IN (SELECT origin FROM fragments WHERE finding = ?) ORDER BY size, digest
          """, arguments: [finding])
      return rows.map { row in
        StoredEvidence(
          digest: row[0], size: row[1],
          modified: UTCTime(seconds: (row[2] as Int64) / 1_000_000_000),
          made: UTCTime(seconds: row[3]))
      }
    }
  }

  /// Forgets inputs of which no finding is left.
  static func forgetEvidence(_ database: Database) throws {
    try database.execute(
      sql: "DELETE FROM evidence WHERE origin NOT IN (SELECT origin FROM fragments)")
  }
}
