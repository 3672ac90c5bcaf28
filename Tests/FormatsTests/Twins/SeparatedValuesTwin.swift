import Formats

/// Separated values, read slowly: RFC 4180 character by character, all rows first.
///
/// Written from formats.md §6 and the RFC, to be compared with the fast reader.
struct SeparatedValuesTwin {
  let labels: LabelTexts

  private struct Row {
    var cells: [Text]
    var line: Int
  }

  func read(_ text: Text) -> [Candidate] {
    var text = text
    if text.starts(with: Array("\u{FEFF}".utf8)) { text.removeFirst(3) }
    let rows = rows(text, delimiter: delimiter(text))
    guard let header = rows.first else { return [] }
    let meanings = header.cells.map { meaning(ofColumn: $0.trimmed) }
    guard let login = meanings.firstIndex(of: .login),
      let password = meanings.firstIndex(of: .password)
    else { return [] }
    let url = meanings.firstIndex(of: .url)
    var number = 0
    var credentials: [Candidate] = []
    for row in rows.dropFirst() where !(row.cells.count == 1 && row.cells[0].trimmed.isEmpty) {
      number += 1
      func cell(_ index: Int?) -> Text {
        guard let index, index < row.cells.count else { return [] }
        return row.cells[index].trimmed
      }
      if cell(login).isPlaceholder { continue }
      credentials.append(
        Candidate(
          host: cell(url).string, login: cell(login).string,
          password: !cell(password).isPlaceholder, layout: "separated-values", line: row.line,
          record: number, candidate: 0, doubtful: false))
    }
    return credentials
  }

  private func meaning(ofColumn name: Text) -> LabelDictionary.Class? {
    switch name.lowercased.string {
    case "login_uri", "web site", "origin_url": .url
    case "login_username", "login name", "username_value": .login
    case "login_password", "password_value": .password
    case "account", "name", "title": nil
    default: labels.meaning(of: name)
    }
  }

  /// Whichever of comma, semicolon and tab the header has most of, outside quotes.
  private func delimiter(_ text: Text) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in text.lines.first ?? [] {
      if byte == 0x22 { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let (comma, semicolon, tab) = (counts[0x2C] ?? 0, counts[0x3B] ?? 0, counts[0x09] ?? 0)
    if semicolon > comma && semicolon >= tab { return 0x3B }
    return tab > comma ? 0x09 : 0x2C
  }

  private func rows(_ text: Text, delimiter: UInt8) -> [Row] {
    var rows: [Row] = []
    var rest = text[...]
    var line = 1
    while !rest.isEmpty {
      var (cells, length) = row(rest, delimiter: delimiter)
      if cells == nil {
        // A quote is never closed: the row is its first line.
        let first = Text(rest).lines[0]
        cells = row(first[...], delimiter: delimiter, isForced: true).cells
        length = first.count + Self.lineEnd(rest.dropFirst(first.count))
      }
      rows.append(Row(cells: cells ?? [], line: line))
      let taken = Text(rest.prefix(length))
      line += taken.lines.count
      rest = rest.dropFirst(length)
    }
    return rows
  }

  /// The length of the line end that `text` begins with.
  private static func lineEnd(_ text: ArraySlice<UInt8>) -> Int {
    if text.starts(with: [0x0D, 0x0A]) { return 2 }
    return text.first == 0x0D || text.first == 0x0A ? 1 : 0
  }

  /// The cells of the first row and the bytes it takes with its line end; no cells if a quote that
  /// is not closed runs over a line end, unless the text is forced to be one row.
  private func row(
    _ text: ArraySlice<UInt8>, delimiter: UInt8, isForced: Bool = false
  ) -> (cells: [Text]?, length: Int) {
    var cells: [Text] = []
    var rest = text
    while true {
      var cell: Text = []
      if rest.first == 0x22 {
        rest = rest.dropFirst()
        var isClosed = false
        while !rest.isEmpty && !isClosed {
          if rest.starts(with: [0x22, 0x22]) {
            cell += [0x22, 0x22]
            rest = rest.dropFirst(2)
          } else if rest.first == 0x22 {
            isClosed = true
          } else {
            cell.append(rest.removeFirst())
          }
        }
        if !isClosed && !isForced && cell.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
          return (nil, 0)
        }
        // Text behind the closing quote stays with the cell, and the quote too.
        let behind = rest.dropFirst().prefix { $0 != delimiter && $0 != 0x0A && $0 != 0x0D }
        if isClosed { rest = rest.dropFirst(1 + behind.count) }
        if !behind.isEmpty { cell += [0x22] + behind }
      } else {
        cell = Text(rest.prefix { $0 != delimiter && $0 != 0x0A && $0 != 0x0D })
        rest = rest.dropFirst(cell.count)
      }
      cells.append(cell)
      guard rest.first == delimiter else { break }
      rest = rest.dropFirst()
    }
    return (cells, text.count - rest.count + Self.lineEnd(rest))
  }
}
