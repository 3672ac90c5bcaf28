import ArgumentParser
import Rules
import Scan
import YAML

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List rules, and run their examples.",
    subcommands: [Check.self, List.self])

  static func catalogue(_ directory: String?) throws -> RuleCatalogue {
    // A directory of a few rules of one's own is checked together with those that it adds to.
    let directories = try ruleDirectories(directory.map { [$0] } ?? [])
    do throws(RuleError) {
      return try RuleCatalogue(directories: directories)
    } catch {
      throw Exit.because(error.message, Exit.refused)
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Read all rules and run their examples and negative examples.")

    @Argument(
      help: "A directory of rules, beside those that come with the program.", completion: .directory
    )
    var directory: String?

    func run() throws {
      let catalogue = try RulesCommand.catalogue(directory)
      let faults = RuleCheck.faults(catalogue)
      if !faults.isEmpty {
        throw Exit.because(
          faults.map { "\($0.path): \($0.example) of \($0.rule) \($0.reason)" }, Exit.refused)
      }
      let examples = catalogue.rules.reduce(0) { $0 + $1.exampleCount }
      try Terminal.output("\(catalogue.rules.count) rules, \(examples) examples: good\n")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the rules in use.")

    @Argument(
      help: "A directory of rules, beside those that come with the program.", completion: .directory
    )
    var directory: String?

    func run() throws {
      let catalogue = try RulesCommand.catalogue(directory)
      let width = catalogue.rules.map(\.id.count).max() ?? 0
      for rule in catalogue.rules {
        let id = rule.id + String(repeating: " ", count: width - rule.id.count)
        let kind = rule.kind + String(repeating: " ", count: 10 - rule.kind.count)
        try Terminal.output("\(id)  \(kind)  \(rule.title)\n")
      }
    }
  }
}
