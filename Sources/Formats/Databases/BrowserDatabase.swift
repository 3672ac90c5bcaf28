internal import Bytes

/// The logins and cookies of a database out of a dump: a browser's profile, or what someone put into tables.
///
/// Tables are known by the names of their columns, not by their own. Rows are read in the order of the table.
/// What stands only in a write-ahead log is read with the log (`WriteAheadLog`).
public struct BrowserDatabase: ~Copyable {
  /// A larger file is not read: a browser's `Login Data` and `Cookies` have a few MiB.
  public static let maxBytes = 64 << 20
  /// Tables that are looked at; browsers have 30 at most. More are damage.
  static let maxTables = 256

  private let image: SQLiteImage
  private var tables: [DatabaseTable] = []
  /// Records read so far, with or without a login.
  public private(set) var recordCount: UInt32 = 0
  /// Whether something could not be read. What was found before stands.
  public private(set) var isDamaged = false

  /// Whether it has a table of ours. Without one, and undamaged, it is rightly passed over.
  public var isOurs: Bool { !tables.isEmpty }

  /// Opens a copy of `bytes`, a whole file of at most `maxBytes`, and looks at its tables.
  public init(_ bytes: Span<UInt8>, labels: LabelDictionary) {
    precondition(bytes.count <= Self.maxBytes, "larger files are not read")
    image = SQLiteImage(bytes)
    for name in readTableNames().prefix(Self.maxTables) {
      let columns = readColumns(of: name)
      if let table = DatabaseTable(name: name, columns: columns, labels: labels) {
        tables.append(table)
      }
    }
  }

  /// Where the last page of the database in `bytes` ends, behind which somebody may have put something else; nil if its header
  /// does not say (https://www.sqlite.org/fileformat.html, 1.3).
  public static func end(_ bytes: Span<UInt8>) -> Int? {
    guard bytes.count >= 100 else { return nil }
    func number(_ places: Range<Int>) -> Int { places.reduce(0) { $0 << 8 | Int(bytes[$1]) } }
    let pageBytes = number(16..<18) == 1 ? 65536 : number(16..<18)
    let end = pageBytes * number(28..<32)
    // What wrote last may have known nothing of the count.
    guard end > 0, end <= bytes.count, number(24..<28) == number(92..<96) else { return nil }
    return end
  }

  /// Lends every login to `sink`. Its record is the number of its row, from 1 on through all tables; it has no
  /// line.
  public mutating func readLogins<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    var text: [UInt8] = []
    var record = recordCount
    for table in tables where table.content == .logins {
      let isWhole = image.eachRow(of: table.query) { row in
        record &+= 1
        return Self.report(row, record, &text, &sink)
      }
      isDamaged = isDamaged || !isWhole
    }
    recordCount = record
  }

  /// Reports the row's logins, and returns how many bytes its columns have.
  private static func report<Sink: CredentialSink & ~Copyable>(
    _ row: borrowing SQLiteRow, _ record: UInt32, _ text: inout [UInt8], _ sink: inout Sink
  ) -> Int {
    text.removeAll(keepingCapacity: true)
    let url = row.append(DatabaseTable.url, to: &text)
    let otherURL = row.append(DatabaseTable.otherURL, to: &text)
    let login = row.append(DatabaseTable.login, to: &text)
    let otherLogin = row.append(DatabaseTable.otherLogin, to: &text)
    let passwordBytes = row.byteCount(DatabaseTable.password)
    let bytes = text.span
    let first = bytes.trimmed(url)
    var credential = Credential(
      host: first.isEmpty ? bytes.trimmed(otherURL) : first, login: .empty,
      hasPassword: passwordBytes > 0, layout: .database, line: 0, record: record)
    for place in [login, otherLogin] {
      credential.login = bytes.trimmed(place)
      if Placeholder.stands(at: credential.login, in: bytes) { continue }
      sink.found(credential, in: bytes)
      credential.candidate = 1
    }
    return bytes.count + passwordBytes
  }

  /// Lends every cookie to `sink`: its host, its name and when it expires.
  public mutating func readCookies<Sink: CookieSink & ~Copyable>(into sink: inout Sink) {
    var text: [UInt8] = []
    for table in tables where table.content == .cookies {
      let isWhole = image.eachRow(of: table.query) { row in
        text.removeAll(keepingCapacity: true)
        let host = row.append(DatabaseTable.cookieHost, to: &text)
        let name = row.append(DatabaseTable.cookieName, to: &text)
        let expiry = CookieExpiry(row.integer(DatabaseTable.cookieExpiry)).seconds
        if !host.isEmpty {
          sink.found(Cookie(domain: host, name: name, expiry: expiry), in: text.span)
        }
        return text.count
      }
      isDamaged = isDamaged || !isWhole
    }
  }

  // MARK: Tables

  private mutating func readTableNames() -> [[UInt8]] {
    var names: [[UInt8]] = []
    // Virtual tables have no page of their own.
    let query = """
      SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 LIMIT \(Self.maxTables + 1)
      """
    let isWhole = image.eachRow(of: Array(query.utf8)) { row in
      var name: [UInt8] = []
      let place = row.append(0, to: &name)
      names.append(name)
      return place.count
    }
    isDamaged = isDamaged || !isWhole || names.count > Self.maxTables
    return names
  }

  private mutating func readColumns(of table: [UInt8]) -> [[UInt8]] {
    var columns: [[UInt8]] = []
    let query = Array("PRAGMA table_xinfo(".utf8) + DatabaseTable.quoted(table) + Array(")".utf8)
    let isWhole = image.eachRow(of: query) { row in
      var column: [UInt8] = []
      let place = row.append(1, to: &column)
      // Others are hidden, or the schema's own expressions compute them when they are read.
      if row.integer(6) == 0 { columns.append(column) }
      return place.count
    }
    isDamaged = isDamaged || !isWhole
    return columns
  }
}
