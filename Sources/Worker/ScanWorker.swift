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
    /// The hash of its password for `PasswordUse`; nil where it is not known where that stands.
    var password: UInt64?
  }

  let lookup: AccountLookup
  /// The services of the rules, whose hosts everybody knows.
  private let services: ServiceHosts
  private let results: ResultPipe
  /// Asked about the passwords of listed logins; nil without `--verify-with`.
  private var verifier: Verifier?
  /// The file's first hits whose passwords are looked for at other sites of the log.
  private var hits: [(hit: ResultFrame.Hit, password: UInt64)] = []
  /// Under a key of this file alone.
  private var passwordHash = SipHash.random()
  private var login = LoginNormaliser()
  /// The logins of a batch of credentials: their places, and what is looked up.
  var logins = [ByteRange](repeating: .empty, count: LookupBatch.capacity)
  var lookupBatch = LookupBatch()
  /// The host of the credential at hand.
  private var host = HostNormaliser()
  private var file: UInt32 = 0
  private var record: UInt32 = 0
  /// The hits of the record that is being read: if several of its candidates are listed, all are
  /// reported, as ambiguous.
  private var recordHits: [RecordHit] = []
  /// What the likeliest candidate is if no candidate is listed: a listed login settles the split.
  private var unlistedHits: [ResultFrame.Hit] = []
  /// Counts logins on no list at declared services.
  var serviceCounter: ServiceCounter
  /// Whether the lines of cookies hold no login, though other lines of the file do.
  var passesOverCookies = false
  /// Whether the file is no log's: then what is repeated in it is counted as it comes, since nobody says that it
  /// is of one machine.
  var countsRepeats = false
  /// Whether marks were taken out of this file's text: then a password may not be as it was saved.
  var hasMarks = false
  /// Logins of this file, if it has marks, that were reported of the text without them.
  private var toldTags: Set<Tag> = []
  /// Whether the text is read for those of whom nothing was told.
  private var isSecondReading = false
  /// Whether something of this file was reported.
  private(set) var hasHit = false

  /// Quotes, brackets and `mailto:` round one login.
  private static let maxWrappings = 3
  /// Hits of a file whose passwords are looked for at other sites; a machine's people have a few accounts.
  private static let maxHits = 1024

  init(
    lookup: consuming AccountLookup, services: ServiceHosts, results: ResultPipe,
    verifier: Verifier? = nil
  ) {
    self.lookup = lookup
    self.services = services
    self.results = results
    serviceCounter = ServiceCounter(results: results)
    self.verifier = verifier
  }

  mutating func begin(file: UInt32) {
    self.file = file
    record = 0
    hasHit = false
    isSecondReading = false
    if !toldTags.isEmpty { toldTags.removeAll(keepingCapacity: true) }
    serviceCounter.begin(file: file)
    if !hits.isEmpty { hits.removeAll(keepingCapacity: true) }
    verifier?.beginFile()
  }

  /// The hits of the file, a log's, whose passwords may stand at other sites, too, with what hashed these. Both are forgotten
  /// here.
  mutating func takeHits() -> ([(hit: ResultFrame.Hit, password: UInt64)], SipHash) {
    if hits.isEmpty { return ([], passwordHash) }
    defer { (hits, passwordHash) = ([], .random()) }
    return (hits, passwordHash)
  }

  /// From here on only logins count of which nothing was reported in this file.
  mutating func beginSecondReading() {
    closeRecord()
    record = 0
    isSecondReading = true
  }

  /// Whether a hit is one that the second reading of a text only repeats.
  private mutating func isTold(_ hit: ResultFrame.Hit) -> Bool {
    guard hasMarks else { return false }
    if isSecondReading { return toldTags.contains(hit.tag) }
    if toldTags.count < Self.maxHits { toldTags.insert(hit.tag) }
    return false
  }

  /// Reports what is left of the file.
  mutating func end() {
    closeRecord()
    serviceCounter.report()
  }

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    if credential.record != record {
      closeRecord()
      record = credential.record
    }
    if passesOverCookies && NetscapeCookies.holds(credential.login, in: bytes) { return }
    let written = bytes.extracting(credential.login.bounds)
    if let plain = PercentText.login(written) {
      look(for: plain.span, credential, bytes)
    } else {
      look(for: written, credential, bytes)
    }
  }

  /// Looks for `text`, which the credential's login says.
  private mutating func look(
    for text: Span<UInt8>, _ credential: Credential, _ bytes: Span<UInt8>
  ) {
    let isText = login.normalise(text)
    let isASCII = login.isASCII
    let isListed =
      isText && (find(.exact, credential, bytes) || findVariants(of: text, credential, bytes))
      || !isASCII && findInCodePages(text, credential, bytes)
    // What follows is about lists on which the login is not, and only where the split is the likeliest.
    if isText && (credential.candidate == 0 || !credential.isDoubtful)
      && !(isListed && lookup.listCount == 1)
    {
      noteUnlisted(text, credential, bytes)
    }
  }

  /// Reports the hits of the record; they are not gathered, as a hostile file may hold millions.
  private mutating func closeRecord() {
    // As nearly always.
    if recordHits.isEmpty && unlistedHits.isEmpty && !serviceCounter.hasNoted { return }
    // A record's user name and its e-mail address are one account's, as a rule, and no other reading.
    let isAmbiguous = recordHits.contains {
      $0.login != recordHits[0].login && $0.hit.isDoubtful
    }
    for entry in recordHits where !isTold(entry.hit) {
      var hit = entry.hit
      hit.isAmbiguous = isAmbiguous
      results.send(.hit(hit))
      hasHit = true
      if let password = entry.password, !countsRepeats, hits.count < Self.maxHits {
        hits.append((hit, password))
      }
    }
    // To a partner that does not list the login it is a stranger's, whoever else does.
    let listed = recordHits.map { Int($0.hit.list) }
    for hit in unlistedHits where !listed.contains(Int(hit.list)) && !isTold(hit) {
      results.send(.hit(hit))
      hasHit = true
    }
    serviceCounter.closeRecord(listed: listed)
    if !recordHits.isEmpty { recordHits.removeAll(keepingCapacity: true) }
    if !unlistedHits.isEmpty { unlistedHits.removeAll(keepingCapacity: true) }
  }

  // MARK: Listed logins

  /// Looks up the login that `login` holds; true if it counts as a hit.
  private mutating func find(
    _ form: ResultFrame.Hit.Form, _ credential: Credential, _ bytes: Span<UInt8>
  ) -> Bool {
    guard lookup.mayHold(login.output.span.extracting(0..<login.count)) else { return false }
    var counting = lookup.matches(login.output.span.extracting(0..<login.count))
    if counting.isEmpty { return false }
    host.read(credential.host, in: bytes)
    // An app's package name is no host, however it is spelt.
    let service = host.isApp ? [] : host.text
    if !login.hasMailDomain { counting.removeAll { !lookup.countsAtHost($0, service.span) } }
    for match in lookup.meant(among: counting, atHost: service.span) {
      let actual = match.isAlias && form == .exact ? .alias : form
      var found = hit(match.list, UInt32(match.account), actual, match.tag, credential)
      let isKnown = lookup.isServiceHost(of: match, service.span) || isHostOfService
      if credential.isHostDoubtful && !isKnown { found.host = [] }
      found.check = check(credential, bytes)
      let password = bytes.extracting(credential.password(in: bytes).bounds)
      recordHits.append(
        RecordHit(
          hit: found, login: credential.login,
          password: password.isEmpty ? nil : passwordHash.hash(password)))
    }
    return !counting.isEmpty
  }

  /// What the verifier says of the password beside the login that `login` holds; nil without one.
  private mutating func check(
    _ credential: Credential, _ bytes: Span<UInt8>
  ) -> VerifierAnswer? {
    // It steps out for the call, as it is a part of this value, and so is what it is lent.
    guard credential.hasPassword, var asked = verifier.take() else { return nil }
    defer { verifier = asked }
    let answer = asked.check(
      login: login.output.span.extracting(0..<login.count), host: host.text.span,
      password: bytes.extracting(credential.password(in: bytes).bounds))
    // Where it is doubtful what the password is, another may be the one.
    let isDoubtful = credential.isDoubtful || credential.isHostDoubtful
    return answer == .old && (isDoubtful || hasMarks) ? .unknown : answer
  }

  /// Looks up what else the login may be: without quotes or `mailto:` round it, or brackets before it, and then also without its
  /// plus-tag, or the user of `DOMAIN\user`.
  private mutating func findVariants(
    of text: Span<UInt8>, _ credential: Credential, _ bytes: Span<UInt8>
  ) -> Bool {
    let inner = Self.unwrapped(text)
    if inner.count < text.count, login.normalise(text.extracting(inner)),
      find(.exact, credential, bytes)
    {
      return true
    }
    if let backslash = text.firstOffset(of: ASCII.backslash, in: inner),
      backslash + 1 < inner.upperBound,
      text.firstOffset(of: ASCII.space, in: inner.lowerBound..<backslash) == nil,
      login.normalise(text.extracting((backslash + 1)..<inner.upperBound)),
      find(.windowsName, credential, bytes)
    {
      return true
    }
    if let plus = text.firstOffset(of: 0x2B, in: inner),
      let at = text.firstOffset(of: ASCII.at, in: inner), plus > inner.lowerBound, plus < at
    {
      let plain =
        text.copy(ByteRange(inner.lowerBound, plus)) + text.copy(ByteRange(at, inner.upperBound))
      if login.normalise(plain.span), login.hasMailDomain, find(.plusTag, credential, bytes) {
        return true
      }
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

  /// What stands within `"…"`, `'…'`, `<…>` or behind `mailto:`, or in several of them: `<mailto:…>`.
  private static func unwrapped(_ text: Span<UInt8>) -> Range<Int> {
    var inner = 0..<text.count
    for _ in 0..<maxWrappings {
      guard inner.count > 2 else { return inner }
      switch (text[inner.lowerBound], text[inner.upperBound - 1]) {
      case (ASCII.quote, ASCII.quote), (ASCII.apostrophe, ASCII.apostrophe), (0x3C, 0x3E),
        (0x2A, 0x2A), (0x60, 0x60):
        inner = (inner.lowerBound + 1)..<(inner.upperBound - 1)
      // `(ann@mail.example;…)`: what closes it stands behind the password.
      case (0x28, _), (ASCII.openBracket, _), (0x7B, _), (0x2A, _), (0x60, _):
        inner = (inner.lowerBound + 1)..<inner.upperBound
      default:
        let place = ByteRange(inner.lowerBound, inner.upperBound)
        guard inner.count > 7, text.starts(place, withLowercase: "mailto:" as StaticString) else {
          return inner
        }
        inner = (inner.lowerBound + 7)..<inner.upperBound
      }
    }
    return inner
  }

  private func hit(
    _ list: Int, _ account: UInt32?, _ form: ResultFrame.Hit.Form, _ tag: Tag,
    _ credential: Credential
  ) -> ResultFrame.Hit {
    ResultFrame.Hit(
      file: file, list: UInt16(list), account: account, form: form, tag: tag, host: host.text,
      isApp: host.isApp, hasPassword: credential.hasPassword, layout: credential.layout,
      isDoubtful: credential.isDoubtful, isAmbiguous: false, line: credential.line,
      record: credential.record, masked: [])
  }

  // MARK: Logins on no list

  private mutating func noteUnlisted(
    _ text: Span<UInt8>, _ credential: Credential, _ bytes: Span<UInt8>
  ) {
    // The variants may have left another login here.
    guard login.normalise(text) else { return }
    var ownDomain: [Int] = []
    if login.hasMailDomain {
      ownDomain = lookup.lists(
        mailDomain: ByteRange(login.mailDomainStart, login.count), in: login.output.span)
      if !ownDomain.isEmpty { noteMailDomain(ownDomain, credential, bytes) }
    }
    // The first reading has counted its records.
    guard lookup.hasServiceHosts, !isSecondReading else { return }
    host.read(credential.host, in: bytes)
    if host.isApp || host.text.isEmpty { return }
    let lists = lookup.lists(serviceHost: host.text.span).filter { !ownDomain.contains($0) }
    if lists.isEmpty { return }
    serviceCounter.note(
      credential, login: login, host: host.text, lists: lists, countsRepeats: countsRepeats)
  }

  /// Notes the login that `login` holds, which is of a mail domain that `lists` declare.
  private mutating func noteMailDomain(
    _ lists: [Int], _ credential: Credential, _ bytes: Span<UInt8>
  ) {
    host.read(credential.host, in: bytes)
    let text = Array(login.output.prefix(login.count))
    let domain = ByteRange(login.mailDomainStart, login.count)
    for list in lists {
      let tag = lookup.tag(text.span, list: list)
      var found = hit(list, nil, .exact, tag, credential)
      // No letter of the local part: where the order of fields is doubtful, it may be a password.
      found.masked = ResultFrame.Hit.mask + text.span.copy(domain)
      if credential.isHostDoubtful && !isHostOfService { found.host = [] }
      unlistedHits.append(found)
    }
  }

  /// Whether `host` is one of a service that a list or a rule names, so that it gives nothing away. An app's
  /// package name never is.
  private var isHostOfService: Bool {
    if host.isApp || host.text.isEmpty { return false }
    let text = host.text.span
    return services.service(ofHost: ByteRange(0, text.count), in: text) != nil
      || !lookup.lists(serviceHost: text).isEmpty
  }
}
