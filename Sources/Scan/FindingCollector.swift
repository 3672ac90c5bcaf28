internal import Bytes
internal import Clock
internal import Findings
internal import Formats
internal import Rules
internal import Watchlists
internal import Worker

/// Gathers the hits of all workers into findings: copies of one theft become one.
///
/// The result does not depend on the order in which hits come. What it holds is bounded by `maxFindings`.
struct FindingCollector: ~Copyable {
  /// Hits of one account at one host in one file are one place; the first stands for all.
  private struct PendingHit {
    var hit: ResultFrame.Hit
    var path: [UInt8]
  }

  private struct HitKey: Hashable {
    var file: UInt32
    var list: UInt16
    var tag: Tag
    var account: UInt32?
    var host: [UInt8]
  }

  /// What was found in a log, or in a file that stands alone, until all of it is read: another unit may know
  /// the machine.
  private struct Pending {
    var hits: [PendingHit] = []
    var places: [HitKey: Int] = [:]
    /// In the order in which they came.
    var counts: [ResultFrame.ServiceCount] = []
    var countPlaces: [CountKey: Int] = [:]
    /// By the unit that they are of.
    var facts: [UInt32: ResultFrame.LogFacts] = [:]
    var exposure = LogExposure()
  }

  private struct CountKey: Hashable {
    var list: UInt16
    var host: [UInt8]
    var layout: RecordLayout
  }

  private let configuration: ScanConfiguration
  private let catalogue: RuleCatalogue
  private let image: WatchlistImage
  private let services: ServiceMatcher
  /// The services by the numbers that the workers count by.
  private let serviceHosts: ServiceHosts
  private let numbers: [String: Int]
  private let scorer: Scorer
  private let identifiers: Identifiers
  private var pending: [UInt32: Pending] = [:]
  private var findings: [String: Finding] = [:]
  /// The same, by the log or file on disk in which they stand; only for a run with a store.
  private var byRoot: [UInt32: [String: Finding]] = [:]
  private var pendingCount = 0

  /// A run with more findings than this has been given a list of strangers, or a dump made to exhaust it.
  private static let maxFindings = 100_000
  /// Logins on no list are the first to go: anyone can invent them by the million.
  private static let maxDomainFindings = 10_000

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
      catalogue.services.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
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
      && facts.antivirus.allSatisfy { AntivirusNames.named(by: $0.span) == [$0] }
  }

  func isValid(_ traces: ResultFrame.LogTraces) -> Bool {
    LogExposure.isValid(traces, services: serviceHosts.services.count)
  }

  /// Takes a hit; false if there are more different ones than a run can hold.
  mutating func add(_ hit: ResultFrame.Hit, origin: UInt32, path: [UInt8]) -> Bool {
    let key = HitKey(
      file: hit.file, list: hit.list, tag: hit.tag, account: hit.account, host: hit.host)
    if let place = pending[origin]?.places[key] {
      // A later copy may have what the first lacks.
      if hit.hasPassword { pending[origin]?.hits[place].hit.hasPassword = true }
      if !hit.isDoubtful { pending[origin]?.hits[place].hit.isDoubtful = false }
      if !hit.isAmbiguous { pending[origin]?.hits[place].hit.isAmbiguous = false }
      return true
    }
    let most = hit.account == nil ? Self.maxDomainFindings : Self.maxFindings
    guard pendingCount + findings.count < most else { return false }
    pendingCount += 1
    pending[origin, default: Pending()].places[key] = pending[origin]?.hits.count ?? 0
    pending[origin]?.hits.append(PendingHit(hit: hit, path: path))
    return true
  }

  /// Takes a count; false as for hits.
  mutating func add(_ count: ResultFrame.ServiceCount, origin: UInt32) -> Bool {
    let key = CountKey(list: count.list, host: count.host, layout: count.layout)
    if let place = pending[origin]?.countPlaces[key] {
      pending[origin]?.counts[place].add(count)
      return true
    }
    guard pendingCount + findings.count < Self.maxFindings else { return false }
    pendingCount += 1
    pending[origin, default: Pending()].countPlaces[key] = pending[origin]?.counts.count ?? 0
    pending[origin]?.counts.append(count)
    return true
  }

  mutating func add(_ facts: ResultFrame.LogFacts, origin: UInt32) {
    pending[origin]?.facts[facts.unit] = facts
  }

  /// Keeps what a unit shows until its log is read: without a hit there it is dropped unseen.
  mutating func add(_ traces: ResultFrame.LogTraces, origin: UInt32) {
    pending[origin, default: Pending()].exposure.add(traces)
  }

  /// Moves what was found under `range`, in a range of a file, to the origin of that file, behind so many lines and
  /// records; false if there are more findings than a run can hold.
  mutating func join(
    _ range: UInt32, to origin: UInt32, file: UInt32, path: [UInt8], lines: UInt32,
    records: UInt32
  ) -> Bool {
    guard let found = pending.removeValue(forKey: range) else { return true }
    pendingCount -= found.hits.count + found.counts.count
    var isTaken = true
    for entry in found.hits {
      var hit = entry.hit
      hit.file = file
      // A database has no lines, and is no file that is cut.
      if hit.line > 0 { hit.line &+= lines }
      hit.record &+= records
      isTaken = add(hit, origin: origin, path: path) && isTaken
    }
    for count in found.counts { isTaken = join(count, origin: origin) && isTaken }
    if pending[origin] == nil && !(found.facts.isEmpty && found.exposure == LogExposure()) {
      pending[origin] = Pending()
    }
    pending[origin]?.facts.merge(found.facts) { first, _ in first }
    pending[origin]?.exposure.add(found.exposure)
    return isTaken
  }

  /// Moves what was found under `parts`, in members of an archive, to `origin`: what they and `origin` show is of one
  /// log. False if there are more findings than a run can hold.
  mutating func join(
    members parts: [UInt32], to origin: UInt32, facts: ResultFrame.LogFacts?,
    exposure: LogExposure
  ) -> Bool {
    var isTaken = true
    for part in parts {
      guard let found = pending.removeValue(forKey: part) else { continue }
      pendingCount -= found.hits.count + found.counts.count
      for entry in found.hits {
        isTaken = add(entry.hit, origin: origin, path: entry.path) && isTaken
      }
      for count in found.counts { isTaken = add(count, origin: origin) && isTaken }
    }
    if exposure != LogExposure() { pending[origin, default: Pending()].exposure.add(exposure) }
    if var facts {
      // Behind those of the log's own units, which have numbers.
      facts.unit = .max
      pending[origin, default: Pending()].facts[facts.unit] = facts
    }
    return isTaken
  }

  /// Takes a count of a range as the worker would have that read the whole file (`ScanWorker.count`).
  private mutating func join(_ count: ResultFrame.ServiceCount, origin: UInt32) -> Bool {
    let counts = pending[origin]?.counts ?? []
    let known = counts.firstIndex { $0.list == count.list && $0.host == count.host }
    let first = counts.firstIndex { $0.list == count.list }
    let isFull = counts.count >= ResultFrame.ServiceCount.maxOfFile
    guard let place = known ?? (isFull ? first : nil) else { return add(count, origin: origin) }
    pending[origin]?.counts[place].add(count)
    return true
  }

  /// What was found in a range, as frames for the run that joins it, and forgotten here.
  mutating func take(range origin: UInt32) -> [ResultFrame] {
    guard let found = pending.removeValue(forKey: origin) else { return [] }
    pendingCount -= found.hits.count + found.counts.count
    return found.hits.map { .hit($0.hit) } + found.counts.map { .serviceCount($0) }
      + found.facts.sorted { $0.key < $1.key }.map { .logFacts($0.value) }
      + found.exposure.traces.map { .logTraces($0) }
  }

  /// Forgets what was found under `origin`.
  mutating func drop(_ origin: UInt32) {
    guard let found = pending.removeValue(forKey: origin) else { return }
    pendingCount -= found.hits.count + found.counts.count
  }

  /// Turns the hits of a log, or of a file that stands alone, into findings, whether it was read to its end or
  /// not.
  mutating func close(_ number: UInt32, _ origin: UnitQueue.Origin) {
    guard let pending = pending.removeValue(forKey: number) else { return }
    pendingCount -= pending.hits.count + pending.counts.count
    let facts = ResultFrame.LogFacts(joining: Array(pending.facts.values))
    let infection = infection(facts, origin)
    // Whose cookies stand in a folder of several machines, nobody knows.
    let isOfOne = facts?.isOfSeveralMachines != true
    let exposure = isOfOne ? pending.exposure : LogExposure()
    var devices: [Int: String?] = [:]
    for hit in pending.hits {
      let key = key(ofList: hit.hit.list)
      if devices[key] == nil { devices[key] = .some(device(facts, key)) }
      var own = infection
      own.deviceID = devices[key] ?? nil
      add(hit, origin, own, exposure)
    }
    for count in pending.counts { add(count, origin) }
  }

  private func device(_ facts: ResultFrame.LogFacts?, _ key: Int) -> String? {
    facts.flatMap {
      identifiers.device(hwid: $0.hwid, machine: $0.machine, user: $0.user, key: key)
    }
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
      infection.familyConfidence = Self.confidence(facts.confidence)
    }
    if !facts.os.isEmpty { infection.os = SafeText(facts.os) }
    if !facts.country.isEmpty { infection.country = SafeText(facts.country) }
    if !facts.build.isEmpty { infection.buildID = SafeText(facts.build) }
    infection.antivirus = facts.antivirus.map { SafeText($0) }
    infection.hasMalwarePath = facts.hasMalwarePath
    return infection
  }

  private static func confidence(_ number: UInt8) -> String {
    switch number {
    case 2: "medium"
    case 3...: "high"
    default: "low"
    }
  }

  private mutating func add(
    _ pending: PendingHit, _ origin: UnitQueue.Origin, _ infection: Finding.Infection,
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
      account.matchedBy = Self.name(of: hit.form)
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
      source: Self.source(hit.layout, isLog: origin.log != nil),
      hasPassword: hit.hasPassword, isDoubtful: hit.isDoubtful)
    finding.service = service
    finding.infection = infection
    finding.exposure = exposure.exposure(service: number(of: service, isApp: hit.isApp))
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
      source: Self.source(count.layout, isLog: origin.log != nil),
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

  private static func name(of form: ResultFrame.Hit.Form) -> String {
    switch form {
    case .exact: "exact"
    case .alias: "alias"
    case .plusTag: "plus-tag"
    case .windowsName: "windows-name"
    }
  }

  /// What kind of source a record came from; the nearer to the infected machine, the more it says.
  private static func source(_ layout: RecordLayout, isLog: Bool) -> String {
    if isLog { return "stealer-log" }
    switch layout {
    case .labelledBlocks: return "stealer-log"
    case .separatedValues, .json, .xml, .database: return "browser-export"
    case .delimitedLines: return "line-list"
    }
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
    } else {
      findings[other.id]?.merge(other)
    }
  }

  /// The findings of a run without a store, scored.
  consuming func finish() -> [Finding] {
    findings.values.map { found in
      var finding = found
      finding.trimSightings()
      scorer.score(&finding)
      return finding
    }
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
    scorer.score(&finding)
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
