internal import Findings
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#endif

/// What earlier nights knew, in one SQLite file of the state directory, for its owner alone.
///
/// It holds nothing of anybody on no list: inputs by keyed ids and not by paths, findings as documents have them. Whoever
/// has it holds the state directory, so nobody else writes.
public final class Store {
  let database: DatabaseQueue
  public let path: String

  /// Opens the store of a state directory, and makes it if there is none.
  ///
  /// `idCheck` stands for the key under which ids are made: under another one nothing would be known again.
  public init(in directory: String, idCheck: String) throws(StoreFailure) {
    path = StateDirectory.store(in: directory)
    if !Self.stands(path) { try Self.make(path, idCheck: idCheck) }
    try Self.check(path)
    database = try Self.open(path, isWritable: true)
    let path = path
    let database = database
    try Self.mapping(path) {
      let known = try? database.read {
        try String.fetchOne($0, sql: "SELECT value FROM meta WHERE name = 'id-check'")
      }
      // Each has one from its beginning: SQLite takes a file of one byte, too, for one without tables.
      guard let known else { throw Self.damaged(path) }
      if known != idCheck {
        throw StoreFailure.refused(
          "\(path) belongs to another installation file: restore that beside it, or move the store away to begin anew"
        )
      }
      try Self.migrate(database, path)
    }
  }

  /// Opens the store that a directory has, to look at it beside a run that may write; nil if there is none.
  public convenience init?(reading directory: String) throws(StoreFailure) {
    try self.init(existing: directory, isWritable: false)
  }

  /// Opens the store that a directory has, for whoever holds the directory; nil if there is none.
  public convenience init?(changing directory: String) throws(StoreFailure) {
    try self.init(existing: directory, isWritable: true)
  }

  private init?(existing directory: String, isWritable: Bool) throws(StoreFailure) {
    path = StateDirectory.store(in: directory)
    guard Self.stands(path) else { return nil }
    try Self.checkSize(path)
    database = try Self.open(path, isWritable: isWritable)
    let path = path
    let database = database
    let migrator = Schema.migrator
    let (isNewer, isCurrent) = try Self.mapping(path) {
      try database.read {
        (try migrator.hasBeenSuperseded($0), try migrator.hasCompletedMigrations($0))
      }
    }
    if isNewer { throw Self.newer(path) }
    if !isCurrent {
      throw .refused("\(path) was written by an earlier dumpsieve; a scan brings it up to date")
    }
  }

  private static func migrate(_ database: DatabaseQueue, _ path: String) throws {
    let migrator = Schema.migrator
    if try database.read({ try migrator.hasBeenSuperseded($0) }) { throw newer(path) }
    try migrator.migrate(database)
  }

  private static func newer(_ path: String) -> StoreFailure {
    .refused("\(path) was written by a newer dumpsieve, which this one does not understand")
  }

  /// Opens the file, which must be in order: what is gone from it would look like what was never found. That reads all of it,
  /// 10 MB for 100,000 inputs.
  private static func open(_ path: String, isWritable: Bool) throws(StoreFailure) -> DatabaseQueue {
    var configuration = Configuration()
    if isWritable { configuration.journalMode = .wal }
    // Beside a run, `findings list` waits for its short transactions.
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // What is purged must be gone from the file, too.
      try database.execute(sql: "PRAGMA secure_delete = ON")
      if isWritable { try database.execute(sql: "PRAGMA synchronous = NORMAL") }
      if !isWritable { try database.execute(sql: "PRAGMA query_only = ON") }
    }
    let database = try mapping(path) {
      try DatabaseQueue(path: path, configuration: configuration)
    }
    let isSound = try mapping(path) {
      try database.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") == "ok" }
    }
    if !isSound { throw damaged(path) }
    return database
  }

  /// Makes an empty store, whole or not at all: a file of no bytes is then one that lost them, and never a new one.
  private static func make(_ path: String, idCheck: String) throws(StoreFailure) {
    let new = path + ".new"
    // Of a run that was killed here, and of a store that was moved away without its log: SQLite would read that.
    for rest in [new, new + "-wal", new + "-shm", path + "-wal", path + "-shm"] {
      _ = unsafe unlink(rest)
    }
    // SQLite would make it readable by others; its log and index get the mode of the file.
    let file = unsafe Glibc.open(
      new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if file < 0 { throw StateDirectory.failure(new, "cannot be made") }
    _ = close(file)
    let database = try open(new, isWritable: true)
    try mapping(path) {
      try migrate(database, path)
      // All that its log holds goes into the file, or this fails, as closing would not say.
      try database.writeWithoutTransaction { database in
        try database.execute(
          sql: "INSERT INTO meta VALUES ('id-check', ?)", arguments: [idCheck])
        try database.checkpoint(.truncate)
      }
      try database.close()
    }
    if unsafe Glibc.rename(new, path) != 0 { throw StateDirectory.failure(path, "cannot be made") }
  }

  /// Whether something has that name: a link, too, that leads nowhere, as on a disk that is not mounted.
  private static func stands(_ path: String) -> Bool {
    unsafe faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
  }

  private static func checkSize(_ path: String) throws(StoreFailure) {
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_size == 0 { throw damaged(path) }
  }

  private static func check(_ path: String) throws(StoreFailure) {
    let file = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    if file < 0 { throw StateDirectory.failure(path, "cannot be opened") }
    defer { _ = close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & 0o077 == 0 else {
      throw .refused("\(path) can be read by others than its owner; run: chmod 600 \(path)*")
    }
    if status.st_size == 0 { throw damaged(path) }
  }

  /// Runs `body`, and says of its errors what the person on duty must know.
  static func mapping<Value>(_ path: String, _ body: () throws -> Value) throws(StoreFailure)
    -> Value
  {
    do { return try body() } catch let failure as StoreFailure {
      throw failure
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_FULL: throw .failed("\(path) cannot be written: the disk is full")
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
        throw .failed("\(path) cannot be written: read-only, or of another user")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw damaged(path)
      case .SQLITE_IOERR: throw .failed("\(path) cannot be read or written: the medium failed")
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw .failed("\(path) is in use by another program")
      default: throw .failed("\(path): SQLite reports \(error.resultCode)")
      }
    } catch {
      throw damaged(path)
    }
  }

  static func damaged(_ path: String) -> StoreFailure {
    .failed(
      "\(path) is damaged; restore it, or move it away: the next run then reads everything again")
  }

  func reading<Value>(_ body: (Database) throws -> Value) throws(StoreFailure) -> Value {
    try Self.mapping(path) { try database.read(body) }
  }

  func writing<Value>(_ body: (Database) throws -> Value) throws(StoreFailure) -> Value {
    try Self.mapping(path) { try database.write(body) }
  }
}

/// The tables, by versions: one that has been released is never changed, and a change is a migration behind it.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE readings (
            id INTEGER PRIMARY KEY, rules TEXT NOT NULL, reader TEXT NOT NULL, lists TEXT NOT NULL,
            UNIQUE (rules, reader, lists));
          -- About 60 bytes each. The path is not here.
          CREATE TABLE inputs (
            id INTEGER PRIMARY KEY, origin INTEGER NOT NULL, device INTEGER NOT NULL,
            inode INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
            changed INTEGER NOT NULL, companions INTEGER NOT NULL,
            reading INTEGER NOT NULL REFERENCES readings, missing_since INTEGER);
          CREATE INDEX inputs_of_origin ON inputs (origin);
          CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            started INTEGER NOT NULL, finished INTEGER, as_of INTEGER NOT NULL,
            status INTEGER, reading INTEGER REFERENCES readings, sha256 TEXT);
          CREATE TABLE findings (
            id TEXT PRIMARY KEY, partner TEXT NOT NULL, first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL, told TEXT) WITHOUT ROWID;
          -- What one log, or one file that stands alone, tells of a finding.
          CREATE TABLE fragments (
            finding TEXT NOT NULL REFERENCES findings ON DELETE CASCADE, origin INTEGER NOT NULL,
            added INTEGER NOT NULL, text TEXT NOT NULL, is_withdrawn INTEGER NOT NULL DEFAULT 0,
            is_past INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (finding, origin)) WITHOUT ROWID;
          CREATE INDEX fragments_of_origin ON fragments (origin);
          -- The states that documents told, when they changed.
          CREATE TABLE events (
            finding TEXT NOT NULL REFERENCES findings ON DELETE CASCADE, run INTEGER NOT NULL REFERENCES runs,
            state TEXT NOT NULL, PRIMARY KEY (finding, run)) WITHOUT ROWID;
          CREATE TABLE marks (
            finding TEXT NOT NULL REFERENCES findings ON DELETE CASCADE, mark TEXT NOT NULL,
            at INTEGER NOT NULL, author TEXT NOT NULL, PRIMARY KEY (finding, mark)) WITHOUT ROWID;
          CREATE TABLE suppressions (
            finding TEXT PRIMARY KEY, reason TEXT NOT NULL, author TEXT NOT NULL,
            until INTEGER NOT NULL, made INTEGER NOT NULL) WITHOUT ROWID;
          CREATE TABLE problems (
            path TEXT NOT NULL, reason TEXT NOT NULL, skipped INTEGER, first INTEGER, last INTEGER,
            members INTEGER, input TEXT NOT NULL, origin INTEGER, is_told INTEGER NOT NULL DEFAULT 0);
          CREATE INDEX problems_of_origin ON problems (origin);
          """)
    }
    migrator.registerMigration("2") { database in
      try database.execute(
        sql: """
          -- What an input was when something was found in it: of each content that it had. About 120 bytes each.
          CREATE TABLE evidence (
            input INTEGER NOT NULL, digest TEXT NOT NULL, origin INTEGER NOT NULL,
            size INTEGER NOT NULL, modified INTEGER NOT NULL, changed INTEGER NOT NULL,
            made INTEGER NOT NULL, PRIMARY KEY (input, digest)) WITHOUT ROWID;
          CREATE INDEX evidence_of_origin ON evidence (origin);
          """)
    }
    return migrator
  }
}
