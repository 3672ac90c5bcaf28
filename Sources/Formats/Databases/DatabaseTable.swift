internal import Bytes

/// A table of a database that holds logins or cookies, and how to ask for them.
struct DatabaseTable {
  enum Content {
    case logins, cookies
  }

  // The columns of a query for logins, in its order.
  static let url = 0
  static let otherURL = 1
  static let login = 2
  static let otherLogin = 3
  static let password = 4

  // And of one for cookies, whose values it does not ask for.
  static let cookieHost = 0
  static let cookieName = 1
  static let cookieExpiry = 2

  let content: Content
  /// Names only columns of the table, each as an identifier: nothing that a dump wrote is run.
  let query: [UInt8]

  /// Nil unless the columns name a login and a password, or what a browser keeps of a cookie.
  init?(name: [UInt8], columns: [[UInt8]], labels: LabelDictionary) {
    let chosen: [[UInt8]?]
    if let logins = Self.logins(columns, labels) {
      (content, chosen) = (.logins, logins)
    } else if let cookies = Self.cookies(columns) {
      (content, chosen) = (.cookies, cookies)
    } else {
      return nil
    }
    var query = Array("SELECT ".utf8)
    for (index, column) in chosen.enumerated() {
      query += index == 0 ? [] : Array(", ".utf8)
      query += column.map(Self.quoted) ?? Array("NULL".utf8)
    }
    // An index may hold expressions, or be damaged where the table is whole.
    self.query = query + Array(" FROM ".utf8) + Self.quoted(name) + Array(" NOT INDEXED".utf8)
  }

  /// `name` as an identifier of SQL, whatever stands in it.
  static func quoted(_ name: [UInt8]) -> [UInt8] {
    let quote = ASCII.quote
    return [quote] + name.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }

  private static func logins(_ columns: [[UInt8]], _ labels: LabelDictionary) -> [[UInt8]?]? {
    var chosen = [[UInt8]?](repeating: nil, count: 5)
    for column in columns {
      guard let place = place(of: column, labels) else { continue }
      if chosen[place] == nil {
        chosen[place] = column
      } else if place == url || (place == login && chosen[otherLogin] == nil) {
        // The last URL stands in for an empty one: Chromium's is the realm, and before it the form's
        // target, which may be another site. A second login is a candidate, too.
        chosen[place + 1] = column
      }
    }
    return chosen[login] != nil && chosen[password] != nil ? chosen : nil
  }

  private static func place(of column: [UInt8], _ labels: LabelDictionary) -> Int? {
    switch ExportNames.meaning(
      of: ByteRange(0, column.count), in: column.span, labels: labels)
    {
    case .url: return url
    case .login, .email: return login
    case .password: return password
    default: return nil
    }
  }

  /// The columns of Chromium's `cookies` or Firefox's `moz_cookies`; Chromium's expiry counts from 1601.
  private static func cookies(_ columns: [[UInt8]]) -> [[UInt8]?]? {
    let known = [["host_key", "name", "expires_utc"], ["host", "name", "expiry"]]
      .map { $0.map { Array($0.utf8) } }
    return known.first { $0.allSatisfy(columns.contains) }
  }
}
