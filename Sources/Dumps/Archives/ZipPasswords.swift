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
    var best: (record: ZipRecord, bytes: ArraySlice<UInt8>)?
    var left = records[...]
    while let record = ZipRecord(left) {
      let bytes = left.prefix(record.bytes)
      if record.isEncrypted, record.unpacked > 0, record.packed <= maxMemberBytes,
        record.packed < best?.record.packed ?? .max, bytes.count == record.bytes
      {
        best = (record, bytes)
      }
      left = left.dropFirst(record.bytes)
    }
    guard let best else { return nil }
    let (start, isFar) = directory.shift.addingReportingOverflow(best.record.offset)
    let header = isFar ? [] : source.bytes(from: start, limit: ZipMembers.localBytes)
    guard header.count == ZipMembers.localBytes else { return nil }
    let bytes = ZipMembers.bytes(of: best.record, header)
    let zip = ZipRecord.zip(of: Array(best.bytes), at: start..<(start + bytes), in: source)
    // Many passwords are tried on it.
    return KeptBytes(zip.bytes(from: 0, limit: zip.size ?? 0))
  }
}
