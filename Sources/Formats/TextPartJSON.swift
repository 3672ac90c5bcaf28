internal import Bytes

// What a document of JSON that is open may hold, and what it may not.
extension TextPart {
  /// Whether what begins at `offset`, the first byte of a line that is not blank, can be no part of an object or list of JSON that
  /// is open: what `isTextForSure` says, a label and its value, a log's words before an object, and in an object that waits for no
  /// value, what is no member. Nil if that takes more bytes.
  static func isNoJSON(
    at offset: Int, in bytes: Span<UInt8>, mayBeMember: Bool, isLast: Bool,
    _ labels: LabelDictionary
  ) -> Bool? {
    guard let isSure = isTextForSure(at: offset, in: bytes, isLast: isLast, labels) else {
      return nil
    }
    if isSure { return true }
    if isQuote(bytes[offset]) || isOfJSON(bytes[offset]) { return false }
    guard let whole = line(at: offset, in: bytes, isLast: isLast) else { return nil }
    let line = bytes.trimmed(whole)
    if let field = RecordField.first(in: line, of: bytes, labels), field.hasColon {
      return field.meaning != .other && isNoMember(field.value, in: bytes)
    }
    if mayBeMember || beginsMember(line, in: bytes) { return false }
    let object = objectBehindWords(on: line, in: bytes)
    return !holdsJSON(ByteRange(line.start, object ?? line.end), in: bytes)
  }

  /// Whether what begins at `offset`, the first byte of a line that is not blank, goes on with the object behind words that the
  /// line before began: a member with its name in quotes, or what ends it. Nil if that takes more bytes.
  static func goesOn(at offset: Int, in bytes: Span<UInt8>, isLast: Bool) -> Bool? {
    switch bytes[offset] {
    case 0x7D, ASCII.closeBracket, ASCII.comma: return true
    case ASCII.quote, ASCII.apostrophe:
      guard let line = line(at: offset, in: bytes, isLast: isLast) else { return nil }
      guard let end = bytes.firstOffset(of: bytes[offset], in: (offset + 1)..<line.end) else {
        return false
      }
      let next = bytes.behindBlanks(end + 1, line.end)
      return next < line.end && bytes[next] == ASCII.colon
    default: return false
    }
  }

  /// Whether the byte is a bracket, parts the members of a document, or begins a comment.
  private static func isOfJSON(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x7B, 0x7D, ASCII.openBracket, ASCII.closeBracket, ASCII.comma, ASCII.semicolon,
      ASCII.colon, ASCII.slash, ASCII.hash:
      true
    default: false
    }
  }

  /// Whether no value of JSON or JavaScript stands there, nor what may stand behind one.
  private static func isNoMember(_ value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard !value.isEmpty, !isQuote(bytes[value.start]) else { return false }
    switch bytes[value.end - 1] {
    case ASCII.comma, ASCII.quote, ASCII.apostrophe, ASCII.openBracket, ASCII.closeBracket, 0x7B,
      0x7D:
      return false
    default:
      return !JSONWord.isNumber(value, in: bytes) && !JSONWord.isLiteral(value, in: bytes)
    }
  }

  /// Whether a name without quotes and a colon begin the line, or a string of Python's.
  private static func beginsMember(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if line.count > 1, isQuote(bytes[line.start + 1]), JSONWord.isStringPrefix(bytes[line.start]) {
      return true
    }
    return colonBehindName(line, in: bytes) != nil
  }

  /// Where the colon stands behind a name without quotes with which `text` begins, or nil.
  static func colonBehindName(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    var end = text.start
    while end < text.end, isOfName(bytes[end]) { end += 1 }
    let colon = bytes.behindBlanks(end, text.end)
    return end > text.start && colon < text.end && bytes[colon] == ASCII.colon ? colon : nil
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x5F, 0x24, ASCII.hyphen, ASCII.dot: true
    default: ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80
    }
  }

  static func holdsJSON(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    line.bounds.contains { isJSONAfterString(at: $0, in: bytes, before: line.end) }
  }

  /// Whether a string of JSON may end there: a quote before what follows one.
  private static func isJSONAfterString(
    at offset: Int, in bytes: Span<UInt8>, before end: Int
  ) -> Bool {
    guard bytes[offset] == ASCII.quote, offset + 1 < end else { return false }
    switch bytes[offset + 1] {
    case ASCII.comma, ASCII.colon, ASCII.closeBracket, 0x7D: return true
    default: return false
    }
  }
}
