internal import Bytes

/// What stands in JSON without quotes.
enum JSONWord {
  /// Whether no word goes on over the byte.
  static func isEnd(_ byte: UInt8) -> Bool {
    switch byte {
    case ASCII.comma, ASCII.colon, ASCII.openBracket, ASCII.closeBracket, 0x7B, 0x7D, ASCII.space,
      ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn, 0:
      return true
    default: return false
    }
  }

  /// Whether the byte may stand before the quote of one of Python's strings, as in `u'ann'`.
  static func isStringPrefix(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case 0x75, 0x62, 0x72: return true
    default: return false
    }
  }

  static func isNumber(_ place: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if place.isEmpty { return false }
    for offset in place.bounds {
      let byte = bytes[offset]
      let isSign = offset == place.start && (byte == ASCII.hyphen || byte == 0x2B)
      if !ASCII.isDigit(byte) && byte != ASCII.dot && !isSign { return false }
    }
    return ASCII.isDigit(bytes[place.end - 1])
  }

  static func isLiteral(_ place: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for text in literals where bytes.equals(place, lowercase: text) { return true }
    return false
  }

  private static let literals: [StaticString] = [
    "null", "none", "nil", "true", "false", "nan", "undefined",
  ]
}
