import Foundation
import Testing

@testable import Scan
@testable import Worker

/// Which ranges of a file count, whatever workers say of them.
@Suite("ranged files")
struct RangedFileTests {
  private typealias Step = RangedFile.Step

  private static func file(_ ranges: UInt64 = 4) -> RangedFile {
    RangedFile(file: 1, size: 10 * ranges, length: 10, maxAhead: 8)
  }

  /// Ten lines and five records, from one state to another.
  private static func read(
    _ began: [UInt8], next: UInt32?, _ ended: [UInt8] = [1]
  ) -> RangedFile.Answer {
    var range = ResultFrame.RangeDone(file: 1, isThere: true)
    (range.began, range.next, range.ended, range.lines) = (began, next, ended, 10)
    return .read(range, ResultFrame.FileDone(file: 1, kind: .text, records: 5))
  }

  private static let nothing = RangedFile.Answer.read(
    ResultFrame.RangeDone(file: 1, isThere: false), ResultFrame.FileDone(file: 1, kind: .text))

  /// What a step says, in a word.
  private static func words(_ steps: [RangedFile.Step]) -> [String] {
    steps.map { step in
      switch step {
      case .take(let origin, let lines, let records, _): "take \(origin) \(lines) \(records)"
      case .drop(let origin): "drop \(origin)"
      case .lost(let code, let bytes, let origin, let lines, _):
        "lost \(origin) \(code.rawValue) \(bytes) \(lines)"
      }
    }
  }

  @Test("a range of which the system fails to read a part costs itself, and none behind it")
  func unreadable() {
    var file = Self.file()
    while file.next() != nil {}
    for index: UInt32 in [1, 3] {
      #expect(
        file.finish(index, Self.read([1], next: index + 1), origin: 10 + index).isEmpty)
    }
    // It saw the file's end where it could read no further.
    var range = ResultFrame.RangeDone(file: 1, isThere: true)
    (range.began, range.next) = ([1], 4)
    var done = ResultFrame.FileDone(file: 1, kind: .text)
    done.errno = EIO
    #expect(file.finish(2, .read(range, done), origin: 12).isEmpty)
    #expect(
      Self.words(file.finish(0, Self.read([], next: 1), origin: 10)) == [
        "take 10 0 0", "take 11 10 5", "lost 12 io-error 20..<30 20", "take 13 20 10",
      ])
    #expect(file.isDone && file.hasLost)
  }

  @Test("results wait for those before them, and are moved by their lines and records")
  func order() {
    var file = Self.file()
    let ranges = (0..<4).compactMap { _ in file.next() }
    #expect(ranges.map(\.index) == [0, 1, 2, 3])
    #expect(ranges.map(\.readsOn) == [true, false, false, false])
    #expect(file.next() == nil)
    #expect(file.finish(2, Self.read([1], next: 3), origin: 12).isEmpty)
    #expect(file.finish(1, Self.read([1], next: 2), origin: 11).isEmpty)
    let steps = file.finish(0, Self.read([], next: 1), origin: 10)
    #expect(Self.words(steps) == ["take 10 0 0", "take 11 10 5", "take 12 20 10"])
    #expect(!file.isDone)
    #expect(Self.words(file.finish(3, Self.read([1], next: 4), origin: 13)) == ["take 13 30 15"])
    #expect(file.isDone && !file.hasLost)
  }

  @Test("a range that began in another state is read again, in the right one")
  func state() {
    var file = Self.file(2)
    while file.next() != nil {}
    #expect(file.finish(1, Self.read([9], next: 2), origin: 11).isEmpty)
    let steps = file.finish(0, Self.read([], next: 1), origin: 10)
    #expect(Self.words(steps) == ["take 10 0 0", "drop 11"])
    let again = file.next()
    #expect(again == WorkerTask.FileRange(length: 10, index: 1, readsOn: true, state: [1]))
    #expect(file.next() == nil)
    #expect(Self.words(file.finish(1, Self.read([1], next: 2), origin: 12)) == ["take 12 10 5"])
  }

  @Test("a range that read on through others makes them superfluous, whenever they come")
  func readsOn() {
    var file = Self.file()
    while file.next() != nil {}
    #expect(file.finish(1, Self.read([], next: nil), origin: 11).isEmpty)
    let steps = file.finish(0, Self.read([], next: 3), origin: 10)
    #expect(Self.words(steps) == ["take 10 0 0", "drop 11"])
    #expect(Self.words(file.finish(2, Self.read([1], next: 3), origin: 12)) == ["drop 12"])
    #expect(Self.words(file.finish(3, Self.read([1], next: 4), origin: 13)) == ["take 13 10 5"])
    #expect(file.isDone)
  }

  @Test(
    "a range that is lost costs itself and those without a border behind it; what follows counts in any state"
  )
  func lost() {
    var file = Self.file(5)
    while file.next() != nil {}
    #expect(file.finish(1, .lost(.timeout), origin: 11).isEmpty)
    #expect(file.finish(2, Self.nothing, origin: 12).isEmpty)
    #expect(file.finish(3, Self.read([7], next: nil), origin: 13).isEmpty)
    let steps = file.finish(0, Self.read([], next: 1), origin: 10)
    #expect(
      Self.words(steps) == [
        "take 10 0 0", "lost 11 timeout 10..<20 10", "lost 12 timeout 20..<30 10", "drop 13",
      ])
    #expect(file.next()?.readsOn == true)
    let more = file.finish(3, Self.read([7], next: 4), origin: 14)
    #expect(Self.words(more) == ["take 14 10 5"])
    #expect(Self.words(file.finish(4, Self.read([1], next: 5), origin: 15)) == ["take 15 20 10"])
    #expect(file.isDone && file.hasLost)
  }

  @Test("a worker that was told a state and says another is no worker of ours")
  func hostile() {
    var file = Self.file(2)
    _ = file.next()
    _ = file.finish(0, Self.read([], next: 1), origin: 10)
    _ = file.next()
    let steps = file.finish(1, Self.read([9], next: 2), origin: 11)
    #expect(Self.words(steps) == ["lost 11 protocol 10..<20 10"])
    #expect(file.isDone && file.hasLost)
  }

  @Test("where a range should begin and none does, the file has changed")
  func changed() {
    var file = Self.file(2)
    while file.next() != nil {}
    _ = file.finish(0, Self.read([], next: 1), origin: 10)
    #expect(
      Self.words(file.finish(1, Self.nothing, origin: 11)) == ["lost 11 shrank 10..<20 10"])
  }

  @Test("no more ranges are read ahead than may wait")
  func ahead() {
    var file = RangedFile(file: 1, size: 1000, length: 10, maxAhead: 3)
    var given = 0
    while file.next() != nil { given += 1 }
    #expect(given == 4)
    _ = file.finish(0, Self.read([], next: 50), origin: 10)
    #expect(file.next()?.index == 50)
  }
}
