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
  static let maxLoginBytes = 320
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
}
