/// A 7z that is encrypted, as the plain one that it would be: libarchive knows no cipher of 7z.
///
/// The header says where the directory stands, and the directory how the streams are packed. Both are written anew without
/// the cipher, and the streams are deciphered as they are read; unpacking them is libarchive's, as ever.
public struct DecipheredSevenZip: ByteSource {
  private let parts: JoinedFiles
  /// Which bytes of the encrypted one stand behind its end, if they are not all zeros.
  public let others: [Range<Int>]

  public var size: Int? { parts.size }

  /// A directory is read up to here, as libarchive does. In bytes.
  private static let maxDirectoryBytes = 64 << 20
  /// Directories that lie packed in each other; 7-Zip writes one.
  private static let maxDirectories = 4

  /// Nil if nothing in it is encrypted, none of the passwords fits, or it is no 7z that could be read. The passwords are
  /// tried in order, and the first that fits is taken, but where a stream shows that it has another.
  public init?(
    _ source: any ByteSource, from start: Int, passwords: [[UInt8]], budget: ArchiveBudget
  ) {
    guard let size = source.size, let header = SevenZipHeader(source, start: start),
      !header.hasNoDirectory, header.end <= size,
      header.directory.count <= Self.maxDirectoryBytes
    else { return nil }
    let archive = PartOfFile(source, start..<header.end)
    let directory = source.bytes(from: header.directory.lowerBound, limit: header.directory.count)
    guard
      let plain = try? Self.plain(
        archive, directory[...], (passwords.isEmpty ? [[]] : passwords).map { SevenZipKeys($0) },
        budget)
    else { return nil }
    parts = plain
    others = source.contents(of: [header.end..<size])
  }

  public func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    unsafe parts.read(into: room, from: offset)
  }

  /// The archive without ciphers, or nil.
  private static func plain(
    _ archive: PartOfFile, _ directory: ArraySlice<UInt8>, _ passwords: [SevenZipKeys],
    _ budget: ArchiveBudget
  ) throws(SevenZipMalformed) -> JoinedFiles? {
    var directory = directory
    var passwords = passwords
    /// The number of the password with which the directory was read.
    var known: Int?
    for _ in 0..<maxDirectories {
      var numbers = SevenZipNumbers(directory)
      if numbers.passes(.encodedHeader) {
        let streams = try SevenZipStreams(numbers.rest)
        guard
          let found = firstMember(
            of: streams, folder: 0, archive, &passwords, budget, keeping: maxDirectoryBytes)
        else { return nil }
        directory = found.bytes[...]
        if streams.isEncrypted { known = found.number }
        continue
      }
      try numbers.pass(.header)
      if numbers.passes(.archiveProperties) {
        while try numbers.byte() != 0 { _ = try numbers.take(try numbers.number()) }
      }
      guard numbers.passes(.mainStreams) else { return nil }
      let streams = try SevenZipStreams(numbers.rest)
      guard let folder = streams.folderToTry, let plain = streams.plain() else { return nil }
      // If the first member is damaged, the bytes that fill up the streams may tell.
      let number =
        known
        ?? firstMember(of: streams, folder: folder, archive, &passwords, budget, keeping: 0)?.number
        ?? passwords.indices.first {
          budget.hasTime && isLikely(&passwords[$0], plain.streams, archive, budget)
        }
      return number.flatMap { file(of: plain, archive, $0, &passwords, budget) }
    }
    return nil
  }

  /// The first member of a folder, up to `limit` bytes of it, with the number of the first password that fits. Nil if none
  /// fits.
  private static func firstMember(
    of streams: SevenZipStreams, folder: Int, _ archive: PartOfFile,
    _ passwords: inout [SevenZipKeys], _ budget: ArchiveBudget, keeping limit: Int
  ) -> (bytes: [UInt8], number: Int)? {
    guard let sample = streams.sample(ofFolder: folder) else { return nil }
    for number in streams.folders[folder].isEncrypted ? passwords.indices : 0..<1 {
      guard budget.hasTime else { return nil }
      if let file = file(of: sample, archive, number, &passwords, budget),
        let bytes = firstMember(of: file, budget, keeping: limit)
      {
        return (bytes, number)
      }
    }
    return nil
  }

  /// Up to `limit` bytes of an archive's first member; nil if it is damaged, here or behind them: then the password was
  /// wrong, as a rule.
  private static func firstMember(
    of file: JoinedFiles, _ outer: ArchiveBudget, keeping limit: Int
  ) -> [UInt8]? {
    // What is read here is read again, and counted then.
    let budget = ArchiveBudget(ArchiveLimits(), progress: { _ = outer.hasTime })
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
    reader.close()
    return isRight ? bytes : nil
  }

  /// The file that `plain` describes, with the password of that number; nil if its ciphers are none that are known, or its
  /// streams stand elsewhere. Where another password is known to be a stream's, that is taken.
  private static func file(
    of plain: SevenZipStreams.Plain, _ archive: PartOfFile, _ number: Int,
    _ passwords: inout [SevenZipKeys], _ budget: ArchiveBudget
  ) -> JoinedFiles? {
    var streams: [any ByteSource] = []
    var packed = 0
    for stream in plain.streams {
      // Streams do not overlap: their sum is no more than the archive.
      guard stream.range.upperBound <= archive.size ?? 0 else { return nil }
      if stream.cipher != nil {
        guard var found = deciphered(stream, archive, &passwords[number], budget) else {
          return nil
        }
        if found.hasZeros == false, plain.streams.count > 1 {
          for other in passwords.indices where other != number {
            guard budget.hasTime else { return nil }
            if let better = deciphered(stream, archive, &passwords[other], budget),
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
  private static func deciphered(
    _ stream: SevenZipStreams.Stream, _ archive: PartOfFile, _ keys: inout SevenZipKeys,
    _ budget: ArchiveBudget
  ) -> (source: DecipheredStream, hasZeros: Bool?)? {
    guard let (properties, size) = stream.cipher, let cipher = keys.cipher(properties, budget)
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
  private static func isLikely(
    _ keys: inout SevenZipKeys, _ streams: [SevenZipStreams.Stream], _ archive: PartOfFile,
    _ budget: ArchiveBudget
  ) -> Bool {
    var zeros = 0
    for stream in streams.prefix(16) {
      guard let size = stream.cipher?.size, stream.range.upperBound <= archive.size ?? 0,
        let found = deciphered(stream, archive, &keys, budget)
      else { continue }
      // Others may be another password's, or damaged there.
      if found.hasZeros == true { zeros += stream.range.count - size }
    }
    return zeros >= 4
  }
}
