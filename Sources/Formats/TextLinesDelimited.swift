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
    var url = bytes.trimmed(DelimitedLine.behindTags(text, in: bytes) ?? text)
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
    if table.open(at: text, in: bytes) {
      if tableLine == 0 && table.isOpen { tableLine = line }
      close(in: bytes, &sink, isAtBoundary: true)
      return
    }
    if !isTurnedDown, table.reopen(at: text, in: bytes) {
      close(in: bytes, &sink)
      isAtRow = true
      return
    }
    let mayBeSplit = DelimitedLine.mayBeSplit(
      text, in: bytes, isLabelled: isLabelled, takesBareLines: takesBareLines)
    if !mayBeSplit { return }
    let split = DelimitedLine(text, in: bytes, labels)
    hasCutLine = hasCutLine || split.isCut
    // A labelled line looks like `login: url` or `login: password`; it is another layout's.
    if split.count > 0 && !isLabelled {
      if split.isConvincing { tally.convincing += 1 }
      let word = bytes.trimmed(text)
      if bytes.firstOffset(of: ASCII.space, in: word.bounds) == nil { tally.bare += 1 }
    }
    guard split.count > 0, takesBareLines || split.isCertain else {
      readHeading(text, in: bytes, &sink)
      return
    }
    // `https://a.example/` alone on a line is the host of the login below it.
    let heading = record.isHeading && record.lastLine &+ 1 == line ? record.url : .empty
    // A record that is open does not go on behind another: it could not be read again, with the next chunk,
    // without this one.
    close(in: bytes, &sink, isAtBoundary: true)
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
          isHostDoubtful: candidate.isHostDoubtful),
        in: bytes, &sink)
    }
  }
}
