internal import Bytes

// Login first: `login password url` and `login password`.
extension DelimitedLine {
  /// `login password url` and `login password`: the first field is the login. Or the first fields are a date or
  /// a country, and `url login password` stands behind them.
  mutating func splitFromLogin(
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
    } else if count > before {
      isConvincing = isConvincing || isTitled(candidate(before), url, in: bytes)
    }
  }

  /// Whether what stands before a URL is a browser or a title, as a login and its password stand behind:
  /// `Chrome | https://a.example/ | ann | pw`.
  private func isTitled(_ record: Candidate, _ url: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if record.password.isEmpty || !Self.isClean(url, in: bytes) { return false }
    return Self.isAddress(record.login, in: bytes)
      || Self.isApart(url, behind: record.login, in: bytes)
  }

  /// Whether no control character and no brace stands in a URL, as they do in databases of browsers.
  private static func isClean(_ url: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in url.bounds
    where bytes[offset] < 0x20 || bytes[offset] == 0x7B || bytes[offset] == 0x7D { return false }
    return true
  }

  /// Whether what stands before a URL is a note and no login: a date, a number, an address, a country.
  static func isNote(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var letters = 0
    for offset in range.bounds {
      let byte = bytes[offset]
      if byte == ASCII.at || byte >= 0x80 { return false }
      if ASCII.isLetter(byte) { letters += 1 }
    }
    return letters <= 3
  }

  mutating func splitFromFirstField(
    _ text: ByteRange, hasURL: Bool, in bytes: Span<UInt8>
  ) {
    guard let hard = Self.hardSeparator(in: bytes, from: text.start, to: text.end) else {
      guard let space = bytes.firstOffset(of: ASCII.space, in: text.bounds) else { return }
      let login = bytes.trimmed(ByteRange(text.start, space))
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
      let word = bytes.trimmed(ByteRange(login.start, space))
      // Of several words the first is a login now and then, and the beginning of a sentence far more often.
      let wasConvincing = isConvincing
      addFirst(
        word, rest: ByteRange(space + 1, text.end), hasURL: hasURL,
        onlyWithURL: !Self.isAddress(word, in: bytes), in: bytes)
      isConvincing = wasConvincing || Self.isAddress(word, in: bytes) && isConvincing
      addBehindWords(login, rest: ByteRange(hard + 1, text.end), in: bytes)
    }
    if count > before && Self.isAddress(login, in: bytes) { isConvincing = true }
  }

  /// No remark of a checker before an address is longer, in bytes: `✅ [HIT] Premium ann@mail.example:pw`.
  private static let maxRemarkBytes = 48

  /// Adds the address that ends the first field, behind words, if its password touches the sign behind it.
  private mutating func addBehindWords(
    _ field: ByteRange, rest: ByteRange, in bytes: Span<UInt8>
  ) {
    var start = field.end
    while start > field.start, bytes[start - 1] != ASCII.space { start -= 1 }
    guard start - field.start <= Self.maxRemarkBytes,
      !Self.withoutSeparators(rest, in: bytes).isEmpty,
      !ASCII.isBlank(bytes[rest.start]), bytes[rest.start] != ASCII.slash,
      Self.isMailAddress(ByteRange(start, field.end), in: bytes)
    else { return }
    let wasConvincing = isConvincing
    let before = count
    addFirst(ByteRange(start, field.end), rest: rest, hasURL: true, in: bytes)
    // Words before an address may be a sentence's; a remark has signs: `✅ [HIT]`.
    let isRemark = bytes[field.start] >= 0x80 || bytes[field.start] == ASCII.openBracket
    isConvincing = wasConvincing || isRemark && count > before
  }

  /// Adds the first address that is a whole field before a password, where no login is one: behind a title or a name.
  ///
  /// Beside a URL with a scheme it proves a record.
  mutating func addLoneAddress(_ text: ByteRange, in bytes: Span<UInt8>) {
    var start = text.start
    while start < text.end {
      let end = Self.hardSeparator(in: bytes, from: start, to: text.end) ?? text.end
      let field = Self.unquoted(bytes.trimmed(ByteRange(start, end)), in: bytes)
      if Self.isMailAddress(field, in: bytes) {
        return addLone(field, in: ByteRange(start, end), of: text, bytes)
      }
      start = end + 1
    }
  }

  private mutating func addLone(
    _ address: ByteRange, in field: ByteRange, of text: ByteRange, _ bytes: Span<UInt8>
  ) {
    let url = Self.trailingURL(in: text, bytes)
    let rest = ByteRange(Swift.min(field.end + 1, text.end), text.end)
    let next = Self.withoutSeparators(rest, in: bytes)
    // Behind a login the last field is its password, whatever that looks like.
    if next.isEmpty || Self.isLast(url, at: Self.behindQuote(next, in: bytes), of: text, bytes) {
      return
    }
    // Without a URL, other signs part fields of forms and lists of people: `email,ann@mail.example,3`.
    if url == nil && bytes[field.end] != ASCII.colon { return }
    // `"email": "ann@mail.example", "url": …` is a form's, or a setting.
    let isValue = address.start > field.start && bytes[address.start - 1] == ASCII.quote
    if isValue, field.start > text.start, bytes[field.start - 1] == ASCII.colon { return }
    let known = count
    if let url, url.start > field.end, let host = Self.host(before: field, of: text, bytes) {
      // `a.example|ann@mail.example|https://…|…`: the URL is a password. Behind one, it may be the password's end, or the host
      // a title.
      let isPassword = url.start == Self.behindQuote(next, in: bytes)
      add(
        isPassword ? host : url, address, password: rest, isHostDoubtful: !isPassword, in: bytes)
    } else {
      add(url ?? .empty, address, password: rest, in: bytes)
    }
    if count > known {
      isConvincing = isConvincing || url.map { Self.isClean($0, in: bytes) } ?? false
    }
  }

  /// The host that is all that stands before a field; nil without one.
  private static func host(
    before field: ByteRange, of text: ByteRange, _ bytes: Span<UInt8>
  ) -> ByteRange? {
    guard let end = hardSeparator(in: bytes, from: text.start, to: field.start),
      skipSeparators(bytes, from: end, to: field.start) == field.start
    else { return nil }
    let first = unquoted(bytes.trimmed(ByteRange(text.start, end)), in: bytes)
    guard let url = URLText(at: first, in: bytes), HostEnding.stands(at: url.host, in: bytes)
    else { return nil }
    return first
  }

  /// Whether the URL stands there, and nothing behind it but the quote or bracket that closes.
  private static func isLast(
    _ url: ByteRange?, at start: Int, of text: ByteRange, _ bytes: Span<UInt8>
  ) -> Bool {
    guard let url, url.start == start else { return false }
    for offset in url.end..<Swift.max(url.end, text.end)
    where isOfWord(bytes[offset]) { return false }
    return true
  }

  /// Hyphens that part two fields, in lists of Chinese sellers: `ann@mail.example----pw`.
  private static let minDashes = 3

  /// Splits a line whose fields are parted by hyphens: `login password`, `login password url` and `url login password`.
  mutating func splitAtDashes(_ text: ByteRange, in bytes: Span<UInt8>) {
    guard let dashes = Self.dashes(in: text, bytes), dashes.start > text.start else { return }
    let first = ByteRange(text.start, dashes.start)
    let rest = ByteRange(dashes.end, text.end)
    let next = Self.dashes(in: rest, bytes)
    if Self.isMailAddress(first, in: bytes) {
      if let next, URLText.hasScheme(at: ByteRange(next.end, text.end), in: bytes) {
        let password = ByteRange(rest.start, next.start)
        add(ByteRange(next.end, text.end), first, password: password, in: bytes)
      } else {
        add(.empty, first, password: rest, in: bytes)
      }
    } else if let next {
      let login = ByteRange(rest.start, next.start)
      if Self.isURL(first, before: login, text, in: bytes) {
        add(first, login, password: ByteRange(next.end, text.end), in: bytes)
      }
    }
    isConvincing = isConvincing || count > 0
  }

  /// Whether a field before hyphens is a URL, and these are of no path or password.
  private static func isURL(
    _ field: ByteRange, before login: ByteRange, _ text: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    guard let url = URLText(at: field, in: bytes) else { return false }
    if URLText.hasScheme(at: field, in: bytes) {
      // Where anything else parts fields, they are.
      let end = behindCertainPort(bytes, at: url.authorityEnd, text)
      return separator(in: bytes, from: login.start, to: text.end) == nil
        && separator(in: bytes, from: end, to: field.end) == nil
    }
    // `a.example/in----ann@mail.example----pw`
    return url.looksLikeHost && isMailAddress(login, in: bytes)
      && separator(in: bytes, from: field.start, to: field.end) == nil
  }

  /// The first hyphens that part fields, without blanks round them.
  private static func dashes(in range: ByteRange, _ bytes: Span<UInt8>) -> ByteRange? {
    var start = range.start
    while let found = bytes.firstOffset(of: ASCII.hyphen, in: start..<range.end) {
      var end = found
      while end < range.end, bytes[end] == ASCII.hyphen { end += 1 }
      if end - found >= minDashes, end < range.end, !ASCII.isBlank(bytes[end]),
        found == range.start || !ASCII.isBlank(bytes[found - 1])
      {
        return ByteRange(found, end)
      }
      start = end
    }
    return nil
  }

  /// Adds a login that is the first field, with the URL at the end of `rest`, if one is there.
  mutating func addFirst(
    _ login: ByteRange, rest: ByteRange, hasURL: Bool, onlyWithURL: Bool = false,
    in bytes: Span<UInt8>
  ) {
    var url = hasURL ? Self.trailingURL(in: rest, bytes) : nil
    if url == nil && onlyWithURL { return }
    var rest = rest
    if let found = url, found.start > rest.start, Self.isChat(found, in: bytes) {
      // `ann@mail.example:pw | https://t.me/shop` ends in an advert.
      rest.end = found.start
      url = nil
    }
    var isHostDoubtful = url.map { Self.isIntranet($0, in: bytes) } ?? false
    // A host without a scheme proves nothing, even if it is one.
    var isProof = url != nil && !isHostDoubtful
    if url == nil, let host = Self.trailingHost(in: rest, bytes),
      !Self.isChat(host.field, in: bytes)
    {
      url = host.field
      isHostDoubtful = !host.isCertain && !Self.isApart(host.field, behind: login, in: bytes)
    }
    var password = ByteRange(rest.start, url?.start ?? rest.end)
    // `"ann","https://a.example/"`: the quote is the URL's.
    let behindSigns = Self.skipSeparators(bytes, from: password.start, to: password.end)
    if let found = url,
      Self.behindQuote(ByteRange(behindSigns, password.end), in: bytes) == password.end
    {
      // `ann|https://a.example/|pw`: the password stands behind the URL. Without one, `ann:https://x` may
      // be login and password, which must not come out as a host.
      password = ByteRange(found.end, rest.end)
      let behind = Self.skipSeparators(bytes, from: found.end, to: rest.end)
      // No order is known then.
      isHostDoubtful = true
      // `Telegram: https://t.example/x *` is a banner.
      isProof = isProof && Self.isAddress(login, in: bytes)
      let next = Self.behindQuote(ByteRange(behind, rest.end), in: bytes)
      if let last = Self.trailingURL(in: password, bytes), last.start == next {
        // `ann:https://secret.example/:https://a.example/`: of two URLs the first is likelier the password.
        url = last
        password = found
      } else if behind == rest.end {
        url = nil
        isHostDoubtful = false
        isProof = false
        password = rest
      }
    }
    if let url, password.end == url.start {
      password = Self.withoutSign(password, in: bytes)
    }
    let before = count
    add(url ?? .empty, login, password: password, isHostDoubtful: isHostDoubtful, in: bytes)
    if count > before && isProof { isConvincing = true }
  }

  /// Where a field begins, behind the quote that it may have.
  private static func behindQuote(_ field: ByteRange, in bytes: Span<UInt8>) -> Int {
    !field.isEmpty && bytes[field.start] == ASCII.quote ? field.start + 1 : field.start
  }

  /// The password without the sign that parts it from a URL behind it.
  private static func withoutSign(_ password: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var field = bytes.trimmed(password)
    guard !field.isEmpty else { return password }
    switch bytes[field.end - 1] {
    case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.comma: field.end -= 1
    default: break
    }
    return ByteRange(password.start, max(password.start, field.end))
  }

  /// Whether the same bar, semicolon or tab parts a host from what is before it and the login from what is behind
  /// that: a password holds one more seldom than such a line ends in its host.
  private static func isApart(
    _ host: ByteRange, behind login: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    var before = host.start - 1
    var behind = login.end
    while before > 0, bytes[before] == ASCII.space { before -= 1 }
    while behind < bytes.count, bytes[behind] == ASCII.space { behind += 1 }
    guard before >= 0, behind < bytes.count, bytes[before] == bytes[behind] else { return false }
    switch bytes[before] {
    case ASCII.bar, ASCII.semicolon, ASCII.tab: return true
    default: return false
    }
  }
}
