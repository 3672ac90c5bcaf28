internal import Bytes
internal import Clock
internal import Dumps
internal import Worker

/// What a worker has said of an archive so far, and which of its members are of one log.
///
/// An archive is read from front to back, and its members come in any order: so which folders are logs is decided when
/// no more come, or when the worker is lost. It holds each folder (about 200 bytes), and of members only those in
/// which something was found.
struct ArchiveContents {
  /// A member in which something was found.
  struct Found {
    /// The origin under which that waits.
    var origin: UInt32
    var folder: Int
    var exposure: LogExposure
  }

  /// Members of one log, or one member that stands alone.
  struct Group {
    /// The log's folder within the archive, empty for the archive itself; nil if it stands alone.
    var log: [UInt8]?
    /// Whether it is the log in which the archive itself lies.
    var isOuter = false
    var origins: [UInt32] = []
    var exposure = LogExposure()
    var facts: ResultFrame.LogFacts?
    var modified: Int64?
  }

  private struct Folder {
    var parent: Int
    var name: [UInt8]
    var contents = LogShape.Contents()
    var exposure = LogExposure()
    var facts: ResultFrame.LogFacts?
    /// When the first of its own files of passwords was written.
    var modified: Int64?
  }

  private struct FolderKey: Hashable {
    var parent: Int
    var name: [UInt8]
  }

  private struct ProblemKey: Hashable {
    var archive: [UInt8]
    var code: Problem.Code
  }

  /// What was wrong with members of one archive, all that is of one kind.
  struct Fault {
    var code: Problem.Code
    /// The path of the first, within the file.
    var path: [UInt8]
    var members: Int
    var skippedBytes: Int
  }

  /// The member that the worker is at.
  struct Current {
    var path: [UInt8]
    fileprivate var folder: Int
    fileprivate var exposure = LogExposure()
    /// The origin and the number of the file for what is found in it, once something is.
    fileprivate var found: (origin: UInt32, file: UInt32)?
  }

  /// Further folders are taken for the one above them; a worker that invents them must not fill memory.
  private static let maxFolders = 500_000
  private static let maxNameBytes = 64 << 20
  /// Archives within the file that are told apart in problems.
  private static let maxFaults = 1000

  private let shape: LogShape
  private let maxMembers: Int
  /// The file's own name, without what says that it is an archive.
  private let name: [UInt8]
  private var folders: [Folder]
  private var places: [FolderKey: Int] = [:]
  private var nameBytes = 0
  private(set) var current: Current?
  private(set) var members = 0
  private(set) var membersRead = 0
  private var found: [Found] = []
  private var faultPlaces: [ProblemKey: Int] = [:]
  private(set) var faults: [Fault] = []
  /// The origin of numbers, which are not of one member.
  var countOrigin: UInt32?
  /// When the worker began with it, in seconds of the monotonic clock.
  var begun = MonotonicClock.now

  /// `name` is the file's, with its ending.
  init(name: [UInt8], shape: LogShape, maxMembers: Int) {
    self.shape = shape
    self.maxMembers = maxMembers
    self.name = ArchiveName.stem(of: name)
    folders = [Folder(parent: 0, name: self.name)]
  }

  // MARK: Members

  /// Takes a member; false if there is one already, or are too many.
  mutating func begin(_ member: ResultFrame.Member) -> Bool {
    // Each may be announced once, and its archive with it.
    guard current == nil, members < 2 * maxMembers else { return false }
    members += 1
    var parts = member.path.split(separator: ASCII.slash).map { Array($0) }
    let file = parts.popLast() ?? name
    let folder = folder(parts)
    shape.note(file: file, in: &folders[folder].contents)
    if let modified = member.modified, shape.isPasswordFile(file) {
      folders[folder].modified = min(folders[folder].modified ?? modified, modified)
    }
    current = Current(path: member.path, folder: folder)
    return true
  }

  /// The number of the folder, which is made if it is new.
  private mutating func folder(_ parts: [[UInt8]]) -> Int {
    var place = 0
    for part in parts {
      let key = FolderKey(parent: place, name: part)
      if let known = places[key] {
        place = known
        continue
      }
      guard folders.count < Self.maxFolders, nameBytes + part.count <= Self.maxNameBytes else {
        return place
      }
      nameBytes += part.count
      let name = Self.name(ofFolder: part)
      shape.note(folder: name, in: &folders[place].contents)
      folders.append(Folder(parent: place, name: part))
      place = folders.count - 1
      places[key] = place
    }
    return place
  }

  /// What a folder is called: an archive within the archive by its name without the ending.
  private static func name(ofFolder part: [UInt8]) -> [UInt8] {
    part.last == ResultFrame.Member.separator[0] ? ArchiveName.stem(of: part.dropLast()) : part
  }

  /// Where what is found in the member at hand belongs; `make` gives new numbers. Nil if there is no member.
  mutating func place(
    _ make: () -> (origin: UInt32, file: UInt32)
  ) -> (origin: UInt32, file: UInt32)? {
    guard current != nil else { return nil }
    if let place = current?.found { return place }
    let place = make()
    current?.found = place
    return place
  }

  /// Takes what the member at hand shows; false if there is none.
  mutating func add(_ traces: ResultFrame.LogTraces) -> Bool {
    guard let folder = current?.folder else { return false }
    folders[folder].exposure.add(traces)
    current?.exposure.add(traces)
    return true
  }

  /// Takes what is known of a folder; false if no member stands there.
  mutating func add(_ facts: ResultFrame.FolderFacts) -> Bool {
    var place = 0
    for part in facts.folder.split(separator: ASCII.slash) {
      guard let next = places[FolderKey(parent: place, name: Array(part))] else {
        return folders.count >= Self.maxFolders || nameBytes >= Self.maxNameBytes / 2
      }
      place = next
    }
    folders[place].facts = facts.facts
    return true
  }

  /// Ends the member at hand; false if there is none.
  mutating func end(isRead: Bool) -> Bool {
    guard let ended = current else { return false }
    if isRead { membersRead += 1 }
    if let place = ended.found {
      found.append(Found(origin: place.origin, folder: ended.folder, exposure: ended.exposure))
    }
    current = nil
    return true
  }

  /// Notes something that was wrong with the archive at `path`.
  mutating func note(_ code: Problem.Code, archive path: [UInt8]) {
    note(code, of: path, Fault(code: code, path: path, members: 0, skippedBytes: 0))
  }

  /// Notes something of the member at `path` that was not read.
  mutating func note(_ code: Problem.Code, member path: [UInt8], skippedBytes: Int) {
    note(
      code, of: Self.archive(of: path),
      Fault(code: code, path: path, members: 1, skippedBytes: skippedBytes))
  }

  private mutating func note(_ code: Problem.Code, of archive: [UInt8], _ fault: Fault) {
    var key = ProblemKey(archive: archive, code: code)
    if faultPlaces[key] == nil && faults.count >= Self.maxFaults { key.archive = [] }
    if let place = faultPlaces[key] {
      faults[place].members += fault.members
      faults[place].skippedBytes =
        Int(clamping: UInt64(faults[place].skippedBytes) + UInt64(fault.skippedBytes))
    } else {
      faultPlaces[key] = faults.count
      faults.append(fault)
    }
  }

  /// The archive within the file in which a path stands.
  static func archive(of path: [UInt8]) -> [UInt8] {
    let mark = ResultFrame.Member.separator
    guard path.count >= 2,
      let end = (0...(path.count - 2)).last(where: { Array(path[$0..<($0 + 2)]) == mark })
    else { return [] }
    return Array(path[..<end])
  }

  // MARK: Logs

  /// How many of its folders are logs.
  private(set) var logs = 0

  /// Says what belongs together, now that no more members come. `isInLog` says whether the archive lies in a log.
  mutating func groups(isInLog: Bool) -> [Group] {
    if let current, let place = current.found {
      found.append(
        Found(origin: place.origin, folder: current.folder, exposure: current.exposure))
    }
    current = nil
    let logOf = logOfFolders(isInLog: isInLog)
    var groups: [Int: Group] = [:]
    var alone: [Group] = []
    for entry in found {
      if let log = logOf[entry.folder] {
        if groups[log] == nil {
          groups[log] = Group(log: log == Self.outer ? nil : path(log), isOuter: log == Self.outer)
        }
        groups[log]?.origins.append(entry.origin)
      } else {
        alone.append(Group(origins: [entry.origin], exposure: entry.exposure))
      }
    }
    if isInLog && groups[Self.outer] == nil { groups[Self.outer] = Group(isOuter: true) }
    for (folder, log) in logOf.enumerated() {
      guard let log, groups[log] != nil else { continue }
      groups[log]?.exposure.add(folders[folder].exposure)
      if folder == log || folder == 0 && log == Self.outer {
        groups[log]?.facts = folders[folder].facts
        groups[log]?.modified = folders[folder].modified
      }
    }
    return groups.sorted { $0.key < $1.key }.map(\.value) + alone
  }

  /// In place of a folder's number: the log in which the archive lies.
  private static let outer = -1

  /// For each folder the number of the one that is its log, as the walker decides it for directories.
  private mutating func logOfFolders(isInLog: Bool) -> [Int?] {
    var logOf: [Int?] = []
    var isInside: [Bool] = []
    // A folder comes behind the one above it.
    for (number, folder) in folders.enumerated() {
      let name = number == 0 ? folder.name : Self.name(ofFolder: folder.name)
      let above = number == 0 ? (isInLog ? Self.outer : nil) : logOf[folder.parent]
      let isPart =
        above != nil && number > 0 && (isInside[folder.parent] || shape.isInside(name))
      isInside.append(isPart)
      if !isPart, shape.isLog(name: name, folder.contents) {
        logs += 1
        logOf.append(number)
      } else {
        logOf.append(above)
      }
    }
    return logOf
  }

  private func path(_ folder: Int) -> [UInt8] {
    var parts: [[UInt8]] = []
    var place = folder
    while place > 0 {
      parts.append(folders[place].name)
      place = folders[place].parent
    }
    return Array(parts.reversed().joined(separator: [ASCII.slash]))
  }
}
