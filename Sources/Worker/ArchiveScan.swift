internal import Bytes
internal import Dumps
internal import Formats

/// Reads one file of a dump that is an archive, and the archives in it, once and from front to back.
///
/// Which member belongs to which log is known only when all names are: the supervisor decides it then. So
/// members are announced with their paths, and what is known of a folder's machine is kept (`ArchiveMachines`).
struct ArchiveScan {
  /// What begins as an archive behind other bytes, and holds nothing, may be more of those. Behind so many in one file of the
  /// dump, which are told, none is looked for: each costs a tenth of a millisecond, and may have 6 bytes.
  private static let maxFalseBeginnings = 100
  /// Nor behind so many parts of a file that stand beside archives: each costs a look at 64 KiB.
  private static let maxParts = 1000

  private let settings: ArchiveSettings
  private let budget: ArchiveBudget
  private let file: UInt32
  private let name: [UInt8]
  private let results: ResultPipe
  /// Those of the operator and those beside the archive, each once.
  private let passwords: [[UInt8]]
  private let knownPasswords: Set<[UInt8]>
  private var machines: ArchiveMachines
  /// The folder that the last member's log has, if it is one.
  private var log: [UInt8]?
  private var falseBeginnings = 0
  private var parts = 0
  /// Whether a member has a hit.
  private(set) var hasMatch = false

  /// `name` is that of the file; `sideCar` are passwords that lie beside it.
  init(
    _ settings: ArchiveSettings, file: UInt32, name: [UInt8], sideCar: [[UInt8]],
    results: ResultPipe
  ) {
    self.settings = settings
    self.file = file
    self.name = name
    self.results = results
    machines = ArchiveMachines(settings.shape, file: file, results: results)
    let operators = Set(settings.passwords)
    let others = sideCar.filter { !operators.contains($0) }
    passwords = settings.passwords + others
    knownPasswords = operators.union(others)
    budget = ArchiveBudget(settings.limits) { results.send(.progress(bytes: 0)) }
  }

  /// Says that the file is an archive, and whether parts of it are known to be missing.
  func begin(lacksVolumes: Bool) {
    results.send(.archive(file: file))
    if lacksVolumes { report(.volumeMissing, []) }
  }

  /// Reads all of `source`, which is the file or, of a set that turns out to be several archives, that of `number`: then
  /// nothing in it belongs to what is in the others.
  mutating func read(
    _ source: any ByteSource, _ archive: ReadingPlan.Archive, number: Int?,
    with files: inout FileReader
  ) {
    read(source, archive, path: number.map { Array("#\($0)".utf8) } ?? [], depth: 1, &files)
  }

  /// Reads what is no archive in such a set, or only within.
  mutating func readOther(_ source: any ByteSource, number: Int, with files: inout FileReader) {
    guard let size = source.size else { return }
    let path = Array("#\(number)".utf8)
    let others = readPart(PartOfFile(source, 0..<size), path: path, depth: 1, &files)
    read(others, of: source, path: path, depth: 1, &files)
  }

  /// Whether archives behind other bytes are still looked for in this file.
  private var looksForArchives: Bool {
    falseBeginnings < Self.maxFalseBeginnings && parts < Self.maxParts
  }

  /// Forgets what was seen of its last log.
  func end(_ files: inout FileReader) {
    files.traces.forgetCookies()
    files.endUnit()
  }

  /// Reads the archive at `path`, those in it, and what stands beside it in the same file.
  private mutating func read(
    _ source: any ByteSource, _ archive: ReadingPlan.Archive, path: [UInt8], depth: Int,
    _ files: inout FileReader
  ) {
    guard depth <= settings.limits.depth else { return report(.depthLimit, path) }
    var others = readOne(
      source, archive, path: path, depth: depth, isInside: archive.offset > 0, &files)
    // Nobody unpacks what is to be skipped, and anything may stand there.
    if archive.isBehindSkipped { others += source.contents(of: [0..<archive.offset]) }
    read(others, of: source, path: path, depth: depth, &files)
  }

  /// Reads what stands beside an archive, and what then still belongs to nothing.
  private mutating func read(
    _ ranges: [Range<Int>], of source: any ByteSource, path: [UInt8], depth: Int,
    _ files: inout FileReader
  ) {
    var others = ranges
    var count = 0
    while count < others.count {
      if let fault = budget.takeMember() { return report(fault, path) }
      let bytes = others[count]
      count += 1
      let own = Self.path(of: Array("#\(count + 1)".utf8), in: path)
      for part in readPart(PartOfFile(source, bytes), path: own, depth: depth, &files) {
        // Of a stream nobody knows the end.
        let end = bytes.lowerBound + min(part.upperBound, bytes.count)
        others.append((bytes.lowerBound + part.lowerBound)..<end)
      }
    }
  }

  /// Reads what stands in a file beside an archive, and says which bytes of it belong to neither.
  private mutating func readPart(
    _ part: PartOfFile, path: [UInt8], depth: Int, _ files: inout FileReader
  ) -> [Range<Int>] {
    parts += 1
    if parts == Self.maxParts { report(.bytesBehind, path) }
    let place = enter(path, &files)
    let rules = files.rules
    let plan = files.sample(part) { ReadingPlan($0, name: place.name, labels: rules.labels) }
    if let archive = plan.archive, looksForArchives {
      return readOne(part, archive, path: path, depth: depth, isInside: true, &files)
    }
    results.gather(.member(ResultFrame.Member(file: file, path: path, modified: nil)))
    let done = readContent(part, plan, path, place, &files)
    results.gather(.memberDone(ResultFrame.MemberDone(done: done)))
    guard let archive = files.archive else { return [] }
    return readOne(
      part, ReadingPlan.Archive(archive), path: path, depth: depth, isInside: true, &files)
  }

  /// Reads one archive and those in it, and says which bytes of `source` belong to none of them. With `isInside`, it stands
  /// behind something else.
  private mutating func readOne(
    _ source: any ByteSource, _ archive: ReadingPlan.Archive, path: [UInt8], depth: Int,
    isInside: Bool, _ files: inout FileReader
  ) -> [Range<Int>] {
    var sevenZip: SevenZipArchive?
    var passwords: [[UInt8]] = []
    switch archive.kind {
    case .zip:
      let all = self.passwords(forArchiveAt: path)
      passwords = ZipPasswords(all, of: source, budget: budget).fitting
    case .sevenZip:
      sevenZip = SevenZipArchive(
        source, from: archive.offset, passwords: self.passwords(forArchiveAt: path), budget: budget)
    default: break
    }
    let deciphered = sevenZip?.deciphered
    let input = ArchiveInput(
      deciphered ?? source, from: deciphered == nil ? archive.offset : 0, isOutermost: depth == 1)
    guard
      let reader = ArchiveReader(
        input, kind: archive.kind, budget: budget, passwords: passwords, known: sevenZip?.fault)
    else {
      report(.memory, path)
      return []
    }
    guard depth + reader.layers - 1 <= settings.limits.depth else {
      report(.depthLimit, path)
      return []
    }
    let before = budget.bytes
    var faults: [ArchiveFault] = []
    var isListed = false
    reading: while true {
      switch reader.next() {
      case .end: break reading
      case .lost(let fault, let member):
        if let member {
          isListed = true
          let name = self.path(of: member, archive.kind, in: path)
          announce(member, name)
          let done = ResultFrame.FileDone(file: file, kind: .empty)
          results.gather(.memberDone(ResultFrame.MemberDone(done: done, faults: [fault])))
        } else {
          if faults.last != fault { faults.append(fault) }
          report(fault, path)
        }
      case .member(let member, let stream):
        read(member, stream, archive.kind, of: path, depth, &files)
      }
    }
    faults += reader.faults
    if sevenZip?.hasLooseBytes == true, !faults.contains(.membersMissing) {
      faults.append(.membersMissing)
      report(.membersMissing, path)
    }
    for fault in reader.faults { report(fault, path) }
    let others = sevenZip?.others ?? reader.others
    let isNone =
      !isListed && faults.allSatisfy { $0.isOfForm || archive.kind.isLayer && $0 == .method }
    // What a RAR's headers say of others, no checksum proves.
    let isRAR = archive.kind == .rar4 || archive.kind == .rar5
    if budget.bytes == before, !faults.isEmpty, isNone, isInside || others.isEmpty || isRAR {
      if isInside { falseBeginnings += 1 }
      if falseBeginnings == Self.maxFalseBeginnings { report(.bytesBehind, path) }
      // What was no archive, though it began as one, must not hide what stands behind its mark.
      return [(archive.offset + 1)..<(source.size ?? .max)]
    }
    return others
  }

  /// Those to try on the archive at `path`, in order.
  private func passwords(forArchiveAt path: [UInt8]) -> [[UInt8]] {
    let own = path.isEmpty ? name : Self.lastName(of: path)
    var words = ArchivePasswords.words(ofName: own)
    for word in ArchivePasswords.words(ofName: name) where !words.contains(word) {
      words.append(word)
    }
    return passwords + words.filter { !knownPasswords.contains($0) }
  }

  private func report(_ fault: ArchiveFault, _ path: [UInt8]) {
    results.send(
      .archiveFault(ResultFrame.ArchiveFaultReport(file: file, path: path, fault: fault)))
  }

  // MARK: Members

  private mutating func read(
    _ member: ArchiveMember, _ stream: MemberStream, _ kind: ArchiveKind,
    of archive: [UInt8], _ depth: Int, _ files: inout FileReader
  ) {
    let path = path(of: member, kind, in: archive)
    let name = Self.lastName(of: path)
    let isUnopened = isUnopened(name)
    if member.isLink || member.isDirectory {
      // They have no bytes of their own, as a rule, and those of others are read under their first name.
      let isFirstUnopened = member.linked.map { self.isUnopened(Self.lastName(of: $0)) } == true
      if member.isLink && (member.hidesBytes || !isUnopened && isFirstUnopened) {
        report(.nonRegular, path)
      }
      guard member.isDirectory, member.hidesBytes else { return }
    }
    if isUnopened && !kind.isLayer {
      announce(member, path)
      let done = ResultFrame.FileDone(file: file, kind: .unopened)
      return results.gather(.memberDone(ResultFrame.MemberDone(done: done)))
    }
    stream.keep(FileReader.sampleBytes)
    let place = enter(path, &files)
    let rules = files.rules
    let plan = files.sample(stream) {
      ReadingPlan($0, name: place.name, labels: rules.labels)
    }
    if let nested = plan.archive {
      if !kind.isLayer {
        announce(member, path)
        let done = ResultFrame.FileDone(file: file, kind: .archive)
        results.gather(.memberDone(ResultFrame.MemberDone(done: done)))
      }
      return read(nested, stream, at: path, depth, &files)
    }
    announce(member, path)
    read(stream, plan, path, place, depth, &files)
  }

  private func isUnopened(_ name: [UInt8]) -> Bool {
    !settings.opensAllFiles && settings.shape.isUnopened(name)
  }

  private func announce(_ member: ArchiveMember, _ path: [UInt8]) {
    results.gather(
      .member(ResultFrame.Member(file: file, path: path, modified: member.modified)))
  }

  private mutating func read(
    _ archive: ReadingPlan.Archive, _ stream: MemberStream, at path: [UInt8], _ depth: Int,
    _ files: inout FileReader
  ) {
    // Both are read from their ends; a zip can be read without, though not as surely.
    let needsEnd = archive.kind == .zip || archive.kind == .sevenZip
    if needsEnd { stream.keepNested() }
    if archive.kind == .sevenZip && stream.size == nil && depth < settings.limits.depth {
      report(.nestedTooLarge, path)
    } else {
      read(stream, archive, path: path, depth: depth + 1, &files)
    }
    stream.drain()
    for fault in stream.faults { report(fault, path) }
  }

  private mutating func read(
    _ stream: MemberStream, _ plan: ReadingPlan, _ path: [UInt8], _ place: Place, _ depth: Int,
    _ files: inout FileReader
  ) {
    stream.keep(MemberStream.keptBytes)
    if plan.kind == .database { stream.keepNested(BrowserDatabase.maxBytes + 1) }
    let done = readContent(stream, plan, path, place, &files)
    // Of larger ones there would be too many: their write-ahead logs are told as not read.
    if plan.kind == .database, let size = stream.size, size <= MemberStream.keptBytes {
      _ = files.keep(database: KeptBytes(stream.bytes(from: 0, limit: size)), name: place.name)
    }
    let embedded = files.archive
    if embedded == nil { stream.drain() }
    results.gather(
      .memberDone(ResultFrame.MemberDone(done: done, faults: stream.faults)))
    if let embedded { read(ReadingPlan.Archive(embedded), stream, at: path, depth, &files) }
  }

  /// Reads what is no archive: a member, or a part of a file.
  private mutating func readContent(
    _ source: some ByteSource, _ plan: ReadingPlan, _ path: [UInt8], _ place: Place,
    _ files: inout FileReader
  ) -> ResultFrame.FileDone {
    files.worker.countsRepeats = place.log.isEmpty
    files.worker.serviceCounter.reportsAllHosts = false
    files.isInArchive = true
    files.looksForArchives = looksForArchives
    let done = files.read(source, file: file, name: place.name, plan)
    files.looksForArchives = true
    files.isInArchive = false
    for traces in files.traces.take(unit: file, goesOn: true) {
      results.gather(.memberTraces(traces))
    }
    if files.worker.hasHit {
      hasMatch = true
      machines.noteMatch(at: path, files.rules)
    }
    if done.kind == .text { machines.look(at: source, log: place.log, name: place.name, &files) }
    return done
  }

  // MARK: Paths and folders

  /// Where a member stands.
  private struct Place {
    /// The folder that is its log, if it stands in one.
    var log: [UInt8]
    /// Its path within that.
    var name: [UInt8]
  }

  /// The path of a member of the archive at `archive`. Whatever it holds, it is a label.
  private func path(
    of member: ArchiveMember, _ kind: ArchiveKind, in archive: [UInt8]
  ) -> [UInt8] {
    // What is in a layer has no name but the layer's.
    if kind.isLayer { return archive }
    var name = member.name.isEmpty ? Array("#\(member.number)".utf8) : member.name
    var start = 0
    while name[start...].starts(with: "./".utf8) { start += 2 }
    name.removeFirst(start)
    return Self.path(of: name, in: archive)
  }

  private static func path(of name: [UInt8], in archive: [UInt8]) -> [UInt8] {
    let path = archive.isEmpty ? name : archive + ResultFrame.Member.separator + name
    return Array(path.suffix(ResultFrame.maxPathBytes))
  }

  /// Notes which log follows, if it is another than before.
  private mutating func enter(_ path: [UInt8], _ files: inout FileReader) -> Place {
    let parts = path.split(separator: ASCII.slash).map { Array($0) }
    let depth = settings.shape.likelyLog(parts.dropLast())
    let log = Array(parts.prefix(depth).joined(separator: [ASCII.slash]))
    if log != self.log {
      self.log = log
      files.endUnit()
      files.traces.forgetCookies()
    }
    var name = Array(parts.dropFirst(depth).joined(separator: [ASCII.slash]))
    if name.isEmpty { name = ArchiveName.stem(of: self.name) }
    return Place(log: log, name: name)
  }

  private static func lastName(of path: [UInt8]) -> [UInt8] {
    path.split(separator: ASCII.slash).last.map { Array($0) } ?? []
  }
}
