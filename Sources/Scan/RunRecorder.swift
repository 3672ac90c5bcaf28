internal import Clock
internal import Dumps
internal import Findings
public import History

#if canImport(Glibc)
  internal import Glibc
#endif

/// Keeps in the store what a run reads, so that the next need not read it again: also after a run that was killed.
public final class RunRecorder {
  /// What a log, or a file that stands alone, waits with until the next transaction.
  private var waiting: [ReadOrigin] = []
  private var wroteAt = 0.0
  /// Where inputs stand of which a digest may be wanted, by their keyed ids.
  private(set) var places: [Int64: PlaceInDump] = [:]
  let startedAt = MonotonicClock.now

  /// One transaction for so many logs, or so many seconds: what a killed run loses.
  private static let maxWaiting = 512
  private static let maxDelay = 2.0

  let store: Store
  let survey: InputSurvey
  let names: InputNames
  let identifiers: Identifiers
  private let reading: Reading
  private let known: [Int64: KnownInput]
  let asOf: UTCTime
  let dumps: [String]
  let since: ScanConfiguration.Since?
  /// An input that was written so short a time before it was opened may have been written again since, without a sign in
  /// its times. In nanoseconds.
  private let settle: Int64
  private let number: Int64
  private var end: RunEnd?
  /// What had changed, so that inputs were read again that are as they were.
  let reread: [String]

  init(
    _ configuration: ScanConfiguration, _ state: StateDirectory, run: FindingsDocument.Run,
    reading: Reading, identifiers: Identifiers, shape: LogShape
  ) throws(StoreFailure) {
    store = try Store(in: state.path, idCheck: identifiers.check)
    number = try store.begin(id: run.id, started: run.started, asOf: run.asOf)
    self.reading = reading
    self.identifiers = identifiers
    asOf = configuration.asOf
    dumps = configuration.dumps
    since = configuration.since
    settle = Int64(configuration.settle) * 1_000_000_000
    names = InputNames(identifiers, dumps: configuration.dumps)
    known = try store.inputs(under: reading)
    survey = InputSurvey(
      dumps: configuration.dumps, shape: shape, opensAll: configuration.opensAllFiles,
      names: names, known: known, readsAll: configuration.readsAll,
      wanted: Set(try store.withoutEvidence().map(\.id)))
    places = survey.wanted
    let last = try store.lastReading()
    let changes = configuration.readsAll ? ["--full"] : last.map { reading.changes(since: $0) }
    reread = survey.hasReread ? changes ?? [] : []
  }

  // MARK: While the run reads

  /// Takes what was found in a log, or in a file that stands alone, and in archives in it.
  func add(
    _ origin: UnitQueue.Origin, findings: [Finding],
    problems: [(problem: Problem, unread: FindingsDocument.Unread)], isWhole: Bool
  ) {
    guard let path = origin.log ?? origin.inputs.first?.path else { return }
    let id = names.id(dump: origin.dump, path: path)
    if !findings.isEmpty {
      for input in origin.inputs {
        places[names.id(dump: origin.dump, path: input.path)] = PlaceInDump(
          dump: origin.dump, path: input.path)
      }
    }
    let mayBeRead = isWhole && !problems.contains { $0.problem.code.passes }
    let inputs = origin.inputs.compactMap { input in
      input.fingerprint.map {
        ReadInput(id: names.id(dump: origin.dump, path: input.path), fingerprint: $0)
      }
    }
    let isSettled = inputs.count == origin.inputs.count && !origin.inputs.isEmpty
    let isKept = mayBeRead && isSettled && inputs.allSatisfy { isOld($0.fingerprint) }
    if findings.isEmpty && !isKept && problems.isEmpty { return }
    waiting.append(
      ReadOrigin(
        id: id, inputs: isKept ? inputs : [], findings: findings,
        problems: problems.map { StoredProblem($0.unread, origin: id) }))
  }

  /// Whether the file had rested when the run began, so that a later change shows.
  private func isOld(_ fingerprint: Fingerprint) -> Bool {
    settle == 0
      || max(fingerprint.changed, fingerprint.modified) < UTCTime.now.seconds * 1_000_000_000
        - settle
  }

  /// Writes what waits, if it has waited long enough, or all of it.
  func flush(all: Bool = false) throws(StoreFailure) {
    let now = MonotonicClock.now
    guard !waiting.isEmpty, all || waiting.count >= Self.maxWaiting || now - wroteAt > Self.maxDelay
    else { return }
    try store.record(waiting, under: reading, at: asOf.seconds)
    waiting = []
    wroteAt = now
  }

  // MARK: At its end

  /// Notes what the document will tell.
  func prepare(findings: [Finding], problems: [FindingsDocument.Unread]) {
    let missing = known.filter { !$1.isMissing && !survey.inputs.contains($0) }
    let back = known.filter { $1.isMissing && survey.inputs.contains($0) }
    end = RunEnd(
      findings: findings, present: survey.origins, missing: Array(missing.keys),
      back: Array(back.keys), problems: problems.map { StoredProblem($0, origin: nil) },
      reading: reading, asOf: asOf)
  }

  /// Notes that the document was written, with that digest: what it tells is told from now on.
  public func conclude(status: Int, sha256: String?) throws(StoreFailure) {
    guard let end else { return }
    try store.conclude(number, end, status: status, sha256: sha256)
  }
}

extension Problem.Code {
  /// Whether another night may read what this one could not, though nothing of it changes: then it must be tried again.
  var passes: Bool {
    switch self {
    case .missing, .permission, .vanished, .ioError, .shrank, .workerCrash, .workerMemory, .timeout,
      .protocolError, .tooManyFindings, .directoryDepth, .archiveLimitTime, .archiveMemory:
      true
    default: false
    }
  }
}
