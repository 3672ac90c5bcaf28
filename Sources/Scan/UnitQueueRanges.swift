internal import Dumps
internal import Formats
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

// Big files, of which each range is a unit, whoever reads it.
extension UnitQueue {
  /// Whether a file is read in ranges of that length.
  static func isCut(_ file: DumpFile, name: [UInt8], rangeBytes: UInt64) -> Bool {
    file.log == nil && UInt64(file.size) > rangeBytes && file.companions.isEmpty
      && !file.isSparse && !ArchiveName.isArchive(name)
  }

  mutating func begin(bigFile file: DumpFile) {
    lastFile += 1
    fileCount += 1
    lastOrigin += 1
    let dump = nextDump - 1
    origins[lastOrigin] = Origin(dump: dump, log: nil, root: lastOrigin, isWhole: false)
    note(file, of: lastOrigin)
    let ranges = RangedFile(
      file: lastFile, size: UInt64(file.size), length: rangeBytes, maxAhead: maxRangesAhead)
    var entry = BigFile(
      ranges: ranges, origin: lastOrigin, dump: dump, path: file.path, name: name(of: file),
      descriptor: file.descriptor)
    // What was read of a file of another length says nothing of this one.
    entry.listed = (selection?.ranges(dump: dump, path: file.path) ?? []).filter {
      $0.fileBytes == UInt64(file.size)
    }
    if selection?.isOfRanges == true {
      entry.wanted = entry.listed.map(\.index).reversed()
    } else if entry.listed.contains(where: { $0.reading != nil }) {
      begun.append(lastFile)
    }
    bigFiles.append((lastFile, entry))
    closeIfRecorded(lastFile)
  }

  /// Big files of which ranges were read elsewhere, since last asked: none of their ranges is given out before.
  mutating func takeBegun() -> [(number: UInt32, file: BigFile)] {
    defer { begun = [] }
    return bigFiles.filter { begun.contains($0.number) }
  }

  func bigFile(_ number: UInt32) -> BigFile? {
    bigFiles.first { $0.number == number }?.file
  }

  /// The origin of what a unit reads on disk. That of a range is the big file's, in whose name it is known as read.
  func root(of unit: Unit) -> UInt32 {
    unit.range.flatMap { bigFile($0.file)?.origin } ?? unit.origin
  }

  /// New numbers for what was found in a range, and for the unit that it would be.
  mutating func makeRangeOrigin() -> (origin: UInt32, unit: UInt32) {
    lastOrigin += 1
    lastUnit += 1
    return (lastOrigin, lastUnit)
  }

  /// Forgets a unit that is a range which was read for another run, or lost.
  mutating func finish(
    recordedRange unit: UInt32
  ) -> (range: RangeUnit, origin: UInt32, dump: Int, path: [UInt8])? {
    guard let ended = units.removeValue(forKey: unit), let range = ended.range else { return nil }
    if let place = bigFiles.firstIndex(where: { $0.number == range.file }) {
      bigFiles[place].file.openRanges -= 1
      closeIfRecorded(range.file)
    }
    return (range, ended.origin, ended.dump, ended.path)
  }

  /// Forgets a big file of which all that was wanted was read for another run.
  private mutating func closeIfRecorded(_ number: UInt32) {
    guard let place = bigFiles.firstIndex(where: { $0.number == number }),
      let wanted = bigFiles[place].file.wanted, wanted.isEmpty, bigFiles[place].file.openRanges == 0
    else { return }
    let file = bigFiles.remove(at: place).file
    _ = close(file.descriptor)
    origins[file.origin] = nil
  }

  /// Takes what another host has read of a range, and says what follows for its file; nil if it cannot be so.
  mutating func finish(
    recorded index: UInt32, of number: UInt32, _ answer: RangedFile.Answer, origin: UInt32
  ) -> RangeOutcome? {
    guard let place = bigFiles.firstIndex(where: { $0.number == number }),
      case .read(let done, let file) = answer,
      Self.canBe(done, range: index, of: bigFiles[place].file.ranges),
      file.bytes <= bigFiles[place].file.ranges.size
    else { return nil }
    bigFiles[place].file.ranges.skip(index)
    return finish(place, index, answer, origin: origin)
  }

  /// A unit of the next range that can be read of a big file, or nil.
  mutating func nextRange() -> WorkerHandle.Batch? {
    for place in bigFiles.indices where !begun.contains(bigFiles[place].number) {
      let copy = fcntl(bigFiles[place].file.descriptor, F_DUPFD_CLOEXEC, 0)
      guard copy >= 0, let range = bigFiles[place].file.nextRange() else {
        if copy >= 0 { _ = close(copy) }
        continue
      }
      let (number, file) = bigFiles[place]
      lastUnit += 1
      lastOrigin += 1
      lastFile += 1
      units[lastUnit] = Unit(
        origin: lastOrigin, dump: file.dump, path: file.path,
        range: RangeUnit(file: number, index: range.index))
      // The reading may go on to the end of the file.
      let rest = file.ranges.size - UInt64(range.index) * range.length
      files[lastFile] = File(unit: lastUnit, path: file.path, size: rest)
      var item = WorkerTask.FileItem(
        unit: lastUnit, file: lastFile, size: file.ranges.size, name: file.name)
      item.isLastOfUnit = true
      item.isAlone = true
      item.range = range
      return WorkerHandle.Batch(items: [item], descriptors: [copy])
    }
    return nil
  }

  /// Notes what a worker says of a range; false if it cannot be so.
  mutating func note(_ done: ResultFrame.RangeDone, unit: UInt32) -> Bool {
    guard let range = units[unit]?.range, range.done == nil,
      let file = bigFile(range.file), Self.canBe(done, range: range.index, of: file.ranges),
      [done.began, done.ended].allSatisfy({ $0.isEmpty || LineState($0) != nil })
    else { return false }
    units[unit]?.range?.done = done
    return true
  }

  private static func canBe(
    _ done: ResultFrame.RangeDone, range index: UInt32, of file: RangedFile
  ) -> Bool {
    index < file.count && done.next.map { $0 > index && $0 <= file.count } ?? true
  }

  /// Forgets a unit that is a range, read or lost (`code`), and says what follows for its file.
  mutating func finish(range unit: UInt32, lost code: Problem.Code?) -> RangeOutcome? {
    guard let range = units[unit]?.range, let origin = units[unit]?.origin else { return nil }
    units[unit] = nil
    guard let place = bigFiles.firstIndex(where: { $0.number == range.file }) else { return nil }
    var answer = RangedFile.Answer.lost(code ?? .protocolError)
    if code == nil, let done = range.done, let fileDone = range.fileDone {
      answer = .read(done, fileDone)
    }
    return finish(place, range.index, answer, origin: origin)
  }

  mutating func finish(
    _ place: Int, _ index: UInt32, _ answer: RangedFile.Answer, origin: UInt32
  ) -> RangeOutcome {
    let steps = bigFiles[place].file.ranges.finish(index, answer, origin: origin)
    let (number, file) = bigFiles[place]
    if file.ranges.isDone {
      bigFiles.remove(at: place)
      _ = close(file.descriptor)
      origins[file.origin]?.isWhole = true
      finishIfRead(file.origin)
    }
    return RangeOutcome(number: number, file: file, steps: steps)
  }

  /// What follows from the end of a range.
  struct RangeOutcome {
    var number: UInt32
    var file: BigFile
    var steps: [RangedFile.Step]
  }

  /// Notes that a worker has read the file that a range's unit is.
  mutating func note(_ done: ResultFrame.FileDone, unit: UInt32) {
    units[unit]?.range?.fileDone = done
  }
}

extension UnitQueue.BigFile {
  /// The next range to read, or nil if there is none or that depends on those that are being read.
  fileprivate mutating func nextRange() -> WorkerTask.FileRange? {
    guard wanted != nil else { return ranges.next() }
    guard let index = wanted?.popLast() else { return nil }
    openRanges += 1
    // As it is given out before the ones before it are read.
    return WorkerTask.FileRange(
      length: ranges.length, index: index, readsOn: index == 0, state: [])
  }
}
