internal import Bytes

// What may end a line: a URL or a host, and notes behind it.
extension DelimitedLine {
  /// The URL as a field of `rest`, or nil. What stands behind it (an IP, a date) is left out.
  ///
  /// The first field that begins with a scheme and names a host: further ones stand in its query, and
  /// `abc://secret` is a password.
  static func trailingURL(in rest: ByteRange, _ bytes: Span<UInt8>) -> ByteRange? {
    var offset = rest.start
    while offset < rest.end {
      var start = bytes.behindBlanks(offset, rest.end)
      // "title","https://a.example/","ann","pw"
      if start + 1 < rest.end, bytes[start] == ASCII.quote { start += 1 }
      let field = ByteRange(start, rest.end)
      if URLText.hasScheme(at: field, in: bytes), let url = URLText(at: field, in: bytes),
        url.looksLikeHost || url.hostBehindUserInfo != nil || isIntranet(field, in: bytes)
      {
        let authorityEnd = behindCertainPort(bytes, at: authorityEnd(of: url), rest)
        let end = urlEnd(from: authorityEnd, to: rest, in: bytes)
        return ByteRange(start, end)
      }
      offset = urlEnd(from: start, to: rest, in: bytes) + 1
    }
    return nil
  }

  /// Sites of chats, whose channels stand behind records as adverts.
  private static let chats: [StaticString] = ["t.me", "telegram.me", "discord.gg"]

  static func isChat(_ url: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard let host = URLText(at: url, in: bytes)?.host else { return false }
    for chat in chats where bytes.equals(host, lowercase: chat) { return true }
    return false
  }

  /// Whether a URL is `https://intranet/…`: a host without a dot counts before a path only.
  static func isIntranet(_ field: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard bytes.starts(field, withLowercase: "http" as StaticString),
      let url = URLText(at: field, in: bytes)
    else { return false }
    return !url.looksLikeHost && url.hostBehindUserInfo == nil && !url.host.isEmpty
      && url.authorityEnd < field.end && bytes[url.authorityEnd] == ASCII.slash
  }

  /// The last field of `rest` if it is a host without a scheme, its port and path with it, and a password may
  /// stand before it: `…:host.example:8443`. It is certain if port, path or an address behind it say so.
  static func trailingHost(
    in rest: ByteRange, _ bytes: Span<UInt8>
  ) -> (field: ByteRange, isCertain: Bool)? {
    let (rest, hasAddress) = withoutNotes(rest, in: bytes)
    var end = rest.end
    for _ in 0..<2 {
      guard let start = lastField(in: ByteRange(rest.start, end), bytes) else { return nil }
      let field = bytes.trimmed(ByteRange(start, rest.end))
      if let url = URLText(at: field, in: bytes), !url.hasScheme, url.looksLikeHost,
        !ASCII.isDigit(bytes[url.host.end - 1]),
        bytes.firstOffset(of: ASCII.at, or: ASCII.space, in: field.bounds) == nil
      {
        return (field, hasAddress || url.authorityEnd < field.end)
      }
      // `3000/in` behind a colon may be its port and path.
      guard bytes[start - 1] == ASCII.colon, beginsAsPort(field, in: bytes) else { return nil }
      end = start - 1
    }
    return nil
  }

  private static func beginsAsPort(_ field: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var end = field.start
    while end < field.end, ASCII.isDigit(bytes[end]) { end += 1 }
    guard (1...5).contains(end - field.start) else { return false }
    return end == field.end || bytes[end] == ASCII.slash || bytes[end] == ASCII.question
  }

  /// Fields of notes behind a record, as in `…:host.example:198.51.100.7:FR`.
  private static let maxNotes = 3

  /// `rest` without the addresses and countries at its end, and whether one of them is an address.
  private static func withoutNotes(
    _ rest: ByteRange, in bytes: Span<UInt8>
  ) -> (rest: ByteRange, hasAddress: Bool) {
    var rest = rest
    var hasAddress = false
    for _ in 0..<maxNotes {
      guard let start = lastField(in: rest, bytes) else { break }
      let field = bytes.trimmed(ByteRange(start, rest.end))
      var dots = 0
      var capitals = 0
      for offset in field.bounds {
        let byte = bytes[offset]
        if byte == ASCII.dot { dots += 1 }
        if byte &- 0x41 < 26 { capitals += 1 }
        if !ASCII.isDigit(byte) && byte != ASCII.dot && capitals == 0 { capitals = 3 }
      }
      let isAddress = dots == 3 && capitals == 0 && field.count >= 7
      guard isAddress || capitals == 2 && field.count == 2 else { break }
      hasAddress = hasAddress || isAddress
      rest.end = start - 1
    }
    return (rest, hasAddress)
  }

  /// Where the last field begins, or nil if there is one only.
  static func lastField(in range: ByteRange, _ bytes: Span<UInt8>) -> Int? {
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
  static func urlEnd(
    from offset: Int, to rest: ByteRange, in bytes: Span<UInt8>
  ) -> Int {
    var offset = offset
    while let end = separator(in: bytes, from: offset, to: rest.end) {
      if !isScheme(bytes, end, rest) { return end }
      offset = end + 1
    }
    return rest.end
  }
}
