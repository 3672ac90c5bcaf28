import Testing

@testable import Scan
@testable import Worker

@Suite("facts of a log")
struct LogFactsTests {
  private func facts(_ unit: UInt32, machine: String = "", family: UInt16? = nil)
    -> ResultFrame.LogFacts
  {
    var facts = ResultFrame.LogFacts(unit: unit, family: family, confidence: family == nil ? 0 : 2)
    facts.machine = Array(machine.utf8)
    return facts
  }

  @Test("whatever the order of its units, a log's facts are those of the first that has them")
  func order() throws {
    var last = facts(9, machine: "PC-2", family: 4)
    last.hwid = [1]
    last.stolen = 5
    let units = [facts(2), facts(5, machine: "PC-1", family: 3), last]
    let joined = try #require(ResultFrame.LogFacts(joining: units))
    #expect(joined.machine == Array("PC-1".utf8))
    #expect(joined.hwid == [1])
    #expect(joined.family == 3)
    #expect(joined.stolen == 5)
    for order in [[2, 1, 0], [1, 0, 2], [2, 0, 1]] {
      #expect(ResultFrame.LogFacts(joining: order.map { units[$0] }) == joined)
    }
    #expect(ResultFrame.LogFacts(joining: []) == nil)
  }

  @Test("if one unit sees two machines, so does the log")
  func severalMachines() {
    var other = facts(2)
    other.isOfSeveralMachines = true
    #expect(ResultFrame.LogFacts(joining: [facts(1), other])?.isOfSeveralMachines == true)
  }
}
