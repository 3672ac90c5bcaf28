/// Brings a login into the form in which it is hashed: normalisation version 1 of docs/WATCHLISTS.md.
///
/// Nearly every login is ASCII and takes the short way, which allocates nothing; what is not goes
/// through `Nfkc` and may allocate. One normaliser serves one worker and keeps one login at a time.
public struct LoginNormaliser: ~Copyable {
  public static let version = 1

  /// 320 = 64 + 1 + 255, RFC 5321's limits for local part and domain; a longer login is no account.
  public static let maxInputBytes = 320

  /// NFKC and Punycode make some logins longer.
  public static let maxOutputBytes = 512

  /// The longest name of DNS, as text.
  public static let maxDomainBytes = 253

  /// `maxOutputBytes` bytes, of which the first `count` are the normalised login, valid until the next
  /// call. Do not keep a copy: the next call would have to copy the buffer.
  public private(set) var output: [UInt8]

  /// Bytes of the normalised login; 0 after a refusal.
  public private(set) var count: Int

  /// Whether something stands before and behind the last `@`.
  public private(set) var hasMailDomain: Bool

  /// Index in `output` of the mail domain's first byte; 0 without one.
  public private(set) var mailDomainStart: Int

  /// Whether the login, as given, is ASCII, so that no code page reads it otherwise.
  public private(set) var isASCII = true

  /// Where the last `@` of the output stands, set by `takeASCII`; -1 without one.
  private var lastAt = -1

  public init() {
    output = [UInt8](repeating: 0, count: Self.maxOutputBytes)
    count = 0
    hasMailDomain = false
    mailDomainStart = 0
  }

  /// Normalises `login` into `output`; bytes that are not UTF-8 are taken as Windows-1252.
  ///
  /// False if it is longer than `maxInputBytes`, or once normalised empty, longer than
  /// `maxOutputBytes` or with a control character (U+0000–001F, 007F–009F) in it.
  public mutating func normalise(_ login: Span<UInt8>) -> Bool {
    forget()
    guard login.count <= Self.maxInputBytes else { return false }
    switch takeASCII(login) {
    case .other:
      isASCII = false
      return normaliseText(login)
    case .refused: return refuse()
    case .taken: break
    }
    if lastAt > 0, lastAt < count - 1 { setMailDomain(from: lastAt + 1) }
    return true
  }

  /// Normalises a mail domain or service host: the whole text is in the place of the mail domain.
  ///
  /// False also if it has a scheme, port, path, query, blank, `@` or `*`, or once normalised more than
  /// `maxDomainBytes` bytes.
  public mutating func normaliseDomain(_ domain: Span<UInt8>) -> Bool {
    forget()
    guard domain.count <= Self.maxInputBytes else { return false }
    switch takeASCII(domain) {
    case .other:
      guard normaliseText(domain, isDomain: true) else { return false }
    case .refused: return refuse()
    case .taken:
      for index in 0..<count where Self.isForeignToDomain(UInt32(output[index])) {
        return refuse()
      }
      setMailDomain(from: 0)
    }
    return count <= Self.maxDomainBytes || refuse()
  }

  private enum ASCIIOutcome { case taken, refused, other }

  private static let at = UInt8(ascii: "@")
  private static let dot = UInt8(ascii: ".")

  /// Trims, lower-cases and copies `login`, unless it has a byte above 0x7F.
  private mutating func takeASCII(_ login: Span<UInt8>) -> ASCIIOutcome {
    var start = 0
    var end = login.count
    while start < end, Self.isASCIIBlank(login[start]) { start += 1 }
    while start < end, Self.isASCIIBlank(login[end - 1]) { end -= 1 }
    let text = login.extracting(start..<end)
    var isASCII = true
    var hasControl = false
    var lastAtHere = -1
    var buffer = output.mutableSpan
    var offset = 0
    while offset < text.count {
      // The last word laps over the one before it, so that no byte is left over.
      if text.count >= 8 { offset = min(offset, text.count - 8) }
      let word = text.count < 8 ? ASCIIWord(short: text) : ASCIIWord(text, at: offset)
      isASCII = isASCII && word.isASCII
      hasControl = hasControl || word.hasControl
      if let at = word.lastAt { lastAtHere = offset + at }
      word.lowerCased.store(to: &buffer, at: offset)
      offset += 8
    }
    // First the other bytes: a TAB may stand before a no-break space at the end, and both go.
    if !isASCII { return .other }
    if hasControl || text.isEmpty { return .refused }
    count = text.count
    lastAt = lastAtHere
    return .taken
  }

  private mutating func setMailDomain(from start: Int) {
    hasMailDomain = true
    mailDomainStart = start
    if output[count - 1] == Self.dot, count - start > 1 { count -= 1 }
  }

  private mutating func forget() {
    count = 0
    isASCII = true
    hasMailDomain = false
    mailDomainStart = 0
  }

  private mutating func refuse() -> Bool {
    let isASCII = isASCII
    forget()
    self.isASCII = isASCII
    return false
  }

  private static func isASCIIBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte &- 0x09 < 5
  }
}

// What is not all ASCII: as an array of code points.
extension LoginNormaliser {
  private mutating func normaliseText(_ login: Span<UInt8>, isDomain: Bool = false) -> Bool {
    let text = Nfkc.normalised(
      Nfkc.lowerCased(Nfkc.normalised(Self.trimmed(Self.codePoints(of: login)))))
    if text.isEmpty || text.contains(where: Self.isControl) { return refuse() }
    if isDomain {
      if text.contains(where: Self.isForeignToDomain) { return refuse() }
      return putMailDomain(text[...]) || refuse()
    }
    if let at = text.lastIndex(of: UInt32(Self.at)), at > 0, at < text.count - 1 {
      return put(text[...at]) && putMailDomain(text[(at + 1)...]) || refuse()
    }
    return put(text[...]) || refuse()
  }

  private mutating func putMailDomain(_ domain: ArraySlice<UInt32>) -> Bool {
    hasMailDomain = true
    mailDomainStart = count
    let dot = UInt32(Self.dot)
    let endsInDot = domain.last == dot && domain.count > 1
    let labels = (endsInDot ? domain.dropLast() : domain)
      .split(separator: dot, omittingEmptySubsequences: false)
    for (index, label) in labels.enumerated() {
      if index > 0, !put(Self.dot) { return false }
      if label.allSatisfy({ $0 < 0x80 }) {
        if !put(label) { return false }
      } else {
        for byte in Array("xn--".utf8) + Punycode.encoded(label) where !put(byte) { return false }
      }
    }
    return true
  }

  /// Appends `text` in UTF-8; false if the output is full.
  private mutating func put(_ text: ArraySlice<UInt32>) -> Bool {
    for codePoint in text {
      guard let scalar = Unicode.Scalar(codePoint) else { return false }
      for byte in scalar.utf8 where !put(byte) { return false }
    }
    return true
  }

  private mutating func put(_ byte: UInt8) -> Bool {
    guard count < Self.maxOutputBytes else { return false }
    output[count] = byte
    count += 1
    return true
  }

  private static func codePoints(of login: Span<UInt8>) -> [UInt32] {
    var text: [UInt32] = []
    text.reserveCapacity(login.count)
    // Windows-1252 gives every byte a meaning, so that no reason for a failure needs telling.
    if let utf8 = try? UTF8Span(validating: login) {
      var scalars = utf8.makeUnicodeScalarIterator()
      while let scalar = scalars.next() { text.append(scalar.value) }
    } else {
      for index in login.indices { text.append(Windows1252.codePoint(login[index])) }
    }
    return text
  }

  private static func trimmed(_ text: [UInt32]) -> [UInt32] {
    guard let first = text.firstIndex(where: { !WhiteSpace.contains($0) }),
      let last = text.lastIndex(where: { !WhiteSpace.contains($0) })
    else { return [] }
    return Array(text[first...last])
  }

  private static func isControl(_ codePoint: UInt32) -> Bool {
    codePoint < 0x20 || 0x7F...0x9F ~= codePoint
  }

  /// Whether it shows that more than a host's name was given.
  private static func isForeignToDomain(_ codePoint: UInt32) -> Bool {
    switch codePoint {
    case 0x23, 0x2A, 0x2F, 0x3A, 0x3F, 0x40: true  // # * / : ? @
    default: WhiteSpace.contains(codePoint)
    }
  }
}

/// Windows-1252, in which each byte is a character.
enum Windows1252 {
  /// `text` as UTF-8.
  static func utf8(_ text: [UInt8]) -> [UInt8] {
    var scalars = String.UnicodeScalarView()
    for byte in text { scalars.append(Unicode.Scalar(codePoint(byte)) ?? "\u{FFFD}") }
    return Array(String(scalars).utf8)
  }

  static func codePoint(_ byte: UInt8) -> UInt32 {
    0x80...0x9F ~= byte ? from80[Int(byte) - 0x80] : UInt32(byte)
  }

  /// The five undefined bytes, 81 8D 8F 90 9D, are the control characters of the same number.
  private static let from80: [UInt32] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
    0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
  ]
}
