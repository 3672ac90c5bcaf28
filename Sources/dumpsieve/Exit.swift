import ArgumentParser
import CSandbox
import Findings
import Foundation
import History
import Logging
import Watchlists

/// Exit statuses; the table stands in the README.
enum Exit {
  static let findings = ExitCode(1)
  static let failed = ExitCode(2)
  static let notAllRead = ExitCode(3)
  static let locked = ExitCode(75)
  static let refused = ExitCode(78)

  /// Ends the program as the store's failure asks.
  static func because(_ failure: StoreFailure, _ log: Logger? = nil) -> ExitCode {
    switch failure {
    case .locked: because(failure.message, locked, log)
    case .refused: because(failure.message, refused, log)
    case .failed: because(failure.message, failed, log)
    }
  }

  /// Ends the program as a refusal asks: what is the system's fault is a run that failed.
  static func because(_ refusal: Refusal) -> ExitCode {
    because(refusal.message, refusal.isOfSystem ? failed : refused)
  }

  /// Tells the person on duty why, and ends the program.
  static func because(_ messages: [String], _ status: ExitCode) -> ExitCode {
    for message in messages { Terminal.say("dumpsieve: \(message)") }
    return status
  }

  static func because(_ message: String, _ status: ExitCode, _ log: Logger? = nil) -> ExitCode {
    guard let log else { return because([message], status) }
    log.error("\(message)")
    return status
  }
}

/// What people see: standard error. Data alone goes to standard output.
enum Terminal {
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether to use colours: NO_COLOR, set to anything, turns them off.
  static func hasColour(_ isTerminal: Bool) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// In columns.
  static func width(_ descriptor: Int32) -> Int {
    let width = ds_terminal_width(descriptor)
    return width > 0 ? Int(width) : 100
  }

  /// One line; names of files in it may come from a dump.
  static func say(_ text: String) {
    write(SafeText(text).text + "\n", to: FileHandle.standardError)
  }

  /// Writes data onto standard output; the run has failed if it does not get there.
  static func output(_ text: String) throws {
    if !write(text, to: .standardOutput) {
      throw Exit.because("standard output cannot be written", Exit.failed)
    }
  }

  /// False if nobody takes it.
  @discardableResult
  static func write(_ text: String, to handle: FileHandle) -> Bool {
    do { try handle.write(contentsOf: Data(text.utf8)) } catch { return false }
    return true
  }
}
