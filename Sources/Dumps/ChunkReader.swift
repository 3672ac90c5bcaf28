internal import Bytes
internal import CBytes

/// Reads a file in chunks of whole records, each as borrowed bytes.
///
/// What the consumer leaves is kept in front of the next chunk, so a record is always in one piece. `read`,
/// never a mapping: a file that shrinks under a mapping ends the process.
public struct ChunkReader: ~Copyable {
  /// How much is asked of the kernel at once.
  public static let defaultChunkBytes = 1 << 20
  /// A record, or a line, longer than this is cut: what is behind is skipped up to the next line, and
  /// counted.
  public static let defaultMaxRecordBytes = 4 << 20
  /// Text has no byte below the tab; every archive has one among its first bytes, its sizes and flags.
  private static let firstBlank = ASCII.tab
  /// A line behind a border is looked at if it is no longer than this.
  private static let maxAheadBytes = 64 << 10

  /// What became of one file.
  public struct Outcome: Equatable, Sendable {
    /// Bytes read of the file.
    public var bytes = 0
    /// Bytes passed over, as they belong to a line that is too long.
    public var skippedBytes = 0
    /// The file ended before its size at the time of opening.
    public var isShorter = false
    /// The kernel's error, or 0. What stands before it was read.
    public var errno: Int32 = 0
    /// Where the reading ended.
    public var end = End.endOfFile
    /// An archive that stands behind the text, or in it, and where.
    public var archive: EmbeddedArchive?
  }

  /// Where a reading ends.
  public enum End: Equatable, Sendable {
    /// At this place in the file, where a line begins; when the reading has ended, at the last one given.
    case border(Int)
    case endOfFile
    /// Not where it should have.
    case givenUp

    var place: Int? {
      if case .border(let place) = self { return place }
      return nil
    }
  }

  private let chunkBytes: Int
  private let maxRecordBytes: Int
  private var buffer: [UInt8]
  /// The bytes of the buffer that hold text not yet taken.
  private var filled = 0
  /// Bytes behind these that were read and not yet decoded.
  private var held = 0
  /// Nil for a file that is no text.
  private var decoder: TextDecoder?
  private var raw: [UInt8] = []
  /// Whether archives are looked for.
  private var looksForArchives = true
  /// How much is asked for at first.
  private var firstBytes = Int.max
  /// Nil for a text without marks.
  private var marked: MarkedText?
  /// What was decoded and may be the beginning of a mark.
  private var unmarked: [UInt8] = []
  /// Whether the reading ends where an archive begins: it is no text.
  private var endsAtArchive = false
  /// Why the last sample is shorter than it should be: the kernel's error, or 0.
  public private(set) var sampleErrno: Int32 = 0
  /// Bytes of the sample, as long as it lies in the buffer.
  private var sampleCount: Int?

  public init(
    chunkBytes: Int = defaultChunkBytes, maxRecordBytes: Int = defaultMaxRecordBytes
  ) {
    precondition(chunkBytes > 0 && maxRecordBytes >= chunkBytes, "a record may fill a chunk")
    self.chunkBytes = chunkBytes
    self.maxRecordBytes = maxRecordBytes
    buffer = Array(repeating: 0, count: chunkBytes)
  }

  /// The first bytes of the file, at most `limit`, without moving on.
  public mutating func sample<Result>(
    _ source: some ByteSource, limit: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    let wanted = Swift.min(limit, source.size ?? limit, buffer.count)
    let step = source.fill(&buffer, at: 0, upTo: wanted, from: 0)
    sampleErrno = step.errno
    sampleCount = step.count
    return body(buffer.span.extracting(0..<step.count))
  }

  /// Lends the last sample once more, if it is all of `source`, of which it was taken; says how many bytes it has, or nil
  /// if there is more to read.
  public func withSample(whole source: some ByteSource, _ body: (Span<UInt8>) -> Void) -> Int? {
    guard let count = sampleCount, sampleErrno == 0, count == source.size else { return nil }
    body(buffer.span.extracting(0..<count))
    return count
  }

  /// Reads all of `source` and lends it to `consume`, which returns how many bytes it took.
  ///
  /// At the end it is called with `isLast`, and must take all. With `isText`, what stands there in UTF-16 or
  /// UTF-32 becomes UTF-8, NULs go (`TextDecoder`), and it ends where an archive begins; else the bytes are lent as they
  /// are. Of text, `marks` are taken out. `firstBytes` is how much is asked for at first: less where an archive may soon end
  /// what is read. `progress` is called after each chunk with the number of bytes read so far.
  public mutating func read(
    _ source: some ByteSource, isText: Bool, marks: TextMarks = [],
    looksForArchives: Bool = true, firstBytes: Int = .max,
    progress: (Int) -> Void = { _ in },
    _ consume: (_ bytes: Span<UInt8>, _ isLast: Bool) -> Int
  ) -> Outcome {
    decoder = isText ? TextDecoder(endsLinesAtNULs: marks.contains(.nuls)) : nil
    endsAtArchive = isText
    begin(marks, looksForArchives: looksForArchives, firstBytes: firstBytes)
    return read(
      source, from: 0, upTo: { .endOfFile }, isAtBorder: { false },
      progress: progress,
      consume)
  }

  /// Reads text from `start`, where a line begins, and ends at a border: all as if the file were read from its
  /// beginning.
  ///
  /// `border` is asked for the next place, behind the last, at which the reading may end, and ends it if it
  /// gives up. It ends there if 8-bit text stands there, `consume` took all before it, and `isAtBorder` says so.
  /// What stands behind the border may be lent, too, if `consume` left a record open before it; what it then
  /// leaves does not count as read.
  public mutating func readRange(
    _ source: some ByteSource, from start: Int, upTo border: () -> End,
    isAtBorder: () -> Bool, progress: (Int) -> Void = { _ in },
    _ consume: (_ bytes: Span<UInt8>, _ isLast: Bool) -> Int
  ) -> Outcome {
    decoder = start == 0 ? TextDecoder() : .behindLine
    endsAtArchive = false
    begin([], looksForArchives: true, firstBytes: .max)
    return read(
      source, from: start, upTo: border, isAtBorder: isAtBorder,
      progress: progress, consume)
  }

  private mutating func begin(_ marks: TextMarks, looksForArchives: Bool, firstBytes: Int) {
    self.looksForArchives = looksForArchives
    self.firstBytes = firstBytes
    let marks = marks.subtracting(.nuls)
    marked = marks.isEmpty ? nil : MarkedText(marks)
    unmarked.removeAll(keepingCapacity: true)
  }

  private mutating func read(
    _ source: some ByteSource, from start: Int, upTo border: () -> End,
    isAtBorder: () -> Bool, progress: (Int) -> Void,
    _ consume: (_ bytes: Span<UInt8>, _ isLast: Bool) -> Int
  ) -> Outcome {
    var outcome = Outcome()
    sampleCount = nil
    filled = 0
    held = 0
    var isSkipping = false
    var end = border()
    var stop = end.place
    /// Bytes of the line behind the last border that are read to see where the record before it ends.
    var ahead = 0
    while true {
      passHole(source, from: start, upTo: stop, &outcome)
      let isWhole = readChunk(source, from: start, upTo: stop, &outcome)
      if isSkipping { skipToLine(&isSkipping, &outcome) }
      let offset = start + outcome.bytes
      let isLast = isWhole || outcome.errno != 0
      // Where a record is cut that is too long must not depend on the borders.
      let isFull = filled > 0 && filled + held >= maxRecordBytes && offset % chunkBytes == 0
      let taken = consume(buffer.span.extracting(0..<filled), isLast)
      precondition(taken >= 0 && taken <= filled, "a layout takes what it was given")
      if isLast {
        filled = 0
        outcome.skippedBytes += decoder?.holeBytes ?? 0
        return outcome
      }
      if taken == 0 && isFull {
        // One record fills all that may be held: what is there is read as it is, the rest of its
        // last line is passed over. A CR at the end stays, as its LF may follow.
        let end = buffer[filled - 1] == ASCII.carriageReturn ? filled - 1 : filled
        isSkipping = buffer[filled - 1] != ASCII.lineFeed
        _ = consume(buffer.span.extracting(0..<end), true)
        keep(from: end)
      } else {
        keep(from: taken)
      }
      progress(outcome.bytes)
      guard offset == stop else { continue }
      if !isSkipping, held == 0, decoder?.isBehindLine == true {
        // The record that was left begins at the border, or there is none.
        if filled == ahead && isAtBorder() {
          outcome.bytes -= ahead
          outcome.skippedBytes += decoder?.holeBytes ?? 0
          outcome.end = end
          return outcome
        }
        if ahead == 0 {
          ahead = Self.lineBytes(source, at: offset)
          if ahead > 0 {
            stop = offset + ahead
            continue
          }
        }
      }
      // The next border may be the end of the line that was looked at: then nothing is read, and it is tried.
      ahead = 0
      end = border()
      if end == .givenUp {
        outcome.end = end
        return outcome
      }
      stop = end.place
    }
  }

  /// Bytes of the line at `offset`, its end too; 0 if it has none nearby, or is no text of 8 bits.
  private static func lineBytes(_ source: some ByteSource, at offset: Int) -> Int {
    let rest = source.size.map { $0 - offset } ?? 0
    let bytes = source.bytes(from: offset, limit: min(maxAheadBytes, rest))
    guard let end = bytes.firstIndex(of: ASCII.lineFeed), end + 1 < rest,
      !bytes[...end].contains(0)
    else { return 0 }
    return end + 1
  }

  /// Passes over whole chunks of a hole that the reading is in: a file may be made of a terabyte of nothing.
  private mutating func passHole(
    _ source: some ByteSource, from begin: Int, upTo border: Int?, _ outcome: inout Outcome
  ) {
    guard held == 0, decoder?.isInHole == true, let size = source.size else { return }
    let offset = begin + outcome.bytes
    let end = Swift.min(source.nextStored(from: offset), border ?? size)
    let bytes = (end - offset) / chunkBytes * chunkBytes
    guard bytes > 0 else { return }
    outcome.bytes += bytes
    decoder?.count(nuls: bytes)
  }

  /// Appends one chunk to the buffer; true at the end of the file.
  ///
  /// Chunks end where they would if the file were read from its beginning, or at `border`.
  private mutating func readChunk(
    _ source: some ByteSource, from begin: Int, upTo border: Int?, _ outcome: inout Outcome
  ) -> Bool {
    let offset = begin + outcome.bytes
    let most = chunkBytes - offset % chunkBytes
    let room = outcome.bytes == 0 ? Swift.min(most, firstBytes) : most
    let wanted = Swift.min(room, (border ?? source.size).map { $0 - offset } ?? room)
    let start = filled + held
    grow(to: start + wanted)
    let step = source.fill(&buffer, at: start, upTo: wanted, from: offset)
    outcome.bytes += step.count
    outcome.errno = step.errno
    if step.count < wanted && step.errno == 0 && source.size != nil { outcome.isShorter = true }
    var isWhole = source.size.map { offset + step.count >= $0 } ?? false || step.count < wanted
    held += step.count
    let end = filled + held
    guard var decoder else {
      filled = end
      held = 0
      return isWhole
    }
    let hasControls = unsafe buffer.span.extracting(filled..<end).withUnsafeBufferPointer {
      unsafe ds_holds_below($0.baseAddress, $0.count, Self.firstBlank) != 0
    }
    if hasControls, looksForArchives, outcome.archive == nil {
      outcome.archive = EmbeddedArchive(source, in: offset..<(offset + step.count))
    }
    if let found = outcome.archive, endsAtArchive {
      held -= Swift.min(step.count, offset + step.count - found.offset)
      isWhole = true
    } else if marked == nil,
      let passed = decoder.passes(
        buffer.span.extracting(filled..<end), mayHaveNULs: hasControls)
    {
      // Nearly every chunk is text without NULs, and stays where it is.
      self.decoder = decoder
      filled = isWhole ? end : filled + passed
      held = end - filled
      return isWhole
    }
    decode(isLast: isWhole)
    return isWhole
  }

  /// Makes text of the bytes that are held.
  private mutating func decode(isLast: Bool) {
    let end = filled + held
    let start = filled
    guard var decoder else { return }
    defer { self.decoder = decoder }
    raw.removeAll(keepingCapacity: true)
    raw.append(contentsOf: buffer[filled..<end])
    grow(to: filled + TextDecoder.room(for: raw.count))
    // Another name for the same array, not a copy: the decoder writes into the other buffer only.
    let bytes = raw
    let taken = decoder.decode(bytes.span, isLast: isLast, into: &buffer, at: &filled)
    takeMarks(from: start, isLast: isLast)
    held = bytes.count - taken
    grow(to: filled + held)
    for offset in 0..<held { buffer[filled + offset] = bytes[taken + offset] }
  }

  /// Takes the marks out of what was decoded last, which begins at `start`.
  private mutating func takeMarks(from start: Int, isLast: Bool) {
    guard var text = marked else { return }
    defer { marked = text }
    unmarked.append(contentsOf: buffer[start..<filled])
    filled = start
    grow(to: filled + unmarked.count)
    // It steps out, so that it can be read while the buffer is written, and keeps its room.
    var bytes: [UInt8] = []
    swap(&bytes, &unmarked)
    let taken = text.take(bytes.span, isLast: isLast, into: &buffer, at: &filled)
    bytes.removeSubrange(..<taken)
    swap(&bytes, &unmarked)
  }

  private mutating func grow(to count: Int) {
    if buffer.count >= count { return }
    buffer.append(
      contentsOf: repeatElement(0, count: Swift.max(count, buffer.count * 2) - buffer.count))
  }

  /// Moves what was not taken to the front.
  private mutating func keep(from taken: Int) {
    if taken == 0 { return }
    let rest = filled + held - taken
    for index in 0..<rest { buffer[index] = buffer[taken + index] }
    filled -= taken
  }

  /// Drops the rest of a line that was too long.
  private mutating func skipToLine(_ isSkipping: inout Bool, _ outcome: inout Outcome) {
    var cutter = LineCutter(end: filled, isLast: false)
    var end = filled
    if cutter.next(in: buffer.span) != nil {
      end = cutter.offset
      isSkipping = false
    } else if filled > 0 && buffer[filled - 1] == ASCII.carriageReturn {
      // Whether a LF belongs to it, the next chunk tells.
      end = filled - 1
    }
    outcome.skippedBytes += end
    keep(from: end)
  }
}
