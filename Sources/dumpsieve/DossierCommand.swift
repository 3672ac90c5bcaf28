import ArgumentParser
import Clock
import Findings

struct DossierCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dossier",
    abstract: "Draft the notification of a personal data breach (GDPR art. 33 and 34).",
    discussion: """
      A working file in the order of the CNIL's form: what the findings tell, each fact with its source, and marked boxes for what only \
      people know, such as the number of persons. It is a draft and no advice, and nothing is sent. \
      Exit status: 0 written, 2 not written, 78 the document is refused.
      """)

  @Option(help: ArgumentHelp("markdown, html or json.", valueName: "format"))
  var format = "markdown"

  @Option(help: ArgumentHelp("fr or en.", valueName: "language"))
  var lang = "fr"

  @Option(
    name: .customLong("stage"),
    help: ArgumentHelp("initial or complementary.", valueName: "kind"))
  var kind = "initial"

  @Option(
    help: ArgumentHelp(
      "When the organisation became aware, such as 2025-07-14T09:00:00Z: the 72 hours count from then. Else from when "
        + "the scan first saw it.", valueName: "time"))
  var aware: String?

  @OptionGroup var options: DocumentOptions

  func validate() throws {
    _ = try DocumentOptions.language(lang)
    _ = try checked()
    try options.check()
    guard options.partner != nil else {
      throw ValidationError("A dossier is of one organisation: name it with --partner.")
    }
  }

  func run() throws {
    let (version, time) = try checked()
    let dossier = Dossier(
      try options.read(), partner: options.partner ?? "", version: version, aware: time)
    try options.write(dossier.render(format, DocumentOptions.language(lang)))
  }

  private func checked() throws -> (Dossier.Version, UTCTime?) {
    guard Dossier.forms.contains(format) else {
      throw ValidationError("--format takes markdown, html or json.")
    }
    guard let version = Dossier.Version(rawValue: kind) else {
      throw ValidationError("--stage takes initial or complementary.")
    }
    let time = aware.map { UTCTime($0) }
    if case .some(nil) = time {
      throw ValidationError("--aware takes a time such as 2025-07-14T09:00:00Z.")
    }
    if let time = time ?? nil, time > UTCTime.now {
      throw ValidationError("--aware takes a time that has come.")
    }
    return (version, time ?? nil)
  }
}
