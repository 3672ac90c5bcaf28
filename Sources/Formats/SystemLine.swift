internal import Bytes

/// How lines of system files are cut: with bullets, emoji, brackets and lists, as families write them.
enum SystemLine {
  /// Decoration before a label, in code points and blanks.
  private static let maxDecoration = 16

  /// The line's label and value, or nil; `💻 PC Name: x` is labelled, too.
  static func cut(_ line: ByteRange, in bytes: Span<UInt8>) -> LabelledLine? {
    LabelledLine.cut(ByteRange(undecorated(line, in: bytes), line.end), in: bytes)
  }

  /// What may be the heading of a list: the line without bullets, frames and a colon at its end.
  static func heading(_ line: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    func isFrame(_ byte: UInt8) -> Bool {
      ASCII.isBlank(byte) || [ASCII.hyphen, ASCII.equals, ASCII.hash, 0x2A].contains(byte)
    }
    var start = undecorated(line, in: bytes)
    var end = line.end
    while start < end, isFrame(bytes[start]) { start += 1 }
    while end > start, isFrame(bytes[end - 1]) || bytes[end - 1] == ASCII.colon { end -= 1 }
    return ByteRange(start, end)
  }

  /// The line as an item of a list of programs, or nil if the list has ended: at an empty line, a heading, a label
  /// of whatever kind, or what may be a part of a credential.
  static func item(
    _ line: ByteRange, _ labels: LabelDictionary, in bytes: Span<UInt8>
  ) -> ByteRange? {
    let item = heading(line, in: bytes)
    if item.isEmpty || bytes[item.start] == ASCII.openBracket { return nil }
    // A colon at its end makes a label of any line.
    let whole = ByteRange(undecorated(line, in: bytes), line.end)
    guard isProgram(whole, in: bytes), labels.recordClass(of: item, in: bytes) == nil,
      labels.systemClass(of: item, in: bytes) == nil,
      RecordField.first(in: line, of: bytes, labels) == nil
    else { return nil }
    return item
  }

  /// Whether the text may be the name of one program. Where two fields stand side by side it is none: a line of
  /// somebody's credentials must not come out as the name of an antivirus.
  private static func isProgram(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in text.bounds {
      switch bytes[offset] {
      case ASCII.colon, ASCII.bar, ASCII.at, ASCII.equals, ASCII.semicolon, ASCII.slash,
        ASCII.backslash, ASCII.tab:
        return false
      // The full-width colon.
      case 0xEF where text.end - offset > 2 && bytes[offset + 1] == 0xBC:
        if bytes[offset + 2] == 0x9A { return false }
      default: continue
      }
    }
    return true
  }

  /// Two names in one value: `ann (PC-9)`, `ann [PC-9]`, `PC-9(ann)`, `PC-9/ann`, `ann\PC-9`; nil if it is one.
  static func pair(
    _ value: ByteRange, in bytes: Span<UInt8>
  ) -> (first: ByteRange, second: ByteRange)? {
    if let parts = bracketed(value, in: bytes), !parts.before.isEmpty {
      return (parts.before, parts.within)
    }
    let separators = [ASCII.slash, ASCII.backslash, ASCII.at]
    guard let cut = value.bounds.first(where: { separators.contains(bytes[$0]) }) else {
      return nil
    }
    // JSON writes the backslash twice.
    let isDouble = cut + 1 < value.end && bytes[cut + 1] == ASCII.backslash
    let first = bytes.trimmed(ByteRange(value.start, cut))
    let second = bytes.trimmed(ByteRange(cut + (isDouble ? 2 : 1), value.end))
    return first.isEmpty || second.isEmpty ? nil : (first, second)
  }

  /// What stands before and within the bracket that ends the value, or nil.
  static func bracketed(
    _ value: ByteRange, in bytes: Span<UInt8>
  ) -> (before: ByteRange, within: ByteRange)? {
    guard !value.isEmpty else { return nil }
    let close = bytes[value.end - 1]
    guard close == 0x29 || close == ASCII.closeBracket else { return nil }
    let open: UInt8 = close == 0x29 ? 0x28 : ASCII.openBracket
    guard let start = value.bounds.last(where: { bytes[$0] == open }) else { return nil }
    let within = bytes.trimmed(ByteRange(start + 1, value.end - 1))
    if within.isEmpty { return nil }
    return (bytes.trimmed(ByteRange(value.start, start)), within)
  }

  /// Where the line begins behind blanks and symbols. Letters of all languages stay.
  private static func undecorated(_ line: ByteRange, in bytes: Span<UInt8>) -> Int {
    var start = line.start
    for _ in 0..<maxDecoration {
      guard let length = decoration(at: start, line.end, in: bytes) else { break }
      start += length
    }
    return start
  }

  /// The length of a blank or symbol, or nil. Emoji are U+1F000 to U+1FFFF (F0 9F); older symbols, frames
  /// and arrows U+2000 to U+2BFF (E2 80 to E2 AF); U+FE0F makes a symbol an emoji (EF B8 8F).
  private static func decoration(at start: Int, _ end: Int, in bytes: Span<UInt8>) -> Int? {
    guard start < end else { return nil }
    if ASCII.isBlank(bytes[start]) { return 1 }
    guard start + 2 < end else { return nil }
    switch (bytes[start], bytes[start + 1]) {
    case (0xF0, 0x9F): return Swift.min(4, end - start)
    case (0xE2, 0x80...0xAF), (0xEF, 0xB8): return 3
    default: return nil
    }
  }
}
