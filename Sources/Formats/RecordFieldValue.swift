internal import Bytes

// The value of a field as it is meant.
extension RecordField {
  /// The value as it is meant: of a field with a quoted label, without its comma and quotes (escapes stay); of
  /// others but the password, without quotes round it; and of a login without the advert behind it.
  func plain(_ value: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    guard isQuoted else {
      if meaning == .password { return value }
      let inner = Self.unwrapped(value, in: bytes)
      let text = Self.unquoted(inner, in: bytes) ?? Self.ofPython(inner, in: bytes) ?? inner
      return meaning.isLogin ? Self.withoutAdvert(text, in: bytes) : text
    }
    var value = value
    while !value.isEmpty {
      switch bytes[value.end - 1] {
      case ASCII.comma, 0x7D, ASCII.closeBracket:
        value = bytes.trimmed(ByteRange(value.start, value.end - 1))
      default: return Self.unquoted(value, in: bytes) ?? value
      }
    }
    return value
  }

  /// A login or URL without the comma, semicolon or border of a box behind it, and without brackets round it.
  private static func unwrapped(_ value: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var text = value
    for _ in 0..<maxTags {
      guard text.count > 2 else { return text }
      switch (bytes[text.start], bytes[text.end - 1]) {
      case (_, ASCII.comma), (_, ASCII.semicolon), (_, ASCII.bar):
        text = bytes.trimmed(ByteRange(text.start, text.end - 1))
      // `(…)`, `<…>`, `[…]` and Markdown's code.
      case (0x28, 0x29), (0x3C, 0x3E), (ASCII.openBracket, ASCII.closeBracket), (0x60, 0x60):
        text = bytes.trimmed(ByteRange(text.start + 1, text.end - 1))
      // U+2500 to U+257F.
      case (_, 0x80...0xBF)
      where text.count > 3 && bytes[text.end - 3] == 0xE2
        && (bytes[text.end - 2] == 0x94 || bytes[text.end - 2] == 0x95):
        text = bytes.trimmed(ByteRange(text.start, text.end - 3))
      default: return text
      }
    }
    return text
  }

  /// What stands within the quotes round `value`, or nil if none do.
  static func unquoted(_ value: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    if let inner = PrintersQuotes.inner(value, in: bytes) { return inner }
    guard value.count >= 2, bytes[value.start] == bytes[value.end - 1] else { return nil }
    switch bytes[value.start] {
    case ASCII.quote, ASCII.apostrophe:
      return bytes.trimmed(ByteRange(value.start + 1, value.end - 1))
    default: return nil
    }
  }

  /// What stands within `b'…'` or `u'…'`, as LaZagne shows bytes, or nil.
  private static func ofPython(_ value: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    guard value.count >= 3, bytes[value.start] | 0x20 == 0x62 || bytes[value.start] | 0x20 == 0x75
    else { return nil }
    return unquoted(ByteRange(value.start + 1, value.end), in: bytes)
  }

  /// A login without `[to buy @shop]` or `| https://t.me/shop` behind it: a bracket or bar, and an address or
  /// handle behind that.
  private static func withoutAdvert(_ value: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    for offset in value.bounds.dropFirst() {
      switch bytes[offset] {
      case ASCII.bar, ASCII.openBracket, 0x28:
        guard ASCII.isBlank(bytes[offset - 1]) else { continue }
        let rest = ByteRange(offset, value.end)
        let isAdvert =
          bytes.contains(lowercase: handle, in: rest) || bytes.contains(lowercase: chat, in: rest)
        return isAdvert ? bytes.trimmed(ByteRange(value.start, offset)) : value
      default: continue
      }
    }
    return value
  }

  private static let handle = Array(" @".utf8)
  private static let chat = Array("t.me/".utf8)
}
