internal import Bytes

/// Records of named values that stand in one another: what JSON and XML have in common.
///
/// The reader of the text says what opens, which values stand there and what closes. A record is the innermost
/// object that has a password, or a login and a URL. What it takes from elsewhere:
/// - the URL of an object right within it, or of one in a list of URLs (Bitwarden's `uris`);
/// - else the nearest URL of the objects round it, as far as they were read;
/// - the values of objects that are fields, `{"name": "username", "value": "ann"}`.
///
/// Logins and URLs are copied into a text of its own, where escapes can be undone; so nothing of an object need
/// stay in the file's buffer until it closes. Passwords are not copied: only whether there is one.
struct NestedRecords: Sendable {
  /// What a value is by its name.
  enum Role: UInt8, Sendable {
    case none, url, login, email, password
    /// Says what the value beside it is: `"name": "username"`.
    case fieldName
    /// `"value": "ann"`
    case fieldValue

    init(_ meaning: LabelDictionary.Class?) {
      switch meaning {
      case .url: self = .url
      case .login: self = .login
      case .email: self = .email
      case .password: self = .password
      default: self = .none
      }
    }

    var isText: Bool { self == .url || self == .login || self == .email }
  }

  /// Objects in one another; deeper ones are no export, and what is open is given up.
  static let maxDepth = 64
  /// A login or URL longer than this is none. In bytes, as written.
  static let maxValueBytes = 8192
  /// Values of one object that are kept, lists aside.
  private static let maxValues: UInt8 = 64
  /// URLs of one record. With `SeparatedTable.maxLogins` logins at each, a `UInt8` numbers the candidates.
  private static let maxURLs = 64
  /// What is kept of a URL longer than `maxValueBytes`.
  static let maxURLBytes = 2048
  /// Values of lists kept at any time, and bytes of text. A list that is longer is cut, and leaves room for the
  /// records behind it: that is `reserve` more of each.
  private static let maxFields = 1 << 18
  private static let maxTextBytes = 4 << 20
  private static let reserve = 1 << 18

  private struct Field {
    var role: Role
    var isOfList = false
    /// From an object within, so it proves less.
    var isFromBelow = false
    /// A password that is more than a placeholder.
    var isFilled = false
    var line: UInt32 = 0
    /// Where the value stands in `text`.
    var place = ByteRange.empty
  }

  fileprivate struct Frame {
    var isList: Bool
    /// What its own name says: the role of a list's values.
    var role: Role
    /// Tells an XML element by its name.
    var name: UInt64
    var firstField: Int
    var firstByte: Int
    /// The nearest URL, here or round it: a field's number, or -1.
    var url = -1
    /// What `fieldName` said.
    var fieldRole = Role.none
    /// The field that `fieldValue` filled, or -1.
    var pair = -1
    var values: UInt8 = 0
    var hasChild = false
    /// Whether it is an object that holds values of a list.
    var isNumbered = false
  }

  /// A value's text, while the reader writes it, and those of all open objects.
  var text: [UInt8] = []
  private(set) var count: UInt32 = 0
  /// Whether some value was not kept, as there were more, or longer ones, than is kept.
  private(set) var isCut = false
  /// Set by the reader if the document says that its values are encrypted; holds until all is closed.
  var isEncrypted = false
  private let layout: RecordLayout
  private var frames: [Frame] = []
  private var fields: [Field] = []
  private var logins: [Field] = []

  init(layout: RecordLayout) {
    self.layout = layout
    frames.reserveCapacity(Self.maxDepth)
    fields.reserveCapacity(256)
    logins.reserveCapacity(SeparatedTable.maxLogins)
    text.reserveCapacity(4 * Self.maxValueBytes)
  }

  /// Goes on counting behind records of another part of the text.
  mutating func goOn(behind records: UInt32) {
    count = records
  }

  var depth: Int { frames.count }
  var isInList: Bool { frames.last?.isList ?? false }
  /// The role of the list, or of the object with numbered values, that is open.
  var openRole: Role { frames.last?.role ?? .none }
  /// What a `fieldName` beside said.
  var fieldRole: Role { frames.last?.fieldRole ?? .none }
  /// What a `fieldName` in the object round this one said.
  var roundFieldRole: Role {
    frames.count > 1 ? frames[frames.count - 2].fieldRole : .none
  }
  var hasChild: Bool { frames.last?.hasChild ?? false }
  /// Where the text of what is open begins.
  var firstByte: Int { frames.last?.firstByte ?? 0 }

  func isOpen(list: Bool) -> Bool {
    for frame in frames where frame.isList == list { return true }
    return false
  }

  /// How many elements must close for the innermost one of this name to close, or nil if there is none.
  func depth(ofName name: UInt64) -> Int? {
    var depth = 1
    for frame in frames.reversed() {
      if frame.name == name { return depth }
      depth += 1
    }
    return nil
  }

  /// What the open object holds so far.
  struct Mark: Sendable {
    fileprivate var frame: Frame?
    fileprivate var fields: Int
    fileprivate var bytes: Int
  }

  var mark: Mark { Mark(frame: frames.last, fields: fields.count, bytes: text.count) }

  /// Forgets the values that were added since `mark`; nothing must have opened or closed.
  mutating func goBack(to mark: Mark) {
    guard let frame = mark.frame, let top = frames.indices.last else { return }
    frames[top] = frame
    fields.removeLast(fields.count - mark.fields)
    text.removeLast(text.count - mark.bytes)
  }

  // MARK: What opens, stands there and closes

  mutating func open(list: Bool, role: Role, name: UInt64 = 0) {
    if frames.count == Self.maxDepth {
      isCut = isCut || !fields.isEmpty
      reset()
    }
    var frame = Frame(
      isList: list, role: role, name: name, firstField: fields.count, firstByte: text.count)
    if let parent = frames.indices.last {
      frame.url = frames[parent].url
      frames[parent].hasChild = true
    }
    frames.append(frame)
  }

  /// Notes a password, or a value that says nothing.
  mutating func add(_ role: Role, isFilled: Bool, line: UInt32, isOfList: Bool = false) {
    let isTaken = append(Field(role: role, isOfList: isOfList, isFilled: isFilled, line: line))
    isCut = isCut || !isTaken
  }

  /// Notes the value that was written into `text` from `start` on. `isFromBelow` if it is no value of its own.
  mutating func addText(
    _ role: Role, from start: Int, line: UInt32, isOfList: Bool = false, isFromBelow: Bool = false
  ) {
    let whole = ByteRange(start, text.count)
    var place = text.span.trimmedOfLines(whole)
    if Placeholder.stands(at: place, in: text.span) { place = .empty }
    let room = Self.maxTextBytes + (isOfList ? 0 : Self.reserve)
    let isTaken =
      text.count <= room && whole.count <= Self.maxValueBytes
      && append(
        Field(
          role: role, isOfList: isOfList, isFromBelow: isFromBelow, line: line, place: place))
    isCut = isCut || !isTaken
    if !isTaken || place.isEmpty { text.removeLast(text.count - start) }
  }

  private mutating func append(_ field: Field) -> Bool {
    let room = Self.maxFields + (field.isOfList ? 0 : Self.reserve)
    guard let top = frames.indices.last, fields.count < room else { return false }
    if field.isOfList {
      frames[top].isNumbered = !frames[top].isList
    } else {
      if frames[top].values == Self.maxValues { return false }
      frames[top].values += 1
      let isFirst = frames[top].url < frames[top].firstField
      if field.role == .url && isFirst && !field.place.isEmpty { frames[top].url = fields.count }
    }
    fields.append(field)
    return true
  }

  /// Notes that the reader itself left a value out.
  mutating func noteCut() { isCut = true }

  /// Says what the value beside is; the first name that says something holds.
  mutating func nameField(_ role: Role) {
    guard let top = frames.indices.last, frames[top].fieldRole == .none else { return }
    frames[top].fieldRole = role
  }

  /// Says that the last value is that of a field which `nameField` named.
  mutating func pairField() {
    guard let top = frames.indices.last, frames[top].pair < 0 else { return }
    if fields.count > frames[top].firstField { frames[top].pair = fields.count - 1 }
  }

  /// Takes back the last value, which turned out to be cut wrongly. That a password stood there still holds.
  mutating func dropLast() {
    guard let top = frames.last, fields.count > top.firstField, let last = fields.last,
      last.role != .password
    else { return }
    fields[fields.count - 1].place = .empty
    if top.url == fields.count - 1 { frames[frames.count - 1].url = -1 }
  }

  /// Closes what is open, and reports it if it is a record.
  mutating func close<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    guard let frame = frames.popLast() else { return }
    if frame.isList {
      // The values are the object's in which the list stands; the URL that was the list's name is not.
      if frame.firstField < fields.count, fields[frame.firstField].isFromBelow,
        frame.role == .none, fields[frame.firstField].role == .url
      {
        fields.remove(at: frame.firstField)
      }
      noteURL(from: frame.firstField)
    } else {
      closeObject(frame, &sink)
    }
    if frames.isEmpty { reset() }
  }

  /// Closes an element that holds text and nothing else, without a report.
  mutating func closeLeaf() {
    guard let frame = frames.popLast() else { return }
    fields.removeLast(fields.count - frame.firstField)
    if frames.isEmpty { reset() }
  }

  /// Closes all that is open, at the end of the text.
  mutating func closeAll<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    while !frames.isEmpty { close(into: &sink) }
    reset()
  }

  private mutating func reset() {
    frames.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
    isEncrypted = false
  }

  // MARK: Records

  /// What the values of an object come to.
  private struct Summary {
    var hasLogin = false
    var hasPassword = false
    var isFilled = false
    /// The URL that stands right here, and the first one from within: fields' numbers, or -1.
    var url = -1
    var urlBelow = -1
    /// Where the lists begin: fields' numbers, or -1.
    var urls = -1
    var logins = -1
    var emails = -1
    var passwords = -1
  }

  private func summary(from first: Int) -> Summary {
    var summary = Summary()
    for index in first..<fields.count {
      let field = fields[index]
      switch field.role {
      case .url:
        if field.isOfList && summary.urls < 0 { summary.urls = index }
        if field.place.isEmpty { continue }
        if field.isOfList || field.isFromBelow {
          if summary.urlBelow < 0 { summary.urlBelow = index }
        } else if summary.url < 0 {
          summary.url = index
        }
      case .login, .email:
        summary.hasLogin = true
        if field.isOfList && field.role == .login && summary.logins < 0 { summary.logins = index }
        if field.isOfList && field.role == .email && summary.emails < 0 { summary.emails = index }
      case .password:
        summary.hasPassword = true
        if field.isOfList {
          if summary.passwords < 0 { summary.passwords = index }
        } else {
          summary.isFilled = summary.isFilled || field.isFilled
        }
      default: break
      }
    }
    return summary
  }

  private mutating func closeObject<Sink: CredentialSink & ~Copyable>(
    _ closed: Frame, _ sink: inout Sink
  ) {
    var frame = closed
    if frame.pair >= 0 {
      // A field of the object round it. With values of its own it is a cookie, or something else.
      if frame.values == 1 && keepPair(frame.pair) { return }
      fields[frame.pair].role = .none
      if frame.url == frame.pair { frame.url = frames.last?.url ?? -1 }
    }
    // An object of numbered values is a list.
    if frame.isNumbered && frame.values == 0 { return }
    let summary = summary(from: frame.firstField)
    let hasLists = summary.logins >= 0 || summary.emails >= 0
    if hasLists && (summary.passwords >= 0 || summary.urls >= 0) {
      reportLists(frame, summary, &sink)
    } else if summary.hasPassword || (summary.hasLogin && isHost(summary.url)) {
      report(frame, summary, &sink)
    } else if keepURL(summary, of: frame) {
      return
    }
    fields.removeLast(fields.count - frame.firstField)
    text.removeLast(text.count - frame.firstByte)
  }

  /// Whether what is round a field takes its value, which stands last.
  private mutating func keepPair(_ pair: Int) -> Bool {
    guard let top = frames.indices.last else { return false }
    if frames[top].values == Self.maxValues {
      isCut = true
      return false
    }
    frames[top].values += 1
    noteURL(from: pair)
    return true
  }

  /// Lets the open object have the first URL of the values from `first` on, which it got from below.
  private mutating func noteURL(from first: Int) {
    guard let top = frames.indices.last, !frames[top].isList,
      frames[top].url < frames[top].firstField
    else { return }
    for index in first..<fields.count {
      let field = fields[index]
      if field.role == .url && !field.isOfList && !field.place.isEmpty {
        frames[top].url = index
        return
      }
    }
  }

  /// Hands the URL of an object that is no record to what it stands in, if it may be meant for that.
  private mutating func keepURL(_ summary: Summary, of frame: Frame) -> Bool {
    let index = summary.url >= 0 ? summary.url : summary.urlBelow
    guard index >= 0, let top = frames.indices.last else { return false }
    // Of a list of visited pages, none is the record's.
    let isOfList = frames[top].isList
    if isOfList && frames[top].role != .url { return false }
    if frames[top].values == Self.maxValues {
      isCut = true
      return false
    }
    var url = fields[index]
    let from = url.place
    for offset in 0..<from.count { text[frame.firstByte + offset] = text[from.start + offset] }
    url.place = ByteRange(frame.firstByte, frame.firstByte + from.count)
    url.isOfList = isOfList
    url.isFromBelow = true
    fields.removeLast(fields.count - frame.firstField)
    text.removeLast(text.count - url.place.end)
    frames[top].values += 1
    if !isOfList && frames[top].url < frames[top].firstField { frames[top].url = fields.count }
    fields.append(url)
    return true
  }

  /// Whether the URL of this number names a host: `PC-ACCUEIL-03` beside a user name is a machine.
  private func isHost(_ url: Int) -> Bool {
    guard url >= 0, let parts = URLText(at: fields[url].place, in: text.span) else { return false }
    return parts.hasScheme || parts.looksLikeHost
  }

  private mutating func report<Sink: CredentialSink & ~Copyable>(
    _ frame: Frame, _ summary: Summary, _ sink: inout Sink
  ) {
    count &+= 1
    if isEncrypted { return }
    gatherLogins(from: frame.firstField)
    if logins.isEmpty { return }
    let host = host(frame, summary)
    var number: UInt8 = 0
    report(host, summary.isFilled, &number, &sink)
    // Further URLs of the same record.
    guard summary.urls >= 0 else { return }
    var left = Self.maxURLs - 1
    for index in summary.urls..<fields.count {
      let url = fields[index]
      let isOther =
        url.role == .url && url.isOfList && !url.place.isEmpty
        && !text.span.equals(url.place, host)
      if !isOther { continue }
      if left == 0 {
        isCut = true
        return
      }
      report(url.place, summary.isFilled, &number, &sink)
      left -= 1
    }
  }

  /// The URL of an object: its own, one from within, or one of those round it.
  private func host(_ frame: Frame, _ summary: Summary) -> ByteRange {
    if summary.url >= 0 { return fields[summary.url].place }
    if summary.urlBelow >= 0 { return fields[summary.urlBelow].place }
    // `frame.url` may be one of the two, which is empty then, or one further up.
    return isHost(frame.url) ? fields[frame.url].place : .empty
  }

  /// Reports the gathered logins at one host.
  private func report<Sink: CredentialSink & ~Copyable>(
    _ host: ByteRange, _ hasPassword: Bool, _ number: inout UInt8, _ sink: inout Sink
  ) {
    for login in logins {
      sink.found(
        Credential(
          host: host, login: login.place, hasPassword: hasPassword, layout: layout,
          line: login.line, record: count, candidate: number),
        in: text.span)
      number &+= 1
    }
  }

  /// Gathers the logins of an object: user names first, then e-mail addresses, each once.
  private mutating func gatherLogins(from first: Int) {
    logins.removeAll(keepingCapacity: true)
    gather(.login, from: first)
    gather(.email, from: first)
  }

  private mutating func gather(_ role: Role, from first: Int) {
    for index in first..<fields.count {
      let field = fields[index]
      if field.role != role || field.place.isEmpty || isGathered(field) { continue }
      if logins.count == SeparatedTable.maxLogins {
        isCut = true
        return
      }
      logins.append(field)
    }
  }

  private func isGathered(_ field: Field) -> Bool {
    for login in logins where text.span.equals(login.place, field.place) { return true }
    return false
  }

  /// Reports `{"url": […], "username": […], "password": […]}`: the values of one number are a record.
  private mutating func reportLists<Sink: CredentialSink & ~Copyable>(
    _ frame: Frame, _ summary: Summary, _ sink: inout Sink
  ) {
    var lists = summary
    var index = 0
    // Ends with the longer of two lists, which hold `maxFields` at most.
    while true {
      let login = value(index, ofListAt: &lists.logins, .login)
      let email = value(index, ofListAt: &lists.emails, .email)
      if login == nil && email == nil { return }
      count &+= 1
      let url = value(index, ofListAt: &lists.urls, .url)
      let password = value(index, ofListAt: &lists.passwords, .password)
      index += 1
      if isEncrypted { continue }
      logins.removeAll(keepingCapacity: true)
      if let login, !login.place.isEmpty { logins.append(login) }
      if let email, !email.place.isEmpty, !isGathered(email) { logins.append(email) }
      var number: UInt8 = 0
      let host = summary.urls >= 0 ? url?.place ?? .empty : host(frame, summary)
      report(host, password?.isFilled ?? summary.isFilled, &number, &sink)
    }
  }

  /// The value of this number, or nil behind the list's end; then `first` is one of no list, as another of the same
  /// role may follow.
  private func value(_ index: Int, ofListAt first: inout Int, _ role: Role) -> Field? {
    guard first >= 0, first + index < fields.count else { return nil }
    let field = fields[first + index]
    if field.role == role && field.isOfList { return field }
    first = fields.count
    return nil
  }
}
