internal import Bytes

// Names and values.
extension JSONRecords {
  struct Value {
    /// `broken` lacks its quote or is a word that means nothing; `long` is too long to be kept.
    enum Kind { case plain, escaped, literal, broken, long }
    var kind: Kind
    var place = ByteRange.empty
    var isWord = false
    /// Where it begins, with its quote.
    var start: Int { isWord ? place.start : place.start - 1 }
  }

  /// A value of `{"value": "ann", "name": "username"}`, until its name is there, or an object or list begins or ends.
  struct UnnamedValue {
    /// Between the value's beginning and that of its name, in bytes: the longest value, and as much again.
    static let maxBytes = 2 * NestedRecords.maxValueBytes

    var value: Value
    /// What was so at the value's beginning.
    var line: UInt32
    var isBehindBlank: Bool
    var mark: NestedRecords.Mark

    var start: Int { value.start }
  }

  mutating func take(_ value: Value, in bytes: Span<UInt8>) {
    if records.depth == 0 { return }
    if expects == .value {
      isBehindText = name.isText && !value.isWord
      takeValue(value, name.role, isOfList: name.isNumber && records.openRole != .none, in: bytes)
      expects = .end
      isOnNewLine = false
    } else if records.isInList {
      if row.depth == records.depth { takeInRow(value, in: bytes) }
      takeValue(value, records.openRole, isOfList: true, in: bytes)
      expects = .end
      isOnNewLine = false
    } else {
      takeName(value, in: bytes)
      expects = .colon
    }
  }

  private mutating func takeName(_ value: Value, in bytes: Span<UInt8>) {
    names += 1
    name = JSONName()
    isNameBehindText = isBehindText
    isBehindText = false
    // A name without quotes is a word, and no number.
    if value.kind == .long || (value.kind == .broken && !value.isWord) { return }
    if value.kind == .escaped {
      let start = records.text.count
      JSONEscapes.append(value.place, of: bytes, to: &records.text)
      let unescaped = ByteRange(start, records.text.count)
      name = JSONName(unescaped, in: records.text.span, labels: labels)
      nameText.removeAll(keepingCapacity: true)
      if name.isPlace || name.isAddress { nameText.append(contentsOf: records.text[start...]) }
      records.text.removeLast(records.text.count - start)
    } else {
      name = JSONName(value.place, in: bytes, labels: labels)
      nameText.removeAll(keepingCapacity: true)
      if name.isPlace || name.isAddress {
        for offset in value.place.bounds { nameText.append(bytes[offset]) }
      }
    }
    if name.isOfCredential { records.noteCredential() }
  }

  private mutating func takeValue(
    _ value: Value, _ role: NestedRecords.Role, isOfList: Bool, in bytes: Span<UInt8>
  ) {
    if name.isEncryption && !isOfList && value.isWord {
      if records.depth > 1 { return }
      records.isEncrypted = bytes.equals(value.place, lowercase: "true")
      return
    }
    // `{"0": "ann"}` within `"username"` is a list, too.
    let role = isOfList ? records.openRole : role
    switch role {
    case .none: return
    case .password:
      // PHP writes N/A so. No other placeholder has an escape, and a password is not copied to undo any.
      let isNone =
        Placeholder.stands(at: value.place, in: bytes)
        || bytes.equals(value.place, lowercase: "n\\/a")
      let isFilled = value.kind != .literal && !isNone
      records.add(
        .password, isFilled: isFilled || value.kind == .long, line: line, isOfList: isOfList)
    case .fieldName: nameField(value, in: bytes)
    case .fieldValue: takeFieldValue(value, in: bytes)
    case .url, .login, .email:
      let start = records.text.count
      switch value.kind {
      case .plain: for offset in value.place.bounds { records.text.append(bytes[offset]) }
      case .escaped: JSONEscapes.append(value.place, of: bytes, to: &records.text)
      case .long where role == .url:
        // The host stands in its beginning.
        let end = Swift.min(value.place.end, value.place.start + NestedRecords.maxURLBytes)
        JSONEscapes.append(ByteRange(value.place.start, end), of: bytes, to: &records.text)
      case .literal, .broken, .long: break
      }
      records.addText(role, from: start, line: line, isOfList: isOfList)
    }
  }

  mutating func nameField(_ value: Value, in bytes: Span<UInt8>) {
    let meaning: LabelDictionary.Class?
    switch value.kind {
    case .plain where !value.isWord:
      meaning = ExportNames.meaning(of: value.place, in: bytes, labels: labels)
    case .escaped:
      let labels = labels
      meaning = readUnescaped(value.place, of: bytes) {
        ExportNames.meaning(of: $0, in: $1, labels: labels)
      }
    default: return
    }
    records.nameField(NestedRecords.Role(meaning))
    guard let before = unnamed, records.fieldRole != .none else { return }
    unnamed = nil
    if value.place.start - before.start > UnnamedValue.maxBytes { return }
    let here = line
    line = before.line
    takeFieldValue(before.value, in: bytes)
    line = here
  }

  private mutating func takeFieldValue(_ value: Value, in bytes: Span<UInt8>) {
    let role = records.fieldRole
    if role != .none {
      takeValue(value, role, isOfList: false, in: bytes)
      records.pairField()
    } else if unnamed == nil && value.kind != .long {
      unnamed = UnnamedValue(
        value: value, line: line, isBehindBlank: isBehindBlank, mark: records.mark)
    }
  }
}
