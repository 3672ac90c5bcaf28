internal import Bytes

// URL first: `url login password`.
extension DelimitedLine {
  /// `url login password`: the login is the field behind the URL, for each place where the URL may end.
  mutating func splitBehindURL(
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
    if url.hasScheme, Self.isWhole(url, text, in: bytes) { addFromWithinURL(url, text, in: bytes) }
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
      if count > 0 && !isConvincing {
        isConvincing = url.looksLikeHost && (count > 1 || isOfThreeWords(candidate(0), in: bytes))
      }
    } else if count > 0 {
      isConvincing = true
    }
  }

  /// Whether nothing but a port and a path stands behind the user information and the host of a URL:
  /// `ftp://ann:pw@a.example:21/`.
  private static func isWhole(
    _ url: URLText, _ text: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    // `https://a.example:ann@mail.example:8080` has a host at its beginning, `http://ann@mail.example:pw@a.example` a login.
    guard let host = url.hostBehindUserInfo,
      !url.looksLikeHost || url.host.start > url.userInfo.start
    else { return false }
    var end = host.end
    if end + 1 < text.end, bytes[end] == ASCII.colon, ASCII.isDigit(bytes[end + 1]) {
      end += 1
      while end < text.end, ASCII.isDigit(bytes[end]) { end += 1 }
    }
    return separator(in: bytes, from: end, to: text.end) == nil
  }

  /// Whether a host, an address and a password are all of a line: `a.example ann@mail.example pw`.
  private func isOfThreeWords(_ record: Candidate, in bytes: Span<UInt8>) -> Bool {
    !record.password.isEmpty && Self.isMailAddress(record.login, in: bytes)
      && bytes.firstOffset(of: ASCII.space, in: record.password.bounds) == nil
  }

  /// Whether a path stands behind the host in the first field, or a port directly behind it: then it is no login.
  static func hasPortOrPath(
    _ url: URLText, _ field: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    if field.end > url.authorityEnd { return hasPath(bytes, url.authorityEnd, field.end) }
    guard field.end == url.authorityEnd, bytes[field.end] == ASCII.colon else { return false }
    var end = field.end + 1
    while end < bytes.count, ASCII.isDigit(bytes[end]) { end += 1 }
    guard (2...5).contains(end - field.end - 1), end < bytes.count else { return false }
    switch bytes[end] {
    case ASCII.bar, ASCII.semicolon, ASCII.comma, ASCII.tab, ASCII.space, ASCII.colon,
      ASCII.slash, ASCII.question:
      return true
    default: return false
    }
  }

  /// Where the login of `192.0.2.7:3389@login;password` begins, as lists of remote desktops write it, or nil.
  static func behindRemoteHost(
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
  mutating func addSplitsBehindSecondURL(
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
  static func authorityEnd(of url: URLText) -> Int {
    if let host = url.hostBehindUserInfo, !url.looksLikeHost { return host.end }
    return url.authorityEnd
  }

  /// Adds the splits whose URL ends at the first separator at or behind `offset`, or at a later one if
  /// the text between can belong to the URL.
  mutating func addSplits(
    from offset: Int, urlStart: Int, _ text: ByteRange, isBehindPort: Bool = false,
    in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) {
    // In files that are no text, a control character stands behind a host, and anything behind that.
    if offset < text.end, bytes[offset] < 0x20, !ASCII.isBlank(bytes[offset]) { return }
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
  mutating func addLogins(
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
  mutating func addBehindPort(
    _ port: ByteRange, url: ByteRange, _ text: ByteRange, in bytes: Span<UInt8>
  ) {
    let number = bytes.trimmed(port)
    guard Self.isShortNumber(number, in: bytes), !number.isEmpty else { return }
    let start = Self.skipSeparators(bytes, from: port.end, to: text.end)
    _ = addLogins(from: start, url: url, text, in: bytes)
  }

  /// Adds the login of a line that is a URL and nothing else: `ftp://login:password@host/`, and
  /// `https://host/wp-login.php#login@password` as resellers of site accounts write it.
  mutating func addFromWithinURL(
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

  static let siteLogin = Array("wp-".utf8)

  /// Adds the address of `url name address password`: a record may have both.
  mutating func addAddress(
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

  /// Adds the login of `pass: … | user: ann`, whose password `fields` begins with; false if none is there.
  mutating func addLabelled(
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
}
