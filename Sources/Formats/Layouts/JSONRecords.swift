internal import Bytes

/// Records as JSON: lists of objects, one object a line, objects in objects, and lists side by side,
/// `{"url": […], "username": […], "password": […]}`.
///
/// It reads what programs and thieves write: comments, trailing and missing commas, Python's `'` and `None`, keys
/// without quotes, documents one behind the other, other text between them, and an end that is cut off.
/// No string runs over a line end, so a quote that is missing costs its line at most; behind a value that
/// is followed by neither comma nor bracket, reading goes on at the next brace or line.
/// A string whose name says nothing is read as lines, which chats and bots send: `{"text": "URL: …\nLogin: …"}`. So are the
/// pieces of a message, as one (`JSONPieces`).
public struct JSONRecords: Layout {
  private enum Expects { case name, colon, value, end }

  /// What is passed over until it ends, over any number of chunks.
  private enum Passing: Equatable {
    case nothing
    case string(quote: UInt8)
    case lineComment, blockComment
    /// The rest of an object, or of a list, in which something was wrong.
    case faultyObject, faultyList
  }

  private let labels: LabelDictionary
  private var records = NestedRecords(layout: .json)
  public var recordCount: UInt32 { records.count }
  /// Whether a value was left out, as there were more, or longer ones, than is kept.
  var isCut: Bool { records.isCut || lines.isCut }
  /// Reads the lines in strings.
  private var lines: TextLines
  private var pieces = JSONPieces()
  private var row = JSONRow()
  /// Whether the value before was a message's text, and whether it stood before the name at hand.
  private var isBehindText = false
  private var isNameBehindText = false

  private var expects = Expects.name
  private var passing = Passing.nothing
  private var name = JSONName()
  /// The URL that is a name, `{"https://a.example/": {…}}`.
  private var nameURL: [UInt8] = []
  /// The line at hand, from 1.
  private(set) var line: UInt32 = 1
  /// Whether the reading ends where other text begins (`MixedText`).
  var endsAtText = false
  /// Whether it ended so.
  private(set) var isAtText = false
  private var isAtLineStart = true
  /// Whether a document ended on this line, and nothing but blanks stands behind it.
  private var isBehindDocument = false
  private var isBehindReturn = false
  /// Whether a line ended since the last value: then a comma may be missing.
  private var isOnNewLine = true
  /// Whether the byte before was a blank or a line's end: a comment begins nowhere else.
  private var isBehindBlank = true
  private var names = 0
  private var faults = 0
  private var unnamed: UnnamedValue?

  public init(labels: LabelDictionary) {
    self.labels = labels
    lines = TextLines(labels: labels, takesBareLines: false)
    nameURL.reserveCapacity(256)
  }

  public static func records(
    in sample: Span<UInt8>, _ lines: LineSample, labels: LabelDictionary
  ) -> Int {
    let shape = JSONShape(sample)
    guard shape.objectLines > 0 || shape.isDocument else { return 0 }
    var layout = JSONRecords(labels: labels)
    var counter = Counter()
    _ = layout.read(sample, isLast: true, into: &counter)
    let isWhole = layout.faults == 0 && layout.names > 0
    // What is JSON from its first byte on is nothing else, even if its records stand further down.
    if shape.isDocument && (isWhole || counter.found > layout.faults) { return Int.max }
    if shape.objectLines * 2 > shape.lines && counter.found > 0 { return Int.max }
    return counter.found
  }

  private struct Counter: CredentialSink {
    var found = 0

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
      if credential.candidate == 0 { found += 1 }
    }
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var offset = 0
    while offset < bytes.count,
      isOwn(bytes, at: offset, isLast: isLast),
      let next = step(bytes, from: offset, isLast: isLast, into: &sink)
    {
      if next > offset {
        isBehindReturn = bytes[next - 1] == ASCII.carriageReturn
        isBehindBlank = ASCII.isBlank(bytes[next - 1]) || Self.isLineEnd(bytes[next - 1])
      }
      offset = next
    }
    if !isLast && !isAtText { return rest(from: offset) }
    while records.depth > 0 { closeInnermost(isCutOff: true, into: &sink) }
    records.closeAll(into: &sink)
    expects = .name
    passing = .nothing
    unnamed = nil
    isAtLineStart = true
    return isAtText ? offset : bytes.count
  }

  /// Begins a document on the line of this number, behind other text.
  mutating func begin(atLine number: UInt32, records: UInt32) {
    line = number
    self.records.goOn(behind: records)
    isAtText = false
    isAtLineStart = false
    isBehindDocument = false
    isBehindReturn = false
    isOnNewLine = true
    isBehindBlank = true
  }

  /// Whether the byte at `offset` is for this reader: no line of another layout begins there, and it does not
  /// take more bytes to tell.
  private mutating func isOwn(_ bytes: Span<UInt8>, at offset: Int, isLast: Bool) -> Bool {
    guard endsAtText, isAtLineStart || isBehindDocument, passing == .nothing,
      !TextPart.isSpace(bytes[offset])
    else { return true }
    // The `;` behind a document is the program's of which it is a part.
    if !isAtLineStart && !ASCII.isLetter(bytes[offset]) && !ASCII.isDigit(bytes[offset]) {
      isBehindDocument = false
      return true
    }
    let isText =
      records.depth == 0
      ? TextPart.isText(at: offset, in: bytes, isLast: isLast)
      : TextPart.isTextForSure(at: offset, in: bytes, isLast: isLast, labels)
    guard let isText else { return false }
    isAtText = isText
    isAtLineStart = false
    isBehindDocument = false
    return !isText
  }

  /// How many bytes are taken: up to a value that is not named yet, as its place would be of no use in
  /// another chunk. It is read again with the next.
  private mutating func rest(from offset: Int) -> Int {
    guard let value = unnamed else { return offset }
    unnamed = nil
    if offset - value.start > UnnamedValue.maxBytes { return offset }
    records.goBack(to: value.mark)
    name = JSONName(role: .fieldValue)
    expects = .value
    passing = .nothing
    line = value.line
    isAtLineStart = false
    isBehindBlank = value.isBehindBlank
    return value.start
  }

  /// Takes what stands at `offset` and returns where it ends, or nil if its end is not there yet.
  private mutating func step<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, from offset: Int, isLast: Bool, into sink: inout Sink
  ) -> Int? {
    if passing != .nothing { return pass(bytes, from: offset, isLast: isLast) }
    let byte = bytes[offset]
    switch byte {
    case ASCII.space, ASCII.tab, 0: return offset + 1
    case ASCII.lineFeed, ASCII.carriageReturn: endLine(byte)
    case 0x7B: open(list: false, &sink)
    case ASCII.openBracket: open(list: true, &sink)
    case 0x7D: close(list: false, &sink)
    case ASCII.closeBracket: close(list: true, &sink)
    case ASCII.comma: expects = .name
    case ASCII.colon: if expects == .colon { expects = .value }
    case ASCII.quote, ASCII.apostrophe:
      return string(bytes, from: offset, isLast: isLast, into: &sink)
    default:
      if isBehindBlank && (byte == ASCII.slash || byte == ASCII.hash) {
        guard let next = comment(bytes, from: offset, isLast: isLast) else { return nil }
        if next > offset { return next }
      }
      return word(bytes, from: offset, isLast: isLast)
    }
    return offset + 1
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == ASCII.lineFeed || byte == ASCII.carriageReturn
  }

  private mutating func endLine(_ byte: UInt8) {
    // The LF of a CRLF ends no line of its own.
    if byte == ASCII.carriageReturn || !isBehindReturn { line &+= 1 }
    isOnNewLine = true
    isAtLineStart = true
    isBehindDocument = false
  }

  // MARK: Objects and lists

  private mutating func open<Sink: CredentialSink & ~Copyable>(
    list: Bool, _ sink: inout Sink
  ) {
    unnamed = nil
    // An object within an object has a name. If it has none, the one round it was cut off.
    while expects != .value && records.depth > 0 && !records.isInList {
      closeInnermost(isCutOff: true, into: &sink)
    }
    let isNamed = expects == .value
    let role = isNamed ? name.role : .none
    records.open(
      list: list, role: role.isText || role == .password ? role : .none,
      isForm: isNamed && name.isForm, isPart: isNamed && !list && name.isPart)
    // `"login": {"value": "ann"}`
    if !list && (role.isText || role == .password) { records.nameField(role) }
    let hasSite = name.isURL || name.isSureHost
    // What stood too deep was given up.
    if pieces.depth > records.depth - 1 { readPieces(into: &sink) }
    if list && isNamed && (name.isText || name.isTextAgain || hasSite) && !pieces.isOpen {
      pieces.begin(
        depth: records.depth, isRepeated: name.isTextAgain && isNameBehindText,
        host: hasSite ? nameURL : [])
    }
    row.end()
    if list && records.openRole == .none && pieces.depth < records.depth {
      row.begin(depth: records.depth)
    }
    if isNamed && name.isPlace {
      let start = records.text.count
      records.text.append(contentsOf: nameURL)
      records.addText(.url, from: start, line: line, isFromBelow: list, isGuess: name.isHost)
    }
    expects = .name
    isOnNewLine = false
  }

  private mutating func close<Sink: CredentialSink & ~Copyable>(
    list: Bool, _ sink: inout Sink
  ) {
    unnamed = nil
    if records.isOpen(list: list) {
      // What is still open within has lost its own end.
      while records.isInList != list { closeInnermost(isCutOff: true, into: &sink) }
      closeInnermost(into: &sink)
    }
    expects = records.depth == 0 ? .name : .end
    isOnNewLine = false
    isBehindDocument = records.depth == 0
  }

  private mutating func closeInnermost<Sink: CredentialSink & ~Copyable>(
    isCutOff: Bool = false, into sink: inout Sink
  ) {
    if pieces.isOpen && records.depth == pieces.depth + 1 { pieces.endObject() }
    if row.depth == records.depth && row.isRecord { readRow(into: &sink) }
    row.end()
    records.close(isCutOff: isCutOff, into: &sink)
    isBehindText = false
    if pieces.depth > records.depth { readPieces(into: &sink) }
  }

  /// Reports the list that is a record, as an object would be.
  private mutating func readRow<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    if records.depth == NestedRecords.maxDepth { return }
    // No bytes are copied; the compiler wants them apart from this reader.
    let values = row
    records.open(list: false, role: .none)
    func add(_ role: NestedRecords.Role, _ place: ByteRange) {
      let start = records.text.count
      JSONEscapes.append(place, of: values.text.span, to: &records.text)
      records.addText(role, from: start, line: values.line)
    }
    add(.url, ByteRange(0, values.urlEnd))
    add(.login, ByteRange(values.urlEnd, values.text.count))
    records.add(.password, isFilled: values.isFilled, line: values.line)
    records.close(into: &sink)
  }

  /// Takes a value of the list that may be a record.
  private mutating func takeInRow(_ value: Value, in bytes: Span<UInt8>) {
    guard value.kind == .plain || value.kind == .escaped, !value.isWord else { return row.end() }
    let isURL =
      value.kind == .escaped
      ? readUnescaped(value.place, of: bytes) { URLText.hasScheme(at: $0, in: $1) }
      : URLText.hasScheme(at: value.place, in: bytes)
    row.take(value.place, isURL: isURL, of: bytes, onLine: line)
  }

  /// What `read` says of an escaped value, as text.
  private mutating func readUnescaped<Result>(
    _ place: ByteRange, of bytes: Span<UInt8>, _ read: (ByteRange, Span<UInt8>) -> Result
  ) -> Result {
    let start = records.text.count
    JSONEscapes.append(place, of: bytes, to: &records.text)
    defer { records.text.removeLast(records.text.count - start) }
    return read(ByteRange(start, records.text.count), records.text.span)
  }

  // MARK: Messages in pieces

  /// Reads the message whose list was closed.
  private mutating func readPieces<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    readJoined(into: &sink)
    pieces.end()
    isBehindText = true
  }

  private mutating func readJoined<Sink: CredentialSink & ~Copyable>(into sink: inout Sink) {
    // No bytes are copied; the compiler wants them apart from this reader.
    let joined = pieces
    let host = ByteRange(0, joined.hostEnd)
    let place = ByteRange(host.end, joined.text.count)
    guard joined.text.span.firstOffset(of: ASCII.colon, in: place.bounds) != nil else { return }
    lines.readString(
      place, onLine: line, starts: joined.starts.span, host: host, records: records.count,
      in: joined.text.span, into: &sink)
    records.goOn(behind: lines.recordCount)
  }

  /// Takes the string at `place` if it is a piece of the message that is open; `isValue` if it has a name.
  private mutating func takePiece<Sink: CredentialSink & ~Copyable>(
    _ place: ByteRange, isValue: Bool, of bytes: Span<UInt8>, into sink: inout Sink
  ) -> Bool {
    guard pieces.isOpen else { return false }
    let isOfObject = isValue && name.isText && records.depth == pieces.depth + 1
    guard isOfObject || !isValue && records.depth == pieces.depth else { return false }
    if pieces.isFull(with: place.count) {
      readJoined(into: &sink)
      pieces.clear()
    }
    if isOfObject {
      pieces.appendOfObject(place, of: bytes, onLine: line)
    } else {
      pieces.append(place, of: bytes, onLine: line)
    }
    return true
  }

  // MARK: Strings and words

  /// Takes a string and what stands there by it: a name, or a value.
  private mutating func string<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, from start: Int, isLast: Bool, into sink: inout Sink
  ) -> Int? {
    if isMisplaced { return beginPassingFault(at: start) }
    let quote = bytes[start]
    var end = start + 1
    var hasEscape = false
    while end < bytes.count {
      let byte = bytes[end]
      if byte == quote || Self.isLineEnd(byte) { break }
      if byte == ASCII.backslash {
        hasEscape = true
        // A line end ends the string all the same.
        if end + 1 == bytes.count || !Self.isLineEnd(bytes[end + 1]) { end += 1 }
      }
      end += 1
    }
    let isLong = Swift.min(end, bytes.count) - start - 1 > NestedRecords.maxValueBytes
    if end >= bytes.count && !isLast {
      if !isLong { return nil }
      passing = .string(quote: quote)
      take(Value(kind: .long, place: ByteRange(start + 1, bytes.count)), in: bytes)
      // A backslash as the last byte belongs to what follows.
      return end > bytes.count ? bytes.count - 1 : end
    }
    end = Swift.min(end, bytes.count)
    let isClosed = end < bytes.count && bytes[end] == quote
    let kind: Value.Kind =
      isLong ? .long : !isClosed ? .broken : hasEscape ? .escaped : .plain
    let place = ByteRange(start + 1, end)
    let isWhole = kind == .plain || kind == .escaped
    let isValue = expects == .value
    let isText = isWhole && isOfNoRole
    if isWhole && isValue && name.isType && pieces.isOpen && records.depth == pieces.depth + 1 {
      pieces.noteType()
    }
    take(Value(kind: kind, place: place), in: bytes)
    if isText && takePiece(place, isValue: isValue, of: bytes, into: &sink) {
      return end + 1
    }
    if isText && bytes.firstOffset(of: ASCII.colon, in: place.bounds) != nil {
      lines.readString(
        place, onLine: line, starts: Span(), host: .empty, records: records.count, in: bytes,
        into: &sink)
      records.goOn(behind: lines.recordCount)
    }
    // A text that is cut there is not at fault.
    if !isClosed && end < bytes.count { faults += 1 }
    return isClosed ? end + 1 : end
  }

  /// Whether the value at hand is one whose name, or list, says nothing. Behind a value that waits for its name, none is:
  /// it would be read again with the next chunk.
  private var isOfNoRole: Bool {
    guard records.depth > 0, unnamed == nil else { return false }
    if expects != .value { return records.isInList && records.openRole == .none }
    return name.role == .none && !name.isOther && !(name.isNumber && records.openRole != .none)
  }

  /// Takes what has no quotes: a number, `null`, `True`, a name, or text that is not JSON.
  private mutating func word(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    if isMisplaced { return beginPassingFault(at: start) }
    let limit = Swift.min(bytes.count, start + NestedRecords.maxValueBytes)
    var end = start
    while end < limit, !Self.endsWord(bytes[end]) {
      end += 1
      // Python's u'ann'
      if end == start + 1, end < limit, Self.isStringPrefix(bytes[start]),
        bytes[end] == ASCII.quote || bytes[end] == ASCII.apostrophe
      {
        return end
      }
    }
    if end == bytes.count && !isLast && end < start + NestedRecords.maxValueBytes { return nil }
    let place = ByteRange(start, end)
    let kind: Value.Kind =
      Self.isNumber(place, in: bytes)
      ? .plain : Self.isLiteral(place, in: bytes) ? .literal : .broken
    let isMark = bytes.withoutMark(place).isEmpty
    // Anything may stand before the first object.
    if (records.depth == 0 && !isMark && names > 0) || (expects == .value && kind == .broken) {
      faults += 1
    }
    take(Value(kind: kind, place: place, isWord: true), in: bytes)
    return end
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case ASCII.comma, ASCII.colon, ASCII.openBracket, ASCII.closeBracket, 0x7B, 0x7D, ASCII.space,
      ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn, 0:
      return true
    default: return false
    }
  }

  private static func isStringPrefix(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case 0x75, 0x62, 0x72: return true
    default: return false
    }
  }

  private static func isNumber(_ place: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if place.isEmpty { return false }
    for offset in place.bounds {
      let byte = bytes[offset]
      let isSign = offset == place.start && (byte == ASCII.hyphen || byte == 0x2B)
      if !ASCII.isDigit(byte) && byte != ASCII.dot && !isSign { return false }
    }
    return ASCII.isDigit(bytes[place.end - 1])
  }

  private static func isLiteral(_ place: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for text in literals where bytes.equals(place, lowercase: text) { return true }
    return false
  }

  private static let literals: [StaticString] = [
    "null", "none", "nil", "true", "false", "nan", "undefined",
  ]

  // MARK: Names and values

  private struct Value {
    /// `broken` lacks its quote or is a word that means nothing; `long` is too long to be kept.
    enum Kind { case plain, escaped, literal, broken, long }
    var kind: Kind
    var place = ByteRange.empty
    var isWord = false
    /// Where it begins, with its quote.
    var start: Int { isWord ? place.start : place.start - 1 }
  }

  /// A value of `{"value": "ann", "name": "username"}`, until its name is there, or an object or list begins or ends.
  private struct UnnamedValue {
    /// Between the value's beginning and that of its name, in bytes: the longest value, and as much again.
    static let maxBytes = 2 * NestedRecords.maxValueBytes

    var value: Value
    /// What was so at the value's beginning.
    var line: UInt32
    var isBehindBlank: Bool
    var mark: NestedRecords.Mark

    var start: Int { value.start }
  }

  private mutating func take(_ value: Value, in bytes: Span<UInt8>) {
    if records.depth == 0 { return }
    if expects == .value {
      isBehindText = name.isText && !value.isWord
      takeValue(value, name.role, isOfList: name.isNumber && records.openRole != .none, in: bytes)
      expects = .end
      isOnNewLine = false
    } else if records.isInList {
      if row.depth == records.depth { takeInRow(value, in: bytes) }
      takeValue(value, records.openRole, isOfList: true, in: bytes)
      expects = .end
      isOnNewLine = false
    } else {
      takeName(value, in: bytes)
      expects = .colon
    }
  }

  private mutating func takeName(_ value: Value, in bytes: Span<UInt8>) {
    names += 1
    name = JSONName()
    isNameBehindText = isBehindText
    isBehindText = false
    // A name without quotes is a word, and no number.
    if value.kind == .long || (value.kind == .broken && !value.isWord) { return }
    if value.kind == .escaped {
      let start = records.text.count
      JSONEscapes.append(value.place, of: bytes, to: &records.text)
      let unescaped = ByteRange(start, records.text.count)
      name = JSONName(unescaped, in: records.text.span, labels: labels)
      nameURL.removeAll(keepingCapacity: true)
      if name.isPlace { nameURL.append(contentsOf: records.text[start...]) }
      records.text.removeLast(records.text.count - start)
    } else {
      name = JSONName(value.place, in: bytes, labels: labels)
      nameURL.removeAll(keepingCapacity: true)
      if name.isPlace {
        for offset in value.place.bounds { nameURL.append(bytes[offset]) }
      }
    }
    if name.isOfCredential { records.noteCredential() }
  }

  private mutating func takeValue(
    _ value: Value, _ role: NestedRecords.Role, isOfList: Bool, in bytes: Span<UInt8>
  ) {
    if name.isEncryption && !isOfList && value.isWord {
      if records.depth > 1 { return }
      records.isEncrypted = bytes.equals(value.place, lowercase: "true")
      return
    }
    // `{"0": "ann"}` within `"username"` is a list, too.
    let role = isOfList ? records.openRole : role
    switch role {
    case .none: return
    case .password:
      // PHP writes N/A so. No other placeholder has an escape, and a password is not copied to undo any.
      let isNone =
        Placeholder.stands(at: value.place, in: bytes)
        || bytes.equals(value.place, lowercase: "n\\/a")
      let isFilled = value.kind != .literal && !isNone
      records.add(
        .password, isFilled: isFilled || value.kind == .long, line: line, isOfList: isOfList)
    case .fieldName: nameField(value, in: bytes)
    case .fieldValue: takeFieldValue(value, in: bytes)
    case .url, .login, .email:
      let start = records.text.count
      switch value.kind {
      case .plain: for offset in value.place.bounds { records.text.append(bytes[offset]) }
      case .escaped: JSONEscapes.append(value.place, of: bytes, to: &records.text)
      case .long where role == .url:
        // The host stands in its beginning.
        let end = Swift.min(value.place.end, value.place.start + NestedRecords.maxURLBytes)
        JSONEscapes.append(ByteRange(value.place.start, end), of: bytes, to: &records.text)
      case .literal, .broken, .long: break
      }
      records.addText(role, from: start, line: line, isOfList: isOfList)
    }
  }

  private mutating func nameField(_ value: Value, in bytes: Span<UInt8>) {
    let meaning: LabelDictionary.Class?
    switch value.kind {
    case .plain where !value.isWord:
      meaning = ExportNames.meaning(of: value.place, in: bytes, labels: labels)
    case .escaped:
      let labels = labels
      meaning = readUnescaped(value.place, of: bytes) {
        ExportNames.meaning(of: $0, in: $1, labels: labels)
      }
    default: return
    }
    records.nameField(NestedRecords.Role(meaning))
    guard let before = unnamed, records.fieldRole != .none else { return }
    unnamed = nil
    if value.place.start - before.start > UnnamedValue.maxBytes { return }
    let here = line
    line = before.line
    takeFieldValue(before.value, in: bytes)
    line = here
  }

  private mutating func takeFieldValue(_ value: Value, in bytes: Span<UInt8>) {
    let role = records.fieldRole
    if role != .none {
      takeValue(value, role, isOfList: false, in: bytes)
      records.pairField()
    } else if unnamed == nil && value.kind != .long {
      unnamed = UnnamedValue(
        value: value, line: line, isBehindBlank: isBehindBlank, mark: records.mark)
    }
  }

  // MARK: What is passed over

  /// Whether a value ended before, and neither comma, bracket nor line end stands between.
  private var isMisplaced: Bool { expects == .end && !isOnNewLine && records.depth > 0 }

  /// Takes the value before back, as it was cut wrongly, and passes over what follows it.
  private mutating func beginPassingFault(at offset: Int) -> Int {
    faults += 1
    unnamed = nil
    records.noteCredential()
    row.end()
    if !records.isInList { records.dropLast() }
    passing = records.isInList ? .faultyList : .faultyObject
    return offset
  }

  private mutating func comment(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    if bytes[start] == ASCII.hash {
      passing = .lineComment
      return start + 1
    }
    guard start + 1 < bytes.count else { return isLast ? start : nil }
    switch bytes[start + 1] {
    case ASCII.slash: passing = .lineComment
    // Between documents stands any text, where it might never end.
    case 0x2A where records.depth > 0: passing = .blockComment
    default: return start
    }
    return start + 2
  }

  /// Steps towards the end of what is passed over; nil if that takes more bytes.
  private mutating func pass(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var offset = start
    while offset < bytes.count {
      let byte = bytes[offset]
      let isAtEnd = offset + 1 == bytes.count
      let isLineEnd = Self.isLineEnd(byte)
      switch passing {
      case .string(let quote):
        if byte == ASCII.backslash {
          if isAtEnd && !isLast { return offset == start ? nil : offset }
          if !isAtEnd && !Self.isLineEnd(bytes[offset + 1]) { offset += 1 }
        } else if byte == quote || isLineEnd {
          passing = .nothing
          return byte == quote ? offset + 1 : offset
        }
      case .blockComment:
        if byte == 0x2A {
          if isAtEnd && !isLast { return offset == start ? nil : offset }
          if !isAtEnd && bytes[offset + 1] == ASCII.slash {
            passing = .nothing
            return offset + 2
          }
        }
        if isLineEnd { endLine(byte) }
        isBehindReturn = byte == ASCII.carriageReturn
      case .lineComment:
        if isLineEnd {
          passing = .nothing
          return offset
        }
      case .faultyObject, .faultyList:
        let isListEnd = byte == 0x7B || byte == ASCII.closeBracket
        if byte == 0x7D || isLineEnd || (passing == .faultyList && isListEnd) {
          passing = .nothing
          return offset
        }
      case .nothing: return offset
      }
      offset += 1
    }
    return bytes.count
  }
}
