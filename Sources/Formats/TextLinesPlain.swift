internal import Bytes

// Lines that need no thought: nearly all. What they say is what the others' readers would say of them.
extension TextLines {
  /// Reads the lines that need no thought, as many as stand at `cutter`. The others are for `read`, and so are
  /// these where something is open that they may belong to.
  mutating func readPlainLines<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, _ cutter: inout LineCutter, _ sink: inout Sink
  ) {
    guard readsPlainLines, labels.isClearOfURLs, record.isEmpty, !table.isOpen,
      !table.mayReopen, !rows.isInStatement, !(isWithinLine && cutter.offset == 0)
    else { return }
    var offset = cutter.offset
    while offset < bytes.count {
      if offset < marks.start || offset >= marks.end { marks.fill(from: offset, of: bytes) }
      offset = gatherPlainLines(from: offset, in: bytes)
      if batchCount + Self.maxSplits > Self.maxBatch {
        handOn(in: bytes, &sink)
      } else if offset < marks.end {
        // The line may end behind the window.
        guard marks.end < bytes.count, offset > marks.start, marks.end - offset < Self.maxPlainBytes
        else { break }
        marks.fill(from: offset, of: bytes)
      }
    }
    if offset > cutter.offset {
      cutter.move(to: offset)
      isAtBoundary = true
    }
  }

  /// Puts the credentials of the plain lines from `start` on into the batch: up to its end, the window's, or a line
  /// that is none. Returns where it stopped.
  mutating func gatherPlainLines(from start: Int, in bytes: Span<UInt8>) -> Int {
    let labels = labels
    let origin = PlainOrigin(offset: marks.start, line: line, record: recordCount)
    let text = bytes.extracting(origin.offset..<marks.end)
    let begin = PlainPlace(
      offset: start - origin.offset, ends: marks.fieldEnds(from: start - origin.offset),
      count: batchCount, lines: 0)
    let end = marks.withView { marks in
      unsafe batch.withUnsafeMutableBufferPointer { batch in
        unsafe Self.gather(from: begin, of: origin, in: text, marks, labels, into: batch)
      }
    }
    marks.note(end.ends, at: end.offset)
    tally.lines += Int(end.lines)
    tally.convincing += Int(end.lines)
    tally.bare += Int(end.lines)
    batchCount = end.count
    line &+= end.lines
    recordCount &+= end.lines
    return origin.offset + end.offset
  }

  /// Where the gathering of plain lines is.
  struct PlainPlace {
    /// In the window.
    var offset: Int
    var ends: LineMarks.FieldEnds
    /// Credentials in the batch.
    var count: Int
    /// Lines that were gathered, each of which is a record.
    var lines: UInt32
  }

  /// What the window's places, lines and records are counted from.
  struct PlainOrigin {
    var offset: Int
    var line: UInt32
    var record: UInt32
  }

  /// All that changes is in variables of its own, so that it stays in registers.
  static func gather(
    from start: PlainPlace, of origin: PlainOrigin, in text: Span<UInt8>, _ marks: LineMarks.View,
    _ labels: LabelDictionary, into batch: UnsafeMutableBufferPointer<Credential>
  ) -> PlainPlace {
    precondition(batch.count >= maxBatch, "room for a batch")
    var place = start
    var ends = start.ends
    while place.count &+ maxSplits <= maxBatch,
      let plain = PlainLine.read(at: place.offset, in: text, marks, &ends, labels)
    {
      place.lines &+= 1
      // Two more fit, says the loop's condition.
      unsafe batch[place.count] = Credential(
        host: plain.url.moved(by: origin.offset), login: plain.login.moved(by: origin.offset),
        hasPassword: true,
        passwordField: plain.password.moved(by: origin.offset),
        layout: .delimitedLines, line: origin.line &+ place.lines,
        record: origin.record &+ place.lines, isDoubtful: plain.isDoubtful)
      place.count &+= 1
      if plain.isDoubtful {
        unsafe batch[place.count] = Credential(
          host: plain.otherURL.moved(by: origin.offset),
          login: plain.otherLogin.moved(by: origin.offset), hasPassword: true,
          passwordField: plain.otherPassword.moved(by: origin.offset),
          layout: .delimitedLines, line: origin.line &+ place.lines,
          record: origin.record &+ place.lines, candidate: 1, isDoubtful: true)
        place.count &+= 1
      }
      place.offset = plain.next
      place.ends = ends
    }
    return place
  }

  /// Reads the labelled lines, blank lines and lines of `=` that need no thought, as many as stand at `cutter`. The
  /// others are for `read`, and so are these in a table and within a line.
  mutating func readPlainFields<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, _ cutter: inout LineCutter, _ sink: inout Sink
  ) {
    guard readsPlainLines, !table.isOpen,
      !(isWithinLine && cutter.offset == 0)
    else { return }
    var offset = cutter.offset
    while offset < bytes.count, Self.mayBeginPlainField(bytes[offset]) {
      if offset < marks.start || offset >= marks.end { marks.fill(from: offset, of: bytes) }
      offset = readPlainFields(from: offset, in: bytes, &sink)
      if offset < marks.end {
        // The line may end behind the window.
        guard marks.end < bytes.count, offset > marks.start, marks.end - offset < Self.maxPlainBytes
        else { break }
        marks.fill(from: offset, of: bytes)
      }
    }
    if offset > cutter.offset { cutter.move(to: offset) }
  }

  /// Reads those from `start` on, up to the window's end or a line that is none. Returns where it stopped.
  private mutating func readPlainFields<Sink: CredentialSink & ~Copyable>(
    from start: Int, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Int {
    let window = marks.start
    let text = bytes.extracting(window..<marks.end)
    let labels = labels
    var place = start - window
    var ends = marks.fieldEnds(from: place)
    // Another name for the same marks, as the reader itself changes.
    let marks = marks
    marks.withView { marks in
      while place < text.count, Self.mayBeginPlainField(text[place]) {
        var own = ends
        let next = readPlainField(
          at: place, of: window, in: text, bytes, marks, &own, labels, &sink)
        guard let next else { break }
        place = next
        ends = own
      }
    }
    self.marks.note(ends, at: place)
    return window + place
  }

  @inline(__always)
  static func mayBeginPlainField(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || byte == ASCII.equals || byte == ASCII.lineFeed
      || byte == ASCII.carriageReturn
  }

  /// Reads one such line of `text`, the window that begins at `window`; where the next begins, or nil if it is none.
  @inline(__always)
  private mutating func readPlainField<Sink: CredentialSink & ~Copyable>(
    at start: Int, of window: Int, in text: Span<UInt8>, _ bytes: Span<UInt8>,
    _ marks: LineMarks.View, _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary,
    _ sink: inout Sink
  ) -> Int? {
    if ASCII.isLetter(text[start]) {
      guard let field = PlainField(at: start, in: text, marks, &ends, labels) else { return nil }
      // Tags of HTML may part a line into several.
      if nextAngle < window &+ start {
        nextAngle =
          bytes.firstOffset(of: 0x3C, in: (window &+ start)..<bytes.count) ?? bytes.count
      }
      if nextAngle < window &+ field.next { return nil }
      line &+= 1
      tally.lines += 1
      closeHeadingAbove(in: bytes, &sink)
      fill(
        field.meaning, field.value.moved(by: window), from: window &+ start, in: bytes, &sink)
      return field.next
    }
    let end = ends.next(marks)
    guard end < text.count else { return nil }
    var next = end &+ 1
    if text[end] == ASCII.carriageReturn {
      guard next < text.count, text[next] == ASCII.lineFeed else { return nil }
      next &+= 1
      _ = ends.next(marks)
    } else if text[end] != ASCII.lineFeed {
      return nil
    }
    if end == start {
      line &+= 1
      readBlank(in: bytes, &sink)
    } else {
      guard Self.isSeparator(ByteRange(start, end), in: text) else { return nil }
      line &+= 1
      tally.lines += 1
      close(in: bytes, &sink, isAtBoundary: true)
    }
    return next
  }
}
