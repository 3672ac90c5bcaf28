internal import Bytes

/// Exports of browsers and password managers: a table of separated values whose header names the columns.
///
/// A few lines may stand before the header (`sep=;`, adverts), and a text behind the table. A file without a
/// header is another layout's.
public struct SeparatedValues: Layout {
  private var lines: TextLines

  public var recordCount: UInt32 { lines.recordCount }

  public init(labels: LabelDictionary) {
    lines = TextLines(labels: labels, takesBareLines: false)
  }

  public static func records(
    in sample: Span<UInt8>, _ lines: LineSample, labels: LabelDictionary
  ) -> Int {
    // A header whose columns the rows have is strong evidence, more than any number of lines that might
    // be something else.
    lines.isTable ? Int.max : 0
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    lines.read(bytes, isLast: isLast, into: &sink)
  }
}
