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
///
/// This file has the reading as a whole and labelled records; other files have lines that need no thought
/// (`TextLinesPlain`), lines without labels, and rows that HTML and SQL mark.
struct TextLines: Sendable {
  let labels: LabelDictionary
  /// Whether lines count that may be a record but prove it by nothing, such as `ann:…`. Where blocks
  /// stand, those are banners.
  let takesBareLines: Bool
  var recordCount: UInt32 = 0
  /// Lines read so far.
  var line: UInt32 = 0
  /// Whether the reading ends where a document begins (`MixedText`).
  var endsAtDocuments = false
  /// The document at which it ended, or nil.
  var document: TextPart?
  /// Whether it read on over the beginning of a document.
  var hasDocument = false
  var record = BlockRecord()
  var table: SeparatedTable
  var rows = MarkedRows()
  /// The order of the fields, once a record has shown it.
  var order: BlockRecord.Order?
  /// Whether the next record begins behind a blank line, a line of separators or at the file's beginning.
  var isAtBoundary = true
  /// Whether the bytes begin within a line, with a record that is read again.
  var isWithinLine = false
  /// Whether the line at hand is a row of a table that goes on, and is to be read as one.
  var isAtRow = false
  /// Where in the bytes the line stands that the table has turned down last.
  private var turnedDownAt = -1
  /// Whether that is the line at hand, at which it is not opened again, or that would never end.
  var isTurnedDown = false
  /// Whether the text at hand is only a part of a line, and so no row or header of a table.
  var isPartOfLine = false
  /// The credentials of the bytes at hand that were not handed on yet.
  var batch = [Credential](repeating: .none, count: maxBatch)
  var batchCount = 0
  var marks = LineMarks()
  /// Whether plain lines are read the fast way; without, the same is found (`PlainReadingTests`).
  var readsPlainLines = true
  /// The next `<` at or behind the last place that was asked for, or -1.
  var nextAngle = -1
  /// A line that is longer, at the end of a window, is not looked at as a plain one again.
  static let maxPlainBytes = 1024
  /// Credentials that are handed on together: several times as many as a core has memory requests under way.
  static let maxBatch = 64
  /// Credentials of a plain line, at most.
  static let maxSplits = 2

  /// What was seen of lines without labels.
  struct Tally {
    /// Lines that are not blank.
    var lines = 0
    /// Of these, delimited records by what they hold, and what may be one and is one word.
    var convincing = 0
    var bare = 0
  }
  var tally = Tally()

  /// The line of the first header, from 1, or 0 without one.
  var tableLine: UInt32 = 0
  /// Whether the rows below headers have the columns that those name.
  var rowsFit: Bool {
    table.fittingRows >= table.shortRows && (table.fittingRows > 0 || table.isOpen)
  }

  /// Whether a row had more logins or URLs than are kept, or a line was too long to find its login.
  var isCut: Bool { table.isCut || hasCutLine }
  var hasCutLine = false

  init(labels: LabelDictionary, takesBareLines: Bool) {
    self.labels = labels
    self.takesBareLines = takesBareLines
    table = SeparatedTable(labels: labels)
  }

  /// What is known where the next call of `read` begins, or nil if that is within a line.
  var state: LineState? {
    isWithinLine
      ? nil
      : LineState(
        order: order, isAtBoundary: isAtBoundary, table: table.state, rows: rows.state)
  }

  /// Goes on where another reader was, at the beginning of a line.
  mutating func resume(_ state: LineState) {
    order = state.order
    isAtBoundary = state.isAtBoundary
    table.state = state.table
    rows.state = state.rows
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
    marks.clear()
    nextAngle = -1
    turnedDownAt = -1
    defer { handOn(in: bytes, &sink) }
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    while true {
      if cutter.offset < bytes.count {
        readPlainFields(bytes, &cutter, &sink)
        if cutter.offset < bytes.count, PlainLine.mayBegin(with: bytes[cutter.offset]) {
          readPlainLines(bytes, &cutter, &sink)
        }
      }
      if !(isWithinLine && cutter.offset == 0) {
        let part = TextPart.starting(at: cutter.offset, in: bytes, isLast: isLast)
        if !endsAtDocuments {
          hasDocument = hasDocument || part != .lines
        } else if part == nil {
          break
        } else if let part, part != .lines {
          close(in: bytes, &sink)
          document = part
          return cutter.offset
        }
      }
      if table.isOpen {
        handOn(in: bytes, &sink)
        guard readRow(bytes, isLast: isLast, &cutter, into: &sink) else { break }
        continue
      }
      guard let first = cutter.peek(in: bytes) else { break }
      // The part of a line with which a record begins was read as that part, and is again.
      isPartOfLine = isWithinLine && cutter.offset == 0
      guard
        let found = isPartOfLine
          ? first : MarkedRows.wholeRow(first, cutter, in: bytes, isLast: isLast, labels)
      else { break }
      line &+= 1
      isTurnedDown = turnedDownAt == cutter.offset
      if found.next > first.next {
        readRowOverLines(found.line, in: bytes, &sink)
      } else {
        read(found.line, in: bytes, into: &sink)
      }
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

  /// Adds a credential to those that are handed on together.
  @inline(__always)
  mutating func add<Sink: CredentialSink & ~Copyable>(
    _ credential: Credential, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    batch[batchCount] = credential
    batchCount += 1
    if batchCount == Self.maxBatch { handOn(in: bytes, &sink) }
  }

  /// Hands on what was read, while the bytes are there.
  mutating func handOn<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if batchCount == 0 { return }
    sink.found(batch.span.extracting(0..<batchCount), in: bytes)
    batchCount = 0
  }

  mutating func read<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, into sink: inout Sink
  ) {
    let field =
      RecordField.first(in: text, of: bytes, labels)
      ?? RecordField.behindPrefix(in: text, of: bytes, labels)
    if let field, isMeant(field, in: bytes) {
      tally.lines += 1
      if readParts(text, in: bytes, &sink) { return }
      apply(field, in: bytes, &sink)
      return
    }
    let trimmed = bytes.trimmed(text)
    if !trimmed.isEmpty { tally.lines += 1 }
    if trimmed.isEmpty {
      readBlank(in: bytes, &sink)
    } else if Self.isSeparator(trimmed, in: bytes) {
      // A password of only `=` stands behind its label, so it is no separator line; but one on the
      // line below an empty label cannot be told from one, and is taken for one.
      close(in: bytes, &sink, isAtBoundary: true)
    } else if record.pending != nil {
      record.takeNextLine(trimmed, in: bytes, line: line)
    } else if record.isEmpty || !record.continueURL(trimmed, in: bytes, line: line) {
      switch bytes[trimmed.start] {
      // A blank at the end may be what parts a password that is not there.
      case 0x3C where readHTML(text, in: bytes, &sink): return
      // `INSERT`, `REPLACE`, `VALUES` and `(`.
      case 0x49, 0x69, 0x52, 0x72, 0x56, 0x76, 0x28:
        if readValues(trimmed, in: bytes, &sink) { return }
      case 0x6D where readMachine(text, in: bytes, &sink): return
      case 0x63 where readCommand(text, in: bytes, &sink): return
      default: break
      }
      if hasLabelledPart(text, in: bytes) {
        _ = readParts(text, in: bytes, &sink)
        return
      }
      readDelimited(text, isLabelled: field?.hasColon == true, in: bytes, &sink)
    }
  }

  /// Reads a row of the open table, or closes it; false if more bytes are needed.
  mutating func readRow<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, _ cutter: inout LineCutter, into sink: inout Sink
  ) -> Bool {
    guard cutter.offset < bytes.count else { return false }
    let step = table.read(
      bytes, at: &cutter, isLast: isLast, line: line &+ 1, records: &recordCount, into: &sink)
    switch step {
    case .more: return false
    case .closed:
      turnedDownAt = cutter.offset
      return true
    case .row(let next, let lines):
      line &+= lines
      tally.lines += 1
      cutter.move(to: next)
      return true
    }
  }

  // MARK: Labelled

  /// Whether a field without a sign between label and value is one, and no prose: a URL's must hold one, and
  /// the others stand directly below another field of the record.
  func isMeant(_ field: RecordField, in bytes: Span<UInt8>) -> Bool {
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
    closeHeadingAbove(in: bytes, &sink)
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
      // What has no sign is a field only below others, and begins no record.
      if field.meaning.isLogin, field.hasSign || !record.isFilled(.password),
        let pair = pair(field, value, in: bytes)
      {
        // Both are of one record, which begins with the line's field and not within it.
        if record.isFilled(.password),
          !record.isFilled(field.meaning) || record.leavesOpen(field.meaning, on: line)
        {
          close(in: bytes, &sink)
        }
        fill(field.meaning, pair.login, from: field.start, in: bytes, &sink)
        fill(.password, pair.password, from: field.start, in: bytes, &sink)
      } else {
        fill(field.meaning, value, from: field.start, in: bytes, &sink)
      }
      guard let next else { return }
      field = next.field
    }
  }

  /// Closes a record that is a URL alone, which is the host of the very next line only.
  @inline(__always)
  mutating func closeHeadingAbove<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if record.isHeading && line > record.lastLine &+ 1 {
      close(in: bytes, &sink, isAtBoundary: true)
    }
  }

  /// Login and password of `Login/Password: ann:…`, `Login:Password: ann:…` or `Account: ann@mail.example:…`, or nil.
  private func pair(
    _ field: RecordField, _ value: ByteRange, in bytes: Span<UInt8>
  ) -> (login: ByteRange, password: ByteRange)? {
    var value = value
    if !field.isPair {
      if let colon = bytes.firstOffset(of: ASCII.colon, in: value.bounds), colon + 1 < value.end,
        !ASCII.isBlank(bytes[colon + 1]),
        DelimitedLine.isMailAddress(ByteRange(value.start, colon), in: bytes)
      {
        return (ByteRange(value.start, colon), ByteRange(colon + 1, value.end))
      }
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
  mutating func fill<Sink: CredentialSink & ~Copyable>(
    _ meaning: LabelDictionary.Class, _ value: ByteRange, from start: Int,
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    // A seller's label or an unknown field opens no record.
    if meaning == .seller || meaning == .other { return }
    if meaning == .login, record.awaitsPassword, Self.isNumber(value, in: bytes) { return }
    // Of nearly every record this is all that is asked: the field is its first of this class.
    let isRepeated = record.isFilled(meaning)
    if isRepeated, meaning == .url, record.repeatsURL(value, at: start, in: bytes) { return }
    if isRepeated, meaning == .login, record.isFurtherLogin(at: start, on: line, in: bytes) {
      record.keepLogin()
    } else if isRepeated && !record.leavesOpen(meaning, on: line) {
      let next =
        meaning == .password
        ? record.splitOffLast(before: line)
        : meaning.isLogin ? record.splitOffURL(before: line, order: order) : nil
      close(in: bytes, &sink)
      if let next { record = next }
    } else if record.awaitsURL && meaning != .url {
      close(in: bytes, &sink, isAtBoundary: true)
    } else if meaning == .url && record.lacksURL && order == .urlFirst && !record.isBehindBoundary,
      !(record.isOnOneLine && record.lastLine == line)
    {
      close(in: bytes, &sink)
    }
    if record.isEmpty {
      record = BlockRecord(isBehindBoundary: isAtBoundary)
      isAtBoundary = false
    }
    record.fill(meaning, value, from: start, in: bytes, line: line)
  }

  /// Whether a value is a phone's number, or nothing.
  private static func isNumber(_ value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in value.bounds where ASCII.isLetter(bytes[offset]) || bytes[offset] >= 0x80 {
      return Placeholder.stands(at: value, in: bytes)
    }
    return true
  }

  /// Closes the record at a blank line, unless its URL may stand below.
  mutating func readBlank<Sink: CredentialSink & ~Copyable>(
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
  mutating func close<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink, isAtBoundary: Bool = false
  ) {
    self.isAtBoundary = isAtBoundary
    defer { record = BlockRecord() }
    guard record.isCredential(in: bytes) else { return }
    recordCount &+= 1
    // `login password URL login …`: where nothing stands before or behind a record, it may have been cut off.
    let isDoubtful =
      record.order == .urlLast && order == nil && !isAtBoundary && !record.isBehindBoundary
      && !record.isOnOneLine
    let hasLogin = report(record.login, candidate: 0, isDoubtful, in: bytes, &sink)
    _ = report(record.email, candidate: hasLogin ? 1 : 0, isDoubtful, in: bytes, &sink)
    if order == nil, record.isFilled(.password), !isDoubtful { order = record.order }
  }

  /// Reports a login of the record; false if there is none.
  mutating func report<Sink: CredentialSink & ~Copyable>(
    _ login: BlockRecord.Place, candidate: UInt8, _ isHostDoubtful: Bool, in bytes: Span<UInt8>,
    _ sink: inout Sink
  ) -> Bool {
    if Placeholder.stands(at: login.text, in: bytes) { return false }
    add(
      Credential(
        host: record.url, login: login.text, hasPassword: !record.password.isEmpty,
        passwordField: record.password, layout: .labelledBlocks, line: login.line,
        record: recordCount,
        candidate: candidate,
        isHostDoubtful: isHostDoubtful),
      in: bytes, &sink)
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
}
