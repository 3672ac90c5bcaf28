internal import Bytes

/// A part of a text, by the reader that takes it, and how one is known by its first line.
enum TextPart: Sendable {
  case lines, json, xml

  /// How far is looked ahead for the first name of a document. In bytes.
  private static let maxLookAhead = 512
  /// A line is told by so many of its bytes.
  static let maxLineBytes = 1024

  // MARK: Documents

  /// What begins at `offset`, where a line begins: a document, or lines as before; nil if that takes more bytes.
  @inline(__always)
  static func starting(at offset: Int, in bytes: Span<UInt8>, isLast: Bool) -> TextPart? {
    guard offset < bytes.count else { return .lines }
    switch bytes[offset] {
    case 0x7B, ASCII.openBracket, 0x3C, ASCII.space, ASCII.tab, 0xEF:
      return document(at: offset, in: bytes, isLast: isLast)
    default: return .lines
    }
  }

  private static func document(
    at offset: Int, in bytes: Span<UInt8>, isLast: Bool
  ) -> TextPart? {
    let end = Swift.min(bytes.count, offset + maxLookAhead)
    var place = bytes.withoutMark(ByteRange(offset, end))
    place.start = bytes.behindBlanks(place.start, place.end)
    let isCut = !isLast && end < offset + maxLookAhead
    if place.isEmpty || bytes[place.start] == 0xEF { return isCut ? nil : .lines }
    switch bytes[place.start] {
    case 0x7B, ASCII.openBracket:
      guard let isJSON = beginsJSON(place, in: bytes) else { return isCut ? nil : .lines }
      return isJSON ? .json : .lines
    case 0x3C:
      guard let isXML = beginsXML(place, in: bytes) else { return isCut ? nil : .lines }
      return isXML ? .xml : .lines
    default: return .lines
    }
  }

  /// Whether objects begin there, `{"name":`, `[{"name":`, or lists in a list, `[["`; nil if the bytes end before.
  private static func beginsJSON(_ place: ByteRange, in bytes: Span<UInt8>) -> Bool? {
    var offset = place.start
    var last: UInt8 = 0
    var lists = 0
    while offset < place.end {
      let byte = bytes[offset]
      if isQuote(byte) { break }
      if byte == ASCII.openBracket { lists += 1 }
      if byte == 0x7B || byte == ASCII.openBracket {
        // An object begins with a name.
        if last == 0x7B { return false }
        last = byte
      } else if !isSpace(byte) {
        // Python's `{u'url': …`
        guard last == 0x7B, JSONWord.isStringPrefix(byte) else { return false }
        guard offset + 1 < place.end else { return nil }
        if !isQuote(bytes[offset + 1]) { return false }
      }
      offset += 1
    }
    guard offset < place.end else { return nil }
    if last == ASCII.openBracket { return lists > 1 }
    let quote = bytes[offset]
    offset += 1
    while offset < place.end, bytes[offset] != quote {
      if isLineEnd(bytes[offset]) { return false }
      offset += 1
    }
    offset += 1
    while offset < place.end, isSpace(bytes[offset]) { offset += 1 }
    return offset < place.end ? bytes[offset] == ASCII.colon : nil
  }

  /// Where an object of JSON or JavaScript begins behind words on a line, as in logs of programs: `INFO {"url": …}`, `data: {…}`,
  /// `saved.push({url: …});`. Nil without one.
  static func objectBehindWords(on line: ByteRange, in bytes: Span<UInt8>) -> Int? {
    let limit = Swift.min(line.end, line.start + maxWordsBytes)
    guard let brace = bytes.firstOffset(of: 0x7B, in: line.start..<limit),
      brace > line.start, standsBeforeObject(bytes[brace - 1]),
      beginsJSON(ByteRange(brace, line.end), in: bytes) == true
        || beginsWithName(ByteRange(brace + 1, line.end), in: bytes)
    else { return nil }
    return brace
  }

  /// Whether a URL or an address stands in `words`: what follows may be a password.
  static func holdsSite(_ words: ByteRange, in bytes: Span<UInt8>) -> Bool {
    bytes.firstOffset(of: ASCII.at, in: words.bounds) != nil
      || words.bounds.contains {
        URLText.hasScheme(at: ByteRange($0, words.end), in: bytes)
      }
  }

  /// What programs write before an object is no longer. In bytes.
  private static let maxWordsBytes = 160

  static func standsBeforeObject(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x28, ASCII.openBracket, ASCII.equals, ASCII.colon: true
    default: ASCII.isBlank(byte)
    }
  }

  /// Whether a name without quotes and the string that it names stand there, `url: "`.
  private static func beginsWithName(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let name = ByteRange(bytes.behindBlanks(text.start, text.end), text.end)
    guard let colon = colonBehindName(name, in: bytes) else { return false }
    let value = bytes.behindBlanks(colon + 1, text.end)
    return value < text.end && isQuote(bytes[value])
  }

  static func isQuote(_ byte: UInt8) -> Bool {
    byte == ASCII.quote || byte == ASCII.apostrophe
  }

  /// Whether a declaration or an element of a known export begins there; nil if the bytes end before.
  private static func beginsXML(_ place: ByteRange, in bytes: Span<UInt8>) -> Bool? {
    guard let name = elementName(at: place, in: bytes) else { return nil }
    if bytes.starts(name, withLowercase: "?xml") { return true }
    return elements.value(of: name, in: bytes) != nil
  }

  /// What exports begin with. HTML stands in text, too, and is none.
  private static let elements = ByteTable(
    [
      "keepassfile", "pwlist", "pwentry", "entry", "group", "filezilla3", "servers",
      "recentservers", "server", "logins", "login", "accounts", "account", "passwords",
      "credentials", "credential", "node", "connections", "mrng:connections", "database", "card",
      "item", "items", "list", "records", "record", "entries",
    ].map { (Array($0.utf8), 1) },
    foldsCase: true)

  /// Whether a page or rows of HTML begin at `offset`, which stand in text: XML may have tables, too, but no cells of HTML in them. Nil
  /// if the bytes end before that is known.
  static func beginsHTML(at offset: Int, in bytes: Span<UInt8>, isLast: Bool) -> Bool? {
    let end = Swift.min(bytes.count, offset + maxLookAhead)
    var place: Int? = offset
    while let start = place, let name = elementName(at: ByteRange(start, end), in: bytes) {
      let isEnd = !name.isEmpty && bytes[name.start] == ASCII.slash
      if !(isEnd && start > offset) && !bytes.starts(name, withLowercase: "!--") {
        switch elementsOfHTML.value(of: name, in: bytes) {
        // What rows stand in, and nothing else but rows.
        case 1: break
        case 2: return start > offset
        default: return false
        }
      }
      place = bytes.firstOffset(of: 0x3C, in: name.end..<end)
    }
    return !isLast && end < offset + maxLookAhead ? nil : false
  }

  private static let elementsOfHTML = ByteTable(
    ["html", "table", "thead", "tbody", "tr", "caption", "colgroup", "col"].map {
      (Array($0.utf8), 1)
    } + ["head", "body", "td", "th"].map { (Array($0.utf8), 2) },
    foldsCase: true)

  /// The name of the element that begins at `text`, or nil if the bytes end before it does.
  private static func elementName(at text: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    var end = text.start + 1
    while end < text.end, !isSpace(bytes[end]), bytes[end] != 0x3E { end += 1 }
    return end < text.end ? ByteRange(text.start + 1, end) : nil
  }

  /// The line that begins at `offset`, or as much of it as counts; nil if that takes more bytes.
  static func line(
    at offset: Int, in bytes: Span<UInt8>, isLast: Bool
  ) -> ByteRange? {
    let limit = Swift.min(bytes.count, offset + maxLineBytes)
    var end = offset
    while end < limit, !isLineEnd(bytes[end]) { end += 1 }
    if end == bytes.count && !isLast && end < offset + maxLineBytes { return nil }
    return ByteRange(offset, end)
  }

  static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == ASCII.lineFeed || byte == ASCII.carriageReturn
  }

  /// Whether the byte stands between the parts of a document and means nothing.
  static func isSpace(_ byte: UInt8) -> Bool {
    ASCII.isBlank(byte) || isLineEnd(byte) || byte == 0
  }
}
