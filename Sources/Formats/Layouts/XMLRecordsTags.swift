internal import Bytes

// Elements, by their tags and attributes.
extension XMLRecords {
  mutating func tag<Sink: CredentialSink & ~Copyable>(
    _ bytes: Span<UInt8>, from start: Int, isLast: Bool, into sink: inout Sink
  ) -> Int? {
    let isEnd = bytes.count > start + 1 && bytes[start + 1] == ASCII.slash
    let nameStart = isEnd ? start + 2 : start + 1
    guard nameStart < bytes.count, Self.beginsName(bytes[nameStart]) else { return start + 1 }
    guard let close = tagEnd(bytes, from: nameStart, isEnd: isEnd) else {
      return bytes.count - start >= Self.maxTagBytes || isLast ? start + 1 : nil
    }
    var nameEnd = nameStart
    while nameEnd < close, !Self.endsName(bytes[nameEnd]) { nameEnd += 1 }
    let name = ByteRange(nameStart, nameEnd)
    if isEnd {
      end(name, in: bytes, &sink)
    } else {
      let isEmpty = bytes[close - 1] == ASCII.slash
      open(name, in: bytes, XMLAttributes(ByteRange(nameEnd, close)), isEmpty: isEmpty)
      if isEmpty { end(name, in: bytes, &sink) }
    }
    return close + 1
  }

  /// Where the `>` of a tag stands, values in quotes aside, or nil.
  private func tagEnd(_ bytes: Span<UInt8>, from start: Int, isEnd: Bool) -> Int? {
    var quote: UInt8 = 0
    var offset = start
    let limit = Swift.min(bytes.count, start + Self.maxTagBytes)
    while offset < limit {
      let byte = bytes[offset]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == 0x3E {
        return offset
      } else if byte == 0x3C {
        // A tag that is never closed must not be looked through from each `<` before it.
        return nil
      } else if !isEnd && (byte == ASCII.quote || byte == ASCII.apostrophe) {
        quote = byte
      }
      offset += 1
    }
    return nil
  }

  private static func beginsName(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || byte == 0x5F || byte >= 0x80
  }

  static func endsName(_ byte: UInt8) -> Bool {
    ASCII.isBlank(byte) || byte == ASCII.slash || byte == 0x3E || byte == ASCII.lineFeed
      || byte == ASCII.carriageReturn
  }

  mutating func open(
    _ whole: ByteRange, in bytes: Span<UInt8>, _ attributes: XMLAttributes, isEmpty: Bool
  ) {
    // The text before a child is not a value: it would stand between the fields' texts.
    if !records.hasChild { records.text.removeLast(records.text.count - records.firstByte) }
    let name = Self.local(whole, in: bytes)
    var role = NestedRecords.Role(
      ExportNames.meaning(of: name, in: bytes, labels: labels))
    if bytes.equals(name, lowercase: "key") || bytes.equals(name, lowercase: "name") {
      role = .fieldName
    }
    if bytes.equals(name, lowercase: "value") { role = .fieldValue }
    let shape = attributes.isEmpty ? nil : attributeShape(attributes, in: bytes)
    if role == .none, let named = shape?.named { role = named }
    // `<key>url</key><string>…` in Apple's lists, side by side; KeePass has `<String>` round each `<Key>`.
    let isString = role == .none && bytes.equals(whole, lowercase: "string")
    isOfPropertyList =
      bytes[whole.start] == 0x73 && isString
      || bytes[whole.start] == 0x6B && bytes.equals(whole, lowercase: "key")
    if isOfPropertyList && isString { role = .fieldValue }
    if role == .password || ExportNames.isOfCredential(name, in: bytes) {
      records.noteCredential()
    }
    records.open(list: false, role: role, name: Self.hash(whole, in: bytes))
    isFilled = false
    isTooLong = false
    textLine = line
    // `<password user="ann">` is a field all the same, and its text is what counts.
    if let shape, shape.hasValues, isEmpty || shape.hasPassword || role == .none {
      add(attributes, from: whole.start, in: bytes)
    }
  }

  /// What the attributes of an element are: values, or the name of what its text is.
  private func attributeShape(
    _ attributes: XMLAttributes, in bytes: Span<UInt8>
  ) -> (named: NestedRecords.Role?, hasValues: Bool, hasPassword: Bool) {
    var rest = attributes
    var named: NestedRecords.Role?
    var hasValues = false
    var hasPassword = false
    while let (name, value) = rest.next(in: bytes) {
      let role = role(ofAttribute: name, in: bytes)
      if role == .fieldName {
        let meant = NestedRecords.Role(
          ExportNames.meaning(of: bytes.trimmed(value), in: bytes, labels: labels))
        if meant != .none { named = named ?? meant }
      }
      hasPassword = hasPassword || role == .password
      hasValues = hasValues || role == .password || role.isText
    }
    return (named, hasValues, hasPassword)
  }

  func role(ofAttribute whole: ByteRange, in bytes: Span<UInt8>) -> NestedRecords.Role {
    let name = Self.local(whole, in: bytes)
    // `N` is PowerShell's.
    for known: StaticString in ["name", "type", "key", "n"]
    where bytes.equals(name, lowercase: known) {
      return .fieldName
    }
    return NestedRecords.Role(ExportNames.meaning(of: name, in: bytes, labels: labels))
  }

  /// Takes attributes as values of the element that is open.
  private mutating func add(
    _ attributes: XMLAttributes, from start: Int, in bytes: Span<UInt8>
  ) {
    records.noteValues()
    var rest = attributes
    while let (name, value) = rest.next(in: bytes) {
      let role = role(ofAttribute: name, in: bytes)
      let line = line &+ bytes.lineEnds(in: start..<value.start)
      if role == .password {
        let isNone = Placeholder.stands(at: bytes.trimmedOfLines(value), in: bytes)
        records.add(.password, isFilled: !isNone, line: line)
      } else if role.isText {
        let begin = records.text.count
        XMLEntities.append(value, of: bytes, to: &records.text)
        records.addText(role, from: begin, line: line)
      }
    }
  }

  /// A name without its prefix: `ns:user`.
  private static func local(_ name: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    guard let colon = bytes.firstOffset(of: ASCII.colon, in: name.bounds) else { return name }
    return ByteRange(colon + 1, name.end)
  }

  /// FNV-1a. Two names with one hash would only close each other's elements.
  static func hash(_ name: ByteRange, in bytes: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in name.bounds { hash = (hash ^ UInt64(bytes[offset])) &* 0x100_0000_01B3 }
    return hash
  }

  /// Closes the innermost element of this name, and what has lost its end within; or nothing.
  mutating func end<Sink: CredentialSink & ~Copyable>(
    _ name: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    guard let depth = records.depth(ofName: Self.hash(name, in: bytes)) else { return }
    for _ in 1..<depth { records.close(isCutOff: true, into: &sink) }
    if records.hasChild || records.depth == 1 {
      records.close(into: &sink)
    } else {
      closeLeaf()
    }
    isFilled = false
    isTooLong = false
  }

  /// Closes an element of text, which is a value of the one round it.
  private mutating func closeLeaf() {
    let role = role
    let isValue = records.openRole == .fieldValue
    let start = records.firstByte
    switch role {
    case .url, .login, .email:
      if isTooLong {
        records.text.removeLast(records.text.count - start)
        records.noteCut()
      }
      records.closeLeaf()
      records.addText(role, from: start, line: textLine)
    case .password:
      records.closeLeaf()
      records.add(.password, isFilled: isFilled, line: textLine)
    case .fieldName:
      let meant = meaning(from: start)
      records.text.removeLast(records.text.count - start)
      records.closeLeaf()
      records.nameField(meant, replaces: isOfPropertyList)
      return
    case .none, .fieldValue:
      records.closeLeaf()
      return
    }
    if isOfPropertyList {
      records.nameField(.none, replaces: true)
    } else if isValue {
      records.pairField()
    }
  }

  /// What the name says that was written into the records' text from `start` on.
  private func meaning(from start: Int) -> NestedRecords.Role {
    let text = records.text.span
    let place = text.trimmedOfLines(ByteRange(start, text.count))
    return NestedRecords.Role(ExportNames.meaning(of: place, in: text, labels: labels))
  }
}
