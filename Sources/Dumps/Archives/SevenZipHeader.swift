/// The first 32 bytes of a 7z: they say where its directory stands, with which it ends.
struct SevenZipHeader {
  /// Where the archive ends, in its source; only a mistake or a lie makes it more than there is.
  let end: Int
  /// Whether there is no directory: of an archive of nothing, and of one whose writing was broken off.
  let hasNoDirectory: Bool

  static let bytes = 32

  /// Nil if `start` has none, or one whose checksum is wrong.
  init?(_ source: some ByteSource, start: Int) {
    let header = source.bytes(from: start, limit: Self.bytes)
    guard header.count == Self.bytes, header.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])
    else { return nil }
    hasNoDirectory = header.number(20, 8) == 0
    // Whoever breaks off leaves zeros, and the checksum with them.
    guard header.number(8, 4) == Int(CRC32.of(header[12...])) || hasNoDirectory else { return nil }
    let (offset, isFar) = header.number(12, 8).addingReportingOverflow(header.number(20, 8))
    let (end, isTooFar) = offset.addingReportingOverflow(start + Self.bytes)
    self.end = isFar || isTooFar ? .max : end
  }
}
