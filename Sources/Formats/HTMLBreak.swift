internal import Bytes

/// A tag of HTML that ends a line within a line of text, as keyloggers write whole logs: `<br>`, `<hr>`, `</p>`.
struct HTMLBreak {
  var place: ByteRange
  /// Whether the tag parts records.
  var isRule: Bool

  /// The first break in `text` that has text before and behind it; nil if there is none.
  @inline(__always)
  init?(in text: ByteRange, of bytes: Span<UInt8>) {
    guard let first = bytes.firstOffset(of: 0x3C, in: text.bounds) else { return nil }
    self.init(in: text, from: first, of: bytes)
  }

  private init?(in text: ByteRange, from first: Int, of bytes: Span<UInt8>) {
    var open = first
    while true {
      if let end = LineStart.tagEnd(bytes, at: open, to: text.end),
        let isRule = Self.isRule(ByteRange(open + 1, end - 1), in: bytes),
        !Self.isBlank(ByteRange(text.start, open), in: bytes)
      {
        place = ByteRange(open, end)
        self.isRule = isRule
        if Self.isBlank(ByteRange(end, text.end), in: bytes) { return nil }
        // `…<br><hr>URL: …`: what parts records may stand behind what ends the line. Of tags that end the text the last is its
        // text; the others are passed over at once, or a line of nothing else would be looked through from each of them.
        var whole = self
        while let end = LineStart.tagEnd(bytes, at: whole.place.end, to: text.end),
          let isRule = Self.isRule(ByteRange(whole.place.end + 1, end - 1), in: bytes)
        {
          self = whole
          whole.place.end = end
          whole.isRule = whole.isRule || isRule
        }
        if !Self.isBlank(ByteRange(whole.place.end, text.end), in: bytes) { self = whole }
        return
      }
      guard let next = bytes.firstOffset(of: 0x3C, in: (open + 1)..<text.end) else { return nil }
      open = next
    }
  }

  private static func isBlank(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in text.bounds where !ASCII.isBlank(bytes[offset]) { return false }
    return true
  }

  /// Whether a tag parts records, or nil if it ends no line.
  private static func isRule(_ tag: ByteRange, in bytes: Span<UInt8>) -> Bool? {
    var name = tag
    if !name.isEmpty, bytes[name.start] == ASCII.slash { name.start += 1 }
    if !name.isEmpty, bytes[name.end - 1] == ASCII.slash { name.end -= 1 }
    if bytes.equals(bytes.trimmed(name), lowercase: "hr") { return true }
    for known: StaticString in ["br", "p", "div", "li"]
    where bytes.equals(bytes.trimmed(name), lowercase: known) {
      return false
    }
    return nil
  }
}
