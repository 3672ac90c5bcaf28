import Formats

/// Bytes as the twins handle them: copied, sliced and compared at leisure.
typealias Text = [UInt8]

extension Text {
  static let blanks: Set<UInt8> = [0x20, 0x09, 0x00]

  var trimmed: Text {
    Text(
      drop { Text.blanks.contains($0) }.reversed().drop { Text.blanks.contains($0) }.reversed())
  }

  var trimmedOfLines: Text {
    let passed = Text.blanks.union([0x0A, 0x0D])
    return Text(
      drop { passed.contains($0) }.reversed().drop { passed.contains($0) }.reversed())
  }

  /// Without what nobody sees at its ends, and what is blank within that.
  var withoutInvisible: Text {
    let invisible =
      ["\u{AD}", "\u{61C}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}"]
      + ["\u{FEFF}"] + (0x202A...0x202E).compactMap { Unicode.Scalar($0).map { "\($0)" } }
      + (0x2060...0x206F).compactMap { Unicode.Scalar($0).map { "\($0)" } }
    var text = self
    let marks = invisible.map { Text($0.utf8) }
    while let mark = marks.first(where: { text.starts(with: $0) }) {
      text.removeFirst(mark.count)
    }
    while let mark = marks.first(where: { text.reversed().starts(with: $0.reversed()) }) {
      text.removeLast(mark.count)
    }
    return text == self ? self : text.trimmed
  }

  var lowercased: Text { map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 } }

  var string: String { String(decoding: self, as: UTF8.self) }

  func hasPrefix(_ text: String) -> Bool { lowercased.starts(with: Array(text.utf8)) }

  /// The lines, without their ends: LF, CRLF or CR. Text behind the last end is a line, nothing is none.
  var lines: [Text] {
    var lines: [Text] = [[]]
    var index = 0
    while index < count {
      switch self[index] {
      case 0x0D:
        if index + 1 < count && self[index + 1] == 0x0A { index += 1 }
        lines.append([])
      case 0x0A: lines.append([])
      default: lines[lines.count - 1].append(self[index])
      }
      index += 1
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// The first line; nothing is one here.
  var firstLine: Text { Text(prefix { $0 != 0x0A && $0 != 0x0D }) }

  /// Whether a URL with a scheme, or what is left of one, stands at the beginning.
  var hasScheme: Bool {
    guard let slash = firstIndex(of: 0x2F), slash + 2 < count, self[slash + 1] == 0x2F else {
      return false
    }
    let scheme = self[..<slash]
    if scheme.isEmpty || ["http", "https"].contains(Text(scheme).lowercased.string) { return true }
    return scheme.last == 0x3A && (2...20).contains(scheme.count)
      && scheme.dropLast().allSatisfy { byte in
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
          || byte == 0x2B || byte == 0x2D
      }
  }

  /// What formats.md §1.2 lists as written where nothing was saved.
  var isPlaceholder: Bool {
    let known = [
      "", "unknown", "not_saved", "[not_saved]", "n/a", "null", "none", "(empty)", "<empty>",
    ]
    return allSatisfy { $0 == 0x2D } || known.contains { Array($0.utf8) == lowercased }
  }
}

/// The labels of the rules, as a dictionary of texts.
struct LabelTexts {
  private let classes: [Text: LabelDictionary.Class]
  /// The names of fields that tell of a person.
  private let names: Set<Text>

  /// No labels.
  init() { (classes, names) = ([:], []) }

  init(_ labels: LabelDictionary) {
    classes = Dictionary(
      labels.entries.filter { $0.class.isOfRecord }.map { ($0.label.lowercased, $0.class) },
      uniquingKeysWith: { first, _ in first })
    names = Set(labels.entries.filter { $0.class.isOfForm }.map(\.label.lowercased))
  }

  func isOfForm(_ name: Text) -> Bool { names.contains(name.lowercased) }

  func meaning(of label: Text) -> LabelDictionary.Class? {
    label.count <= LabelDictionary.maxLabelBytes ? classes[label.lowercased] : nil
  }
}
