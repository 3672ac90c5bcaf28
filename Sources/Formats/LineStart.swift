internal import Bytes

/// What stands before the first word of a line and says nothing: bullets, numbers, quotation signs, emoji.
enum LineStart {
  /// A list's number has no more digits: `1.`, `[12]`, `#7)`.
  private static let maxNumberDigits = 7
  /// `</strong>` has nine bytes; tags with attributes are no label's.
  static let maxTagBytes = 12

  /// Where the text of `line` begins behind blanks, bullets (`- `, `* `, `• `, `[+] `, `> `), numbers
  /// (`1. `, `[12] `), marks of Markdown (`**`), emoji and byte order marks, which also stand mid-file where files were
  /// joined. A quote stays: `"url": …` is a label of its own form.
  @inline(__always)
  static func behindBullets(_ line: ByteRange, in bytes: Span<UInt8>) -> Int {
    if line.start < line.end, ASCII.isLetter(bytes[line.start]) { return line.start }
    return slowBehindBullets(line, in: bytes)
  }

  private static func slowBehindBullets(_ line: ByteRange, in bytes: Span<UInt8>) -> Int {
    var offset = line.start
    while offset < line.end {
      let byte = bytes[offset]
      if isBullet(byte) {
        offset += 1
      } else if byte >= 0x80, let next = symbolEnd(bytes, at: offset, to: line.end) {
        offset = next
      } else if let next = tagEnd(bytes, at: offset, to: line.end) {
        offset = next
      } else if let next = numberEnd(bytes, at: offset, to: line.end) {
        offset = next
      } else {
        break
      }
    }
    return offset
  }

  private static func isBullet(_ byte: UInt8) -> Bool {
    switch byte {
    // * + - > ( [ { _ ` # ~ ! and blanks
    case 0x2A, 0x2B, ASCII.hyphen, 0x3E, 0x28, ASCII.openBracket, 0x7B, 0x5F, 0x60, ASCII.hash,
      0x7E, 0x21, ASCII.bar, ASCII.closeBracket, 0x29:
      true
    default: ASCII.isBlank(byte)
    }
  }

  /// Behind `1.`, `1)`, `1]` or `1:` and a blank, or nil.
  private static func numberEnd(_ bytes: Span<UInt8>, at start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end, offset - start <= maxNumberDigits, ASCII.isDigit(bytes[offset]) {
      offset += 1
    }
    guard offset > start, offset - start <= maxNumberDigits, offset + 1 < end else { return nil }
    switch bytes[offset] {
    case ASCII.dot, 0x29, ASCII.closeBracket: break
    default: return nil
    }
    return ASCII.isBlank(bytes[offset + 1]) ? offset + 2 : nil
  }

  /// Behind a tag of HTML such as `<b>`, `</code>` or `<br/>`, or nil.
  static func tagEnd(_ bytes: Span<UInt8>, at start: Int, to end: Int) -> Int? {
    guard start + 2 < end, bytes[start] == 0x3C else { return nil }
    var offset = start + 1
    if bytes[offset] == ASCII.slash { offset += 1 }
    let limit = Swift.min(end, start + maxTagBytes)
    while offset < limit, ASCII.isLetter(bytes[offset]) { offset += 1 }
    // `<br />`
    if offset + 1 < limit, bytes[offset] == ASCII.space, bytes[offset + 1] == ASCII.slash {
      offset += 1
    }
    if offset < limit, bytes[offset] == ASCII.slash { offset += 1 }
    return offset < limit && bytes[offset] == 0x3E ? offset + 1 : nil
  }

  /// Behind a symbol beyond ASCII that is no letter, or nil: BOM, no-break and ideographic space, U+2000 to
  /// U+2BFF (punctuation, arrows, dingbats), emoji and what changes their look.
  static func symbolEnd(_ bytes: Span<UInt8>, at offset: Int, to end: Int) -> Int? {
    func stands(_ second: ClosedRange<UInt8>) -> Bool {
      offset + 1 < end && second.contains(bytes[offset + 1])
    }
    switch bytes[offset] {
    // U+00A0 to U+00BF: no-break space, guillemets, middle dot.
    case 0xC2 where stands(0xA0...0xBF): return offset + 2
    // U+061C, the Arabic letter mark.
    case 0xD8 where stands(0x9C...0x9C): return offset + 2
    // U+2000 to U+2BFF.
    case 0xE2 where stands(0x80...0xAF) && offset + 2 < end: return offset + 3
    // U+3000, U+3010 and U+3011: ideographic space and brackets.
    case 0xE3 where stands(0x80...0x80) && offset + 2 < end: return offset + 3
    // U+FE00 to U+FE0F (variation selectors) and U+FEFF (byte order mark).
    case 0xEF where offset + 2 < end && (stands(0xB8...0xB8) || stands(0xBB...0xBB)):
      return bytes[offset + 1] == 0xB8 && bytes[offset + 2] > 0x8F ? nil : offset + 3
    // U+1F000 to U+1FFFF.
    case 0xF0 where stands(0x9F...0x9F) && offset + 3 < end: return offset + 4
    default: return nil
    }
  }
}
