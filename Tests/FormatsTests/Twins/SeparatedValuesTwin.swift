import Formats

/// Separated values, read slowly: RFC 4180 character by character, all rows first.
///
/// Written from formats.md §6 and the RFC, to be compared with the fast reader.
struct SeparatedValuesTwin {
  let labels: LabelTexts

  /// The lines, from 1, that the fast reader read as delimited records: believed where `DelimitedLineTwin` is in
  /// doubt.
  let readAsDelimited: Set<Int>

  private struct Columns {
    var urls: [Int]
    var moreURLs: Int?
    var logins: [Int]
    var emails: [Int]
    var password: Int?
    var isPasswordGuessed = false
    var count: Int
    var delimiter: UInt8
    /// As a table in Markdown has, whose cells have marks.
    var hasBars: Bool { delimiter == 0x7C }
  }

  func read(_ text: Text) -> [Candidate] { readRows(text).candidates }

  /// With the lines of rows.
  func readRows(_ text: Text) -> (candidates: [Candidate], lines: Set<Int>) {
    var lines: Set<Int> = []
    var table: (columns: Columns, delimiter: UInt8)?
    var closed: (columns: Columns, delimiter: UInt8)?
    /// The line that the table has turned down: it is not offered to it again.
    var turnedDown = 0
    var said: UInt8?
    var rest = text
    var line = 1
    var credentials: [Candidate] = []
    while !rest.isEmpty {
      let first = rest.firstLine
      let firstLength = first.count + Self.lineEnd(rest[...].dropFirst(first.count))
      let isStatement = ["insert ", "replace "].contains { first.hasPrefix($0) }
      let isMarked = isMarked(first.trimmed)
      let mayBeHeader = !first.contains(0x3A) && !first.contains(0x40) && !isStatement && !isMarked
      guard let (columns, delimiter) = table else {
        if mayBeHeader {
          said = self.said(first) ?? said
          table = header(line: first, said)
        }
        // A row of the table before goes on with it, unless it is blank.
        if table == nil, !first.trimmed.isEmpty, line != turnedDown, !isLabelled(first), !isMarked,
          let old = closed,
          old.columns.count > 2,
          let cells = row(first[...], delimiter: old.delimiter, isForced: true).cells,
          cells.count == old.columns.count, !isText(cells, old.columns, first, line: line)
        {
          table = old
          continue
        }
        rest = Text(rest.dropFirst(firstLength))
        line += 1
        continue
      }
      if isMarked {
        closed = table
        table = nil
        turnedDown = line
        continue
      }
      var (cells, length) = row(rest[...], delimiter: delimiter, of: columns)
      if cells == nil {
        // A quote is never closed: the row is its first line.
        cells = row(first[...], delimiter: delimiter, isForced: true).cells
        length = firstLength
      }
      let below = Text(rest.dropFirst(length)).firstLine
      let isHeading =
        cells?.count == 1 && isHeading(first)
        && isTextForSure(below, line: line + 1, columns, delimiter)
      if let cells, isHeading || isText(cells, columns, first, line: line) {
        closed = table
        table = nil
        turnedDown = line
        continue
      }
      let taken = Text(rest.prefix(length))
      rest = Text(rest.dropFirst(length))
      let isOneLine = taken.lines.count == 1
      if isOneLine, mayBeHeader, let found = self.said(first) {
        said = found
      } else if isOneLine, mayBeHeader, let other = header(line: first, said) {
        table = other
      } else if let cells, !(cells.count == 1 && cells[0].text.trimmed.isEmpty) {
        credentials += candidates(cells, columns, taken, line: line, number: 0)
      }
      lines.formUnion(line..<(line + taken.lines.count))
      line += taken.lines.count
    }
    return (credentials, lines)
  }

  /// Whether a URL stands alone on a line.
  private func isHeading(_ line: Text) -> Bool {
    !line.trimmed.isEmpty
      && TextLinesTwin(labels: labels, takesBareLines: false, readAsDelimited: [])
        .heading(line.trimmed) != nil
  }

  /// Whether a line is one of a text behind the table, and no row.
  private func isTextForSure(
    _ line: Text, line number: Int, _ columns: Columns, _ delimiter: UInt8
  ) -> Bool {
    let cells = row(line[...], delimiter: delimiter, isForced: true).cells ?? []
    return isText(cells, columns, line, line: number)
  }

  /// Whether the cells of a line are those of a text behind the table.
  private func isText(_ cells: [Cell], _ columns: Columns, _ line: Text, line number: Int) -> Bool {
    let login = (columns.logins + columns.emails).prefix(4).first.flatMap {
      $0 < min(cells.count, 64) ? cells[$0].text : nil
    }
    let hasLogin = login.map { !isLabelled($0) && !isOfObject($0) } ?? false
    let hasLabels =
      !hasLogin && cells.count > 1 && cells.prefix(2).allSatisfy { isLabelled($0.text) }
    return hasLabels || (cells.count == 1 || !fits(cells, columns)) && isText(line, line: number)
  }

  /// Whether a line begins a row of HTML or a statement of SQL.
  private func isMarked(_ line: Text) -> Bool {
    ["table", "tr", "td", "th"].contains { name in
      [">", " ", "\t"].contains { line.hasPrefix("<\(name)\($0)") }
    }
      || MarkedRowsTwin.beginsStatement(line)
  }

  /// Whether a row has the cells that are read, no address where it has a URL's, no URL where it has a login's, and no
  /// password behind the address of either.
  private func fits(_ cells: [Cell], _ columns: Columns) -> Bool {
    let first = (columns.logins + columns.emails).prefix(4).min() ?? 0
    guard cells.count > max(columns.password ?? 0, first) else { return false }
    let cells = withoutExcess(cells, columns)
    let url = url(cells, columns)
    let login = text((columns.logins + columns.emails).first, cells, columns)
    if isAddress(url) || login.hasScheme { return false }
    if login.contains(0x40) {
      return (columns.logins + columns.emails).count > 1 || passwordBehindAddress(login) == nil
    }
    guard let colon = url.prefix(while: { $0 != 0x40 }).lastIndex(of: 0x3A),
      let password = passwordBehindAddress(Text(url[(colon + 1)...]))
    else { return true }
    // It may be a port.
    return password.string.contains(/^[0-9]+(\/|$)/) || password.first == 0x2F
  }

  /// What stands behind a mail address and a colon.
  private func passwordBehindAddress(_ text: Text) -> Text? {
    guard let at = text.firstIndex(of: 0x40), let colon = text[at...].firstIndex(of: 0x3A),
      colon + 1 < text.count, DelimitedLineTwin.isMailAddress(Text(text[..<colon]))
    else { return nil }
    return Text(text[(colon + 1)...])
  }

  /// Whether a cell holds a brace, or its first colon stands behind a quote.
  private func isOfObject(_ cell: Text) -> Bool {
    guard let sign = cell.firstIndex(of: 0x3A) ?? cell.firstIndex(of: 0x3D) else {
      return cell.contains(0x7B)
    }
    return cell.contains(0x7B) || sign > 0 && cell[sign - 1] == 0x22
  }

  private func isAddress(_ text: Text) -> Bool {
    guard let at = text.firstIndex(of: 0x40) else { return false }
    return at > 0 && at + 1 < text.count && !text.contains { Text("/? ".utf8).contains($0) }
  }

  private func text(_ index: Int?, _ cells: [Cell], _ columns: Columns) -> Text {
    guard let index, index < cells.count else { return [] }
    var text = cells[index].text.trimmed.withoutInvisible
    // Of a quote that is never closed.
    let isClosed = text.count > 1 && text.last == 0x22
    if index != columns.password, !cells[index].isQuoted, text.first == 0x22, !isClosed {
      text.removeFirst()
    }
    return columns.hasBars ? unmarked(text) : text
  }

  /// Without Markdown's marks.
  private func unmarked(_ text: Text) -> Text {
    if text.count > 2, text.first == text.last, text.first == 0x60 || text.first == 0x2A {
      return unmarked(Text(text.dropFirst().dropLast()).trimmed)
    }
    if text.count > 4, text.first == 0x5B, text.last == 0x29,
      let close = text.firstIndex(of: 0x5D), text[close + 1] == 0x28
    {
      return Text(text[(close + 2)...].dropLast()).trimmed
    }
    return text
  }

  /// The first URL with a scheme, else the first host, else the first text.
  private func url(_ cells: [Cell], _ columns: Columns) -> Text {
    let texts = columns.urls.prefix(4).map { text($0, cells, columns) }.filter { !$0.isEmpty }
    return texts.first { $0.hasScheme }
      ?? texts.first { URLText(at: .init(0, $0.count), in: $0.span)?.looksLikeHost == true }
      ?? texts.first ?? []
  }

  /// Whether a line that is no row is none of the table: a labelled field, a delimited record or a line of signs.
  private func isText(_ line: Text, line number: Int) -> Bool {
    if line.trimmed.isEmpty { return false }
    if FieldTwin(line, labels)?.hasColon == true || TextLinesTwin.isSeparator(line.trimmed) {
      return true
    }
    switch DelimitedLineTwin(line, labels).standing(takesBareLines: false) {
    case .text: return false
    // A row has quotes.
    case .record where !line.contains(0x22): return true
    case .record, .doubtful: return readAsDelimited.contains(number)
    }
  }

  /// Whether any line is a header.
  func hasHeader(_ text: Text) -> Bool {
    text.lines.contains { !$0.contains(0x3A) && !$0.contains(0x40) && header(line: $0, nil) != nil }
  }

  private func isLabelled(_ line: Text) -> Bool {
    FieldTwin(line.trimmed, labels)?.hasColon == true
  }

  private func candidates(
    _ cells: [Cell], _ columns: Columns, _ row: Text, line: Int, number: Int
  ) -> [Candidate] {
    guard columns.password != nil else { return [] }
    let cells = withoutExcess(cells, columns)
    func text(_ index: Int?) -> Text { self.text(index, cells, columns) }
    let url = url(cells, columns)
    let hasPassword = !text(columns.password).isPlaceholder
    var logins: [(text: Text, line: Int)] = []
    for index in (columns.logins + columns.emails).prefix(4) {
      let login = text(index)
      let isAlone = url.isEmpty && !hasPassword
      if login.isPlaceholder || logins.contains(where: { $0.text == login }) { continue }
      if columns.emails.contains(index) && isAlone { continue }
      // The line on which the login itself begins.
      let blanks = cells[index].text.prefix { Text.blanks.contains($0) }.count
      let before = Text(row.prefix(cells[index].start + blanks))
      logins.append((login, line + (before + [0x78]).lines.count - 1))
    }
    var candidates: [Candidate] = []
    // NordPass: `["https://…","https://…"]`.
    let more = text(columns.moreURLs).split(separator: 0x2C).map { url in
      let isMark = { (byte: UInt8) in Text("\"[]\\ \t\0".utf8).contains(byte) }
      return Text(Text(url.drop(while: isMark)).reversed().drop(while: isMark).reversed())
    }.filter { !$0.isEmpty }
    for url in (urls(url.trimmedOfLines) + more).prefix(60) {
      for login in logins {
        candidates.append(
          Candidate(
            host: url.string, login: login.text.string, password: hasPassword,
            layout: "separated-values", line: login.line, record: number,
            candidate: candidates.count, doubtful: columns.isPasswordGuessed))
      }
    }
    return candidates
  }

  /// A password with delimiters of its own moves what stands behind it, and so does a URL; a delimiter at the row's end
  /// moves nothing.
  private func withoutExcess(_ cells: [Cell], _ columns: Columns) -> [Cell] {
    var cells = cells
    if cells.count == columns.count + 1, cells[columns.count].text.trimmed.isEmpty {
      cells.removeLast()
    }
    let excess = min(cells.count, 64) - columns.count
    // No more than 64 are looked at.
    guard let password = columns.password, cells.count > columns.count, excess <= 6 else {
      return cells
    }
    if let login = (columns.logins + columns.emails).first, login < password,
      cells[login].text.trimmed.contains(where: Text("=&/?".utf8).contains)
        || cells[login].text.trimmed.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      DelimitedLineTwin.isMailAddress(cells[login + excess].text.trimmed),
      let url = columns.urls.prefix(4).first(where: {
        $0 < login && cells[$0].text.trimmed.hasScheme
          && cells[$0...($0 + excess)].allSatisfy { !$0.isQuoted }
      })
    {
      let parts = cells[url...(url + excess)].map(\.text)
      cells[url].text = Text(parts.joined(separator: [columns.delimiter]))
      cells.removeSubrange((url + 1)...(url + excess))
    } else {
      cells.removeSubrange((password + 1)..<(password + 1 + cells.count - columns.count))
    }
    return cells
  }

  /// The URLs of a cell: parted by line ends, or where a scheme stands behind a comma.
  private func urls(_ text: Text) -> [Text] {
    for index in text.indices where Text(",\n\r".utf8).contains(text[index]) {
      let behind = Text(text[(index + 1)...]).trimmedOfLines
      if text[index] == 0x2C ? behind.hasScheme : !behind.isEmpty {
        return [Text(text[..<index]).trimmedOfLines] + urls(behind)
      }
    }
    return [text.trimmedOfLines]
  }

  // MARK: Headers

  /// The delimiter that a line `sep=;` names, with or without quotes.
  private func said(_ line: Text) -> UInt8? {
    var line = withoutMark(line).trimmed
    if line.count == 7 && line.first == 0x22 && line.last == 0x22 {
      line = Text(line.dropFirst().dropLast())
    }
    guard line.lowercased.starts(with: Array("sep=".utf8)), line.count <= 5 else { return nil }
    guard line.count == 5 else { return 0x09 }
    let isWord =
      (line[4] | 0x20) >= 0x61 && (line[4] | 0x20) <= 0x7A || (0x30...0x39).contains(line[4])
    return line[4] == 0x22 || isWord ? nil : line[4]
  }

  private func withoutMark(_ line: Text) -> Text {
    line.starts(with: Array("\u{FEFF}".utf8)) ? Text(line.dropFirst(3)) : line
  }

  private func header(line: Text, _ said: UInt8?) -> (Columns, UInt8)? {
    let line = withoutMark(line)
    let delimiter = said.flatMap { line.contains($0) ? $0 : nil } ?? delimiter(line)
    guard line.count <= 4096, line.count > 1, line.trimmed.first != 0x28,
      let cells = row(line[...], delimiter: delimiter).cells
    else { return nil }
    if cells.count < 2 { return nil }
    let names = cells.map(\.text.trimmed)
    let meanings = names.map { ExportTexts.meaning($0, labels) }
    func all(_ meaning: LabelDictionary.Class) -> [Int] {
      meanings.indices.filter { meanings[$0] == meaning }
    }
    let isAccount = { (index: Int) in names[index].lowercased.string == "account" }
    var password = all(.password).first
    var logins = all(.login).filter { !isAccount($0) }
    if logins.isEmpty && all(.email).isEmpty { logins = Array(all(.login).prefix(1)) }
    if logins.isEmpty && all(.email).isEmpty && (password != nil || all(.url).isEmpty) {
      return nil
    }
    // A table without passwords: at least three columns, all named by words.
    let areWords = names.allSatisfy { name in
      guard let first = name.first, name.count <= 40 else { return false }
      let isOfWords = names.count > 3 && name.contains(0x20)
      return (first >= 0x80 || (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7A)
        && !name.contains { !isOfWords && ($0 >= 0x30 && $0 <= 0x39 || $0 == 0x2F) || $0 == 0x2E }
    }
    // Columns that nobody knows, and user names: a phone is a person's as well.
    let isOfForm = names.map { labels.isOfForm($0) }
    let unknown = names.indices.filter { meanings[$0] == nil && !isOfForm[$0] }
    let hasUserName =
      logins.contains { !isOfForm[$0] } || logins.contains { isAccount($0) }
    if password == nil {
      guard areWords, names.count >= 3 || unknown.isEmpty && !hasUserName else { return nil }
      if !all(.url).isEmpty, hasUserName || names.count == 3 {
        password = guess(
          names, meanings, isOfForm, logins: (logins + all(.email)).prefix(4),
          urls: all(.url).prefix(4))
      }
    }
    let columns = Columns(
      urls: all(.url), moreURLs: names.lastIndex { $0.lowercased.string == "additional_urls" },
      logins: logins, emails: all(.email), password: password,
      isPasswordGuessed: all(.password).isEmpty && password != nil, count: cells.count,
      delimiter: delimiter)
    return (columns, delimiter)
  }

  /// The only column of unknown name, if it stands directly behind a login, or last and behind login and URL, and no
  /// other has a name that only tables without passwords have.
  private func guess(
    _ names: [Text], _ meanings: [LabelDictionary.Class?], _ isOfForm: [Bool],
    logins: ArraySlice<Int>, urls: ArraySlice<Int>
  ) -> Int? {
    let isTitle = names.map { $0.lowercased.string == "nom" }
    let unknown = names.indices.filter { meanings[$0] == nil && !isTitle[$0] }
    guard unknown.count == 1, let column = unknown.first, !isOfForm[column],
      !Self.words.contains(where: { names[column].lowercased.string.contains($0) })
    else { return nil }
    for index in names.indices where index != column && !isTitle[index] {
      let isForeign = ["date", "session", "contact", "company", "language", "ip"].contains(
        names[index].lowercased.string)
      switch meanings[index] {
      case .url, .email: continue
      case .login where !isOfForm[index]: continue
      case .other where !isForeign: continue
      default: return nil
      }
    }
    let isLast =
      column == names.count - 1 && urls.contains(column - 1) && logins.contains(column - 2)
    return logins.contains(column - 1) || isLast ? column : nil
  }

  /// Parts of the names, of those in the generator and the samples, that are no password's.
  private static let words = ["department", "status", "role", "hint", "session", "visits"]

  /// Whichever of comma, semicolon, tab and bar the header has most of, outside quotes.
  private func delimiter(_ line: Text) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in line {
      if byte == 0x22 { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let delimiters: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]
    let most = delimiters.map { counts[$0] ?? 0 }.max() ?? 0
    return delimiters.first { counts[$0] ?? 0 == most } ?? 0x2C
  }

  /// Whether a line within quotes is a row by itself.
  private func isRow(_ line: Text, _ columns: Columns) -> Bool {
    guard line.count < 4096,
      let cells = row(line[...], delimiter: columns.delimiter, isForced: true).cells,
      min(cells.count, 64) == columns.count, cells[0].isQuoted || cells[0].text.trimmed.last != 0x22
    else { return false }
    return columns.urls.prefix(4).contains { cells[$0].text.trimmed.hasScheme }
  }

  // MARK: RFC 4180

  private struct Cell {
    var text: Text
    var isQuoted = false
    /// Where the text begins in the row.
    var start: Int
  }

  /// The length of the line end that `text` begins with.
  private static func lineEnd(_ text: ArraySlice<UInt8>) -> Int {
    if text.starts(with: [0x0D, 0x0A]) { return 2 }
    return text.first == 0x0D || text.first == 0x0A ? 1 : 0
  }

  /// The cells of the first row and the bytes it takes with its line end; no cells if a quote is never closed, unless the
  /// text is forced to be one row: then such a quote is text.
  private func row(
    _ text: ArraySlice<UInt8>, delimiter: UInt8, isForced: Bool = false, of columns: Columns? = nil
  ) -> (cells: [Cell]?, length: Int) {
    var cells: [Cell] = []
    var rest = text
    while true {
      var cell: Text = []
      var isQuoted = false
      // Whether the quote is text.
      var isStray = false
      let begin = rest
      var start = text.count - rest.count
      let blanks = rest.prefix { $0 != delimiter && ($0 == 0x20 || $0 == 0x09) }.count
      if blanks < 8 && rest.dropFirst(blanks).first == 0x22 {
        isQuoted = true
        rest = rest.dropFirst(blanks + 1)
        start += blanks + 1
        var isClosed = false
        var lines = 0
        while !rest.isEmpty && !isClosed {
          if let columns, Self.lineEnd(rest) > 0 {
            lines += 1
            let below = Text(rest.dropFirst(Self.lineEnd(rest))).firstLine
            if lines == 1, isRow(below, columns) {
              isStray = true
              break
            }
          }
          if rest.starts(with: [0x22, 0x22]) {
            cell += [0x22, 0x22]
            rest = rest.dropFirst(2)
          } else if rest.first == 0x22 {
            isClosed = true
          } else {
            cell.append(rest.removeFirst())
          }
        }
        if !isStray && !isClosed {
          if !isForced { return (nil, 0) }
          isStray = true
        }
        if isStray { rest = begin }
        // Text behind the closing quote stays with the cell, and the quote too.
        let behind = rest.dropFirst().prefix { $0 != delimiter && $0 != 0x0A && $0 != 0x0D }
        if isClosed { rest = rest.dropFirst(1 + behind.count) }
        if !Text(behind).trimmed.isEmpty { cell += [0x22] + behind }
      }
      if isStray || !isQuoted {
        isQuoted = false
        start = text.count - rest.count
        cell = Text(rest.prefix { $0 != delimiter && $0 != 0x0A && $0 != 0x0D })
        rest = rest.dropFirst(cell.count)
      }
      cells.append(Cell(text: cell, isQuoted: isQuoted, start: start))
      guard rest.first == delimiter else { break }
      rest = rest.dropFirst()
    }
    return (cells, text.count - rest.count + Self.lineEnd(rest))
  }
}
