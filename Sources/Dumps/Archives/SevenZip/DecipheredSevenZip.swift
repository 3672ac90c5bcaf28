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
  /// Of a member, so much is unpacked to try a password. In bytes.
  private static let maxTriedBytes = 16 << 20

  /// Nil if nothing in it is encrypted, none of the passwords fits, or it is no 7z that could be read. The passwords are
  /// tried in order, and the first that fits is taken for all of it.
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
        archive, directory[...], passwords.isEmpty ? [[]] : passwords, budget)
    else { return nil }
    parts = plain
    let behind = source.firstContent(in: header.end..<size)
    others = behind.map { [$0..<size] } ?? []
  }

  public func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    unsafe parts.read(into: room, from: offset)
  }

  /// The archive without ciphers, or nil.
  private static func plain(
    _ archive: PartOfFile, _ directory: ArraySlice<UInt8>, _ passwords: [[UInt8]],
    _ budget: ArchiveBudget
  ) throws(SevenZipMalformed) -> JoinedFiles? {
    var directory = directory
    var passwords = passwords
    for _ in 0..<maxDirectories {
      var numbers = SevenZipNumbers(directory)
      if numbers.passes(.encodedHeader) {
        let streams = try SevenZipStreams(numbers.rest)
        guard
          let found = firstMember(
            of: streams, folder: 0, archive, passwords, budget, most: maxDirectoryBytes)
        else { return nil }
        directory = found.bytes[...]
        if streams.isEncrypted { passwords = [found.password] }
        continue
      }
      try numbers.pass(.header)
      if numbers.passes(.archiveProperties) {
        while try numbers.byte() != 0 { _ = try numbers.take(try numbers.number()) }
      }
      guard numbers.passes(.mainStreams) else { return nil }
      let streams = try SevenZipStreams(numbers.rest)
      guard let folder = streams.folderToTry,
        let found = firstMember(
          of: streams, folder: folder, archive, passwords, budget, most: maxTriedBytes)
      else { return nil }
      return streams.plain().flatMap { file(of: $0, archive, found.password) }
    }
    return nil
  }

  /// The first member of a folder with the first password that fits; at most `most` bytes of it. Nil if none fits.
  private static func firstMember(
    of streams: SevenZipStreams, folder: Int, _ archive: PartOfFile, _ passwords: [[UInt8]],
    _ budget: ArchiveBudget, most: Int
  ) -> (bytes: [UInt8], password: [UInt8])? {
    guard let sample = streams.sample(ofFolder: folder) else { return nil }
    for password in streams.folders[folder].isEncrypted ? passwords : [passwords[0]] {
      guard budget.hasTime else { return nil }
      if let file = file(of: sample, archive, password), let bytes = firstMember(of: file, most) {
        return (bytes, password)
      }
    }
    return nil
  }

  /// The bytes of an archive's first member, or the first of them; nil if it is damaged: then the password was wrong, as a
  /// rule.
  private static func firstMember(of file: JoinedFiles, _ most: Int) -> [UInt8]? {
    // What is read here is read again, and counted then.
    let budget = ArchiveBudget(ArchiveLimits(), progress: {})
    guard
      let reader = ArchiveReader(ArchiveInput(file), kind: .sevenZip, budget: budget),
      case .member(let member, let stream) = reader.next(), let size = member.declared
    else { return nil }
    let bytes = stream.bytes(from: 0, limit: min(size, most))
    if bytes.count == size { stream.drain() }
    let isRight = stream.faults.isEmpty && bytes.count == min(size, most)
    reader.close()
    return isRight ? bytes : nil
  }

  /// The file that `plain` describes; nil if its ciphers are none that are known.
  private static func file(
    of plain: SevenZipStreams.Plain, _ archive: PartOfFile, _ password: [UInt8]
  ) -> JoinedFiles? {
    var streams: [any ByteSource] = []
    var packed = 0
    var keys = SevenZipKeys(password)
    for stream in plain.streams {
      let part = PartOfFile(archive, stream.range)
      if let (properties, size) = stream.cipher {
        guard let cipher = keys.cipher(properties) else { return nil }
        streams.append(DecipheredStream(part, cipher, size: size))
        packed += size
      } else {
        streams.append(part)
        packed += stream.range.count
      }
    }
    let header = SevenZipHeader.written(packed: packed, directory: plain.directory)
    return JoinedFiles([KeptBytes(header)] + streams + [KeptBytes(plain.directory)])
  }
}
