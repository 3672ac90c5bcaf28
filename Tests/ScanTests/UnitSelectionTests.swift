import Dumps
import Testing

@testable import Scan

@Suite("lists of units")
struct UnitSelectionTests {
  private func selection(
    _ lines: [String], isOfRanges: Bool = false
  ) throws(UnitSelection.Failure) -> UnitSelection {
    try UnitSelection(Array(lines.joined(separator: "\n").utf8), isOfRanges: isOfRanges)
  }

  @Test(
    "what is no unit is refused by its line, and never by its text",
    arguments: [
      ([], false, .empty), (["", ""], false, .empty),
      (["file\t1\td\ta", "CANARY"], false, .noUnit(line: 2)),
      (["file\t1\td"], false, .noUnit(line: 1)), (["file\tx\td\ta"], false, .noUnit(line: 1)),
      (["file\t1\t\ta"], false, .noUnit(line: 1)), (["file\t1\td\t../a"], false, .noUnit(line: 1)),
      (["file\t1\td\ta\tb"], false, .noUnit(line: 1)),
      (["other\t1\td\ta"], false, .noUnit(line: 1)),
      (["file\t1\td\t%4"], false, .noUnit(line: 1)),
      (["log\t1\td\ta\t/b"], false, .noUnit(line: 1)),
      (["range\t1\td\ta\t2\t10\t20"], false, .noUnit(line: 1)),
      (["range\t1\td\ta\t0\t0\t20"], false, .noUnit(line: 1)),
      (["range\t1\td\ta\t0\t10\t20\tXY"], false, .noUnit(line: 1)),
      (["gap\t0\td\ta\tsymlink"], false, .noUnit(line: 1)),
      (["gap\t0\td\ta\tCANARY"], false, .noUnit(line: 1)),
      (["passed\t0\td\tio-error\t1"], false, .noUnit(line: 1)),
      (["passed\t0\td\tsymlink\t0"], false, .noUnit(line: 1)),
      (["folder\t0\td\ta"], false, .unlisted(line: 1)),
      (["", "linked\t0\td\t77"], false, .unlisted(line: 2)),
      (["range\t1\td\ta\t0\t10\t20", "range\t1\td\ta\t0\t11\t20"], false, .twoLengths(line: 2)),
      (["range\t1\td\ta\t0\t10\t20", "file\t1\td\tb"], true, .noRange(line: 2)),
    ] as [([String], Bool, UnitSelection.Failure)])
  func refused(lines: [String], isOfRanges: Bool, failure: UnitSelection.Failure) {
    #expect(throws: failure) { try selection(lines, isOfRanges: isOfRanges) }
    #expect(!failure.message.contains("CANARY"))
  }

  @Test("failures say what stands in which line")
  func messages() {
    let failures: [UnitSelection.Failure] = [
      .noUnit(line: 3), .twoLengths(line: 3), .noRange(line: 3), .unlisted(line: 3),
      .noFolder(line: 3),
    ]
    #expect(failures.allSatisfy { $0.message.contains("line 3 ") })
    #expect(Set(failures.map(\.message)).count == failures.count)
    #expect(UnitSelection.Failure.empty.message == "names nothing")
  }

  @Test("dumps come in the order of the lines, with their places, gaps and what is passed over")
  func places() throws {
    let list = try selection([
      "file\t1\td2\ta%20b", "log\t5\td1\tx\tx/y", "file\t9\td2\tz.zip\tcompanions",
      "gap\t0\td1\tw\tvanished", "passed\t0\td1\tsymlink\t2", "passed\t0\td2\tsymlink\t3",
    ])
    #expect(list.dumps == ["d2", "d1"])
    #expect(
      list.places == [
        [
          .file(Array("a b".utf8), hasCompanions: false),
          .file(Array("z.zip".utf8), hasCompanions: true),
        ], [.log(Array("x".utf8), hardLinks: [Array("x/y".utf8)])],
      ])
    #expect(list.gaps.map(\.dump) == [1] && list.gaps.map(\.problem) == [.vanished])
    #expect(list.gaps.map(\.path) == [Array("w".utf8)])
    #expect(list.passedOver == ["symlink": 5])
    #expect(list.rangeBytes == nil && list.lines(with: [:]).isEmpty)
  }

  @Test("ranges are of one file, each once, and are written anew with what was found there")
  func ranges() throws {
    let lines = [
      "range\t10\td\ta\t1\t10\t25", "range\t10\td\ta\t0\t10\t25", "range\t10\td\ta\t1\t10\t25\t01",
      "range\t10\te\ta\t0\t10\t25",
    ]
    let list = try selection(lines, isOfRanges: true)
    let path = Array("a".utf8)
    #expect(
      list.rangeBytes == 10
        && list.places == [
          [.file(path, hasCompanions: false)], [.file(path, hasCompanions: false)],
        ])
    #expect(list.ranges(dump: 0, path: path).map(\.index) == [0, 1])
    #expect(list.ranges(dump: 1, path: path).map(\.fileBytes) == [25])
    #expect(list.ranges(dump: 1, path: [0x7A]).isEmpty)
    let read = list.lines(with: [PlaceInDump(dump: 0, path: path): [1: [0xAB, 0xCD]]])
    #expect(
      read.map(\.text) == [
        "range\t10\td\ta\t1\t10\t25\tabcd", lines[1], "range\t10\td\ta\t1\t10\t25\tabcd", lines[3],
      ])
  }
}
