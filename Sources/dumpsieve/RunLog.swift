import Clock
import Findings
import Foundation
import Logging

/// What a run says, on standard error: as text, with the journal's priorities under a systemd unit, or as JSON lines.
///
/// Nothing of a dump is in any message: counts, ids, and names of the operator's own files.
struct RunLog: LogHandler {
  enum Form {
    case text
    /// `<4>` and the like before each line; the journal takes them off again.
    case journal
    case json
  }

  var form: Form
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// A logger for a run: from notices on, or from what the flags ask for.
  static func logger(isJSON: Bool, isVerbose: Bool, isQuiet: Bool) -> Logger {
    let level: Logger.Level = isQuiet ? .error : isVerbose ? .info : .notice
    let form: Form = isJSON ? .json : isJournal ? .journal : .text
    return Logger(label: "dumpsieve") { _ in RunLog(form: form, logLevel: level) }
  }

  func log(event: LogEvent) {
    let text = SafeText(event.message.description).text
    switch form {
    case .text: Terminal.say("dumpsieve: \(text)")
    case .journal: Terminal.say("<\(Self.priority(event.level))>\(text)")
    case .json:
      let line = JSON.members([
        "time": .text(UTCTime.now.text), "level": .text(event.level.rawValue),
        "message": .text(text),
      ])
      Terminal.say(line.rendered(isPretty: false))
    }
  }

  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  /// Whether standard error goes to the journal: systemd names the socket that it gave.
  private static var isJournal: Bool {
    let parts = (ProcessInfo.processInfo.environment["JOURNAL_STREAM"] ?? "").split(separator: ":")
    var status = stat()
    guard parts.count == 2, unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
    return parts[0] == String(status.st_dev) && parts[1] == String(status.st_ino)
  }
}
