import ArgumentParser
import Config
import Findings
import Rules

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of a document.",
    subcommands: [FindingsSchema.self, RulesSchema.self, ConfigSchema.self])

  struct FindingsSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "findings", abstract: "Print the JSON Schema of the findings document.")

    func run() throws {
      try Terminal.output(FindingsDocument.schema)
    }
  }

  struct RulesSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rules", abstract: "Print the JSON Schema of a rule file, for editors.")

    func run() throws {
      try Terminal.output(RuleCatalogue.schema)
    }
  }

  struct ConfigSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "config", abstract: "Print the JSON Schema of the configuration file.")

    func run() throws {
      let settings = Setting.all.map { JSON.Member(name: $0.name, value: $0.schema) }
      let schema = JSON.members([
        "$schema": .text("https://json-schema.org/draft/2020-12/schema"),
        "$id": .text("https://dumpsieve.example/schema/config-1.json"),
        "title": .text("dumpsieve configuration, version 1"), "type": .text("object"),
        "additionalProperties": .bool(false), "properties": .object(settings),
      ])
      try Terminal.output(schema.rendered(isPretty: true) + "\n")
    }
  }
}

extension Setting {
  /// What a configuration file may say for the setting.
  fileprivate var schema: JSON {
    let text = JSON.members(["type": .text("string"), "minLength": .number(1)])
    let value: JSON =
      switch kind {
      case .text, .path: text
      case .paths, .command:
        .members([
          "anyOf": .list([
            text,
            .members(["type": .text("array"), "minItems": .number(1), "items": text]),
          ])
        ])
      case .truth: .members(["type": .text("boolean")])
      case .number(let range):
        .members([
          "type": .text("integer"), "minimum": .number(range.lowerBound),
          "maximum": .number(range.upperBound),
        ])
      case .word(let words): .members(["enum": .list(words.map { .text($0) })])
      case .duration:
        .members([
          "anyOf": .list([
            .members(["type": .text("string"), "pattern": .text("^[0-9]+[smhd]?$")]),
            .members(["type": .text("integer"), "minimum": .number(0)]),
          ])
        ])
      }
    guard let standard, case .object(let members) = value else { return value }
    let first: JSON =
      switch kind {
      case .truth: .bool(standard == "true")
      case .number: Int(standard).map { .number($0) } ?? .text(standard)
      default: .text(standard)
      }
    return .object(members + [JSON.Member(name: "default", value: first)])
  }
}
