internal import Bytes

// Lines that programs read or run: `.netrc`, and `curl` in a shell's history.
extension TextLines {
  /// Reads `machine a.example login ann password …`, also several on a line, or the machine alone, whose fields stand below.
  /// False if it is none.
  mutating func readMachine<Sink: CredentialSink & ~Copyable>(
    _ line: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    var words = Words(line)
    var name = words.next(in: bytes)
    var isMachine = false
    while let word = name, Self.beginsMachine(ByteRange(word.start, line.end), in: bytes),
      let host = words.next(in: bytes)
    {
      name = words.next(in: bytes)
      close(in: bytes, &sink, isAtBoundary: true)
      fill(.url, host, from: word.start, in: bytes, &sink)
      isMachine = true
      while let label = name, let meaning = Self.meaning(ofNetrc: label, in: bytes),
        let value = words.next(in: bytes)
      {
        // What comes again would begin a record within the line.
        if record.isFilled(meaning) { return true }
        if meaning != .other { fill(meaning, value, from: word.start, in: bytes, &sink) }
        name = words.next(in: bytes)
      }
    }
    return isMachine
  }

  /// Whether `machine` and its host stand there, and behind them a field or nothing.
  static func beginsMachine(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var words = Words(text)
    // Not in quotes: a record begins with the word, and is read again from there.
    guard let word = words.next(in: bytes), bytes.equals(word, lowercase: "machine"),
      word.end < text.end, ASCII.isBlank(bytes[word.end]), let host = words.next(in: bytes),
      URLText(at: host, in: bytes)?.looksLikeHost == true
    else { return false }
    guard let name = words.next(in: bytes) else { return true }
    return meaning(ofNetrc: name, in: bytes) != nil
  }

  private static func meaning(
    ofNetrc name: ByteRange, in bytes: Span<UInt8>
  ) -> LabelDictionary.Class? {
    if bytes.equals(name, lowercase: "login") || bytes.equals(name, lowercase: "user") {
      return .login
    }
    if bytes.equals(name, lowercase: "password") { return .password }
    return bytes.equals(name, lowercase: "account") || bytes.equals(name, lowercase: "port")
      ? .other : nil
  }

  /// Options of curl whose next word may be a URL, and is not what is asked for.
  private static let valuedOptions: [StaticString] = [
    "-x", "--proxy", "-u", "--proxy-user", "-e", "--referer", "-d", "--data", "--data-raw", "-h",
    "--header", "-b", "-o",
  ]

  /// Reads `curl -u ann:… https://a.example/`, in which the words stand in any order. False if it is none.
  mutating func readCommand<Sink: CredentialSink & ~Copyable>(
    _ line: ByteRange, in bytes: Span<UInt8>, _ sink: inout Sink
  ) -> Bool {
    var words = Words(line)
    guard let first = words.next(in: bytes), bytes.equals(first, lowercase: "curl") else {
      return false
    }
    var pair = ByteRange.empty
    var url = ByteRange.empty
    while let word = words.next(in: bytes) {
      // `-U` names the user of a proxy.
      let isUser = word.count > 1 && bytes[word.start + 1] == 0x75
      if isUser && bytes.equals(word, lowercase: "-u") || bytes.equals(word, lowercase: "--user") {
        pair = words.next(in: bytes) ?? .empty
      } else if bytes.starts(word, withLowercase: "--user=") {
        pair = ByteRange(word.start + 7, word.end)
      } else if isUser, word.count > 2, bytes.starts(word, withLowercase: "-u") {
        pair = ByteRange(word.start + 2, word.end)
      } else if Self.valuedOptions.contains(where: { bytes.equals(word, lowercase: $0) }) {
        _ = words.next(in: bytes)
      } else if url.isEmpty, URLText.hasScheme(at: word, in: bytes) {
        url = word
      }
    }
    guard let colon = bytes.firstOffset(of: ASCII.colon, in: pair.bounds), colon > pair.start,
      URLText(at: url, in: bytes)?.looksLikeHost == true
    else { return false }
    close(in: bytes, &sink, isAtBoundary: true)
    recordCount &+= 1
    let password = ByteRange(colon + 1, pair.end)
    add(
      Credential(
        host: url, login: ByteRange(pair.start, colon), hasPassword: !password.isEmpty,
        passwordField: password, layout: .delimitedLines, line: self.line, record: recordCount),
      in: bytes, &sink)
    return true
  }

  /// The words of a line, without the quotes round them.
  private struct Words {
    private var rest: ByteRange

    init(_ line: ByteRange) {
      rest = line
    }

    mutating func next(in bytes: Span<UInt8>) -> ByteRange? {
      rest.start = bytes.behindBlanks(rest.start, rest.end)
      guard rest.start < rest.end else { return nil }
      let quote = bytes[rest.start]
      if quote == ASCII.quote || quote == ASCII.apostrophe,
        let close = bytes.firstOffset(of: quote, in: (rest.start + 1)..<rest.end)
      {
        let word = ByteRange(rest.start + 1, close)
        rest.start = close + 1
        return word
      }
      let start = rest.start
      while rest.start < rest.end, !ASCII.isBlank(bytes[rest.start]) { rest.start += 1 }
      return ByteRange(start, rest.start)
    }
  }
}
