public import Clock

/// The text at the beginning of a watchlist file: public facts, readable without the key.
///
/// docs/WATCHLISTS.md gives its lines. Reading is strict: a header that is not written exactly as this
/// program writes it is refused, so that there is one form to reason about.
public struct WatchlistHeader: Equatable, Sendable {
  static let firstLine = "dumpsieve-watchlist 1\n"
  static let normalisation = 1
  /// A header longer than this is refused; it holds about 20,000 domains.
  static let maxBytes = 1 << 20

  public var partner: String
  public var keyID: String
  public var keyCheck: String
  public var made: UTCTime
  public var expires: UTCTime?
  /// Whether a login without a mail domain counts at any host (`--allow-generic`).
  public var bareLoginsMatchAnywhere: Bool
  public var hasInstallationFilter: Bool
  public var filterCheck: String
  /// Accounts, without the canary.
  public var accounts: Int
  /// Tags of logins and aliases, with the canary's.
  public var tags: Int
  /// Each account has one tag of its own, and so has the canary.
  var hasAliases: Bool { tags > accounts + 1 }
  public var filterWords: Int
  /// Bytes of strings.
  public var strings: Int
  /// Normalised, ascending, each once.
  public var mailDomains: [String]
  public var serviceHosts: [String]

  /// The header as it stands in the file, without the padding behind it.
  var text: String {
    var text = Self.firstLine
    text += "partner: \(partner)\nkey-id: \(keyID)\nkey-check: \(keyCheck)\n"
    text += "normalisation: \(Self.normalisation)\nmade: \(made.text)\n"
    if let expires { text += "expires: \(expires.text)\n" }
    text += "bare-logins: \(bareLoginsMatchAnywhere ? "anywhere" : "at-services")\n"
    text += "filter: \(hasInstallationFilter ? "installation" : "own")\n"
    text += "filter-check: \(filterCheck)\naccounts: \(accounts)\ntags: \(tags)\n"
    text += "filter-words: \(filterWords)\nstrings: \(strings)\n"
    for domain in mailDomains { text += "mail-domain: \(domain)\n" }
    for host in serviceHosts { text += "service-host: \(host)\n" }
    return text + "\n"
  }

  /// Bytes from the start of the file to the body.
  var bytes: Int { (text.utf8.count + 15) / 16 * 16 }

  /// Reads the header of a file from its first bytes, up to `maxBytes` of them.
  init(_ bytes: [UInt8], path: String) throws(Refusal) {
    let prefix = Array("dumpsieve-watchlist ".utf8)
    guard bytes.starts(with: prefix) else {
      throw Refusal(Self.looksLikeAccounts(bytes) ? .plaintextList : .notAWatchlist, path)
    }
    guard bytes.starts(with: Array(Self.firstLine.utf8)) else { throw Refusal(.newerVersion, path) }
    guard let end = Self.end(of: bytes) else { throw Refusal(.badHeader, path) }
    let text = String(decoding: bytes[..<end], as: UTF8.self)
    var fields: [String: String] = [:]
    var mailDomains: [String] = []
    var serviceHosts: [String] = []
    for line in text.split(separator: "\n").dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { throw Refusal(.badHeader, path) }
      let name = String(line[..<colon])
      let value = String(line[colon...].dropFirst(2))
      switch name {
      case "mail-domain": mailDomains.append(value)
      case "service-host": serviceHosts.append(value)
      default: fields[name] = value
      }
    }
    if let version = fields["normalisation"], version != String(Self.normalisation) {
      throw Refusal(.otherNormalisation, path)
    }
    func count(_ name: String) -> Int? {
      fields[name].flatMap { Int($0) }.flatMap { $0 >= 0 && $0 <= Int(UInt32.max) ? $0 : nil }
    }
    guard let partner = fields["partner"], WatchlistName.isValid(partner),
      let keyID = fields["key-id"], Self.isHex(keyID, 16),
      let keyCheck = fields["key-check"], Self.isHex(keyCheck, 32),
      let made = fields["made"].flatMap({ UTCTime($0) }),
      let filterCheck = fields["filter-check"], Self.isHex(filterCheck, 16),
      let accounts = count("accounts"), let tags = count("tags"),
      let filterWords = count("filter-words"), let strings = count("strings")
    else { throw Refusal(.badHeader, path) }
    guard Self.areNames(mailDomains), Self.areNames(serviceHosts) else {
      throw Refusal(.badHeader, path)
    }
    self.partner = partner
    self.keyID = keyID
    self.keyCheck = keyCheck
    self.made = made
    expires = fields["expires"].flatMap { UTCTime($0) }
    bareLoginsMatchAnywhere = fields["bare-logins"] == "anywhere"
    hasInstallationFilter = fields["filter"] == "installation"
    self.filterCheck = filterCheck
    self.accounts = accounts
    self.tags = tags
    self.filterWords = filterWords
    self.strings = strings
    self.mailDomains = mailDomains
    self.serviceHosts = serviceHosts
    guard self.text == text else { throw Refusal(.badHeader, path) }
  }

  init(
    key: borrowing PartnerKey, made: UTCTime, expires: UTCTime?, bareLoginsMatchAnywhere: Bool,
    mailDomains: [String], serviceHosts: [String]
  ) {
    partner = key.partner
    keyID = key.keyID
    keyCheck = key.keyCheck
    hasInstallationFilter = key.hasInstallationFilter
    filterCheck = key.filterCheck
    self.made = made
    self.expires = expires
    self.bareLoginsMatchAnywhere = bareLoginsMatchAnywhere
    self.mailDomains = mailDomains
    self.serviceHosts = serviceHosts
    accounts = 0
    tags = 0
    filterWords = 0
    strings = 0
  }

  /// Behind the empty line that ends the header.
  private static func end(of bytes: [UInt8]) -> Int? {
    var index = 1
    let limit = min(bytes.count, maxBytes)
    while index < limit {
      if bytes[index] == 0x0A && bytes[index - 1] == 0x0A { return index + 1 }
      index += 1
    }
    return nil
  }

  /// Whether they are names such as a maker writes, ascending and each once. `watchlist info` shows them before
  /// any key has vouched for them, so no control character may pass.
  private static func areNames(_ names: [String]) -> Bool {
    var previous: [UInt8] = []
    for name in names {
      let bytes = Array(name.utf8)
      guard bytes.count <= LoginNormaliser.maxDomainBytes,
        bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), previous.lexicographicallyPrecedes(bytes)
      else { return false }
      previous = bytes
    }
    return true
  }

  private static func isHex(_ text: String, _ digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { Hex.value($0) != nil }
  }

  /// Whether somebody gave the CSV file in the place of the list: it must not be echoed.
  private static func looksLikeAccounts(_ bytes: [UInt8]) -> Bool {
    bytes.prefix(4096).contains(0x40) || bytes.starts(with: Array("login".utf8))
  }
}

/// Where the sections of a watchlist file stand, in bytes from its start.
///
/// Counts come from a file and may be anything up to 2³² - 1, so sums stay far below `Int.max`.
public struct WatchlistSections: Equatable, Sendable {
  static let accountBytes = 24
  static let macBytes = 32

  public var tags: Int
  public var owners: Int
  public var accounts: Int
  public var strings: Int
  public var filterNonce: Int
  public var filterWords: Int
  public var mac: Int
  /// The size of the file.
  public var end: Int

  init(_ header: WatchlistHeader) {
    func aligned(_ offset: Int) -> Int { (offset + 15) / 16 * 16 }
    tags = header.bytes
    owners = tags + 16 * header.tags
    accounts = aligned(owners + 4 * header.tags)
    strings = aligned(accounts + Self.accountBytes * (header.accounts + 1))
    filterNonce = aligned(strings + header.strings)
    filterWords = filterNonce + 16
    mac = aligned(filterWords + 8 * header.filterWords)
    end = mac + Self.macBytes
  }
}
