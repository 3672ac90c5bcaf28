/// The members of a zip, as its directory lists them, held against the bytes of the archive.
///
/// libarchive reads the members that a directory lists and nothing else, so one that is not listed would go unseen; it stops
/// for good at one that is damaged; and it passes over a directory whose end it does not believe. So each member is given to it
/// as a zip of its own. Only where they stand is kept: 24 bytes a member.
struct ZipMembers {
  /// A member that can be read.
  struct Listed {
    var name: [UInt8]
    /// Whether the directory or its own header says so.
    var isEncrypted: Bool
    /// Whether no password opens it here.
    var isStronglyEncrypted: Bool
    /// It alone.
    var zip: JoinedFiles?
    /// Why there is none: it would stand outside of the archive.
    var fault = ArchiveFault.truncated
    /// Where it may stand, if its own header does not stand where it should.
    var place: Range<Int>?
  }

  /// Where a member stands, and its record; in the order of their places. What stands nowhere comes last.
  private var members: [(place: Int, record: Int, bytes: Int)] = []
  /// Bytes that belong to no member: before the directory, behind its last record, and the directory itself if comments
  /// stand in it.
  private(set) var gaps: [Range<Int>] = []
  /// Whether one of a type that has no bytes, as a link has none, has bytes all the same.
  private(set) var hasOddOne = false

  /// Whether the directory's end counts others than there are.
  private(set) var isMiscounted = false

  /// Whether some member has a comment, which stands in the directory alone.
  private var hasComments = false
  private let directory: ZipDirectory
  /// Where the archive begins.
  private let start: Int
  /// Where the last record of the directory ends.
  private var recordsEnd = 0

  /// More are not looked at: the reading has ended before, at its own limit.
  private static let maxMembers = 1_100_000
  /// A member's own header, before its name.
  static let localBytes = 30
  /// Behind a member's bytes its sizes may stand once more.
  private static let maxDescriptorBytes = 24
  /// As far before its place a member is looked for.
  private static let maxMovedBytes = 1024
  /// A link is as long as the path to which it leads.
  private static let maxLinkBytes = 4096

  /// From a member's own header to its last byte, as the directory has it, in which its name and fields have so many bytes.
  private typealias Extent = (start: Int, end: Int, texts: Int)

  /// Nil if the directory holds something else than the records that its end counts.
  init?(_ directory: ZipDirectory, of source: some ByteSource, from start: Int) {
    self.directory = directory
    self.start = start
    var extents: [Extent] = []
    guard read(source, &extents) else { return nil }
    extents.sort { $0.start < $1.start }
    members.sort { ($0.place, $0.record) < ($1.place, $1.record) }
    var place = start
    var last: Extent?
    for extent in extents + [(directory.start, directory.start, 0)] {
      var gapEnd = extent.start
      if extent.start > place + Self.maxDescriptorBytes, let last {
        place = Swift.max(place, Self.ownEnd(of: last, source))
        // One that was streamed, of which the directory does not say how long it is: only unpacking it tells.
        if extent.start > place + Self.maxDescriptorBytes, Self.isUnknown(last, source) {
          place = last.start
          // libarchive wants to see so many bytes behind it.
          gapEnd += Self.maxDescriptorBytes
        }
      }
      if extent.start > place + Self.maxDescriptorBytes { gaps.append(place..<gapEnd) }
      if extent.end > place { last = extent }
      place = Swift.max(place, extent.end)
    }
    let end = directory.start + directory.bytes
    let others = hasComments ? directory.start : recordsEnd
    if others < end { gaps.append(others..<end) }
  }

  var count: Int { members.count }

  /// The member of that index; nil if its record cannot be read any more.
  func listed(_ index: Int, of source: any ByteSource) -> Listed? {
    let member = members[index]
    let bytes = source.bytes(from: member.record, limit: member.bytes)
    guard let record = ZipRecord(bytes[...]) else { return nil }
    var listed = Listed(
      name: Array(bytes.dropFirst(ZipRecord.fixedBytes).prefix(record.nameBytes)),
      isEncrypted: record.isEncrypted, isStronglyEncrypted: record.isStronglyEncrypted)
    guard (0..<directory.start).contains(member.place) else { return listed }
    // Of those that begin at one place, the first is read: else a zip could hold the same bytes a million times.
    guard index == 0 || members[index - 1].place != member.place else {
      listed.fault = .membersMissing
      return listed
    }
    let header = source.bytes(from: member.place, limit: Self.localBytes)
    if header.number(6, 2) & 1 != 0 { listed.isEncrypted = true }
    // Up to the next, as it may be longer than its record says; but they may overlap.
    let next = index + 1 < members.count ? members[index + 1].place : directory.start
    let (ownEnd, isTooFar) = member.place.addingReportingOverflow(Self.bytes(of: record, header))
    let end = isTooFar ? directory.start : Swift.min(directory.start, Swift.max(next, ownEnd))
    listed.zip = ZipRecord.zip(of: bytes, at: member.place..<end, in: source)
    if Self.texts(of: header) == nil {
      // Where bytes were lost or put in, it may stand a little before.
      let before = index == 0 ? start : members[index - 1].place + Self.localBytes
      let place = Swift.max(start, before, member.place - Self.maxMovedBytes)
      listed.place = Swift.min(place, member.place)..<Swift.min(directory.start, next)
    }
    return listed
  }

  /// How many bytes a member has with its own header, which begins so, and what may stand behind it.
  static func bytes(of record: ZipRecord, _ header: [UInt8]) -> Int {
    let (bytes, isTooMany) = record.packed.addingReportingOverflow(
      localBytes + (texts(of: header) ?? record.texts) + maxDescriptorBytes)
    return isTooMany ? .max : bytes
  }

  /// Bytes of the name and the fields, as a member's own header has it; nil if it is none.
  private static func texts(of header: [UInt8]) -> Int? {
    guard header.count == localBytes, header.starts(with: ZipDirectory.memberMark) else {
      return nil
    }
    return header.number(26, 2) + header.number(28, 2)
  }

  /// Where a member ends as its own header has it, which may have longer fields.
  private static func ownEnd(of extent: Extent, _ source: some ByteSource) -> Int {
    let header = source.bytes(from: extent.start, limit: localBytes)
    return extent.end + (texts(of: header) ?? extent.texts) - extent.texts
  }

  /// Whether neither the directory nor its own header says how long a member is, packed.
  private static func isUnknown(_ extent: Extent, _ source: some ByteSource) -> Bool {
    let header = source.bytes(from: extent.start, limit: localBytes)
    return extent.end == extent.start + localBytes + extent.texts
      && texts(of: header) != nil
      && header.number(6, 2) & 8 != 0 && header.number(18, 4) == 0
  }

  private mutating func read(_ source: some ByteSource, _ extents: inout [Extent]) -> Bool {
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
      take(member, record, at: place, &extents)
      place += member.bytes
    }
    recordsEnd = place
    // Who writes no Zip64 counts 65,536 members as none.
    isMiscounted = count & 0xFFFF != directory.members & 0xFFFF
    return !isMiscounted || place == end
  }

  private mutating func take(
    _ member: ZipRecord, _ record: ArraySlice<UInt8>, at recordPlace: Int, _ extents: inout [Extent]
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
    members.append((isFar ? .max : start, recordPlace, member.bytes))
    hasComments = hasComments || member.hasComment
  }
}
