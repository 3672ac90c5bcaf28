internal import Bytes

/// One way in which records stand in a log file.
///
/// A layout is asked twice: how well it fits the beginning of a file, and, if it fits best, to read
/// the file. It reads in chunks and consumes whole records only, so that the places of a credential
/// are always within the bytes at hand, and a record cut by a chunk's end is read with the next.
public protocol Layout: Sendable {
  /// How many records of this layout `sample`, the beginning of a file, seems to hold; `lines` is what its lines say.
  ///
  /// 0 means "not this layout". Counts of different layouts are compared, so count conservatively.
  static func records(
    in sample: Span<UInt8>, _ lines: LineSample, labels: LabelDictionary
  ) -> Int

  init(labels: LabelDictionary)

  /// Records read so far.
  var recordCount: UInt32 { get }

  /// Reads the whole records at the beginning of `bytes` and returns how many bytes they took.
  ///
  /// The next call begins with the first byte that was not taken. With `isLast` all bytes are taken.
  /// Without, at least the last record is left, as its end is not known. 0 asks for more bytes.
  mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int
}

/// The layouts, in the order in which a tie between them is decided.
public enum Layouts {
  public static let all: [any Layout.Type] = [
    SeparatedValues.self, JSONRecords.self, XMLRecords.self, LabelledBlocks.self,
    DelimitedLines.self,
  ]

  /// The layout that fits `sample` best.
  ///
  /// Text in which none finds a record, or labelled ones only, is read all the same, as records may stand further down.
  /// If most of its lines are `ann:…`, so are the others; else such lines, for example `Steam: 2.10`, are no
  /// records, and one labelled advert at the top makes no banners of the lines below.
  public static func best(
    for sample: Span<UInt8>, labels: LabelDictionary
  ) -> any Layout.Type {
    reading(of: sample, labels: labels).layout
  }

  /// The layout that fits `sample` best, and what `MixedText` would find in it, if that is known already.
  public static func reading(
    of sample: Span<UInt8>, labels: LabelDictionary
  ) -> (layout: any Layout.Type, reading: SampleReading?) {
    let lines = LineSample(sample, labels: labels)
    var best: (any Layout.Type)?
    var most = 0
    for layout in all {
      let records = layout.records(in: sample, lines, labels: labels)
      if records > most {
        most = records
        best = layout
      }
    }
    if let best, best != LabelledBlocks.self { return (best, nil) }
    return lines.isMostlyBare ? (DelimitedLines.self, nil) : (LabelledBlocks.self, lines.reading)
  }
}
