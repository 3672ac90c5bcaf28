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
    /// Whether something else stands before it, which is read, too.
    var isEmbedded = false
  }

  /// Set if the file is an archive, or holds one.
  var archive: Archive?
  /// What else it is.
  var kind: FileKind
  var content = Content.records
  var layout: any Layout.Type = LabelledBlocks.self
  /// Which data of a person stand there, if the name says that it is a file of such data.
  var categories: DataCategories = []

  /// Programs that unpack themselves have their archive behind so many bytes at most.
  private static let maxProgramBytes = 1 << 20

  /// `name` is the file's path within its log; in `source`, of which `sample` is the beginning, an archive is looked for
  /// that stands behind something else.
  init(
    _ sample: Span<UInt8>, of source: (any ByteSource)? = nil, name: [UInt8],
    labels: LabelDictionary
  ) {
    if let kind = ArchiveKind(sample) {
      archive = Archive(kind: kind)
      self.kind = .binary
      return
    }
    kind = FileKind(sample)
    if kind == .binary, let source { archive = Self.embedded(in: sample, of: source) }
    // UTF-16 of Cyrillic has a control character in every second byte.
    if kind == .text || kind == .binary, TextDecoder.isOfUnits(sample) { kind = .utf16 }
    guard kind == .text || kind == .utf16 else { return }
    FileText.withText(sample) { text in look(at: text, name: name.span, labels) }
  }

  private static func embedded(
    in sample: Span<UInt8>, of source: some ByteSource
  ) -> Archive? {
    let isProgram = sample.count > 2 && sample[0] == 0x4D && sample[1] == 0x5A
    let program = isProgram ? source.bytes(from: 0, limit: maxProgramBytes) : []
    let found =
      program.isEmpty
      ? ArchiveKind.embedded(in: sample, of: source)
      : ArchiveKind.embedded(in: program.span, of: source)
    return found.map { Archive(kind: $0.kind, offset: $0.offset, isEmbedded: true) }
  }

  private mutating func look(at text: Span<UInt8>, name: Span<UInt8>, _ labels: LabelDictionary) {
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
      if !Self.hasOthers(text, beside: cookies, labels) { return }
    }
    layout = Layouts.best(for: text, labels: labels)
  }

  private static func hasOthers(
    _ text: Span<UInt8>, beside type: any CookieLayout.Type, _ labels: LabelDictionary
  ) -> Bool {
    struct NoSink: CookieSink {
      mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {}
    }
    var sink = NoSink()
    var cookies = type.init(labels: labels)
    _ = cookies.read(text, isLast: true, into: &sink)
    return cookies.hasOthers
  }
}
