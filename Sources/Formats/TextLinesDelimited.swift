internal import Bytes

// Lines without labels.
extension TextLines {
  /// Takes a URL that stands alone, also in brackets, as that of the labels directly below it.
  mutating func readHeading<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    guard let url = Self.heading(text, in: bytes) else { return }
    if record.isFilled(.password) || record.isHeading {
      close(in: bytes, &sink, isAtBoundary: true)
    }
    guard record.isEmpty else { return }
    fill(.url, url, from: text.start, in: bytes, &sink)
    record.noteHeading()
  }

  /// The URL that stands alone in `text`, also in brackets, or nil if none does.
  static func heading(_ text: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    let text = bytes.withoutMark(text)
    var url = bytes.trimmed(DelimitedLine.behindTags(text, in: bytes) ?? text)
    if url.isEmpty { return nil }
    if bytes[url.start] == ASCII.openBracket, bytes[url.end - 1] == ASCII.closeBracket {
      url = bytes.trimmed(ByteRange(url.start + 1, url.end - 1))
    }
    guard URLText.hasScheme(at: url, in: bytes), URLText(at: url, in: bytes)?.looksLikeHost == true,
      bytes.firstOffset(of: ASCII.space, in: url.bounds) == nil,
      !DelimitedLine.isChat(url, in: bytes)
    else { return nil }
    return url
  }

  mutating func readDelimited<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, isLabelled: Bool, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if !isPartOfLine, table.open(at: text, in: bytes) {
      if tableLine == 0 && table.isOpen { tableLine = line }
      close(in: bytes, &sink, isAtBoundary: true)
      return
    }
    if !isPartOfLine, !isTurnedDown, table.reopen(at: text, in: bytes) {
      close(in: bytes, &sink)
      isAtRow = true
      return
    }
    let mayBeSplit = DelimitedLine.mayBeSplit(
      text, in: bytes, isLabelled: isLabelled, takesBareLines: takesBareLines)
    if !mayBeSplit { return }
    if let border = furtherRecord(in: text, bytes) {
      var start = text.start
      var next: Int? = border
      while let end = next {
        readSplit(
          Self.before(end, from: start, in: bytes), isLabelled: isLabelled, isPart: true, in: bytes,
          &sink)
        start = end
        next = Self.furtherURL(in: ByteRange(start, text.end), bytes)
      }
      readSplit(
        ByteRange(start, text.end), isLabelled: isLabelled, isPart: true, in: bytes, &sink)
      return
    }
    readSplit(text, isLabelled: isLabelled, in: bytes, &sink)
    if text.count > DelimitedLine.maxLineBytes { readBehind(text, in: bytes, &sink) }
  }

  /// Reads the records that stand behind something else on a line that is longer than any record, each from its URL on.
  private mutating func readBehind<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    var start = text.start
    // What stands first was read with the line.
    var isRecord = false
    while start < text.end {
      let border = Self.furtherURL(in: ByteRange(start, text.end), bytes)
      let rest = ByteRange(start, text.end)
      let piece = border.map { Self.before($0, from: start, in: bytes) } ?? rest
      if isRecord, DelimitedLine(piece, in: bytes, labels).isCertain {
        readSplit(piece, isLabelled: false, isPart: true, in: bytes, &sink)
      }
      isRecord = border != nil
      // A URL may begin before the end of what was looked at.
      start =
        border ?? Swift.min(text.end, start + DelimitedLine.maxLineBytes - Self.maxSchemeBytes)
    }
  }

  /// Where the second record of several on a line begins: `https://…:ann:… https://…:bob:…`. Nil if the line is one record, which
  /// it is unless what stands before that place and behind it are both records for themselves.
  private func furtherRecord(in text: ByteRange, _ bytes: Span<UInt8>) -> Int? {
    guard URLText.hasScheme(at: bytes.trimmed(text), in: bytes),
      let border = Self.furtherURL(in: bytes.trimmed(text), bytes)
    else { return nil }
    let end = Self.furtherURL(in: ByteRange(border, text.end), bytes) ?? text.end
    let first = DelimitedLine(Self.before(border, from: text.start, in: bytes), in: bytes, labels)
    let second = DelimitedLine(ByteRange(border, end), in: bytes, labels)
    return first.isCertain && second.isCertain ? border : nil
  }

  /// The record that ends before another one, without what parts the two.
  private static func before(_ end: Int, from start: Int, in bytes: Span<UInt8>) -> ByteRange {
    var record = bytes.trimmed(ByteRange(start, end))
    if bytes[record.end - 1] == ASCII.comma || bytes[record.end - 1] == ASCII.semicolon {
      record.end -= 1
    }
    return bytes.trimmed(record)
  }

  /// A blank and `https:`, and one more.
  private static let maxSchemeBytes = 8

  /// Where a URL begins behind the one with which `text` does, and behind a blank, a comma or a semicolon; nil without one.
  private static func furtherURL(in text: ByteRange, _ bytes: Span<UInt8>) -> Int? {
    var from = text.start
    let limit = Swift.min(text.end, text.start + DelimitedLine.maxLineBytes)
    while let colon = bytes.firstOffset(of: ASCII.colon, in: from..<limit) {
      from = colon + 1
      guard colon + 2 < limit, bytes[colon + 1] == ASCII.slash, bytes[colon + 2] == ASCII.slash,
        colon > text.start
      else { continue }
      let scheme: StaticString = ASCII.lowercased(bytes[colon - 1]) == 0x73 ? "https" : "http"
      let start = colon - scheme.utf8CodeUnitCount
      guard start > text.start, bytes.equals(ByteRange(start, colon), lowercase: scheme) else {
        continue
      }
      switch bytes[start - 1] {
      case ASCII.space, ASCII.tab, ASCII.comma, ASCII.semicolon: return start
      default: continue
      }
    }
    return nil
  }

  /// Reads a line, or with `isPart` one of its records.
  private mutating func readSplit<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, isLabelled: Bool, isPart: Bool = false, in bytes: Span<UInt8>,
    _ sink: inout Sink
  ) {
    let split = DelimitedLine(text, in: bytes, labels)
    hasCutLine = hasCutLine || split.isCut
    // A labelled line looks like `login: url` or `login: password`; it is another layout's.
    if split.count > 0 && !isLabelled {
      if split.isConvincing { tally.convincing += 1 }
      let word = bytes.trimmed(text)
      if bytes.firstOffset(of: ASCII.space, in: word.bounds) == nil { tally.bare += 1 }
    }
    guard split.count > 0, takesBareLines || split.isCertain else {
      // A URL behind other records is no heading: it may be the end of a password.
      if !isPart, !readWords(text, mayBeRecord: false, in: bytes, &sink) {
        readHeading(text, in: bytes, &sink)
      }
      return
    }
    // `https://a.example/` alone on a line is the host of the login below it.
    let heading = record.isHeading && record.lastLine &+ 1 == line ? record.url : .empty
    // It may be the value of the empty label above.
    let mayBePassword = record.pending == .password
    // A record that is open does not go on behind another: it could not be read again, with the next chunk,
    // without this one.
    close(in: bytes, &sink, isAtBoundary: true)
    report(
      split, below: heading, mayBePassword: mayBePassword, onLine: line, in: bytes, &sink)
  }

  /// Reports the splits of a line as those of one record; without a URL its host is that of `heading`. If the line `mayBePassword`, so
  /// may the host.
  mutating func report<Sink: CredentialSink & ~Copyable>(
    _ split: DelimitedLine, below heading: ByteRange = .empty, mayBePassword: Bool = false,
    onLine line: UInt32, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    recordCount &+= 1
    for index in 0..<split.count {
      let candidate = split.candidate(index)
      add(
        Credential(
          host: candidate.host.isEmpty ? heading : candidate.host, login: candidate.login,
          hasPassword: !candidate.password.isEmpty,
          passwordField: candidate.password, layout: .delimitedLines, line: line,
          record: recordCount,
          candidate: UInt8(index), isDoubtful: split.count > 1,
          isHostDoubtful: candidate.isHostDoubtful || mayBePassword),
        in: bytes, &sink)
    }
  }
}
