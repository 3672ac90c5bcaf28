internal import Bytes
internal import CSQLite

/// A database out of a dump, held in memory and opened so that nothing in it can act.
///
/// What a hostile schema could bring to life is off or gone: triggers, views, virtual tables (their modules are
/// dropped), functions, extensions, further files. The connection may read ordinary tables and their column
/// names; SQLite's memory and steps are bounded, and so are the rows, by the size of the file. No file is
/// opened, so it works under the worker's lock-down.
///
/// Safe: the connection, the image that it reads and its count of steps live exactly as long as this
/// value, which alone holds them and hands none out. A row is lent for one call.
@safe
struct SQLiteImage: ~Copyable {
  /// What SQLite may allocate, in bytes: room for the largest column as UTF-16 and as UTF-8 beside it.
  private static let maxHeapBytes: Int64 = 256 << 20
  private static let minPageBytes = 512

  private let connection: OpaquePointer?
  private let image: UnsafeMutableRawBufferPointer
  private let budget: UnsafeMutablePointer<Budget>
  private var isOpen = false

  /// Copies `bytes`, a whole file, and reads its schema.
  init(_ bytes: Span<UInt8>) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    unsafe bytes.withUnsafeBytes { unsafe copy.copyMemory(from: $0) }
    unsafe image = copy
    unsafe budget = .allocate(capacity: 1)
    unsafe budget.initialize(to: Budget())
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
    let result = unsafe sqlite3_open_v2(":memory:", &opened, flags, nil)
    unsafe connection = opened
    isOpen = result == SQLITE_OK && harden() && load()
  }

  deinit {
    // Every statement was finalised where it was prepared, so the connection closes.
    let result = unsafe sqlite3_close(connection)
    precondition(result == SQLITE_OK, "a statement outlived its query")
    unsafe image.deallocate()
    unsafe budget.deallocate()
  }

  // MARK: Opening

  /// Takes from the connection what it must not be able to do; before the database is there.
  private func harden() -> Bool {
    if sqlite3_hard_heap_limit64(Self.maxHeapBytes) < 0 { return false }
    for (option, value) in Self.switches
    where unsafe ds_sqlite_switch(connection, option, value) != SQLITE_OK {
      return false
    }
    for (limit, value) in Self.limits { _ = unsafe sqlite3_limit(connection, limit, value) }
    // No column of an honest file is longer than the file.
    _ = unsafe sqlite3_limit(
      connection, SQLITE_LIMIT_LENGTH, Int32(clamping: Swift.max(image.count, 1)))
    return unsafe sqlite3_exec(connection, Self.pragmas, nil, nil, nil) == SQLITE_OK
      && sqlite3_drop_modules(connection, nil) == SQLITE_OK
  }

  private static let switches: [(option: Int32, value: Int32)] = [
    (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
    (SQLITE_DBCONFIG_ENABLE_VIEW, 0), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
    (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0), (SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
    (SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0),
  ]

  // A schema beyond one of them is refused as damaged; browsers' are a tenth of it.
  private static let limits: [(limit: Int32, value: Int32)] = [
    (SQLITE_LIMIT_SQL_LENGTH, 100_000), (SQLITE_LIMIT_COLUMN, 500), (SQLITE_LIMIT_EXPR_DEPTH, 100),
    (SQLITE_LIMIT_COMPOUND_SELECT, 2), (SQLITE_LIMIT_VDBE_OP, 25_000),
    (SQLITE_LIMIT_FUNCTION_ARG, 32), (SQLITE_LIMIT_ATTACHED, 0),
    (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100), (SQLITE_LIMIT_VARIABLE_NUMBER, 1),
    (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
  ]

  private static let pragmas = """
    PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;
    PRAGMA query_only = ON
    """

  /// Puts the image in the place of the empty database.
  private func load() -> Bool {
    // An empty file is an empty database to SQLite, and so is one with less than the smallest page.
    guard unsafe image.count >= Self.minPageBytes else { return false }
    let count = unsafe Int64(Self.patchHeader(image))
    if count == 0 { return false }
    // Neither resizable nor freed by SQLite: it reads the memory of this value, and nothing else.
    let result = unsafe sqlite3_deserialize(
      connection, "main", image.baseAddress?.assumingMemoryBound(to: UInt8.self), count, count,
      UInt32(SQLITE_DESERIALIZE_READONLY))
    guard result == SQLITE_OK else { return false }
    unsafe sqlite3_progress_handler(connection, Budget.stepsPerLook, isSpent, budget)
    guard unsafe sqlite3_set_authorizer(connection, mayRead, nil) == SQLITE_OK else { return false }
    // The first query has SQLite read the schema.
    let first = unsafe sqlite3_exec(
      connection, "SELECT 1 FROM sqlite_master LIMIT 1", nil, nil, nil)
    unsafe budget.pointee.allowRows(fileBytes: image.count)
    return first == SQLITE_OK
  }

  /// Makes a file readable that lies alone in memory, in our copy; returns how many bytes are whole pages.
  ///
  /// At 18 and 19 stands 2 if the database has a write-ahead log. SQLite would want that log and memory to share
  /// with other processes; with 1 it reads the main file as it stands, without what only the log
  /// holds. At 28 stands the number of pages; a file with fewer would be refused as a whole. With 0
  /// the size of the file counts, and what stands before the cut is read. Half a page would be filled with NULs,
  /// and its logins with it. At 16 stands the size of a page.
  private static func patchHeader(_ image: UnsafeMutableRawBufferPointer) -> Int {
    for place in 18...19 where unsafe image[place] == 2 { unsafe image[place] = 1 }
    for place in 28...31 { unsafe image[place] = 0 }
    // 65,536 does not fit there and stands as 1.
    let pageBytes = unsafe Int(image[16]) << 8 | Int(image[17] & 0xFE) | Int(image[17] & 1) << 16
    return pageBytes >= minPageBytes ? image.count - image.count % pageBytes : image.count
  }

  // MARK: Reading

  /// Runs `query` and lends each row to `body`, which returns how many bytes of columns it was given.
  ///
  /// False if the database is damaged, refused or has no end: what was lent before that stands.
  func eachRow(of query: [UInt8], _ body: (borrowing SQLiteRow) -> Int) -> Bool {
    guard isOpen else { return false }
    var prepared: OpaquePointer?
    let result = unsafe query.withUnsafeBytes { text in
      unsafe sqlite3_prepare_v2(
        connection, text.baseAddress?.assumingMemoryBound(to: CChar.self),
        Int32(clamping: text.count), &prepared, nil)
    }
    // It repeats the error of the last step, which is known by then.
    defer { _ = unsafe sqlite3_finalize(prepared) }
    guard result == SQLITE_OK, let statement = unsafe prepared else { return false }
    while true {
      let step = unsafe sqlite3_step(statement)
      if step == SQLITE_DONE { return true }
      guard step == SQLITE_ROW else { return false }
      let bytes = body(unsafe SQLiteRow(statement: statement))
      unsafe budget.pointee.bytes -= Budget.minRowBytes + bytes
      // A column that did not fit into memory was lent as if it were null.
      if unsafe budget.pointee.bytes < 0 || sqlite3_errcode(connection) == SQLITE_NOMEM {
        return false
      }
    }
  }
}

/// One row of a query, for the length of one call.
///
/// Safe: only `SQLiteImage` makes one, from a statement that stands on a row, and lends it; columns out of
/// range are null to SQLite.
@safe
struct SQLiteRow: ~Copyable {
  fileprivate let statement: OpaquePointer

  /// Appends the column as UTF-8, or as it stands if it is no text, and returns its place.
  func append(_ column: Int, to bytes: inout [UInt8]) -> ByteRange {
    let start = bytes.count
    // In this order: the text may be converted, and the count is that of the last conversion.
    if let text = unsafe sqlite3_column_text(statement, Int32(column)) {
      let count = unsafe Int(sqlite3_column_bytes(statement, Int32(column)))
      unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    }
    return ByteRange(start, bytes.count)
  }

  /// The column's length in bytes, 0 if it is null. What stands there is not looked at.
  func byteCount(_ column: Int) -> Int {
    unsafe Int(sqlite3_column_bytes(statement, Int32(column)))
  }

  /// The column as a number, 0 if it is none.
  func integer(_ column: Int) -> Int64 {
    unsafe sqlite3_column_int64(statement, Int32(column))
  }
}

/// What is left for the queries of one file.
///
/// Pages of a hostile file may be linked so that they are read again and again. Then it yields more than it can
/// hold, and is no database.
private struct Budget {
  /// Steps of SQLite's virtual machine between two looks at what is left.
  static let stepsPerLook: Int32 = 1000
  /// What a row takes of its page beside its columns, at least, in bytes.
  static let minRowBytes = 6

  /// Steps; at first for the schema, which takes ten a table. Its cost is quadratic: SQLite looks names up in 64
  /// lists. 10,000 tables take 0.2 s, 300,000 take three minutes.
  var steps = 100_000
  /// Bytes of rows.
  var bytes = 0

  mutating func allowRows(fileBytes: Int) {
    // A row takes six bytes at least, and 30 steps at most.
    steps = 100_000 + 8 * fileBytes
    // UTF-16 grows by half when it becomes UTF-8; the rest is for names of columns.
    bytes = 2 * fileBytes + (64 << 10)
  }
}

/// SQLite asks now and then whether to stop; 0 is no.
private func isSpent(_ context: UnsafeMutableRawPointer?) -> Int32 {
  // It is the budget of the image whose connection asks, which lives longer than the connection.
  guard let budget = unsafe context?.assumingMemoryBound(to: Budget.self) else { return 1 }
  unsafe budget.pointee.steps -= Int(Budget.stepsPerLook)
  return unsafe budget.pointee.steps < 0 ? 1 : 0
}

/// SQLite asks for everything that a statement would do: it may read columns, and name those of a table.
///
/// A function in a generated column would not come here, as it is part of the schema; so such columns
/// are not asked for.
private func mayRead(
  _ context: UnsafeMutableRawPointer?, _ action: Int32, _ subject: UnsafePointer<CChar>?,
  _ detail: UnsafePointer<CChar>?, _ database: UnsafePointer<CChar>?,
  _ source: UnsafePointer<CChar>?
) -> Int32 {
  switch action {
  case SQLITE_SELECT, SQLITE_READ: return SQLITE_OK
  case SQLITE_PRAGMA:
    guard let subject = unsafe subject else { return SQLITE_DENY }
    return unsafe String(cString: subject) == "table_xinfo" ? SQLITE_OK : SQLITE_DENY
  default: return SQLITE_DENY
  }
}
