import Clock
import Findings
import Foundation
import Testing
import Worker

@testable import Scan
@testable import Worker

@Suite("time of the theft")
struct TheftTimeTests {
  static let july = UTCTime("2025-07-08T17:22:10Z")
  static let august = UTCTime("2025-08-07T17:22:10Z")

  private func facts(_ time: UTCTime?, _ other: UTCTime?) -> ResultFrame.LogFacts {
    var facts = ResultFrame.LogFacts(unit: 1, family: nil, confidence: 0)
    facts.stolen = time?.seconds
    facts.otherStolen = other?.seconds
    return facts
  }

  @Test("a reading after the run's clock cannot be meant")
  func future() throws {
    let clock = try #require(UTCTime("2025-07-14T01:30:00Z"))
    let time = TheftTime(facts(Self.august, Self.july), folder: nil, asOf: clock)
    #expect(time?.time == Self.july)
    #expect(time?.other == nil)
  }

  @Test("of two readings the one near the folder's date is meant, else both are given")
  func folder() throws {
    let clock = try #require(UTCTime("2026-01-01"))
    let named = TheftTime(
      facts(Self.august, Self.july), folder: Array("x/FR[ab] [2025-07-08T17_22_10.88+02_00]".utf8),
      asOf: clock)
    #expect(named?.time == Self.july)
    #expect(named?.other == nil)
    #expect(named?.source == "system-file")
    let unnamed = TheftTime(facts(Self.august, Self.july), folder: Array("x/y".utf8), asOf: clock)
    #expect(unnamed?.time == Self.august)
    #expect(unnamed?.other == Self.july)
  }

  @Test(
    "a folder's date stands in for a missing one, impossible times and all",
    arguments: [
      ("FR_192.0.2.1_2025-07-08", "2025-07-08T00:00:00Z"),
      ("CCHASH_2025_07_08T10_63_80_585685", "2025-07-08T00:00:00Z"),
      ("FR[A] [2025-07-08T17_22_10.88-07_00]", "2025-07-09T00:22:10Z"),
      ("FR[A] [2025-07-08T17_22_10]", "2025-07-08T17:22:10Z"),
      ("FR_192.0.2.1_13.07.2025", "2025-07-13T00:00:00Z"),
      ("FR_192.0.2.1_08.07.2025 17_22", "2025-07-08T17:22:00Z"),
      ("FR_192.0.2.1_20250708", "2025-07-08T00:00:00Z"),
      ("20250708_172210_FR", "2025-07-08T00:00:00Z"),
      ("FR_198.51.100.7_28-07-2025", "2025-07-28T00:00:00Z"),
      ("FR_198.51.100.7_28-07-2025_10-11-12", "2025-07-28T10:11:12Z"),
      ("FR_198.51.100.7_28_07_2025", "2025-07-28T00:00:00Z"),
      ("FR[7F2A61C0] [28-07-2025]", "2025-07-28T00:00:00Z"),
      ("FR_198.51.10.28_2025-07-08", "2025-07-08T00:00:00Z"),
    ]
  )
  func folderOnly(name: String, expected: String) throws {
    let clock = try #require(UTCTime("2026-01-01"))
    let time = TheftTime(nil, folder: Array("pack/\(name)".utf8), asOf: clock)
    #expect(time?.time.text == expected)
    #expect(time?.source == "folder-name")
  }

  @Test("a folder's date that may be two is given as both, and settles no others")
  func ambiguousFolder() throws {
    let clock = try #require(UTCTime("2026-01-01"))
    let folder = Array("FR_198.51.100.7_07-08-2025".utf8)
    let named = TheftTime(nil, folder: folder, asOf: clock)
    #expect(named?.time.text == "2025-08-07T00:00:00Z")
    #expect(named?.other?.text == "2025-07-08T00:00:00Z")
    let early = TheftTime(nil, folder: folder, asOf: try #require(UTCTime("2025-07-20")))
    #expect(early?.time.text == "2025-07-08T00:00:00Z")
    #expect(early?.other == nil)
    let both = TheftTime(facts(Self.august, Self.july), folder: folder, asOf: clock)
    #expect(both?.time == Self.august)
    #expect(both?.other == Self.july)
  }

  @Test(
    "where the family's order is known there is no other reading, but the folder may overrule it")
  func knownOrder() throws {
    let clock = try #require(UTCTime("2026-01-01"))
    var facts = facts(Self.august, Self.july)
    facts.isOrderKnown = true
    let time = TheftTime(facts, folder: nil, asOf: clock)
    #expect(time?.time == Self.august)
    #expect(time?.other == nil)
    let named = TheftTime(facts, folder: Array("x_2025-07-08".utf8), asOf: clock)
    #expect(named?.time == Self.july)
  }

  @Test("the time of a file is the last resort, to the day, if it can be meant")
  func fileTime() throws {
    let clock = try #require(UTCTime("2026-01-01"))
    func time(_ modified: String, folder: String) -> TheftTime? {
      TheftTime(
        nil, folder: Array(folder.utf8), modified: UTCTime(modified)?.seconds, asOf: clock)
    }
    let file = try #require(time("2025-07-08T17:22:10Z", folder: "x"))
    #expect(file.time.text == "2025-07-08T00:00:00Z")
    #expect(file.source == "file-time")
    #expect(file.precision == .day)
    #expect(!file.isUTC)
    #expect(time("2025-07-08T17:22:10Z", folder: "FR_2025-07-01")?.source == "folder-name")
    #expect(time("2026-02-01", folder: "x") == nil, "after the clock of the run")
    #expect(time("1980-01-01", folder: "x") == nil, "what zip writes for no time")
  }

  @Test(
    "numbers that are no date give none",
    arguments: [
      "FR_192.0.2.1", "12345678901", "2025-13-41", "", "FR_20251341", "19250708", "202507081",
      "FR[20250708A1]", "FR_10.20.3000",
    ])
  func none(name: String) throws {
    let clock = try #require(UTCTime("2026-01-01"))
    #expect(TheftTime(nil, folder: Array(name.utf8), asOf: clock) == nil)
  }

  @Test(
    "of a log that tells no time, the first of its own files of passwords does, if it came with its time"
  )
  func fileTimeOnDisk() throws {
    let place = try HostilePlace(script: "exit 3", text: "nothing\n")
    let log = place.path + "/dumps/FR_1"
    let text = Data(
      "URL: https://a.example/\nUsername: ann@acme.example\nPassword: CANARY\n".utf8)
    for folder in ["Cookies", "Autofills"] {
      try FileManager.default.createDirectory(
        atPath: "\(log)/\(folder)", withIntermediateDirectories: true)
      try place.write(Data("x\n".utf8), "dumps/FR_1/\(folder)/x.txt")
    }
    var configuration = place.configuration
    configuration.dumps = [log]
    configuration.worker = HostilePlace.worker
    func infection(_ files: [(name: String, written: String?)]) throws -> Finding.Infection? {
      for (name, written) in files {
        try place.write(text, "dumps/FR_1/" + name)
        guard let written else { continue }
        let time = try #require(UTCTime(written)).seconds
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: Double(time))],
          ofItemAtPath: "\(log)/\(name)")
      }
      return try Scan.run(configuration).document.findings.first?.infection
    }
    // Written when it came here: the time is that of the unpacking.
    let unpacked = try infection([("Passwords.txt", nil)])
    #expect(unpacked?.stolenAt == nil && unpacked?.stolenAtSource == nil)
    let kept = try infection([
      ("All Passwords.txt", "2025-07-05T12:00:00Z"), ("Passwords.txt", "2025-07-03T12:00:00Z"),
      ("Notes.txt", "2025-07-01T12:00:00Z"),
    ])
    #expect(kept?.stolenAt == UTCTime("2025-07-03") && kept?.stolenAtSource == "file-time")
  }
}
