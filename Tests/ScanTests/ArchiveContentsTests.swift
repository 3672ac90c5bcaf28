import Dumps
import Testing

@testable import Scan
@testable import Worker

@Suite("what a worker says of an archive")
struct ArchiveContentsTests {
  static let shape = LogShape(
    systemFiles: ["System.txt"], names: ["{cc}[{hex}]*"], signs: ["Cookies"],
    browsers: ["Chrome"], inside: ["Files"], passwordFiles: ["Passwords.txt"])

  private func contents(_ name: String = "pack.zip", most: Int = 100) -> ArchiveContents {
    ArchiveContents(name: Array(name.utf8), shape: Self.shape, maxMembers: most)
  }

  private func member(_ path: String, modified: Int64? = nil) -> ResultFrame.Member {
    ResultFrame.Member(file: 1, path: Array(path.utf8), modified: modified)
  }

  /// Takes members, with a hit in those of which the path ends with `!`, and says what belongs together.
  private func groups(
    _ paths: [String], name: String = "pack.zip", isInLog: Bool = false
  ) -> [String] {
    var archive = contents(name)
    var origin: UInt32 = 0
    var isTaken = true
    for path in paths {
      let hasHit = path.hasSuffix("!")
      isTaken = archive.begin(member(hasHit ? String(path.dropLast()) : path)) && isTaken
      if hasHit {
        origin += 1
        isTaken = archive.place { (origin, origin) } != nil && isTaken
      }
      isTaken = archive.end(isRead: true) && isTaken
    }
    #expect(isTaken)
    return archive.groups(isInLog: isInLog).map { group in
      let log = group.isOuter ? "outer" : group.log.map { String(decoding: $0, as: UTF8.self) }
      return "\(log ?? "alone") \(group.origins)"
    }
  }

  @Test("members are of one log as files in directories are, whatever their order")
  func grouping() {
    #expect(
      groups(["a/Chrome/x.txt!", "b/x.txt!", "a/y.txt!", "a/System.txt"])
        == ["a [1, 3]", "alone [2]"])
    #expect(groups(["x.txt!", "System.txt"]) == [" [1]"])
    #expect(groups(["x.txt!", "Cookies/a"], name: "FR[7F2A61C0].zip") == [" [1]"])
    #expect(
      groups(["z/FR[7F2A61C0] 1.zip!/x.txt!", "z/FR[7F2A61C0] 2.zip!/x.txt!"])
        == ["z/FR[7F2A61C0] 1.zip! [1]", "z/FR[7F2A61C0] 2.zip! [2]"])
    #expect(groups(["x.txt!", "y.txt!"]) == ["alone [1]", "alone [2]"])
    #expect(groups([""]) == [])
  }

  @Test("an archive in a log is of that log, but for logs in it")
  func inLog() {
    #expect(
      groups(["x.txt!", "FR[7F2A61C0]/x.txt!"], isInLog: true)
        == ["outer [1]", "FR[7F2A61C0] [2]"])
  }

  @Test("a worker must end a member before it begins the next, and may not invent them for ever")
  func order() {
    var archive = contents(most: 2)
    var answers = [
      archive.end(isRead: true), archive.place { (1, 1) } != nil,
      archive.add(ResultFrame.LogTraces(unit: 1, categories: 0, services: [])),
    ]
    #expect(answers == [false, false, false], "there is no member")
    answers = [archive.begin(member("a")), archive.begin(member("b"))]
    #expect(answers == [true, false])
    for _ in 0..<3 {
      answers = [archive.end(isRead: false), archive.begin(member("a"))]
      #expect(answers == [true, true])
    }
    answers = [archive.end(isRead: false), archive.begin(member("a"))]
    #expect(answers == [true, false], "twice as many as may be read")
    let facts = ResultFrame.LogFacts(unit: 1, family: nil, confidence: 0)
    answers = [Array("b".utf8), []].map {
      archive.add(ResultFrame.FolderFacts(folder: $0, facts: facts))
    }
    #expect(answers == [false, true])
  }

  @Test("problems of one kind in one archive are one, with the first member's path")
  func problems() {
    var archive = contents()
    for name in ["a", "b", "x.zip!/c", "x.zip!/d"] {
      archive.note(.archiveChecksum, member: Array(name.utf8), skippedBytes: 0)
    }
    archive.note(.archiveChecksum, archive: Array("x.zip".utf8))
    let told = archive.faults.map { "\(String(decoding: $0.path, as: UTF8.self)) \($0.members)" }
    #expect(told == ["a 2", "x.zip!/c 2"])
    for number in 0..<5000 { archive.note(.archiveDamaged, archive: Array("\(number)".utf8)) }
    #expect(archive.faults.count <= 1001)
  }

  @Test("folders whose names would fill memory are taken for the one above them")
  func folders() {
    var archive = contents(most: 20_000)
    let name = String(repeating: "n", count: 4000)
    for number in 0..<16_800 {
      let isTaken =
        archive.begin(member("\(10_000 + number)\(name)/x")) && archive.end(isRead: true)
      if !isTaken { Issue.record("member \(number) is not taken") }
    }
    // A worker cannot know which folders are told apart.
    let facts = ResultFrame.LogFacts(unit: 1, family: nil, confidence: 0)
    let areTaken = [
      archive.begin(member("new\(name)/System.txt")), archive.end(isRead: true),
      archive.begin(member("new\(name)/x.txt")), archive.place { (7, 7) } != nil,
      archive.add(ResultFrame.FolderFacts(folder: Array("new\(name)".utf8), facts: facts)),
      archive.end(isRead: true),
    ]
    #expect(areTaken == Array(repeating: true, count: 6))
    // Its system file stands in the archive itself, then.
    let groups = archive.groups(isInLog: false)
    #expect(groups.map(\.log) == [[]] && groups.map(\.origins) == [[7]])
  }

  @Test("each fault of an archive has a code of its own, and an encrypted 7z two")
  func codes() {
    let codes = ArchiveFault.allCases.map { Problem.Code($0, isNested: false) }
    #expect(Set(codes).count == codes.count)
    let nested = ArchiveFault.allCases.map { Problem.Code($0, isNested: true) }
    let differing = zip(codes, nested).filter { $0 != $1 }
    #expect(differing.map(\.0) == [.archiveEncrypted7z])
    #expect(differing.map(\.1) == [.archiveEncrypted7zNested])
    #expect(codes.filter { !$0.rawValue.hasPrefix("archive-") } == [.ioError])
    #expect(Problem.Code(.ioError, isNested: true) == .ioError)
  }
}
