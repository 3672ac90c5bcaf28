internal import Bytes

/// A line that is a label, a colon and a value of one word, or of a program's name: nearly every line of a file of
/// labelled blocks.
///
/// It gives what `RecordField.first`, `next` and `plain` give for the same line, at a fraction of the cost, and leaves to
/// them what it is not sure of; so whoever changes the one must look at the other, and the tests hold them equal
/// (`PlainFieldTests`).
struct PlainField {
  var meaning: LabelDictionary.Class
  /// As it is meant, without quotes or adverts round it: nothing of the kind is there.
  var value: ByteRange
  /// Where the next line begins.
  var next: Int

  /// The line at `start` of the window that `marks` are of, or nil if it is none, or does not end within that.
  ///
  /// `ends` must be at `start`, and is then at the next line, or anywhere if there is no line.
  @inline(__always)
  init?(
    at start: Int, in bytes: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary
  ) {
    let colon = ends.next(marks)
    // What begins otherwise may stand behind a bullet or in quotes.
    guard colon &+ 2 < bytes.count, bytes[colon] == ASCII.colon, ASCII.isLetter(bytes[start]),
      let meaning = labels.recordClass(ofPlain: ByteRange(start, colon), in: bytes)
    else { return nil }
    var value = ByteRange(colon &+ 1, ends.next(marks))
    if value.isEmpty, value.end < bytes.count, bytes[value.end] == ASCII.space {
      value = ByteRange(colon &+ 2, ends.next(marks))
    }
    // Colons alone part no fields.
    let wordEnd = value.end
    while value.end < bytes.count, bytes[value.end] == ASCII.colon { value.end = ends.next(marks) }
    if value.end < bytes.count, bytes[value.end] == ASCII.space {
      guard !meaning.isLogin, meaning != .password, meaning != .url, value.end == wordEnd,
        let end = Self.endOfWords(value, in: bytes, marks, &ends)
      else { return nil }
      value.end = end
    }
    guard value.end > value.start, value.end < bytes.count else { return nil }
    next = value.end &+ 1
    if bytes[value.end] == ASCII.carriageReturn {
      guard next < bytes.count, bytes[next] == ASCII.lineFeed else { return nil }
      _ = ends.next(marks)
      next &+= 1
    } else if bytes[value.end] != ASCII.lineFeed {
      return nil
    }
    guard Self.isBare(value, meaning, hasColon: value.end > wordEnd, in: bytes, labels) else {
      return nil
    }
    self.meaning = meaning
    self.value = value
  }

  /// Where a value of several words ends, of which `first` is the first: `Google Chrome [Default]`. Nil if one of them
  /// may be a label, which has a sign behind it or brackets round it.
  @inline(never)
  private static func endOfWords(
    _ first: ByteRange, in bytes: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds
  ) -> Int? {
    guard ASCII.isLetter(bytes[first.start]) else { return nil }
    var end = first.end
    var isLast = false
    while end &+ 1 < bytes.count, bytes[end] == ASCII.space {
      let next = bytes[end &+ 1]
      // What begins otherwise may be a bullet. A label in brackets has another word behind it.
      guard !isLast, ASCII.isLetter(next) || next == ASCII.openBracket else { return nil }
      isLast = next == ASCII.openBracket
      end = ends.next(marks)
    }
    for offset in first.start..<Swift.min(end, bytes.count)
    where bytes[offset] == ASCII.equals || bytes[offset] >= 0x80 {
      return nil
    }
    return end
  }

  /// Whether nothing stands round the value that is none of its own: quotes, brackets, tags, signs, and whether a login
  /// holds no password.
  @inline(__always)
  private static func isBare(
    _ value: ByteRange, _ meaning: LabelDictionary.Class, hasColon: Bool,
    in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    let last = bytes[value.end &- 1]
    switch bytes[value.start] {
    // `=>`, a tag, a no-break space.
    case 0x3E, ASCII.equals, 0x3C, 0xC2: return false
    case ASCII.quote, ASCII.apostrophe, 0x28, ASCII.openBracket, 0x60:
      if meaning != .password { return false }
    default: break
    }
    if last == 0x3E { return false }
    if meaning == .password { return true }
    // The border of a box; Python's `b'ann'`.
    if last >= 0x80 || last == ASCII.quote || last == ASCII.apostrophe { return false }
    guard meaning.isLogin else { return true }
    // `Login:Password: ann:…`: no label in the login has a sign behind it.
    if hasColon { return false }
    guard value.count > 1,
      labels.recordLabelMayBegin(with: bytes[value.start], bytes[value.start &+ 1])
    else { return ASCII.isLetter(bytes[value.start]) || ASCII.isDigit(bytes[value.start]) }
    for offset in value.bounds where bytes[offset] == ASCII.equals || bytes[offset] >= 0x80 {
      return false
    }
    return true
  }
}
