import Foundation
import Testing

/// What the lock-down of workers refuses, on this kernel and on older ones.
@Suite("Lock-down") struct SandboxTests {
  @Test(
    "a locked-down worker can open, connect and start nothing, whatever Landlock the kernel has",
    arguments: 0...7)
  func selfTest(landlock: Int) throws {
    let run = try Workplace().run(["selftest", "sandbox", "--landlock", "\(landlock)"])
    #expect(run.status == 0, "\(run.outputText)\(run.errorText)")
    #expect(run.outputText.contains("acts, all refused\n"))
    #expect(Self.version(run.outputText) == min(landlock, Self.kernel), "\(run.outputText)")
    let acts = Self.acts(run.outputText)
    #expect(acts.count > 30)
    // The control: what is refused without a lock-down, too, shows nothing.
    #expect(acts.filter { $0.contains("allowed") }.count > 15, "\(run.outputText)")
  }

  /// What each version of Landlock refuses beyond the one before it, of the acts of the self-test. What the second and the
  /// fifth add, to link to another directory and to control a device, takes a file that the first lets nobody make or open.
  private static let refusedSince: [Int: [String]] = [
    1: [
      "open a file ", "open a directory", "open a file by openat2", "create a file",
      "make a directory", "make a symbolic link",
    ],
    3: ["shorten a file "], 4: ["connect by TCP", "listen on a TCP port"],
    6: ["signal the parent "],
  ]

  @Test("without the system call filter, Landlock refuses what its version says", arguments: 0...7)
  func landlockAlone(landlock: Int) throws {
    let run = try Workplace().run(
      ["selftest", "sandbox", "--no-filter", "--landlock", "\(landlock)"])
    #expect(run.status == 2)
    #expect(run.outputText.contains(", no system"))
    guard landlock <= Self.kernel else {
      print("SKIPPED Landlock \(landlock): the kernel has none of that version")
      return
    }
    #expect(Self.version(run.outputText) == landlock)
    let acts = Self.acts(run.outputText)
    for (version, names) in Self.refusedSince {
      for name in names {
        let act = acts.first { $0.hasPrefix(name) }
        #expect(act?.contains(landlock >= version ? "refused" : "ALLOWED") == true, "\(name)")
      }
    }
  }

  /// The kernel's own version.
  private static let kernel =
    (try? Workplace().run(["selftest", "sandbox"])).map { version($0.outputText) } ?? 0

  /// The version of Landlock that a self-test reached, 0 without one.
  private static func version(_ table: String) -> Int {
    table.firstMatch(of: /Lock-down: Landlock (\d+),/).flatMap { Int($0.1) } ?? 0
  }

  /// The lines of the acts that the control may do, and those that it may not.
  private static func acts(_ table: String) -> [Substring] {
    table.split(separator: "\n").filter { $0.contains("refused") || $0.contains("allowed") }
      .dropLast()
  }

  @Test("on a kernel without Landlock the result says so, and --require-sandbox refuses it")
  func noLandlock() throws {
    guard let bare = try Self.scan(without: "landlock_create_ruleset") else { return }
    #expect(bare.status == 1, "\(bare.errorText)")
    #expect(bare.outputText.contains(#""sandbox": "seccomp+limits""#))
    let refused = try #require(
      try Self.scan(without: "landlock_create_ruleset", ["--require-sandbox"]))
    #expect(refused.status == 2)
    #expect(refused.errorText.contains("this kernel has no Landlock"))
    #expect(refused.outputText.isEmpty)
  }

  @Test("on a kernel that refuses the filter of system calls no dump is read")
  func noFilter() throws {
    guard let outcome = try Self.scan(without: "seccomp") else { return }
    #expect(outcome.status == 2)
    #expect(outcome.errorText.contains("workers cannot lock themselves down here"))
    #expect(outcome.outputText.isEmpty)
    let open = try #require(try Self.scan(without: "seccomp", ["--no-sandbox"]))
    #expect(open.status == 1 && open.outputText.contains(#""sandbox": "off""#))
  }

  /// A scan of one record on a kernel that lacks a system call; nil without the means to make one.
  private static func scan(without call: String, _ options: [String] = []) throws -> Outcome? {
    guard let strace = ScenarioNeed.stracePath else {
      print("SKIPPED a kernel without \(call): strace is not there")
      return nil
    }
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write(
      "https://a.example/:f.martin@formation-isere.example:CANARY\n", to: "dumps/a.txt")
    let kernel = [strace, "-f", "-o", "/dev/null", "-e", "trace=\(call)"]
    let lacks = ["-e", "inject=\(call):error=ENOSYS"]
    let scan = [Workplace.executable, "scan", "dumps"] + Workplace.listOptions + options
    return try workplace.start(kernel + lacks + scan, input: []).outcome()
  }
}
