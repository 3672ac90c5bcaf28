public import Bytes

/// A line cut at its label: `  - Hostname : https://…` is label `Hostname`, value `https://…`.
public struct LabelledLine: Sendable {
  /// What stands before the separator, trimmed, without bullets.
  public var label: ByteRange
  /// What stands behind it, trimmed.
  public var value: ByteRange

  /// The line's label and value, or nil if no `:` or `=` stands within the length of a label.
  ///
  /// A label is taken at the start of a line only: a password such as `url:x` or a query `?user:x`
  /// holds none.
  @inline(__always)
  public static func cut(_ line: ByteRange, in bytes: Span<UInt8>) -> LabelledLine? {
    var start = line.start
    let end = line.end
    // Blanks and bullets: "- ", "* ", "• " (E2 80 A2), and a BOM, which also stands mid-file
    // where files were joined (EF BB BF).
    while start < end {
      let byte = bytes[start]
      if ASCII.isBlank(byte) || byte == ASCII.hyphen || byte == 0x2A {
        start &+= 1
      } else if byte == 0xE2 && start + 2 < end && bytes[start + 1] == 0x80
        && bytes[start + 2] == 0xA2
      {
        start &+= 3
      } else if byte == 0xEF && start + 2 < end && bytes[start + 1] == 0xBB
        && bytes[start + 2] == 0xBF
      {
        start &+= 3
      } else {
        break
      }
    }
    let limit = Swift.min(end, start + LabelDictionary.maxLabelBytes + 1)
    let separator: Int
    let behind: Int
    if let wide = wideColon(in: bytes, from: start, to: limit) {
      separator = wide
      behind = wide + 3
    } else if let narrow = bytes.firstOffset(
      of: ASCII.colon, or: ASCII.equals, in: start..<Swift.max(start, limit))
    {
      separator = narrow
      behind = narrow + 1
    } else {
      return nil
    }
    let label = bytes.trimmed(ByteRange(start, separator))
    if label.isEmpty { return nil }
    let cut = LabelledLine(label: label, value: bytes.trimmed(ByteRange(behind, end)))
    return bytes[label.start] == ASCII.quote ? cut.unquoted(in: bytes) : cut
  }

  /// The full-width colon (EF BC 9A) that stands behind a Chinese label, before any other separator. Only
  /// a label that begins beyond ASCII is searched for one.
  @inline(__always)
  private static func wideColon(in bytes: Span<UInt8>, from start: Int, to limit: Int) -> Int? {
    guard start < limit, bytes[start] >= 0xE0 else { return nil }
    var offset = start
    while offset + 2 < limit {
      switch bytes[offset] {
      case ASCII.colon, ASCII.equals: return nil
      case 0xEF where bytes[offset + 1] == 0xBC && bytes[offset + 2] == 0x9A: return offset
      default: offset += 1
      }
    }
    return nil
  }

  /// `"login": "ann",` as label and value without their quotes, or nil if the label's is not closed.
  /// Escapes in the value stay as they are.
  private func unquoted(in bytes: Span<UInt8>) -> LabelledLine? {
    guard label.count > 2, bytes[label.end - 1] == ASCII.quote else { return nil }
    var value = value
    if !value.isEmpty && bytes[value.end - 1] == ASCII.comma { value.end -= 1 }
    value = bytes.trimmed(value)
    if value.count >= 2, bytes[value.start] == ASCII.quote, bytes[value.end - 1] == ASCII.quote {
      value = ByteRange(value.start + 1, value.end - 1)
    }
    return LabelledLine(
      label: ByteRange(label.start + 1, label.end - 1), value: bytes.trimmed(value))
  }
}
