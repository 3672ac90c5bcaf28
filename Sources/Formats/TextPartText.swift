internal import Bytes

// Lines of text between documents, and how they are told from what a document holds.
extension TextPart {
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
      guard let isSure = isTextForSure(at: offset, in: bytes, isLast: isLast, labels) else {
        return nil
      }
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
  /// end, beside what `isTextForSure` says: an object of JSON, or labels of a record on two lines. The bytes are the last.
  static func isNoXML(
    at offset: Int, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
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
    let isRule = byte == 0x3D || byte == ASCII.hyphen || byte == 0x2A || byte == 0x7E
    let isTag = byte == 0x3C || byte == ASCII.openBracket || byte == 0x28
    guard ASCII.isLetter(byte) || ASCII.isDigit(byte) || isTag || isRule || byte >= 0x80 else {
      return false
    }
    guard let whole = line(at: offset, in: bytes, isLast: isLast) else { return nil }
    let line = bytes.trimmed(whole)
    if isRule { return TextLines.isSeparator(line, in: bytes) }
    if byte == 0x3C {
      if bytes.starts(line, withLowercase: "<?xml") { return true }
      guard let part = starting(at: offset, in: bytes, isLast: isLast),
        let isHTML = beginsHTML(at: offset, in: bytes, isLast: isLast)
      else { return nil }
      if part != .xml && !isHTML { return false }
    } else {
      // A line end that got into a document of one line.
      if holdsJSON(line, in: bytes) { return false }
      if URLText.hasScheme(at: line, in: bytes) || isSite(line, in: bytes, labels) { return true }
      guard isOfLines(line, in: bytes, labels) else { return false }
    }
    return goesOnAsJSON(behind: line, in: bytes, isLast: isLast).map { !$0 }
  }

  /// Whether a label, a colon and a URL stand there.
  private static func isSite(
    _ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    guard let field = RecordField.first(in: line, of: bytes, labels) else { return false }
    return field.hasColon && field.isSite(in: bytes)
  }

  /// Whether the line has what lines of text begin with, and what a string with a line end in it, a note, may hold, too: a tag in
  /// brackets, something before a URL, a login and a password, a statement of SQL, a machine of `.netrc`, a header of a table.
  private static func isOfLines(
    _ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    beginsWithTag(line, in: bytes) || isRecord(line, in: bytes, labels)
      || MarkedRows.beginsStatement(line, in: bytes) || TextLines.beginsMachine(line, in: bytes)
      || SeparatedTable.isHeader(line, in: bytes, labels)
  }

  /// Whether a string of JSON ends soon behind the line, or a bracket closes there: the line is one of a note, or of a list of words.
  /// Nil if that takes more bytes.
  private static func goesOnAsJSON(
    behind line: ByteRange, in bytes: Span<UInt8>, isLast: Bool
  ) -> Bool? {
    let end = Swift.min(bytes.count, line.end + maxLineBytes)
    if !isLast && end < line.end + maxLineBytes { return nil }
    var next = line.end
    while next < end, isSpace(bytes[next]) { next += 1 }
    if next < end, bytes[next] == ASCII.closeBracket || bytes[next] == 0x7D { return true }
    return holdsJSON(ByteRange(line.end, end), in: bytes)
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
}
