internal import Bytes

// What is passed over: comments, and what follows a fault.
extension JSONRecords {
  /// Whether a value ended before, and neither comma, bracket nor line end stands between.
  var isMisplaced: Bool { expects == .end && !isOnNewLine && records.depth > 0 }

  /// Takes the value before back, as it was cut wrongly, and passes over what follows it.
  mutating func beginPassingFault(at offset: Int) -> Int {
    if !records.isInList { records.dropLast() }
    return passFault(at: offset)
  }

  /// Passes over what follows in the object or list at hand.
  mutating func passFault(at offset: Int) -> Int {
    faults += 1
    unnamed = nil
    records.noteCredential()
    row.end()
    passing = records.isInList ? .faultyList : .faultyObject
    expects = .end
    return offset
  }

  mutating func comment(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    if bytes[start] == ASCII.hash {
      guard let isComment = isLineComment(bytes, from: start, isLast: isLast) else { return nil }
      if !isComment { return start }
      passing = .lineComment
      return start + 1
    }
    guard start + 1 < bytes.count else { return isLast ? start : nil }
    switch bytes[start + 1] {
    case ASCII.slash:
      guard let isComment = isLineComment(bytes, from: start, isLast: isLast) else { return nil }
      if !isComment { return start }
      passing = .lineComment
    // Between documents stands any text, where it might never end.
    case 0x2A where records.depth > 0 && !isOfWords: passing = .blockComment
    default: return start
    }
    return start + 2
  }

  /// Whether what begins at `start` like a comment may end with its line; nil if that takes more bytes.
  ///
  /// Most documents are one line: there a byte that was damaged would make a comment of all that follows.
  private func isLineComment(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Bool? {
    TextPart.line(at: start, in: bytes, isLast: isLast).map { $0.count < TextPart.maxLineBytes }
  }

  /// Steps towards the end of what is passed over; nil if that takes more bytes.
  mutating func pass(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var offset = start
    while offset < bytes.count {
      let byte = bytes[offset]
      let isAtEnd = offset + 1 == bytes.count
      let isLineEnd = Self.isLineEnd(byte)
      switch passing {
      case .string(let quote):
        if byte == ASCII.backslash {
          if isAtEnd && !isLast { return offset == start ? nil : offset }
          if !isAtEnd && !Self.isLineEnd(bytes[offset + 1]) { offset += 1 }
        } else if byte == quote || isLineEnd {
          passing = .nothing
          isStringOpen = byte != quote
          return byte == quote ? offset + 1 : offset
        }
      case .blockComment:
        if byte == 0x2A {
          if isAtEnd && !isLast { return offset == start ? nil : offset }
          if !isAtEnd && bytes[offset + 1] == ASCII.slash {
            passing = .nothing
            return offset + 2
          }
        }
        if isLineEnd { endLine(byte) }
        isBehindReturn = byte == ASCII.carriageReturn
      case .lineComment:
        if isLineEnd {
          passing = .nothing
          return offset
        }
      case .faultyObject, .faultyList:
        let isListEnd = byte == 0x7B || byte == ASCII.closeBracket
        if byte == 0x7D || isLineEnd || (passing == .faultyList && isListEnd) {
          passing = .nothing
          return offset
        }
      case .nothing: return offset
      }
      offset += 1
    }
    return bytes.count
  }
}
