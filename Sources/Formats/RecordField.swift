internal import Bytes

/// A field of a credential record as a line, or a part of one, names it: `Login : ann`, `**URL:** a.example`,
/// `"user": "ann",`, `Password -> …`.
struct RecordField {
  var meaning: LabelDictionary.Class
  /// Where the text of which it is the beginning starts, bullets and all.
  var start: Int
  /// What stands behind the label and its sign, trimmed.
  var value: ByteRange
  /// Whether a sign stands between label and value. Without one, `user ann` may be prose.
  var hasSign = true
  /// Whether a colon or `=` is that sign; a bar, a tab or an arrow also parts other things.
  var hasColon = false
  /// The sign, or its first byte, if the value touches it.
  var touchedSign: UInt8?
  /// Whether the label stands in brackets, which no value has round a label: `[USER] ann`.
  var isBracketed = false
  /// Whether the label stands in quotes, so that the value may, too.
  var isQuoted = false
  /// Whether the value is login and password in one: `Login/Password: ann:…`.
  var isPair = false

  /// Whether it is a URL's, and its value begins with a scheme.
  func isSite(in bytes: Span<UInt8>) -> Bool {
    meaning == .url && URLText.hasScheme(at: value, in: bytes)
  }

  /// Tags of HTML before or behind a value: `<td><b><code>`.
  static let maxTags = 4
  /// What is looked at of a header whose first name is a label. In bytes.
  private static let maxHeaderBytes = 4096
  /// Cells of it behind the first.
  private static let maxHeaderCells = 16
  /// No label has more words: `Nom d'utilisateur`, `Web Site URL`.
  private static let maxLabelWords = 3

  /// The field with which `text` begins, or nil.
  ///
  /// A label is taken at the start only: a password such as `url:x` or a query `?user:x` holds none.
  static func first(
    in text: ByteRange, of bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> RecordField? {
    let begin = LineStart.behindBullets(text, in: bytes)
    let limit = Swift.min(text.end, begin + LabelDictionary.maxLabelBytes + 1)
    var stop = begin
    var blank = -1
    scan: while stop < limit {
      switch bytes[stop] {
      case ASCII.tab where isSignBehind(bytes, at: stop, to: limit): break
      case ASCII.colon, ASCII.equals, ASCII.tab, ASCII.bar: break scan
      case 0xEF, 0xA3:
        if wideColon(bytes, at: stop, to: limit) > 0 { break scan }
      case ASCII.space where blank < 0: blank = stop
      default: break
      }
      stop &+= 1
    }
    if stop < limit, let field = signed(begin, stop, text, in: bytes, labels) { return field }
    if blank > begin, let field = spaced(begin, blank, stop, text, in: bytes, labels) {
      return field
    }
    return begin > text.start ? symbol(begin, text, in: bytes, labels) : nil
  }

  /// `Label: value`, with the sign at `stop`.
  private static func signed(
    _ begin: Int, _ stop: Int, _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> RecordField? {
    let quote = bytes[begin]
    let isQuoted = quote == ASCII.quote || quote == ASCII.apostrophe
    var label = bare(ByteRange(begin, stop), in: bytes)
    if isQuoted {
      guard label.count > 2, bytes[label.end - 1] == quote else { return nil }
      label = ByteRange(label.start + 1, label.end - 1)
    }
    var isPair = false
    var meaning =
      labels.recordClass(of: label, in: bytes) ?? numbered(label, in: bytes, labels)
    if meaning == nil, let pair = pair(label, in: bytes, labels) {
      meaning = pair.first
      isPair = pair.second == .password
    }
    guard let meaning else { return nil }
    let sign = bytes[stop]
    var behind = stop + Swift.max(wideColon(bytes, at: stop, to: text.end), 1)
    // `=>` and `:=`
    if behind < text.end, bytes[behind] == 0x3E || bytes[behind] == ASCII.equals { behind += 1 }
    let value = unmarked(ByteRange(behind, text.end), in: bytes)
    var field = RecordField(meaning: meaning, start: text.start, value: value)
    field.isQuoted = isQuoted
    field.isPair = isPair
    field.hasColon = sign != ASCII.tab && sign != ASCII.bar
    if behind < text.end, !ASCII.isBlank(bytes[behind]) { field.touchedSign = sign }
    // `login|password` names the fields of the lines below, and is none itself.
    if !field.hasColon,
      value.isEmpty || beginsWithLabel(value, in: bytes, labels)
        || hasLabelsSideBySide(value, sign, in: bytes, labels)
    {
      return nil
    }
    return field
  }

  /// `Label -> value`, `[Label] value` or `Label value`: the longest label of up to three words.
  private static func spaced(
    _ begin: Int, _ firstBlank: Int, _ stop: Int, _ text: ByteRange, in bytes: Span<UInt8>,
    _ labels: LabelDictionary
  ) -> RecordField? {
    var found: (meaning: LabelDictionary.Class, blank: Int, hasCloser: Bool, isBracketed: Bool)?
    var blank = firstBlank
    for _ in 0..<maxLabelWords {
      let label = bare(ByteRange(begin, blank), in: bytes)
      if let meaning = labels.recordClass(of: label, in: bytes) {
        let isBracketed =
          begin > text.start && bytes[begin - 1] == ASCII.openBracket
          && bytes[label.end] == ASCII.closeBracket
        found = (meaning, blank, label.end < blank, isBracketed)
      }
      guard
        let next = bytes.firstOffset(of: ASCII.space, in: (blank + 1)..<Swift.max(stop, blank + 1))
      else { break }
      blank = next
    }
    guard let found else { return nil }
    var value = bytes.trimmed(ByteRange(found.blank, text.end))
    let behind = arrowEnd(bytes, at: value.start, to: value.end)
    if let behind { value = unmarked(ByteRange(behind, text.end), in: bytes) }
    guard !value.isEmpty else { return nil }
    var field = RecordField(meaning: found.meaning, start: text.start, value: value)
    field.hasSign = behind != nil || found.hasCloser
    field.isBracketed = found.isBracketed
    return field
  }

  /// `🔑 value`: a symbol that is a label itself, the last before the text.
  private static func symbol(
    _ begin: Int, _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> RecordField? {
    for offset in text.start..<begin where bytes[offset] >= 0xC2 {
      guard let end = LineStart.symbolEnd(bytes, at: offset, to: text.end),
        let meaning = labels.recordClass(of: ByteRange(offset, end), in: bytes)
      else { continue }
      let hasSign = begin < text.end && bytes[begin] == ASCII.colon
      let value = unmarked(ByteRange(hasSign ? begin + 1 : begin, text.end), in: bytes)
      if value.isEmpty { return nil }
      var field = RecordField(meaning: meaning, start: text.start, value: value)
      field.hasColon = true
      return field
    }
    return nil
  }

  // MARK: Labels

  /// A label without what decorates its end: blanks, `**`, `]`, `)`, an arrow's shaft.
  private static func bare(_ range: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var end = range.end
    while end > range.start {
      switch bytes[end - 1] {
      case ASCII.space, ASCII.tab, 0, 0x2A, 0x5F, 0x60, ASCII.closeBracket, 0x29, ASCII.hyphen:
        end -= 1
        continue
      // No-break spaces, a variation selector.
      case 0xA0 where end - 2 >= range.start && bytes[end - 2] == 0xC2: end -= 2
      case 0xAF where end - 3 >= range.start && bytes[end - 3] == 0xE2 && bytes[end - 2] == 0x80,
        0x8F where end - 3 >= range.start && bytes[end - 3] == 0xEF && bytes[end - 2] == 0xB8:
        end -= 3
      case 0x3E where tagStart(bytes, from: range.start, to: end) != nil:
        end = tagStart(bytes, from: range.start, to: end) ?? range.start
      default: return ByteRange(range.start, end)
      }
    }
    return ByteRange(range.start, end)
  }

  /// The class of `URL 1`, `Login (site)` or `URL....`, or nil. `user1` is a login of a combolist.
  private static func numbered(
    _ label: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> LabelDictionary.Class? {
    var end = label.end
    // `bare` took the closing parenthesis.
    if let open = bytes.firstOffset(of: 0x28, in: label.bounds), open > label.start {
      end = open
    } else {
      while end > label.start, ASCII.isDigit(bytes[end - 1]) { end -= 1 }
      if end < label.end && end > label.start && bytes[end - 1] != ASCII.space { return nil }
      while end > label.start, bytes[end - 1] == ASCII.dot { end -= 1 }
    }
    if end == label.end { return nil }
    return labels.recordClass(of: bytes.trimmed(ByteRange(label.start, end)), in: bytes)
  }

  /// The classes of `Login/Password` or `Login/Email`, or nil if the label is no such pair.
  private static func pair(
    _ label: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> (first: LabelDictionary.Class, second: LabelDictionary.Class)? {
    guard let slash = bytes.firstOffset(of: ASCII.slash, or: 0x26, in: label.bounds),
      let first = labels.recordClass(
        of: bytes.trimmed(ByteRange(label.start, slash)), in: bytes),
      let second = labels.recordClass(
        of: bytes.trimmed(ByteRange(slash + 1, label.end)), in: bytes),
      first.isLogin, second == .password || second.isLogin
    else { return nil }
    return (first, second)
  }

  private static func beginsWithLabel(
    _ value: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    var end = value.start
    scan: while end < value.end, end - value.start <= LabelDictionary.maxLabelBytes {
      switch bytes[end] {
      case ASCII.bar, ASCII.tab, ASCII.colon, ASCII.semicolon, ASCII.comma: break scan
      default: end += 1
      }
    }
    let word = bytes.trimmed(ByteRange(value.start, end))
    return labels.recordClass(of: unquoted(word, in: bytes) ?? word, in: bytes) != nil
  }

  /// Whether two labels stand in `value` with nothing but the sign between them, as in `password|x|login|url`.
  private static func hasLabelsSideBySide(
    _ value: ByteRange, _ sign: UInt8, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    var isBehindLabel = false
    var start = value.start
    let limit = Swift.min(value.end, value.start + maxHeaderBytes)
    // So few that a line of labels is not read again and again.
    for _ in 0..<maxHeaderCells {
      guard start < limit else { return false }
      let end = bytes.firstOffset(of: sign, in: start..<limit) ?? limit
      let word = bytes.trimmed(ByteRange(start, end))
      let isLabel = labels.recordClass(of: unquoted(word, in: bytes) ?? word, in: bytes) != nil
      if isLabel && isBehindLabel { return true }
      isBehindLabel = isLabel
      start = end + 1
    }
    return false
  }

  // MARK: Signs

  /// Whether a colon follows the tab, as in `URL⇥: https://…`.
  private static func isSignBehind(_ bytes: Span<UInt8>, at tab: Int, to end: Int) -> Bool {
    let offset = bytes.behindBlanks(tab, end)
    return offset < end && bytes[offset] == ASCII.colon
  }

  /// The length of the full-width colon that stands behind a Chinese label, in UTF-8 or GBK, or 0.
  static func wideColon(_ bytes: Span<UInt8>, at offset: Int, to end: Int) -> Int {
    if offset + 2 < end, bytes[offset] == 0xEF, bytes[offset + 1] == 0xBC, bytes[offset + 2] == 0x9A
    {
      return 3
    }
    return offset + 1 < end && bytes[offset] == 0xA3 && bytes[offset + 1] == 0xBA ? 2 : 0
  }

  /// Behind `-`, `->`, `=>`, `>`, `»`, `→`, `➜`, `–` or `—` and a blank, or nil.
  static func arrowEnd(_ bytes: Span<UInt8>, at start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case ASCII.hyphen, ASCII.equals, 0x3E: offset += 1
      case 0xE2 where offset + 2 < end && isOfArrows(bytes[offset + 1]):
        offset += 3
      case 0xC2 where offset + 1 < end && bytes[offset + 1] == 0xBB: offset += 2
      case ASCII.space, ASCII.tab: return offset > start ? offset : nil
      default: return nil
      }
    }
    return nil
  }

  /// The second byte of dashes and arrows: U+2000 to U+203F, U+2180 to U+21BF, U+2780 to U+27BF.
  private static func isOfArrows(_ byte: UInt8) -> Bool {
    byte == 0x80 || byte == 0x86 || byte == 0x9E
  }

  /// A value without blanks, and without Markdown's marks: `** https://…`, `` `ann` ``.
  private static func unmarked(_ range: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var value = bytes.trimmed(range)
    while value.count > 1, bytes[value.start] == 0xC2, bytes[value.start + 1] == 0xA0 {
      value = bytes.trimmed(ByteRange(value.start + 2, value.end))
    }
    let mark = value.isEmpty ? 0 : bytes[value.start]
    if value.count > 2, mark == 0x2A || mark == 0x5F {
      var offset = value.start
      while offset < value.end, bytes[offset] == mark { offset += 1 }
      if offset < value.end, ASCII.isBlank(bytes[offset]) {
        value = bytes.trimmed(ByteRange(offset, value.end))
      }
    }
    for _ in 0..<maxTags {
      guard let behind = LineStart.tagEnd(bytes, at: value.start, to: value.end) else { break }
      value = bytes.trimmed(ByteRange(behind, value.end))
    }
    for _ in 0..<maxTags {
      guard let start = tagStart(bytes, from: value.start, to: value.end) else { break }
      value = bytes.trimmed(ByteRange(value.start, start))
    }
    return value
  }

  /// Where the HTML tag begins that ends at `end`, or nil.
  private static func tagStart(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    guard end > start, bytes[end - 1] == 0x3E else { return nil }
    var offset = end - 1
    while offset > start, end - offset <= LineStart.maxTagBytes {
      offset -= 1
      if bytes[offset] == 0x3C {
        return LineStart.tagEnd(bytes, at: offset, to: end) == end ? offset : nil
      }
    }
    return nil
  }

  // MARK: On one line

  /// The next field within this one's value, with where the value ends before it: `x | USER: y`,
  /// `x, login: y`, `x Password: y`.
  func next(in bytes: Span<UInt8>, _ labels: LabelDictionary) -> (end: Int, field: RecordField)? {
    var offset = value.start
    while offset < value.end {
      let byte = bytes[offset]
      let isBlank = ASCII.isBlank(byte)
      let isSign =
        byte == ASCII.bar || byte == ASCII.semicolon || byte == ASCII.comma || isBlank
      guard isSign else {
        offset &+= 1
        continue
      }
      let end = offset
      while offset < value.end, Self.isGap(bytes[offset]) { offset &+= 1 }
      // A comma alone may stand in a query.
      let isLoneComma = byte == ASCII.comma && offset == end + 1
      let rest = ByteRange(offset, value.end)
      // Its colon must be there, or its brackets.
      if var field = Self.first(in: rest, of: bytes, labels),
        field.hasColon || field.isBracketed, field.meaning != .other,
        !isLoneComma || goesOn(behindCommaWith: field)
      {
        field.start = offset
        return (end, field)
      }
      if isLoneComma { continue }
      // No field begins among the bullets either, and each is looked at once.
      offset = Swift.max(offset, LineStart.behindBullets(rest, in: bytes))
    }
    return nil
  }

  /// Whether `next`, behind a comma and no blank, is a field and no part of this one's query: its label is quoted, or both have
  /// values that touch the same sign, as in `URL:https://…,Login:ann,Password:…`.
  private func goesOn(behindCommaWith next: RecordField) -> Bool {
    next.isQuoted
      || next.touchedSign != nil && next.touchedSign == touchedSign && next.meaning != meaning
  }

  private static func isGap(_ byte: UInt8) -> Bool {
    byte == ASCII.bar || byte == ASCII.semicolon || byte == ASCII.comma || ASCII.isBlank(byte)
  }
}
