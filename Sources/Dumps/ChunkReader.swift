internal import Bytes

#if canImport(Glibc)
  internal import Glibc
#endif

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
    _ descriptor: Int32, size: Int, limit: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    let wanted = Swift.min(limit, size, buffer.count)
    let count = Self.fill(&buffer, at: 0, upTo: wanted, from: descriptor, offset: 0).count
    return body(buffer.span.extracting(0..<count))
  }

  /// Reads `size` bytes of `descriptor` and lends them to `consume`, which returns how many it took.
  ///
  /// At the end it is called with `isLast`, and must take all. With `isText`, what stands there in UTF-16 or
  /// UTF-32 becomes UTF-8, and NULs go (`TextDecoder`); else the bytes are lent as they are. `progress` is
  /// called after each chunk with the number of bytes read so far.
  public mutating func read(
    _ descriptor: Int32, size: Int, isText: Bool,
    progress: (Int) -> Void = { _ in },
    _ consume: (_ bytes: Span<UInt8>, _ isLast: Bool) -> Int
  ) -> Outcome {
    var outcome = Outcome()
    decoder = isText ? TextDecoder() : nil
    filled = 0
    held = 0
    var isSkipping = false
    while true {
      let isWhole = readChunk(descriptor, size: size, &outcome)
      if isSkipping { skipToLine(&isSkipping, &outcome) }
      let isLast = isWhole || outcome.errno != 0
      let isFull = filled > 0 && filled + held >= maxRecordBytes
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
    }
  }

  /// Appends one chunk to the buffer; true at the end of the file.
  private mutating func readChunk(
    _ descriptor: Int32, size: Int, _ outcome: inout Outcome
  ) -> Bool {
    let wanted = Swift.min(chunkBytes, size - outcome.bytes)
    let start = filled + held
    grow(to: start + wanted)
    let step = Self.fill(
      &buffer, at: start, upTo: wanted, from: descriptor, offset: outcome.bytes)
    outcome.bytes += step.count
    outcome.errno = step.errno
    if step.count < wanted && step.errno == 0 { outcome.isShorter = true }
    let isWhole = outcome.bytes >= size || step.count < wanted
    held += step.count
    decode(isLast: isWhole)
    return isWhole
  }

  /// Makes text of the bytes that are held.
  private mutating func decode(isLast: Bool) {
    let end = filled + held
    guard var decoder else {
      filled = end
      held = 0
      return
    }
    defer { self.decoder = decoder }
    // Nearly every chunk is text without NULs, and stays where it is.
    if let passed = decoder.passes(buffer.span.extracting(filled..<end)) {
      filled = isLast ? end : filled + passed
      held = end - filled
      return
    }
    raw.removeAll(keepingCapacity: true)
    raw.append(contentsOf: buffer[filled..<end])
    grow(to: filled + TextDecoder.room(for: raw.count))
    // Another name for the same array, not a copy: the decoder writes into the other buffer only.
    let bytes = raw
    let taken = decoder.decode(bytes.span, isLast: isLast, into: &buffer, at: &filled)
    held = bytes.count - taken
    grow(to: filled + held)
    for offset in 0..<held { buffer[filled + offset] = bytes[taken + offset] }
  }

  private mutating func grow(to count: Int) {
    if buffer.count >= count { return }
    buffer.append(
      contentsOf: repeatElement(0, count: Swift.max(count, buffer.count * 2) - buffer.count))
  }

  /// Fills `bytes` from `start` with up to `wanted` bytes of the file at `offset`.
  private static func fill(
    _ bytes: inout [UInt8], at start: Int, upTo wanted: Int, from descriptor: Int32, offset: Int
  ) -> (count: Int, errno: Int32) {
    precondition(start >= 0 && wanted >= 0 && start + wanted <= bytes.count, "no room")
    var count = 0
    while count < wanted {
      let step = unsafe bytes.withUnsafeMutableBytes { buffer -> Int in
        unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + start + count }, wanted - count,
          off_t(offset + count))
      }
      if step < 0 && errno == EINTR { continue }
      if step < 0 { return (count, errno) }
      if step == 0 { break }
      count += step
    }
    return (count, 0)
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
