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

  public static func records(in sample: Span<UInt8>, labels: LabelDictionary) -> Int {
    var counter = RecordCounter()
    var layout = LabelledBlocks(labels: labels)
    _ = layout.read(sample, isLast: true, into: &counter)
    return counter.records
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    lines.read(bytes, isLast: isLast, into: &sink)
  }

  private struct RecordCounter: CredentialSink {
    var records = 0

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
      if credential.layout == .labelledBlocks && credential.candidate == 0 { records += 1 }
    }
  }
}
