internal import Bytes
internal import Dumps
internal import Formats

/// Reads one file after the other for what it holds, wherever its bytes come from.
///
/// It knows nothing of units, logs and archives: who calls it says what the file's number and name are, and when what was
/// seen of a unit ends.
struct FileReader: ~Copyable {
  /// How much of a file decides what it is (`ReadingPlan`).
  static let sampleBytes = 64 << 10
  /// Databases of a unit that are kept for their write-ahead logs; a browser's profile has a few.
  private static let maxDatabases = 8
  /// Cookies and domains are looked for in files of at most this size.
  private static let maxTraceBytes = 1 << 30

  private struct Database {
    var name: [UInt8]
    var source: any ByteSource
  }

  let rules: WorkerRules
  let results: ResultPipe
  var worker: ScanWorker
  var reader = ChunkReader()
  var traces: TraceCounter
  /// Whether what is read comes out of an archive, or stands beside one.
  var isInArchive = false
  /// Whether archives are looked for in what is read.
  var looksForArchives = true
  /// The archive with which the last file goes on behind what was read of it.
  private(set) var archive: EmbeddedArchive?
  /// The unit's last databases, for write-ahead logs that come behind them.
  private var databases: [Database] = []

  init(rules: WorkerRules, worker: consuming ScanWorker, results: ResultPipe) {
    self.rules = rules
    self.worker = worker
    self.results = results
    traces = TraceCounter(rules.services)
  }

  /// Whether the beginning that was lent last could not be read.
  var isSampleCut: Bool { reader.sampleErrno != 0 }

  /// Lends the beginning of a file.
  mutating func sample<Result>(
    _ source: some ByteSource, limit: Int = sampleBytes, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    reader.sample(source, limit: limit, body)
  }

  /// Reads a file that is no archive; with `cuts`, a range of it.
  mutating func read(
    _ source: some ByteSource, file: UInt32, name: [UInt8], _ plan: ReadingPlan,
    _ cuts: FileCuts? = nil
  ) -> ResultFrame.FileDone {
    var done = ResultFrame.FileDone(file: file, kind: .text)
    traces.note(plan.categories)
    worker.begin(file: file)
    worker.hasMarks = !plan.marks.isEmpty
    archive = nil
    // Who reads a range says where it began and ended, however short the file is.
    if cuts != nil || !take(plan.whole, source, &done) {
      readContent(source, name, plan, cuts, &done)
    }
    worker.end()
    if cuts == nil { countPasswordUse(source, plan) }
    if done.errno == 0 { done.errno = source.firstErrno }
    if plan.isUnreadFormat { done.fault = .format }
    return done
  }

  private mutating func readContent(
    _ source: some ByteSource, _ name: [UInt8], _ plan: ReadingPlan, _ cuts: FileCuts?,
    _ done: inout ResultFrame.FileDone
  ) {
    switch plan.kind {
    // Its beginning could not be read, or it has shrunk: what reading it says is told.
    case .empty where source.size ?? 0 > 0: readRecords(source, plan, &done)
    case .empty: done.kind = .empty
    case .database: readDatabase(source, name, plan, &done)
    case .binary:
      // It is read all the same: a picture costs little, and noise before text must not hide it.
      done.kind = .binary
      readRecords(source, plan, &done)
      // A copy that lacks its beginning is text that lacks something.
      if done.records > 0,
        source.bytes(from: 0, limit: Self.sampleBytes).allSatisfy({ $0 == 0 })
      {
        done.kind = .text
      }
      if archive == nil, UnreadFormat.ends(source) { done.fault = .format }
    case .text, .utf16:
      switch plan.content {
      case .records:
        if let cuts {
          readRange(cuts, plan, &done)
        } else {
          readRecords(source, plan, &done)
        }
      case .cookies(let layout): readCookies(source, plan, layout, &done)
      case .domains: readDomains(source, plan, &done)
      }
    }
  }

  /// Takes what the look at a file found that is no longer than its sample, as most of a log's are; false if it is longer,
  /// or has to be read.
  private mutating func take(
    _ whole: ReadingPlan.WholeContent, _ source: some ByteSource,
    _ done: inout ResultFrame.FileDone
  ) -> Bool {
    if case .unread = whole { return false }
    let taken = reader.withSample(whole: source) { bytes in
      switch whole {
      case .unread: break
      case .records(let reading): worker.found(reading.credentials.span, in: bytes)
      case .cookies(let cookies): for cookie in cookies { traces.found(cookie, in: bytes) }
      }
    }
    guard let count = taken else { return false }
    done.bytes = UInt64(count)
    if case .records(let reading) = whole {
      done.records = reading.recordCount
      done.hasDroppedValues = reading.isCut
    }
    return true
  }

  private mutating func readRecords(
    _ source: some ByteSource, _ plan: ReadingPlan, _ done: inout ResultFrame.FileDone
  ) {
    // What has no size cannot be read twice; NULs that end lines are once.
    let marks = source.size == nil ? plan.marks.intersection(.nuls) : plan.marks
    let first = marks.isEmpty ? plan.plainLayout : plan.layout
    var layout = MixedText(first: first, labels: rules.labels)
    let outcome = readChunks(source, marks) { bytes, isLast, worker, _ in
      layout.read(bytes, isLast: isLast, into: &worker)
    }
    done.records = layout.recordCount
    done.hasDroppedValues = layout.isCut
    done.take(outcome)
    if source.size != nil, !marks.isEmpty { readAgain(source, plan) }
  }

  /// Reads a text with its marks, for logins that nothing was said of without: marks must hide nobody.
  private mutating func readAgain(_ source: some ByteSource, _ plan: ReadingPlan) {
    worker.beginSecondReading()
    var layout = MixedText(first: plan.plainLayout, labels: rules.labels)
    let found = archive
    _ = readChunks(source, counts: false) { bytes, isLast, worker, _ in
      layout.read(bytes, isLast: isLast, into: &worker)
    }
    archive = found
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
    _ source: some ByteSource, _ plan: ReadingPlan, _ type: any CookieLayout.Type,
    _ done: inout ResultFrame.FileDone
  ) {
    // A larger file is no browser's. What has no size cannot be read twice.
    guard let size = source.size, size <= Self.maxTraceBytes else {
      readRecords(source, plan, &done)
      done.hasDroppedValues = true
      return
    }
    var layout = type.init(labels: rules.labels)
    let outcome = readChunks(source, counts: false) { bytes, isLast, _, traces in
      layout.read(bytes, isLast: isLast, into: &traces)
    }
    guard layout.hasOthers else { return done.take(outcome) }
    worker.passesOverCookies = true
    readRecords(source, plan, &done)
    worker.passesOverCookies = false
  }

  private mutating func readDomains(
    _ source: some ByteSource, _ plan: ReadingPlan, _ done: inout ResultFrame.FileDone
  ) {
    guard let size = source.size, size <= Self.maxTraceBytes else {
      readRecords(source, plan, &done)
      done.hasDroppedValues = true
      return
    }
    var hasOthers = false
    let outcome = readChunks(source, counts: false) { bytes, isLast, _, traces in
      DomainList.read(bytes, isLast: isLast, hasOthers: &hasOthers) {
        traces.listed($0, in: bytes)
      }
    }
    guard hasOthers else { return done.take(outcome) }
    readRecords(source, plan, &done)
  }

  /// Lends the file to `consume`; `counts` is false if it may be read more than once, and this reading is a sign of life and no more.
  private mutating func readChunks(
    _ source: some ByteSource, _ marks: TextMarks = [], counts: Bool = true,
    _ consume: (Span<UInt8>, Bool, inout ScanWorker, inout TraceCounter) -> Int
  ) -> ChunkReader.Outcome {
    // The reader lends its bytes to the worker; both are parts of this value, so one must step
    // out for the length of the file.
    var reported = 0
    let pipe = results
    // What is in an archive is counted with the members.
    let counts = counts && !isInArchive
    let outcome = reader.read(
      source, isText: true, marks: marks, looksForArchives: looksForArchives,
      firstBytes: isInArchive ? Self.sampleBytes : .max,
      progress: { Self.reportProgress($0, &reported, counts: counts, to: pipe) },
      { bytes, isLast in consume(bytes, isLast, &worker, &traces) })
    archive = outcome.archive
    return outcome
  }

  /// Gives a sign of life if so many bytes were read since the last.
  static func reportProgress(
    _ bytes: Int, _ reported: inout Int, counts: Bool = true, to pipe: ResultPipe
  ) {
    if bytes - reported < ResultFrame.progressBytes { return }
    pipe.send(.progress(bytes: counts ? UInt64(bytes - reported) : 0))
    reported = bytes
  }

  // MARK: Databases

  /// Reads a database, which must be in memory as a whole.
  private mutating func readDatabase(
    _ source: some ByteSource, _ name: [UInt8], _ plan: ReadingPlan,
    _ done: inout ResultFrame.FileDone
  ) {
    done.kind = .database
    guard let size = source.size, size <= BrowserDatabase.maxBytes else {
      done.fault = .tooLarge
      return
    }
    // One chunk, read at once: a database is seldom larger than a few MiB.
    var whole = ChunkReader(chunkBytes: size, maxRecordBytes: size)
    let base = databaseOfLog(name)
    let bytesOfBase = base?.bytes(from: 0, limit: base?.size ?? 0) ?? []
    var end = size
    let outcome = whole.read(source, isText: false) { bytes, _ in
      if !WriteAheadLog.begins(bytes) {
        readDatabase(bytes, &done)
        end = BrowserDatabase.end(bytes) ?? size
      } else if let image = WriteAheadLog.image(bytes, over: bytesOfBase) {
        readDatabase(image.span, &done)
        if done.fault == .damaged { done.fault = .logNotRead }
      } else {
        // Nothing was committed, or it is none.
        done.kind = .otherDatabase
        end = Swift.min(size, WriteAheadLog.markBytes)
      }
      return bytes.count
    }
    done.take(outcome)
    if done.errno == 0, let base { done.errno = base.firstErrno }
    // What begins as a database and is none is text, perhaps, with some bytes before it.
    if done.fault == .damaged, done.records == 0 { end = WriteAheadLog.markBytes }
    if let others = source.contents(of: [end..<size]).first {
      readRecords(of: source, behindDatabase: others, plan, &done)
    }
  }

  /// Reads what somebody put behind a database.
  private mutating func readRecords(
    of source: some ByteSource, behindDatabase others: Range<Int>, _ plan: ReadingPlan,
    _ done: inout ResultFrame.FileDone
  ) {
    // With a byte before it, as an archive is looked for behind the first.
    let start = others.lowerBound - 1
    let beginning = source.bytes(from: others.lowerBound, limit: Self.sampleBytes)
    var behind = done
    readRecords(PartOfFile(source, start..<others.upperBound), plan, &behind)
    done.records += behind.records
    done.skippedBytes = FileKind(beginning.span) == .binary ? 0 : behind.skippedBytes
    done.hasDroppedValues = behind.hasDroppedValues
    if done.errno == 0 { done.errno = behind.errno }
    archive?.offset += start
  }

  private mutating func readDatabase(_ bytes: Span<UInt8>, _ done: inout ResultFrame.FileDone) {
    var database = BrowserDatabase(bytes, labels: rules.labels)
    database.readLogins(into: &worker)
    database.readCookies(into: &traces)
    done.records = database.recordCount
    if !database.isOurs && !database.isDamaged { done.kind = .otherDatabase }
    done.fault = database.isDamaged ? .damaged : .none
  }

  /// The database whose write-ahead log has this name.
  private func databaseOfLog(_ name: [UInt8]) -> (any ByteSource)? {
    databases.last { $0.name + Array("-wal".utf8) == name }?.source
  }

  /// Keeps a database for a write-ahead log that may come behind it; false if there are enough.
  mutating func keep(database source: any ByteSource, name: [UInt8]) -> Bool {
    guard databases.count < Self.maxDatabases else { return false }
    databases.append(Database(name: name, source: source))
    return true
  }

  /// Forgets what was kept of the unit, or of the log.
  mutating func endUnit() {
    databases.removeAll(keepingCapacity: true)
    worker.serviceCounter.endUnit()
  }
}

extension ResultFrame.FileDone {
  mutating func take(_ outcome: ChunkReader.Outcome) {
    bytes = UInt64(outcome.bytes)
    skippedBytes = UInt64(outcome.skippedBytes)
    isShorter = outcome.isShorter
    errno = outcome.errno
  }
}
