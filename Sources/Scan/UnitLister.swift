internal import Bytes
internal import Dumps

#if canImport(Glibc)
  internal import Glibc
#endif

/// Says which units of work stand in dumps, so that others can share them out: `dumpsieve units`.
///
/// It walks as a scan does and reads nothing, so it needs neither key nor list. What it says of a log holds for the scan of
/// that log alone, without a walk through the rest.
public struct UnitLister {
  /// A log that the walk is in.
  private struct OpenLog {
    var bytes: UInt64 = 0
    var hasFiles = false
    var hardLinks: [[UInt8]] = []
    var passedOver: [WalkProblem: Int] = [:]

    mutating func add(_ file: DumpFile) {
      bytes = bytes.clampedSum(file.bytes)
      hasFiles = true
    }
  }

  private let shape: LogShape
  private let rangeBytes: UInt64
  private let opensAll: Bool

  public init(
    rules: [String], rangeBytes: UInt64 = ScanConfiguration.defaultRangeBytes,
    opensAll: Bool = false
  ) throws {
    shape = LogShape(try Scan.loadRules(rules))
    self.rangeBytes = rangeBytes
    self.opensAll = opensAll
  }

  /// Calls `write` for each line, in the order of the walk; what is passed over outside of logs comes last of its dump.
  ///
  /// With `levels`, folders that lie deeper and in no log come as such, for others to list.
  public func list(
    dumps: [String], levels: Int? = nil, write: (UnitLine) throws -> Void
  ) throws {
    for dump in dumps {
      var walker = DumpWalker(listing: dump, shape: shape, levels: levels, opensAll: opensAll)
      try list(dump, &walker, write)
      if levels != nil { try tellLinks(dump, walker, write) }
    }
  }

  /// Calls `write` for each line of some folders. Joined with the lines of the rest they are those of one walk, up to
  /// their order and to what is counted, unless two lists tell the number of the same linked file.
  public func list(folders: UnitFolders, write: (UnitLine) throws -> Void) throws {
    for (dump, paths) in folders.dumps {
      var walker = DumpWalker(listing: dump, shape: shape, folders: paths, opensAll: opensAll)
      try list(dump, &walker, write)
      try tellLinks(dump, walker, write)
    }
  }

  private func tellLinks(
    _ dump: String, _ walker: borrowing DumpWalker, _ write: (UnitLine) throws -> Void
  ) throws {
    for path in walker.foldersLeft {
      try write(UnitLine(bytes: 0, dump: dump, kind: .folder(path)))
    }
    for inode in walker.linkedInodes {
      try write(UnitLine(bytes: 0, dump: dump, kind: .linked(inode)))
    }
  }

  private func list(
    _ dump: String, _ walker: inout DumpWalker, _ write: (UnitLine) throws -> Void
  ) throws {
    var logs: [UInt32: OpenLog] = [:]
    var folders: [UInt32: [UInt8]] = [:]
    var alone: [WalkProblem: Int] = [:]
    while let step = walker.next() {
      switch step {
      case .file(let file):
        file.close()
        guard let log = file.log else {
          for kind in kinds(of: file, dump) {
            try write(UnitLine(bytes: kind.bytes, dump: dump, kind: kind.kind))
          }
          continue
        }
        folders[log.number] = Array(file.path.prefix(log.pathBytes))
        logs[log.number, default: OpenLog()].add(file)
      case .passedOver(let problem, let path):
        if problem.isUnread {
          // The scan of its log comes upon it again; merged, it is one gap.
          let kind = UnitLine.Kind.gap(path, reason: problem.rawValue)
          try write(UnitLine(bytes: 0, dump: dump, kind: kind))
        } else if let log = walker.log {
          logs[log.number, default: OpenLog()].passedOver[problem, default: 0] += 1
          if problem == .hardLink { logs[log.number]?.hardLinks.append(path) }
        } else {
          alone[problem, default: 0] += 1
        }
      case .logEnded(let number):
        guard let log = logs.removeValue(forKey: number) else { continue }
        if log.hasFiles, let folder = folders.removeValue(forKey: number) {
          let kind = UnitLine.Kind.log(folder, hardLinks: log.hardLinks)
          try write(UnitLine(bytes: log.bytes, dump: dump, kind: kind))
        } else {
          // Nobody walks it.
          alone.merge(log.passedOver) { $0 + $1 }
        }
      }
    }
    for (problem, count) in alone.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let kind = UnitLine.Kind.passedOver(reason: problem.rawValue, count: count)
      try write(UnitLine(bytes: 0, dump: dump, kind: kind))
    }
  }

  private func kinds(
    of file: DumpFile, _ dump: String
  ) -> [(bytes: UInt64, kind: UnitLine.Kind)] {
    guard UnitQueue.isCut(file, name: file.ownName(in: dump), rangeBytes: rangeBytes) else {
      return [(file.bytes, .file(file.path, hasCompanions: !file.companions.isEmpty))]
    }
    let size = UInt64(file.size)
    return (0...((size - 1) / rangeBytes)).map { index in
      let range = UnitLine.Range(
        index: UInt32(clamping: index), length: rangeBytes, fileBytes: size)
      return (min(rangeBytes, size - index * rangeBytes), .range(file.path, range))
    }
  }
}

extension DumpFile {
  /// With its volumes. Each is of less than 2^63 bytes, of which a sparse file may hold none.
  var bytes: UInt64 {
    companions.filter(\.isVolume).reduce(UInt64(size)) { $0.clampedSum(UInt64($1.size)) }
  }

  /// Its name, or that of the dump if it is the dump.
  func ownName(in dump: String) -> [UInt8] {
    let whole = path.isEmpty ? Array(dump.utf8) : path
    return whole.split(separator: ASCII.slash).last.map { Array($0) } ?? []
  }
}

extension UInt64 {
  /// The sum, or the greatest number: sizes of sparse files are what somebody has written down.
  fileprivate func clampedSum(_ other: UInt64) -> UInt64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}
