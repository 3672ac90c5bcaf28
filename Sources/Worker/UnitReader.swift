internal import Bytes
internal import CSandbox
internal import Dumps
internal import Formats
internal import Watchlists

#if canImport(Glibc)
  internal import Glibc
#endif

/// Reads the files of units as they come, and reports what matched.
///
/// It keeps the descriptors of a log's own files until the log is read: only if something matched does it
/// look at them again, for the machine, the family and the time of the theft.
struct UnitReader: ~Copyable {
  /// How much of a file decides what it is (`FileKind`, `Layouts.best`).
  static let sampleBytes = 64 << 10
  /// How much of a log's own file is looked at for facts.
  private static let factsBytes = 64 << 10
  /// Files of a log's top folder that are kept for the facts; a log has about 20 of them.
  private static let maxFactFiles = 48
  /// Databases of a unit that are kept for their write-ahead logs; a browser's profile has a few.
  private static let maxDatabases = 8
  /// Cookies are looked for in files of at most this size.
  private static let maxCookieBytes = 1 << 30
  /// Bytes between two signs of life.
  static let progressBytes = 1 << 20

  private struct FactFile {
    var descriptor: Int32
    var name: [UInt8]
    var size: Int
    /// Whether it is the file that describes the machine, by its name.
    var isSystemFile: Bool
  }

  private let rules: WorkerRules
  private var worker: ScanWorker
  private var reader: ChunkReader
  private let results: ResultPipe
  private var factFiles: [FactFile] = []
  /// The unit's last databases, for write-ahead logs that come behind them.
  private var databases: [FactFile] = []
  private var hasMatch = false
  private var isBetweenUnits = false
  private var traces: TraceCounter

  init(rules: WorkerRules, worker: consuming ScanWorker, results: ResultPipe) {
    self.rules = rules
    self.worker = worker
    self.results = results
    reader = ChunkReader()
    traces = TraceCounter(rules.services)
  }

  /// Reads one file, and closes its unit if it is the last; takes the descriptor.
  mutating func read(_ item: WorkerTask.FileItem, _ descriptor: Int32) {
    if isBetweenUnits {
      // If the worker dies over this unit, the supervisor must know that the one before is read.
      results.flush()
      isBetweenUnits = false
    }
    if item.isForFactsOnly {
      keep(item, descriptor)
    } else {
      readFile(item, descriptor)
    }
    if item.isLastOfUnit { endUnit(item.unit) }
  }

  private mutating func readFile(_ item: WorkerTask.FileItem, _ descriptor: Int32) {
    var done = ResultFrame.FileDone(file: item.file, kind: .text)
    let size = Int(clamping: item.size)
    let rules = rules
    let (plan, cuts) = reader.sample(descriptor, size: size, limit: Self.sampleBytes) { sample in
      let plan = ReadingPlan(sample, name: item.name, labels: rules.labels)
      return (plan, FileCuts(item, descriptor, plan, sample, rules.labels))
    }
    if let range = item.range, !begins(range, of: item, cuts) {
      _ = close(descriptor)
      return
    }
    traces.note(plan.categories)
    worker.countsRepeats = item.isAlone
    worker.reportsAllHosts = cuts != nil
    worker.begin(file: item.file)
    switch plan.kind {
    case .empty: done.kind = .empty
    case .archive: done.kind = .archive
    case .database: readDatabase(descriptor, size, item.name, &done)
    case .binary:
      // It is read all the same: a picture costs little, and noise before text must not hide it.
      done.kind = .binary
      readRecords(descriptor, size, plan, &done)
    case .text, .utf16:
      switch plan.content {
      case .records:
        if let cuts {
          readRange(cuts, plan, &done)
        } else {
          readRecords(descriptor, size, plan, &done)
        }
      case .cookies(let layout): readCookies(descriptor, size, plan, layout, &done)
      case .domains: readDomains(descriptor, size, plan, &done)
      }
    }
    worker.end()
    if cuts == nil, let range = item.range {
      // No other range has anything to read.
      var whole = ResultFrame.RangeDone(file: item.file, isThere: true)
      whole.next = range.count(ofFile: item.size)
      results.gather(.rangeDone(whole))
    }
    report(done)
    if done.kind == .text && (item.isSystemFile || !item.name.contains(ASCII.slash)) {
      keep(item, descriptor)
    } else if plan.kind == .database && databases.count < Self.maxDatabases {
      databases.append(
        FactFile(descriptor: descriptor, name: item.name, size: size, isSystemFile: false))
    } else {
      _ = close(descriptor)
    }
  }

  /// Keeps a log's own file until the log is read.
  private mutating func keep(_ item: WorkerTask.FileItem, _ descriptor: Int32) {
    if factFiles.count < Self.maxFactFiles {
      factFiles.append(
        FactFile(
          descriptor: descriptor, name: item.name, size: Int(clamping: item.size),
          isSystemFile: item.isSystemFile))
    } else {
      _ = close(descriptor)
    }
  }

  mutating func messageDone() {
    results.send(.messageDone)
  }

  private mutating func readRecords(
    _ descriptor: Int32, _ size: Int, _ plan: ReadingPlan, _ done: inout ResultFrame.FileDone
  ) {
    var layout = MixedText(first: plan.layout, labels: rules.labels)
    let outcome = readChunks(descriptor, size, plan) { bytes, isLast, worker, _ in
      layout.read(bytes, isLast: isLast, into: &worker)
    }
    done.records = layout.recordCount
    done.hasDroppedValues = layout.isCut
    done.take(outcome)
  }

  /// Whether something is read with the range: only the first reads a file that is not cut. If not, that is
  /// reported.
  private func begins(
    _ range: WorkerTask.FileRange, of item: WorkerTask.FileItem, _ cuts: FileCuts?
  ) -> Bool {
    if range.index == 0 || cuts?.start(of: range.index) != nil { return true }
    results.gather(.rangeDone(ResultFrame.RangeDone(file: item.file, isThere: false)))
    results.send(.fileDone(ResultFrame.FileDone(file: item.file, kind: .text)))
    return false
  }

  /// Reads a range of a file of lines, as it would be read with the whole file.
  private mutating func readRange(
    _ cuts: FileCuts, _ plan: ReadingPlan, _ done: inout ResultFrame.FileDone
  ) {
    var reported = 0
    let pipe = results
    let reading = cuts.read(
      file: done.file, plan, &reader, into: &worker,
      progress: { Self.reportProgress($0, &reported, to: pipe) })
    done.records = reading.records
    done.hasDroppedValues = reading.isCut
    done.take(reading.outcome)
    results.gather(.rangeDone(reading.done))
  }

  private mutating func readCookies(
    _ descriptor: Int32, _ size: Int, _ plan: ReadingPlan, _ type: any CookieLayout.Type,
    _ done: inout ResultFrame.FileDone
  ) {
    // A larger file is no browser's, and without signs of life, which count once, the worker is taken to hang.
    guard size <= Self.maxCookieBytes else { return readRecords(descriptor, size, plan, &done) }
    var layout = type.init(labels: rules.labels)
    let outcome = readChunks(descriptor, size, plan, isAlone: false) { bytes, isLast, _, traces in
      layout.read(bytes, isLast: isLast, into: &traces)
    }
    guard layout.hasOthers else { return done.take(outcome) }
    worker.passesOverCookies = true
    readRecords(descriptor, size, plan, &done)
    worker.passesOverCookies = false
  }

  private mutating func readDomains(
    _ descriptor: Int32, _ size: Int, _ plan: ReadingPlan, _ done: inout ResultFrame.FileDone
  ) {
    var hasOthers = false
    let outcome = readChunks(descriptor, size, plan) { bytes, isLast, _, traces in
      DomainList.read(bytes, isLast: isLast, hasOthers: &hasOthers) {
        traces.listed($0, in: bytes)
      }
    }
    guard hasOthers else { return done.take(outcome) }
    readRecords(descriptor, size, plan, &done)
  }

  /// Reads a database, which must be in memory as a whole.
  private mutating func readDatabase(
    _ descriptor: Int32, _ size: Int, _ name: [UInt8], _ done: inout ResultFrame.FileDone
  ) {
    done.kind = .database
    guard size <= BrowserDatabase.maxBytes else {
      done.fault = .tooLarge
      return
    }
    // One chunk, read at once: a database is seldom larger than a few MiB.
    var whole = ChunkReader(chunkBytes: size, maxRecordBytes: size)
    let base = databaseOfLog(name)
    let outcome = whole.read(descriptor, size: size, isText: false) { bytes, _ in
      if !WriteAheadLog.begins(bytes) {
        readDatabase(bytes, &done)
      } else if let image = WriteAheadLog.image(bytes, over: base) {
        readDatabase(image.span, &done)
        if done.fault == .damaged { done.fault = .logNotRead }
      } else {
        // Nothing was committed.
        done.kind = .otherDatabase
      }
      return bytes.count
    }
    done.take(outcome)
  }

  private mutating func readDatabase(_ bytes: Span<UInt8>, _ done: inout ResultFrame.FileDone) {
    var database = BrowserDatabase(bytes, labels: rules.labels)
    database.readLogins(into: &worker)
    database.readCookies(into: &traces)
    done.records = database.recordCount
    if !database.isOurs && !database.isDamaged { done.kind = .otherDatabase }
    done.fault = database.isDamaged ? .damaged : .none
  }

  /// The database of this unit whose write-ahead log has this name, or nothing.
  private func databaseOfLog(_ name: [UInt8]) -> [UInt8] {
    guard let file = databases.last(where: { $0.name + Array("-wal".utf8) == name }),
      file.size > 0
    else { return [] }
    var reader = ChunkReader(chunkBytes: file.size, maxRecordBytes: file.size)
    var bytes: [UInt8] = []
    _ = reader.read(file.descriptor, size: file.size, isText: false) { span, _ in
      bytes = span.copy(ByteRange(0, span.count))
      return span.count
    }
    return bytes
  }

  /// Lends the file to `consume`; `isAlone` is false if it may be read once more, for what else stands there.
  private mutating func readChunks(
    _ descriptor: Int32, _ size: Int, _ plan: ReadingPlan, isAlone: Bool = true,
    _ consume: (Span<UInt8>, Bool, inout ScanWorker, inout TraceCounter) -> Int
  ) -> ChunkReader.Outcome {
    // The reader lends its bytes to the worker; both are parts of this value, so one must step
    // out for the length of the file.
    var reported = 0
    let pipe = results
    return reader.read(
      descriptor, size: size, isText: true,
      progress: { if isAlone { Self.reportProgress($0, &reported, to: pipe) } },
      { bytes, isLast in consume(bytes, isLast, &worker, &traces) })
  }

  /// Gives a sign of life if so many bytes were read since the last.
  private static func reportProgress(_ bytes: Int, _ reported: inout Int, to pipe: ResultPipe) {
    if bytes - reported < progressBytes { return }
    pipe.send(.progress(bytes: UInt64(bytes - reported)))
    reported = bytes
  }

  private mutating func report(_ done: ResultFrame.FileDone) {
    hasMatch = hasMatch || worker.hasHit
    results.gather(.fileDone(done))
  }

  private mutating func endUnit(_ unit: UInt32) {
    if hasMatch { results.gather(.logFacts(facts(unit))) }
    for frame in traces.take(unit: unit) { results.gather(.logTraces(frame)) }
    for file in factFiles + databases { _ = close(file.descriptor) }
    factFiles.removeAll(keepingCapacity: true)
    databases.removeAll(keepingCapacity: true)
    hasMatch = false
    worker.endUnit()
    results.gather(.unitDone(unit: unit))
    isBetweenUnits = true
  }

  // MARK: The infected machine

  private mutating func facts(_ unit: UInt32) -> ResultFrame.LogFacts {
    var facts = ResultFrame.LogFacts(unit: unit, family: nil, confidence: 0)
    var evidence = FamilyMarkers.Evidence(rules.families)
    let machine = machine(&evidence)
    if machine.isOfSeveralMachines {
      facts.isOfSeveralMachines = true
      return facts
    }
    facts.hwid = machine.hwid
    facts.machine = machine.machine
    facts.user = machine.user
    facts.os = machine.os
    facts.country = machine.country
    facts.build = machine.build
    facts.antivirus = machine.antivirus
    facts.hasMalwarePath = machine.hasMalwarePath
    var family: FamilyMarkers.Family?
    if let verdict = evidence.verdict {
      facts.family = UInt16(verdict.family)
      facts.confidence = verdict.confidence.rawValue
      family = rules.families.families[verdict.family]
    }
    takeTime(machine.dates, family, &facts)
    return facts
  }

  /// Looks at the log's own files again, for the machine and the evidence of its family.
  private mutating func machine(_ evidence: inout FamilyMarkers.Evidence) -> MachineFacts {
    let rules = rules
    var named = MachineFacts()
    // A system file that was renamed is known by its content, if none has kept its name. Labels in a file
    // of passwords may stand before anything.
    var unnamed = MachineFacts()
    for file in factFiles {
      reader.sample(file.descriptor, size: file.size, limit: Self.factsBytes) { sample in
        FileText.withText(sample) { bytes in
          evidence.look(at: bytes, name: file.name.span, rules.families)
          let system = SystemInfo(bytes, labels: rules.labels)
          if file.isSystemFile {
            named.add(system, in: bytes)
          } else if system.describesMachine && !system.holdsPasswords {
            unnamed.add(system, in: bytes)
          }
        }
      }
    }
    return factFiles.contains(where: \.isSystemFile) ? named : unnamed
  }

  /// The time of the theft: at the family's own label, read in its order, or else at any label of a date.
  private func takeTime(
    _ dates: [(label: [UInt8], text: [UInt8])], _ family: FamilyMarkers.Family?,
    _ facts: inout ResultFrame.LogFacts
  ) {
    let known = family?.dates ?? []
    func time(_ date: (label: [UInt8], text: [UInt8])) -> LocalTime? {
      LocalTime(date.text.span, order: known.first { $0.label == date.label }?.order)
    }
    let own = dates.filter { date in known.contains { $0.label == date.label } }
    let times = (own + dates).compactMap(time)
    guard var stolen = times.first else { return }
    for other in times.dropFirst() { stolen = stolen.settled(by: other) }
    facts.stolen = stolen.seconds
    facts.otherStolen = stolen.otherSeconds
    facts.stolenPrecision = stolen.precision
    facts.isStolenUTC = stolen.isUTC
  }
}

/// What is done with a file, decided by its first bytes.
struct ReadingPlan {
  /// What a text file holds. Cookies may have records among them.
  enum Content {
    case records
    case cookies(any CookieLayout.Type)
    case domains
  }

  var kind: FileKind
  var content = Content.records
  var layout: any Layout.Type = LabelledBlocks.self
  /// Which data of a person stand there, if the name says that it is a file of such data.
  var categories: DataCategories = []

  /// `name` is the file's path within its log.
  init(_ sample: Span<UInt8>, name: [UInt8], labels: LabelDictionary) {
    kind = FileKind(sample)
    // UTF-16 of Cyrillic has a control character in every second byte.
    if kind == .text || kind == .binary, TextDecoder.isOfUnits(sample) { kind = .utf16 }
    guard kind == .text || kind == .utf16 else { return }
    FileText.withText(sample) { text in look(at: text, name: name.span, labels) }
  }

  private mutating func look(at text: Span<UInt8>, name: Span<UInt8>, _ labels: LabelDictionary) {
    if DomainList.fits(text, name: name) {
      // A host and its count are no login and password.
      content = .domains
      return
    }
    if let place = AutofillFields.Place(path: name) {
      categories = AutofillFields(text, in: place, labels: labels).categories
    }
    if let cookies = CookieLayouts.fitting(text, labels: labels) {
      content = .cookies(cookies)
      // Nor are a cookie's fields.
      if !Self.hasOthers(text, beside: cookies, labels) { return }
    }
    layout = Layouts.best(for: text, labels: labels)
  }

  private static func hasOthers(
    _ text: Span<UInt8>, beside type: any CookieLayout.Type, _ labels: LabelDictionary
  ) -> Bool {
    struct NoSink: CookieSink {
      mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {}
    }
    var sink = NoSink()
    var cookies = type.init(labels: labels)
    _ = cookies.read(text, isLast: true, into: &sink)
    return cookies.hasOthers
  }
}

extension ResultFrame.FileDone {
  fileprivate mutating func take(_ outcome: ChunkReader.Outcome) {
    bytes = UInt64(outcome.bytes)
    skippedBytes = UInt64(outcome.skippedBytes)
    isShorter = outcome.isShorter
    errno = outcome.errno
  }
}

/// The pipe to the supervisor.
///
/// Frames wait for those behind them until a hit is reported, something begins that may take the worker down, or many
/// have gathered: so a unit of small files costs one write, and what is said before a worker dies is all
/// of the units before the one that it was at.
final class ResultPipe {
  private let descriptor: Int32
  private var waiting: [UInt8] = []

  /// More are not held back. In bytes.
  private static let maxWaiting = 32 << 10

  init(descriptor: Int32) {
    self.descriptor = descriptor
    waiting.reserveCapacity(Self.maxWaiting + ResultFrame.maxBytes)
  }

  /// Says it now, behind all that waits.
  func send(_ frame: ResultFrame) {
    gather(frame)
    flush()
  }

  /// Says it with what follows.
  func gather(_ frame: ResultFrame) {
    waiting += frame.encoded()
    if waiting.count >= Self.maxWaiting { flush() }
  }

  /// Writes all that waits. If nobody reads any more, the supervisor is gone, and so is the worker's reason.
  func flush() {
    var written = 0
    while written < waiting.count {
      let step = unsafe waiting.withUnsafeBytes { buffer -> Int in
        unsafe write(
          descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
      }
      if step < 0 && errno == EINTR { continue }
      if step <= 0 { exit(WorkerProcess.supervisorGone) }
      written += step
    }
    waiting.removeAll(keepingCapacity: true)
  }
}
