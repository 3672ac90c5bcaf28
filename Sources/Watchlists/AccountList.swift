internal import Bytes
public import Clock

/// A partner's accounts as its CSV file gives them, in clear: this stays on the partner's side.
///
/// Every line is checked before the first is used; docs/WATCHLISTS.md gives the rules.
public struct AccountList: Sendable {
  /// One account, its logins normalised.
  public struct Account: Sendable {
    public var login: [UInt8]
    public var aliases: [[UInt8]]
    public var reference: String
    public var partner: String
    public var serviceHost: [UInt8]
    public var isPrivileged: Bool
    public var passwordChanged: UTCTime?
    /// Where it stands in the file, from 1.
    public var line: Int
  }

  public private(set) var accounts: [Account] = []
  /// Lines that repeat an earlier one in every cell; they count once.
  public private(set) var repetitions = 0

  /// Reads `bytes`, the CSV file at `path` of the partner `partner`.
  ///
  /// `acceptsGeneric` takes logins such as `admin` without a service host.
  public init(
    _ bytes: [UInt8], path: String, partner: String, acceptsGeneric: Bool
  ) throws(Refusals) {
    let text = try Self.decoded(bytes, path)
    try read(text.span, path, partner, acceptsGeneric)
    if accounts.isEmpty { throw Refusals(.noAccounts, path) }
  }

  /// The file as UTF-8 without a byte order mark; Windows-1252 if it is not valid UTF-8.
  private static func decoded(_ bytes: [UInt8], _ path: String) throws(Refusals) -> [UInt8] {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw Refusals(.utf16, path)
    }
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if String(validating: body, as: UTF8.self) != nil { return body }
    return Windows1252.utf8(body)
  }

  private mutating func read(
    _ text: Span<UInt8>, _ path: String, _ partner: String, _ acceptsGeneric: Bool
  ) throws(Refusals) {
    var records = AccountRecords(text)
    guard let header = records.next(in: text) else { throw Refusals(.empty, path) }
    let columns = try Column.columns(records.record, text, path, line: header)
    var reader = AccountReader(
      path: path, partner: partner, acceptsGeneric: acceptsGeneric, columns: columns,
      columnCount: records.record.cells.count)
    var refused: [Refusal] = []
    var seen: [AccountKey: Int] = [:]
    while refused.count < Refusals.most, let line = records.next(in: text) {
      do throws(Refusal) {
        try add(reader.account(records.record, text, line: line), path, &seen)
      } catch {
        refused.append(error)
      }
    }
    if !refused.isEmpty { throw Refusals(refused) }
  }

  /// What makes two lines the same account.
  private struct AccountKey: Hashable {
    var login: ByteString
    var partner: String
    var serviceHost: ByteString
  }

  private mutating func add(
    _ account: Account, _ path: String, _ seen: inout [AccountKey: Int]
  ) throws(Refusal) {
    let key = AccountKey(
      login: ByteString(bytes: account.login), partner: account.partner,
      serviceHost: ByteString(bytes: account.serviceHost))
    guard let index = seen[key] else {
      seen[key] = accounts.count
      accounts.append(account)
      return
    }
    let earlier = accounts[index]
    guard earlier.reference == account.reference, earlier.isPrivileged == account.isPrivileged,
      earlier.passwordChanged == account.passwordChanged, earlier.aliases == account.aliases
    else { throw Refusal(.contradiction, path, line: account.line) }
    repetitions += 1
  }

  /// The columns that a file may have.
  enum Column: String, CaseIterable {
    case login, ref, partner, privileged, aliases
    case passwordChanged = "password_changed_at"
    case serviceHost = "service_host"

    /// Which cell of a record holds which column.
    static func columns(
      _ header: SeparatedRecord, _ text: Span<UInt8>, _ path: String, line: Int
    ) throws(Refusals) -> [Column: Int] {
      if header.isUnclosed { throw Refusals(.unclosedQuote, path, line: line) }
      var columns: [Column: Int] = [:]
      for index in header.cells.indices {
        let name = String(
          decoding: AccountCell.content(header, index, text).map(ASCII.lowercased), as: UTF8.self)
        guard let column = Column(rawValue: name) else {
          let isFirstKnown = header.cells.count > 1 || name == "login"
          throw Refusals(isFirstKnown ? .unknownColumn : .noLoginColumn, path, line: line)
        }
        if columns[column] != nil { throw Refusals(.repeatedColumn, path, line: line) }
        columns[column] = index
      }
      guard columns[.login] != nil else { throw Refusals(.noLoginColumn, path, line: line) }
      return columns
    }
  }
}

extension AccountList {
  /// Every login and alias with its tag under `key`: what turns a finding back into an account.
  public func tags(
    _ key: inout PartnerKey
  ) -> [(tag: String, login: String, reference: String)] {
    var tags: [(tag: String, login: String, reference: String)] = []
    for account in accounts {
      func add(_ kind: PartnerKey.Kind, _ login: [UInt8], _ key: inout PartnerKey) {
        tags.append(
          (key.tag(kind, login.span).hex, String(decoding: login, as: UTF8.self), account.reference)
        )
      }
      add(.login, account.login, &key)
      for alias in account.aliases { add(.alias, alias, &key) }
    }
    return tags
  }
}

/// The records of the account file that hold anything, with their lines.
private struct AccountRecords {
  private(set) var record = SeparatedRecord()
  private let delimiter: UInt8
  private var offset = 0
  /// Lines before `offset`.
  private var lines = 0

  /// The delimiter is that of the first line that is not blank.
  init(_ text: Span<UInt8>) {
    var cutter = LineCutter(end: text.count, isLast: true)
    var line = ByteRange(0, 0)
    while let next = cutter.next(in: text) {
      line = next
      if !AccountCell.trimmed(text.copy(line)).isEmpty { break }
      offset = cutter.offset
      lines += 1
    }
    delimiter = SeparatedRecord.delimiter(ofHeader: text.extracting(line.bounds))
  }

  /// Cuts the next record into `record`; the number of its first line, or nil at the end.
  ///
  /// A record of empty cells is skipped: spreadsheets leave them below the last line.
  mutating func next(in text: Span<UInt8>) -> Int? {
    while offset < text.count {
      _ = record.cut(text, from: offset, delimiter: delimiter, isLast: true)
      let line = lines + 1
      lines += 1 + record.innerLines
      offset = record.next
      if record.isUnclosed { return line }
      for index in record.cells.indices
      where !AccountCell.content(record, index, text).isEmpty { return line }
    }
    return nil
  }
}

/// What a cell of the account file says.
private enum AccountCell {
  /// The content of a cell without white space at its ends; text behind its closing quote belongs to it.
  static func content(_ record: SeparatedRecord, _ index: Int, _ text: Span<UInt8>) -> [UInt8] {
    let cell = record.cells[index]
    let closing = record.closingQuotes[index]
    guard closing >= 0 else { return trimmed(text.copy(cell)) }
    let quoted = text.copy(ByteRange(cell.start, closing))
    let behind = text.copy(ByteRange(Swift.min(closing + 1, cell.end), cell.end))
    return trimmed((record.escaped[index] ? unescaped(quoted) : quoted) + behind)
  }

  private static func unescaped(_ cell: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while index < cell.count {
      bytes.append(cell[index])
      let isDoubled =
        cell[index] == ASCII.quote && index + 1 < cell.count && cell[index + 1] == ASCII.quote
      index += isDoubled ? 2 : 1
    }
    return bytes
  }

  /// Without the white space of docs/WATCHLISTS.md at its ends.
  static func trimmed(_ cell: [UInt8]) -> [UInt8] {
    // Nearly every cell begins and ends with a visible character of ASCII.
    guard let head = cell.first, let tail = cell.last else { return [] }
    if (0x21...0x7E).contains(head) && (0x21...0x7E).contains(tail) { return cell }
    let scalars = String(decoding: cell, as: UTF8.self).unicodeScalars
    guard let first = scalars.firstIndex(where: { !WhiteSpace.contains($0.value) }),
      let last = scalars.lastIndex(where: { !WhiteSpace.contains($0.value) })
    else { return [] }
    return Array(String(scalars[first...last]).utf8)
  }
}

/// Turns one record of the account file into an account.
private struct AccountReader: ~Copyable {
  let path: String
  let partner: String
  let acceptsGeneric: Bool
  let columns: [AccountList.Column: Int]
  /// Cells of the header line.
  let columnCount: Int
  private var normaliser = LoginNormaliser()

  init(
    path: String, partner: String, acceptsGeneric: Bool, columns: [AccountList.Column: Int],
    columnCount: Int
  ) {
    self.columnCount = columnCount
    self.path = path
    self.partner = partner
    self.acceptsGeneric = acceptsGeneric
    self.columns = columns
  }

  mutating func account(
    _ record: SeparatedRecord, _ text: Span<UInt8>, line: Int
  ) throws(Refusal) -> AccountList.Account {
    func cell(_ column: AccountList.Column) -> [UInt8] {
      guard let index = columns[column], index < record.cells.count else { return [] }
      return AccountCell.content(record, index, text)
    }
    func refusal(_ code: Refusal.Code) -> Refusal { Refusal(code, path, line: line) }

    if record.isUnclosed { throw refusal(.unclosedQuote) }
    if record.cells.count > columnCount { throw refusal(.tooManyCells) }
    var serviceHost: [UInt8] = []
    let host = cell(.serviceHost)
    if !host.isEmpty {
      guard let normalised = DomainName.normalise(host, &normaliser) else {
        throw refusal(.badServiceHost)
      }
      serviceHost = normalised
    }
    let login = try self.login(cell(.login), hasService: !serviceHost.isEmpty, line: line)
    var aliases: [[UInt8]] = []
    for part in cell(.aliases).split(whereSeparator: { [0x7C, 0x2C, 0x3B].contains($0) }) {
      let alias = AccountCell.trimmed(Array(part))
      if alias.isEmpty { continue }
      let normalised = try self.login(alias, hasService: !serviceHost.isEmpty, line: line)
      if normalised != login && !aliases.contains(normalised) { aliases.append(normalised) }
    }
    let reference = String(decoding: cell(.ref), as: UTF8.self)
    guard reference.utf8.count <= 128,
      !reference.unicodeScalars.contains(where: {
        $0 == "@" || $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
      })
    else { throw refusal(.badReference) }
    let named = String(decoding: cell(.partner), as: UTF8.self)
    guard named.isEmpty || WatchlistName.isValid(named) else { throw refusal(.badPartner) }
    guard let isPrivileged = Self.flag(cell(.privileged)) else { throw refusal(.badFlag) }
    let date = cell(.passwordChanged)
    let passwordChanged = Self.time(date)
    if !date.isEmpty && passwordChanged == nil { throw refusal(.badDate) }
    return AccountList.Account(
      login: login, aliases: aliases.sorted { $0.lexicographicallyPrecedes($1) },
      reference: reference, partner: named.isEmpty ? partner : named, serviceHost: serviceHost,
      isPrivileged: isPrivileged, passwordChanged: passwordChanged, line: line)
  }

  private mutating func login(
    _ cell: [UInt8], hasService: Bool, line: Int
  ) throws(Refusal) -> [UInt8] {
    guard normaliser.normalise(cell.span) else { throw Refusal(.badLogin, path, line: line) }
    let login = Array(normaliser.output.prefix(normaliser.count))
    if Self.isNoLogin(login) { throw Refusal(.notALogin, path, line: line) }
    let isGeneric =
      !normaliser.hasMailDomain
      && (String(decoding: login, as: UTF8.self).unicodeScalars.count < 4
        || Self.generic.contains(String(decoding: login, as: UTF8.self)))
    if isGeneric && !hasService && !acceptsGeneric {
      throw Refusal(.genericLogin, path, line: line)
    }
    return login
  }

  /// Whether a cell holds more, or something else, than one login: it would never match.
  private static func isNoLogin(_ login: [UInt8]) -> Bool {
    let text = String(decoding: login, as: UTF8.self)
    if isOfSpreadsheet(text) || text.unicodeScalars.contains(where: isUnseen) { return true }
    guard login.contains(ASCII.at) else { return false }
    if login.first == ASCII.apostrophe { return true }
    let foreign: [UInt8] = [
      ASCII.quote, ASCII.semicolon, ASCII.comma, ASCII.bar, ASCII.space, 0x3C, 0x3E,
    ]
    return login.contains { foreign.contains($0) } || login.last == ASCII.at
      || text.hasPrefix("mailto:")
  }

  /// Whether a login is what a spreadsheet makes of a cell: a long number (`9,99123E+13`), one for which there is no room
  /// (`####`), or an error (`#REF!`).
  private static func isOfSpreadsheet(_ text: String) -> Bool {
    if text.hasPrefix("#") { return text.hasSuffix("!") || text.allSatisfy { $0 == "#" } }
    let parts = text.split(separator: "e+", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0].contains { $0 == "." || $0 == "," }
      && !parts[1].isEmpty
      && parts.joined().utf8.allSatisfy {
        $0 == ASCII.dot || $0 == ASCII.comma || ASCII.isDigit($0)
      }
  }

  /// What nobody types, as it is not seen and was pasted from elsewhere: soft hyphens, blanks without a width, and marks of
  /// the reading order. The list is part of docs/WATCHLISTS.md.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0xFEFF: true
    default: false
    }
  }

  /// Logins that thousands of strangers use, too. The list is part of docs/WATCHLISTS.md.
  private static let generic: Set<String> = [
    "admin", "administrator", "administrateur", "root", "user", "username", "utilisateur", "test",
    "guest", "info", "contact", "demo", "default", "login", "password", "support", "sales", "mail",
    "email", "webmaster", "postmaster", "office", "null", "none", "unknown", "n/a", "not_saved",
    "owner", "system",
  ]

  private static func flag(_ cell: [UInt8]) -> Bool? {
    switch String(decoding: cell.map(ASCII.lowercased), as: UTF8.self) {
    case "1", "true", "yes", "x", "oui", "vrai": true
    case "", "0", "false", "no", "non", "faux": false
    default: nil
    }
  }

  /// `2025-01-15`, `2025-01-15T08:30:00Z`, or as French Excel writes it, day first.
  private static func time(_ cell: [UInt8]) -> UTCTime? {
    let text = String(decoding: cell, as: UTF8.self)
    if let time = UTCTime(text) { return time }
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    let day = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, day.count == 3, day.map(\.count) == [2, 2, 4],
      let midnight = UTCTime("\(day[2])-\(day[1])-\(day[0])")
    else { return nil }
    if parts.count == 1 { return midnight }
    let clock = parts[1].count == 5 ? "\(parts[1]):00" : String(parts[1])
    return UTCTime("\(day[2])-\(day[1])-\(day[0])T\(clock)Z")
  }
}

/// Mail domains and service hosts.
enum DomainName {
  /// The normalised name, or nil if it is none: with a scheme, port, path, blank, `@` or `*`.
  static func normalise(_ text: [UInt8], _ normaliser: inout LoginNormaliser) -> [UInt8]? {
    // It refuses what shows that more than a name was given, and names that are too long.
    guard normaliser.normaliseDomain(text.span) else { return nil }
    let name = Array(normaliser.output.prefix(normaliser.count))
    return name.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? name : nil
  }
}
