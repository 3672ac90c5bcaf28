import Testing

@testable import Watchlists

@Suite("code pages")
struct CodePageTests {
  static let texts: [(page: CodePage, bytes: [UInt8], text: String)] = [
    (.cp1251, [0xEE, 0xEB, 0xFC, 0xE3, 0xE0], "ольга"),
    (.cp866, [0xAE, 0xAB, 0xEC, 0xA3, 0xA0], "ольга"),
    (.cp1254, [0x61, 0x79, 0xFE, 0x65], "ayşe"),
    (.cp1254, [0xDD, 0xFD, 0xD0], "İıĞ"),
    (.cp1252, [0x80, 0xE9], "€é"),
    (.cp437, [0x82, 0x6C, 0x69, 0x73, 0x65], "élise"),
    (.gbk, [0xD5, 0xC5, 0xCE, 0xB0], "张伟"),
    // Second bytes that are `\`, `|` and `@`, as in the first row of GBK's own part.
    (.gbk, [0x81, 0x5C, 0x81, 0x7C, 0x81, 0x40], "乗亅丂"),
    (.gbk, [0x61, 0xA3, 0xBA], "a："),
  ]

  @Test("bytes and text are each other's", arguments: texts)
  func bothWays(page: CodePage, bytes: [UInt8], text: String) {
    #expect(page.bytes(of: text) == bytes)
    if page != .cp1252 { #expect(page.utf8(bytes.span) == Array(text.utf8)) }
  }

  @Test("every letter of a code page goes there and back", arguments: CodePage.ofLogins)
  func all(page: CodePage) {
    var count = 0
    for first in UInt8(0x80)...0xFF {
      for second in page == .gbk ? UInt8(0x40)...0xFF : 0x40...0x40 {
        let bytes = page == .gbk ? [first, second] : [first]
        guard let utf8 = page.utf8(bytes.span) else { continue }
        count += 1
        #expect(page.bytes(of: String(decoding: utf8, as: UTF8.self)) == bytes)
      }
    }
    #expect(count == [.gbk: 21791, .cp1251: 127, .cp1254: 121][page, default: 128])
  }

  @Test("what a code page has not is none of its text")
  func none() {
    #expect(CodePage.cp1251.utf8([0x98].span) == nil)
    #expect(CodePage.gbk.utf8([0xD5].span) == nil)
    #expect(CodePage.gbk.utf8([0xD5, 0x3A].span) == nil)
    #expect(CodePage.gbk.utf8([0xFF, 0x40].span) == nil)
    #expect(CodePage.cp1251.bytes(of: "é") == nil)
    #expect(CodePage.gbk.bytes(of: "ş") == nil)
  }

  @Test("a login is normalised as its UTF-8 is, whatever code page it stands in")
  func normalised() {
    var expected = LoginNormaliser()
    var login = LoginNormaliser()
    for (page, text) in [
      (CodePage.cp1251, "Ольга@Почта.example"), (.cp866, "ОЛЬГА"), (.gbk, "张伟@公司.example"),
      (.cp1254, "Ayşe@ŞİRKET.example"), (.cp437, "Élise"),
    ] {
      guard let bytes = page.bytes(of: text), let utf8 = page.utf8(bytes.span) else {
        Issue.record("\(page)")
        continue
      }
      let plain = Array(text.utf8)
      #expect(login.normalise(utf8.span) && expected.normalise(plain.span))
      #expect(login.output.prefix(login.count) == expected.output.prefix(expected.count))
    }
  }
}
