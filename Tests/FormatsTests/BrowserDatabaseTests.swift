import Bytes
import CSQLite
import Formats
import Foundation
import TestSupport
import Testing

/// What is read of a database.
private struct DatabaseReading {
  var found: [Candidate]
  var records: UInt32
  var isOurs: Bool
  var isDamaged: Bool

  var logins: [String] { found.map(\.login) }

  init(_ bytes: [UInt8]) {
    let copy = bytes
    var recorder = CredentialRecorder()
    var database = BrowserDatabase(copy.span, labels: Samples.labels)
    database.readLogins(into: &recorder)
    found = recorder.candidates
    records = database.recordCount
    isOurs = database.isOurs
    isDamaged = database.isDamaged
  }

  init(sql: String) throws {
    self.init(try MadeDatabase.bytes(sql))
  }
}

@Suite("browser databases")
struct BrowserDatabaseTests {
  private static let one =
    MadeDatabase.loginsTable + MadeDatabase.row("https://a.example/login", "ann@b.example")
  private static let many =
    MadeDatabase.loginsTable
    + (1...400).map { MadeDatabase.row("https://h\($0).example/", "user\($0)@b.example") }.joined()

  private static func expectAnn(_ reading: DatabaseReading) {
    #expect(reading.logins == ["ann@b.example"])
    #expect(reading.found.map(\.host) == ["https://a.example/login"])
    #expect(reading.found.allSatisfy { $0.password && $0.layout == "database" })
    #expect(reading.found.map(\.record) == [1] && reading.found.map(\.line) == [0])
    #expect(reading.records == 1 && reading.isOurs && !reading.isDamaged)
  }

  @Test("a login, its site, and that there is a password")
  func plain() throws { Self.expectAnn(try DatabaseReading(sql: Self.one)) }

  @Test(
    "what makes the file another one makes no difference to the rows",
    arguments: [
      "PRAGMA encoding = 'UTF-16le';", "PRAGMA encoding = 'UTF-16be';", "PRAGMA page_size = 65536;",
      "PRAGMA page_size = 512;", "PRAGMA auto_vacuum = FULL;", "PRAGMA journal_mode = WAL;",
      "CREATE TABLE other (a, b);", "CREATE VIRTUAL TABLE words USING fts5(text);",
    ])
  func variants(sql: String) throws { Self.expectAnn(try DatabaseReading(sql: sql + Self.one)) }

  @Test("statistics, indexes, triggers and views beside the table are left alone")
  func besides() throws {
    let sql =
      Self.one + """
        CREATE INDEX realm ON logins (signon_realm);
        CREATE INDEX upper ON logins (upper(username_value));
        CREATE TRIGGER more AFTER INSERT ON logins BEGIN
          INSERT INTO logins (origin_url, username_value) VALUES ('x', 'trigger'); END;
        CREATE VIEW login AS SELECT 'view' AS username, 'CANARY' AS password;
        ANALYZE;
        """
    Self.expectAnn(try DatabaseReading(sql: sql))
  }

  @Test(
    "whether there is a password",
    arguments: [
      ("NULL", false), ("''", false), ("x''", false), ("x'00'", true), ("'CANARY'", true),
      ("0", true),
    ])
  func passwords(value: String, isThere: Bool) throws {
    let sql =
      MadeDatabase.loginsTable + MadeDatabase.row("https://a.example", "ann", password: value)
    #expect(try DatabaseReading(sql: sql).found.map(\.password) == [isThere])
  }

  @Test("rows without a login are records, and no credentials")
  func emptyLogins() throws {
    let sql =
      MadeDatabase.loginsTable + MadeDatabase.row("https://a.example", "")
      + MadeDatabase.row("https://a.example", "  ")
      + "INSERT INTO logins (origin_url, blacklisted_by_user) VALUES ('https://never.example', 1);"
      + MadeDatabase.row("", "ann")
    let reading = try DatabaseReading(sql: sql)
    #expect(reading.records == 4 && reading.logins == ["ann"])
    #expect(reading.found.map(\.record) == [4] && reading.found.map(\.host) == ["realm.example"])
  }

  @Test(
    "any table with a login and a password is one of logins; two logins of a row are candidates")
  func otherTables() throws {
    let sql = """
      CREATE TABLE "odd ""name"" ]" (id, "User name", PASSWORD, Email);
      INSERT INTO "odd ""name"" ]" VALUES (1, 'ann', 'CANARY', 'ann@b.example');
      CREATE TABLE pairs (login, password, PRIMARY KEY (login)) WITHOUT ROWID;
      INSERT INTO pairs VALUES ('bob', 'CANARY');
      CREATE TABLE half (login, url);
      INSERT INTO half VALUES ('eve', 'https://a.example');
      """
    let reading = try DatabaseReading(sql: sql)
    #expect(reading.logins == ["ann", "ann@b.example", "bob"])
    #expect(reading.found.map(\.candidate) == [0, 1, 0])
    #expect(reading.found.map(\.record) == [1, 1, 2])
    #expect(!reading.isDamaged)
  }

  @Test("a database of something else is not ours, and not damaged")
  func notOurs() throws {
    for sql in [
      "CREATE TABLE urls (id, url, title); INSERT INTO urls VALUES (1, 'https://a.example', 't');",
      "CREATE VIRTUAL TABLE logins USING fts5(username_value, password_value);",
      "CREATE VIEW logins AS SELECT 'ann' AS username_value, 'CANARY' AS password_value;",
      """
      CREATE VIEW logins AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT i AS username_value, 'CANARY' AS password_value FROM n;
      """,
    ] {
      let reading = try DatabaseReading(sql: sql)
      #expect(!reading.isOurs && !reading.isDamaged && reading.found.isEmpty, "\(sql)")
    }
  }

  @Test("columns that the schema computes are not read")
  func generated() throws {
    let sql = """
      CREATE TABLE logins (origin_url, password_value, real, username_value AS (hex(zeroblob(real))));
      INSERT INTO logins (origin_url, password_value, real) VALUES ('https://a.example', 'CANARY', 9);
      """
    let reading = try DatabaseReading(sql: sql)
    #expect(!reading.isOurs && reading.found.isEmpty)
  }

  @Test("text that is no UTF-8 is lent as it stands")
  func bytesAsTheyStand() throws {
    let sql =
      MadeDatabase.loginsTable
      + "INSERT INTO logins VALUES ('https://a.example', '', '', CAST(x'616E6EE9' AS TEXT), '', 'CANARY', '', 0, 0);"
    var recorder = ByteRecorder()
    let bytes = try MadeDatabase.bytes(sql)
    var database = BrowserDatabase(bytes.span, labels: Samples.labels)
    database.readLogins(into: &recorder)
    #expect(recorder.logins == [[0x61, 0x6E, 0x6E, 0xE9]])
  }

  // MARK: Cookies

  @Test(
    "cookies of Chromium and Firefox",
    arguments: [
      """
      CREATE TABLE cookies (creation_utc, host_key, name, value, encrypted_value, path, expires_utc);
      INSERT INTO cookies VALUES
        (1, '.a.example', 'SID', 'CANARY', x'00', '/', 13396435330000000),
        (1, 'b.example', 'id', '', x'43414E415259', '/', 0), (1, '', 'lost', 'CANARY', '', '/', 0);
      """,
      """
      CREATE TABLE moz_cookies (id, name, value, host, path, expiry);
      INSERT INTO moz_cookies VALUES
        (1, 'SID', 'CANARY', '.a.example', '/', 1751961730), (1, 'id', 'CANARY', 'b.example', '/', 0);
      """,
    ])
  func cookies(sql: String) throws {
    let bytes = try MadeDatabase.bytes(sql)
    var database = BrowserDatabase(bytes.span, labels: Samples.labels)
    var jar = Jar()
    database.readCookies(into: &jar)
    var logins = CredentialRecorder()
    database.readLogins(into: &logins)
    let (isOurs, isDamaged) = (database.isOurs, database.isDamaged)
    #expect(jar.cookies == [".a.example SID 1751961730", "b.example id -"])
    #expect(logins.candidates.isEmpty && isOurs && !isDamaged)
  }

  // MARK: Damage

  @Test(
    "a file cut anywhere gives the rows before the cut, and is damaged"
  )
  func truncated() throws {
    let bytes = try MadeDatabase.bytes(Self.many)
    let whole = DatabaseReading(bytes)
    #expect(whole.logins.count == 400 && !whole.isDamaged)
    for count in stride(from: 16, to: bytes.count, by: 1021) {
      let cut = DatabaseReading(Array(bytes.prefix(count)))
      #expect(cut.isDamaged, "\(count)")
      #expect(cut.logins == Array(whole.logins.prefix(cut.logins.count)), "\(count)")
    }
    let most = DatabaseReading(Array(bytes.prefix(bytes.count - 2048)))
    #expect(most.logins.count > 300)
  }

  @Test("a page of noise loses the rows behind it, and those before stand")
  func noise() throws {
    let bytes = try MadeDatabase.bytes(Self.many) { bytes in
      let middle = bytes.count / 2 / 1024 * 1024
      for place in middle..<(middle + 1024) {
        bytes[place] = UInt8(truncatingIfNeeded: place &* 37)
      }
    }
    let reading = DatabaseReading(bytes)
    #expect(reading.isDamaged && reading.logins.count > 50)
  }

  @Test("bytes changed at random never crash, hang or invent a place")
  func mutated() throws {
    let bytes = try MadeDatabase.bytes(Self.many)
    var random = SeededGenerator.forTests()
    for _ in 0..<2000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        let place = Int.random(
          in: 0..<(Bool.random(using: &random) ? 2048 : bytes.count), using: &random)
        changed[place] = UInt8.random(in: 0...255, using: &random)
      }
      _ = DatabaseReading(changed)
    }
  }

  @Test("what only begins like a database is damaged")
  func headerOnly() {
    for bytes in [
      Array("SQLite format 3\u{0}".utf8),
      Array("SQLite format 3\u{0}".utf8) + Array(repeating: 0xFF, count: 5000),
    ] {
      let reading = DatabaseReading(bytes)
      #expect(reading.isDamaged && !reading.isOurs)
    }
  }
}

@Suite("hostile and large databases")
struct HostileDatabaseTests {
  @Test("a million rows are read to the end")
  func millionRows() throws {
    let bytes = try MadeDatabase.bytes(
      """
      CREATE TABLE logins (url, login, password);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000)
        INSERT INTO logins SELECT 'https://a.example', 'user' || i, x'00' FROM n;
      """)
    var counter = Counter()
    var database = BrowserDatabase(bytes.span, labels: Samples.labels)
    database.readLogins(into: &counter)
    let records = database.recordCount
    #expect(counter.count == 1_000_000 && records == 1_000_000)
    let isDamaged = database.isDamaged
    #expect(!isDamaged)
  }

  @Test(
    "a column of many megabytes loses nothing, in either encoding",
    arguments: ["UTF-8", "UTF-16le"])
  func hugeColumn(encoding: String) throws {
    let reading = try DatabaseReading(
      sql: """
        PRAGMA encoding = '\(encoding)';
        CREATE TABLE logins (url, login, password);
        INSERT INTO logins VALUES (printf('%.*c', 20000000, 'x'), 'ann', zeroblob(1000000));
        INSERT INTO logins VALUES ('https://a.example', printf('%.*c', 10000000, '%'), 'CANARY');
        INSERT INTO logins VALUES ('https://a.example', 'bob', 'CANARY');
        """)
    #expect(reading.records == 3 && !reading.isDamaged)
    #expect(reading.logins.filter { $0.count < 10 } == ["ann", "bob"])
  }

  @Test("pages that are linked again and again are damage, not work without end")
  func sharedPages() throws {
    var bytes = try MadeDatabase.bytes(
      """
      PRAGMA page_size = 512; CREATE TABLE logins (url, login, password);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)
        INSERT INTO logins SELECT printf('%.*c', 400, 'x'), 'ann', 'CANARY' FROM n;
      """)
    // Of a tree of three levels remain its root, one page below and one leaf; every link leads there.
    let root = 2
    let below = Self.link(from: root, in: bytes)
    let leaf = Self.link(from: below, in: bytes)
    Self.setLinks(from: root, to: below, in: &bytes)
    Self.setLinks(from: below, to: leaf, in: &bytes)
    bytes.removeLast(bytes.count - max(root, below, leaf) * 512)
    let reading = DatabaseReading(bytes)
    #expect(reading.isDamaged && reading.records > 100 && reading.records < 1000)
  }

  /// The first page that an inner page of a table leads to.
  private static func link(from page: Int, in bytes: [UInt8]) -> Int {
    let start = (page - 1) * 512
    let cell = start + Int(bytes[start + 12]) << 8 + Int(bytes[start + 13])
    return bytes[cell..<(cell + 4)].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func setLinks(from page: Int, to target: Int, in bytes: inout [UInt8]) {
    let start = (page - 1) * 512
    let cells = Int(bytes[start + 3]) << 8 + Int(bytes[start + 4])
    var places = [start + 8]
    for cell in 0..<cells {
      let pointer = start + 12 + 2 * cell
      places.append(start + Int(bytes[pointer]) << 8 + Int(bytes[pointer + 1]))
    }
    for place in places {
      for byte in 0..<4 {
        bytes[place + byte] = UInt8(truncatingIfNeeded: target >> (24 - 8 * byte))
      }
    }
  }

  @Test("a schema without end is damage")
  func manyTables() throws {
    let reading = try DatabaseReading(
      sql: """
        CREATE TABLE logins (url, login, password);
        PRAGMA writable_schema = ON;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000)
          INSERT INTO sqlite_master
            SELECT 'table', 't' || i, 't' || i, 2, 'CREATE TABLE t' || i || '(a)' FROM n;
        """)
    #expect(reading.isDamaged)
  }

  @Test("a schema whose entries are not what they claim gives no row")
  func claims() throws {
    for claim in [
      "CREATE VIRTUAL TABLE logins USING fts5(login, password)",
      "CREATE VIRTUAL TABLE logins USING fts3tokenize('simple')",
      "CREATE VIEW logins AS SELECT 'ann' AS login, 'CANARY' AS password",
      "CREATE TABLE logins (login AS (hex(randomblob(9))), password)",
      "SELECT load_extension('x')", "ATTACH 'x' AS y",
    ] {
      let reading = try DatabaseReading(
        sql: """
          CREATE TABLE logins (login, password); INSERT INTO logins VALUES ('ann', 'CANARY');
          PRAGMA writable_schema = ON;
          UPDATE sqlite_master SET sql = '\(claim.replacing("'", with: "''"))' WHERE name = 'logins';
          """)
      #expect(reading.found.isEmpty, "\(claim)")
    }
  }
}

private struct Jar: CookieSink {
  var cookies: [String] = []

  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {
    func text(_ range: ByteRange) -> String { String(decoding: bytes.copy(range), as: UTF8.self) }
    let expiry = cookie.expiry.map { "\($0)" } ?? "-"
    cookies.append("\(text(cookie.domain)) \(text(cookie.name)) \(expiry)")
  }
}

private struct Counter: CredentialSink {
  var count = 0

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) { count += 1 }
}

private struct ByteRecorder: CredentialSink {
  var logins: [[UInt8]] = []

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    logins.append(bytes.copy(credential.login))
  }

  @Test("rows that stand only in a write-ahead log are read, with the file beside it or without")
  func writeAheadLog() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) }
    }
    var connection: OpaquePointer?
    try #require(sqlite3_open(file, &connection) == SQLITE_OK)
    let sql =
      "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL;" + MadeDatabase.loginsTable
      + MadeDatabase.row("https://a.example", "ann")
    try #require(sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK)
    let base = [UInt8](try Data(contentsOf: URL(filePath: file)))
    var log = [UInt8](try Data(contentsOf: URL(filePath: file + "-wal")))
    try #require(sqlite3_close(connection) == SQLITE_OK)
    let begins = WriteAheadLog.begins(log.span)
    #expect(begins)
    for beside in [base, []] {
      let made = WriteAheadLog.image(log.span, over: beside)
      let image = try #require(made)
      #expect(DatabaseReading(image).logins == ["ann"])
      #expect(!DatabaseReading(image).isDamaged)
    }
    // A frame that is not whole, or changed, was never committed.
    log[log.count - 1] ^= 1
    let before = WriteAheadLog.image(log.span, over: base)
    #expect(before.map { DatabaseReading($0).logins } ?? [] == [])
    for count in 0..<56 {
      let cut = WriteAheadLog.image(log.span.extracting(0..<count), over: base)
      #expect(cut == nil)
    }
  }
}
