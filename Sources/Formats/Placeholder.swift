internal import Bytes

/// What stealers write where nothing was saved.
enum Placeholder {
  /// Whether `value` is empty or a placeholder: the form was visited, but nothing was saved.
  static func stands(at value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if value.isEmpty { return true }
    if !mayBegin(with: bytes[value.start]) { return false }
    if isRule(value, in: bytes) { return true }
    // By length, as a list of them would be gone through for every value.
    switch value.count {
    case 3: return bytes.equals(value, lowercase: "n/a")
    case 4: return bytes.equals(value, lowercase: "null") || bytes.equals(value, lowercase: "none")
    case 7:
      return bytes.equals(value, lowercase: "unknown") || bytes.equals(value, lowercase: "(empty)")
        || bytes.equals(value, lowercase: "<empty>")
    case 9: return bytes.equals(value, lowercase: "not_saved")
    case 11: return bytes.equals(value, lowercase: "[not_saved]")
    default: return false
    }
  }

  /// Whether a value that begins with this byte may be one: a cheap first question, which must know how each begins.
  @inline(__always)
  static func mayBegin(with byte: UInt8) -> Bool {
    switch byte {
    case 0x55, 0x75, 0x4E, 0x6E, ASCII.openBracket, 0x28, 0x3C, ASCII.hyphen: true
    default: ASCII.isBlank(byte)
    }
  }

  /// Whether it is hyphens and nothing else: `-`, or the line below a table's header.
  private static func isRule(_ value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in value.bounds where bytes[offset] != ASCII.hyphen { return false }
    return true
  }
}
