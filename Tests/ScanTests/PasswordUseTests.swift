import Bytes
import Testing

@testable import Formats
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
      ("impots.gouv.test", "gouv.test"), ("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "2001:db8::7"),
      ("localhost", "localhost"),
    ])
  func sites(host: String, site: String) {
    let found = PasswordUse.site(ofHost: Array(host.utf8).span, isApp: false)
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == site)
  }

  @Test("an app is of the site that its name says from behind")
  func apps() {
    let found = PasswordUse.site(ofHost: Array("com.example.app.beta".utf8).span, isApp: true)
    #expect(found == Array("example.com".utf8))
    #expect(PasswordUse.site(ofHost: [UInt8]().span, isApp: true) == nil)
  }

  @Test(
    "each site counts once for a password, the hit's own not, and records without a host as none")
  func counted() {
    var use = PasswordUse(of: [PasswordUse.Place(record: 1, candidate: 0)])
    let text = Array("a.test p b.test www.b.test q c.test".utf8)
    let password = ByteRange(7, 8)
    let hosts = [
      (ByteRange(0, 6), password), (ByteRange(9, 15), password), (ByteRange(16, 26), password),
      (ByteRange(29, 35), ByteRange(27, 28)), (.empty, password),
    ]
    for (index, (host, password)) in hosts.enumerated() {
      use.found(
        Credential(
          host: host, login: ByteRange(0, 1), hasPassword: true, passwordField: password,
          layout: .labelledBlocks, line: 1, record: UInt32(index + 1)), in: text.span)
    }
    #expect(use.otherSites(of: PasswordUse.Place(record: 1, candidate: 0)) == 1)
    #expect(use.otherSites(of: PasswordUse.Place(record: 2, candidate: 0)) == 0)
  }
}
