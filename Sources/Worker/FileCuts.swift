internal import Bytes
internal import Dumps
internal import Formats

/// Where a big text file is cut into ranges, found alike by every worker that reads one of them.
///
/// A range begins at the first likely border of records behind a multiple of its length. It ends where the next
/// one begins, if the reader is then between two records; in which state the reader is, it reports. Nothing
/// of this decides what is found: the supervisor takes a range only if it began where, and in the state in
/// which, the one before it ended.
struct FileCuts {
  private let source: OpenFile
  private let size: Int
  private let labels: LabelDictionary
  private let range: WorkerTask.FileRange
  /// The state behind the file's beginning: the likely one everywhere.
  let usual: LineState
  /// Where the range begins, or nil if there is no border for it. Looked for once: a medium that fails may say otherwise later.
  private(set) var begin: Int?

  /// How far behind a multiple of the length a border is looked for. In bytes.
  private static let maxBorderBytes = 64 << 10

  /// Nil if a file of which `plan` is made of `sample`, its beginning, is read by one worker: all that is no text of lines.
  /// Documents, tables of cookies and text of 16 bits have no lines to begin at.
  init?(
    _ item: WorkerTask.FileItem, _ source: OpenFile, _ plan: ReadingPlan, _ sample: Span<UInt8>,
    _ labels: LabelDictionary
  ) {
    guard let range = item.range, plan.kind == .text, plan.marks.isEmpty,
      case .records = plan.content
    else { return nil }
    var usual: LineState?
    FileText.withText(sample) { text in
      var reader = MixedText(first: plan.layout, labels: labels)
      var sink = NoSink()
      _ = reader.read(text, isLast: false, into: &sink)
      usual = reader.lineState
    }
    guard let usual else { return nil }
    self.source = source
    self.labels = labels
    self.range = range
    self.usual = usual
    size = Int(clamping: item.size)
    begin = start(of: range.index)
  }

  var count: UInt32 { range.count(ofFile: UInt64(size)) }

  /// Where the range of that number begins, or nil if there is no border for it.
  private func start(of index: UInt32) -> Int? {
    if index == 0 { return 0 }
    let length = Int(clamping: range.length)
    let (begin, isTooFar) = length.multipliedReportingOverflow(by: Int(index))
    guard !isTooFar, begin < size else { return nil }
    // The byte before shows whether a line begins at once.
    let limit = Swift.min(length, Self.maxBorderBytes, size - begin) + 1
    let bytes = source.bytes(from: begin - 1, limit: limit)
    return usual.border(in: bytes.span, labels: labels).map { begin - 1 + $0 }
  }

  /// What the reading of a range brought, beside credentials.
  struct Reading {
    var done: ResultFrame.RangeDone
    var outcome: ChunkReader.Outcome
    var records: UInt32
    var isCut: Bool
  }

  /// Reads the range, which begins somewhere, as it would be read with the whole file; lines and records are counted from its beginning.
  func read<Sink: CredentialSink & ~Copyable>(
    file: UInt32, _ plan: ReadingPlan, _ reader: inout ChunkReader, into sink: inout Sink,
    progress: (Int) -> Void = { _ in }
  ) -> Reading {
    var done = ResultFrame.RangeDone(file: file, isThere: true)
    var layout = MixedText(first: plan.layout, labels: labels)
    if range.index > 0 {
      let state = LineState(range.state) ?? usual
      done.began = state.encoded
      layout = MixedText(resuming: state, first: plan.layout, labels: labels)
    }
    var next = range.index
    let outcome = reader.readRange(
      source, from: begin ?? size,
      upTo: {
        if next > range.index && !range.readsOn { return .givenUp }
        while next < count {
          next += 1
          if let border = start(of: next) { return .border(border) }
        }
        return .endOfFile
      },
      isAtBorder: { layout.lineState != nil },
      progress: progress,
      { layout.read($0, isLast: $1, into: &sink) })
    switch outcome.end {
    case .border:
      done.next = next
      done.ended = layout.lineState?.encoded ?? []
    case .endOfFile: done.next = count
    case .givenUp: done.next = nil
    }
    done.lines = layout.lineCount
    return Reading(
      done: done, outcome: outcome, records: layout.recordCount,
      // Members of an archive in it are not read: it may end in another range.
      isCut: layout.isCut || outcome.archive != nil)
  }

  private struct NoSink: CredentialSink {
    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {}
  }
}
