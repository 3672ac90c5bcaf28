internal import Bytes

/// Characters that nobody sees, as web pages and chats leave them round what is copied from them.
enum InvisibleText {
  /// `range` without soft hyphens, zero-width characters, marks of direction and byte order marks at its ends.
  @inline(__always)
  static func trimmed(_ range: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    // Nearly every login begins and ends in ASCII.
    guard !range.isEmpty, bytes[range.start] >= 0xC2 || bytes[range.end - 1] >= 0x80 else {
      return range
    }
    return slowlyTrimmed(range, in: bytes)
  }

  private static func slowlyTrimmed(_ range: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    let whole = range
    var range = range
    while let length = length(in: bytes, at: range.start, to: range.end) { range.start += length }
    while true {
      if length(in: bytes, at: range.end - 2, from: range.start, to: range.end) == 2 {
        range.end -= 2
      } else if length(in: bytes, at: range.end - 3, from: range.start, to: range.end) == 3 {
        range.end -= 3
      } else {
        // What is blank behind them goes too; without them the text is as it was.
        return range == whole ? whole : bytes.trimmed(range)
      }
    }
  }

  /// The text without such characters wherever they stand, or nil if it has none or is longer than a label.
  ///
  /// Labels that are none as they stand are looked up again so, which is rare.
  static func label(_ range: ByteRange, in bytes: Span<UInt8>) -> (
    text: InlineArray<64, UInt8>, count: Int
  )? {
    guard range.count <= 64, range.bounds.contains(where: { bytes[$0] >= 0xC2 }) else {
      return nil
    }
    var text = InlineArray<64, UInt8>(repeating: 0)
    var count = 0
    var offset = range.start
    while offset < range.end {
      if let length = length(in: bytes, at: offset, to: range.end) {
        offset += length
      } else {
        text[count] = bytes[offset]
        count += 1
        offset += 1
      }
    }
    return count == range.count ? nil : (text, count)
  }

  /// The length of the invisible character at `offset`, or nil if none stands there.
  private static func length(
    in bytes: Span<UInt8>, at offset: Int, from start: Int = 0, to end: Int
  ) -> Int? {
    guard offset >= start, offset + 1 < end else { return nil }
    switch (bytes[offset], bytes[offset + 1]) {
    // U+00AD, U+061C
    case (0xC2, 0xAD), (0xD8, 0x9C): return 2
    // U+200B to U+200F, U+202A to U+202E, U+2060 to U+206F, U+FEFF
    case (0xE2, 0x80)
    where offset + 2 < end
      && ((0x8B...0x8F).contains(bytes[offset + 2]) || (0xAA...0xAE).contains(bytes[offset + 2])),
      (0xE2, 0x81) where offset + 2 < end && (0xA0...0xAF).contains(bytes[offset + 2]),
      (0xEF, 0xBB) where offset + 2 < end && bytes[offset + 2] == 0xBF:
      return 3
    default: return nil
    }
  }
}
