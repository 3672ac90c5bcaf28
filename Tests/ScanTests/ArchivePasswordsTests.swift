import Bytes
import Testing

@testable import Worker

@Suite("passwords of archives")
struct ArchivePasswordsTests {
  private func texts(_ words: [[UInt8]]) -> [String] {
    words.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "a file has one a line, each once, whatever ends its lines and with its blanks",
    arguments: [
      ("", []), ("CANARY", ["CANARY"]), ("CANARY-1\r\nCANARY-2\r\n", ["CANARY-1", "CANARY-2"]),
      ("\u{FEFF}CANARY-1\n\n CANARY \nCANARY-1", ["CANARY-1", " CANARY "]),
      ("\u{FEFF}\n\u{FEFF}CANARY\n", ["CANARY"]),
      ("CANARY-1\n\u{FEFF}CANARY-2", ["CANARY-1", "\u{FEFF}CANARY-2"]),
    ])
  func lines(text: String, expected: [String]) {
    let lines = ArchivePasswords.lines(of: Array(text.utf8).span)
    #expect(texts(lines) == expected)
  }

  @Test(
    "a name's words are tried, what stands behind a label first, and the whole last",
    arguments: [
      (
        "Logs pass=CANARY-1 (2).zip",
        [
          "CANARY-1 (2)", "CANARY-1", "Logs", "@Logs", "pass=CANARY-1", "@pass=CANARY-1", "pass",
          "@pass", "@CANARY-1", "CANARY", "@CANARY", "Logs pass=CANARY-1 (2)",
        ]
      ),
      ("@seller.zip", ["@seller", "seller"]),
      ("[PW: CANARY].rar", ["CANARY]", "CANARY", "PW:", "@PW:", "@CANARY", "[PW: CANARY]"]),
      ("ab.zip", ["@ab"]), ("a.zip", []),
    ])
  func words(name: String, expected: [String]) {
    #expect(texts(ArchivePasswords.words(ofName: Array(name.utf8))) == expected)
  }

  @Test("a name of words alone is tried as far as names are long")
  func many() {
    let name = (100..<300).map { "w\($0)" }.joined(separator: " ")
    #expect(ArchivePasswords.words(ofName: Array(name.utf8)).count == 64)
  }
}
