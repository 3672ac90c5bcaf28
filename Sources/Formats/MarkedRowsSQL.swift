internal import Bytes

// The statements of SQL that insert rows.
extension MarkedRows {
  /// The record of a row of values without names: `url login password` at its end, or before others where the login is an
  /// address; or, perhaps, an address and a word behind it.
  ///
  /// Of a row that is not whole, how many cells it has is not known, and so not its form.
  private func unnamedValues(isWhole: Bool, in bytes: Span<UInt8>) -> Row {
    guard columnCount == 0, count > 1 else { return .nothing }
    if !isWhole { return ofAddress(in: bytes).map { .record($0) } ?? .nothing }
    if let record = ofChromium(in: bytes) ?? besideURL(in: bytes) ?? ofAddress(in: bytes) {
      return .record(record)
    }
    return .nothing
  }

  private func besideURL(in bytes: Span<UInt8>) -> Record? {
    guard count > 2, case .record(let record) = unnamed(in: bytes) else { return nil }
    if URLText.hasScheme(at: cells[count - 3], in: bytes) { return record }
    guard record.hasPassword, DelimitedLine.isMailAddress(record.login, in: bytes),
      let login = index(of: record.login), mayBePassword(cells[login + 1], in: bytes)
    else { return nil }
    return record
  }

  /// The record of the first address before what may be a password. The two may also be a comment's, or a member's of a list.
  private func ofAddress(in bytes: Span<UInt8>) -> Record? {
    var host = ByteRange.empty
    for index in 0..<(count - 1) {
      if host.isEmpty, URLText.hasScheme(at: cells[index], in: bytes) { host = cells[index] }
      let password = cells[index + 1]
      guard DelimitedLine.isMailAddress(cells[index], in: bytes), isWord(password, in: bytes),
        !Placeholder.stands(at: password, in: bytes), mayBePassword(password, in: bytes)
      else { continue }
      var record = Record(host: host, login: cells[index], isDoubtful: true)
      for other in (index + 2)..<Swift.max(count, index + 2)
      where record.host.isEmpty && URLText.hasScheme(at: cells[other], in: bytes) {
        record.host = cells[other]
        record.isHostDoubtful = true
      }
      take(password: password, in: bytes, to: &record)
      return record
    }
    return nil
  }

  private func index(of cell: ByteRange) -> Int? {
    for index in 0..<(count - 1) where cells[index] == cell { return index }
    return nil
  }

  /// Whether a value behind an address and before others may be a password, and no date, machine's address or short number.
  private func mayBePassword(_ cell: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var isNumber = true
    for offset in cell.bounds {
      switch bytes[offset] {
      case ASCII.hyphen, ASCII.dot, ASCII.colon, ASCII.slash: isNumber = false
      case let byte where ASCII.isDigit(byte): continue
      default:
        return !URLText.hasScheme(at: cell, in: bytes)
          && !DelimitedLine.isMailAddress(cell, in: bytes)
      }
    }
    return isNumber && cell.count >= Self.minPasswordDigits
  }

  private static let minPasswordDigits = 4

  /// The record of a row of Chromium's `logins`, as sqlite3 writes it: origin, action, field and user name, field and
  /// password, button, realm, and more.
  private func ofChromium(in bytes: Span<UInt8>) -> Record? {
    func isURL(_ index: Int) -> Bool { URLText.hasScheme(at: cells[index], in: bytes) }
    func isField(_ index: Int) -> Bool {
      !isURL(index) && bytes.firstOffset(of: ASCII.at, in: cells[index].bounds) == nil
    }
    guard count >= 8, isURL(0), cells[1].isEmpty || isURL(1), isField(2), !isURL(3), isField(4),
      isField(6), isURL(7) || DelimitedLine.isMailAddress(cells[3], in: bytes)
    else { return nil }
    var record = Record(host: cells[0], login: cells[3])
    take(password: cells[5], in: bytes, to: &record)
    return record
  }

  /// Whether a statement begins there: `INSERT INTO …`, `REPLACE INTO …`, `INSERT [dbo]…`. A title may begin with the first
  /// word alone.
  static func beginsStatement(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard let behind = behindVerb(text, in: bytes) else { return false }
    let rest = bytes.trimmed(ByteRange(behind, text.end))
    return bytes.starts(rest, withLowercase: "into ") || bytes.starts(rest, withLowercase: "into`")
      || bytes.starts(rest, withLowercase: "ignore into ")
      || bytes.starts(rest, withLowercase: "or ") || bytes.starts(rest, withLowercase: "[")
      || bytes.starts(rest, withLowercase: "`")
  }

  /// Behind the word with which a statement that inserts rows begins, or nil.
  private static func behindVerb(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    if bytes.starts(text, withLowercase: "insert ") { return text.start + 7 }
    return bytes.starts(text, withLowercase: "replace ") ? text.start + 8 : nil
  }

  /// Begins or goes on with a statement on the line at `rest`, and moves that to the values; false if the line is of
  /// no statement.
  mutating func beginValues(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    let isList = bytes[rest.start] == 0x28
    if isInHead, isList || bytes.starts(rest, withLowercase: "values") {
      return readHead(&rest, in: bytes, labels)
    }
    if isList { return isInStatement }
    if isInStatement, bytes.starts(rest, withLowercase: "values") {
      rest.start += 6
      return true
    }
    if Self.behindVerb(rest, in: bytes) == nil { return false }
    columnCount = 0
    isInStatement = true
    isInHeader = false
    return readHead(&rest, in: bytes, labels)
  }

  /// Reads what stands before the values: the names of columns, which may stand on a line of their own. False, and the
  /// statement is none, if something else than `VALUES` stands behind the names: `Insert (FR) https://…`.
  private mutating func readHead(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    isInHead = true
    var hasNames = false
    let limit = Swift.min(rest.end, rest.start + Self.maxHeadBytes)
    var offset = rest.start
    while offset < limit {
      let byte = bytes[offset]
      if byte == 0x28 {
        count = 0
        columnCount = 0
        guard let end = cutCells(from: offset + 1, to: rest.end, in: bytes) else { break }
        offset = end
        hasNames = true
        for index in 0..<count { addColumn(cells[index], in: bytes, labels) }
      } else if ASCII.isLetter(byte) {
        let start = offset
        while offset < limit, ASCII.isLetter(bytes[offset]) { offset += 1 }
        if bytes.equals(ByteRange(start, offset), lowercase: "values") {
          rest.start = offset
          isInHead = false
          return true
        }
        if hasNames { return endStatement() }
      } else if hasNames && !ASCII.isBlank(byte) {
        return endStatement()
      } else {
        offset += 1
      }
    }
    rest.start = rest.end
    return true
  }

  private mutating func endStatement() -> Bool {
    isInHead = false
    isInStatement = false
    columnCount = 0
    return false
  }

  /// The next row of values in `rest`, which begins behind the one before; nil if none is left.
  mutating func nextOfValues(
    _ rest: inout ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Row? {
    while rest.start < rest.end {
      let byte = bytes[rest.start]
      rest.start += 1
      // Behind a list of rows stands a comma, and behind the last a semicolon, or more of the statement.
      if byte == 0x28 { break }
      if byte != ASCII.comma && !ASCII.isBlank(byte) {
        isInStatement = false
        rest = bytes.trimmed(rest)
        // `…); INSERT INTO …` on one line.
        let mayGoOn = byte == ASCII.semicolon && !rest.isEmpty
        if !mayGoOn || !beginValues(&rest, in: bytes, labels) { rest.start = rest.end }
      }
    }
    guard rest.start < rest.end else { return nil }
    count = 0
    let end = cutCells(from: rest.start, to: rest.end, in: bytes)
    rest.start = end ?? rest.end
    // Without an end on its line, a text with a line end is in it.
    let row = named(in: bytes) ?? unnamedValues(isWhole: end != nil, in: bytes)
    guard case .record(var record) = row else { return row }
    record.isOfSQL = true
    // `X'7631…'` is encrypted.
    let quote = record.password.start - 1
    if !record.password.isEmpty, bytes[quote] == ASCII.apostrophe, bytes[quote - 1] | 0x20 == 0x78 {
      record.password = .empty
    }
    return .record(record)
  }

  /// Cuts `a, 'b', "c")` into cells and returns where the text behind the parenthesis begins, or nil if it is not
  /// there.
  private mutating func cutCells(
    from start: Int, to end: Int, in bytes: Span<UInt8>
  ) -> Int? {
    var offset = start
    while true {
      offset = bytes.behindBlanks(offset, end)
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
