import Foundation
import Testing
import YAML

@testable import Config

@Suite("settings")
struct SettingsTests {
  @Test("a flag wins over the environment, that over the file, and that over the default")
  func precedence() throws {
    let file = try ConfigFile("jobs: 2\nfail_on: high\nrange_size: 5\n", path: "/c/config.yaml")
    let settings = try Settings(
      flags: [.jobs: ["4"]], environment: ["DUMPSIEVE_JOBS": "3", "DUMPSIEVE_FAIL_ON": "medium"],
      file: file)
    #expect(settings[.jobs] == Settings.Value(texts: ["4"], origin: .flag("--jobs")))
    #expect(
      settings[.failOn]
        == Settings.Value(texts: ["medium"], origin: .environment("DUMPSIEVE_FAIL_ON")))
    #expect(
      settings[.rangeSize]
        == Settings.Value(texts: ["5"], origin: .file("/c/config.yaml", line: 3)))
    #expect(settings[.sandbox] == Settings.Value(texts: ["true"], origin: .standard))
    #expect(settings[.shard] == nil)
  }

  @Test("what is shown is a configuration file that says the same")
  func shown() throws {
    let odd = "/d/a \"b\" \\ # é\u{1}: [x]"
    let settings = try Settings(
      flags: [.dumps: [odd, "/e"], .out: ["-"], .watchlists: ["/w"]], environment: [:], file: nil)
    let again = try Settings(
      flags: [:], environment: [:], file: try ConfigFile(settings.shown, path: "/c/config.yaml"))
    for setting in Setting.all { #expect(again.texts(setting) == settings.texts(setting)) }
  }

  @Test("paths of the file are relative to the file, and never to the current directory")
  func relative() throws {
    let file = try ConfigFile("dumps: [d, /e]\nout: \"-\"\n", path: "/c/config.yaml")
    let settings = try Settings(flags: [:], environment: [:], file: file)
    #expect(settings.texts(.dumps) == ["/c/d", "/e"])
    #expect(settings.text(.out) == "-")
  }

  @Test("a path may stand alone where several may stand")
  func single() throws {
    let file = try ConfigFile("dumps: /d\n", path: "/c")
    #expect(file.entries[.dumps]?.texts == ["/d"])
  }

  @Test(
    "a file of comments sets nothing",
    arguments: ["", "# a\n\n  # b\n", " \t\n   \n", "\n\n", "# a\r\n  # b\r\n", " \t\r\n \r\n"])
  func empty(text: String) throws {
    #expect(try ConfigFile(text, path: "/c").entries.isEmpty)
  }

  @Test("lines may end as on Windows")
  func windowsLines() throws {
    let file = try ConfigFile("# a\r\njobs: 2\r\n", path: "/c")
    #expect(file.entries.values.map(\.texts) == [["2"]])
  }

  @Test(
    "a fault has its line and column",
    arguments: [
      ("an unknown key", "jobs: 2\nfrobnicate: 1\n", 2, 1, "unknown key frobnicate"),
      ("a number out of range", "jobs: 0\n", 1, 7, "jobs takes 1 to 256"),
      ("no truth", "\nquiet: maybe\n", 2, 8, "quiet takes true or false"),
      ("a list for a text", "out: [a]\n", 1, 6, "must be a text"),
      ("an empty list", "dumps: []\n", 1, 8, "takes no empty value"),
      ("an alias", "dumps: &a [x]\nrules: *a\n", 1, 8, "anchors and aliases"),
      ("a key twice", "jobs: 1\njobs: 2\n", 1, 1, "repeats the key jobs"),
    ])
  func fault(_: String, text: String, line: Int, column: Int, reason: String) {
    do throws(YAMLFault) {
      _ = try ConfigFile(text, path: "/c/config.yaml")
      Issue.record("the file is read")
    } catch {
      #expect(error.line == line && error.column == column, "\(error.message)")
      #expect(error.message.contains(reason), "\(error.message)")
    }
  }

  @Test("a bad value of the environment is told by its variable")
  func environment() {
    #expect(throws: Settings.Fault.self) {
      try Settings(flags: [:], environment: ["DUMPSIEVE_JOBS": "many"], file: nil)
    }
  }

  @Test(
    "a value that a setting does not take is told with where it comes from",
    arguments: [
      (.jobs, ["4", "5"], "--jobs takes one value."),
      (.wait, ["10x"], "--wait takes a time such as 10m or 90d."),
      (.keep, ["36526d"], "--keep takes a time such as 10m or 90d."),
      (.jobs, ["257"], "--jobs takes 1 to 256."), (.out, [""], "--out takes no empty value."),
      (.dumps, [], "dumps takes no empty value."),
      (.failOn, ["severe"], "--fail-on takes one of critical, high, medium, low, none."),
      (.verifyWith, ["verify", "x"], "--verify-with takes a program with its whole path."),
      (.sandbox, ["yes"], "--sandbox takes true or false."),
    ] as [(Setting, [String], String)])
  func flags(setting: Setting, texts: [String], message: String) {
    do throws(Settings.Fault) {
      _ = try Settings(flags: [setting: texts], environment: [:], file: nil)
      Issue.record("\(texts) is taken")
    } catch {
      #expect(error.message == message)
    }
  }

  @Test("a fault that only its user sees is told with the value's origin, too")
  func late() throws {
    let settings = try Settings(
      flags: [:], environment: ["DUMPSIEVE_SHARD": "9/2"],
      file: try ConfigFile("since: then\n", path: "/c/config.yaml"))
    #expect(settings.fault(.shard, "is none").message == "DUMPSIEVE_SHARD is none.")
    #expect(settings.fault(.since, "is no time").message == "/c/config.yaml:1 is no time.")
    #expect(settings.fault(.wait, "is long").message == "default is long.")
    #expect(settings.fault(.asOf, "is missing").message == "default is missing.")
  }

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  /// Writes a file with the mode, and its directories.
  private func write(_ path: String, mode: mode_t = 0o644) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("jobs: 2\n".utf8).write(to: url)
    try #require(chmod(path, mode) == 0)
  }

  @Test("the user's own file holds before the system's, and its directory is a whole path")
  func standard() throws {
    try withDirectory { directory in
      let own = directory + "/xdg/dumpsieve/config.yaml"
      let home = directory + "/home/.config/dumpsieve/config.yaml"
      try write(own)
      try write(home)
      func standard(_ environment: [String: String]) -> String? { ConfigFile.standard(environment) }
      #expect(
        standard(["XDG_CONFIG_HOME": directory + "/xdg", "HOME": directory + "/home"]) == own)
      #expect(standard(["HOME": directory + "/home"]) == home)
      #expect(standard(["XDG_CONFIG_HOME": "xdg", "HOME": directory + "/home"]) == home)
      #expect(standard(["XDG_CONFIG_HOME": "", "HOME": directory + "/home"]) == home)
      let others = [
        ["HOME": "home"], [:],
        ["XDG_CONFIG_HOME": directory + "/none", "HOME": directory + "/home"],
      ]
      for environment in others {
        #expect(standard(environment)?.hasPrefix("/etc/") != false, "\(environment)")
      }
    }
  }

  @Test("a file that others can write is refused, as it names programs that are run")
  func writable() throws {
    try withDirectory { directory in
      let path = directory + "/config.yaml"
      for mode: mode_t in [0o664, 0o646, 0o620] {
        try write(path, mode: mode)
        let fault = try #require(Self.fault(path))
        #expect(fault.path == path)
        #expect(
          fault.reason == "can be written by others than its owner; run: chmod go-w \(path)")
      }
      try write(path, mode: 0o600)
      #expect(try ConfigFile(path: path).count == 1)
      #expect(Self.fault(directory)?.reason == "is no file, or cannot be read")
      #expect(Self.fault(directory + "/none")?.reason == "is no file, or cannot be read")
    }
  }

  @Test(
    "so is one of another user", .enabled(if: geteuid() == 0, "only root can give one"))
  func foreign() throws {
    try withDirectory { directory in
      let path = directory + "/config.yaml"
      try write(path)
      try #require(chown(path, 65534, 65534) == 0)
      #expect(Self.fault(path)?.reason == "belongs to another user")
    }
  }

  private static func fault(_ path: String) -> YAMLFault? {
    do throws(YAMLFault) {
      _ = try ConfigFile(path: path)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "times have a unit, or are seconds",
    arguments: [
      ("90", 90), ("90s", 90), ("10m", 600), ("26h", 93_600), ("90d", 7_776_000), ("", nil),
      ("d", nil), ("-1d", nil), ("1.5h", nil), ("9223372036854775807d", nil), ("1 d", nil),
    ] as [(String, Int?)])
  func seconds(text: String, seconds: Int?) {
    #expect(Setting.seconds(text) == seconds)
  }

  @Test("names are unique, also as flags")
  func names() {
    #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    #expect(Set(Setting.all.compactMap(\.flag)).count == Setting.all.compactMap(\.flag).count)
  }
}
