import ArgumentParser
import Config
import Foundation
import History

/// The state directory of commands that look at it or change what it holds.
struct StateOptions: ParsableArguments {
  @OptionGroup var config: ConfigOptions

  @Option(
    help: ArgumentHelp("The state directory; else that of the configuration.", valueName: "dir"),
    completion: .directory)
  var stateDir: String?

  /// The settings that hold, with the directory.
  func settings() throws -> Settings {
    try config.settings(flags: stateDir.map { [.stateDir: [$0]] } ?? [:])
  }

  private func directory() throws -> String {
    guard let directory = try settings().text(.stateDir) else {
      throw ValidationError(
        "Name the state directory: --state-dir, or state_dir in the configuration.")
    }
    return directory
  }

  /// The installation file of the runs that keep their store there.
  func installation() throws -> String {
    if let named = try settings().text(.installation) { return named }
    return StateDirectory.installation(in: try directory())
  }

  /// Opens the store to look at it.
  func reading() throws -> Store {
    let directory = try directory()
    do throws(StoreFailure) {
      if let store = try Store(reading: directory) { return store }
    } catch {
      throw Exit.because(error)
    }
    throw Exit.because("\(directory) holds no store yet; run a scan first", Exit.failed)
  }

  /// Takes the directory and changes its store; no run goes on meanwhile.
  func changing<Value>(_ change: (Store) throws(StoreFailure) -> Value) throws -> Value {
    let directory = try directory()
    do throws(StoreFailure) {
      let state = try StateDirectory(path: directory, wait: 10)
      defer { withExtendedLifetime(state) {} }
      guard let store = try Store(changing: directory) else {
        throw .failed("\(directory) holds no store yet; run a scan first")
      }
      return try change(store)
    } catch {
      throw Exit.because(error)
    }
  }

  /// Who gives a command, for the record.
  static var author: String {
    let environment = ProcessInfo.processInfo.environment
    return environment["SUDO_USER"] ?? environment["USER"] ?? "uid \(geteuid())"
  }
}
