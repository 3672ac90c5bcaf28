import Formats

/// XML, read slowly: a recursive parser of elements, then the records of their tree.
///
/// It reads well-formed documents, also without their end. Of any other it reads nothing and says so.
struct XMLRecordsTwin {
  let labels: LabelTexts
  private var text: Text = []
  private var at = 0
  private var isWrong = false

  init(labels: LabelTexts) {
    self.labels = labels
  }

  mutating func read(_ text: Text) -> [Candidate]? {
    self.text = text
    let labels = labels
    var picker = RecordPicker(
      layout: "xml", meaning: { ExportTexts.meaning($0, labels) },
      ownRole: { name in
        switch name.lowercased.string {
        case "name", "key": .fieldName
        case "value": .fieldValue
        default: nil
        }
      })
    while at < text.count && !isWrong {
      if passOver() { continue }
      if begins("<") {
        picker.pick(element().value)
      } else {
        if !Text.blanks.union([0x0A, 0x0D, 0xEF, 0xBB, 0xBF]).contains(text[at]) { isWrong = true }
        at += 1
      }
    }
    return isWrong ? nil : picker.candidates
  }

  private func begins(_ string: String) -> Bool { text[at...].starts(with: Array(string.utf8)) }

  /// Steps behind the next `string`, or to the end.
  @discardableResult
  private mutating func step(behind string: String) -> Bool {
    while at < text.count && !begins(string) { at += 1 }
    let isThere = at < text.count
    at = min(text.count, at + string.utf8.count)
    return isThere
  }

  private mutating func passOver() -> Bool {
    if begins("<!--") {
      at += 4
      step(behind: "-->")
    } else if begins("<?") {
      step(behind: "?>")
    } else if begins("<!DOCTYPE") {
      step(behind: "]>")
    } else {
      return false
    }
    return true
  }

  private struct Attribute {
    var name: Text
    var value: Text
    var line: Int
  }

  /// `a="b"`, `c='d'`: the pieces before each quote, and those within.
  private func attributes(_ inner: Text, from start: Int) -> [Attribute] {
    var attributes: [Attribute] = []
    var name: Text = []
    var index = 0
    while index < inner.count {
      let byte = inner[index]
      let sign = name.trimmedOfLines.last == 0x3D
      guard byte == 0x22 || byte == 0x27, sign else {
        name.append(byte)
        index += 1
        continue
      }
      guard let close = inner[(index + 1)...].firstIndex(of: byte) else { break }
      let word = Text(name.trimmedOfLines.dropLast()).trimmedOfLines
      attributes.append(
        Attribute(
          name: Text(word.split(separator: 0x3A).last ?? []),
          value: Text(inner[(index + 1)..<close]),
          line: (Text(text[..<(start + index + 1)]) + [0x78]).lines.count))
      name = []
      index = close + 1
    }
    return attributes
  }

  /// A tag's name, whether it closes itself, and its attributes; nil if it has no end.
  private mutating func tag() -> (name: Text, isEmpty: Bool, attributes: [Attribute])? {
    let start = at
    var quote: UInt8?
    while at < text.count, quote != nil || text[at] != 0x3E {
      if quote == text[at] {
        quote = nil
      } else if quote == nil && (text[at] == 0x22 || text[at] == 0x27) {
        quote = text[at]
      }
      at += 1
    }
    if at == text.count { return nil }
    let inner = Text(text[start..<at])
    at += 1
    let name = Text(inner.prefix { ![0x20, 0x09, 0x0A, 0x0D, 0x2F].contains($0) })
    return (
      name, inner.last == 0x2F,
      attributes(Text(inner.dropFirst(name.count)), from: start + name.count)
    )
  }

  private mutating func element() -> (name: Text, value: RecordTree) {
    at += 1
    guard let tag = tag() else { return ([], .object([])) }
    var members: [(name: Text, value: RecordTree)] = []
    var content: Text = []
    var line = 0
    var local = Text(tag.name.split(separator: 0x3A).last ?? [])
    let values: Set<LabelDictionary.Class> = [.url, .login, .email, .password]
    func meaning(_ name: Text) -> LabelDictionary.Class? {
      ExportTexts.meaning(name, labels).flatMap { values.contains($0) ? $0 : nil }
    }
    let isSpecial = ["name", "key", "value"].contains(local.lowercased.string)
    if meaning(local) == nil && !isSpecial {
      // `<field name="Login">`
      let names = tag.attributes.filter {
        ["name", "type", "key", "n"].contains($0.name.lowercased.string)
      }.map(\.value.trimmed)
      local = names.first { meaning($0) != nil } ?? local
    }
    let given = tag.attributes.filter {
      meaning($0.name) != nil && !["name", "type", "key", "n"].contains($0.name.lowercased.string)
    }
    let isField = meaning(local) != nil || isSpecial
    if !isField || tag.isEmpty || given.contains(where: { meaning($0.name) == .password }) {
      members = given.map {
        ($0.name, .value(decoded($0.value).trimmedOfLines, line: $0.line, .text))
      }
    }
    var isClosed = tag.isEmpty
    while !isClosed && at < text.count && !isWrong {
      if passOver() { continue }
      if begins("</") {
        at += 2
        guard let end = self.tag() else { break }
        isClosed = true
        if end.name != tag.name { isWrong = true }
      } else if begins("<![CDATA[") {
        let start = at + 9
        if step(behind: "]]>") {
          add(Text(text[start..<(at - 3)]), from: start, to: &content, &line)
        }
      } else if begins("<") {
        members.append(element())
      } else {
        let start = at
        while at < text.count && text[at] != 0x3C { at += 1 }
        if at < text.count {
          add(decoded(Text(text[start..<at])), from: start, to: &content, &line)
        }
      }
    }
    if !members.isEmpty || !isClosed { return (local, .object(members, isClosed: isClosed)) }
    return (local, .value(content.trimmedOfLines, line: line, .text))
  }

  private func add(_ piece: Text, from start: Int, to content: inout Text, _ line: inout Int) {
    if piece.trimmedOfLines.isEmpty { return }
    if content.isEmpty {
      let blanks = text[start...].prefix { Text.blanks.union([0x0A, 0x0D]).contains($0) }.count
      line = (Text(text[..<(start + blanks)]) + [0x78]).lines.count
    }
    content += piece
  }

  private func decoded(_ raw: Text) -> Text {
    let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
    guard raw.contains(0x26) else { return raw }
    let decoded = raw.string.replacing(/&(#[0-9]+|#x[0-9a-fA-F]+|[a-z]+);/) { match in
      let name = match.1
      let isHex = name.hasPrefix("#x")
      guard name.hasPrefix("#") else { return named[String(name)] ?? String(match.0) }
      let value = UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10)
      return value.flatMap(Unicode.Scalar.init).map(String.init) ?? "\u{FFFD}"
    }
    return Array(decoded.utf8)
  }
}
