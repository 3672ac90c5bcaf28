import Bytes
import Formats
import Testing

/// One line of URL, login and password, in the orders and with the separators of formats.md §5.
@Suite("delimited line")
struct DelimitedLineTests {
  private func read(_ line: String) -> [Candidate] {
    Cuts.read(Array(line.utf8), at: [], by: DelimitedLines.self)
  }

  static let orders = [
    "url login password", "login password url", "login password url ip", "login password",
    "ip login password", "labels",
  ]
  static let separators = [":", "|", ";", ",", "\t", " ", " | ", ";;", "::", "| :"]
  static let logins = [
    "ann@mail.example", "ann", "ann.b", "0044871", "+33612345678", "0612345678", "99912345600017",
    "CORP\\ann", "corp.example\\ann", "ann+tag@mail.example", "zoé@crèche.example",
  ]
  static let urls = [
    "https://a.example/login", "http://192.0.2.4:8080/", "https//a.example/in", "//a.example/in",
    "android://aGFz/aA==@com.example.app/", "https://[2001:db8::5]:8443/x",
    "https://u:p@a.example/",
    "https://a.example/?next=https://b.example/",
  ]

  private func line(
    _ order: String, _ separator: String, _ login: String, _ url: String
  ) -> (text: String, host: String)? {
    let password = "CANARY"
    // `login password` and `ip login password` with a name and blanks alone are prose.
    let isProse = separator == " " && !login.contains("@")
    // Behind a colon, `//a.example` makes a scheme of the field before it.
    if order.hasPrefix("login password url") && separator.hasSuffix(":") && url.hasPrefix("//") {
      return nil
    }
    // The separator `| :` parts URL and login by the one, login and password by the other.
    let parts = separator == "| :" ? (" | ", ":") : (separator, separator)
    switch order {
    case "url login password": return (url + parts.0 + login + parts.1 + password, url)
    case "login password url": return (login + parts.1 + password + parts.0 + url, url)
    case "login password url ip":
      return (login + parts.1 + password + parts.0 + url + parts.0 + "203.0.113.9", url)
    case "login password": return isProse ? nil : (login + parts.1 + password, "")
    case "ip login password":
      return ("198.51.100.23" + parts.0 + login + parts.1 + password, "198.51.100.23")
    default: return ("URL: \(url) | USER: \(login) | PASS: \(password)", url)
    }
  }

  /// The host that a URL names: a trailing URL may lack its port, which may be another field.
  private func name(of url: String) -> String {
    let text = Array(url.utf8)
    let name = URLText.host(of: ByteRange(0, text.count), in: text.span).name
    return String(decoding: text[name.bounds], as: UTF8.self)
  }

  @Test(
    "the true login is among the candidates, at the right host", arguments: orders, separators)
  func trueLogin(order: String, separator: String) {
    for login in Self.logins {
      for url in Self.urls {
        guard let line = line(order, separator, login, url) else { continue }
        let found = read(line.text)
        #expect(
          found.contains { candidate in
            candidate.login == login && candidate.password
              && name(of: candidate.host) == name(of: line.host)
          },
          "\(line.text.debugDescription): \(found.map { "\($0.login) at \($0.host)" })")
        // The last field of all is no login.
        #expect(!found.contains { $0.login == "CANARY" && order.hasSuffix("password") })
      }
    }
  }

  @Test(
    "hosts without a scheme, with ports and paths",
    arguments: [
      "a.example", "www.a.example/login", "a.example:8443", "a.example:8443/x", "a.example/a/b?c=d",
      "localhost", "localhost:3000/x", "[2001:db8::7]:8443/", "192.0.2.1", "192.0.2.1:8080/x",
      "a.example/oauth2/v2.0:443", "crèche.example/x", "a.example.",
    ])
  func bareHosts(url: String) {
    for login in ["ann@mail.example", "leroy-93", "99912345600017", "CORP\\ann"] {
      for separator in [":", "|", ";", "\t", " | "] {
        let line = [url, login, "CANARY"].joined(separator: separator)
        let found = read(line)
        #expect(found.contains { $0.login == login && $0.host == url }, "\(line)")
      }
    }
  }

  @Test(
    "what can only be password, query, user information or mail domain is never a candidate",
    arguments: [
      ("https://a.example/:bob:ann@mail.example", ["bob"]),
      ("https://a.example/|bob|ann@mail.example", ["bob"]),
      ("https://a.example/|bob|x|ann@mail.example", ["bob"]),
      ("bob@mail.example:ann@mail.example", ["bob@mail.example"]),
      ("bob@mail.example:ann@mail.example:https://a.example/", ["bob@mail.example"]),
      ("https://a.example/?mail=ann@mail.example:bob@mail.example:CANARY", ["bob@mail.example"]),
      ("https://a.example/?mail=ann@mail.example|bob|CANARY", ["bob"]),
      ("https://ann@a.example/:bob@mail.example:CANARY", ["bob@mail.example"]),
      ("https://a.example/#ann@mail.example:bob:CANARY", ["bob"]),
      ("https://a.example/:bob@ann.example:CANARY", ["bob@ann.example"]),
      ("bob@ann.example:CANARY", ["bob@ann.example"]),
      ("https://a.example/:UNKNOWN:ann@mail.example", []),
      ("https://a.example/:ann@mail.example", []),
      ("https://a.example/", []), ("ann@mail.example", []), ("just some words of prose", []),
      ("::", []), ("", []), ("a", []), ("https://a.example/::", []),
      ("a.example:https://b.example/x", ["a.example"]),
    ] as [(String, [String])])
  func decoys(line: String, logins: [String]) {
    #expect(read(line).map(\.login) == logins)
  }

  @Test(
    "of several splits the likeliest comes first",
    arguments: [
      (
        "https://a.example:8443:ann@mail.example:CANARY", "https://a.example:8443",
        "ann@mail.example"
      ),
      ("https://a.example:443:12345:CANARY", "https://a.example:443", "12345"),
      (
        "https://id.example/v2.0:443:ann@mail.example:CANARY", "https://id.example/v2.0:443",
        "ann@mail.example"
      ),
      ("https://a.example/ ann CANARY:x:y", "https://a.example/", "ann"),
      ("https://a.example/ ann@mail.example CANARY:x", "https://a.example/", "ann@mail.example"),
      ("https://a.example/|jo moreau|CANARY", "https://a.example/", "jo moreau"),
      (
        "https://shop.example:bob@mail.example:CANARY:x", "https://shop.example", "bob@mail.example"
      ),
      ("https://u:p@shop.example/:bob:CANARY", "https://u:p@shop.example/", "bob"),
      ("a.example:5551234:CANARY", "a.example", "5551234"),
      ("ann.b+tag@mail.example:CANARY:x", "", "ann.b+tag@mail.example"),
    ])
  func likeliest(line: String, host: String, login: String) {
    let first = read(line).first
    #expect(first?.host == host)
    #expect(first?.login == login)
  }

  @Test(
    "a password that is a URL never stands as a host",
    arguments: [":", "::", ";", "|", " | ", "\t"],
    ["ann@mail.example", "ann", "a.example\\ann"])
  func urlAsPassword(separator: String, login: String) {
    let found = read(login + separator + "https://CANARY.example/x")
    #expect(found.contains { $0.login == login })
    #expect(found.allSatisfy { !$0.host.contains("CANARY") })
  }

  @Test(
    "an empty or placeholder password is told",
    arguments: [
      ("https://a.example/:ann:", false), ("https://a.example/:ann:NOT_SAVED", false),
      ("https://a.example/|ann|[NOT_SAVED]", false), ("https://a.example/:ann:x", true),
      ("ann@mail.example::https://a.example/", true),
    ])
  func passwords(line: String, password: Bool) {
    #expect(read(line).first?.password == password)
  }

  @Test(
    "quotes round the fields are none of theirs",
    arguments: [
      "\"https://a.example/\";\"ann\";\"CANARY\"", "\"https://a.example/\",\"ann\",\"CA;NARY\"",
      "\"https://a.example/\"\t\"ann\"\t\"CANARY\"",
    ])
  func quotes(line: String) {
    #expect(read(line).first?.login == "ann")
    #expect(read(line).first.map { name(of: $0.host) } == "a.example")
  }

  @Test("a line of separators, or of noise, has at most eight candidates, and ends")
  func noise() {
    let long = String(repeating: "a:", count: 20_000)
    for text in ["https://a.example/" + long, long, String(repeating: ":", count: 40_000)] {
      #expect(read(text).count <= 8)
    }
    #expect(read("https://a.example/:" + String(repeating: "x", count: 321) + ":pw").isEmpty)
  }
}
