internal import Bytes

// What the bytes between fields are.
extension DelimitedLine {
  /// Whether splitting the line can change what is found: at a glance, as most lines of a log are no records.
  ///
  /// A split needs something that parts fields. To be a record wherever it stands, a line needs a URL, a host or an address,
  /// and to count as one that may be one, it is a single word without a label.
  static func mayBeSplit(
    _ line: ByteRange, in bytes: Span<UInt8>, isLabelled: Bool, takesBareLines: Bool
  ) -> Bool {
    let text = bytes.trimmed(line)
    var hasHost = false
    // The one behind the last word parts it from an empty password.
    var hasSeparator = text.end < line.end && bytes[text.end] == ASCII.tab
    var hasBlank = false
    for offset in text.bounds {
      switch bytes[offset] {
      case ASCII.slash, ASCII.at: return true
      // Of a name or an IPv6 address.
      case ASCII.dot, ASCII.openBracket: hasHost = true
      case 0x48, 0x68:
        // `localhost` is the one name without a dot.
        let start = offset - 5
        if start >= text.start {
          hasHost =
            hasHost || bytes.starts(ByteRange(start, text.end), withLowercase: "localhost")
        }
      case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.comma, ASCII.tab: hasSeparator = true
      case ASCII.space: hasBlank = true
      default: continue
      }
    }
    guard hasSeparator || hasBlank else { return false }
    return takesBareLines || hasHost || !hasBlank && !isLabelled
  }

  /// The first byte that may end a URL.
  static func separator(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
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
  static func hardSeparator(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
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
  static func isSpacedSign(_ bytes: Span<UInt8>, at offset: Int, to end: Int) -> Bool {
    offset + 2 < end && !ASCII.isLetter(bytes[offset + 1])
      && RecordField.arrowEnd(bytes, at: offset + 1, to: end) != nil
  }

  /// The label in `https://a.example | login: ann | …`, and where the text behind it begins, or nil if no label
  /// stands at `start`.
  static func label(
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

  static func hasPath(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    bytes.firstOffset(of: ASCII.slash, or: ASCII.question, in: start..<end) != nil
  }

  /// The port that stands at `offset`, directly behind the host.
  ///
  /// It is certain if a path follows, and doubtful if at least two fields do: a number may be a login.
  static func port(
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

  /// Behind the port of a host that ends at `end`, if a path tells that it is one; else `end`.
  static func behindCertainPort(_ bytes: Span<UInt8>, at end: Int, _ text: ByteRange) -> Int {
    guard let port = port(bytes, at: end, text), port.isCertain else { return end }
    return port.end
  }

  /// Whether the colon at `offset` belongs to a scheme inside a URL.
  static func isScheme(_ bytes: Span<UInt8>, _ offset: Int, _ text: ByteRange) -> Bool {
    guard bytes[offset] == ASCII.colon, offset + 2 < text.end, bytes[offset + 1] == ASCII.slash
    else { return false }
    return bytes[offset + 2] == ASCII.slash
      || isSchemeName(ByteRange(Swift.max(text.start, offset - 5), offset), in: bytes)
      || isSchemeName(ByteRange(Swift.max(text.start, offset - 4), offset), in: bytes)
  }

  /// Whether `login` is the `https` of a URL that stands where a login would.
  static func isSchemeName(_ login: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard login.count <= 5, login.end < bytes.count, bytes[login.end] == ASCII.colon else {
      return false
    }
    return bytes.equals(login, lowercase: "https") || bytes.equals(login, lowercase: "http")
  }

  /// Whether the text behind the separators at `gap` can belong to a URL with a path before them: anything
  /// can that is no mail address, as in `/oauth2/v2.0:443` or `matrix;param`, but not over a blank or bar.
  static func canContinueURL(
    _ piece: ByteRange, behind gap: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    for offset in gap.bounds {
      switch bytes[offset] {
      case ASCII.space, ASCII.tab, ASCII.bar: return false
      default: break
      }
    }
    // `&mail=ann@mail.example` is of a query, too.
    return !piece.isEmpty
      && (!isAddress(piece, in: bytes) || isOfQuery(piece, in: bytes))
  }

  /// Whether `&` or `=` stands before the `@` of what else looks like an address.
  static func isOfQuery(_ piece: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in piece.bounds {
      switch bytes[offset] {
      case 0x26, ASCII.equals: return true
      case ASCII.at: return false
      default: continue
      }
    }
    return false
  }

  /// Whether `range` is a mail address as most are, from its first to its last letter: enough to know one among other
  /// fields.
  static func isMailAddress(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard let at = bytes.firstOffset(of: ASCII.at, in: range.bounds), at > range.start else {
      return false
    }
    var dot = at
    for offset in range.bounds where offset != at {
      let byte = bytes[offset]
      if ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80 { continue }
      switch byte {
      case ASCII.dot: dot = offset
      case ASCII.hyphen, 0x5F: continue
      case 0x25, 0x2B, ASCII.apostrophe:
        if offset > at { return false }
      default: return false
      }
    }
    // The last label is a word, with a name before it.
    return dot > at + 1 && range.end - dot > 2 && !ASCII.isDigit(bytes[range.end - 1])
  }

  /// Where the colon stands between the mail address with which `text` begins and what follows it, or nil.
  static func colonBehindAddress(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    guard let colon = bytes.firstOffset(of: ASCII.colon, in: text.bounds), colon + 1 < text.end,
      isMailAddress(ByteRange(text.start, colon), in: bytes)
    else { return nil }
    return colon
  }

  /// Whether `range` has the outer form of a mail address: something, one `@`, something.
  static func isAddress(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard let at = bytes.firstOffset(of: ASCII.at, in: range.bounds) else { return false }
    return at > range.start && at + 1 < range.end
      && bytes.firstOffset(of: ASCII.slash, or: ASCII.question, in: range.bounds) == nil
      && bytes.firstOffset(of: ASCII.space, in: range.bounds) == nil
  }
}
