import CSandbox
import Clock
import Config
import Findings
import Foundation
import Logging
import Scan

/// Programs of the operator that are told what a run brought: by JSON on standard input, with ids, counts and references
/// only.
struct Hooks {
  let settings: Settings
  let log: Logger

  /// What a run was, for all hooks.
  func afterRun(_ summary: ScanSummary, status: Int32) {
    let document = summary.document
    let news = document.findings.filter(\.isNews)
    if !news.isEmpty { run(.onNew, "new", message(document, news, summary, status)) }
    // Without a store nobody knows what is new.
    let problems = document.run.isOfHistory ? summary.newProblems.count : summary.problems.count
    if problems > 0 || !document.run.coverage.refusedLists.isEmpty {
      run(.onProblem, "problem", message(document, [], summary, status))
    }
    run(.onSuccess, "success", message(document, [], summary, status))
  }

  /// The run has no result.
  func afterFailure(status: Int32) {
    run(.onFailure, "failure", ["status": .number(Int(status))])
  }

  private func message(
    _ document: FindingsDocument, _ findings: [Finding], _ summary: ScanSummary, _ status: Int32
  ) -> KeyValuePairs<String, JSON?> {
    let coverage = document.run.coverage
    return [
      "status": .number(Int(status)), "run": .text(document.run.id),
      "as_of": .text(document.run.asOf.text), "complete": .bool(coverage.isComplete),
      "counts": .members([
        "findings": .number(document.findings.count), "new": .number(document.count(.new)),
        "reopened": .number(document.count(.reopened)),
        "ongoing": .number(document.count(.ongoing)),
        "resolved": .number(document.count(.resolved)),
        "suppressed": .number(document.suppressedCount),
        "unread": .number(coverage.unread.count),
        "newly_unread": .number(summary.newProblems.count),
        "refused_lists": .number(coverage.refusedLists.count),
      ]),
      "findings": findings.isEmpty
        ? nil
        : .list(
          findings.map {
            .members([
              "id": .text($0.id), "state": $0.past.map { .text($0.state.rawValue) },
              "severity": .text($0.severity.rawValue), "partner": .text($0.partner),
              "ref": .optional($0.account.reference),
            ])
          }),
    ]
  }

  private func run(_ setting: Setting, _ event: String, _ message: KeyValuePairs<String, JSON?>) {
    let command = settings.texts(setting)
    guard let program = command.first else { return }
    var members = [("event", JSON.text(event))]
    members += message.compactMap { name, value in value.map { (name, $0) } }
    let text = JSON.object(members.map { JSON.Member(name: $0, value: $1) })
      .rendered(isPretty: false)
    guard let input = Self.input(text + "\n") else {
      log.warning("\(setting.name): the system gives no anonymous file")
      return
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = Array(command.dropFirst())
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.environment = Self.environment(event)
    do { try process.run() } catch {
      log.warning("\(setting.name): \(program) cannot be started")
      return
    }
    let seconds = settings.seconds(.hookTimeout) ?? 60
    guard Self.ends(process, within: seconds) else {
      log.warning("\(setting.name): \(program) was ended after \(seconds) s")
      return
    }
    if process.terminationStatus != 0 {
      log.warning("\(setting.name): \(program) ended with status \(process.terminationStatus)")
    }
  }

  /// Not a pipe: a program that does not read must not make the run wait.
  private static func input(_ text: String) -> FileHandle? {
    let descriptor = unsafe ds_memfd_create("dumpsieve-hook")
    if descriptor < 0 { return nil }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard Terminal.write(text, to: handle), lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
    return handle
  }

  /// Nothing of ours but what a program needs: credentials lie in the directory that systemd names.
  private static func environment(_ event: String) -> [String: String] {
    var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "DUMPSIEVE_EVENT": event]
    for name in ["HOME", "LANG", "LC_ALL", "TZ", "USER"] {
      environment[name] = ProcessInfo.processInfo.environment[name]
    }
    return environment
  }

  private static func ends(_ process: Process, within seconds: Int) -> Bool {
    let deadline = MonotonicClock.now + Double(seconds)
    while process.isRunning && MonotonicClock.now < deadline { usleep(10_000) }
    if !process.isRunning { return true }
    process.terminate()
    usleep(500_000)
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return false
  }
}
