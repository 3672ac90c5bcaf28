internal import Bytes

/// What stealers write where nothing was saved.
enum Placeholder {
  /// Whether `value` is empty or a placeholder: the form was visited, but nothing was saved.
  static func stands(at value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if value.isEmpty { return true }
    if !mayBegin(with: bytes[value.start]) { return false }
    if isRule(value, in: bytes) { return true }
    // The longest has 11 bytes; nearly every value is longer or begins otherwise.
    if value.count > 11 { return false }
    for text in all where bytes.equals(value, lowercase: text) { return true }
    return false
  }

  /// Whether a value that begins with this byte may be one: a cheap first question.
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

  /// `mayBegin` must know how each begins.
  private static let all: [StaticString] = [
    "unknown", "not_saved", "[not_saved]", "n/a", "null", "none", "(empty)", "<empty>",
  ]
}
