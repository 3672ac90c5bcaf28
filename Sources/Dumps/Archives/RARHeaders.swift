internal import Bytes

/// What the headers of a RAR say that libarchive does not tell, or gets wrong: it takes an encrypted RAR for a damaged
/// one, and the first part of a set without the others for an empty one.
///
/// It goes from header to header and reads nothing between them.
struct RARHeaders {
  /// Whether the headers or any member are encrypted.
  private(set) var isEncrypted = false
  /// Whether the first part, or one behind the last, is not there.
  private(set) var lacksVolumes = false
  /// Whether it says that it is one of a set.
  private(set) var isVolume = false
  /// Whether its first member began in the volume before.
  private(set) var beginsInMember = false
  /// Members, each once however many volumes it is spread over.
  private(set) var members = 0
  /// Whether a volume ends before it says so.
  private(set) var isCut = false
  /// Whether a link has bytes, which libarchive passes over.
  private(set) var hasFilledLink = false
  /// Whether all headers were seen.
  private(set) var isWhole = false
  /// Where the last volume ends, if all were seen.
  private(set) var end = 0
  /// Bytes of blocks that are no members, of which libarchive gives nothing: comments, what repairs the archive, and what no
  /// tool writes.
  private(set) var others: [Range<Int>] = []

  /// A header is at most so long that a name of 64 KiB fits twice. In bytes.
  private static let maxHeaderBytes = 256 << 10
  /// A link with fewer bytes of its own holds no record that is packed; what is not packed is read. In bytes.
  private static let maxLinkBytes = 64
  /// Headers that are looked at.
  private static let maxHeaders = 1_100_000

  private let source: any ByteSource
  /// Bytes read ahead, and where they stand.
  private var buffer: [UInt8] = []
  private var bufferStart = 0
  private var count = 0
  /// Whether the volume at hand says that another follows.
  private var goesOn = false
  private var volumes = 0

  /// `parts` says where volumes end, if there are several; with `isBeginning`, more stands behind `source`.
  init(_ source: any ByteSource, start: Int, parts: [Int], isBeginning: Bool) {
    self.source = source
    var begin = start
    for end in parts.isEmpty ? [source.size ?? .max] : parts {
      let isEnded = walk(from: begin, to: end)
      if !isBeginning && lacksEnd { isCut = true }
      guard isEnded else { return }
      begin = end
    }
    isWhole = !isEncrypted && !isBeginning
    if goesOn && !isBeginning { lacksVolumes = true }
  }

  /// What the first headers of a file say.
  static func beginning(of file: OpenFile) -> RARHeaders {
    RARHeaders(
      KeptBytes(file.bytes(from: 0, limit: 64 << 10)), start: 0, parts: [], isBeginning: true)
  }

  /// Where a RAR 5 ends whose last header stands round `place`: libarchive stops within it, not always at the same byte.
  /// `source` may be a stream. Without such a header it ends at `place`.
  static func end(of source: some ByteSource, near place: Int) -> Int {
    let bytes = source.bytes(from: place - 8, limit: 32)
    for start in 0...8 where bytes.number(start + 5, 1) == 5 {
      let end = start + 5 + bytes.number(start + 4, 1)
      guard end <= bytes.count else { continue }
      if Int(CRC32.of(bytes[(start + 4)..<end])) == bytes.number(start, 4) {
        return place - 8 + end
      }
    }
    return place
  }

  /// Looks at one volume; false if it cannot be looked at further.
  private mutating func walk(from begin: Int, to end: Int) -> Bool {
    goesOn = false
    lacksEnd = true
    volumes += 1
    guard let mark = bytes(begin, 8), Array(mark[0..<6]) == Array("Rar!\u{1A}\u{07}".utf8) else {
      return false
    }
    let isOld = mark[6] == 0
    var place = begin + (isOld ? 7 : 8)
    while place < end {
      count += 1
      isBehindBytes = false
      let next = count > Self.maxHeaders ? nil : isOld ? header4(place) : header5(place)
      // Where a header is no longer read, as it is wrong and not cut, libarchive says so.
      lacksEnd = next == nil && isBehindBytes && !isEncrypted
      guard let next, !isEncrypted else { return false }
      if next == Self.volumeEnds {
        self.end = lastEnd
        return true
      }
      guard next > place else { return false }
      place = next
    }
    self.end = place
    // Before its version 3, RAR wrote no end.
    lacksEnd = place > end || !isOld || isOfVersion3
    return place == end
  }

  private static let volumeEnds = -1
  /// Where the header ends that ended its volume.
  private var lastEnd = 0
  /// Whether the volume at hand ends before its last header.
  private var lacksEnd = false
  /// Whether bytes were wanted that the source has not.
  private var isBehindBytes = false
  /// Whether a member is packed for version 2.9 of RAR, which is 3's, or a later one.
  private var isOfVersion3 = false

  private mutating func takeMember(continues: Bool) {
    if !continues {
      members += 1
    } else if volumes == 1 {
      lacksVolumes = true
      if members == 0 { beginsInMember = true }
    }
  }

  // MARK: RAR 4

  /// Looks at the header at `place` and says where the next one is.
  private mutating func header4(_ place: Int) -> Int? {
    guard let fixed = bytes(place, 7) else { return nil }
    let type = fixed[2]
    let flags = fixed.number(3, 2)
    let size = fixed.number(5, 2)
    guard size >= 7 else { return nil }
    var packed = 0
    var unpacked = 0
    if flags & 0x8000 != 0 || type == 0x74 || type == 0x7A {
      guard let more = bytes(place, 11) else { return nil }
      packed = more.number(7, 4)
    }
    switch type {
    case 0x73:
      if flags & 0x80 != 0 { isEncrypted = true }
      if flags & 0x01 != 0 { isVolume = true }
      // Only the first volume says that it is.
      if flags & 0x01 != 0, flags & 0x100 == 0, volumes == 1 { lacksVolumes = true }
    case 0x74:
      if flags & 0x04 != 0 { isEncrypted = true }
      if let version = bytes(place, 25)?.last, version >= 29 { isOfVersion3 = true }
      takeMember(continues: flags & 0x01 != 0)
      goesOn = flags & 0x02 != 0
      guard let sizes = bytes(place, 15) else { return nil }
      unpacked = sizes.number(11, 4)
      if flags & 0x100 != 0 {
        guard let large = bytes(place, 40) else { return nil }
        packed += large.number(32, 4) << 32
        unpacked += large.number(36, 4) << 32
      }
    case 0x7B:
      if flags & 0x01 != 0 { goesOn = true }
      lastEnd = place + size
      return Self.volumeEnds
    default: break
    }
    // Of a member that says it is empty, libarchive passes over the bytes.
    return next(behind: place + size, packed, isMember: type == 0x74 && unpacked > 0)
  }

  // MARK: RAR 5

  private mutating func header5(_ place: Int) -> Int? {
    guard let fixed = bytes(place, 7) else { return nil }
    var offset = 4
    guard let size = Self.variable(fixed, &offset), size > 0, size <= Self.maxHeaderBytes,
      let header = bytes(place, offset + size)
    else { return nil }
    let begin = offset
    guard let type = Self.variable(header, &offset), let flags = Self.variable(header, &offset)
    else { return nil }
    var extra = 0
    var data = 0
    var isLink = false
    if flags & 1 != 0 {
      guard let length = Self.variable(header, &offset), length <= size else { return nil }
      extra = length
    }
    if flags & 2 != 0 {
      guard let length = Self.variable(header, &offset) else { return nil }
      data = length
    }
    switch type {
    case 1:
      guard let own = Self.variable(header, &offset) else { return nil }
      if own & 1 != 0 { isVolume = true }
      if own & 2 != 0 {
        guard let number = Self.variable(header, &offset) else { return nil }
        if number != volumes - 1 { lacksVolumes = true }
      }
    case 2:
      takeMember(continues: flags & 0x08 != 0)
      goesOn = flags & 0x10 != 0
      let records = begin + size - extra
      if Self.holds(Self.encryption, header, from: records) { isEncrypted = true }
      isLink = Self.holds(Self.link, header, from: records)
      if isLink && data > Self.maxLinkBytes { hasFilledLink = true }
    case 4:
      isEncrypted = true
      // What else it is cannot be seen.
      isVolume = true
    case 5:
      guard let own = Self.variable(header, &offset) else { return nil }
      if own & 1 != 0 { goesOn = true }
      lastEnd = place + begin + size
      return Self.volumeEnds
    default: break
    }
    return next(behind: place + begin + size, data, isMember: type == 2 && !isLink)
  }

  /// Where the next header stands: behind that many bytes of a block, which follow its own at `place`.
  private mutating func next(behind place: Int, _ bytes: Int, isMember: Bool) -> Int? {
    let (next, isTooFar) = place.addingReportingOverflow(bytes)
    if isTooFar { return nil }
    if !isMember && bytes > 0 { others.append(place..<next) }
    return next
  }

  /// Records of a header's extra area: how the member is encrypted, and what it is a link to.
  private static let encryption = 1
  private static let link = 5

  /// Whether the header's extra area has a record of this type.
  private static func holds(_ type: Int, _ header: [UInt8], from start: Int) -> Bool {
    var offset = start
    while offset < header.count {
      guard let size = variable(header, &offset), size > 0, size <= header.count - offset else {
        return false
      }
      let end = offset + size
      if variable(header, &offset) == type { return true }
      offset = end
    }
    return false
  }

  // MARK: Numbers

  /// A number of 7 bits a byte, the lowest first; nil if it does not fit or is cut.
  private static func variable(_ bytes: [UInt8], _ offset: inout Int) -> Int? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard offset < bytes.count else { return nil }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return Int(exactly: value) }
    }
    return nil
  }

  /// The bytes at `place`, or nil if there are fewer.
  private mutating func bytes(_ place: Int, _ wanted: Int) -> [UInt8]? {
    if place < bufferStart || place + wanted > bufferStart + buffer.count {
      bufferStart = place
      buffer = source.bytes(from: place, limit: Swift.max(wanted, 4096))
    }
    guard buffer.count - (place - bufferStart) >= wanted else {
      isBehindBytes = true
      return nil
    }
    return Array(buffer[(place - bufferStart)..<(place - bufferStart + wanted)])
  }
}
