public import Bytes

/// Cookie files as Netscape wrote them, and nearly every stealer since: a cookie a line, in seven fields.
///
///     .a.example ⇥ TRUE ⇥ / ⇥ FALSE ⇥ 1755000000 ⇥ name ⇥ value
///
/// domain, whether hosts below it get it, path, whether only by TLS, expiry, name, value. Some writers put
/// spaces for the tabs; that is read if all seven fields are there. Lines that begin with `#` are
/// comments, but for `#HttpOnly_`, which stands before the domain of a cookie.
public struct NetscapeCookies: CookieLayout {
  public private(set) var hasOthers = false

  public init(labels: LabelDictionary) {}

  /// A cookie line has two truth values, a path and a number at fixed places, as no line of URL, login and
  /// password has: one is enough.
  public static func fits(_ sample: Span<UInt8>, labels: LabelDictionary) -> Bool {
    var cutter = LineCutter(end: sample.count, isLast: true)
    while let line = cutter.next(in: sample) {
      if cookie(onLine: line, in: sample) != nil { return true }
    }
    return false
  }

  public mutating func read<Sink: CookieSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    while let line = cutter.next(in: bytes) {
      if let cookie = Self.cookie(onLine: line, in: bytes) {
        sink.found(cookie, in: bytes)
      } else if !hasOthers {
        hasOthers = !Self.isNothing(line, in: bytes)
      }
    }
    return cutter.offset
  }

  /// Whether `place` lies on a cookie's line: what looks like a login there is none.
  public static func holds(_ place: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var start = place.start
    while start > 0, bytes[start - 1] != ASCII.lineFeed, bytes[start - 1] != ASCII.carriageReturn {
      start -= 1
      if place.start - start > maxLineBytes { return false }
    }
    let limit = Swift.min(bytes.count, place.end + maxLineBytes)
    let end = bytes.firstOffset(
      of: ASCII.lineFeed, or: ASCII.carriageReturn, in: place.end..<Swift.max(place.end, limit))
    return isOfCookie(ByteRange(start, end ?? limit), in: bytes)
  }

  /// Browsers take no cookie of more than 4096 bytes; the other fields have some hundred.
  private static let maxLineBytes = 8192

  /// Whether the line holds nothing, a comment, or a part of a cookie.
  private static func isNothing(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let text = trimmed(line, in: bytes)
    return text.isEmpty || isComment(text, in: bytes) || isOfCookie(text, in: bytes)
  }

  /// Whether the line is a cookie's, whole or cut: its first fields are a domain, a truth value and a path, as far
  /// as it goes.
  private static func isOfCookie(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let text = behindMark(trimmed(line, in: bytes), in: bytes)
    return [true, false].contains { isByTabs in
      var fields = FieldCutter(rest: text, isByTabs: isByTabs)
      guard let domain = fields.next(in: bytes), isDomain(domain, in: bytes),
        let below = fields.next(in: bytes), isTruth(below, in: bytes)
      else { return false }
      guard let path = fields.next(in: bytes), !path.isEmpty else { return true }
      return bytes[path.start] == ASCII.slash
    }
  }

  /// The cookie that the line holds, or nil.
  static func cookie(onLine line: ByteRange, in bytes: Span<UInt8>) -> Cookie? {
    let text = behindMark(trimmed(line, in: bytes), in: bytes)
    if isComment(text, in: bytes) || !mayBeCookie(text, in: bytes) { return nil }
    return cookie(text, isByTabs: true, in: bytes) ?? cookie(text, isByTabs: false, in: bytes)
  }

  /// Whether the second of the words may be a truth value: at a glance, as most lines of most files are no cookies.
  private static func mayBeCookie(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    // A domain has 256 bytes at most, and no more blanks are worth a thought.
    let limit = Swift.min(text.end, text.start + 512)
    var offset = text.start
    while offset < limit, ASCII.isBlank(bytes[offset]) { offset &+= 1 }
    // A NUL parts no fields, but may stand beside one.
    while offset < limit, bytes[offset] != ASCII.tab, bytes[offset] != ASCII.space { offset &+= 1 }
    while offset < limit, ASCII.isBlank(bytes[offset]) { offset &+= 1 }
    if offset == limit { return limit < text.end }
    switch bytes[offset] {
    // `TRUE`, `FALSE`, `1`, `0`, in either case.
    case 0x54, 0x74, 0x46, 0x66, 0x30, 0x31: return true
    default: return false
    }
  }

  private static func cookie(
    _ text: ByteRange, isByTabs: Bool, in bytes: Span<UInt8>
  ) -> Cookie? {
    var fields = FieldCutter(rest: text, isByTabs: isByTabs)
    guard let domain = fields.next(in: bytes), isDomain(domain, in: bytes),
      let below = fields.next(in: bytes), isTruth(below, in: bytes),
      let path = fields.next(in: bytes), !path.isEmpty, bytes[path.start] == ASCII.slash,
      let secure = fields.next(in: bytes), isTruth(secure, in: bytes),
      let date = fields.next(in: bytes),
      let expiry = CookieExpiry(date, in: bytes) ?? CookieExpiry(date: date, in: bytes),
      // With an empty value, the tab before it may have gone with the blanks at the line's end. Between
      // spaces an empty field does not show, so there all seven must be there.
      let name = fields.next(in: bytes), isByTabs || !fields.rest.isEmpty
    else { return nil }
    return Cookie(domain: domain, name: name, expiry: expiry.seconds)
  }

  /// The line without a byte order mark, blanks at its start and blanks at its end.
  private static func trimmed(_ line: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    // A BOM may stand at the start of any line, where files were joined.
    bytes.trimmed(bytes.withoutMark(line))
  }

  /// The text without the mark of cookies that scripts do not see.
  private static func behindMark(_ text: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    bytes.starts(text, withLowercase: "#httponly_") ? ByteRange(text.start + 10, text.end) : text
  }

  private static func isComment(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    !text.isEmpty && bytes[text.start] == ASCII.hash
  }

  private static func isTruth(_ field: ByteRange, in bytes: Span<UInt8>) -> Bool {
    bytes.equals(field, lowercase: "true") || bytes.equals(field, lowercase: "false")
      || field.count == 1 && (bytes[field.start] == 0x30 || bytes[field.start] == 0x31)
  }

  /// Whether the field may be a host: no scheme, path or mail address stands in one.
  private static func isDomain(_ field: ByteRange, in bytes: Span<UInt8>) -> Bool {
    // 255 is the longest name of the DNS; one more for the dot before it.
    guard !field.isEmpty, field.count <= 256 else { return false }
    for offset in field.bounds {
      switch bytes[offset] {
      case ASCII.slash, ASCII.at, ASCII.space, ASCII.semicolon, ASCII.comma, ASCII.bar: return false
      default: continue
      }
    }
    return true
  }
}

/// Cuts the fields of a cookie line, from its start.
private struct FieldCutter {
  private(set) var rest: ByteRange
  private let isByTabs: Bool
  private var isAtEnd = false

  init(rest: ByteRange, isByTabs: Bool) {
    self.rest = rest
    self.isByTabs = isByTabs
  }

  /// The next field without blanks at its ends, or nil behind the last.
  mutating func next(in bytes: Span<UInt8>) -> ByteRange? {
    if isAtEnd { return nil }
    let separator =
      isByTabs
      ? bytes.firstOffset(of: ASCII.tab, in: rest.bounds)
      : bytes.firstOffset(of: ASCII.space, or: ASCII.tab, in: rest.bounds)
    let field = ByteRange(rest.start, separator ?? rest.end)
    rest.start = separator.map { $0 + 1 } ?? rest.end
    isAtEnd = separator == nil
    // Any number of spaces is one border.
    if !isByTabs { rest.start = bytes.behindBlanks(rest.start, rest.end) }
    return bytes.trimmed(field)
  }
}
