internal import Bytes

/// What a file is that is no archive, by its first bytes; its name is no evidence.
public enum FileKind: UInt8, Sendable {
  case text = 1
  case empty
  /// Pictures, programs, and whatever else is no text: nothing to read.
  case binary
  case database
  /// UTF-16 with or without a byte order mark.
  case utf16

  /// Looks at `sample`, the beginning of a file.
  public init(_ sample: Span<UInt8>) {
    if sample.isEmpty {
      self = .empty
      return
    }
    for (magic, offset, kind) in Self.magics where sample.holds(magic, at: offset) {
      self = kind
      return
    }
    self = Self.byContent(sample)
  }

  /// Text, unless more than a tenth of the bytes are control characters that no text holds.
  ///
  /// Stealers write NULs into values, so one NUL proves nothing. UTF-16 of European text has a NUL in
  /// every second byte; 30 % of one parity is taken for it.
  private static func byContent(_ sample: Span<UInt8>) -> FileKind {
    let count = Swift.min(sample.count, 4096)
    // Nearly every file is text.
    if !hasControls(sample.extracting(0..<count)) { return .text }
    var nulsAtEven = 0
    var nulsAtOdd = 0
    var controls = 0
    var highs = 0
    for offset in 0..<count {
      let byte = sample[offset]
      if byte == 0 {
        if offset & 1 == 0 { nulsAtEven += 1 } else { nulsAtOdd += 1 }
      }
      if isControl(byte) != 0 { controls += 1 }
      if byte >= 0x80 { highs += 1 }
    }
    let half = Swift.max(1, count / 2)
    if count >= 8 && (nulsAtEven * 10 > half * 3) != (nulsAtOdd * 10 > half * 3) { return .utf16 }
    // Of packed and encrypted bytes just a tenth are such characters, and half are above ASCII.
    let others = controls - nulsAtEven - nulsAtOdd
    if others * 20 > count && highs * 3 > count { return .binary }
    return controls * 10 > count ? .binary : .text
  }

  /// 1 for a control character that no text holds: tab, LF, VT, FF, CR and ESC occur in text. A number, so that many bytes
  /// are looked at together.
  @inline(__always)
  private static func isControl(_ byte: UInt8) -> UInt8 {
    let isLow: UInt8 = byte < 0x20 ? 1 : 0
    let isOfText: UInt8 = byte &- 0x09 < 5 ? 1 : 0
    let isEscape: UInt8 = byte == 0x1B ? 1 : 0
    return isLow & ~(isOfText | isEscape)
  }

  private static func hasControls(_ bytes: Span<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      var found: UInt8 = 0
      for index in bytes.indices { found |= isControl(unsafe bytes[index]) }
      return found != 0
    }
  }

  private static let magics: [(bytes: [UInt8], offset: Int, kind: FileKind)] = [
    (Array("SQLite format 3\u{00}".utf8), 0, .database),
    // A write-ahead log, with checksums in either order of bytes.
    ([0x37, 0x7F, 0x06, 0x82], 0, .database), ([0x37, 0x7F, 0x06, 0x83], 0, .database),
    ([0xFF, 0xFE], 0, .utf16),
    ([0xFE, 0xFF], 0, .utf16),
    ([0xFF, 0xD8, 0xFF], 0, .binary),
    ([0x89, 0x50, 0x4E, 0x47], 0, .binary),
    (Array("%PDF-".utf8), 0, .binary),
    (Array("MZ\u{90}\u{00}".utf8), 0, .binary),
  ]
}
