/// A 7z's directory is not as its format says.
struct SevenZipMalformed: Error {}

/// Reads the numbers of a 7z's directory from front to back (7zFormat.txt of the LZMA SDK).
struct SevenZipNumbers {
  let bytes: ArraySlice<UInt8>
  private(set) var place: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  /// What was not read yet.
  var rest: ArraySlice<UInt8> { bytes[place...] }

  mutating func byte() throws(SevenZipMalformed) -> UInt8 {
    guard place < bytes.endIndex else { throw SevenZipMalformed() }
    defer { place += 1 }
    return bytes[place]
  }

  mutating func take(_ count: Int) throws(SevenZipMalformed) -> ArraySlice<UInt8> {
    guard count <= bytes.endIndex - place else { throw SevenZipMalformed() }
    defer { place += count }
    return bytes[place..<(place + count)]
  }

  /// A number of one to nine bytes: the highest bits of the first say how many follow, and its others stand above them.
  mutating func number() throws(SevenZipMalformed) -> Int {
    let first = try byte()
    let following = (~first).leadingZeroBitCount
    let low = try take(following)
    let high = following < 7 ? Int(first & (0x7F >> UInt8(following))) << (8 * following) : 0
    let (value, isTooLarge) = low.number(0, following).addingReportingOverflow(high)
    guard !isTooLarge else { throw SevenZipMalformed() }
    return value
  }

  /// A number of things of which each takes at least `bytes` bytes here, so that a lie cannot ask for memory.
  mutating func count(ofBytes bytes: Int = 1) throws(SevenZipMalformed) -> Int {
    let count = try number()
    guard count <= rest.count / bytes else { throw SevenZipMalformed() }
    return count
  }

  /// Passes `id` if it stands next.
  mutating func passes(_ id: SevenZipID) -> Bool {
    guard rest.first == id.rawValue else { return false }
    place += 1
    return true
  }

  mutating func pass(_ id: SevenZipID) throws(SevenZipMalformed) {
    guard passes(id) else { throw SevenZipMalformed() }
  }

  /// The checksums of the streams at `places`, which ascend, among `count`; nil for those that have none. An archive has one for
  /// each member, and may say that it has millions.
  mutating func checksums(
    at places: some Sequence<Int>, among count: Int
  ) throws(SevenZipMalformed) -> [Int?] {
    let haveAll = try byte() != 0
    let bits = haveAll ? [] : try take((count + 7) / 8)
    func isKnown(_ stream: Int) -> Bool {
      haveAll || bits[bits.startIndex + stream / 8] & 0x80 >> UInt8(stream % 8) != 0
    }
    var checksums: [Int?] = []
    var stream = 0
    for place in places {
      for before in stream..<place where isKnown(before) { _ = try take(4) }
      checksums.append(isKnown(place) ? try take(4).number(0, 4) : nil)
      stream = place + 1
    }
    for left in stream..<count where isKnown(left) { _ = try take(4) }
    return checksums
  }
}

/// What stands before the parts of a directory.
enum SevenZipID: UInt8 {
  case end = 0x00
  case header = 0x01
  case archiveProperties = 0x02
  case mainStreams = 0x04
  case files = 0x05
  case packed = 0x06
  case unpacked = 0x07
  case members = 0x08
  case sizes = 0x09
  case checksums = 0x0A
  case folders = 0x0B
  case unpackedSizes = 0x0C
  case memberCounts = 0x0D
  case emptyStreams = 0x0E
  case names = 0x11
  case encodedHeader = 0x17
}

extension [UInt8] {
  mutating func append(_ id: SevenZipID) { append(id.rawValue) }

  /// Appends a number as `SevenZipNumbers` reads it.
  mutating func append(sevenZip number: Int) {
    // Fewer bytes would do for most.
    append(0xFF)
    append(number: number, 8)
  }
}
