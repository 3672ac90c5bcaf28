import Formats

/// Bytes as the twins handle them: copied, sliced and compared at leisure.
typealias Text = [UInt8]

extension Text {
  static let blanks: Set<UInt8> = [0x20, 0x09, 0x00]

  var trimmed: Text {
    Text(
      drop { Text.blanks.contains($0) }.reversed().drop { Text.blanks.contains($0) }.reversed())
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

  /// What formats.md §1.2 lists as written where nothing was saved.
  var isPlaceholder: Bool {
    let known = [
      "", "unknown", "not_saved", "[not_saved]", "n/a", "null", "none", "-", "(empty)", "<empty>",
    ]
    return known.contains { Array($0.utf8) == lowercased }
  }
}

/// The labels of the rules, as a dictionary of texts.
struct LabelTexts {
  private let classes: [Text: LabelDictionary.Class]

  init(_ labels: LabelDictionary) {
    classes = Dictionary(
      labels.entries.filter { $0.class.isOfRecord }.map { ($0.label.lowercased, $0.class) },
      uniquingKeysWith: { first, _ in first })
  }

  func meaning(of label: Text) -> LabelDictionary.Class? {
    label.count <= LabelDictionary.maxLabelBytes ? classes[label.lowercased] : nil
  }

  /// The meaning of the line's label and what stands behind it: formats.md §1.1.
  func field(_ line: Text) -> (meaning: LabelDictionary.Class, value: Text)? {
    var rest = line[...]
    // Blanks, and the bullets `-`, `*`, `•`; and a byte order mark.
    let bullets: [Text] = [
      [0x20], [0x09], [0x00], [0x2D], [0x2A], Text("•".utf8), Text("\u{FEFF}".utf8),
    ]
    while let bullet = bullets.first(where: { rest.starts(with: $0) }) {
      rest = rest.dropFirst(bullet.count)
    }
    let text = Text(rest)
    let isBeyondASCII = (text.first ?? 0) >= 0xE0
    for index in text.indices {
      let isWide = isBeyondASCII && text[index...].starts(with: Array("：".utf8))
      if text[index] == 0x3A || text[index] == 0x3D || isWide {
        var label = Text(text[..<index]).trimmed
        var value = Text(text[(index + (isWide ? 3 : 1))...]).trimmed
        if label.count > 2 && label.first == 0x22 && label.last == 0x22 {
          label = Text(label.dropFirst().dropLast())
          if value.last == 0x2C { value = Text(value.dropLast()).trimmed }
          if value.count >= 2 && value.first == 0x22 && value.last == 0x22 {
            value = Text(value.dropFirst().dropLast()).trimmed
          }
        }
        return meaning(of: label).map { ($0, value) }
      }
    }
    return nil
  }
}
