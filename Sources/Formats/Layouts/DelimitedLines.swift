internal import Bytes

/// Lines of URL, login and password (ULP), and lines of login and password alone (combolists).
///
/// `:` separates the fields and also stands inside URLs, ports and passwords, so a line often has
/// several valid splits. The exact one is not needed: each field that is the login in *some* valid split
/// is a candidate, and a listed login settles it. What can only be the password, a query string or
/// another field's mail domain is never a candidate.
///
/// Orders: `url login password`, `login password url`, `login password`, `ip login password`.
/// Separators, also mixed and doubled: `:` `;` `|` `,` tab and space.
public struct DelimitedLines: Layout {
  public private(set) var recordCount: UInt32 = 0
  private var line: UInt32 = 0

  private let labels: LabelDictionary

  public init(labels: LabelDictionary) {
    self.labels = labels
  }

  public static func records(in sample: Span<UInt8>, labels: LabelDictionary) -> Int {
    var cutter = LineCutter(end: sample.count, isLast: true)
    var records = 0
    while let line = cutter.next(in: sample) {
      // A labelled line looks like `login: url` or `login: password`; it is another layout's.
      if isLabelled(line, in: sample, labels) { continue }
      let split = DelimitedLine(line, in: sample)
      if split.isConvincing { records += 1 }
    }
    return records
  }

  private static func isLabelled(
    _ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    guard let cut = LabelledLine.cut(line, in: bytes) else { return false }
    return labels.recordClass(of: cut.label, in: bytes) != nil
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    while let text = cutter.next(in: bytes) {
      line &+= 1
      if Self.isLabelled(text, in: bytes, labels) {
        readLabelled(text, in: bytes, &sink)
        continue
      }
      let split = DelimitedLine(text, in: bytes)
      guard split.count > 0 else { continue }
      recordCount &+= 1
      for index in 0..<split.count {
        let candidate = split.candidate(index)
        sink.found(
          Credential(
            host: candidate.host, login: candidate.login, hasPassword: candidate.hasPassword,
            layout: .delimitedLines, line: line, record: recordCount, candidate: UInt8(index),
            isDoubtful: split.count > 1),
          in: bytes)
      }
    }
    return cutter.offset
  }

  /// Reads `URL: x | USER: y | PASS: z`, a record on one line, among lines without labels.
  private mutating func readLabelled<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    guard
      let credential = LabelledBlocks.record(
        onLine: text, in: bytes, labels: labels, line: line, record: recordCount &+ 1)
    else { return }
    recordCount &+= 1
    sink.found(credential, in: bytes)
  }
}
