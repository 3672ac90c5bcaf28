import Bytes
import Formats
import Testing

@Suite("URL text")
struct URLTextTests {
  static let hosts: [(url: String, host: String)] = [
    ("https://a.example/", "a.example"), ("https://a.example", "a.example"),
    ("HTTPS://A.EXAMPLE/X", "A.EXAMPLE"), ("https://a.example./", "a.example."),
    ("https://a.example:8443/x", "a.example"), ("https://a.example?x=b.example", "a.example"),
    ("https://a.example#x", "a.example"), ("https://a.example\\@b.example", "a.example"),
    ("https://ann@a.example/", "a.example"), ("https://ann:p@a.example/", "a.example"),
    ("https://b.example:p@a.example:8443/", "a.example"),
    ("https://a.example/@b.example", "a.example"), ("https://a.example/?x=@b.example", "a.example"),
    ("https://a.example/?next=https://b.example/", "a.example"),
    ("http://192.0.2.4:8080/", "192.0.2.4"), ("192.0.2.4", "192.0.2.4"),
    ("https://[2001:db8::5]:8443/", "2001:db8::5"), ("[2001:db8::5]", "2001:db8::5"),
    ("https://[2001:db8::5", ""), ("[x]", ""), ("a.example/x", "a.example"),
    ("a.example:8443", "a.example"), ("https//a.example/x", "a.example"),
    ("HTTP//a.example", "a.example"), ("//a.example/x", "a.example"),
    ("ftp://a.example", "a.example"),
    ("ftp//a.example", ""), ("https://localhost:3000/", "localhost"), ("localhost", "localhost"),
    ("https://intranet/", "intranet"), ("intranet", ""),
    ("https://crèche.example/", "crèche.example"),
    ("https://xn--crche-3ra.example/", "xn--crche-3ra.example"),
    ("chrome-extension://abcdef/page.html", "abcdef"), ("imap://mail.example:993", "mail.example"),
    ("smtp://ann@mail.example", "mail.example"), ("moz-proxy://p.example:8080", "p.example"),
    ("mailto:ann@mail.example", ""), ("ann@mail.example", ""), ("ann.b+x@mail.example", ""),
    ("C:\\Users\\Ann\\a.exe", ""), ("file:///C:/x", ""), ("https://", ""), ("https:///x", "x"),
    ("", ""), (".", ""), ("a.", ""), (".a", ""), ("1.", ""), ("https://:8443/", ""),
    ("LegacyGeneric:target=https://a.example", "a.example"), ("android://aGFz", ""),
    ("https://a_b.example/", "a_b.example"),
    ("https://kairos.example.evil.test/", "kairos.example.evil.test"),
  ]

  @Test("the host is what a browser would visit", arguments: hosts)
  func host(url: String, host: String) {
    // Bytes round it must not matter.
    let text = Array("xx\(url)yy".utf8)
    let found = URLText.host(of: ByteRange(2, text.count - 2), in: text.span)
    #expect(String(decoding: text[found.name.bounds], as: UTF8.self) == host)
    #expect(!found.isApp)
  }

  @Test(
    "an app is named by its package",
    arguments: [
      "android://aGFzaA==@com.example.app/", "android://aGF/zaA==@com.example.app",
      "ANDROID://x@com.example.app/", "android://@com.example.app:",
    ])
  func app(url: String) {
    let text = Array(url.utf8)
    let found = URLText.host(of: ByteRange(0, text.count), in: text.span)
    #expect(String(decoding: text[found.name.bounds], as: UTF8.self) == "com.example.app")
    #expect(found.isApp)
  }

  @Test("a scheme that only begins like an app's is none")
  func notAnApp() {
    let text = Array("androidx://a.example/".utf8)
    let found = URLText.host(of: ByteRange(0, text.count), in: text.span)
    #expect(String(decoding: text[found.name.bounds], as: UTF8.self) == "a.example")
    #expect(!found.isApp)
  }

  @Test(
    "a port, or the other reading of an `@`, is left to the reader of the line",
    arguments: [
      ("https://a.example:8443/x", 17, nil),
      ("https://a.example:bob@b.example:x", 17, "b.example"),
      ("a.example:bob@b.example:x", 9, nil),
    ] as [(String, Int, String?)])
  func authority(url: String, end: Int, behindUserInfo: String?) throws {
    let text = Array(url.utf8)
    let url = URLText(at: ByteRange(0, text.count), in: text.span)
    let found = try #require(url)
    #expect(found.authorityEnd == end)
    let other = found.hostBehindUserInfo.map { String(decoding: text[$0.bounds], as: UTF8.self) }
    #expect(other == behindUserInfo)
  }
}
