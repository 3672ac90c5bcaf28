internal import Bytes

/// How one sees that a folder is a log: that its files come from one infected machine.
///
/// It decides by names alone, so that the members of an archive can be judged as a directory is. What the
/// names are is said by rules.
public struct LogShape: Sendable {
  /// Names of files that describe a machine; with a folder before it, one that lies there within a log.
  private let systemFiles: NamePatterns
  /// What logs' folders are called.
  private let names: NamePatterns
  /// Folders that stand in logs and hardly anywhere else: Cookies, Autofills.
  private let signs: NamePatterns
  /// Browsers' and profiles' folders, which are never logs.
  private let browsers: NamePatterns
  /// Other folders that stand in logs; none of the logs' folders stands below one.
  private let inside: NamePatterns
  private let passwordFiles: NamePatterns
  /// Files that are not opened.
  private let unopened: NamePatterns
  /// Of these, those that any name may have before: `.jpg`.
  private let unopenedEndings: [[UInt8]]

  /// The patterns as they stand in rules.
  public struct Patterns: Equatable, Sendable {
    public var systemFiles: [String]
    public var names: [String]
    public var signs: [String]
    public var browsers: [String]
    public var inside: [String]
    public var passwordFiles: [String]
    public var unopened: [String]

    public init(
      systemFiles: [String] = [], names: [String] = [], signs: [String] = [],
      browsers: [String] = [], inside: [String] = [], passwordFiles: [String] = [],
      unopened: [String] = []
    ) {
      self.systemFiles = systemFiles
      self.names = names
      self.signs = signs
      self.browsers = browsers
      self.inside = inside
      self.passwordFiles = passwordFiles
      self.unopened = unopened
    }
  }

  public init(
    systemFiles: [String], names: [String] = [], signs: [String] = [], browsers: [String] = [],
    inside: [String] = [], passwordFiles: [String] = [], unopened: [String] = []
  ) {
    self.init(
      Patterns(
        systemFiles: systemFiles, names: names, signs: signs, browsers: browsers, inside: inside,
        passwordFiles: passwordFiles, unopened: unopened))
  }

  /// Patterns that are none (`NamePattern`) are left out; who reads rules refuses them first.
  public init(_ given: Patterns) {
    func patterns(_ texts: [String]) -> NamePatterns {
      NamePatterns(texts.compactMap { NamePattern(Array($0.utf8)) })
    }
    let (systemFiles, names, signs) = (given.systemFiles, given.names, given.signs)
    let (browsers, inside) = (given.browsers, given.inside)
    let (passwordFiles, unopened) = (given.passwordFiles, given.unopened)
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
    return unopened.contains(name)
  }

  /// What the names directly in a folder say, gathered one by one: those of an archive come in any order, and there
  /// may be a million.
  public struct Contents: Sendable {
    fileprivate var hasFile = false
    fileprivate var hasSystemFile = false
    fileprivate var hasPasswordFile = false
    /// Folders that are called as logs are.
    fileprivate var logs = 0
    /// A bit for each pattern of `signs` that a folder matches.
    fileprivate var signs: UInt64 = 0
    fileprivate var hasBrowser = false
    fileprivate var hasInside = false

    public init() {}
  }

  /// Takes the name of a file that stands directly in a folder.
  public func note(file name: [UInt8], in contents: inout Contents) {
    contents.hasFile = true
    if !contents.hasSystemFile { contents.hasSystemFile = isSystemFile(name) }
    if !contents.hasPasswordFile { contents.hasPasswordFile = isPasswordFile(name) }
  }

  /// Takes the name of a folder that stands directly in a folder, once.
  public func note(folder name: [UInt8], in contents: inout Contents) {
    if names.contains(name) { contents.logs += 1 }
    // More than 64 signs are no help in telling logs.
    if let sign = signs.firstMatch(name), sign < 64 { contents.signs |= 1 << UInt64(sign) }
    if !contents.hasBrowser { contents.hasBrowser = browsers.contains(name) }
    if !contents.hasInside { contents.hasInside = isInside(name) }
  }

  /// Whether a folder is a log, by its name (empty for the dump itself) and the names of what stands
  /// directly in it.
  public func isLog(name: [UInt8], files: [[UInt8]], folders: [[UInt8]]) -> Bool {
    var contents = Contents()
    for file in files { note(file: file, in: &contents) }
    for folder in folders { note(folder: folder, in: &contents) }
    return isLog(name: name, contents)
  }

  /// Whether a folder is a log, by its name and what was noted of all that stands directly in it.
  public func isLog(name: [UInt8], _ contents: Contents) -> Bool {
    // If two folders in it are called as logs are, it is a channel's, whatever banner lies in it.
    if browsers.contains(name) || contents.logs >= 2 { return false }
    if contents.hasSystemFile { return true }
    if signs.contains(name) || inside.contains(name) { return false }
    if names.contains(name) { return contents.hasFile || contents.hasInside }
    return hasShape(contents)
  }

  /// How many of the folders above a file are those down to its log, if it stands in one: all above the folder that
  /// stands in logs only.
  public func likelyLog(_ folders: [[UInt8]]) -> Int {
    guard var log = folders.lastIndex(where: isInside) else { return folders.count }
    while log > 0, isInside(folders[log - 1]) { log -= 1 }
    return log
  }

  /// Whether the folder, if it stands in a log, is part of it with all that is below.
  public func isInside(_ name: [UInt8]) -> Bool {
    browsers.contains(name) || signs.contains(name) || inside.contains(name)
  }

  /// Whether a file with this path within a log describes its machine: also a copy of it (`x (1).txt`, which may be
  /// of another machine), and one that was put into a folder of its own.
  public func isSystemFile(_ path: [UInt8]) -> Bool {
    if systemFiles.contains(path) { return true }
    let name: [UInt8]
    switch path.firstIndex(of: 0x2F) {
    case nil: name = path
    case let slash?:
      if !Self.systemFolders.contains(path[..<slash].map(ASCII.lowercased)) { return false }
      name = Array(path[(slash + 1)...])
      if systemFiles.contains(name) { return true }
    }
    return Self.original(ofCopy: name).map { systemFiles.contains($0) } ?? false
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
    passwordFiles.contains(name)
  }

  /// Whether it looks like a log whose system file is missing or renamed: a file of passwords and a folder
  /// as they stand in logs, or two such folders.
  private func hasShape(_ contents: Contents) -> Bool {
    let signsThere = contents.signs.nonzeroBitCount
    if signsThere >= 2 || (signsThere == 1 && contents.hasBrowser) { return true }
    return (signsThere == 1 || contents.hasBrowser) && contents.hasPasswordFile
  }
}
