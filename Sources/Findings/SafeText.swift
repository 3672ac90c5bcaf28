/// Text from a dump, made safe to show: on a terminal, in a log line, in a document.
///
/// What would steer a terminal or turn the order of reading (control characters, bidi overrides, C1
/// codes, invisible ones), and bytes that are not UTF-8, stand as escapes; so does the backslash, so that
/// the text can be read back.
public struct SafeText: Equatable, Hashable, Comparable, Sendable {
  public let text: String

  /// Longer text is cut to its end, with an ellipsis before it: the end of a path tells most.
  public static let maxScalars = 1024

  public init(_ bytes: [UInt8]) {
    var text = ""
    var scalars = 0
    var offset = 0
    // Decoding scalar by scalar keeps the place of a bad byte; `String(decoding:)` would lose it.
    while offset < bytes.count {
      var decoder = UTF8()
      var iterator = bytes[offset...].makeIterator()
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar):
        text += Self.escaped(scalar)
        offset += UTF8.width(scalar)
      default:
        text += "\\x" + Self.hex(UInt32(bytes[offset]), 2)
        offset += 1
      }
      scalars += 1
    }
    self.text = Self.cut(text)
  }

  public init(_ text: String) {
    self.init(Array(text.utf8))
  }

  /// Text that was made safe before, as it stands in a document; nil if it is not.
  public init?(shown text: String) {
    guard text.unicodeScalars.allSatisfy(Self.isSafe), Self.cut(text) == text else { return nil }
    self.text = text
  }

  private static func cut(_ text: String) -> String {
    let count = text.unicodeScalars.count
    if count <= maxScalars { return text }
    return "…" + String(text.unicodeScalars.suffix(maxScalars - 1))
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if scalar == "\\" { return "\\\\" }
    return isSafe(scalar) ? String(scalar) : "\\u{" + hex(scalar.value, 1) + "}"
  }

  private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }

  static func hex(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  public static func < (left: SafeText, right: SafeText) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
