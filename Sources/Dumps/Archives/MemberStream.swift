/// The bytes of one member, unpacked as they are read.
///
/// It keeps the first of them, so that they can be looked at and then read; a member that fits in what is kept can
/// be read as often as one likes, from any place. Of a longer one the last are kept, too, so that it can be gone back to what
/// was found in them. It ends, early, at the limits.
public final class MemberStream: ByteSource {
  /// A member of so many bytes is kept as a whole.
  public static let keptBytes = 32 << 20
  /// Of a longer one at least so many bytes can be gone back: a chunk of a `ChunkReader`, and a block of an `ArchiveInput`.
  private static let recentBytes = 2 << 20

  /// Whoever reads the stream has got it from there.
  private unowned let archive: ArchiveReader
  private let budget: ArchiveBudget
  private var kept: [UInt8] = []
  private var keeps = MemberStream.keptBytes
  /// What came out last, behind what is kept.
  private var recent: [UInt8] = []
  private var reserved = 0
  /// Bytes that came out.
  public private(set) var position = 0
  /// Whether all came out that will.
  public private(set) var isAtEnd = false
  /// Whether the archive has no more of it, though not all may have come out.
  private var isDone = false
  /// What went wrong; in the order in which it was seen, each once.
  public private(set) var faults: [ArchiveFault] = []

  /// Known once the whole is kept.
  public var size: Int? { isAtEnd && position == kept.count ? position : nil }

  init(_ archive: ArchiveReader, _ budget: ArchiveBudget) {
    self.archive = archive
    self.budget = budget
  }

  deinit {
    budget.release(reserved)
  }

  /// What is kept.
  public var beginning: KeptBytes { KeptBytes(kept) }

  /// Unpacks until `most` bytes are kept, or all.
  public func keep(_ most: Int) {
    let goal = Swift.min(most, keeps)
    while kept.count < goal, position == kept.count, !isAtEnd { pull() }
  }

  /// Keeps the whole, up to `most` bytes, if so much memory is left for what must be read from its end.
  public func keepNested(_ most: Int = .max) {
    // What is not kept from its beginning on cannot be kept as a whole.
    if size != nil || position != kept.count { return }
    reserved = budget.reserve(Swift.min(budget.limits.nestedBytes, most))
    keeps = Swift.max(keeps, reserved)
    // An array that doubles as it grows would need three times as much.
    kept.reserveCapacity(Swift.min(keeps, archive.declared ?? keeps) + ArchiveReader.scratchBytes)
    keep(keeps)
    // Others within the same archive may need the rest.
    let used = Swift.min(reserved, kept.count)
    budget.release(reserved - used)
    reserved = used
  }

  /// Unpacks what nobody has read, to see whether it can be; nobody needs it any more.
  public func drain() {
    keeps = 0
    recent = []
    while !isAtEnd { pull() }
  }

  /// Passes over what nobody has read.
  ///
  /// Where a member cannot be read without those before it, libarchive would unpack the rest of this one in a single
  /// call, however long that takes.
  func skip() {
    guard archive.unpacksToSkip else { return }
    while !isDone {
      let count = unsafe archive.withScratch { unsafe unpack(into: $0) }
      position += count
      if let fault = budget.take(count) ?? archive.ratioFault { return end(fault) }
    }
  }

  public func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    while true {
      if offset < kept.count { return unsafe Self.copy(kept, from: offset, into: room) }
      let start = position - recent.count
      if offset >= start && offset < position {
        return unsafe Self.copy(recent, from: offset - start, into: room)
      }
      if isAtEnd || offset < position { return (0, 0) }
      pull()
    }
  }

  private static func copy(
    _ bytes: [UInt8], from offset: Int, into room: UnsafeMutableRawBufferPointer
  ) -> (count: Int, errno: Int32) {
    let count = Swift.min(room.count, bytes.count - offset)
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe room.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
    }
    return (count, 0)
  }

  /// Unpacks a piece, and keeps it if it may.
  private func pull() {
    unsafe archive.withScratch { scratch in
      let isWhole = position == kept.count
      let count = unsafe pull(into: scratch)
      let piece = unsafe UnsafeRawBufferPointer(rebasing: scratch[0..<count])
      if isWhole && kept.count < keeps {
        unsafe kept.append(contentsOf: piece)
      } else if keeps > 0 {
        if recent.count >= 2 * Self.recentBytes { recent.removeFirst(Self.recentBytes) }
        unsafe recent.append(contentsOf: piece)
      }
    }
  }

  private func pull(into room: UnsafeMutableRawBufferPointer) -> Int {
    let rest = budget.limits.memberBytes - position
    if rest <= 0 {
      // One byte more tells whether it ends here.
      var more = [UInt8](repeating: 0, count: 1)
      if unsafe more.withUnsafeMutableBytes({ unsafe unpack(into: $0) }) > 0 { end(.memberLimit) }
      isAtEnd = true
      return 0
    }
    let most = Swift.min(room.count, rest)
    let count = unsafe unpack(into: UnsafeMutableRawBufferPointer(rebasing: room[0..<most]))
    position += count
    if let fault = budget.take(count) ?? archive.ratioFault { end(fault) }
    return count
  }

  private func unpack(into room: UnsafeMutableRawBufferPointer) -> Int {
    let step = unsafe archive.read(into: room)
    if let fault = step.fault { note(fault) }
    if step.isEnd {
      isAtEnd = true
      isDone = true
    }
    return step.count
  }

  private func end(_ fault: ArchiveFault) {
    note(fault)
    isAtEnd = true
    if fault.endsArchive { isDone = true }
  }

  private func note(_ fault: ArchiveFault) {
    if !faults.contains(fault) { faults.append(fault) }
  }
}
