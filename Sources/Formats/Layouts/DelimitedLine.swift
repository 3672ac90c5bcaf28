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
    var hasPassword = false
    /// Whether the host may be the end of the password (`Credential.isHostDoubtful`).
    var isHostDoubtful = false
  }

  /// What stands further back in a line is the password's rest, or no record. In bytes.
  private static let maxLineBytes = 16 << 10

  /// A label and its sign within a line: `contraseña:` and `identifiant:` are among the longest.
  private static let maxInlineLabelBytes = 16

  /// A line with more doubt than this holds noise; the likeliest splits come first.
  static let maxCandidates = 8

  private var candidates: InlineArray<8, Candidate> = .init(repeating: Candidate())
  private(set) var count = 0
  /// Whether the line names a URL or a mail address where a record of this layout has one.
  private(set) var isConvincing = false

  func candidate(_ index: Int) -> Candidate { candidates[index] }

  /// Whether a password stands behind the likeliest login.
  var hasPassword: Bool { count > 0 && candidates[0].hasPassword }

  init(_ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary) {
    let whole = Self.withoutBullets(line, in: bytes)
    var text = bytes.trimmed(whole)
    // A blank behind the login parts it from an empty password: keep one.
    if text.end < whole.end { text.end += 1 }
    // "url";"login";"pw": quotes round a field are none of its own.
    if text.count > 1 && bytes[text.start] == ASCII.quote { text.start += 1 }
    text.end = Swift.min(text.end, text.start + Self.maxLineBytes)
    // The shortest record is `a:b`.
    guard text.count >= 3, !Self.isFramed(bytes.trimmed(line), in: bytes) else { return }
    if let note = LineNote(text, in: bytes) {
      let record = ByteRange(note.end, text.end)
      let isSure = note.isDate || URLText.hasScheme(at: record, in: bytes)
      if isSure { split(record, in: bytes, labels) }
      if count == 0 || !note.isDate { split(text, in: bytes, labels) }
      if !isSure { split(record, in: bytes, labels) }
    } else {
      split(text, in: bytes, labels)
    }
    if count > 1 { putLikeliestFirst(in: bytes) }
  }

  private mutating func split(
    _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    guard text.count >= 3 else { return }
    if let url = URLText(at: text, in: bytes) {
      splitBehindURL(url, text, in: bytes, labels)
    } else {
      splitFromLogin(text, in: bytes, labels)
    }
  }

  /// Whether the line is one of a banner in a frame: `#  Telegram: https://t.example/shop  #`.
  private static func isFramed(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let sign = bytes[text.start]
    guard sign == ASCII.hash || sign == 0x2A else { return false }
    return bytes[text.end - 1] == sign && ASCII.isBlank(bytes[text.end - 2])
  }

  /// The line without bullets, numbers and byte order marks before it. A sign that touches the first field is
  /// its own, as in `-ann:pw`, unless that is a URL.
  private static func withoutBullets(_ line: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    let begin = LineStart.behindBullets(line, in: bytes)
    if begin == line.start || begin == line.end { return line }
    let behind = ByteRange(begin, line.end)
    let isApart = ASCII.isBlank(bytes[begin - 1]) || bytes[begin - 1] >= 0x80
    if isApart || URLText.hasScheme(at: behind, in: bytes) { return behind }
    // What is beyond doubt no text of a field: a mark where files were joined.
    var start = line.start
    while start < begin, bytes[start] >= 0x80 || ASCII.isBlank(bytes[start]) { start += 1 }
    return ByteRange(start, line.end)
  }

  /// Moves what is likelier a part of the URL behind the other candidates: text with a slash, the number of a
  /// well-known port, and, where a mail address is among them, any that may be a port.
  private mutating func putLikeliestFirst(in bytes: Span<UInt8>) {
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

  private static func isKnownPort(_ number: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for port in knownPorts where bytes.equals(number, lowercase: port) { return true }
    return false
  }

  /// Of the services that lines of accounts name: FTP, SSH, mail, the web and its panels, remote desktops.
  private static let knownPorts: [StaticString] = [
    "21", "22", "25", "80", "110", "143", "443", "465", "587", "993", "995", "2083", "2087", "2096",
    "3389", "8080", "8443",
  ]

  private static func isShortNumber(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in range.bounds where !ASCII.isDigit(bytes[offset]) { return false }
    return range.count <= 5
  }

  // MARK: URL first

  /// `url login password`: the login is the field behind the URL, for each place where the URL may end.
  private mutating func splitBehindURL(
    _ url: URLText, _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    if !url.hasScheme, let login = Self.behindRemoteHost(url, text, in: bytes) {
      _ = addLogins(from: login, url: ByteRange(text.start, login - 1), text, in: bytes)
      isConvincing = count > 0
      return
    }
    if !url.hasScheme, let hard = Self.hardSeparator(in: bytes, from: text.start, to: text.end),
      Self.trailingURL(in: ByteRange(hard + 1, text.end), bytes) != nil
    {
      // `ann.doe:pw:https://site.example/`: the field with a scheme is the URL, so the first is none.
      if Self.hasPortOrPath(url, ByteRange(text.start, hard), in: bytes) {
        // `host.example/login|ann|https://…`: the first is a URL all the same, and the last is a password.
        addSplits(from: url.authorityEnd, urlStart: text.start, text, in: bytes, labels)
      }
      splitFromLogin(text, in: bytes, labels)
      return
    }
    // `https://shop.example:bob@mail.example:pw` or `https://bob:pw@shop.example/:ann:pw`: both. Where
    // the first name has a dot, it is likelier the host.
    if let userInfoHost = url.hostBehindUserInfo, !url.looksLikeHost {
      addSplits(from: userInfoHost.end, urlStart: text.start, text, in: bytes, labels)
    }
    addSplits(from: url.authorityEnd, urlStart: text.start, text, in: bytes, labels)
    if let userInfoHost = url.hostBehindUserInfo, url.looksLikeHost {
      addSplits(from: userInfoHost.end, urlStart: text.start, text, in: bytes, labels)
    }
    if url.hasScheme {
      addSplitsBehindSecondURL(url, text, in: bytes, labels)
      if count == 0 { addFromWithinURL(url, text, in: bytes) }
    }
    if !url.hasScheme {
      // `john.smith:pw` looks like a host, and `10.0.0.1:bob:pw` is one: the first field is a
      // login, too, in the split without URL.
      splitFromLogin(text, in: bytes, labels)
      if count > 0 && !isConvincing { isConvincing = url.looksLikeHost && count > 1 }
    } else if count > 0 {
      isConvincing = true
    }
  }

  /// Whether a path stands behind the host in the first field, or a port directly behind it: then it is no login.
  private static func hasPortOrPath(
    _ url: URLText, _ field: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    if field.end > url.authorityEnd { return hasPath(bytes, url.authorityEnd, field.end) }
    guard field.end == url.authorityEnd, bytes[field.end] == ASCII.colon else { return false }
    var end = field.end + 1
    while end < bytes.count, ASCII.isDigit(bytes[end]) { end += 1 }
    guard (2...5).contains(end - field.end - 1), end < bytes.count else { return false }
    switch bytes[end] {
    case ASCII.bar, ASCII.semicolon, ASCII.comma, ASCII.tab, ASCII.space, ASCII.colon: return true
    default: return false
    }
  }

  /// Where the login of `192.0.2.7:3389@login;password` begins, as lists of remote desktops write it, or nil.
  private static func behindRemoteHost(
    _ url: URLText, _ text: ByteRange, in bytes: Span<UInt8>
  ) -> Int? {
    guard url.authorityEnd + 2 < text.end, bytes[url.authorityEnd] == ASCII.colon else {
      return nil
    }
    var end = url.authorityEnd + 1
    while end < text.end, ASCII.isDigit(bytes[end]) { end += 1 }
    let digits = end - url.authorityEnd - 1
    guard (2...5).contains(digits), end + 1 < text.end, bytes[end] == ASCII.at else { return nil }
    return end + 1
  }

  /// Adds the splits of `url url login password`, as from a browser's table of page and form.
  private mutating func addSplitsBehindSecondURL(
    _ first: URLText, _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    let host = Self.authorityEnd(of: first)
    let port = Self.port(bytes, at: host, text)?.end
    let end = Self.urlEnd(from: port ?? host, to: text, in: bytes)
    let next = Self.skipSeparators(bytes, from: end, to: text.end)
    guard let url = Self.trailingURL(in: ByteRange(next, text.end), bytes), url.start == next,
      let parts = URLText(at: url, in: bytes)
    else { return }
    let secondHost = Self.authorityEnd(of: parts)
    addSplits(from: secondHost, urlStart: url.start, text, in: bytes, labels)
  }

  /// The end of the likeliest host of a URL: the one behind user information, if the text before that is none.
  private static func authorityEnd(of url: URLText) -> Int {
    if let host = url.hostBehindUserInfo, !url.looksLikeHost { return host.end }
    return url.authorityEnd
  }

  /// Adds the splits whose URL ends at the first separator at or behind `offset`, or at a later one if
  /// the text between can belong to the URL.
  private mutating func addSplits(
    from offset: Int, urlStart: Int, _ text: ByteRange, isBehindPort: Bool = false,
    in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    var from = offset
    if !isBehindPort, let port = Self.port(bytes, at: offset, text) {
      if port.isCertain {
        from = port.end
      } else {
        // host:8443:ann:pw is likelier a port than a login, host:8443:pw is not.
        addSplits(from: port.end, urlStart: urlStart, text, isBehindPort: true, in: bytes, labels)
      }
    }
    var hasPath = false
    var name: (url: ByteRange, login: ByteRange)?
    // Last: what looks like a user name before the address may be the URL's end.
    defer { if let name { addAddress(behind: name.login, url: name.url, text, in: bytes) } }
    while true {
      guard let urlEnd = Self.separator(in: bytes, from: from, to: text.end) else { return }
      hasPath = hasPath || Self.hasPath(bytes, offset, urlEnd)
      if Self.isScheme(bytes, urlEnd, text) {
        // …?redirect=https://… : no field begins with `//`.
        from = urlEnd + 1
        continue
      }
      var login = Self.skipSeparators(bytes, from: urlEnd, to: text.end)
      let url = ByteRange(urlStart, urlEnd)
      if let label = Self.label(bytes, at: login, to: text.end, labels) {
        if label.meaning == .password,
          addLabelled(ByteRange(login, text.end), url: url, in: bytes, labels)
        {
          return
        }
        if label.meaning.isLogin { login = label.end }
      }
      guard let loginEnd = addLogins(from: login, url: url, text, in: bytes) else { return }
      if name == nil && !hasPath {
        addBehindPort(ByteRange(login, loginEnd), url: url, text, in: bytes)
      }
      name = name ?? (url, ByteRange(login, loginEnd))
      // The URL goes on over this separator if what follows can be part of it.
      let gap = ByteRange(urlEnd, login)
      let piece = ByteRange(login, loginEnd)
      guard hasPath, Self.canContinueURL(piece, behind: gap, in: bytes) else { return }
      from = loginEnd
    }
  }

  /// Adds the login that begins at `start`, if a separator ends it; returns where it ends first.
  private mutating func addLogins(
    from start: Int, url: ByteRange, _ text: ByteRange, in bytes: Span<UInt8>
  ) -> Int? {
    guard let hard = Self.hardSeparator(in: bytes, from: start, to: text.end) else {
      // No `:`, `;`, `|`, comma or tab is left; a space may still part login and password.
      guard let space = bytes.firstOffset(of: ASCII.space, in: start..<text.end) else { return nil }
      add(url, ByteRange(start, space), password: ByteRange(space + 1, text.end), in: bytes)
      return space
    }
    // Logins with spaces exist; the field up to the first space is the other reading, and the likelier
    // one if a space parts URL and login, or if it is an address.
    let whole = ByteRange(start, hard)
    let first = bytes.firstOffset(of: ASCII.space, in: start..<hard)
    guard let space = first, !bytes.trimmed(ByteRange(space, hard)).isEmpty else {
      add(url, whole, password: ByteRange(hard + 1, text.end), in: bytes)
      return first ?? hard
    }
    let word = ByteRange(start, space)
    let isWordFirst =
      bytes.trimmed(ByteRange(url.end, start)).isEmpty || Self.isAddress(word, in: bytes)
    if isWordFirst { add(url, word, password: ByteRange(space + 1, text.end), in: bytes) }
    add(url, whole, password: ByteRange(hard + 1, text.end), in: bytes)
    if !isWordFirst { add(url, word, password: ByteRange(space + 1, text.end), in: bytes) }
    return space
  }

  /// Adds the login of `host|587|login|password`, where the port is a field of its own.
  private mutating func addBehindPort(
    _ port: ByteRange, url: ByteRange, _ text: ByteRange, in bytes: Span<UInt8>
  ) {
    let number = bytes.trimmed(port)
    guard Self.isShortNumber(number, in: bytes), !number.isEmpty else { return }
    let start = Self.skipSeparators(bytes, from: port.end, to: text.end)
    _ = addLogins(from: start, url: url, text, in: bytes)
  }

  /// Adds the login of a line that is a URL and nothing else: `ftp://login:password@host/`, and
  /// `https://host/wp-login.php#login@password` as resellers of site accounts write it.
  private mutating func addFromWithinURL(
    _ url: URLText, _ text: ByteRange, in bytes: Span<UInt8>
  ) {
    let authority = ByteRange(url.host.start, url.hostBehindUserInfo?.start ?? url.host.start)
    if !authority.isEmpty, !url.looksLikeHost || url.userInfo.count > url.host.count,
      let colon = bytes.firstOffset(of: ASCII.colon, in: url.userInfo.bounds)
    {
      add(
        text, ByteRange(url.userInfo.start, colon),
        password: ByteRange(colon + 1, url.userInfo.end), in: bytes)
    }
    guard let sign = bytes.firstOffset(of: ASCII.hash, in: url.authorityEnd..<text.end),
      bytes.contains(lowercase: Self.siteLogin, in: ByteRange(url.authorityEnd, sign)),
      let first = bytes.firstOffset(of: ASCII.at, in: sign..<text.end)
    else { return }
    let second = bytes.firstOffset(of: ASCII.at, in: (first + 1)..<text.end)
    if let second {
      let password = ByteRange(second + 1, text.end)
      add(ByteRange(text.start, sign), ByteRange(sign + 1, second), password: password, in: bytes)
    }
    add(
      ByteRange(text.start, sign), ByteRange(sign + 1, first),
      password: ByteRange(first + 1, text.end), in: bytes)
  }

  private static let siteLogin = Array("wp-".utf8)

  /// Adds the address of `url name address password`: a record may have both.
  private mutating func addAddress(
    behind name: ByteRange, url: ByteRange, _ text: ByteRange, in bytes: Span<UInt8>
  ) {
    let start = Self.skipSeparators(bytes, from: name.end, to: text.end)
    // The same sign parts all fields: in `…,Inbox - ann@mail.example,4` a title holds another.
    guard start < text.end, !Self.isAddress(name, in: bytes), bytes[name.end] == bytes[url.end],
      let end = Self.hardSeparator(in: bytes, from: start, to: text.end),
      bytes[end] == bytes[name.end], Self.isAddress(ByteRange(start, end), in: bytes)
    else { return }
    add(url, ByteRange(start, end), password: ByteRange(end + 1, text.end), in: bytes)
  }

  /// Adds a way to split the line, unless it is one already. A line with too many keeps the first ones, and as
  /// its last the last address: paths may hold any number of separators, and no address.
  private mutating func add(
    _ url: ByteRange, _ login: ByteRange, password: ByteRange, isHostDoubtful: Bool = false,
    in bytes: Span<UInt8>
  ) {
    var login = bytes.trimmed(login)
    if !login.isEmpty && bytes[login.start] == ASCII.quote { login.start += 1 }
    if !login.isEmpty && bytes[login.end - 1] == ASCII.quote { login.end -= 1 }
    // 320 = 64 + 1 + 255, RFC 5321's limits for local part and domain; a longer login is no account.
    let isFull = count == Self.maxCandidates
    guard !login.isEmpty, login.count <= 320, !isFull || Self.isAddress(login, in: bytes),
      !Placeholder.stands(at: login, in: bytes), !Self.isSchemeName(login, in: bytes)
    else { return }
    let rest = bytes.trimmed(
      ByteRange(Self.skipSeparators(bytes, from: password.start, to: password.end), password.end))
    var host = bytes.trimmed(url)
    if !host.isEmpty && bytes[host.end - 1] == ASCII.quote { host.end -= 1 }
    let candidate = Candidate(
      host: host, login: login,
      hasPassword: !Placeholder.stands(at: rest, in: bytes), isHostDoubtful: isHostDoubtful)
    for index in 0..<count where candidates[index].login == login { return }
    candidates[isFull ? count - 1 : count] = candidate
    if !isFull { count += 1 }
  }

  /// Adds the login of `pass: … | user: ann`, whose password `fields` begins with; false if none is there.
  private mutating func addLabelled(
    _ fields: ByteRange, url: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    guard let password = RecordField.first(in: fields, of: bytes, labels), password.hasColon,
      let login = password.next(in: bytes, labels), login.field.meaning.isLogin
    else { return false }
    let end = login.field.next(in: bytes, labels)?.end ?? login.field.value.end
    add(
      url, ByteRange(login.field.value.start, end),
      password: ByteRange(password.value.start, login.end), in: bytes)
    return true
  }

  // MARK: Login first

  /// `login password url` and `login password`: the first field is the login. Or the first fields are a date or
  /// a country, and `url login password` stands behind them.
  private mutating func splitFromLogin(
    _ text: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    guard let url = Self.trailingURL(in: text, bytes), let parts = URLText(at: url, in: bytes)
    else {
      return splitFromFirstField(text, hasURL: false, in: bytes)
    }
    let isNoted = Self.isNote(ByteRange(text.start, url.start), in: bytes)
    if !isNoted { splitFromFirstField(text, hasURL: true, in: bytes) }
    let before = count
    addSplits(from: parts.authorityEnd, urlStart: url.start, text, in: bytes, labels)
    if isNoted {
      isConvincing = isConvincing || count > before
      splitFromFirstField(text, hasURL: true, in: bytes)
    }
  }

  /// Whether what stands before a URL is a note and no login: a date, a number, an address, a country.
  private static func isNote(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var letters = 0
    for offset in range.bounds {
      let byte = bytes[offset]
      if byte == ASCII.at || byte >= 0x80 { return false }
      if ASCII.isLetter(byte) { letters += 1 }
    }
    return letters <= 3
  }

  private mutating func splitFromFirstField(
    _ text: ByteRange, hasURL: Bool, in bytes: Span<UInt8>
  ) {
    guard let hard = Self.hardSeparator(in: bytes, from: text.start, to: text.end) else {
      guard let space = bytes.firstOffset(of: ASCII.space, in: text.bounds) else { return }
      let login = ByteRange(text.start, space)
      // Words with blanks between them are prose, unless the first is a mail address or a URL follows.
      let isAddress = Self.isAddress(login, in: bytes)
      addFirst(
        login, rest: ByteRange(space + 1, text.end), hasURL: hasURL, onlyWithURL: !isAddress,
        in: bytes)
      isConvincing = isConvincing || isAddress
      return
    }
    let before = count
    let login = bytes.trimmed(ByteRange(text.start, hard))
    let space = bytes.firstOffset(of: ASCII.space, in: login.bounds)
    // In `ann pw https://a.example/` the colon is the scheme's, and only spaces part the fields; in
    // `>https://a.example/:ann:pw` it ends no login, either.
    if !Self.isScheme(bytes, hard, text) || Self.isAddress(login, in: bytes) && space == nil {
      addFirst(login, rest: ByteRange(hard + 1, text.end), hasURL: hasURL, in: bytes)
    }
    if let space {
      let word = ByteRange(login.start, space)
      // Of several words the first is a login now and then, and the beginning of a sentence far more often.
      let wasConvincing = isConvincing
      addFirst(
        word, rest: ByteRange(space + 1, text.end), hasURL: hasURL,
        onlyWithURL: !Self.isAddress(word, in: bytes), in: bytes)
      isConvincing = wasConvincing || Self.isAddress(word, in: bytes) && isConvincing
    }
    if count > before && Self.isAddress(login, in: bytes) { isConvincing = true }
  }

  /// Adds a login that is the first field, with the URL at the end of `rest`, if one is there.
  private mutating func addFirst(
    _ login: ByteRange, rest: ByteRange, hasURL: Bool, onlyWithURL: Bool = false,
    in bytes: Span<UInt8>
  ) {
    var url = hasURL ? Self.trailingURL(in: rest, bytes) : nil
    if url == nil && onlyWithURL { return }
    var isHostDoubtful = url.map { Self.isIntranet($0, in: bytes) } ?? false
    if url == nil {
      url = Self.trailingHost(in: rest, bytes)
      isHostDoubtful = url != nil
    }
    var password = ByteRange(rest.start, url?.start ?? rest.end)
    // `Telegram: https://t.example/x *` is a banner.
    var isSure = true
    if let found = url,
      Self.skipSeparators(bytes, from: password.start, to: password.end) == password.end
    {
      // `ann|https://a.example/|pw`: the password stands behind the URL. Without one, `ann:https://x` may
      // be login and password, which must not come out as a host.
      password = ByteRange(found.end, rest.end)
      isSure = Self.isAddress(login, in: bytes)
      if Self.skipSeparators(bytes, from: found.end, to: rest.end) == rest.end {
        url = nil
        password = rest
      }
    }
    let before = count
    add(url ?? .empty, login, password: password, isHostDoubtful: isHostDoubtful, in: bytes)
    if count > before && url != nil && !isHostDoubtful && isSure { isConvincing = true }
  }

  /// The URL as a field of `rest`, or nil. What stands behind it (an IP, a date) is left out.
  ///
  /// The first field that begins with a scheme and names a host: further ones stand in its query, and
  /// `abc://secret` is a password.
  private static func trailingURL(in rest: ByteRange, _ bytes: Span<UInt8>) -> ByteRange? {
    var offset = rest.start
    while offset < rest.end {
      var start = offset
      while start < rest.end && ASCII.isBlank(bytes[start]) { start += 1 }
      let field = ByteRange(start, rest.end)
      if URLText.hasScheme(at: field, in: bytes), let url = URLText(at: field, in: bytes),
        url.looksLikeHost || url.hostBehindUserInfo != nil || isIntranet(field, in: bytes)
      {
        var authorityEnd = authorityEnd(of: url)
        if let port = port(bytes, at: authorityEnd, rest), port.isCertain {
          authorityEnd = port.end
        }
        let end = urlEnd(from: authorityEnd, to: rest, in: bytes)
        return ByteRange(start, end)
      }
      offset = urlEnd(from: start, to: rest, in: bytes) + 1
    }
    return nil
  }

  /// Whether a URL is `https://intranet/…`: a host without a dot counts before a path only.
  private static func isIntranet(_ field: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard bytes.starts(field, withLowercase: "http" as StaticString),
      let url = URLText(at: field, in: bytes)
    else { return false }
    return !url.looksLikeHost && url.hostBehindUserInfo == nil && !url.host.isEmpty
      && url.authorityEnd < field.end && bytes[url.authorityEnd] == ASCII.slash
  }

  /// The last field of `rest` if it is a host without a scheme, its port and path with it, and a password may
  /// stand before it: `…:host.example:8443`.
  private static func trailingHost(in rest: ByteRange, _ bytes: Span<UInt8>) -> ByteRange? {
    var end = rest.end
    for _ in 0..<2 {
      guard let start = lastField(in: ByteRange(rest.start, end), bytes) else { return nil }
      let field = bytes.trimmed(ByteRange(start, rest.end))
      if let url = URLText(at: field, in: bytes), !url.hasScheme, url.looksLikeHost,
        !ASCII.isDigit(bytes[url.host.end - 1]),
        bytes.firstOffset(of: ASCII.at, or: ASCII.space, in: field.bounds) == nil
      {
        return field
      }
      // `3000` behind a colon may be its port.
      guard bytes[start - 1] == ASCII.colon, isShortNumber(field, in: bytes) else { return nil }
      end = start - 1
    }
    return nil
  }

  /// Where the last field begins, or nil if there is one only.
  private static func lastField(in range: ByteRange, _ bytes: Span<UInt8>) -> Int? {
    var offset = range.end
    while offset > range.start {
      switch bytes[offset - 1] {
      case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.comma, ASCII.tab:
        return skipSeparators(bytes, from: range.start, to: offset) < offset ? offset : nil
      default: offset -= 1
      }
    }
    return nil
  }

  /// The first separator behind `offset` that is not the colon of a scheme, as in `?next=https://…`.
  private static func urlEnd(
    from offset: Int, to rest: ByteRange, in bytes: Span<UInt8>
  ) -> Int {
    var offset = offset
    while let end = separator(in: bytes, from: offset, to: rest.end) {
      if !isScheme(bytes, end, rest) { return end }
      offset = end + 1
    }
    return rest.end
  }

  // MARK: Bytes

  /// The first byte that may end a URL.
  private static func separator(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.comma, ASCII.tab, ASCII.space:
        return offset
      default: offset &+= 1
      }
    }
    return nil
  }

  /// The first separator other than a space, from which a login may be parted by it alone.
  private static func hardSeparator(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.comma, ASCII.tab: return offset
      case ASCII.space where isSpacedSign(bytes, at: offset, to: end): return offset
      default: offset &+= 1
      }
    }
    return nil
  }

  /// Steps over the separators at `start`: doubled ones, and blanks round one.
  static func skipSeparators(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.comma, ASCII.tab, ASCII.space:
        offset &+= 1
      case ASCII.hyphen, ASCII.equals, 0x3E, 0xE2, 0xC2:
        guard offset > 0, ASCII.isBlank(bytes[offset - 1]),
          let behind = RecordField.arrowEnd(bytes, at: offset, to: end)
        else { return offset }
        offset = behind
      default: return offset
      }
    }
    return offset
  }

  /// Whether ` - `, ` -> ` or the like begins with the blank at `offset`.
  private static func isSpacedSign(_ bytes: Span<UInt8>, at offset: Int, to end: Int) -> Bool {
    offset + 2 < end && !ASCII.isLetter(bytes[offset + 1])
      && RecordField.arrowEnd(bytes, at: offset + 1, to: end) != nil
  }

  /// The label in `https://a.example | login: ann | …`, and where the text behind it begins, or nil if no label
  /// stands at `start`.
  private static func label(
    _ bytes: Span<UInt8>, at start: Int, to end: Int, _ labels: LabelDictionary
  ) -> (meaning: LabelDictionary.Class, end: Int)? {
    // Nearly every field behind a URL is a login, which no dictionary need tell.
    guard start < end, ASCII.isLetter(bytes[start]),
      let sign = bytes.firstOffset(
        of: ASCII.colon, or: ASCII.equals, in: start..<Swift.min(end, start + maxInlineLabelBytes)),
      let meaning = labels.recordClass(of: bytes.trimmed(ByteRange(start, sign)), in: bytes)
    else { return nil }
    let behind = skipSeparators(bytes, from: sign + 1, to: end)
    return behind < end ? (meaning, behind) : nil
  }

  private static func hasPath(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    bytes.firstOffset(of: ASCII.slash, or: ASCII.question, in: start..<end) != nil
  }

  /// The port that stands at `offset`, directly behind the host.
  ///
  /// It is certain if a path follows, and doubtful if at least two fields do: a number may be a login.
  private static func port(
    _ bytes: Span<UInt8>, at offset: Int, _ text: ByteRange
  ) -> (end: Int, isCertain: Bool)? {
    guard offset < text.end, bytes[offset] == ASCII.colon else { return nil }
    var end = offset + 1
    var number = 0
    while end < text.end, end - offset <= 6, ASCII.isDigit(bytes[end]) {
      number = number * 10 + Int(bytes[end] - 0x30)
      end += 1
    }
    guard end > offset + 1, end < text.end, number <= 65_535 else { return nil }
    switch bytes[end] {
    case ASCII.slash, ASCII.question, ASCII.hash: return (end, true)
    default: break
    }
    guard separator(in: bytes, from: end, to: end + 1) != nil else { return nil }
    let login = skipSeparators(bytes, from: end, to: text.end)
    return separator(in: bytes, from: login, to: text.end) == nil ? nil : (end, false)
  }

  /// Whether the colon at `offset` belongs to a scheme inside a URL.
  private static func isScheme(_ bytes: Span<UInt8>, _ offset: Int, _ text: ByteRange) -> Bool {
    guard bytes[offset] == ASCII.colon, offset + 2 < text.end, bytes[offset + 1] == ASCII.slash
    else { return false }
    return bytes[offset + 2] == ASCII.slash
      || isSchemeName(ByteRange(Swift.max(text.start, offset - 5), offset), in: bytes)
      || isSchemeName(ByteRange(Swift.max(text.start, offset - 4), offset), in: bytes)
  }

  /// Whether `login` is the `https` of a URL that stands where a login would.
  private static func isSchemeName(_ login: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard login.count <= 5, login.end < bytes.count, bytes[login.end] == ASCII.colon else {
      return false
    }
    return bytes.equals(login, lowercase: "https") || bytes.equals(login, lowercase: "http")
  }

  /// Whether the text behind the separators at `gap` can belong to a URL with a path before them: anything
  /// can that is no mail address, as in `/oauth2/v2.0:443` or `matrix;param`, but not over a blank or bar.
  private static func canContinueURL(
    _ piece: ByteRange, behind gap: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    for offset in gap.bounds {
      switch bytes[offset] {
      case ASCII.space, ASCII.tab, ASCII.bar: return false
      default: break
      }
    }
    return !piece.isEmpty && !isAddress(piece, in: bytes)
  }

  /// Whether `range` has the outer form of a mail address: something, one `@`, something.
  static func isAddress(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard let at = bytes.firstOffset(of: ASCII.at, in: range.bounds) else { return false }
    return at > range.start && at + 1 < range.end
      && bytes.firstOffset(of: ASCII.slash, or: ASCII.question, in: range.bounds) == nil
      && bytes.firstOffset(of: ASCII.space, in: range.bounds) == nil
  }
}
