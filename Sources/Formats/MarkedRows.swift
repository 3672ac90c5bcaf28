internal import Bytes

/// Rows whose cells stand between marks of their own: those of an HTML table, `<tr><td>…</td>…`, and the values of
/// SQL's `INSERT INTO logins (url, …) VALUES ('…', …)`.
///
/// Columns are known by their names, as in a table of separated values; those of SQL stand in the statement. A row without names
/// is a record if its form says so: a URL, and login and password next to it; in SQL, perhaps, also an address and a word.
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
    /// Whether nothing but an address tells that it is one, and whether the host stands behind the password, which it may be itself.
    var isDoubtful = false
    var isHostDoubtful = false
    /// Whether the texts are SQL's, in which `\\` and `''` stand for one sign.
    var isOfSQL = false
  }

  /// Cells of a row that are looked at; no export that we know has more than 30 columns.
  static let maxCells = 32
  /// What stands before the first value of a statement. In bytes.
  static let maxHeadBytes = 4096
  /// Rows without names that are wider hold something else.
  private static let maxUnnamedCells = 6

  private var columns: InlineArray<32, LabelDictionary.Class?> = .init(repeating: nil)
  var columnCount = 0
  var cells: InlineArray<32, ByteRange> = .init(repeating: .empty)
  var count = 0
  /// Whether the last row of HTML was a header's, of which each cell may stand on a line of its own.
  var isInHeader = false
  /// Whether more of a statement may follow.
  var isInStatement = false
  /// Whether the names of the columns and `VALUES` may follow.
  var isInHead = false

  // MARK: State

  /// What one line says of the rows on the next.
  struct State: Equatable, Sendable {
    var columns: [LabelDictionary.Class?] = []
    var isInHeader = false
    var isInStatement = false
    var isInHead = false

    /// The same for equal states: a byte of flags, the number of columns, and a byte for each.
    var encoded: [UInt8] {
      var flags: UInt8 = 0
      for (bit, flag) in [isInHeader, isInStatement, isInHead].enumerated()
      where flag { flags |= 1 << UInt8(bit) }
      return [flags, UInt8(clamping: columns.count)] + columns.map { $0?.rawValue ?? 0 }
    }

    init() {}

    /// Nil if the bytes are no state.
    init?(_ bytes: ArraySlice<UInt8>) {
      guard let flags = bytes.first, flags < 8, let count = bytes.dropFirst().first,
        count <= MarkedRows.maxCells, bytes.count == Int(count) + 2
      else { return nil }
      isInHeader = flags & 1 == 1
      isInStatement = flags & 2 == 2
      isInHead = flags & 4 == 4
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
      var state = State()
      state.columns = (0..<columnCount).map { columns[$0] }
      state.isInHeader = isInHeader
      state.isInStatement = isInStatement
      state.isInHead = isInHead
      return state
    }
    set {
      columnCount = Swift.min(newValue.columns.count, Self.maxCells)
      for index in 0..<columnCount { columns[index] = newValue.columns[index] }
      isInHeader = newValue.isInHeader
      isInStatement = newValue.isInStatement
      isInHead = newValue.isInHead
    }
  }

  /// Whether the line at `start` begins a row of HTML or a statement that inserts rows, and so is none of a table of
  /// separated values; nil if that takes more bytes.
  static func begin(at start: Int, in bytes: Span<UInt8>, isLast: Bool) -> Bool? {
    let limit = Swift.min(bytes.count, start + maxBeginningBytes)
    let isCut = !isLast && limit < start + maxBeginningBytes
    var text = ByteRange(start, limit)
    text = InvisibleText.trimmed(
      ByteRange(bytes.behindBlanks(text.start, text.end), text.end), in: bytes)
    if text.isEmpty { return isCut ? nil : false }
    switch bytes[text.start] {
    case 0x3C, 0x49, 0x69, 0x52, 0x72: break
    // What nobody sees, and is cut.
    case 0x80... where isCut && text.count < 3: return nil
    default: return false
    }
    let lineEnd = bytes.firstOffset(of: ASCII.lineFeed, or: ASCII.carriageReturn, in: text.bounds)
    if isCut && lineEnd == nil { return nil }
    text.end = lineEnd ?? text.end
    if bytes[text.start] != 0x3C { return beginsStatement(text, in: bytes) }
    guard let tag = Tag(at: text.start, to: text.end, in: bytes), !tag.isEnd else { return false }
    return tag.kind != .other
  }

  /// No line is looked at further to tell whether it begins such a row. In bytes.
  private static let maxBeginningBytes = 64

  mutating func row(
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

  mutating func addColumn(
    _ name: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    guard columnCount < Self.maxCells else { return }
    var name = name
    // SQL Server's `[email]`.
    if name.count > 2, bytes[name.start] == ASCII.openBracket,
      bytes[name.end - 1] == ASCII.closeBracket
    {
      name = ByteRange(name.start + 1, name.end - 1)
    }
    columns[columnCount] = ExportNames.meaning(of: name, in: bytes, labels: labels)
    columnCount += 1
  }

  /// The record that the names of the columns make of the cells, or nil if they do not name a password and its login.
  func named(in bytes: Span<UInt8>) -> Row? {
    guard let password = column(.password) else { return nil }
    let login = column(.login)
    var email = column(.email)
    // A column that names a password makes the address beside it a login, whatever its name.
    if login == nil && email == nil { email = address(besides: password, in: bytes) }
    if login == nil && email == nil { return nil }
    func cell(_ index: Int?) -> ByteRange {
      guard let index, index < count else { return .empty }
      return cells[index]
    }
    if password >= count { return .nothing }
    var record = Record(
      host: url(in: bytes), login: cell(login), email: cell(email))
    take(password: cells[password], in: bytes, to: &record)
    return .record(record)
  }

  /// The first cell of a mail address that is not the password's.
  private func address(besides password: Int, in bytes: Span<UInt8>) -> Int? {
    for index in 0..<count
    where index != password && DelimitedLine.isMailAddress(cells[index], in: bytes) {
      return index
    }
    return nil
  }

  /// Of several columns of URLs, the one with a scheme, else that of a host, else the first that says anything.
  private func url(in bytes: Span<UInt8>) -> ByteRange {
    var best = ByteRange.empty
    var most = 0
    for index in 0..<Swift.min(count, columnCount) where columns[index] == .url {
      let rank = URLText.rank(of: cells[index], in: bytes)
      if rank > most { (best, most) = (cells[index], rank) }
    }
    return best
  }

  private func column(_ meaning: LabelDictionary.Class) -> Int? {
    for index in 0..<columnCount where columns[index] == meaning { return index }
    return nil
  }

  /// The record of a row without names: `url login password`, also behind other cells, or `login password url`.
  func unnamed(in bytes: Span<UInt8>) -> Row {
    guard count >= 3, count <= Self.maxUnnamedCells else { return .nothing }
    for url in 0..<count {
      guard URLText.hasScheme(at: cells[url], in: bytes),
        URLText(at: cells[url], in: bytes)?.looksLikeHost == true
      else { continue }
      // Of several, the last.
      if url + 1 < count, URLText.hasScheme(at: cells[url + 1], in: bytes) { continue }
      if url + 2 < count { return record(url, login: url + 1, password: url + 2, in: bytes) }
      if url != 2 || count != 3 { return .nothing }
      // No order is known then: the URL may be the password.
      guard case .record(var found) = record(url, login: 0, password: 1, in: bytes) else { break }
      found.isHostDoubtful = true
      return .record(found)
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

  func take(
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

  func isWord(_ cell: ByteRange, in bytes: Span<UInt8>) -> Bool {
    !cell.isEmpty && bytes.firstOffset(of: ASCII.space, in: cell.bounds) == nil
  }
}
