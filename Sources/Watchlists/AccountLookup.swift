public import Bytes

/// From a login to "one of the partner's?", for all lists of a run: the worker's side.
///
/// A login costs one SipHash for each installation, and an HMAC only for the keys whose pre-filter lets it
/// pass. Nearly always the answer is "no", and nothing was allocated.
public struct AccountLookup: ~Copyable {
  /// A login that is listed.
  public struct Match: Equatable, Sendable {
    public var list: Int
    public var account: Int
    public var isAlias: Bool
    public var tag: Tag
  }

  private let plan: LookupPlan
  private let image: MappedBytes
  private let hasher: KeyedHasher
  /// The filter keys, one behind the other.
  private let filterKeys: SecretBytes
  private let hashesEveryLogin: Bool
  /// First questions of a login's domain and of a host.
  private let domainTails: NameTails
  private let hostTails: NameTails
  private let headers: [WatchlistHeader]
  private let sections: [WatchlistSections]
  /// Mail domains and service hosts that partners declared, with the bits of their lists.
  private let mailDomains: ByteTable
  private let serviceHosts: ByteTable
  private let domainLists: [[Int]]
  private let keysOfFilter: [[Int]]
  private let listsOfKey: [[Int]]
  private let hostLists: [[Int]]

  /// Nil if the plan, the image and the secrets do not fit together.
  public init?(
    plan: LookupPlan, descriptor: Int32, secrets: consuming SecretBytes, hashesEveryLogin: Bool
  ) {
    let keys = plan.filterOfKey.count
    let midstates = KeyedHasher.midstateBytes * keys
    guard keys > 0,
      secrets.count == midstates + KeyFile.filterKeyBytes * plan.filters.count,
      let image = MappedBytes(descriptor: descriptor, count: plan.bytes, isWritable: false),
      let hasherStates = try? secrets.slice(0, midstates),
      let filterKeys = try? secrets.slice(midstates, secrets.count - midstates)
    else { return nil }
    var headers: [WatchlistHeader] = []
    for list in plan.lists {
      let text = image.withSpan(list.offset, list.headerBytes) { $0.copy(ByteRange(0, $0.count)) }
      guard let header = try? WatchlistHeader(text, path: "") else { return nil }
      headers.append(header)
    }
    self.plan = plan
    self.hasher = KeyedHasher(midstates: hasherStates)
    self.filterKeys = filterKeys
    self.hashesEveryLogin = hashesEveryLogin
    self.headers = headers
    self.sections = headers.map { WatchlistSections($0) }
    (mailDomains, domainLists) = Self.table(headers.map(\.mailDomains))
    (serviceHosts, hostLists) = Self.table(headers.map(\.serviceHosts))
    domainTails = NameTails(headers.flatMap { $0.mailDomains.map { Array($0.utf8) } })
    hostTails = NameTails(headers.flatMap { $0.serviceHosts.map { Array($0.utf8) } })
    keysOfFilter = plan.filters.indices.map { filter in
      plan.filterOfKey.indices.filter { plan.filterOfKey[$0] == filter }
    }
    listsOfKey = plan.filterOfKey.indices.map { key in
      plan.lists.indices.filter { plan.lists[$0].key == key }
    }
    self.image = image
  }

  private static func table(_ names: [[String]]) -> (ByteTable, [[Int]]) {
    var lists: [String: [Int]] = [:]
    for (list, names) in names.enumerated() {
      for name in names { lists[name, default: []] += [list] }
    }
    let ordered = lists.sorted { $0.key < $1.key }
    let entries = ordered.enumerated().map { (Array($1.key.utf8), UInt32($0)) }
    return (ByteTable(entries), ordered.map(\.value))
  }

  public var listCount: Int { headers.count }

  public var hasServiceHosts: Bool { !serviceHosts.isEmpty }

  /// Whether a host may be one of a service that a partner declared; `tail` is its last eight bytes.
  @inline(__always)
  public func mayDeclare(hostTail tail: UInt64) -> Bool { hostTails.mayEnd(tail) }

  /// Whether the normalised login may be listed: false for all but about one in 250 that are not.
  ///
  /// This is all that nearly every login of a dump costs.
  public func mayHold(_ login: Span<UInt8>) -> Bool {
    if hashesEveryLogin { return true }
    for filter in plan.filters.indices where passes(login, filter) { return true }
    return false
  }

  /// Which of up to 64 logins may concern a partner, as bits of their numbers: those that `mayHold` would let pass, those
  /// that may be of a declared mail domain, and those that only a look of its own can tell.
  ///
  /// All that they wait for is asked for early: in a list of a million accounts, one login after the other takes
  /// twice as long.
  public func mayConcern(
    _ logins: Span<ByteRange>, in bytes: Span<UInt8>, _ batch: inout LookupBatch
  ) -> UInt64 {
    var concern = batch.fill(logins, in: bytes, domainTails)
    if hashesEveryLogin {
      for key in plan.filterOfKey.indices {
        concern |= holdingTags("v1\u{0}login\u{0}", key, &batch)
        if listsOfKey[key].contains(where: { headers[$0].hasAliases }) {
          concern |= holdingTags("v1\u{0}alias\u{0}", key, &batch)
        }
      }
    } else {
      for filter in plan.filters.indices { concern |= passing(filter, batch) }
    }
    return concern
  }

  /// The logins that the pre-filter lets pass.
  private func passing(_ filter: Int, _ batch: borrowing LookupBatch) -> UInt64 {
    let place = plan.filters[filter]
    batch.hash(by: sipHash(filter))
    for index in 0..<batch.count {
      image.prefetch(place.offset &+ 8 &* FilterWord.index(batch[hash: index], words: place.words))
    }
    var passing: UInt64 = 0
    for index in 0..<batch.count {
      let hash = batch[hash: index]
      let bits = FilterWord.bits(hash)
      let word = image.word64(place.offset &+ 8 &* FilterWord.index(hash, words: place.words))
      if word & bits == bits { passing |= 1 &<< UInt64(index) }
    }
    return passing
  }

  /// The logins whose tags under `key` stand in one of its lists.
  private func holdingTags(
    _ prefix: StaticString, _ key: Int, _ batch: inout LookupBatch
  ) -> UInt64 {
    let lists = listsOfKey[key]
    for index in 0..<batch.count {
      let tag = batch.computeTag(index, prefix, hasher, key: key)
      for list in lists { image.prefetch(bucket(of: tag, plan.lists[list])) }
    }
    var holding: UInt64 = 0
    for number in lists {
      for index in 0..<batch.count { prefetchTags(of: number, near: batch.tag(index)) }
      for index in 0..<batch.count where firstIndex(of: batch.tag(index), number) != nil {
        holding |= 1 &<< UInt64(index)
      }
    }
    return holding
  }

  /// The accounts of the normalised login.
  public func matches(_ login: Span<UInt8>) -> [Match] {
    var matches: [Match] = []
    for filter in plan.filters.indices where hashesEveryLogin || passes(login, filter) {
      find(login, underKeys: keysOfFilter[filter], &matches)
    }
    return matches
  }

  @inline(__always)
  private func passes(_ login: Span<UInt8>, _ filter: Int) -> Bool {
    let hash = sipHash(filter).hash(login)
    let place = plan.filters[filter]
    let word = image.word64(place.offset + 8 * FilterWord.index(hash, words: place.words))
    let bits = FilterWord.bits(hash)
    return word & bits == bits
  }

  @inline(__always)
  private func sipHash(_ filter: Int) -> SipHash {
    let key = KeyFile.filterKeyBytes * filter
    return SipHash(k0: filterKeys.word64(key), k1: filterKeys.word64(key + 8))
  }

  private func find(
    _ login: Span<UInt8>, underKeys keys: [Int], _ matches: inout [Match]
  ) {
    // With many keys nearly all of it is waiting for memory, and what is asked for early comes together.
    let tags = keys.map { key in
      let tag = hasher.tag("v1\u{0}login\u{0}", login, key: key)
      for list in listsOfKey[key] { image.prefetch(bucket(of: tag, plan.lists[list])) }
      return tag
    }
    for (key, tag) in zip(keys, tags) {
      for list in listsOfKey[key] { prefetchTags(of: list, near: tag) }
    }
    for (key, tag) in zip(keys, tags) {
      var asAlias: Tag?
      for list in listsOfKey[key] {
        find(tag, isAlias: false, list, &matches)
        guard headers[list].hasAliases else { continue }
        let alias = asAlias ?? hasher.tag("v1\u{0}alias\u{0}", login, key: key)
        asAlias = alias
        find(alias, isAlias: true, list, &matches)
      }
    }
  }

  /// Asks for the place where a tag would stand in a list.
  @inline(__always)
  private func prefetchTags(of number: Int, near tag: Tag) {
    let list = plan.lists[number]
    let first = Int(image.word32(bucket(of: tag, list)))
    if first < headers[number].tags {
      image.prefetch(list.offset + sections[number].tags + 16 * first)
    }
  }

  private func find(_ tag: Tag, isAlias: Bool, _ number: Int, _ matches: inout [Match]) {
    guard var index = firstIndex(of: tag, number) else { return }
    let list = plan.lists[number]
    let end = Int(image.word32(bucket(of: tag, list) + 4))
    while index < end, image.tag(list.offset + sections[number].tags + 16 * index) == tag {
      let owner = image.word32(list.offset + sections[number].owners + 4 * index)
      // A tag of one kind cannot be one of the other by accident, but a list could say so.
      if (owner >> 31 == 1) == isAlias {
        matches.append(
          Match(
            list: number, account: Int(owner & ~(1 << 31)), isAlias: isAlias, tag: tag))
      }
      index += 1
    }
  }

  /// Where the directory says at which tag those begin that share the first bits with `tag`; behind it stands where
  /// they end.
  @inline(__always)
  private func bucket(of tag: Tag, _ list: LookupPlan.List) -> Int {
    let bucket = list.directoryBits == 0 ? 0 : Int(tag.high >> UInt64(64 - list.directoryBits))
    return list.directory + 4 * bucket
  }

  /// The number of the first tag of the list that is `tag`, or nil.
  @inline(__always)
  private func firstIndex(of tag: Tag, _ number: Int) -> Int? {
    let list = plan.lists[number]
    let bucket = bucket(of: tag, list)
    var index = Int(image.word32(bucket))
    let end = Int(image.word32(bucket + 4))
    while index < end {
      let found = image.tag(list.offset + sections[number].tags + 16 * index)
      if found >= tag { return found == tag ? index : nil }
      index += 1
    }
    return nil
  }

  /// The tag of a login under the key of a list: what stands for a login that is not listed.
  public func tag(_ login: Span<UInt8>, list: Int) -> Tag {
    hasher.tag("v1\u{0}login\u{0}", login, key: plan.lists[list].key)
  }

  /// The lists that declare the mail domain at `range`, or none.
  public func lists(mailDomain range: ByteRange, in bytes: Span<UInt8>) -> [Int] {
    if mailDomains.isEmpty { return [] }
    return mailDomains.value(of: range, in: bytes).map { domainLists[Int($0)] } ?? []
  }

  /// The lists that declare the host, or a suffix of it that begins at a label, as a service; each once.
  public func lists(serviceHost host: Span<UInt8>) -> [Int] {
    var lists: [Int] = []
    if serviceHosts.isEmpty { return lists }
    var start = 0
    while true {
      // One list may declare `kairos.example`, another `example`: the host is a service of both.
      if let value = serviceHosts.value(of: ByteRange(start, host.count), in: host) {
        for list in hostLists[Int(value)] where !lists.contains(list) { lists.append(list) }
      }
      guard let dot = host.firstOffset(of: ASCII.dot, in: start..<host.count) else { return lists }
      start = dot + 1
    }
  }

  /// Whether `match`, a login without mail domain, counts at `host`: at its own service host, or at a service
  /// that its list declares. Such a login (`jdupont`) lives everywhere.
  public func countsAtHost(_ match: Match, _ host: Span<UInt8>) -> Bool {
    if headers[match.list].bareLoginsMatchAnywhere { return true }
    if isServiceHost(of: match, host) { return true }
    return lists(serviceHost: host).contains(match.list)
  }

  /// Which of the accounts of one login are meant at `host`: where a partner lists it for several services,
  /// only the one for this service, if there is one.
  public func meant(among matches: [Match], atHost host: Span<UInt8>) -> [Match] {
    if matches.count < 2 { return matches }
    let accounts = matches.map {
      ListedAccount(image, plan.lists[$0.list], headers[$0.list], $0.account)
    }
    let isOwn = matches.map { isServiceHost(of: $0, host) }
    return matches.indices.filter { index in
      isOwn[index]
        || !matches.indices.contains {
          isOwn[$0] && matches[$0].list == matches[index].list
            && accounts[$0].partner == accounts[index].partner
        }
    }.map { matches[$0] }
  }

  /// Whether `host` is the account's own service host or lies below it.
  public func isServiceHost(of match: Match, _ host: Span<UInt8>) -> Bool {
    let account = ListedAccount(
      image, plan.lists[match.list], headers[match.list], match.account)
    let suffix = Array(account.serviceHost.utf8)
    return !suffix.isEmpty && host.isHost(within: suffix.span)
  }
}
