internal import Dumps

/// Folders that are to be listed, as lines of kind `folder` name them.
public struct UnitFolders: Sendable {
  /// In the order in which the lines name them.
  public private(set) var dumps: [(name: String, paths: [[UInt8]])] = []

  /// Reads the lines of a list, each with its end.
  public init(_ bytes: [UInt8]) throws(UnitSelection.Failure) {
    var numbers: [String: Int] = [:]
    try UnitSelection.read(bytes) { line, number throws(UnitSelection.Failure) in
      guard case .folder(let path) = line.kind else { throw .noFolder(line: number) }
      let dump = numbers[line.dump] ?? dumps.count
      if dump == dumps.count {
        numbers[line.dump] = dump
        dumps.append((line.dump, []))
      }
      dumps[dump].paths.append(path)
    }
  }
}
