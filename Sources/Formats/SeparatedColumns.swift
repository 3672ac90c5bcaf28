internal import Bytes

extension SeparatedTable {
  /// Which column of an export holds what, from 0.
  struct Columns: Equatable, Sendable {
    /// Of these, each row has its URL in one.
    var urls: [Int] = []
    /// NordPass's list of the other URLs of a record: `["https://…","https://…"]`.
    var moreURLs: Int?
    /// User names first, then e-mail addresses.
    var logins: [Int] = []
    /// The first of `logins` that is an e-mail address's.
    var firstEmail = 0
    /// Whether there are more columns of logins than are kept.
    var isCut = false
    /// Nil in a table without credentials.
    var password: Int?
    /// Whether that is a guess, as no name is a password's.
    var isPasswordGuessed = false
    /// The last column that every row must have.
    var lastNeeded: Int { Swift.max(password ?? 0, logins.min() ?? 0) }
  }

  /// Whether the line is the header of a table of a login, a password and more, as exports write it without quotes. It is asked
  /// of lines within documents, where no table is cut.
  static func isHeader(
    _ line: ByteRange, in bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    // As `open` has it.
    guard line.count <= maxHeaderBytes,
      bytes.firstOffset(of: ASCII.colon, in: line.bounds) == nil,
      bytes.firstOffset(of: ASCII.at, in: line.bounds) == nil
    else { return false }
    let delimiter = SeparatedRecord.delimiter(ofHeader: bytes.extracting(line.bounds))
    var count = 0
    var hasLogin = false
    var hasPassword = false
    var rest = line
    while count == 0 || rest.start < line.end {
      rest.end = bytes.firstOffset(of: delimiter, in: rest.bounds) ?? line.end
      let name = bytes.trimmed(rest)
      switch ExportNames.meaning(of: name, in: bytes, labels: labels) {
      case .login, .email: hasLogin = true
      case .password: hasPassword = true
      default: break
      }
      count += 1
      rest = ByteRange(Swift.min(rest.end + 1, line.end), line.end)
    }
    return count > 2 && hasLogin && hasPassword
  }

  /// What the names in a header come to.
  struct Header {
    var columns = Columns()
    /// Whether all names are known, and none is a user name's: a person's address, and what else is known of him.
    var isOfPersons = false

    /// Nil unless the cells name a login and a password, or a login or URL and else only what is no password.
    init?(_ cells: [ByteRange], in bytes: Span<UInt8>, labels: LabelDictionary) {
      var account: Int?
      var emails: [Int] = []
      var guess = PasswordGuess()
      var hasUnknown = false
      // `Phone` is a login's label, and an address book's.
      var hasUserName = false
      for (index, cell) in cells.enumerated() {
        let name = bytes.trimmed(cell)
        let isOfForm = labels.formClass(of: name, in: bytes) != nil
        if bytes.equals(name, lowercase: "additional_urls") { columns.moreURLs = index }
        let meaning = ExportNames.meaning(of: name, in: bytes, labels: labels)
        guess.note(index, name, meaning: meaning, isOfForm: isOfForm, in: bytes)
        switch meaning {
        case .url: columns.urls.append(index)
        // KeePass 1.x calls the title so; others mean the login.
        case .login where bytes.equals(name, lowercase: "account"): account = account ?? index
        case .login:
          columns.logins.append(index)
          hasUserName = hasUserName || !isOfForm
        case .email: emails.append(index)
        case .password: columns.password = columns.password ?? index
        case nil where !isOfForm: hasUnknown = true
        default: break
        }
      }
      if columns.logins.isEmpty && emails.isEmpty, let account {
        columns.logins = [account]
        hasUserName = true
      }
      columns.urls = Array(columns.urls.prefix(SeparatedTable.maxURLColumns))
      columns.firstEmail = columns.logins.count
      columns.isCut = columns.logins.count + emails.count > SeparatedTable.maxLogins
      columns.logins = Array((columns.logins + emails).prefix(SeparatedTable.maxLogins))
      if columns.logins.isEmpty && (columns.password != nil || columns.urls.isEmpty) { return nil }
      if columns.password != nil { return }
      guard Self.areNames(cells, in: bytes) else { return nil }
      isOfPersons = !hasUserName && !hasUnknown
      // An address and a URL may be a person's, unless nothing else is there.
      guard !columns.urls.isEmpty, hasUserName || cells.count == 3 else { return }
      columns.password = guess.column(
        logins: columns.logins, urls: columns.urls, of: cells.count)
      columns.isPasswordGuessed = columns.password != nil
    }

    /// Whether all cells could be names of columns: words, and each begins with a letter. Address books have some of several
    /// words with a number or slash, `E-mail 2 Address` and `TTY/TDD Phone`.
    private static func areNames(_ cells: [ByteRange], in bytes: Span<UInt8>) -> Bool {
      for cell in cells {
        let name = bytes.trimmed(cell)
        guard !name.isEmpty, name.count <= LabelDictionary.maxLabelBytes,
          ASCII.isLetter(bytes[name.start]) || bytes[name.start] >= 0x80
        else { return false }
        let areWords =
          cells.count >= minColumnsWithNumbers
          && bytes.firstOffset(of: ASCII.space, in: name.bounds) != nil
        for offset in name.bounds {
          if bytes[offset] == ASCII.dot { return false }
          if areWords { continue }
          if ASCII.isDigit(bytes[offset]) || bytes[offset] == ASCII.slash { return false }
        }
      }
      return true
    }

    /// A line of fewer words with numbers may be a person's address.
    private static let minColumnsWithNumbers = 4
  }
}

/// The URLs of one cell: all that is there, or parted by line ends, or by a comma before a scheme; and those of a
/// list in another.
struct URLList {
  private var rest: ByteRange
  private var list: ByteRange
  private var isFirst = true

  init(_ text: ByteRange, and list: ByteRange = .empty) {
    rest = text
    self.list = list
  }

  /// The next URL of the list, without its quotes and brackets.
  private mutating func nextOfList(in bytes: Span<UInt8>) -> ByteRange? {
    func isMark(_ byte: UInt8) -> Bool {
      byte == ASCII.quote || byte == ASCII.openBracket || byte == ASCII.closeBracket
        || byte == ASCII.backslash || ASCII.isBlank(byte)
    }
    while !list.isEmpty {
      var end = list.start
      while end < list.end, bytes[end] != ASCII.comma { end += 1 }
      var url = ByteRange(list.start, end)
      list.start = Swift.min(list.end, end + 1)
      while !url.isEmpty, isMark(bytes[url.start]) { url.start += 1 }
      while !url.isEmpty, isMark(bytes[url.end - 1]) { url.end -= 1 }
      if !url.isEmpty { return url }
    }
    return nil
  }

  /// The next URL, or nil if there is no more. The first one may be empty.
  mutating func next(in bytes: Span<UInt8>) -> ByteRange? {
    if rest.isEmpty && !isFirst { return nextOfList(in: bytes) }
    // Once, or each line end at the end would be looked at for each before it.
    if isFirst { rest = bytes.trimmedOfLines(rest) }
    isFirst = false
    for place in rest.bounds {
      let byte = bytes[place]
      let isLineEnd = byte == ASCII.lineFeed || byte == ASCII.carriageReturn
      guard isLineEnd || byte == ASCII.comma else { continue }
      let behind = bytes.trimmedOfLines(ByteRange(place + 1, rest.end))
      // A URL may hold commas of its own.
      if isLineEnd || URLText.hasScheme(at: behind, in: bytes) {
        let url = bytes.trimmedOfLines(ByteRange(rest.start, place))
        rest = behind
        return url
      }
    }
    let url = rest
    rest = .empty
    return url
  }
}

/// A cell of a table in Markdown, whose text may stand within marks.
enum MarkdownCell {
  /// The text within `` `…` `` and `**…**`, and the address of `[…](…)`.
  static func plain(_ cell: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var text = cell
    while text.count > 2, bytes[text.start] == bytes[text.end - 1],
      bytes[text.start] == 0x60 || bytes[text.start] == 0x2A
    {
      text = bytes.trimmed(ByteRange(text.start + 1, text.end - 1))
    }
    if text.count > 4, bytes[text.start] == ASCII.openBracket, bytes[text.end - 1] == 0x29,
      let close = bytes.firstOffset(of: ASCII.closeBracket, in: text.bounds),
      bytes[close + 1] == 0x28
    {
      return bytes.trimmed(ByteRange(close + 2, text.end - 1))
    }
    return text
  }
}
