/// Turns UTF-16 text into UTF-8, chunk by chunk.
///
/// The byte order is told by the mark, or else by where the NULs of European text stand. A lone surrogate
/// becomes U+FFFD, an odd last byte is dropped; neither costs more than itself.
public struct UTF16Decoder: Sendable {
  private var isBigEndian: Bool?
  /// A byte, or the first half of a surrogate pair, cut off by the chunk's end.
  private var half: UInt8?
  private var high: UInt32?

  /// A decoder that tells the byte order by the first bytes that it is given.
  public init() {}

  /// A decoder of a file that begins with `beginning`, of which 4096 bytes are looked at: a first
  /// chunk of a few bytes may end before the first NUL, or within the mark.
  public init(beginning: Span<UInt8>) {
    isBigEndian = Self.isBigEndian(beginning)
  }

  /// Appends the text of `bytes` to `buffer` from `start` on, and returns where it ends.
  ///
  /// The buffer must have room for 3 bytes for each 2 of the input, and 8 more.
  public mutating func decode(
    _ bytes: Span<UInt8>, isLast: Bool, into buffer: inout [UInt8], at start: Int
  ) -> Int {
    let isBig = isBigEndian ?? Self.isBigEndian(bytes)
    isBigEndian = isBig
    var end = start
    for index in 0..<bytes.count {
      guard let first = half else {
        half = bytes[index]
        continue
      }
      half = nil
      let second = bytes[index]
      let unit = isBig ? UInt32(first) << 8 | UInt32(second) : UInt32(second) << 8 | UInt32(first)
      add(unit, to: &buffer, &end)
    }
    if isLast, high != nil {
      high = nil
      Self.append(0xFFFD, to: &buffer, &end)
    }
    return end
  }

  private mutating func add(_ unit: UInt32, to buffer: inout [UInt8], _ end: inout Int) {
    switch unit {
    case 0xD800...0xDBFF:
      if high != nil { Self.append(0xFFFD, to: &buffer, &end) }
      high = unit
    case 0xDC00...0xDFFF:
      let first = high
      high = nil
      Self.append(
        first.map { 0x10000 + ($0 - 0xD800) << 10 + (unit - 0xDC00) } ?? 0xFFFD, to: &buffer, &end)
    default:
      if high != nil { Self.append(0xFFFD, to: &buffer, &end) }
      high = nil
      Self.append(unit, to: &buffer, &end)
    }
  }

  private static func append(_ scalar: UInt32, to buffer: inout [UInt8], _ end: inout Int) {
    let bytes =
      UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter
    for byte in bytes {
      buffer[end] = byte
      end += 1
    }
  }

  private static func isBigEndian(_ bytes: Span<UInt8>) -> Bool {
    if bytes.count >= 2 {
      if bytes[0] == 0xFE && bytes[1] == 0xFF { return true }
      if bytes[0] == 0xFF && bytes[1] == 0xFE { return false }
    }
    var nulsAtEven = 0
    var nulsAtOdd = 0
    for offset in 0..<Swift.min(bytes.count, 4096) where bytes[offset] == 0 {
      if offset & 1 == 0 { nulsAtEven += 1 } else { nulsAtOdd += 1 }
    }
    return nulsAtEven > nulsAtOdd
  }
}
