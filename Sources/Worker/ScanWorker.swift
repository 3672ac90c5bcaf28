internal import Bytes
internal import Formats
internal import Watchlists

/// Matches the credentials of one log file at a time.
///
/// There is one per process, and it shares nothing with the others but the lists, which nobody writes.
struct ScanWorker: CredentialSink, ~Copyable {
  /// A hit of the record that is being read, with the place of its login.
  private struct RecordHit {
    var hit: ResultFrame.Hit
    var login: ByteRange
  }

  private let lookup: AccountLookup
  private let results: ResultPipe
  private var login = LoginNormaliser()
  private var host = LoginNormaliser()
  /// The host of the credential at hand, normalised; empty if it names none.
  private var hostText: [UInt8] = []
  private var file: UInt32 = 0
  private var record: UInt32 = 0
  /// The hits of the record that is being read: if several of its candidates are listed, all are
  /// reported, as ambiguous.
  private var recordHits: [RecordHit] = []
  /// What the likeliest candidate is if no candidate is listed: a listed login settles the split.
  private var unlistedHits: [ResultFrame.Hit] = []
  private var unlistedLists: [Int] = []
  private var unlistedHost: [UInt8] = []
  private var unlistedHasPassword = false
  private var unlistedLayout = RecordLayout.delimitedLines
  /// Hashes of the logins that this unit's blocks have at declared services: a log repeats its credentials, in
  /// its list of all and in each browser's.
  private var countedLogins: Set<Int> = []
  private var serviceCounts: [ResultFrame.ServiceCount] = []
  /// Whether the lines of cookies hold no login, though other lines of the file do.
  var passesOverCookies = false
  /// Whether something of this file was reported.
  private(set) var hasHit = false

  /// Hosts of declared services that are told apart in one file; more are counted with the list's first.
  private static let maxServiceHosts = 256
  /// Logins at declared services that one unit's repeats are told from; further ones count each time.
  private static let maxCountedLogins = 4096

  init(lookup: consuming AccountLookup, results: ResultPipe) {
    self.lookup = lookup
    self.results = results
    hostText.reserveCapacity(256)
  }

  mutating func begin(file: UInt32) {
    self.file = file
    record = 0
    hasHit = false
    serviceCounts.removeAll(keepingCapacity: true)
  }

  /// Reports what is left of the file.
  mutating func end() {
    closeRecord()
    for count in serviceCounts { results.send(.serviceCount(count)) }
  }

  /// Forgets the unit, whose last file was read.
  mutating func endUnit() {
    if !countedLogins.isEmpty { countedLogins.removeAll(keepingCapacity: true) }
  }

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    if credential.record != record {
      closeRecord()
      record = credential.record
    }
    if passesOverCookies && NetscapeCookies.holds(credential.login, in: bytes) { return }
    let text = bytes.extracting(credential.login.bounds)
    let isText = login.normalise(text)
    let isASCII = login.isASCII
    if isText && (find(.exact, credential, bytes) || findVariants(of: text, credential, bytes)) {
      return
    }
    if !isASCII && findInCodePages(text, credential, bytes) { return }
    if !isText { return }
    // What follows is about logins that are not listed, and only where the split is the likeliest.
    if credential.candidate == 0 || !credential.isDoubtful { noteUnlisted(credential, bytes) }
  }

  /// Reports the hits of the record; they are not gathered, as a hostile file may hold millions.
  private mutating func closeRecord() {
    if recordHits.isEmpty {
      for hit in unlistedHits { results.send(.hit(hit)) }
      hasHit = hasHit || !unlistedHits.isEmpty
      for list in unlistedLists { count(list) }
    } else {
      // A record's user name and its e-mail address are one account's, as a rule, and no other reading.
      let isAmbiguous = recordHits.contains {
        $0.login != recordHits[0].login && $0.hit.isDoubtful
      }
      for entry in recordHits {
        var hit = entry.hit
        hit.isAmbiguous = isAmbiguous
        results.send(.hit(hit))
      }
      hasHit = true
      recordHits.removeAll(keepingCapacity: true)
    }
    if !unlistedHits.isEmpty { unlistedHits.removeAll(keepingCapacity: true) }
    if !unlistedLists.isEmpty { unlistedLists.removeAll(keepingCapacity: true) }
  }

  // MARK: Listed logins

  /// Looks up the login that `login` holds; true if it counts as a hit.
  private mutating func find(
    _ form: ResultFrame.Hit.Form, _ credential: Credential, _ bytes: Span<UInt8>
  ) -> Bool {
    guard lookup.mayHold(login.output.span.extracting(0..<login.count)) else { return false }
    var counting = lookup.matches(login.output.span.extracting(0..<login.count))
    if counting.isEmpty { return false }
    let isApp = normaliseHost(credential, bytes)
    // An app's package name is no host, however it is spelt.
    let service = isApp ? [] : hostText
    if !login.hasMailDomain { counting.removeAll { !lookup.countsAtHost($0, service.span) } }
    for match in lookup.meant(among: counting, atHost: service.span) {
      let actual = match.isAlias && form == .exact ? .alias : form
      var found = hit(match.list, UInt32(match.account), actual, match.tag, credential, isApp)
      if credential.isHostDoubtful && !lookup.isKnownHost(of: match, service.span) {
        found.host = []
      }
      recordHits.append(RecordHit(hit: found, login: credential.login))
    }
    return !counting.isEmpty
  }

  /// Looks up what else the login may be: without quotes or `mailto:` round it, without its plus-tag, or the
  /// user of `DOMAIN\user`.
  private mutating func findVariants(
    of text: Span<UInt8>, _ credential: Credential, _ bytes: Span<UInt8>
  ) -> Bool {
    let whole = 0..<text.count
    if let inner = Self.unwrapped(text), login.normalise(text.extracting(inner)),
      find(.exact, credential, bytes)
    {
      return true
    }
    if let backslash = text.firstOffset(of: ASCII.backslash, in: whole), backslash + 1 < text.count,
      text.firstOffset(of: ASCII.space, in: 0..<backslash) == nil,
      login.normalise(text.extracting((backslash + 1)..<text.count)),
      find(.windowsName, credential, bytes)
    {
      return true
    }
    if login.hasMailDomain, let plus = text.firstOffset(of: 0x2B, in: whole),
      let at = text.firstOffset(of: ASCII.at, in: whole), plus > 0, plus < at
    {
      let plain = text.copy(ByteRange(0, plus)) + text.copy(ByteRange(at, text.count))
      if login.normalise(plain.span), find(.plusTag, credential, bytes) { return true }
    }
    return false
  }

  /// Looks up what a login beyond ASCII is in the code pages that a dump may be written in.
  ///
  /// Text that is UTF-8 means that, but two Chinese letters of GBK may look like two of UTF-8.
  private mutating func findInCodePages(
    _ text: Span<UInt8>, _ credential: Credential, _ bytes: Span<UInt8>
  ) -> Bool {
    guard text.count <= LoginNormaliser.maxInputBytes else { return false }
    let isUTF8 = (try? UTF8Span(validating: text)) != nil
    if isUTF8, text.indices.contains(where: { text[$0] >= 0xE0 }) { return false }
    for page in CodePage.ofLogins where !isUTF8 || page == .gbk {
      guard let utf8 = page.utf8(text), login.normalise(utf8.span) else { continue }
      if find(.exact, credential, bytes) || findVariants(of: utf8.span, credential, bytes) {
        return true
      }
    }
    return false
  }

  /// What stands within `"…"`, `'…'`, `<…>` or behind `mailto:`, or nil.
  private static func unwrapped(_ text: Span<UInt8>) -> Range<Int>? {
    guard text.count > 2 else { return nil }
    if text.starts(ByteRange(0, text.count), withLowercase: "mailto:" as StaticString) {
      return 7..<text.count
    }
    switch (text[0], text[text.count - 1]) {
    case (ASCII.quote, ASCII.quote), (0x27, 0x27), (0x3C, 0x3E): return 1..<(text.count - 1)
    default: return nil
    }
  }

  private func hit(
    _ list: Int, _ account: UInt32?, _ form: ResultFrame.Hit.Form, _ tag: Tag,
    _ credential: Credential, _ isApp: Bool
  ) -> ResultFrame.Hit {
    ResultFrame.Hit(
      file: file, list: UInt16(list), account: account, form: form, tag: tag, host: hostText,
      isApp: isApp, hasPassword: credential.hasPassword, layout: credential.layout,
      isDoubtful: credential.isDoubtful, isAmbiguous: false, line: credential.line,
      record: credential.record, masked: [])
  }

  // MARK: Logins on no list

  private mutating func noteUnlisted(_ credential: Credential, _ bytes: Span<UInt8>) {
    // The variants may have left another login here.
    guard login.normalise(bytes.extracting(credential.login.bounds)) else { return }
    if login.hasMailDomain {
      let lists = lookup.lists(
        mailDomain: ByteRange(login.mailDomainStart, login.count), in: login.output.span)
      if !lists.isEmpty {
        noteMailDomain(lists, credential, bytes)
        return
      }
    }
    guard lookup.hasServiceHosts, !normaliseHost(credential, bytes), !hostText.isEmpty else {
      return
    }
    unlistedLists = lookup.lists(serviceHost: hostText.span)
    if unlistedLists.isEmpty || isRepeat(credential) {
      unlistedLists.removeAll(keepingCapacity: true)
      return
    }
    unlistedHost.removeAll(keepingCapacity: true)
    unlistedHost.append(contentsOf: hostText)
    unlistedHasPassword = credential.hasPassword
    unlistedLayout = credential.layout
  }

  /// Notes the login that `login` holds, which is of a mail domain that `lists` declare.
  private mutating func noteMailDomain(
    _ lists: [Int], _ credential: Credential, _ bytes: Span<UInt8>
  ) {
    let isApp = normaliseHost(credential, bytes)
    let text = Array(login.output.prefix(login.count))
    let domain = ByteRange(login.mailDomainStart, login.count)
    for list in lists {
      let tag = lookup.tag(text.span, list: list)
      var found = hit(list, nil, .exact, tag, credential, isApp)
      // No letter of the local part: where the order of fields is doubtful, it may be a password.
      found.masked = ResultFrame.Hit.mask + text.span.copy(domain)
      if credential.isHostDoubtful && lookup.lists(serviceHost: hostText.span).isEmpty {
        found.host = []
      }
      unlistedHits.append(found)
    }
  }

  /// Whether the login that `login` holds was counted in this unit at this host. Lines of combolists are
  /// counted as they come.
  private mutating func isRepeat(_ credential: Credential) -> Bool {
    guard credential.layout == .labelledBlocks else { return false }
    var hasher = Hasher()
    for index in 0..<login.count { hasher.combine(login.output[index]) }
    hasher.combine(hostText)
    // A login without its password and the same with one are two: what is known of it is the better.
    hasher.combine(credential.hasPassword)
    let hash = hasher.finalize()
    if countedLogins.contains(hash) { return true }
    if countedLogins.count < Self.maxCountedLogins { countedLogins.insert(hash) }
    return false
  }

  /// Counts the record for a list that declares its host as a service.
  private mutating func count(_ list: Int) {
    let known = serviceCounts.firstIndex { Int($0.list) == list && $0.host == unlistedHost }
    let first = serviceCounts.firstIndex { Int($0.list) == list }
    let isFull = serviceCounts.count >= Self.maxServiceHosts
    if let index = known ?? (isFull ? first : nil) {
      serviceCounts[index].records &+= 1
      if unlistedHasPassword { serviceCounts[index].withPassword &+= 1 }
    } else {
      serviceCounts.append(
        ResultFrame.ServiceCount(
          file: file, list: UInt16(list), host: unlistedHost, layout: unlistedLayout, records: 1,
          withPassword: unlistedHasPassword ? 1 : 0))
    }
  }

  // MARK: Host

  /// Puts the host of the record into `hostText`; true if it is an app's package name.
  private mutating func normaliseHost(_ credential: Credential, _ bytes: Span<UInt8>) -> Bool {
    let (name, isApp) = URLText.host(of: credential.host, in: bytes)
    hostText.removeAll(keepingCapacity: true)
    if bytes.firstOffset(of: ASCII.colon, in: name.bounds) != nil {
      // An IPv6 address, which is no domain name.
      for offset in name.bounds { hostText.append(ASCII.lowercased(bytes[offset])) }
    } else if host.normaliseDomain(bytes.extracting(name.bounds)) {
      hostText.append(contentsOf: host.output.prefix(host.count))
    }
    // The supervisor takes no other form, and ends a worker that sends one.
    if !hostText.span.isHostText { hostText.removeAll(keepingCapacity: true) }
    return isApp
  }
}
