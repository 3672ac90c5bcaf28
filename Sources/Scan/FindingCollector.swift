internal import Bytes
internal import Clock
internal import Findings
internal import Formats
internal import Rules
internal import Watchlists
internal import Worker

/// Gathers the hits of all workers into findings: copies of one theft become one.
///
/// The result does not depend on the order in which hits come. What it holds is bounded by `PendingHits`.
struct FindingCollector: ~Copyable {
  private let configuration: ScanConfiguration
  private let catalogue: RuleCatalogue
  private let image: WatchlistImage
  private let services: ServiceMatcher
  /// The services by the numbers that the workers count by.
  private let serviceHosts: ServiceHosts
  private let numbers: [String: Int]
  private let scorer: Scorer
  private let identifiers: Identifiers
  /// What is no finding yet.
  var pending = PendingHits()
  private var findings: [String: Finding] = [:]
  /// The same, by the log or file on disk in which they stand; only for a run with a store.
  private var byRoot: [UInt32: [String: Finding]] = [:]

  var findingCount: Int { findings.count }

  init(
    _ configuration: ScanConfiguration, _ catalogue: RuleCatalogue,
    _ image: consuming WatchlistImage, _ identifiers: Identifiers
  ) {
    self.configuration = configuration
    self.catalogue = catalogue
    self.image = image
    self.identifiers = identifiers
    services = ServiceMatcher(catalogue)
    serviceHosts = ServiceHosts(
      catalogue, declared: self.image.headers.flatMap(\.serviceHosts))
    numbers = Dictionary(
      uniqueKeysWithValues: catalogue.services.enumerated().map { ($1.id, $0) })
    scorer = Scorer(catalogue, asOf: configuration.asOf)
  }

  /// Whether the frame is one that a worker may send; if not, it must be stopped.
  func isValid(_ hit: ResultFrame.Hit) -> Bool {
    guard Int(hit.list) < image.headers.count, hit.host.isEmpty || hit.host.span.isHostText else {
      return false
    }
    guard let account = hit.account else {
      return image.headers[Int(hit.list)].mailDomains.contains {
        hit.masked == ResultFrame.Hit.mask + Array($0.utf8)
      }
    }
    return Int(account) <= image.headers[Int(hit.list)].accounts && hit.masked.isEmpty
  }

  func isValid(_ count: ResultFrame.ServiceCount) -> Bool {
    Int(count.list) < image.headers.count && count.host.span.isHostText
  }

  /// Whether a time that a log gives is one, since stealer logs are of this century, and its words are such as
  /// a worker may say.
  func isValid(_ facts: ResultFrame.LogFacts) -> Bool {
    let areTimes = [facts.stolen, facts.otherStolen].allSatisfy { time in
      time.map { (946_684_800..<4_102_444_800).contains($0) } ?? true
    }
    return areTimes && (SystemName.read(facts.os.span) ?? []) == facts.os
      && (CountryCode.named(by: facts.country.span) ?? []) == facts.country
      && BuildName.read(facts.build) == facts.build
      && (facts.seller.isEmpty || SellerName.isName(facts.seller))
      && facts.antivirus.allSatisfy { AntivirusNames.named(by: $0.span) == [$0] }
  }

  func isValid(_ traces: ResultFrame.LogTraces) -> Bool {
    LogExposure.isValid(traces, services: serviceHosts.services.count)
  }

  /// Turns the hits of a log, or of a file that stands alone, into findings, whether it was read to its end or
  /// not.
  mutating func close(_ number: UInt32, _ origin: UnitQueue.Origin) {
    guard let pending = pending.take(number) else { return }
    let facts = ResultFrame.LogFacts(joining: Array(pending.facts.values))
    let infection = infection(facts, origin)
    // Whose cookies stand in a folder of several machines, nobody knows.
    let isOfOne = facts?.isOfSeveralMachines != true
    let exposure = isOfOne ? pending.exposure : LogExposure()
    var ofNoMachine = self.infection(nil, origin)
    ofNoMachine.seller = infection.seller
    var devices: [Int: String?] = [:]
    for hit in pending.hits {
      // In a list or an export, what is said of a machine is not said of all records.
      guard hit.hit.layout.isOfLog(origin.log != nil) else {
        add(hit, origin, ofNoMachine, exposure)
        continue
      }
      let key = key(ofList: hit.hit.list)
      let device = devices[key] ?? self.device(facts, key)
      devices[key] = .some(device)
      var own = infection
      own.deviceID = device
      add(hit, origin, own, exposure)
    }
    for count in pending.counts { add(count, origin) }
  }

  private func device(_ facts: ResultFrame.LogFacts?, _ key: Int) -> String? {
    facts.flatMap { identifiers.device($0, key: key) }
  }

  private func key(ofList list: UInt16) -> Int { image.plan.lists[Int(list)].key }

  private func infection(
    _ facts: ResultFrame.LogFacts?, _ origin: UnitQueue.Origin
  ) -> Finding.Infection {
    var infection = Finding.Infection()
    if facts?.isOfSeveralMachines == true { return infection }
    if let time = TheftTime(
      facts, folder: origin.log, modified: origin.modified, asOf: configuration.asOf)
    {
      infection.stolenAt = time.time
      infection.stolenAtSource = time.source
      infection.stolenAtOther = time.other
      infection.stolenAtPrecision = time.precision.name
      infection.isStolenAtUTC = time.isUTC
    }
    guard let facts else { return infection }
    if let number = facts.family, Int(number) < catalogue.families.count {
      let family = catalogue.families[Int(number)]
      infection.family = family.id
      infection.familyName = family.title
      infection.malpedia = family.rule.malpedia
      infection.familyConfidence = facts.confidenceName
    }
    if !facts.os.isEmpty { infection.os = SafeText(facts.os) }
    if !facts.country.isEmpty { infection.country = SafeText(facts.country) }
    if !facts.build.isEmpty { infection.buildID = SafeText(facts.build) }
    if !facts.seller.isEmpty, !isOfStealer(facts.seller, infection.family) {
      infection.seller = SafeText(facts.seller)
    }
    infection.antivirus = facts.antivirus.map { SafeText($0) }
    infection.hasMalwarePath = facts.hasMalwarePath
    return infection
  }

  /// Whether the channel has the name of a stealer: it is its makers' then, stands in the banner of every log of theirs,
  /// and sells none. Short names are those of others, too, so they count only for the log's own family.
  private func isOfStealer(_ seller: [UInt8], _ family: String?) -> Bool {
    let name = String(decoding: seller, as: UTF8.self)
    return catalogue.families.contains { other in
      let word = other.id.dropFirst("fam.".count).filter { $0.isLetter || $0.isNumber }
      return (word.count > 5 || other.id == family) && name.contains(word)
    }
  }

  private mutating func add(
    _ pending: PendingHits.Place, _ origin: UnitQueue.Origin, _ infection: Finding.Infection,
    _ exposure: LogExposure
  ) {
    let hit = pending.hit
    let list = Int(hit.list)
    let header = image.headers[list]
    var account = Finding.Account(
      keyID: header.keyID, match: hit.account == nil ? .domain : .account)
    var partner = header.partner
    var passwordChangedAt: UTCTime?
    if let number = hit.account {
      guard let listed = image.account(list: list, index: Int(number)), !listed.isCanary else {
        return
      }
      partner = listed.partner
      account.reference = listed.reference.isEmpty ? nil : listed.reference
      account.isPrivileged = listed.isPrivileged
      account.matchedBy = hit.form.name
      passwordChangedAt = listed.passwordChanged
    } else {
      account.masked = SafeText(hit.masked)
    }
    account.tag = hit.tag.hex
    account.isAmbiguous = hit.isAmbiguous
    let service = service(hit.host, isApp: hit.isApp)
    let id = identifiers.finding(
      partner: partner, account: account.reference.map { "ref:" + $0 } ?? "tag:" + hit.tag.hex,
      service: Self.key(of: service), device: infection.deviceID, key: key(ofList: hit.list))
    var finding = Finding(
      id: id, partner: partner, account: account,
      source: hit.layout.source(isLog: origin.log != nil),
      hasPassword: hit.hasPassword, isDoubtful: hit.isDoubtful)
    finding.service = service
    finding.infection = infection
    finding.exposure = exposure.exposure(service: number(of: service, isApp: hit.isApp))
    // A file of no log is of many machines; in an archive, the worker does not know yet which file that is.
    finding.exposure.otherSites = origin.log == nil ? nil : hit.otherSites.map { Int($0) }
    finding.exposure.passwordCheck = hit.check.map {
      Finding.PasswordCheck(Finding.PasswordCheck.Verdict($0), at: configuration.asOf)
    }
    finding.passwordChangedAt = passwordChangedAt
    finding.attack = attack(infection.family)
    finding.sightings = [
      sighting(origin, pending.path, hit)
    ]
    finding.sightingsTotal = 1
    merge(finding, origin.root)
  }

  private mutating func add(
    _ count: ResultFrame.ServiceCount, _ origin: UnitQueue.Origin
  ) {
    let header = image.headers[Int(count.list)]
    let service = service(count.host, isApp: false)
    var finding = Finding(
      id: identifiers.finding(
        partner: header.partner, account: "service", service: Self.key(of: service), device: nil,
        key: key(ofList: count.list)),
      partner: header.partner, account: Finding.Account(keyID: header.keyID, match: .service),
      source: count.layout.source(isLog: origin.log != nil),
      hasPassword: count.withPassword > 0, isDoubtful: false)
    finding.service = service
    finding.records = Int(count.records)
    finding.recordsWithPassword = Int(count.withPassword)
    // Where strangers' logins stand is nobody's business: the dump is named, the file is not.
    finding.sightings = [
      Finding.Sighting(
        source: SafeText(configuration.dumps[origin.dump]), member: SafeText([]),
        layout: count.layout.name, line: 0, record: 0)
    ]
    finding.sightingsTotal = 1
    merge(finding, origin.root)
  }

  private func service(_ host: [UInt8], isApp: Bool) -> Finding.Service {
    var service = Finding.Service()
    guard !host.isEmpty else { return service }
    let name = String(decoding: host, as: UTF8.self)
    service.host = name
    service.domain = isApp ? nil : RegistrableDomain.of(name)
    if let rule = services.service(host: name, isApp: isApp) {
      service.rule = rule.id
      service.name = rule.title
      service.level = Severity(rawValue: rule.level.rawValue)
    }
    return service
  }

  /// The service's number for the workers, or nil if they do not count it.
  private func number(of service: Finding.Service, isApp: Bool) -> Int? {
    if let rule = service.rule { return numbers[rule] }
    guard let host = service.host, !isApp else { return nil }
    let text = Array(host.utf8)
    return serviceHosts.service(ofHost: ByteRange(0, text.count), in: text.span)
  }

  private static func key(of service: Finding.Service) -> String {
    service.rule.map { "rule:" + $0 } ?? service.host.map { "host:" + $0 } ?? "none"
  }

  private func attack(_ family: String?) -> [String] {
    catalogue.families.first { $0.id == family }?.rule.attack.sorted() ?? []
  }

  private func sighting(
    _ origin: UnitQueue.Origin, _ path: [UInt8], _ hit: ResultFrame.Hit
  ) -> Finding.Sighting {
    Finding.Sighting(
      source: SafeText(configuration.dumps[origin.dump]), member: SafeText(path),
      layout: hit.layout.name, line: Int(hit.line), record: Int(hit.record))
  }

  /// The findings of a log or file on disk, all of which was read or lost. They are forgotten here.
  mutating func take(root: UInt32) -> [Finding] {
    (byRoot.removeValue(forKey: root) ?? [:]).values.map { found in
      var finding = found
      finding.trimSightings()
      return finding
    }
  }

  /// Joins the finding with what is known of the same one. Whatever the order, the result is the same.
  private mutating func merge(_ other: Finding, _ root: UInt32) {
    if configuration.state != nil {
      if byRoot[root]?[other.id] == nil {
        byRoot[root, default: [:]][other.id] = other
      } else {
        byRoot[root]?[other.id]?.merge(other)
      }
    }
    if findings[other.id] == nil {
      findings[other.id] = other
      pending.noteFinding()
    } else {
      findings[other.id]?.merge(other)
    }
  }

  /// The findings of a run without a store, scored.
  consuming func finish() -> [Finding] {
    findings.values.map { found in
      var finding = found
      finding.trimSightings()
      complete(&finding)
      return finding
    }
  }

  /// What follows from all the rest of a finding.
  private func complete(_ finding: inout Finding) {
    scorer.score(&finding)
    if !configuration.showsMasked { finding.account.masked = nil }
  }

  // MARK: Findings of earlier nights

  /// What the lists say tonight of a finding of another night.
  enum Listing {
    case listed
    /// Its list is there, and does not have it.
    case unlisted
    /// Its list is not among those of tonight.
    case unknown
  }

  /// Brings a finding of an earlier night up to date with lists and rules, its id included.
  func refresh(_ finding: inout Finding) -> Listing {
    let lists = image.headers.indices.filter { image.headers[$0].keyID == finding.account.keyID }
    let listing =
      finding.account.match == .service
      ? refreshService(finding, lists) : refreshAccount(&finding, lists)
    finding.id = identifiers.finding(
      partner: finding.partner, account: Self.key(of: finding.account),
      service: Self.key(of: finding.service), device: finding.infection.deviceID,
      key: lists.first.map { key(ofList: UInt16($0)) } ?? 0)
    complete(&finding)
    return listing
  }

  private func refreshService(_ finding: Finding, _ lists: [Int]) -> Listing {
    if lists.isEmpty { return .unknown }
    let host = finding.service.host ?? ""
    let isDeclared = lists.contains { list in
      image.headers[list].serviceHosts.contains { host == $0 || host.hasSuffix("." + $0) }
    }
    return isDeclared ? .listed : .unlisted
  }

  private func refreshAccount(_ finding: inout Finding, _ lists: [Int]) -> Listing {
    for list in lists {
      guard let tag = finding.account.tag, let account = image.account(list: list, tag: tag) else {
        continue
      }
      finding.partner = account.partner
      finding.account.match = .account
      finding.account.masked = nil
      finding.account.reference = account.reference.isEmpty ? nil : account.reference
      finding.account.isPrivileged = account.isPrivileged
      finding.passwordChangedAt = account.passwordChanged
      return .listed
    }
    if let reference = finding.account.reference {
      // The list may be made anew under another key: the reference stays.
      if let account = account(finding.partner, reference) {
        finding.account.isPrivileged = account.isPrivileged
        finding.passwordChangedAt = account.passwordChanged
        return .listed
      }
    } else if let masked = finding.account.masked?.text, let at = masked.firstIndex(of: "@") {
      let domain = masked[at...].dropFirst()
      if lists.contains(where: { image.headers[$0].mailDomains.contains(String(domain)) }) {
        return .listed
      }
    }
    return lists.isEmpty ? .unknown : .unlisted
  }

  /// By a look at every account, since hardly ever anybody asks.
  private func account(_ partner: String, _ reference: String) -> ListedAccount? {
    for list in image.headers.indices {
      for index in 0..<image.headers[list].accounts {
        if let account = image.account(list: list, index: index), account.partner == partner,
          account.reference == reference
        {
          return account
        }
      }
    }
    return nil
  }

  private static func key(of account: Finding.Account) -> String {
    if account.match == .service { return "service" }
    return account.reference.map { "ref:" + $0 } ?? "tag:" + (account.tag ?? "")
  }

  /// The keyed id of a path, for problems.
  func pathID(dump: String, path: [UInt8]) -> String {
    identifiers.path(dump: dump, path: path)
  }
}
