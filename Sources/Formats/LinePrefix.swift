internal import Bytes

/// What programs put before each line that they show: the numbers of `cat -n`, `nl` and `grep -n` with their file's name, times and
/// names of chats, tags of tools.
///
/// It is looked for only before a label with a sign and a blank behind it, as `12:ann:…` is a login and its password.
enum LinePrefix {
  /// `2025-07-12 10:00:00.000 `, `[443][http-post-form] `, `dir/Passwords.txt:12:`.
  private static let maxParts = 4
  /// A file's path is no longer. In bytes.
  private static let maxPathBytes = 256
  /// No tag or name of a chat is longer. In bytes, with brackets.
  private static let maxTagBytes = 48
  /// `2025-07-12T10:00:00.000000+02:00`. In bytes.
  private static let maxTimeBytes = 32
  private static let maxNumberDigits = 9

  private static let endings: [StaticString] = [".txt", ".log", ".csv", ".lst", ".dat"]

  /// Where the text behind it begins, or nil without one.
  static func end(of line: ByteRange, in bytes: Span<UInt8>) -> Int? {
    var offset = bytes.behindBlanks(line.start, line.end)
    let start = offset
    if let path = pathEnd(ByteRange(offset, line.end), in: bytes) {
      offset = behindNumber(ByteRange(path, line.end), in: bytes) ?? path
    } else if offset > line.start, let next = numberEnd(ByteRange(offset, line.end), in: bytes) {
      offset = next
    }
    for _ in 0..<maxParts {
      guard let next = partEnd(ByteRange(offset, line.end), in: bytes) else { break }
      offset = bytes.behindBlanks(next, line.end)
    }
    return offset > start && offset < line.end ? offset : nil
  }

  /// Behind `dir/Passwords.txt:`, also with the hyphen of the lines round those that were sought.
  private static func pathEnd(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    let limit = Swift.min(text.end, text.start + maxPathBytes)
    var from = text.start
    while let dot = bytes.firstOffset(of: ASCII.dot, in: from..<limit) {
      from = dot + 1
      guard dot + 4 < text.end, bytes[dot + 4] == ASCII.colon || bytes[dot + 4] == ASCII.hyphen
      else { continue }
      for ending in endings where bytes.equals(ByteRange(dot, dot + 4), lowercase: ending) {
        // A URL may end so, too, and what stands behind it is a login.
        return URLText.hasScheme(at: text, in: bytes) ? nil : dot + 5
      }
    }
    return nil
  }

  private static func partEnd(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    guard !text.isEmpty else { return nil }
    switch bytes[text.start] {
    case ASCII.openBracket: return tagEnd(text, ASCII.closeBracket, in: bytes)
    case 0x3C: return tagEnd(text, 0x3E, in: bytes)
    case let byte where ASCII.isDigit(byte): return timeEnd(text, in: bytes)
    default: return nil
    }
  }

  /// Behind `[…]` or `<…>`.
  private static func tagEnd(
    _ text: ByteRange, _ closer: UInt8, in bytes: Span<UInt8>
  ) -> Int? {
    let limit = Swift.min(text.end, text.start + maxTagBytes)
    return bytes.firstOffset(of: closer, in: text.start..<limit).map { $0 + 1 }
  }

  /// Behind a number that a tab or two blanks part from the line. It stands to the right of its column, behind blanks: a login
  /// does not.
  private static func numberEnd(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    guard let end = digitsEnd(text, in: bytes), end + 1 < text.end else { return nil }
    if bytes[end] == ASCII.tab { return end + 1 }
    return bytes[end] == ASCII.space && ASCII.isBlank(bytes[end + 1]) ? end + 2 : nil
  }

  /// Behind the number of a line, which stands behind its file's name.
  private static func behindNumber(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    guard let end = digitsEnd(text, in: bytes), end < text.end,
      bytes[end] == ASCII.colon || bytes[end] == ASCII.hyphen
    else { return nil }
    return end + 1
  }

  private static func digitsEnd(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    var offset = text.start
    while offset < text.end, ASCII.isDigit(bytes[offset]) { offset += 1 }
    let count = offset - text.start
    return count > 0 && count <= maxNumberDigits ? offset : nil
  }

  /// Behind a date or a time and a blank.
  private static func timeEnd(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    let limit = Swift.min(text.end, text.start + maxTimeBytes)
    var signs = 0
    for offset in text.start..<limit {
      switch bytes[offset] {
      case ASCII.space, ASCII.tab: return signs > 0 ? offset + 1 : nil
      // `T`, `Z`, `+`, `,`
      case 0x54, 0x5A, 0x2B, ASCII.comma: continue
      case ASCII.colon, ASCII.hyphen, ASCII.slash, ASCII.dot: signs += 1
      case let byte where ASCII.isDigit(byte): continue
      default: return nil
      }
    }
    return nil
  }
}

extension RecordField {
  /// The field behind what a program put before its line, or nil.
  ///
  /// Only that of a credential counts, with a blank behind its sign, or nothing.
  static func behindPrefix(
    in text: ByteRange, of bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> RecordField? {
    guard let start = LinePrefix.end(of: text, in: bytes),
      var field = first(in: ByteRange(start, text.end), of: bytes, labels), field.hasColon,
      field.value.isEmpty || ASCII.isBlank(bytes[field.value.start - 1])
    else { return nil }
    switch field.meaning {
    case .url, .login, .email, .password: break
    default: return nil
    }
    field.start = text.start
    return field
  }
}
