import ArgumentParser
import Findings

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write findings for people: what happened, and what to do.",
    discussion: """
      One file that stands by itself, in English or French: it loads nothing, runs nothing, and prints well. With --partner it \
      holds that partner's findings alone, ready to be encrypted (age, gpg) and handed over. \
      Exit status: 0 written, 2 not written, 78 the document is refused.
      """)

  enum Form: String, EnumerableFlag {
    case html, markdown
  }

  @Flag(help: "HTML (the default) or Markdown.")
  var form: Form = .html

  @Option(help: ArgumentHelp("en or fr.", valueName: "language"))
  var lang = "en"

  @OptionGroup var options: DocumentOptions

  func validate() throws {
    _ = try DocumentOptions.language(lang)
    try options.check()
  }

  func run() throws {
    let page = Report.Page(language: try DocumentOptions.language(lang))
    guard let report = Report.named(form.rawValue, among: Report.pages) else { return }
    try options.write(report.render(options.read(), page))
  }
}
