import CSQLite
import Foundation
import Testing

/// A database that SQL makes, as the bytes of its file.
enum MadeDatabase {
  /// Chromium's table, shortened.
  static let loginsTable = """
    CREATE TABLE logins (origin_url VARCHAR NOT NULL, action_url VARCHAR, username_element VARCHAR,
      username_value VARCHAR, password_element VARCHAR, password_value BLOB, signon_realm VARCHAR,
      date_created INTEGER, blacklisted_by_user INTEGER);
    """

  /// A row of it; `password` is SQL.
  static func row(_ url: String, _ login: String, password: String = "x'43414E415259'") -> String {
    """
    INSERT INTO logins (origin_url, username_value, password_value, signon_realm)
      VALUES ('\(url)', '\(login)', \(password), 'realm.example');
    """
  }

  /// Runs `sql` on a new file and returns the file. What SQL cannot do, `change` does to the bytes.
  static func bytes(_ sql: String, change: (inout [UInt8]) -> Void = { _ in }) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    var connection: OpaquePointer?
    try #require(sqlite3_open(file.path, &connection) == SQLITE_OK)
    // A small page gives small files, and several pages to damage.
    let whole = "PRAGMA page_size = 1024; PRAGMA synchronous = OFF;" + sql
    let result = sqlite3_exec(connection, whole, nil, nil, nil)
    let message = String(cString: sqlite3_errmsg(connection))
    try #require(sqlite3_close(connection) == SQLITE_OK)
    try #require(result == SQLITE_OK, "\(message)")
    var bytes = [UInt8](try Data(contentsOf: file))
    change(&bytes)
    return bytes
  }
}
