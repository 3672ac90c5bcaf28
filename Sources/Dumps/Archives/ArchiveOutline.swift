/// What an archive says of itself and libarchive does not pass on.
struct ArchiveOutline {
  /// Members that it says it has, if it says so.
  private(set) var listed: Int?
  /// Where in the source it says that it ends, if it does.
  private(set) var end: Int?
  /// The members of a zip with a directory.
  private(set) var members: ZipMembers?
  /// Whether no directory stands at the end of a zip: it is cut off, or much stands behind it.
  private(set) var lacksDirectory = false
  /// Bytes between its members that belong to none, and what a RAR holds beside them.
  private(set) var gaps: [Range<Int>] = []
  /// What is wrong with it, each once.
  private(set) var faults: [ArchiveFault] = []

  /// Looks at the archive, and tells the input where a zip ends: libarchive looks for a directory in its last bytes only, and
  /// else reads what stands first.
  init(_ kind: ArchiveKind, _ input: ArchiveInput) {
    switch kind {
    case .zip where input.size != nil: lookAtDirectory(input)
    case .sevenZip:
      // What belongs to nothing in it, `SevenZipArchive` says.
      if SevenZipHeader(input.source, start: input.start)?.hasNoDirectory == true,
        input.size ?? 0 > SevenZipHeader.bytes
      {
        faults.append(.truncated)
      }
    case .rar4, .rar5: lookAtHeaders(input)
    default: break
    }
  }

  private mutating func lookAtHeaders(_ input: ArchiveInput) {
    // Who reads a stream from elsewhere than its end has lost it.
    let beginning = (input.source as? MemberStream)?.beginning
    let headers = RARHeaders(
      beginning ?? input.source, start: input.start, parts: input.parts,
      isBeginning: input.size == nil)
    if headers.isEncrypted { faults.append(.encryptedRAR) }
    if headers.lacksVolumes && !input.isOutermost { faults.append(.volumeMissing) }
    if headers.isCut { faults.append(.truncated) }
    if headers.hasFilledLink { faults.append(.nonRegular) }
    if headers.isWhole {
      listed = headers.members
      end = headers.end
    }
    gaps = headers.others
  }

  private mutating func lookAtDirectory(_ input: ArchiveInput) {
    guard let directory = ZipDirectory(input.source) else {
      lacksDirectory = true
      if ZipDirectory.hasEnd(input.source) { faults.append(.damaged) }
      return
    }
    if !directory.isSplit {
      members = ZipMembers(directory, of: input.source, from: input.start)
      // Not all that it lists can be told: the members' own headers tell more.
      if members == nil {
        lacksDirectory = true
        return faults.append(.damaged)
      }
    }
    end = directory.end
    input.end = directory.end
    guard let members else { return }
    listed = members.count
    gaps = members.gaps
    if members.hasOddOne { faults.append(.nonRegular) }
    if members.isMiscounted, directory.members > 0 { faults.append(.damaged) }
  }
}
