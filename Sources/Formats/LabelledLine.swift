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
    guard
      let separator = bytes.firstOffset(
        of: ASCII.colon, or: ASCII.equals, in: start..<Swift.max(start, limit))
    else { return nil }
    let label = bytes.trimmed(ByteRange(start, separator))
    if label.isEmpty { return nil }
    return LabelledLine(label: label, value: bytes.trimmed(ByteRange(separator + 1, end)))
  }
}
