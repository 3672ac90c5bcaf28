internal import Bytes

/// Rows whose cells stand between marks of their own: those of an HTML table, `<tr><td>…</td>…`, and the values of
/// SQL's `INSERT INTO logins (url, …) VALUES ('…', …)`.
///
/// Columns are known by their names, as in a table of separated values. A row of HTML without a header is a record if its
/// form says so: a URL, and login and password next to it. SQL without names of columns is none.
struct MarkedRows: Sendable {
  /// What a row says.
  enum Row {
    /// Names of columns, or cells that are no record.
    case nothing
    /// `<td>URL</td><td>https://…</td>`, one field of a record a row.
    case field(LabelDictionary.Class, ByteRange)
    case record(Record)
  }

  /// Where the parts of a record lie; an empty place is none.
  struct Record {
    var host = ByteRange.empty
    var login = ByteRange.empty
    var email = ByteRange.empty
    var hasPassword = false
    /// Empty without one, and where it has escapes.
    var password = ByteRange.empty
  }

  /// Cells of a row that are looked at; no export that we know has more than 30 columns.
  static let maxCells = 32
  /// A tag longer than this is text. In bytes.
  private static let maxTagBytes = 512
  /// What stands before the first value of a statement. In bytes.
  private static let maxHeadBytes = 4096
  /// Rows without names that are wider hold something else.
  private static let maxUnnamedCells = 6

  private var columns: InlineArray<32, LabelDictionary.Class?> = .init(repeating: nil)
  private var columnCount = 0
  private var cells: InlineArray<32, ByteRange> = .init(repeating: .empty)
  private var count = 0
  /// Whether the last row of HTML was a header's, of which each cell may stand on a line of its own.
  private var isInHeader = false
  /// Whether more values of a statement may follow.
  private(set) var isInStatement = false

  // MARK: State

  /// What one line says of the rows on the next.
  struct State: Equatable, Sendable {
    var columns: [LabelDictionary.Class?] = []
    var isInHeader = false
    var isInStatement = false

    /// The same for equal states: a byte of flags, the number of columns, and a byte for each.
    var encoded: [UInt8] {
      [(isInHeader ? 1 : 0) | (isInStatement ? 2 : 0), UInt8(clamping: columns.count)]
        + columns.map { $0?.rawValue ?? 0 }
    }

    init() {}

    init(columns: [LabelDictionary.Class?], isInHeader: Bool, isInStatement: Bool) {
      self.columns = columns
      self.isInHeader = isInHeader
      self.isInStatement = isInStatement
    }

    /// Nil if the bytes are no state.
    init?(_ bytes: ArraySlice<UInt8>) {
      guard let flags = bytes.first, flags < 4, let count = bytes.dropFirst().first,
        count <= MarkedRows.maxCells, bytes.count == Int(count) + 2
      else { return nil }
      isInHeader = flags & 1 == 1
      isInStatement = flags & 2 == 2
      for byte in bytes.dropFirst(2) {
        let meaning = LabelDictionary.Class(rawValue: byte)
        if byte != 0 && meaning == nil { return nil }
        columns.append(meaning)
      }
    }
  }

  /// Setting it goes on where another reader was.
  var state: State {
    get {
      State(
        columns: (0..<columnCount).map { columns[$0] }, isInHeader: isInHeader,
        isInStatement: isInStatement)
    }
    set {
      columnCount = Swift.min(newValue.columns.count, Self.maxCells)
      for index in 0..<columnCount { columns[index] = newValue.columns[index] }
      isInHeader = newValue.isInHeader
      isInStatement = newValue.isInStatement
    }
  }

  // MARK: HTML

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
  private struct Tag {
    enum Kind { case cell, header, row, table, end, other }
    var kind = Kind.other

    /// Nil if the tag is cut off.
    init?(at open: Int, to end: Int, in bytes: Span<UInt8>) {
      var start = open + 1
      guard start + 2 < end else { return nil }
      let isEnd = bytes[start] == ASCII.slash
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

  /// Adds the text of a cell, without the tags round it: `<a href=…>https://…</a>`.
  private mutating func add(_ cell: ByteRange, in bytes: Span<UInt8>) {
    guard count < Self.maxCells else { return }
    var text = bytes.trimmed(cell)
    while !text.isEmpty, bytes[text.start] == 0x3C,
      let end = bytes.firstOffset(of: 0x3E, in: text.bounds)
    {
      text = bytes.trimmed(ByteRange(end + 1, text.end))
    }
    if let end = bytes.firstOffset(of: 0x3C, in: text.bounds) {
      text = bytes.trimmed(ByteRange(text.start, end))
    }
    cells[count] = InvisibleText.trimmed(text, in: bytes)
    count += 1
  }

  private mutating func row(
    isHeader: Bool, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Row {
    if isHeader || namesColumns(in: bytes, labels) {
      if !isInHeader { columnCount = 0 }
      for index in 0..<count { addColumn(cells[index], in: bytes, labels) }
      // Cells of a header may stand on lines of their own; those that look like it only are one.
      isInHeader = isHeader
      return .nothing
    }
    isInHeader = false
    if count == 2,
      let meaning = labels.recordClass(of: withoutColon(cells[0], in: bytes), in: bytes)
    {
      return .field(meaning, cells[1])
    }
    return named(in: bytes) ?? unnamed(in: bytes)
  }

  private func withoutColon(_ cell: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    guard !cell.isEmpty, bytes[cell.end - 1] == ASCII.colon else { return cell }
    return bytes.trimmed(ByteRange(cell.start, cell.end - 1))
  }

  /// Whether the cells are names, a login's and a password's among them.
  private func namesColumns(in bytes: Span<UInt8>, _ labels: LabelDictionary) -> Bool {
    guard count > 2 else { return false }
    var hasLogin = false
    var hasPassword = false
    for index in 0..<count {
      let meaning = ExportNames.meaning(of: cells[index], in: bytes, labels: labels)
      hasLogin = hasLogin || meaning?.isLogin == true
      hasPassword = hasPassword || meaning == .password
    }
    return hasLogin && hasPassword
  }

  private mutating func addColumn(
    _ name: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    guard columnCount < Self.maxCells else { return }
    columns[columnCount] = ExportNames.meaning(of: name, in: bytes, labels: labels)
    columnCount += 1
  }

  /// The record that the names of the columns make of the cells, or nil without names.
  private func named(in bytes: Span<UInt8>) -> Row? {
    guard let password = column(.password), column(.login) != nil || column(.email) != nil else {
      return nil
    }
    func cell(_ index: Int?) -> ByteRange {
      guard let index, index < count else { return .empty }
      return cells[index]
    }
    if password >= count { return .nothing }
    var record = Record(
      host: cell(column(.url)), login: cell(column(.login)), email: cell(column(.email)))
    take(password: cells[password], in: bytes, to: &record)
    return .record(record)
  }

  private func column(_ meaning: LabelDictionary.Class) -> Int? {
    for index in 0..<columnCount where columns[index] == meaning { return index }
    return nil
  }

  /// The record of a row without names: `url login password`, also behind other cells, or `login password url`.
  private func unnamed(in bytes: Span<UInt8>) -> Row {
    guard count >= 3, count <= Self.maxUnnamedCells else { return .nothing }
    for url in 0..<count {
      guard URLText.hasScheme(at: cells[url], in: bytes),
        URLText(at: cells[url], in: bytes)?.looksLikeHost == true
      else { continue }
      if url + 2 < count { return record(url, login: url + 1, password: url + 2, in: bytes) }
      return url == 2 && count == 3 ? record(url, login: 0, password: 1, in: bytes) : .nothing
    }
    return .nothing
  }

  private func record(
    _ url: Int, login: Int, password: Int, in bytes: Span<UInt8>
  ) -> Row {
    // Words are a title and a text.
    guard isWord(cells[login], in: bytes), isWord(cells[password], in: bytes) else {
      return .nothing
    }
    var record = Record(host: cells[url], login: cells[login])
    take(password: cells[password], in: bytes, to: &record)
    return .record(record)
  }

  private func take(
    password cell: ByteRange, in bytes: Span<UInt8>, to record: inout Record
  ) {
    record.hasPassword = !Placeholder.stands(at: cell, in: bytes)
    if record.hasPassword && !mayHoldEscape(cell, in: bytes) { record.password = cell }
  }

  /// `&amp;` in HTML, `\'` and `''` in SQL.
  private func mayHoldEscape(_ cell: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in cell.bounds {
      switch bytes[offset] {
      case UInt8(ascii: "&"), ASCII.backslash, ASCII.apostrophe: return true
      default: break
      }
    }
    return false
  }

  private func isWord(_ cell: ByteRange, in bytes: Span<UInt8>) -> Bool {
    !cell.isEmpty && bytes.firstOffset(of: ASCII.space, in: cell.bounds) == nil
  }

  // MARK: SQL

  /// Begins or goes on with a statement on the line at `rest`, and moves that to the values; false if the line is of
  /// no statement.
  mutating func beginValues(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    if bytes[rest.start] == 0x28 { return isInStatement }
    if isInStatement, bytes.starts(rest, withLowercase: "values") {
      rest.start += 6
      return true
    }
    guard
      bytes.starts(rest, withLowercase: "insert ") || bytes.starts(rest, withLowercase: "replace ")
    else { return false }
    columnCount = 0
    isInStatement = true
    isInHeader = false
    let limit = Swift.min(rest.end, rest.start + Self.maxHeadBytes)
    var offset = rest.start
    while offset < limit {
      let byte = bytes[offset]
      if byte == 0x28 {
        count = 0
        offset = cutCells(from: offset + 1, to: rest.end, in: bytes) ?? rest.end
        for index in 0..<count { addColumn(cells[index], in: bytes, labels) }
      } else if ASCII.isLetter(byte) {
        let start = offset
        while offset < limit, ASCII.isLetter(bytes[offset]) { offset += 1 }
        if bytes.equals(ByteRange(start, offset), lowercase: "values") {
          rest.start = offset
          return true
        }
      } else {
        offset += 1
      }
    }
    rest.start = rest.end
    return true
  }

  /// The next row of values in `rest`, which begins behind the one before; nil if none is left.
  mutating func nextOfValues(_ rest: inout ByteRange, in bytes: Span<UInt8>) -> Row? {
    while rest.start < rest.end {
      let byte = bytes[rest.start]
      rest.start += 1
      // Behind a list of rows stands a comma, and behind the last a semicolon, or more of the statement.
      if byte == 0x28 { break }
      if byte != ASCII.comma && !ASCII.isBlank(byte) {
        isInStatement = false
        rest.start = rest.end
      }
    }
    guard rest.start < rest.end else { return nil }
    count = 0
    guard let end = cutCells(from: rest.start, to: rest.end, in: bytes) else {
      // A text with a line end in it.
      rest.start = rest.end
      return .nothing
    }
    rest.start = end
    return named(in: bytes) ?? .nothing
  }

  /// Cuts `a, 'b', "c")` into cells and returns where the text behind the parenthesis begins, or nil if it is not
  /// there.
  private mutating func cutCells(
    from start: Int, to end: Int, in bytes: Span<UInt8>
  ) -> Int? {
    var offset = start
    while true {
      while offset < end, ASCII.isBlank(bytes[offset]) { offset += 1 }
      // The letter of `N'ann'`.
      if offset + 1 < end, ASCII.isLetter(bytes[offset]), Self.isQuote(bytes[offset + 1]) {
        offset += 1
      }
      guard offset < end else { return nil }
      var cell = ByteRange(offset, offset)
      if Self.isQuote(bytes[offset]) {
        guard let close = Self.closingQuote(of: offset, to: end, in: bytes) else { return nil }
        cell = ByteRange(offset + 1, close)
        offset = close + 1
      }
      while offset < end, bytes[offset] != ASCII.comma, bytes[offset] != 0x29 { offset += 1 }
      guard offset < end else { return nil }
      if cell.isEmpty && !Self.isQuote(bytes[cell.start]) {
        cell = bytes.trimmed(ByteRange(cell.start, offset))
      }
      if count < Self.maxCells {
        cells[count] = InvisibleText.trimmed(bytes.trimmed(cell), in: bytes)
        count += 1
      }
      offset += 1
      if bytes[offset - 1] == 0x29 { return offset }
    }
  }

  /// `'`, `"` and the backtick round names.
  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == ASCII.apostrophe || byte == ASCII.quote || byte == 0x60
  }

  /// Where the quote at `open` is closed: by one that is neither doubled nor behind a backslash.
  private static func closingQuote(of open: Int, to end: Int, in bytes: Span<UInt8>) -> Int? {
    var offset = open + 1
    while offset < end {
      let byte = bytes[offset]
      if byte == ASCII.backslash {
        offset += 1
      } else if byte == bytes[open] {
        guard offset + 1 < end, bytes[offset + 1] == byte else { return offset }
        offset += 1
      }
      offset += 1
    }
    return nil
  }
}
