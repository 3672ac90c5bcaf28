import Dumps
import Findings
import Testing

@testable import Scan
@testable import Worker

@Suite("coverage of a run")
struct RunCoverageTests {
  private func made(
    _ kind: ResultFrame.FileDone.Kind, records: UInt32 = 4, skipped: UInt64 = 0
  ) -> ResultFrame.FileDone {
    ResultFrame.FileDone(file: 1, kind: kind, bytes: 10, records: records, skippedBytes: skipped)
  }

  @Test("of a range, bytes count always, and records if it is text or a database")
  func ranges() {
    var coverage = RunCoverage(dumps: ["d"])
    for kind: ResultFrame.FileDone.Kind in [.text, .binary, .database, .empty, .otherDatabase] {
      coverage.add(range: made(kind))
    }
    #expect(coverage.counts.bytes == 50 && coverage.counts.records == 8)
    #expect(coverage.counts.filesRead == 0 && coverage.counts.passedOver.isEmpty)
  }

  @Test("what cannot hold credentials is passed over, and no problem")
  func kinds() {
    var coverage = RunCoverage(dumps: ["d"])
    for kind: ResultFrame.FileDone.Kind in [
      .text, .database, .empty, .binary, .otherDatabase, .unopened, .unopened, .archive,
    ] {
      coverage.add(made(kind), dump: 0, path: [1])
    }
    coverage.add(made(.text), dump: 0, path: [1], isWhole: false)
    #expect(coverage.counts.filesRead == 2 && coverage.problems.isEmpty)
    #expect(
      coverage.counts.passedOver
        == ["empty": 1, "binary": 1, "database": 1, WalkProblem.unopened.rawValue: 2])
    // Members of archives that were not opened are no files.
    #expect(coverage.unopenedFiles == 0)
    coverage.add([(0, WalkProblem.unopened, [2])])
    #expect(coverage.unopenedFiles == 1)
  }

  private typealias Done = ResultFrame.FileDone

  private static let unreadCases: [(done: ResultFrame.FileDone, codes: [Problem.Code])] = [
    (Done(file: 1, kind: .text, errno: 5), [.ioError]),
    (Done(file: 1, kind: .text, isShorter: true, errno: 5, fault: .damaged), [.ioError]),
    (Done(file: 1, kind: .database, isShorter: true, fault: .damaged), [.shrank]),
    (Done(file: 1, kind: .database, fault: .tooLarge), [.databaseTooLarge]),
    (Done(file: 1, kind: .database, fault: .damaged), [.databaseDamaged]),
    (Done(file: 1, kind: .database, fault: .logNotRead), [.databaseLogNotRead]),
    (Done(file: 1, kind: .text, skippedBytes: 7, isShorter: true), [.shrank, .lineTooLong]),
  ]

  @Test("each way of not reading a file to its end has its name", arguments: unreadCases)
  func unread(done: ResultFrame.FileDone, codes: [Problem.Code]) {
    #expect(said(done) == codes)
  }

  private static let readCases: [(done: ResultFrame.FileDone, codes: [Problem.Code])] = [
    (Done(file: 1, kind: .text), []), (Done(file: 1, kind: .database), []),
    (Done(file: 1, kind: .text, hasDroppedValues: true), [.valuesDropped]),
    (Done(file: 1, kind: .text, skippedBytes: 7), [.lineTooLong]),
    (
      Done(file: 1, kind: .database, skippedBytes: 7, hasDroppedValues: true),
      [.valuesDropped, .lineTooLong]
    ),
  ]

  @Test("a file of which a line or a value was left out is read all the same", arguments: readCases)
  func read(done: ResultFrame.FileDone, codes: [Problem.Code]) {
    #expect(said(done, isRead: true) == codes)
  }

  @Test("what is no text has no lines that are too long; what stands beside an archive may")
  func linesOfOthers() {
    #expect(said(Done(file: 1, kind: .binary, skippedBytes: 7)) == [])
    #expect(said(Done(file: 1, kind: .archive, skippedBytes: 7)) == [.lineTooLong])
  }

  /// The problems of a file, whose places are right.
  private func said(_ done: ResultFrame.FileDone, isRead: Bool = false) -> [Problem.Code] {
    var coverage = RunCoverage(dumps: ["d"])
    coverage.add(done, dump: 0, path: [1])
    let problems = coverage.problems
    #expect(problems.allSatisfy { $0.path == [1] && $0.input == [1] && $0.dump == "d" })
    #expect(problems.allSatisfy { $0.skippedBytes == ($0.code == .lineTooLong ? 7 : nil) })
    #expect(coverage.counts.filesRead == (isRead ? 1 : 0))
    return problems.map(\.code)
  }

  @Test("of an archive, faults of one kind are one problem, with its members and bytes")
  func archives() {
    let shape = LogShape(systemFiles: ["System.txt"])
    var contents = ArchiveContents(name: Array("a.zip".utf8), shape: shape, maxMembers: 9)
    contents.note(.lineTooLong, member: Array("x".utf8), skippedBytes: 3)
    contents.note(.lineTooLong, member: Array("y".utf8), skippedBytes: 4)
    contents.note(.archiveDamaged, archive: [])
    contents.note(.archiveChecksum, member: Array("z".utf8), skippedBytes: 0)
    var coverage = RunCoverage(dumps: ["d"])
    let path = Array("a.zip".utf8)
    coverage.add(contents, dump: 0, path: path, isWhole: true)
    let expected = [
      Problem(
        .lineTooLong, dump: "d", path: Array("a.zip!/x".utf8), input: path, skippedBytes: 7,
        members: 2),
      Problem(.archiveDamaged, dump: "d", path: path),
      Problem(.archiveChecksum, dump: "d", path: Array("a.zip!/z".utf8), input: path),
    ]
    #expect(coverage.problems == expected)
    #expect(coverage.counts.archives == 1 && coverage.counts.filesRead == 0)
    var queue = UnitQueue(dumps: [], shape: shape)
    var origin = queue.makeOrigin(dump: 0, log: path).1
    #expect(coverage.problems(of: origin) == expected)
    origin.log = Array("b.zip".utf8)
    #expect(coverage.problems(of: origin).isEmpty)
  }

  @Test("an archive of nothing is empty, one that was read whole is read")
  func wholeArchives() {
    let shape = LogShape(systemFiles: ["System.txt"])
    var coverage = RunCoverage(dumps: ["d"])
    var contents = ArchiveContents(name: [], shape: shape, maxMembers: 9)
    coverage.add(contents, dump: 0, path: [], isWhole: false)
    #expect(coverage.counts.passedOver.isEmpty && coverage.counts.filesRead == 0)
    coverage.add(contents, dump: 0, path: [], isWhole: true)
    #expect(coverage.counts.passedOver == ["empty": 1])
    _ = contents.begin(ResultFrame.Member(file: 1, path: [0x61]))
    _ = contents.end(isRead: true)
    coverage.add(contents, dump: 0, path: [], isWhole: true)
    #expect(coverage.counts.filesRead == 1 && coverage.counts.archives == 3)
    #expect(coverage.counts.members == 1 && coverage.counts.membersRead == 1)
  }

  @Test("bytes are counted up to what a document takes, whatever sparse files say")
  func mostBytes() {
    var coverage = RunCoverage(dumps: ["d"])
    var done = made(.text)
    done.bytes = .max
    for _ in 0..<3 { coverage.count(done) }
    coverage.add(range: done)
    #expect(coverage.counts.bytes == FindingsDocument.maxNumber)
  }

  @Test("that a run holds no more findings is told once for each file, which must be read again")
  func tooMany() {
    var coverage = RunCoverage(dumps: ["d", "e"])
    coverage.tooManyFindings(dump: 1, path: [1])
    coverage.tooManyFindings(dump: 0, path: [2])
    coverage.tooManyFindings(dump: 1, path: [1])
    #expect(
      coverage.problems == [
        Problem(.tooManyFindings, dump: "e", path: [1]),
        Problem(.tooManyFindings, dump: "d", path: [2]),
      ])
  }

  @Test("what the walk could not read is a problem of the same name, the rest is counted")
  func walk() {
    let all: [WalkProblem] = [
      .missing, .permission, .vanished, .ioError, .directoryDepth, .volumeMissing, .volumeLimit,
      .symlink, .specialFile, .hardLink, .unopened,
    ]
    var coverage = RunCoverage(dumps: ["d"])
    coverage.add(all.map { (0, $0, [1]) })
    let unread = all.filter(\.isUnread)
    #expect(unread.count == 7)
    #expect(coverage.problems.map(\.code.rawValue) == unread.map(\.rawValue))
    #expect(coverage.counts.passedOver.count == 4)
    #expect(coverage.counts.passedOver.values.allSatisfy { $0 == 1 })
  }

  @Test("problems have one order, whichever worker came upon them")
  func order() {
    let sorted = [
      Problem(.ioError, dump: "a", path: [1]),
      Problem(.timeout, dump: "a", path: [0]),
      Problem(.timeout, dump: "a", path: [1]),
      Problem(.timeout, dump: "a", path: [1], bytes: 5..<9),
      Problem(.timeout, dump: "a", path: [1], bytes: 9..<12),
      Problem(.timeout, dump: "a", path: [1, 0]),
      Problem(.ioError, dump: "b", path: [0]),
    ]
    for _ in 0..<20 { #expect(sorted.shuffled().sorted() == sorted) }
  }
}
