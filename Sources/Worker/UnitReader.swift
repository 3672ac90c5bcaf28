internal import Bytes
internal import Dumps
internal import Formats

#if canImport(Glibc)
  internal import Glibc
#endif

/// Reads the files of units as they come, and reports what matched.
///
/// It keeps the descriptors of a log's own files until the log is read: only if something matched does it
/// look at them again, for the machine, the family and the time of the theft.
struct UnitReader: ~Copyable {
  /// Files of a log's top folder that are kept for the facts; a log has about 20 of them.
  private static let maxFactFiles = 48

  private struct FactFile {
    var file: OpenFile
    var name: [UInt8]
    /// Whether it is the file that describes the machine, by its name.
    var isSystemFile: Bool
  }

  private var files: FileReader
  private let archives: ArchiveSettings
  private var factFiles: [FactFile] = []
  /// Parts of an archive, and files of passwords for it, before its own item.
  private var companions: [(companion: WorkerTask.Companion, file: OpenFile)] = []
  /// Descriptors that are closed when the unit is read.
  private var kept: [Int32] = []
  private var hasMatch = false
  private var isBetweenUnits = false

  init(
    rules: WorkerRules, worker: consuming ScanWorker, results: ResultPipe,
    archives: ArchiveSettings
  ) {
    files = FileReader(rules: rules, worker: worker, results: results)
    self.archives = archives
  }

  /// Reads one file, and closes its unit if it is the last; takes the descriptor.
  mutating func read(_ item: WorkerTask.FileItem, _ descriptor: Int32) {
    if isBetweenUnits {
      // If the worker dies over this unit, the supervisor must know that the one before is read.
      files.results.flush()
      isBetweenUnits = false
    }
    let file = OpenFile(descriptor, size: Int(clamping: item.size))
    if let companion = item.companion {
      companions.append((companion, file))
      kept.append(descriptor)
    } else if item.isForFactsOnly {
      keep(item, file)
    } else {
      readFile(item, file)
      companions.removeAll(keepingCapacity: true)
    }
    if item.isLastOfUnit { endUnit(item.unit) }
  }

  private mutating func readFile(_ item: WorkerTask.FileItem, _ file: OpenFile) {
    let parts = companions.filter { $0.companion == .volume }.map(\.file)
    let rules = files.rules
    let beginning = parts.first ?? file
    let results = files.results
    let (plan, cuts) = files.sample(beginning) { sample in
      #if DEBUG
        MockFault(sample)?.act(on: results)
      #endif
      let plan = ReadingPlan(sample, name: item.name, labels: rules.labels)
      return (plan, FileCuts(item, file, plan, sample, rules.labels))
    }
    if let range = item.range, !begins(range, of: item, file, cuts) {
      _ = close(file.descriptor)
      return
    }
    files.worker.countsRepeats = item.isAlone
    files.worker.serviceCounter.reportsAllHosts = cuts != nil
    var done = ResultFrame.FileDone(file: item.file, kind: .archive)
    let groups = parts.isEmpty ? [] : ArchiveParts.groups(parts + [file])
    var isArchive = plan.archive != nil || groups.contains { $0.kind != nil }
    let source: any ByteSource = parts.isEmpty ? file : JoinedFiles(parts + [file])
    if groups.count > 1 && isArchive {
      readArchives(groups, item)
    } else if let archive = plan.archive {
      readArchive(source, archive, item, parts + [file])
    } else {
      done = files.read(source, file: item.file, name: item.name, plan, cuts)
      hasMatch = hasMatch || files.worker.hasHit
      if let archive = files.archive {
        isArchive = true
        // What is no text has no lines that could be too long.
        if done.kind == .binary { done.skippedBytes = 0 }
        done.kind = .archive
        readArchive(source, ReadingPlan.Archive(archive), item, [])
      }
    }
    if cuts == nil, let range = item.range {
      // No other range has anything to read.
      var whole = ResultFrame.RangeDone(file: item.file, isThere: true)
      whole.next = range.count(ofFile: item.size)
      files.results.gather(.rangeDone(whole))
    }
    if done.errno == 0 {
      done.errno = companions.lazy.map(\.file.firstErrno).first { $0 != 0 } ?? file.firstErrno
    }
    files.results.gather(.fileDone(done))
    if !isArchive, done.kind == .text,
      item.isSystemFile || !item.name.contains(ASCII.slash)
    {
      keep(item, file)
    } else if plan.kind == .database, files.keep(database: file, name: item.name) {
      kept.append(file.descriptor)
    } else {
      _ = close(file.descriptor)
    }
  }

  private mutating func readArchive(
    _ source: any ByteSource, _ archive: ReadingPlan.Archive, _ item: WorkerTask.FileItem,
    _ volumes: [OpenFile]
  ) {
    var scan = beginScan(of: item, volumes: volumes)
    scan.read(source, archive, number: nil, with: &files)
    end(scan)
  }

  /// Reads a set of parts that turns out to be several archives, or other files among them.
  private mutating func readArchives(_ groups: [ArchiveParts.Group], _ item: WorkerTask.FileItem) {
    var scan = beginScan(of: item, volumes: groups.filter(\.isVolume).flatMap(\.parts))
    for (index, group) in groups.enumerated() {
      let source: any ByteSource =
        group.parts.count > 1 ? JoinedFiles(group.parts) : group.parts[0]
      guard let kind = group.kind else {
        scan.readOther(source, number: index + 1, with: &files)
        continue
      }
      scan.read(
        source, ReadingPlan.Archive(kind), number: group.isVolume ? nil : index + 1,
        with: &files)
    }
    end(scan)
  }

  private mutating func beginScan(
    of item: WorkerTask.FileItem, volumes: [OpenFile]
  ) -> ArchiveScan {
    // What was seen so far is of other files.
    for frame in files.traces.take(unit: item.unit) { files.results.gather(.logTraces(frame)) }
    let passwords = companions.filter { $0.companion == .passwords }
      .flatMap { ArchivePasswords.lines(of: $0.file) }
    let scan = ArchiveScan(
      archives, file: item.file, name: item.name, sideCar: passwords, results: files.results)
    scan.begin(lacksVolumes: ArchiveParts.lacksVolumes(volumes))
    return scan
  }

  private mutating func end(_ scan: ArchiveScan) {
    scan.end(&files)
    hasMatch = hasMatch || scan.hasMatch
  }

  /// Keeps a log's own file until the log is read.
  private mutating func keep(_ item: WorkerTask.FileItem, _ file: OpenFile) {
    if factFiles.count < Self.maxFactFiles {
      factFiles.append(FactFile(file: file, name: item.name, isSystemFile: item.isSystemFile))
      kept.append(file.descriptor)
    } else {
      _ = close(file.descriptor)
    }
  }

  mutating func messageDone() {
    files.results.send(.messageDone)
  }

  /// Whether something is read with the range: only the first reads a file that is not cut. If not, that is
  /// reported.
  private func begins(
    _ range: WorkerTask.FileRange, of item: WorkerTask.FileItem, _ file: OpenFile,
    _ cuts: FileCuts?
  ) -> Bool {
    if range.index == 0 || cuts?.begin != nil { return true }
    files.results.gather(.rangeDone(ResultFrame.RangeDone(file: item.file, isThere: false)))
    var done = ResultFrame.FileDone(file: item.file, kind: .text)
    done.errno = file.firstErrno
    files.results.send(.fileDone(done))
    return false
  }

  private mutating func endUnit(_ unit: UInt32) {
    if hasMatch { files.results.gather(.logFacts(facts(unit))) }
    for frame in files.traces.take(unit: unit) { files.results.gather(.logTraces(frame)) }
    for descriptor in kept { _ = close(descriptor) }
    kept.removeAll(keepingCapacity: true)
    factFiles.removeAll(keepingCapacity: true)
    companions.removeAll(keepingCapacity: true)
    hasMatch = false
    files.endUnit()
    files.results.gather(.unitDone(unit: unit))
    isBetweenUnits = true
  }

  /// Looks at the log's own files again, for the machine and the evidence of its family.
  private mutating func facts(_ unit: UInt32) -> ResultFrame.LogFacts {
    let rules = files.rules
    var evidence = LogEvidence(rules)
    var isIncomplete = false
    for entry in factFiles {
      files.sample(entry.file, limit: LogEvidence.sampleBytes) { sample in
        evidence.look(
          at: sample, name: entry.name.span, isSystemFile: entry.isSystemFile, rules)
      }
      isIncomplete = isIncomplete || files.isSampleCut
    }
    var facts = evidence.facts(unit: unit, rules)
    facts.isIncomplete = isIncomplete
    return facts
  }
}
