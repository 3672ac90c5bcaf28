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
    #expect(run.outputText.contains(landlock == 0 ? "no Landlock," : "Lock-down: Landlock "))
    let acts = Self.acts(run.outputText)
    #expect(acts.count > 30)
    // The control: what is refused without a lock-down, too, shows nothing.
    #expect(acts.filter { $0.contains("allowed") }.count > 15, "\(run.outputText)")
  }

  /// What each version of Landlock refuses beyond the one before it, of the acts of the self-test.
  private static let refusedSince: [Int: [String]] = [
    1: [
      "open a file ", "open a directory", "open a file by openat2", "create a file",
      "make a directory", "make a symbolic link",
    ],
    4: ["connect by TCP", "listen on a TCP port"], 6: ["signal the parent "],
  ]

  @Test("without the system call filter, Landlock refuses what its version says", arguments: 0...7)
  func landlockAlone(landlock: Int) throws {
    let run = try Workplace().run(
      ["selftest", "sandbox", "--no-filter", "--landlock", "\(landlock)"])
    #expect(run.status == 2)
    let reached = run.outputText.firstMatch(of: /Lock-down: Landlock (\d+), no system/)
    guard (reached.flatMap { Int($0.1) } ?? 0) == landlock else {
      print("SKIPPED Landlock \(landlock): the kernel has none of that version")
      return
    }
    let acts = Self.acts(run.outputText)
    for (version, names) in Self.refusedSince {
      for name in names {
        let act = acts.first { $0.hasPrefix(name) }
        #expect(act?.contains(landlock >= version ? "refused" : "ALLOWED") == true, "\(name)")
      }
    }
  }

  /// The lines of the acts that the control may do, and those that it may not.
  private static func acts(_ table: String) -> [Substring] {
    table.split(separator: "\n").filter { $0.contains("refused") || $0.contains("allowed") }
      .dropLast()
  }

  @Test("on a kernel without Landlock the result says so, and --require-sandbox refuses it")
  func noLandlock() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/strace") else {
      print("SKIPPED a kernel without Landlock: strace is not there")
      return
    }
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write(
      "https://a.example/:f.martin@formation-isere.example:CANARY\n", to: "dumps/a.txt")
    let scan = [
      "/usr/bin/strace", "-f", "-o", "/dev/null", "-e", "trace=landlock_create_ruleset",
      "-e", "inject=landlock_create_ruleset:error=ENOSYS", Workplace.executable, "scan", "dumps",
    ]
    let bare = try workplace.start(scan + Workplace.listOptions, input: []).outcome()
    #expect(bare.status == 1, "\(bare.errorText)")
    #expect(bare.outputText.contains(#""sandbox": "seccomp+limits""#))
    let refused = try workplace.start(
      scan + Workplace.listOptions + ["--require-sandbox"], input: []
    ).outcome()
    #expect(refused.status == 2)
    #expect(refused.errorText.contains("this kernel has no Landlock"))
    #expect(refused.outputText.isEmpty)
  }
}
