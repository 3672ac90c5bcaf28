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

  @Test("a file of comments sets nothing", arguments: ["", "# a\n\n  # b\n"])
  func empty(text: String) throws {
    #expect(try ConfigFile(text, path: "/c").entries.isEmpty)
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
