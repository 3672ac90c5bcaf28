internal import Bytes

/// A line that is a URL, a login and a password beyond doubt: nearly every line of a ULP file.
///
/// It gives what `DelimitedLine` gives for the same line, at a tenth of the cost: it looks at the bytes that end a
/// field, and not at those between them. What it is not sure of, it leaves to that one; so whoever
/// changes the one must look at the other, and the tests hold them equal (`PlainLineTests`).
struct PlainLine {
  /// Behind the URL, which begins the line.
  var urlEnd: Int
  /// Whether the URL has a scheme. Without one, it is also the login of the line's other split.
  var hasScheme = true
  var hostName: ByteRange
  var login: ByteRange
  /// Where the next line begins.
  var next: Int

  /// The longest login, by RFC 5321's limits: 64 + 1 + 255 bytes.
  private static let maxLoginBytes = 320
  /// An Android URL has a hash of 88 letters before its `@`.
  private static let maxHashBytes = 128
  /// The shortest line: `http://a/:b:c` and its end. `https://` is read as one word.
  private static let minBytes = 14

  private static let https = word("https://")
  private static let http = word("http://\0") & httpMask
  private static let httpMask: UInt64 = 0x00FF_FFFF_FFFF_FFFF
  private static let android = word("android:")

  /// Eight letters as they lie in memory, as a little-endian number.
  private static func word(_ text: StaticString) -> UInt64 {
    precondition(text.utf8CodeUnitCount == 8, "eight letters")
    // A static string's bytes live as long as the program, and there are eight of them.
    return (0..<8).reduce(0) { $0 | UInt64(unsafe text.utf8Start[$1]) << UInt64(8 * $1) }
  }

  /// Whether the URLs of these lines are no labels.
  static func isKnown(by labels: LabelDictionary) -> Bool {
    for scheme in ["https", "http", "android"] {
      let bytes = Array(scheme.utf8)
      if labels.recordClass(of: ByteRange(0, bytes.count), in: bytes.span) != nil { return false }
    }
    return true
  }

  /// Whether a line that begins with this byte may be one.
  @inline(__always)
  static func mayBegin(with byte: UInt8) -> Bool { byte &- 0x61 < 26 }

  /// The line at `start`, or nil if it is none, or does not end within the window of `marks`.
  @inline(__always)
  static func at(
    _ start: Int, in bytes: Span<UInt8>, _ marks: borrowing LineMarks, _ labels: LabelDictionary
  ) -> PlainLine? {
    PlainLine(at: start, in: bytes, marks, labels)
      ?? PlainLine(bareAt: start, in: bytes, marks, labels)
  }

  /// The line at `start` that begins with a scheme, or nil as for `at`.
  @inline(__always)
  private init?(
    at start: Int, in bytes: Span<UInt8>, _ marks: borrowing LineMarks, _ labels: LabelDictionary
  ) {
    guard start &+ Self.minBytes <= marks.end else { return nil }
    // At least 14 bytes are there.
    let word = UInt64(
      littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(
        fromByteOffset: start, as: UInt64.self))
    var from = start &+ 8
    if word != Self.https {
      if word & Self.httpMask == Self.http {
        from = start &+ 7
      } else if word == Self.android {
        guard let name = Self.behindHash(start, in: bytes, marks) else { return nil }
        from = name
      } else {
        return nil
      }
    }
    guard ASCII.isLetter(bytes[from]) || ASCII.isDigit(bytes[from]) else { return nil }
    var urlEnd = marks.fieldEnd(from: from)
    var slash = marks.slash(from: from)
    var at = marks.at(from: from)
    let nameEnd = Swift.min(urlEnd, slash)
    // User information, or a line that ends behind the window.
    guard at > nameEnd, urlEnd < marks.end else { return nil }
    var hasPath = slash < urlEnd
    if !hasPath, bytes[urlEnd] == ASCII.colon, word != Self.android,
      Self.isPort(ByteRange(urlEnd &+ 1, slash), in: bytes),
      URLText.isName(ByteRange(from, urlEnd), in: bytes)
    {
      urlEnd = marks.fieldEnd(from: slash)
      hasPath = true
    }
    // `…?next=https://…`: no field begins with `//`.
    while urlEnd &+ 2 < marks.end, bytes[urlEnd] == ASCII.colon, bytes[urlEnd &+ 1] == ASCII.slash {
      guard hasPath, bytes[urlEnd &+ 2] == ASCII.slash else { return nil }
      urlEnd = marks.fieldEnd(from: urlEnd &+ 1)
    }
    let start = urlEnd &+ 1
    let loginEnd = marks.fieldEnd(from: start)
    guard loginEnd > start, loginEnd &- start <= Self.maxLoginBytes, loginEnd &+ 2 < marks.end,
      Self.isSign(bytes[urlEnd]), Self.isSign(bytes[loginEnd]), bytes[urlEnd &- 1] != ASCII.quote
    else { return nil }
    let login = ByteRange(start, loginEnd)
    if at < start { at = marks.at(from: start) }
    if slash < start { slash = marks.slash(from: start) }
    let isAddress = at > start && at &+ 1 < loginEnd && slash >= loginEnd
    guard Self.isPlain(login, in: bytes), Self.isPlain(loginEnd &+ 1, in: bytes),
      !Self.isLabel(login, in: bytes, labels)
    else { return nil }
    // Behind an address, a password may hold what it will. Behind a name, more fields would be other splits; and
    // without a path, what looks like a port, a path or an address may be the URL's.
    let passwordEnd = marks.fieldEnd(from: loginEnd &+ 1)
    guard passwordEnd > loginEnd &+ 1 else { return nil }
    var end = passwordEnd
    if isAddress && hasPath {
      while end < marks.end, bytes[end] != ASCII.lineFeed, bytes[end] != ASCII.carriageReturn {
        end = marks.fieldEnd(from: end &+ 1)
      }
    } else if !hasPath {
      guard bytes[urlEnd] == ASCII.colon, slash >= passwordEnd, !ASCII.isDigit(bytes[start]) else {
        return nil
      }
    }
    guard end < marks.end, let next = Self.behindLineEnd(end, in: bytes, upTo: marks.end) else {
      return nil
    }
    if Placeholder.mayBegin(with: bytes[loginEnd &+ 1]),
      Placeholder.stands(at: bytes.trimmed(ByteRange(loginEnd &+ 1, end)), in: bytes)
    {
      return nil
    }
    self.urlEnd = urlEnd
    self.hostName = word == Self.android ? .empty : ByteRange(from, nameEnd)
    self.login = login
    self.next = next
  }

  /// The line `host/path login password` at `start`, or nil as for `at`.
  ///
  /// In its other split the first field is the login, and the rest its password, as long as that ends in no host.
  @inline(__always)
  private init?(
    bareAt start: Int, in bytes: Span<UInt8>, _ marks: borrowing LineMarks,
    _ labels: LabelDictionary
  ) {
    // What begins otherwise may stand behind a bullet, a number or a country.
    guard start &+ Self.minBytes <= marks.end, Self.mayBegin(with: bytes[start]) else { return nil }
    let nameEnd = marks.slash(from: start)
    let urlEnd = marks.fieldEnd(from: start)
    // Text without a path is as well a name, and with a port the name before it is the other login.
    guard nameEnd < urlEnd, nameEnd &- start > 3, urlEnd < marks.end else { return nil }
    let login = ByteRange(urlEnd &+ 1, marks.fieldEnd(from: urlEnd &+ 1))
    let password = ByteRange(login.end &+ 1, marks.fieldEnd(from: login.end &+ 1))
    guard password.end < marks.end, urlEnd &- start <= Self.maxLoginBytes, !login.isEmpty,
      login.count <= Self.maxLoginBytes, !password.isEmpty, Self.isSign(bytes[urlEnd]),
      Self.isSign(bytes[login.end]), bytes[urlEnd &- 1] != ASCII.quote,
      marks.slash(from: login.start) >= password.end,
      let next = Self.behindLineEnd(password.end, in: bytes, upTo: marks.end),
      URLText.isHost(ByteRange(start, nameEnd), in: bytes),
      Self.isPlain(login, in: bytes), Self.isPlain(password.start, in: bytes),
      !Self.isLabel(login, in: bytes, labels), !Self.mayBeHost(password, in: bytes),
      !Placeholder.mayBegin(with: bytes[password.start])
        || !Placeholder.stands(at: password, in: bytes)
    else { return nil }
    if labels.recordLabelMayBegin(with: bytes[start], bytes[start &+ 1]),
      RecordField.first(in: ByteRange(start, password.end), of: bytes, labels) != nil
    {
      return nil
    }
    self.urlEnd = urlEnd
    hasScheme = false
    hostName = ByteRange(start, nameEnd)
    self.login = login
    self.next = next
  }

  /// Whether the password may be a host, or with the login before it a host and its port.
  @inline(__always)
  private static func mayBeHost(_ password: ByteRange, in bytes: Span<UInt8>) -> Bool {
    bytes[password.start] | 0x20 == 0x6C || DelimitedLine.isShortNumber(password, in: bytes)
      || bytes.firstOffset(of: ASCII.dot, in: password.bounds) != nil
  }

  /// Where the package's name begins in `android://HASH==@com.example.app/`, or nil.
  private static func behindHash(
    _ start: Int, in bytes: Span<UInt8>, _ marks: borrowing LineMarks
  ) -> Int? {
    let hash = start &+ 10
    guard bytes[start &+ 8] == ASCII.slash, bytes[start &+ 9] == ASCII.slash else { return nil }
    let at = marks.at(from: hash)
    // Only a path shows where the name ends.
    guard at &+ 1 < marks.end, at &- hash <= maxHashBytes, marks.fieldEnd(from: hash) > at,
      marks.slash(from: at) < marks.fieldEnd(from: at)
    else { return nil }
    return at &+ 1
  }

  /// Whether a port stands at `range`, directly before a path.
  @inline(__always)
  private static func isPort(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard (1...5).contains(range.count), range.end < bytes.count else { return false }
    var number = 0
    for offset in range.bounds {
      guard ASCII.isDigit(bytes[offset]) else { return false }
      number = number &* 10 &+ Int(bytes[offset] &- 0x30)
    }
    return number <= 65_535
  }

  /// Whether the byte parts two fields by itself; a blank may also be a part of one.
  @inline(__always)
  private static func isSign(_ byte: UInt8) -> Bool {
    byte == ASCII.colon || byte == ASCII.bar || byte == ASCII.semicolon || byte == ASCII.comma
      || byte == ASCII.tab
  }

  /// Whether the login's ends are plain: no quotes, arrows or dashes, and no placeholder or scheme.
  @inline(__always)
  private static func isPlain(_ login: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let first = bytes[login.start]
    guard ASCII.isLetter(first) || ASCII.isDigit(first) || first == 0x2B || first == 0x5F,
      bytes[login.end &- 1] != ASCII.quote
    else { return false }
    // `http` and `https`.
    if first | 0x20 == 0x68 && (4...5).contains(login.count) { return false }
    return !Placeholder.mayBegin(with: first) || !Placeholder.stands(at: login, in: bytes)
  }

  /// Whether the password at `start` begins as one, and not with an arrow or the slashes of a scheme.
  @inline(__always)
  private static func isPlain(_ start: Int, in bytes: Span<UInt8>) -> Bool {
    switch bytes[start] {
    case ASCII.slash, 0xE2, 0xC2: false
    case ASCII.hyphen, ASCII.equals, 0x3E: bytes[start &- 1] != ASCII.tab
    default: true
    }
  }

  /// Whether a label stands where the login would, as in `https://a.example | login: ann | …`.
  @inline(__always)
  private static func isLabel(
    _ login: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    let first = bytes[login.start]
    if login.count > 1, !labels.recordLabelMayBegin(with: first, bytes[login.start &+ 1]) {
      return false
    }
    return DelimitedLine.label(bytes, at: login.start, to: bytes.count, labels) != nil
  }

  /// Behind the LF or CRLF at `end`, or nil if neither stands there as a whole.
  @inline(__always)
  private static func behindLineEnd(_ end: Int, in bytes: Span<UInt8>, upTo limit: Int) -> Int? {
    if bytes[end] == ASCII.lineFeed { return end &+ 1 }
    guard bytes[end] == ASCII.carriageReturn, end &+ 1 < limit,
      bytes[end &+ 1] == ASCII.lineFeed
    else { return nil }
    return end &+ 2
  }
}
