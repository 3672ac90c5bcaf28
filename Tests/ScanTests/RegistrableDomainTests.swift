import Testing

@testable import Scan

@Suite("registrable domain")
struct RegistrableDomainTests {
  @Test(
    "it is the public suffix with one label more",
    arguments: [
      ("kairos.france-travail.example", "france-travail.example"),
      ("france-travail.example", "france-travail.example"),
      ("a.b.example.co.uk", "example.co.uk"), ("a.example.gouv.fr", "example.gouv.fr"),
      ("a.b.example.com.", "example.com"), ("example.github.io", "example.github.io"),
      ("x.xn--crche-3ra.example", "xn--crche-3ra.example"),
      ("xn--fiqs8s.example.xn--fiqs8s", "example.xn--fiqs8s"),
      // Suffixes, single labels and addresses have none.
      ("co.uk", nil), ("github.io", nil), ("example", nil), ("localhost", nil), ("intranet", nil),
      ("192.0.2.1", nil), ("2001:db8::1", nil), ("", nil), (".", nil),
      ("a..example.com", nil), (".example.com", nil), ("a.example.com..", nil),
    ] as [(String, String?)])
  func domain(host: String, expected: String?) {
    #expect(RegistrableDomain.of(host) == expected)
  }
}
