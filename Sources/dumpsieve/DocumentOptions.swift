import ArgumentParser
import Findings

/// The options of commands that show a findings document that was written before.
struct DocumentOptions: ParsableArguments {
  @Argument(help: "The findings document, as JSON; - is standard input.", completion: .file())
  var document = "findings.json"

  @Option(
    help: ArgumentHelp(
      "Leave out all but this partner's findings, for what is handed to it.", valueName: "id"))
  var partner: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write there; - is standard output.", valueName: "file"), completion: .file()
  )
  var out = "-"

  /// Nothing is written over the document.
  func check() throws {
    if out != "-" { try OutputPaths.mustBeApart([out], from: document == "-" ? [] : [document]) }
  }

  /// A usage error if there is no such language.
  static func language(_ text: String) throws -> Language {
    guard let language = Language(rawValue: text) else {
      throw ValidationError("--lang takes en or fr.")
    }
    return language
  }

  /// The document, with the findings of `--partner` alone.
  func read() throws -> FindingsDocument {
    if out != "-" { try ResultOutput.check(out) }
    let whole: FindingsDocument
    do throws(DocumentFile.Failure) { whole = try DocumentFile.read(document) } catch {
      throw Exit.because("\(document) \(error.message)", Exit.refused)
    }
    guard let partner else { return whole }
    guard let part = whole.only(partner: partner) else {
      throw Exit.because(
        "\(document) has nothing of the partner \(partner), but of: "
          + whole.partners.joined(separator: ", "), Exit.refused)
    }
    return part
  }

  func write(_ text: String) throws {
    if out == "-" { try Terminal.output(text) } else { try ResultOutput.writeFile(text, to: out) }
  }
}
