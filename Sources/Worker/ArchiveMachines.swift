internal import Bytes
internal import Dumps
internal import Formats

/// What is known of the infected machines of an archive's logs.
///
/// It is kept until something below the log's folder matches: nothing is said of a log in which nothing did.
struct ArchiveMachines {
  /// Folders of whose machines something is kept. A log has one, about 1 KiB.
  private static let maxFolders = 100_000
  /// Bytes of the paths of folders with a match below that are remembered. Of others is said what is known so far.
  private static let maxMatchedBytes = 32 << 20
  /// Files of a folder that are looked at for its machine.
  private static let maxFactFiles = 48

  /// A folder that may be a log's.
  private struct Folder {
    var evidence: LogEvidence
    var files = 0
  }

  private let shape: LogShape
  private let file: UInt32
  private let results: ResultPipe
  private var folders: [[UInt8]: Folder] = [:]
  private var matched: Set<[UInt8]> = []
  private var matchedBytes = 0

  /// `file` is the archive.
  init(_ shape: LogShape, file: UInt32, results: ResultPipe) {
    self.shape = shape
    self.file = file
    self.results = results
  }

  /// Something in the member at `path` matched: what is known of the folders above it is said.
  mutating func noteMatch(at path: [UInt8], _ rules: WorkerRules) {
    for folder in Self.folders(above: path) where !matched.contains(folder) {
      sayFacts(folder, rules)
      guard matchedBytes < Self.maxMatchedBytes else { continue }
      matchedBytes += folder.count
      matched.insert(folder)
    }
  }

  /// Looks at a log's own file, for the machine: there is no second time. `log` is the log's folder, and `name` the file's path
  /// within that.
  mutating func look(
    at source: some ByteSource, log: [UInt8], name: [UInt8], _ files: inout FileReader
  ) {
    let isSystemFile = shape.isSystemFile(name)
    guard isSystemFile || !name.contains(ASCII.slash) else { return }
    guard folders[log] != nil || folders.count < Self.maxFolders else { return }
    let rules = files.rules
    var folder = folders[log] ?? Folder(evidence: LogEvidence(rules))
    guard folder.files < Self.maxFactFiles || isSystemFile else { return }
    folder.files += 1
    files.sample(source, limit: LogEvidence.sampleBytes) { sample in
      folder.evidence.look(at: sample, name: name.span, isSystemFile: isSystemFile, rules)
    }
    folders[log] = folder
    if matched.contains(log) { sayFacts(log, rules) }
  }

  private func sayFacts(_ folder: [UInt8], _ rules: WorkerRules) {
    guard let facts = folders[folder]?.evidence.facts(unit: file, rules) else { return }
    results.gather(.folderFacts(ResultFrame.FolderFacts(folder: folder, facts: facts)))
  }

  /// The folders above a path, the archive itself among them.
  private static func folders(above path: [UInt8]) -> [[UInt8]] {
    var folders: [[UInt8]] = [[]]
    var folder: [UInt8] = []
    for part in path.split(separator: ASCII.slash).dropLast() {
      if !folder.isEmpty { folder.append(ASCII.slash) }
      folder += part
      folders.append(folder)
    }
    return folders
  }
}
