internal import Bytes

/// What the beginning of a file says of its lines, read once for all layouts of lines.
public struct LineSample: Sendable {
  /// Whether a header stands at the beginning, and the rows below have the columns that it names.
  let isTable: Bool
  /// Labelled records.
  let labelledRecords: Int
  /// Lines that are delimited records by what they hold.
  let delimitedRecords: Int
  /// Whether more than half of the lines may be records and are one word each: prose and labels have blanks.
  let isMostlyBare: Bool
  /// What a reader of labelled records says of the whole sample, which is all that there is of most files; nil where another
  /// goes on within it.
  let reading: SampleReading?

  /// A header stands within so many lines; `URL | Login | Password` may also be a banner further down.
  private static let maxHeaderLine: UInt32 = 20

  public init(_ sample: Span<UInt8>, labels: LabelDictionary) {
    var counter = Counter()
    var lines = TextLines(labels: labels, takesBareLines: false)
    _ = lines.read(sample, isLast: true, into: &counter)
    let header = lines.tableLine
    isTable = header > 0 && header <= Self.maxHeaderLine && lines.rowsFit
    labelledRecords = counter.labelled
    delimitedRecords = lines.tally.convincing
    isMostlyBare = lines.tally.bare * 2 > lines.tally.lines
    let isWhole = !lines.hasDocument && counter.credentials.count < Counter.maxCredentials
    reading =
      isWhole
      ? SampleReading(
        credentials: counter.credentials, recordCount: lines.recordCount, isCut: lines.isCut) : nil
  }

  private struct Counter: CredentialSink {
    /// More are not kept: a file with so many in its sample goes on behind it.
    static let maxCredentials = 1024
    var labelled = 0
    var credentials: [Credential] = []

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
      if credential.layout == .labelledBlocks && credential.candidate == 0 { labelled += 1 }
      if credentials.count < Self.maxCredentials { credentials.append(credential) }
    }
  }
}

/// What was found while a text was looked at, so that a file that ends with its sample is read once.
public struct SampleReading: Sendable {
  /// In file order; places are counted from the sample's beginning.
  public let credentials: [Credential]
  public let recordCount: UInt32
  /// As `MixedText.isCut` says.
  public let isCut: Bool
}
