/// The members of a zip that libarchive has yet to read.
///
/// It reads nothing more once it has stopped at a member. So it is given the same bytes anew, in which the directory lists only
/// those behind that one. Holds the directory, and 32 bytes for each member.
struct ZipRest {
  /// In the order in which libarchive reads them, by their places.
  private var records: ArraySlice<(place: Int, bytes: Range<Int>)>
  private let directory: ZipDirectory
  private let bytes: [UInt8]

  private static let maxDirectoryBytes = 64 << 20

  /// All members; nil if the directory is too long to be held.
  init?(_ directory: ZipDirectory, of source: some ByteSource) {
    guard directory.bytes <= Self.maxDirectoryBytes else { return nil }
    self.directory = directory
    bytes = source.bytes(from: directory.start, limit: directory.bytes)
    var all: [(place: Int, bytes: Range<Int>)] = []
    var place = 0
    while let record = ZipRecord(bytes[place...]) {
      let end = Swift.min(place + record.bytes, bytes.count)
      all.append((record.offset, place..<end))
      place = end
    }
    all.sort { ($0.place, $0.bytes.lowerBound) < ($1.place, $1.bytes.lowerBound) }
    // Of those that begin at one place, libarchive reads the first.
    var last: Int?
    all.removeAll { record in
      defer { last = record.place }
      return record.place == last
    }
    records = all[...]
  }

  var isEmpty: Bool { records.isEmpty }

  /// Takes away members that libarchive has given.
  mutating func pass(_ count: Int) {
    records = records.dropFirst(count)
  }

  /// Takes away the member whose header libarchive could not read, and gives its name and what is known of it.
  ///
  /// Before the first member, libarchive reads the directory: if it has stopped there, at `position` of the source, the record
  /// there is at fault, as long as the next member does not stand there itself.
  mutating func takeLost(at position: Int?) -> (name: [UInt8], record: ZipRecord?)? {
    guard let first = records.first else { return nil }
    var lost = records.startIndex
    if var rest = position.map({ $0 - directory.start }), rest >= 0,
      directory.shift + first.place != position
    {
      // As `source` puts them behind each other.
      for index in records.indices {
        lost = index
        rest -= records[index].bytes.count
        if rest < 0 { break }
      }
    }
    let place = records.remove(at: lost).bytes
    let record = ZipRecord(bytes[place])
    let name = place.lowerBound + ZipRecord.fixedBytes
    let end = Swift.min(name + (record?.nameBytes ?? 0), place.upperBound)
    return (Array(bytes[name..<end]), record)
  }

  /// The record of the member that libarchive has given as the `number`th of these, from 1.
  func record(_ number: Int) -> ZipRecord? {
    let index = records.startIndex + number - 1
    return records.indices.contains(index) ? ZipRecord(bytes[records[index].bytes]) : nil
  }

  /// The zip, up to its end, with a directory of these alone. It stands at its place and has its length: so its end holds, and
  /// whatever libarchive concludes from the two.
  func source(_ whole: any ByteSource) -> JoinedFiles {
    var listed: [UInt8] = []
    listed.reserveCapacity(bytes.count)
    for record in records { listed += bytes[record.bytes] }
    // libarchive takes that for the end of the records, and so do others.
    listed += Array("PK\u{05}\u{06}".utf8)
    listed += [UInt8](repeating: 0, count: Swift.max(0, bytes.count - listed.count))
    let directoryEnd = directory.start + bytes.count
    return JoinedFiles([
      PartOfFile(whole, 0..<directory.start), KeptBytes(Array(listed.prefix(bytes.count))),
      PartOfFile(whole, directoryEnd..<Swift.max(directoryEnd, directory.end)),
    ])
  }
}
