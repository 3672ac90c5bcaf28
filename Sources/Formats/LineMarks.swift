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
  private static let words = windowBytes / blockBytes

  /// Of what ends a field, of `/` and `?`, and of `@`, `words` for each. An array, since Swift 6.3 copies an inline one
  /// of this size when one word of it is read.
  private var marks = [UInt64](repeating: 0, count: 3 * words)
  /// The first byte of the window.
  private(set) var start = 0
  /// Behind its last byte.
  private(set) var end = 0

  /// Forgets the text.
  mutating func clear() {
    start = 0
    end = 0
  }

  /// Looks at the bytes from `offset` on.
  mutating func fill(from offset: Int, of bytes: Span<UInt8>) {
    precondition(offset >= 0 && offset <= bytes.count, "the window lies within the text")
    start = offset
    end = Swift.min(bytes.count, offset + Self.windowBytes)
    let count = end - start
    let blocks = count / Self.blockBytes
    let first = start
    unsafe marks.withUnsafeMutableBufferPointer { marks in
      unsafe bytes.withUnsafeBufferPointer { text in
        guard let base = text.baseAddress else { return }
        guard let marks = marks.baseAddress else { return }
        // Whole blocks only, so all their bytes are there; `blocks` is at most `words`.
        unsafe ds_mark(base + first, Int32(blocks), marks, Int32(Self.words))
      }
    }
    if blocks * Self.blockBytes < count { fillRest(of: bytes, block: blocks) }
  }

  /// Looks at what is less than a block, at the text's end.
  private mutating func fillRest(of bytes: Span<UInt8>, block: Int) {
    // Letters, which have no mark.
    var rest = InlineArray<64, UInt8>(repeating: 0x61)
    let first = start + block * Self.blockBytes
    for offset in first..<end { rest[offset - first] = bytes[offset] }
    let found = unsafe rest.span.withUnsafeBufferPointer { block in
      unsafe block.baseAddress.map { unsafe ds_marks_of_plain($0) } ?? ds_marks()
    }
    marks[block] = found.ends
    marks[Self.words + block] = found.slashes
    marks[2 * Self.words + block] = found.ats
  }

  /// Lends the marks for the length of one call.
  @inline(__always)
  func withView<Result>(_ body: (View) -> Result) -> Result {
    let blocks = (end - start + Self.blockBytes - 1) / Self.blockBytes
    return unsafe marks.withUnsafeBufferPointer { marks in
      // Each third has `words` words, of which `blocks` are filled.
      unsafe body(View(start: start, end: end, blocks: blocks, marks: marks))
    }
  }

  /// The marks as a loop reads them.
  ///
  /// Safe although it holds a pointer: it is lent for one call, and reads no word at or behind `blocks`, which is within
  /// each third.
  @safe
  struct View {
    let start: Int
    let end: Int
    fileprivate let blocks: Int
    fileprivate let marks: UnsafeBufferPointer<UInt64>

    fileprivate init(start: Int, end: Int, blocks: Int, marks: UnsafeBufferPointer<UInt64>) {
      precondition(blocks <= LineMarks.words && marks.count == 3 * LineMarks.words)
      self.start = start
      self.end = end
      self.blocks = blocks
      unsafe self.marks = unsafe marks
    }

    /// The first byte from `offset` on that ends a field: a blank, a control, or one of `,` `:` `;` `|`; the window's
    /// end if none does.
    @inline(__always)
    func fieldEnd(from offset: Int) -> Int { next(0, from: offset) }

    /// The first `/` or `?` from `offset` on, or the window's end.
    @inline(__always)
    func slash(from offset: Int) -> Int { next(LineMarks.words, from: offset) }

    /// The first `@` from `offset` on, or the window's end.
    @inline(__always)
    func at(from offset: Int) -> Int { next(2 &* LineMarks.words, from: offset) }

    /// The marks of what ends a field in a block, or none behind the last.
    @inline(__always)
    fileprivate func word(_ block: Int) -> UInt64 {
      block >= 0 && block < blocks ? unsafe marks[block] : 0
    }

    @inline(__always)
    private func next(_ third: Int, from offset: Int) -> Int {
      let place = offset &- start
      var block = place &>> 6
      guard block < blocks, block >= 0 else { return end }
      var word = unsafe marks[third &+ block]
      word &= ~0 &<< UInt64(truncatingIfNeeded: place)
      while word == 0 {
        block &+= 1
        if block >= blocks { return end }
        word = unsafe marks[third &+ block]
      }
      return start &+ block &* LineMarks.blockBytes &+ word.trailingZeroBitCount
    }
  }

  /// The bytes that end a field, one behind the other: as fast as they can be gone through.
  struct FieldEnds {
    private var block: Int
    /// The marks of the block that were not gone through.
    private var word: UInt64

    /// Those from `offset` on, which must be in the window.
    @inline(__always)
    init(from offset: Int, _ marks: View) {
      let place = offset &- marks.start
      block = place &>> 6
      word = marks.word(block) & (~0 &<< UInt64(truncatingIfNeeded: place))
    }

    /// The next one, or the window's end.
    @inline(__always)
    mutating func next(_ marks: View) -> Int {
      while word == 0 {
        block &+= 1
        if block >= marks.blocks { return marks.end }
        word = marks.word(block)
      }
      let place = marks.start &+ block &* LineMarks.blockBytes &+ word.trailingZeroBitCount
      word &= word &- 1
      return place
    }
  }
}
