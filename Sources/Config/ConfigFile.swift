public import YAML

#if canImport(Glibc)
  internal import Glibc
#endif

/// The configuration file: one YAML mapping of settings, each of which knows its line.
///
/// It says which programs are run and where files are written, so nobody else may have been able to write it.
public struct ConfigFile: Sendable {
  struct Entry: Sendable {
    var texts: [String]
    var line: Int
  }

  public let path: String
  let entries: [Setting: Entry]

  /// How many settings it has.
  public var count: Int { entries.count }

  /// Reads and checks the file at `path`.
  public init(path: String) throws(YAMLFault) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw YAMLFault(path, "is no file, or cannot be read")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw YAMLFault(path, "belongs to another user")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw YAMLFault(path, "can be written by others than its owner; run: chmod go-w \(path)")
    }
    try self.init(try YAMLNode.text(of: path), path: path)
  }

  /// Reads the text of the file at `path`.
  init(_ text: String, path: String) throws(YAMLFault) {
    self.path = path
    // A file of comments alone sets nothing, and is as good as none.
    let isEmpty = text.utf8.split(whereSeparator: { "\r\n".utf8.contains($0) }).allSatisfy { line in
      line.first { !" \t".utf8.contains($0) }.map { $0 == UInt8(ascii: "#") } ?? true
    }
    if isEmpty {
      entries = [:]
      return
    }
    let fields = try YAMLNode.parse(text, path: path).fields(Setting.all.map(\.name))
    var entries: [Setting: Entry] = [:]
    for setting in Setting.all {
      guard let node = fields[setting.name] else { continue }
      var texts = setting.isList && node.isList ? try node.texts() : [try node.text()]
      if let fault = setting.fault(texts) { throw node.error("\(setting.name) \(fault)") }
      if setting.kind == .path || setting.kind == .paths {
        texts = texts.map { Self.absolute($0, beside: path) }
      }
      entries[setting] = Entry(texts: texts, line: node.line)
    }
    self.entries = entries
  }

  /// The file that holds unless one is named: the user's own, or else the system's. Never one of the current directory,
  /// which may be a dump.
  public static func standard(_ environment: [String: String]) -> String? {
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.config" : nil }
    let user = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
    let candidates = [user, "/etc"].compactMap { $0 }.map { $0 + "/dumpsieve/config.yaml" }
    return candidates.first { path in
      var status = stat()
      return unsafe stat(path, &status) == 0
    }
  }

  /// A path of the file at `file`: cron starts a program anywhere, so its own directory is what a relative path is of.
  private static func absolute(_ path: String, beside file: String) -> String {
    if path.hasPrefix("/") || path == "-" { return path }
    guard let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}
