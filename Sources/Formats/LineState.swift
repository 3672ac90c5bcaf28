internal import Bytes

/// What the reader of a text has learnt where a line begins: another reader that is given it goes on there as the
/// first would.
///
/// So a file can be cut into ranges. A range is read with a state that is only likely, and its reading counts
/// if that is the state in which the range before it ended (`MixedText.lineState`).
public struct LineState: Equatable, Sendable {
  /// The order of the fields, once a record has shown it.
  var order: BlockRecord.Order?
  /// Whether something stands between the record before and the next one.
  var isAtBoundary = true
  /// What is known of a table, whether its rows go on or not.
  var table = SeparatedTable.State()

  /// What is known of the rows of HTML and SQL.
  var rows = MarkedRows.State()

  /// No encoded state is longer. In bytes.
  public static let maxBytes = 128
  /// Of the state of a table without columns, and of one with columns but for its logins.
  private static let shortBytes = 10
  private static let longBytes = 17

  /// As bytes for another process, the same for equal states.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = [
      order.map { $0 == .urlFirst ? 1 : 2 } ?? 0, isAtBoundary ? 1 : 0, table.isOpen ? 1 : 0,
      table.delimiter, table.saidDelimiter == nil ? 0 : 1, table.saidDelimiter ?? 0,
      UInt8(clamping: table.unclosedQuotes), table.columns == nil ? 0 : 1,
    ]
    func add(_ number: Int) {
      bytes.append(UInt8(truncatingIfNeeded: number))
      bytes.append(UInt8(truncatingIfNeeded: number >> 8))
    }
    add(table.columnCount)
    guard let columns = table.columns else { return bytes + rows.encoded }
    bytes.append((columns.isCut ? 1 : 0) | (columns.isPasswordGuessed ? 2 : 0))
    // 0 stands for no column.
    add(columns.password.map { $0 + 1 } ?? 0)
    add(columns.firstEmail)
    add(columns.moreURLs.map { $0 + 1 } ?? 0)
    bytes.append(UInt8(clamping: columns.logins.count))
    for login in columns.logins { add(login) }
    bytes.append(UInt8(clamping: columns.urls.count))
    for url in columns.urls { add(url) }
    return bytes + rows.encoded
  }

  init(
    order: BlockRecord.Order?, isAtBoundary: Bool, table: SeparatedTable.State,
    rows: MarkedRows.State
  ) {
    self.rows = rows
    self.order = order
    self.isAtBoundary = isAtBoundary
    self.table = table
  }

  /// The state that `bytes` say, or nil if they are none: whoever wrote them may have read a dump.
  public init?(_ bytes: [UInt8]) {
    // Where no delimiter was said, a NUL stands in its place.
    guard bytes.count >= Self.shortBytes, bytes.count <= Self.maxBytes,
      SeparatedRecord.mayBeDelimiter(bytes[3]), SeparatedRecord.mayBeDelimiter(bytes[5])
    else { return nil }
    func number(_ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
    switch bytes[0] {
    case 0: order = nil
    case 1: order = .urlFirst
    case 2: order = .urlLast
    default: return nil
    }
    isAtBoundary = bytes[1] == 1
    table.isOpen = bytes[2] == 1
    table.delimiter = bytes[3]
    table.saidDelimiter = bytes[4] == 1 ? bytes[5] : nil
    table.unclosedQuotes = Int(bytes[6])
    table.columnCount = number(8)
    var end = Self.shortBytes
    if bytes[7] == 1 {
      guard bytes.count > Self.longBytes, bytes[Self.longBytes] <= SeparatedTable.maxLogins
      else { return nil }
      let logins = Self.longBytes + 1
      let urls = logins + 2 * Int(bytes[Self.longBytes]) + 1
      guard bytes.count >= urls, bytes[urls - 1] <= SeparatedTable.maxURLColumns else { return nil }
      end = urls + 2 * Int(bytes[urls - 1])
      guard bytes.count >= end else { return nil }
      func column(_ offset: Int) -> Int? { number(offset) == 0 ? nil : number(offset) - 1 }
      table.columns = SeparatedTable.Columns(
        urls: stride(from: urls, to: end, by: 2).map(number), moreURLs: column(15),
        logins: stride(from: logins, to: urls - 1, by: 2).map(number), firstEmail: number(13),
        isCut: bytes[10] & 1 == 1, password: column(11), isPasswordGuessed: bytes[10] & 2 == 2)
    }
    guard let rows = MarkedRows.State(bytes[end...]) else { return nil }
    self.rows = rows
    // What is not written as it would be is no state; so is an open table without columns.
    guard encoded == bytes, !table.isOpen || table.columns != nil else { return nil }
  }
}

extension LineState {
  /// Where in `bytes` a record probably begins, behind their first byte, or nil if no line does.
  ///
  /// It depends on these bytes and on the state behind the file's beginning alone, so that whoever reads up to
  /// there and whoever reads from there find the same place.
  public func border(in bytes: Span<UInt8>, labels: LabelDictionary) -> Int? {
    var any: Int?
    var likely: Int?
    var isBehindBlank = false
    var isBehindURL = false
    guard let feed = bytes.firstOffset(of: ASCII.lineFeed, in: 0..<bytes.count) else { return nil }
    var start = feed + 1
    while start < bytes.count {
      let end = bytes.firstOffset(of: ASCII.lineFeed, in: start..<bytes.count) ?? bytes.count
      let line = bytes.trimmed(ByteRange(start, end))
      any = any ?? start
      if table.isOpen {
        if hasAllCells(line, in: bytes) { return start }
      } else if line.isEmpty || TextLines.isSeparator(line, in: bytes) {
        isBehindBlank = true
      } else {
        if isBehindBlank { return start }
        if likely == nil, let order {
          let isURL = RecordField.first(in: line, of: bytes, labels)?.meaning == .url
          if order == .urlFirst ? isURL : isBehindURL { likely = start }
          isBehindURL = isURL
        }
      }
      start = end + 1
    }
    return likely ?? any
  }

  /// Whether the line may be a row of the table: that of a quoted note seldom has so many cells.
  private func hasAllCells(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var cells = 1
    for offset in line.bounds where bytes[offset] == table.delimiter { cells += 1 }
    return cells >= table.columnCount
  }
}
