internal import Bytes

// What tells a row of a table from a line of the text behind it.
extension SeparatedTable {
  /// Whether the row at hand, which begins with `line`, is one of a text behind the table: a labelled field, a
  /// delimited record or a line of signs, in one cell or in others than the header names; labels in its first two cells; or
  /// an object behind words.
  mutating func isText(
    _ line: ByteRange, _ columns: Columns, in bytes: Span<UInt8>
  ) -> Bool {
    if holdsObject(line, in: bytes) { return true }
    if record.cells.count > 1 {
      // The second first: this is asked of each row, and most have a URL in the other.
      if isLabelled(1, in: bytes) && isLabelled(0, in: bytes) { return true }
      return !fits(columns, in: bytes) && DelimitedLine(line, in: bytes, labels).isCertain
    }
    let trimmed = bytes.trimmed(line)
    if trimmed.isEmpty { return false }
    if let field = RecordField.first(in: line, of: bytes, labels), field.hasColon { return true }
    return DelimitedLine(line, in: bytes, labels).isCertain
      || TextLines.isSeparator(trimmed, in: bytes)
  }

  /// Whether a cell begins with a label and its colon, as those of `URL: …, Login: …` do. No row has two of them.
  private func isLabelled(_ cell: Int, in bytes: Span<UInt8>) -> Bool {
    let text = record.cells[cell]
    guard
      bytes.firstOffset(of: ASCII.colon, in: text.bounds) != nil
        || bytes.firstOffset(of: ASCII.equals, in: text.bounds) != nil
    else { return false }
    return RecordField.first(in: text, of: bytes, labels)?.hasColon == true
  }

  /// Whether the words of a program and an object begin the line: `INFO {"url": …`.
  private func holdsObject(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    bytes.firstOffset(of: 0x7B, in: record.cells[0].bounds) != nil
      && TextPart.objectBehindWords(on: line, in: bytes) != nil
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
    let upToLineEnd = bytes.extracting(0..<below.end)
    _ = record.cut(upToLineEnd, from: below.start, delimiter: delimiter, isLast: true)
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
  /// of logins a URL, and none of either ends in an address and its password.
  private mutating func fits(_ columns: Columns, in bytes: Span<UInt8>) -> Bool {
    guard record.cells.count > columns.lastNeeded else { return false }
    noteExcess(columns, in: bytes)
    let url = url(columns, in: bytes).text
    let login = cell(columns.logins.first, in: bytes)
    if DelimitedLine.isAddress(url, in: bytes) || URLText.hasScheme(at: login, in: bytes) {
      return false
    }
    // What was cut at commas of the password: `ann@mail.example:CANARY,1`, or a URL before it.
    if addressWithColon(login, in: bytes) != nil { return false }
    guard let at = addressWithColon(url, in: bytes),
      let slash = (url.start..<at).last(where: { bytes[$0] == ASCII.slash }), slash > url.start
    else { return true }
    // Neither `https://ann:…@a.example` nor `https://a.example/@ann`.
    return bytes[slash - 1] == ASCII.slash || slash + 1 == at
  }

  /// Where the `@` of a text stands that has a colon behind it, or nil.
  private func addressWithColon(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    guard let at = bytes.firstOffset(of: ASCII.at, in: text.bounds),
      bytes.firstOffset(of: ASCII.colon, in: at..<text.end) != nil
    else { return nil }
    return at
  }
}
