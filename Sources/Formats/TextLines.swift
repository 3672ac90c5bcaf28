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
/// This file has the reading as a whole; other files have labelled records, lines that need no thought
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
  /// Where that begins, if it is within the line at hand.
  private var documentStart: Int?
  /// Whether that is so, and the document an object that ends with the line.
  var isBeforeObject: Bool { documentStart != nil }
  /// The line on which a document ended before the text, or 0: what stands there are no words before another one, or a line of
  /// many would be read as often.
  private var lineOfDocument: UInt32 = 0
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
  /// Whether the text at hand is only a part of a line, and so no row or header of a table, and not words before an object.
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

  /// Goes on behind a document, on the line of this number, or within it.
  mutating func begin(atLine number: UInt32, isWithin: Bool = false, records: UInt32) {
    line = number &- 1
    lineOfDocument = isWithin ? number : 0
    recordCount = records
    document = nil
    documentStart = nil
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
      if let documentStart {
        document = .json
        line &-= 1
        return documentStart
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
      // `- {"url": …` has a label, too.
      if field.isQuoted, readWords(text, in: bytes, &sink) { return }
      if readParts(text, in: bytes, &sink) { return }
      apply(field, in: bytes, &sink)
      return
    }
    let trimmed = InvisibleText.trimmed(bytes.trimmed(text), in: bytes)
    if !trimmed.isEmpty { tally.lines += 1 }
    if trimmed.isEmpty {
      readBlank(in: bytes, &sink)
    } else if Self.isSeparator(trimmed, in: bytes) {
      // A password of only `=` stands behind its label, so it is no separator line; but one on the
      // line below an empty label cannot be told from one, and is taken for one.
      close(in: bytes, &sink, isAtBoundary: true)
    } else if record.pending != nil, !isRecord(trimmed, in: bytes) {
      record.takeNextLine(trimmed, in: bytes, line: line)
    } else if record.isEmpty || !record.continueURL(trimmed, in: bytes, line: line) {
      switch bytes[trimmed.start] {
      // A blank at the end may be what parts a password that is not there.
      case 0x3C where readHTML(text, in: bytes, &sink): return
      // `INSERT`, `REPLACE`, `VALUES` and `(`.
      case 0x49, 0x69, 0x52, 0x72, 0x56, 0x76, 0x28:
        if readValues(trimmed, in: bytes, &sink) { return }
      case 0x4D, 0x6D:
        if readMachine(trimmed, in: bytes, &sink) { return }
      case 0x63 where readCommand(trimmed, in: bytes, &sink): return
      default: break
      }
      if hasLabelledPart(text, in: bytes) {
        _ = readParts(text, in: bytes, &sink)
        return
      }
      if readWords(text, in: bytes, &sink) { return }
      readDelimited(text, isLabelled: field?.hasColon == true, in: bytes, &sink)
      record.isDescribed = true
    }
  }

  /// Ends the reading at the object behind the words of a program on this line; false if there is none. With
  /// `mayBeRecord`, no URL and no address stands before it: the object could be their password.
  mutating func readWords<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, mayBeRecord: Bool = true, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    guard !isPartOfLine, line != lineOfDocument,
      let object = TextPart.objectBehindWords(on: text, in: bytes),
      !mayBeRecord || !TextPart.holdsSite(ByteRange(text.start, object), in: bytes)
    else { return false }
    hasDocument = true
    guard endsAtDocuments else { return false }
    close(in: bytes, &sink)
    documentStart = object
    return true
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
}
