internal import Bytes

// The rows of HTML tables.
extension MarkedRows {
  /// A row of HTML over several lines is no longer. In bytes.
  static let maxRowBytes = 8192
  /// A tag longer than this is text. In bytes.
  private static let maxTagBytes = 512

  /// The next row in `rest`, which begins behind the one before; nil if none is left.
  mutating func nextOfHTML(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Row? {
    count = 0
    var cell = -1
    var isHeader = false
    var offset = rest.start
    while let open = bytes.firstOffset(of: 0x3C, in: offset..<rest.end) {
      let tag = Tag(at: open, to: rest.end, in: bytes)
      offset = open + 1
      guard let tag, tag.kind != .other else { continue }
      if cell >= 0 { add(ByteRange(cell, open), in: bytes) }
      cell = -1
      if tag.kind == .row || tag.kind == .table, count > 0 {
        // The tag that begins the next row is looked at again with that.
        rest.start = open
        return row(isHeader: isHeader, in: bytes, labels)
      }
      if tag.kind == .table { columnCount = 0 }
      guard
        let end = bytes.firstOffset(
          of: 0x3E, in: open..<Swift.min(rest.end, open + Self.maxTagBytes))
      else { continue }
      offset = end + 1
      if tag.kind == .cell || tag.kind == .header { cell = offset }
      isHeader = isHeader || tag.kind == .header
    }
    if cell >= 0 { add(ByteRange(cell, rest.end), in: bytes) }
    rest.start = rest.end
    return count == 0 ? nil : row(isHeader: isHeader, in: bytes, labels)
  }

  /// A tag that structures a table.
  struct Tag {
    enum Kind { case cell, header, row, table, end, other }
    var kind = Kind.other
    /// Whether it is an end tag.
    var isEnd = false

    /// Nil if the tag is cut off.
    init?(at open: Int, to end: Int, in bytes: Span<UInt8>) {
      var start = open + 1
      guard start + 2 < end else { return nil }
      isEnd = bytes[start] == ASCII.slash
      if isEnd { start += 1 }
      var behind = start
      while behind < end, ASCII.isLetter(bytes[behind]) { behind += 1 }
      guard behind < end else { return nil }
      if bytes[behind] != 0x3E && !ASCII.isBlank(bytes[behind]) { return }
      let name = ByteRange(start, behind)
      if bytes.equals(name, lowercase: "td") {
        kind = isEnd ? .end : .cell
      } else if bytes.equals(name, lowercase: "th") {
        kind = isEnd ? .end : .header
      } else if bytes.equals(name, lowercase: "tr") {
        kind = .row
      } else if bytes.equals(name, lowercase: "table") {
        kind = .table
      }
    }
  }

  /// The line with those below it up to the end of its row, if that stands further down and each cell, or the tags and the
  /// text of each, on lines of their own; else as it is; nil if the row's end is not there yet.
  ///
  /// `cutter` stands at the line; another one would look through all bytes for a CR again.
  static func wholeRow(
    _ first: (line: ByteRange, next: Int), _ cutter: LineCutter, in bytes: Span<UInt8>,
    isLast: Bool, _ labels: LabelDictionary
  ) -> (line: ByteRange, next: Int)? {
    let text = bytes.trimmed(first.line)
    guard !text.isEmpty, bytes[text.start] == 0x3C else { return first }
    var row = OpenRow()
    _ = row.take(text, in: bytes)
    if !row.isOpen { return first }
    // `<tr><td>URL: https://…<br>Login: …` holds a record, `<tr><td>URL:</td>` a name.
    if let field = RecordField.first(in: text, of: bytes, labels), field.hasColon,
      !field.value.isEmpty
    {
      return first
    }
    let limit = first.line.start + maxRowBytes
    var lines = cutter
    lines.move(to: first.next)
    var whole = first
    while row.isOpen {
      guard let below = lines.peek(in: bytes) else {
        return isLast || bytes.count > limit ? first : nil
      }
      lines.move(to: below.next)
      let text = bytes.trimmed(below.line)
      if below.next > limit { return first }
      if text.isEmpty { continue }
      // What has labels is no row of columns, and a record or a statement is no cell.
      guard
        bytes[text.start] == 0x3C
          || row.awaitsText && !beginsStatement(text, in: bytes)
            && !DelimitedLine(text, in: bytes, labels).isCertain,
        RecordField.first(in: text, of: bytes, labels)?.hasColon != true
      else { return first }
      // The next row begins: so each line is looked at for one row.
      if row.take(text, in: bytes) { return first }
      whole = (ByteRange(first.line.start, below.line.end), below.next)
    }
    return row.hasCell ? whole : first
  }

  /// What the lines of a row say so far.
  private struct OpenRow {
    var isOpen = false
    var hasCell = false
    /// Whether a cell has begun, and none of its text.
    var awaitsText = false

    /// Takes a line; whether a row begins on it.
    mutating func take(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
      var opensRow = false
      var from = line.start
      // From the last tag of a row on.
      var text = line
      while let open = bytes.firstOffset(of: 0x3C, in: from..<line.end) {
        from = open + 1
        guard let tag = Tag(at: open, to: line.end, in: bytes), tag.kind != .other else { continue }
        switch tag.kind {
        case .row:
          isOpen = !tag.isEnd
          opensRow = opensRow || !tag.isEnd
        case .table: isOpen = false
        case .cell, .header: hasCell = true
        case .end, .other: break
        }
        awaitsText = tag.kind == .cell || tag.kind == .header
        text.start = open
      }
      awaitsText = awaitsText && MarkedRows.behindTags(text, in: bytes).isEmpty
      return opensRow
    }
  }

  /// `text` behind the tags with which it begins.
  private static func behindTags(_ text: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var text = text
    while !text.isEmpty, bytes[text.start] == 0x3C,
      let end = bytes.firstOffset(of: 0x3E, in: text.bounds)
    {
      text = bytes.trimmedOfLines(ByteRange(end + 1, text.end))
    }
    return text
  }

  /// Adds the text of a cell, without the tags round it: `<a href=…>https://…</a>`.
  private mutating func add(_ cell: ByteRange, in bytes: Span<UInt8>) {
    guard count < Self.maxCells else { return }
    var text = Self.behindTags(bytes.trimmedOfLines(cell), in: bytes)
    if let end = bytes.firstOffset(of: 0x3C, in: text.bounds) {
      text = bytes.trimmedOfLines(ByteRange(text.start, end))
    }
    cells[count] = InvisibleText.trimmed(text, in: bytes)
    count += 1
  }
}
