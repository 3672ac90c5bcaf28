internal import Bytes

// Lists that are records, and messages in pieces.
extension JSONRecords {
  /// Reports the list that is a record, as an object would be.
  mutating func readRow<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    if records.depth == NestedRecords.maxDepth { return }
    // No bytes are copied; the compiler wants them apart from this reader.
    let values = row
    records.open(list: false, role: .none)
    func add(_ role: NestedRecords.Role, _ place: ByteRange) {
      let start = records.text.count
      JSONEscapes.append(place, of: values.text.span, to: &records.text)
      records.addText(role, from: start, line: values.line)
    }
    add(.url, values.url)
    add(.login, values.login)
    records.add(.password, isFilled: values.isFilled, line: values.line)
    records.noteDoubt(values.isDoubtful, ofHost: values.isURLDoubtful)
    records.close(into: &sink)
  }

  /// Reports a name that is an address and the word that it names, `{"ann@c.example": "…"}`, which may be its password.
  mutating func readNamed<Sink: CredentialSink & ~Copyable>(
    _ value: ByteRange, of bytes: Span<UInt8>, into sink: inout Sink
  ) {
    guard records.depth < NestedRecords.maxDepth, Self.look(of: value, in: bytes) == .word,
      !Placeholder.stands(at: value, in: bytes)
    else { return }
    records.open(list: false, role: .none)
    addName(.login)
    records.add(.password, isFilled: true, line: line)
    records.noteDoubt(true, ofHost: false)
    records.close(into: &sink)
  }

  /// Takes a value of the list that may be a record.
  mutating func takeInRow(_ value: Value, in bytes: Span<UInt8>) {
    guard value.kind == .plain || value.kind == .escaped, !value.isWord else { return row.end() }
    let look =
      value.kind == .escaped
      ? readUnescaped(value.place, of: bytes) { Self.look(of: $0, in: $1) }
      : Self.look(of: value.place, in: bytes)
    row.take(value.place, look, of: bytes, onLine: line)
  }

  private static func look(of text: ByteRange, in bytes: Span<UInt8>) -> JSONRow.Look {
    if URLText.hasScheme(at: text, in: bytes) { return .url }
    if bytes.firstOffset(of: ASCII.space, in: text.bounds) != nil { return .words }
    return DelimitedLine.isMailAddress(text, in: bytes) ? .address : .word
  }

  /// What `read` says of an escaped value, as text.
  mutating func readUnescaped<Result>(
    _ place: ByteRange, of bytes: Span<UInt8>, _ read: (ByteRange, Span<UInt8>) -> Result
  ) -> Result {
    let start = records.text.count
    JSONEscapes.append(place, of: bytes, to: &records.text)
    defer { records.text.removeLast(records.text.count - start) }
    return read(ByteRange(start, records.text.count), records.text.span)
  }

  /// Reads the message whose list was closed.
  mutating func readPieces<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    readJoined(into: &sink)
    pieces.end()
    isBehindText = true
  }

  private mutating func readJoined<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    // No bytes are copied; the compiler wants them apart from this reader.
    let joined = pieces
    let host = ByteRange(0, joined.hostEnd)
    let place = ByteRange(host.end, joined.text.count)
    guard joined.text.span.firstOffset(of: ASCII.colon, in: place.bounds) != nil else { return }
    lines.readString(
      place, onLine: line, starts: joined.starts.span, host: host, records: records.count,
      in: joined.text.span, into: &sink)
    records.goOn(behind: lines.recordCount)
  }

  /// Takes the string at `place` if it is a piece of the message that is open; `isValue` if it has a name.
  mutating func takePiece<Sink: CredentialSink & ~Copyable>(
    _ place: ByteRange, isValue: Bool, of bytes: Span<UInt8>, into sink: inout Sink
  ) -> Bool {
    guard pieces.isOpen else { return false }
    let isOfObject = isValue && name.isText && records.depth == pieces.depth + 1
    guard isOfObject || !isValue && records.depth == pieces.depth else { return false }
    if pieces.isFull(with: place.count) {
      readJoined(into: &sink)
      pieces.clear()
    }
    if isOfObject {
      pieces.appendOfObject(place, of: bytes, onLine: line)
    } else {
      pieces.append(place, of: bytes, onLine: line)
    }
    return true
  }
}
