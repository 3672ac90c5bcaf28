/// A write-ahead log of SQLite: pages that were committed and not yet written into the database beside it.
///
/// A header of 32 bytes, then frames: 24 bytes and a page. A frame counts if its salt is the header's
/// and the checksum over all before it is right; what follows the last commit was never part of the database.
public enum WriteAheadLog {
  private static let headerBytes = 32
  /// Of its mark.
  public static let markBytes = 4
  private static let frameHeaderBytes = 24

  /// Whether `bytes`, the beginning of a file, are a write-ahead log's.
  public static func begins(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= markBytes && number(0, in: bytes) & ~1 == 0x377F_0682
  }

  /// The database after the last commit: `base`, the file beside the log or nothing, under the log's pages. Nil if
  /// nothing was committed, or more than `BrowserDatabase.maxBytes`.
  ///
  /// Pages that stand in neither are NULs, which SQLite takes for damage where it needs them.
  public static func image(_ log: Span<UInt8>, over base: [UInt8]) -> [UInt8]? {
    guard log.count >= headerBytes else { return nil }
    let pageBytes = Int(number(8, in: log))
    guard (512...65_536).contains(pageBytes), pageBytes & (pageBytes - 1) == 0 else { return nil }
    let commit = lastCommit(log, pageBytes)
    let (count, isOver) = commit.pages.multipliedReportingOverflow(by: pageBytes)
    guard commit.end > 0, count > 0, !isOver, count <= BrowserDatabase.maxBytes else { return nil }
    var image = Array(base.prefix(count))
    image.append(contentsOf: repeatElement(0, count: count - image.count))
    var frame = headerBytes
    while frame < commit.end {
      let page = Int(number(frame, in: log)) - 1
      if page >= 0 && page < commit.pages {
        for offset in 0..<pageBytes {
          image[page * pageBytes + offset] = log[frame + frameHeaderBytes + offset]
        }
      }
      frame += frameHeaderBytes + pageBytes
    }
    return image
  }

  /// Where the last frame ends that commits, and how many pages the database has then; 0 if none does.
  private static func lastCommit(_ log: Span<UInt8>, _ pageBytes: Int) -> (end: Int, pages: Int) {
    let isBig = log[3] & 1 == 1
    var sums: (UInt32, UInt32) = (0, 0)
    add(0..<24, of: log, isBig, to: &sums)
    var commit = (end: 0, pages: 0)
    var frame = headerBytes
    while frame + frameHeaderBytes + pageBytes <= log.count {
      let end = frame + frameHeaderBytes + pageBytes
      add(frame..<(frame + 8), of: log, isBig, to: &sums)
      add((frame + frameHeaderBytes)..<end, of: log, isBig, to: &sums)
      let isValid =
        number(frame + 8, in: log) == number(16, in: log)
        && number(frame + 12, in: log) == number(20, in: log)
        && number(frame + 16, in: log) == sums.0 && number(frame + 20, in: log) == sums.1
      if !isValid { break }
      let pages = Int(number(frame + 4, in: log))
      if pages > 0 { commit = (end, pages) }
      frame = end
    }
    return commit
  }

  /// Adds eight bytes at a time to SQLite's checksum, in the order of bytes that the header names.
  private static func add(
    _ range: Range<Int>, of log: Span<UInt8>, _ isBig: Bool, to sums: inout (UInt32, UInt32)
  ) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let (first, second) = (number(offset, in: log), number(offset + 4, in: log))
      sums.0 = sums.0 &+ (isBig ? first : first.byteSwapped) &+ sums.1
      sums.1 = sums.1 &+ (isBig ? second : second.byteSwapped) &+ sums.0
      offset += 8
    }
  }

  private static func number(_ offset: Int, in bytes: Span<UInt8>) -> UInt32 {
    UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16
      | UInt32(bytes[offset + 2]) << 8 | UInt32(bytes[offset + 3])
  }
}
