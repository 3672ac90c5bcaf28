internal import Bytes
internal import Dumps

/// The first bytes of a file as they will be read: in UTF-8 where they are UTF-16, without marks, and else as they are.
enum FileText {
  static func withText(_ sample: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    withText(sample) { text, _ in body(text) }
  }

  /// Lends the text with what was taken out of it.
  static func withText(_ sample: Span<UInt8>, _ body: (Span<UInt8>, TextMarks) -> Void) {
    guard !TextDecoder.leaves(sample) else {
      withoutMarks(sample, body)
      return
    }
    var text = [UInt8](repeating: 0, count: TextDecoder.room(for: sample.count))
    let endsLinesAtNULs = TextMarks.hasNULsForLineEnds(sample)
    var decoder = TextDecoder(endsLinesAtNULs: endsLinesAtNULs)
    var end = 0
    _ = decoder.decode(sample, isLast: true, into: &text, at: &end)
    let span = text.span
    withoutMarks(span.extracting(0..<end)) { text, marks in
      body(text, endsLinesAtNULs ? marks.union(.nuls) : marks)
    }
  }

  private static func withoutMarks(
    _ text: Span<UInt8>, _ body: (Span<UInt8>, TextMarks) -> Void
  ) {
    let marks = TextMarks(of: text)
    if marks.isEmpty { return body(text, marks) }
    var plain = [UInt8](repeating: 0, count: text.count)
    var marked = MarkedText(marks)
    var end = 0
    _ = marked.take(text, isLast: true, into: &plain, at: &end)
    let span = plain.span
    body(span.extracting(0..<end), marks)
  }
}
