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

  private static func standsBeforeObject(_ byte: UInt8) -> Bool {
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

  /// Whether an element of HTML begins at `offset`, which stands in text; nil if the bytes end before that is known. XML may
  /// have tables, too, but none of rows and heads.
  static func beginsHTML(at offset: Int, in bytes: Span<UInt8>, isLast: Bool) -> Bool? {
    let end = Swift.min(bytes.count, offset + maxLookAhead)
    let isCut = !isLast && end < offset + maxLookAhead
    guard let name = elementName(at: ByteRange(offset, end), in: bytes) else {
      return isCut ? nil : false
    }
    if elementsOfHTML.value(of: name, in: bytes) == nil || bytes[name.start] == 0x21 {
      return false
    }
    if !bytes.equals(name, lowercase: "table") { return true }
    guard let next = bytes.firstOffset(of: 0x3C, in: name.end..<end),
      let inner = elementName(at: ByteRange(next, end), in: bytes)
    else { return isCut ? nil : true }
    return elementsOfHTML.value(of: inner, in: bytes) != nil
      || bytes.starts(inner, withLowercase: "!--")
  }

  /// Those that hold rows: any other may be an element of XML, too.
  private static let elementsOfHTML = ByteTable(
    ["html", "table", "thead", "tbody", "tr", "caption", "colgroup", "col", "!--", "!doctype"].map {
      (Array($0.utf8), 1)
    },
    foldsCase: true)

  /// The name of the element that begins at `text`, or nil if the bytes end before it does.
  private static func elementName(at text: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    var end = text.start + 1
    while end < text.end, !isSpace(bytes[end]), bytes[end] != 0x3E { end += 1 }
    return end < text.end ? ByteRange(text.start + 1, end) : nil
  }

  // MARK: Text

  /// Whether lines of another layout begin at `offset`, the first byte of a line that is not blank, or of what stands behind a
  /// document on its line, outside of any document; nil if that takes more bytes.
  static func isText(
    at offset: Int, in bytes: Span<UInt8>, isAtLineStart: Bool, isLast: Bool,
    _ labels: LabelDictionary
  ) -> Bool? {
    switch bytes[offset] {
    case 0x7B, 0x7D, ASCII.closeBracket, ASCII.comma: return false
    default: break
    }
    guard let whole = line(at: offset, in: bytes, isLast: isLast) else { return nil }
    let line = bytes.withoutMark(whole)
    if bytes[offset] == ASCII.openBracket { return beginsWithTag(line, in: bytes) }
    // A comment before the document.
    if bytes.starts(line, withLowercase: "/*") || bytes.starts(line, withLowercase: "// ") {
      return false
    }
    if isAtLineStart {
      let isSure = isTextForSure(at: offset, in: bytes, isLast: isLast, labels) == true
      if isSure || objectBehindWords(on: line, in: bytes) != nil { return true }
    }
    // `var logins = [`, and what follows on the next lines, too.
    for offset in line.bounds
    where (bytes[offset] == 0x7B || bytes[offset] == ASCII.openBracket)
      && (offset == line.start || standsBeforeObject(bytes[offset - 1]))
    {
      let next = bytes.behindBlanks(offset + 1, line.end)
      if next == line.end { return false }
      switch bytes[next] {
      case ASCII.quote, 0x27, 0x7B, 0x7D, ASCII.openBracket, ASCII.closeBracket: return false
      default: continue
      }
    }
    return true
  }

  /// Whether what begins at `offset`, the first byte of a line that is not blank, can be no part of a document
  /// that is still open: a URL, a label and its URL, an address and more, a line of separators, a header of a table, a statement
  /// of SQL, a declaration of XML, a table of HTML. Nil if that takes more bytes.
  static func isTextForSure(
    at offset: Int, in bytes: Span<UInt8>, isLast: Bool, _ labels: LabelDictionary
  ) -> Bool? {
    var offset = offset
    if bytes[offset] == 0xEF {
      guard let whole = line(at: offset, in: bytes, isLast: isLast) else { return nil }
      let text = bytes.withoutMark(whole)
      if text.isEmpty { return false }
      offset = text.start
    }
    guard let isKnown = isKnownText(at: offset, in: bytes, isLast: isLast, labels) else {
      return nil
    }
    return isKnown ? true : isMailLine(at: offset, in: bytes, isLast: isLast)
  }

  /// Whether what begins at `offset`, the first byte of a line that is not blank, can be no text of an element of XML that lacks its
  /// end: what `isTextForSure` says, an object of JSON, or labels of a record on two lines. The bytes are the last.
  static func isNoXML(
    at offset: Int, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    if isTextForSure(at: offset, in: bytes, isLast: true, labels) == true { return true }
    if starting(at: offset, in: bytes, isLast: true) == .json { return true }
    guard let end = endOfField(at: offset, in: bytes, labels) else { return false }
    var next = end
    while next < bytes.count, isSpace(bytes[next]) { next += 1 }
    return next < bytes.count && endOfField(at: next, in: bytes, labels) != nil
  }

  /// Where the line at `offset` ends, if it is a label of a record, a colon and a value.
  private static func endOfField(
    at offset: Int, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Int? {
    guard let line = line(at: offset, in: bytes, isLast: true),
      let field = RecordField.first(in: line, of: bytes, labels), field.hasColon,
      [.url, .login, .password].contains(field.meaning)
    else { return nil }
    return line.end
  }

  private static func isKnownText(
    at offset: Int, in bytes: Span<UInt8>, isLast: Bool, _ labels: LabelDictionary
  ) -> Bool? {
    let byte = bytes[offset]
    // What stands behind may be `[FR] https://…`, `1. https://…`.
    let mayPrecede = ASCII.isDigit(byte) || byte == ASCII.openBracket || byte == 0x28
    let isRule = byte == 0x3D || byte == ASCII.hyphen || byte == 0x2A || byte == 0x7E
    guard ASCII.isLetter(byte) || byte == 0x3C || isRule || mayPrecede || byte >= 0x80 else {
      return false
    }
    guard let whole = line(at: offset, in: bytes, isLast: isLast) else { return nil }
    let line = bytes.trimmed(whole)
    if isRule { return TextLines.isSeparator(line, in: bytes) }
    if byte == 0x3C {
      guard let part = starting(at: offset, in: bytes, isLast: isLast),
        let isHTML = beginsHTML(at: offset, in: bytes, isLast: isLast)
      else { return nil }
      return part == .xml || isHTML
    }
    // A line end that got into a document of one line.
    if holdsJSON(line, in: bytes) { return false }
    if URLText.hasScheme(at: line, in: bytes) || beginsWithTag(line, in: bytes) { return true }
    if isRecord(line, in: bytes, labels) { return true }
    if mayPrecede { return false }
    if MarkedRows.beginsStatement(line, in: bytes) || TextLines.beginsMachine(line, in: bytes) {
      return true
    }
    if SeparatedTable.isHeader(line, in: bytes, labels) { return true }
    guard let field = RecordField.first(in: line, of: bytes, labels), field.hasColon,
      field.meaning == .url
    else { return false }
    return URLText.hasScheme(at: field.value, in: bytes)
  }

  /// Whether a word in brackets and more begin the line, `[FR] https://…`, `[URL] …`, and so no list of JSON.
  private static func beginsWithTag(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let limit = Swift.min(line.end, line.start + maxTagBytes)
    guard line.count > 2, bytes[line.start] == ASCII.openBracket,
      ASCII.isLetter(bytes[line.start + 1]) || ASCII.isDigit(bytes[line.start + 1]),
      let end = bytes.firstOffset(of: ASCII.closeBracket, in: line.start..<limit)
    else { return false }
    for offset in (line.start + 1)..<end
    where isQuote(bytes[offset]) || bytes[offset] == 0x7B || bytes[offset] == ASCII.openBracket {
      return false
    }
    let next = bytes.behindBlanks(end + 1, line.end)
    guard next < line.end else { return false }
    switch bytes[next] {
    case ASCII.comma, ASCII.semicolon, ASCII.closeBracket, 0x7D: return false
    default: return true
    }
  }

  /// In bytes, with the brackets.
  private static let maxTagBytes = 64

  /// Whether a URL, a login and a password stand on the line, behind whatever: `1. https://…`, `FR|https://…|ann|…`.
  private static func isRecord(
    _ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    guard bytes.firstOffset(of: ASCII.quote, in: line.bounds) == nil else { return false }
    var from = line.start
    while let slash = bytes.firstOffset(of: ASCII.slash, in: from..<line.end) {
      from = slash + 1
      if from < line.end, bytes[from] == ASCII.slash, slash > line.start,
        bytes[slash - 1] == ASCII.colon
      {
        return DelimitedLine(line, in: bytes, labels).isCertain
      }
    }
    return false
  }

  /// Whether an address and, behind a separator, something more stand on the line at `offset`, without a blank or a tag:
  /// within a document that is a line of a list, if no string is open, and no longer than records are: a line end that got
  /// into a document of one line is no end of it. Nil if that takes more bytes.
  private static func isMailLine(at offset: Int, in bytes: Span<UInt8>, isLast: Bool) -> Bool? {
    guard ASCII.isLetter(bytes[offset]) || ASCII.isDigit(bytes[offset]) else { return false }
    guard let line = line(at: offset, in: bytes, isLast: isLast) else { return nil }
    guard line.count < maxLineBytes else { return false }
    guard let at = bytes.firstOffset(of: ASCII.at, in: line.bounds) else { return false }
    var separator = at + 1
    while separator < line.end, bytes[separator] != ASCII.colon, bytes[separator] != 0x3B,
      bytes[separator] != 0x7C
    {
      separator += 1
    }
    guard separator > at + 1, separator + 1 < line.end else { return false }
    return line.bounds.allSatisfy { !ASCII.isBlank(bytes[$0]) && bytes[$0] != 0x3C }
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
