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

  public static func records(in sample: Span<UInt8>, labels: LabelDictionary) -> Int {
    var cutter = LineCutter(end: sample.count, isLast: true)
    var records = 0
    while let line = cutter.next(in: sample) {
      // A labelled line looks like `login: url` or `login: password`; it is another layout's.
      if RecordField.first(in: line, of: sample, labels)?.hasColon == true { continue }
      if DelimitedLine(line, in: sample, labels).isConvincing { records += 1 }
    }
    return records
  }

  /// Whether more than half of the lines may be records and are one word each: prose and labels have blanks.
  static func fillsWithBareLines(_ sample: Span<UInt8>, labels: LabelDictionary) -> Bool {
    var cutter = LineCutter(end: sample.count, isLast: true)
    var lines = 0
    var bareLines = 0
    while let line = cutter.next(in: sample) {
      let text = sample.trimmed(line)
      if text.isEmpty { continue }
      lines += 1
      guard sample.firstOffset(of: ASCII.space, in: text.bounds) == nil,
        RecordField.first(in: text, of: sample, labels)?.hasColon != true
      else { continue }
      if DelimitedLine(text, in: sample, labels).count > 0 { bareLines += 1 }
    }
    return bareLines * 2 > lines
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    lines.read(bytes, isLast: isLast, into: &sink)
  }
}
