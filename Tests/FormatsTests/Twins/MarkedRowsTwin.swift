import Formats

/// Rows of HTML tables and of SQL's `INSERT`, read slowly: a line is cut into all its tags, or all its values, first.
struct MarkedRowsTwin {
  enum Row {
    case nothing
    /// `line` is how many lines stand before its row, within what was read as one.
    case field(LabelDictionary.Class, Text, line: Int)
    case record(url: Text, logins: [Login], hasPassword: Bool, isDoubtful: Bool = false)

    func candidates(line: Int) -> [Candidate] {
      guard case .record(let url, let logins, let hasPassword, let isDoubtful) = self else {
        return []
      }
      var each: [Login] = []
      for login in logins
      where !login.text.isPlaceholder && !each.contains(where: { $0.text == login.text }) {
        each.append(login)
      }
      return each.enumerated().map { index, login in
        Candidate(
          host: url.string, login: login.text.string, password: hasPassword,
          layout: "separated-values", line: line + login.line, record: 0, candidate: index,
          doubtful: isDoubtful)
      }
    }
  }

  struct Login {
    var text: Text
    /// Lines before it within the row.
    var line = 0
  }

  let labels: LabelTexts
  private var columns: [LabelDictionary.Class?] = []
  private var isInHeader = false
  private var isInStatement = false
  /// Whether the columns of an `INSERT` and its `VALUES` are still to come.
  private var isInHead = false
  /// The lines of the row's cells, counted from its first.
  private var cellLines: [Int] = []
  /// The line on which the row begins, counted alike.
  private var rowLine = 0

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
    case text(Text, line: Int)
  }

  private static func lineEnds(_ text: some Sequence<UInt8>) -> Int {
    (Text(text) + [0x78]).lines.count - 1
  }

  /// How many lines below the first the row ends that the first of `lines` begins, each cell on a line of its own;
  /// 0 if it does not.
  func linesOfRow(_ lines: ArraySlice<Text>) -> Int {
    guard let first = lines.first?.trimmed, first.first == 0x3C, isOpen(first, false) else {
      return 0
    }
    var hasCell = tags(first).contains { $0 == "td" || $0 == "th" }
    var awaitsText = awaitsText(first, false)
    var bytes = first.count
    for (number, line) in lines.dropFirst().enumerated() {
      bytes += line.count + 1
      if bytes > 8192 { return 0 }
      if line.trimmed.isEmpty { continue }
      if line.trimmed.first != 0x3C {
        // The text of a cell alone, which is no record, nor a statement.
        guard awaitsText, !Self.beginsStatement(line.trimmed),
          case .text = DelimitedLineTwin(line.trimmed, labels).standing(takesBareLines: false)
        else { return 0 }
      }
      if FieldTwin(line.trimmed, labels)?.hasColon == true { return 0 }
      if tags(line).contains("tr") { return 0 }
      hasCell = hasCell || tags(line).contains { $0 == "td" || $0 == "th" }
      awaitsText = self.awaitsText(line, awaitsText)
      if !isOpen(line, true) { return hasCell ? number + 1 : 0 }
    }
    return 0
  }

  /// Whether a cell has begun, and none of its text.
  private func awaitsText(_ line: Text, _ awaitedBefore: Bool) -> Bool {
    guard case .text(var text, _) = pieces(line).dropLast().last else { return false }
    text = text.trimmed
    while text.first == 0x3C, let end = text.firstIndex(of: 0x3E) {
      text = Text(text[(end + 1)...]).trimmed
    }
    let isInCell = tags(line).last.map { $0 == "td" || $0 == "th" } ?? awaitedBefore
    return isInCell && text.isEmpty
  }

  private func tags(_ line: Text) -> [String] {
    pieces(line).dropLast().compactMap { if case .tag(let name) = $0 { name } else { nil } }
  }

  private func isOpen(_ line: Text, _ isOpenBefore: Bool) -> Bool {
    let last = tags(line).last { ["tr", "/tr", "table", "/table"].contains($0) }
    return last.map { $0 == "tr" } ?? isOpenBefore
  }

  /// Tags that structure a table, and all that stands between them.
  private func pieces(_ line: Text) -> [Piece] {
    var pieces: [Piece] = []
    var text: Text = []
    var start = 0
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
        pieces += [.text(text, line: start), .tag(name: name)]
        text = []
        index = end + 1
        start = Self.lineEnds(line[..<index])
      } else {
        text.append(line[index])
        index += 1
      }
    }
    return pieces + [.text(text, line: start), .tag(name: "tr")]
  }

  private mutating func htmlRows(_ line: Text) -> [Row] {
    var rows: [Row] = []
    var cells: [Text] = []
    var isHeader = false
    var isOpen = false
    cellLines = []
    rowLine = 0
    var tagLine = 0
    for piece in pieces(line) {
      switch piece {
      case .text(let text, let line):
        tagLine = line + Self.lineEnds(text)
        if !isOpen { continue }
        let cell = plain(text)
        let start = text.indices.first { text[$0...].starts(with: cell) } ?? 0
        cells.append(cell)
        cellLines.append(line + Self.lineEnds(text[..<start]))
      case .tag(let name):
        isOpen = name == "td" || name == "th"
        if name == "th" { isHeader = true }
        guard name.hasSuffix("tr") || name.hasSuffix("table") else { continue }
        if !cells.isEmpty {
          rows.append(row(cells, isHeader: isHeader))
          rowLine = tagLine
        }
        cells = []
        cellLines = []
        isHeader = false
        if name.hasSuffix("table") { columns = [] }
      }
    }
    return rows
  }

  /// The text of a cell between its tags.
  private func plain(_ text: Text) -> Text {
    var text = text.trimmedOfLines
    while text.first == 0x3C, let end = text.firstIndex(of: 0x3E) {
      text = Text(text[(end + 1)...]).trimmedOfLines
    }
    return Text(text.prefix { $0 != 0x3C }).trimmedOfLines.withoutInvisible
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
      return .field(meaning, cells[1], line: rowLine)
    }
    return named(cells) ?? unnamed(cells)
  }

  private func unnamed(_ cells: [Text]) -> Row {
    // `url login password`, behind anything, or `login password url`.
    func isURL(_ cell: Text) -> Bool {
      let parts = URLText(at: .init(0, cell.count), in: cell.span)
      return cell.hasScheme && parts?.looksLikeHost == true
    }
    guard (3...6).contains(cells.count),
      let url = cells.indices.first(where: { index in
        isURL(cells[index]) && !(index + 1 < cells.count && cells[index + 1].hasScheme)
      })
    else { return .nothing }
    let place = url + 2 < cells.count ? url + 1 : url == 2 && cells.count == 3 ? 0 : nil
    guard let place, cells[place...(place + 1)].allSatisfy({ !$0.isEmpty && !$0.contains(0x20) })
    else { return .nothing }
    return .record(
      url: cells[url], logins: [login(place, cells)], hasPassword: !cells[place + 1].isPlaceholder)
  }

  private func login(_ index: Int, _ cells: [Text]) -> Login {
    Login(text: cells[index], line: index < cellLines.count ? cellLines[index] : 0)
  }

  private func named(_ cells: [Text]) -> Row? {
    guard let password = columns.firstIndex(of: .password) else { return nil }
    var logins = [columns.firstIndex(of: .login), columns.firstIndex(of: .email)].compactMap { $0 }
    if logins.isEmpty {
      logins = cells.indices.prefix(32).filter {
        $0 != password && DelimitedLineTwin.isMailAddress(cells[$0])
      }
      logins = Array(logins.prefix(1))
    }
    if logins.isEmpty { return nil }
    guard password < cells.count else { return .nothing }
    let urls = cells.indices.filter { $0 < columns.count && columns[$0] == .url }.map { cells[$0] }
      .filter { !$0.isEmpty }
    let url =
      urls.first { $0.hasScheme }
      ?? urls.first { URLText(at: .init(0, $0.count), in: $0.span)?.looksLikeHost == true }
      ?? urls.first
    return .record(
      url: url ?? [], logins: logins.filter { $0 < cells.count }.map { login($0, cells) },
      hasPassword: !cells[password].isPlaceholder)
  }

  // MARK: SQL

  /// Whether a line begins a statement that inserts rows.
  static func beginsStatement(_ line: Text) -> Bool {
    ["insert ", "replace "].contains { verb in
      line.hasPrefix(verb)
        && ["into ", "into`", "ignore into ", "or ", "[", "`"].contains {
          Text(line.dropFirst(verb.utf8.count)).trimmed.hasPrefix($0)
        }
    }
  }

  private mutating func values(_ line: Text) -> [Row]? {
    cellLines = []
    var rest = line
    let goesOn = line.first == 0x28 || line.hasPrefix("values")
    if line.hasPrefix("insert ") || line.hasPrefix("replace ") || isInHead && goesOn {
      if !goesOn {
        columns = []
        isInStatement = true
        isInHeader = false
      }
      isInHead = true
      switch head(line) {
      case .open: return []
      case .none:
        (columns, isInHead, isInStatement) = ([], false, false)
        return nil
      case .values(let behind): rest = behind
      }
      isInHead = false
    } else if isInStatement && goesOn {
      if line.first != 0x28 { rest = Text(line.dropFirst(6)) }
    } else {
      return nil
    }
    var rows: [Row] = []
    while true {
      rest = Text(rest.drop { Text.blanks.contains($0) || $0 == 0x2C })
      guard rest.first == 0x28 else { break }
      let (cells, behind) = tuple(Text(rest.dropFirst()))
      guard let behind else { return rows + [unescaped(named(cells) ?? addressed(cells))] }
      rows.append(unescaped(named(cells) ?? unnamedValues(cells)))
      rest = behind
    }
    if rest.isEmpty { return rows }
    isInStatement = false
    let next = Text(rest.dropFirst()).trimmed
    let goesOnBehind = next.hasPrefix("insert ") || next.hasPrefix("replace ")
    return rest.first == 0x3B && goesOnBehind ? rows + (values(next) ?? []) : rows
  }

  /// Whether a text may be a password, and no date, machine's address, short number, URL or mail address.
  private func mayBePassword(_ password: Text) -> Bool {
    let digits = password.filter { $0 >= 0x30 && $0 <= 0x39 }.count
    let signs = password.filter { Text("-.:/".utf8).contains($0) }.count
    let isNumber = digits + signs == password.count
    return !(isNumber && (signs > 0 || digits < 4)) && !password.hasScheme
      && !DelimitedLineTwin.isMailAddress(password)
  }

  /// Beside a URL, or an address and a word behind it.
  private func unnamedValues(_ cells: [Text]) -> Row {
    guard columns.isEmpty, cells.count > 1 else { return .nothing }
    let cells = Array(cells.prefix(32))
    if let row = chromium(cells) { return row }
    if cells.count > 2, case let row = besideURL(cells), case .record = row { return row }
    return addressed(cells)
  }

  /// An address and a word behind it.
  private func addressed(_ cells: [Text]) -> Row {
    let cells = Array(cells.prefix(32))
    guard columns.isEmpty,
      let index = cells.indices.dropLast().first(where: {
        DelimitedLineTwin.isMailAddress(cells[$0]) && !cells[$0 + 1].contains(0x20)
          && !cells[$0 + 1].isPlaceholder && mayBePassword(cells[$0 + 1])
      })
    else { return .nothing }
    let url = cells[..<index].first { $0.hasScheme } ?? cells[(index + 2)...].first { $0.hasScheme }
    return .record(
      url: url ?? [], logins: [login(index, cells)], hasPassword: true, isDoubtful: true)
  }

  /// `url login password` at the end, or `url address password` before others.
  private func besideURL(_ cells: [Text]) -> Row {
    let row = unnamed(cells)
    if cells[cells.count - 3].hasScheme { return row }
    guard case .record(_, let logins, true, _) = row, let login = logins.first?.text,
      DelimitedLineTwin.isMailAddress(login),
      // Behind its URL, as it may stand elsewhere, too; or `login password url`.
      let index = cells.indices.first(where: {
        cells[$0] == login && ($0 == 0 ? cells.count == 3 : cells[$0 - 1].hasScheme)
      }),
      mayBePassword(cells[index + 1])
    else { return .nothing }
    return row
  }

  /// Origin, action, field, user name, field, password, button, realm.
  private func chromium(_ cells: [Text]) -> Row? {
    guard cells.count >= 8, cells[0].hasScheme, cells[1].isEmpty || cells[1].hasScheme,
      [2, 4, 6].allSatisfy({ !cells[$0].hasScheme && !cells[$0].contains(0x40) }),
      !cells[3].hasScheme, cells[7].hasScheme || DelimitedLineTwin.isMailAddress(cells[3])
    else { return nil }
    return .record(
      url: cells[0], logins: [Login(text: cells[3])], hasPassword: !cells[5].isPlaceholder)
  }

  /// With what `\\\\`, `\\'`, `\\"` and `''` in the logins stand for.
  private func unescaped(_ row: Row) -> Row {
    guard case .record(let url, let logins, let hasPassword, let isDoubtful) = row else {
      return row
    }
    return .record(
      url: url,
      logins: logins.map { login in
        var text: Text = []
        var rest = login.text[...]
        while let first = rest.popFirst() {
          let pair = [first, rest.first ?? 0]
          let isEscape =
            first == 0x5C && Text("\\'\"".utf8).contains(pair[1]) || pair == Text("''".utf8)
          text.append(isEscape ? rest.removeFirst() : first)
        }
        return Login(text: text)
      }, hasPassword: hasPassword, isDoubtful: isDoubtful)
  }

  private func withoutBrackets(_ name: Text) -> Text {
    name.count > 2 && name.first == 0x5B && name.last == 0x5D
      ? Text(name.dropFirst().dropLast()) : name
  }

  private enum Head {
    /// More of it may follow.
    case open
    /// Something else stands behind the columns.
    case none
    case values(Text)
  }

  /// Takes the columns.
  private mutating func head(_ line: Text) -> Head {
    var rest = line
    var hasNames = false
    while let first = rest.first {
      let word = Text(rest.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A })
      if word.lowercased.string == "values" { return .values(Text(rest.dropFirst(6))) }
      if first == 0x28 {
        columns = []
        let (cells, behind) = tuple(Text(rest.dropFirst()))
        guard let behind else { return .open }
        columns = cells.map { ExportTexts.meaning(withoutBrackets($0), labels) }
        hasNames = true
        rest = behind
      } else if hasNames && !Text.blanks.contains(first) {
        return .none
      } else {
        rest = Text(rest.dropFirst(max(1, word.count)))
      }
    }
    return .open
  }

  /// The values up to the closing parenthesis, and what stands behind that; nil there if it does not stand on the line.
  private func tuple(_ text: Text) -> (cells: [Text], behind: Text?) {
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
        if rest.isEmpty { return (cells, nil) }
        rest = Text(rest.drop { $0 != 0x2C && $0 != 0x29 })
      } else {
        cell = Text(rest.prefix { $0 != 0x2C && $0 != 0x29 })
        rest = Text(rest.dropFirst(cell.count))
      }
      guard let end = rest.first else { return (cells, nil) }
      cells.append(cell.trimmed.withoutInvisible)
      rest.removeFirst()
      if end == 0x29 { return (cells, rest) }
    }
  }
}
