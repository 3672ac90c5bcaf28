internal import Bytes

// Signs that part fields in few files, and are parts of fields in all others: `https://a.example/^ann@mail.example^…`.
extension DelimitedLine {
  /// A sign of a text, by its bytes.
  private struct Sign {
    var length: Int
    /// Whether it stands in no URL, so that the login need not be an address to tell.
    var isOdd: Bool
  }

  /// Adds the split of a URL, a login and a password that one such sign parts, where no usual sign does.
  mutating func splitAtRareSign(_ text: ByteRange, in bytes: Span<UInt8>) {
    guard URLText.hasScheme(at: text, in: bytes), let first = Self.rareSign(in: text, bytes),
      let url = URLText(at: ByteRange(text.start, first.start), in: bytes), url.looksLikeHost,
      let sign = Self.sign(at: first.start, in: bytes),
      Self.isPath(from: url.authorityEnd, to: first.start, in: bytes),
      let next = Self.next(first, in: ByteRange(first.end, text.end), bytes),
      next.end < text.end
    else { return }
    let login = ByteRange(first.end, next.start)
    guard
      Self.isMailAddress(login, in: bytes)
        || sign.isOdd && (Self.isAddress(login, in: bytes) || Self.isName(login, in: bytes))
    else { return }
    add(
      ByteRange(text.start, first.start), login, password: ByteRange(next.end, text.end), in: bytes)
    isConvincing = isConvincing || count > 0
  }

  /// Whether nothing but a port and a path stands there: behind anything else, the sign may be a password's.
  private static func isPath(from start: Int, to end: Int, in bytes: Span<UInt8>) -> Bool {
    var offset = start
    if offset < end, bytes[offset] == ASCII.colon {
      offset += 1
      while offset < end, ASCII.isDigit(bytes[offset]) { offset += 1 }
    }
    return separator(in: bytes, from: offset, to: end) == nil
  }

  /// Where the first such sign stands; nil if none does.
  private static func rareSign(in text: ByteRange, _ bytes: Span<UInt8>) -> ByteRange? {
    for offset in text.bounds {
      let byte = bytes[offset]
      if byte > 0x20 && byte < 0x5E || byte == ASCII.tab { continue }
      // A blank ends the URL.
      if byte == ASCII.space { return nil }
      if let sign = sign(at: offset, in: bytes) { return ByteRange(offset, offset + sign.length) }
    }
    return nil
  }

  private static func sign(at offset: Int, in bytes: Span<UInt8>) -> Sign? {
    func stands(_ second: UInt8) -> Bool {
      offset + 1 < bytes.count && bytes[offset + 1] == second
    }
    switch bytes[offset] {
    // SOH, Hive's, and the four separators of ASCII.
    case 0x01, 0x1C...0x1F: return Sign(length: 1, isOdd: true)
    // `^` and `~`
    case 0x5E, 0x7E: return Sign(length: 1, isOdd: false)
    // No-break space, broken bar, section sign.
    case 0xC2 where stands(0xA0) || stands(0xA6) || stands(0xA7):
      return Sign(length: 2, isOdd: true)
    // Thorn, of exports for courts.
    case 0xC3 where stands(0xBE): return Sign(length: 2, isOdd: false)
    // The bars of boxes.
    case 0xE2 where stands(0x94) || stands(0x95):
      guard offset + 2 < bytes.count else { return nil }
      let isBar = stands(0x94) ? bytes[offset + 2] == 0x82 : bytes[offset + 2] == 0x91
      return isBar ? Sign(length: 3, isOdd: true) : nil
    default: return nil
    }
  }

  private static func next(
    _ sign: ByteRange, in text: ByteRange, _ bytes: Span<UInt8>
  ) -> ByteRange? {
    var from = text.start
    while let place = bytes.firstOffset(of: bytes[sign.start], in: from..<text.end) {
      let end = place + sign.count
      if end <= text.end, bytes.equals(ByteRange(place, end), sign) { return ByteRange(place, end) }
      from = place + 1
    }
    return nil
  }

  /// Whether `login` is one word without anything that parts fields or paths.
  private static func isName(_ login: ByteRange, in bytes: Span<UInt8>) -> Bool {
    !login.isEmpty && !hasPath(bytes, login.start, login.end)
      && separator(in: bytes, from: login.start, to: login.end) == nil
  }
}
