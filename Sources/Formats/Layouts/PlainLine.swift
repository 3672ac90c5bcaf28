internal import Bytes

/// A line that is a URL, a login and a password beyond doubt, or in two ways that are known: nearly every line of a ULP
/// file.
///
/// It gives what `DelimitedLine` gives for the same line, at a tenth of the cost: it looks at the bytes that end a
/// field, and not at those between them. What it is not sure of, it leaves to that one; so whoever
/// changes the one must look at the other, and the tests hold them equal (`PlainLineTests`).
struct PlainLine {
  /// The likelier split.
  var url: ByteRange
  var login: ByteRange
  /// The other one, if `isDoubtful`.
  var otherURL = ByteRange.empty
  var otherLogin = ByteRange.empty
  var isDoubtful = false
  /// Where the next line begins.
  var next: Int

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

  /// The line at `start`, or nil if it is none, or does not end within the window of `marks`.
  ///
  /// `ends` must be at `start`, and is then at the next line, or anywhere if there is no line.
  @inline(__always)
  static func read(
    at start: Int, in bytes: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary
  ) -> PlainLine? {
    guard start &+ minBytes <= marks.end else { return nil }
    // At least 14 bytes are there.
    let word = UInt64(
      littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    var name = start &+ 8
    if word != https {
      if word & httpMask == http {
        name = start &+ 7
      } else if word == android {
        guard let found = behindHash(start, in: bytes, marks) else { return nil }
        name = found
      } else {
        return bare(start, in: bytes, marks, &ends, labels)
      }
    }
    return withScheme(
      start, name: name, isApp: word == android, in: bytes, marks, &ends, labels)
  }

  // MARK: With a scheme

  @inline(__always)
  private static func withScheme(
    _ start: Int, name: Int, isApp: Bool, in bytes: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary
  ) -> PlainLine? {
    // The scheme's colon.
    _ = ends.next(marks)
    var urlEnd = ends.next(marks)
    let slash = marks.slash(from: name)
    let at = marks.at(from: name)
    let nameEnd = Swift.min(urlEnd, slash)
    // User information, or a line that ends behind the window.
    guard ASCII.isLetter(bytes[name]) || ASCII.isDigit(bytes[name]), at > nameEnd,
      urlEnd < marks.end
    else { return nil }
    var hasPath = slash < urlEnd
    if !hasPath && !isApp && bytes[urlEnd] == ASCII.colon
      && isPort(ByteRange(urlEnd &+ 1, slash), in: bytes)
    {
      // Directly behind the name, else it is no port.
      guard URLText.isName(ByteRange(name, urlEnd), in: bytes) else { return nil }
      urlEnd = ends.next(marks)
      hasPath = true
    }
    // `…?next=https://…`: no field begins with `//`.
    while urlEnd &+ 2 < marks.end, bytes[urlEnd] == ASCII.colon, bytes[urlEnd &+ 1] == ASCII.slash {
      guard hasPath, bytes[urlEnd &+ 2] == ASCII.slash else { return nil }
      urlEnd = ends.next(marks)
    }
    let login = ByteRange(urlEnd &+ 1, ends.next(marks))
    let passwordEnd = ends.next(marks)
    guard passwordEnd < marks.end, passwordEnd > login.end &+ 1, isSign(bytes[urlEnd]),
      bytes[urlEnd &- 1] != ASCII.quote, isPlain(login, in: bytes, labels),
      isPlainPassword(at: login.end &+ 1, in: bytes)
    else { return nil }
    var line = PlainLine(url: ByteRange(start, urlEnd), login: login, next: 0)
    var end = passwordEnd
    if let next = behindLineEnd(end, in: bytes, &ends, marks) {
      line.next = next
      // Without a path, what looks like a port, a path or an address may be the URL's.
      if !hasPath && bytes[urlEnd] == ASCII.colon {
        guard marks.slash(from: login.start) >= passwordEnd, !ASCII.isDigit(bytes[login.start])
        else { return nil }
      }
    } else {
      // Behind an address and a path, a password may hold what it will. Behind a name, it may begin with a login.
      guard hasPath else { return nil }
      let slash = marks.slash(from: login.start)
      if !isAddress(login, slash: slash, at: at, marks) {
        guard bytes[urlEnd] == ASCII.colon, bytes[login.end] == ASCII.colon,
          bytes[passwordEnd] == ASCII.colon, slash > passwordEnd,
          marks.at(from: login.start) > passwordEnd, !ASCII.isDigit(bytes[login.start])
        else { return nil }
        let other = ByteRange(login.end &+ 1, passwordEnd)
        end = ends.next(marks)
        guard end < marks.end, end > passwordEnd &+ 1, !ASCII.isDigit(bytes[other.start]),
          isPlain(other, in: bytes, labels), isPlainPassword(at: passwordEnd &+ 1, in: bytes),
          !isPlaceholder(ByteRange(passwordEnd &+ 1, end), in: bytes)
        else { return nil }
        line.otherURL = ByteRange(start, login.end)
        line.otherLogin = other
        line.isDoubtful = true
      } else {
        while end < marks.end, bytes[end] != ASCII.lineFeed, bytes[end] != ASCII.carriageReturn {
          end = ends.next(marks)
        }
        guard end < marks.end else { return nil }
      }
      guard let next = behindLineEnd(end, in: bytes, &ends, marks) else { return nil }
      line.next = next
    }
    return isPlaceholder(ByteRange(login.end &+ 1, end), in: bytes) ? nil : line
  }

  /// Where the package's name begins in `android://HASH==@com.example.app/`, or nil.
  private static func behindHash(
    _ start: Int, in bytes: Span<UInt8>, _ marks: LineMarks.View
  ) -> Int? {
    let hash = start &+ 10
    guard bytes[start &+ 8] == ASCII.slash, bytes[start &+ 9] == ASCII.slash else { return nil }
    let at = marks.at(from: hash)
    // Only a path shows where the name ends.
    guard at &+ 1 < marks.end, at &- hash <= maxHashBytes, marks.fieldEnd(from: hash) > at,
      marks.slash(from: at) < marks.fieldEnd(from: at)
    else { return nil }
    return at &+ 1
  }

  /// Whether the login is an address, as `DelimitedLine` knows one: something, `@`, something, and no path.
  @inline(__always)
  private static func isAddress(
    _ login: ByteRange, slash: Int, at: Int, _ marks: LineMarks.View
  ) -> Bool {
    let at = at < login.start ? marks.at(from: login.start) : at
    return at > login.start && at &+ 1 < login.end && slash >= login.end
  }

  // MARK: Without a scheme

  /// `host/path login password`, `host:8443/path login password` or `host login password`.
  ///
  /// In the other split the first field is the login, and the rest its password, as long as that ends in no host.
  private static func bare(
    _ start: Int, in bytes: Span<UInt8>, _ marks: LineMarks.View,
    _ ends: inout LineMarks.FieldEnds, _ labels: LabelDictionary
  ) -> PlainLine? {
    guard mayBegin(with: bytes[start]) else { return nil }
    let slash = marks.slash(from: start)
    let first = ends.next(marks)
    let nameEnd = Swift.min(slash, first)
    // The text up to the first sign is a login, too.
    guard nameEnd &- start > 3, first < marks.end, isSign(bytes[first]),
      bytes[first &- 1] < 0x80
    else { return nil }
    var urlEnd = first
    let hasPort =
      first < slash && bytes[first] == ASCII.colon
      && isPort(ByteRange(first &+ 1, slash), in: bytes)
    if hasPort {
      guard bytes[slash] == ASCII.slash else { return nil }
      urlEnd = ends.next(marks)
    }
    let login = ByteRange(urlEnd &+ 1, ends.next(marks))
    let password = ByteRange(login.end &+ 1, ends.next(marks))
    guard password.end < marks.end, first &- start <= maxLoginBytes, !password.isEmpty,
      isSign(bytes[urlEnd]), bytes[urlEnd &- 1] != ASCII.quote,
      marks.slash(from: login.start) >= password.end, isPlain(login, in: bytes, labels),
      slash < first || !ASCII.isDigit(bytes[login.start]),
      isPlainPassword(at: password.start, in: bytes), !isPlaceholder(password, in: bytes),
      // Without a colon, it may be the header of a table.
      bytes[first] == ASCII.colon || bytes[urlEnd] == ASCII.colon
        || bytes[login.end] == ASCII.colon,
      !mayBeHost(password, in: bytes), URLText.isHost(ByteRange(start, nameEnd), in: bytes),
      let next = behindLineEnd(password.end, in: bytes, &ends, marks)
    else { return nil }
    var line = PlainLine(url: ByteRange(start, urlEnd), login: login, next: next)
    line.otherLogin = ByteRange(start, first)
    line.isDoubtful = true
    return line
  }

  /// Whether the password may be a host, or with the login before it a host and its port or country.
  private static func mayBeHost(_ password: ByteRange, in bytes: Span<UInt8>) -> Bool {
    switch bytes[password.start] {
    // `localhost`, also behind a quote.
    case 0x4C, 0x6C, ASCII.quote, ASCII.apostrophe: true
    default:
      password.count == 2 || DelimitedLine.isShortNumber(password, in: bytes)
        || bytes.firstOffset(of: ASCII.dot, in: password.bounds) != nil
    }
  }

  // MARK: Fields

  /// Whether a port stands at `range`, directly before a path.
  @inline(__always)
  private static func isPort(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard (1...5).contains(range.count), range.end < bytes.count else { return false }
    var number = 0
    for offset in range.bounds {
      guard ASCII.isDigit(bytes[offset]) else { return false }
      number = number &* 10 &+ Int(bytes[offset] &- 0x30)
    }
    return number <= 65_535
  }

  /// Whether the byte, which ends a field, parts two by itself; a blank may also be a part of one.
  @inline(__always)
  private static func isSign(_ byte: UInt8) -> Bool { byte > 0x20 || byte == ASCII.tab }

  /// `h`, `n` and `u`, by their last five bits: `http`, and placeholders such as `null`.
  private static let oddBeginnings: UInt32 = 1 << 0x08 | 1 << 0x0E | 1 << 0x15

  /// Whether the login is one: no quotes, arrows or invisible letters at its ends, and no placeholder, scheme or
  /// label. The byte behind it ends a field.
  @inline(__always)
  private static func isPlain(
    _ login: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    guard login.end > login.start, login.count <= maxLoginBytes, login.end < bytes.count,
      isSign(bytes[login.end])
    else { return false }
    let first = bytes[login.start]
    guard ASCII.isLetter(first) || ASCII.isDigit(first) || first == 0x2B || first == 0x5F,
      bytes[login.end &- 1] != ASCII.quote, bytes[login.end &- 1] < 0x80
    else { return false }
    if oddBeginnings &>> UInt32(first & 31) & 1 == 1 {
      if first | 0x20 == 0x68 && (4...5).contains(login.count) { return false }
      if Placeholder.stands(at: login, in: bytes) { return false }
    }
    // Nearly no login begins as a label does.
    return login.count > 1 && !labels.recordLabelMayBegin(with: first, bytes[login.start &+ 1])
      || !isLabel(login, in: bytes, labels)
  }

  /// Whether a label, and a colon or `=` behind it, stands where the login would: `https://a.example | login: ann`.
  private static func isLabel(
    _ login: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    if login.count > 1, bytes[login.end] == ASCII.colon,
      !labels.recordLabelMayFill(login, in: bytes), !mayHoldEquals(login, in: bytes)
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
    switch bytes[start] {
    case ASCII.slash, 0xE2, 0xC2: false
    case ASCII.hyphen, ASCII.equals, 0x3E: bytes[start &- 1] != ASCII.tab
    default: true
    }
  }

  @inline(__always)
  private static func isPlaceholder(_ password: ByteRange, in bytes: Span<UInt8>) -> Bool {
    Placeholder.mayBegin(with: bytes[password.start])
      && Placeholder.stands(at: bytes.trimmed(password), in: bytes)
  }

  /// Behind the LF or CRLF at `end`, or nil if neither stands there as a whole.
  @inline(__always)
  private static func behindLineEnd(
    _ end: Int, in bytes: Span<UInt8>, _ ends: inout LineMarks.FieldEnds, _ marks: LineMarks.View
  ) -> Int? {
    if bytes[end] == ASCII.lineFeed { return end &+ 1 }
    guard bytes[end] == ASCII.carriageReturn, end &+ 1 < marks.end,
      bytes[end &+ 1] == ASCII.lineFeed
    else { return nil }
    _ = ends.next(marks)
    return end &+ 2
  }
}
