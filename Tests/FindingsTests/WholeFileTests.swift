import Findings
import Foundation
import Synchronization
import Testing

/// Files that are there whole or not at all, though several runs write them.
@Suite("Whole files")
struct WholeFileTests {
  @Test("runs that write the same file at the same time each leave it whole")
  func concurrentWriters() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "findings.json").path
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
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["findings.json"])
  }

  @Test(
    "what stands in its way is removed and never written through", arguments: ["link", "hard link"])
  func planted(_ kind: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let other = folder.appending(path: "other")
    try Data("kept".utf8).write(to: other)
    let temporary = folder.appending(path: "findings.json.dumpsieve-new")
    if kind == "link" {
      try FileManager.default.createSymbolicLink(at: temporary, withDestinationURL: other)
    } else {
      try FileManager.default.linkItem(at: other, to: temporary)
    }
    let path = folder.appending(path: "findings.json").path
    try WholeFile.write(Array("whole".utf8), to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "whole")
    #expect(try String(contentsOf: other, encoding: .utf8) == "kept")
    #expect(!FileManager.default.fileExists(atPath: temporary.path))
  }
}
