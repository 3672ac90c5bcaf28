import Foundation
import Testing

@testable import Scan
@testable import Watchlists
@testable import Worker

@Suite("identifiers")
struct IdentifiersTests {
  private let place: HostilePlace
  private let other: String

  init() throws {
    place = try HostilePlace(script: "exit 3")
    other = place.path + "/other"
    let secret = String(repeating: "22", count: 32)
    try Data("dumpsieve-key 1\npartner: org-other\nkey: \(secret)\n".utf8)
      .write(to: URL(filePath: other))
    try #require(chmod(other, 0o600) == 0)
  }

  private var keys: [String] { [place.path + "/key", other] }

  private func identifiers(_ paths: [String]) throws -> Identifiers {
    try Identifiers(PartnerKeys(paths: paths), installation: nil)
  }

  @Test("without an installation, paths are named under one key, in whatever order keys are given")
  func order() throws {
    let both = [try identifiers(keys), try identifiers(keys.reversed())]
    let own = try keys.map { try identifiers([$0]) }
    let paths = both.map { $0.path(dump: "d", path: [0x61]) }
    #expect(paths[0] == paths[1])
    #expect(own.count { $0.path(dump: "d", path: [0x61]) == paths[0] } == 1)
    #expect(both[0].check == both[1].check)
    #expect(own.count { $0.check == both[0].check } == 1)
    #expect(both[0].path(dump: "d", path: [0x62]) != paths[0])
  }

  @Test("a machine is known by its hardware id, or by names that are not everybody's")
  func devices() throws {
    let identifiers = try identifiers(keys)
    func device(
      _ hwid: String, _ machine: String, _ user: String, country: String = "",
      stolen: Int64? = nil
    ) -> String? {
      var facts = ResultFrame.LogFacts(unit: 1, family: nil, confidence: 0)
      facts.hwid = Array(hwid.utf8)
      facts.machine = Array(machine.utf8)
      facts.user = Array(user.utf8)
      facts.country = Array(country.utf8)
      facts.stolen = stolen
      return identifiers.device(facts, key: 0)
    }
    #expect(device("", "", "") == nil && device("1234567", "", "ann") == nil)
    #expect(device("", "PC-OF-ANN", "") == nil)
    let known = device("12345678", "", "")
    #expect(known != nil && known == device("12345678", "PC-OF-ANN", "ann"))
    let named = device("1234567", "PC-OF-ANN", "ann")
    #expect(named != nil && named == device("", "PC-OF-ANN", "ann", country: "FR", stolen: 7))
    // The machine `PC` of `admin` is another elsewhere, or at another time.
    let common = [
      device("", "PC", "admin"), device("", "PC", "admin", country: "FR"),
      device("", "PC", "admin", stolen: 7), device("", "PC", "admin", country: "FR", stolen: 7),
    ]
    #expect(common.allSatisfy { $0 != nil } && Set(common).count == 4)
  }

  @Test("a file's content has an id, and what cannot be read has none")
  func content() throws {
    let installation = place.path + "/installation"
    _ = try Identifiers(
      PartnerKeys(paths: keys), installation: installation, isOurs: true)
    let file = place.path + "/dumps/a.txt"
    let other = place.path + "/dumps/b.txt"
    let sizes = Set(
      try [file, other].map { Int64(try Data(contentsOf: URL(filePath: $0)).count) })
    func digest(_ path: String) throws -> String? {
      try Evidence.digest(of: path, sizes: sizes, installation: installation)
    }
    let made = try #require(try digest(file))
    #expect(made.utf8.count == 64)
    #expect(try digest(file) == made)
    #expect(try digest(other) != made)
    #expect(try Evidence.digest(of: file, sizes: [1], installation: installation) == nil)
    func failure(_ path: String, _ installation: String) -> String? {
      do throws(ScanFailure) {
        _ = try Evidence.digest(of: path, sizes: sizes, installation: installation)
      } catch {
        return error.message
      }
      return nil
    }
    #expect(failure(place.path, installation) == "\(place.path) cannot be read: not a regular file")
    let gone = place.path + "/gone"
    #expect(failure(gone, installation) == "\(gone) cannot be read: No such file or directory")
    let noInstallation = try #require(failure(file, gone))
    #expect(noInstallation.contains(gone) && !FileManager.default.fileExists(atPath: gone))
    #expect(throws: Refusal.self) {
      try Identifiers(PartnerKeys(paths: keys), installation: gone)
    }
  }
}
