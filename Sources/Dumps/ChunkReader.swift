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
  private var decoder: UTF16Decoder?
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
  /// At the end it is called with `isLast`, and must take all. `isUTF16` turns the text into UTF-8 first.
  /// `progress` is called after each chunk with the number of bytes read so far.
  public mutating func read(
    _ descriptor: Int32, size: Int, isUTF16: Bool = false,
    progress: (Int) -> Void = { _ in },
    _ consume: (_ bytes: Span<UInt8>, _ isLast: Bool) -> Int
  ) -> Outcome {
    var outcome = Outcome()
    decoder = isUTF16 ? decoder(of: descriptor, size: size) : nil
    filled = 0
    var isSkipping = false
    while true {
      let isWhole = readChunk(descriptor, size: size, &outcome)
      if isSkipping { skipToLine(&isSkipping, &outcome) }
      let isLast = isWhole || outcome.errno != 0
      let isFull = filled >= maxRecordBytes
      let taken = consume(buffer.span.extracting(0..<filled), isLast)
      precondition(taken >= 0 && taken <= filled, "a layout takes what it was given")
      if isLast {
        filled = 0
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
    let step: (count: Int, errno: Int32)
    if decoder == nil {
      grow(to: filled + wanted)
      step = Self.fill(&buffer, at: filled, upTo: wanted, from: descriptor, offset: outcome.bytes)
      filled += step.count
    } else {
      if raw.count < chunkBytes { raw = Array(repeating: 0, count: chunkBytes) }
      step = Self.fill(&raw, at: 0, upTo: wanted, from: descriptor, offset: outcome.bytes)
      // UTF-16 grows by half at most: two bytes become up to three.
      grow(to: filled + step.count / 2 * 3 + 8)
      decodeRaw(step.count, isLast: outcome.bytes + step.count >= size)
    }
    outcome.bytes += step.count
    outcome.errno = step.errno
    if step.count < wanted && step.errno == 0 { outcome.isShorter = true }
    return outcome.bytes >= size || step.count < wanted
  }

  private func decoder(of descriptor: Int32, size: Int) -> UTF16Decoder {
    let count = Swift.min(size, 4096)
    var beginning = [UInt8](repeating: 0, count: count)
    let read = Self.fill(&beginning, at: 0, upTo: count, from: descriptor, offset: 0).count
    return UTF16Decoder(beginning: beginning.span.extracting(0..<read))
  }

  private mutating func decodeRaw(_ count: Int, isLast: Bool) {
    // Another name for the same array, not a copy: the decoder writes into the other buffer only.
    let text = raw
    guard
      let end = decoder?.decode(
        text.span.extracting(0..<count), isLast: isLast, into: &buffer, at: filled)
    else { return }
    filled = end
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
    let rest = filled - taken
    for index in 0..<rest { buffer[index] = buffer[taken + index] }
    filled = rest
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
