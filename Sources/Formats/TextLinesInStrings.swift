internal import Bytes

// Lines that a string of another layout holds.
extension TextLines {
  /// Reads what stands at `place`, a string of JSON on the line of this number, as lines, which `\n` and `\r` end. All
  /// other escapes stay as they are: nothing is copied, as a password may be in it.
  ///
  /// Of a string that was put together of pieces, `starts` says on which lines these stand. Where a record names no site,
  /// `host` is its.
  mutating func readString<Sink: CredentialSink & ~Copyable>(
    _ place: ByteRange, onLine number: UInt32, starts: Span<JSONPieces.Start>,
    host: ByteRange, records: UInt32, in bytes: Span<UInt8>, into sink: inout Sink
  ) {
    begin(atLine: number, records: records)
    resume(LineState(order: nil, isAtBoundary: true, table: .init(), rows: .init()))
    record = BlockRecord()
    var start = place.start
    while start < place.end {
      let end = Self.escapedLineEnd(from: start, to: place.end, in: bytes)
      line &+= 1
      isPartOfLine = false
      read(ByteRange(start, end), in: bytes, into: &sink)
      handOn(onLine: number, starts, host, in: bytes, &sink)
      // A header is of no use: its rows are read as lines.
      table.state = SeparatedTable.State()
      start = Self.behindLineEnd(at: end, to: place.end, in: bytes)
    }
    close(in: bytes, &sink, isAtBoundary: true)
    handOn(onLine: number, starts, host, in: bytes, &sink)
  }

  /// Hands on what was read as if it stood on that line, or on its piece's.
  private mutating func handOn<Sink: CredentialSink & ~Copyable>(
    onLine number: UInt32, _ starts: Span<JSONPieces.Start>, _ host: ByteRange,
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    for index in 0..<batchCount {
      if batch[index].host.isEmpty { batch[index].host = host }
      batch[index].line =
        starts.isEmpty ? number : JSONPieces.line(at: batch[index].login.start, in: starts)
    }
    handOn(in: bytes, &sink)
  }

  private static func escapedLineEnd(from start: Int, to end: Int, in bytes: Span<UInt8>) -> Int {
    var offset = start
    while let escape = bytes.firstOffset(of: ASCII.backslash, in: offset..<end), escape + 1 < end {
      if bytes[escape + 1] == 0x6E || bytes[escape + 1] == 0x72 { return escape }
      offset = escape + 2
    }
    return end
  }

  /// Behind `\n`, `\r` or `\r\n`.
  private static func behindLineEnd(at place: Int, to end: Int, in bytes: Span<UInt8>) -> Int {
    guard place < end else { return end }
    let isPair =
      bytes[place + 1] == 0x72 && place + 3 < end && bytes[place + 2] == ASCII.backslash
      && bytes[place + 3] == 0x6E
    return place + (isPair ? 4 : 2)
  }
}
