internal import Bytes
internal import Dumps
internal import Worker

/// What workers say of archives.
extension Supervisor {
  /// The archive that the worker is at.
  func archive(of worker: WorkerHandle) -> ArchiveContents? {
    if archives.isEmpty { return nil }
    for batch in worker.underWay {
      for item in batch.items { if let contents = archives[item.file] { return contents } }
    }
    return nil
  }

  /// Takes a frame that is of an archive; false if this worker may not send it now.
  func takeOfArchive(_ frame: ResultFrame, from worker: WorkerHandle) -> Bool {
    switch frame {
    case .archive(let number):
      guard let file = open(number, worker), archive(of: worker) == nil else { return false }
      let name = file.path.split(separator: ASCII.slash).last.map { Array($0) }
      archives[number] = ArchiveContents(
        name: name ?? nameOfDump(file), shape: shape, maxMembers: configuration.archives.members)
      return true
    case .member(let member):
      guard open(member.file, worker) != nil else { return false }
      return archives[member.file]?.begin(member) ?? false
    case .memberDone(let member):
      guard let file = open(member.done.file, worker) else { return false }
      return take(member, of: file)
    case .memberTraces(let traces):
      guard open(traces.unit, worker) != nil, collector?.isValid(traces) == true else {
        return false
      }
      return archives[traces.unit]?.add(traces) ?? false
    case .folderFacts(let folder):
      let file = folder.facts.unit
      guard open(file, worker) != nil, collector?.isValid(folder.facts) == true else {
        return false
      }
      return archives[file]?.add(folder) ?? false
    case .archiveFault(let report):
      guard open(report.file, worker) != nil, archives[report.file] != nil else { return false }
      let isNested = !report.path.isEmpty
      archives[report.file]?.note(
        Problem.Code(report.fault, isNested: isNested), archive: report.path)
      return true
    default: return false
    }
  }

  /// The name of a dump that is a file.
  private func nameOfDump(_ file: UnitQueue.File) -> [UInt8] {
    guard let unit = queue.units[file.unit] else { return [] }
    let path = Array(configuration.dumps[unit.dump].utf8)
    return path.split(separator: ASCII.slash).last.map { Array($0) } ?? []
  }

  private func take(_ member: ResultFrame.MemberDone, of file: UnitQueue.File) -> Bool {
    let done = member.done
    // What stands beside an archive is as long as the file at most.
    let most = max(UInt64(configuration.archives.memberBytes), file.size)
    guard let path = archives[done.file]?.current?.path, done.bytes <= most,
      done.skippedBytes <= most &* 2
    else { return false }
    // One that gave nothing, as it could not be read, is not empty.
    if member.faults.isEmpty || done.kind != .empty { coverage.count(done) }
    for (code, skippedBytes) in RunCoverage.problems(of: done) {
      archives[done.file]?.note(code, member: path, skippedBytes: skippedBytes ?? 0)
    }
    for fault in member.faults {
      let isNested = !ArchiveContents.archive(of: path).isEmpty
      archives[done.file]?.note(
        Problem.Code(fault, isNested: isNested), member: path, skippedBytes: 0)
    }
    return archives[done.file]?.end(isRead: RunCoverage.isRead(done) && member.faults.isEmpty)
      ?? false
  }

  /// Takes a hit in the member that the worker is at. It waits under an origin of its own.
  func take(_ hit: ResultFrame.Hit, in file: UnitQueue.File, of unit: UnitQueue.Unit) -> Bool {
    guard let path = archives[hit.file]?.current?.path,
      let place = archives[hit.file]?.place({
        (queue.makeOrigin(dump: unit.dump, log: nil).0, queue.makeFileNumber())
      })
    else { return false }
    var found = hit
    found.file = place.file
    let whole = RunCoverage.path(file.path, within: path)
    if collector?.pending.add(found, origin: place.origin, path: whole) == false {
      coverage.tooManyFindings(dump: unit.dump, path: file.path)
    }
    return true
  }

  /// Takes a count in the member that the worker is at. Numbers are not told apart by members.
  func take(
    _ count: ResultFrame.ServiceCount, in file: UnitQueue.File, of unit: UnitQueue.Unit
  ) -> Bool {
    guard archives[count.file]?.current != nil else { return false }
    if archives[count.file]?.countOrigin == nil {
      archives[count.file]?.countOrigin = queue.makeOrigin(dump: unit.dump, log: nil).0
    }
    if let origin = archives[count.file]?.countOrigin,
      collector?.pending.add(count, origin: origin) == false
    {
      coverage.tooManyFindings(dump: unit.dump, path: file.path)
    }
    return true
  }

  /// Turns what was found in an archive into findings, by logs, now that no more of it comes.
  func closeArchive(_ number: UInt32, isWhole: Bool) {
    guard var contents = archives.removeValue(forKey: number), let file = queue.files[number],
      let unit = queue.units[file.unit]
    else { return }
    let root = queue.root(of: unit)
    // The log in which the archive lies, if it lies in one: that is closed when all of it is read.
    let outer = queue.origins[root]?.log == nil ? nil : root
    for group in contents.groups(isInLog: outer != nil) {
      if let outer, group.isOuter {
        join(group, to: outer, of: unit, file)
        continue
      }
      let log = group.log.map { RunCoverage.path(file.path, within: $0) }
      let (made, origin) = queue.makeOrigin(
        dump: unit.dump, log: log, modified: group.modified, root: root)
      join(group, to: made, of: unit, file)
      collector?.close(made, origin)
    }
    if let counted = contents.countOrigin {
      let isOfLogs = contents.logs > 0 || outer != nil
      let (_, origin) = queue.makeOrigin(
        dump: unit.dump, log: isOfLogs ? file.path : nil, root: root)
      collector?.close(counted, origin)
    }
    coverage.add(contents, dump: unit.dump, path: file.path, isWhole: isWhole)
  }

  private func join(
    _ group: ArchiveContents.Group, to origin: UInt32, of unit: UnitQueue.Unit,
    _ file: UnitQueue.File
  ) {
    let isTaken = collector?.pending.join(
      members: group.origins, to: origin, facts: group.facts, exposure: group.exposure)
    if isTaken == false { coverage.tooManyFindings(dump: unit.dump, path: file.path) }
  }
}
