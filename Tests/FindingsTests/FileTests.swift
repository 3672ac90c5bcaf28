import Clock
import Foundation
import Synchronization
import Testing

@testable import Findings

/// Files that are written whole, kept for a while, and read: each test has a directory of its own.
@Suite("Files of documents")
final class FileTests {
  private let directory: String

  init() throws {
    var template = Array("/tmp/dumpsieve-files-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: directory)
  }

  private func path(_ name: String) -> String { directory + "/" + name }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  private func time(_ text: String) throws -> UTCTime { try #require(UTCTime(text)) }

  // MARK: Dated copies

  @Test(
    "a copy has its time before the ending of the name, if that has one",
    arguments: [
      ("findings.json", "findings-20250714T013000Z.json", "findings-latest.json"),
      ("findings", "findings-20250714T013000Z", "findings-latest"),
      (".findings", ".findings-20250714T013000Z", ".findings-latest"),
      ("a.b.json", "a.b-20250714T013000Z.json", "a.b-latest.json"),
      ("findings.", "findings-20250714T013000Z.", "findings-latest."),
    ])
  func copies(name: String, copy: String, link: String) throws {
    let now = try time("2025-07-14T01:30:00Z")
    let copies = DatedCopies(of: path(name))
    try copies.write(Array("text".utf8), now)
    try copies.finish(now, keeping: 86_400)
    #expect(try names() == [copy, link].sorted())
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path(link)) == copy)
    #expect(FileManager.default.contents(atPath: path(link)) == Data("text".utf8))
  }

  @Test("copies that are too old go, and nothing else does, whatever its name")
  func keeping() throws {
    let copies = DatedCopies(of: path("findings.json"))
    let nights = [
      "2025-07-01T01:30:00Z", "2025-07-11T01:30:00Z", "2025-07-11T01:30:01Z",
      "2025-07-14T01:30:00Z",
    ]
    for night in nights { try copies.write([], time(night)) }
    let others = [
      "findings-20250101T000000Z.json.bak", "other-20250101T000000Z.json", "findings-2025.json",
      "findings-20250101t000000z.json", "findings-20251301T000000Z.json",
      "findings-20250101T000000Z", "findings.json",
    ]
    for name in others { try Data().write(to: URL(fileURLWithPath: path(name))) }
    try FileManager.default.createDirectory(
      atPath: path("findings-20250102T000000Z.json"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: path("findings-20250103T000000Z.json"), withDestinationPath: "findings.json")
    try copies.finish(time("2025-07-14T01:30:00Z"), keeping: 3 * 86_400)
    let kept =
      others + [
        "findings-20250102T000000Z.json", "findings-20250103T000000Z.json",
        "findings-20250711T013000Z.json", "findings-20250711T013001Z.json",
        "findings-20250714T013000Z.json", "findings-latest.json",
      ]
    // Three days before the copy before the last.
    #expect(try names() == kept.sorted())
  }

  @Test("on a night whose clock has leapt ahead, the copies of the nights before stay")
  func leap() throws {
    let copies = DatedCopies(of: path("findings.json"))
    for night in ["2025-07-13T01:30:00Z", "2025-07-14T01:30:00Z", "2035-01-01T00:00:00Z"] {
      try copies.write([], time(night))
    }
    try copies.finish(time("2035-01-01T00:00:00Z"), keeping: 2 * 86_400)
    #expect(
      try names() == [
        "findings-20250713T013000Z.json", "findings-20250714T013000Z.json",
        "findings-20350101T000000Z.json", "findings-latest.json",
      ])
  }

  @Test("in a directory that is not there, no copy is written, and that is said")
  func missing() throws {
    let now = try time("2025-07-14T01:30:00Z")
    let copies = DatedCopies(of: path("none/findings.json"))
    #expect(throws: WholeFile.Failure.system(ENOENT)) { try copies.write([], now) }
    #expect(throws: WholeFile.Failure.system(ENOENT)) { try copies.finish(now, keeping: 1) }
  }

  // MARK: Whole files

  @Test("a file that stands in the way of the new one leaves the earlier as it is")
  func temporary() throws {
    try WholeFile.write(Array("earlier".utf8), to: path("out"))
    try FileManager.default.createDirectory(
      atPath: path("out.dumpsieve-new"), withIntermediateDirectories: true)
    #expect(throws: WholeFile.Failure.system(EISDIR)) {
      try WholeFile.write(Array("later".utf8), to: path("out"))
    }
    #expect(FileManager.default.contents(atPath: path("out")) == Data("earlier".utf8))
    try FileManager.default.createDirectory(
      atPath: path("latest.dumpsieve-new"), withIntermediateDirectories: true)
    #expect(throws: WholeFile.Failure.system(EEXIST)) {
      try WholeFile.link(path("latest"), to: "out")
    }
  }

  @Test("a name that is too long is the system's fault, and nothing is left of it")
  func longName() throws {
    let name = String(repeating: "n", count: 250)
    #expect(throws: WholeFile.Failure.system(ENAMETOOLONG)) {
      try WholeFile.write([], to: path(name))
    }
    #expect(throws: WholeFile.Failure.system(ENAMETOOLONG)) {
      try WholeFile.link(path(name), to: "x")
    }
    #expect(try names().isEmpty)
  }

  @Test("what a killed run left is replaced, and a link is turned at once")
  func again() throws {
    try Data("left".utf8).write(to: URL(fileURLWithPath: path("out.dumpsieve-new")))
    let text = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    try WholeFile.write(text, to: path("out"))
    try WholeFile.link(path("latest"), to: "nowhere")
    try WholeFile.link(path("latest"), to: "out")
    #expect(try names() == ["latest", "out"])
    #expect(FileManager.default.contents(atPath: path("latest")) == Data(text))
    let mode = try FileManager.default.attributesOfItem(atPath: path("out"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test("no file is written through a link or over a directory, and no link made over a file")
  func links() throws {
    try WholeFile.write(Array("text".utf8), to: path("out"))
    try WholeFile.link(path("latest"), to: "out")
    #expect(throws: WholeFile.Failure.notAFile) { try WholeFile.write([], to: path("latest")) }
    #expect(throws: WholeFile.Failure.notAFile) { try WholeFile.check(directory) }
    #expect(throws: WholeFile.Failure.notAFile) { try WholeFile.link(path("out"), to: "latest") }
    #expect(FileManager.default.contents(atPath: path("out")) == Data("text".utf8))
    if geteuid() != 0 {
      #expect(throws: WholeFile.Failure.foreign) { try WholeFile.check("/etc/passwd") }
    }
  }

  @Test("runs that write the same file at the same time each leave it whole")
  func concurrentWriters() throws {
    let path = path("findings.json")
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 200) { number in
      // Of other lengths, so that what is left of a longer one shows.
      let text = [UInt8](repeating: UInt8(number), count: 1000 + 500 * (number % 40))
      do {
        try WholeFile.write(text, to: path)
        let read = try Data(contentsOf: URL(filePath: path))
        if Set(read).count != 1 || read.count != 1000 + 500 * (Int(read[0]) % 40) {
          failures.withLock { $0.append("\(number) read a torn file of \(read.count) bytes") }
        }
      } catch {
        failures.withLock { $0.append("\(number): \(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
    #expect(try names() == ["findings.json"])
  }

  @Test(
    "what stands in its way is removed and never written through", arguments: ["link", "hard link"])
  func planted(_ kind: String) throws {
    try Data("kept".utf8).write(to: URL(filePath: path("other")))
    let temporary = path("findings.json.dumpsieve-new")
    if kind == "link" {
      try FileManager.default.createSymbolicLink(
        atPath: temporary, withDestinationPath: path("other"))
    } else {
      try FileManager.default.linkItem(atPath: path("other"), toPath: temporary)
    }
    try WholeFile.write(Array("whole".utf8), to: path("findings.json"))
    #expect(FileManager.default.contents(atPath: path("findings.json")) == Data("whole".utf8))
    #expect(FileManager.default.contents(atPath: path("other")) == Data("kept".utf8))
    #expect(try names() == ["findings.json", "other"])
  }

  @Test("below the root, too, the directory is asked whether a file may be written")
  func root() {
    let failure =
      access("/", W_OK | X_OK) == 0 ? nil : WholeFile.Failure.system(errno)
    do throws(WholeFile.Failure) {
      try WholeFile.check("/dumpsieve-is-not-there")
      #expect(failure == nil)
    } catch {
      #expect(error == failure)
    }
  }

  @Test(
    "each failure to write says what to do",
    arguments: [
      (.notAFile, "is a symbolic link or no regular file; it was left alone"),
      (.foreign, "belongs to another user; it was left alone"),
      (
        .otherBytes, "does not keep what is written: the medium fails; the earlier file stands"
      ),
      (.system(ENOSPC), "cannot be written: No space left on device"),
    ] as [(WholeFile.Failure, String)])
  func failures(failure: WholeFile.Failure, message: String) {
    #expect(failure.message == message)
  }

  // MARK: Reading

  @Test("a document is read from a regular file of at most 256 MiB that does not change meanwhile")
  func reading() throws {
    let text = Report.json.render(try DocumentTests.example(), Report.Page())
    try WholeFile.write(Array(text.utf8), to: path("good"))
    #expect(try DocumentFile.read(path("good")).findings.count == 2)
    try WholeFile.write([], to: path("empty"))
    try WholeFile.write([], to: path("long"))
    #expect(truncate(path("long"), off_t(FindingsDocument.maxBytes + 1)) == 0)
    let failures: [(String, DocumentFile.Failure, String)] = [
      (path("none"), .cannotOpen, "cannot be opened"),
      (directory, .notAFile, "is not a regular file"),
      ("/dev/null", .notAFile, "is not a regular file"),
      (path("long"), .tooLong, "has more than 256 MiB"),
      // Its size is 0, whatever stands in it.
      ("/proc/self/status", .cannotRead, "cannot be read to its end"),
      // Nothing lies at its beginning.
      ("/proc/self/mem", .cannotRead, "cannot be read to its end"),
      (
        path("empty"), .bad(DocumentFault("byte 0", "is the end, within a value")),
        "is no findings document: byte 0 is the end, within a value"
      ),
    ]
    for (path, failure, message) in failures {
      #expect(throws: failure, "\(path)") { try DocumentFile.read(path) }
      #expect(failure.message == message)
    }
  }
}
