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
  enum Expects { case name, colon, value, end }

  /// What is passed over until it ends, over any number of chunks.
  enum Passing: Equatable {
    case nothing
    case string(quote: UInt8)
    case lineComment, blockComment
    /// The rest of an object, or of a list, in which something was wrong.
    case faultyObject, faultyList
  }

  let labels: LabelDictionary
  var records = NestedRecords(layout: .json)
  public var recordCount: UInt32 { records.count }
  /// Whether a value was left out, as there were more, or longer ones, than is kept.
  var isCut: Bool { records.isCut || lines.isCut }
  /// Reads the lines in strings.
  var lines: TextLines
  var pieces = JSONPieces()
  var row = JSONRow()
  /// Whether the value before was a message's text, and whether it stood before the name at hand.
  var isBehindText = false
  var isNameBehindText = false

  var expects = Expects.name
  var passing = Passing.nothing
  var name = JSONName()
  /// The URL or address that is a name, `{"https://a.example/": {…}}`, `{"ann@c.example": …}`.
  var nameText: [UInt8] = []
  /// The quote of the name before.
  private var nameQuote: UInt8?
  /// The line at hand, from 1.
  var line: UInt32 = 1
  /// Whether the reading ends where other text begins (`MixedText`).
  var endsAtText = false
  /// Whether it ended so, and whether that was behind a document on its line.
  private(set) var isAtText = false
  private(set) var isAtTextWithinLine = false
  /// Whether it began behind a program's words: it goes on behind a line's end only with what surely belongs to it.
  private(set) var isOfWords = false
  private var isAtLineStart = true
  /// Whether a document ended on this line, and nothing but blanks stands behind it.
  private var isBehindDocument = false
  var isBehindReturn = false
  /// Whether a line ended since the last value: then a comma may be missing.
  var isOnNewLine = true
  /// Whether the byte before was a blank or a line's end: a comment begins nowhere else.
  var isBehindBlank = true
  /// Whether the last string did not end on its line.
  var isStringOpen = false
  var names = 0
  var faults = 0
  var unnamed: UnnamedValue?

  public init(labels: LabelDictionary) {
    self.labels = labels
    lines = TextLines(labels: labels, takesBareLines: false)
    nameText.reserveCapacity(256)
  }

  public static func records(
    in sample: Span<UInt8>, _ lines: LineSample, labels: LabelDictionary
  ) -> Int {
    let shape = JSONShape(sample)
    guard shape.objectLines > 0 || shape.isDocument || shape.isLineOfObjects else { return 0 }
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
  mutating func begin(atLine number: UInt32, isOfWords: Bool, records: UInt32) {
    line = number
    self.isOfWords = isOfWords
    isStringOpen = false
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
    let isText: Bool?
    if records.depth == 0 {
      isText = TextPart.isText(
        at: offset, in: bytes, isAtLineStart: isAtLineStart, isLast: isLast, labels)
    } else if isOfWords {
      let goesOn = isStringOpen ? false : TextPart.goesOn(at: offset, in: bytes, isLast: isLast)
      isText = goesOn.map { !$0 }
    } else {
      isText = TextPart.isNoJSON(
        at: offset, in: bytes, mayBeMember: expects == .value || records.isInList || isStringOpen,
        isLast: isLast, labels)
    }
    guard let isText else { return false }
    isAtText = isText
    isAtTextWithinLine = isText && !isAtLineStart
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

  static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == ASCII.lineFeed || byte == ASCII.carriageReturn
  }

  mutating func endLine(_ byte: UInt8) {
    // The LF of a CRLF ends no line of its own.
    if byte == ASCII.carriageReturn || !isBehindReturn { line &+= 1 }
    isOnNewLine = true
    isAtLineStart = true
    isBehindDocument = false
  }

  // MARK: Objects and lists

  mutating func open<Sink: CredentialSink & ~Copyable>(
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
        host: hasSite ? nameText : [])
    }
    row.end()
    // A list that has a site for its name holds lines, or one login and its password.
    let isOfSite = isNamed && hasSite
    if list && records.openRole == .none && (pieces.depth < records.depth || isOfSite) {
      row.begin(depth: records.depth)
    }
    if isNamed && name.isPlace { addName(.url, isFromBelow: list, isGuess: name.isHost) }
    // `{"ann@c.example": {"password": …}}`
    if isNamed && !list && name.isAddress { addName(.login, isGuess: true) }
    expects = .name
    isOnNewLine = false
  }

  /// Adds the name of what is open to its values.
  mutating func addName(
    _ role: NestedRecords.Role, isFromBelow: Bool = false, isGuess: Bool = false
  ) {
    let start = records.text.count
    records.text.append(contentsOf: nameText)
    records.addText(role, from: start, line: line, isFromBelow: isFromBelow, isGuess: isGuess)
  }

  mutating func close<Sink: CredentialSink & ~Copyable>(
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

  // MARK: Strings and words

  /// Takes a string and what stands there by it: a name, or a value.
  mutating func string<Sink: CredentialSink & ~Copyable>(
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
    if end >= bytes.count && !isLast && !isLong { return nil }
    let isClosed = end < bytes.count && bytes[end] == quote
    isStringOpen = !isClosed
    // Where names have other quotes, it is a byte that was damaged.
    if quote == ASCII.apostrophe, nameQuote != quote, isLong || !isClosed {
      if records.depth > 0 { return passFault(at: start + 1) }
      faults += 1
      return start + 1
    }
    if end >= bytes.count && !isLast {
      passing = .string(quote: quote)
      take(Value(kind: .long, place: ByteRange(start + 1, bytes.count)), in: bytes)
      // A backslash as the last byte belongs to what follows.
      return end > bytes.count ? bytes.count - 1 : end
    }
    end = Swift.min(end, bytes.count)
    let kind: Value.Kind =
      isLong ? .long : !isClosed ? .broken : hasEscape ? .escaped : .plain
    let place = ByteRange(start + 1, end)
    let isWhole = kind == .plain || kind == .escaped
    let isValue = expects == .value
    if !isValue && isClosed && !records.isInList { nameQuote = quote }
    let isText = isWhole && isOfNoRole
    if isWhole && isValue && name.isType && pieces.isOpen && records.depth == pieces.depth + 1 {
      pieces.noteType()
    }
    if isText && isValue && name.isAddress { readNamed(place, of: bytes, into: &sink) }
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
  mutating func word(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    if isMisplaced { return beginPassingFault(at: start) }
    let limit = Swift.min(bytes.count, start + NestedRecords.maxValueBytes)
    var end = start
    while end < limit, !JSONWord.isEnd(bytes[end]) {
      end += 1
      // Python's u'ann'
      if end == start + 1, end < limit, JSONWord.isStringPrefix(bytes[start]),
        bytes[end] == ASCII.quote || bytes[end] == ASCII.apostrophe
      {
        return end
      }
    }
    if end == bytes.count && !isLast && end < start + NestedRecords.maxValueBytes { return nil }
    let place = ByteRange(start, end)
    let kind: Value.Kind =
      JSONWord.isNumber(place, in: bytes)
      ? .plain : JSONWord.isLiteral(place, in: bytes) ? .literal : .broken
    let isMark = bytes.withoutMark(place).isEmpty
    // Anything may stand before the first object.
    if (records.depth == 0 && !isMark && names > 0) || (expects == .value && kind == .broken) {
      faults += 1
    }
    take(Value(kind: kind, place: place, isWord: true), in: bytes)
    return end
  }
}
