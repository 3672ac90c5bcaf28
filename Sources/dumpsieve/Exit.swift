import ArgumentParser
import CSandbox
import Foundation

/// Exit statuses; the table stands in the README.
enum Exit {
  static let findings = ExitCode(1)
  static let failed = ExitCode(2)
  static let notAllRead = ExitCode(3)
  static let refused = ExitCode(78)

  /// Tells the person on duty why, and ends the program.
  static func because(_ messages: [String], _ status: ExitCode) -> ExitCode {
    for message in messages { Terminal.say("dumpsieve: \(message)") }
    return status
  }

  static func because(_ message: String, _ status: ExitCode) -> ExitCode {
    because([message], status)
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

  static func say(_ text: String) {
    write(text + "\n", to: FileHandle.standardError)
  }

  static func write(_ text: String, to handle: FileHandle) {
    // Nobody reads any more: there is nobody left to tell, and the status still says how it went.
    do { try handle.write(contentsOf: Data(text.utf8)) } catch { return }
  }
}
