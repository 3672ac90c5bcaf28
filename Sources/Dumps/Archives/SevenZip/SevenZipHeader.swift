/// The first 32 bytes of a 7z: they say where its directory stands, with which it ends.
struct SevenZipHeader {
  /// Where the directory stands in the source; only a mistake or a lie puts it behind what there is.
  let directory: Range<Int>

  static let bytes = 32
  static let mark: [UInt8] = [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]

  /// Where the archive ends.
  var end: Int { directory.upperBound }
  /// Whether there is no directory: of an archive of nothing, and of one whose writing was broken off.
  var hasNoDirectory: Bool { directory.isEmpty }

  /// Nil if `start` has none, or one whose checksum is wrong.
  init?(_ source: some ByteSource, start: Int) {
    let header = source.bytes(from: start, limit: Self.bytes)
    guard header.count == Self.bytes, header.starts(with: Self.mark) else { return nil }
    let count = header.number(20, 8)
    // Whoever breaks off leaves zeros, and the checksum with them.
    guard header.number(8, 4) == Int(CRC32.of(header[12...])) || count == 0 else { return nil }
    let (first, isFar) = header.number(12, 8).addingReportingOverflow(start + Self.bytes)
    let (end, isTooFar) = first.addingReportingOverflow(count)
    directory = isFar || isTooFar ? .max..<(.max) : first..<end
  }

  /// The first bytes of an archive whose directory stands behind `packed` bytes of streams.
  static func written(packed: Int, directory: [UInt8]) -> [UInt8] {
    var place: [UInt8] = []
    place.append(number: packed, 8)
    place.append(number: directory.count, 8)
    place.append(number: Int(CRC32.of(directory)), 4)
    // Version 0.4 of the format.
    var header = mark + [0, 4]
    header.append(number: Int(CRC32.of(place)), 4)
    return header + place
  }
}
