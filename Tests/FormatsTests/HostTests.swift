import Bytes
import Formats
import Testing
import Worker

/// From a URL as it stands in a dump to the host that findings give, as the worker has it.
@Suite("hosts")
struct HostTests {
  private func host(_ url: String) -> String {
    let bytes = Array(url.utf8)
    var normaliser = HostNormaliser()
    normaliser.read(ByteRange(0, bytes.count), in: bytes.span)
    return String(decoding: normaliser.text, as: UTF8.self)
  }

  @Test(
    "however a host is spelt, it comes out as one",
    arguments: [
      "kairos.a.example", "https://kairos.a.example", "http://kairos.a.example/login?x=1#y",
      "//kairos.a.example/", "https//kairos.a.example/", "kairos.a.example:8443",
      "kairos.a.example:8443/login", "https://kairos.a.example:8443", "KAIROS.A.Example",
      "HTTPS://KAIROS.A.EXAMPLE/", "https://kairos.a.example./", "kairos.a.example.",
      "https://ann@kairos.a.example/", "https://ann%40b.example:pw@kairos.a.example",
      "https://ann:p%40w@kairos.a.example:443/",
      "https://b.example:x@kairos.a.example/", "ftp://kairos.a.example/",
      "wss://kairos.a.example", "https://ｋairos.a.example/", "https:/kairos.a.example/x",
      "hxxps://kairos.a.example/", "\"https://kairos.a.example/",
      "https://https://kairos.a.example/",
      "LegacyGeneric:target=https://kairos.a.example/", "oauth:https://kairos.a.example",
    ])
  func spellings(url: String) {
    #expect(host(url) == "kairos.a.example")
  }

  @Test(
    "names in other scripts come out in ASCII, however they went in",
    arguments: [
      ("https://crèche.example/", "xn--crche-5ra.example"),
      ("https://CRÈCHE.Example/", "xn--crche-5ra.example"),
      ("https://cre\u{300}che.example/", "xn--crche-5ra.example"),
      ("https://xn--crche-5ra.example/", "xn--crche-5ra.example"),
      ("https://XN--CRCHE-5RA.example/", "xn--crche-5ra.example"),
      ("https://пример.example", "xn--e1afmkfd.example"),
    ])
  func otherScripts(url: String, expected: String) {
    #expect(host(url) == expected)
  }

  @Test(
    "addresses are hosts, and numbers are not",
    arguments: [
      ("http://192.0.2.4:8080/x", "192.0.2.4"), ("192.0.2.4", "192.0.2.4"),
      ("https://ann:p@192.0.2.4/", "192.0.2.4"), ("https://[2001:DB8::5]:8443/", "2001:db8::5"),
      ("[2001:db8::5]", "2001:db8::5"), ("https://[::1]/", "::1"),
      ("https://[::ffff:192.0.2.4]/", "::ffff:192.0.2.4"), ("canary.2024", ""), ("2024", ""),
      ("", ""), ("https://", ""), ("ann@a.example", ""),
    ])
  func addresses(url: String, expected: String) {
    #expect(host(url) == expected)
  }

  @Test(
    "a host is of a service if it is one of its names or lies below it, at a label's border",
    arguments: [
      ("https://kairos.a.example/", true), ("https://www.kairos.a.example./", true),
      ("https://KAIROS.a.example:8443/", true), ("https://notkairos.a.example/", false),
      ("https://kairos.a.example.evil.test/", false), ("https://a.example/", false),
      ("https://evil.test/?x=kairos.a.example", false),
      ("https://kairos.a.example@evil.test/", false),
      ("https://kairos.a.example:x@evil.test/", false),
      ("https://evil.test/@kairos.a.example", false),
      ("https://evil.test#kairos.a.example", false),
      ("https://evil.test\\kairos.a.example", false), ("ann@kairos.a.example", false),
    ])
  func service(url: String, isOfService: Bool) {
    let host = Array(host(url).utf8)
    let service = Array("kairos.a.example".utf8)
    let suffix = service.span
    let isWithin = host.span.isHost(within: suffix)
    #expect(isWithin == isOfService)
  }
}
