import Foundation

/// Where the worker and the rules that come with the program are found: beside its own executable.
enum ProgramFiles {
  /// The directory of this executable.
  static var directory: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (own as NSString).deletingLastPathComponent
  }

  static var worker: String { directory + "/dumpsieve-worker" }

  /// `../share/dumpsieve/systemd` of an installed program, or the package's own.
  static var units: String? {
    let own = rules.map { ($0 as NSString).deletingLastPathComponent }
    let candidates = [own.map { $0 + "/systemd" }, own.map { $0 + "/packaging/systemd" }]
    return candidates.compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/dumpsieve.timer")
    }
  }

  /// `../share/dumpsieve/rules` of an installed program, `rules` beside it, or the package's own.
  static var rules: String? {
    var candidates = [directory + "/../share/dumpsieve/rules", directory + "/rules"]
    var parent = directory
    while parent.count > 1 {
      if FileManager.default.fileExists(atPath: parent + "/Package.swift") {
        candidates.append(parent + "/rules")
        break
      }
      parent = (parent as NSString).deletingLastPathComponent
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0 + "/severity") }
      .map { ($0 as NSString).standardizingPath }
  }
}
