internal import Bytes

/// Exports of browsers and password managers: separated values whose header line names the columns.
///
/// Columns are known by synonyms, not by product (`ExportNames`, and the labels of the rules). A few lines may
/// stand before the header; a header that comes again, as where files were joined, sets the columns anew.
/// A `""` within a cell stays as it is, since a place in the file cannot be unescaped: a login with a quote in
/// it is reported with two. A file without a header is another layout's.
public struct SeparatedValues: Layout {
  private let labels: LabelDictionary
  public private(set) var recordCount: UInt32 = 0
  private var line: UInt32 = 0
  private var columns: Columns?
  private var delimiter = ASCII.comma
  /// What a line `sep=;` before the header says, as spreadsheets write it.
  private var saidDelimiter: UInt8?
  private var record = SeparatedRecord(passesBlanks: true)
  private var header = SeparatedRecord(passesBlanks: true)
  private var unclosedQuotes = 0
  /// Rows with and without a cell for each column that is read.
  private var fittingRows = 0
  private var shortRows = 0

  /// A file with more of them does not quote by RFC 4180; its records are its lines.
  private static let maxUnclosedQuotes = 16
  /// Lines before the header: blank ones, comments, adverts.
  private static let maxLinesBeforeHeader: UInt32 = 20
  /// A line longer than this is no header.
  private static let maxHeaderBytes = 4096
  /// User names and e-mail addresses of one record; Dashlane has three columns.
  static let maxLogins = 4
  /// URLs of one record; Bitwarden writes all of a login's into one cell.
  static let maxURLs = 8

  public init(labels: LabelDictionary) {
    self.labels = labels
  }

  public static func records(in sample: Span<UInt8>, labels: LabelDictionary) -> Int {
    var layout = SeparatedValues(labels: labels)
    var sink = NoSink()
    _ = layout.read(sample, isLast: true, into: &sink)
    // `URL | Login | Password` may also be a banner over lines that look otherwise.
    guard layout.columns != nil, layout.fittingRows >= layout.shortRows else { return 0 }
    // A header whose columns the rows have is strong evidence, more than any number of lines that might
    // be something else.
    return Int.max
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var offset = 0
    if columns == nil { offset = findHeader(bytes, isLast: isLast) }
    while offset < bytes.count, let columns {
      if unclosedQuotes > Self.maxUnclosedQuotes {
        // Looking for the end of yet another would read the chunk once a line.
        guard let next = cutLine(bytes, from: offset, isLast: isLast) else { break }
        take(columns, in: bytes, from: offset, to: next, &sink)
        offset = next
        continue
      }
      guard record.cut(bytes, from: offset, delimiter: delimiter, isLast: isLast) else { break }
      var next = record.next
      if record.unclosedLines > 0 {
        unclosedQuotes += 1
        next = cutLine(bytes, from: offset, isLast: true) ?? bytes.count
      }
      take(columns, in: bytes, from: offset, to: next, &sink)
      offset = next
    }
    return offset
  }

  /// Cuts the record at `start` as if it ended with its line, and returns where the next line begins, or nil
  /// if the line's end is not there yet:
  /// a quote that is never closed must not take all rows behind it.
  private mutating func cutLine(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    let rest = bytes.extracting(start..<bytes.count)
    var cutter = LineCutter(end: rest.count, isLast: isLast)
    guard let text = cutter.next(in: rest) else { return nil }
    let upToLineEnd = bytes.extracting(0..<(start + text.end))
    _ = record.cut(upToLineEnd, from: start, delimiter: delimiter, isLast: true)
    return start + cutter.offset
  }

  // MARK: Rows

  /// Takes the row at hand, which stands from `start` to `end`: a record, or another header.
  private mutating func take<Sink: CredentialSink & ~Copyable>(
    _ columns: Columns, in bytes: Span<UInt8>, from start: Int, to end: Int, _ sink: inout Sink
  ) {
    line &+= 1
    if !takeHeader(bytes, ByteRange(start, end)) { report(columns, in: bytes, from: start, &sink) }
    line &+= UInt32(truncatingIfNeeded: record.innerLines)
  }

  private mutating func report<Sink: CredentialSink & ~Copyable>(
    _ columns: Columns, in bytes: Span<UInt8>, from start: Int, _ sink: inout Sink
  ) {
    // A blank line is a record with one empty cell.
    if record.cells.count == 1 && bytes.trimmed(record.cells[0]).isEmpty { return }
    recordCount &+= 1
    if record.cells.count > columns.lastNeeded { fittingRows += 1 } else { shortRows += 1 }
    let url = cell(columns.url, in: bytes)
    let hasPassword = !Placeholder.stands(at: cell(columns.password, in: bytes), in: bytes)
    var number: UInt8 = 0
    var urls = URLList(url)
    var urlsLeft = Self.maxURLs
    while urlsLeft > 0, let host = urls.next(in: bytes) {
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
            host: host, login: login, hasPassword: hasPassword, layout: .separatedValues,
            line: line &+ linesBefore(login, in: bytes, from: start), record: recordCount,
            candidate: number),
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

  private func cell(_ index: Int?, in bytes: Span<UInt8>) -> ByteRange {
    guard let index, index < record.cells.count else { return .empty }
    return bytes.trimmed(record.cells[index])
  }

  // MARK: Headers

  /// Reads up to the end of the header, and returns how many bytes that were. Where none of the first lines is
  /// one, there are no records.
  private mutating func findHeader(_ bytes: Span<UInt8>, isLast: Bool) -> Int {
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    while columns == nil, line < Self.maxLinesBeforeHeader, let text = cutter.next(in: bytes) {
      line &+= 1
      let text = bytes.withoutMark(text)
      if let said = Self.said(text, in: bytes) {
        saidDelimiter = said
      } else if let found = columns(at: text, in: bytes) {
        columns = found.columns
        delimiter = found.delimiter
      }
    }
    let isNone = columns == nil && line >= Self.maxLinesBeforeHeader
    return isNone ? bytes.count : cutter.offset
  }

  /// Whether the row at `range` is another header, which then holds for the rows behind it.
  private mutating func takeHeader(_ bytes: Span<UInt8>, _ range: ByteRange) -> Bool {
    // Nearly every record has a colon in its URL or an `@` in its login, and no header has either.
    guard record.innerLines == 0, range.count <= Self.maxHeaderBytes,
      bytes.firstOffset(of: ASCII.colon, in: range.bounds) == nil,
      bytes.firstOffset(of: ASCII.at, in: range.bounds) == nil
    else { return false }
    var cutter = LineCutter(end: range.end - range.start, isLast: true)
    guard let first = cutter.next(in: bytes.extracting(range.bounds)) else { return false }
    let text = bytes.withoutMark(ByteRange(range.start, range.start + first.end))
    guard let found = columns(at: text, in: bytes) else { return false }
    columns = found.columns
    delimiter = found.delimiter
    return true
  }

  /// The columns that the line at `text` names, or nil if it is no header of ours.
  private mutating func columns(
    at text: ByteRange, in bytes: Span<UInt8>
  ) -> (columns: Columns, delimiter: UInt8)? {
    guard !text.isEmpty, text.count <= Self.maxHeaderBytes else { return nil }
    // The header is one line, whatever its quotes say: one that is never closed would swallow the file.
    let line = bytes.extracting(text.bounds)
    let delimiter = saidDelimiter ?? SeparatedRecord.delimiter(ofHeader: line)
    guard header.cut(line, from: 0, delimiter: delimiter, isLast: true), !header.isUnclosed,
      let columns = Columns(header.cells, in: line, labels: labels)
    else { return nil }
    return (columns, delimiter)
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
    return bytes[text.end - 1]
  }

  private struct NoSink: CredentialSink {
    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {}
  }
}

/// Which column of an export holds what, from 0.
private struct Columns {
  var url: Int?
  /// User names first, then e-mail addresses.
  var logins: [Int] = []
  /// The first of `logins` that is an e-mail address's.
  var firstEmail = 0
  var password: Int
  /// The last column that every row must have.
  var lastNeeded: Int { Swift.max(password, logins.min() ?? 0) }

  /// Nil unless the header names a login and a password.
  init?(_ cells: [ByteRange], in bytes: Span<UInt8>, labels: LabelDictionary) {
    var password: Int?
    var account: Int?
    var emails: [Int] = []
    for (index, cell) in cells.enumerated() {
      let name = bytes.trimmed(cell)
      switch ExportNames.meaning(of: name, in: bytes, labels: labels) {
      case .url: url = url ?? index
      // KeePass 1.x calls the title so; others mean the login.
      case .login where bytes.equals(name, lowercase: "account"): account = account ?? index
      case .login: logins.append(index)
      case .email: emails.append(index)
      case .password: password = password ?? index
      default: break
      }
    }
    guard let password else { return nil }
    if logins.isEmpty && emails.isEmpty, let account { logins = [account] }
    firstEmail = logins.count
    logins = Array((logins + emails).prefix(SeparatedValues.maxLogins))
    guard !logins.isEmpty else { return nil }
    self.password = password
  }
}

/// The URLs of one cell: all that is there, or parted by a comma before a scheme.
struct URLList {
  private var rest: ByteRange
  private var isFirst = true

  init(_ text: ByteRange) {
    rest = text
  }

  /// The next URL, or nil if there is no more. The first one may be empty.
  mutating func next(in bytes: Span<UInt8>) -> ByteRange? {
    if rest.isEmpty && !isFirst { return nil }
    isFirst = false
    var from = rest.start
    while let comma = bytes.firstOffset(of: ASCII.comma, in: from..<rest.end) {
      let behind = bytes.trimmed(ByteRange(comma + 1, rest.end))
      // A URL may hold commas of its own.
      if URLText.hasScheme(at: behind, in: bytes) {
        let url = bytes.trimmed(ByteRange(rest.start, comma))
        rest = behind
        return url
      }
      from = comma + 1
    }
    let url = rest
    rest = .empty
    return url
  }
}
