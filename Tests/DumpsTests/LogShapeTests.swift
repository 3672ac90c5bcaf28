import Testing

@testable import Dumps

@Suite("what a log looks like")
struct LogShapeTests {
  private func matches(_ pattern: String, _ name: String) -> Bool? {
    NamePattern(Array(pattern.utf8))?.matches(Array(name.utf8))
  }

  @Test(
    "a pattern is the whole name, ASCII case aside",
    arguments: [
      ("Cookies", "cookies", true), ("Cookies", "Cookies2", false), ("Cookies", "Cookie", false),
      ("Profile *", "Profile 12", true), ("Profile *", "Profile", false), ("*", "", true),
      ("Profile *", "profile ", true), ("a*b", "ab", true), ("a*b", "a", false),
      ("a{hex}", "A", false),
      ("*.default", "x.y.default", true), ("*.default", "default", false),
      ("{cc}[{hex}]*", "FR[7f2a61c0] [2025-07-08]", true),
      ("{cc}[{hex}]*", "FR[7f2a61c0", false), ("{cc}[{hex}]*", "FR[7f2a6] x", false),
      ("{cc}[{hex}]*", "F1[7f2a61c0]", false), ("{cc}[{hex}]*", "FR[7g2a61c0]", false),
      ("{cc}{hex}_{date}*", "FRDEADBE1_2024_08_10T13_68_80_585685", true),
      ("{cc}{hex}_{date}*", "backup_2024_08_10", false),
      ("{hex}{digits}", "abcdef12345", true), ("{hex}{digits}", "abcdef12", false),
      ("*_P{digits}_*", "Family_P003_x", true), ("*_P{digits}_*", "Cloud_P3_x", false),
      ("{ip}", "203.0.113.77", true), ("{ip}", "203.0.113.256", false),
      ("{ip}", "203.0.113", false),
      ("{ip}", "203.0.113.1234", false), ("{ip}*", "203.0.113.77_x", true),
      ("{date}", "2025-07-08", true), ("{date}", "2025/07/08", false),
      ("{date}", "1925-07-08", false),
      ("É*", "Élodie", true),
    ])
  func pattern(pattern: String, name: String, isMatch: Bool) {
    #expect(matches(pattern, name) == isMatch)
  }

  @Test("what holds a stray brace, or nothing, is no pattern", arguments: ["", "{", "a}", "{no}"])
  func noPattern(text: String) {
    #expect(NamePattern(Array(text.utf8)) == nil)
  }

  @Test("a name that was made to cost time costs little")
  func hostile() {
    let name = String(repeating: "a", count: 255)
    let clock = ContinuousClock()
    let time = clock.measure {
      for _ in 0..<20 { #expect(matches("*a*a*a*a*{hex}*{hex}*b", name) == false) }
    }
    #expect(time < .seconds(5))
    #expect(matches("*", name + "a") == false, "no file system has such a name")
  }

  @Test(
    "of many patterns, those are found that begin with the name's first letter, in any case, or with any"
  )
  func many() {
    let texts = ["Cookies", "cookie", "*.default", "{cc}[{hex}]*", "É*", "Chrome [*", "[x]*", "*"]
    let names = [
      "COOKIES", "cookie", "x.default", ".default", "FR[7f2a61c0]", "Élodie", "chrome [1", "[X]y",
      "", "b",
    ]
    for count in 1...texts.count {
      let patterns = texts.prefix(count).compactMap { NamePattern(Array($0.utf8)) }
      let together = NamePatterns(patterns)
      for name in names.map({ Array($0.utf8) }) {
        let isThere = patterns.contains { $0.matches(name) }
        #expect(
          together.contains(name) == isThere, "\(String(decoding: name, as: UTF8.self)), \(count)")
      }
    }
  }

  static let shape = LogShape(
    systemFiles: ["System.txt"], names: ["{cc}[{hex}]*"], signs: ["Cookies", "Autofills"],
    browsers: ["Chrome"], inside: ["Files"], passwordFiles: ["Passwords.txt"])

  @Test(
    "a log is known by its system file, its name or its shape; a browser's folder is none",
    arguments: [
      ("x", "system.TXT", "", true), ("Files", "System.txt", "", true),
      ("Chrome", "System.txt", "Cookies Autofills", false),
      ("FR[7F2A61C0]", "a", "", true), ("FR[7F2A61C0]", "", "Chrome", true),
      ("FR[7F2A61C0]", "", "x", false),
      ("x", "Passwords.txt", "Cookies", true), ("x", "Passwords.txt", "Chrome", true),
      ("x", "", "Autofills Cookies", true), ("x", "", "Chrome Cookies", true),
      ("x", "Passwords.txt", "", false), ("x", "Passwords.txt", "Files", false),
      ("x", "", "Cookies", false), ("Cookies", "Passwords.txt", "Chrome", false),
      ("Files", "Passwords.txt", "Chrome", false),
      ("x", "System.txt", "FR[7F2A61C0] FR[7F2A61C1]", false),
      ("x", "System.txt", "FR[7F2A61C0]", true), ("", "Passwords.txt", "Cookies", true),
      ("", "", "", false),
    ])
  func log(name: String, files: String, folders: String, isLog: Bool) {
    func names(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
    #expect(
      Self.shape.isLog(name: Array(name.utf8), files: names(files), folders: names(folders))
        == isLog)
  }

  @Test(
    "a copy describes a machine, too, and so does a file in a folder for that",
    arguments: [
      ("UserInformation.txt", true), ("userinformation (1).txt", true),
      ("UserInformation(12).txt", true), ("UserInformation - Copy.txt", true),
      ("UserInformation - Copie (2).txt", true), ("UserInformation - Копия.txt", true),
      ("UserInformation_2.txt", true), ("UserInformation 2.txt", true),
      ("System/UserInformation.txt", true), ("Info/UserInformation (1).txt", true),
      ("UserInformation (x).txt", false), ("UserInformation2.txt", false), ("(1).txt", false),
      ("UserInformation - my own.txt", false), ("UserInformation (1).pdf", false),
      ("- Copy", false),
      ("Chrome/UserInformation.txt", false), ("System/x/UserInformation.txt", false), ("", false),
    ])
  func systemFile(path: String, isOne: Bool) {
    let shape = LogShape(systemFiles: ["UserInformation.txt"])
    #expect(shape.isSystemFile(Array(path.utf8)) == isOne)
  }

  @Test(
    "a file that is not opened is known by its whole ending or name, ASCII case aside",
    arguments: [
      ("a.jpg", true), ("A.JPG", true), (".jpg", false), ("jpg", false), ("a.jpg.txt", false),
      ("a.jpg ", false), ("xjpg", false), ("ProcessList.txt", true), ("processlist.TXT", true),
      ("MyProcessList.txt", false), ("Process7.txt", true), ("Process.txt", false), ("", false),
    ])
  func unopened(name: String, isUnopened: Bool) {
    let shape = LogShape(
      systemFiles: [], unopened: ["*.jpg", "ProcessList.txt", "Process{digits}.txt", "Process7.*"])
    #expect(shape.isUnopened(Array(name.utf8)) == isUnopened)
  }
}
