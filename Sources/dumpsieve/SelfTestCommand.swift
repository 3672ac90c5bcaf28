import ArgumentParser
import Scan

struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest", abstract: "Show what holds on this system.",
    subcommands: [Sandbox.self])

  struct Sandbox: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sandbox",
      abstract: "Try in a locked-down worker what it must not be able to do.",
      discussion: """
        Each act is tried in a worker as it reads dumps, and in one that is not locked down: what is refused there, \
        too, shows nothing. Exit status: 0 all was refused to the worker, 2 something was not.
        """)

    @Option(
      help: ArgumentHelp(
        "Lock down as on a kernel with this version of Landlock; 0 is none.", valueName: "version"))
    var landlock: Int?

    @Flag(inversion: .prefixedNo, help: "Leave the system call filter out.")
    var filter = true

    func validate() throws {
      if let landlock, landlock < 0 { throw ValidationError("--landlock is 0 or more.") }
    }

    func run() throws {
      let check: SandboxCheck
      do throws(ScanFailure) {
        check = try SandboxCheck(
          worker: ProgramFiles.worker, landlock: landlock, hasFilter: filter)
      } catch {
        throw Exit.because(error.message, Exit.failed)
      }
      try Terminal.output(Self.table(check, hasFilter: filter))
      if check.acts.contains(where: { !$0.isRefused }) { throw Exit.failed }
    }

    private static func table(_ check: SandboxCheck, hasFilter: Bool) -> String {
      let landlock = check.landlock > 0 ? "Landlock \(check.landlock)" : "no Landlock"
      var text = "Lock-down: \(landlock), \(hasFilter ? "" : "no ")system call filter, limits\n\n"
      let width = check.acts.map(\.name.count).max() ?? 0
      func row(_ act: String, _ worker: String, _ open: String) -> String {
        let act = act + String(repeating: " ", count: width - act.count)
        return "\(act)  \(worker)  \(open)\n"
      }
      text += row("ACT", "WORKER ", "NOT LOCKED DOWN")
      for act in check.acts {
        text += row(
          act.name, act.isRefused ? "refused" : "ALLOWED",
          act.isRefusedAnyway ? "refused, too" : "allowed")
      }
      let allowed = check.acts.count { !$0.isRefused }
      let summary = allowed == 0 ? "all refused" : "\(allowed) not refused"
      return text + "\n\(check.acts.count) acts, \(summary)\n"
    }
  }
}
