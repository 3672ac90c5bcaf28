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
    let order = sorted(list.accounts, &key)
    let canary = Array(key.canaryLogin.utf8)
    let filter = key.filter
    var tags: [Entry] = []
    tags.reserveCapacity(order.count + 1)
    var words = [filter.hash(canary)]
    words.reserveCapacity(order.count + 1)
    var strings = StringTable()
    var records: [UInt8] = []
    records.reserveCapacity(WatchlistSections.accountBytes * (order.count + 1))
    for (index, entry) in order.enumerated() {
      let account = list.accounts[Int(entry.number)]
      tags.append(Entry(tag: entry.tag, number: UInt32(index)))
      words.append(filter.hash(account.login))
      for alias in account.aliases {
        tags.append(Entry(tag: key.tag(.alias, alias.span), number: UInt32(index) | 1 << 31))
        words.append(filter.hash(alias))
      }
      strings.addRecord(
        to: &records, reference: account.reference, partner: account.partner,
        serviceHost: account.serviceHost, changed: account.passwordChanged,
        flags: account.isPrivileged ? Flags.privileged : 0)
    }
    tags.append(Entry(tag: key.tag(.login, canary.span), number: UInt32(order.count)))
    tags.sort { ($0.tag, $0.number) < ($1.tag, $1.number) }
    strings.addRecord(
      to: &records, reference: "", partner: key.partner, serviceHost: [], changed: nil,
      flags: Flags.canary)
    words = sortedOnce(words)
    header.accounts = order.count
    header.tags = tags.count
    header.filterWords = words.count
    header.strings = strings.bytes.count
    do {
      return try body(header, tags, records, strings.bytes, words, key)
    } catch {
      throw Refusal(.noSecureMemory, "the key")
    }
  }

  /// A tag and the number of what it belongs to: 24 bytes that sorting may move as they are.
  private struct Entry {
    var tag: Tag
    var number: UInt32
  }

  /// Ascending, each once. A set would hash each word again, and hold three times as much.
  private static func sortedOnce(_ words: [UInt64]) -> [UInt64] {
    var sorted: [UInt64] = []
    sorted.reserveCapacity(words.count)
    for word in words.sorted() where word != sorted.last { sorted.append(word) }
    return sorted
  }

  private static func body(
    _ header: WatchlistHeader, _ tags: [Entry], _ records: [UInt8],
    _ strings: [UInt8], _ words: [UInt64], _ key: borrowing PartnerKey
  ) throws(SecretBytesError) -> [UInt8] {
    let sections = WatchlistSections(header)
    var bytes = Array(header.text.utf8)
    bytes.reserveCapacity(sections.end)
    func pad(_ bytes: inout [UInt8], to offset: Int) {
      bytes.append(contentsOf: repeatElement(0, count: offset - bytes.count))
    }
    pad(&bytes, to: sections.tags)
    for entry in tags {
      bytes.append(little: entry.tag.high.byteSwapped)
      bytes.append(little: entry.tag.low.byteSwapped)
    }
    for entry in tags { bytes.append(little: entry.number) }
    pad(&bytes, to: sections.accounts)
    bytes += records
    pad(&bytes, to: sections.strings)
    bytes += strings
    pad(&bytes, to: sections.filterNonce)
    var filter: [UInt8] = []
    filter.reserveCapacity(words.count * 8)
    for word in words { filter.append(little: word) }
    let nonce = try key.sealNonce(filter.span)
    let seeds = try key.sealSeeds(nonce: nonce, pieces: FilePieces.count(filter.count))
    bytes += nonce
    for (piece, seed) in seeds.enumerated() {
      let words = filter[FilePieces.range(piece, of: filter.count)]
      bytes += zip(words, FilterSeal.stream(seed: seed, count: words.count)).map { $0 ^ $1 }
    }
    pad(&bytes, to: sections.mac)
    return bytes + (try key.fileMAC(bytes.span))
  }

  /// The accounts' numbers in the order of the file, by login tag: nothing of the CSV's own order is left.
  private static func sorted(
    _ accounts: [AccountList.Account], _ key: inout PartnerKey
  ) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(accounts.count)
    for (number, account) in accounts.enumerated() {
      entries.append(Entry(tag: key.tag(.login, account.login.span), number: UInt32(number)))
    }
    entries.sort { left, right in
      if left.tag != right.tag { return left.tag < right.tag }
      let (a, b) = (accounts[Int(left.number)], accounts[Int(right.number)])
      if a.partner != b.partner { return precedes(a.partner.utf8, b.partner.utf8) }
      if a.serviceHost != b.serviceHost { return precedes(a.serviceHost, b.serviceHost) }
      return precedes(a.reference.utf8, b.reference.utf8)
    }
    return entries
  }

  private static func precedes(
    _ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>
  ) -> Bool {
    left.lexicographicallyPrecedes(right)
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
  private var places: [ByteString: UInt32] = [:]

  /// Adds the 24 bytes of one account.
  mutating func addRecord(
    to records: inout [UInt8], reference: String, partner: String, serviceHost: [UInt8],
    changed: UTCTime?, flags: UInt32
  ) {
    records.append(little: changed?.seconds ?? .min)
    var lengths = flags << 24
    for (field, text) in [Array(reference.utf8), Array(partner.utf8), serviceHost].enumerated() {
      records.append(little: place(text))
      // References and partners have at most 128 bytes, hosts 253.
      lengths |= UInt32(UInt8(text.count)) << (8 * UInt32(field))
    }
    records.append(little: lengths)
  }

  private mutating func place(_ text: [UInt8]) -> UInt32 {
    if text.isEmpty { return 0 }
    let key = ByteString(bytes: text)
    if let place = places[key] { return place }
    let place = UInt32(bytes.count)
    places[key] = place
    bytes += text
    return place
  }
}

/// Bytes as a key: an array alone hashes each of its bytes by itself, which takes ten times as long.
struct ByteString: Hashable {
  var bytes: [UInt8]

  func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}

extension [UInt8] {
  fileprivate mutating func append(little value: some FixedWidthInteger) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }
}
