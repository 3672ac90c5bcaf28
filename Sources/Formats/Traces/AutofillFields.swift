internal import Bytes

/// What a browser filled into forms, as stealers save it: names of fields with values.
///
///     Field: prenom | Value: …      FORM: email        Name: ville       telephone …
///                                   VALUE: …           Value: …          nom: …
///
/// Only the names are looked at, to say which kinds of data stand there. A value is there or not; no
/// place of one is kept. What files hold such fields their names say, since nothing in them does.
public struct AutofillFields {
  public private(set) var categories: DataCategories = []

  /// What a log's file is, by its path within the log.
  public enum Place: Sendable {
    case autofill
    case cards
  }

  /// The parts of names of fields that are looked up, one behind the other: `card number`.
  private static let maxWords = 3
  /// Names of fields longer than this are cut; scripts make them up.
  private static let maxNameBytes = 64

  private let labels: LabelDictionary
  /// The field whose value stands on the next line.
  private var pending: ByteRange?

  /// Reads `bytes`, the beginning of a text file.
  public init(_ bytes: Span<UInt8>, in place: Place, labels: LabelDictionary) {
    self.labels = labels
    var cutter = LineCutter(end: bytes.count, isLast: true)
    while let line = cutter.next(in: bytes) {
      take(line, in: bytes)
      if place == .cards && Self.holdsCardNumber(line, in: bytes) { categories.insert(.payment) }
    }
  }

  private mutating func take(_ line: ByteRange, in bytes: Span<UInt8>) {
    let text = bytes.trimmed(line)
    if let cut = LabelledLine.cut(text, in: bytes) {
      if Self.isNameLabel(cut.label, in: bytes) {
        take(field: cut.value, in: bytes)
        return
      }
      if bytes.equals(cut.label, lowercase: "value") {
        if let pending, !Placeholder.stands(at: cut.value, in: bytes) { note(pending, in: bytes) }
        pending = nil
        return
      }
      if !Placeholder.stands(at: cut.value, in: bytes) && note(cut.label, in: bytes) { return }
    }
    if let blank = bytes.firstOffset(of: ASCII.space, or: ASCII.tab, in: text.bounds),
      !Placeholder.stands(at: bytes.trimmed(ByteRange(blank, text.end)), in: bytes)
    {
      note(ByteRange(text.start, blank), in: bytes)
    }
  }

  /// Takes what stands behind `Field:`: with the value behind a bar, or with the value to come.
  private mutating func take(field: ByteRange, in bytes: Span<UInt8>) {
    pending = nil
    guard let bar = bytes.firstOffset(of: ASCII.bar, in: field.bounds) else {
      pending = field
      return
    }
    let value = LabelledLine.cut(ByteRange(bar + 1, field.end), in: bytes)
    if let value, !Placeholder.stands(at: value.value, in: bytes) {
      note(ByteRange(field.start, bar), in: bytes)
    }
  }

  private static func isNameLabel(_ label: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for text: StaticString in ["field", "form", "name", "field name"]
    where bytes.equals(label, lowercase: text) {
      return true
    }
    return false
  }

  /// Looks up the words of a field's name: `billing[firstName]` has `billing first name`. True if they mean
  /// something.
  @discardableResult
  private mutating func note(_ name: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let (text, starts) = Self.words(name, in: bytes)
    var found: DataCategories = []
    for first in starts.indices {
      for last in first..<Swift.min(first + Self.maxWords, starts.count) {
        let end = last + 1 < starts.count ? starts[last + 1] - 1 : text.count
        found.insert(
          DataCategories(labels.formClass(of: ByteRange(starts[first], end), in: text.span)))
      }
    }
    categories.insert(found)
    return !found.isEmpty
  }

  /// The words of the name in lower case, a space between two, and where each begins. Anything but a letter ends
  /// a word, and so does a small letter before a capital.
  private static func words(
    _ name: ByteRange, in bytes: Span<UInt8>
  ) -> (text: [UInt8], starts: [Int]) {
    var text: [UInt8] = []
    var starts: [Int] = []
    var isInWord = false
    var wasSmall = false
    for offset in name.start..<Swift.min(name.end, name.start + maxNameBytes) {
      let byte = bytes[offset]
      guard ASCII.isLetter(byte) || byte >= 0x80 else {
        isInWord = false
        continue
      }
      let isCapital = byte &- 0x41 < 26
      if !isInWord || (isCapital && wasSmall) {
        if !text.isEmpty { text.append(ASCII.space) }
        starts.append(text.count)
      }
      text.append(ASCII.lowercased(byte))
      isInWord = true
      wasSmall = !isCapital
    }
    return (text, starts)
  }

  /// Whether the line has 13 to 19 digits, spaces and hyphens between them aside, as card numbers have.
  private static func holdsCardNumber(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var digits = 0
    for offset in line.bounds {
      switch bytes[offset] {
      case 0x30...0x39: digits += 1
      case ASCII.space, ASCII.hyphen: continue
      default:
        if (13...19).contains(digits) { return true }
        digits = 0
      }
    }
    return (13...19).contains(digits)
  }
}

extension AutofillFields.Place {
  /// What the file at `path` within its log is, or nil if its name says neither: formats.md §2.
  public init?(path: Span<UInt8>) {
    var rest = ByteRange(0, path.count)
    while !rest.isEmpty {
      let slash = path.firstOffset(of: ASCII.slash, or: ASCII.backslash, in: rest.bounds)
      let name = ByteRange(rest.start, slash ?? rest.end)
      if let place = Self.place(of: name, in: path) {
        self = place
        return
      }
      rest.start = slash.map { $0 + 1 } ?? rest.end
    }
    return nil
  }

  private static func place(of name: ByteRange, in path: Span<UInt8>) -> Self? {
    for text in ["autofill", "allforms"] where path.contains(lowercase: Array(text.utf8), in: name)
    {
      return .autofill
    }
    let dot = path.firstOffset(of: ASCII.dot, in: name.bounds) ?? name.end
    for text: StaticString in [
      "cc", "creditcards", "credit cards", "credit_cards", "cards", "_all_cc_list",
    ]
    where path.equals(ByteRange(name.start, dot), lowercase: text) {
      return .cards
    }
    return nil
  }
}
