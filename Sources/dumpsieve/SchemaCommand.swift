import ArgumentParser
import Findings

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of a document.",
    subcommands: [FindingsSchema.self])

  struct FindingsSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "findings", abstract: "Print the JSON Schema of the findings document.")

    func run() throws {
      try Terminal.output(FindingsDocument.schema)
    }
  }
}
