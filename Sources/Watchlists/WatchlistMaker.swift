public import Clock

/// Makes the bytes of a watchlist from a partner's accounts: the same bytes from the same input.
///
/// docs/WATCHLISTS.md is the contract with other makers; `contrib/watchlist.py` is one.
public enum WatchlistMaker {
  /// What a list says beside its accounts.
  public struct Options: Sendable {
    public var made: UTCTime
    public var expires: UTCTime?
    /// Whether logins without a mail domain count at any host (`--allow-generic`).
    public var bareLoginsMatchAnywhere = false
    public var mailDomains: [String] = []
    public var serviceHosts: [String] = []

    public init(made: UTCTime) {
      self.made = made
    }
  }

  /// An account's flags in the file.
  enum Flags {
    static let privileged: UInt32 = 1
    static let canary: UInt32 = 2
  }

  /// The bytes of the list, or a refusal of a domain or host among the options.
  public static func make(
    _ list: AccountList, key: inout PartnerKey, options: Options
  ) throws(Refusal) -> [UInt8] {
    var header = WatchlistHeader(
      key: key, made: options.made, expires: options.expires,
      bareLoginsMatchAnywhere: options.bareLoginsMatchAnywhere,
      mailDomains: try names(options.mailDomains, "--domain"),
      serviceHosts: try names(options.serviceHosts, "--service-host"))
    let accounts = sorted(list.accounts, &key)
    let canary = Array(key.canaryLogin.utf8)
    var tags: [(tag: Tag, owner: UInt32)] = []
    var words: Set<UInt64> = [key.filter.hash(canary)]
    for (index, account) in accounts.enumerated() {
      tags.append((account.tag, UInt32(index)))
      words.insert(key.filter.hash(account.account.login))
      for alias in account.account.aliases {
        tags.append((key.tag(.alias, alias.span), UInt32(index) | 1 << 31))
        words.insert(key.filter.hash(alias))
      }
    }
    tags.append((key.tag(.login, canary.span), UInt32(accounts.count)))
    tags.sort { ($0.tag, $0.owner) < ($1.tag, $1.owner) }

    var strings = StringTable()
    var records: [UInt8] = []
    for (_, account) in accounts {
      records += strings.record(
        reference: account.reference, partner: account.partner, serviceHost: account.serviceHost,
        changed: account.passwordChanged, flags: account.isPrivileged ? Flags.privileged : 0)
    }
    records += strings.record(
      reference: "", partner: key.partner, serviceHost: [], changed: nil, flags: Flags.canary)
    header.accounts = accounts.count
    header.tags = tags.count
    header.filterWords = words.count
    header.strings = strings.bytes.count
    do {
      return try body(header, tags, records, strings.bytes, words.sorted(), key)
    } catch {
      throw Refusal(.noSecureMemory, "the key")
    }
  }

  private static func body(
    _ header: WatchlistHeader, _ tags: [(tag: Tag, owner: UInt32)], _ records: [UInt8],
    _ strings: [UInt8], _ words: [UInt64], _ key: borrowing PartnerKey
  ) throws(SecretBytesError) -> [UInt8] {
    let sections = WatchlistSections(header)
    var bytes = Array(header.text.utf8)
    bytes.reserveCapacity(sections.end)
    func pad(_ bytes: inout [UInt8], to offset: Int) {
      bytes.append(contentsOf: repeatElement(0, count: offset - bytes.count))
    }
    pad(&bytes, to: sections.tags)
    for (tag, _) in tags {
      bytes.appendBigEndian(tag.high)
      bytes.appendBigEndian(tag.low)
    }
    for (_, owner) in tags { bytes.appendLittleEndian(UInt64(owner), count: 4) }
    pad(&bytes, to: sections.accounts)
    bytes += records
    pad(&bytes, to: sections.strings)
    bytes += strings
    pad(&bytes, to: sections.filterNonce)
    var filter: [UInt8] = []
    filter.reserveCapacity(words.count * 8)
    for word in words { filter.appendLittleEndian(word, count: 8) }
    let nonce = try key.sealNonce(filter.span)
    try key.applySeal(&filter, nonce: nonce)
    bytes += nonce
    bytes += filter
    pad(&bytes, to: sections.mac)
    return bytes + (try key.fileMAC(bytes.span))
  }

  /// The accounts in the order of the file: nothing of the CSV's own order is left.
  private static func sorted(
    _ accounts: [AccountList.Account], _ key: inout PartnerKey
  ) -> [(tag: Tag, account: AccountList.Account)] {
    var tagged: [(tag: Tag, account: AccountList.Account)] = []
    for account in accounts { tagged.append((key.tag(.login, account.login.span), account)) }
    return tagged.sorted { left, right in
      if left.tag != right.tag { return left.tag < right.tag }
      for (a, b) in [
        (Array(left.account.partner.utf8), Array(right.account.partner.utf8)),
        (left.account.serviceHost, right.account.serviceHost),
      ] where a != b {
        return a.lexicographicallyPrecedes(b)
      }
      return Array(left.account.reference.utf8)
        .lexicographicallyPrecedes(Array(right.account.reference.utf8))
    }
  }

  private static func names(_ names: [String], _ option: String) throws(Refusal) -> [String] {
    var normaliser = LoginNormaliser()
    var normalised: Set<[UInt8]> = []
    for name in names {
      guard let bytes = DomainName.normalise(Array(name.utf8), &normaliser) else {
        throw Refusal(.badDomain, option)
      }
      normalised.insert(bytes)
    }
    return normalised.sorted { $0.lexicographicallyPrecedes($1) }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}

/// The strings section: each string once, in the order of first use.
private struct StringTable {
  var bytes: [UInt8] = []
  private var places: [[UInt8]: Int] = [:]

  /// The 40 bytes of one account.
  mutating func record(
    reference: String, partner: String, serviceHost: [UInt8], changed: UTCTime?, flags: UInt32
  ) -> [UInt8] {
    var record: [UInt8] = []
    for text in [Array(reference.utf8), Array(partner.utf8), serviceHost] {
      record.appendLittleEndian(UInt64(place(text)), count: 4)
      record.appendLittleEndian(UInt64(text.count), count: 4)
    }
    record.appendLittleEndian(UInt64(bitPattern: changed?.seconds ?? .min), count: 8)
    record.appendLittleEndian(UInt64(flags), count: 8)
    return record
  }

  private mutating func place(_ text: [UInt8]) -> Int {
    if text.isEmpty { return 0 }
    if let place = places[text] { return place }
    places[text] = bytes.count
    bytes += text
    return bytes.count - text.count
  }
}

extension [UInt8] {
  fileprivate mutating func appendLittleEndian(_ value: UInt64, count: Int) {
    for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
  }

  fileprivate mutating func appendBigEndian(_ value: UInt64) {
    for index in 0..<8 { append(UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64(index)))) }
  }
}
