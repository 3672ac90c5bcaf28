public import Formats
public import Watchlists

/// What a worker says to the supervisor, which treats every frame as hostile.
///
/// On the pipe a frame is its length (u32), its type (u8) and its body. No frame can carry a password:
/// none of its fields is read from where one stands.
public enum ResultFrame: Equatable, Sendable {
  /// The first frame: how far the worker is locked down.
  case ready(SandboxLevel)
  /// A login that is listed, or one of a declared mail domain.
  case hit(Hit)
  /// Logins on no list at a declared service: a number, nothing of any of them.
  case serviceCount(ServiceCount)
  /// A file was read to its end, as far as it goes.
  case fileDone(FileDone)
  /// What is known of the log, if something in it matched.
  case logFacts(LogFacts)
  /// What the unit shows of services and of a person's data, whether something matched or not: the match
  /// may stand in another unit of the log.
  case logTraces(LogTraces)
  /// A unit was read.
  case unitDone(unit: UInt32)
  /// A message was read whole, so the next may come.
  case messageDone
  /// Bytes read since the last such frame: a sign of life.
  case progress(bytes: UInt64)
  /// Where the reading of a range began and ended; it stands before the range's `fileDone`.
  case rangeDone(RangeDone)

  /// Longer frames are refused. The longest that a worker writes are `LogFacts`, 14 texts of `maxTextBytes` or 7.1 KiB; the traces
  /// of 256 services are 4.3 KiB.
  public static let maxBytes = 16 << 10
  static let maxTextBytes = 512

  /// How far a worker is locked down.
  public struct SandboxLevel: Equatable, Sendable {
    /// 0 if the kernel has no Landlock. System calls and limits are always in force, or the worker ends.
    public var landlockABI: Int32 = 0
    /// Whether the worker was told to stay open (`--no-sandbox`).
    public var isOff = false

    public init() {}
  }

  /// A listed login as it stood in a record.
  public struct Hit: Equatable, Sendable {
    /// How the login that stood there became the login that is listed.
    public enum Form: UInt8, Sendable {
      case exact = 1
      /// Another login of the same account.
      case alias
      /// Without its plus-tag.
      case plusTag
      /// The user name of `DOMAIN\user`.
      case windowsName
    }

    /// The file's number in the run.
    public var file: UInt32
    /// The list's number in the set-up, from 0.
    public var list: UInt16
    /// The account's number in the list, or nil for an unlisted login of a declared mail domain.
    public var account: UInt32?
    /// How the login became the listed one.
    public var form: Form
    /// The login under the list's key.
    public var tag: Tag
    /// The host, normalised, or an app's package name; empty if the record names none.
    public var host: [UInt8]
    /// Whether `host` is an app's package name.
    public var isApp: Bool
    /// Whether a password stood beside the login.
    public var hasPassword: Bool
    /// How the record stands in the file.
    public var layout: RecordLayout
    /// Whether the record can be split in more than one way.
    public var isDoubtful: Bool
    /// Whether other candidates of the same record are listed, too.
    public var isAmbiguous: Bool
    /// The login's line, from 1; 0 in a database.
    public var line: UInt32
    /// The record in the file, from 1.
    public var record: UInt32
    /// For an unlisted login, `mask` and its mail domain; else empty.
    public var masked: [UInt8]

    /// Stands for every local part.
    public static let mask = Array("…@".utf8)
  }

  /// How many unlisted logins one file has at one declared service host.
  public struct ServiceCount: Equatable, Sendable {
    /// The file's number in the run.
    public var file: UInt32
    /// The number of the list that declares the host, from 0.
    public var list: UInt16
    /// The host, normalised.
    public var host: [UInt8]
    /// How the records stand in the file.
    public var layout: RecordLayout
    /// Records with such a login.
    public var records: UInt32
    /// Of these, with a password.
    public var withPassword: UInt32

    /// Hosts of declared services that are told apart in one file; more are counted with the list's first.
    public static let maxOfFile = 256

    /// Counts more records at the host.
    public mutating func add(_ other: ServiceCount) {
      records &+= other.records
      withPassword &+= other.withPassword
    }
  }

  /// How the reading of one file went.
  public struct FileDone: Equatable, Sendable {
    /// What the file turned out to be.
    public enum Kind: UInt8, Sendable {
      case text = 1
      case empty, binary, archive
      /// A database with tables of ours, or one that could not be read so far as to know.
      case database
      /// A database of something else.
      case otherDatabase
    }

    /// Why a database was not read, or not whole.
    public enum Fault: UInt8, Sendable {
      case none, damaged, tooLarge, logNotRead
    }

    /// The file's number in the run.
    public var file: UInt32
    /// What it turned out to be.
    public var kind: Kind
    /// Bytes read.
    public var bytes: UInt64
    /// Credential records, listed or not.
    public var records: UInt32
    /// Bytes of lines too long to be held, which were passed over.
    public var skippedBytes: UInt64
    /// Whether it ended before the size that it had when it was opened.
    public var isShorter: Bool
    /// What the system said when reading failed, or 0.
    public var errno: Int32
    /// What was wrong with a database.
    public var fault = Fault.none
    /// Whether logins or URLs were left out, as a record had more, or longer ones, than is kept.
    public var hasDroppedValues = false

    public init(
      file: UInt32, kind: Kind, bytes: UInt64 = 0, records: UInt32 = 0, skippedBytes: UInt64 = 0,
      isShorter: Bool = false, errno: Int32 = 0, fault: Fault = .none,
      hasDroppedValues: Bool = false
    ) {
      self.file = file
      self.kind = kind
      self.bytes = bytes
      self.records = records
      self.skippedBytes = skippedBytes
      self.isShorter = isShorter
      self.errno = errno
      self.fault = fault
      self.hasDroppedValues = hasDroppedValues
    }
  }

  /// How the reading of one range of a file went.
  public struct RangeDone: Equatable, Sendable {
    /// The number of the range in the run, as if it were a file.
    public var file: UInt32
    /// Whether a range begins there at all; if not, nothing was read.
    public var isThere: Bool
    /// The encoded state in which it began; empty for the first range.
    public var began: [UInt8] = []
    /// The range that begins where this one ended, or their number if that is the file's end; nil if
    /// no range can begin where this one should have ended.
    public var next: UInt32?
    /// The encoded state in which it ended; empty at the file's end.
    public var ended: [UInt8] = []
    /// Lines that were read.
    public var lines: UInt32 = 0
  }

  /// What a unit's system files tell of the machine. Texts are empty if nothing is known, and at most
  /// `maxTextBytes` long.
  public struct LogFacts: Equatable, Sendable {
    /// The unit's number in the run.
    public var unit: UInt32
    /// The number of the family, or nil if it is not known.
    public var family: UInt16?
    /// 1 low, 2 medium, 3 high; 0 without a family.
    public var confidence: UInt8
    /// The hardware id, from which the supervisor makes the keyed id of the machine.
    public var hwid: [UInt8] = []
    /// The machine's name.
    public var machine: [UInt8] = []
    /// The name of its user.
    public var user: [UInt8] = []
    /// The operating system.
    public var os: [UInt8] = []
    /// The country.
    public var country: [UInt8] = []
    /// The stealer's own name of its campaign or customer.
    public var build: [UInt8] = []
    /// At most `maxAntivirus` names.
    public var antivirus: [[UInt8]] = []
    /// Whether the log says where on the machine malware lay.
    public var hasMalwarePath = false
    /// When the log was made, in seconds since 1970.
    public var stolen: Int64?
    /// The other reading of the same digits, if day and month may be exchanged.
    public var otherStolen: Int64?
    /// The smallest unit that was given.
    public var stolenPrecision = LocalTime.Precision.second
    /// Whether the log tells the zone of that time, which then is taken off.
    public var isStolenUTC = false
    /// Whether files in the log describe different machines; then nothing is known of any.
    public var isOfSeveralMachines = false

    /// A machine has one or two; more are a hostile log's.
    public static let maxAntivirus = 8
  }

  /// A number for each service and a few flags; nothing of any cookie or any person.
  public struct LogTraces: Equatable, Sendable {
    /// Services in one frame; a unit with more sends several.
    public static let maxServices = 256

    /// The unit's number in the run.
    public var unit: UInt32
    /// The raw value of `DataCategories`.
    public var categories: UInt8
    /// Each service of which something was seen, once; at most `maxServices`.
    public var services: [ServiceTrace]
  }

  /// What was seen of one service.
  public struct ServiceTrace: Equatable, Sendable {
    /// The number of the service among the workers' rules.
    public var service: UInt16
    /// How many of its cookies.
    public var cookies: UInt32 = 0
    /// Whether one of them is an open session, by its name.
    public var hasSession = false
    /// The latest expiry of the sessions, or of all cookies if none is one, in seconds since 1970; nil if
    /// none is known.
    public var latestExpiry: Int64?
    /// Whether a list of domains names the service.
    public var isListed = false

    public init(service: UInt16) {
      self.service = service
    }

    /// Counts one cookie, if it is new.
    mutating func add(expiry: Int64?, isSession: Bool, isNew: Bool) {
      if isNew { cookies = cookies == .max ? .max : cookies + 1 }
      note(expiry: expiry, isSession: isSession)
    }

    /// Counts what another file or unit of the log shows of the service.
    public mutating func add(_ other: ServiceTrace) {
      cookies = cookies > .max - other.cookies ? .max : cookies + other.cookies
      isListed = isListed || other.isListed
      note(expiry: other.latestExpiry, isSession: other.hasSession)
    }

    private mutating func note(expiry: Int64?, isSession: Bool) {
      if isSession && !hasSession {
        hasSession = true
        latestExpiry = expiry
      } else if isSession == hasSession {
        latestExpiry = [latestExpiry, expiry].compactMap { $0 }.max()
      }
    }
  }

  public func encoded() -> [UInt8] {
    var body = WireWriter()
    let type: UInt8
    switch self {
    case .ready(let level):
      type = 1
      body.add(level.landlockABI)
      body.add(level.isOff)
    case .hit(let hit):
      type = 2
      Self.encode(hit, &body)
    case .serviceCount(let count):
      type = 3
      body.add(count.file)
      body.add(count.list)
      body.add(count.host)
      body.add(count.layout.rawValue)
      body.add(count.records)
      body.add(count.withPassword)
    case .fileDone(let done):
      type = 4
      body.add(done.file)
      body.add(done.kind.rawValue)
      body.add(done.bytes)
      body.add(done.records)
      body.add(done.skippedBytes)
      body.add(done.isShorter)
      body.add(done.errno)
      body.add(done.fault.rawValue)
      body.add(done.hasDroppedValues)
    case .logFacts(let facts):
      type = 5
      Self.encode(facts, &body)
    case .unitDone(let unit):
      type = 6
      body.add(unit)
    case .messageDone: type = 7
    case .progress(let bytes):
      type = 8
      body.add(bytes)
    case .logTraces(let traces):
      type = 9
      Self.encode(traces, &body)
    case .rangeDone(let done):
      type = 10
      body.add(done.file)
      body.add(done.isThere)
      body.add(done.began)
      body.add(done.next != nil)
      body.add(done.next ?? 0)
      body.add(done.ended)
      body.add(done.lines)
    }
    var frame = WireWriter()
    frame.add(UInt32(body.bytes.count + 1))
    frame.add(type)
    return frame.bytes + body.bytes
  }

  private static func encode(_ hit: Hit, _ body: inout WireWriter) {
    body.add(hit.file)
    body.add(hit.list)
    body.add(hit.account != nil)
    body.add(hit.account ?? 0)
    body.add(hit.form.rawValue)
    body.add(hit.tag.high)
    body.add(hit.tag.low)
    body.add(hit.host)
    for flag in [hit.isApp, hit.hasPassword, hit.isDoubtful, hit.isAmbiguous] { body.add(flag) }
    body.add(hit.layout.rawValue)
    body.add(hit.line)
    body.add(hit.record)
    body.add(hit.masked)
  }

  private static func encode(_ facts: LogFacts, _ body: inout WireWriter) {
    body.add(facts.unit)
    body.add(facts.family != nil)
    body.add(facts.family ?? 0)
    body.add(facts.confidence)
    for text in [facts.hwid, facts.machine, facts.user, facts.os, facts.country, facts.build] {
      body.add(text)
    }
    body.add(UInt8(facts.antivirus.count))
    for name in facts.antivirus { body.add(name) }
    body.add(facts.hasMalwarePath)
    for time in [facts.stolen, facts.otherStolen] {
      body.add(time != nil)
      body.add(time ?? 0)
    }
    body.add(facts.stolenPrecision.rawValue)
    body.add(facts.isStolenUTC)
    body.add(facts.isOfSeveralMachines)
  }

  private static func encode(_ traces: LogTraces, _ body: inout WireWriter) {
    body.add(traces.unit)
    body.add(traces.categories)
    body.add(UInt32(traces.services.count))
    for trace in traces.services {
      body.add(trace.service)
      body.add(trace.cookies)
      body.add(trace.hasSession)
      body.add(trace.latestExpiry != nil)
      body.add(trace.latestExpiry ?? 0)
      body.add(trace.isListed)
    }
  }

  /// Reads a frame, its length left out.
  public init(_ bytes: [UInt8]) throws(WireError) {
    var body = WireReader(bytes)
    switch try body.number(UInt8.self) {
    case 1:
      var level = SandboxLevel()
      level.landlockABI = try body.number()
      level.isOff = try body.truth()
      self = .ready(level)
    case 2: self = .hit(try Self.hit(&body))
    case 3:
      self = .serviceCount(
        ServiceCount(
          file: try body.number(), list: try body.number(),
          host: try body.text(most: Self.maxTextBytes), layout: try Self.layout(&body),
          records: try body.number(), withPassword: try body.number()))
    case 4: self = .fileDone(try Self.fileDone(&body))
    case 5: self = .logFacts(try Self.logFacts(&body))
    case 6: self = .unitDone(unit: try body.number())
    case 7: self = .messageDone
    case 8: self = .progress(bytes: try body.number())
    case 9: self = .logTraces(try Self.logTraces(&body))
    case 10: self = .rangeDone(try Self.rangeDone(&body))
    default: throw WireError()
    }
    try body.mustBeAtEnd()
  }

  private static func hit(_ body: inout WireReader) throws(WireError) -> Hit {
    let file: UInt32 = try body.number()
    let list: UInt16 = try body.number()
    let hasAccount = try body.truth()
    let account: UInt32 = try body.number()
    guard let form = Hit.Form(rawValue: try body.number()) else { throw WireError() }
    let tag = Tag(high: try body.number(), low: try body.number())
    let host = try body.text(most: maxTextBytes)
    let (isApp, hasPassword) = (try body.truth(), try body.truth())
    let (isDoubtful, isAmbiguous) = (try body.truth(), try body.truth())
    return Hit(
      file: file, list: list, account: hasAccount ? account : nil, form: form, tag: tag,
      host: host, isApp: isApp, hasPassword: hasPassword, layout: try layout(&body),
      isDoubtful: isDoubtful, isAmbiguous: isAmbiguous, line: try body.number(),
      record: try body.number(), masked: try body.text(most: maxTextBytes))
  }

  private static func layout(_ body: inout WireReader) throws(WireError) -> RecordLayout {
    guard let layout = RecordLayout(rawValue: try body.number()) else { throw WireError() }
    return layout
  }

  private static func fileDone(_ body: inout WireReader) throws(WireError) -> FileDone {
    let file: UInt32 = try body.number()
    guard let kind = FileDone.Kind(rawValue: try body.number()) else { throw WireError() }
    var done = FileDone(
      file: file, kind: kind, bytes: try body.number(), records: try body.number(),
      skippedBytes: try body.number(), isShorter: try body.truth(), errno: try body.number())
    guard let fault = FileDone.Fault(rawValue: try body.number()) else { throw WireError() }
    done.fault = fault
    done.hasDroppedValues = try body.truth()
    return done
  }

  private static func rangeDone(_ body: inout WireReader) throws(WireError) -> RangeDone {
    var done = RangeDone(file: try body.number(), isThere: try body.truth())
    done.began = try body.text(most: LineState.maxBytes)
    let hasNext = try body.truth()
    let next: UInt32 = try body.number()
    done.next = hasNext ? next : nil
    done.ended = try body.text(most: LineState.maxBytes)
    done.lines = try body.number()
    return done
  }

  private static func logFacts(_ body: inout WireReader) throws(WireError) -> LogFacts {
    let unit: UInt32 = try body.number()
    let hasFamily = try body.truth()
    let family: UInt16 = try body.number()
    var facts = LogFacts(
      unit: unit, family: hasFamily ? family : nil, confidence: try body.number())
    facts.hwid = try body.text(most: maxTextBytes)
    facts.machine = try body.text(most: maxTextBytes)
    facts.user = try body.text(most: maxTextBytes)
    facts.os = try body.text(most: maxTextBytes)
    facts.country = try body.text(most: maxTextBytes)
    facts.build = try body.text(most: maxTextBytes)
    let antivirus: UInt8 = try body.number()
    guard Int(antivirus) <= LogFacts.maxAntivirus else { throw WireError() }
    for _ in 0..<antivirus { facts.antivirus.append(try body.text(most: maxTextBytes)) }
    facts.hasMalwarePath = try body.truth()
    let hasStolen = try body.truth()
    let stolen: Int64 = try body.number()
    let hasOther = try body.truth()
    let other: Int64 = try body.number()
    facts.stolen = hasStolen ? stolen : nil
    facts.otherStolen = hasOther ? other : nil
    guard let precision = LocalTime.Precision(rawValue: try body.number()) else {
      throw WireError()
    }
    facts.stolenPrecision = precision
    facts.isStolenUTC = try body.truth()
    facts.isOfSeveralMachines = try body.truth()
    return facts
  }

  private static func logTraces(_ body: inout WireReader) throws(WireError) -> LogTraces {
    var traces = LogTraces(unit: try body.number(), categories: try body.number(), services: [])
    let count = try body.count()
    guard count <= LogTraces.maxServices else { throw WireError() }
    for _ in 0..<count {
      var trace = ServiceTrace(service: try body.number())
      trace.cookies = try body.number()
      trace.hasSession = try body.truth()
      let hasExpiry = try body.truth()
      let expiry: Int64 = try body.number()
      trace.latestExpiry = hasExpiry ? expiry : nil
      trace.isListed = try body.truth()
      traces.services.append(trace)
    }
    return traces
  }
}
