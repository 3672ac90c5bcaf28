import Bytes
import TestSupport
import Testing

@testable import Formats

/// One line of URL, login and password, in the orders and with the separators of formats.md §5.
@Suite("delimited line")
struct DelimitedLineTests {
  private func read(_ line: String) -> [Candidate] {
    Cuts.read(Array(line.utf8), at: [], by: DelimitedLines.self)
  }

  /// What stands in a line, in which order. `note` is one of `notes`.
  static let orders = [
    "url login password", "login password url", "login url password", "login password",
    "ip login password", "url login password note", "login password url note",
    "login password note",
    "note url login password", "note login password url", "url login email password",
    "url url login password", "labels",
  ]
  /// Of `x+y`, `x` stands round the URL and `y` between login and password.
  static let separators = [
    ":", "|", ";", ",", "\t", " ", "::", "||", ";;", "|:", " : ", " | ", " ; ", ", ", " || ", " - ",
    " – ", " — ", " -> ", " => ", " → ", " | +:", ";+:", "\t+:", " +:", " - +:", " -> +:",
  ]
  static let logins = [
    "ann@mail.example", "ann", "ann.b", "ann-b_93", "0044871", "5551234", "+33612345678",
    "0612345678",
    "99912345600017", "CORP\\ann", "corp.example\\ann", "ann+tag@mail.example",
    "zoé@crèche.example", "ann@xn--crche-6ra.example", "root@localhost",
  ]
  static let urls = [
    "https://a.example", "https://a.example/login", "http://192.0.2.4:8080/", "http://192.0.2.4",
    "https://a.example:8443", "https//a.example/in", "//a.example/in", "https:/a.example/in",
    "android://aGFz/aA==@com.example.app/", "https://[2001:db8::5]:8443/x",
    "https://2001:db8::5/x", "https://u:p@a.example/", "https://a.example/?next=https://b.example/",
    "https://a.example/oauth2/v2.0:443", "HTTPS://A.EXAMPLE./X", "a.example", "www.a.example/login",
    "a.example:8443/x", "192.0.2.1:8080/x", "localhost:3000/x", "crèche.example/x",
  ]
  static let notes = ["2025-07-12", "12.07.2025", "203.0.113.9", "17", "FR"]

  /// Fields as a line of `order`.
  private func line(
    _ order: String, _ separator: String, _ login: String, _ url: String, note: String
  ) -> (text: String, host: String) {
    if order == "labels" { return ("URL: \(url) | USER: \(login) | PASS: CANARY", url) }
    let signs = separator.split(separator: "+").map(String.init)
    let (outer, inner) = (signs[0], signs[signs.count - 1])
    var text = ""
    let fields = order.split(separator: " ")
    for (index, field) in fields.enumerated() {
      if index > 0 {
        text += field == "password" && fields[index - 1] == "login" ? inner : outer
      }
      switch field {
      case "url": text += url
      case "login": text += login
      case "email": text += "bob@other.example"
      case "password": text += "CANARY"
      case "ip": text += "198.51.100.23"
      default: text += note
      }
    }
    let host = order.contains("url") ? url : order.contains("ip") ? "198.51.100.23" : ""
    return (text, host)
  }

  /// Why nobody could tell the login of such a line, or nil if the reader must.
  private func exclusion(
    _ order: String, _ separator: String, _ login: String, _ url: String
  ) -> String? {
    let isURLFirst = order.hasPrefix("url") || order == "labels"
    if !isURLFirst && [":", "::", "|:"].contains(separator) && url.hasPrefix("//") {
      return "behind a colon, `//a.example` makes a scheme of the field before it"
    }
    if order.hasPrefix("url url") && !hasScheme(url) {
      return "page and form stand side by side in browsers' tables, which write schemes"
    }
    if order.hasPrefix("url url") && url.hasSuffix(":443") {
      return "the port within the path is likelier the login, and the second URL its password"
    }
    let isBlank = separator.hasPrefix(" ") && !separator.contains(/[:|;,=>–—→-]\s/)
    if isBlank && url.isEmpty && !login.contains("@") && !order.hasPrefix("ip") {
      return "words with blanks between them are prose"
    }
    if isBlank && order == "note login password url" && url.contains(/^https:\/a|^android:/) {
      return
        "an address before a name is a host, and the colon of a scheme without a host parts fields"
    }
    if isBlank && !isURLFirst && !url.isEmpty && !hasScheme(url) {
      return "words with blanks between them are prose, and a host without a scheme may be one"
    }
    return nil
  }

  /// Whether the host may be told or not: behind a login, `a.example` may be the end of the password, and an
  /// address before the login may be the host.
  private func isHostDoubtful(_ order: String, _ url: String, note: String) -> Bool {
    if order == "note login password url" && note.hasPrefix("203") { return true }
    return !order.hasPrefix("url") && order != "labels" && !hasScheme(url)
  }

  /// Whether the password may be a candidate: with a note behind it, it is the login of another valid split, whose
  /// URL goes on over the first separator, in its path or as user information.
  private func isPasswordDoubtful(
    _ order: String, _ separator: String, _ login: String, _ url: String
  ) -> Bool {
    guard order == "url login password note" else { return false }
    return separator.contains(/[:;,]/) && url.contains(/[^\/]\/[^\/]|\/$|\?/)
      || separator.contains(":") && login.contains("@")
  }

  private func hasScheme(_ url: String) -> Bool { url.contains("//") || url.hasPrefix("https:/") }

  /// The host that a URL names: a trailing URL may lack its port, which may be another field.
  private func name(of url: String) -> String {
    let text = Array(url.utf8)
    let name = URLText.host(of: ByteRange(0, text.count), in: text.span).name
    return String(decoding: text[name.bounds], as: UTF8.self)
  }

  @Test(
    "the true login is among the candidates, at the right host", arguments: orders, separators)
  func trueLogin(order: String, separator: String) {
    // Labels have their own.
    if order == "labels" && separator != ":" { return }
    var lines: [(text: String, host: String, login: String, url: String, note: String)] = []
    for login in Self.logins {
      for url in order.contains("url") || order == "labels" ? Self.urls : [""] {
        if exclusion(order, separator, login, url) != nil { continue }
        let note = Self.notes[lines.count % Self.notes.count]
        let line = line(order, separator, login, url, note: note)
        lines.append((line.text, line.host, login, url, note))
      }
    }
    // One text, as a reader for each line would take most of the time.
    let all = Dictionary(grouping: read(lines.map(\.text).joined(separator: "\n")), by: \.line)
    var missed: [String] = []
    for (index, line) in lines.enumerated() {
      let found = all[index + 1] ?? []
      let isFound = found.contains {
        $0.login == line.login && $0.password
          && (name(of: $0.host) == name(of: line.host)
            || isHostDoubtful(order, line.url, note: line.note))
      }
      let isPasswordFound = found.contains { $0.login.contains("CANARY") }
      let isDoubtful = isPasswordDoubtful(order, separator, line.login, line.url)
      if isFound && (!isPasswordFound || isDoubtful) { continue }
      missed.append("\(line.text.debugDescription): \(found.map { "\($0.login) at \($0.host)" })")
    }
    #expect(missed.isEmpty, "\(missed.count), such as \(missed.prefix(3))")
  }

  /// What formats.md §5 lists, one line each; `LOGIN` takes every kind of login.
  static let constructions: [(line: String, host: String)] = [
    // Orders.
    ("https://a.example/in:LOGIN:CANARY", "a.example"),
    ("LOGIN:CANARY:https://a.example/in", "a.example"),
    ("LOGIN:CANARY:https://a.example/in:198.51.100.23:FR", "a.example"),
    ("LOGIN:CANARY", ""),
    ("198.51.100.23:LOGIN:CANARY", "198.51.100.23"),
    ("URL: https://a.example/in | USER: LOGIN | PASS: CANARY", "a.example"),
    // Separators.
    ("https://a.example/in|LOGIN|CANARY", "a.example"),
    ("https://a.example/in | LOGIN | CANARY", "a.example"),
    ("https://a.example/in;LOGIN;CANARY", "a.example"),
    ("https://a.example/in;;LOGIN;;CANARY", "a.example"),
    ("https://a.example/in\tLOGIN\tCANARY", "a.example"),
    ("https://a.example/in LOGIN CANARY", "a.example"),
    ("https://a.example/in,LOGIN,CANARY", "a.example"),
    ("https://a.example/in | LOGIN:CANARY", "a.example"),
    // URLs.
    ("a.example:LOGIN:CANARY", "a.example"),
    ("www.a.example/in?x=y:LOGIN:CANARY", "www.a.example"),
    ("https://a.example:8443:LOGIN:CANARY", "a.example"),
    ("a.example:8443/in:LOGIN:CANARY", "a.example"),
    ("https://u:p@a.example/:LOGIN:CANARY", "a.example"),
    ("android://aGFz/aA==@com.example.app/:LOGIN:CANARY", "com.example.app"),
    ("http://192.0.2.4/in:LOGIN:CANARY", "192.0.2.4"),
    ("192.0.2.4:8080/in:LOGIN:CANARY", "192.0.2.4"),
    ("https://[2001:db8::5]:8443/in:LOGIN:CANARY", "2001:db8::5"),
    ("[2001:db8::5]:8443:LOGIN:CANARY", "2001:db8::5"),
    ("https//a.example/in:LOGIN:CANARY", "a.example"),
    ("//a.example/in:LOGIN:CANARY", "a.example"),
    ("https://a.example/oauth2/v2.0:443:LOGIN:CANARY", "a.example"),
    ("https://a.example/?redirect=https://b.example/:LOGIN:CANARY", "a.example"),
    ("https://a.example/?mail=eve@mail.example:LOGIN:CANARY", "a.example"),
    // Passwords.
    ("https://a.example/in:LOGIN:CANARY:x:", "a.example"),
    ("https://a.example/in:LOGIN:CANARY|x;y", "a.example"),
    ("https://a.example/in:LOGIN:eve@CANARY.example", "a.example"),
    ("https://a.example/in:LOGIN:https://CANARY.example/", "a.example"),
    ("LOGIN:eve@CANARY.example", ""),
    ("LOGIN:CANARY:x", ""),
  ]
  /// E-mail address, name, number, phone, SIRET, and a domain's user.
  static let loginKinds = [
    "ann@mail.example", "leroy-93", "0044871", "+33612345678", "99912345600017", "CORP\\ann",
  ]

  @Test("every construction of formats.md §5 is read, whatever the login", arguments: loginKinds)
  func constructions(login: String) {
    for construction in Self.constructions {
      let line = construction.line.replacing("LOGIN", with: login)
      let found = read(line)
      #expect(
        found.contains {
          $0.login == login && name(of: $0.host) == construction.host && $0.password
        },
        "\(line): \(found.map { "\($0.login) at \($0.host)" })")
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
      ("[10:11] ann@mail.example: hello: how are you", ["[10"]),
      ("bob;ann@mail.example;", ["bob"]), ("email,ann@mail.example,3", ["email"]),
    ] as [(String, [String])])
  func decoys(line: String, logins: [String]) {
    #expect(read(line).map(\.login) == logins)
  }

  @Test(
    "a login is found behind what sellers and checkers write before it",
    arguments: [
      ("[FR] ann@mail.example:CANARY", ""), ("(FR) ann@mail.example:CANARY", ""),
      ("LIVE ann@mail.example:CANARY", ""), ("✅ [HIT] ann@mail.example:CANARY", ""),
      ("HIT: ann@mail.example:CANARY", ""), ("bob:ann@mail.example:CANARY", ""),
      ("[+] Good: https://a.example/:ann@mail.example:CANARY", "https://a.example/"),
      ("Chrome | https://a.example/ | ann@mail.example | CANARY", "https://a.example/"),
      ("Chrome|https://a.example/|ann@mail.example|CANARY", "https://a.example/"),
      (#""A","https://a.example/","ann@mail.example","CANARY""#, "https://a.example/"),
      (#""A";"B";"ann@mail.example";"CANARY";"https://a.example/";"x""#, "https://a.example/"),
      ("A,ann@mail.example,CANARY,https://a.example/", "https://a.example/"),
      ("ann@mail.example----CANARY", ""), ("ann@mail.example---CANARY-1", ""),
      ("https://a.example/----ann@mail.example----CANARY", "https://a.example/"),
      ("ann@mail.example----CANARY----https://a.example/", "https://a.example/"),
      ("a.example/in----ann@mail.example----CANARY", "a.example/in"),
      ("https://a.example:8443/x----ann@mail.example----CANARY", "https://a.example:8443/x"),
      ("[Chrome] a.example:ann@mail.example:CANARY", "a.example"),
      ("ann@mail.example:CANARY:t.me/shop", ""), ("ann@mail.example:CANARY | discord.gg/abc", ""),
      ("\u{202A}a.example\u{202C}:\u{202A}ann@mail.example\u{202C}:CANARY", "a.example"),
      ("\u{61C}https://a.example\u{61C}|ann@mail.example|CANARY", "https://a.example"),
      ("a.example ann@mail.example CANARY", "a.example"),
      ("a.example/in ann@mail.example CANARY", "a.example/in"),
      ("ftp://ann@mail.example:CANARY@a.example:21", "ftp://ann@mail.example:CANARY@a.example:21"),
      (
        "https://a.example/v2.0:443/x?a=b:c&mail=bob@mail.example:ann@mail.example:CANARY",
        "https://a.example/v2.0:443/x?a=b:c&mail=bob@mail.example"
      ),
      ("https://a.example/x?a|b:ann@mail.example:CANARY", "https://a.example/x?a"),
    ] as [(String, String)])
  func remarks(line: String, host: String) {
    let found = read(line)
    #expect(
      found.contains { $0.login == "ann@mail.example" && $0.host == host && $0.password },
      "\(found.map { "\($0.login) at \($0.host)" })")
  }

  @Test(
    "what stands at a text's very end is read, and nothing behind it",
    arguments: [
      "Chrome | https://a.example/ | pass: CANARY | user: ann",
      "Chrome: https://a.example/ password:CANARY login:ann",
      "Chrome | https://a.example/ | ann | CANARY",
    ])
  func textEnds(line: String) {
    for end in [line, line + "\n"] { #expect(read(end).contains { $0.login == "ann" }) }
  }

  @Test(
    "hyphens within a path or a password part nothing",
    arguments: [
      "https://a.example/a ann@mail.example my---CANARY---word",
      "https://a.example/a---b---c ann@mail.example CANARY",
      "https://a.example/a:ann@mail.example:my---CANARY---word",
    ])
  func hyphens(line: String) {
    #expect(read(line).map(\.login) == ["ann@mail.example"])
  }

  @Test(
    "an advert or a password is no host",
    arguments: [
      ("ann@mail.example:CANARY | https://t.me/shop", ""),
      ("ann@mail.example:https://CANARY.example/1:https://a.example/", "https://a.example/"),
    ])
  func adverts(line: String, host: String) {
    #expect(read(line).map(\.host) == [host])
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
    "a password that is a URL never stands as a host, whatever the record stands in",
    arguments: [",", ";", "|", "\t"],
    [
      (
        ["https://a.example/in", "ann@mail.example", "https://CANARY.example/x"],
        "https://a.example/in"
      ),
      (
        ["Kairos", "https://a.example/in", "ann@mail.example", "//CANARY.example"],
        "https://a.example/in"
      ),
      (["ann@mail.example", "https://CANARY.example/x"], ""),
      (["Ann", "ann@mail.example", "https://CANARY.example/x"], nil),
    ] as [([String], String?)])
  func urlAsPassword(separator: String, record: (fields: [String], host: String?)) {
    let line = record.fields.map { "\"\($0)\"" }.joined(separator: separator)
    for line in [record.fields.joined(separator: separator), line, "[\(line)]", "(\(line)),"] {
      let found = read(line).filter { $0.login == "ann@mail.example" }
      #expect(found.first?.host == record.host, "\(line)")
      #expect(found.count < 2, "\(line)")
    }
  }

  @Test("a URL between a login behind a name and its password is no password")
  func urlBeforePassword() {
    let found = read(#""Ann","ann@mail.example","https://a.example/in","CANARY1""#)
    #expect(found.contains { $0.login == "ann@mail.example" && $0.host == "https://a.example/in" })
  }

  @Test(
    "brackets round a record are none of it",
    arguments: [
      ("(ann@mail.example:CANARY1)", ""), ("[ann@mail.example:CANARY1]", ""),
      ("{ann@mail.example:CANARY1},", ""), ("`ann@mail.example:CANARY1`", ""),
      (#"["https://a.example/", "ann@mail.example", "CANARY1"],"#, "https://a.example/"),
    ])
  func brackets(line: String, host: String) {
    #expect(read(line).map { "\($0.host) \($0.login)" } == ["\(host) ann@mail.example"])
  }

  @Test(
    "a host behind login and password is beyond doubt if more than a colon says so, one between them never",
    arguments: [
      ("ann@mail.example:CANARY:a.example/in", false),
      ("ann@mail.example:CANARY:a.example:81", false),
      ("ann@mail.example:CANARY:a.example:8443/in", false),
      ("ann@mail.example:CANARY:a.example:198.51.100.7:FR", false),
      ("ann@mail.example|CANARY|a.example", false), ("ann@mail.example\tCANARY\ta.example", false),
      ("ann@mail.example ; CANARY ; a.example", false),
      ("ann@mail.example|https://a.example/|CANARY", true),
      ("ann@mail.example:https://a.example/:CANARY", true),
      (#""ann@mail.example","https://a.example/","CANARY""#, true),
      ("ann@mail.example:CANARY:a.example", true), ("ann@mail.example,CANARY,a.example", true),
      ("ann@mail.example:CANARY:a.example:FR", true), ("ann@mail.example:CANARY|a.example", true),
      // What stands between the two announces a password, or is none.
      ("ann@mail.example, Password https://CANARY.example/x", true),
      ("ann@mail.example / https://CANARY.example/x", true),
      ("ann@mail.example et https://CANARY.example/x", true),
      ("N/A|ann@mail.example|https://CANARY.example/x|2024-01-01", true),
      ("ann@mail.example Password = https://CANARY.example/", true),
      ("ann@mail.example (password) https://CANARY.example/", true),
      ("ann@mail.example | pwd -> https://CANARY.example/", true),
      ("ann@mail.example | The password: https://CANARY.example/", true),
      ("ann@mail.example, CANARY https://a.example/", false),
    ])
  func lastHosts(line: String, isDoubtful: Bool) {
    var sink = DoubtRecorder()
    let bytes = Array(line.utf8)
    var lines = DelimitedLines(labels: Samples.labels)
    _ = lines.read(bytes.span, isLast: true, into: &sink)
    #expect(sink.doubts == [isDoubtful])
  }

  @Test(
    "of an address that a host stands before, a URL is the password",
    arguments: [
      "a.example|ann@mail.example|https://CANARY.example/x|2024-01-01",
      #"["a.example", "ann@mail.example", "https://CANARY.example/x", "note"]"#,
    ])
  func hostBeforeAddress(line: String) {
    let found = read(line).filter { $0.login == "ann@mail.example" }
    #expect(found.map(\.host) == ["a.example"])
  }

  @Test(
    "a checker's word stands before a record, and an arrow parts other fields, too",
    arguments: [
      ("Good - ann@mail.example:CANARY", "ann@mail.example"),
      ("LIVE => ann@mail.example|CANARY", "ann@mail.example"),
      ("Hit: https://a.example/:ann:CANARY", "ann"), ("good - CANARY@x.yz:abc", "CANARY@x.yz"),
      ("a.example:jdupont:CANARY - shop@seller.example:telegram", "jdupont"),
      ("jdupont - p@CANARY.word:abc", "jdupont"),
    ])
  func remarks(line: String, login: String) {
    #expect(read(line).contains { $0.login == login })
  }

  @Test("of two URLs' hosts, a title before the address hides none")
  func titleOfHost() {
    let found = read("a.example|ann@mail.example|CANARY|https://b.example/in")
    #expect(found.contains { $0.login == "ann@mail.example" && $0.host == "https://b.example/in" })
  }

  private struct DoubtRecorder: CredentialSink {
    var doubts: [Bool] = []

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
      if !credential.host.isEmpty { doubts.append(credential.isHostDoubtful) }
    }
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

  @Test("of a line of separators or of noise, no field that is none becomes a login, and it ends")
  func noise() {
    let long = String(repeating: "a:", count: 20_000)
    #expect(Set(read("https://a.example/" + long).map(\.login)) == ["a"])
    #expect(read(long).map(\.login) == ["a"])
    #expect(read(String(repeating: ":", count: 40_000)).isEmpty)
    #expect(read("https://a.example/:" + String(repeating: "x", count: 321) + ":pw").isEmpty)
  }

  @Test("behind a URL of 60 KB the login is found, and what is longer is told")
  func longURL() {
    let url = "https://a.example/" + String(repeating: "a", count: 60_000)
    #expect(read(url + ":ann@mail.example:CANARY").map(\.login) == ["ann@mail.example"])
    let line = Array((url + url + ":ann@mail.example:CANARY").utf8)
    let split = DelimitedLine(ByteRange(0, line.count), in: line.span, Samples.labels)
    #expect(split.count == 0 && split.isCut)
  }

  @Test("a line with more splits than candidates keeps the first seven, and the last address")
  func manySplits() {
    let fields = (1...20).map { "f\($0)" }.joined(separator: ":")
    let found = read("https://a.example/" + fields + ":ann@mail.example:CANARY").map(\.login)
    #expect(found == (2...8).map { "f\($0)" } + ["ann@mail.example"])
  }

  // MARK: At a glance

  private static let pieces = [
    "FORM", "ann", "Title", "delyate.exe", "localhost", "LOCALHOST", "192.0.2.7", "a.example",
    "ann@b.example", "17",
    "FR", "[", "]", "::1", "https", "android", "10/11", "//", ":", ": ", " ", "  ", "|", ";", ",",
    "\t", " - ", " -> ",
    "\\", "\u{FEFF}", "•", "é", "\0", "#", "\"", "'", "3389", "@", "/", "?", "CANARY", "oauth:",
    "git:", "wp-",
  ]

  @Test(
    "signs that part fields in few files part a URL, a login and a password",
    arguments: ["\u{1}", "\u{1F}", "^", "~", "\u{A0}", "¦", "§", "þ", "│", "║"])
  func rareSigns(sign: String) {
    for url in ["https://a.example", "https://a.example/in", "https://a.example:8443/x/?y=1"] {
      let found = read([url, "ann@mail.example", "CANARY:x"].joined(separator: sign))
      #expect(found.map(\.login) == ["ann@mail.example"])
      #expect(found.map(\.host) == [url])
    }
    // A password may hold them, and so may a path; then the login must be an address.
    for record in ["https://a.example/:ann:CANARY", "https://a.example/:0612:CANARY"] {
      let usual = read("\(record)\(sign)bob@mail.example\(sign)x")
      #expect(!usual.contains { $0.login.contains("bob") })
    }
    let isOfURLs = ["^", "~", "þ"].contains(sign)
    let names = read("https://a.example/in\(sign)ann\(sign)CANARY").map(\.login)
    #expect(names == (isOfURLs ? [] : ["ann"]))
  }

  @Test(
    "records on one line are read, and a URL behind a record is none",
    arguments: [
      (
        "https://a.example/:ann@m.example:CANARY https://b.example/:bob:CANARY",
        ["ann@m.example", "bob"]
      ),
      (
        "https://a.example/:ann:CANARY, https://b.example/in:b@m.example:CANARY;http://c.example/:cy:CANARY",
        ["ann", "b@m.example", "cy"]
      ),
      (
        "https://a.example/x ann@m.example CANARY https://b.example/x bob@m.example CANARY",
        ["ann@m.example", "bob@m.example"]
      ),
      ("https://a.example/:ann@m.example:CANARY https://t.example/shop", ["ann@m.example"]),
      ("https://a.example/ https://b.example/:ann@m.example:CANARY", ["ann@m.example"]),
      ("https://a.example/:ann@m.example:CANARY,https", ["ann@m.example"]),
    ])
  func onOneLine(line: String, logins: [String]) {
    #expect(Set(read(line).map(\.login)) == Set(logins))
  }

  @Test("a line that is not split at a glance would have changed nothing")
  func glance() {
    var random = SeededGenerator.forTests()
    var unsplit = 0
    for _ in 0..<100_000 {
      let line = (0..<Int.random(in: 1...8, using: &random)).map { _ in random.pick(Self.pieces) }
        .joined()
      let bytes = Array(line.utf8)
      let text = ByteRange(0, bytes.count)
      let (isLabelled, takesBareLines) = (random.once(in: 2), random.once(in: 2))
      let mayBeSplit = DelimitedLine.mayBeSplit(
        text, in: bytes.span, isLabelled: isLabelled, takesBareLines: takesBareLines)
      if mayBeSplit { continue }
      unsplit += 1
      let split = DelimitedLine(text, in: bytes.span, Samples.labels)
      let isOneWord = !bytes.span.trimmed(text).bounds.contains { bytes[$0] == 0x20 }
      #expect(!split.isCut && !split.isConvincing, "\(line)")
      #expect(split.count == 0 || !takesBareLines && (isLabelled || !isOneWord), "\(line)")
      let hasScheme = URLText.hasScheme(at: bytes.span.trimmed(text), in: bytes.span)
      #expect(!hasScheme, "\(line)")
    }
    #expect(unsplit > 10_000)
  }
}
