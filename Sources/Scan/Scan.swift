internal import CSandbox
internal import Clock
internal import Dumps
public import Findings
internal import Formats
internal import History
internal import Rules
internal import Watchlists
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// What a run brought.
public struct ScanSummary {
  public var document: FindingsDocument
  /// What could not be read, with full paths: for the operator only. Sorted.
  public var problems: [Problem]
  /// The keyed id of each problem's path, in the same order; the document has the same ids.
  public var pathIDs: [String]
  /// Numbers of the problems that no document has told; empty without a state directory.
  public var newProblems: [Int]
  /// Suppressions that suppress nothing any more, with the reason; empty without a state directory.
  public var idleSuppressions: [(id: String, reason: String)]
  /// What is to be told of the run once its document is written; nil without a state directory.
  public var recorder: RunRecorder?
  /// The lines of `ScanConfiguration.units`, if they are ranges that were read for another run.
  public var ranges: [UnitLine]
  /// How verifiers ended that failed, in words; sorted.
  public var verifierFailures: [String]
  /// Findings of logs and files on which a verifier said nothing, whether an earlier answer is kept or not.
  public var unanswered: Int
}

/// One run: reads every dump once, and says which listed accounts stand in it.
public enum Scan {
  public static func run(_ configuration: ScanConfiguration) throws(ScanFailure) -> ScanSummary {
    let started = UTCTime.now
    let catalogue = try loadRules(configuration.rules)
    let keys = try loadKeys(configuration)
    let lists = try anonymousFile("dumpsieve-lists")
    defer { _ = close(lists) }
    var refused: [FindingsDocument.RefusedList] = []
    let image = try loadLists(configuration, keys, lists, &refused)
    if configuration.verifier != nil && Set(image.headers.map(\.keyID)).count > 1 {
      throw .failed("a verifier is one partner's: --verify-with takes the lists of one key")
    }
    let rules = WorkerRules(catalogue, declaredHosts: image.headers.flatMap(\.serviceHosts))
    let rulesFile = try anonymousFile("dumpsieve-rules")
    defer { _ = close(rulesFile) }
    let rulesBytes = rules.encoded()
    guard Descriptor.write(rulesBytes, to: rulesFile), ds_memfd_seal(rulesFile) == 0,
      ds_memfd_seal(lists) == 0
    else { throw .failed("the lists cannot be handed to workers: no memory") }

    var setUp = WorkerTask.SetUp(
      plan: image.plan, rulesBytes: rulesBytes.count, secretBytes: secretBytes(image, keys),
      hashesEveryLogin: configuration.hashesEveryLogin)
    let passwords = try loadPasswords(configuration.archivePasswords)
    setUp.archives = configuration.archives
    setUp.passwordBytes = passwords?.bytes.count ?? 0
    setUp.opensAllFiles = configuration.opensAllFiles
    let canary = Canary(image, keys)
    let identifiers: Identifiers
    do throws(Refusal) {
      identifiers = try Identifiers(
        keys, installation: configuration.installation ?? configuration.state?.installation,
        isOurs: configuration.installation == nil)
    } catch {
      throw ScanFailure(error)
    }
    var run = FindingsDocument.Run(
      id: runID(), version: configuration.version, started: started, asOf: configuration.asOf,
      workers: configuration.workers, ruleCount: catalogue.rules.count,
      rulesDigest: ContentDigest.sha256(catalogue.sources),
      watchlists: image.headers.map {
        FindingsDocument.Watchlist(
          partner: $0.partner, keyID: $0.keyID, accounts: $0.accounts, made: $0.made,
          expires: $0.expires)
      }, idCheck: identifiers.check)
    run.shard = configuration.shard
    let shape = LogShape(catalogue)
    let recorder = try recorder(configuration, run, image, identifiers, shape)
    run.isOfHistory = recorder != nil
    run.reread = recorder?.reread ?? []
    let readingDigest =
      configuration.units == nil ? "" : readingDigest(configuration, run, image)
    var opened: [Int: String] = [:]
    if let piped = configuration.piped { opened[piped.dump] = try piped.file() }
    let supervisor = Supervisor(
      configuration, setUp: setUp, lists: lists, rules: rulesFile, keys: keys,
      passwords: passwords, canary: canary, shape: shape,
      collector: FindingCollector(configuration, catalogue, image, identifiers),
      recorder: recorder,
      readingDigest: readingDigest, opened: opened)
    let result = try supervisor.run()
    run.coverage = result.coverage
    run.coverage.refusedLists = refused
    run.sandbox = result.sandbox
    run.since = try since(recorder)
    run.finished = UTCTime.now
    run.texts = Scorer.texts(of: result.findings, catalogue)
    return ScanSummary(
      document: FindingsDocument(run: run, findings: result.findings),
      problems: result.problems.map(\.problem), pathIDs: result.problems.map(\.pathID),
      newProblems: result.newProblems, idleSuppressions: result.idleSuppressions,
      recorder: recorder, ranges: configuration.units?.lines(with: result.readings) ?? [],
      verifierFailures: result.verifierFailures.sorted(), unanswered: result.unanswered)
  }

  /// Says what ranges are read under: what numbers of accounts and services mean, and what is found.
  private static func readingDigest(
    _ configuration: ScanConfiguration, _ run: FindingsDocument.Run,
    _ image: borrowing WatchlistImage
  ) -> String {
    // A reading in which nobody was asked about passwords lacks what a run with a verifier tells.
    var parts = [
      run.version, run.rulesDigest, String(configuration.opensAllFiles),
      String(configuration.verifier != nil),
    ]
    for (index, header) in image.headers.enumerated() {
      parts += [header.keyID, header.made.text, image.contentDigest(list: index)]
    }
    let digest = ContentDigest.sha256(parts.map { Array($0.utf8) })
    return String(digest.prefix(RangeReading.digestDigits))
  }

  private static func recorder(
    _ configuration: ScanConfiguration, _ run: FindingsDocument.Run,
    _ image: borrowing WatchlistImage, _ identifiers: Identifiers, _ shape: LogShape
  ) throws(ScanFailure) -> RunRecorder? {
    guard let state = configuration.state else { return nil }
    do throws(StoreFailure) {
      return try RunRecorder(
        configuration, state, run: run, reading: Reading(configuration, run, image),
        identifiers: identifiers, shape: shape)
    } catch {
      throw ScanFailure(error)
    }
  }

  private static func since(_ recorder: RunRecorder?) throws(ScanFailure) -> String? {
    guard let recorder, recorder.since != nil else { return nil }
    do throws(StoreFailure) { return try recorder.start().text } catch { throw ScanFailure(error) }
  }

  static func loadRules(_ directories: [String]) throws(ScanFailure) -> RuleCatalogue {
    do throws(RuleError) {
      let catalogue = try RuleCatalogue(directories: directories)
      try RuleCheck.mustBeUsable(catalogue)
      return catalogue
    } catch {
      throw .badRule(error)
    }
  }

  private static func loadKeys(
    _ configuration: ScanConfiguration
  ) throws(ScanFailure) -> PartnerKeys {
    guard configuration.watchlists.count <= WorkerTask.maxLists,
      configuration.keyFiles.count <= WorkerTask.maxLists
    else { throw .failed("more than \(WorkerTask.maxLists) watchlists or keys in one run") }
    do throws(Refusal) {
      return try PartnerKeys(paths: configuration.keyFiles)
    } catch {
      throw ScanFailure(error)
    }
  }

  private static func loadPasswords(
    _ path: String?
  ) throws(ScanFailure) -> ArchivePasswordFile? {
    guard let path else { return nil }
    do throws(Refusal) { return try ArchivePasswordFile(path: path) } catch {
      throw .refused(error)
    }
  }

  private static func loadLists(
    _ configuration: ScanConfiguration, _ keys: PartnerKeys, _ descriptor: Int32,
    _ refused: inout [FindingsDocument.RefusedList]
  ) throws(ScanFailure) -> WatchlistImage {
    var paths = configuration.watchlists
    while true {
      do throws(Refusal) {
        return try WatchlistImage(
          paths: paths, keys: keys, descriptor: descriptor, now: configuration.asOf)
      } catch {
        let rest = paths.filter { $0 != error.path }
        guard configuration.skipsRefusedLists, !error.isOfSystem, rest.count < paths.count,
          !rest.isEmpty, ftruncate(descriptor, 0) == 0
        else { throw ScanFailure(error) }
        refused.append(
          FindingsDocument.RefusedList(
            list: SafeText(error.path), reason: error.code.rawValue))
        paths = rest
      }
    }
  }

  private static func anonymousFile(_ name: String) throws(ScanFailure) -> Int32 {
    let descriptor = unsafe ds_memfd_create(name)
    if descriptor < 0 { throw .failed("the system gives no anonymous file (memfd_create)") }
    return descriptor
  }

  private static func secretBytes(_ image: borrowing WatchlistImage, _ keys: PartnerKeys) -> Int {
    KeyedHasher.midstateBytes * keys.count + KeyFile.filterKeyBytes * image.plan.filters.count
  }

  private static func runID() -> String {
    var generator = SystemRandomNumberGenerator()
    return Hex.text(generator.next()) + Hex.text(generator.next())
  }
}

extension Reading {
  /// What a run reads with.
  init(
    _ configuration: ScanConfiguration, _ run: FindingsDocument.Run,
    _ image: borrowing WatchlistImage
  ) {
    // Whether the filter is left out, and how many workers there are, finds the same.
    var reader = "\(configuration.version) \(configuration.archives) \(configuration.workerBytes)"
    if let passwords = configuration.archivePasswords.flatMap({ Fingerprint(path: $0) }) {
      // Not what stands in the file: nothing derived from a password is kept.
      reader += " \(passwords.inode) \(passwords.size) \(passwords.modified) \(passwords.changed)"
    }
    self.init(
      rules: run.rulesDigest, reader: reader, opensAll: configuration.opensAllFiles,
      verifier: configuration.verifier,
      lists: Set(image.headers.indices.map { image.contentDigest(list: $0) }))
  }
}

extension LogShape {
  /// What the rules say of logs' folders.
  init(_ catalogue: RuleCatalogue) {
    self.init(Patterns(catalogue))
  }
}

extension LogShape.Patterns {
  fileprivate init(_ catalogue: RuleCatalogue) {
    let shapes = catalogue.logShapes
    self.init(
      systemFiles: catalogue.families.flatMap(\.rule.systemFiles),
      names: shapes.flatMap(\.names), signs: shapes.flatMap(\.signs),
      browsers: shapes.flatMap(\.browsers), inside: shapes.flatMap(\.inside),
      passwordFiles: shapes.flatMap(\.passwordFiles), unopened: shapes.flatMap(\.unopened))
  }
}

extension WorkerRules {
  /// What of the rules the workers need.
  init(_ catalogue: RuleCatalogue, declaredHosts: [String] = []) {
    let classes = Dictionary(
      uniqueKeysWithValues: LabelDictionary.Class.allCases.map { ($0.name, $0) })
    let labels = catalogue.labels.compactMap { entry in
      classes[entry.meaning].map { (label: Array(entry.label.utf8), class: $0) }
    }
    // Behind all of UTF-8: of a label given twice the first class counts.
    let encoded = labels.flatMap { entry in
      Self.inCodePages(entry.label).map { (label: $0, class: entry.class) }
    }
    let families = catalogue.families.map { family in
      FamilyMarkers.Family(
        id: family.id,
        markers: family.rule.markers.map { marker in
          FamilyMarkers.Marker(
            place: marker.place.marker, text: Array(marker.text.utf8), points: marker.points)
        },
        dates: family.rule.dates.map { (Array($0.label.utf8), $0.order.order) })
    }
    self.init(
      labels: LabelDictionary(labels + encoded), families: FamilyMarkers(families),
      services: ServiceHosts(catalogue, declared: declaredHosts),
      shape: LogShape.Patterns(catalogue))
  }
}

extension WorkerRules {
  /// A label as it stands in files of older code pages, so that the readers need not know of any.
  private static func inCodePages(_ label: [UInt8]) -> [[UInt8]] {
    if label.allSatisfy({ $0 < 0x80 }) { return [] }
    let text = String(decoding: label, as: UTF8.self)
    return CodePage.allCases.compactMap { $0.bytes(of: text) }
  }
}

extension FamilyRule.Place {
  fileprivate var marker: FamilyMarkers.Marker.Place {
    switch self {
    case .text: .text
    case .line: .line
    case .file: .file
    }
  }
}

extension FamilyRule.Order {
  fileprivate var order: LocalTime.Order {
    switch self {
    case .mdy: .mdy
    case .dmy: .dmy
    case .ymd: .ymd
    }
  }
}

/// Writing to descriptors of our own.
enum Descriptor {
  /// Writes all of it; false if the system refuses.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let step = unsafe bytes.withUnsafeBytes { buffer -> Int in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      if step < 0 && errno == EINTR { continue }
      if step <= 0 { return false }
      written += step
    }
    return true
  }
}
