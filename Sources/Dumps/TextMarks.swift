internal import Bytes

/// What stands in a text for how it is shown, and parts or hides what the text says: colours of a terminal, links, the markup
/// of a word processor. `MarkedText` takes it out.
///
/// A file's beginning tells whether it has any, so that reading all others costs nothing more. A long one must have several: one
/// password of a list may hold what looks like a mark.
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
  /// NULs in the place of line ends (`hasNULsForLineEnds`): what no longer stands in decoded text, so whoever decodes it says
  /// that it had some.
  public static let nuls = TextMarks(rawValue: 16)

  /// Whether NULs stand in the place of line ends in a file of 8-bit text: behind its first words stand some, and no line
  /// ends. `beginning` is its first bytes.
  public static func hasNULsForLineEnds(_ beginning: Span<UInt8>) -> Bool {
    let whole = 0..<beginning.count
    guard let nul = beginning.firstOffset(of: 0, in: whole), nul > 0,
      !TextDecoder.isOfUnits(beginning)
    else {
      return false
    }
    return beginning.firstOffset(of: ASCII.lineFeed, or: ASCII.carriageReturn, in: whole) == nil
  }

  /// Those of a text of which `beginning` is the first bytes.
  public init(of beginning: Span<UInt8>) {
    self = Self.found(in: beginning)
  }

  /// A beginning of at least so many bytes must have `fewMarks` of a kind.
  private static let longBytes = 48 << 10
  private static let fewMarks = 8

  private static func found(in beginning: Span<UInt8>) -> TextMarks {
    var marks: TextMarks = []
    let whole = 0..<beginning.count
    if isDocument(beginning) { marks.insert(.document) }
    let wanted = beginning.count < longBytes ? 1 : fewMarks
    if count(MarkedText.escape, in: beginning, upTo: wanted) == wanted { marks.insert(.terminal) }
    if hasLineEnds(beginning, wanted) { marks.insert(.lineEnds) }
    var links = 0
    var open = beginning.firstOffset(of: 0x3C, in: whole)
    while let place = open, links < wanted {
      let tag = ByteRange(place + 1, beginning.count)
      if isOfPage(tag, in: beginning) { links += 1 }
      open = beginning.firstOffset(of: 0x3C, in: tag.bounds)
    }
    if links == wanted || hasMarkdownLinks(beginning, wanted - links) { marks.insert(.links) }
    return marks
  }

  private static func count(_ byte: UInt8, in bytes: Span<UInt8>, upTo limit: Int) -> Int {
    var count = 0
    var from = 0
    while count < limit, let place = bytes.firstOffset(of: byte, in: from..<bytes.count) {
      count += 1
      from = place + 1
    }
    return count
  }

  /// Whether the root element is a document's; what looks like one further down may be a password of somebody's.
  private static func isDocument(_ beginning: Span<UInt8>) -> Bool {
    // Trimmed once, its end has no blanks that each tag would pass again.
    var text = beginning.trimmedOfLines(
      beginning.withoutMark(ByteRange(0, beginning.count)))
    while text.count > 1, beginning[text.start] == 0x3C {
      let tag = ByteRange(text.start + 1, text.end)
      // `<?xml …?>` and `<!-- … -->`.
      guard beginning[tag.start] == 0x3F || beginning[tag.start] == 0x21 else {
        return roots.contains { beginning.starts(tag, withLowercase: $0) }
      }
      guard let close = beginning.firstOffset(of: 0x3E, in: tag.bounds) else { return false }
      text = beginning.trimmedOfLines(ByteRange(close + 1, text.end))
    }
    return false
  }

  private static func isOfPage(_ tag: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard !tag.isEmpty else { return false }
    switch bytes[tag.start] {
    case ASCII.slash, 0x41, 0x61, 0x42, 0x62, 0x44, 0x64, 0x48, 0x68, 0x4D, 0x6D, 0x50, 0x70, 0x21:
      return pages.contains { bytes.starts(tag, withLowercase: $0) }
    default: return false
    }
  }

  /// What links, and pages of HTML as a whole, are known by.
  private static let pages: [StaticString] = [
    "/a>", "a href=", "http:", "https:", "mailto:", "br>", "br/>", "br />", "pre>", "body", "html",
    "div ", "div>", "!doctype html",
  ]
  /// Roots of Word, of Writer and Calc, of Excel's texts and sheets, and of copies of messages, and what may stand in them.
  private static let roots: [StaticString] = [
    "w:", "office:", "text:", "sst ", "sst>", "worksheet ", "worksheet>", "smses ", "smses>",
  ]

  private static func hasMarkdownLinks(_ bytes: Span<UInt8>, _ wanted: Int) -> Bool {
    var from = 0
    var count = 0
    while let open = bytes.firstOffset(of: 0x28, in: from..<bytes.count) {
      from = open + 1
      let target = ByteRange(from, bytes.count)
      if open > 0, bytes[open - 1] == ASCII.closeBracket, MarkedText.isLink(target, in: bytes) {
        count += 1
        if count == wanted { return true }
      }
    }
    return false
  }

  private static func hasLineEnds(_ bytes: Span<UInt8>, _ wanted: Int) -> Bool {
    var found = count(MarkedText.formFeed, in: bytes, upTo: wanted)
    found += count(MarkedText.verticalTab, in: bytes, upTo: wanted - found)
    for first: UInt8 in [0xC2, 0xE2] {
      var from = 0
      while found < wanted, let place = bytes.firstOffset(of: first, in: from..<bytes.count) {
        if MarkedText.lineEnd(at: place, in: bytes) > 0 { found += 1 }
        from = place + 1
      }
    }
    return found >= wanted
  }
}
