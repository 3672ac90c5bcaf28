internal import Bytes

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
  /// Files that are not opened.
  private let unopened: [NamePattern]
  /// Of these, those that any name may have before: `.jpg`.
  private let unopenedEndings: [[UInt8]]

  /// Patterns that are none (`NamePattern`) are left out; who reads rules refuses them first.
  public init(
    systemFiles: [String], names: [String] = [], signs: [String] = [], browsers: [String] = [],
    inside: [String] = [], passwordFiles: [String] = [], unopened: [String] = []
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
    let endings = unopened.filter {
      $0.hasPrefix("*.") && !$0.dropFirst(2).contains { "*{}".contains($0) }
    }
    unopenedEndings = endings.map { $0.utf8.dropFirst().map(ASCII.lowercased) }
    self.unopened = patterns(unopened.filter { !endings.contains($0) })
  }

  /// Whether a file of this name holds no credentials, whoever wrote it, and is not opened.
  public func isUnopened(_ name: [UInt8]) -> Bool {
    for ending in unopenedEndings where name.count > ending.count {
      var (place, rest) = (name.count - 1, ending.count - 1)
      while rest >= 0, ASCII.lowercased(name[place]) == ending[rest] {
        place -= 1
        rest -= 1
      }
      if rest < 0 { return true }
    }
    return Self.any(unopened, name)
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

  /// Whether a file with this path within a log describes its machine: also a copy of it (`x (1).txt`, which may be
  /// of another machine), and one that was put into a folder of its own.
  public func isSystemFile(_ path: [UInt8]) -> Bool {
    if Self.any(systemFiles, path) { return true }
    let name: [UInt8]
    switch path.firstIndex(of: 0x2F) {
    case nil: name = path
    case let slash?:
      if !Self.systemFolders.contains(path[..<slash].map(ASCII.lowercased)) { return false }
      name = Array(path[(slash + 1)...])
      if Self.any(systemFiles, name) { return true }
    }
    return Self.original(ofCopy: name).map { Self.any(systemFiles, $0) } ?? false
  }

  /// Folders within a log for what describes the machine, in lower case. They stand in the rules' `inside`, too.
  private static let systemFolders = Set(
    ["system", "info", "information", "system info", "systeminfo"].map { Array($0.utf8) })

  /// `x.txt` for `x (1).txt`, `x(1).txt`, `x_2.txt`, `x 2.txt`, `x - Copy.txt` and `x - Copy (2).txt`, in any language; nil
  /// if the name is no copy's.
  private static func original(ofCopy name: [UInt8]) -> [UInt8]? {
    let dot = name.lastIndex(of: ASCII.dot) ?? name.count
    var stem = name[..<dot]
    let end = stem.count
    if stem.last == 0x29, let open = stem.lastIndex(of: 0x28), open + 2 < dot {
      if stem[(open + 1)..<(dot - 1)].allSatisfy(ASCII.isDigit) { stem = stem[..<open] }
    } else if let last = stem.last, ASCII.isDigit(last) {
      let rest = stem.prefix(stem.count - stem.reversed().prefix { ASCII.isDigit($0) }.count)
      if let sign = rest.last, [ASCII.space, 0x5F, ASCII.hyphen].contains(sign) {
        stem = rest.dropLast()
      }
    }
    while stem.last == ASCII.space { stem = stem.dropLast() }
    let dash = [ASCII.space, ASCII.hyphen, ASCII.space]
    if let cut = stem.indices.dropLast(2).last(where: { stem[$0..<($0 + 3)].elementsEqual(dash) }),
      !stem[(cut + 3)...].contains(ASCII.space)
    {
      stem = stem[..<cut]
    }
    return stem.count < end && !stem.isEmpty ? Array(stem + name[dot...]) : nil
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
