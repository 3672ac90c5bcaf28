internal import Bytes

/// Reads text line by line: labelled blocks, delimited lines and tables, also mixed in one file.
///
/// Families put anything or nothing between labelled records, so a record closes when
/// - a label of a class that is already filled comes again,
/// - a line of separators (`=====`, `-----`) or a delimited record stands there,
/// - the file ends, or
/// - a blank line follows a password label; without one, a blank line closes nothing, and in files that write
///   the URL last it may stand before that.
///
/// Where nothing stands between records, a URL between two logins belongs to the one that the file's order says.
///
/// Other lines without a known label are delimited records if they look like ones, and else banners,
/// adverts or prose, which are passed over.
struct TextLines: Sendable {
  private let labels: LabelDictionary
  /// Whether lines count that may be a record but prove it by nothing, such as `ann:…`. Where blocks
  /// stand, those are banners.
  private let takesBareLines: Bool
  private(set) var recordCount: UInt32 = 0
  /// Lines read so far.
  private(set) var line: UInt32 = 0
  /// Whether the reading ends where a document begins (`MixedText`).
  var endsAtDocuments = false
  /// The document at which it ended, or nil.
  private(set) var document: TextPart?
  private var record = BlockRecord()
  private var table: SeparatedTable
  /// The order of the fields, once a record has shown it.
  private var order: BlockRecord.Order?
  /// Whether the next record begins behind a blank line, a line of separators or at the file's beginning.
  private var isAtBoundary = true
  /// Whether the bytes begin within a line, with a record that is read again.
  private var isWithinLine = false
  /// Whether the line at hand is a row of a table that goes on, and is to be read as one.
  private var isAtRow = false

  /// The line of the first header, from 1, or 0 without one.
  private(set) var tableLine: UInt32 = 0
  /// Whether the rows below headers have the columns that those name.
  var rowsFit: Bool {
    table.fittingRows >= table.shortRows && (table.fittingRows > 0 || table.isOpen)
  }

  /// Whether a row had more logins or URLs than are kept.
  var isCut: Bool { table.isCut }

  init(labels: LabelDictionary, takesBareLines: Bool) {
    self.labels = labels
    self.takesBareLines = takesBareLines
    table = SeparatedTable(labels: labels)
  }

  /// What is known where the next call of `read` begins, or nil if that is within a line.
  var state: LineState? {
    isWithinLine
      ? nil : LineState(order: order, isAtBoundary: isAtBoundary, table: table.state)
  }

  /// Goes on where another reader was, at the beginning of a line.
  mutating func resume(_ state: LineState) {
    order = state.order
    isAtBoundary = state.isAtBoundary
    table.state = state.table
  }

  /// Goes on behind a document, on the line of this number.
  mutating func begin(atLine number: UInt32, records: UInt32) {
    line = number &- 1
    recordCount = records
    document = nil
    isWithinLine = false
  }

  /// Reads as `Layout.read` says.
  mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    record = BlockRecord()
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    while true {
      if endsAtDocuments && !(isWithinLine && cutter.offset == 0) {
        let part = TextPart.starting(at: cutter.offset, in: bytes, isLast: isLast)
        guard let part else { break }
        if part != .lines {
          close(in: bytes, &sink)
          document = part
          return cutter.offset
        }
      }
      if table.isOpen {
        guard readRow(bytes, isLast: isLast, &cutter, into: &sink) else { break }
        continue
      }
      guard let found = cutter.peek(in: bytes) else { break }
      line &+= 1
      read(found.line, in: bytes, into: &sink)
      if isAtRow {
        isAtRow = false
        line &-= 1
      } else {
        cutter.move(to: found.next)
      }
    }
    if isLast {
      close(in: bytes, &sink, isAtBoundary: true)
      return bytes.count
    }
    if record.isEmpty {
      isWithinLine = false
      return cutter.offset
    }
    if record.start > 0 {
      let before = bytes[record.start - 1]
      isWithinLine = before != ASCII.lineFeed && before != ASCII.carriageReturn
    }
    isAtBoundary = record.isBehindBoundary
    // The lines of the open record are read, and counted, again with the next chunk.
    line = record.firstLine &- 1
    return record.start
  }

  private mutating func read<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, into sink: inout Sink
  ) {
    if let field = RecordField.first(in: text, of: bytes, labels), isMeant(field, in: bytes) {
      apply(field, in: bytes, &sink)
      return
    }
    let trimmed = bytes.trimmed(text)
    if trimmed.isEmpty {
      readBlank(in: bytes, &sink)
    } else if Self.isSeparator(trimmed, in: bytes) {
      // A password of only `=` stands behind its label, so it is no separator line; but one on the
      // line below an empty label cannot be told from one, and is taken for one.
      close(in: bytes, &sink, isAtBoundary: true)
    } else if record.pending != nil {
      record.takeNextLine(trimmed, in: bytes, line: line)
    } else if record.isEmpty || !record.continueURL(trimmed, in: bytes, line: line) {
      readDelimited(text, in: bytes, &sink)
    }
  }

  /// Reads a row of the open table, or closes it; false if more bytes are needed.
  private mutating func readRow<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, _ cutter: inout LineCutter, into sink: inout Sink
  ) -> Bool {
    guard cutter.offset < bytes.count else { return false }
    let step = table.read(
      bytes, at: &cutter, isLast: isLast, line: line &+ 1, records: &recordCount, into: &sink)
    switch step {
    case .more: return false
    case .closed: return true
    case .row(let next, let lines):
      line &+= lines
      cutter.move(to: next)
      return true
    }
  }

  // MARK: Labelled

  /// Whether a field without a sign between label and value is one, and no prose: a URL's must hold one, and
  /// the others stand directly below another field of the record.
  private func isMeant(_ field: RecordField, in bytes: Span<UInt8>) -> Bool {
    if field.hasSign { return true }
    switch field.meaning {
    case .url:
      guard let url = URLText(at: field.value, in: bytes) else { return false }
      return url.hasScheme
        || url.looksLikeHost && bytes.firstOffset(of: ASCII.space, in: field.value.bounds) == nil
    case .login, .email, .password:
      return !record.isEmpty && record.pending == nil && record.lastLine &+ 1 == line
        && !record.isFilled(field.meaning)
        && (field.meaning == .password
          || bytes.firstOffset(of: ASCII.space, in: field.value.bounds) == nil)
    default: return false
    }
  }

  /// Fills the record with a field, and those that stand behind it on the same line.
  private mutating func apply<Sink: CredentialSink & ~Copyable>(
    _ first: RecordField, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if record.isHeading && line > record.lastLine &+ 1 {
      close(in: bytes, &sink, isAtBoundary: true)
    }
    var field = first
    let lineStart = isWithinLine && first.start == 0 ? -1 : first.start
    // Any number: each byte is looked at once, and a limit would be another one behind a chunk's cut.
    while true {
      var next = field.next(in: bytes, labels)
      // A password may hold bars and labels: it ends before a field that still lacks, where others stand before it on
      // its line or none in the record.
      if field.meaning == .password, let found = next,
        field.start == lineStart && !record.isBeforeFirst(line)
          || record.hasBeforePassword(found.field.meaning, on: line)
      {
        next = nil
      }
      let own = next.map { bytes.trimmed(ByteRange(field.value.start, $0.end)) } ?? field.value
      let value = field.plain(own, in: bytes)
      if field.meaning.isLogin, let pair = pair(field, value, in: bytes) {
        // Both are of one record, which begins with the line's field and not within it.
        if record.isFilled(.password) && !record.isFilled(field.meaning) { close(in: bytes, &sink) }
        fill(field.meaning, pair.login, from: field.start, in: bytes, &sink)
        fill(.password, pair.password, from: field.start, in: bytes, &sink)
      } else {
        fill(field.meaning, value, from: field.start, in: bytes, &sink)
      }
      guard let next else { return }
      field = next.field
    }
  }

  /// Login and password of `Login/Password: ann:…` or `Login:Password: ann:…`, or nil.
  private func pair(
    _ field: RecordField, _ value: ByteRange, in bytes: Span<UInt8>
  ) -> (login: ByteRange, password: ByteRange)? {
    var value = value
    if !field.isPair {
      guard let inner = RecordField.first(in: value, of: bytes, labels), inner.hasColon,
        inner.meaning == .password
      else { return nil }
      value = inner.value
    }
    for offset in value.bounds {
      switch bytes[offset] {
      case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.space, ASCII.tab:
        return (
          bytes.trimmed(ByteRange(value.start, offset)),
          bytes.trimmed(ByteRange(offset + 1, value.end))
        )
      default: continue
      }
    }
    return nil
  }

  /// Fills one field, closing the record first if the field is filled.
  private mutating func fill<Sink: CredentialSink & ~Copyable>(
    _ meaning: LabelDictionary.Class, _ value: ByteRange, from start: Int,
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    // A seller's label or an unknown field opens no record.
    if meaning == .seller || meaning == .other { return }
    if record.isFilled(meaning) {
      let next =
        meaning == .password
        ? record.splitOffLast(before: line)
        : meaning.isLogin ? record.splitOffURL(before: line, order: order) : nil
      close(in: bytes, &sink)
      if let next { record = next }
    } else if record.awaitsURL && meaning != .url {
      close(in: bytes, &sink, isAtBoundary: true)
    } else if meaning == .url && record.lacksURL && order == .urlFirst && !record.isBehindBoundary {
      close(in: bytes, &sink)
    }
    if record.isEmpty {
      record = BlockRecord(isBehindBoundary: isAtBoundary)
      isAtBoundary = false
    }
    record.fill(meaning, value, from: start, in: bytes, line: line)
  }

  /// Closes the record at a blank line, unless its URL may stand below.
  private mutating func readBlank<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if record.isEmpty {
      isAtBoundary = true
    } else if record.lacksURL && order != .urlFirst {
      record.noteBlank()
    } else if record.isFilled(.password) {
      close(in: bytes, &sink, isAtBoundary: true)
    }
  }

  /// Reports the record; `isAtBoundary` says whether something stands between it and the next.
  private mutating func close<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink, isAtBoundary: Bool = false
  ) {
    self.isAtBoundary = isAtBoundary
    defer { record = BlockRecord() }
    guard record.isCredential(in: bytes) else { return }
    recordCount &+= 1
    // `login password URL login …`: the first record of the file may have been cut off.
    let isDoubtful = record.order == .urlLast && order == nil && !isAtBoundary
    let hasLogin = report(record.login, candidate: 0, isDoubtful, in: bytes, &sink)
    _ = report(record.email, candidate: hasLogin ? 1 : 0, isDoubtful, in: bytes, &sink)
    if order == nil, record.isFilled(.password), !isDoubtful { order = record.order }
  }

  /// Reports a login of the record; false if there is none.
  private func report<Sink: CredentialSink & ~Copyable>(
    _ login: BlockRecord.Place, candidate: UInt8, _ isHostDoubtful: Bool, in bytes: Span<UInt8>,
    _ sink: inout Sink
  ) -> Bool {
    if Placeholder.stands(at: login.text, in: bytes) { return false }
    sink.found(
      Credential(
        host: record.url, login: login.text, hasPassword: record.hasPassword,
        layout: .labelledBlocks, line: login.line, record: recordCount, candidate: candidate,
        isHostDoubtful: isHostDoubtful),
      in: bytes)
    return true
  }

  /// Whether the line is at least five of one of `=-_*~#` and nothing else, or such a line with a
  /// word in its middle, as Blank Grabber writes.
  static func isSeparator(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let byte = bytes[line.start]
    switch byte {
    case 0x3D, 0x2D, 0x5F, 0x2A, 0x7E, 0x23: break
    default: return false
    }
    guard line.count >= 5, bytes[line.end - 1] == byte else { return false }
    for offset in line.start..<(line.start + 5) where bytes[offset] != byte { return false }
    for offset in (line.end - 5)..<line.end where bytes[offset] != byte { return false }
    return true
  }

  // MARK: Delimited

  /// Takes a URL that stands alone, also in brackets, as that of the labels directly below it.
  private mutating func readHeading<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    var url = bytes.trimmed(text)
    if bytes[url.start] == ASCII.openBracket, bytes[url.end - 1] == ASCII.closeBracket {
      url = bytes.trimmed(ByteRange(url.start + 1, url.end - 1))
    }
    guard URLText.hasScheme(at: url, in: bytes), URLText(at: url, in: bytes)?.looksLikeHost == true,
      bytes.firstOffset(of: ASCII.space, in: url.bounds) == nil
    else { return }
    if record.isFilled(.password) || record.isHeading {
      close(in: bytes, &sink, isAtBoundary: true)
    }
    guard record.isEmpty else { return }
    fill(.url, url, from: text.start, in: bytes, &sink)
    record.noteHeading()
  }

  private mutating func readDelimited<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if table.open(at: text, in: bytes) {
      if tableLine == 0 && table.isOpen { tableLine = line }
      close(in: bytes, &sink, isAtBoundary: true)
      return
    }
    if table.reopen(at: text, in: bytes) {
      close(in: bytes, &sink)
      isAtRow = true
      return
    }
    let split = DelimitedLine(text, in: bytes, labels)
    guard split.count > 0, takesBareLines || split.isConvincing && split.hasPassword else {
      readHeading(text, in: bytes, &sink)
      return
    }
    // A record that is open does not go on behind another: it could not be read again, with the next chunk,
    // without this one.
    close(in: bytes, &sink, isAtBoundary: true)
    recordCount &+= 1
    for index in 0..<split.count {
      let candidate = split.candidate(index)
      sink.found(
        Credential(
          host: candidate.host, login: candidate.login, hasPassword: candidate.hasPassword,
          layout: .delimitedLines, line: line, record: recordCount, candidate: UInt8(index),
          isDoubtful: split.count > 1, isHostDoubtful: candidate.isHostDoubtful),
        in: bytes)
    }
  }
}
