#if canImport(Glibc)
  internal import Glibc
#endif

extension Span<UInt8> {
  /// The offset of the first `byte` in `range`, or nil.
  @inline(__always)
  public func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the span")
    if range.isEmpty { return nil }
    // memchr reads 32 bytes at a time; a Swift loop over the span reads one.
    return unsafe withUnsafeBufferPointer { bytes -> Int? in
      guard let base = bytes.baseAddress,
        let hit = unsafe memchr(base + range.lowerBound, Int32(byte), range.count)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }

  /// The offset of the first byte of `range` that is one of two, or nil.
  @inlinable
  public func firstOffset(of one: UInt8, or other: UInt8, in range: Range<Int>) -> Int? {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let byte = self[offset]
      if byte == one || byte == other { return offset }
      offset &+= 1
    }
    return nil
  }

  /// The first offset from `start` to `end` at which no blank (space, tab, NUL) stands, or `end`.
  @inlinable
  public func behindBlanks(_ start: Int, _ end: Int) -> Int {
    var offset = start
    while offset < end, ASCII.isBlank(self[offset]) { offset &+= 1 }
    return offset
  }

  /// `range` without blanks (space, tab, NUL) at its ends.
  @inlinable
  public func trimmed(_ range: ByteRange) -> ByteRange {
    let start = behindBlanks(range.start, range.end)
    var end = range.end
    while end > start && ASCII.isBlank(self[end &- 1]) { end &-= 1 }
    return ByteRange(start, end)
  }

  /// `range` without blanks and line ends at its ends.
  public func trimmedOfLines(_ range: ByteRange) -> ByteRange {
    func isPassed(_ byte: UInt8) -> Bool {
      ASCII.isBlank(byte) || byte == ASCII.lineFeed || byte == ASCII.carriageReturn
    }
    var start = range.start
    var end = range.end
    while start < end && isPassed(self[start]) { start += 1 }
    while end > start && isPassed(self[end - 1]) { end -= 1 }
    return ByteRange(start, end)
  }

  /// `range` without the byte order marks at its beginning: a program that does not know the first adds another.
  public func withoutMark(_ range: ByteRange) -> ByteRange {
    var start = range.start
    while range.end - start >= 3, self[start] == 0xEF, self[start + 1] == 0xBB,
      self[start + 2] == 0xBF
    { start += 3 }
    return ByteRange(start, range.end)
  }

  /// How many lines end in `range`, by LF, CRLF or CR.
  public func lineEnds(in range: Range<Int>) -> UInt32 {
    var lines: UInt32 = 0
    for offset in range {
      let byte = self[offset]
      let isOfPair =
        byte == ASCII.lineFeed && offset > range.lowerBound
        && self[offset - 1] == ASCII.carriageReturn
      if (byte == ASCII.lineFeed || byte == ASCII.carriageReturn) && !isOfPair { lines &+= 1 }
    }
    return lines
  }

  /// Whether `mark` stands at `offset`, as it is.
  public func holds(_ mark: [UInt8], at offset: Int) -> Bool {
    guard offset + mark.count <= count else { return false }
    for index in mark.indices where self[offset + index] != mark[index] { return false }
    return true
  }

  /// Whether the same bytes stand at both ranges.
  public func equals(_ range: ByteRange, _ other: ByteRange) -> Bool {
    guard range.count == other.count else { return false }
    for index in 0..<range.count where self[range.start + index] != self[other.start + index] {
      return false
    }
    return true
  }

  /// Whether the bytes at `range` are `text`, ASCII case aside. `text` must be in lower case.
  @inlinable
  public func equals(_ range: ByteRange, lowercase text: StaticString) -> Bool {
    range.count == text.utf8CodeUnitCount && starts(range, withLowercase: text)
  }

  /// Whether the bytes at `range` begin with `text`, ASCII case aside. `text` must be in lower case.
  @inlinable
  public func starts(_ range: ByteRange, withLowercase text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    if range.count < length { return false }
    // A static string's bytes live as long as the program, and `length` is their count.
    let expected = unsafe UnsafeBufferPointer(start: text.utf8Start, count: length)
    for index in 0..<length
    where unsafe ASCII.lowercased(self[range.start + index]) != expected[index] {
      return false
    }
    return true
  }

  /// Whether the bytes at `range` are `text`, ASCII case aside. `text` must be in lower case.
  @inlinable
  public func equals(_ range: ByteRange, lowercase text: [UInt8]) -> Bool {
    range.count == text.count && starts(range, withLowercase: text)
  }

  /// Whether the bytes at `range` begin with `text`, ASCII case aside. `text` must be in lower case.
  @inlinable
  public func starts(_ range: ByteRange, withLowercase text: [UInt8]) -> Bool {
    if range.count < text.count { return false }
    for index in 0..<text.count where ASCII.lowercased(self[range.start + index]) != text[index] {
      return false
    }
    return true
  }

  /// Whether `text` stands somewhere in `range`, ASCII case aside. `text` must be in lower case.
  ///
  /// Quadratic at worst; for short texts in the first kilobytes of a file, not for the hot path.
  public func contains(lowercase text: [UInt8], in range: ByteRange) -> Bool {
    guard let first = text.first else { return true }
    var offset = range.start
    while offset + text.count <= range.end {
      if ASCII.lowercased(self[offset]) == first
        && starts(ByteRange(offset, range.end), withLowercase: text)
      {
        return true
      }
      offset += 1
    }
    return false
  }

  /// A copy of the bytes at `range`.
  public func copy(_ range: ByteRange) -> [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(range.count)
    for offset in range.bounds { copy.append(self[offset]) }
    return copy
  }
}

extension Span<UInt8> {
  /// Whether this host name is `suffix` or lies below it, at a label's border: `a.b.example` lies below
  /// `b.example`, `ab.example` does not. Both must be normalised.
  public func isHost(within suffix: Span<UInt8>) -> Bool {
    let border = count - suffix.count
    guard border >= 0, border == 0 || self[border - 1] == ASCII.dot else { return false }
    for index in 0..<suffix.count where self[border + index] != suffix[index] { return false }
    return true
  }

  /// Whether the bytes have the form of a normalised host: a name, an address (IPv6 without brackets), or an
  /// app's package name in lower case. What has not is reported as no host.
  public var isHostText: Bool {
    if count == 0 || count > 255 { return false }
    for index in indices {
      switch self[index] {
      case 0x61...0x7A, 0x30...0x39, ASCII.hyphen, ASCII.dot, 0x5F, ASCII.colon: continue
      default: return false
      }
    }
    return true
  }
}
