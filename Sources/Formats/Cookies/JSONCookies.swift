internal import Bytes

/// Cookies as JSON: objects with `domain`, `name` and `expirationDate`, as browser extensions export them,
/// in a list, in a list within an object, or one a line.
///
/// It is no reader of JSON: it looks for the strings that name members, and steps over every other. So
/// a cut file is read up to its end, and no depth of nesting costs anything.
public struct JSONCookies: CookieLayout {
  /// Objects within objects that are told apart; what is deeper is no cookie.
  static let maxNesting = 16

  /// What is known of an object that is open.
  struct Object {
    /// Where its brace stands, or -1 if that was in an earlier chunk.
    var start: Int
    var domain = ByteRange.empty
    var name: ByteRange?
    var expiry: CookieExpiry?
    /// Whether a member was there that only cookies have.
    var hasCookieMember = false
    /// Whether something was there that no cookie has: what a login has, or a cookie.
    var isNoCookie = false
    var hasObject = false

    var isCookie: Bool { !domain.isEmpty && name != nil && hasCookieMember && !isNoCookie }
    var isKnown: Bool { !isNoCookie && (!domain.isEmpty || name != nil || hasCookieMember) }
  }

  /// The open objects, the outermost first; of those of an earlier chunk nothing is known.
  private var open: [Object] = []
  /// Objects that are open beyond `maxNesting`.
  private var deeper = 0

  private let labels: LabelDictionary

  public init(labels: LabelDictionary) {
    self.labels = labels
    open.reserveCapacity(Self.maxNesting)
  }

  /// Text that begins as JSON does, and has a cookie.
  public static func fits(_ sample: Span<UInt8>, labels: LabelDictionary) -> Bool {
    var start = sample.withoutMark(ByteRange(0, sample.count)).start
    while start < sample.count, JSONText.isSpace(sample[start]) { start += 1 }
    guard start < sample.count,
      sample[start] == ASCII.openBracket || sample[start] == JSONText.openBrace
    else { return false }
    var counter = ObjectCounter()
    var reader = JSONCookies(labels: labels)
    _ = reader.read(sample, isLast: true, into: &counter)
    return counter.cookies > 0
  }

  /// Whether an object stood there that holds no other and is no cookie, or text beside the objects, or the last one is cut off.
  /// Such an object within a cookie counts, too: what is round it may only look like one.
  public private(set) var hasOthers = false

  public mutating func read<Sink: CookieSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var offset = 0
    let before = (open: open, deeper: deeper)
    while offset < bytes.count {
      switch bytes[offset] {
      case JSONText.openBrace: begin(at: offset)
      case JSONText.closeBrace: end(in: bytes, &sink)
      case ASCII.quote:
        if open.isEmpty { hasOthers = true }
        guard let end = JSONText.end(ofStringAt: offset, in: bytes),
          let behind = member(ByteRange(offset + 1, end), in: bytes, isLast: isLast)
        else { return rest(from: offset, of: bytes, isLast: isLast, before) }
        offset = behind
        continue
      case let byte:
        if open.isEmpty && !JSONText.isBetweenObjects(byte) { hasOthers = true }
      }
      offset += 1
    }
    return rest(from: bytes.count, of: bytes, isLast: isLast, before)
  }

  private mutating func begin(at offset: Int) {
    if !open.isEmpty { open[open.count - 1].hasObject = true }
    if open.count < Self.maxNesting {
      open.append(Object(start: offset))
    } else {
      deeper += 1
    }
  }

  private mutating func end<Sink: CookieSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if deeper > 0 {
      deeper -= 1
      return
    }
    guard let object = open.popLast() else { return }
    if object.isCookie, let name = object.name {
      sink.found(
        Cookie(domain: object.domain, name: name, expiry: object.expiry?.seconds), in: bytes)
      // No cookie holds another. What stands around this one need not be read again.
      for index in open.indices { open[index].isNoCookie = true }
    } else if !object.hasObject {
      hasOthers = true
    }
  }

  /// Takes the string `text`: if a colon follows it is a member's name, and its value is looked at. Returns
  /// where to go on, or nil if bytes lack.
  private mutating func member(
    _ text: ByteRange, in bytes: Span<UInt8>, isLast: Bool
  ) -> Int? {
    var offset = text.end + 1
    while offset < bytes.count, JSONText.isSpace(bytes[offset]) { offset += 1 }
    if offset == bytes.count { return isLast ? offset : nil }
    guard bytes[offset] == ASCII.colon else { return offset }
    offset += 1
    while offset < bytes.count, JSONText.isSpace(bytes[offset]) { offset += 1 }
    if offset == bytes.count { return isLast ? offset : nil }
    let value: ByteRange
    let behind: Int
    switch bytes[offset] {
    case JSONText.openBrace, ASCII.openBracket: return offset
    case ASCII.quote:
      guard let end = JSONText.end(ofStringAt: offset, in: bytes) else {
        return isLast ? bytes.count : nil
      }
      value = ByteRange(offset + 1, end)
      behind = end + 1
    default:
      var end = offset
      while end < bytes.count, JSONText.isOfNumber(bytes[end]) { end += 1 }
      if end == bytes.count && !isLast { return nil }
      value = ByteRange(offset, end)
      behind = Swift.max(end, offset + 1)
    }
    if deeper == 0 && !open.isEmpty {
      open[open.count - 1].take(text, value, in: bytes, labels)
    }
    return behind
  }

  /// How many bytes are taken: up to the outermost object of which something is known, as its places would
  /// be of no use in another chunk. It is read again with the next, as from the state `before` all, if it began in an
  /// earlier chunk.
  private mutating func rest(
    from offset: Int, of bytes: Span<UInt8>, isLast: Bool, _ before: (open: [Object], deeper: Int)
  ) -> Int {
    if isLast {
      if !open.isEmpty { hasOthers = true }
      open.removeAll(keepingCapacity: true)
      deeper = 0
      return bytes.count
    }
    var taken = offset
    if let first = open.firstIndex(where: \.isKnown) {
      taken = open[first].start
      guard taken >= 0 else {
        (open, deeper) = before
        return 0
      }
      open.removeSubrange(first...)
      deeper = 0
    }
    for index in open.indices { open[index].start = -1 }
    return taken
  }
}

extension JSONCookies.Object {
  /// Takes one member. The value of a cookie is stepped over like any other that is not named here.
  fileprivate mutating func take(
    _ key: ByteRange, _ value: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    switch key.count {
    case 4:
      if bytes.equals(key, lowercase: "name") { name = name ?? value }
      if bytes.equals(key, lowercase: "host") { take(domain: value) }
      if bytes.equals(key, lowercase: "path") { hasCookieMember = true }
    case 6 where bytes.equals(key, lowercase: "domain"),
      8 where bytes.equals(key, lowercase: "host_key"):
      take(domain: value)
    // Cookie Quick Manager, an extension of Firefox.
    case 8 where bytes.equals(key, lowercase: "host raw"):
      // A URL, of which `.a.example` is the host.
      take(domain: URLText(at: value, in: bytes)?.host ?? value)
    case 8 where bytes.equals(key, lowercase: "name raw"): name = name ?? value
    // Beside it stands `Expires`, in local time.
    case 11 where bytes.equals(key, lowercase: "expires raw"):
      expiry = CookieExpiry(value, in: bytes) ?? expiry
    default: break
    }
    for text: StaticString in ["expirationdate", "expires", "expiry", "expires_utc"]
    where bytes.equals(key, lowercase: text) {
      expiry = expiry ?? CookieExpiry(value, in: bytes) ?? CookieExpiry(date: value, in: bytes)
      hasCookieMember = true
    }
    // A `value` beside a domain and a name is a cookie's, too, unless a login or password stands there.
    for text: StaticString in [
      "httponly", "hostonly", "samesite", "is_httponly", "storeid", "value", "secure",
      "content raw",
    ]
    where bytes.equals(key, lowercase: text) {
      hasCookieMember = true
    }
    switch ExportNames.meaning(of: key, in: bytes, labels: labels) {
    case .login, .email, .password: isNoCookie = true
    default: break
    }
  }

  private mutating func take(domain value: ByteRange) {
    if domain.isEmpty { domain = value }
  }
}

/// Counts cookies, for `fits`.
private struct ObjectCounter: CookieSink {
  var cookies = 0

  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {
    cookies += 1
  }
}

/// The bytes that structure JSON.
private enum JSONText {
  static let openBrace: UInt8 = 0x7B
  static let closeBrace: UInt8 = 0x7D

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == ASCII.space || (0x09...0x0D).contains(byte)
  }

  /// Whether the byte may stand before, between or behind the objects of a list: a byte order mark's may, too.
  static func isBetweenObjects(_ byte: UInt8) -> Bool {
    switch byte {
    case 0, ASCII.openBracket, ASCII.closeBracket, ASCII.comma, ASCII.semicolon, 0xEF, 0xBB, 0xBF:
      true
    default: isSpace(byte)
    }
  }

  /// Whether the byte may stand in a number or in `true`, `false`, `null`.
  static func isOfNumber(_ byte: UInt8) -> Bool {
    ASCII.isDigit(byte) || ASCII.isLetter(byte) || byte == ASCII.hyphen || byte == ASCII.dot
      || byte == 0x2B
  }

  /// Where the quote stands that closes the string whose opening quote is at `start`, or nil if it does not
  /// come. A quote behind an odd number of backslashes is a part of the string.
  static func end(ofStringAt start: Int, in bytes: Span<UInt8>) -> Int? {
    var from = start + 1
    while let quote = bytes.firstOffset(of: ASCII.quote, in: from..<bytes.count) {
      var backslashes = 0
      while bytes[quote - 1 - backslashes] == ASCII.backslash { backslashes += 1 }
      if backslashes & 1 == 0 { return quote }
      from = quote + 1
    }
    return nil
  }
}
