/// A JSON value whose members keep their order: the same document always has the same bytes.
///
/// Written in ASCII: encoders that leave DEL, C1 codes and bidi overrides raw put them onto terminals.
public indirect enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Int)
  case text(String)
  case list([JSON])
  case object([Member])

  public struct Member: Equatable, Sendable {
    public var name: String
    public var value: JSON

    public init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// An object of the members that are not nil.
  public static func members(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
  }

  public static func optional(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }

  /// On one line, or indented by two spaces a level.
  public func rendered(isPretty: Bool) -> String {
    var text = ""
    render(into: &text, level: isPretty ? 0 : nil)
    return text
  }

  private func render(into text: inout String, level: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += String(value)
    case .text(let value): Self.render(value, into: &text)
    case .list(let values):
      Self.render("[", "]", values.count, level, into: &text) { index, text, level in
        values[index].render(into: &text, level: level)
      }
    case .object(let members):
      Self.render("{", "}", members.count, level, into: &text) { index, text, level in
        Self.render(members[index].name, into: &text)
        text += level == nil ? ":" : ": "
        members[index].value.render(into: &text, level: level)
      }
    }
  }

  private static func render(
    _ open: String, _ close: String, _ count: Int, _ level: Int?, into text: inout String,
    _ element: (Int, inout String, Int?) -> Void
  ) {
    text += open
    let inner = level.map { $0 + 1 }
    for index in 0..<count {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: "  ", count: inner) }
      element(index, &text, inner)
    }
    if let level, count > 0 { text += "\n" + String(repeating: "  ", count: level) }
    text += close
  }

  private static func render(_ value: String, into text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case " "..."~": text.unicodeScalars.append(scalar)
      default:
        for unit in String(scalar).utf16 { text += "\\u" + SafeText.hex(UInt32(unit), 4) }
      }
    }
    text += "\""
  }
}
