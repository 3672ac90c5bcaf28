import Dumps
import Foundation
import Testing
import Worker

@testable import Scan

@Suite("units of work")
struct UnitQueueTests {
  /// A directory with empty files at `paths`, gone after the test.
  private func withFiles(_ paths: [String], _ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: directory) }
    for path in paths {
      let file = directory.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: file)
    }
    try body(directory.path)
  }

  private func units(_ directory: String) -> [[WorkerTask.FileItem]] {
    var queue = UnitQueue(dumps: [directory], shape: LogShape(systemFiles: ["System.txt"]))
    var units: [[WorkerTask.FileItem]] = []
    while let batch = queue.nextBatch() {
      #expect(batch.items.count <= WorkerTask.maxFiles)
      #expect(batch.items.count == batch.descriptors.count)
      #expect(batch.items.last?.isLastOfUnit == true, "a message holds whole units")
      for descriptor in batch.descriptors { close(descriptor) }
      var unit: [WorkerTask.FileItem] = []
      for item in batch.items {
        unit.append(item)
        if item.isLastOfUnit {
          units.append(unit)
          unit = []
        }
      }
    }
    return units
  }

  @Test("the files of a log are one unit, a file that stands alone is its own")
  func grouping() throws {
    try withFiles([
      "a.txt", "log1/System.txt", "log1/Chrome/Default/Passwords.txt", "log2/SYSTEM.TXT", "z/b.txt",
    ]) { directory in
      let names = units(directory).map { $0.map { String(decoding: $0.name, as: UTF8.self) } }
      #expect(
        names == [
          ["a.txt"], ["System.txt", "Chrome/Default/Passwords.txt"], ["SYSTEM.TXT"], ["b.txt"],
        ])
    }
  }

  @Test("a log of many files becomes several units, each with the file that describes the machine")
  func large() throws {
    let many = (0..<150).map { "log/Cookies/\($0).txt" }
    let own = (0..<12).map { "log/A\($0).txt" }
    try withFiles(["log/System.txt"] + many + own) { directory in
      let units = units(directory)
      #expect(units.count > 3)
      let read = units.joined().filter { !$0.isForFactsOnly }
      #expect(Set(read.map(\.file)).count == 163)
      for unit in units {
        #expect(unit.contains { $0.name == Array("System.txt".utf8) })
      }
    }
  }

  @Test("a log is whole once all its units are read and no more come, whatever stands within it")
  func origins() throws {
    let many = (0..<60).map { "log/Cookies/\($0).txt" }
    let files = many + ["log/System.txt", "log/b/System.txt", "log/z/x.txt", "a.txt"]
    try withFiles(files) { directory in
      var queue = UnitQueue(dumps: [directory], shape: LogShape(systemFiles: ["System.txt"]))
      while let batch = queue.nextBatch() {
        for descriptor in batch.descriptors { close(descriptor) }
        #expect(queue.takeFinished().isEmpty)
      }
      #expect(queue.logCount == 2)
      let logs = Dictionary(grouping: queue.units, by: \.value.origin)
      #expect(logs.count == 3)
      var finished: [String: Int] = [:]
      // The last unit first: they may come in any order.
      for unit in queue.units.keys.sorted(by: >) {
        queue.finish(unit: unit)
        for (_, origin) in queue.takeFinished() {
          let log = origin.log.map { String(decoding: $0, as: UTF8.self) } ?? "-"
          #expect(finished.updateValue(queue.units.count, forKey: log) == nil)
        }
      }
      // The file that stands alone was the first unit, and the outer log's first the second.
      #expect(finished["-"] == 0)
      #expect(finished["log"] == 1)
      #expect(finished["log/b"] != nil)
      #expect(queue.origins.isEmpty)
    }
  }

  @Test("what stands behind another log within a log still carries the log's own system file")
  func nested() throws {
    try withFiles(["log/System.txt", "log/b/System.txt", "log/b/y.txt", "log/z/x.txt"]) {
      let names = units($0).map { $0.map { String(decoding: $0.name, as: UTF8.self) } }
      #expect(names == [["System.txt"], ["System.txt", "y.txt"], ["System.txt", "z/x.txt"]])
    }
  }

  @Test("of logs that stand within each other, the own files of four are kept", arguments: [4, 5])
  func deep(levels: Int) throws {
    let folders = (1...levels).map { Array(repeating: "b", count: $0).joined(separator: "/") }
    try withFiles(folders.map { "\($0)/System.txt" } + ["b/z/x.txt"]) {
      let names = units($0).map { $0.map { String(decoding: $0.name, as: UTF8.self) } }
      let inner = Array(repeating: ["System.txt"], count: levels)
      #expect(names == inner + [levels > 4 ? ["z/x.txt"] : ["System.txt", "z/x.txt"]])
    }
  }

  @Test("no descriptor is left open, however far the walk got")
  func descriptors() throws {
    /// What the process has open below the directory: other tests open and close files of their own meanwhile.
    func open(below directory: String) throws -> [String] {
      let place = URL(filePath: directory).resolvingSymlinksInPath().path
      return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
      }.filter { $0.hasPrefix(place) }
    }
    let files = (0..<90).map { "log/\($0).txt" } + ["log/System.txt", "b/c.txt"]
    try withFiles(files) { directory in
      for batches in 0...3 {
        var queue = UnitQueue(dumps: [directory], shape: LogShape(systemFiles: ["System.txt"]))
        for _ in 0..<batches {
          for descriptor in queue.nextBatch()?.descriptors ?? [] { close(descriptor) }
        }
        // Else it shows nothing.
        let holds = try !open(below: directory).isEmpty
        #expect(holds || batches != 1)
        _ = queue.takeFinished()
      }
      let left = try open(below: directory)
      #expect(left.isEmpty)
    }
  }
}
