import Formats

/// Labelled records, read slowly: all lines first, then all fields, then all records.
///
/// Written from formats.md §0–1.2 and what `TextLines` promises, to be compared with the fast reader. Which
/// lines are delimited records `DelimitedLineTwin` says; only where it is in doubt, the fast reader is believed.
struct TextLinesTwin {
  let labels: LabelTexts
  let takesBareLines: Bool
  /// The lines, from 1, that the fast reader read as delimited records.
  let readAsDelimited: Set<Int>

  private enum Item {
    case blank
    case separator
    /// What follows on the line is the next record's.
    case end
    /// `name` is the text that begins with the label.
    case field(LabelDictionary.Class, Text, line: Int, name: Text)
    case text(Text, line: Int)
    /// A field that says nothing of a record.
    case other
  }

  private typealias Field = (
    meaning: LabelDictionary.Class, value: Text, line: Int, name: Text
  )

  private struct Record {
    var fields: [Field] = []
    /// Whether nothing stood behind the last label.
    var isWaiting = false
    /// Whether a blank line, a separator or nothing stands before it.
    var isBehindBoundary = false
    /// Whether a blank line stands behind its login and password, which have no URL yet.
    var awaitsURL = false
    /// Whether a line stands between its last label and the field before that.
    var lastIsBehindGap = false
    /// Whether it is a URL without a label, alone.
    var isHeading = false
    /// A login under another name before the one that counts.
    var otherLogin: Field?
    /// Whether something else stands below a field.
    var isDescribed = false
    /// Whether that login was the record's first field.
    var hadLoginFirst = false

    var lacksURL: Bool {
      fields.contains { $0.meaning.isLogin } && field(.password) != nil && field(.url) == nil
    }

    var isURLFirst: Bool { fields.first?.meaning == .url && !hadLoginFirst }
    /// Whether the URL stands behind login and password.
    var isURLLast: Bool {
      guard let url = fields.firstIndex(where: { $0.meaning == .url }) else { return false }
      return Record(fields: Array(fields[..<url])).lacksURL
    }

    func field(_ meaning: LabelDictionary.Class) -> Field? {
      fields.first { $0.meaning == meaning }
    }

    /// Whether a login on `line` takes the place of the last: `Login name:` without a value, and `Login:` below it.
    func replacesLast(_ meaning: LabelDictionary.Class, line: Int) -> Bool {
      guard isWaiting, meaning.isLogin, let last = fields.last else { return false }
      return last.meaning == meaning && line <= last.line + 1
    }

    /// Whether a login under this name is a further one of the record.
    func takesFurtherLogin(_ name: Text, line: Int) -> Bool {
      guard let login = field(.login), field(.password) == nil, let last = fields.last,
        last.meaning != .url || line > last.line + 1
      else { return false }
      let names = [login.name, name].map(Self.letters)
      return !names.contains("") && names[0] != names[1]
    }

    /// The letters of a label, bullets before it and joints between its words left out; nothing behind a tag.
    private static func letters(_ name: Text) -> String {
      func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
      // A full-width colon ends a label, too, in UTF-8 or GBK.
      let ends = [[0xEF, 0xBC, 0x9A], [0xA3, 0xBA]].compactMap {
        name.firstRange(of: $0)?.lowerBound
      }
      let rest = name[..<(ends.min() ?? name.endIndex)].drop {
        !isLetter($0) && !Text(":=\n\r<".utf8).contains($0)
      }
      var letters: Text = []
      var isBehindJoint = true
      for byte in rest {
        if isLetter(byte) {
          letters.append(byte | 0x20)
          isBehindJoint = false
        } else if !isBehindJoint && Text(" _-".utf8).contains(byte) {
          isBehindJoint = true
        } else {
          break
        }
      }
      return letters.string
    }
  }

  /// The labelled records, the lines that are delimited ones, and the rows of HTML and SQL.
  func read(_ text: Text) -> (candidates: [Candidate], delimited: Set<Int>, rows: [Candidate]) {
    var records: [Record] = []
    var delimited: Set<Int> = []
    var rows: [Candidate] = []
    var marked = MarkedRowsTwin(labels: labels)
    var record = Record(isBehindBoundary: true)
    var isURLFirst: Bool?
    /// Records closed so far.
    var closings = 0
    func close(isAtBoundary: Bool) {
      closings += 1
      let hasLogin = record.field(.login) != nil || record.field(.email) != nil
      // Beside a machine's name a user name is the system file's.
      let url = record.field(.url)?.value ?? []
      let isQuoted = url.first == 0x22 || url.first == 0x27
      let hasURL = DelimitedLineTwin(part: isQuoted ? Text(url.dropFirst()) : url, labels)
        .beginsAsURL(isWord: true)
      // Who has an address and a web site is a contact, whatever else he has.
      let isNamed = record.field(.login) != nil && record.field(.email) == nil && hasURL
      if hasLogin && (isNamed || record.field(.password) != nil) {
        records.append(record)
        // The first record may have been cut off where nothing stands between them.
        let isOnOneLine = Set(record.fields.map(\.line)).count == 1
        if isURLFirst == nil, record.field(.password) != nil,
          record.isURLFirst || isAtBoundary || record.isBehindBoundary || isOnOneLine
        {
          isURLFirst = record.isURLFirst ? true : record.isURLLast ? false : nil
        }
      } else if record.fields.count == 1, record.otherLogin == nil, !record.isHeading,
        let field = record.fields.first, field.meaning != .password,
        isLine(
          field.value.withoutInvisible, field.line, isURL: field.meaning == .url,
          isDescribed: record.isDescribed)
      {
        delimited.insert(field.line)
      }
      record = Record(isBehindBoundary: isAtBoundary)
    }
    func take(_ meaning: LabelDictionary.Class, _ value: Text, line: Int, name: Text) {
      // A number behind a user name and an address is a phone's.
      if meaning == .login, record.field(.login) != nil, record.field(.email) != nil,
        record.field(.password) == nil,
        value.isPlaceholder
          || !value.contains(where: { $0 >= 0x80 || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A })
      {
        return
      }
      // `Action URL:` without a value, behind `Origin URL: https://…`.
      // And `SMTP Server: …` behind `IMAP Server: …`.
      if meaning == .url, !record.isHeading, value.isEmpty || name.hasPrefix("smtp"),
        record.field(.url).map({ !$0.value.isEmpty }) ?? false,
        !record.fields.contains(where: { $0.meaning.isLogin || $0.meaning == .password })
      {
        return
      }
      let isFurther = meaning == .login && record.takesFurtherLogin(name, line: line)
      if isFurther, let first = record.fields.firstIndex(where: { $0.meaning == .login }) {
        // The first stays beside the last.
        record.hadLoginFirst = record.hadLoginFirst || first == 0
        record.otherLogin = record.fields.remove(at: first)
      }
      if record.replacesLast(meaning, line: line) { record.fields.removeLast() }
      if record.field(meaning) != nil {
        let last =
          meaning == .password
          ? splitOff(&record, before: line)
          : meaning.isLogin ? splitOffURL(&record, before: line, isURLFirst) : nil
        close(isAtBoundary: false)
        if let last { record.fields = [last] }
      } else if record.awaitsURL && meaning != .url
        || record.isHeading && line > record.fields[0].line + 1
      {
        close(isAtBoundary: true)
      } else if meaning == .url, record.lacksURL, isURLFirst == true, !record.isBehindBoundary,
        !record.fields.allSatisfy({ $0.line == line })
      {
        close(isAtBoundary: false)
      }
      record.lastIsBehindGap = record.fields.last.map { line > $0.line + 1 } ?? false
      record.awaitsURL = false
      record.isHeading = false
      if record.fields.isEmpty { record.isDescribed = false }
      record.fields.append((meaning, value, line, name))
      record.isWaiting = value.isEmpty
    }
    func takeText(_ text: Text, line: Int) {
      // The value may stand below an empty label, on the next line that says something.
      if record.isWaiting, record.fields.last?.meaning != .url, text.trimmed.hasScheme,
        isDelimited(text, line)
      {
        delimited.insert(line)
        close(isAtBoundary: true)
      } else if record.isWaiting, let last = record.fields.last {
        record.fields[record.fields.count - 1] = (last.meaning, text.trimmed, line, last.name)
      } else if let last = record.fields.last, last.meaning == .url,
        last.value.hasPrefix("android:"), !last.value.contains(0x40), line <= last.line + 3,
        !text.contains(0x3A), !text.contains(0x20)
      {
        record.fields[record.fields.count - 1].value = last.value + [0x0A] + text.trimmed
      } else if let found = marked.rows(text.trimmed) {
        if found.isEmpty { close(isAtBoundary: true) }
        for row in found {
          if case .field(let meaning, let value, let below) = row {
            take(meaning, value, line: line + below, name: [])
          } else {
            close(isAtBoundary: true)
            rows += row.candidates(line: line)
          }
        }
        return
      } else if text.trimmed.first == 0x3C, Self.htmlBreak(text) != nil {
        return takeParts(text, line: line)
      } else if hasLabelledPart(text) {
        return takeParts(text, line: line)
      } else if isDelimited(text, line) {
        delimited.insert(line)
        close(isAtBoundary: true)
      } else if let url = heading(text.trimmed) {
        if record.field(.password) != nil || record.isHeading { close(isAtBoundary: true) }
        if record.fields.isEmpty {
          record.fields = [(.url, url, line, [])]
          record.isHeading = true
        }
      } else {
        record.isDescribed = true
      }
      record.isWaiting = false
    }
    func takeParts(_ line: Text, line number: Int) {
      var rest = line
      while let (before, isRule, behind) = Self.htmlBreak(rest) {
        takeLine(before, line: number)
        if isRule { close(isAtBoundary: true) }
        rest = behind
      }
      let before = closings
      let wasEmpty = record.fields.isEmpty
      takeLine(rest, line: number)
      // Only a record that the last part begins may go on below.
      if !(wasEmpty || closings > before) || record.fields.isEmpty
        || record.field(.password) != nil
      {
        close(isAtBoundary: true)
      }
    }
    func takeLine(_ line: Text, line number: Int) {
      if let field = field(line), isMeant(field, number, record),
        Self.htmlBreak(line) != nil
      {
        return takeParts(line, line: number)
      }
      for item in items(line, number: number, record: record) {
        switch item {
        case .blank:
          if record.fields.isEmpty {
            record.isBehindBoundary = true
          } else if record.lacksURL && isURLFirst != true {
            record.awaitsURL = true
          } else if record.field(.password) != nil {
            close(isAtBoundary: true)
          }
        case .separator: close(isAtBoundary: true)
        case .end: close(isAtBoundary: false)
        case .field(let meaning, let value, let line, let name):
          take(meaning, value, line: line, name: name)
        case .text(let text, let line): takeText(text, line: line)
        case .other: record.isDescribed = true
        }
      }
    }
    let lines = text.lines
    var index = 0
    while index < lines.count {
      let more = marked.linesOfRow(lines[index...])
      takeLine(Text(lines[index...(index + more)].joined(separator: [0x0A])), line: index + 1)
      index += 1 + more
    }
    close(isAtBoundary: true)
    return (
      records.enumerated().flatMap { candidates($1, number: $0 + 1) }, delimited, rows
    )
  }

  /// What stands before and behind the first tag that ends a line, if text stands on either side; and whether it is a
  /// rule.
  static func htmlBreak(_ line: Text) -> (before: Text, isRule: Bool, behind: Text)? {
    for index in line.indices where line[index] == 0x3C {
      let tag = ["br", "hr", "p", "div", "li"].flatMap {
        ["<\($0)>", "</\($0)>", "<\($0)/>", "</\($0)/>", "<\($0) />", "</\($0) />"]
      }.first { Text(line[index...]).hasPrefix($0) }
      guard let tag, !Text(line[..<index]).trimmed.isEmpty else { continue }
      let behind = Text(line[(index + tag.utf8.count)...])
      if behind.trimmed.isEmpty { return nil }
      // `…<br><hr>URL: …`
      let first = Text("x".utf8) + behind
      if let (before, isRule, rest) = htmlBreak(first), before.count == 1 {
        return (Text(line[..<index]), tag.contains("hr") || isRule, rest)
      }
      return (Text(line[..<index]), tag.contains("hr"), behind)
    }
    return nil
  }

  /// Whether a labelled field stands behind a tag that ends a line.
  private func hasLabelledPart(_ text: Text) -> Bool {
    guard var rest = Self.htmlBreak(text)?.behind,
      URLText(at: .init(0, text.trimmed.count), in: text.trimmed.span) == nil
    else { return false }
    while true {
      let next = Self.htmlBreak(rest)
      if FieldTwin(next?.before ?? rest, labels)?.hasColon == true { return true }
      guard let next else { return false }
      rest = next.behind
    }
  }

  private func isDelimited(_ text: Text, _ line: Int) -> Bool {
    switch DelimitedLineTwin(text, labels).standing(takesBareLines: takesBareLines) {
    case .record: true
    case .text: false
    case .doubtful: readAsDelimited.contains(line)
    }
  }

  /// Whether a value is a line that is a record. Whether a URL's is a page, the fast reader is asked.
  private func isLine(_ value: Text, _ line: Int, isURL: Bool, isDescribed: Bool) -> Bool {
    if isURL && isDescribed { return false }
    let address = value.firstIndex(of: 0x3A).map { Text(value[..<$0]) }
    guard value.hasScheme || address.map({ DelimitedLineTwin.isMailAddress($0) }) ?? false else {
      return false
    }
    switch DelimitedLineTwin(value, labels).standing(takesBareLines: false) {
    case .record where !isURL: return true
    case .text: return false
    default: return readAsDelimited.contains(line)
    }
  }

  /// In `Login Password` … `Email Password` the e-mail is the next record's.
  private func splitOff(_ record: inout Record, before line: Int) -> Field? {
    guard let last = record.fields.last, last.meaning.isLogin, line <= last.line + 1,
      let password = record.fields.firstIndex(where: { $0.meaning == .password }),
      password < record.fields.count - 1,
      record.fields.contains(where: { $0.meaning.isLogin && $0.meaning != last.meaning })
    else { return nil }
    return record.fields.removeLast()
  }

  /// A URL directly before a login that comes again is the next record's: if this one has no password, if URLs come
  /// first in the file, or if only before the URL there is a gap.
  private func splitOffURL(_ record: inout Record, before line: Int, _ isURLFirst: Bool?) -> Field?
  {
    guard let last = record.fields.last, last.meaning == .url else { return nil }
    // A record on one line has its URL there.
    if line > last.line && record.fields.allSatisfy({ $0.line == last.line }) { return nil }
    let isOfNext = record.field(.password) == nil || isURLFirst == true || record.lastIsBehindGap
    return line <= last.line + 1 && isOfNext ? record.fields.removeLast() : nil
  }

  private func candidates(_ record: Record, number: Int) -> [Candidate] {
    let logins = [record.field(.login), record.field(.email) ?? record.otherLogin]
      .compactMap { $0 }
      .filter { !$0.value.isPlaceholder }
    return logins.enumerated().map { index, login in
      Candidate(
        host: record.field(.url)?.value.withoutInvisible.string ?? "",
        login: login.value.withoutInvisible.string,
        password: !(record.field(.password)?.value.isPlaceholder ?? true),
        layout: "labelled-blocks", line: login.line, record: number, candidate: index,
        doubtful: false)
    }
  }

  private func field(_ line: Text) -> FieldTwin? {
    FieldTwin(line, labels) ?? FieldTwin.behindPrefix(line, labels)
  }

  private func items(_ line: Text, number: Int, record: Record) -> [Item] {
    if let field = field(line), isMeant(field, number, record) {
      let isOfHeading = record.isHeading && number == record.fields[0].line + 1
      var filled = record.isHeading && !isOfHeading ? [] : Set(record.fields.map(\.meaning))
      if record.replacesLast(field.meaning, line: number) { filled.remove(field.meaning) }
      return fields(
        field, line: number, isFirst: true, opensRecord: record.fields.isEmpty || record.isHeading,
        filled: filled)
    }
    if line.trimmed.isEmpty { return [.blank] }
    if Self.isSeparator(line.trimmed) { return [.separator] }
    return [.text(line, line: number)]
  }

  /// Whether a field without a sign is one: `URL https://…`, and `Login ann` directly below a field.
  private func isMeant(_ field: FieldTwin, _ line: Int, _ record: Record) -> Bool {
    if field.hasSign { return true }
    let isWord = !field.value.contains(0x20)
    switch field.meaning {
    case .url: return DelimitedLineTwin(part: field.value, labels).beginsAsURL(isWord: isWord)
    case .login, .email, .password:
      return record.fields.last?.line == line - 1 && !record.isWaiting
        && record.field(field.meaning) == nil && (field.meaning == .password || isWord)
    default: return false
    }
  }

  /// The fields of one line: `URL: x | USER: y | PASS: z`. A password takes the rest of its line, unless another
  /// field still lacks, and it is not the line's first, or the record's; a seller's label is no field.
  private func fields(
    _ field: FieldTwin, line: Int, isFirst: Bool, opensRecord: Bool,
    filled: Set<LabelDictionary.Class>
  ) -> [Item] {
    func items(_ value: Text) -> [Item] {
      if field.meaning == .seller || field.meaning == .other { return [.other] }
      if field.meaning.isLogin, let pair = pair(field, field.plain(value)) {
        let isOfNext = filled.contains(.password) && !filled.contains(field.meaning)
        return (isOfNext ? [.end] : []) + [
          .field(field.meaning, pair.login, line: line, name: field.source),
          .field(.password, pair.password, line: line, name: field.source),
        ]
      }
      return [.field(field.meaning, field.plain(value), line: line, name: field.source)]
    }
    // A repeated field begins the next record.
    let isRepeated = filled.contains(field.meaning)
    let before = isRepeated ? [] : filled
    guard let next = field.next(labels),
      field.meaning != .password
        || (!isFirst || opensRecord || isRepeated) && !before.contains(next.field.meaning)
    else { return items(field.value) }
    return items(next.before)
      + fields(
        next.field, line: line, isFirst: false, opensRecord: false,
        filled: before.union([field.meaning]))
  }

  /// The URL of a line that has nothing else.
  func heading(_ line: Text) -> Text? {
    var url = DelimitedLineTwin.behindTags(line) ?? line
    if url.first == 0x5B, url.last == 0x5D { url = Text(url.dropFirst().dropLast()).trimmed }
    guard url.hasScheme, let slash = url.firstIndex(of: 0x2F) else { return nil }
    // A channel's advert is no page's.
    let host = URLText(at: .init(0, url.count), in: url.span)?.host
    let name = host.map { Text(url[$0.bounds]).lowercased.string }
    if ["t.me", "telegram.me", "discord.gg"].contains(name) { return nil }
    // Behind the scheme of a page, what could be a host without it: an extension's number is none.
    let rest = url.hasPrefix("android:") ? url : Text(url[(slash + 2)...])
    let isURL = DelimitedLineTwin(part: rest, labels).beginsAsURL(isWord: true)
    return isURL && !url.contains(0x20) ? url : nil
  }

  private func pair(_ field: FieldTwin, _ value: Text) -> (login: Text, password: Text)? {
    var value = value
    if !field.isPair {
      // `Account: ann@mail.example:pw`
      if let cut = value.firstIndex(of: 0x3A), cut + 1 < value.count,
        !Text.blanks.contains(value[cut + 1]),
        DelimitedLineTwin.isMailAddress(Text(value[..<cut]))
      {
        return (Text(value[..<cut]), Text(value[(cut + 1)...]))
      }
      guard let inner = FieldTwin(value, labels), inner.hasColon, inner.meaning == .password else {
        return nil
      }
      value = inner.value
    }
    guard let cut = value.firstIndex(where: { Text(":|; \t".utf8).contains($0) }) else {
      return nil
    }
    return (Text(value[..<cut]).trimmed, Text(value[(cut + 1)...]).trimmed)
  }

  /// Five or more of one character, or a word between two such rows.
  static func isSeparator(_ line: Text) -> Bool {
    guard let first = line.first, Text("=-_*~#".utf8).contains(first) else { return false }
    return line.count >= 5 && line.prefix(5).allSatisfy { $0 == first }
      && line.suffix(5).allSatisfy { $0 == first }
  }
}
