/// What a 7z's directory says of the streams that follow its header, and how it is said anew.
struct SevenZipStreams {
  /// Where the first begins, behind the header.
  var start = 0
  var packedSizes: [Int] = []
  var folders: [SevenZipFolder] = []
  /// What stands behind that, of which nothing needs to change: checksums, members, files.
  private var rest: [UInt8] = []
  /// The first member of each folder: how long it is and its checksum. Nil for a folder that has none, or nothing in it.
  private var firstMembers: [Member?] = []

  /// Folders, and packed streams: each takes some hundred bytes of memory, and an archive has one for each kind of file.
  private static let maxFolders = 200_000

  struct Member {
    var size: Int
    var checksum: Int?
  }

  var isEncrypted: Bool { folders.contains(where: \.isEncrypted) }

  /// Where the packed streams stand, one behind the other, from the archive's first byte on.
  private(set) var ranges: [Range<Int>] = []
  /// Whether bytes stand in it of which no file is made: libarchive passes over them without a word.
  private(set) var hasLooseBytes = false

  init(_ bytes: ArraySlice<UInt8>) throws(SevenZipMalformed) {
    var numbers = SevenZipNumbers(bytes)
    try readPacked(&numbers)
    try readFolders(&numbers)
    rest = Array(numbers.rest)
    try readMembers(&numbers)
    hasLooseBytes =
      hasLooseBytes || folders.reduce(0) { $0 + $1.packed.count } != packedSizes.count
      || isCutShort
  }

  /// Whether what is stored has more bytes than it is said to unpack to.
  private var isCutShort: Bool {
    var stream = 0
    for folder in folders {
      defer { stream += folder.packed.count }
      guard folder.coders.map(\.method) == [SevenZipFolder.copy], stream < packedSizes.count,
        let size = folder.size
      else { continue }
      if packedSizes[stream] > size { return true }
    }
    return false
  }

  private mutating func readPacked(_ numbers: inout SevenZipNumbers) throws(SevenZipMalformed) {
    guard numbers.passes(.packed) else { return }
    start = try numbers.number()
    let count = try numbers.count()
    guard count <= Self.maxFolders else { throw SevenZipMalformed() }
    if numbers.passes(.sizes) {
      for _ in 0..<count { packedSizes.append(try numbers.number()) }
    }
    if numbers.passes(.checksums) { _ = try numbers.checksums(at: [], among: count) }
    try numbers.pass(.end)
    var place = SevenZipHeader.bytes
    try Self.advance(&place, by: start)
    for size in packedSizes {
      let first = place
      try Self.advance(&place, by: size)
      ranges.append(first..<place)
    }
  }

  private static func advance(_ place: inout Int, by count: Int) throws(SevenZipMalformed) {
    let (end, isTooFar) = place.addingReportingOverflow(count)
    guard !isTooFar else { throw SevenZipMalformed() }
    place = end
  }

  private mutating func readFolders(_ numbers: inout SevenZipNumbers) throws(SevenZipMalformed) {
    guard numbers.passes(.unpacked) else { return }
    try numbers.pass(.folders)
    let count = try numbers.count(ofBytes: 2)
    guard count <= Self.maxFolders else { throw SevenZipMalformed() }
    // Nobody writes them elsewhere.
    guard try numbers.byte() == 0 else { throw SevenZipMalformed() }
    for _ in 0..<count { folders.append(try SevenZipFolder(&numbers)) }
    try numbers.pass(.unpackedSizes)
    for index in folders.indices { try folders[index].readSizes(&numbers) }
  }

  private mutating func readMembers(_ numbers: inout SevenZipNumbers) throws(SevenZipMalformed) {
    var checksums = [Int?](repeating: nil, count: folders.count)
    if !folders.isEmpty {
      if numbers.passes(.checksums) {
        checksums = try numbers.checksums(at: folders.indices, among: folders.count)
      }
      try numbers.pass(.end)
    }
    var counts = [Int](repeating: 1, count: folders.count)
    var sizes: [Int?] = folders.map(\.size)
    let hasMembers = numbers.passes(.members)
    if hasMembers {
      if numbers.passes(.memberCounts) {
        // Each member has at least its name.
        for index in folders.indices { counts[index] = try numbers.count() }
      }
      if numbers.passes(.sizes) {
        for (index, count) in counts.enumerated() where count > 1 {
          // The last has what is left.
          for member in 1..<count {
            let size = try numbers.number()
            if member == 1 { sizes[index] = size }
          }
        }
      }
      if numbers.passes(.checksums) {
        let isKnown = zip(counts, checksums).map { $0 == 1 && $1 != nil }
        let count = zip(counts, isKnown).reduce(0) { $0 + ($1.1 ? 0 : $1.0) }
        guard count <= numbers.rest.count else { throw SevenZipMalformed() }
        var firsts: [(folder: Int, place: Int)] = []
        var place = 0
        for (index, count) in counts.enumerated() where !isKnown[index] {
          if count > 0 { firsts.append((index, place)) }
          checksums[index] = nil
          place += count
        }
        let found = try numbers.checksums(at: firsts.map(\.place), among: count)
        for (first, checksum) in zip(firsts, found) { checksums[first.folder] = checksum }
      }
    }
    firstMembers = folders.indices.map { index in
      guard counts[index] > 0, let size = sizes[index], size > 0 else { return nil }
      return Member(size: size, checksum: checksums[index])
    }
    let members = counts.reduce(0) { $0 &+ $1 }
    let isUnused = zip(counts, folders).contains { $0 == 0 && $1.size ?? 0 > 0 }
    if hasMembers { _ = numbers.passes(.end) }
    // Damage behind here is libarchive's to tell; a directory that is packed lists no files.
    guard numbers.passes(.end), let files = try? Self.filesWithBytes(&numbers) else { return }
    hasLooseBytes = isUnused || files < members
  }

  /// How many files take bytes of the streams; nil if the directory lists none.
  private static func filesWithBytes(
    _ numbers: inout SevenZipNumbers
  ) throws(SevenZipMalformed) -> Int? {
    guard numbers.passes(.files) else { return nil }
    let count = try numbers.number()
    while true {
      let property = try numbers.byte()
      if property == SevenZipID.end.rawValue { return count }
      let bytes = try numbers.take(try numbers.number())
      if property == SevenZipID.emptyStreams.rawValue {
        return count - bytes.reduce(0) { $0 + $1.nonzeroBitCount }
      }
    }
  }

  // MARK: Without the ciphers

  /// A stream, or what it is when it is deciphered.
  struct Stream {
    /// Where it stands, from the archive's first byte on.
    var range: Range<Int>
    /// Nil if it is not encrypted. `size` is how many bytes it then has.
    var cipher: (properties: [UInt8], size: Int)?
  }

  /// Takes the ciphers out, and says what the streams are then; nil if that cannot be done.
  private mutating func takeCiphers() -> [Stream]? {
    var streams = ranges.map { Stream(range: $0) }
    var first = 0
    for index in folders.indices {
      let count = folders[index].packed.count
      guard first + count <= streams.count, let ciphers = folders[index].takeCiphers() else {
        return nil
      }
      for cipher in ciphers {
        let number = first + cipher.stream
        let bytes = streams[number].range.count
        guard streams[number].cipher == nil, SevenZipCipher.fits(cipher.size, in: bytes) else {
          return nil
        }
        streams[number].cipher = (cipher.properties, cipher.size)
        packedSizes[number] = cipher.size
      }
      first += count
    }
    start = 0
    return streams
  }

  private func written() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(.packed)
    bytes.append(sevenZip: start)
    bytes.append(sevenZip: packedSizes.count)
    bytes.append(.sizes)
    for size in packedSizes { bytes.append(sevenZip: size) }
    bytes.append(.end)
    bytes.append(.unpacked)
    bytes.append(.folders)
    bytes.append(sevenZip: folders.count)
    bytes.append(0)
    for folder in folders { folder.write(into: &bytes) }
    bytes.append(.unpackedSizes)
    for size in folders.flatMap({ $0.coders.flatMap(\.sizes) }) { bytes.append(sevenZip: size) }
    return bytes
  }

  /// The archive as it would be without the ciphers, to be read with the streams.
  typealias Plain = (directory: [UInt8], streams: [Stream])

  func plain() -> Plain? {
    var plain = self
    guard let streams = plain.takeCiphers() else { return nil }
    return (
      [SevenZipID.header.rawValue, SevenZipID.mainStreams.rawValue] + plain.written() + rest,
      streams
    )
  }

  /// An archive of one folder: its first member, and the rest of it as another.
  func sample(ofFolder index: Int) -> Plain? {
    guard firstMembers.indices.contains(index), let member = firstMembers[index],
      let size = folders[index].size
    else { return nil }
    var sample = self
    guard let streams = sample.takeCiphers() else { return nil }
    let first = sample.folders[..<index].reduce(0) { $0 + $1.packed.count }
    let own = first..<(first + sample.folders[index].packed.count)
    sample.packedSizes = Array(sample.packedSizes[own])
    sample.folders = [sample.folders[index]]
    let hasRest = member.size < size
    var bytes = [SevenZipID.header.rawValue, SevenZipID.mainStreams.rawValue] + sample.written()
    bytes.append(.end)
    bytes.append(.members)
    if hasRest {
      bytes.append(.memberCounts)
      bytes.append(sevenZip: 2)
      bytes.append(.sizes)
      bytes.append(sevenZip: member.size)
    }
    if let checksum = member.checksum {
      bytes.append(.checksums)
      // Not all have one, but the first.
      bytes += [0, 0x80]
      bytes.append(number: checksum, 4)
    }
    bytes.append(.end)
    bytes.append(.end)
    let names = hasRest ? "a\0b\0" : "a\0"
    bytes.append(.files)
    bytes.append(sevenZip: names.utf16.count / 2)
    bytes.append(.names)
    bytes.append(sevenZip: 1 + 2 * names.utf16.count)
    bytes.append(0)
    for unit in names.utf16 { bytes.append(number: Int(unit), 2) }
    bytes.append(.end)
    bytes.append(.end)
    return (bytes, Array(streams[own]))
  }

  /// The folder on which a password is tried with the least work: one that is encrypted.
  var folderToTry: Int? {
    folders.indices.filter { folders[$0].isEncrypted && firstMembers[$0] != nil }
      .min { firstMembers[$0]?.size ?? 0 < firstMembers[$1]?.size ?? 0 }
  }
}
