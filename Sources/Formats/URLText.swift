public import Bytes
internal import CBytes

/// The parts of a URL that stands at the beginning of some text, as far as they name the host.
///
/// It takes what dumps hold: with a scheme, with the scheme's colon lost (`https//host`), with the scheme
/// lost (`//host`), a bare host or IP address, `android://HASH==@package/`. The end of the URL is not
/// decided here; `authorityEnd` is the first byte that no longer belongs to the host.
public struct URLText: Sendable {
  /// Whether a scheme, or what is left of one, stands at the beginning.
  public private(set) var hasScheme = false
  /// Whether the scheme is `android`, so that the host is an app's package name.
  public private(set) var isApp = false
  /// The host as written, without user information, port and brackets.
  public private(set) var host = ByteRange.empty
  /// Behind the host; the port is not stepped over, as it may be a login (`host:5551234:pw`).
  public private(set) var authorityEnd = 0
  /// The other reading of `https://a.example:bob@mail.example:…`: the host behind the `@`.
  public private(set) var hostBehindUserInfo: ByteRange?
  /// User name and password before the `@`, if `hostBehindUserInfo` is there.
  public private(set) var userInfo = ByteRange.empty
  /// Whether the host has the form of one: a dot between labels, `localhost`, or an address.
  public private(set) var looksLikeHost = false

  /// Nil if no URL or host name begins at `range`.
  public init?(at range: ByteRange, in bytes: Span<UInt8>) {
    guard !range.isEmpty else { return nil }
    let range = Self.unwrapped(range, in: bytes)
    var start = range.start
    if let schemeEnd = Self.scheme(at: range, in: bytes) {
      hasScheme = true
      isApp = bytes.starts(range, withLowercase: "android:")
      start = schemeEnd
    }
    let end = Self.authorityEnd(bytes, from: start, to: range.end)
    if isApp {
      // android://BASE64HASH==@com.example.app/ : the hash may hold `/`, so look for the `@` first.
      let limit = Swift.min(range.end, start + Self.maxAuthorityBytes)
      guard let at = bytes.firstOffset(of: ASCII.at, in: start..<limit) else { return nil }
      host = ByteRange(at + 1, Self.nameEnd(bytes, from: at + 1, to: range.end))
      authorityEnd = host.end
      looksLikeHost = !host.isEmpty
      return
    }
    readHost(bytes, from: start, to: end)
    if host.isEmpty || !(hasScheme || looksLikeHost) { return nil }
    // Without a scheme, only a port or path may follow: `ann.b+tag@mail.example` names no host `ann.b`.
    if !hasScheme && authorityEnd < end && bytes[authorityEnd] != ASCII.colon { return nil }
    // `corp.example\ann` is a login.
    if !hasScheme && authorityEnd == end && end < range.end && bytes[end] == ASCII.backslash {
      return nil
    }
    if authorityEnd < end, let at = Self.lastAt(bytes, from: authorityEnd, to: end) {
      let behind = ByteRange(at + 1, Self.nameEnd(bytes, from: at + 1, to: end))
      if hasScheme && Self.isHostName(behind, in: bytes) {
        hostBehindUserInfo = behind
        userInfo = ByteRange(start, at)
      }
    }
  }

  /// The text without a quote before it, and without what browsers and Windows' vault wrap a URL in.
  private static func unwrapped(_ range: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var range = range
    if bytes[range.start] == ASCII.quote || bytes[range.start] == ASCII.apostrophe {
      range.start += 1
    }
    for prefix: StaticString in wrappers where bytes.starts(range, withLowercase: prefix) {
      range.start += prefix.utf8CodeUnitCount
    }
    return range
  }

  /// In the order in which they nest: `LegacyGeneric:target=git:https://host`.
  private static let wrappers: [StaticString] = [
    "oauth:", "domain:target=", "legacygeneric:target=", "windowslive:target=", "termsrv/",
    "view-source:", "git:",
  ]

  /// The host of a URL that fills `range`, or an empty range.
  ///
  /// Where user information may stand before it, RFC 3986 decides: the host is behind the last `@`
  /// of the authority.
  public static func host(
    of range: ByteRange, in bytes: Span<UInt8>
  ) -> (name: ByteRange, isApp: Bool) {
    guard let url = URLText(at: range, in: bytes) else { return (.empty, false) }
    var host = url.host
    var behind = url.authorityEnd
    if url.hasScheme && !url.isApp {
      let end = authorityEnd(bytes, from: host.start, to: range.end)
      if let at = lastAt(bytes, from: host.start, to: end) {
        host = ByteRange(at + 1, nameEnd(bytes, from: at + 1, to: end))
        behind = host.end
      }
    }
    // `https://a.example%2eb.example/` is another host's, to a browser.
    if behind < range.end, bytes[behind] == 0x25 { return (.empty, false) }
    return (host, url.isApp)
  }

  private mutating func readHost(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
    if start < end && bytes[start] == ASCII.openBracket,
      let close = bytes.firstOffset(of: ASCII.closeBracket, in: start..<end)
    {
      // An IPv6 address: [2001:db8::1]:8443
      host = ByteRange(start + 1, close)
      authorityEnd = close + 1
      // One colon is a time's: `[10:11] ann: …`.
      looksLikeHost =
        bytes.firstOffset(of: ASCII.colon, in: host.bounds).flatMap {
          bytes.firstOffset(of: ASCII.colon, in: ($0 + 1)..<host.end)
        } != nil
      return
    }
    if hasScheme, let address = Self.bareIPv6(bytes, from: start, to: end) {
      host = address
      authorityEnd = address.end
      looksLikeHost = true
      return
    }
    host = ByteRange(start, Self.nameEnd(bytes, from: start, to: end))
    authorityEnd = host.end
    if host.end < end && bytes[host.end] == ASCII.at {
      // https://bob@shop.example/ : user information without a password.
      let behind = ByteRange(
        host.end + 1, Self.nameEnd(bytes, from: host.end + 1, to: end))
      if hasScheme {
        host = behind
        authorityEnd = behind.end
      } else {
        // bob@mail.example is a login, not a host.
        host = .empty
        return
      }
    }
    looksLikeHost = Self.isHostName(host, in: bytes)
  }

  /// An IPv6 address without brackets, `2001:db8::1/…`, or nil. Only before a path, as a colon may end a host; and `::`
  /// alone is nobody's.
  private static func bareIPv6(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> ByteRange? {
    var offset = start
    var colons = 0
    while offset < end {
      let byte = bytes[offset]
      if byte == ASCII.colon { colons += 1 }
      guard byte == ASCII.colon || ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 6 else { break }
      offset += 1
    }
    guard colons >= 2, colons < offset - start, offset < bytes.count, offset == end,
      bytes[offset] == ASCII.slash
    else { return nil }
    return ByteRange(start, offset)
  }

  /// Where the text behind `scheme://`, `scheme//` or `//` begins, or nil. A browser's scheme may stand there
  /// twice, have a slash more or less, or be made harmless (`hxxp`).
  private static func scheme(at range: ByteRange, in bytes: Span<UInt8>) -> Int? {
    var offset = range.start
    // `chrome-extension` has 16 bytes; no scheme that we know is longer.
    let limit = Swift.min(range.end, range.start + 20)
    while offset < limit {
      let byte = bytes[offset]
      guard ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.hyphen || byte == 0x2B
      else { break }
      offset += 1
    }
    let name = ByteRange(range.start, offset)
    let hasColon = offset < range.end && bytes[offset] == ASCII.colon && !name.isEmpty
    if hasColon { offset += 1 }
    let isBrowser = isBrowserScheme(name, in: bytes)
    // `https//host`: a splitter took the colon. Only the known schemes, as `a//b` is a path.
    guard hasColon || name.isEmpty || isBrowser else { return nil }
    var slashes = 0
    while offset < range.end, bytes[offset] == ASCII.slash, slashes < (isBrowser ? 3 : 2) {
      offset += 1
      slashes += 1
    }
    guard slashes >= 2 || slashes == 1 && hasColon && isBrowser, offset < range.end else {
      return nil
    }
    return isBrowser ? behindSecondScheme(bytes, from: offset, to: range.end) : offset
  }

  private static func isBrowserScheme(_ name: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard name.count == 4 || name.count == 5 else { return false }
    for known: StaticString in ["https", "http", "hxxps", "hxxp"]
    where bytes.equals(name, lowercase: known) {
      return true
    }
    return false
  }

  /// Behind the second scheme of `https://https://host`, or `start`.
  private static func behindSecondScheme(
    _ bytes: Span<UInt8>, from start: Int, to end: Int
  ) -> Int {
    for known: StaticString in ["https://", "http://"]
    where bytes.starts(ByteRange(start, end), withLowercase: known) {
      return start + known.utf8CodeUnitCount
    }
    return start
  }

  /// How likely `text` is the URL where others stand beside it, as a title or a machine's name may: 3 with a scheme, 2 as
  /// a host, 1 as any other text, 0 if it is empty.
  static func rank(of text: ByteRange, in bytes: Span<UInt8>) -> Int {
    if text.isEmpty { return 0 }
    if hasScheme(at: text, in: bytes) { return 3 }
    return URLText(at: text, in: bytes)?.looksLikeHost == true ? 2 : 1
  }

  /// Whether a scheme, or what is left of one, stands at the beginning of `range`.
  static func hasScheme(at range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    scheme(at: range, in: bytes) != nil
  }

  /// The longest authority that is looked at: a name of 253 bytes, and user information of as many.
  /// Without a bound, a line of a million fields would be read a million times.
  private static let maxAuthorityBytes = 600

  /// The end of `user:password@host:port`: the first byte that begins path, query or another field.
  private static func authorityEnd(_ bytes: Span<UInt8>, from start: Int, to limit: Int) -> Int {
    let end = Swift.min(limit, start + maxAuthorityBytes)
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case ASCII.slash, ASCII.question, ASCII.hash, ASCII.backslash, ASCII.bar, ASCII.space,
        ASCII.tab, ASCII.comma, ASCII.semicolon:
        return offset
      default: offset &+= 1
      }
    }
    return end
  }

  /// The end of a host name: letters, digits, `.`, `-`, `_`, and all beyond ASCII.
  private static func nameEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      let byte = bytes[offset]
      guard
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.dot || byte == ASCII.hyphen
          || byte == 0x5F || byte >= 0x80
      else { return offset }
      offset &+= 1
    }
    return end
  }

  /// Whether all bytes are those of a host's name in ASCII.
  static func isName(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard range.start >= 0, range.end + 15 <= bytes.count else {
      return nameEnd(bytes, from: range.start, to: range.end) == range.end
    }
    return unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return false }
      // 16 bytes are read at a time: the bound stands above.
      let length = unsafe ds_name_length(base + range.start, Int32(clamping: range.count))
      return Int(length) == range.count
    }
  }

  /// Whether `range` has the form of a host's name in ASCII, with a dot, and nothing else.
  static func isHost(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard isName(range, in: bytes) else { return false }
    // Nearly every name ends in a dot and letters, and `isHostName` would say the same.
    var label = range.end
    while label > range.start, ASCII.isLetter(bytes[label - 1]) { label -= 1 }
    if range.end - label >= 2, label - 1 > range.start, bytes[label - 1] == ASCII.dot,
      bytes[range.start] != ASCII.dot, range.count <= maxNameBytes
    {
      return true
    }
    return isHostName(range, in: bytes)
      && bytes.firstOffset(of: ASCII.dot, in: range.bounds) != nil
  }

  private static func lastAt(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var offset = end
    while offset > start {
      offset -= 1
      if bytes[offset] == ASCII.at { return offset }
    }
    return nil
  }

  /// The longest name that DNS takes (RFC 1035 §2.3.4) has 253 bytes without the root's dot.
  private static let maxNameBytes = 254

  /// Whether `name` has a dot between two labels, or is `localhost`.
  private static func isHostName(_ name: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if bytes.equals(name, lowercase: "localhost") { return true }
    guard name.count >= 3, name.count <= maxNameBytes,
      let dot = bytes.firstOffset(of: ASCII.dot, in: name.bounds)
    else { return false }
    return dot > name.start && dot + 1 < name.end && endsAsHost(name, in: bytes)
  }

  /// Whether the last label is all letters, an A-label or beyond ASCII, or the whole an IPv4 address:
  /// `canary.2024` is no host.
  private static func endsAsHost(_ name: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var end = name.end
    if bytes[end - 1] == ASCII.dot { end -= 1 }
    var start = end
    while start > name.start && bytes[start - 1] != ASCII.dot { start -= 1 }
    let label = ByteRange(start, end)
    if bytes.starts(label, withLowercase: "xn--") { return true }
    var isWord = label.count >= 2
    for offset in label.bounds where !ASCII.isLetter(bytes[offset]) && bytes[offset] < 0x80 {
      isWord = false
    }
    if isWord { return true }
    for offset in name.bounds where !ASCII.isDigit(bytes[offset]) && bytes[offset] != ASCII.dot {
      return false
    }
    return true
  }
}
