import Foundation
import Testing

/// One row of the catalogue of hostile inputs, and the tests that show what comes of it.
private struct CatalogueRow {
  enum Proof {
    /// A scenario that has commands of this row.
    case scenario(String)
    /// A test's file below `Tests/`, and its title.
    case test(file: String, title: String)
    /// A kind of `Tests/Torture/torture`.
    case torture(String)
  }

  var number: Int
  var input: String
  var proofs: [Proof]

  var scenarios: [String] {
    proofs.compactMap { if case .scenario(let name) = $0 { name } else { nil } }
  }

  /// The rows of `catalogue.txt`; a line that says anything else fails the test.
  static func all() throws -> [CatalogueRow] {
    let text = try String(contentsOfFile: Package.tests + "/catalogue.txt", encoding: .utf8)
    return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let cells = line.components(separatedBy: " | ")
      try #require(cells.count == 3, "no row: \(line)")
      let number = try #require(Int(cells[0]), "no row: \(line)")
      let proofs = try cells[2].components(separatedBy: "; ").map { text in
        try #require(proof(text), "row \(number): \(text) is no proof")
      }
      return CatalogueRow(number: number, input: cells[1], proofs: proofs)
    }
  }

  private static func proof(_ text: String) -> Proof? {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return nil }
    switch words[0] {
    case "scenario": return .scenario(words[1])
    case "torture": return .torture(words[1])
    case "test":
      let parts = words[1].split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2, parts[1].count > 2, parts[1].hasPrefix("\""), parts[1].hasSuffix("\"")
      else { return nil }
      return .test(file: parts[0], title: String(parts[1].dropFirst().dropLast()))
    default: return nil
    }
  }
}

/// The catalogue of hostile inputs: every row has its commands, and the document says what those are held to.
@Suite("The catalogue of hostile inputs") struct CatalogueTests {
  private static let document = Package.root + "/docs/HOSTILE-INPUT.md"
  /// Rows of reference/hostile-input.md §7.
  private static let rows = 93

  /// What the commands of a scenario show of a row.
  private static func shown(by name: String, of row: Int) -> [Scenario.Shown] {
    let scenario = Scenario.all.first { $0.name == name }
    return (scenario?.shown ?? []).filter { $0.row == row }
  }

  @Test("every row is there, and a command of a scenario shows what comes of it")
  func rowsAreShown() throws {
    let rows = try CatalogueRow.all()
    #expect(rows.map(\.number) == Array(1...Self.rows))
    for row in rows {
      #expect(!row.scenarios.isEmpty, "row \(row.number)")
      for name in row.scenarios {
        #expect(
          !Self.shown(by: name, of: row.number).isEmpty,
          "row \(row.number): \(name) does not show it")
      }
    }
  }

  @Test("what a scenario shows is in the catalogue", arguments: Scenario.all)
  func scenarioIsNamed(_ scenario: Scenario) throws {
    let shown = try #require(scenario.shown, "a command is of one row, behind its status")
    let rows = try CatalogueRow.all().filter { $0.scenarios.contains(scenario.name) }
    #expect(Set(shown.map(\.row)) == Set(rows.map(\.number)))
  }

  @Test("a test or a torture that a row names stands where it says, once")
  func testsAreThere() throws {
    let torture = try String(
      contentsOfFile: Package.root + "/Tests/Torture/torture", encoding: .utf8)
    for row in try CatalogueRow.all() {
      for proof in row.proofs {
        switch proof {
        case .scenario: continue
        case .test(let file, let title):
          let text = try String(contentsOfFile: Package.root + "/Tests/" + file, encoding: .utf8)
          let pattern =
            "@Test\\(\\s*\"" + NSRegularExpression.escapedPattern(for: title) + "\"[,\\s)]"
          #expect(try Self.count(pattern, in: text) == 1, "row \(row.number): \(title)")
        case .torture(let kind):
          let pattern = "(?m)^ +\\(\"" + NSRegularExpression.escapedPattern(for: kind) + "\", "
          #expect(try Self.count(pattern, in: torture) == 1, "row \(row.number): \(kind)")
        }
      }
    }
  }

  private static func count(_ pattern: String, in text: String) throws -> Int {
    let expression = try NSRegularExpression(pattern: pattern)
    return expression.numberOfMatches(in: text, range: NSRange(text.startIndex..., in: text))
  }

  @Test("docs/HOSTILE-INPUT.md is what the catalogue makes; UPDATE_GOLDENS=1 writes it anew")
  func documentIsCurrent() throws {
    let text = try Self.rendered()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
      try text.write(toFile: Self.document, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: Self.document, encoding: .utf8) == text)
  }

  private static func rendered() throws -> String {
    var text = """
      # Hostile input

      Everything that is scanned was written or repacked by criminals. This is what dumpsieve does with each kind of input that was made to stop, blind or deceive
      it, and the test that shows it. It is made from the tests (`make goldens`): each status and code is what a test holds one command to whose only odd input is
      that of the row. `unread` are all reasons in `run.coverage.unread`: the input was not read whole, and the result says so. `passed over` are all kinds in
      `run.coverage.passed_over`. Status 1 says that an account was found, within that input or in a good file beside it; what else was in the dump is read in every case.

      | # | input | exit status, and what is not read | test |
      |---|---|---|---|

      """
    for row in try CatalogueRow.all() {
      let outcomes = row.scenarios.flatMap { shown(by: $0, of: row.number) }.map(Self.said)
      let tests = row.proofs.map { proof in
        switch proof {
        case .scenario(let name): "`\(name)`"
        case .test(let file, let title): "\(file.split(separator: "/").last ?? ""): \(title)"
        case .torture(let kind): "torture: \(kind)"
        }
      }
      let cells = [unique(outcomes), tests].map { $0.joined(separator: "; ") }
      text += "| \(row.number) | \(row.input) | \(cells[0]) | \(cells[1]) |\n"
    }
    return text
  }

  /// Such as `3, unread: archive-truncated`.
  private static func said(_ shown: Scenario.Shown) -> String {
    let mark = "passed-over:"
    let unread = shown.codes.filter { !$0.hasPrefix(mark) }
    let passedOver = shown.codes.filter { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
    return [
      shown.status, unread.isEmpty ? "" : "unread: " + unread.joined(separator: " "),
      passedOver.isEmpty ? "" : "passed over: " + passedOver.joined(separator: " "),
    ].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private static func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
