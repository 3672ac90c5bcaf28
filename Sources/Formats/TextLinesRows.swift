internal import Bytes

// Rows and parts of lines that HTML and SQL mark.
extension TextLines {
  /// Reads the parts of a line between the breaks of HTML as lines: `URL: …<br>Login: …<br>…<hr>`. False if it has
  /// no break with text on either side.
  mutating func readParts<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    guard var tag = HTMLBreak(in: text, of: bytes) else { return false }
    var rest = text
    while true {
      read(ByteRange(rest.start, tag.place.start), in: bytes, into: &sink)
      if tag.isRule { close(in: bytes, &sink, isAtBoundary: true) }
      rest.start = tag.place.end
      guard let next = HTMLBreak(in: rest, of: bytes) else { break }
      tag = next
    }
    read(rest, in: bytes, into: &sink)
    // A record that begins within such a line ends with it: it could not be read again without what stands before it.
    close(in: bytes, &sink, isAtBoundary: true)
    return true
  }

  /// Reads a line of HTML: rows of a table, or parts between breaks. False if it is neither.
  mutating func readHTML<Sink: CredentialSink & ~Copyable>(
    _ line: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    var rest = line
    var start = rest.start
    var hasRows = false
    while let row = rows.nextOfHTML(&rest, in: bytes, labels) {
      hasRows = true
      take(row, from: start, in: bytes, &sink)
      start = rest.start
    }
    return hasRows || readParts(line, in: bytes, &sink)
  }

  /// Reads a line of an SQL statement; false if it is none.
  mutating func readValues<Sink: CredentialSink & ~Copyable>(
    _ line: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    var rest = line
    guard rows.beginValues(&rest, in: bytes, labels) else { return false }
    close(in: bytes, &sink, isAtBoundary: true)
    while let row = rows.nextOfValues(&rest, in: bytes) {
      take(row, from: line.start, in: bytes, &sink)
    }
    return true
  }

  mutating func take<Sink: CredentialSink & ~Copyable>(
    _ row: MarkedRows.Row, from start: Int, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if case .field(let meaning, let value) = row {
      fill(meaning, value, from: start, in: bytes, &sink)
      return
    }
    close(in: bytes, &sink, isAtBoundary: true)
    guard case .record(let found) = row else { return }
    recordCount &+= 1
    var number: UInt8 = 0
    if report(found.login, of: found, number, in: bytes, &sink) { number += 1 }
    if !bytes.equals(found.email, found.login) {
      _ = report(found.email, of: found, number, in: bytes, &sink)
    }
  }

  /// Reports a login of a row; false if there is none.
  mutating func report<Sink: CredentialSink & ~Copyable>(
    _ login: ByteRange, of row: MarkedRows.Record, _ number: UInt8, in bytes: Span<UInt8>,
    _ sink: inout Sink
  ) -> Bool {
    if Placeholder.stands(at: login, in: bytes) { return false }
    add(
      Credential(
        host: row.host, login: login, hasPassword: row.hasPassword,
        passwordField: row.password, layout: .separatedValues, line: line, record: recordCount,
        candidate: number),
      in: bytes, &sink)
    return true
  }
}
