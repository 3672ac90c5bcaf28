/// Finds the password of a zip, on its smallest encrypted member.
///
/// ZipCrypto takes one wrong password in 256 for right, and only the checksum of a whole member tells. libarchive does
/// not come back from that, so the passwords are tried one by one, on a zip of that member alone, in memory.
public struct ZipPasswords {
  /// Those to give to libarchive: the one that fits and then the others; the first few if none fits, as another member
  /// may have another password; all of them if nothing could be tried.
  public private(set) var fitting: [[UInt8]]

  /// Of so many, one is taken for right that is wrong in less than one in ten members.
  private static let maxUntried = 16

  /// A member is tried if it is no longer, packed. In bytes.
  private static let maxMemberBytes = 16 << 20
  /// How much of the directory is looked through. In bytes.
  private static let maxDirectoryBytes = 64 << 20

  public init(_ passwords: [[UInt8]], of source: some ByteSource, budget: ArchiveBudget) {
    fitting = passwords
    guard !passwords.isEmpty, let directory = ZipDirectory(source),
      let sample = Self.sample(directory, source)
    else { return }
    for (index, password) in passwords.enumerated() {
      guard budget.hasTime else { return }
      if Self.fits(password, sample, budget) {
        fitting.remove(at: index)
        fitting.insert(password, at: 0)
        return
      }
    }
    fitting = Array(passwords.prefix(Self.maxUntried))
  }

  private static func fits(
    _ password: [UInt8], _ zip: KeptBytes, _ budget: ArchiveBudget
  ) -> Bool {
    let budget = ArchiveBudget(forTryWithin: budget)
    let input = ArchiveInput(zip)
    guard
      let reader = ArchiveReader(input, kind: .zip, budget: budget, passwords: [password]),
      case .member(_, let stream) = reader.next()
    else { return false }
    stream.drain()
    let fits = stream.faults.isEmpty && stream.position > 0
    reader.close()
    return fits
  }

  /// A zip of the smallest encrypted member.
  private static func sample(_ directory: ZipDirectory, _ source: some ByteSource) -> KeptBytes? {
    let rest = (source.size ?? 0) - directory.start
    let records = source.bytes(
      from: directory.start, limit: min(directory.bytes, rest, maxDirectoryBytes))
    var best: (record: Range<Int>, packed: Int, offset: Int)?
    var place = 0
    while place + 46 <= records.count, records.number(place, 4) == 0x0201_4B50 {
      let end =
        place + 46 + records.number(place + 28, 2) + records.number(place + 30, 2)
        + records.number(place + 32, 2)
      let (packed, size, offset) = (
        records.number(place + 20, 4), records.number(place + 24, 4), records.number(place + 42, 4)
      )
      if records.number(place + 8, 2) & 1 != 0, size > 0, packed <= maxMemberBytes,
        offset != 0xFFFF_FFFF,
        packed < best?.packed ?? .max, end <= records.count
      {
        best = (place..<end, packed, offset)
      }
      place = end
    }
    guard let best else { return nil }
    let start = directory.shift + best.offset
    let header = source.bytes(from: start, limit: 30)
    guard header.count == 30 else { return nil }
    let names = header.number(26, 2) + header.number(28, 2)
    // Behind the data its sizes may stand once more.
    let local = source.bytes(from: start, limit: 30 + names + best.packed + 24)
    var record = Array(records[best.record])
    for index in 42..<46 { record[index] = 0 }
    var end = Array("PK\u{05}\u{06}".utf8)
    for (number, count) in [(0, 4), (1, 2), (1, 2), (record.count, 4), (local.count, 4), (0, 2)] {
      end.append(number: number, count)
    }
    return KeptBytes(local + record + end)
  }
}
