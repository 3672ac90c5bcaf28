import Dumps
import Testing
import Watchlists

@testable import Worker

@Suite("frames")
struct FrameTests {
  static let hit: ResultFrame.Hit = {
    var hit = ResultFrame.Hit(
      file: 7, list: 1, account: 3, form: .plusTag, tag: Tag(high: 1, low: .max),
      host: Array("a.example".utf8), isApp: false, hasPassword: true,
      layout: .json, isDoubtful: true, isAmbiguous: false, line: 9, record: 4, masked: [])
    hit.check = .stillValid
    hit.otherSites = 12
    return hit
  }()

  static let traces: ResultFrame.LogTraces = {
    var trace = ResultFrame.ServiceTrace(service: 3)
    trace.cookies = .max
    trace.hasSession = true
    trace.latestExpiry = 1_755_000_000
    let listed = ResultFrame.ServiceTrace(service: 4)
    return ResultFrame.LogTraces(unit: 5, categories: 9, services: [trace, listed])
  }()

  static let frames: [ResultFrame] = {
    var facts = ResultFrame.LogFacts(unit: 5, family: 2, confidence: 3)
    facts.hwid = [1, 2]
    facts.seller = [3]
    facts.stolen = -1
    return [
      .ready(ResultFrame.SandboxLevel()), .hit(hit),
      .serviceCount(
        ResultFrame.ServiceCount(
          file: 1, list: 0, host: [0x61], layout: .xml, records: 2, withPassword: 1)),
      .fileDone(
        ResultFrame.FileDone(
          file: 1, kind: .text, bytes: 3, records: 4, skippedBytes: 5, isShorter: true,
          errno: 5, fault: .damaged, hasDroppedValues: true)),
      .logFacts(facts), .logTraces(traces), .unitDone(unit: 4), .messageDone,
      .progress(bytes: 1 << 40),
      .rangeDone(ResultFrame.RangeDone(file: 3, isThere: false)),
      .archive(file: 3),
      .member(ResultFrame.Member(file: 3, path: Array("a/b.txt".utf8), modified: -1)),
      .member(ResultFrame.Member(file: 3, path: [])),
      .memberDone(
        ResultFrame.MemberDone(
          done: ResultFrame.FileDone(file: 3, kind: .unopened), faults: ArchiveFault.allCases)),
      .memberTraces(traces), .folderFacts(ResultFrame.FolderFacts(folder: [1], facts: facts)),
      .archiveFault(ResultFrame.ArchiveFaultReport(file: 3, path: [1], fault: .timeLimit)),
      .rangeDone(
        ResultFrame.RangeDone(
          file: 3, isThere: true, began: [1], next: .max, ended: [2, 3], lines: 4)),
    ]
  }()

  @Test("a frame is read as it was written", arguments: frames)
  func roundTrip(frame: ResultFrame) throws {
    let bytes = frame.encoded()
    #expect(bytes.count <= ResultFrame.maxBytes)
    #expect(try ResultFrame(Array(bytes.dropFirst(4))) == frame)
  }

  @Test("a frame that is cut or has a byte too many is refused", arguments: frames)
  func malformed(frame: ResultFrame) {
    let bytes = Array(frame.encoded().dropFirst(4))
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try ResultFrame(Array(bytes.prefix(count))) }
    }
    #expect(throws: WireError.self) { try ResultFrame(bytes + [0]) }
  }

  @Test("a length in a frame cannot reach beyond it")
  func lengths() throws {
    var bytes = Array(ResultFrame.hit(Self.hit).encoded().dropFirst(4))
    // The host's length stands behind type, file, list, account, form and tag.
    let place = 1 + 4 + 2 + 1 + 4 + 1 + 16
    bytes.replaceSubrange(place..<(place + 4), with: [0xFF, 0xFF, 0xFF, 0x7F])
    #expect(throws: WireError.self) { try ResultFrame(bytes) }
  }

  @Test("a number that stands for nothing is refused")
  func meanings() {
    var facts = ResultFrame.LogFacts(unit: 5, family: nil, confidence: 0)
    facts.antivirus = Array(repeating: [1], count: ResultFrame.LogFacts.maxAntivirus)
    let services = (0..<ResultFrame.LogTraces.maxServices).map {
      ResultFrame.ServiceTrace(service: UInt16($0))
    }
    var traces = ResultFrame.LogTraces(unit: 5, categories: 0, services: services)
    #expect(isRead(.logFacts(facts)) && isRead(.logTraces(traces)))
    facts.antivirus.append([1])
    traces.services.append(ResultFrame.ServiceTrace(service: 256))
    #expect(!isRead(.logFacts(facts)) && !isRead(.logTraces(traces)))
    let done = ResultFrame.fileDone(ResultFrame.FileDone(file: 1, kind: .text))
    let fault = ResultFrame.archiveFault(
      ResultFrame.ArchiveFaultReport(file: 3, path: [1], fault: .timeLimit))
    // The kind behind type and number, the fault before the last byte, and the last byte.
    for (frame, place) in [(done, 5), (done, -2), (done, -1), (fault, -1)] {
      var bytes = Array(frame.encoded().dropFirst(4))
      bytes[place < 0 ? bytes.count + place : place] = 0xFE
      #expect(throws: WireError.self, "\(place)") { try ResultFrame(bytes) }
    }
    #expect(throws: WireError.self) { try ResultFrame([0xFE]) }
    #expect(throws: WireError.self) { try ResultFrame([]) }
  }

  private func isRead(_ frame: ResultFrame) -> Bool {
    (try? ResultFrame(Array(frame.encoded().dropFirst(4)))) == frame
  }

  @Test("counts of cookies end where they cannot grow")
  func saturation() {
    var trace = ResultFrame.ServiceTrace(service: 1)
    trace.cookies = .max - 1
    for _ in 0..<2 { trace.add(expiry: nil, isSession: false, isNew: true) }
    #expect(trace.cookies == .max)
    var other = ResultFrame.ServiceTrace(service: 1)
    other.cookies = 1
    trace.add(other)
    #expect(trace.cookies == .max)
    other.add(other)
    #expect(other.cookies == 2)
  }

  /// What a rule file says, with one number of each kind: 0 stands for a label's class, 1 for a marker's place, 2 for
  /// the order of a date.
  private func rules(_ numbers: [UInt8], family: [UInt8] = Array("f".utf8)) -> [UInt8] {
    var writer = WireWriter()
    let text = Array("x".utf8)
    writer.add(UInt32(1))
    writer.add(text)
    writer.add(numbers[0])
    writer.add(UInt32(1))
    writer.add(family)
    writer.add(UInt32(1))
    writer.add(numbers[1])
    writer.add(text)
    writer.add(UInt32(3))
    writer.add(UInt32(1))
    writer.add(text)
    writer.add(numbers[2])
    // No services, and no shapes of logs.
    for _ in 0..<8 { writer.add(UInt32(0)) }
    return writer.bytes
  }

  @Test("rules with a number that stands for nothing are refused")
  func hostileRules() throws {
    let read = try WorkerRules(rules([1, 1, 1]))
    #expect(read.families.families.map(\.id) == ["f"])
    for numbers: [UInt8] in [[0xFE, 1, 1], [1, 0xFE, 1], [1, 1, 0xFE]] {
      #expect(throws: WireError.self, "\(numbers)") { try WorkerRules(rules(numbers)) }
    }
    let bytes = rules([1, 1, 1])
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try WorkerRules(Array(bytes.prefix(count))) }
    }
    #expect(throws: WireError.self) { try WorkerRules(bytes + [0]) }
    #expect(throws: WireError.self) { try WorkerRules(rules([1, 1, 1], family: [0xFF])) }
  }

  @Test("a task that no supervisor gives is refused")
  func hostileTasks() throws {
    var item = WorkerTask.FileItem(unit: 1, file: 2, size: 3, name: [0x61])
    item.companion = .passwords
    let plain = WorkerTask.files([item]).encoded()
    #expect(try WorkerTask(plain) == .files([item]))
    item.range = WorkerTask.FileRange(length: 1, index: 7, readsOn: true, state: [])
    let ranged = WorkerTask.files([item]).encoded()
    let setUp = WorkerTask.setUp(
      WorkerTask.SetUp(
        plan: LookupPlan(), rulesBytes: 1, secretBytes: 1, hashesEveryLogin: false)
    ).encoded()
    // The type; the companion behind count, numbers, size and four truths; the range's length; the last byte of a number of
    // eight bytes, which must fit in an `Int`.
    for (task, place, value) in [
      (plain, 0, 9), (plain, 25, 3), (ranged, 27, 0), (setUp, 10, 0x80),
    ] as [([UInt8], Int, UInt8)] {
      var bytes = task
      bytes[place] = value
      #expect(throws: WireError.self, "\(place)") { try WorkerTask(bytes) }
    }
  }

  @Test("tasks are read as they were written")
  func tasks() throws {
    var item = WorkerTask.FileItem(unit: 1, file: 2, size: 1 << 40, name: [0xFF, 0x0A])
    item.isLastOfUnit = true
    item.isAlone = true
    item.range = WorkerTask.FileRange(length: 1 << 26, index: 7, readsOn: true, state: [1, 2])
    var plan = LookupPlan()
    plan.lists = [
      LookupPlan.List(offset: 64, headerBytes: 256, key: 0, directory: 4096, directoryBits: 3)
    ]
    plan.filters = [LookupPlan.Filter(offset: 8192, words: 8)]
    plan.filterOfKey = [0]
    plan.bytes = 8256
    let setUp = WorkerTask.SetUp(
      plan: plan, rulesBytes: 10, secretBytes: 80, hashesEveryLogin: true)
    for task in [WorkerTask.files([item, item]), .setUp(setUp)] {
      let bytes = task.encoded()
      #expect(try WorkerTask(bytes) == task)
      for count in 0..<bytes.count {
        #expect(throws: WireError.self) { try WorkerTask(Array(bytes.prefix(count))) }
      }
    }
  }
}
