internal import Bytes
internal import Dumps

/// The first bytes of a file as they will be read: in UTF-8 where they are UTF-16, and else as they are.
enum FileText {
  static func withText(_ sample: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    guard !TextDecoder.leaves(sample) else {
      body(sample)
      return
    }
    var text = [UInt8](repeating: 0, count: TextDecoder.room(for: sample.count))
    var decoder = TextDecoder()
    var end = 0
    _ = decoder.decode(sample, isLast: true, into: &text, at: &end)
    let span = text.span
    body(span.extracting(0..<end))
  }
}
