internal import Bytes

/// What stealers write where nothing was saved.
enum Placeholder {
  /// Whether `value` is empty or a placeholder: the form was visited, but nothing was saved.
  static func stands(at value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if value.isEmpty { return true }
    // The longest has 11 bytes; nearly every value is longer or begins otherwise.
    if value.count > 11 { return false }
    for text in all where bytes.equals(value, lowercase: text) { return true }
    return false
  }

  private static let all: [StaticString] = [
    "unknown", "not_saved", "[not_saved]", "n/a", "null", "none", "-", "(empty)", "<empty>",
  ]
}
