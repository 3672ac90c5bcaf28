import ArgumentParser
import Config
import Foundation
import YAML

/// Which configuration file holds.
struct ConfigOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the settings of FILE, and of no other; else those of $XDG_CONFIG_HOME/dumpsieve/config.yaml or /etc/dumpsieve/config.yaml.",
      valueName: "file"), completion: .file())
  var config: String?

  /// Joins flags, environment and file. Ends the program if a value is not understood: with the status for usage if a
  /// flag has it, else with that for what is refused.
  func settings(flags: [Setting: [String]] = [:]) throws -> Settings {
    let file = try file()
    do throws(Settings.Fault) {
      return try Settings(flags: flags, environment: Self.environment, file: file)
    } catch {
      throw ConfigOptions.refusal(error)
    }
  }

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// The file that holds, or nil if there is none.
  func file() throws -> ConfigFile? {
    let variable = Self.environment["DUMPSIEVE_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    guard let path = config ?? variable ?? ConfigFile.standard(Self.environment) else { return nil }
    do throws(YAMLFault) { return try ConfigFile(path: path) } catch {
      throw Exit.because(error.message, Exit.refused)
    }
  }

  static func refusal(_ fault: Settings.Fault) -> any Error {
    if case .flag = fault.origin { return ValidationError(fault.message) }
    return Exit.because(fault.message, Exit.refused)
  }
}

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show and check the settings of the nightly run.",
    subcommands: [Show.self, Check.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show what holds for a scan without flags, and where each value comes from.",
      discussion: "What is shown is itself a configuration file.")

    @OptionGroup var config: ConfigOptions

    func run() throws {
      try Terminal.output(try config.settings().shown)
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Read the configuration file, and name the line of its first fault.")

    @Argument(help: "The file; if none is named, the one that holds.", completion: .file())
    var file: String?

    @OptionGroup var config: ConfigOptions

    func run() throws {
      var options = config
      options.config = file ?? config.config
      _ = try options.settings()
      guard let file = try options.file() else {
        throw Exit.because("there is no configuration file", Exit.refused)
      }
      let count = file.count == 1 ? "1 setting" : "\(file.count) settings"
      try Terminal.output("\(file.path): \(count): good\n")
    }
  }
}
