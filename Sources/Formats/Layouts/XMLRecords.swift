internal import Bytes

/// Records as XML: KeePass 2 (`Entry/String/{Key,Value}`), FileZilla (`<Host>`, `<User>`, `<Pass>`), and any
/// other that has an element for each field, an element that an attribute names (`<field name="Login">`), a name
/// before each (`<key>login</key><string>…`), or an attribute (`<Node Hostname="…" Username="…" Password="…"/>`).
///
/// It reads elements, their text and those attributes, and nothing else: processing instructions and declarations are
/// passed over. Entities are the five of XML and numbers; what a document declares is never expanded. An
/// end tag closes the innermost element of its name, so one that is missing costs its record.
public struct XMLRecords: Layout {
  /// What is passed over until it ends, over any number of chunks.
  enum Passing: Equatable {
    case nothing, comment, instruction, declaration, subset, text, cdata
  }

  /// A tag longer than this is text. In bytes.
  static let maxTagBytes = 8192

  let labels: LabelDictionary
  var records = NestedRecords(layout: .xml)
  public var recordCount: UInt32 { records.count }
  /// Whether a value was left out, as there were more, or longer ones, than is kept.
  var isCut: Bool { records.isCut }

  var passing = Passing.nothing
  /// The line at hand, from 1.
  private(set) var line: UInt32 = 1
  /// Whether the reading ends where other text begins (`MixedText`).
  var endsAtText = false
  /// Whether it ended so.
  private(set) var isAtText = false
  private var isBehindReturn = false
  /// The line of the first text of the element that is open.
  var textLine: UInt32 = 0
  /// Whether a password stands in the element that is open.
  var isFilled = false
  /// Whether the element that was opened last is a name or a value of Apple's lists of properties.
  var isOfPropertyList = false
  /// Whether the text of the element that is open is too long, or one that is not kept.
  var isTooLong = false

  public init(labels: LabelDictionary) {
    self.labels = labels
  }

  public static func records(
    in sample: Span<UInt8>, _ lines: LineSample, labels: LabelDictionary
  ) -> Int {
    let text = sample.trimmedOfLines(sample.withoutMark(ByteRange(0, sample.count)))
    guard text.count > 1, sample[text.start] == 0x3C else { return 0 }
    let isDeclared = sample.starts(text, withLowercase: "<?xml")
    let second = sample[text.start + 1]
    guard isDeclared || ASCII.isLetter(second) || second == 0x21 else { return 0 }
    var layout = XMLRecords(labels: labels)
    var counter = Counter()
    _ = layout.read(sample, isLast: true, into: &counter)
    if isDeclared || counter.found > 0 { return Int.max }
    return isLineOfElements(text, in: sample) ? 1 : 0
  }

  /// Whether all that is seen of a text is one line that begins with an element, and longer than any record of another layout: its
  /// records may stand further on. A page of HTML is none: its first element is one of pages, or it has one that no data has.
  private static func isLineOfElements(_ text: ByteRange, in sample: Span<UInt8>) -> Bool {
    guard text.count >= minLineBytes, sample[text.start + 1] != 0x21,
      sample.firstOffset(of: ASCII.lineFeed, or: ASCII.carriageReturn, in: text.bounds) == nil
    else { return false }
    var from = text.start
    while let open = sample.firstOffset(of: 0x3C, in: from..<text.end) {
      from = open + 1
      while from < text.end, !endsName(sample[from]) { from += 1 }
      let name = ByteRange(open + 1, from)
      let kind = elementsOfPages.value(of: name, in: sample)
      if kind == ofLayout || kind != nil && open == text.start { return false }
    }
    return true
  }

  /// In bytes: half of what is seen of a file, as decoding may make it shorter.
  private static let minLineBytes = 32 << 10

  /// Elements of pages by name: those that no data has, and others.
  private static let elementsOfPages = ByteTable(
    [
      "html", "table", "thead", "tbody", "tr", "td", "th", "div", "span", "br", "hr", "img",
      "script", "h1", "h2", "h3", "h4", "h5", "h6",
    ].map { (Array($0.utf8), ofLayout) }
      + [
        "head", "body", "p", "a", "b", "i", "u", "ul", "ol", "li", "pre", "code", "font", "center",
        "section", "article", "main", "header", "footer", "nav", "form", "svg", "style", "meta",
        "link", "title", "strong", "em", "small", "blockquote", "details", "summary", "dl", "dt",
        "dd", "aside", "noscript", "template", "fieldset", "label", "button", "input", "select",
        "iframe", "tt", "kbd", "samp", "caption", "tfoot", "colgroup", "figure", "nobr", "big",
        "s", "del", "mark", "address", "canvas", "object", "video", "audio",
      ].map { (Array($0.utf8), ofLayout + 1) },
    foldsCase: true)
  private static let ofLayout: UInt32 = 1

  private struct Counter: CredentialSink {
    var found = 0

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) { found += 1 }
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var offset = 0
    while offset < bytes.count, !isAtText,
      let next = step(bytes, from: offset, isLast: isLast, into: &sink)
    {
      countLines(bytes, offset..<next)
      offset = next
    }
    if !isLast && !isAtText { return offset }
    // Text of an element that is cut off is none.
    records.closeAll(into: &sink)
    passing = .nothing
    return isAtText ? offset : bytes.count
  }

  /// Begins a document on the line of this number, behind other text.
  mutating func begin(atLine number: UInt32, records: UInt32) {
    line = number
    self.records.goOn(behind: records)
    isAtText = false
    isBehindReturn = false
  }

  private mutating func countLines(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    var from = range.lowerBound
    // The LF of a CRLF ends no line of its own.
    if isBehindReturn && from < range.upperBound && bytes[from] == ASCII.lineFeed { from += 1 }
    line &+= bytes.lineEnds(in: from..<range.upperBound)
    if range.upperBound > range.lowerBound {
      isBehindReturn = bytes[range.upperBound - 1] == ASCII.carriageReturn
    }
  }

  /// Takes what stands at `offset` and returns where it ends, or nil if its end is not there yet.
  private mutating func step<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, from offset: Int, isLast: Bool, into sink: inout Sink
  ) -> Int? {
    switch passing {
    case .nothing: break
    case .text, .declaration, .subset: return pass(bytes, from: offset, isLast)
    case .comment: return pass(bytes, from: offset, to: "-->", isLast)
    case .instruction: return pass(bytes, from: offset, to: "?>", isLast)
    case .cdata: return pass(bytes, from: offset, to: "]]>", isLast)
    }
    guard bytes[offset] == 0x3C else { return text(bytes, from: offset, isLast: isLast) }
    let rest = bytes.count - offset
    // `<![CDATA[` is the longest beginning.
    if rest < 9 && !isLast { return nil }
    let place = ByteRange(offset, bytes.count)
    if bytes.starts(place, withLowercase: "<!--") {
      passing = .comment
      return offset + 4
    }
    if bytes.starts(place, withLowercase: "<![cdata[") {
      return cdata(bytes, from: offset + 9, isLast: isLast)
    }
    if bytes.starts(place, withLowercase: "<?") {
      passing = .instruction
      return offset + 2
    }
    if bytes.starts(place, withLowercase: "<!") {
      passing = .declaration
      return offset + 2
    }
    if endsAtText, records.depth == 0 {
      guard let isHTML = TextPart.beginsHTML(at: offset, in: bytes, isLast: isLast) else {
        return nil
      }
      isAtText = isHTML
      if isHTML { return offset }
    }
    return tag(bytes, from: offset, isLast: isLast, into: &sink)
  }

  // MARK: Text

  /// Takes the text up to the next tag.
  mutating func text(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    if endsAtText && records.depth == 0 { return between(bytes, from: start, isLast: isLast) }
    guard let end = bytes.firstOffset(of: 0x3C, in: start..<bytes.count) else {
      if !isLast && bytes.count - start <= NestedRecords.maxValueBytes { return nil }
      if let other = otherText(in: bytes, start..<bytes.count) { return other }
      if isLast { return bytes.count }
      isTooLong = true
      isFilled = true
      if endsAtText { return start + Self.passedBytes }
      passing = .text
      return bytes.count
    }
    if endsAtText {
      let isLong = end - start > NestedRecords.maxValueBytes
      guard isLong || isLast || hasWholeName(bytes, at: end) else { return nil }
      // A value may hold anything, such as a note; text that no end tag follows is none.
      if isLong || !closesOpenElement(bytes, at: end) && !goesOn(bytes, at: end) {
        if let other = otherText(in: bytes, start..<end) { return other }
      }
      if isLong {
        isTooLong = true
        isFilled = true
        return start + Self.passedBytes
      }
    }
    take(ByteRange(start, end), hasEntities: true, in: bytes)
    return end
  }

  /// Of what is long, so much is passed over at a time where other text is looked for in it, so that every line is looked at
  /// as a whole, and what stands behind it. In bytes.
  static let passedBytes = NestedRecords.maxValueBytes - 2 * TextPart.maxLineBytes

  /// Whether the name of the tag at `offset` ends in these bytes, or is longer than any.
  private func hasWholeName(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    let limit = Swift.min(bytes.count, offset + Self.maxTagBytes)
    for place in (offset + 1)..<Swift.max(limit, offset + 1)
    where bytes[place] == 0x3E || bytes[place] == 0x3C || TextPart.isSpace(bytes[place]) {
      return true
    }
    return limit == offset + Self.maxTagBytes
  }

  /// Whether a comment or more text (CDATA) of the element stands at `offset`.
  private func goesOn(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    offset + 2 < bytes.count && bytes[offset + 1] == 0x21
      && (bytes[offset + 2] == ASCII.hyphen || bytes[offset + 2] == ASCII.openBracket)
  }

  /// Whether the end tag of the innermost element stands at `offset`.
  private func closesOpenElement(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    guard offset + 2 < bytes.count, bytes[offset + 1] == ASCII.slash else { return false }
    var end = offset + 2
    while end < bytes.count, !Self.endsName(bytes[end]) { end += 1 }
    return records.depth(ofName: Self.hash(ByteRange(offset + 2, end), in: bytes)) == 1
  }

  /// Steps over the blanks between documents, to the next one or to other text.
  mutating func between(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var offset = start
    while offset < bytes.count, TextPart.isSpace(bytes[offset]) { offset += 1 }
    if offset > start || offset == bytes.count { return offset }
    if bytes[offset] == 0xEF {
      if bytes.count - offset < 3 && !isLast { return nil }
      let rest = bytes.withoutMark(ByteRange(offset, bytes.count))
      if rest.start > offset { return rest.start }
    }
    isAtText = true
    return offset
  }

  /// Where a line of another layout begins where none may stand, or nil: the end of the document, or of an element, is
  /// missing.
  mutating func otherText(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard endsAtText else { return nil }
    let isLong = range.count > NestedRecords.maxValueBytes
    let limit = isLong ? range.lowerBound + Self.passedBytes : range.upperBound
    let text = bytes.extracting(0..<range.upperBound)
    var isAtLineStart = false
    for offset in range.lowerBound..<limit {
      if TextPart.isLineEnd(bytes[offset]) {
        isAtLineStart = true
      } else if isAtLineStart && !TextPart.isSpace(bytes[offset]) {
        isAtLineStart = false
        // A long note may hold JSON and labels, too.
        if TextPart.isTextForSure(at: offset, in: text, isLast: true, labels) == true
          || !isLong && TextPart.isNoXML(at: offset, in: text, labels)
        {
          isAtText = true
          return offset
        }
      }
    }
    return nil
  }

  private mutating func cdata(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    // Its end may lack two bytes.
    let limit = Swift.min(bytes.count, start + NestedRecords.maxValueBytes + 3)
    var from = start
    while let bracket = bytes.firstOffset(of: ASCII.closeBracket, in: from..<limit) {
      if bytes.starts(ByteRange(bracket, bytes.count), withLowercase: "]]>") {
        take(ByteRange(start, bracket), hasEntities: false, in: bytes)
        return bracket + 3
      }
      from = bracket + 1
    }
    if !isLast && bytes.count - start <= NestedRecords.maxValueBytes + 2 { return nil }
    isTooLong = true
    isFilled = true
    passing = .cdata
    return start
  }

  /// Takes text of the element that is open.
  private mutating func take(_ place: ByteRange, hasEntities: Bool, in bytes: Span<UInt8>) {
    if place.count > NestedRecords.maxValueBytes {
      // As where its end stands in another chunk.
      isTooLong = true
      isFilled = true
    }
    let trimmed = bytes.trimmedOfLines(place)
    if records.depth == 0 || trimmed.isEmpty || records.hasChild { return }
    switch role {
    case .password:
      if !Placeholder.stands(at: trimmed, in: bytes) { isFilled = true }
    case .url, .login, .email, .fieldName:
      let start = records.text.count
      if start == records.firstByte {
        textLine = line &+ bytes.lineEnds(in: place.start..<trimmed.start)
      }
      if isTooLong || start - records.firstByte + place.count > NestedRecords.maxValueBytes {
        isTooLong = true
      } else if hasEntities {
        XMLEntities.append(place, of: bytes, to: &records.text)
      } else {
        for offset in place.bounds { records.text.append(bytes[offset]) }
      }
    case .none, .fieldValue: return
    }
  }

  /// The role of the element that is open: `Value` is what `Key` said.
  var role: NestedRecords.Role {
    records.openRole == .fieldValue ? records.roundFieldRole : records.openRole
  }
}
