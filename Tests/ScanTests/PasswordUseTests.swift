import Bytes
import Testing

@testable import Formats
@testable import Watchlists
@testable import Worker

/// At how many sites of a log a password stands.
@Suite("use of passwords")
struct PasswordUseTests {
  @Test(
    "hosts of one organisation are one site, and never more than the truth",
    arguments: [
      ("shop.test", "shop.test"), ("www.shop.test", "shop.test"), ("a.b.shop.test", "shop.test"),
      ("shop.co.uk", "shop.co.uk"), ("www.shop.co.uk", "shop.co.uk"),
      ("www.a.example", "a.example"),
      ("impots.gouv.fr", "impots.gouv.fr"), ("192.0.2.7", "192.0.2.7"),
      ("2001:db8::7", "2001:db8::7"),
    ])
  func sites(host: String, site: String) {
    let found = PasswordUse.site(ofHost: Array(host.utf8).span, isApp: false)
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == site)
  }

  @Test("an app is of the site that its name says from behind")
  func apps() {
    let found = PasswordUse.site(ofHost: Array("com.example.app.beta".utf8).span, isApp: true)
    #expect(found == Array("example.com".utf8))
    for name in ["", "localhost", "settings"] {
      #expect(PasswordUse.site(ofHost: Array(name.utf8).span, isApp: false) == nil)
    }
  }

  @Test(
    "each site counts once for a password, the hit's own not, and records without a host as none")
  func counted() {
    let text = Array("a.test p b.test www.b.test q c.test".utf8)
    let (password, other) = (ByteRange(7, 8), ByteRange(27, 28))
    let hash = SipHash(k0: 1, k1: 2)
    func hashed(_ place: ByteRange) -> UInt64 { hash.hash(text.span.extracting(place.bounds)) }
    var use = PasswordUse(of: [hashed(password)], hash)
    let hosts = [
      (ByteRange(0, 6), password), (ByteRange(9, 15), password), (ByteRange(16, 26), password),
      (ByteRange(29, 35), other), (.empty, password),
    ]
    for (index, (host, password)) in hosts.enumerated() {
      use.found(
        Credential(
          host: host, login: ByteRange(0, 1), hasPassword: true, passwordField: password,
          layout: .labelledBlocks, line: 1, record: UInt32(index + 1)), in: text.span)
    }
    func others(_ place: ByteRange, _ host: String) -> Int {
      use.otherSites(of: hashed(place), host: Array(host.utf8).span, isApp: false)
    }
    #expect(others(password, "a.test") == 1)
    #expect(others(password, "else.test") == 2)
    #expect(others(password, "") == 1)
    #expect(others(other, "a.test") == 0)
  }
}
