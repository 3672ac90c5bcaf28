public import Findings

/// What an input was read with: only under the same is it enough to have read it once.
public struct Reading: Equatable, Sendable {
  /// Digest of the rules.
  public var rules: String
  /// The program's version, and the settings that change what is read; before them whether all files were opened, and behind
  /// them the verifier that was asked, if one was.
  public private(set) var reader: String
  /// Digests of what the lists match, one for each list.
  public var lists: Set<String>

  public init(rules: String, reader: String, lists: Set<String>) {
    self.rules = rules
    self.reader = reader
    self.lists = lists
  }

  /// What is read under the settings `reader`, also of files whose names stand for no credentials with `opensAll`, and with
  /// the command of a verifier if one is asked.
  public init(
    rules: String, reader: String, opensAll: Bool = false, verifier: [String]?, lists: Set<String>
  ) {
    let opened = opensAll ? Self.opensAllMark : ""
    let asked = verifier.map { Self.verifierMark + "\($0)" } ?? ""
    self.init(rules: rules, reader: opened + reader + asked, lists: lists)
  }

  /// What covers no reading. Whether it opened all is still known, as what was found there stands in the store.
  static func none(opensAll: Bool) -> Reading {
    Reading(rules: "", reader: "", opensAll: opensAll, verifier: nil, lists: [])
  }

  private static let opensAllMark = "all-files "
  private static let verifierMark = " verifier "

  /// Whether all files were opened, whatever their names.
  var opensAll: Bool { reader.hasPrefix(Self.opensAllMark) }

  /// Whether a reader of `earlier` told at least what one of this tells: the same, and perhaps what a verifier answered, too.
  /// Those answers stay true of the night in which they were given.
  private func isReader(coveredBy earlier: Reading) -> Bool {
    reader == earlier.reader
      || !reader.contains(Self.verifierMark)
        && earlier.reader.hasPrefix(reader + Self.verifierMark)
  }

  /// Whether who has read an input under `earlier` need not read it under this: with fewer lists nothing new is found.
  func isCovered(by earlier: Reading) -> Bool {
    rules == earlier.rules && isReader(coveredBy: earlier) && lists.isSubset(of: earlier.lists)
  }

  /// Why what was read under `earlier` must be read again, in words; empty if it need not.
  public func changes(since earlier: Reading) -> [String] {
    var changes: [String] = []
    if !lists.isSubset(of: earlier.lists) { changes.append("watchlists") }
    if rules != earlier.rules { changes.append("rules") }
    if !isReader(coveredBy: earlier) { changes.append("program or its settings") }
    return changes
  }
}

/// What tells whether a file is still the one that was read.
public struct Fingerprint: Hashable, Sendable {
  public var device: Int64
  public var inode: Int64
  /// In bytes.
  public var size: Int64
  /// In nanoseconds since 1970, as is `changed`.
  public var modified: Int64
  public var changed: Int64
  /// Stands for the files that are read with it, volumes and passwords; 0 if there are none.
  public var companions: Int64

  public init(
    device: Int64, inode: Int64, size: Int64, modified: Int64, changed: Int64, companions: Int64
  ) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
    self.companions = companions
  }

  /// Whether it is of the same file, as far as can be told without reading it.
  ///
  /// The device is kept and not compared: network and snapshot file systems get another number at each start, and a
  /// file with the same inode, size and both times to the nanosecond is no other.
  public func isSame(as other: Fingerprint) -> Bool {
    isSameFile(as: other) && companions == other.companions
  }

  /// As `isSame`, whatever is read with it.
  public func isSameFile(as other: Fingerprint) -> Bool {
    inode == other.inode && size == other.size && modified == other.modified
      && changed == other.changed
  }
}

/// One input that was read. Its path is not kept: names in dumps are those of strangers.
public struct ReadInput: Equatable, Sendable {
  /// Keyed, of the whole path.
  public var id: Int64
  public var fingerprint: Fingerprint

  public init(id: Int64, fingerprint: Fingerprint) {
    self.id = id
    self.fingerprint = fingerprint
  }
}

/// What the store knows of an input.
public struct KnownInput: Sendable {
  public var fingerprint: Fingerprint
  /// Whether it was read under all that holds tonight.
  public var isRead: Bool
  public var isMissing: Bool
}

/// A log, or a file that stands alone, of which all was read or lost.
public struct ReadOrigin: Sendable {
  /// Keyed, of the whole path.
  public var id: Int64
  /// Empty if it must be read again: then only what was found counts.
  public var inputs: [ReadInput]
  /// One for each id.
  public var findings: [Finding]
  public var problems: [StoredProblem]

  public init(
    id: Int64, inputs: [ReadInput], findings: [Finding], problems: [StoredProblem]
  ) {
    self.id = id
    self.inputs = inputs
    self.findings = findings
    self.problems = problems
  }
}
