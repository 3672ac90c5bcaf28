internal import Bytes

/// What a name in an object says of its value.
struct JSONName {
  var role = NestedRecords.Role.none
  /// A URL, whose records stand in the value.
  var isURL = false
  /// A host, `{"a.example": {…}}`: that of the records in the value, where they name none themselves.
  var isHost = false
  /// Whether the host is no file's or person's name, by its ending.
  var isSureHost = false
  /// Whether it says where the records in its value are used.
  var isPlace: Bool { isURL || isHost }
  /// A mail address, whose password the value may be.
  var isAddress = false
  /// Of a title or note, for example: known, and of no field.
  var isOther = false
  /// A number, as pandas numbers rows: `{"username": {"0": "ann"}}`.
  var isNumber = false
  /// Whether only objects of credentials have such a name.
  var isOfCredential = false
  /// `"autofill"`: what was typed into forms, each field by itself.
  var isForm = false
  /// `"details"`, as 1Password names what holds the login, beside `overview` with the URL.
  var isPart = false
  /// `"encrypted": true`
  var isEncryption = false
  /// `"text"`, of a message, which may stand in pieces (`JSONPieces`).
  var isText = false
  /// `"text_entities"`, of the same in other pieces.
  var isTextAgain = false
  /// `"type"`, of a piece.
  var isType = false

  init() {}

  init(role: NestedRecords.Role) {
    self.role = role
  }

  init(_ place: ByteRange, in bytes: Span<UInt8>, labels: LabelDictionary) {
    let place = bytes.trimmed(place)
    if place.isEmpty || place.count > NestedRecords.maxValueBytes { return }
    isNumber = place.count < 10
    for offset in place.bounds where !ASCII.isDigit(bytes[offset]) { isNumber = false }
    isText = bytes.equals(place, lowercase: "text")
    isTextAgain = bytes.equals(place, lowercase: "text_entities")
    isType = bytes.equals(place, lowercase: "type")
    if let known = Self.own.value(of: place, in: bytes) {
      role = NestedRecords.Role(rawValue: UInt8(known)) ?? .none
      return
    }
    isEncryption = bytes.equals(place, lowercase: "encrypted")
    let meaning = ExportNames.meaning(of: place, in: bytes, labels: labels)
    role = NestedRecords.Role(meaning)
    isOther = meaning == .other
    isPart = bytes.equals(place, lowercase: "details")
    isForm = Self.forms.value(of: place, in: bytes) != nil
    isOfCredential = role == .password || ExportNames.isOfCredential(place, in: bytes)
    isURL = role == .none && URLText.hasScheme(at: place, in: bytes)
    isAddress =
      role == .none && !isURL && !isOther && DelimitedLine.isMailAddress(place, in: bytes)
    if role == .none && !isURL, let url = URLText(at: place, in: bytes) {
      isHost = url.looksLikeHost && url.host == place
      isSureHost = isHost && HostEnding.stands(at: place, in: bytes)
    }
  }

  private static let forms = ByteTable(
    [
      "autofill", "autofills", "auto_fill", "autofilldata", "autofill_data", "formhistory",
      "form_history",
    ].map { (Array($0.utf8), 1) },
    foldsCase: true)

  private static let own = ByteTable(
    [
      ("name", .fieldName), ("label", .fieldName), ("type", .fieldName),
      ("designation", .fieldName), ("key", .fieldName), ("field", .fieldName),
      ("value", .fieldValue),
    ].map { (entry: (String, NestedRecords.Role)) in
      (Array(entry.0.utf8), UInt32(entry.1.rawValue))
    },
    foldsCase: true)
}

/// How a text begins, and how its lines do.
struct JSONShape {
  var isDocument = false
  var lines = 0
  var objectLines = 0
  /// Whether all is one line, on which objects stand behind something else, as in a document that lost its first bracket.
  /// Most exports are one line.
  private(set) var isLineOfObjects = false

  /// A control character so near to the bracket is of a file that is no text. In bytes.
  private static let minTextBytes = 64

  init(_ sample: Span<UInt8>) {
    let hasObjects = sample.firstOffset(of: 0x7B, in: 0..<sample.count) != nil
    var cutter = LineCutter(end: sample.count, isLast: true)
    // Without an object, only what the first line is matters.
    while hasObjects || lines == 0, let whole = cutter.next(in: sample) {
      let line = sample.trimmed(sample.withoutMark(whole))
      if line.isEmpty { continue }
      let byte = sample[line.start]
      // Comments may stand before the document.
      if lines == 0 && (byte == ASCII.slash || byte == ASCII.hash) { continue }
      let begins = Self.begins(at: line.start, in: sample)
      if lines == 0 { isDocument = begins }
      lines += 1
      if begins && byte == 0x7B { objectLines += 1 }
    }
    isLineOfObjects = hasObjects && lines < 2 && Self.hasObject(sample)
  }

  /// Whether an object begins somewhere, by its first name's quote.
  private static func hasObject(_ bytes: Span<UInt8>) -> Bool {
    var offset = 0
    while let brace = bytes.firstOffset(of: 0x7B, in: offset..<bytes.count) {
      offset = bytes.behindBlanks(brace + 1, bytes.count)
      if offset < bytes.count, bytes[offset] == ASCII.quote || bytes[offset] == ASCII.apostrophe {
        return true
      }
    }
    return false
  }

  /// Whether an object or list may begin at `offset`. In files that are no text, any byte begins some line.
  private static func begins(at offset: Int, in bytes: Span<UInt8>) -> Bool {
    guard bytes[offset] == 0x7B || bytes[offset] == ASCII.openBracket else { return false }
    for place in offset..<Swift.min(bytes.count, offset + minTextBytes) {
      let byte = bytes[place]
      if byte < 0x20 && byte != 0 && !(0x09...0x0D).contains(byte) { return false }
    }
    return true
  }
}
