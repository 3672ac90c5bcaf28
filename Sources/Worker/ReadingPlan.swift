internal import Bytes
internal import Dumps
internal import Formats

/// What is done with a file, decided by its first bytes.
struct ReadingPlan {
  /// What a text file holds. Cookies may have records among them.
  enum Content {
    case records
    case cookies(any CookieLayout.Type)
    case domains
  }

  /// An archive, and where it begins.
  struct Archive {
    var kind: ArchiveKind
    var offset = 0
    /// Whether bytes stand before it that who unpacks it skips.
    var isBehindSkipped = false

    init(_ kind: ArchiveKind, offset: Int = 0) {
      self.kind = kind
      self.offset = offset
    }

    init(_ embedded: EmbeddedArchive) {
      self.init(embedded.kind, offset: embedded.offset)
    }
  }

  /// Set if the file begins with an archive.
  var archive: Archive?
  /// What else it is.
  var kind: FileKind
  /// Whether it is an archive, an encrypted file or a document of a format that is not read.
  var isUnreadFormat = false
  var content = Content.records
  var layout: any Layout.Type = LabelledBlocks.self
  /// What is taken out of the text before it is read; `.nuls` become line ends.
  var marks: TextMarks = []
  /// The layout with which it begins if nothing is taken out.
  var plainLayout: any Layout.Type = LabelledBlocks.self
  /// Which data of a person stand there, if the name says that it is a file of such data.
  var categories: DataCategories = []
  /// What the text holds, if the file is no longer than its sample, and that was read to know what it is.
  var whole = WholeContent.unread

  /// Places are counted from the beginning of the file.
  enum WholeContent {
    case unread
    case records(SampleReading)
    case cookies([Cookie])
  }

  /// `sample` is the file's beginning, and `name` its path within its log.
  init(_ sample: Span<UInt8>, name: [UInt8], labels: LabelDictionary) {
    let skipped = ArchiveKind.skippableBytes(sample)
    if let kind = ArchiveKind(sample.extracting(skipped...)) {
      archive = Archive(kind, offset: skipped)
      archive?.isBehindSkipped = skipped > 0
      self.kind = .binary
      return
    }
    isUnreadFormat = UnreadFormat.begins(sample)
    kind = FileKind(sample)
    // UTF-16 of Cyrillic has a control character in every second byte.
    if kind == .text || kind == .binary, TextDecoder.isOfUnits(sample) { kind = .utf16 }
    guard kind == .text || kind == .utf16 else { return }
    FileText.withText(sample) { text, marks in
      self.marks = marks
      look(at: text, isWhole: sample.count < FileReader.sampleBytes, name: name.span, labels)
    }
    plainLayout = layout
    if !marks.isEmpty, TextDecoder.leaves(sample) {
      plainLayout = Layouts.reading(of: sample, labels: labels).layout
    }
    // Places in what was decoded are none in the file.
    if !marks.isEmpty || !TextDecoder.leaves(sample) { whole = .unread }
  }

  private mutating func look(
    at text: Span<UInt8>, isWhole: Bool, name: Span<UInt8>, _ labels: LabelDictionary
  ) {
    if DomainList.fits(text, name: name) {
      // A host and its count are no login and password.
      content = .domains
      return
    }
    if let place = AutofillFields.Place(path: name) {
      categories = AutofillFields(text, in: place, labels: labels).categories
    }
    if let cookies = CookieLayouts.fitting(text, labels: labels) {
      content = .cookies(cookies)
      // Nor are a cookie's fields.
      if !hasOthers(text, isWhole: isWhole, beside: cookies, labels) { return }
    }
    let (layout, reading) = Layouts.reading(of: text, labels: labels)
    self.layout = layout
    if let reading, case .records = content { whole = .records(reading) }
  }

  private mutating func hasOthers(
    _ text: Span<UInt8>, isWhole: Bool, beside type: any CookieLayout.Type,
    _ labels: LabelDictionary
  ) -> Bool {
    var sink = CookieKeeper()
    var cookies = type.init(labels: labels)
    // The last cookie of a sample is cut off, and says nothing of the file.
    _ = cookies.read(text, isLast: isWhole, into: &sink)
    if cookies.hasOthers { return true }
    if isWhole, sink.cookies.count < CookieKeeper.maxCookies { whole = .cookies(sink.cookies) }
    return false
  }
}

private struct CookieKeeper: CookieSink {
  /// More are not kept: a file with so many in its sample goes on behind it.
  static let maxCookies = 2048
  var cookies: [Cookie] = []

  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {
    if cookies.count < Self.maxCookies { cookies.append(cookie) }
  }
}
