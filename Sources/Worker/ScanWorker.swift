internal import Bytes
internal import Formats
internal import Watchlists

/// Matches the credentials of one log file at a time.
///
/// There is one per process, and it shares nothing with the others but the lists, which nobody writes.
struct ScanWorker: CredentialSink, ~Copyable {
  private let lookup: AccountLookup
  private var login = LoginNormaliser()
  private var host = LoginNormaliser()
  private var file: UInt32 = 0
  /// The hits of the record that is being read: if several of its candidates are listed, all are
  /// reported, as ambiguous.
  private var recordHits: [ResultFrame.Hit] = []
  private var record: UInt32 = 0
  private(set) var hits: [ResultFrame.Hit] = []
  private(set) var serviceCounts: [ResultFrame.ServiceCount] = []

  /// Hosts of declared services that are told apart in one file; more are counted under the last.
  private static let maxServiceHosts = 256

  init(lookup: consuming AccountLookup) {
    self.lookup = lookup
  }

  /// Begins a file; the results of the one before are dropped.
  mutating func begin(file: UInt32) {
    self.file = file
    record = 0
    recordHits.removeAll(keepingCapacity: true)
    hits.removeAll(keepingCapacity: true)
    serviceCounts.removeAll(keepingCapacity: true)
  }

  mutating func end() {
    closeRecord()
  }

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    if credential.record != record {
      closeRecord()
      record = credential.record
    }
    let text = bytes.extracting(credential.login.bounds)
    guard login.normalise(text) else { return }
    if find(.exact, credential, bytes) { return }
    if findVariants(credential, bytes) { return }
    // What follows is about logins that are not listed, and only where the split is the likeliest.
    if credential.candidate == 0 { countUnlisted(credential, bytes) }
  }

  private mutating func closeRecord() {
    if recordHits.isEmpty { return }
    let isAmbiguous = recordHits.contains { $0.account != recordHits[0].account }
    for var hit in recordHits {
      hit.isAmbiguous = isAmbiguous
      hits.append(hit)
    }
    recordHits.removeAll(keepingCapacity: true)
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
    if !login.hasMailDomain {
      counting.removeAll { !lookup.countsAtHost($0, host.output.span.extracting(0..<host.count)) }
    }
    // The same login may be listed for several services; if one of them is this, it alone is meant.
    let own = counting.filter {
      lookup.isServiceHost(of: $0, host.output.span.extracting(0..<host.count))
    }
    if !own.isEmpty { counting = own }
    for match in counting {
      let actual = match.isAlias && form == .exact ? .alias : form
      recordHits.append(
        hit(match.list, UInt32(match.account), actual, match.tag, credential, isApp))
    }
    return !counting.isEmpty
  }

  /// Looks up what else the login may be: without its plus-tag, or the user of `DOMAIN\user`.
  private mutating func findVariants(_ credential: Credential, _ bytes: Span<UInt8>) -> Bool {
    let text = bytes.extracting(credential.login.bounds)
    let whole = 0..<text.count
    if let backslash = text.firstOffset(of: ASCII.backslash, in: whole), backslash + 1 < text.count,
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

  private func hit(
    _ list: Int, _ account: UInt32?, _ form: ResultFrame.Hit.Form, _ tag: Tag,
    _ credential: Credential, _ isApp: Bool
  ) -> ResultFrame.Hit {
    ResultFrame.Hit(
      file: file, list: UInt16(list), account: account, form: form, tag: tag,
      host: Array(host.output.prefix(host.count)), isApp: isApp,
      hasPassword: credential.hasPassword, isDoubtful: credential.isDoubtful, isAmbiguous: false,
      line: credential.line, record: credential.record, masked: [])
  }

  // MARK: Logins on no list

  private mutating func countUnlisted(_ credential: Credential, _ bytes: Span<UInt8>) {
    // The variants may have left another login here.
    guard login.normalise(bytes.extracting(credential.login.bounds)) else { return }
    if login.hasMailDomain {
      let lists = lookup.lists(
        mailDomain: ByteRange(login.mailDomainStart, login.count), in: login.output.span)
      if !lists.isEmpty {
        countMailDomain(lists, credential, bytes)
        return
      }
    }
    guard lookup.hasServiceHosts, !normaliseHost(credential, bytes), host.count > 0 else { return }
    let lists = lookup.lists(serviceHost: host.output.span.extracting(0..<host.count))
    for list in lists { count(list, credential) }
  }

  /// Reports the login that `login` holds, which is of a mail domain that `lists` declare.
  private mutating func countMailDomain(
    _ lists: [Int], _ credential: Credential, _ bytes: Span<UInt8>
  ) {
    let isApp = normaliseHost(credential, bytes)
    let text = Array(login.output.prefix(login.count))
    let domain = ByteRange(login.mailDomainStart, login.count)
    for list in lists {
      let tag = lookup.tag(text.span, list: list)
      var found = hit(list, nil, .exact, tag, credential, isApp)
      found.masked = Self.masked(text.span, domain)
      recordHits.append(found)
    }
  }

  private mutating func count(_ list: Int, _ credential: Credential) {
    let name = Array(host.output.prefix(host.count))
    let known = serviceCounts.firstIndex { Int($0.list) == list && $0.host == name }
    if let index = known ?? (serviceCounts.count < Self.maxServiceHosts ? nil : 0) {
      serviceCounts[index].records += 1
      if credential.hasPassword { serviceCounts[index].withPassword += 1 }
    } else {
      serviceCounts.append(
        ResultFrame.ServiceCount(
          file: file, list: UInt16(list), host: name, records: 1,
          withPassword: credential.hasPassword ? 1 : 0))
    }
  }

  /// `f…n@formation.example`: enough for the owner of the mail domain to ask further.
  private static func masked(_ login: Span<UInt8>, _ domain: ByteRange) -> [UInt8] {
    let local = String(
      decoding: login.copy(ByteRange(0, domain.start - 1)), as: UTF8.self)
    let isLong = local.unicodeScalars.count >= 4
    let first = isLong ? local.unicodeScalars.first.map { String($0) } ?? "" : ""
    let last = isLong ? local.unicodeScalars.last.map { String($0) } ?? "" : ""
    return Array("\(first)…\(last)@".utf8) + login.copy(domain)
  }

  // MARK: Host

  /// Normalises the host of the record; true if it is an app's package name, which is kept as written.
  private mutating func normaliseHost(_ credential: Credential, _ bytes: Span<UInt8>) -> Bool {
    let (name, isApp) = URLText.host(of: credential.host, in: bytes)
    _ = host.normaliseDomain(bytes.extracting(name.bounds))
    return isApp
  }
}
