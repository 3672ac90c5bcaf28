internal import Bytes

/// The members of JSON text, one after the other, however deep they stand.
///
/// It is no parser: it looks for strings before colons, and steps over all else. A text that is cut, or holds
/// anything, is read as far as it goes; nesting costs nothing. Escapes stay as they are.
struct JSONPairs {
  struct Pair {
    var label: ByteRange
    /// Empty for a container.
    var value: ByteRange
    /// Whether the value is an object or a list, whose members come next.
    var isContainer = false
  }

  private var offset: Int
  /// The member whose list is being read; its strings are values of that label.
  private var list: ByteRange?

  /// Nil if the text does not begin as JSON does.
  init?(_ bytes: Span<UInt8>) {
    var start = bytes.withoutMark(ByteRange(0, bytes.count)).start
    while start < bytes.count, Self.isSpace(bytes[start]) { start += 1 }
    guard start < bytes.count else { return nil }
    // `[Section]` is a heading; a list of objects is JSON.
    var next = start + 1
    while next < bytes.count, Self.isSpace(bytes[next]) { next += 1 }
    guard next < bytes.count else { return nil }
    let isObject = bytes[start] == 0x7B && (bytes[next] == ASCII.quote || bytes[next] == 0x7B)
    let isList = bytes[start] == ASCII.openBracket && bytes[next] == 0x7B
    guard isObject || isList else { return nil }
    offset = start
  }

  /// The next member, or the next string of a list; nil at the end.
  mutating func next(in bytes: Span<UInt8>) -> Pair? {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == ASCII.quote else {
        if byte == ASCII.closeBracket || byte == 0x7B { list = nil }
        offset += 1
        continue
      }
      guard let text = string(in: bytes) else { return nil }
      skipSpaces(in: bytes)
      if offset < bytes.count, bytes[offset] == ASCII.colon {
        offset += 1
        return member(text, in: bytes)
      }
      if let list { return Pair(label: list, value: text) }
    }
    return nil
  }

  /// Steps over the object or list that was given last.
  mutating func skip(in bytes: Span<UInt8>) {
    var depth = 0
    list = nil
    while offset < bytes.count {
      switch bytes[offset] {
      case ASCII.quote:
        if string(in: bytes) == nil { offset = bytes.count }
        continue
      case ASCII.openBracket, 0x7B: depth += 1
      case ASCII.closeBracket, 0x7D: depth -= 1
      default: break
      }
      offset += 1
      if depth <= 0 { return }
    }
  }

  private mutating func member(_ label: ByteRange, in bytes: Span<UInt8>) -> Pair? {
    skipSpaces(in: bytes)
    guard offset < bytes.count else { return nil }
    switch bytes[offset] {
    case ASCII.quote:
      return string(in: bytes).map { Pair(label: label, value: bytes.trimmed($0)) }
    case ASCII.openBracket, 0x7B:
      list = bytes[offset] == ASCII.openBracket ? label : nil
      return Pair(label: label, value: .empty, isContainer: true)
    default:
      let start = offset
      while offset < bytes.count, ![ASCII.comma, 0x7D, ASCII.closeBracket].contains(bytes[offset]) {
        offset += 1
      }
      var end = offset
      while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
      return Pair(label: label, value: ByteRange(start, end))
    }
  }

  /// What stands within the quotes that begin here; nil if they are not closed.
  private mutating func string(in bytes: Span<UInt8>) -> ByteRange? {
    let start = offset + 1
    var end = start
    while end < bytes.count, bytes[end] != ASCII.quote {
      end += bytes[end] == ASCII.backslash ? 2 : 1
    }
    guard end < bytes.count else {
      offset = bytes.count
      return nil
    }
    offset = end + 1
    return ByteRange(start, end)
  }

  private mutating func skipSpaces(in bytes: Span<UInt8>) {
    while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    ASCII.isBlank(byte) || byte == ASCII.lineFeed || byte == ASCII.carriageReturn
  }
}
