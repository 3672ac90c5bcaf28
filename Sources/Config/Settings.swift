/// What holds for a run, and where each value comes from: a flag, else the environment, else the file, else what the
/// program does by itself.
public struct Settings: Sendable {
  public enum Origin: Equatable, Sendable {
    case flag(String)
    /// The variable.
    case environment(String)
    case file(String, line: Int)
    case standard

    /// For people.
    public var text: String {
      switch self {
      case .flag(let flag): flag
      case .environment(let variable): variable
      case .file(let path, let line): "\(path):\(line)"
      case .standard: "default"
      }
    }
  }

  public struct Value: Equatable, Sendable {
    public var texts: [String]
    public var origin: Origin
  }

  /// A value that its setting does not take. Those of files are faults of the file.
  public struct Fault: Error, Equatable, Sendable {
    public var origin: Origin
    public var reason: String

    /// For the person on duty.
    public var message: String { "\(origin.text) \(reason)." }
  }

  private var values: [Setting: Value] = [:]
  /// The path of the file that was joined, if there is one.
  public let file: String?

  /// Joins what flags say, as texts, with the environment and the file.
  public init(
    flags: [Setting: [String]], environment: [String: String], file: ConfigFile?
  ) throws(Fault) {
    self.file = file?.path
    for setting in Setting.all {
      if let texts = flags[setting] {
        values[setting] = Value(texts: texts, origin: .flag(setting.flag ?? setting.name))
      } else if let text = environment[setting.variable], !text.isEmpty {
        // As in PATH: a colon stands between the paths of a list.
        let texts = setting.isList ? text.split(separator: ":").map(String.init) : [text]
        values[setting] = Value(texts: texts, origin: .environment(setting.variable))
      } else if let entry = file?.entries[setting], let file {
        values[setting] = Value(texts: entry.texts, origin: .file(file.path, line: entry.line))
      } else if let standard = setting.standard {
        values[setting] = Value(texts: [standard], origin: .standard)
      }
      if let value = values[setting], let reason = setting.fault(value.texts) {
        throw Fault(origin: value.origin, reason: reason)
      }
    }
  }

  public subscript(setting: Setting) -> Value? { values[setting] }

  /// Nil if it is not set.
  public func text(_ setting: Setting) -> String? { values[setting]?.texts.first }

  /// Empty if it is not set.
  public func texts(_ setting: Setting) -> [String] { values[setting]?.texts ?? [] }

  public func number(_ setting: Setting) -> Int? { text(setting).flatMap { Int($0) } }

  /// In seconds.
  public func seconds(_ setting: Setting) -> Int? { text(setting).flatMap { Setting.seconds($0) } }

  public func truth(_ setting: Setting) -> Bool { text(setting) == "true" }

  /// A fault of the value that `setting` has, which only whoever uses it could see.
  public func fault(_ setting: Setting, _ reason: String) -> Fault {
    Fault(origin: values[setting]?.origin ?? .standard, reason: reason)
  }

  /// Every setting with its value and its origin, as a configuration file that says the same.
  public var shown: String {
    let lines = Setting.all.map { setting -> (text: String, origin: String) in
      guard let value = values[setting] else { return ("# \(setting.name):", "not set") }
      let texts = value.texts.map(Self.scalar)
      let text = setting.isList ? "[\(texts.joined(separator: ", "))]" : texts[0]
      return ("\(setting.name): \(text)", value.origin.text)
    }
    let width = min(60, lines.map(\.text.count).max() ?? 0)
    return lines.map { text, origin in
      text + String(repeating: " ", count: max(0, width - text.count)) + "  # \(origin)\n"
    }.joined()
  }

  /// A scalar of YAML, in quotes unless it needs none.
  public static func scalar(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        || [0x2F, 0x2E, 0x5F].contains(byte)
    }
    if isPlain { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case " "..."~": quoted.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return quoted + "\""
  }
}
