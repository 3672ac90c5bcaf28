internal import Bytes

// What the fields of a plain line may be.
extension PlainLine {
  /// What a number behind a host's colon is.
  enum Port {
    case none
    /// A path follows.
    case certain
    /// Another field follows, so that it may be a login.
    case possible(end: Int)
  }

  @inline(never)
  static func port(at start: Int, in text: Span<UInt8>) -> Port {
    var number = 0
    var end = start
    while end < text.count, end &- start < 6, ASCII.isDigit(text[end]) {
      number = number &* 10 &+ Int(text[end] &- 0x30)
      end &+= 1
    }
    guard end > start, end &- start <= 5, end < text.count, number <= 65_535 else { return .none }
    switch text[end] {
    case ASCII.slash, ASCII.question: return .certain
    case ASCII.colon: return .possible(end: end)
    default: return .none
    }
  }

  /// Digits of no port, so that the field that begins with them is a login, such as the number of a phone.
  private static let minPhoneDigits = 7

  /// Whether a login behind a host's colon may be a port, or begin with one.
  @inline(__always)
  static func mayBePort(_ login: ByteRange, in text: Span<UInt8>) -> Bool {
    ASCII.isDigit(text[login.start]) && !beginsAsPhone(login, in: text)
  }

  @inline(never)
  private static func beginsAsPhone(_ login: ByteRange, in text: Span<UInt8>) -> Bool {
    guard login.count >= minPhoneDigits else { return false }
    for offset in login.start..<(login.start + minPhoneDigits) where !ASCII.isDigit(text[offset]) {
      return false
    }
    return true
  }

  /// Whether the byte, which ends a field, parts two by itself; a blank may also be a part of one.
  @inline(__always)
  static func isSign(_ byte: UInt8) -> Bool {
    // Nearly always.
    if byte == ASCII.colon { return true }
    return byte > 0x20 || byte == ASCII.tab
  }

  /// Some of the ASCII bytes, a bit for each.
  private struct ASCIISet {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
      let word = byte & 0x40 == 0 ? low : high
      return byte < 0x80 && word &>> UInt64(byte & 63) & 1 == 1
    }
  }

  /// What a login may begin with: letters, digits, `+` and `_`.
  private static let loginBeginnings = ASCIISet(
    low: 0x03FF_0800_0000_0000, high: 0x07FF_FFFE_87FF_FFFE)
  /// Letters and digits without `N` and `U`, with which placeholders begin: most passwords begin so, and of them nothing
  /// need be asked.
  private static let ordinaryBeginnings = ASCIISet(
    low: 0x03FF_0000_0000_0000, high: 0x07DF_BFFE_07DF_BFFE)
  /// `h`, `n` and `u`, by their last five bits: `http`, and placeholders such as `null`.
  private static let oddBeginnings: UInt32 = 1 << 0x08 | 1 << 0x0E | 1 << 0x15

  /// Whether the login is one: no quotes, arrows or invisible letters at its ends, and no placeholder, scheme or
  /// label. The byte behind it ends a field.
  @inline(__always)
  static func isPlain(
    _ login: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    let count = login.end &- login.start
    guard count > 0, count <= maxLoginBytes, login.end < bytes.count, isSign(bytes[login.end])
    else { return false }
    let first = bytes[login.start]
    let last = bytes[login.end &- 1]
    guard loginBeginnings.contains(first), last != ASCII.quote, last < 0x80 else { return false }
    // Nearly no login begins as a placeholder, a scheme or a label does.
    return count > 1 && oddBeginnings &>> UInt32(first & 31) & 1 == 0
      && !labels.recordLabelMayBegin(with: first, bytes[login.start &+ 1])
      || !isWord(login, in: bytes, labels)
  }

  /// Whether the login is a placeholder, the scheme of a URL, or a label with a colon or `=` behind it, which stand where
  /// it would: `https://a.example | login: ann`.
  @inline(never)
  private static func isWord(
    _ login: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    let first = bytes[login.start]
    let count = login.end &- login.start
    if oddBeginnings &>> UInt32(first & 31) & 1 == 1 {
      if first | 0x20 == 0x68 && (4...5).contains(count) { return true }
      if Placeholder.stands(at: login, in: bytes) { return true }
    }
    // Few labels are as long as the login that begins like them.
    if count > 1, bytes[login.end] == ASCII.colon, !labels.recordLabelMayFill(login, in: bytes),
      !mayHoldEquals(login, in: bytes)
    {
      return false
    }
    return DelimitedLine.label(bytes, at: login.start, to: bytes.count, labels) != nil
  }

  /// Whether `=` may stand in the login, as far as a label's sign is looked for.
  @inline(__always)
  private static func mayHoldEquals(_ login: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard login.start >= 0, login.start &+ 16 <= bytes.count else { return true }
    let equals: UInt64 = 0x3D3D_3D3D_3D3D_3D3D
    let ones: UInt64 = 0x0101_0101_0101_0101
    // The bound stands above. A byte that is zero borrows from its highest bit.
    let first =
      unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: login.start, as: UInt64.self) ^ equals
    let second =
      unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: login.start &+ 8, as: UInt64.self)
      ^ equals
    let found = (first &- ones) & ~first | (second &- ones) & ~second
    return found & 0x8080_8080_8080_8080 != 0
  }

  /// Whether the password at `start` begins as one, and not with an arrow or the slashes of a scheme.
  @inline(__always)
  static func isPlainPassword(at start: Int, in bytes: Span<UInt8>) -> Bool {
    if ordinaryBeginnings.contains(bytes[start]) { return true }
    switch bytes[start] {
    case ASCII.slash, 0xE2, 0xC2: return false
    case ASCII.hyphen, ASCII.equals, 0x3E: return bytes[start &- 1] != ASCII.tab
    default: return true
    }
  }

  @inline(__always)
  static func isPlaceholder(_ password: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if ordinaryBeginnings.contains(bytes[password.start]) { return false }
    return Placeholder.mayBegin(with: bytes[password.start])
      && Placeholder.stands(at: bytes.trimmed(password), in: bytes)
  }

  /// Behind the LF or CRLF at `end`, or nil if neither stands there as a whole.
  @inline(__always)
  static func behindLineEnd(
    _ end: Int, in bytes: Span<UInt8>, _ ends: inout LineMarks.FieldEnds, _ marks: LineMarks.View
  ) -> Int? {
    if bytes[end] == ASCII.lineFeed { return end &+ 1 }
    guard bytes[end] == ASCII.carriageReturn, end &+ 1 < bytes.count,
      bytes[end &+ 1] == ASCII.lineFeed
    else { return nil }
    _ = ends.next(marks)
    return end &+ 2
  }
}
