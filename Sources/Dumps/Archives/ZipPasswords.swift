/// Finds the password of a zip, on its smallest encrypted members.
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
  /// Members on which all are tried, if none fits: one may be damaged, or have a password of its own.
  private static let maxSamples = 4
  /// How much of the directory is looked through. In bytes.
  private static let maxDirectoryBytes = 64 << 20

  public init(_ passwords: [[UInt8]], of source: some ByteSource, budget: ArchiveBudget) {
    fitting = passwords
    // Where parts of a zip lie in files of their own, its directory says how far into those its members are.
    guard !passwords.isEmpty, let directory = ZipDirectory(source), !directory.isSplit else {
      return
    }
    var isTried = false
    for sample in Self.samples(directory, source) {
      guard let zip = Self.zip(of: sample, directory, source) else { continue }
      isTried = true
      for (index, password) in passwords.enumerated() {
        guard budget.hasTime else { return }
        if Self.fits(password, zip, budget) {
          fitting.remove(at: index)
          fitting.insert(password, at: 0)
          return
        }
      }
    }
    if isTried { fitting = Array(passwords.prefix(Self.maxUntried)) }
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

  /// What the directory says of a member, and its record.
  private typealias Sample = (record: ZipRecord, bytes: ArraySlice<UInt8>)

  /// The smallest encrypted members, the smallest first.
  private static func samples(_ directory: ZipDirectory, _ source: some ByteSource) -> [Sample] {
    let rest = (source.size ?? 0) - directory.start
    var left = source.bytes(
      from: directory.start, limit: min(directory.bytes, rest, maxDirectoryBytes))[...]
    var best: [Sample] = []
    while let record = ZipRecord(left) {
      let bytes = left.prefix(record.bytes)
      if record.isEncrypted, record.unpacked > 0, record.packed <= maxMemberBytes,
        bytes.count == record.bytes
      {
        let place = best.firstIndex { record.packed < $0.record.packed } ?? best.count
        best.insert((record, bytes), at: place)
        if best.count > maxSamples { best.removeLast() }
      }
      left = left.dropFirst(record.bytes)
    }
    return best
  }

  /// A zip of that member; nil if it is not there.
  private static func zip(
    of sample: Sample, _ directory: ZipDirectory, _ source: some ByteSource
  ) -> KeptBytes? {
    let (start, isFar) = directory.shift.addingReportingOverflow(sample.record.offset)
    let header = isFar ? [] : source.bytes(from: start, limit: ZipMembers.localBytes)
    guard header.count == ZipMembers.localBytes, header.starts(with: ZipDirectory.memberMark)
    else { return nil }
    let bytes = ZipMembers.bytes(of: sample.record, header)
    let zip = ZipRecord.zip(of: Array(sample.bytes), at: start..<(start + bytes), in: source)
    // Many passwords are tried on it.
    return KeptBytes(zip.bytes(from: 0, limit: zip.size ?? 0))
  }
}
