import Formats

/// A labelled field, found slowly: formats.md §1.1 and what `RecordField` promises.
struct FieldTwin {
  var meaning: LabelDictionary.Class
  var value: Text
  var hasSign = true
  var hasColon = false
  var isQuoted = false
  /// What the value touches.
  var touchedSign: UInt8?
  var isBracketed = false
  var isPair = false
  /// The text that begins with the field, bullets and all.
  var source: Text = []

  private static let bullets = Set(Text("*+->([{_`#~!|]) \t\u{0}".utf8))
  private static let gaps = Set(Text("|;, \t\u{0}".utf8))

  /// The text behind bullets, numbers and symbols, and those symbols.
  static func behindBullets(_ line: Text) -> (rest: Text, symbols: [Text]) {
    var rest = line[...]
    var symbols: [Text] = []
    while let first = rest.first {
      if bullets.contains(first) {
        rest = rest.dropFirst()
      } else if let symbol = symbol(rest) {
        symbols.append(symbol)
        rest = rest.dropFirst(symbol.count)
      } else if let tag = tag(atStartOf: rest) {
        rest = rest.dropFirst(tag)
      } else if let number = number(rest) {
        rest = rest.dropFirst(number)
      } else {
        break
      }
    }
    return (Text(rest), symbols)
  }

  /// A label behind what a program put before its line.
  static func behindPrefix(_ line: Text, _ labels: LabelTexts) -> FieldTwin? {
    let text = String(decoding: line.map { $0 == 0 ? 0x20 : $0 < 0x80 ? $0 : 0x7E }, as: UTF8.self)
    guard let match = text.prefixMatch(of: Prefix.expression), !match.output.isEmpty,
      match.output.contains(where: { $0 != " " && $0 != "\t" })
    else { return nil }
    let rest = Text(line[match.output.utf8.count...])
    guard var field = FieldTwin(rest, labels), field.hasColon,
      [.url, .login, .email, .password].contains(field.meaning)
    else { return nil }
    let isApart = [0x20, 0x09, 0x00].contains {
      rest.string.contains(Text([$0]).string + field.value.string)
    }
    guard field.value.isEmpty || isApart else { return nil }
    field.source = line
    return field
  }

  private enum Prefix {
    nonisolated(unsafe) static let expression =
      /(?:[ \t]+\d{1,9}(?:\t| [ \t])|[ \t]*.{0,251}?\.(?i:txt|log|csv|lst|dat)[:\-](?:\d{1,9}[:\-])?)?[ \t]*(?:(?:\[[^\]]{0,46}\]|<[^>]{0,46}>|(?=[\dTZ+,]*[:.\/\-])\d[\dTZ+,:.\/\-]{0,30}[ \t])[ \t]*){0,4}/
  }

  private static func symbol(_ text: ArraySlice<UInt8>) -> Text? {
    for length in 2...4 where text.count >= length {
      guard
        let first = String(validating: Text(text.prefix(length)), as: UTF8.self)?
          .unicodeScalars.first, UTF8.width(first) == length
      else { continue }
      switch first.value {
      case 0xA0...0xBF, 0x61C, 0x2000...0x2BFF, 0x3000...0x303F, 0xFE00...0xFE0F, 0xFEC0...0xFEFF,
        0x1F000...0x1FFFF:
        return Text(text.prefix(length))
      default: return nil
      }
    }
    return nil
  }

  /// The length of a tag of HTML without attributes with which the text begins.
  private static func tag(atStartOf text: ArraySlice<UInt8>) -> Int? {
    guard text.count > 2, let end = text.prefix(12).firstIndex(of: 0x3E) else { return nil }
    var name = text[..<end]
    guard name.popFirst() == 0x3C else { return nil }
    if name.first == 0x2F { name.removeFirst() }
    if name.last == 0x2F {
      name.removeLast()
      if name.last == 0x20 { name.removeLast() }
    }
    let isName = name.allSatisfy { (0x61...0x7A).contains($0 | 0x20) }
    return isName ? end + 1 - text.startIndex : nil
  }

  /// The same of one with which it ends.
  private static func tag(atEndOf text: ArraySlice<UInt8>) -> Int? {
    guard text.last == 0x3E, let start = text.lastIndex(of: 0x3C) else { return nil }
    let last = text[start...]
    return tag(atStartOf: last) == last.count ? last.count : nil
  }

  private static func number(_ text: ArraySlice<UInt8>) -> Int? {
    let digits = text.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
    let rest = text.dropFirst(digits)
    guard (1...7).contains(digits), rest.count >= 2, let sign = rest.first,
      Text(".)]".utf8).contains(sign), Text.blanks.contains(rest[rest.startIndex + 1])
    else { return nil }
    return digits + 2
  }

  init?(_ line: Text, _ labels: LabelTexts) {
    let (text, symbols) = Self.behindBullets(line)
    let stop = text.indices.first { index in
      let isTabBeforeColon =
        text[index] == 0x09 && text[index...].first { !Text.blanks.contains($0) } == 0x3A
      return !isTabBeforeColon && Text(":=\t|".utf8).contains(text[index])
        || Self.wideColon(text[index...]) != nil
    }
    let reach = min(text.count, 41)
    if let stop, stop < reach, let field = Self.signed(text, stop, labels) {
      self = field
    } else if var field = Self.spaced(text, min(stop ?? reach, reach), labels) {
      // `[USER] ann`
      let before = line.dropLast(text.count).last
      let word = text.prefix { $0 != 0x5D }
      field.isBracketed =
        before == 0x5B && word.count < text.count
        && labels.meaning(of: Self.bare(Text(word))) != nil
        && Self.bare(Text(word)).count == word.count
      self = field
    } else if let meaning = symbols.compactMap({ labels.meaning(of: $0) }).first,
      case let value = Self.unmarked(text.first == 0x3A ? Text(text.dropFirst()) : text),
      !value.isEmpty
    {
      self.init(meaning: meaning, value: value, hasColon: true)
    } else {
      return nil
    }
    source = line
  }

  private init(meaning: LabelDictionary.Class, value: Text, hasColon: Bool = false) {
    self.meaning = meaning
    self.value = value
    self.hasColon = hasColon
  }

  /// The length of a Chinese colon, in UTF-8 or GBK.
  private static func wideColon(_ text: ArraySlice<UInt8>) -> Int? {
    [[0xEF, 0xBC, 0x9A], [0xA3, 0xBA]].first { text.starts(with: $0) }?.count
  }

  private static func signed(_ text: Text, _ stop: Int, _ labels: LabelTexts) -> FieldTwin? {
    var label = bare(Text(text[..<stop]))
    let quote = text[0]
    let isQuoted = quote == 0x22 || quote == 0x27
    if isQuoted {
      guard label.count > 2, label.last == quote else { return nil }
      label = Text(label.dropFirst().dropLast())
    }
    let halves = label.split(maxSplits: 1, omittingEmptySubsequences: false) {
      $0 == 0x2F || $0 == 0x26
    }.map { Text($0).trimmed }
    let second = halves.count == 2 ? labels.meaning(of: halves[1]) : nil
    let pair =
      second == .password || second?.isLogin == true
      ? labels.meaning(of: halves[0]).flatMap { $0.isLogin ? $0 : nil } : nil
    let own = labels.meaning(of: label) ?? numbered(label).flatMap { labels.meaning(of: $0) }
    guard let meaning = own ?? pair else { return nil }
    var rest = text[(stop + (wideColon(text[stop...]) ?? 1))...]
    if let first = rest.first, first == 0x3E || first == 0x3D { rest = rest.dropFirst() }
    var field = FieldTwin(meaning: meaning, value: unmarked(Text(rest)))
    field.isQuoted = isQuoted
    field.isPair = own == nil && second == .password
    field.hasColon = text[stop] != 0x09 && text[stop] != 0x7C
    if let first = rest.first, !Text.blanks.contains(first) { field.touchedSign = text[stop] }
    if !field.hasColon {
      func isLabel(_ cell: some Sequence<UInt8>) -> Bool {
        var word = Text(cell).trimmed
        if word.count > 1, word.first == word.last, word[0] == 0x22 || word[0] == 0x27 {
          word = Text(word.dropFirst().dropLast()).trimmed
        }
        return labels.meaning(of: word) != nil
      }
      // A header: the second name is one, or two others in a row.
      let areLabels = field.value.split(separator: text[stop], omittingEmptySubsequences: false)
        .prefix(16).map { isLabel($0) }
      if field.value.isEmpty || isLabel(field.value.prefix { !Text("|\t:;,".utf8).contains($0) })
        || zip(areLabels, areLabels.dropFirst()).contains(where: { $0 && $1 })
      {
        return nil
      }
    }
    return field
  }

  private static func spaced(_ text: Text, _ stop: Int, _ labels: LabelTexts) -> FieldTwin? {
    let blanks = text.indices.prefix(stop).filter { text[$0] == 0x20 }.prefix(3)
    for blank in blanks.reversed() where blank > 0 && blanks.first != 0 {
      let label = bare(Text(text[..<blank]))
      guard let meaning = labels.meaning(of: label) else { continue }
      var value = Text(text[blank...]).trimmed
      let behind = arrow(value)
      if let behind { value = unmarked(Text(value.dropFirst(behind))) }
      if value.isEmpty { return nil }
      var field = FieldTwin(meaning: meaning, value: value)
      field.hasSign = behind != nil || label.count < blank
      return field
    }
    return nil
  }

  /// `URL` of `URL 1`, `URL (site)` or `URL....`.
  private static func numbered(_ label: Text) -> Text? {
    if let open = label.dropFirst().firstIndex(of: 0x28) { return Text(label[..<open]).trimmed }
    let digits = label.reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }.count
    var text = Text(label.dropLast(digits))
    if digits > 0 && text.last != 0x20 { return nil }
    while text.last == 0x2E { text.removeLast() }
    return text.count < label.count ? text.trimmed : nil
  }

  static func bare(_ label: Text) -> Text {
    let ends: [Text] =
      ["\u{A0}", "\u{202F}", "\u{FE0F}", " ", "\t", "\u{0}", "*", "_", "`", "]", ")", "-"]
      .map { Text($0.utf8) }
    var label = label
    while let end = ends.first(where: { label.reversed().starts(with: $0.reversed()) })?.count
      ?? tag(atEndOf: label[...])
    {
      label.removeLast(end)
    }
    return label
  }

  /// The length of `->`, `=>`, `–` and the like, if a blank follows.
  static func arrow(_ text: Text) -> Int? {
    var rest = text[...]
    while let first = rest.first {
      if Text("-=>".utf8).contains(first) {
        rest = rest.dropFirst()
      } else if first == 0xE2, rest.count >= 3,
        [0x80, 0x86, 0x9E].contains(rest[rest.startIndex + 1])
      {
        rest = rest.dropFirst(3)
      } else if rest.starts(with: Array("»".utf8)) {
        rest = rest.dropFirst(2)
      } else {
        return rest.count < text.count && (first == 0x20 || first == 0x09)
          ? text.count - rest.count : nil
      }
    }
    return nil
  }

  private static func unmarked(_ text: Text) -> Text {
    var value = text.trimmed
    while value.starts(with: Array("\u{A0}".utf8)) { value = Text(value.dropFirst(2)).trimmed }
    if value.count > 2, let mark = value.first, mark == 0x2A || mark == 0x5F {
      let rest = value.drop { $0 == mark }
      if let next = rest.first, Text.blanks.contains(next) { value = Text(rest).trimmed }
    }
    for _ in 0..<4 {
      value = Text(value.dropFirst(tag(atStartOf: value[...]) ?? 0)).trimmed
    }
    for _ in 0..<4 {
      value = Text(value.dropLast(tag(atEndOf: value[...]) ?? 0)).trimmed
    }
    return value
  }

  /// A login without the advert behind it, where a bracket or bar stands between.
  private static func withoutAdvert(_ login: Text) -> Text {
    guard
      let sign = login.indices.dropFirst().first(where: {
        Text("|[(".utf8).contains(login[$0]) && Text.blanks.contains(login[$0 - 1])
      })
    else { return login }
    let behind = Text(login[sign...]).lowercased.string
    return behind.contains(" @") || behind.contains("t.me/") ? Text(login[..<sign]).trimmed : login
  }

  /// The value without the commas, brackets and quotes of JSON.
  func plain(_ value: Text) -> Text {
    var value = value
    if meaning == .password && !isQuoted { return value }
    while isQuoted, let last = value.last, Text(",}]".utf8).contains(last) {
      value = Text(value.dropLast()).trimmed
    }
    if !isQuoted {
      for _ in 0..<4 { value = Self.unwrapped(value) }
    }
    let quoted =
      !isQuoted && (value.hasPrefix("b") || value.hasPrefix("u"))
      ? Text(value.dropFirst()) : value
    if quoted.count >= 2, let quote = quoted.first, quote == 0x22 || quote == 0x27,
      quoted.last == quote
    {
      value = Text(quoted.dropFirst().dropLast()).trimmed
    }
    return meaning.isLogin && !isQuoted ? Self.withoutAdvert(value) : value
  }

  /// Without a comma, semicolon or border behind it, or brackets round it.
  private static func unwrapped(_ value: Text) -> Text {
    guard value.count > 2, let last = value.last else { return value }
    let brackets = [(0x28, 0x29), (0x3C, 0x3E), (0x5B, 0x5D), (0x60, 0x60)]
    if Text(",;|".utf8).contains(last) { return Text(value.dropLast()).trimmed }
    if brackets.contains(where: { $0.0 == Int(value[0]) && $0.1 == Int(last) }) {
      return Text(value.dropFirst().dropLast()).trimmed
    }
    let tail = Text(value.suffix(3))
    let isBorder =
      tail[0] == 0xE2 && (tail[1] == 0x94 || tail[1] == 0x95) && tail[2] >= 0x80 && tail[2] <= 0xBF
    return isBorder && value.count > 3 ? Text(value.dropLast(3)).trimmed : value
  }

  /// The next field on the same line, and the value before it.
  func next(_ labels: LabelTexts) -> (before: Text, field: FieldTwin)? {
    var index = 0
    while index < value.count {
      guard Self.gaps.contains(value[index]) else {
        index += 1
        continue
      }
      let gap = value[index...].prefix { Self.gaps.contains($0) }
      let rest = Text(value[gap.endIndex...])
      let isLoneComma = Text(gap) == Text(",".utf8)
      if let field = FieldTwin(rest, labels),
        field.hasColon || field.isBracketed, field.meaning != .other,
        !isLoneComma || goesOn(with: field)
      {
        return (Text(value[..<index]).trimmed, field)
      }
      index = gap.endIndex
    }
    return nil
  }

  /// Whether a label behind a comma is none of a query: it has quotes, or both values touch the same sign.
  private func goesOn(with field: FieldTwin) -> Bool {
    field.isQuoted
      || field.meaning != meaning && field.touchedSign != nil && field.touchedSign == touchedSign
  }
}
