internal import Bytes

/// Turns what a log file holds in UTF-16 or UTF-32 into UTF-8, and leaves all else as it is.
///
/// Files are joined by sellers, so parts and even lines differ: which encoding a line has is judged anew at each
/// line's end (`UnitText`). Text of 8 bits only loses its NULs, which stealers leave in values and no text needs; where they stand in
/// the place of line ends (`TextMarks.nuls`), they become such.
/// A lone surrogate becomes U+FFFD, an odd last byte is dropped; neither costs more than itself. What is
/// given and what comes out is the same however the file is cut.
public struct TextDecoder: Equatable, Sendable {
  /// No call leaves more bytes than this to be given again.
  static let maxHeldBytes = 2 * UnitText.windowBytes + 8

  private enum Mode: Equatable {
    /// 8-bit text of whatever code page.
    case bytes
    case utf16(isBig: Bool)
    case utf32(isBig: Bool)
  }

  private var mode = Mode.bytes
  private var isAtFileStart = true
  /// Whether the next byte begins a line, NULs aside.
  private var isAtLineStart = true
  /// Whether a NUL of this line was judged already.
  private var isJudged = false
  /// Whether the text at hand was just judged to be of `mode`.
  private var isProven = false
  /// Whether the last unit may have been two letters of 8-bit text.
  private var isBehindPair = false
  /// NULs before the next byte, and all of those that stood in holes.
  private var nulRun = 0
  /// Bytes of holes: of downloads that are not whole, and have NULs instead of what is missing.
  private(set) var holeBytes = 0

  /// Whether NULs of 8-bit text end lines.
  private let endsLinesAtNULs: Bool
  /// Line ends that a run of NULs becomes: that of a line, and a blank line's. A hole is no text of many lines.
  private static let maxLineEnds = 2

  /// As long as the longest record; fewer NULs are no hole.
  private static let minHoleBytes = ChunkReader.defaultMaxRecordBytes

  public init(endsLinesAtNULs: Bool = false) {
    self.endsLinesAtNULs = endsLinesAtNULs
  }

  /// The decoder behind a line end of 8-bit text.
  static var behindLine: TextDecoder {
    var decoder = TextDecoder()
    decoder.isAtFileStart = false
    return decoder
  }

  /// Whether it goes on as `behindLine` would.
  var isBehindLine: Bool {
    var decoder = self
    decoder.holeBytes = 0
    return decoder == .behindLine
  }

  /// Whether so many NULs stand before the next byte that they are a hole.
  var isInHole: Bool { nulRun >= Self.minHoleBytes }

  /// Counts NULs, also of a hole that was not read. Those before the run was long enough for one are of the hole, too.
  mutating func count(nuls: Int) {
    let before = nulRun
    nulRun += nuls
    if isInHole { holeBytes += before >= Self.minHoleBytes ? nuls : nulRun }
  }

  /// Room that the output must have for `count` bytes of input.
  public static func room(for count: Int) -> Int { 2 * count + 8 }

  /// Whether the file begins with UTF-16 or UTF-32. `beginning` is its first bytes, at least
  /// `UnitText.windowBytes` of them if it has so many.
  public static func isOfUnits(_ beginning: Span<UInt8>) -> Bool {
    if Mark(beginning, at: 0) != nil { return true }
    let nul = beginning.firstOffset(of: 0, in: 0..<Swift.min(beginning.count, UnitText.windowBytes))
    guard let nul else { return false }
    return UnitText.begins(beginning, at: 0, nul: nul, isBig: nul & 1 == 0)
  }

  /// Whether `bytes`, a file's beginning, come out as they are.
  public static func leaves(_ beginning: Span<UInt8>) -> Bool {
    Mark(beginning, at: 0) == nil
      && beginning.firstOffset(of: 0, in: 0..<beginning.count) == nil
  }

  /// Whether `bytes` are text of 8 bits that the decoder would leave as they are, so that they need not
  /// go through it: then how many it takes note of, as `decode` does. Behind the last bytes, all may be taken. Without
  /// `mayHaveNULs` they are known to have none.
  mutating func passes(_ bytes: Span<UInt8>, mayHaveNULs: Bool) -> Int? {
    guard mode == .bytes, !isAtFileStart || bytes.count >= 4 && Mark(bytes, at: 0) == nil,
      !mayHaveNULs || bytes.firstOffset(of: 0, in: 0..<bytes.count) == nil
    else { return nil }
    let end = bytes.count - held(in: bytes)
    note(bytes, from: 0, to: end)
    return end
  }

  /// Appends the text of `bytes` to `buffer` from `end` on, moves `end` behind it and returns how many bytes
  /// it took; the others must be given again, with more, or with `isLast`, when all are taken.
  ///
  /// The buffer must have `room(for:)` behind `end`.
  public mutating func decode(
    _ bytes: Span<UInt8>, isLast: Bool, into buffer: inout [UInt8], at end: inout Int
  ) -> Int {
    // The buffer steps out of its owner for the length of the call, so that nothing is copied.
    var output = Output(buffer: [], end: end)
    swap(&output.buffer, &buffer)
    defer {
      swap(&output.buffer, &buffer)
      end = output.end
    }
    var offset = 0
    if isAtFileStart {
      if bytes.count < 4 && !isLast { return 0 }
      if let found = Mark(bytes, at: 0) { begin(found.mode) }
      isAtFileStart = false
    }
    while offset < bytes.count {
      let start = offset
      let before = mode
      switch mode {
      case .bytes: decodeBytes(bytes, &offset, isLast, &output)
      case .utf16(let isBig): decodeUnits(bytes, &offset, isBig, isLast, &output)
      case .utf32(let isBig): decodeWide(bytes, &offset, isBig, isLast, &output)
      }
      if offset == start && mode == before { break }
    }
    return offset
  }

  // MARK: 8 bits

  /// Takes bytes up to the next UTF-16 or UTF-32, without their NULs, or with line ends in the place of these.
  private mutating func decodeBytes(
    _ bytes: Span<UInt8>, _ offset: inout Int, _ isLast: Bool, _ output: inout Output
  ) {
    while offset < bytes.count {
      guard let nul = bytes.firstOffset(of: 0, in: offset..<bytes.count) else {
        let rest = bytes.extracting(offset..<bytes.count)
        copy(bytes, &offset, to: isLast ? bytes.count : bytes.count - held(in: rest), &output)
        return
      }
      let line = lineStart(bytes, from: offset, to: nul)
      let first = Swift.max(offset, Swift.min(line ?? nul, nul - 3))
      if !isLast && bytes.count - first < Self.maxHeldBytes {
        // Too few bytes to judge by.
        return copy(bytes, &offset, to: first, &output)
      }
      if let mark = mark(bytes, from: offset, line: line, nul: nul) {
        copy(bytes, &offset, to: mark.place, &output)
        // A mark begins a file: what stood before it ended, with a line end or without.
        if !isAtLineStart { output.add(ASCII.lineFeed) }
        return begin(mark.mark.mode)
      }
      if let line, UnitText.begins(bytes, at: line, nul: nul, isBig: (nul - line) & 1 == 0) {
        copy(bytes, &offset, to: line, &output)
        return begin(.utf16(isBig: (nul - line) & 1 == 0))
      }
      copy(bytes, &offset, to: nul, &output)
      passNULs(bytes, &offset, &output)
    }
  }

  /// Steps over the NULs at `offset`, and writes the line ends that they stand for.
  private mutating func passNULs(
    _ bytes: Span<UInt8>, _ offset: inout Int, _ output: inout Output
  ) {
    let start = offset
    let before = nulRun
    while offset < bytes.count, bytes[offset] == 0 { offset += 1 }
    isJudged = true
    count(nuls: offset - start)
    guard endsLinesAtNULs, before < Self.maxLineEnds else { return }
    for _ in before..<Swift.min(nulRun, Self.maxLineEnds) { output.add(ASCII.lineFeed) }
  }

  /// Where the line begins that `nul` is the first NUL of, or nil if it is not the first or too far away.
  private func lineStart(_ bytes: Span<UInt8>, from offset: Int, to nul: Int) -> Int? {
    let limit = Swift.max(offset, nul - UnitText.windowBytes)
    var start = nul
    while start > limit {
      if bytes[start - 1] == ASCII.lineFeed { return start }
      start -= 1
    }
    // The byte before the first within reach.
    if start > offset { return bytes[start - 1] == ASCII.lineFeed ? start : nil }
    return isAtLineStart && !isJudged ? start : nil
  }

  /// The mark of UTF-16 or UTF-32 at the line's beginning or directly before the first NUL, if such text
  /// follows it.
  private func mark(
    _ bytes: Span<UInt8>, from offset: Int, line: Int?, nul: Int
  ) -> (place: Int, mark: Mark)? {
    for place in [line ?? -1, nul - 3, nul - 2] where place >= offset {
      guard let mark = Mark(bytes, at: place) else { continue }
      switch mark {
      case .utf32: return (place, mark)
      case .utf16(let isBig):
        if UnitText.begins(bytes, at: place + 2, nul: nil, isBig: isBig) { return (place, mark) }
      }
    }
    return nil
  }

  /// Bytes at the end of 8-bit text that a NUL to come may show to be UTF-16: those of the last line, or of
  /// a mark.
  private func held(in bytes: Span<UInt8>) -> Int {
    var count = 0
    // A mark may stand before the LF of two bytes, or a letter whose first byte is one.
    if bytes.count >= 3, bytes[bytes.count - 1] == ASCII.lineFeed {
      let unit = UnitText.unit(bytes, at: bytes.count - 3, isBig: true)
      if unit == 0xFFFE || unit == 0xFEFF { return 3 }
    }
    while count < bytes.count, count <= UnitText.windowBytes {
      if bytes[bytes.count - 1 - count] == ASCII.lineFeed { return count }
      count += 1
    }
    if count == bytes.count && isAtLineStart && count <= UnitText.windowBytes { return count }
    return Swift.min(3, bytes.count)
  }

  private mutating func copy(
    _ bytes: Span<UInt8>, _ offset: inout Int, to end: Int, _ output: inout Output
  ) {
    if end <= offset { return }
    output.add(bytes, offset..<end)
    note(bytes, from: offset, to: end)
    offset = end
  }

  /// Takes note of 8-bit text that went by.
  private mutating func note(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
    if end <= start { return }
    isAtFileStart = false
    isAtLineStart = bytes[end - 1] == ASCII.lineFeed
    isJudged = isJudged && !isAtLineStart
    nulRun = 0
  }

  private mutating func begin(_ mode: Mode) {
    isProven = mode != .bytes
    self.mode = mode
    isJudged = false
    isBehindPair = false
    isAtLineStart = true
    nulRun = 0
  }

  // MARK: UTF-16

  private mutating func decodeUnits(
    _ bytes: Span<UInt8>, _ offset: inout Int, _ isBig: Bool, _ isLast: Bool,
    _ output: inout Output
  ) {
    while offset < bytes.count {
      let rest = bytes.count - offset
      if rest == 1 && isLast {
        offset += 1
        return
      }
      if rest < UnitText.windowBytes && !isLast { return }
      let unit = UnitText.unit(bytes, at: offset, isBig: isBig)
      let isPair = UnitText.isPair(unit)
      if !isProven {
        if isAtLineStart {
          if !UnitText.goesOn(bytes, at: offset, isBig: isBig) { return begin(.bytes) }
        } else if isPair && !isBehindPair && UnitText.ends(bytes, at: offset)
          || UnitText.isUTF8Mark(bytes, at: offset)
        {
          // 8-bit text behind UTF-16 without a line end is the beginning of another file.
          output.add(ASCII.lineFeed)
          return begin(.bytes)
        }
      }
      isProven = false
      isBehindPair = isPair
      isAtLineStart = unit == 0x0A || unit == 0x0D
      if unit == 0xFFFE {
        output.add(scalar: 0xFEFF)
        offset += 2
        return begin(.utf16(isBig: !isBig))
      }
      offset += addUnit(unit, bytes, at: offset, isBig, &output)
    }
  }

  /// Appends what stands at `offset`, and returns how many bytes it has.
  private mutating func addUnit(
    _ unit: UInt32, _ bytes: Span<UInt8>, at offset: Int, _ isBig: Bool, _ output: inout Output
  ) -> Int {
    if bytes[offset] == ASCII.carriageReturn, bytes[offset + 1] == ASCII.lineFeed {
      // An LF that a program wrote as CR and LF of 8 bits: `…x␀␍␊␀y␀…`. No text needs the
      // letter that UTF-16 would have there.
      output.add(ASCII.carriageReturn)
      output.add(ASCII.lineFeed)
      isAtLineStart = true
      return !isBig && offset + 2 < bytes.count && bytes[offset + 2] == 0 ? 3 : 2
    }
    guard 0xD800...0xDFFF ~= unit else {
      if unit != 0 { output.add(scalar: unit) }
      return 2
    }
    let low = offset + 3 < bytes.count ? UnitText.unit(bytes, at: offset + 2, isBig: isBig) : 0
    guard unit < 0xDC00, 0xDC00...0xDFFF ~= low else {
      output.add(scalar: 0xFFFD)
      return 2
    }
    output.add(scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    return 4
  }

  // MARK: UTF-32

  /// Takes UTF-32 up to what is none: any four letters of 8-bit text are beyond Unicode's last.
  private mutating func decodeWide(
    _ bytes: Span<UInt8>, _ offset: inout Int, _ isBig: Bool, _ isLast: Bool,
    _ output: inout Output
  ) {
    while bytes.count - offset >= 4 {
      let first = UnitText.unit(bytes, at: offset, isBig: isBig)
      let second = UnitText.unit(bytes, at: offset + 2, isBig: isBig)
      let scalar = isBig ? first << 16 | second : second << 16 | first
      guard scalar <= 0x10FFFF else {
        if !isAtLineStart { output.add(ASCII.lineFeed) }
        return begin(.bytes)
      }
      if scalar != 0 { output.add(scalar: 0xD800...0xDFFF ~= scalar ? 0xFFFD : scalar) }
      isAtLineStart = scalar == 0x0A || scalar == 0x0D
      offset += 4
    }
    if isLast && offset < bytes.count { begin(.bytes) }
  }

  // MARK: Output

  /// The text so far. It holds the caller's buffer for the length of a call.
  private struct Output {
    var buffer: [UInt8]
    var end: Int

    mutating func add(_ byte: UInt8) {
      buffer[end] = byte
      end += 1
    }

    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
      for offset in range { add(bytes[offset]) }
    }

    mutating func add(scalar: UInt32) {
      if scalar < 0x80 {
        add(UInt8(scalar))
      } else if scalar < 0x800 {
        add(UInt8(0xC0 | scalar >> 6))
        add(UInt8(0x80 | scalar & 0x3F))
      } else if scalar < 0x10000 {
        add(UInt8(0xE0 | scalar >> 12))
        add(UInt8(0x80 | scalar >> 6 & 0x3F))
        add(UInt8(0x80 | scalar & 0x3F))
      } else {
        add(UInt8(0xF0 | scalar >> 18))
        add(UInt8(0x80 | scalar >> 12 & 0x3F))
        add(UInt8(0x80 | scalar >> 6 & 0x3F))
        add(UInt8(0x80 | scalar & 0x3F))
      }
    }
  }

  /// A byte order mark.
  private enum Mark: Equatable {
    case utf16(isBig: Bool)
    case utf32(isBig: Bool)

    init?(_ bytes: Span<UInt8>, at offset: Int) {
      guard offset + 2 <= bytes.count else { return nil }
      let first = UnitText.unit(bytes, at: offset, isBig: true)
      let second =
        offset + 4 <= bytes.count ? UnitText.unit(bytes, at: offset + 2, isBig: true) : 1
      switch (first, second) {
      case (0xFFFE, 0): self = .utf32(isBig: false)
      case (0, 0xFEFF): self = .utf32(isBig: true)
      case (0xFFFE, _): self = .utf16(isBig: false)
      case (0xFEFF, _): self = .utf16(isBig: true)
      default: return nil
      }
    }

    var mode: Mode {
      switch self {
      case .utf16(let isBig): .utf16(isBig: isBig)
      case .utf32(let isBig): .utf32(isBig: isBig)
      }
    }
  }
}
