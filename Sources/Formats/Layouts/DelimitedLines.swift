internal import Bytes

/// Lines of URL, login and password (ULP), and lines of login and password alone (combolists).
///
/// `:` separates the fields and also stands inside URLs, ports and passwords, so a line often has
/// several valid splits. The exact one is not needed: each field that is the login in *some* valid split
/// is a candidate, and a listed login settles it. What can only be the password, a query string or
/// another field's mail domain is never a candidate.
///
/// Orders: `url login password`, `login password url`, `login password`, `ip login password`, with a date, number
/// or country before them. Separators, also mixed and doubled: `:` `;` `|` `,` tab, space, ` - ` and arrows.
///
/// Labelled records between the lines are read, too (`TextLines`).
public struct DelimitedLines: Layout {
  private var lines: TextLines

  public var recordCount: UInt32 { lines.recordCount }

  public init(labels: LabelDictionary) {
    lines = TextLines(labels: labels, takesBareLines: true)
  }

  public static func records(
    in sample: Span<UInt8>, _ lines: LineSample, labels: LabelDictionary
  ) -> Int {
    lines.delimitedRecords
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    lines.read(bytes, isLast: isLast, into: &sink)
  }
}
