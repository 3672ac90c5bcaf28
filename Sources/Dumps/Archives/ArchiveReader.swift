internal import CArchive

/// Reads one archive, member by member and once, through libarchive.
///
/// It says "OK" where it delivered nothing, so what is delivered is compared with what is declared. Whatever it says, names and
/// sizes are an attacker's.
/// Safe although it holds a pointer: `block` is looked at only before libarchive is asked for another.
@safe public final class ArchiveReader {
  /// What comes next.
  public enum Step {
    case member(ArchiveMember, MemberStream)
    /// A member whose header cannot be read, with what is known of it; others may follow.
    case lost(ArchiveFault, ArchiveMember?)
    /// Nothing more, as it is read or cannot be read further.
    case end
  }

  private var archive: LibArchive?
  private let input: ArchiveInput
  private let kind: ArchiveKind
  private let budget: ArchiveBudget
  private let known: ArchiveFault?
  private let passwords: [[UInt8]]
  /// Whether it was not known how long it is when its reading began.
  private let isStream: Bool
  private var stream: MemberStream?
  private var current: ArchiveMember?
  private var number = 0
  /// What libarchive lends of the member, up to the next call, and zeros that stand before it.
  private var block = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  private var zeros = 0
  private var scratch: [UInt8] = []
  /// Bytes of the member that were delivered.
  private var delivered = 0
  private var bytes = 0
  private var isOver = false
  private let outline: ArchiveOutline
  /// What was wrong when the first bytes were unpacked. libarchive then takes a layer for one of nothing, and forgets it.
  private var openingFault: ArchiveFault?
  /// Which bytes of the source belong to nothing that was read, though they are not all zeros: what stands behind the
  /// archive's end, or in a zip between its members. Known when the archive is read to its end.
  public private(set) var others: [Range<Int>] = []
  /// What was wrong with the archive as such; each once.
  public private(set) var faults: [ArchiveFault]
  /// Where members of a zip should be that are not there.
  private var lost: [Range<Int>] = []
  /// Whether the member at hand is encrypted in a way that libarchive takes for damage.
  private var isStronglyEncrypted = false

  /// Calls without a byte, read or unpacked, or a member, one after the other, after which no more is expected.
  private static let maxIdle = 16

  /// Begins to read; nil if libarchive gives nothing to read with. `passwords` are tried for each encrypted member, in order.
  /// `known` is told in the place of what libarchive makes of an archive that it cannot read.
  public init?(
    _ input: ArchiveInput, kind: ArchiveKind, budget: ArchiveBudget, passwords: [[UInt8]] = [],
    known: ArchiveFault? = nil
  ) {
    budget.begin(input)
    self.input = input
    self.kind = kind
    self.budget = budget
    self.known = known
    self.passwords = passwords.filter { !$0.isEmpty && !$0.contains(0) }
    isStream = input.size == nil
    outline = ArchiveOutline(kind, input)
    faults = outline.faults
    if faults.contains(.encryptedRAR) { isOver = true }
    if outline.members != nil || isOver { return }
    guard
      let archive = LibArchive(
        input, kind: kind, zip: outline.lacksDirectory ? .withoutDirectory : .any,
        passwords: self.passwords
      )
    else { return nil }
    self.archive = archive
    if !archive.isOpen { giveUp() }
    guard kind.isLayer else { return }
    if archive.hasFailed {
      openingFault = lastFault
    } else if archive.position == 0 {
      openingFault = .damaged
    }
    if !isOver { layers = archive.layers }
  }

  /// Archives within each other that are read as one.
  public private(set) var layers = 1

  /// The next member; what was not read of the one before it is passed over.
  public func next() -> Step {
    closeMember()
    if let members = outline.members, !isOver { return next(of: members) }
    var idle = 0
    while !isOver, let archive {
      let (code, entry) = unsafe archive.nextHeader()
      if code == ARCHIVE_EOF { return finish() }
      if code == ARCHIVE_RETRY && idle < Self.maxIdle {
        // A header that it could make nothing of.
        note(lastFault)
        idle += 1
        continue
      }
      if code == ARCHIVE_FATAL || code == ARCHIVE_RETRY {
        giveUp()
        break
      }
      guard countMember() else { break }
      guard code != ARCHIVE_FAILED, let entry = unsafe entry else { return .lost(lastFault, nil) }
      return unsafe begin(entry, hasWarning: code == ARCHIVE_WARN)
    }
    return .end
  }

  /// Counts a member; false if that ends the reading.
  private func countMember() -> Bool {
    number += 1
    guard let fault = budget.takeMember() ?? ratioFault else { return true }
    end(fault)
    return false
  }

  /// The next member that the directory of a zip lists.
  private func next(of members: ZipMembers) -> Step {
    guard number < members.count else { return finish() }
    guard countMember() else { return .end }
    guard let listed = members.listed(number - 1, of: input.source) else {
      end(.ioError)
      return .end
    }
    guard let zip = listed.zip else { return lose(listed, listed.fault) }
    input.begin(zip)
    isStronglyEncrypted = listed.isStronglyEncrypted
    guard
      let archive = LibArchive(
        input, kind: .zip, zip: .member, passwords: listed.isEncrypted ? passwords : [])
    else {
      end(.memory)
      return .end
    }
    self.archive = archive
    let (code, entry) = unsafe archive.nextHeader()
    if input.isFailed {
      end(.ioError)
      return .end
    }
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry = unsafe entry else {
      return lose(listed, lastFault)
    }
    return unsafe begin(entry, hasWarning: code == ARCHIVE_WARN, name: listed.name)
  }

  /// Passes over a member that cannot be read; what stands there may be another.
  private func lose(_ listed: ZipMembers.Listed, _ fault: ArchiveFault) -> Step {
    if let place = listed.place { lost.append(place) }
    return .lost(fault, ArchiveMember(name: listed.name, number: number))
  }

  /// Begins a member. In a zip, its name is that of the directory: its own header may say another, and reach into what it holds.
  private func begin(_ entry: OpaquePointer, hasWarning: Bool, name: [UInt8]? = nil) -> Step {
    // Other warnings are of names.
    if hasWarning, lastFault == .sizeMismatch { note(.sizeMismatch) }
    let member = unsafe ArchiveMember(
      entry, number: number, kind: kind, listedName: name)
    current = member
    delivered = 0
    unsafe block = UnsafeRawBufferPointer(start: nil, count: 0)
    zeros = 0
    let stream = MemberStream(self, budget)
    self.stream = stream
    return .member(member, stream)
  }

  /// Reads no further.
  public func close() {
    isOver = true
    stream = nil
  }

  private func closeMember() {
    guard let stream else { return }
    if !isOver { stream.skip() }
    if let fault = stream.faults.first(where: \.endsArchive) { end(fault) }
    self.stream = nil
    current = nil
  }

  private func finish() -> Step {
    isOver = true
    if input.isFailed { note(.ioError) }
    if let listed = outline.listed, number < listed { note(.membersMissing) }
    if number == 0, let fault = openingFault {
      note(fault)
    } else {
      lookBehind()
    }
    // What headers leave out that list nothing is read as what stands beside them.
    if number == 0, faults.isEmpty, others.isEmpty, outline.listed != 0,
      !kind.mayHoldNothing(input.source, from: input.start)
    {
      note(.damaged)
    }
    return .end
  }

  /// Looks for what stands behind the archive's end and in its gaps: libarchive does not.
  private func lookBehind() {
    keepSource()
    guard let end = outline.end ?? countedEnd else {
      if outline.lacksDirectory { lookBehindMembers() }
      if kind == .zip && isStream { note(.bytesBehind) }
      return
    }
    // A tar ends with zeros. Without them it is cut between two members.
    if kind == .tar,
      input.source.bytes(from: end - 512, limit: 512) != .init(repeating: 0, count: 512)
    {
      note(.truncated)
    }
    // What is lost may stand in a gap, and beside what else is.
    look(
      into: lost.isEmpty ? outline.gaps : Array(RangeSet(outline.gaps + lost).ranges), behind: end)
  }

  /// Has what is within another archive kept as a whole, so that it has a size and can be read from any place.
  private func keepSource() {
    (input.source as? MemberStream)?.keep(MemberStream.keptBytes)
  }

  /// Says what stands in the gaps, and behind the end if it is known; of what is too large to keep, that something does.
  private func look(into gaps: [Range<Int>], behind end: Int?) {
    let rest = end.map { $0..<Swift.max($0, input.source.size ?? .max) }
    if input.source.size != nil {
      others = input.source.contents(of: gaps + (rest.map { [$0] } ?? []))
    } else if !gaps.isEmpty || rest.map({ input.source.firstContent(in: $0) != nil }) ?? false {
      note(.bytesBehind)
    }
  }

  /// Looks for what stands behind the last member of a zip that was found without a directory.
  private func lookBehindMembers() {
    guard faults.contains(.damaged), input.source.size != nil else { return note(.truncated) }
    look(into: [], behind: place)
  }

  /// Where libarchive has ended, if that tells where the archive does.
  private var countedEnd: Int? {
    let end = place
    switch kind {
    case .sevenZip: return nil
    // Without the directory, it stops where that begins.
    case .zip:
      return isStream || outline.lacksDirectory
        ? ZipDirectory.end(of: input.source, from: end, budget) : nil
    case .rar5: return RARHeaders.end(of: input.source, near: end)
    // It has looked at what may be the mark of another frame.
    case .lz4: return end < input.source.size ?? 0 ? end - 4 : end
    default: return end
    }
  }

  /// Where in the source libarchive stands.
  private var place: Int { input.start + (archive?.position ?? 0) }

  private func end(_ fault: ArchiveFault) {
    note(fault)
    isOver = true
  }

  /// Reads no further, as libarchive does not. A second directory may have led it astray, so gaps count all the same; and of a
  /// zip without a directory, what is left of it.
  private func giveUp() {
    end(lastFault)
    keepSource()
    look(into: outline.gaps, behind: outline.lacksDirectory ? place : nil)
  }

  private func note(_ fault: ArchiveFault) {
    if !faults.contains(fault) { faults.append(fault) }
  }

  /// What libarchive said last.
  private var lastFault: ArchiveFault {
    if input.isFailed { return .ioError }
    if isStronglyEncrypted { return .encrypted }
    guard let message = archive?.message else { return .damaged }
    let fault = ArchiveFault.named(by: message, kind)
    if let known, [.damaged, .encrypted7z, .method].contains(fault) { return known }
    // What stands at the end of a zip that is cut looks damaged.
    let isCut = outline.lacksDirectory && !faults.contains(.damaged) || faults.contains(.truncated)
    return fault == .damaged && isCut ? .truncated : fault
  }

  // MARK: For the stream of a member

  static let scratchBytes = 256 << 10

  /// Lends room to unpack into; it is the same for all members, one after the other.
  func withScratch<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
    if scratch.isEmpty { scratch = [UInt8](repeating: 0, count: Self.scratchBytes) }
    return unsafe scratch.withUnsafeMutableBytes { unsafe body($0) }
  }

  /// How long the member says that it is, or nil if it does not.
  var declared: Int? { current?.declared }

  /// Whether a member is passed over by unpacking it.
  var unpacksToSkip: Bool {
    switch kind {
    case .tar: false
    // Of a member that does not say how long it is, only its end tells where the next begins.
    case .zip: isStream || outline.lacksDirectory
    default: true
    }
  }

  /// Set if more came out than so little can hold.
  var ratioFault: ArchiveFault? {
    budget.limits.isBomb(bytes, of: input.packedBytes) ? .ratioLimit : nil
  }

  /// Unpacks a piece of the member.
  func read(
    into room: UnsafeMutableRawBufferPointer
  ) -> (count: Int, fault: ArchiveFault?, isEnd: Bool) {
    var fault: ArchiveFault?
    var idle = 0
    // A hole at the end has no block behind it.
    while unsafe block.isEmpty, zeros == 0 {
      guard !isOver, let archive else { return (0, fault, true) }
      if idle > Self.maxIdle { return (0, fault ?? sizeFault ?? .damaged, true) }
      let before = input.bytesRead
      let (code, bytes, offset) = unsafe archive.nextBlock()
      // Blocks of nothing may stand before the data, as many as one likes.
      idle = input.bytesRead > before ? 0 : idle + 1
      if code == ARCHIVE_EOF { return (0, fault ?? sizeFault, true) }
      if code == ARCHIVE_OK || code == ARCHIVE_WARN {
        unsafe block = bytes
        // A hole of a sparse file.
        zeros = Swift.max(0, offset - delivered)
        if code == ARCHIVE_WARN { fault = fault ?? lastFault }
      } else if code != ARCHIVE_RETRY {
        // Where libarchive stops for good, that is the end, but of a zip's member alone.
        if code == ARCHIVE_FATAL, outline.members == nil || input.isFailed { giveUp() }
        return (0, fault ?? lastFault, true)
      }
      // What comes out is timed where it is counted.
      if unsafe block.isEmpty, zeros == 0, !budget.hasTime { return (0, .timeLimit, true) }
    }
    let count = unsafe Swift.min(room.count, zeros > 0 ? zeros : block.count)
    if zeros > 0 {
      unsafe UnsafeMutableRawBufferPointer(rebasing: room[0..<count]).initializeMemory(
        as: UInt8.self, repeating: 0)
      zeros -= count
    } else {
      unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[0..<count]))
      unsafe block = UnsafeRawBufferPointer(rebasing: block[count...])
    }
    bytes += count
    delivered += count
    return (count, fault, false)
  }

  /// Set if the member is not as long as it says.
  private var sizeFault: ArchiveFault? {
    guard let declared = current?.declared, declared != delivered else { return nil }
    return .sizeMismatch
  }
}
