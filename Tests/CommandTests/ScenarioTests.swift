import Testing

@Suite("The command line, as the scenarios tell it")
struct ScenarioTests {
  @Test("it does what the scenario says", arguments: Scenario.all)
  func scenario(_ scenario: Scenario) throws {
    var run = try ScenarioRun(scenario)
    guard let fault = scenario.knownFault else { return try run.play() }
    withKnownIssue("\(fault)") { try run.play() }
  }

  @Test("there are as many scenarios as were written")
  func scenariosAreFound() {
    #expect(Scenario.all.count >= 30)
    for scenario in Scenario.all {
      #expect(scenario.lines.contains { $0.verb == "status" }, "\(scenario.name) expects nothing")
    }
  }
}
