import Formats

/// JSON, read slowly: a recursive parser of whole documents, then the records of their trees.
///
/// It reads what is JSON but for commas, comments, quotes, Python's words and a missing end. Where anything else
/// is wrong within a document, it reads nothing and says so.
struct JSONRecordsTwin {
  let labels: LabelTexts
  private var text: Text = []
  private var at = 0
  private var isWrong = false
  /// Whether the last object that was read has its end.
  private var isClosed = false
  /// The quote behind the last name that has quotes.
  private var nameQuote: UInt8?
  /// Whether the text ends within a string in apostrophes where names have quotes: it may be cut there, or a byte damaged.
  private(set) var endsInOtherQuotes = false

  init(labels: LabelTexts) {
    self.labels = labels
  }

  /// The candidates, or nil if a document is no JSON.
  mutating func read(_ text: Text) -> [Candidate]? {
    self.text = text
    let labels = labels
    var picker = RecordPicker(
      layout: "json", meaning: { ExportTexts.meaning($0, labels) },
      ownRole: { name in
        switch name.lowercased.string {
        case "name", "label", "type", "designation", "key", "field": .fieldName
        case "value": .fieldValue
        default: nil
        }
      })
    picker.isJSON = true
    while at < text.count && !isWrong {
      switch text[at] {
      case 0x7B, 0x5B: if let tree = value() { picker.pick(tree) }
      case 0x22, 0x27: _ = nameString()
      case 0x23, 0x2F: if !comment() { word() }
      case 0x20, 0x09, 0x00, 0x0A, 0x0D, 0x2C, 0x3A, 0x7D, 0x5D: at += 1
      default: word()
      }
    }
    return isWrong ? nil : picker.candidates
  }

  private var next: UInt8? { at < text.count ? text[at] : nil }

  private mutating func word() {
    let start = at
    at += 1
    while let byte = next, !Array(" \t\n\r,:[]{}\0".utf8).contains(byte) {
      if at == start + 1, byte == 0x22 || byte == 0x27, Array("uUbBrR".utf8).contains(text[start]) {
        return
      }
      at += 1
    }
  }

  /// Steps over a comment, if there is one: behind a blank, and `/*` only within a document.
  private mutating func comment(inside: Bool = false) -> Bool {
    let before = at == 0 ? 0x20 : text[at - 1]
    guard Array(" \t\n\r\0".utf8).contains(before) else { return false }
    if text[at...].starts(with: Array("/*".utf8)), inside {
      at += 2
      while at < text.count && !text[at...].starts(with: Array("*/".utf8)) { at += 1 }
      at = min(at + 2, text.count)
      return true
    }
    guard next == 0x23 || text[at...].starts(with: Array("//".utf8)) else { return false }
    // No comment is so long.
    if text[at...].prefix(while: { $0 != 0x0A && $0 != 0x0D }).count >= 1024 { return false }
    while let byte = next, byte != 0x0A && byte != 0x0D { at += 1 }
    return true
  }

  private mutating func blanks() {
    while let byte = next {
      if Array(" \t\n\r\0".utf8).contains(byte) {
        at += 1
      } else if byte == 0x23 || byte == 0x2F {
        if !comment(inside: true) { return }
      } else {
        return
      }
    }
  }

  private var line: Int { (Text(text[..<at]) + [0x78]).lines.count }

  private mutating func value() -> RecordTree? {
    blanks()
    switch next {
    case 0x7B:
      at += 1
      let inner = members()
      return .object(inner, isClosed: isClosed)
    case 0x5B:
      at += 1
      return .list(elements())
    default: return scalar()
    }
  }

  private mutating func scalar() -> RecordTree? {
    let line = line
    let start = at
    if next != 0x22 && next != 0x27 { word() }
    let word = Text(text[start..<at])
    if next == 0x22 || next == 0x27, word.count < 2 {
      let string = string()
      return .value(
        string.text, line: line, string.isClosed ? .text : .broken,
        raw: string.isClosed ? string.raw : nil)
    }
    let literals = ["null", "none", "nil", "true", "false", "nan", "undefined"]
    if literals.contains(word.lowercased.string) {
      return .value(word, line: line, .literal)
    }
    let isNumber = word.string.contains(/^[-+]?[0-9.]*[0-9]$/)
    if !isNumber && (at < text.count || [0x5D, 0x7D].contains(word.first)) { isWrong = true }
    return .value(word, line: line, isNumber ? .text : .broken)
  }

  private mutating func members() -> [(name: Text, value: RecordTree)] {
    var members: [(name: Text, value: RecordTree)] = []
    while !isWrong {
      blanks()
      isClosed = false
      guard let byte = next else { return members }
      if byte == 0x7D {
        at += 1
        isClosed = true
        return members
      }
      if byte == 0x2C {
        at += 1
        continue
      }
      let start = at
      if byte != 0x22 && byte != 0x27 { word() }
      var name = Text(text[start..<at])
      if next == 0x22 || next == 0x27, name.count < 2 {
        let string = nameString()
        name = string.isClosed ? string.text : []
        if !string.isClosed && at < text.count { isWrong = true }
      } else if "[{:]".utf8.contains(byte) {
        isWrong = true
      }
      blanks()
      if next == nil { return members }
      if next != 0x3A {
        isWrong = true
        return members
      }
      at += 1
      blanks()
      if next == nil { return members }
      if let value = value() { members.append((name, value)) }
      isClosed = false
      end()
    }
    return members
  }

  private mutating func elements() -> [RecordTree] {
    var elements: [RecordTree] = []
    while !isWrong {
      blanks()
      guard let byte = next else { return elements }
      if byte == 0x5D {
        at += 1
        return elements
      }
      if byte == 0x2C {
        at += 1
        continue
      }
      if byte == 0x7D || byte == 0x3A {
        isWrong = true
      } else if let value = value() {
        elements.append(value)
        end()
      }
    }
    return elements
  }

  /// Behind a value stands a comma, a bracket or a line's end.
  private mutating func end() {
    let before = at
    blanks()
    guard let byte = next else { return }
    let isLineEnd = text[before..<at].contains { $0 == 0x0A || $0 == 0x0D }
    if !isLineEnd && ![0x2C, 0x5D, 0x7D].contains(byte) { isWrong = true }
  }

  private mutating func nameString() -> (text: Text, raw: Text, isClosed: Bool) {
    let quote = text[at]
    let string = string()
    if string.isClosed { nameQuote = quote }
    return string
  }

  private mutating func string() -> (text: Text, raw: Text, isClosed: Bool) {
    let quote = text[at]
    var raw: Text = []
    at += 1
    while let byte = next, byte != 0x0A && byte != 0x0D {
      at += 1
      if byte == quote { return (raw.count > 8192 ? Text() : unescaped(raw), raw, true) }
      raw.append(byte)
      if byte == 0x5C, let escaped = next, escaped != 0x0A && escaped != 0x0D {
        raw.append(escaped)
        at += 1
      }
    }
    if at < text.count { isWrong = true }
    endsInOtherQuotes = quote == 0x27 && nameQuote != quote
    return (raw, raw, false)
  }

  private func unescaped(_ raw: Text) -> Text {
    var units: [UInt16] = []
    var text: Text = []
    func flush() {
      text += Array(String(decoding: units, as: UTF16.self).utf8)
      units = []
    }
    var index = 0
    while index < raw.count {
      guard raw[index] == 0x5C, index + 1 < raw.count else {
        flush()
        text.append(raw[index])
        index += 1
        continue
      }
      let kind = raw[index + 1]
      let digits = kind == 0x75 ? 4 : kind == 0x78 ? 2 : 0
      let code = Text(raw[(index + 2)...].prefix(digits)).string
      if digits > 0, code.utf8.count == digits, let unit = UInt16(code, radix: 16) {
        units.append(unit)
        index += 2 + digits
        continue
      }
      flush()
      let known: [UInt8: UInt8] = [0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x62: 0x20, 0x66: 0x20]
      text.append(known[kind] ?? kind)
      index += 2
    }
    flush()
    return text
  }
}

/// The names that only exports use.
enum ExportTexts {
  static func meaning(_ name: Text, _ labels: LabelTexts) -> LabelDictionary.Class? {
    switch name.lowercased.string {
    case "login_uri", "login_url", "loginurl", "uri", "uris", "urls", "url(s)", "web site",
      "website url", "website_url", "websites", "web_site", "origin_url", "originurl", "action_url",
      "signon_realm", "formsubmiturl", "formactionorigin", "secret url", "password url", "site_url",
      "siteurl", "base_url", "server", "address_url", "domains", "sites", "web page",
      "website 1 - value", "url1", "url2", "url3", "url_1", "url_2", "url 1", "url 2", "website 2",
      "website2":
      .url
    case "login_username", "login name", "loginname", "login_name", "username_value", "username2",
      "username3", "usr", "itemusername", "item_username", "secondarylogin", "user_login", "userid",
      "user_id", "login_id", "loginid":
      .login
    case "email", "e-mail", "itememail", "item_email", "email_address", "emailaddress",
      "mailadresse", "e-mail-adresse", "e-mail 1 - value", "e-mail 2 address":
      .email
    case "login_password", "password_value", "passwd", "user_password", "userpassword",
      "password_plain", "plain_password", "decrypted_password", "password_decrypted":
      .password
    case "name", "title", "email_verified", "titre", "titel", "note", "notes", "comment",
      "comments", "id", "guid", "date", "folder", "group", "grouping", "category", "type", "tags",
      "fav", "favorite", "totp", "otpauth", "session", "contact", "company", "language", "ip":
      .other
    default: labels.meaning(of: name)
    }
  }
}
