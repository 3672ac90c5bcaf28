internal import Bytes

/// Whether bytes are UTF-16, judged by the bytes themselves.
///
/// The evidence is where the NULs stand: every ASCII letter, blank, colon and line end of UTF-16 has one as its high
/// byte, and 8-bit text has none. Letters of other scripts have none either, but Cyrillic has the control
/// character 04 in every second byte, and Chinese lines have blanks and line ends.
enum UnitText {
  /// How far a judgement looks, and so how far back a line's beginning is found: at least one record of a
  /// line list or two labelled lines, as UTF-16.
  static let windowBytes = 256
  /// Units of ASCII that prove UTF-16: `pw␍␊` has so many.
  private static let minUnits = 4
  /// Units of ASCII that prove it whatever follows them.
  private static let enoughUnits = 8
  /// U+2500 to U+25FF begin with this byte, the lines and blocks that banners are drawn with: `%` and a letter of 8-bit text.
  private static let drawnByte: UInt32 = 0x25
  /// Bytes of 8-bit text that prove that UTF-16 ended within a line.
  private static let minLetters = 16

  /// The number at `offset`. Two bytes must stand there.
  static func unit(_ bytes: Span<UInt8>, at offset: Int, isBig: Bool) -> UInt32 {
    let first = UInt32(bytes[offset])
    let second = UInt32(bytes[offset + 1])
    return isBig ? first << 8 | second : second << 8 | first
  }

  /// Whether both bytes of the unit are ASCII letters or signs: two letters of 8-bit text, or one Chinese, but none that is
  /// drawn.
  static func isPair(_ unit: UInt32) -> Bool {
    0x20...0x7E ~= unit & 0xFF && 0x20...0x7E ~= unit >> 8 && unit >> 8 != drawnByte
  }

  /// Whether UTF-16 begins at `start`, a line's first byte. `nul` is where the first NUL behind it stands, or nil
  /// behind a mark.
  static func begins(_ bytes: Span<UInt8>, at start: Int, nul: Int?, isBig: Bool) -> Bool {
    // `Login: a␀n␀n␀` is 8-bit text with NULs in its value; `• URL` has none of its signs before the NUL.
    if let nul, nul > start, isField(bytes.extracting(start..<(isBig ? nul : nul - 1))) {
      return false
    }
    var plain = 0
    var pairs = 0
    var bad = 0
    var offset = start
    let end = Swift.min(bytes.count, start + windowBytes)
    while offset + 1 < end {
      if plain >= enoughUnits && isProof(plain, pairs, bad) { return true }
      let unit = unit(bytes, at: offset, isBig: isBig)
      offset += 2
      switch unit {
      // NULs that fill a line, or a hole.
      case 0: return false
      case 0x0A:
        plain += 1
        // What follows the line may be 8-bit text again.
        if plain >= minUnits { return isProof(plain, pairs, bad) }
      // `─` is `%` in the other byte order, and tells nothing of it.
      case drawnByte << 8, drawnByte: continue
      case 0x09, 0x0D, 0x20...0x7E, 0xA0...0xFF: plain += 1
      case 0xD800...0xDBFF where offset + 1 < end:
        if 0xDC00...0xDFFF ~= Self.unit(bytes, at: offset, isBig: isBig) {
          offset += 2
        } else {
          bad += 1
        }
      // Controls, ends of pairs without a beginning, private use, and what is no character.
      case 0..<0x20, 0x7F...0x9F, 0xD800...0xF8FF, 0xFFFE, 0xFFFF: bad += 1
      // ASCII of the other byte order.
      case _ where unit & 0xFF == 0 && unit >> 8 < 0x7F: bad += 1
      default: if isPair(unit) { pairs += 1 }
      }
    }
    return isProof(plain, pairs, bad)
  }

  private static func isProof(_ plain: Int, _ pairs: Int, _ bad: Int) -> Bool {
    plain >= minUnits && pairs <= plain && bad * 4 <= plain
  }

  /// Whether the bytes are UTF-8, with a sign that may stand between two fields of a line.
  private static func isField(_ bytes: Span<UInt8>) -> Bool {
    for offset in bytes.indices {
      switch bytes[offset] {
      case ASCII.colon, ASCII.equals, ASCII.bar, ASCII.semicolon, ASCII.tab: return isText(bytes)
      default: continue
      }
    }
    return false
  }

  /// Whether the bytes are UTF-8 without control characters.
  private static func isText(_ bytes: Span<UInt8>) -> Bool {
    for offset in bytes.indices where bytes[offset] < 0x20 && bytes[offset] != ASCII.tab {
      return false
    }
    return (try? UTF8Span(validating: bytes)) != nil
  }

  /// Whether UTF-16 goes on at `start`, where a line of it ended: up to the first LF, 8-bit text has no NULs.
  static func goesOn(_ bytes: Span<UInt8>, at start: Int, isBig: Bool) -> Bool {
    var own = 0
    var other = 0
    var hasControl = false
    var drawn = 0
    var units = 0
    // Whether all is drawn, but for blanks and the line end.
    var isDrawn: Bool { drawn > 0 && drawn + own == units }
    var offset = start
    let end = Swift.min(bytes.count, start + windowBytes)
    while offset + 1 < end, own - other < minUnits {
      let high = bytes[isBig ? offset : offset + 1]
      let low = bytes[isBig ? offset + 1 : offset]
      offset += 2
      units += 1
      if high == drawnByte {
        drawn += 1
      } else if high == 0 {
        own += 1
      } else if low == 0 {
        other += 1
      }
      for byte in [high, low] where 1..<9 ~= byte || 0x0E..<0x20 ~= byte { hasControl = true }
      if high == ASCII.lineFeed || low == ASCII.lineFeed {
        // `https://…␊` before `␀h␀t`: the only NUL belongs to the next line, of the other order.
        let feed = high == 0 && !isBig ? offset - 2 : start
        if own == 1, other == 0, !isDrawn, isText(bytes.extracting(start..<feed)), feed > start {
          return false
        }
        break
      }
    }
    return own > other || own == other && (hasControl || isDrawn)
  }

  /// Whether 8-bit text begins at `start`, within a line of UTF-16: `minLetters` or more of it, up to an LF or for all
  /// that is looked at.
  static func ends(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    let end = Swift.min(bytes.count, start + windowBytes)
    for offset in start..<end {
      let byte = bytes[offset]
      if byte == ASCII.lineFeed { return offset - start >= minLetters }
      if byte < 0x20 && byte != ASCII.tab && byte != ASCII.carriageReturn { return false }
    }
    return end - start >= minLetters
  }

  /// Whether the mark that begins a file of UTF-8 stands at `offset`.
  static func isUTF8Mark(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    offset + 3 < bytes.count && bytes[offset] == 0xEF && bytes[offset + 1] == 0xBB
      && bytes[offset + 2] == 0xBF && bytes[offset + 3] != 0
  }
}
