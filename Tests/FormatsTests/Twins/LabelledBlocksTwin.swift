import Formats

/// Labelled blocks, read slowly: all lines first, then all fields, then all records.
///
/// Written from formats.md §0–1.2 and the layout's description, to be compared with the fast reader.
struct LabelledBlocksTwin {
  let labels: LabelTexts

  private enum Item {
    case blank
    case separator
    case field(LabelDictionary.Class, Text, line: Int)
    case text(Text, line: Int)
  }

  private struct Record {
    var fields: [LabelDictionary.Class: (value: Text, line: Int)] = [:]
    /// The class of the last label, if nothing stood behind it.
    var waiting: LabelDictionary.Class?
  }

  func read(_ text: Text) -> [Candidate] {
    var records: [Record] = []
    var record = Record()
    func close() {
      if record.fields[.login] != nil || record.fields[.password] != nil { records.append(record) }
      record = Record()
    }
    for item in items(text) {
      switch item {
      case .blank: if record.fields[.password] != nil { close() }
      case .separator: close()
      case .field(let meaning, let value, let line):
        if record.fields[meaning] != nil { close() }
        record.fields[meaning] = (value, line)
        record.waiting = value.isEmpty ? meaning : nil
      case .text(let text, let line):
        // The value may stand below an empty label, on the next line that says something.
        if let waiting = record.waiting { record.fields[waiting] = (text, line) }
        record.waiting = nil
      }
    }
    close()
    return records.enumerated().compactMap { candidate($1, number: $0 + 1) }
  }

  private func candidate(_ record: Record, number: Int) -> Candidate? {
    guard let login = record.fields[.login], !login.value.isPlaceholder else { return nil }
    return Candidate(
      host: record.fields[.url]?.value.string ?? "", login: login.value.string,
      password: !(record.fields[.password]?.value.isPlaceholder ?? true),
      layout: "labelled-blocks", line: login.line, record: number, candidate: 0, doubtful: false)
  }

  private func items(_ text: Text) -> [Item] {
    var items: [Item] = []
    for (index, line) in text.lines.enumerated() {
      if line.trimmed.isEmpty {
        items.append(.blank)
      } else if isSeparator(line.trimmed) {
        items.append(.separator)
      } else if let field = labels.field(line) {
        items += fields(field.meaning, field.value, line: index + 1)
      } else {
        items.append(.text(line.trimmed, line: index + 1))
      }
    }
    return items
  }

  /// The fields of one line: `URL: x | USER: y | PASS: z`. A password takes the rest of its line, and a
  /// seller's label is no field.
  private func fields(
    _ meaning: LabelDictionary.Class, _ value: Text, line: Int
  ) -> [Item] {
    func field(_ value: Text) -> [Item] {
      meaning == .seller || meaning == .other ? [] : [.field(meaning, value, line: line)]
    }
    if meaning == .password { return field(value) }
    for index in value.indices where value[index] == 0x7C {
      if let next = labels.field(Text(value[(index + 1)...])) {
        return field(Text(value[..<index]).trimmed)
          + fields(next.meaning, next.value, line: line)
      }
    }
    return field(value)
  }

  /// Five or more of one character, or a word between two such rows.
  private func isSeparator(_ line: Text) -> Bool {
    guard let first = line.first, Text("=-_*~#".utf8).contains(first) else { return false }
    return line.count >= 5 && line.prefix(5).allSatisfy { $0 == first }
      && line.suffix(5).allSatisfy { $0 == first }
  }
}
