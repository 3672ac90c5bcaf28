internal import Bytes

// What tells a row of a table from a line of the text behind it.
extension SeparatedTable {
  /// Whether the row at hand, which begins with `line`, is one of a text behind the table: a labelled field, a
  /// delimited record, a machine of `.netrc` or a line of signs, in one cell or in others than the header names; a label, its
  /// URL and labels or nothing behind it; or, without a login, labels in its first two cells or an object behind words.
  mutating func isText(
    _ line: ByteRange, _ columns: Columns, in bytes: Span<UInt8>
  ) -> Bool {
    if record.cells.count > 1, isSiteAndMore(in: bytes) { return true }
    if !hasLogin(columns, in: bytes) {
      let hasLabels = record.cells.count > 1 && isLabelled(0, in: bytes) && isLabelled(1, in: bytes)
      // `INFO {"url": …`
      if hasLabels || TextPart.objectBehindWords(on: line, in: bytes) != nil { return true }
    }
    if record.cells.count > 1 {
      return !fits(columns, in: bytes) && DelimitedLine(line, in: bytes, labels).isCertain
    }
    let trimmed = InvisibleText.trimmed(bytes.trimmed(line), in: bytes)
    if trimmed.isEmpty { return false }
    if TextLines.beginsMachine(trimmed, in: bytes) { return true }
    if let field = RecordField.first(in: line, of: bytes, labels) {
      // `URL https://…`, `URL -> https://…`
      if field.hasColon || field.isSite(in: bytes) { return true }
    }
    return DelimitedLine(line, in: bytes, labels).isCertain
      || TextLines.isSeparator(trimmed, in: bytes)
  }

  /// Whether the first cell of logins holds what may be one: neither a label, nor a part of an object.
  private func hasLogin(_ columns: Columns, in bytes: Span<UInt8>) -> Bool {
    guard let login = columns.logins.first, login < record.cells.count else { return false }
    let text = record.cells[login]
    // Nearly no login has a brace or a sign, and this is asked of each row.
    if bytes.firstOffset(of: 0x7B, in: text.bounds) != nil { return false }
    guard
      let sign = bytes.firstOffset(of: ASCII.colon, in: text.bounds)
        ?? bytes.firstOffset(of: ASCII.equals, in: text.bounds)
    else { return true }
    let isMember = sign > text.start && bytes[sign - 1] == ASCII.quote
    return !isMember && !isLabelled(login, in: bytes)
  }

  /// Whether a label and a URL stand in the first cell, and a label in another or nothing in all: `URL: https://a.example/1,2, Username: …`,
  /// whose URL has the delimiter.
  private func isSiteAndMore(in bytes: Span<UInt8>) -> Bool {
    let cell = record.cells[0]
    guard let colon = bytes.firstOffset(of: ASCII.colon, in: cell.bounds), colon + 1 < cell.end,
      ASCII.isBlank(bytes[colon + 1]),
      RecordField.first(in: cell, of: bytes, labels)?.isSite(in: bytes) == true
    else { return false }
    let others = record.cells.indices.dropFirst()
    return others.contains { isLabelled($0, in: bytes) }
      || others.allSatisfy { bytes.trimmed(record.cells[$0]).isEmpty }
  }

  /// Whether a cell begins with a label and its colon, as those of `URL: …, Login: …` do.
  private func isLabelled(_ cell: Int, in bytes: Span<UInt8>) -> Bool {
    RecordField.first(in: record.cells[cell], of: bytes, labels)?.hasColon == true
  }

  /// Whether the row at hand is a URL alone, above a line of a text behind the table: the host of what stands there.
  /// Nil if that takes more bytes.
  mutating func isHeading(
    _ line: ByteRange, _ next: Int, _ columns: Columns, in bytes: Span<UInt8>, isLast: Bool
  ) -> Bool? {
    guard record.cells.count == 1, !bytes.trimmed(line).isEmpty,
      TextLines.heading(line, in: bytes) != nil
    else { return false }
    guard let below = lineAhead(at: next, in: bytes, isLast: isLast) else { return nil }
    // The row at hand is put aside, where only headers are cut else.
    swap(&record, &header)
    defer { swap(&record, &header) }
    record.cut(line: below, in: bytes, delimiter: delimiter)
    return isText(below, columns, in: bytes)
  }

  /// The line at `start`, which is looked at before it is read; empty if it is longer than a header may be, nil if its end is
  /// not there yet.
  func lineAhead(at start: Int, in bytes: Span<UInt8>, isLast: Bool) -> ByteRange? {
    let limit = Swift.min(bytes.count, start + Self.maxHeaderBytes)
    if let end = bytes.firstOffset(
      of: ASCII.lineFeed, or: ASCII.carriageReturn, in: start..<limit)
    {
      return ByteRange(start, end)
    }
    if limit == start + Self.maxHeaderBytes { return ByteRange(start, start) }
    return isLast ? ByteRange(start, limit) : nil
  }

  /// Whether the row at hand may be one of the columns: it has a cell for each that is read, none of URLs is an address, none
  /// of logins a URL, and neither ends in an address and its password.
  private mutating func fits(_ columns: Columns, in bytes: Span<UInt8>) -> Bool {
    guard record.cells.count > columns.lastNeeded else { return false }
    noteExcess(columns, in: bytes)
    let url = url(columns, in: bytes).text
    let login = cell(columns.logins.first, in: bytes)
    if DelimitedLine.isAddress(url, in: bytes) || URLText.hasScheme(at: login, in: bytes) {
      return false
    }
    // What was cut at commas of its password: `ann@mail.example:CANARY,1`, or a URL and a colon before it.
    if bytes.firstOffset(of: ASCII.at, in: login.bounds) != nil {
      return columns.logins.count > 1
        || DelimitedLine.colonBehindAddress(login, in: bytes) == nil
    }
    guard let at = bytes.firstOffset(of: ASCII.at, in: url.bounds),
      let colon = (url.start..<at).last(where: { bytes[$0] == ASCII.colon }),
      let next = DelimitedLine.colonBehindAddress(ByteRange(colon + 1, url.end), in: bytes)
    else { return true }
    // `https://ann:…@a.example:8080/`
    var end = next + 1
    while end < url.end, ASCII.isDigit(bytes[end]) { end += 1 }
    return end == url.end || bytes[end] == ASCII.slash
  }
}
