import Dumps
import Testing

@Suite("text decoder")
struct TextDecoderTests {
  /// Decodes `bytes` in pieces, cut at `cuts`, the way `ChunkReader` does.
  private func decoded(_ bytes: [UInt8], cuts: [Int] = []) -> String {
    var decoder = TextDecoder(endsLinesAtNULs: TextMarks.hasNULsForLineEnds(bytes.span))
    let text = inPieces(bytes, cuts: cuts, room: TextDecoder.room) {
      decoder.decode($0, isLast: $1, into: &$2, at: &$3)
    }
    return String(decoding: text, as: UTF8.self)
  }

  fileprivate static func utf16(_ units: [UInt16], isBigEndian: Bool) -> [UInt8] {
    units.flatMap {
      isBigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
    }
  }

  fileprivate static func utf16(_ text: String, isBigEndian: Bool = false) -> [UInt8] {
    utf16(Array(text.utf16), isBigEndian: isBigEndian)
  }

  private static func utf32(_ text: String, isBigEndian: Bool) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar in
      let bytes = [0, 8, 16, 24].map { UInt8(scalar.value >> $0 & 0xFF) }
      return isBigEndian ? bytes.reversed() : bytes
    }
  }

  static let units: [(what: String, units: [UInt16], text: String)] = [
    ("plain text", Array("login: ann".utf16), "login: ann"),
    ("a mark", [0xFEFF] + Array("login".utf16), "\u{FEFF}login"),
    ("accents and signs of three bytes", Array("é € ￼ login".utf16), "é € ￼ login"),
    ("a pair of surrogates", Array("a😀b text".utf16), "a😀b text"),
    ("a lone high surrogate", [0xD83D] + Array(" text".utf16), "\u{FFFD} text"),
    ("a lone low surrogate", Array("text ".utf16) + [0xDE00], "text \u{FFFD}"),
    ("two high surrogates", Array("text ".utf16) + [0xD83D, 0xD83D, 0xDE00], "text \u{FFFD}😀"),
    ("a high surrogate at the end", Array("text ".utf16) + [0xD83D], "text \u{FFFD}"),
    ("nothing", [], ""),
    ("a mark and Chinese alone", [0xFEFF] + Array("用户名张伟".utf16), "\u{FEFF}用户名张伟"),
    (
      "Cyrillic", Array("Логин: ольга\r\nПароль: CANARY\r\n".utf16),
      "Логин: ольга\r\nПароль: CANARY\r\n"
    ),
    ("Chinese", Array("用户名: 张伟\r\n密码: CANARY\r\n".utf16), "用户名: 张伟\r\n密码: CANARY\r\n"),
    (
      "a bullet first", Array("• URL: https://a.example/\r\nLogin: ann\r\n".utf16),
      "• URL: https://a.example/\r\nLogin: ann\r\n"
    ),
    ("a Chinese label first", Array("网址: a.example\r\n".utf16), "网址: a.example\r\n"),
    (
      "lines that are drawn",
      Array("Logins ════════\n────────\n╔════════╗\n║ login: é ║\r\n".utf16),
      "Logins ════════\n────────\n╔════════╗\n║ login: é ║\r\n"
    ),
    ("blank lines", Array("\r\n\r\nlogin: é\r\n".utf16), "\r\n\r\nlogin: é\r\n"),
  ]

  @Test(
    "NULs end lines where nothing else does",
    arguments: [
      ("URL: x\0Login: ann\0\0URL: y\0", "URL: x\nLogin: ann\n\nURL: y\n"),
      ("a:b:c\0\0\0\0d:e:f", "a:b:c\n\nd:e:f"),
      ("Login: a\0nn\r", "Login: ann\r"), ("Login: a\0nn\n", "Login: ann\n"),
      ("\0Login: a\0nn", "Login: ann"),
    ])
  func lineEnds(text: String, expected: String) {
    checkEveryCut(Array(text.utf8), expected)
  }

  @Test("UTF-16 of both byte orders, cut anywhere", arguments: units, [true, false])
  func everyCut(text: (what: String, units: [UInt16], text: String), isBigEndian: Bool) {
    checkEveryCut(Self.utf16(text.units, isBigEndian: isBigEndian), text.text)
  }

  private func checkEveryCut(
    _ bytes: [UInt8], _ text: String, location: SourceLocation = #_sourceLocation
  ) {
    #expect(decoded(bytes) == text, sourceLocation: location)
    for first in 0...bytes.count {
      for second in stride(from: first, through: bytes.count, by: bytes.count > 60 ? 7 : 1) {
        let isEqual = decoded(bytes, cuts: [first, second]) == text
        #expect(isEqual, "cut at \(first), \(second)", sourceLocation: location)
      }
    }
    #expect(decoded(bytes, cuts: Array(1..<max(1, bytes.count))) == text, sourceLocation: location)
  }

  static let mixed: [(what: String, bytes: [UInt8], text: String)] = [
    ("8 bits alone", Array("Логин: ann\nPassword: CANARY".utf8), "Логин: ann\nPassword: CANARY"),
    (
      "NULs at the ends and within", Array("\u{0}Login: a\u{0}n\u{0}n\u{0}\u{0}\nURL: x\u{0}".utf8),
      "Login: ann\nURL: x"
    ),
    (
      "a value in UTF-16", Array("Login: ".utf8) + utf16("ann-dupont") + Array("\nURL: x\n".utf8),
      "Login: ann-dupont\nURL: x\n"
    ),
    (
      "a value in UTF-16 behind a Cyrillic label",
      Array("Логин: ".utf8) + utf16("ann-dupont") + Array("\nURL: x\n".utf8),
      "Логин: ann-dupont\nURL: x\n"
    ),
    (
      "UTF-16 behind UTF-8", Array("URL: é\n".utf8) + utf16("Login: é\r\nURL: x\r\n"),
      "URL: é\nLogin: é\r\nURL: x\r\n"
    ),
    (
      "the same, big end first",
      Array("URL: é\n".utf8) + utf16("Login: é\r\nURL: x\r\n", isBigEndian: true),
      "URL: é\nLogin: é\r\nURL: x\r\n"
    ),
    (
      "a mark without a line end before it", Array("URL: é".utf8) + utf16("\u{FEFF}Login: é\n"),
      "URL: é\n\u{FEFF}Login: é\n"
    ),
    (
      "a mark of the other order",
      utf16("\u{FEFF}Login: é\n") + utf16("\u{FEFF}URL: é\n", isBigEndian: true),
      "\u{FEFF}Login: é\n\u{FEFF}URL: é\n"
    ),
    (
      "a mark before a line end", Array("URL: é".utf8) + utf16("\u{FEFF}\nLogin: é\n"),
      "URL: é\n\u{FEFF}\nLogin: é\n"
    ),
    (
      "UTF-8 behind UTF-16", utf16("\u{FEFF}Login: é\r\n") + Array("URL: é\nLogin: ann\n".utf8),
      "\u{FEFF}Login: é\r\nURL: é\nLogin: ann\n"
    ),
    (
      "UTF-8 behind a UTF-16 line without an end",
      utf16("Login: é") + Array("https://a.example/:ann:CANARY\nx\n".utf8),
      "Login: é\nhttps://a.example/:ann:CANARY\nx\n"
    ),
    (
      "a UTF-8 mark behind UTF-16 without a line end",
      utf16("Login: é") + Array("\u{FEFF}URL: é\nx\n".utf8), "Login: é\n\u{FEFF}URL: é\nx\n"
    ),
    (
      "short lines by turns",
      Array("URL: é\n".utf8) + utf16("pw: é\n") + Array("x\n".utf8) + utf16("Login: é\r\n")
        + Array("\r\n".utf8) + utf16("Login: ù\r\n") + Array("end".utf8),
      "URL: é\npw: é\nx\nLogin: é\r\n\r\nLogin: ù\r\nend"
    ),
    (
      "lines of all three by turns",
      utf16("Login: é\n") + Array("URL: é\n".utf8) + utf16("URL: ù\n", isBigEndian: true)
        + Array("URL: ç\n".utf8) + utf16("Login: ö\n"),
      "Login: é\nURL: é\nURL: ù\nURL: ç\nLogin: ö\n"
    ),
    (
      "CP1251 behind UTF-16", utf16("Login: é\r\n") + [0xCB, 0xEE, 0xE3, 0x0A],
      "Login: é\r\n\u{FFFD}\u{FFFD}\u{FFFD}\n"
    ),
    (
      "a mark before a letter whose first byte is an LF",
      Array("t".utf8) + utf16("\u{FEFF}\u{0A00}-Y -", isBigEndian: true),
      "t\n\u{FEFF}\u{0A00}-Y -"
    ),
    (
      "LF written as CR and LF of 8 bits",
      Array(utf16("Login: é")) + [0x0D, 0x0A, 0] + utf16("URL: é") + [0x0D, 0x0A, 0] + utf16("end"),
      "Login: é\r\nURL: é\r\nend"
    ),
    (
      "NULs between two files",
      Array("URL: x\n".utf8) + [UInt8](repeating: 0, count: 700) + Array("end\n".utf8),
      "URL: x\nend\n"
    ),
    (
      "UTF-8 behind UTF-32 without a line end",
      utf32("\u{FEFF}Login", isBigEndian: false) + Array("URL: é\n".utf8),
      "\u{FEFF}Login\nURL: é\n"
    ),
    (
      "half of a pair in UTF-32",
      utf32("\u{FEFF}a", isBigEndian: false) + [0x3D, 0xD8, 0, 0]
        + utf32("b", isBigEndian: false), "\u{FEFF}a\u{FFFD}b"
    ),
    ("UTF-32", utf32("\u{FEFF}Login: é😀\n", isBigEndian: false), "\u{FEFF}Login: é😀\n"),
    (
      "UTF-32, big end first", utf32("\u{FEFF}Login: é😀\n", isBigEndian: true),
      "\u{FEFF}Login: é😀\n"
    ),
    (
      "UTF-8 behind UTF-32", utf32("\u{FEFF}Login\n", isBigEndian: false) + Array("URL: é\n".utf8),
      "\u{FEFF}Login\nURL: é\n"
    ),
    (
      "UTF-32 behind UTF-8", Array("URL: é\n".utf8) + utf32("\u{FEFF}Login\n", isBigEndian: false),
      "URL: é\n\u{FEFF}Login\n"
    ),
  ]

  @Test("files that mix, cut anywhere", arguments: mixed)
  func everyCutOfMixed(what: String, bytes: [UInt8], text: String) { checkEveryCut(bytes, text) }

  @Test("an odd last byte is dropped, and costs no more", arguments: [true, false])
  func oddLength(isBigEndian: Bool) {
    #expect(decoded(Self.utf16("login", isBigEndian: isBigEndian) + [0x41]) == "login")
    #expect(decoded([0x41]) == "A")
  }

  @Test("what is held back between two calls is bounded, whatever the bytes are")
  func held() {
    for pattern: [UInt8] in [
      [0x41], [0], [0x0A, 0], [0x41, 0], [0x0D, 0, 0, 0x4E], [0x20, 0x41, 0],
    ] {
      var decoder = TextDecoder()
      var held: [UInt8] = []
      for _ in 0..<50 {
        held += (0..<100).map { pattern[$0 % pattern.count] }
        var buffer = [UInt8](repeating: 0, count: TextDecoder.room(for: held.count))
        var end = 0
        held.removeFirst(decoder.decode(held.span, isLast: false, into: &buffer, at: &end))
        #expect(held.count < 1024)
      }
    }
  }
}
