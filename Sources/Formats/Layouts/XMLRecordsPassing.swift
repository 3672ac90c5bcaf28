internal import Bytes

// What is passed over: comments, instructions, declarations and long text.
extension XMLRecords {
  mutating func pass(_ bytes: Span<UInt8>, from start: Int, _ isLast: Bool) -> Int? {
    switch passing {
    case .text:
      guard let end = bytes.firstOffset(of: 0x3C, in: start..<bytes.count) else {
        return bytes.count
      }
      passing = .nothing
      return end
    case .subset:
      let limit = passLimit(bytes, from: start)
      guard let end = bytes.firstOffset(of: ASCII.closeBracket, in: start..<limit) else {
        return passOn(bytes, from: start, isLast)
      }
      passing = .declaration
      return end + 1
    default:
      // <!DOCTYPE x [ <!ENTITY …> ]>
      let limit = passLimit(bytes, from: start)
      guard let end = bytes.firstOffset(of: 0x3E, or: ASCII.openBracket, in: start..<limit)
      else { return passOn(bytes, from: start, isLast) }
      passing = bytes[end] == 0x3E ? .nothing : .subset
      return end + 1
    }
  }

  /// Up to where the end of what is passed over is looked for at a time.
  private func passLimit(_ bytes: Span<UInt8>, from start: Int) -> Int {
    endsAtText ? Swift.min(bytes.count, start + NestedRecords.maxValueBytes) : bytes.count
  }

  /// Goes on where no end stands before `passLimit`, to other text if there is some: then what was begun is none.
  private mutating func passOn(_ bytes: Span<UInt8>, from start: Int, _ isLast: Bool) -> Int? {
    guard endsAtText else { return bytes.count }
    let isLong = bytes.count - start > NestedRecords.maxValueBytes
    if !isLong && !isLast { return nil }
    if let other = otherText(in: bytes, start..<bytes.count) { return other }
    return isLong ? start + Self.passedBytes : bytes.count
  }

  /// Passes over what ends with `end`, of which all bytes but one may stand in this chunk.
  mutating func pass(
    _ bytes: Span<UInt8>, from start: Int, to end: StaticString, _ isLast: Bool
  ) -> Int? {
    let length = end.utf8CodeUnitCount
    let limit = passLimit(bytes, from: start)
    var from = start
    while let close = bytes.firstOffset(of: 0x3E, in: from..<limit) {
      if close + 1 - length >= start
        && bytes.starts(ByteRange(close + 1 - length, close + 1), withLowercase: end)
      {
        passing = .nothing
        return close + 1
      }
      from = close + 1
    }
    if endsAtText { return passOn(bytes, from: start, isLast) }
    if isLast { return bytes.count }
    let left = bytes.count - (length - 1)
    return left > start ? left : nil
  }
}
