internal import Bytes

/// Exports of browsers and password managers: a table of separated values whose header names the columns.
///
/// A few lines may stand before the header (`sep=;`, adverts), and a text behind the table. A file without a
/// header is another layout's.
public struct SeparatedValues: Layout {
  private var lines: TextLines

  /// The header stands within so many lines.
  private static let maxHeaderLine: UInt32 = 20

  public var recordCount: UInt32 { lines.recordCount }

  public init(labels: LabelDictionary) {
    lines = TextLines(labels: labels, takesBareLines: false)
  }

  public static func records(in sample: Span<UInt8>, labels: LabelDictionary) -> Int {
    var layout = SeparatedValues(labels: labels)
    var sink = NoSink()
    _ = layout.read(sample, isLast: true, into: &sink)
    let line = layout.lines.tableLine
    // `URL | Login | Password` may also be a banner over lines that look otherwise.
    guard line > 0, line <= maxHeaderLine, layout.lines.rowsFit else { return 0 }
    // A header whose columns the rows have is strong evidence, more than any number of lines that might
    // be something else.
    return Int.max
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    lines.read(bytes, isLast: isLast, into: &sink)
  }

  private struct NoSink: CredentialSink {
    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {}
  }
}
