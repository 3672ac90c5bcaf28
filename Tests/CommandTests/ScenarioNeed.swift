import Foundation
import Glibc

/// What a scenario needs of the system that it is played on; without that it is skipped, aloud.
enum ScenarioNeed: String {
  /// Commands run as a user without privileges.
  case nobody
  case root, strace, terminal
  /// A compiler of C.
  case cc
  /// A worker that fails if a file asks it to (`MockFault`).
  case mock
  /// Workers whose memory is limited: under a sanitizer it is not.
  case limits

  var isMet: Bool {
    switch self {
    case .nobody: geteuid() != 0 || Self.setprivPath != nil
    case .root: geteuid() == 0
    case .strace: Self.stracePath != nil
    case .terminal: Self.scriptPath != nil
    case .cc: Self.compilerPath != nil
    case .mock: Self.workerHolds("dumpsieve-mock-fault ")
    case .limits: !Self.workerHolds("__asan_init") && !Self.workerHolds("__tsan_init")
    }
  }

  /// Why the scenario is skipped.
  var reason: String {
    switch self {
    case .nobody: "as root it needs setpriv"
    case .root: "only root can make devices, and give files away"
    case .strace: "it needs strace"
    case .terminal: "it needs script, of bsdutils"
    case .cc: "it needs cc"
    case .mock: "workers of a build for release fail at nobody's wish"
    case .limits: "a sanitizer takes more memory than a worker may have"
    }
  }

  static let setprivPath = program("setpriv")
  static let scriptPath = program("script")
  static let stracePath = program("strace")
  static let compilerPath = program("cc")

  /// Whether that text stands in the worker's program.
  private static func workerHolds(_ text: String) -> Bool {
    let worker = FileManager.default.contents(atPath: Workplace.executable + "-worker")
    return worker?.range(of: Data(text.utf8)) != nil
  }

  static func program(_ name: String) -> String? {
    ["/usr/bin/", "/bin/"].map { $0 + name }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
