import Foundation
import Testing

/// The scan on clusters, as docs/SCALE.md has it. `Tests/Spark/spark` says what is compared with what.
@Suite("Clusters")
struct ClusterTests {
  private static let isInstalled = FileManager.default.fileExists(
    atPath: Package.root + "/.build/spark/installed")

  @Test(
    "what Spark and simpler means bring is what one process says",
    .enabled(if: isInstalled, "contrib/spark/setup installs PySpark, where there is Java"),
    arguments: ["samples", "simple"])
  func same(test: String) throws {
    let workplace = try Workplace()
    let outcome = try workplace.start(
      [Package.root + "/Tests/Spark/spark", test, "--executable", Workplace.executable], input: [],
      environment: ProcessInfo.processInfo.environment
    ).outcome(within: 590)
    #expect(outcome.status == 0, "\(outcome.outputText)\(outcome.errorText)")
  }
}
