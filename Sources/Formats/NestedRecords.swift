internal import Bytes

/// Records of named values that stand in one another: what JSON and XML have in common.
///
/// The reader of the text says what opens, which values stand there and what closes. A record is the innermost
/// object that has a password, or a user name, a URL and a name that only credentials have, as `signon_realm` is one: those
/// two alone are a person's, an API's or a log's. What it takes from elsewhere:
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
  static let maxValues: UInt8 = 64
  /// URLs of one record. With `SeparatedTable.maxLogins` logins at each, a `UInt8` numbers the candidates.
  static let maxURLs = 64
  /// What is kept of a URL longer than `maxValueBytes`.
  static let maxURLBytes = 2048
  /// Values of lists kept at any time, and bytes of text. A list that is longer is cut, and leaves room for the
  /// records behind it: that is `reserve` more of each.
  static let maxFields = 1 << 18
  private static let maxTextBytes = 4 << 20
  private static let reserve = 1 << 18

  struct Field {
    var role: Role
    var isOfList = false
    /// From an object within, so it proves less.
    var isFromBelow = false
    /// From the object's own name, for records that have none: a URL that may be a host, or a login that is an address.
    var isGuess = false
    /// A password that is more than a placeholder.
    var isFilled = false
    var line: UInt32 = 0
    /// Where the value stands in `text`.
    var place = ByteRange.empty
  }

  struct Frame {
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
    /// Whether a password stands here, empty or not, or may have: a name says so, or a part of it was lost.
    var mayBeCredential = false
    /// Whether its fields by name are what somebody typed into forms, of any site.
    var isForm = false
    /// Whether it is the part of a record that holds the login, whose URL may stand behind it, in another part.
    var isPart = false
    /// Whether its form alone says that it is a record, and whether its URL may be its password.
    var isDoubtful = false
    var isHostDoubtful = false
  }

  /// A value's text, while the reader writes it, and those of all open objects.
  var text: [UInt8] = []
  var count: UInt32 = 0
  /// Whether some value was not kept, as there were more, or longer ones, than is kept.
  var isCut = false
  /// Set by the reader if the document says that its values are encrypted; holds until all is closed.
  var isEncrypted = false
  let layout: RecordLayout
  var frames: [Frame] = []
  var fields: [Field] = []
  var logins: [Field] = []

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

  mutating func open(
    list: Bool, role: Role, name: UInt64 = 0, isForm: Bool = false, isPart: Bool = false
  ) {
    if frames.count == Self.maxDepth {
      isCut = isCut || !fields.isEmpty
      reset()
    }
    var frame = Frame(
      isList: list, role: role, name: name, firstField: fields.count, firstByte: text.count)
    frame.isPart = isPart && !isInList && !frames.isEmpty
    if let parent = frames.indices.last {
      frame.url = frames[parent].url
      frame.isForm = isForm || frames[parent].isForm
      frames[parent].hasChild = true
    }
    frames.append(frame)
  }

  /// Notes that what is open has a name that only credentials have, or lost a part.
  mutating func noteCredential() {
    if let top = frames.indices.last { frames[top].mayBeCredential = true }
  }

  /// Notes whether what is open may be no record, and whether its URL may be its password.
  mutating func noteDoubt(_ isDoubtful: Bool, ofHost isHostDoubtful: Bool) {
    guard let top = frames.indices.last else { return }
    frames[top].isDoubtful = isDoubtful
    frames[top].isHostDoubtful = isHostDoubtful
  }

  /// Notes a password, or a value that says nothing.
  mutating func add(_ role: Role, isFilled: Bool, line: UInt32, isOfList: Bool = false) {
    if role == .password { noteCredential() }
    let isTaken = append(Field(role: role, isOfList: isOfList, isFilled: isFilled, line: line))
    isCut = isCut || !isTaken
  }

  /// Notes the value that was written into `text` from `start` on. `isFromBelow` if it is no value of its own.
  mutating func addText(
    _ role: Role, from start: Int, line: UInt32, isOfList: Bool = false, isFromBelow: Bool = false,
    isGuess: Bool = false
  ) {
    let whole = ByteRange(start, text.count)
    var place = InvisibleText.trimmed(text.span.trimmedOfLines(whole), in: text.span)
    if Placeholder.stands(at: place, in: text.span) { place = .empty }
    let room = Self.maxTextBytes + (isOfList ? 0 : Self.reserve)
    let isTaken =
      text.count <= room && whole.count <= Self.maxValueBytes
      && append(
        Field(
          role: role, isOfList: isOfList, isFromBelow: isFromBelow, isGuess: isGuess, line: line,
          place: place))
    isCut = isCut || !isTaken
    if !isTaken || place.isEmpty { text.removeLast(text.count - start) }
  }

  mutating func append(_ field: Field) -> Bool {
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
  mutating func nameField(_ role: Role, replaces: Bool = false) {
    guard let top = frames.indices.last, replaces || frames[top].fieldRole == .none else { return }
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

  /// Notes that what is open holds values, and no text of its own.
  mutating func noteValues() {
    if let top = frames.indices.last { frames[top].hasChild = true }
  }

  /// Closes what is open, and reports it if it is a record. `isCutOff` if its own end is missing.
  mutating func close<Sink: CredentialSink & ~Copyable>(
    isCutOff: Bool = false, into sink: inout Sink
  ) {
    guard var frame = frames.popLast() else { return }
    if isCutOff { frame.mayBeCredential = true }
    if frame.isList {
      if frame.mayBeCredential && !isCutOff { noteCredential() }
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
    while !frames.isEmpty { close(isCutOff: true, into: &sink) }
    reset()
  }

  private mutating func reset() {
    frames.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
    isEncrypted = false
  }
}
