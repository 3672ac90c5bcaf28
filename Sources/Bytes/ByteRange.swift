/// A place in borrowed bytes: where something lies, to be read later if ever.
///
/// Offsets count from the start of the span that the range was found in, and mean nothing for another.
public struct ByteRange: Equatable, Hashable, Sendable {
  /// Offset of the first byte.
  public var start: Int
  /// Offset behind the last byte; never below `start`.
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = Swift.max(start, end)
  }

  /// From `start` up to `end`, where it is known that this is not below that.
  @inlinable @inline(__always)
  public init(ordered start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  @inlinable @inline(__always)
  public static var empty: ByteRange { ByteRange(ordered: 0, 0) }

  public var isEmpty: Bool { start == end }
  public var count: Int { end - start }
  public var bounds: Range<Int> { start..<end }

  /// The same place in a span that has `offset` bytes more before it.
  @inlinable @inline(__always)
  public func moved(by offset: Int) -> ByteRange {
    ByteRange(ordered: start &+ offset, end &+ offset)
  }
}
