/// Cuts borrowed bytes into lines that end in LF, CRLF or CR.
///
/// A file may mix the three. A CR at the very end of the bytes is a line's end only if nothing
/// follows (`isLast`): the LF that belongs to it may stand in the next chunk, as in `…pass␍│␊URL…`.
public struct LineCutter: Sendable {
  /// Where the next line begins.
  public private(set) var offset = 0
  private let end: Int
  private let isLast: Bool
  /// The next CR at or behind `offset`, or `end` if there is none, or -1 if not looked for yet.
  /// Kept so that a file without CR is searched for it once, not once a line.
  private var nextReturn = -1

  public init(end: Int, isLast: Bool) {
    self.end = end
    self.isLast = isLast
  }

  /// Goes on at `offset`, at or behind the end of the last line: what lies between was cut otherwise.
  public mutating func move(to offset: Int) {
    precondition(offset >= self.offset && offset <= end, "lines are read forwards")
    self.offset = offset
  }

  /// The next line without its end, or nil if no whole line is left.
  @inline(__always)
  public mutating func next(in bytes: Span<UInt8>) -> ByteRange? {
    guard let found = peek(in: bytes) else { return nil }
    offset = found.next
    return found.line
  }

  /// The next line without its end, and where the one behind it begins, without moving on.
  @inline(__always)
  public mutating func peek(in bytes: Span<UInt8>) -> (line: ByteRange, next: Int)? {
    if offset >= end { return nil }
    let start = offset
    if nextReturn < start {
      nextReturn = bytes.firstOffset(of: ASCII.carriageReturn, in: start..<end) ?? end
    }
    let feed = bytes.firstOffset(of: ASCII.lineFeed, in: start..<nextReturn)
    if let feed {
      return (ByteRange(start, feed), feed + 1)
    }
    if nextReturn < end {
      let lineEnd = nextReturn
      if lineEnd + 1 == end && !isLast { return nil }
      let behind = lineEnd + 1
      let isPair = behind < end && bytes[behind] == ASCII.lineFeed
      return (ByteRange(start, lineEnd), isPair ? behind + 1 : behind)
    }
    if !isLast { return nil }
    return (ByteRange(start, end), end)
  }
}
