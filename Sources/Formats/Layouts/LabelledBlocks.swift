internal import Bytes

/// Records of labelled lines: `URL: …`, `Username: …`, `Password: …`, in any order.
///
/// Lines between them that are delimited records beyond doubt are read, too (`TextLines`).
public struct LabelledBlocks: Layout {
  private var lines: TextLines

  public var recordCount: UInt32 { lines.recordCount }

  public init(labels: LabelDictionary) {
    lines = TextLines(labels: labels, takesBareLines: false)
  }

  public static func records(
    in sample: Span<UInt8>, _ lines: LineSample, labels: LabelDictionary
  ) -> Int {
    lines.labelledRecords
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    lines.read(bytes, isLast: isLast, into: &sink)
  }
}
