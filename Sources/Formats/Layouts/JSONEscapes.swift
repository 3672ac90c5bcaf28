internal import Bytes

/// Escapes in strings of JSON and of Python.
enum JSONEscapes {
  /// Appends the text at `place`, unescaped. What is no escape stays as it is.
  static func append(_ place: ByteRange, of bytes: Span<UInt8>, to text: inout [UInt8]) {
    var offset = place.start
    while offset < place.end {
      let byte = bytes[offset]
      if byte == ASCII.backslash && offset + 1 < place.end {
        offset = appendEscape(at: offset, place.end, of: bytes, to: &text)
      } else {
        text.append(byte)
        offset += 1
      }
    }
  }

  /// Appends what the escape at `start` stands for, and returns where it ends.
  private static func appendEscape(
    at start: Int, _ end: Int, of bytes: Span<UInt8>, to text: inout [UInt8]
  ) -> Int {
    let kind = bytes[start + 1]
    switch kind {
    case 0x6E: text.append(ASCII.lineFeed)
    case 0x72: text.append(ASCII.carriageReturn)
    case 0x74: text.append(ASCII.tab)
    case 0x62, 0x66: text.append(ASCII.space)
    case 0x75, 0x78:
      let digits = kind == 0x75 ? 4 : 2
      guard let high = number(at: start + 2, digits, end, in: bytes) else { fallthrough }
      return appendScalar(high, behind: start + 2 + digits, end, of: bytes, to: &text)
    default:
      // `\"`, `\/`, `\\`, and whatever nobody knows.
      text.append(kind)
    }
    return start + 2
  }

  private static func appendScalar(
    _ high: UInt32, behind: Int, _ end: Int, of bytes: Span<UInt8>, to text: inout [UInt8]
  ) -> Int {
    var value = high
    var behind = behind
    // \ud83d\ude00 is one scalar, in two halves.
    if high & 0xFC00 == 0xD800, behind + 1 < end, bytes[behind] == ASCII.backslash,
      bytes[behind + 1] == 0x75, let low = number(at: behind + 2, 4, end, in: bytes),
      low & 0xFC00 == 0xDC00
    {
      value = 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)
      behind += 6
    }
    text.appendUTF8(value)
    return behind
  }

  private static func number(
    at start: Int, _ digits: Int, _ end: Int, in bytes: Span<UInt8>
  ) -> UInt32? {
    guard start + digits <= end else { return nil }
    var value: UInt32 = 0
    for offset in start..<(start + digits) {
      guard let digit = bytes[offset].hexDigit else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

extension [UInt8] {
  /// Appends a scalar as UTF-8, U+FFFD if there is no such scalar.
  mutating func appendUTF8(_ value: UInt32) {
    let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
    for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(unit) }
  }
}
