internal import Bytes

// Labelled records.
extension TextLines {
  /// Whether a field without a sign between label and value is one, and no prose: a URL's must hold one, and
  /// the others stand directly below another field of the record.
  func isMeant(_ field: RecordField, in bytes: Span<UInt8>) -> Bool {
    if field.hasSign { return true }
    switch field.meaning {
    case .url:
      guard let url = URLText(at: field.value, in: bytes) else { return false }
      return url.hasScheme
        || url.looksLikeHost && bytes.firstOffset(of: ASCII.space, in: field.value.bounds) == nil
    case .login, .email, .password:
      return !record.isEmpty && record.pending == nil && record.lastLine &+ 1 == line
        && !record.isFilled(field.meaning)
        && (field.meaning == .password
          || bytes.firstOffset(of: ASCII.space, in: field.value.bounds) == nil)
    default: return false
    }
  }

  /// Fills the record with a field, and those that stand behind it on the same line.
  mutating func apply<Sink: CredentialSink & ~Copyable>(
    _ first: RecordField, in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    closeHeadingAbove(in: bytes, &sink)
    var field = first
    let lineStart = isWithinLine && first.start == 0 ? -1 : first.start
    // Any number: each byte is looked at once, and a limit would be another one behind a chunk's cut.
    while true {
      var next = field.next(in: bytes, labels)
      // A password may hold bars and labels: it ends before a field that still lacks, where others stand before it on
      // its line or none in the record.
      if field.meaning == .password, let found = next,
        field.start == lineStart && !record.isBeforeFirst(line)
          || record.hasBeforePassword(found.field.meaning, on: line)
      {
        next = nil
      }
      let own = next.map { bytes.trimmed(ByteRange(field.value.start, $0.end)) } ?? field.value
      let value = field.plain(own, in: bytes)
      // What has no sign is a field only below others, and begins no record.
      if field.meaning.isLogin, field.hasSign || !record.isFilled(.password),
        let pair = pair(field, value, in: bytes)
      {
        // Both are of one record, which begins with the line's field and not within it.
        if record.isFilled(.password),
          !record.isFilled(field.meaning) || record.leavesOpen(field.meaning, on: line)
        {
          close(in: bytes, &sink)
        }
        fill(field.meaning, pair.login, from: field.start, in: bytes, &sink)
        fill(.password, pair.password, from: field.start, in: bytes, &sink)
      } else {
        fill(field.meaning, value, from: field.start, in: bytes, &sink)
      }
      guard let next else { return }
      field = next.field
    }
  }

  /// Closes a record that is a URL alone, which is the host of the very next line only.
  @inline(__always)
  mutating func closeHeadingAbove<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if record.isHeading && line > record.lastLine &+ 1 {
      close(in: bytes, &sink, isAtBoundary: true)
    }
  }

  /// Login and password of `Login/Password: ann:…`, `Login:Password: ann:…` or `Account: ann@mail.example:…`, or nil.
  private func pair(
    _ field: RecordField, _ value: ByteRange, in bytes: Span<UInt8>
  ) -> (login: ByteRange, password: ByteRange)? {
    var value = value
    if !field.isPair {
      if let colon = DelimitedLine.colonBehindAddress(value, in: bytes),
        !ASCII.isBlank(bytes[colon + 1])
      {
        return (ByteRange(value.start, colon), ByteRange(colon + 1, value.end))
      }
      guard let inner = RecordField.first(in: value, of: bytes, labels), inner.hasColon,
        inner.meaning == .password
      else { return nil }
      value = inner.value
    }
    for offset in value.bounds {
      switch bytes[offset] {
      case ASCII.colon, ASCII.bar, ASCII.semicolon, ASCII.space, ASCII.tab:
        return (
          bytes.trimmed(ByteRange(value.start, offset)),
          bytes.trimmed(ByteRange(offset + 1, value.end))
        )
      default: continue
      }
    }
    return nil
  }

  /// Fills one field, closing the record first if the field is filled.
  mutating func fill<Sink: CredentialSink & ~Copyable>(
    _ meaning: LabelDictionary.Class, _ value: ByteRange, from start: Int,
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    // A seller's label or an unknown field opens no record.
    if meaning == .seller || meaning == .other {
      record.isDescribed = true
      return
    }
    if meaning == .login, record.awaitsPassword, Self.isNumber(value, in: bytes) { return }
    // Of nearly every record this is all that is asked: the field is its first of this class.
    let isRepeated = record.isFilled(meaning)
    if isRepeated, meaning == .url, record.repeatsURL(value, at: start, in: bytes) { return }
    if isRepeated, meaning == .login, record.isFurtherLogin(at: start, on: line, in: bytes) {
      record.keepLogin()
    } else if isRepeated && !record.leavesOpen(meaning, on: line) {
      let next =
        meaning == .password
        ? record.splitOffLast(before: line)
        : meaning.isLogin ? record.splitOffURL(before: line, order: order) : nil
      close(in: bytes, &sink)
      if let next { record = next }
    } else if record.awaitsURL && meaning != .url {
      close(in: bytes, &sink, isAtBoundary: true)
    } else if meaning == .url && record.lacksURL && order == .urlFirst && !record.isBehindBoundary,
      !(record.isOnOneLine && record.lastLine == line)
    {
      close(in: bytes, &sink)
    }
    if record.isEmpty {
      record = BlockRecord(isBehindBoundary: isAtBoundary)
      isAtBoundary = false
    }
    record.fill(meaning, value, from: start, in: bytes, line: line)
  }

  /// Whether a value is a phone's number, or nothing.
  private static func isNumber(_ value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for offset in value.bounds where ASCII.isLetter(bytes[offset]) || bytes[offset] >= 0x80 {
      return Placeholder.stands(at: value, in: bytes)
    }
    return true
  }

  /// Closes the record at a blank line, unless its URL may stand below.
  mutating func readBlank<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    if record.isEmpty {
      isAtBoundary = true
    } else if record.lacksURL && order != .urlFirst {
      record.noteBlank()
    } else if record.isFilled(.password) {
      close(in: bytes, &sink, isAtBoundary: true)
    }
  }

  /// Reports the record; `isAtBoundary` says whether something stands between it and the next.
  mutating func close<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink, isAtBoundary: Bool = false
  ) {
    self.isAtBoundary = isAtBoundary
    defer { record = BlockRecord() }
    guard record.isCredential(in: bytes) else { return readLoneValue(in: bytes, &sink) }
    recordCount &+= 1
    // `login password URL login …`: where nothing stands before or behind a record, it may have been cut off.
    let isDoubtful =
      record.order == .urlLast && order == nil && !isAtBoundary && !record.isBehindBoundary
      && !record.isOnOneLine
    let hasLogin = report(record.login, candidate: 0, isDoubtful, in: bytes, &sink)
    _ = report(record.email, candidate: hasLogin ? 1 : 0, isDoubtful, in: bytes, &sink)
    if order == nil, record.isFilled(.password), !isDoubtful { order = record.order }
  }

  /// Reads the value of a record that has no other as a line without labels: `Hit: https://a.example/:ann:…`, and a line below
  /// `Accounts:`.
  private mutating func readLoneValue<Sink: CredentialSink & ~Copyable>(
    in bytes: Span<UInt8>, _ sink: inout Sink
  ) {
    guard let (value, line) = record.loneValue, Self.mayBeLine(value, in: bytes) else { return }
    let split = DelimitedLine(value, in: bytes, labels)
    guard split.isCertain, !record.isFilled(.url) || Self.isNoPage(split, of: value, in: bytes)
    else { return }
    report(split, onLine: line, in: bytes, &sink)
  }

  /// Whether a value may be a record for itself, at a glance: most are a URL and nothing else.
  private static func mayBeLine(_ value: ByteRange, in bytes: Span<UInt8>) -> Bool {
    guard URLText.hasScheme(at: value, in: bytes), let url = URLText(at: value, in: bytes) else {
      return DelimitedLine.colonBehindAddress(value, in: bytes) != nil
    }
    guard
      let first = DelimitedLine.separator(in: bytes, from: url.authorityEnd, to: value.end)
    else { return false }
    return DelimitedLine.separator(in: bytes, from: first + 1, to: value.end) != nil
  }

  /// Whether the likeliest login stands in no page's query, anchor or parameters, and the password is no path.
  private static func isNoPage(
    _ split: DelimitedLine, of value: ByteRange, in bytes: Span<UInt8>
  ) -> Bool {
    let record = split.candidate(0)
    for offset in value.start..<Swift.max(value.start, record.login.end) {
      switch bytes[offset] {
      case ASCII.question, ASCII.hash, ASCII.semicolon, ASCII.comma: return false
      default: continue
      }
    }
    return !DelimitedLine.hasPath(bytes, record.password.start, record.password.end)
  }

  /// Whether the line below an empty label is a record for itself, and not that label's value.
  func isRecord(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    record.pending != .url && URLText.hasScheme(at: text, in: bytes)
      && DelimitedLine(text, in: bytes, labels).isCertain
  }

  /// Reports a login of the record; false if there is none.
  mutating func report<Sink: CredentialSink & ~Copyable>(
    _ login: BlockRecord.Place, candidate: UInt8, _ isHostDoubtful: Bool, in bytes: Span<UInt8>,
    _ sink: inout Sink
  ) -> Bool {
    if Placeholder.stands(at: login.text, in: bytes) { return false }
    add(
      Credential(
        host: record.url, login: login.text, hasPassword: !record.password.isEmpty,
        passwordField: record.password, layout: .labelledBlocks, line: login.line,
        record: recordCount,
        candidate: candidate,
        isHostDoubtful: isHostDoubtful),
      in: bytes, &sink)
    return true
  }

  /// Whether the line is at least five of one of `=-_*~#` and nothing else, or such a line with a
  /// word in its middle, as Blank Grabber writes.
  static func isSeparator(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
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
