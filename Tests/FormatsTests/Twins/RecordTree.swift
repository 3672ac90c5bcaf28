import Formats

/// A document as a tree, from which the twins of JSON and XML pick their records.
indirect enum RecordTree {
  case object([(name: Text, value: RecordTree)], isClosed: Bool = true)
  case list([RecordTree])
  /// With the string as written, if it is one.
  case value(Text, line: Int, Kind, raw: Text? = nil)

  enum Kind {
    case text
    /// `null`, `True`
    case literal
    /// A word that means nothing, or a string without its end.
    case broken
  }
}

/// Picks records from trees, as `NestedRecords` describes them.
struct RecordPicker {
  enum Role { case none, url, login, email, password, fieldName, fieldValue }

  struct Field {
    var role: Role
    var text: Text = []
    var isFilled = false
    var line: Int
    var isOfList = false
    var isFromBelow = false
    /// A name that may be a host.
    var isGuess = false
  }

  /// What stands round an object or list.
  struct Surroundings {
    var exists = false
    var isList = false
    var role = Role.none
    var url: Text?
    /// Whether it is a list of a message's pieces.
    var isPieces = false
    /// Whether it is an object that may be a credential's by the names before.
    var isOfCredential = false
    /// Whether it holds what was typed into forms.
    var isForm = false
    /// Whether it has a URL of its own.
    var hasURL = false
  }

  /// A piece of a message, as written.
  struct Piece {
    var raw: Text
    var line: Int
    /// The first piece of its object, by number, or nil outside of one.
    var object: Int?
    /// Whether it is a message of its own: an object without a type.
    var isWhole = false
  }

  let layout: String
  let meaning: (Text) -> LabelDictionary.Class?
  let ownRole: (Text) -> Role?
  var candidates: [Candidate] = []
  /// Whether it is JSON's: a name may be a host, an object be a field, and a string hold lines.
  var isJSON = false
  private var count = 0
  private var isEncrypted = false
  /// The pieces of the message whose list is being read.
  private var pieces: [Piece]?
  private var isRepeated = false
  /// Whether what was read last is a record without a login, or holds one in a list.
  private var isLoginLacking = false

  init(
    layout: String, meaning: @escaping (Text) -> LabelDictionary.Class?,
    ownRole: @escaping (Text) -> Role?
  ) {
    self.layout = layout
    self.meaning = meaning
    self.ownRole = ownRole
  }

  mutating func pick(_ document: RecordTree) {
    isEncrypted = false
    isLoginLacking = false
    switch document {
    case .object(let members, let isClosed):
      _ = object(members, .none, Surroundings(), key: nil, isClosed: isClosed)
    case .list(let elements): _ = list(elements, .none, Surroundings(), key: nil)
    case .value: break
    }
  }

  func role(_ name: Text) -> Role {
    if let own = ownRole(name.trimmed) { return own }
    switch meaning(name.trimmed) {
    case .url: return .url
    case .login: return .login
    case .email: return .email
    case .password: return .password
    default: return .none
    }
  }

  private static let values: Set<Role> = [.url, .login, .email, .password]

  private func field(_ role: Role, _ text: Text, _ line: Int, _ kind: RecordTree.Kind) -> Field {
    let place = text.trimmedOfLines.withoutInvisible
    if role == .password {
      return Field(
        role: role, isFilled: kind != .literal && !text.isPlaceholder, line: line)
    }
    return Field(role: role, text: place.isPlaceholder || kind != .text ? [] : place, line: line)
  }

  /// What the list hands to the object round it.
  private mutating func list(
    _ elements: [RecordTree], _ role: Role, _ round: Surroundings, key: Text?,
    isPieces: Bool = false, host: Text = [], isForm: Bool = false
  ) -> [Field] {
    var fields: [Field] = []
    let url = key ?? round.url
    let own = Self.values.contains(role) ? role : .none
    var lacksLogin = false
    if isPieces { pieces = [] }
    defer { if isPieces { readPieces(host: host) } }
    for element in elements {
      let here = Surroundings(
        exists: true, isList: true, role: own, url: url, isPieces: isPieces, isForm: isForm)
      switch element {
      case .value(let text, let line, let kind, let raw):
        if own == .none {
          if !isPieces {
            readLines(raw, line: line)
          } else if let raw, raw.count <= 8192 {
            pieces?.append(Piece(raw: raw, line: line))
          }
          continue
        }
        var field = field(own, text, line, kind)
        field.isOfList = true
        fields.append(field)
      case .object(let members, let isClosed):
        fields += object(
          members, .none, here, key: nil, isClosed: isClosed, isForm: isForm)
      case .list(let inner): fields += list(inner, .none, here, key: nil, isForm: isForm)
      }
      lacksLogin = lacksLogin || isLoginLacking
      isLoginLacking = false
    }
    if own == .none && (!isPieces || !host.isEmpty) {
      readRow(elements, at: url)
      lacksLogin = lacksLogin || isLoginLacking
    }
    isLoginLacking = lacksLogin
    return fields
  }

  /// Reports a list of strings that is a record: `url login password`, `address url password`, each with perhaps one string
  /// more, `address password` and `address password url`.
  private mutating func readRow(_ elements: [RecordTree], at url: Text?) {
    var values: [(text: Text, raw: Text, line: Int)] = []
    for element in elements {
      guard case .value(let text, let line, _, let raw) = element, let raw, raw.count <= 8192
      else { return }
      values.append((text, raw, line))
    }
    guard isJSON, (2...4).contains(values.count) else { return }
    func isURL(_ index: Int) -> Bool { index < values.count && values[index].text.hasScheme }
    func isWord(_ index: Int) -> Bool { !isURL(index) && !values[index].text.contains(0x20) }
    func isAddress(_ index: Int) -> Bool { DelimitedLineTwin.isMailAddress(values[index].text) }
    var site: Int?
    var (login, password) = (0, 1)
    var isDoubtful = false
    if isURL(0), isWord(1), values.count > 2 {
      (site, login, password) = (0, 1, 2)
    } else if isAddress(0), isURL(1), values.count > 2 {
      (site, password) = (1, 2)
    } else if isAddress(0), isWord(1), !isAddress(1),
      values.count == 2 || values.count == 3 && isURL(2)
    {
      site = values.count == 3 ? 2 : nil
      isDoubtful = true
    } else {
      return
    }
    let line = values[login].line
    // Of a password the raw text counts, as it is not copied.
    let fields = [
      field(.login, values[login].text, line, .text),
      field(.password, values[password].raw, line, .text),
    ]
    _ = close(
      (site.map { [field(.url, values[$0].text, line, .text)] } ?? []) + fields,
      Surroundings(exists: true, isList: true, url: url), true, isDoubtful: isDoubtful)
  }

  /// Reports an address and the word that it names.
  private mutating func readNamed(_ name: Text, _ raw: Text?, line: Int, at url: Text?) {
    guard isJSON, let raw, raw.count <= 8192, DelimitedLineTwin.isMailAddress(name),
      !raw.hasScheme, !raw.contains(0x20), !DelimitedLineTwin.isMailAddress(raw),
      !raw.isPlaceholder
    else { return }
    _ = close(
      [field(.login, name, line, .text), field(.password, raw, line, .text)],
      Surroundings(exists: true, url: url), true, isDoubtful: true)
  }

  /// Reports the object if it is a record, else returns what it hands to what is round it.
  private mutating func object(
    _ members: [(name: Text, value: RecordTree)], _ role: Role, _ round: Surroundings, key: Text?,
    isClosed: Bool, isForm: Bool = false, isPart: Bool = false
  ) -> [Field] {
    var fields: [Field] = []
    var isOfCredential = false
    let isValueRole = Self.values.contains(role)
    var fieldRole = isValueRole && isJSON ? role : .none
    var pair: Int?
    // A value that stands before its name, until an object or list comes between.
    var unnamed: (text: Text, line: Int, kind: RecordTree.Kind)?
    var isNumbered = false
    var own = 0
    if let key {
      fields.append(Field(role: .url, text: key, line: 0, isGuess: !key.hasScheme))
      own += 1
    }
    var url: Text? { fields.first { $0.role == .url && !$0.isOfList && !$0.text.isEmpty }?.text }
    var isBehindText = false
    var hasType = false
    let firstPiece = pieces?.count ?? 0
    for (name, value) in members {
      let plainName = name.trimmed.lowercased.string
      let isText = isJSON && plainName == "text"
      let wasBehindText = isBehindText
      isBehindText = false
      let meant = self.role(name)
      let isURL =
        meant == .none && ownRole(name.trimmed) == nil
        && (name.trimmed.hasScheme || isJSON && isHostName(name.trimmed))
      var here = Surroundings(exists: true, role: isValueRole ? role : .none, url: url ?? round.url)
      here.isList = false
      here.isForm = isForm
      here.hasURL = url != nil
      let isInnerForm = isForm || isJSON && isFormName(name)
      isOfCredential = isOfCredential || meant == .password || self.isOfCredential(name)
      if case .value = value {} else { unnamed = nil }
      switch value {
      case .object(let inner, let isClosed):
        here.isOfCredential = isOfCredential
        let up = object(
          inner, meant, here, key: isURL ? name.trimmed : nil, isClosed: isClosed,
          isForm: isInnerForm,
          isPart: isJSON && name.trimmed.lowercased.string == "details")
        own += up.filter { !$0.isOfList }.count
        fields += up
      case .list(let inner):
        let isPieces = isText || isJSON && plainName == "text_entities"
        isRepeated = pieces == nil ? isPieces && !isText && wasBehindText : isRepeated
        let isSite = isURL && (name.trimmed.hasScheme || endsAsHost(name.trimmed))
        isBehindText = (isPieces || isSite) && pieces == nil
        let host = isSite && isBehindText ? name.trimmed : []
        let up = list(
          inner, meant, here, key: isURL ? name.trimmed : nil, isPieces: isBehindText, host: host,
          isForm: isInnerForm)
        fields += up
      case .value(let text, let line, let kind, let raw):
        isBehindText = isText && raw != nil
        hasType = hasType || plainName == "type" && raw.map { $0.count <= 8192 } ?? false
        if name.lowercased.string == "encrypted" && kind == .literal {
          if !round.exists { isEncrypted = text.lowercased.string == "true" }
        } else if isValueRole && !name.isEmpty && name.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
          var field = field(role, text, line, kind)
          field.isOfList = true
          fields.append(field)
          isNumbered = true
          isOfCredential = isOfCredential || role == .password
        } else if meant == .fieldName {
          if fieldRole == .none && kind == .text {
            let named = meaning(text.trimmed == text ? text : [])
            fieldRole = roleOf(named)
          }
          if let value = unnamed, fieldRole != .none {
            unnamed = nil
            fields.append(field(fieldRole, value.text, value.line, value.kind))
            isOfCredential = isOfCredential || fieldRole == .password
            own += 1
            if pair == nil { pair = fields.count - 1 }
          }
        } else if meant == .fieldValue {
          if fieldRole == .none {
            unnamed = unnamed ?? (text, line, kind)
            continue
          }
          fields.append(field(fieldRole, text, line, kind))
          isOfCredential = isOfCredential || fieldRole == .password
          own += 1
          if pair == nil { pair = fields.count - 1 }
        } else if meant != .none {
          fields.append(field(meant, text, line, kind))
          own += 1
        } else if unnamed == nil, meaning(name.trimmed) != .other {
          readNamed(name.trimmed, raw, line: line, at: url ?? round.url)
          if isText && round.isPieces {
            if let raw, raw.count <= 8192 {
              pieces?.append(Piece(raw: raw, line: line, object: firstPiece))
            }
          } else {
            readLines(raw, line: line)
          }
        }
      }
      isOfCredential = isOfCredential || isLoginLacking
      isLoginLacking = false
    }
    if round.isPieces && !hasType, let count = pieces?.count {
      // Two texts in one object are no two pieces.
      for index in firstPiece..<count { pieces?[index].isWhole = true }
    }
    if let pair {
      if own == 1 && round.exists && !round.isForm { return fields }
      fields[pair].role = .none
    }
    if own == 0 && isNumbered { return fields }
    let hasOwnURL = fields.contains { $0.role == .url && !$0.text.isEmpty && !$0.isGuess }
    let hasLists = fields.contains { [.login, .email].contains($0.role) && $0.isOfList }
    let hasListsOfMore = fields.contains { [.password, .url].contains($0.role) && $0.isOfList }
    // The URL may stand behind it, in another part of the record.
    if isPart && !hasOwnURL && !round.hasURL && fields.contains(where: { $0.role == .password }),
      !(hasLists && hasListsOfMore)
    {
      return fields
    }
    return close(fields, round, isOfCredential || !isClosed || round.isOfCredential)
  }

  private func isOfCredential(_ name: Text) -> Bool {
    let name = name.trimmed.lowercased.string
    return name.contains("passw") || name.contains("pwd")
      || [
        "username_value", "username_element", "origin_url", "originurl", "action_url",
        "signon_realm", "formsubmiturl", "formactionorigin", "httprealm", "encryptedusername",
        "usernamefield", "login_uri", "login_username", "logontype",
      ].contains(name)
  }

  /// Of the names that are generated.
  private func endsAsHost(_ name: Text) -> Bool { name.string.hasSuffix(".example") }

  private func isFormName(_ name: Text) -> Bool {
    [
      "autofill", "autofills", "auto_fill", "autofilldata", "autofill_data", "formhistory",
      "form_history",
    ].contains(name.trimmed.lowercased.string)
  }

  private func isHostName(_ name: Text) -> Bool {
    guard let url = URLText(at: .init(0, name.count), in: name.span) else { return false }
    return url.looksLikeHost && url.host.count == name.count
  }

  /// The records of the lines of a string. Lines have a twin of their own, so here the fast reader reads them.
  private mutating func readLines(_ raw: Text?, line: Int) {
    guard isJSON, let raw, raw.count <= 8192 else { return }
    readLines(raw, lines: Array(repeating: line, count: raw.count))
  }

  /// The records of a message, whose pieces stand behind one another.
  private mutating func readPieces(host: Text) {
    let all = isRepeated ? [] : pieces ?? []
    pieces = nil
    var raw: Text = []
    var lines: [Int] = []
    for (index, piece) in all.enumerated() {
      let before = index > 0 ? all[index - 1] : piece
      let isString = piece.object == nil
      let isNext = isString || piece.object != before.object
      let isBreak = isString && before.object == nil || before.isWhole || piece.isWhole
      if index > 0 && isNext && isBreak {
        raw += [0x5C, 0x6E]
        lines += [before.line, before.line]
      }
      raw += piece.raw
      lines += Array(repeating: piece.line, count: piece.raw.count)
    }
    readLines(raw, lines: lines, host: host)
  }

  /// `lines` has the line of each byte.
  private mutating func readLines(_ raw: Text, lines: [Int], host: Text = []) {
    guard raw.contains(0x3A) else { return }
    var text: Text = []
    var lineOf: [Int] = []
    var index = 0
    while index < raw.count {
      let isEscape = raw[index] == 0x5C && index + 1 < raw.count
      let end: UInt8? =
        !isEscape ? nil : raw[index + 1] == 0x6E ? 0x0A : raw[index + 1] == 0x72 ? 0x0D : nil
      if let end {
        text.append(end)
      } else {
        text += raw[index..<(index + (isEscape ? 2 : 1))]
      }
      while lineOf.count < text.count { lineOf.append(lines[index]) }
      index += isEscape ? 2 : 1
    }
    var layout = LabelledBlocks(labels: Samples.labels)
    var recorder = CredentialRecorder()
    _ = layout.read(text.span, isLast: true, into: &recorder)
    for (var candidate, start) in zip(recorder.candidates, recorder.loginStarts) {
      candidate.line = lineOf[start]
      if candidate.host.isEmpty { candidate.host = host.string }
      candidate.record += count
      candidates.append(candidate)
    }
    count += Int(layout.recordCount)
  }

  private func roleOf(_ meaning: LabelDictionary.Class?) -> Role {
    switch meaning {
    case .url: .url
    case .login: .login
    case .email: .email
    case .password: .password
    default: .none
    }
  }

  private mutating func close(
    _ fields: [Field], _ round: Surroundings, _ isOfCredential: Bool, isDoubtful: Bool = false
  ) -> [Field] {
    func isHost(_ text: Text?) -> Bool {
      guard let text else { return false }
      let parts = URLText(at: .init(0, text.count), in: text.span)
      return parts.map { $0.hasScheme || $0.looksLikeHost } ?? false
    }
    let urls = fields.filter { $0.role == .url && !$0.text.isEmpty && !$0.isGuess }
    let nearest = fields.first { $0.isGuess }?.text ?? round.url
    let ownURLs = urls.filter { !$0.isOfList && !$0.isFromBelow }
    let ownURL = ownURLs.first { isHost($0.text) } ?? ownURLs.first
    let otherURL = urls.first { $0.isOfList || $0.isFromBelow }
    let passwords = fields.filter { $0.role == .password }
    let inherited = isHost(nearest) ? nearest ?? [] : []
    let url = (ownURL ?? otherURL)?.text ?? inherited
    let isFilled = passwords.contains { $0.isFilled && !$0.isOfList }
    func list(_ role: Role) -> [Field]? {
      guard let first = fields.firstIndex(where: { $0.role == role && $0.isOfList }) else {
        return nil
      }
      return Array(fields[first...].prefix { $0.role == role && $0.isOfList })
    }
    let (logins, emails) = (list(.login), list(.email))
    let mayBeCredential = !passwords.isEmpty || isOfCredential
    if logins != nil || emails != nil,
      list(.password) != nil || list(.url) != nil && mayBeCredential
    {
      for index in 0..<max(logins?.count ?? 0, emails?.count ?? 0) {
        count += 1
        func at(_ list: [Field]?) -> Field? {
          list.flatMap { index < $0.count ? $0[index] : nil }
        }
        report(
          [at(logins), at(emails)].compactMap { $0 },
          [list(.url) == nil ? url : at(list(.url))?.text ?? []],
          at(list(.password))?.isFilled ?? isFilled)
      }
      return []
    }
    // An address and a URL are a person's, as in an address book.
    let hasName = fields.contains { $0.role == .login }
    let hasPage = hasName && isHost(ownURL?.text)
    // That of a person is nobody else's site.
    if hasPage && !mayBeCredential { return [] }
    if !passwords.isEmpty || hasPage {
      let isEmpty = fields.allSatisfy { ![.login, .email].contains($0.role) || $0.text.isEmpty }
      isLoginLacking = !passwords.isEmpty && isEmpty && !isEncrypted
      count += 1
      let more = urls.filter { $0.isOfList && $0.text != url }.map(\.text)
      report(
        fields.filter { $0.role == .login } + fields.filter { $0.role == .email },
        [url] + more.prefix(63), isFilled, isDoubtful: isDoubtful)
      return []
    }
    guard var kept = ownURL ?? otherURL, round.exists, !round.isList || round.role == .url else {
      return []
    }
    kept.isOfList = round.isList
    kept.isFromBelow = true
    return [kept]
  }

  private mutating func report(
    _ logins: [Field], _ urls: [Text], _ hasPassword: Bool, isDoubtful: Bool = false
  ) {
    if isEncrypted { return }
    var each: [Field] = []
    for login in logins
    where !login.text.isEmpty && each.count < 4 && !each.contains(where: { $0.text == login.text })
    {
      each.append(login)
    }
    var number = 0
    for url in urls {
      for login in each {
        candidates.append(
          Candidate(
            host: url.string, login: login.text.string, password: hasPassword, layout: layout,
            line: login.line, record: count, candidate: number, doubtful: isDoubtful))
        number += 1
      }
    }
  }
}
