internal import Bytes

/// The valid splits of one ULP or combolist line.
///
/// Most lines have one. The number of splits is bounded by `maxCandidates`; they are kept in place,
/// so that a line allocates nothing.
struct DelimitedLine {
  /// One way to split the line.
  struct Candidate: Equatable {
    var host = ByteRange.empty
    var login = ByteRange.empty
    /// Trimmed; empty without one.
    var password = ByteRange.empty
    /// Whether a word such as `NOT_SAVED` stands in the password's place, or nothing behind a separator.
    var isPasswordNamed = false
    /// Whether the host may be the end of the password (`Credential.isHostDoubtful`).
    var isHostDoubtful = false
  }

  /// What stands further back in a line is the password's rest, or no record. In bytes.
  static let maxLineBytes = 64 << 10

  /// A label and its sign within a line: `contraseña:` and `identifiant:` are among the longest.
  static let maxInlineLabelBytes = 16

  /// A line with more doubt than this holds noise; the likeliest splits come first.
  static let maxCandidates = 8

  private var candidates: InlineArray<8, Candidate> = .init(repeating: Candidate())
  private(set) var count = 0
  /// Whether the line has a URL at its beginning, and is so long that no login behind it was found.
  private(set) var isCut = false
  /// Whether the line names a URL or a mail address where a record of this layout has one.
  var isConvincing = false

  func candidate(_ index: Int) -> Candidate { candidates[index] }

  /// Whether a password stands behind the likeliest login, or a word that says that none was saved.
  private(set) var namesPassword = false
  /// Whether it is a record wherever it stands.
  var isCertain: Bool { isConvincing && namesPassword }

  init(_ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary) {
    let whole = Self.withoutBullets(line, in: bytes)
    var text = bytes.trimmed(whole)
    if let inner = Self.withinBrackets(text, in: bytes) {
      text = inner
    } else if text.end < whole.end {
      // A blank behind the login parts it from an empty password: keep one.
      text.end += 1
    }
    // "url";"login";"pw": quotes round a field are none of its own.
    if text.count > 1 && bytes[text.start] == ASCII.quote { text.start += 1 }
    text.start = Self.behindRemark(text, in: bytes)
    let end = text.end
    text.end = Swift.min(end, text.start + Self.maxLineBytes)
    // A login that stands first is not lost.
    defer {
      isCut = end > text.end && count == 0 && URLText.hasScheme(at: text, in: bytes)
    }
    // The shortest record is `a:b`.
    guard text.count >= 3, !Self.isFramed(bytes.trimmed(line), in: bytes) else { return }
    splitAtDashes(text, in: bytes)
    if count == 0 { splitBehindNote(text, in: bytes, labels) }
    if count == 0 { splitAtRareSign(text, in: bytes) }
    if !hasLoginWithAt(in: bytes) { addLoneAddress(text, in: bytes) }
    if count > 1 { putLikeliestFirst(in: bytes) }
    for index in 0..<count where mayBePassword(hostOf: candidates[index], in: bytes, labels) {
      candidates[index].isHostDoubtful = true
    }
    namesPassword = count > 0 && (!candidates[0].password.isEmpty || candidates[0].isPasswordNamed)
  }

  /// Few passwords are so short, and words that join a login and its password are: `et`. In bytes.
  private static let maxJointBytes = 3

  /// Whether a host stands behind a login with hardly anything between the two that could be the password, or a word that announces
  /// one: `ann@mail.example, Password https://…`.
  private func mayBePassword(
    hostOf candidate: Candidate, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    guard candidate.host.start >= candidate.login.end, !candidate.host.isEmpty else { return false }
    var between = ByteRange(candidate.login.end, candidate.host.start)
    while !between.isEmpty, !Self.isOfWord(bytes[between.start]) { between.start += 1 }
    while !between.isEmpty, !Self.isOfWord(bytes[between.end - 1]) { between.end -= 1 }
    if between.count <= Self.maxJointBytes { return true }
    var last = between
    last.start = last.end
    while last.start > between.start, Self.isOfWord(bytes[last.start - 1]) { last.start -= 1 }
    return labels.recordClass(of: last, in: bytes) == .password
      || labels.recordClass(of: between, in: bytes) == .password
  }

  static func isOfWord(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80
  }

  /// Splits the text, and what stands behind a note at its beginning.
  private mutating func splitBehindNote(
    _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    guard let note = LineNote(text, in: bytes) else { return split(text, in: bytes, labels) }
    let record = ByteRange(note.end, text.end)
    let isSure = note.isDate || URLText.hasScheme(at: record, in: bytes)
    if isSure { split(record, in: bytes, labels) }
    if count == 0 || !note.isDate { split(text, in: bytes, labels) }
    if !isSure { split(record, in: bytes, labels) }
  }

  mutating func split(
    _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    guard text.count >= 3 else { return }
    if let url = URLText(at: text, in: bytes) {
      splitBehindURL(url, text, in: bytes, labels)
    } else {
      splitFromLogin(text, in: bytes, labels)
    }
  }

  private func hasLoginWithAt(in bytes: Span<UInt8>) -> Bool {
    for index in 0..<count
    where bytes.firstOffset(of: ASCII.at, in: candidates[index].login.bounds) != nil {
      return true
    }
    return false
  }

  /// Whether the line is one of a banner in a frame: `#  Telegram: https://t.example/shop  #`.
  static func isFramed(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let sign = bytes[text.start]
    guard sign == ASCII.hash || sign == 0x2A else { return false }
    return bytes[text.end - 1] == sign && ASCII.isBlank(bytes[text.end - 2])
  }

  /// What stands within brackets or backquotes round a record, as programs print one and chats mark one:
  /// `["https://a.example/", "ann", "…"],` and `(ann@mail.example:…)`; nil unless a quote or an address and its password
  /// stand behind the first.
  static func withinBrackets(_ text: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    guard text.count > 4 else { return nil }
    let close: UInt8
    switch bytes[text.start] {
    case 0x28: close = 0x29
    case ASCII.openBracket: close = ASCII.closeBracket
    case 0x7B: close = 0x7D
    case 0x60: close = 0x60
    default: return nil
    }
    // Of a list of them, each has a comma behind it.
    let end = bytes[text.end - 1] == ASCII.comma ? text.end - 1 : text.end
    let inner = bytes.trimmed(ByteRange(text.start + 1, end - 1))
    guard bytes[end - 1] == close, !inner.isEmpty,
      bytes[inner.start] == ASCII.quote || colonBehindAddress(inner, in: bytes) != nil
    else { return nil }
    return inner
  }

  /// Words of checkers before a record.
  private static let remarks = ByteTable(
    [
      "hit", "good", "live", "valid", "working", "success", "found", "ok", "premium", "custom",
      "free", "approved",
    ].map { (Array($0.utf8), 1) },
    foldsCase: true)

  /// Of those, in bytes.
  private static let maxRemarkWordBytes = 8

  /// Behind the word of a checker and the sign that parts it from a record with an address or a URL's scheme,
  /// `Good - ann@mail.example:…`; else the text's beginning.
  private static func behindRemark(_ text: ByteRange, in bytes: Span<UInt8>) -> Int {
    var end = text.start
    while end < text.end, end - text.start < maxRemarkWordBytes, ASCII.isLetter(bytes[end]) {
      end += 1
    }
    let record = ByteRange(skipSeparators(bytes, from: end, to: text.end), text.end)
    guard end > text.start, record.start > end + 1, bytes[record.start - 1] == ASCII.space,
      remarks.value(of: ByteRange(text.start, end), in: bytes) != nil,
      URLText.hasScheme(at: record, in: bytes) || beginsWithAddress(record, in: bytes)
    else { return text.start }
    return record.start
  }

  /// The line without bullets, numbers and byte order marks before it. A sign that touches the first field is
  /// its own, as in `-ann:pw`, unless that is a URL.
  static func withoutBullets(_ line: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    let begin = LineStart.behindBullets(line, in: bytes)
    if begin == line.start || begin == line.end { return line }
    if let record = behindTags(line, in: bytes) { return record }
    let behind = ByteRange(begin, line.end)
    let isApart = ASCII.isBlank(bytes[begin - 1]) || bytes[begin - 1] >= 0x80
    if isApart || URLText.hasScheme(at: behind, in: bytes) { return behind }
    // What is beyond doubt no text of a field: a mark where files were joined.
    var start = line.start
    while start < begin, bytes[start] >= 0x80 || ASCII.isBlank(bytes[start]) { start += 1 }
    return ByteRange(start, line.end)
  }

  /// Tags before one record: `[FR][Chrome] https://…`.
  private static let maxTags = 4
  /// No browser, date or country is longer. In bytes, with brackets.
  private static let maxTagBytes = 48

  /// The record behind tags in brackets, or nil if there is no tag, or neither a URL with a scheme nor an address with
  /// its password nor a host with both behind it.
  static func behindTags(_ line: ByteRange, in bytes: Span<UInt8>) -> ByteRange? {
    var rest = bytes.trimmed(line)
    for _ in 0..<maxTags {
      guard rest.count > 2, bytes[rest.start] == ASCII.openBracket || bytes[rest.start] == 0x28
      else { return nil }
      let close = bytes[rest.start] == 0x28 ? 0x29 : ASCII.closeBracket
      let limit = Swift.min(rest.end, rest.start + maxTagBytes)
      guard let end = bytes.firstOffset(of: close, in: rest.start..<limit) else { return nil }
      rest = bytes.trimmed(ByteRange(end + 1, rest.end))
      // A blank at the line's end may part an empty password.
      if URLText.hasScheme(at: rest, in: bytes) || beginsWithAddress(rest, in: bytes)
        || beginsWithHost(rest, in: bytes)
      {
        return ByteRange(rest.start, line.end)
      }
    }
    return nil
  }

  /// Whether the first field is a host, and two more touch it: `a.example:ann:pw`.
  private static func beginsWithHost(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard let url = URLText(at: text, in: bytes), url.looksLikeHost,
      let hard = hardSeparator(in: bytes, from: text.start, to: text.end),
      let second = hardSeparator(in: bytes, from: hard + 1, to: text.end)
    else { return false }
    return hard == url.authorityEnd && second > hard + 1 && second + 1 < text.end
      && bytes.firstOffset(of: ASCII.space, in: text.bounds) == nil
  }

  /// Whether the first field is an address, which a password touches.
  private static func beginsWithAddress(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard let hard = hardSeparator(in: bytes, from: text.start, to: text.end), hard + 1 < text.end
    else { return false }
    return !ASCII.isBlank(bytes[hard + 1])
      && isMailAddress(ByteRange(text.start, hard), in: bytes)
  }

  /// Moves what is likelier a part of the URL behind the other candidates: text with a slash, the number of a
  /// well-known port, and, where a mail address is among them, any that may be a port.
  mutating func putLikeliestFirst(in bytes: Span<UInt8>) {
    var hasAddress = false
    for index in 0..<count where Self.isAddress(candidates[index].login, in: bytes) {
      hasAddress = true
    }
    var sorted = candidates
    var next = 0
    for rank in 0...2 {
      for index in 0..<count {
        let login = candidates[index].login
        let isPort =
          Self.isShortNumber(login, in: bytes) && (hasAddress || Self.isKnownPort(login, in: bytes))
        var own = isPort ? 1 : 0
        if Self.hasPath(bytes, login.start, login.end) { own = 2 }
        if own == rank {
          sorted[next] = candidates[index]
          next += 1
        }
      }
    }
    candidates = sorted
  }

  static func isKnownPort(_ number: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for port in knownPorts where bytes.equals(number, lowercase: port) { return true }
    return false
  }

  /// Of the services that lines of accounts name: FTP, SSH, mail, the web and its panels, remote desktops.
  static let knownPorts: [StaticString] = [
    "21", "22", "25", "80", "110", "143", "443", "465", "587", "993", "995", "2083", "2087", "2096",
    "3389", "8080", "8443",
  ]

  static func isShortNumber(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in range.bounds where !ASCII.isDigit(bytes[offset]) { return false }
    return range.count <= 5
  }

  /// Adds a way to split the line, unless it is one already. A line with too many keeps the first ones, and as
  /// its last the last address: paths may hold any number of separators, and no address.
  mutating func add(
    _ url: ByteRange, _ login: ByteRange, password: ByteRange, isHostDoubtful: Bool = false,
    in bytes: Span<UInt8>
  ) {
    var login = Self.unquoted(bytes.trimmed(login), in: bytes)
    login = InvisibleText.trimmed(login, in: bytes)
    // 320 = 64 + 1 + 255, RFC 5321's limits for local part and domain; a longer login is no account.
    let isFull = count == Self.maxCandidates
    // In files that are no text, a control character begins a login.
    guard !login.isEmpty, bytes[login.start] >= 0x20, login.count <= 320,
      !isFull || Self.isAddress(login, in: bytes),
      !Placeholder.stands(at: login, in: bytes), !Self.isSchemeName(login, in: bytes)
    else { return }
    let rest = Self.withoutSeparators(password, in: bytes)
    var host = bytes.trimmed(url)
    if !host.isEmpty && bytes[host.end - 1] == ASCII.quote { host.end -= 1 }
    host = InvisibleText.trimmed(host, in: bytes)
    let hasPassword = !Placeholder.stands(at: rest, in: bytes)
    let isPasswordNamed =
      rest.isEmpty
      ? Self.leavesPlace(for: password, behind: login, at: host, in: bytes)
      : !hasPassword && bytes[rest.start] != ASCII.hyphen
    let candidate = Candidate(
      host: host, login: login, password: hasPassword ? rest : .empty,
      isPasswordNamed: isPasswordNamed, isHostDoubtful: isHostDoubtful)
    for index in 0..<count where candidates[index].login == login { return }
    candidates[isFull ? count - 1 : count] = candidate
    if !isFull { count += 1 }
  }

  /// A field without the quotes round it.
  static func unquoted(_ field: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var field = field
    if !field.isEmpty && bytes[field.start] == ASCII.quote { field.start += 1 }
    if !field.isEmpty && bytes[field.end - 1] == ASCII.quote { field.end -= 1 }
    return PrintersQuotes.inner(field, in: bytes) ?? field
  }

  /// What stands behind a login, without the signs and blanks before it and behind it.
  static func withoutSeparators(_ password: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    bytes.trimmed(
      ByteRange(skipSeparators(bytes, from: password.start, to: password.end), password.end))
  }

  /// Whether `https://a.example/:ann@mail.example:` ends where a password would begin, as no text does.
  private static func leavesPlace(
    for password: ByteRange, behind login: ByteRange, at url: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    guard url.end <= login.start, password.start > login.end, isAddress(login, in: bytes),
      URLText.hasScheme(at: url, in: bytes)
    else { return false }
    return hardSeparator(in: bytes, from: password.start - 1, to: password.start) != nil
  }
}
