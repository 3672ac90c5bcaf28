/// How one sees that a folder is a log: that its files come from one infected machine.
///
/// It decides by names alone, so that the members of an archive can be judged as a directory is. What the
/// names are is said by rules.
public struct LogShape: Sendable {
  /// Names of files that describe a machine; with a folder before it, one that lies there within a log.
  private let systemFiles: [NamePattern]
  /// What logs' folders are called.
  private let names: [NamePattern]
  /// Folders that stand in logs and hardly anywhere else: Cookies, Autofills.
  private let signs: [NamePattern]
  /// Browsers' and profiles' folders, which are never logs.
  private let browsers: [NamePattern]
  /// Other folders that stand in logs; none of the logs' folders stands below one.
  private let inside: [NamePattern]
  private let passwordFiles: [NamePattern]

  /// Patterns that are none (`NamePattern`) are left out; who reads rules refuses them first.
  public init(
    systemFiles: [String], names: [String] = [], signs: [String] = [], browsers: [String] = [],
    inside: [String] = [], passwordFiles: [String] = []
  ) {
    func patterns(_ texts: [String]) -> [NamePattern] {
      texts.compactMap { NamePattern(Array($0.utf8)) }
    }
    self.systemFiles = patterns(systemFiles)
    self.names = patterns(names)
    self.signs = patterns(signs)
    self.browsers = patterns(browsers)
    self.inside = patterns(inside)
    self.passwordFiles = patterns(passwordFiles)
  }

  /// Whether a folder is a log, by its name (empty for the dump itself) and the names of what stands
  /// directly in it.
  public func isLog(name: [UInt8], files: [[UInt8]], folders: [[UInt8]]) -> Bool {
    if Self.any(browsers, name) || holdsLogs(folders) { return false }
    if files.contains(where: isSystemFile) { return true }
    if Self.any(signs, name) || Self.any(inside, name) { return false }
    if Self.any(names, name) { return !files.isEmpty || folders.contains(where: isInside) }
    return hasShape(files, folders)
  }

  /// Whether the folder, if it stands in a log, is part of it with all that is below.
  public func isInside(_ name: [UInt8]) -> Bool {
    Self.any(browsers, name) || Self.any(signs, name) || Self.any(inside, name)
  }

  /// Whether a file with this path within a log describes its machine.
  public func isSystemFile(_ path: [UInt8]) -> Bool {
    Self.any(systemFiles, path)
  }

  /// Whether a file of this name may hold a log's passwords.
  public func isPasswordFile(_ name: [UInt8]) -> Bool {
    Self.any(passwordFiles, name)
  }

  /// Whether two subfolders are called as logs are: then this is a channel's folder, whatever banner lies
  /// in it.
  private func holdsLogs(_ folders: [[UInt8]]) -> Bool {
    var count = 0
    for folder in folders where Self.any(names, folder) {
      count += 1
      if count == 2 { return true }
    }
    return false
  }

  /// Whether it looks like a log whose system file is missing or renamed: a file of passwords and a folder
  /// as they stand in logs, or two such folders.
  private func hasShape(_ files: [[UInt8]], _ folders: [[UInt8]]) -> Bool {
    let signsThere = signs.filter { sign in folders.contains { sign.matches($0) } }.count
    let hasBrowser = folders.contains { Self.any(browsers, $0) }
    if signsThere >= 2 || (signsThere == 1 && hasBrowser) { return true }
    return (signsThere == 1 || hasBrowser) && files.contains(where: isPasswordFile)
  }

  private static func any(_ patterns: [NamePattern], _ name: [UInt8]) -> Bool {
    patterns.contains { $0.matches(name) }
  }
}
