internal import Bytes

/// What stands in a text for how it is shown, and parts or hides what the text says: colours of a terminal, links, the markup
/// of a word processor. `MarkedText` takes it out.
///
/// A file's beginning tells whether it has any, so that reading all others costs nothing more.
public struct TextMarks: OptionSet, Equatable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Sequences that begin with ESC.
  public static let terminal = TextMarks(rawValue: 1)
  /// HTML's `<a href="…">`, Slack's `<mailto:ann@…|ann@…>`, Markdown's `[ann@…](mailto:ann@…)`, and `&#64;`.
  public static let links = TextMarks(rawValue: 2)
  /// Line ends that are none of a log's: U+2028, U+2029, U+0085, form feed and vertical tab.
  public static let lineEnds = TextMarks(rawValue: 4)
  /// A document's XML: Word, Writer, Calc, Excel's texts, and copies of text messages.
  public static let document = TextMarks(rawValue: 8)

  /// Those of a text of which `beginning` is the first bytes.
  public init(of beginning: Span<UInt8>) {
    self = Self.found(in: beginning)
  }

  private static func found(in beginning: Span<UInt8>) -> TextMarks {
    var marks: TextMarks = []
    let whole = 0..<beginning.count
    if beginning.firstOffset(of: MarkedText.escape, in: whole) != nil {
      marks.insert(.terminal)
    }
    if hasLineEnds(beginning) { marks.insert(.lineEnds) }
    var open = beginning.firstOffset(of: 0x3C, in: whole)
    let isXML = open == start(of: beginning)
    while let place = open {
      let tag = ByteRange(place + 1, beginning.count)
      let found = kind(tag, in: beginning)
      if found == .document {
        // Only its own marks mean something in a document. A password may look like one.
        if isXML { return found }
      } else {
        marks.formUnion(found)
      }
      open = beginning.firstOffset(of: 0x3C, in: tag.bounds)
    }
    if !marks.contains(.links), hasMarkdownLinks(beginning) { marks.insert(.links) }
    return marks
  }

  /// Where the text begins, behind a byte order mark, blanks and lines of nothing.
  private static func start(of beginning: Span<UInt8>) -> Int {
    var start = beginning.count > 2 && beginning[0] == 0xEF && beginning[1] == 0xBB ? 3 : 0
    while start < beginning.count, ASCII.isBlank(beginning[start]) || endsLine(beginning[start]) {
      start += 1
    }
    return start
  }

  private static func kind(_ tag: ByteRange, in bytes: Span<UInt8>) -> TextMarks {
    guard !tag.isEmpty else { return [] }
    switch bytes[tag.start] {
    case ASCII.slash, 0x41, 0x61, 0x42, 0x62, 0x44, 0x64, 0x48, 0x68, 0x4D, 0x6D, 0x50, 0x70, 0x21:
      for known in pages where bytes.starts(tag, withLowercase: known) { return .links }
    case 0x69, 0x73, 0x74, 0x77:
      for known in documents where bytes.starts(tag, withLowercase: known) { return .document }
    default: break
    }
    return []
  }

  /// What links, and pages of HTML as a whole, are known by.
  private static let pages: [StaticString] = [
    "/a>", "a href=", "http:", "https:", "mailto:", "br>", "br/>", "br />", "pre>", "body", "html",
    "div ", "div>", "!doctype html",
  ]
  private static let documents: [StaticString] = [
    "w:p>", "w:p ", "w:t>", "text:p>", "text:p ", "sst ", "si>", "is>", "sms ",
  ]

  private static func hasMarkdownLinks(_ bytes: Span<UInt8>) -> Bool {
    var from = 0
    while let open = bytes.firstOffset(of: 0x28, in: from..<bytes.count) {
      from = open + 1
      let target = ByteRange(from, bytes.count)
      if open > 0, bytes[open - 1] == ASCII.closeBracket, MarkedText.isLink(target, in: bytes) {
        return true
      }
    }
    return false
  }

  private static func hasLineEnds(_ bytes: Span<UInt8>) -> Bool {
    let whole = 0..<bytes.count
    if bytes.firstOffset(of: MarkedText.formFeed, in: whole) != nil { return true }
    if bytes.firstOffset(of: MarkedText.verticalTab, in: whole) != nil { return true }
    for first: UInt8 in [0xC2, 0xE2] {
      var from = 0
      while let place = bytes.firstOffset(of: first, in: from..<bytes.count) {
        if MarkedText.lineEnd(at: place, in: bytes) > 0 { return true }
        from = place + 1
      }
    }
    return false
  }
}
