/// The bytes of an archive as libarchive asks for them: from a file, from volumes, or from a member of another archive.
///
/// Safe although it holds a pointer: `block` is its own, of `blockBytes`, and freed with it.
@safe public final class ArchiveInput {
  let source: any ByteSource
  /// Where in it the archive begins.
  let start: Int
  let isOutermost: Bool
  /// Where volumes end, if there are several.
  let parts: [Int]
  /// What is read in the source's place: a member of it.
  private var member: JoinedFiles?
  private var position = 0
  private let block: UnsafeMutableRawBufferPointer
  /// Bytes that were read, some perhaps twice.
  public private(set) var bytesRead = 0
  /// Bytes that it holds, as far as they were read: members that lie in each other are read again and again, and what comes out
  /// of them came from the same bytes.
  var packedBytes: Int { min(bytesRead, source.size ?? .max) }
  /// Whether the system failed to read.
  public private(set) var isFailed = false

  private static let blockBytes = 128 << 10

  /// Where in the source it ends, for libarchive, if that is known and before the source does.
  var end: Int?

  /// In bytes; nil if it can only be read from its beginning on.
  public var size: Int? { member?.size ?? (end ?? source.size).map { $0 - start } }

  /// `start` is where the archive begins. With `isOutermost` it is a file of the dump, not of another archive, and who calls
  /// has looked whether other parts are missing.
  public init(_ source: any ByteSource, from start: Int = 0, isOutermost: Bool = false) {
    self.isOutermost = isOutermost
    self.source = source
    self.start = start
    parts = (source as? JoinedFiles)?.ends ?? []
    unsafe block = .allocate(byteCount: Self.blockBytes, alignment: 16)
  }

  deinit {
    unsafe block.deallocate()
  }

  /// Lends the next bytes until the next call, and says how many; 0 at the end, -1 if the system fails.
  func read(_ lent: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    let rest = max(0, (size ?? .max) - position)
    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: block[..<min(block.count, rest)])
    let step =
      unsafe member?.read(into: room, from: position)
      ?? source.read(into: room, from: start + position)
    if step.errno != 0 {
      isFailed = true
      return -1
    }
    unsafe lent.pointee = UnsafeRawPointer(block.baseAddress)
    position += step.count
    bytesRead += step.count
    return step.count
  }

  /// Begins anew, with a member of the source in its place.
  func begin(_ member: JoinedFiles) {
    self.member = member
    position = 0
  }

  /// Passes over bytes if that costs nothing, and says how many.
  func skip(_ count: Int) -> Int {
    guard let size, count > 0 else { return 0 }
    let passed = Swift.min(count, Swift.max(0, size - position))
    position += passed
    return passed
  }

  /// Moves to `offset`, counted as of `lseek`; -30 (ARCHIVE_FATAL) if there is nothing.
  func seek(_ offset: Int, from: Int32) -> Int {
    guard let size else { return -30 }
    let base = from == 0 ? 0 : from == 1 ? position : size
    let (place, isTooFar) = base.addingReportingOverflow(offset)
    guard !isTooFar, place >= 0, place <= size else { return -30 }
    position = place
    return place
  }
}
