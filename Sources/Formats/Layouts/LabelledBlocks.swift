internal import Bytes

/// Records of labelled lines: `URL: …`, `Username: …`, `Password: …`, in any order.
///
/// Families put anything or nothing between records, so a record closes when
/// - a label of a class that is already filled comes again,
/// - a line of separators (`=====`, `-----`) stands there,
/// - the file ends, or
/// - a blank line follows a password label; without one, a blank line closes nothing.
///
/// Banners and adverts are lines without a known label, and are passed over.
public struct LabelledBlocks: Layout {
  private let labels: LabelDictionary
  public private(set) var recordCount: UInt32 = 0
  private var line: UInt32 = 0

  public init(labels: LabelDictionary) {
    self.labels = labels
  }

  public static func records(in sample: Span<UInt8>, labels: LabelDictionary) -> Int {
    var counter = RecordCounter()
    var layout = LabelledBlocks(labels: labels)
    _ = layout.read(sample, isLast: true, into: &counter)
    return counter.withURLOrPassword
  }

  /// The credential of a line that holds a whole record, or nil.
  static func record(
    onLine text: ByteRange, in bytes: Span<UInt8>, labels: LabelDictionary, line: UInt32,
    record number: UInt32
  ) -> Credential? {
    var layout = LabelledBlocks(labels: labels)
    layout.line = line
    var record = Record()
    var last = LastCredential()
    layout.read(text, in: bytes, into: &record, &last)
    layout.close(&record, in: bytes, &last)
    last.credential?.record = number
    return last.credential
  }

  public mutating func read<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int {
    var record = Record()
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    while let text = cutter.next(in: bytes) {
      line &+= 1
      read(text, in: bytes, into: &record, &sink)
    }
    if isLast {
      close(&record, in: bytes, &sink)
      return bytes.count
    }
    if record.isEmpty { return cutter.offset }
    // The lines of the open record are read, and counted, again with the next chunk.
    line = record.firstLine &- 1
    return record.start
  }

  private mutating func read<Sink: CredentialSink & ~Copyable>(
    _ text: ByteRange, in bytes: Span<UInt8>, into record: inout Record, _ sink: inout Sink
  ) {
    let trimmed = bytes.trimmed(text)
    if trimmed.isEmpty {
      if record.hasPasswordLabel { close(&record, in: bytes, &sink) }
      return
    }
    if Self.isSeparator(trimmed, in: bytes) {
      // A password of only `=` stands behind its label, so it is no separator line; but one on the
      // line below an empty label cannot be told from one, and is taken for one.
      close(&record, in: bytes, &sink)
      return
    }
    guard let cut = LabelledLine.cut(text, in: bytes),
      let meaning = labels.recordClass(of: cut.label, in: bytes)
    else {
      record.takeNextLine(trimmed, in: bytes, line: line)
      return
    }
    apply(meaning, cut.value, from: text.start, in: bytes, to: &record, &sink)
  }

  /// Fills one field, and those that stand behind it on the same line, as in `URL: x | USER: y | PASS: z`.
  /// `start` is where the first one's label begins.
  private mutating func apply<Sink: CredentialSink & ~Copyable>(
    _ meaning: LabelDictionary.Class, _ value: ByteRange, from start: Int,
    in bytes: Span<UInt8>, to record: inout Record, _ sink: inout Sink
  ) {
    var field = (meaning: meaning, value: value, start: start)
    // Any number: each byte is looked at once, and a limit would be another one behind a chunk's cut.
    while true {
      // A password may hold bars and labels; nothing stands behind it.
      let next = field.meaning == .password ? nil : nextOnLine(field.value, in: bytes)
      let end = next.map { $0.bar } ?? field.value.end
      let own = next == nil ? field.value : bytes.trimmed(ByteRange(field.value.start, end))
      fill(field.meaning, own, from: field.start, in: bytes, to: &record, &sink)
      guard let next else { return }
      field = (next.meaning, next.value, next.bar + 1)
    }
  }

  /// Fills one field, closing the record first if the field is filled.
  private mutating func fill<Sink: CredentialSink & ~Copyable>(
    _ meaning: LabelDictionary.Class, _ value: ByteRange, from start: Int,
    in bytes: Span<UInt8>, to record: inout Record, _ sink: inout Sink
  ) {
    // A seller's label or an unknown field opens no record.
    if meaning == .seller || meaning == .other { return }
    if record.isFilled(meaning) { close(&record, in: bytes, &sink) }
    if record.isEmpty {
      record.start = start
      record.firstLine = line
    }
    record.fill(meaning, value, in: bytes, line: line)
  }

  /// The labelled field behind a bar in `value`, if there is one.
  private func nextOnLine(
    _ value: ByteRange, in bytes: Span<UInt8>
  ) -> (bar: Int, meaning: LabelDictionary.Class, value: ByteRange)? {
    var from = value.start
    while let bar = bytes.firstOffset(of: ASCII.bar, in: from..<value.end) {
      if let cut = LabelledLine.cut(ByteRange(bar + 1, value.end), in: bytes),
        let meaning = labels.recordClass(of: cut.label, in: bytes)
      {
        return (bar, meaning, cut.value)
      }
      from = bar + 1
    }
    return nil
  }

  private mutating func close<Sink: CredentialSink & ~Copyable>(
    _ record: inout Record, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    defer { record = Record() }
    guard record.hasLoginLabel || record.hasPasswordLabel else { return }
    recordCount &+= 1
    guard !Placeholder.stands(at: record.login, in: bytes) else { return }
    sink.found(
      Credential(
        host: record.url, login: record.login, hasPassword: record.hasPassword,
        layout: .labelledBlocks, line: record.loginLine, record: recordCount),
      in: bytes)
  }

  /// Whether the line is at least five of one of `=-_*~#` and nothing else, or such a line with a
  /// word in its middle, as Blank Grabber writes.
  private static func isSeparator(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let byte = bytes[line.start]
    switch byte {
    case 0x3D, 0x2D, 0x5F, 0x2A, 0x7E, 0x23: break
    default: return false
    }
    guard line.count >= 5, bytes[line.end - 1] == byte else { return false }
    for offset in line.start..<(line.start + 5) where bytes[offset] != byte { return false }
    for offset in (line.end - 5)..<line.end where bytes[offset] != byte { return false }
    return true
  }
}

extension LabelledBlocks {
  /// The fields of the record that is being read, as places.
  private struct Record {
    var url = ByteRange.empty
    var login = ByteRange.empty
    var loginLine: UInt32 = 0
    var hasPassword = false
    /// The classes whose label was seen, by the bits of their raw values.
    private var filled: UInt32 = 0
    /// The class whose label stood alone on its line: the value may stand on the next.
    private var pending: LabelDictionary.Class?
    /// Where the record begins, and on which line, so that it can be read again as a whole.
    var start = 0
    var firstLine: UInt32 = 0

    var isEmpty: Bool { filled == 0 }
    var hasLoginLabel: Bool { isFilled(.login) }
    var hasPasswordLabel: Bool { isFilled(.password) }

    func isFilled(_ meaning: LabelDictionary.Class) -> Bool {
      filled & (1 << UInt32(meaning.rawValue)) != 0
    }

    mutating func fill(
      _ meaning: LabelDictionary.Class, _ value: ByteRange, in bytes: Span<UInt8>, line: UInt32
    ) {
      filled |= 1 << UInt32(meaning.rawValue)
      pending = value.isEmpty ? meaning : nil
      set(meaning, value, in: bytes, line: line)
    }

    /// Takes the line below an empty label as its value. A line with a label of its own never gets
    /// here, so an empty value before the next label stays empty.
    mutating func takeNextLine(_ value: ByteRange, in bytes: Span<UInt8>, line: UInt32) {
      guard let meaning = pending else { return }
      pending = nil
      set(meaning, value, in: bytes, line: line)
    }

    private mutating func set(
      _ meaning: LabelDictionary.Class, _ value: ByteRange, in bytes: Span<UInt8>, line: UInt32
    ) {
      switch meaning {
      case .url: url = value
      case .login:
        login = value
        loginLine = line
      case .password: hasPassword = !Placeholder.stands(at: value, in: bytes)
      default: break
      }
    }
  }

  private struct LastCredential: CredentialSink {
    var credential: Credential?

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
      self.credential = credential
    }
  }

  /// Counts the records of a sample that look like credentials rather than like a system file, which
  /// has a user name too.
  private struct RecordCounter: CredentialSink {
    var withURLOrPassword = 0

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
      if credential.hasPassword || !credential.host.isEmpty { withURLOrPassword += 1 }
    }
  }
}
