internal import Bytes

/// The quotation marks of printed text, which word processors put in place of `"`: `“ann”`, `„ann“`, `« ann »`.
enum PrintersQuotes {
  /// What stands within such marks round `text`, or nil if none do.
  @inline(__always)
  static func inner(_ text: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    guard text.count > 4, bytes[text.start] >= 0xC2 else { return nil }
    return slowInner(text, in: bytes)
  }

  private static func slowInner(_ text: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    let first = markLength(at: text.start, in: bytes)
    let last = closer(at: text)
    func closer(at text: ByteRange) -> Int {
      for length in 2...3 where markLength(at: text.end - length, in: bytes) == length {
        return length
      }
      return 0
    }
    guard first > 0, last > 0, first + last < text.count else { return nil }
    var inner = bytes.trimmed(ByteRange(text.start + first, text.end - last))
    // No-break spaces stand within `« ann »`.
    while inner.count > 1, let length = spaceLength(at: inner.start, in: bytes) {
      inner = bytes.trimmed(ByteRange(inner.start + length, inner.end))
    }
    while inner.count > 1 {
      if spaceLength(at: inner.end - 2, in: bytes) == 2 {
        inner = bytes.trimmed(ByteRange(inner.start, inner.end - 2))
      } else if inner.count > 2, spaceLength(at: inner.end - 3, in: bytes) == 3 {
        inner = bytes.trimmed(ByteRange(inner.start, inner.end - 3))
      } else {
        break
      }
    }
    return inner.isEmpty ? nil : inner
  }

  /// The length of the mark at `offset`, or 0: U+2018 to U+201F, and guillemets.
  private static func markLength(at offset: Int, in bytes: Span<UInt8>) -> Int {
    guard offset + 1 < bytes.count else { return 0 }
    switch (bytes[offset], bytes[offset + 1]) {
    case (0xC2, 0xAB), (0xC2, 0xBB): return 2
    case (0xE2, 0x80) where offset + 2 < bytes.count && (0x98...0x9F).contains(bytes[offset + 2]):
      return 3
    default: return 0
    }
  }

  /// The length of the no-break space at `offset`, or nil: U+00A0, U+202F.
  private static func spaceLength(at offset: Int, in bytes: Span<UInt8>) -> Int? {
    guard offset + 1 < bytes.count else { return nil }
    switch (bytes[offset], bytes[offset + 1]) {
    case (0xC2, 0xA0): return 2
    case (0xE2, 0x80) where offset + 2 < bytes.count && bytes[offset + 2] == 0xAF: return 3
    default: return nil
    }
  }
}
