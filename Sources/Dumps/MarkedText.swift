internal import Bytes

/// Takes the marks out of a text (`TextMarks`), so that what is left reads as if it had been written so.
///
/// A link leaves its text, a paragraph of a document is a line, a row of one is a line with tabs. What comes out is no longer than what
/// went in, and the same however that is cut. A mark that is not closed within its limit is text.
public struct MarkedText: Equatable, Sendable {
  /// No mark is longer, in bytes: a tag with its target.
  static let maxMarkBytes = 2048

  static let escape: UInt8 = 0x1B
  static let formFeed: UInt8 = 0x0C
  static let verticalTab: UInt8 = 0x0B

  private let marks: TextMarks
  /// Whether text is passed over, up to the next mark or line, that a document does not show: codes of fields, what was
  /// deleted, numbers of texts.
  private var isPassing = false
  /// Whether the cell that is open has the number of a text, and not a value of its own.
  private var isIndexed = false
  /// The quote that ends the text of a message, or 0 outside of one.
  private var quote: UInt8 = 0

  public init(_ marks: TextMarks) {
    self.marks = marks
  }

  /// What stands at a place.
  private enum Found {
    case text
    /// Nobody can say without more bytes.
    case cut
    /// A mark that ends at `end`, and is replaced by one byte, by a part of itself, or by nothing.
    case byte(UInt8, end: Int)
    case part(ByteRange, end: Int)
    case nothing(end: Int)
  }

  /// Appends the text of `bytes` to `buffer` from `end` on, moves `end` behind it and returns how many bytes it took; the
  /// others must be given again, with more, or with `isLast`, when all are taken.
  ///
  /// The buffer must have room for `bytes.count` bytes behind `end`.
  public mutating func take(
    _ bytes: Span<UInt8>, isLast: Bool, into buffer: inout [UInt8], at end: inout Int
  ) -> Int {
    var offset = 0
    while offset < bytes.count {
      switch found(at: offset, in: bytes, isLast: isLast) {
      case .cut where !isLast: return offset
      case .cut, .text:
        if !isPassing { add(bytes[offset], to: &buffer, at: &end) }
        offset += 1
      case .byte(let byte, let behind):
        add(byte, to: &buffer, at: &end)
        offset = behind
      case .part(let part, let behind):
        for place in part.bounds { add(bytes[place], to: &buffer, at: &end) }
        offset = behind
      case .nothing(let behind): offset = behind
      }
    }
    return offset
  }

  private func add(_ byte: UInt8, to buffer: inout [UInt8], at end: inout Int) {
    buffer[end] = byte
    end += 1
  }

  private mutating func found(at offset: Int, in bytes: Span<UInt8>, isLast: Bool) -> Found {
    switch bytes[offset] {
    case Self.escape where marks.contains(.terminal): return sequence(at: offset, in: bytes)
    case Self.formFeed where marks.contains(.lineEnds),
      Self.verticalTab where marks.contains(.lineEnds):
      return .byte(ASCII.lineFeed, end: offset + 1)
    case 0xC2 where marks.contains(.lineEnds), 0xE2 where marks.contains(.lineEnds):
      let length = Self.lineEnd(at: offset, in: bytes)
      if length > 0 { return .byte(ASCII.lineFeed, end: offset + length) }
      return bytes.count - offset < 3 ? .cut : .text
    case 0x3C where marks.contains(.document):
      return element(at: offset, in: bytes, isLast: isLast)
    case 0x3C where marks.contains(.links): return tag(at: offset, in: bytes)
    case ASCII.openBracket where marks.contains(.links):
      return markdown(at: offset, in: bytes)
    case 0x26 where !marks.isDisjoint(with: [.links, .document]):
      return reference(at: offset, in: bytes)
    case ASCII.lineFeed where isPassing:
      // Nobody may hide the lines behind by a mark that is never closed.
      isPassing = false
      return .text
    case quote where quote != 0: return messageEnd(at: offset)
    default: return .text
    }
  }

  // MARK: Terminals

  /// `ESC [ 1 ; 31 m`, `ESC ] 8 ; ; https://… ESC \` or `ESC ( B`.
  private func sequence(at start: Int, in bytes: Span<UInt8>) -> Found {
    let limit = Swift.min(bytes.count, start + Self.maxMarkBytes)
    let isOpen = limit == bytes.count && limit < start + Self.maxMarkBytes
    guard start + 1 < limit else { return .cut }
    var offset = start + 2
    switch bytes[start + 1] {
    case ASCII.openBracket:
      while offset < limit {
        switch bytes[offset] {
        case 0x20...0x3F: offset += 1
        case 0x40...0x7E: return .nothing(end: offset + 1)
        default: return .text
        }
      }
    case ASCII.closeBracket:
      while offset < limit {
        // BEL, or ESC and a backslash.
        if bytes[offset] == 0x07 { return .nothing(end: offset + 1) }
        if bytes[offset] == ASCII.lineFeed { return .text }
        if bytes[offset] == Self.escape {
          guard offset + 1 < limit else { break }
          return bytes[offset + 1] == ASCII.backslash ? .nothing(end: offset + 2) : .text
        }
        offset += 1
      }
    case 0x28, 0x29:
      if offset < limit { return .nothing(end: offset + 1) }
    default: return .text
    }
    return isOpen ? .cut : .text
  }

  /// The length of the line end at `offset` that is none in ASCII, or 0.
  static func lineEnd(at offset: Int, in bytes: Span<UInt8>) -> Int {
    guard offset + 1 < bytes.count else { return 0 }
    switch (bytes[offset], bytes[offset + 1]) {
    case (0xC2, 0x85): return 2
    case (0xE2, 0x80) where offset + 2 < bytes.count:
      return bytes[offset + 2] == 0xA8 || bytes[offset + 2] == 0xA9 ? 3 : 0
    default: return 0
    }
  }

  // MARK: Links

  /// Tags that stand within a line and part nothing. `<s>` and `<i>` may be a document's fields.
  private static let inlineTags: [StaticString] = [
    "a", "span", "font", "em", "mark", "strong", "b", "wbr",
  ]

  /// Whether the target of a link begins there.
  static func isLink(_ target: ByteRange, in bytes: Span<UInt8>) -> Bool {
    // JSON may have `https:\\/\\/`.
    bytes.starts(target, withLowercase: "mailto:") || bytes.starts(target, withLowercase: "https:")
      || bytes.starts(target, withLowercase: "http:")
  }

  private func tag(at start: Int, in bytes: Span<UInt8>) -> Found {
    let limit = Swift.min(bytes.count, start + Self.maxMarkBytes)
    var close = start + 1
    while close < limit, bytes[close] != 0x3E {
      if bytes[close] == 0x3C || TextMarks.endsLine(bytes[close]) { return .text }
      close += 1
    }
    guard close < limit else { return limit < start + Self.maxMarkBytes ? .cut : .text }
    let tag = ByteRange(start + 1, close)
    if Self.isLink(tag, in: bytes) { return slackLink(tag, in: bytes) }
    var name = tag
    if !name.isEmpty, bytes[name.start] == ASCII.slash { name.start += 1 }
    var end = name.start
    while end < name.end, ASCII.isLetter(bytes[end]) { end += 1 }
    guard end == name.end || ASCII.isBlank(bytes[end]) || bytes[end] == ASCII.slash else {
      return .text
    }
    name.end = end
    for known in Self.inlineTags where bytes.equals(name, lowercase: known) {
      return .nothing(end: close + 1)
    }
    return .text
  }

  /// `https://…`, `https://…|text` or `mailto:ann@…|ann@…`: the target, which a text may shorten, or the address. Where a chat
  /// has made a link of a word that somebody wrote, it is that word, which may be a password.
  private func slackLink(_ link: ByteRange, in bytes: Span<UInt8>) -> Found {
    for offset in link.bounds
    where ASCII.isBlank(bytes[offset]) || TextMarks.endsLine(bytes[offset]) {
      return .text
    }
    let bar = bytes.firstOffset(of: ASCII.bar, in: link.bounds)
    var text = ByteRange(link.start, bar ?? link.end)
    if bytes.starts(text, withLowercase: "mailto:") {
      text.start += 7
    } else if let bar, Self.isWritten(ByteRange(bar + 1, link.end), as: text, in: bytes) {
      text = ByteRange(bar + 1, link.end)
    }
    return .part(text, end: link.end + 1)
  }

  /// Whether `text` is a URL, or the target without its scheme, and so what was written.
  private static func isWritten(
    _ text: ByteRange, as target: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    if isLink(text, in: bytes) { return true }
    guard let colon = bytes.firstOffset(of: ASCII.colon, in: target.bounds) else { return false }
    var rest = ByteRange(Swift.min(colon + 3, target.end), target.end)
    if rest.count == text.count + 1, bytes[rest.end - 1] == ASCII.slash { rest.end -= 1 }
    return bytes.equals(rest, text)
  }

  /// `[text](target)`: an address or a URL as it stands, and else the target.
  private func markdown(at start: Int, in bytes: Span<UInt8>) -> Found {
    let limit = Swift.min(bytes.count, start + Self.maxMarkBytes)
    let otherwise = limit < start + Self.maxMarkBytes ? Found.cut : .text
    var middle = start + 1
    while middle < limit, bytes[middle] != ASCII.closeBracket {
      if TextMarks.endsLine(bytes[middle]) || bytes[middle] == ASCII.openBracket { return .text }
      middle += 1
    }
    let text = ByteRange(start + 1, middle)
    // `](mailto:` must be there to be told from other brackets.
    guard middle + 9 <= limit else { return otherwise }
    let target = ByteRange(middle + 2, limit)
    guard bytes[middle + 1] == 0x28, Self.isLink(target, in: bytes) else { return .text }
    var end = target.start
    while end < limit, bytes[end] != 0x29 {
      // A bracket may begin another link, and what is looked at twice is slow.
      if TextMarks.endsLine(bytes[end]) || ASCII.isBlank(bytes[end])
        || bytes[end] == ASCII.openBracket
      {
        return .text
      }
      end += 1
    }
    guard end < limit else { return otherwise }
    let isAddress =
      bytes.starts(target, withLowercase: "mailto:")
      || bytes.firstOffset(of: ASCII.at, in: text.bounds) != nil
    let link = ByteRange(target.start, end)
    let isText = isAddress || Self.isWritten(text, as: link, in: bytes)
    return .part(isText ? text : link, end: end + 1)
  }

  // MARK: References

  /// `&#1114111;` is the longest number.
  private static let maxReferenceBytes = 10

  /// A character of ASCII by number or name: `&#64;`, `&#x40;`, `&commat;`.
  ///
  /// What means something to the readers stays as it is: a bracket begins no tag, and a quote ends no text, by being written so.
  private func reference(at start: Int, in bytes: Span<UInt8>) -> Found {
    let limit = Swift.min(bytes.count, start + Self.maxReferenceBytes)
    var end = start + 1
    while end < limit,
      bytes[end] == ASCII.hash || ASCII.isLetter(bytes[end]) || ASCII.isDigit(bytes[end])
    {
      end += 1
    }
    guard end < limit else { return limit < start + Self.maxReferenceBytes ? .cut : .text }
    guard bytes[end] == ASCII.semicolon else { return .text }
    guard let value = Self.value(ByteRange(start + 1, end), in: bytes) else { return .text }
    if isPassing { return .nothing(end: end + 1) }
    switch value {
    case 0x0A, 0x0D: return marks.contains(.document) ? .byte(ASCII.lineFeed, end: end + 1) : .text
    case 0xA0: return .byte(ASCII.space, end: end + 1)
    case 0x22, 0x26, 0x27:
      return marks.contains(.document) ? .byte(UInt8(value), end: end + 1) : .text
    case 0x3C, 0x3E, 0x5C: return .text
    case 0x20...0x7E: return .byte(UInt8(value), end: end + 1)
    default: return .text
    }
  }

  private static let names: [(StaticString, UInt32)] = [
    ("commat", 0x40), ("colon", 0x3A), ("period", 0x2E), ("nbsp", 0xA0), ("quot", 0x22),
    ("apos", 0x27),
    ("amp", 0x26),
  ]

  private static func value(_ name: ByteRange, in bytes: Span<UInt8>) -> UInt32? {
    bytes.referredCharacter(name) ?? names.first { bytes.equals(name, lowercase: $0.0) }?.1
  }

  // MARK: Documents

  /// What an element of a document says, by its name without the prefix.
  private static let lines: [StaticString] = [
    "p", "h", "br", "line-break", "si", "row", "tr", "table-row",
  ]
  private static let cells: [StaticString] = ["tc", "table-cell", "c"]
  private static let passed: [StaticString] = ["instrtext", "deltext", "f"]

  private mutating func element(at start: Int, in bytes: Span<UInt8>, isLast: Bool) -> Found {
    let limit = Swift.min(bytes.count, start + Self.maxMarkBytes)
    if let begin = messageBegin(at: start, to: limit, in: bytes) { return begin }
    let rest = (start + 1)..<Swift.max(limit, start + 1)
    guard let close = bytes.firstOffset(of: 0x3E, or: 0x3C, in: rest) else {
      return limit < start + Self.maxMarkBytes ? .cut : .text
    }
    // Nothing that has lines is taken for a mark.
    guard bytes[close] == 0x3E,
      bytes.firstOffset(of: ASCII.lineFeed, in: (start + 1)..<close) == nil
    else { return .text }
    let isEnd = bytes[start + 1] == ASCII.slash
    let isEmpty = !isEnd && bytes[close - 1] == ASCII.slash
    var name = ByteRange(start + (isEnd ? 2 : 1), close)
    var end = name.start
    while end < name.end, !ASCII.isBlank(bytes[end]), bytes[end] != ASCII.slash {
      if bytes[end] == ASCII.colon { name.start = end + 1 }
      end += 1
    }
    name.end = end
    func isOne(of names: [StaticString]) -> Bool {
      names.contains { bytes.equals(name, lowercase: $0) }
    }
    let behind = close + 1
    let isValue = isIndexed && bytes.equals(name, lowercase: "v")
    isPassing = !isEnd && !isEmpty && (isValue || isOne(of: Self.passed))
    if isOne(of: Self.cells) {
      isIndexed = !isEnd && Self.isIndexed(ByteRange(end, close), in: bytes)
      if isEnd || isEmpty { return .byte(ASCII.tab, end: behind) }
    } else if bytes.equals(name, lowercase: "tab") {
      return .byte(ASCII.tab, end: behind)
    } else if isOne(of: Self.lines), isEnd || isEmpty {
      // The last paragraph of a cell does not end its row's line.
      guard let endsCell = Self.endsCell(at: behind, in: bytes, isLast: isLast) else { return .cut }
      return endsCell ? .nothing(end: behind) : .byte(ASCII.lineFeed, end: behind)
    }
    return .nothing(end: behind)
  }

  private static let cellEnds: [StaticString] = ["</w:tc>", "</table:table-cell>"]

  /// Whether a cell ends there; nil if more bytes must say.
  private static func endsCell(at start: Int, in bytes: Span<UInt8>, isLast: Bool) -> Bool? {
    let rest = ByteRange(start, bytes.count)
    if cellEnds.contains(where: { bytes.starts(rest, withLowercase: $0) }) { return true }
    let isOpen = !isLast && rest.count < 20 && (rest.isEmpty || bytes[start] == 0x3C)
    return isOpen ? nil : false
  }

  /// Whether the attributes of a cell of Excel say `t="s"`: its value is the number of a text (ECMA-376, 18.18.11).
  private static func isIndexed(_ attributes: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var offset = attributes.start
    while offset + 6 <= attributes.end {
      if bytes.starts(ByteRange(offset, attributes.end), withLowercase: " t=\"s\"") { return true }
      offset += 1
    }
    return false
  }

  /// The beginning of `<sms … body="`, as copies of text messages have it, or nil.
  private mutating func messageBegin(
    at start: Int, to limit: Int, in bytes: Span<UInt8>
  ) -> Found? {
    let tag = ByteRange(start + 1, limit)
    if tag.count < 4 { return limit < start + Self.maxMarkBytes ? .cut : nil }
    guard bytes.starts(tag, withLowercase: "sms ") else { return nil }
    var offset = tag.start
    while offset + 7 <= tag.end, bytes[offset] != 0x3E, bytes[offset] != 0x3C {
      let attribute = ByteRange(offset, tag.end)
      if bytes.starts(attribute, withLowercase: " body=") {
        let sign = bytes[offset + 6]
        guard sign == ASCII.quote || sign == ASCII.apostrophe else { return nil }
        quote = sign
        isPassing = false
        return .byte(ASCII.lineFeed, end: offset + 7)
      }
      offset += 1
    }
    let isOpen = limit < start + Self.maxMarkBytes && offset + 7 > tag.end
    return isOpen && bytes.firstOffset(of: 0x3C, in: tag.bounds) == nil ? .cut : nil
  }

  private mutating func messageEnd(at offset: Int) -> Found {
    // The tag's other attributes are no text.
    quote = 0
    isPassing = true
    return .byte(ASCII.lineFeed, end: offset + 1)
  }
}

extension TextMarks {
  static func endsLine(_ byte: UInt8) -> Bool {
    byte == ASCII.lineFeed || byte == ASCII.carriageReturn
  }
}
