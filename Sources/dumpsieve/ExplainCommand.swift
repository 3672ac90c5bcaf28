import ArgumentParser
import Findings

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show why a finding has its severity, and what to do.",
    discussion: """
      Each part of the score with its rule, what would lower it, and what the severity would be without it; then the actions in \
      their order, with deadlines and reasons.
      """)

  @Argument(help: "The finding's id, or its beginning.")
  var id: String

  @Option(help: ArgumentHelp("en or fr.", valueName: "language"))
  var lang = "en"

  @OptionGroup var options: DocumentOptions

  func validate() throws {
    _ = try DocumentOptions.language(lang)
    try options.check()
  }

  func run() throws {
    let document = try options.read()
    guard let finding = document.finding(id) else {
      throw Exit.because(
        "\(id) names no finding of \(options.document), or several", Exit.refused)
    }
    try options.write(document.explanation(of: finding, DocumentOptions.language(lang)))
  }
}
