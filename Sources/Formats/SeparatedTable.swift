internal import Bytes

/// A table of separated values within a text: a header line that names the columns, and the rows below it.
///
/// Columns are known by synonyms, not by product (`ExportNames`, and the labels of the rules). A header that
/// comes again, as where files were joined, sets the columns anew. Where no name is a password's, one may be guessed
/// (`PasswordGuess`); else the table is somebody's history, inventory or address book, and its rows are passed over.
/// A quote before a cell that would go on over a line end is text where the next line is a row by itself: not all that
/// write tables quote, and all rows up to the next such text would be the cell's.
/// A `""` within a cell stays as it is, since a place in the file cannot be unescaped: a login with a quote in
/// it is reported with two.
struct SeparatedTable: Sendable {
  /// What stands at a place in an open table.
  enum Step {
    /// A row, behind which the next one begins, with its lines.
    case row(next: Int, lines: UInt32)
    /// The beginning of a row whose end is not there yet.
    case more
    /// A line that is no row: the table is closed.
    case closed
  }

  /// What is known between two rows: all that the reading of the next one depends on.
  struct State: Equatable, Sendable {
    var isOpen = false
    var columns: Columns?
    /// Cells of the header.
    var columnCount = 0
    var delimiter = ASCII.comma
    /// What a line `sep=;` before the header says.
    var saidDelimiter: UInt8?
    var unclosedQuotes = 0
  }

  let labels: LabelDictionary
  private(set) var isOpen = false
  private var columns: Columns?
  /// Cells of the header.
  var columnCount = 0
  var delimiter = ASCII.comma
  /// What a line `sep=;` before the header says, as spreadsheets write it.
  private var saidDelimiter: UInt8?
  var record = SeparatedRecord(passesBlanks: true)
  var header = SeparatedRecord(passesBlanks: true)
  private var unclosedQuotes = 0
  /// Cells that the row at hand has too many, and the column that holds them.
  private var excess = 0
  private var excessColumn = 0
  /// Rows with and without a cell for each column that is read.
  private(set) var fittingRows = 0
  private(set) var shortRows = 0
  /// Whether a row had more logins or URLs than are kept.
  private(set) var isCut = false

  /// A table with more of them does not quote by RFC 4180; its records are its lines.
  private static let maxUnclosedQuotes = 16
  /// A line longer than this is no header.
  static let maxHeaderBytes = 4096
  /// A table without passwords has at least so many columns, all named; fewer words may be prose.
  private static let minForeignColumns = 3
  /// Delimiters of one password.
  private static let maxExcess = 6
  /// A line of fewer cells may be anything.
  private static let minReopenedColumns = 3
  /// User names and e-mail addresses of one record; Dashlane has three columns.
  static let maxLogins = 4
  /// URLs of one record; Bitwarden writes all of a login's into one cell.
  static let maxURLs = 60
  /// Columns that may hold the URL of a record; Chrome's own names are three.
  static let maxURLColumns = 4

  init(labels: LabelDictionary) {
    self.labels = labels
  }

  /// Whether a line may be a row of the table, though others stand before it.
  var mayReopen: Bool { columns != nil && columnCount >= Self.minReopenedColumns }

  /// Setting it goes on where another reader was.
  var state: State {
    get {
      State(
        isOpen: isOpen, columns: columns, columnCount: columnCount, delimiter: delimiter,
        saidDelimiter: saidDelimiter, unclosedQuotes: unclosedQuotes)
    }
    set {
      (isOpen, columns, columnCount) = (newValue.isOpen, newValue.columns, newValue.columnCount)
      (delimiter, saidDelimiter) = (newValue.delimiter, newValue.saidDelimiter)
      unclosedQuotes = newValue.unclosedQuotes
    }
  }

  // MARK: Header

  /// Opens the table if the line at `text` is a header; true if it is, or says how one is cut (`sep=;`).
  mutating func open(at text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    // Nearly every record has a colon in its URL or an `@` in its login, and no header has either.
    guard text.count <= Self.maxHeaderBytes,
      bytes.firstOffset(of: ASCII.colon, in: text.bounds) == nil,
      bytes.firstOffset(of: ASCII.at, in: text.bounds) == nil
    else { return false }
    let text = bytes.withoutMark(text)
    if let said = Self.said(text, in: bytes) {
      saidDelimiter = said
      return true
    }
    guard let found = columns(at: text, in: bytes) else { return false }
    columns = found.columns
    columnCount = header.cells.count
    delimiter = found.delimiter
    isOpen = true
    return true
  }

  /// Opens the table again, if the line at `text` is one of its rows: `Browser: Edge` or an advert may stand between
  /// them. True if it did; the line is read as a row next.
  mutating func reopen(at text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard mayReopen, let columns, text.count <= Self.maxHeaderBytes else { return false }
    record.cut(line: text, in: bytes, delimiter: delimiter)
    guard record.cells.count == columnCount, !isText(text, columns, in: bytes) else { return false }
    isOpen = true
    return true
  }

  /// The columns that the line at `text` names, or nil if it is no header of ours.
  private mutating func columns(
    at text: ByteRange, in bytes: Span<UInt8>
  ) -> (columns: Columns, delimiter: UInt8)? {
    let names = bytes.trimmed(text)
    // `(login, password)` on a line of its own is a statement's of SQL.
    guard !names.isEmpty, text.count <= Self.maxHeaderBytes, bytes[names.start] != 0x28
    else { return nil }
    // The header is one line, whatever its quotes say: one that is never closed would swallow the file.
    let line = bytes.extracting(text.bounds)
    var delimiter = SeparatedRecord.delimiter(ofHeader: line)
    // What was said may have been said of a table before.
    if let said = saidDelimiter, line.firstOffset(of: said, in: line.indices) != nil {
      delimiter = said
    }
    guard header.cut(line, from: 0, delimiter: delimiter, isLast: true), !header.isUnclosed,
      header.cells.count > 1, let found = Header(header.cells, in: line, labels: labels)
    else { return nil }
    let isForeign = found.columns.password == nil && !found.isOfPersons
    if isForeign && header.cells.count < Self.minForeignColumns { return nil }
    return (found.columns, delimiter)
  }

  /// The delimiter of a line `sep=;`, or nil if it is no such line.
  private static func said(_ text: ByteRange, in bytes: Span<UInt8>) -> UInt8? {
    var text = bytes.trimmed(text)
    if text.count == 7 && bytes[text.start] == ASCII.quote && bytes[text.end - 1] == ASCII.quote {
      text = ByteRange(text.start + 1, text.end - 1)
    }
    // A tab behind the sign was trimmed.
    if bytes.equals(text, lowercase: "sep=") { return ASCII.tab }
    guard text.count == 5, bytes.starts(text, withLowercase: "sep=") else { return nil }
    let said = bytes[text.end - 1]
    return SeparatedRecord.mayBeDelimiter(said) ? said : nil
  }

  // MARK: Rows

  /// Reads the row at which `lines` stand, which is on `line`. With `isLast` it never asks for more.
  mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, at lines: inout LineCutter, isLast: Bool, line: UInt32,
    records: inout UInt32, into sink: inout Sink
  ) -> Step {
    let offset = lines.offset
    guard let isMarked = MarkedRows.begin(at: offset, in: bytes, isLast: isLast) else {
      return .more
    }
    if isMarked {
      isOpen = false
      return .closed
    }
    guard let columns, let next = cut(bytes, at: &lines, isLast: isLast) else { return .more }
    let firstLine = firstLine(of: ByteRange(offset, next), in: bytes)
    guard let isHeading = isHeading(firstLine, next, columns, in: bytes, isLast: isLast) else {
      return .more
    }
    if isHeading || isText(firstLine, columns, in: bytes) {
      isOpen = false
      return .closed
    }
    // The quote that was never closed ended with its line.
    let inner = record.unclosedLines > 0 ? 0 : record.innerLines
    if inner > 0 || !open(at: firstLine, in: bytes) {
      report(columns, in: bytes, from: offset, line: line, records: &records, &sink)
    }
    return .row(next: next, lines: 1 + UInt32(truncatingIfNeeded: inner))
  }

  /// Cuts the row at `offset` into `record`, and returns where the next one begins, or nil if more bytes are
  /// needed.
  private mutating func cut(
    _ bytes: Span<UInt8>, at lines: inout LineCutter, isLast: Bool
  ) -> Int? {
    // Looking for the end of yet another quote would read the chunk once a line.
    if unclosedQuotes > Self.maxUnclosedQuotes { return cutLine(bytes, at: &lines) }
    let start = lines.offset
    guard
      record.cut(
        bytes, from: start, delimiter: delimiter, isLast: isLast, stopsInQuotes: true)
    else { return nil }
    while let lineEnd = record.lineEndInQuotes {
      guard let isRow = isRow(at: lineEnd + 1, in: bytes, isLast: isLast) else { return nil }
      guard record.goOn(bytes, delimiter: delimiter, isLast: isLast, isText: isRow) else {
        return nil
      }
    }
    if !record.isUnclosed { return record.next }
    guard let next = cutLine(bytes, at: &lines) else { return nil }
    unclosedQuotes += 1
    return next
  }

  /// Whether the line at `start` is a row by itself: it has all cells, and a URL with a scheme where the table has URLs. Nil
  /// if its end is not there yet.
  private mutating func isRow(at start: Int, in bytes: Span<UInt8>, isLast: Bool) -> Bool? {
    guard let columns, !columns.urls.isEmpty else { return false }
    guard let line = lineAhead(at: start, in: bytes, isLast: isLast) else { return nil }
    // Where only headers are cut else.
    header.cut(line: ByteRange(start, line.end), in: bytes, delimiter: delimiter)
    // `"two⏎lines",https://…` may be the rest of a row whose first cell goes on there.
    guard header.cells.count == columnCount, !endsWithQuote(header, in: bytes) else { return false }
    return columns.urls.contains { column in
      column < columnCount
        && URLText.hasScheme(at: bytes.trimmed(header.cells[column]), in: bytes)
    }
  }

  /// Whether the first cell of a row has a quote at its end, and none at its beginning.
  private func endsWithQuote(_ row: borrowing SeparatedRecord, in bytes: Span<UInt8>) -> Bool {
    let cell = bytes.trimmed(row.cells[0])
    return row.closingQuotes[0] < 0 && !cell.isEmpty && bytes[cell.end - 1] == ASCII.quote
  }

  private func firstLine(of range: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    let text = bytes.extracting(range.bounds)
    var cutter = LineCutter(end: text.count, isLast: true)
    let line = cutter.next(in: text) ?? .empty
    return ByteRange(range.start, range.start + line.end)
  }

  /// Cuts the next of `lines` as a record, and returns where the one behind it begins, or nil if the line's end
  /// is not there yet: a quote that is never closed must not take all rows behind it.
  private mutating func cutLine(_ bytes: Span<UInt8>, at lines: inout LineCutter) -> Int? {
    guard let found = lines.peek(in: bytes) else { return nil }
    record.cut(line: found.line, in: bytes, delimiter: delimiter)
    return found.next
  }

  private mutating func report<Sink: CredentialSink & ~Copyable>(
    _ columns: Columns, in bytes: Span<UInt8>, from start: Int, line: UInt32,
    records: inout UInt32, _ sink: inout Sink
  ) {
    // A blank line is a record with one empty cell.
    if record.cells.count == 1 && bytes.trimmed(record.cells[0]).isEmpty { return }
    guard columns.password != nil else { return }
    isCut = isCut || columns.isCut
    records &+= 1
    if record.cells.count > columns.lastNeeded { fittingRows += 1 } else { shortRows += 1 }
    noteExcess(columns, in: bytes)
    let (url, urlColumn) = url(columns, in: bytes)
    let password = cell(columns.password, in: bytes)
    let hasPassword = !Placeholder.stands(at: password, in: bytes)
    // Where a quote in it is written as two, it does not stand there as it is; nor where delimiters cut it.
    let isWhole = excess == 0 || excessColumn != columns.password
    let isPlain = isWhole && bytes.firstOffset(of: ASCII.quote, in: password.bounds) == nil
    var number: UInt8 = 0
    var urls = URLList(url, and: cell(columns.moreURLs, in: bytes))
    var urlsLeft = Self.maxURLs
    while let host = urls.next(in: bytes) {
      if urlsLeft == 0 {
        isCut = true
        return
      }
      urlsLeft -= 1
      for index in columns.logins.indices {
        let login = cell(columns.logins[index], in: bytes)
        if Placeholder.stands(at: login, in: bytes) { continue }
        // A row with a person's address and nothing else is no credential.
        let isAlone = url.isEmpty && !hasPassword
        if index >= columns.firstEmail && isAlone { continue }
        if isRepeated(index, columns, login, in: bytes) { continue }
        sink.found(
          Credential(
            host: host, login: login, hasPassword: hasPassword,
            passwordField: hasPassword && isPlain ? password : .empty, layout: .separatedValues,
            line: line &+ linesBefore(login, in: bytes, from: start), record: records,
            candidate: number, isDoubtful: columns.isPasswordGuessed,
            isHostDoubtful: excess > 0 && urlColumn > excessColumn),
          in: bytes)
        number &+= 1
      }
    }
  }

  /// Whether an earlier login column of the row says the same, as user name and e-mail address often do.
  private func isRepeated(
    _ index: Int, _ columns: Columns, _ login: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    for earlier in 0..<index
    where bytes.equals(login, cell(columns.logins[earlier], in: bytes)) { return true }
    return false
  }

  /// Line ends within the record before `place`: a quoted note may run over several lines.
  private func linesBefore(_ place: ByteRange, in bytes: Span<UInt8>, from start: Int) -> UInt32 {
    if record.innerLines == 0 { return 0 }
    return bytes.lineEnds(in: start..<place.start)
  }

  /// Finds out how many cells the row has too many, and in which column: a password or URL with delimiters in it and
  /// without quotes has more than one, and moves the cells behind it.
  mutating func noteExcess(_ columns: Columns, in bytes: Span<UInt8>) {
    excess = Swift.max(0, record.cells.count - columnCount)
    // `ann,CANARY,` ends in a delimiter.
    if excess == 1 && bytes.trimmed(record.cells[columnCount]).isEmpty { excess = 0 }
    // Something else than a password went wrong.
    if excess > Self.maxExcess { excess = 0 }
    excessColumn = columns.password ?? columnCount
    guard excess > 0, let login = columns.logins.first, login < excessColumn else { return }
    // `https://a.example/?x=1,2,ann@mail.example,CANARY`: the address stands where it would behind a longer URL.
    let cell = bytes.trimmed(record.cells[login])
    guard Self.mayBeOfQuery(cell, in: bytes),
      DelimitedLine.isMailAddress(bytes.trimmed(record.cells[login + excess]), in: bytes)
    else { return }
    for url in columns.urls
    where url < login && URLText.hasScheme(at: bytes.trimmed(record.cells[url]), in: bytes)
      && (url...(url + excess)).allSatisfy({ record.closingQuotes[$0] < 0 })
    {
      excessColumn = url
      return
    }
  }

  /// Whether a text in the login's place may be the rest of a URL: a number, or what no login holds.
  private static func mayBeOfQuery(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var isNumber = true
    for offset in text.bounds {
      switch bytes[offset] {
      case ASCII.equals, ASCII.slash, ASCII.question, 0x26: return true
      default: isNumber = isNumber && ASCII.isDigit(bytes[offset])
      }
    }
    return isNumber
  }

  /// The URL of the row, and its column, or that behind the last without one: what has a scheme, else what looks like
  /// a host, as `Site` may be a title and `Server` a machine; else the first that says anything.
  func url(_ columns: Columns, in bytes: Span<UInt8>) -> (text: ByteRange, column: Int) {
    var best = (text: ByteRange.empty, column: columnCount)
    var most = 0
    for column in columns.urls {
      let text = cell(column, in: bytes)
      let rank = URLText.rank(of: text, in: bytes)
      if rank > most { (best, most) = ((text, column), rank) }
    }
    return best
  }

  func cell(_ index: Int?, in bytes: Span<UInt8>) -> ByteRange {
    guard let column = index, var index else { return .empty }
    let isURLInParts = excess > 0 && index == excessColumn && index < record.cells.count - excess
    if index > excessColumn { index += excess }
    guard index < record.cells.count else { return .empty }
    var text = record.cells[index]
    // Only a URL is put together: whether a password is there, its first part says.
    if isURLInParts && isURL(index) { text.end = record.cells[index + excess].end }
    text = InvisibleText.trimmed(bytes.trimmed(text), in: bytes)
    // The quote that was never closed; a password may begin with one.
    if column != columns?.password, !text.isEmpty, bytes[text.start] == ASCII.quote,
      bytes[text.end - 1] != ASCII.quote || text.count == 1, record.closingQuotes[index] < 0
    {
      text.start += 1
    }
    return delimiter == ASCII.bar ? MarkdownCell.plain(text, in: bytes) : text
  }

  private func isURL(_ index: Int) -> Bool { columns?.urls.contains(index) ?? false }
}
