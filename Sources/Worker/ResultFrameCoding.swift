internal import Dumps
internal import Formats
internal import Watchlists

/// How frames stand on the pipe. Every length is checked when one is read.
extension ResultFrame {
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
      Self.encode(done, &body)
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
    case .archive(let file):
      type = 11
      body.add(file)
    case .member(let member):
      type = 12
      body.add(member.file)
      body.add(member.path)
      body.add(member.modified != nil)
      body.add(member.modified ?? 0)
    case .memberDone(let member):
      type = 13
      Self.encode(member.done, &body)
      body.add(UInt8(member.faults.count))
      for fault in member.faults { body.add(fault.rawValue) }
    case .memberTraces(let traces):
      type = 14
      Self.encode(traces, &body)
    case .folderFacts(let folder):
      type = 15
      body.add(folder.folder)
      Self.encode(folder.facts, &body)
    case .archiveFault(let report):
      type = 16
      body.add(report.file)
      body.add(report.path)
      body.add(report.fault.rawValue)
    }
    var frame = WireWriter()
    frame.add(UInt32(body.bytes.count + 1))
    frame.add(type)
    return frame.bytes + body.bytes
  }

  private static func encode(_ done: FileDone, _ body: inout WireWriter) {
    body.add(done.file)
    body.add(done.kind.rawValue)
    body.add(done.bytes)
    body.add(done.records)
    body.add(done.skippedBytes)
    body.add(done.isShorter)
    body.add(done.errno)
    body.add(done.fault.rawValue)
    body.add(done.hasDroppedValues)
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
    body.add(hit.check?.rawValue ?? 0)
    body.add(hit.otherSites != nil)
    body.add(hit.otherSites ?? 0)
  }

  private static func encode(_ facts: LogFacts, _ body: inout WireWriter) {
    body.add(facts.unit)
    body.add(facts.family != nil)
    body.add(facts.family ?? 0)
    body.add(facts.confidence)
    for text in [
      facts.hwid, facts.machine, facts.user, facts.os, facts.country, facts.build, facts.seller,
    ] {
      body.add(text)
    }
    body.add(UInt8(facts.antivirus.count))
    for name in facts.antivirus { body.add(name) }
    body.add(facts.hasMalwarePath)
    for time in [facts.stolen, facts.otherStolen] {
      body.add(time != nil)
      body.add(time ?? 0)
    }
    body.add(facts.isOrderKnown)
    body.add(facts.stolenPrecision.rawValue)
    body.add(facts.isStolenUTC)
    body.add(facts.isOfSeveralMachines)
    body.add(facts.isIncomplete)
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
    case 11: self = .archive(file: try body.number())
    case 12:
      var member = Member(file: try body.number(), path: try body.text(most: Self.maxPathBytes))
      let isKnown = try body.truth()
      let modified: Int64 = try body.number()
      member.modified = isKnown ? modified : nil
      self = .member(member)
    case 13:
      var member = MemberDone(done: try Self.fileDone(&body))
      for _ in 0..<(try body.number(UInt8.self)) { member.faults.append(try Self.fault(&body)) }
      self = .memberDone(member)
    case 14: self = .memberTraces(try Self.logTraces(&body))
    case 15:
      self = .folderFacts(
        FolderFacts(
          folder: try body.text(most: Self.maxPathBytes), facts: try Self.logFacts(&body)))
    case 16:
      self = .archiveFault(
        ArchiveFaultReport(
          file: try body.number(), path: try body.text(most: Self.maxPathBytes),
          fault: try Self.fault(&body)))
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
    var hit = Hit(
      file: file, list: list, account: hasAccount ? account : nil, form: form, tag: tag,
      host: host, isApp: isApp, hasPassword: hasPassword, layout: try layout(&body),
      isDoubtful: isDoubtful, isAmbiguous: isAmbiguous, line: try body.number(),
      record: try body.number(), masked: try body.text(most: maxTextBytes))
    let check: UInt8 = try body.number()
    guard check == 0 || VerifierAnswer(rawValue: check) != nil else { throw WireError() }
    hit.check = VerifierAnswer(rawValue: check)
    let isCounted = try body.truth()
    let otherSites: UInt16 = try body.number()
    // There is one way to write each.
    guard isCounted || otherSites == 0, hasAccount || account == 0 else { throw WireError() }
    hit.otherSites = isCounted ? otherSites : nil
    return hit
  }

  private static func layout(_ body: inout WireReader) throws(WireError) -> RecordLayout {
    guard let layout = RecordLayout(rawValue: try body.number()) else { throw WireError() }
    return layout
  }

  private static func fault(_ body: inout WireReader) throws(WireError) -> ArchiveFault {
    guard let fault = ArchiveFault(rawValue: try body.number()) else { throw WireError() }
    return fault
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
    facts.seller = try body.text(most: maxTextBytes)
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
    facts.isOrderKnown = try body.truth()
    guard let precision = LocalTime.Precision(rawValue: try body.number()) else {
      throw WireError()
    }
    facts.stolenPrecision = precision
    facts.isStolenUTC = try body.truth()
    facts.isOfSeveralMachines = try body.truth()
    facts.isIncomplete = try body.truth()
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
