/// What the directory of a zip says of its members, held against the bytes of the archive.
///
/// libarchive reads the members that the directory lists and nothing else, so a member that is not listed would go
/// unseen. Only the places are kept: 24 bytes a member.
struct ZipMembers {
  /// How many are listed.
  private(set) var count = 0
  /// Bytes that belong to no member: before the directory, behind its last record, and the directory itself if comments
  /// stand in it.
  private(set) var gaps: [Range<Int>] = []
  /// Whether one of a type that has no bytes, as a link has none, has bytes all the same.
  private(set) var hasOddOne = false

  /// Whether the directory's end counts others than there are.
  private(set) var isMiscounted = false

  /// Whether some member has a comment, which stands in the directory alone.
  private var hasComments = false
  /// Where the last record of the directory ends.
  private var recordsEnd = 0

  /// More are not looked at: the reading has ended before, at its own limit.
  private static let maxMembers = 1_100_000
  private static let localBytes = 30
  /// Behind a member's bytes its sizes may stand once more.
  private static let maxDescriptorBytes = 24
  /// A link is as long as the path to which it leads.
  private static let maxLinkBytes = 4096

  /// From a member's own header to its last byte, as the directory has it, in which its name and fields have so many bytes.
  private typealias Extent = (start: Int, end: Int, texts: Int)

  /// Nil if the directory holds something else than the records that its end counts.
  init?(_ directory: ZipDirectory, of source: some ByteSource, from start: Int) {
    var extents: [Extent] = []
    guard read(directory, source, &extents) else { return nil }
    extents.sort { $0.start < $1.start }
    var place = start
    var last: Extent?
    for extent in extents + [(directory.start, directory.start, 0)] {
      if extent.start > place + Self.maxDescriptorBytes, let last {
        place = Swift.max(place, Self.ownEnd(of: last, source))
      }
      if extent.start > place + Self.maxDescriptorBytes { gaps.append(place..<extent.start) }
      if extent.end > place { last = extent }
      place = Swift.max(place, extent.end)
    }
    let end = directory.start + directory.bytes
    let others = hasComments ? directory.start : recordsEnd
    if others < end { gaps.append(others..<end) }
  }

  /// Where a member ends as its own header has it, which may have longer fields.
  private static func ownEnd(of extent: Extent, _ source: some ByteSource) -> Int {
    let header = source.bytes(from: extent.start, limit: localBytes)
    guard header.count == localBytes, header.starts(with: ZipDirectory.memberMark) else {
      return extent.end
    }
    let texts = header.number(26, 2) + header.number(28, 2)
    return extent.end + texts - extent.texts
  }

  private mutating func read(
    _ directory: ZipDirectory, _ source: some ByteSource, _ extents: inout [Extent]
  ) -> Bool {
    var place = directory.start
    let end = directory.start + directory.bytes
    var window: [UInt8] = []
    var windowStart = place
    while place < end {
      // A record has three texts of 64 KiB at most.
      if place + (256 << 10) > windowStart + window.count, windowStart + window.count < end {
        windowStart = place
        window = source.bytes(from: place, limit: Swift.min(1 << 20, end - place))
      }
      let record = window[Swift.min(place - windowStart, window.count)...]
      guard count < Self.maxMembers, let member = ZipRecord(record) else { break }
      count += 1
      take(member, record, directory, &extents)
      place += member.bytes
    }
    recordsEnd = place
    // Who writes no Zip64 counts 65,536 members as none.
    isMiscounted = count & 0xFFFF != directory.members & 0xFFFF
    return !isMiscounted || place == end
  }

  private mutating func take(
    _ member: ZipRecord, _ record: ArraySlice<UInt8>, _ directory: ZipDirectory,
    _ extents: inout [Extent]
  ) {
    // The first two bits of the host's byte in `version made by`: 3 is Unix, whose types stand in the attributes.
    let type = record.number(5, 1) == 3 ? record.number(38, 4) >> 28 : 0
    let last = record.number(ZipRecord.fixedBytes + member.nameBytes - 1, 1)
    let isFolder = type == 4 || last == 0x2F
    // What says that it is a pipe, as what came through one does, is read all the same.
    if type == 10 && member.unpacked > Self.maxLinkBytes { hasOddOne = true }
    if isFolder && (member.unpacked > 0 || member.packed > Self.maxDescriptorBytes) {
      hasOddOne = true
    }
    let (start, isFar) = directory.shift.addingReportingOverflow(member.offset)
    let (end, isTooFar) = (isFar ? 0 : start).addingReportingOverflow(member.packed)
    // What lies outside of the file is told when it cannot be read.
    if !isFar && !isTooFar && start >= 0 && end <= directory.start {
      extents.append((start, end + Self.localBytes + member.texts, member.texts))
    }
    hasComments = hasComments || member.hasComment
  }
}
