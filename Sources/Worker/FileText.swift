internal import Bytes
internal import Dumps
internal import Formats

/// The first bytes of a file as UTF-8, or as they are if they are not UTF-16.
enum FileText {
  static func withText(_ sample: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    guard FileKind(sample) == .utf16 else {
      body(sample)
      return
    }
    var text = [UInt8](repeating: 0, count: sample.count / 2 * 3 + 8)
    var decoder = UTF16Decoder()
    let end = decoder.decode(sample, isLast: true, into: &text, at: 0)
    let span = text.span
    body(span.extracting(0..<end))
  }
}
