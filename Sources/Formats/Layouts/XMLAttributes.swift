internal import Bytes

/// The attributes of an XML tag, one after the other, as they are written.
struct XMLAttributes {
  private var rest: ByteRange

  /// What stands in a tag between its name and its `>`.
  init(_ text: ByteRange) {
    rest = text
  }

  /// Whether none can stand there: the shortest is `a=""`.
  var isEmpty: Bool { rest.count < 4 }

  /// The next attribute that has a value in quotes, or nil.
  mutating func next(in bytes: Span<UInt8>) -> (name: ByteRange, value: ByteRange)? {
    while let sign = bytes.firstOffset(of: ASCII.equals, in: rest.bounds) {
      let name = bytes.trimmedOfLines(ByteRange(rest.start, sign))
      let behind = bytes.trimmedOfLines(ByteRange(sign + 1, rest.end))
      rest.start = behind.start
      guard !behind.isEmpty else { return nil }
      let quote = bytes[behind.start]
      guard quote == ASCII.quote || quote == ASCII.apostrophe else { continue }
      guard
        let close = bytes.firstOffset(of: quote, in: (behind.start + 1)..<behind.end)
      else { return nil }
      rest.start = close + 1
      return (name, ByteRange(behind.start + 1, close))
    }
    return nil
  }
}
