import Testing

@testable import Formats

/// Lines that look like text within documents, documents within text, and rows that look like either.
@Suite("documents and lines beside each other")
struct MixedDocumentTests {
  private func found(_ text: String) -> [String] {
    Samples.read(Array(text.utf8)).candidates.filter { $0.candidate == 0 }
      .map { "\($0.host) \($0.login)" }
  }

  private static let header = "title,url,username,password\nx,https://a.example/,ann,CANARY-1\n"

  @Test(
    "below a table, a row is a row whatever its first cell says",
    arguments: [
      "\"URL: https://n.example/\",https://b.example/,bob,CANARY-2\n",
      "URL: https://n.example/,https://b.example/,bob,CANARY-2\n",
      "machine n.example,https://b.example/,bob,CANARY-2\n",
      "machine n.example login x,https://b.example/,bob,CANARY-2\n",
      "\u{FEFF}[x] done,https://b.example/,bob,CANARY-2\n",
    ])
  func rows(row: String) {
    #expect(found(Self.header + row) == ["https://a.example/ ann", "https://b.example/ bob"])
  }

  @Test(
    "and a line of text is none",
    arguments: [
      ("machine b.example login bob password CANARY-2\n", "b.example bob"),
      (
        "machine ec2-203-0-113-125.eu-central-1.compute.b.example login bob password CANARY-2\n",
        "ec2-203-0-113-125.eu-central-1.compute.b.example bob"
      ),
      ("URL -> https://b.example/\nLogin -> bob\nPassword -> CANARY-2\n", "https://b.example/ bob"),
      ("URL https://b.example/\nLogin bob\nPassword CANARY-2\n", "https://b.example/ bob"),
      (
        "URL: https://b.example/1,2, Username: bob, Password: CANARY-2\n",
        "https://b.example/1,2 bob"
      ),
      ("URL: https://b.example/,\nUsername: bob,\nPassword: CANARY-2,\n", "https://b.example/ bob"),
    ])
  func text(text: String, expected: String) {
    #expect(found(Self.header + text) == ["https://a.example/ ann", expected])
  }

  /// Objects by URL: whoever leaves the document at `line` loses the hosts of all behind it.
  private static func document(_ line: String) -> String {
    """
    {
    "https://a.example/": {
     "login": "ann", \(line)
     "password": "CANARY-1"
    },
    "https://b.example/": {
     "login": "bob",
     "password": "CANARY-2"
    }
    }

    """
  }

  @Test(
    "a line within a document of JSON ends it for no record, whatever it looks like",
    arguments: [
      "\"n\":\n [1] // c\n ,", "\"n\": [\n [1, 2] /* x */,\n [3, 4] # y\n ],",
      "\"n\": [\n [a, b].join(),\n [1]+[2]\n ],", "\"n\": [\n url, login, password\n ],",
      "\"note\": \"a\n<table border=1>\nend\",", "\"note\": \"a\n<tr><td>x\nend\",",
      "\"note\": \"a\n<html><head>\nend\",", "\"note\": \"a\n<logins>\nend\",",
      "\"note\": \"a\nINSERT INTO t VALUES (1)\nend\",",
      "\"note\": \"a\nsite, login, password\nend\",",
      "\"note\": \"a\nmachine n.example login eve password CANARY\nend\",",
    ])
  func lines(line: String) {
    #expect(found(Self.document(line)) == ["https://a.example/ ann", "https://b.example/ bob"])
  }

  @Test(
    "behind a document that is cut off, other text is read",
    arguments: [
      "url,username,password\nhttps://b.example/,bob,CANARY-2\n",
      "INSERT INTO users (url, login, password) VALUES ('https://b.example/','bob','CANARY-2');\n",
      "<table>\n<tr><th>URL</th><th>Login</th><th>Password</th></tr>\n"
        + "<tr><td>https://b.example/</td><td>bob</td><td>CANARY-2</td></tr>\n</table>\n",
      "1. https://b.example/:bob:CANARY-2\n", "[FR] https://b.example/:bob:CANARY-2\n",
      "<logins>\n<login><url>https://b.example/</url><username>bob</username>"
        + "<password>CANARY-2</password></login>\n</logins>\n",
    ], ["", "\u{FEFF}"])
  func cutOff(text: String, mark: String) {
    for document in [
      "[{\"url\":\"https://a.example/\",\"login\":\"ann\",\"password\":\"CANARY-1\"},\n{\"url\":\"https://c.exa",
      "{\"url\":\"https://a.example/\",\"login\":\"ann\",\"password\":\"CANARY-1\",\n",
    ] {
      #expect(found(document + "\n" + mark + text).last == "https://b.example/ bob", "\(document)")
    }
  }

  private static let login =
    "<url>https://b.example/</url><login>bob</login><password>CANARY-2</password>"

  @Test(
    "XML with names of HTML, or with lines like other text in its notes, is read whole",
    arguments: [
      "<?xml version=\"1.0\"?>\n<html>\n\(login)\n</html>\n",
      "<table><row>\(login)</row></table>\n",
      "<tr>\(login)</tr>\n", "<table><tr>\(login)</tr></table>\n",
      "<body><account url=\"https://b.example/\" login=\"bob\" password=\"CANARY\"/></body>",
      "<list><p><note>hi\n{\"a\": \"b\"}\n<!-- c --></note>\(login)</p></list>\n",
      "<list><p><note>hi\nLogin: see wiki<br/>more</note>\(login)</p></list>\n",
      "<list><p><note>hi\nLogin: x\nPassword: y\n<![CDATA[z]]></note>\(login)</p></list>\n",
    ])
  func xml(text: String) {
    #expect(found(text) == ["https://b.example/ bob"])
  }

  @Test(
    "XML on one line is read whose first record stands behind more than is looked at",
    arguments: [
      ("<r>" + String(repeating: "<e>x</e>", count: 9000), "<login>\(login)</login></r>"),
      (
        "<r><head>x</head>" + String(repeating: "<p>x</p>", count: 9000),
        "<login>\(login)</login></r>"
      ),
      // A page of HTML, whatever it begins with, is read as such.
      (
        "<dialog>" + String(repeating: "<b>x</b><br>", count: 6000),
        "<br>URL: https://b.example/<br>Login: bob<br>Password: CANARY<br></dialog>"
      ),
    ])
  func lineOfElements(begin: String, end: String) {
    let text = begin + end
    var bytes = Array(text.utf8)
    let sample = Array(bytes.prefix(64 << 10))
    let first = Layouts.best(for: sample.span, labels: Samples.labels)
    var layout = MixedText(first: first, labels: Samples.labels)
    var recorder = CredentialRecorder()
    let taken = layout.read(bytes.span, isLast: false, into: &recorder)
    bytes.removeFirst(taken)
    _ = layout.read(bytes.span, isLast: true, into: &recorder)
    #expect(recorder.candidates.map { "\($0.host) \($0.login)" } == ["https://b.example/ bob"])
  }

  @Test("tables of HTML and documents of XML stand beside each other")
  func htmlAndXML() {
    let xml = "<logins><login>\(Self.login)</login></logins>\n"
    for start in ["<table>\n", "<table><colgroup><col></colgroup>\n", "<table><!-- x -->\n"] {
      let html =
        start + "<tr><th>URL</th><th>Login</th><th>Password</th></tr>\n"
        + "<tr><td>https://a.example/</td><td>ann</td><td>CANARY-1</td></tr>\n</table>\n"
      #expect(found(html + xml) == ["https://a.example/ ann", "https://b.example/ bob"])
      #expect(found(xml + html) == ["https://b.example/ bob", "https://a.example/ ann"])
    }
  }

  @Test(
    "what a line is does not depend on where a chunk ends",
    arguments: [
      ("{\"a\":\"b\"}\n", "1. https://b.example/:bob:CANARY {\n", 3000),
      ("{\"a\":\"b\"}\n", "https://b.example/:bob:CANARY {\n", 3000),
      (
        "<list><p>x\n" + String(repeating: "a line\n", count: 1023),
        "1. https://b.example/:bob:CANARY\n", 900
      ),
    ])
  func chunks(before: String, line: String, behind: Int) {
    let words = String(repeating: "some words\n", count: behind / 11)
    let text = Array((before + line + words + "\"end\",\n" + words).utf8)
    let whole = Cuts.read(text, at: [])
    for cut in stride(from: 1, to: text.count, by: 37) {
      #expect(Cuts.read(text, at: [cut]) == whole, "cut at \(cut)")
    }
  }
}
