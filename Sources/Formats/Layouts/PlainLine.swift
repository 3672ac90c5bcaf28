internal import Bytes

/// A line that is a URL, a login and a password beyond doubt, or in two ways that are known: nearly every line of a ULP
/// file.
///
/// It gives what `DelimitedLine` gives for the same line, at a tenth of the cost: it looks at the bytes that end a
/// field, and not at those between them. What it is not sure of, it leaves to that one; so whoever
/// changes the one must look at the other, and the tests hold them equal (`PlainLineTests`).
struct PlainLine {
  /// Where the line begins, and its URL in the likelier split.
  var start: Int
  /// Where the URL ends; the login begins behind the byte there.
  var urlEnd: Int
  var loginEnd: Int
  /// Where the password of both splits ends.
  var end: Int
  /// Where the next line begins.
  var next: Int
  /// The login of the other split, or nothing if there is none.
  var otherStart = 0
  var otherEnd = 0

  var url: ByteRange { ByteRange(ordered: start, urlEnd) }
  var login: ByteRange { ByteRange(ordered: urlEnd &+ 1, loginEnd) }
  /// From behind the login's end.
  var password: ByteRange { ByteRange(ordered: loginEnd &+ 1, end) }
  var otherPassword: ByteRange { ByteRange(ordered: otherEnd &+ 1, end) }
  var isDoubtful: Bool { otherEnd > 0 }
  var otherLogin: ByteRange { ByteRange(ordered: otherStart, otherEnd) }
  /// Up to the byte before the login, or empty where that begins the line.
  var otherURL: ByteRange { otherStart > start ? ByteRange(start, otherStart &- 1) : .empty }

  /// The longest login, by RFC 5321's limits: 64 + 1 + 255 bytes.
  private static let maxLoginBytes = 320
  /// An Android URL has a hash of 88 letters before its `@`.
  private static let maxHashBytes = 128
  /// The shortest line: `http://a/:b:c` and its end. `https://` is read as one word.
  private static let minBytes = 14

  // "https://", "http://" and "android:" as they lie in memory, read as little-endian numbers.
  private static let https: UInt64 = 0x2F2F_3A73_7074_7468
  private static let http: UInt64 = 0x2F_2F3A_7074_7468
  private static let httpMask: UInt64 = 0xFF_FFFF_FFFF_FFFF
  private static let android: UInt64 = 0x3A64_696F_7264_6E61

  /// Whether a line that begins with this byte may be one. What begins otherwise may stand behind a bullet, a number or
  /// a country.
  @inline(__always)
  static func mayBegin(with byte: UInt8) -> Bool { byte &- 0x61 < 26 }

  /// Whether a URL may end with this byte; else a quote or an invisible character may have to go first.
  @inline(__always)
  private static func mayEndURL(_ byte: UInt8) -> Bool { byte < 0x80 && byte != ASCII.quote }

  /// The line at `start` of the window that `marks` are of, or nil if it is none, or does not end within that.
  ///
  /// `ends` must be at `start`, and is then at the next line, or anywhere if there is no line.
  @inline(__always)
  static func read(
    at start: Int, in text: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary
  ) -> PlainLine? {
    guard start &+ minBytes <= text.count else { return nil }
    // At least 14 bytes are there.
    let word = UInt64(
      littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    var name = start &+ 8
    if word != https {
      if word & httpMask == http {
        name = start &+ 7
      } else if word == android {
        guard let found = behindHash(start, in: text, marks) else { return nil }
        name = found
      } else {
        return bare(start, in: text, marks, &ends, labels)
      }
    }
    // The scheme's colon.
    _ = ends.next(marks)
    return withScheme(
      start, name: name, isApp: word == android, in: text, marks, &ends, labels)
  }

  // MARK: With a scheme

  @inline(__always)
  private static func withScheme(
    _ start: Int, name: Int, isApp: Bool, in text: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary
  ) -> PlainLine? {
    var urlEnd = ends.next(marks)
    let slashBytes = marks.slashes(from: name).trailingZeroBitCount
    let nameBytes = Swift.min(urlEnd &- name, slashBytes)
    // A line that ends behind the window, something else in an app's hash, a name that is too long to be one, or user
    // information.
    guard urlEnd &+ 2 < text.count, urlEnd > name, nameBytes < LineMarks.View.maxBits,
      ASCII.isLetter(text[name]) || ASCII.isDigit(text[name]),
      marks.ats(from: name) &<< UInt64(truncatingIfNeeded: 63 &- nameBytes) == 0
    else { return nil }
    var hasPath = name &+ slashBytes < urlEnd
    // Only a path shows where an app's name ends.
    if isApp && !hasPath { return nil }
    var portEnd = 0
    if !hasPath && text[urlEnd] == ASCII.colon && ASCII.isDigit(text[urlEnd &+ 1]) {
      // Directly behind the name, else it is no port.
      switch port(at: urlEnd &+ 1, in: text) {
      case .certain:
        guard URLText.isName(ByteRange(name, urlEnd), in: text) else { return nil }
        urlEnd = ends.next(marks)
        hasPath = true
      case .possible(let end):
        guard URLText.isName(ByteRange(name, urlEnd), in: text) else { return nil }
        portEnd = end
        urlEnd = ends.next(marks)
      case .none: break
      }
    }
    // `…?next=https://…`: no field begins with `//`.
    while urlEnd &+ 2 < text.count, text[urlEnd] == ASCII.colon, text[urlEnd &+ 1] == ASCII.slash {
      guard hasPath, text[urlEnd &+ 2] == ASCII.slash else { return nil }
      urlEnd = ends.next(marks)
    }
    // The places are in order: at the window's end, where they might not be, the next line sees to it.
    let login = ByteRange(ordered: urlEnd &+ 1, ends.next(marks))
    let passwordEnd = ends.next(marks)
    guard passwordEnd < text.count, passwordEnd > login.end &+ 1, isSign(text[urlEnd]),
      mayEndURL(text[urlEnd &- 1]), isPlain(login, in: text, labels),
      isPlainPassword(at: login.end &+ 1, in: text)
    else { return nil }
    var line = PlainLine(start: start, urlEnd: urlEnd, loginEnd: login.end, end: 0, next: 0)
    var end = passwordEnd
    if let next = behindLineEnd(end, in: text, &ends, marks) {
      line.next = next
      // Without a path, what looks like a port, a path or an address may be the URL's.
      if !hasPath && text[urlEnd] == ASCII.colon {
        guard marks.slash(from: login.start) >= passwordEnd, !mayBePort(login, in: text),
          // User information may stand before the host: `http://ann:pw@a.example:81`.
          marks.at(from: login.end) >= passwordEnd,
          !ASCII.isDigit(text[login.end &+ 1]) || marks.at(from: login.start) >= login.end
        else { return nil }
      }
      if portEnd > 0 {
        // `host:8443:ann:pw` is likelier a port than a login.
        line.otherStart = name &+ nameBytes &+ 1
        line.otherEnd = portEnd
      }
    } else {
      // Behind an address and a path, a password may hold what it will. Behind a name, it may begin with a login.
      guard hasPath else { return nil }
      let slash = marks.slash(from: login.start)
      if DelimitedLine.isOfQuery(login, in: text) { return nil }
      if !isAddress(login, slash: slash, marks) {
        guard text[urlEnd] == ASCII.colon, text[login.end] == ASCII.colon,
          text[passwordEnd] == ASCII.colon, slash > passwordEnd,
          marks.at(from: login.start) > passwordEnd, !mayBePort(login, in: text)
        else { return nil }
        let other = ByteRange(login.end &+ 1, passwordEnd)
        end = ends.next(marks)
        guard end < text.count, end > passwordEnd &+ 1, !mayBePort(other, in: text),
          isPlain(other, in: text, labels), isPlainPassword(at: passwordEnd &+ 1, in: text),
          !isPlaceholder(ByteRange(passwordEnd &+ 1, end), in: text)
        else { return nil }
        line.otherStart = other.start
        line.otherEnd = other.end
      } else {
        while end < text.count, text[end] != ASCII.lineFeed, text[end] != ASCII.carriageReturn {
          // Another record may begin there: `… https://b.example/:bob:pw`.
          if end &+ 1 < text.count, text[end &+ 1] | 0x20 == 0x68, text[end] != ASCII.colon {
            return nil
          }
          end = ends.next(marks)
        }
        guard end < text.count else { return nil }
      }
      guard let next = behindLineEnd(end, in: text, &ends, marks) else { return nil }
      line.next = next
    }
    line.end = end
    return isPlaceholder(ByteRange(login.end &+ 1, end), in: text) ? nil : line
  }

  /// Where the package's name begins in `android://HASH==@com.example.app/`, or nil.
  private static func behindHash(
    _ start: Int, in text: Span<UInt8>, _ marks: LineMarks.View
  ) -> Int? {
    let hash = start &+ 10
    guard text[start &+ 8] == ASCII.slash, text[start &+ 9] == ASCII.slash else { return nil }
    let at = marks.at(from: hash)
    guard at &+ 1 < text.count, at &- hash <= maxHashBytes else { return nil }
    return at &+ 1
  }

  /// Whether the login is an address, as `DelimitedLine` knows one: something, `@`, something, and no path.
  @inline(__always)
  private static func isAddress(_ login: ByteRange, slash: Int, _ marks: LineMarks.View) -> Bool {
    let at = marks.at(from: login.start)
    return at > login.start && at &+ 1 < login.end && slash >= login.end
  }

  // MARK: Without a scheme

  /// `host/path login password`, `host:8443/path login password` or `host login password`.
  ///
  /// In the other split the first field is the login, and the rest its password, as long as that ends in no host.
  private static func bare(
    _ start: Int, in text: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary
  ) -> PlainLine? {
    guard mayBegin(with: text[start]) else { return nil }
    let slash = marks.slash(from: start)
    let first = ends.next(marks)
    let nameEnd = Swift.min(slash, first)
    // The text up to the first sign is a login, too.
    guard nameEnd &- start > 3, first &+ 1 < text.count, isSign(text[first]),
      text[first &- 1] < 0x80
    else { return nil }
    var urlEnd = first
    if first < slash && text[first] == ASCII.colon, ASCII.isDigit(text[first &+ 1]),
      case .certain = port(at: first &+ 1, in: text)
    {
      guard text[slash] == ASCII.slash else { return nil }
      urlEnd = ends.next(marks)
    }
    let login = ByteRange(urlEnd &+ 1, ends.next(marks))
    let password = ByteRange(login.end &+ 1, ends.next(marks))
    let at = marks.at(from: start)
    guard password.end < text.count, first &- start <= maxLoginBytes, !password.isEmpty,
      isSign(text[urlEnd]), mayEndURL(text[urlEnd &- 1]),
      marks.slash(from: login.start) >= password.end, isPlain(login, in: text, labels),
      slash < first || !mayBePort(login, in: text),
      isPlainPassword(at: password.start, in: text), !isPlaceholder(password, in: text),
      // Without a colon or an `@`, it may be the header of a table.
      text[first] == ASCII.colon || text[urlEnd] == ASCII.colon
        || text[login.end] == ASCII.colon || at < password.end,
      !mayBeHost(password, in: text), URLText.isHost(ByteRange(start, nameEnd), in: text)
    else { return nil }
    var end = password.end
    if text[end] == ASCII.colon {
      // `host/path:ann@mail.example:pw:1`: a password of two parts, behind an address only.
      guard text[first] == ASCII.colon, text[login.end] == ASCII.colon, slash < first,
        isAddress(login, slash: login.end, marks), !DelimitedLine.isOfQuery(login, in: text)
      else { return nil }
      end = ends.next(marks)
      let rest = ByteRange(password.end &+ 1, end)
      guard end < text.count, !rest.isEmpty, marks.slash(from: rest.start) >= end,
        !mayBeHost(rest, orNumber: false, in: text)
      else { return nil }
    }
    guard let next = behindLineEnd(end, in: text, &ends, marks) else { return nil }
    var line = PlainLine(
      start: start, urlEnd: urlEnd, loginEnd: login.end, end: end, next: next)
    line.otherStart = start
    line.otherEnd = first
    return line
  }

  /// Whether the password may be a host, or with the login before it a host and its port or country.
  private static func mayBeHost(
    _ password: ByteRange, orNumber: Bool = true, in text: Span<UInt8>
  ) -> Bool {
    switch text[password.start] {
    // `localhost`, also behind a quote.
    case 0x4C, 0x6C, ASCII.quote, ASCII.apostrophe: true
    default:
      orNumber && (password.count == 2 || DelimitedLine.isShortNumber(password, in: text))
        || text.firstOffset(of: ASCII.dot, in: password.bounds) != nil
    }
  }

  // MARK: Fields

  /// What a number behind a host's colon is.
  private enum Port {
    case none
    /// A path follows.
    case certain
    /// Another field follows, so that it may be a login.
    case possible(end: Int)
  }

  @inline(never)
  private static func port(at start: Int, in text: Span<UInt8>) -> Port {
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
  private static func mayBePort(_ login: ByteRange, in text: Span<UInt8>) -> Bool {
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
  private static func isSign(_ byte: UInt8) -> Bool {
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
  private static func isPlain(
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
  private static func isPlainPassword(at start: Int, in bytes: Span<UInt8>) -> Bool {
    if ordinaryBeginnings.contains(bytes[start]) { return true }
    switch bytes[start] {
    case ASCII.slash, 0xE2, 0xC2: return false
    case ASCII.hyphen, ASCII.equals, 0x3E: return bytes[start &- 1] != ASCII.tab
    default: return true
    }
  }

  @inline(__always)
  private static func isPlaceholder(_ password: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if ordinaryBeginnings.contains(bytes[password.start]) { return false }
    return Placeholder.mayBegin(with: bytes[password.start])
      && Placeholder.stands(at: bytes.trimmed(password), in: bytes)
  }

  /// Behind the LF or CRLF at `end`, or nil if neither stands there as a whole.
  @inline(__always)
  private static func behindLineEnd(
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
