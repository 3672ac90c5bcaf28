internal import Bytes
internal import CBytes

/// Where the bytes stand that structure a line, for a window of a text.
///
/// The bytes are looked at 64 at a time, once. What ends a field is then a list of places, which a reader goes through;
/// of slashes and of `@` there is one bit a byte. All places are counted from the window's beginning.
/// It takes 20 KiB, of which a text touches little more than 2, and serves the text that it was filled from only.
struct LineMarks: Sendable {
  /// Small enough that text and marks stay in a core's first cache. In bytes; places have 16 bits.
  static let windowBytes = 8192
  fileprivate static let blockBytes = 64
  /// Words of a mask, with one behind it, so that the bits from any place on can be read.
  fileprivate static let words = windowBytes / blockBytes + 1
  /// Room for the window's end behind the last place, and for what is written at once.
  private static let spareEnds = 2 + Int(DS_SPARE_ENDS)

  /// Of `/` and `?`, and behind them of `@`, `words` for each. An array, since Swift 6.3 copies an inline one of this size
  /// when one word of it is read.
  private var masks = [UInt64](repeating: 0, count: 2 * words)
  /// What ends a field, and behind it the window's end.
  private var ends = [UInt16](repeating: 0, count: windowBytes + spareEnds)
  private var endCount = 0
  /// The first byte of the window.
  private(set) var start = 0
  /// Behind its last byte.
  private(set) var end = 0
  /// The place that was last asked for, and what ends a field from there on.
  private var asked = (place: 0, index: 0)

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
    endCount = 0
    asked = (0, 0)
    let text = bytes.extracting(start..<end)
    let blocks = text.count / Self.blockBytes
    mark(text, place: 0, block: 0, blocks)
    let first = blocks * Self.blockBytes
    if first < text.count {
      // Letters, which have no mark.
      var rest = InlineArray<64, UInt8>(repeating: 0x61)
      for offset in first..<text.count { rest[offset - first] = text[offset] }
      mark(rest.span, place: first, block: blocks, 1)
    }
    let used = (text.count + Self.blockBytes - 1) / Self.blockBytes
    for mask in 0...1 { masks[mask * Self.words + used] = 0 }
    ends[endCount] = UInt16(truncatingIfNeeded: text.count)
  }

  /// Looks at the first `blocks` blocks of `text`, of which the first stands at `place` in the window.
  private mutating func mark(_ text: Span<UInt8>, place: Int, block: Int, _ blocks: Int) {
    precondition(
      block + blocks < Self.words && blocks * Self.blockBytes <= text.count
        && endCount + blocks * Self.blockBytes <= Self.windowBytes, "a window at most")
    endCount += unsafe masks.withUnsafeMutableBufferPointer { masks in
      unsafe ends.withUnsafeMutableBufferPointer { ends in
        unsafe text.withUnsafeBufferPointer { text in
          guard let text = text.baseAddress, let masks = masks.baseAddress,
            let ends = ends.baseAddress
          else { return 0 }
          // The bounds stand above; `ends` has `spareEnds` more than the window has bytes.
          return Int(
            unsafe ds_mark(
              text, Int32(truncatingIfNeeded: place), Int32(truncatingIfNeeded: blocks),
              masks + block, masks + Self.words + block, ends + endCount))
        }
      }
    }
  }

  /// What ends a field from `place` on, at most the window's length.
  ///
  /// Asked for one place behind the other, it goes through the list once.
  @inline(__always)
  mutating func fieldEnds(from place: Int) -> FieldEnds {
    var index = place < asked.place ? 0 : asked.index
    // The window's end is in the list.
    while index < endCount, Int(ends[index]) < place { index &+= 1 }
    asked = (place, index)
    return FieldEnds(index: index)
  }

  /// Notes that a reader has gone on to `place`, where `ends` are.
  @inline(__always)
  mutating func note(_ ends: FieldEnds, at place: Int) { asked = (place, ends.index) }

  /// Lends the marks for the length of one call.
  @inline(__always)
  func withView<Result>(_ body: (View) -> Result) -> Result {
    unsafe masks.withUnsafeBufferPointer { masks in
      unsafe ends.withUnsafeBufferPointer { ends in
        unsafe body(View(end: end - start, masks: masks, ends: ends, endCount: endCount))
      }
    }
  }

  /// The marks as a loop reads them.
  ///
  /// Safe although it holds pointers: it is lent for one call, and reads no word behind the one that follows a mask, and
  /// no place behind the window's end in the list.
  @safe
  struct View {
    /// The window's length.
    let end: Int
    private let masks: UnsafePointer<UInt64>
    private let ends: UnsafePointer<UInt16>
    private let endCount: Int

    fileprivate init(
      end: Int, masks: UnsafeBufferPointer<UInt64>, ends: UnsafeBufferPointer<UInt16>, endCount: Int
    ) {
      guard let masksBase = masks.baseAddress, let endsBase = ends.baseAddress else {
        preconditionFailure("marks are never empty")
      }
      precondition(
        end <= LineMarks.windowBytes && masks.count == 2 * LineMarks.words && endCount < ends.count)
      self.end = end
      unsafe self.masks = unsafe masksBase
      unsafe self.ends = unsafe endsBase
      self.endCount = endCount
    }

    /// At least so many bits `slashes` and `ats` give.
    static let maxBits = 57

    /// A bit for each `/` and `?` from `place` on, for 57 bytes at least.
    @inline(__always)
    func slashes(from place: Int) -> UInt64 { bits(0, from: place) }

    /// A bit for each `@` from `place` on, for 57 bytes at least.
    @inline(__always)
    func ats(from place: Int) -> UInt64 { bits(LineMarks.words, from: place) }

    /// The first `/` or `?` from `place` on, or the window's end.
    @inline(__always)
    func slash(from place: Int) -> Int { next(0, from: place) }

    /// The first `@` from `place` on, or the window's end.
    @inline(__always)
    func at(from place: Int) -> Int { next(LineMarks.words, from: place) }

    @inline(__always)
    private func bits(_ mask: Int, from place: Int) -> UInt64 {
      precondition(place >= 0 && place <= LineMarks.windowBytes, "a place of the window")
      // Eight bytes from any byte of the mask on, of which seven bits at most stand before the place. The last such byte
      // is the first of the word behind the mask.
      let bytes = unsafe UnsafeRawPointer(masks + mask)
      let word = UInt64(
        littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: place &>> 3, as: UInt64.self))
      return word &>> UInt64(truncatingIfNeeded: place & 7)
    }

    @inline(__always)
    private func next(_ mask: Int, from place: Int) -> Int {
      var place = place
      while place < end {
        let bits = bits(mask, from: place)
        // The masks have no bit behind the window's end.
        if bits != 0 { return place &+ bits.trailingZeroBitCount }
        place &+= Self.maxBits
      }
      return end
    }

    @inline(__always)
    fileprivate func fieldEnd(_ index: Int) -> Int {
      // Behind the last stands the window's end.
      Int(unsafe ends[Swift.min(index, endCount)])
    }
  }

  /// The bytes that end a field, one behind the other: as fast as they can be gone through.
  struct FieldEnds {
    fileprivate var index: Int

    /// The next one, or the window's end.
    @inline(__always)
    mutating func next(_ marks: View) -> Int {
      let place = marks.fieldEnd(index)
      index &+= 1
      return place
    }
  }
}
