internal import Bytes

// The statements of SQL that make tables, `CREATE TABLE users (id int, email text, …)`: rows without names that are inserted into
// one have its columns.
extension MarkedRows {
  /// Begins or goes on with such a statement on the line at `text`, which is not empty; false if the line is of none.
  ///
  /// Each column stands on a line of its own, or several do on one, behind a parenthesis on the first. What cannot be a
  /// column ends the statement, so that this hides no record.
  mutating func readTable(
    _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    if let name = Self.behind(Self.creations, at: text, in: bytes),
      let open = bytes.firstOffset(of: 0x28, in: name..<text.end)
    {
      table = Self.lastName(in: ByteRange(name, open), of: bytes)
      tableColumnCount = 0
      isInTable = true
      isOfTable = false
      isInStatement = false
      isInHead = false
      return takeColumns(ByteRange(open + 1, text.end), in: bytes, labels)
    }
    guard isInTable else { return false }
    if bytes.starts(text, withLowercase: "--") { return true }
    if !TextPart.holdsSite(text, in: bytes), Self.behind(Self.verbs, at: text, in: bytes) == nil,
      beginsColumn(text, in: bytes)
    {
      return takeColumns(text, in: bytes, labels)
    }
    isInTable = false
    tableColumnCount = 0
    return false
  }

  /// Whether a column and its type, a key, or the list's end stands there.
  private func beginsColumn(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if bytes[text.start] == 0x29 || bytes[text.start] == ASCII.comma { return true }
    let name = Self.name(at: text.start, to: text.end, in: bytes)
    let next = bytes.behindBlanks(name.end, text.end)
    guard !name.text.isEmpty, next < text.end else { return false }
    let byte = bytes[next]
    return next > name.end
      && (ASCII.isLetter(byte) || byte == ASCII.openBracket || Self.isQuote(byte))
      || byte == 0x28
  }

  /// Takes the columns on a line. Always true.
  private mutating func takeColumns(
    _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    var offset = bytes.behindBlanks(text.start, text.end)
    while offset < text.end {
      if bytes[offset] == 0x29 {
        isInTable = false
        break
      }
      let name = Self.name(at: offset, to: text.end, in: bytes)
      let isKey = name.text.start == offset && Self.keys.value(of: name.text, in: bytes) != nil
      if !name.text.isEmpty, !isKey, tableColumnCount < Self.maxCells {
        tableColumns[tableColumnCount] = Self.meaning(of: name.text, in: bytes, labels)
        tableColumnCount += 1
      }
      offset = Self.columnEnd(from: name.end, to: text.end, in: bytes)
      if offset < text.end, bytes[offset] == ASCII.comma { offset += 1 }
      offset = bytes.behindBlanks(offset, text.end)
    }
    return true
  }

  /// What a column holds by its name, `.other` if that tells of no credential; nil if it tells nothing.
  private static func meaning(
    of name: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> LabelDictionary.Class? {
    if let meaning = ExportNames.meaning(of: name, in: bytes, labels: labels) { return meaning }
    let isOther =
      PasswordGuess.hasKnownWord(name, in: bytes) || labels.formClass(of: name, in: bytes) != nil
    return isOther ? .other : nil
  }

  /// The comma or parenthesis behind a column, or the line's end; behind two hyphens stands a comment.
  private static func columnEnd(from start: Int, to end: Int, in bytes: Span<UInt8>) -> Int {
    var depth = 0
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case 0x28: depth += 1
      case 0x29 where depth == 0: return offset
      case 0x29: depth -= 1
      case ASCII.comma where depth == 0: return offset
      case ASCII.hyphen where offset + 1 < end && bytes[offset + 1] == ASCII.hyphen: return end
      // `DEFAULT ','`; one that is not closed hides the rest.
      case let byte where isQuote(byte):
        guard let close = closingQuote(of: offset, to: end, in: bytes) else { return end }
        offset = close
      default: break
      }
      offset += 1
    }
    return end
  }

  /// The name at `start`, without its quotes, and where it ends with them.
  private static func name(
    at start: Int, to end: Int, in bytes: Span<UInt8>
  ) -> (text: ByteRange, end: Int) {
    if start < end, isQuote(bytes[start]) || bytes[start] == ASCII.openBracket {
      let quote = bytes[start] == ASCII.openBracket ? ASCII.closeBracket : bytes[start]
      let close = bytes.firstOffset(of: quote, in: (start + 1)..<end) ?? end
      return (ByteRange(start + 1, close), Swift.min(end, close + 1))
    }
    var offset = start
    while offset < end, isOfName(bytes[offset]) { offset += 1 }
    return (ByteRange(start, offset), offset)
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == 0x5F || byte == 0x24 || byte >= 0x80
  }

  /// What begins with these words in a list of columns is none.
  private static let keys = ByteTable(
    [
      "primary", "key", "unique", "constraint", "foreign", "index", "fulltext", "spatial", "check",
      "exclude",
    ].map { (Array($0.utf8), 1) },
    foldsCase: true)

  /// With which a statement that makes a table begins.
  private static let creations: [StaticString] = [
    "create table ", "create temporary table ", "create temp table ", "create unlogged table ",
  ]

  /// A hash of the last name in `range`, a table's with what stands before it: `` `db`.`users` ``. FNV-1a; two tables with one
  /// hash would have each other's columns.
  static func lastName(in range: ByteRange, of bytes: Span<UInt8>) -> UInt64 {
    var last: UInt64 = 0
    var offset = range.start
    while offset < range.end {
      let start = offset
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      while offset < range.end, isOfName(bytes[offset]) {
        hash = (hash ^ UInt64(ASCII.lowercased(bytes[offset]))) &* 0x100_0000_01B3
        offset += 1
      }
      let isValues = bytes.equals(ByteRange(start, offset), lowercase: "values")
      if isValues { break }
      if offset > start { last = hash } else { offset += 1 }
    }
    return last
  }

  /// Notes whether a statement inserts rows into the table that was made last, and does not name their columns itself.
  mutating func noteTable(_ head: ByteRange, in bytes: Span<UInt8>) {
    columnCount = 0
    let limit = Swift.min(head.end, head.start + Self.maxHeadBytes)
    let open = bytes.firstOffset(of: 0x28, in: head.start..<limit) ?? limit
    isOfTable =
      tableColumnCount > 0 && Self.lastName(in: ByteRange(head.start, open), of: bytes) == table
  }

  /// Gives the row at hand the columns of its table, if it has as many cells, and if they name logins and passwords: else one of
  /// unknown name may be the passwords', and the row is read as if nothing were known of the table.
  mutating func takeTableColumns() {
    guard isOfTable else { return }
    columnCount = 0
    guard count == tableColumnCount else { return }
    var hasLogin = false
    var hasPassword = false
    for index in 0..<tableColumnCount {
      hasLogin = hasLogin || tableColumns[index]?.isLogin == true
      hasPassword = hasPassword || tableColumns[index] == .password
      columns[index] = tableColumns[index]
    }
    if hasLogin && hasPassword { columnCount = tableColumnCount }
  }

  /// Whether the names of the row's columns say that none is the passwords'.
  var isOfKnownColumns: Bool {
    guard isOfTable, count == tableColumnCount else { return false }
    for index in 0..<tableColumnCount where tableColumns[index] == nil { return false }
    return true
  }
}
