internal import Bytes

/// What the name of an archive says; whether a file is one, its bytes say.
public enum ArchiveName {
  private static let endings: [[UInt8]] = [
    "zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "tbz2", "tbz", "xz", "txz", "zst", "tzst",
  ].map { Array($0.utf8) }

  /// Whether a file of this name is an archive, as a rule.
  public static func isArchive(_ name: [UInt8]) -> Bool {
    ending(of: name).map { endings.contains($0) } ?? false
  }

  /// The name without what says that it is an archive: `FR_1` of `FR_1.tar.gz`.
  public static func stem(of name: [UInt8]) -> [UInt8] {
    var stem = name
    while let ending = ending(of: stem), endings.contains(ending), stem.count > ending.count + 1 {
      stem.removeLast(ending.count + 1)
    }
    return stem
  }

  /// What stands behind the last dot, in lower case.
  private static func ending(of name: [UInt8]) -> [UInt8]? {
    guard let dot = name.lastIndex(of: ASCII.dot), name.count - dot <= 5 else { return nil }
    return name[(dot + 1)...].map(ASCII.lowercased)
  }
}
