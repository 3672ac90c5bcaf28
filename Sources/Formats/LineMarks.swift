internal import Bytes
internal import CBytes

/// Where the bytes stand that structure a line, for a window of a text: one bit a byte.
///
/// The bytes are compared 64 at a time, once, and each question for the next one is then a look at one word or two.
/// It takes 3 KiB, and serves the text that it was filled from only.
struct LineMarks: Sendable {
  /// Small enough that text and marks stay in a core's first cache. In bytes.
  static let windowBytes = 8192
  private static let blockBytes = 64

  // Arrays, since Swift 6.3 copies inline ones of this size when one word of them is read.
  private var ends = [UInt64](repeating: 0, count: windowBytes / blockBytes)
  private var slashes = [UInt64](repeating: 0, count: windowBytes / blockBytes)
  private var ats = [UInt64](repeating: 0, count: windowBytes / blockBytes)
  /// The first byte of the window.
  private(set) var start = 0
  /// Behind its last byte.
  private(set) var end = 0
  /// Words that are filled.
  private var count = 0

  /// Forgets the text.
  mutating func clear() {
    start = 0
    end = 0
    count = 0
  }

  /// Looks at the bytes from `offset` on.
  mutating func fill(from offset: Int, of bytes: Span<UInt8>) {
    precondition(offset >= 0 && offset <= bytes.count, "the window lies within the text")
    start = offset
    end = Swift.min(bytes.count, offset + Self.windowBytes)
    let blocks = (end - start) / Self.blockBytes
    unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      for block in 0..<blocks {
        // Whole blocks only, so all 64 bytes are there.
        let marks = unsafe ds_marks_of(base + start + block * Self.blockBytes)
        ends[block] = marks.ends
        slashes[block] = marks.slashes
        ats[block] = marks.ats
      }
    }
    count = blocks
    if start + blocks * Self.blockBytes < end { fillRest(of: bytes) }
  }

  /// Looks at what is less than a block, at the text's end.
  private mutating func fillRest(of bytes: Span<UInt8>) {
    // Letters, which have no mark.
    var rest = InlineArray<64, UInt8>(repeating: 0x61)
    let first = start + count * Self.blockBytes
    for offset in first..<end { rest[offset - first] = bytes[offset] }
    let marks = unsafe rest.span.withUnsafeBufferPointer { block in
      unsafe block.baseAddress.map { unsafe ds_marks_of($0) } ?? ds_marks()
    }
    ends[count] = marks.ends
    slashes[count] = marks.slashes
    ats[count] = marks.ats
    count += 1
  }

  /// The first byte from `offset` on that ends a field: a blank, a control, or one of `,` `:` `;` `|`; the window's
  /// end if none does.
  @inline(__always)
  func fieldEnd(from offset: Int) -> Int { next(ends, from: offset) }

  /// The first `/` or `?` from `offset` on, or the window's end.
  @inline(__always)
  func slash(from offset: Int) -> Int { next(slashes, from: offset) }

  /// The first `@` from `offset` on, or the window's end.
  @inline(__always)
  func at(from offset: Int) -> Int { next(ats, from: offset) }

  @inline(__always)
  private func next(_ marks: [UInt64], from offset: Int) -> Int {
    let place = offset &- start
    var index = place &>> 6
    guard index < count else { return end }
    var word = marks[index] & (~0 &<< UInt64(truncatingIfNeeded: place & 63))
    while word == 0 {
      index &+= 1
      if index >= count { return end }
      word = marks[index]
    }
    return start &+ index &* Self.blockBytes &+ word.trailingZeroBitCount
  }
}
