internal import Bytes

// The statements of SQL: `INSERT`, and the `CREATE TABLE` that names their columns.
extension MarkedRows {
  /// The record of a row of values without names: `url login password` at its end, or `address password` alone or behind
  /// a number.
  private func unnamedValues(in bytes: Span<UInt8>) -> Row {
    guard columnCount == 0 || isDefined, count >= 2 else { return .nothing }
    let login = count - 2
    if count >= 3, URLText.hasScheme(at: cells[login - 1], in: bytes) { return unnamed(in: bytes) }
    guard DelimitedLine.isAddress(cells[login], in: bytes),
      isWord(cells[login + 1], in: bytes),
      count == 2 || count == 3 && cells[0].bounds.allSatisfy({ ASCII.isDigit(bytes[$0]) })
    else { return .nothing }
    var record = Record(login: cells[login])
    take(password: cells[login + 1], in: bytes, to: &record)
    return .record(record)
  }

  /// Begins or goes on with a statement on the line at `rest`, and moves that to the values; false if the line is of
  /// no statement.
  mutating func beginValues(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    let isList = bytes[rest.start] == 0x28
    if isInHead, isList || bytes.starts(rest, withLowercase: "values") {
      readHead(&rest, in: bytes, labels)
      return true
    }
    if isList { return isInStatement }
    if isInStatement, bytes.starts(rest, withLowercase: "values") {
      rest.start += 6
      return true
    }
    if bytes.starts(rest, withLowercase: "create table ") {
      beginDefinitions(&rest, in: bytes, labels)
      return true
    }
    guard
      bytes.starts(rest, withLowercase: "insert ") || bytes.starts(rest, withLowercase: "replace ")
    else { return false }
    if !isDefined { columnCount = 0 }
    isInStatement = true
    isInHeader = false
    readHead(&rest, in: bytes, labels)
    return true
  }

  /// Reads what stands before the values: the names of columns, which may stand on a line of their own.
  private mutating func readHead(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    isInHead = true
    let limit = Swift.min(rest.end, rest.start + Self.maxHeadBytes)
    var offset = rest.start
    while offset < limit {
      let byte = bytes[offset]
      if byte == 0x28 {
        count = 0
        forgetColumns()
        guard let end = cutCells(from: offset + 1, to: rest.end, in: bytes) else { break }
        offset = end
        for index in 0..<count { addColumn(cells[index], in: bytes, labels) }
      } else if ASCII.isLetter(byte) {
        let start = offset
        while offset < limit, ASCII.isLetter(bytes[offset]) { offset += 1 }
        if bytes.equals(ByteRange(start, offset), lowercase: "values") {
          rest.start = offset
          isInHead = false
          return
        }
      } else {
        offset += 1
      }
    }
    rest.start = rest.end
  }

  private mutating func beginDefinitions(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    columnCount = 0
    isDefined = true
    isInDefinitions = true
    isInStatement = true
    isInHead = false
    isInHeader = false
    if let open = bytes.firstOffset(of: 0x28, in: rest.bounds), open + 1 < rest.end {
      _ = readDefinitions(bytes.trimmed(ByteRange(open + 1, rest.end)), in: bytes, labels)
    }
    rest.start = rest.end
  }

  /// Reads a line of a `CREATE TABLE`: `` `email` varchar(255) NOT NULL, ``. False, and the table is no longer open, if it
  /// is none.
  mutating func readDefinitions(
    _ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    var rest = line
    while !rest.isEmpty {
      switch bytes[rest.start] {
      case 0x28:
        rest.start += 1
      case 0x29:
        endDefinitions()
        return true
      case ASCII.hyphen where bytes.starts(rest, withLowercase: "--"): return true
      default:
        guard let name = definedName(rest, in: bytes) else {
          endDefinitions()
          return false
        }
        if !name.isKey { addColumn(name.text, in: bytes, labels) }
        rest.start = definitionEnd(from: name.end, to: rest.end, in: bytes)
      }
      rest = bytes.trimmed(rest)
    }
    return true
  }

  private mutating func endDefinitions() {
    isInDefinitions = false
    isInStatement = false
  }

  /// The name with which a definition begins, nil if there is none; a key's is no column's.
  private func definedName(
    _ rest: ByteRange, in bytes: Span<UInt8>
  ) -> (text: ByteRange, end: Int, isKey: Bool)? {
    let first = bytes[rest.start]
    if Self.isQuote(first) || first == ASCII.openBracket {
      let close = first == ASCII.openBracket ? ASCII.closeBracket : first
      guard let end = bytes.firstOffset(of: close, in: (rest.start + 1)..<rest.end) else {
        return nil
      }
      return (ByteRange(rest.start + 1, end), end + 1, false)
    }
    var end = rest.start
    while end < rest.end,
      ASCII.isLetter(bytes[end]) || ASCII.isDigit(bytes[end]) || bytes[end] == 0x5F
    {
      end += 1
    }
    // Behind a name stands its type, if any.
    guard end > rest.start,
      end == rest.end || ASCII.isBlank(bytes[end]) || bytes[end] == ASCII.comma
        || bytes[end] == 0x29
    else { return nil }
    let name = ByteRange(rest.start, end)
    for key in Self.keys where bytes.equals(name, lowercase: key) { return (name, end, true) }
    return (name, end, false)
  }

  /// What defines no column.
  private static let keys: [StaticString] = [
    "primary", "key", "unique", "constraint", "index", "fulltext", "foreign", "check", "spatial",
  ]

  /// Behind the comma that ends a definition, or where the parenthesis stands that ends them all.
  private func definitionEnd(from start: Int, to end: Int, in bytes: Span<UInt8>) -> Int {
    var depth = 0
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case 0x28: depth += 1
      case 0x29 where depth == 0: return offset
      case 0x29: depth -= 1
      case ASCII.comma where depth == 0: return offset + 1
      case ASCII.apostrophe, ASCII.quote, 0x60:
        offset = Self.closingQuote(of: offset, to: end, in: bytes) ?? end
      default: break
      }
      offset += 1
    }
    return end
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
    let row = named(in: bytes) ?? unnamedValues(in: bytes)
    guard case .record(var record) = row else { return row }
    record.isOfSQL = true
    return .record(record)
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

  /// Whether a text of SQL has signs that stand for others: `\\`, `\'`, `''`.
  static func hasEscape(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in text.bounds where isEscape(at: offset, text.end, in: bytes) { return true }
    return false
  }

  /// Appends a text of SQL, unescaped. A backslash before any other sign is one: not all that write SQL escape by it.
  static func append(_ text: ByteRange, of bytes: Span<UInt8>, to result: inout [UInt8]) {
    var offset = text.start
    while offset < text.end {
      if isEscape(at: offset, text.end, in: bytes) { offset += 1 }
      result.append(bytes[offset])
      offset += 1
    }
  }

  private static func isEscape(at offset: Int, _ end: Int, in bytes: Span<UInt8>) -> Bool {
    guard offset + 1 < end else { return false }
    switch (bytes[offset], bytes[offset + 1]) {
    case (ASCII.backslash, ASCII.backslash), (ASCII.backslash, ASCII.apostrophe),
      (ASCII.backslash, ASCII.quote), (ASCII.apostrophe, ASCII.apostrophe):
      return true
    default: return false
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
