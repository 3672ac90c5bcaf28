/// Text whose parts stand in several layouts, one behind the other, as sellers join files: lines, JSON, XML.
///
/// Each reader takes its part and says where the next one begins. Numbers of lines and records go on across the
/// parts.
public struct MixedText: Sendable {
  private var part: TextPart
  private var lines: TextLines
  private var json: JSONRecords
  private var xml: XMLRecords

  /// `first` is the layout that fits the text's beginning best (`Layouts.best`).
  public init(first: any Layout.Type, labels: LabelDictionary) {
    part = first is JSONRecords.Type ? .json : first is XMLRecords.Type ? .xml : .lines
    lines = TextLines(labels: labels, takesBareLines: first is DelimitedLines.Type)
    lines.endsAtDocuments = true
    json = JSONRecords(labels: labels)
    json.endsAtText = true
    xml = XMLRecords(labels: labels)
    xml.endsAtText = true
  }

  /// Goes on where another reader was in this state, at the beginning of a line; `first` is the layout of the
  /// whole text. Lines and records are counted from there.
  public init(resuming state: LineState, first: any Layout.Type, labels: LabelDictionary) {
    self.init(first: first, labels: labels)
    part = .lines
    lines.resume(state)
  }

  /// What is known where the next call of `read` begins, or nil if that is within a document or a line.
  public var lineState: LineState? { part == .lines ? lines.state : nil }
  /// Lines that were read, where lines are read.
  public var lineCount: UInt32 { lines.line }

  /// Records read so far.
  public var recordCount: UInt32 {
    switch part {
    case .lines: lines.recordCount
    case .json: json.recordCount
    case .xml: xml.recordCount
    }
  }

  /// Whether some login or URL was left out, as its record had more, or longer ones, than is kept.
  public var isCut: Bool { lines.isCut || json.isCut || xml.isCut }

  /// Reads as `Layout.read` says.
  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var offset = 0
    // A part that ends at its first byte gives way to one that takes that byte, so the loop ends.
    while true {
      let rest = bytes.extracting(offset..<bytes.count)
      offset += readPart(rest, isLast: isLast, into: &sink)
      guard let next else { return offset }
      begin(next)
    }
  }

  private mutating func readPart<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    switch part {
    case .lines: lines.read(bytes, isLast: isLast, into: &sink)
    case .json: json.read(bytes, isLast: isLast, into: &sink)
    case .xml: xml.read(bytes, isLast: isLast, into: &sink)
    }
  }

  /// What stands where the part ended, or nil if it did not.
  private var next: TextPart? {
    switch part {
    case .lines: lines.document
    case .json: json.isAtText ? .lines : nil
    case .xml: xml.isAtText ? .lines : nil
    }
  }

  private mutating func begin(_ next: TextPart) {
    let records = recordCount
    let line =
      switch part {
      case .lines: lines.line &+ 1
      case .json: json.line
      case .xml: xml.line
      }
    let isWithinLine = part == .json && json.isAtTextWithinLine
    let isObject = part == .lines && lines.isBeforeObject
    part = next
    switch next {
    case .lines: lines.begin(atLine: line, isWithin: isWithinLine, records: records)
    case .json: json.begin(atLine: line, isOfWords: isObject, records: records)
    case .xml: xml.begin(atLine: line, records: records)
    }
  }
}
