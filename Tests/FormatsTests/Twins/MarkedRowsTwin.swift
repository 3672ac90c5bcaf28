import Formats

/// Rows of HTML tables and of SQL's `INSERT`, read slowly: a line is cut into all its tags, or all its values, first.
struct MarkedRowsTwin {
  enum Row {
    case nothing
    case field(LabelDictionary.Class, Text)
    case record(url: Text, logins: [Text], hasPassword: Bool)

    func candidates(line: Int) -> [Candidate] {
      guard case .record(let url, let logins, let hasPassword) = self else { return [] }
      var each: [Text] = []
      for login in logins where !login.isPlaceholder && !each.contains(login) { each.append(login) }
      return each.enumerated().map { index, login in
        Candidate(
          host: url.string, login: login.string, password: hasPassword, layout: "separated-values",
          line: line, record: 0, candidate: index, doubtful: false)
      }
    }
  }

  let labels: LabelTexts
  private var columns: [LabelDictionary.Class?] = []
  private var isInHeader = false
  private var isInStatement = false

  init(labels: LabelTexts) {
    self.labels = labels
  }

  /// The rows of a line, or nil if it is neither of a table nor of a statement.
  mutating func rows(_ line: Text) -> [Row]? {
    if line.first == 0x3C {
      let rows = htmlRows(line)
      return rows.isEmpty ? nil : rows
    }
    return values(line)
  }

  // MARK: HTML

  private enum Piece {
    case tag(name: String)
    case text(Text)
  }

  /// Tags that structure a table, and all that stands between them.
  private func pieces(_ line: Text) -> [Piece] {
    var pieces: [Piece] = []
    var text: Text = []
    var index = 0
    while index < line.count {
      let name = Text(
        line[(index + 1)...].prefix {
          $0 == 0x2F || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A
        }
      ).lowercased.string
      let behind = index + 1 + name.utf8.count
      let isTable = ["td", "th", "tr", "table"].contains(
        name.hasPrefix("/") ? String(name.dropFirst()) : name)
      if line[index] == 0x3C, isTable, behind < line.count,
        line[behind] == 0x3E || Text.blanks.contains(line[behind]),
        let end = line[behind...].firstIndex(of: 0x3E)
      {
        pieces += [.text(text), .tag(name: name)]
        text = []
        index = end + 1
      } else {
        text.append(line[index])
        index += 1
      }
    }
    return pieces + [.text(text), .tag(name: "tr")]
  }

  private mutating func htmlRows(_ line: Text) -> [Row] {
    var rows: [Row] = []
    var cells: [Text] = []
    var isHeader = false
    var isOpen = false
    for piece in pieces(line) {
      switch piece {
      case .text(let text): if isOpen { cells.append(plain(text)) }
      case .tag(let name):
        isOpen = name == "td" || name == "th"
        if name == "th" { isHeader = true }
        guard name.hasSuffix("tr") || name.hasSuffix("table") else { continue }
        if !cells.isEmpty { rows.append(row(cells, isHeader: isHeader)) }
        cells = []
        isHeader = false
        if name.hasSuffix("table") { columns = [] }
      }
    }
    return rows
  }

  /// The text of a cell between its tags.
  private func plain(_ text: Text) -> Text {
    var text = text.trimmed
    while text.first == 0x3C, let end = text.firstIndex(of: 0x3E) {
      text = Text(text[(end + 1)...]).trimmed
    }
    return Text(text.prefix { $0 != 0x3C }).trimmed.withoutInvisible
  }

  private mutating func row(_ cells: [Text], isHeader: Bool) -> Row {
    let meanings = cells.map { ExportTexts.meaning($0, labels) }
    let areNames =
      cells.count > 2 && meanings.contains(.password) && meanings.contains { $0?.isLogin == true }
    if isHeader || areNames {
      columns = (isInHeader ? columns : []) + meanings
      isInHeader = isHeader
      return .nothing
    }
    isInHeader = false
    let label = cells[0].last == 0x3A ? Text(cells[0].dropLast()).trimmed : cells[0]
    if cells.count == 2, let meaning = labels.meaning(of: label) {
      return .field(meaning, cells[1])
    }
    if let named = named(cells) { return named }
    // `url login password`, behind anything, or `login password url`.
    func isURL(_ cell: Text) -> Bool {
      let parts = URLText(at: .init(0, cell.count), in: cell.span)
      return cell.hasScheme && parts?.looksLikeHost == true
    }
    guard (3...6).contains(cells.count), let url = cells.firstIndex(where: isURL) else {
      return .nothing
    }
    let place = url + 2 < cells.count ? url + 1 : url == 2 && cells.count == 3 ? 0 : nil
    guard let place, cells[place...(place + 1)].allSatisfy({ !$0.isEmpty && !$0.contains(0x20) })
    else { return .nothing }
    return .record(
      url: cells[url], logins: [cells[place]], hasPassword: !cells[place + 1].isPlaceholder)
  }

  private func named(_ cells: [Text]) -> Row? {
    guard let password = columns.firstIndex(of: .password) else { return nil }
    let logins = [columns.firstIndex(of: .login), columns.firstIndex(of: .email)].compactMap { $0 }
    if logins.isEmpty { return nil }
    guard password < cells.count else { return .nothing }
    func cell(_ index: Int?) -> Text { index.map { $0 < cells.count ? cells[$0] : [] } ?? [] }
    return .record(
      url: cell(columns.firstIndex(of: .url)), logins: logins.map { cell($0) },
      hasPassword: !cells[password].isPlaceholder)
  }

  // MARK: SQL

  private mutating func values(_ line: Text) -> [Row]? {
    var rest = line
    if line.first == 0x28 {
      guard isInStatement else { return nil }
    } else if isInStatement, line.hasPrefix("values") {
      rest = Text(line.dropFirst(6))
    } else if line.hasPrefix("insert ") || line.hasPrefix("replace ") {
      columns = []
      isInStatement = true
      isInHeader = false
      guard let behind = head(line) else { return [] }
      rest = behind
    } else {
      return nil
    }
    var rows: [Row] = []
    while true {
      rest = Text(rest.drop { Text.blanks.contains($0) || $0 == 0x2C })
      guard rest.first == 0x28 else { break }
      guard let (cells, behind) = tuple(Text(rest.dropFirst())) else { return rows + [.nothing] }
      rows.append(named(cells) ?? .nothing)
      rest = behind
    }
    if !rest.isEmpty { isInStatement = false }
    return rows
  }

  /// Takes the columns; what stands behind `VALUES`, or nil without it.
  private mutating func head(_ line: Text) -> Text? {
    var rest = line
    while let first = rest.first {
      let word = Text(rest.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A })
      if word.lowercased.string == "values" { return Text(rest.dropFirst(6)) }
      if first == 0x28 {
        guard let (cells, behind) = tuple(Text(rest.dropFirst())) else { return nil }
        columns = cells.map { ExportTexts.meaning($0, labels) }
        rest = behind
      } else {
        rest = Text(rest.dropFirst(max(1, word.count)))
      }
    }
    return nil
  }

  /// The values up to the closing parenthesis, and what stands behind that.
  private func tuple(_ text: Text) -> (cells: [Text], behind: Text)? {
    var cells: [Text] = []
    var rest = text
    while true {
      rest = Text(rest.drop { Text.blanks.contains($0) })
      if rest.count > 1, (rest[0] | 0x20) >= 0x61, (rest[0] | 0x20) <= 0x7A,
        [0x27, 0x22, 0x60].contains(rest[1])
      {
        rest.removeFirst()
      }
      var cell: Text = []
      if let quote = rest.first, [0x27, 0x22, 0x60].contains(quote) {
        rest.removeFirst()
        while let byte = rest.first, byte != quote || rest.dropFirst().first == quote {
          let length = byte == 0x5C || byte == quote ? 2 : 1
          cell += rest.prefix(length)
          rest = Text(rest.dropFirst(length))
        }
        if rest.isEmpty { return nil }
        rest = Text(rest.drop { $0 != 0x2C && $0 != 0x29 })
      } else {
        cell = Text(rest.prefix { $0 != 0x2C && $0 != 0x29 })
        rest = Text(rest.dropFirst(cell.count))
      }
      guard let end = rest.first else { return nil }
      cells.append(cell.trimmed.withoutInvisible)
      rest.removeFirst()
      if end == 0x29 { return (cells, rest) }
    }
  }
}
