internal import Bytes

/// The fields of the labelled record that is being read, as places.
///
/// It has 119 bytes, and is copied for each record: above 128, the compiler would call a function for that.
struct BlockRecord {
  private(set) var url = ByteRange.empty
  private(set) var login = Place()
  private(set) var email = Place()
  /// Trimmed; empty without one.
  private(set) var password = ByteRange.empty
  /// The classes whose label was seen, by the bits of their raw values.
  private var filled: UInt32 = 0
  /// The class whose label stood alone on its line: the value may stand on the next.
  private(set) var pending: LabelDictionary.Class?
  /// Where the record begins, and on which line, so that it can be read again as a whole.
  private(set) var start = 0
  private(set) var firstLine: UInt32 = 0
  /// Whether a blank line, a line of separators or nothing stands before the record.
  private(set) var isBehindBoundary = false
  /// Whether a blank line stands behind a login and password, to which only a URL may still belong.
  private(set) var awaitsURL = false
  /// Whether all there is is a URL without a label.
  private(set) var isHeading = false
  /// Whether something else stands below its fields: `Title: …` below the URL of a page.
  var isDescribed = false
  /// Where the URL stands among the fields.
  private(set) var order: Order?
  /// The field that was filled last.
  private var last = Last()

  /// A hash of 88 letters in lines of 32 or more.
  private static let maxURLLines: UInt32 = 3

  /// The order that a file keeps; without anything between records it alone tells whose a URL is.
  enum Order {
    case urlFirst, urlLast
  }

  /// A login, the line it stands on, and where its label begins in the bytes.
  struct Place {
    var text = ByteRange.empty
    var line: UInt32 = 0
    var label: UInt32 = 0
  }

  private struct Last {
    var meaning = LabelDictionary.Class.other
    var start = 0
    /// Of the label.
    var line: UInt32 = 0
    /// Of the value, which may stand on the next.
    var valueLine: UInt32 = 0
    var isBehindPassword = false
    var isBehindGap = false
  }

  var isEmpty: Bool { filled == 0 }
  var lastLine: UInt32 { last.valueLine }
  var hasLogin: Bool { isFilled(.login) || isFilled(.email) }
  /// Whether it is one of a credential: a user name alone is the system file's, as is one beside the name of a
  /// machine; and who has an address and a web site is a contact, also with a telephone.
  func isCredential(in bytes: Span<UInt8>) -> Bool {
    if isFilled(.password) { return hasLogin }
    guard isFilled(.login), !isFilled(.email) else { return false }
    return URLText(at: url, in: bytes).map { $0.hasScheme || $0.looksLikeHost } ?? false
  }

  /// The value and its line, if one field with a label is all there is, and it is neither a page's nor a password.
  var loneValue: (text: ByteRange, line: UInt32)? {
    guard filled.nonzeroBitCount == 1, !isHeading, password.isEmpty else { return nil }
    if !url.isEmpty { return isDescribed ? nil : (url, lastLine) }
    let text = login.text.isEmpty ? email.text : login.text
    return text.isEmpty ? nil : (text, lastLine)
  }

  /// Whether all of it stands on one line: then nothing of it is another record's.
  var isOnOneLine: Bool { firstLine == lastLine }

  /// Whether a user name and an address are there, so that a number behind them is a phone's.
  var awaitsPassword: Bool { isFilled(.login) && isFilled(.email) && !isFilled(.password) }

  /// Whether `Login name:` stands directly above `line` without a value, and `Login:` goes on there.
  func leavesOpen(_ meaning: LabelDictionary.Class, on line: UInt32) -> Bool {
    meaning.isLogin && pending == meaning && last.meaning == meaning && isNext(line)
  }

  /// Whether a login whose label begins at `start` is a further one of this record, as it has another label: `Phone:`
  /// and `Username:`, `Account:` and `IMAP User:`.
  ///
  /// Directly below a URL it is the next record's, or `User:` of a machine would be one with what stands below.
  func isFurtherLogin(at start: Int, on line: UInt32, in bytes: Span<UInt8>) -> Bool {
    if isFilled(.password) || last.meaning == .url && isNext(line) { return false }
    return !LabelName.areSame(Int(login.label), start, in: bytes)
  }

  /// Keeps the login beside the one that follows, if there is no address.
  mutating func keepLogin() {
    if !isFilled(.email) { email = login }
  }

  /// Whether a URL whose label begins at `start` says nothing beside the one that is there: it has no value, as in
  /// `Origin URL: https://…`, `Action URL:`, or is the server that sends what the other receives. Below a URL alone on
  /// its line a record begins.
  func repeatsURL(_ value: ByteRange, at start: Int, in bytes: Span<UInt8>) -> Bool {
    if isHeading || url.isEmpty || hasLogin || isFilled(.password) { return false }
    return value.isEmpty || bytes.starts(ByteRange(start, value.start), withLowercase: "smtp")
  }

  /// Whether login and password are there, and no URL.
  var lacksURL: Bool { hasLogin && isFilled(.password) && !isFilled(.url) }

  /// A record that begins behind such a boundary or not.
  @inline(__always)
  init(isBehindBoundary: Bool = false) {
    self.isBehindBoundary = isBehindBoundary
  }

  mutating func noteHeading() { isHeading = true }

  /// Notes a blank line behind a login and password.
  mutating func noteBlank() { awaitsURL = true }

  @inline(__always)
  func isFilled(_ meaning: LabelDictionary.Class) -> Bool {
    filled & (1 << UInt32(meaning.rawValue)) != 0
  }

  mutating func fill(
    _ meaning: LabelDictionary.Class, _ value: ByteRange, from start: Int, in bytes: Span<UInt8>,
    line: UInt32
  ) {
    if isEmpty {
      self.start = start
      firstLine = line
    }
    if meaning == .url { order = isEmpty ? .urlFirst : lacksURL ? .urlLast : nil }
    last = Last(
      meaning: meaning, start: start, line: line, valueLine: line,
      isBehindPassword: isFilled(.password), isBehindGap: !isEmpty && line > lastLine &+ 1)
    awaitsURL = false
    isHeading = false
    filled |= 1 << UInt32(meaning.rawValue)
    pending = value.isEmpty ? meaning : nil
    set(meaning, value, in: bytes, line: line)
  }

  /// Takes the line below an empty label as its value. A line with a label of its own never gets
  /// here, so an empty value before the next label stays empty.
  mutating func takeNextLine(_ value: ByteRange, in bytes: Span<UInt8>, line: UInt32) {
    guard let meaning = pending else { return }
    pending = nil
    last.valueLine = line
    set(meaning, value, in: bytes, line: line)
  }

  /// Takes the line below as the rest of an Android URL that is broken over lines: the package's name stands
  /// behind the hash. Whether it did.
  mutating func continueURL(_ text: ByteRange, in bytes: Span<UInt8>, line: UInt32) -> Bool {
    guard last.meaning == .url, line &- last.line <= Self.maxURLLines, !url.isEmpty,
      bytes.starts(url, withLowercase: "android:"),
      bytes.firstOffset(of: ASCII.at, in: url.bounds) == nil,
      bytes.firstOffset(of: ASCII.colon, or: ASCII.space, in: text.bounds) == nil
    else { return false }
    url.end = text.end
    return true
  }

  /// Whether the record that a password will belong to, this or the next, has a field of `meaning`.
  func hasBeforePassword(_ meaning: LabelDictionary.Class, on line: UInt32) -> Bool {
    isFilled(.password)
      ? lastIsOfNext && isNext(line) && last.meaning == meaning : isFilled(meaning)
  }

  /// Whether a password on `line` will be the first labelled field of a record, this or the next.
  func isBeforeFirst(_ line: UInt32) -> Bool {
    isEmpty || isHeading || isFilled(.password) && !(lastIsOfNext && isNext(line))
  }

  /// Whether nothing stands between the last field and `line`: what does may mean something else to the next record.
  private func isNext(_ line: UInt32) -> Bool { line <= lastLine &+ 1 }

  /// Whether the login that was filled last begins the next record, if a password follows: in
  /// `Login Password` … `Email Password` the e-mail is not the first one's.
  private var lastIsOfNext: Bool {
    last.isBehindPassword && last.meaning.isLogin
      && isFilled(last.meaning == .login ? .email : .login)
  }

  /// Takes back the login that was filled last as the first field of the next record, if it is.
  mutating func splitOffLast(before line: UInt32) -> BlockRecord? {
    guard lastIsOfNext, isNext(line) else { return nil }
    var next = BlockRecord()
    next.start = last.start
    next.firstLine = last.line
    next.last = last
    next.last.isBehindPassword = false
    next.filled = 1 << UInt32(last.meaning.rawValue)
    if last.meaning == .login {
      next.login = login
      login = Place()
    } else {
      next.email = email
      email = Place()
    }
    return next
  }

  /// Takes back the URL that was filled last as the first field of the next record, whose login stands on `line`:
  /// if this record has no password, which it then never had, or `order` says so, or only before the URL there
  /// is a gap.
  mutating func splitOffURL(before line: UInt32, order: Order?) -> BlockRecord? {
    guard last.meaning == .url, isNext(line), !(isOnOneLine && line > lastLine),
      !isFilled(.password) || order == .urlFirst || last.isBehindGap
    else { return nil }
    var next = BlockRecord()
    next.start = last.start
    next.firstLine = last.line
    next.last = last
    next.filled = 1 << UInt32(LabelDictionary.Class.url.rawValue)
    next.url = url
    next.order = .urlFirst
    url = .empty
    self.order = nil
    filled &= ~next.filled
    return next
  }

  private mutating func set(
    _ meaning: LabelDictionary.Class, _ value: ByteRange, in bytes: Span<UInt8>, line: UInt32
  ) {
    let text = InvisibleText.trimmed(value, in: bytes)
    switch meaning {
    case .url: url = text
    case .login:
      login = Place(text: text, line: line, label: UInt32(truncatingIfNeeded: last.start))
    case .email: email = Place(text: text, line: line)
    case .password: password = Placeholder.stands(at: value, in: bytes) ? .empty : text
    default: break
    }
  }
}
