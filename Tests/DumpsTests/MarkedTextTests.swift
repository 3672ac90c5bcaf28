import Dumps
import Testing

@Suite("marked text")
struct MarkedTextTests {
  /// Takes the marks out of `text` in pieces, cut at `cuts`, the way `ChunkReader` does; `marks` are its own if nil.
  private func plain(_ text: [UInt8], marks: TextMarks? = nil, cuts: [Int] = []) -> [UInt8] {
    var marked = MarkedText(marks ?? TextMarks(of: text.span))
    return inPieces(text, cuts: cuts) {
      marked.take($0, isLast: $1, into: &$2, at: &$3)
    }
  }

  static let links = [
    (
      #"URL: <a href="https://a.example/x">https://a.example/x</a><br>"#,
      "URL: https://a.example/x<br>"
    ),
    (
      #"https://a.example/:<a href="mailto:ann@b.example">ann@b.example</a>:x"#,
      "https://a.example/:ann@b.example:x"
    ),
    (
      #"<a href=\"mailto:ann@b.example\">ann@b.example<\/a> <a href="x">y</a>"#,
      #"ann@b.example<\/a> y"#
    ),
    ("Login: <mailto:ann@b.example|ann@b.example>", "Login: ann@b.example"),
    (
      "URL: <https://a.example/in|a.example/…>, <https://a.example/>",
      "URL: https://a.example/in, https://a.example/"
    ),
    ("Login: [ann@b.example](mailto:ann@b.example)", "Login: ann@b.example"),
    ("URL: [Kairos](https://a.example/in)", "URL: https://a.example/in"),
    ("<br>ann&#64;b&#x2e;example &commat;&nbsp;&#58;", "<br>ann@b.example @ :"),
    // What means something to the readers stays.
    ("<br>&lt;br&gt;&quot;&amp;&#60;&#92;&#10;", "<br>&lt;br&gt;&quot;&amp;&#60;&#92;&#10;"),
    (
      "<br><td>x</td><code>y</code> <s>z</s> a<b c[d](e)",
      "<br><td>x</td><code>y</code> <s>z</s> a<b c[d](e)"
    ),
    ("<br><a href=\"x\nURL: y> </a", "<br><a href=\"x\nURL: y> </a"),
  ]
  static let terminal = [
    (
      "\u{1B}[32mURL:\u{1B}[0m \u{1B}[1;31;48;5;17mhttps://a.example/\u{1B}[m\u{1B}[K",
      "URL: https://a.example/"
    ),
    ("\u{1B}]0;title\u{7}a\u{1B}]8;;https://a.example/\u{1B}\\b\u{1B}]8;;\u{1B}\\\u{1B}(B", "ab"),
    ("\u{1B}x \u{1B}[1\n \u{1B}]0;\n", "\u{1B}x \u{1B}[1\n \u{1B}]0;\n"),
  ]
  static let lineEnds = [
    (
      "a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f\u{2027}\u{80}\u{201C}",
      "a\nb\nc\nd\ne\nf\u{2027}\u{80}\u{201C}"
    )
  ]
  static let documents = [
    (
      #"<?xml version="1.0"?><w:document><w:body><w:p w:id="1"><w:pPr/><w:r><w:t>https://a.example/:ann@</w:t></w:r><w:r><w:t xml:space="preserve">b.example:x</w:t></w:r></w:p>"#
        + "\n<w:p><w:r><w:t>y</w:t><w:br/><w:tab/><w:t>z</w:t></w:r></w:p>",
      "https://a.example/:ann@b.example:x\n\ny\n\tz\n"
    ),
    (
      #"<w:p><w:r><w:instrText> HYPERLINK "mailto:c@d.example" </w:instrText></w:r><w:r><w:t>ann</w:t></w:r></w:p>"#,
      "ann\n"
    ),
    (
      "<w:tbl><w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc><w:tc><w:p><w:t>b &amp; c</w:t></w:p></w:tc></w:tr></w:tbl><w:p>d</w:p>",
      "a\tb & c\t\nd\n"
    ),
    (
      "<office:text><text:p>URL: a</text:p><text:p text:style-name=\"P1\">Login<text:tab/>b<text:line-break/>c</text:p>",
      "URL: a\nLogin\tb\nc\n"
    ),
    (
      "<sst count=\"2\"><si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si></sst>", "a\nbc\n"
    ),
    (
      #"<smses><sms address="1" body="URL: a&#10;Login: b&#64;c &lt;" date="2"/><sms body='x'/></smses>"#,
      "\nURL: a\nLogin: b@c &lt;\n\nx\n"
    ),
  ]

  @Test(
    "links leave their text, sequences of a terminal nothing, and documents lines",
    arguments: links + terminal + lineEnds + documents)
  func marks(text: String, expected: String) {
    #expect(String(decoding: plain(Array(text.utf8)), as: UTF8.self) == expected)
  }

  @Test(
    "a mark of a document hides nothing but the rest of its line",
    arguments: [
      ("<sst x=\"1\"><c t=\"s\"><v>1\nURL: a\n", "\nURL: a\n"),
      ("<sst x=\"1\"><f>1<si>URL: a\n", "URL: a\n"),
      ("<sst x=\"1\"><si\nURL: a\n>\n", "<si\nURL: a\n>\n"),
      ("<sst x=\"1\"><c>a\nb\n", "a\nb\n"),
    ])
  func unclosed(text: String, expected: String) {
    #expect(String(decoding: plain(Array(text.utf8)), as: UTF8.self) == expected)
  }

  @Test(
    "what looks like a document's mark makes no document of a list or of other XML",
    arguments: [
      "https://a.example/:ann:CANARY<is>x\nhttps://a.example/:bob:<si><sst >CANARY\n",
      "<?xml version=\"1.0\"?>\n<KeePassFile><Value><![CDATA[a<is>b]]></Value></KeePassFile>",
      "<!-- <sms x --><list><si>x</si></list>", "<string>x</string><sst >",
    ])
  func passwordsLikeMarks(text: String) {
    #expect(TextMarks(of: Array(text.utf8).span).isEmpty)
  }

  @Test(
    "a link that a chat made of a word is that word, which may be a password; else its target",
    arguments: [
      (
        "<mailto:ann@b.example|ann@b.example>,<http://CANARY.example|CANARY.example>\n",
        "ann@b.example,CANARY.example\n"
      ),
      ("<https://a.example/login|here>\n", "https://a.example/login\n"),
      ("[CANARY.example](http://CANARY.example/)\n", "CANARY.example\n"),
      ("[https://a.example/](https://b.example/)\n", "https://a.example/\n"),
      ("[here](https://b.example/)\n", "https://b.example/\n"),
    ])
  func words(text: String, expected: String) {
    #expect(String(decoding: plain(Array(text.utf8)), as: UTF8.self) == expected)
  }

  @Test("paragraphs of a cell are lines, but for the last")
  func paragraphs() {
    let text =
      "<w:tbl><w:tr><w:tc><w:p>a</w:p><w:p>b</w:p></w:tc><w:tc><w:p>c</w:p></w:tc></w:tr></w:tbl>"
    #expect(String(decoding: plain(Array(text.utf8)), as: UTF8.self) == "a\nb\tc\t\n")
  }

  @Test("a long list has marks if several stand in its beginning; one may be of a password")
  func fewMarks() {
    let lines = String(repeating: "https://a.example/:ann:CANARY\n", count: 2000)
    let mark = "https://a.example/:bob:CA<br>NARY\u{1B}[0m\u{C}\n"
    #expect(TextMarks(of: Array((mark + lines).utf8).span).isEmpty)
    let several = String(repeating: mark, count: 8) + lines
    #expect(TextMarks(of: Array(several.utf8).span) == [.links, .terminal, .lineEnds])
  }

  @Test("a cell of Excel has its own value, or the number of a text that stands elsewhere")
  func cells() {
    let text =
      "<worksheet><row><c r=\"A1\"><v>12</v></c><c t=\"s\" r=\"B1\"><v>7</v></c><c><is><t>b</t></is></c></row></worksheet>"
    #expect(String(decoding: plain(Array(text.utf8)), as: UTF8.self) == "12\t\tb\t\n")
  }

  @Test(
    "text without marks has none",
    arguments: [
      "https://a.example/?a<b&#64;c:ann:CANARY\n", "URL: a\nLogin: é “b”\n",
      "[a](b) <s>c</s> <S N=\"url\">",
      "<Entry><String><Key>URL</Key><Value>a</Value></String></Entry>",
    ])
  func none(text: String) {
    #expect(TextMarks(of: Array(text.utf8).span).isEmpty)
  }

  @Test(
    "what comes out is the same however the text is cut",
    arguments: links + terminal + lineEnds + documents)
  func cuts(text: String, expected: String) {
    let bytes = Array(text.utf8)
    for cut in bytes.indices {
      #expect(plain(bytes, cuts: [cut]) == plain(bytes), "\(cut)")
    }
    #expect(
      plain(bytes, marks: TextMarks(of: bytes.span), cuts: Array(bytes.indices)) == plain(bytes))
  }

  @Test(
    "a mark that does not end is text",
    arguments: ["<a ", "[", "\u{1B}]", "[x](http://", "<http://"])
  func endless(mark: String) {
    let text = Array((mark + String(repeating: "x", count: 5000) + ">\n").utf8)
    let marks: TextMarks = [.links, .terminal]
    #expect(plain(text, marks: marks) == text)
    #expect(plain(text, marks: marks, cuts: [1000, 2500]) == text)
  }
}
