internal import Bytes

// Rows and parts of lines that HTML and SQL mark.
extension TextLines {
  /// Reads the parts of a line between the breaks of HTML as lines: `URL: …<br>Login: …<br>…<hr>`. False if it has
  /// no break with text on either side.
  mutating func readParts<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    guard var tag = HTMLBreak(in: text, of: bytes) else { return false }
    isPartOfLine = true
    var rest = text
    while true {
      read(ByteRange(rest.start, tag.place.start), in: bytes, into: &sink)
      if tag.isRule { close(in: bytes, &sink, isAtBoundary: true) }
      rest.start = tag.place.end
      guard let next = HTMLBreak(in: rest, of: bytes) else { break }
      tag = next
    }
    read(rest, in: bytes, into: &sink)
    // A record that begins within such a line ends with it: it could not be read again without what stands before it. One
    // that begins with the last part can: `Name: PC<br>URL: …<br>`, and the login on the next line.
    if record.isEmpty || record.start < rest.start || record.isFilled(.password) {
      close(in: bytes, &sink, isAtBoundary: true)
    }
    return true
  }

  /// Whether a part of the line behind a break of HTML is a labelled field, as in a keylogger's
  /// `Time: …<br><hr>URL: …<br>…`.
  func hasLabelledPart(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard var tag = HTMLBreak(in: text, of: bytes),
      URLText(at: bytes.trimmed(text), in: bytes) == nil
    else { return false }
    var rest = text
    while true {
      rest.start = tag.place.end
      let next = HTMLBreak(in: rest, of: bytes)
      let part = ByteRange(rest.start, next?.place.start ?? rest.end)
      if RecordField.first(in: part, of: bytes, labels)?.hasColon == true { return true }
      guard let next else { return false }
      tag = next
    }
  }

  /// Reads a line of HTML: rows of a table, or parts between breaks. False if it is neither.
  mutating func readHTML<Sink: CredentialSink & ~Copyable>(
    _ line: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    readRows(line, in: bytes, &sink) || readParts(line, in: bytes, &sink)
  }

  /// Reads the rows of a table of HTML; false if there are none.
  private mutating func readRows<Sink: CredentialSink & ~Copyable>(
    _ line: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    var rest = line
    var start = rest.start
    var hasRows = false
    while let row = rows.nextOfHTML(&rest, in: bytes, labels) {
      hasRows = true
      take(row, from: start, ofLineAt: line.start, in: bytes, &sink)
      start = rest.start
    }
    // What begins with a further row may be no row where it is read again.
    if hasRows, record.start > line.start { close(in: bytes, &sink, isAtBoundary: true) }
    return hasRows
  }

  /// Reads a row of HTML that stands on several lines (`MarkedRows.wholeRow`): as nothing else, for what is read as a line
  /// must be one.
  mutating func readRowOverLines<Sink: CredentialSink & ~Copyable>(
    _ lines: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    tally.lines += 1
    _ = readRows(lines, in: bytes, &sink)
    line &+= bytes.lineEnds(in: lines.bounds)
  }

  /// Reads a line of an SQL statement; false if it is none.
  mutating func readValues<Sink: CredentialSink & ~Copyable>(
    _ line: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    var rest = line
    guard rows.beginValues(&rest, in: bytes, labels) else { return false }
    close(in: bytes, &sink, isAtBoundary: true)
    while let row = rows.nextOfValues(&rest, in: bytes, labels) {
      take(row, from: line.start, ofLineAt: line.start, in: bytes, &sink)
    }
    return true
  }

  private mutating func take<Sink: CredentialSink & ~Copyable>(
    _ row: MarkedRows.Row, from start: Int, ofLineAt lineStart: Int, in bytes: Span<UInt8>,
    _ sink: inout Sink
  ) {
    if case .field(let meaning, let value) = row {
      // A record that begins here may be read again, from here on.
      let linesBefore = lines(before: start, from: lineStart, in: bytes)
      line &+= linesBefore
      closeHeadingAbove(in: bytes, &sink)
      fill(meaning, value, from: start, in: bytes, &sink)
      line &-= linesBefore
      return
    }
    close(in: bytes, &sink, isAtBoundary: true)
    guard case .record(let found) = row else { return }
    recordCount &+= 1
    var number: UInt8 = 0
    if report(found.login, of: found, number, ofLineAt: lineStart, in: bytes, &sink) { number += 1 }
    if !bytes.equals(found.email, found.login) {
      _ = report(found.email, of: found, number, ofLineAt: lineStart, in: bytes, &sink)
    }
  }

  /// Line ends within a row of HTML before `place`; one of SQL is a line, which may be long.
  private func lines(before place: Int, from start: Int, in bytes: Span<UInt8>) -> UInt32 {
    place - start > MarkedRows.maxRowBytes ? 0 : bytes.lineEnds(in: start..<place)
  }

  /// Reports a login of a row; false if there is none.
  private mutating func report<Sink: CredentialSink & ~Copyable>(
    _ login: ByteRange, of row: MarkedRows.Record, _ number: UInt8, ofLineAt lineStart: Int,
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    if Placeholder.stands(at: login, in: bytes) { return false }
    var credential = Credential(
      host: row.host, login: login, hasPassword: row.hasPassword, passwordField: row.password,
      layout: .separatedValues,
      line: line &+ lines(before: login.start, from: lineStart, in: bytes),
      record: recordCount, candidate: number, isDoubtful: row.isDoubtful,
      isHostDoubtful: row.isHostDoubtful)
    guard row.isOfSQL, MarkedRows.hasEscape(login, in: bytes) else {
      add(credential, in: bytes, &sink)
      return true
    }
    // `CORP\\ann` is not in the file as it is meant: it is handed on in a text of its own.
    handOn(in: bytes, &sink)
    var text = bytes.copy(row.host)
    credential.host = ByteRange(0, text.count)
    MarkedRows.append(login, of: bytes, to: &text)
    credential.login = ByteRange(credential.host.end, text.count)
    credential.passwordField = .empty
    sink.found(credential, in: text.span)
    return true
  }
}
