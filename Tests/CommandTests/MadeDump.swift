import Foundation
import TestSupport
import Testing

/// A made-up dump of many logs, in which every tenth holds a listed account.
///
/// Logs have 3 to 100 files, so their borders fall anywhere within the messages to workers.
struct MadeDump {
  static let accounts = 20

  private(set) var strangers: [String] = []
  private(set) var secrets: [String] = []
  /// Folders of logs in which nothing is listed.
  private(set) var strangersFolders: [String] = []
  /// Folders of logs with a listed account: each is one finding.
  private(set) var listedFolders: [String] = []
  /// How many files of cookies each folder has; each holds one session of Kairos.
  private(set) var cookieFiles: [String: Int] = [:]

  private let workplace: Workplace
  private var generator: SeededGenerator

  init(logs: Int, seed: UInt64, in workplace: Workplace) throws {
    self.workplace = workplace
    generator = SeededGenerator(seed: seed)
    var csv = "login,ref\n"
    for number in 0..<Self.accounts { csv += "\(Self.login(number)),ACC-\(number)\n" }
    try workplace.write(csv, to: "accounts.csv")
    for number in 0..<logs { try writeLog(number) }
  }

  static func login(_ number: Int) -> String { "listed.user\(number)@formation-isere.example" }

  private mutating func writeLog(_ number: Int) throws {
    let isListed = number % 10 == 3
    let day = 1 + number % 12
    let folder =
      "dumps/" + generator.word("folder") + String(format: "_2025_07_%02d", day)
    if isListed { listedFolders.append(folder) } else { strangersFolders.append(folder) }
    try workplace.write(
      """
      Build ID: cloud_\(number % 7)
      UserName: user\(number)
      MachineName: PC-\(number)
      Country: FR
      HWID: \(String(format: "%032X", number))
      Operation System: Windows 11 x64
      Log date: 7/\(day)/2025 5:22:10 PM

      """, to: folder + "/UserInformation.txt")
    var text = ""
    for _ in 0..<Int.random(in: 1...12, using: &generator) { text += strangersRecord() }
    // Some findings stand in the log's own file, some in a profile's, far from the system file.
    let isOwnFile = number % 20 == 3
    if isListed && isOwnFile { text += record(Self.login(number % Self.accounts)) }
    try workplace.write(text, to: folder + "/Passwords.txt")
    let cookieFiles = Int.random(in: 1...30, using: &generator)
    self.cookieFiles[folder] = cookieFiles
    for file in 0..<cookieFiles {
      try workplace.write(
        ".site.example\tTRUE\t/\tFALSE\t1754000000\tsid\t\(secret())\n"
          + "p\(file).kairos.france-travail.example\tFALSE\t/\tTRUE\t\(1_754_000_000 + file)\tKAIROS_SESSION\t\(secret())\n",
        to: folder + "/Cookies/profile\(file).txt")
    }
    if number % 30 == 3 {
      for file in 0..<70 { try workplace.write("a note\n", to: folder + "/Files/note\(file).txt") }
    }
    if isListed && !isOwnFile {
      try workplace.write(
        strangersRecord() + record(Self.login(number % Self.accounts)),
        to: folder + "/Zen/Passwords.txt")
    }
  }

  private mutating func secret() -> String {
    let secret = generator.word("CANARY-s")
    secrets.append(secret)
    return secret
  }

  private mutating func strangersRecord() -> String {
    let login = generator.word("stranger") + "@courriel.example"
    strangers.append(login)
    return record(login)
  }

  private mutating func record(_ login: String) -> String {
    """
    URL: https://kairos.france-travail.example/login
    Username: \(login)
    Password: \(secret())
    Application: Google_[Chrome]_Default
    ===============


    """
  }
}
