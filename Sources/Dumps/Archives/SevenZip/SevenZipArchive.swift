/// What the directory of a 7z says and libarchive does not: which bytes belong to nothing in it and, if it is encrypted, the
/// plain one that it would be, as libarchive knows no cipher of 7z.
///
/// The header says where the directory stands, and the directory how the streams are packed. Both are written anew without
/// the cipher, and the streams are deciphered as they are read; unpacking them is libarchive's, as ever.
public struct SevenZipArchive {
  /// The plain one; nil if nothing is encrypted, or none of the passwords fits.
  public private(set) var deciphered: JoinedFiles?
  /// Which bytes of the file from the archive's beginning on belong to no stream and no directory, if they are not all zeros.
  public private(set) var others: [Range<Int>] = []
  /// Why what is encrypted cannot be read, whatever libarchive makes of it; nil if it can be, or nothing is.
  public private(set) var fault: ArchiveFault?

  /// Whether no file is made of some of its bytes.
  public private(set) var hasLooseBytes = false

  private let archive: PartOfFile
  private let budget: ArchiveBudget
  private var passwords: [SevenZipKeys]
  /// Where streams stand, from the archive's first byte on, and directories; nil until all of them are known.
  private var known: [Range<Int>]?

  /// A directory is read up to here, as libarchive does. In bytes.
  private static let maxDirectoryBytes = 64 << 20
  /// Directories that lie packed in each other; 7-Zip writes one.
  private static let maxDirectories = 4

  /// Nil if it is no 7z that could be read. The passwords are tried in order, and the first that fits is taken, but where a
  /// stream shows that it has another.
  public init?(
    _ source: any ByteSource, from start: Int, passwords: [[UInt8]], budget: ArchiveBudget
  ) {
    guard let size = source.size, let header = SevenZipHeader(source, start: start),
      header.end <= size
    else { return nil }
    archive = PartOfFile(source, start..<header.end)
    self.budget = budget
    self.passwords = (passwords.isEmpty ? [[]] : passwords).map { SevenZipKeys($0) }
    if !header.hasNoDirectory, header.directory.count <= Self.maxDirectoryBytes {
      let place = header.directory.lowerBound
      let directory = source.bytes(from: place, limit: header.directory.count)
      deciphered = try? plain(directory[...], at: place - start)
      if deciphered != nil { fault = nil }
    }
    var place = SevenZipHeader.bytes
    var gaps: [Range<Int>] = []
    for part in (known ?? []).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if part.lowerBound > place { gaps.append((start + place)..<(start + part.lowerBound)) }
      place = max(place, part.upperBound)
    }
    others = source.contents(of: gaps + [header.end..<size])
  }

  /// Looks at the directory at `place`, and gives the archive without ciphers, or nil.
  private mutating func plain(
    _ directory: ArraySlice<UInt8>, at place: Int
  ) throws(SevenZipMalformed) -> JoinedFiles? {
    var directory = directory
    var known = [place..<(place + directory.count)]
    /// The number of the password with which the directory was read.
    var number: Int?
    for _ in 0..<Self.maxDirectories {
      var numbers = SevenZipNumbers(directory)
      if numbers.passes(.encodedHeader) {
        let streams = try SevenZipStreams(numbers.rest)
        known += streams.ranges
        let found = firstMember(of: streams, folder: 0, keeping: Self.maxDirectoryBytes) {
          Self.beginsDirectory($0)
        }
        guard let found else {
          if streams.isEncrypted { fault = fault ?? .encrypted7z }
          return nil
        }
        directory = found.bytes[...]
        if streams.isEncrypted { number = found.number }
        continue
      }
      try numbers.pass(.header)
      if numbers.passes(.archiveProperties) {
        while try numbers.byte() != 0 { _ = try numbers.take(try numbers.number()) }
      }
      guard numbers.passes(.mainStreams) else {
        self.known = known
        return nil
      }
      let streams = try SevenZipStreams(numbers.rest)
      known += streams.ranges
      if known.allSatisfy({ $0.upperBound <= archive.size ?? 0 }) { self.known = known }
      hasLooseBytes = streams.hasLooseBytes
      guard streams.isEncrypted else { return nil }
      let plain = self.plain(streams, number)
      if plain == nil { fault = fault ?? .encrypted7z }
      return plain
    }
    return nil
  }

  /// The archive of these streams without ciphers; `number` is that of its password, if it is known.
  private mutating func plain(_ streams: SevenZipStreams, _ number: Int?) -> JoinedFiles? {
    guard let folder = streams.folderToTry, let plain = streams.plain() else { return nil }
    // If the first member is damaged, the bytes that fill up the streams may tell.
    var number = number ?? firstMember(of: streams, folder: folder, keeping: 0)?.number
    for other in passwords.indices where number == nil && budget.hasTime {
      if isLikely(other, plain.streams) { number = other }
    }
    return number.flatMap { file(of: plain, $0) }
  }

  private static func beginsDirectory(_ bytes: [UInt8]) -> Bool {
    [SevenZipID.header.rawValue, SevenZipID.encodedHeader.rawValue].contains(bytes.first)
  }

  /// The first member of a folder, up to `limit` bytes of it, with the number of the first password that fits: what it gives
  /// must be as it says, as some write no checksum. Nil if none fits.
  private mutating func firstMember(
    of streams: SevenZipStreams, folder: Int, keeping limit: Int,
    isRight: ([UInt8]) -> Bool = { _ in true }
  ) -> (bytes: [UInt8], number: Int)? {
    guard let sample = streams.sample(ofFolder: folder) else { return nil }
    for number in streams.folders[folder].isEncrypted ? passwords.indices : 0..<1 {
      guard budget.hasTime else { return nil }
      if let file = file(of: sample, number),
        let bytes = firstMember(of: file, keeping: limit), isRight(bytes)
      {
        return (bytes, number)
      }
    }
    return nil
  }

  /// Up to `limit` bytes of an archive's first member; nil if it is damaged, here or behind them: then the password was
  /// wrong, as a rule.
  private mutating func firstMember(of file: JoinedFiles, keeping limit: Int) -> [UInt8]? {
    let budget = ArchiveBudget(forTryWithin: budget)
    guard
      let reader = ArchiveReader(ArchiveInput(file), kind: .sevenZip, budget: budget),
      case .member(let member, let stream) = reader.next(), let size = member.declared
    else { return nil }
    let bytes = stream.bytes(from: 0, limit: min(size, limit))
    // Of what is stored, only the checksum at its end tells, however long it is.
    stream.drain()
    let isRight =
      stream.faults.allSatisfy { $0 == .memberLimit }
      && bytes.count == min(size, limit)
    // No password helps then.
    if stream.faults.contains(.method) { fault = .method }
    reader.close()
    return isRight ? bytes : nil
  }

  /// The file that `plain` describes, with the password of that number; nil if its ciphers are none that are known, or its
  /// streams stand elsewhere. Where another password is known to be a stream's, that is taken.
  private mutating func file(of plain: SevenZipStreams.Plain, _ number: Int) -> JoinedFiles? {
    var streams: [any ByteSource] = []
    var packed = 0
    for stream in plain.streams {
      // Streams do not overlap: their sum is no more than the archive.
      guard stream.range.upperBound <= archive.size ?? 0 else { return nil }
      if stream.cipher != nil {
        guard var found = deciphered(stream, number) else {
          return nil
        }
        if found.hasZeros == false, plain.streams.count > 1 {
          for other in passwords.indices where other != number {
            guard budget.hasTime else { return nil }
            if let better = deciphered(stream, other),
              better.hasZeros == true
            {
              found = better
              break
            }
          }
        }
        streams.append(found.source)
        packed += found.source.size ?? 0
      } else {
        streams.append(PartOfFile(archive, stream.range))
        packed += stream.range.count
      }
    }
    let header = SevenZipHeader.written(packed: packed, directory: plain.directory)
    return JoinedFiles([KeptBytes(header)] + streams + [KeptBytes(plain.directory)])
  }

  /// A stream as it is with this password, and whether zeros fill it up, as 7-Zip does; nil if it is full.
  private mutating func deciphered(
    _ stream: SevenZipStreams.Stream, _ number: Int
  ) -> (source: DecipheredStream, hasZeros: Bool?)? {
    guard let (properties, size) = stream.cipher,
      let cipher = passwords[number].cipher(properties, budget)
    else { return nil }
    let part = PartOfFile(archive, stream.range)
    let whole = DecipheredStream(part, cipher, size: stream.range.count)
    let behind = whole.bytes(from: size, limit: stream.range.count - size)
    return (
      DecipheredStream(part, cipher, size: size),
      behind.isEmpty ? nil : behind.allSatisfy { $0 == 0 }
    )
  }

  /// Whether zeros fill up what is looked at of the streams, and are so many that it is no chance.
  private mutating func isLikely(_ number: Int, _ streams: [SevenZipStreams.Stream]) -> Bool {
    var zeros = 0
    for stream in streams.prefix(16) {
      guard let size = stream.cipher?.size, stream.range.upperBound <= archive.size ?? 0,
        let found = deciphered(stream, number)
      else { continue }
      // Others may be another password's, or damaged there.
      if found.hasZeros == true { zeros += stream.range.count - size }
    }
    return zeros >= 4
  }
}
