internal import Bytes

/// Exports of browsers and password managers: separated values whose header line names the columns.
///
/// Columns are known by synonyms, not by product: the same dictionary as for labelled blocks, and the
/// names that only exports use.
public struct SeparatedValues: Layout {
  private let labels: LabelDictionary
  public private(set) var recordCount: UInt32 = 0
  private var line: UInt32 = 0
  private var columns: Columns?
  private var delimiter = ASCII.comma
  private var record = SeparatedRecord()
  private var unclosedQuotes = 0
  /// A file with more of them does not quote by RFC 4180; its records are its lines.
  private static let maxUnclosedQuotes = 16

  public init(labels: LabelDictionary) {
    self.labels = labels
  }

  public static func records(in sample: Span<UInt8>, labels: LabelDictionary) -> Int {
    var layout = SeparatedValues(labels: labels)
    guard layout.readHeader(sample, isLast: true) != nil else { return 0 }
    // A header with its columns is strong evidence, more than any number of lines that might be
    // something else. The rows need not be counted.
    return Int.max
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var offset = 0
    if columns == nil {
      guard let behind = readHeader(bytes, isLast: isLast) else { return isLast ? bytes.count : 0 }
      offset = behind
    }
    guard let columns else { return bytes.count }
    while offset < bytes.count {
      if unclosedQuotes > Self.maxUnclosedQuotes {
        // Looking for the end of yet another would read the chunk once a line.
        guard let next = cutLine(bytes, from: offset, isLast: isLast) else { break }
        line &+= 1
        report(columns, in: bytes, &sink)
        offset = next
        continue
      }
      guard record.cut(bytes, from: offset, delimiter: delimiter, isLast: isLast) else { break }
      var next = record.next
      if record.unclosedLines > 0 {
        unclosedQuotes += 1
        next = cutLine(bytes, from: offset, isLast: true) ?? bytes.count
      }
      line &+= 1
      report(columns, in: bytes, &sink)
      line &+= UInt32(truncatingIfNeeded: record.innerLines)
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

  private mutating func report<Sink: CredentialSink & ~Copyable>(
    _ columns: Columns, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    // A blank line is a record with one empty cell.
    if record.cells.count == 1 && bytes.trimmed(record.cells[0]).isEmpty { return }
    recordCount &+= 1
    guard columns.login < record.cells.count else { return }
    let login = bytes.trimmed(record.cells[columns.login])
    if Placeholder.stands(at: login, in: bytes) { return }
    sink.found(
      Credential(
        host: cell(columns.url, in: bytes), login: login,
        hasPassword: !Placeholder.stands(at: cell(columns.password, in: bytes), in: bytes),
        layout: .separatedValues, line: line, record: recordCount),
      in: bytes)
  }

  private func cell(_ index: Int?, in bytes: Span<UInt8>) -> ByteRange {
    guard let index, index < record.cells.count else { return .empty }
    return bytes.trimmed(record.cells[index])
  }

  /// Reads the header line; where the first row begins, or nil if this is no header of ours or its
  /// end is not there yet.
  private mutating func readHeader(_ bytes: Span<UInt8>, isLast: Bool) -> Int? {
    var start = 0
    if bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF { start = 3 }
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    guard let first = cutter.next(in: bytes), first.end > start, first.count < 4096 else {
      return nil
    }
    delimiter = SeparatedRecord.delimiter(ofHeader: bytes.extracting(start..<first.end))
    // The header is one line, whatever its quotes say: one that is never closed would swallow the file.
    let header = bytes.extracting(start..<first.end)
    guard record.cut(header, from: 0, delimiter: delimiter, isLast: true), !record.isUnclosed,
      let found = Columns(record.cells, in: header, labels: labels)
    else { return nil }
    columns = found
    line &+= 1
    return cutter.offset
  }
}

/// Which column of an export holds what, from 0.
private struct Columns {
  var url: Int?
  var login: Int
  var password: Int

  /// Nil unless the header names a login and a password, and has no cell that could not be a name.
  init?(_ cells: [ByteRange], in bytes: Span<UInt8>, labels: LabelDictionary) {
    var url: Int?
    var login: Int?
    var password: Int?
    for (index, cell) in cells.enumerated() {
      let name = bytes.trimmed(cell)
      switch Self.exportColumn(name, in: bytes) ?? labels.recordClass(of: name, in: bytes) {
      case .url: url = url ?? index
      case .login: login = login ?? index
      case .password: password = password ?? index
      default: break
      }
    }
    guard let login, let password else { return nil }
    self.url = url
    self.login = login
    self.password = password
  }

  /// Column names of exports that are no labels of text logs.
  private static func exportColumn(
    _ name: ByteRange, in bytes: Span<UInt8>
  ) -> LabelDictionary.Class? {
    for (text, meaning) in exportColumns where bytes.equals(name, lowercase: text) {
      return meaning
    }
    return nil
  }

  private static let exportColumns: [(StaticString, LabelDictionary.Class)] = [
    ("login_uri", .url), ("login_username", .login), ("login_password", .password),
    ("login name", .login), ("web site", .url), ("account", .other), ("origin_url", .url),
    ("username_value", .login), ("password_value", .password), ("name", .other), ("title", .other),
  ]
}
