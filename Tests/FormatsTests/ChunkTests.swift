import Bytes
import Dumps
import Formats
import TestSupport
import Testing

/// A file read in chunks gives what it gives in one piece: the same candidates, lines and records.
@Suite("chunks")
struct ChunkTests {
  @Test(
    "a file is read alike in chunks of any size",
    arguments: Samples.formats + Samples.dumps, [1, 7, 64, 4096])
  func samples(sample: String, chunkBytes: Int) throws {
    let text = try Samples.bytes(of: sample)
    #expect(Samples.read(text, chunkBytes: chunkBytes) == Samples.read(text))
  }

  @Test("a file is read alike however it is cut", arguments: Samples.formats)
  func randomCuts(sample: String) throws {
    let text = try Samples.bytes(of: sample)
    guard FileKind(text.span) == .text else { return }
    var random = SeededGenerator.forTests()
    let whole = Cuts.read(text, at: [])
    for _ in 0..<20 {
      let cuts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        Int.random(in: 0...text.count, using: &random)
      }
      #expect(Cuts.read(text, at: cuts.sorted()) == whole, "cuts \(cuts.sorted())")
    }
  }

  static let awkward: [(what: String, text: String)] = [
    (
      "CRLF",
      "URL: https://a.example/\r\nLogin: ann\r\nPassword: CANARY\r\n\r\nURL: b.example\r\nLogin: bob\r\n"
    ),
    (
      "CR alone",
      "URL: https://a.example/\rLogin: ann\rPassword: CANARY\r\rURL: b.example\rLogin: bob\r"
    ),
    ("a BOM", "\u{FEFF}URL: https://a.example/\nLogin: ann\nPassword: CANARY\n"),
    ("a BOM before a header", "\u{FEFF}url,username,password\r\nhttps://a.example,ann,CANARY\r\n"),
    (
      "a BOM before a line",
      "\u{FEFF}https://a.example/:ann:CANARY\r\nhttps://b.example/:bob:CANARY"
    ),
    (
      "a quoted cell",
      "url,username,password,note\r\na.example,ann,\"CA\"\"NARY\r\n,\",\"x\r\"\r\nb.example,\"b\"\"ob\",\"\"\"\",\n"
    ),
    (
      "a row behind another line, whose quote is closed on the next",
      "url,username,password,note\nhttps://b.example/,bob,CANARY,\nBrowser: Edge\n"
        + "https://a.example/,\"ann,CANARY,x\ny\"\nhttps://c.example/,eve,CANARY,\n"
    ),
    (
      "a field in a row of HTML that begins further down than the one before",
      "<tr><td>\n<table><td>URL<td>https://a.example/\nLogin: ann\nPassword: CANARY\n"
    ),
    (
      "rows of HTML over several lines that begin with a label",
      "<tr><td>URL:</td>\n<td>https://a.example/</td></tr>\n<tr>\n<td>Login:</td>\n<td>ann</td>\n</tr>\n"
        + "<tr><td>Password:CANARY</td>\n</tr>\n<tr>Password:/\u{0}<td>Password:\n<table>\n<>Login P\n"
    ),
    (
      "a row between breaks of HTML, which is none as a line",
      "url,username,password,note\nhttps://b.example/,bob,CANARY,\nBrowser: Edge\n"
        + "<b>https://a.example/:ann:CANARY<br>https://c.example/,eve,CANARY,<br>x\n"
    ),
    (
      "a part of a line that would be a row, before one that begins a record",
      "url,username,password\nhttps://b.example/,bob,CANARY\nBrowser: Edge\n,,<br>Username:\n\"\nann\nPassword: CANARY\n"
    ),
    (
      "a part of a line that would be a header, before one that begins a record",
      "username,password,<br>Username:\nann\nPassword: CANARY\n"
    ),
    (
      "a machine of .netrc and a login that comes again on its line",
      "machine a.example login ann password CANARY Login eve\nmachine b.example login bob password CANARY machine c.example login eve\npassword CANARY\n"
    ),
    (
      "a machine in capitals that begins a record within a line",
      "machine a.example password CANARY MACHINE b.example login bob\npassword CANARY\n"
    ),
    (
      "a record in the second row of a line of HTML, whose label would be read otherwise alone",
      "<th>u<tr><td>Login:<td><\nann\nPassword: CANARY\n<tr><td>URL<td>b.example<tr><td>Login<td>bob<tr><td>Password<td>CANARY\n"
    ),
    (
      "a URL and a login behind a break of HTML, with and without a blank at the end",
      "<b>x<br>https://a.example/\tann \n https://c.example/:eve:CANARY\n</p><p>https://a.example/\tann\nx\n"
    ),
    (
      "a part of a line that would begin a row of HTML, and one that would be a row of a table",
      "x<br><tr><td>Login:</td>\n<td>ann</td></tr>\nPassword: CANARY\nURL: a.example\n\nurl,username,password\nhttps://b.example/,bob,CANARY\n"
        + "Browser: Edge\n<b>x<br>https://c.example/,,\nLogin: eve\nPassword: CANARY\n"
    ),
    (
      "a row of HTML whose cell is no cell, and a machine in quotes",
      "<tr>\n<td " + String(repeating: "x", count: 520)
        + "<br>Login: ann\n</tr x\nPassword: CANARY\n"
        + "machine a.example login ann password CANARY \"machine\" b.example login bob\npassword CANARY\n"
    ),
    (
      "rows of HTML and SQL between those of a table",
      "url,username,password\r\nhttps://b.example/,bob,CANARY\r\n <tr><td>https://a.example/</td><td>ann</td><td>CANARY</td>\r\n"
        + "https://c.example/,eve,CANARY\r\nInsert into x values (1,'https://d.example/','zoe','CANARY');\r\nr,kim,CANARY\r\n"
    ),
    (
      "URLs alone above records behind a table",
      "url,username,password\r\nhttps://b.example/,bob,CANARY\r\n\r\nhttps://a.example/in\r\nann@mail.example:CANARY\r\n"
        + "https://c.example/in\r\neve@mail.example:CANARY\r\nx,kim,CANARY\r\nhttps://d.example/\r\n"
    ),
    (
      "quotes that nothing closes, and some that a line further down does",
      "url,username,password\r\nhttps://b.example/,bob,\"CANARY\r\nhttps://a.example/,ann,CANARY\r\n"
        + "https://c.example/,\"e\r\n\"\"ve\",\"CANARY\r\nhttps://d.example/,\"zoe\",\"CANARY\r\n x\"\r\n"
    ),
    (
      "cells of HTML whose text is on a line of its own",
      "<table>\r\n<tr>\r\n<td>\r\nhttps://a.example/\r\n</td>\r\n<td>\r\nann\r\n</td>\r\n<td>\r\nCANARY\r\n</td>\r\n</tr>\r\n"
        + "<tr>\r\n<td>\r\nhttps://b.example/:bob@mail.example:CANARY\r\n</td></tr>\r\n"
    ),
    // A table that took these lines for rows, and turned the rows down, was opened for them again without end.
    (
      "a row of other cells as a line than with the lines behind it",
      "\"Account\",\"Login Name\",\"Password\",\"Web Site\",\"Comments\"\ny,bob@mail.example,CANARY,https://c.example/,\n"
        + "x,ann@mail.example,CANARY,https://a.example/,\"eve@mail.example\n\",z\nend\n"
    ),
    (
      "a row between breaks of HTML in a line of other cells",
      "url,username,password,note\nhttps://b.example/,bob,CANARY,\nBrowser: Edge\n"
        + "<b>a@b.example,https://x.example/:ann@mail.example:CANARY<br>https://c.example/,eve,CANARY,\n"
    ),
    (
      "a quote that is never closed",
      "url,username,password\na.example,ann,\"CANARY\nb.example,bob,CANARY\n"
    ),
    (
      "many fields on one line",
      "URL: a.example | USER: ann | URL: b.example | USER: bob | PASS: CANARY\nUSER: eve\n\nPASS: CANARY\n"
    ),
    (
      "a password first, two lines below a URL",
      "https://a.example/\n\nPassword: CANARY | Username: ann\n"
    ),
    (
      "a label between the backticks of another's value",
      "Login:` \"username\":`\nPassword: CANARY\n"
    ),
    (
      "login and password in one field, behind another's password",
      "Password: CANARY\nLogin/Password: ann:CANARY\nURL: a.example\n"
    ),
    (
      "login and password in one field, below a login without a value behind a password",
      "Password: CANARY|Login:\nLogin/Password: ann:CANARY\nURL: a.example\n"
    ),
    (
      "login and password in one field without a sign, below a password",
      "Password: CANARY\nLogin ann@mail.example:CANARY\n\nb.example:bob:CANARY\n"
    ),
    (
      "a record that begins within a line, with its password",
      "Login:|Password:Y Password:C URL:a.example\nLogin:ann Password:\n"
    ),
    (
      "a record that begins within a line, with what the one before it had, too",
      "\"url\":,\"password\":C Password:|URL:\nLogin ann\n\"url\":,\"password\":,\"login\":,\"password\":,\"login\":\"bob\"\n"
    ),
    (
      "records with nothing between them, one of them without URL, and a stray login",
      "User: x\n\nURL: a.example\nUSER: ann\nPASS: CANARY\nUSER: bob\nPASS: CANARY\nURL: c.example\nUSER: eve\nPASS: CANARY\n"
    ),
    (
      "a field without a sign between a URL and the login that comes again",
      "LOGIN:\nURL:p\nLogin /\nLOGIN:s\nPASSWORD:\nLogin: ann\nPassword: CANARY\nEmail: b@c.example\nLogin /\nPassword: CANARY\n"
    ),
    (
      "URLs behind blank lines, and one alone",
      "USER: ann\r\nPASS: CANARY\r\n\r\nURL: a.example\r\n\r\nUSER: bob\r\nPASS: CANARY\r\n\r\nURL: b.example\r\n\r\n[https://c.example/]\r\nUSER: eve\r\nPASS: CANARY\r\n"
    ),
    (
      "a value on the next line",
      "URL:\r\na.example\r\nLogin:\r\n\r\nann\r\nPassword:\r\nCANARY\r\n"
    ),
    (
      "JSON with escapes, comments and a fault",
      "[{\"url\":\"https:\\/\\/a.example\",\r\n\"login\":\"\\u0061nn\" /* x */,'pass':u'CA'NARY'},{\"login\":5,\"pwd\":null}\n// {\n"
    ),
    (
      "JSON lists side by side",
      "{\"url\":[\"a.example\",null],\r\"login\":[\"ann\",\r\n\"bob\"],\"password\":[\"CANARY\",\"\"]}"
    ),
    (
      "JSON lines, the last one cut off",
      "{\"https://a.example\":{\"login\":\"ann\",\"pass\":\"CANARY\"}}\n{\"name\":\"login\",\"value\":\"bo"
    ),
    (
      "JSON fields whose values stand before their names",
      "[{\"url\":\"a.example\",\"fields\":[{\"value\":\"ann\",\r\n\"x\":1,\"name\":\"username\"},\n{\"value\":#b,\"name\":\"x\",\"type\":\"login\"},{'value':u'CANARY' /* x */,'name':'password'}]}]"
    ),
    (
      "a JSON message in pieces, told twice",
      "{\"text\":[\"URL: \",{\"value\":1,\"text\":\"https://a.example/\",\r\n\"type\":\"link\"},\"\\nLogin: ann\\n\",\n\"Password: CANARY\"],\"text_entities\":[{\"type\":\"plain\",\"text\":\"URL: https://a.example/\\nLogin: ann\\nPassword: CANARY\"}]}"
    ),
    (
      "XML with entities, CDATA and a comment",
      "<?xml?><x><!-- > --><a><url p='>'>https://a.example/?b&amp;c</url>\r\n<user>\r\n&#x61;n<![CDATA[n]]]></user\r><pass>CANARY</pass></a></x>"
    ),
    (
      "XML of keys and values, cut off",
      "<!DOCTYPE x [<!ENTITY e \"y\">]><Entry><String><Key>UserName</Key><Value>ann</Value></String><String><Key>Password</Key><Value/></String><b"
    ),
    (
      "lines, JSON, lines and XML, one behind the other",
      "b.example:bob@a.example:CANARY\r\n\u{FEFF} [{ \"url\":\"a.example\",\"login\":\"ann\"}\r]\r\nURL: a.example\nLogin: eve\n<?xml?><a><user>zoe</user><pass>CANARY</pass></a>\n{\"login\":\"kim\",\"pass\":1}"
    ),
    (
      "documents that are never closed, and lines behind them",
      "{\"a\":[\nURL: https://a.example/\nLogin: ann\nPassword: CANARY\n\n<list><i></i>x\r\nhttps://b.example:bob:CANARY"
    ),
  ]

  @Test("every cut, and every pair of near ones, is one that nobody sees", arguments: awkward)
  func everyCut(what: String, text: String) {
    let bytes = Array(text.utf8)
    let whole = Cuts.read(bytes, at: [])
    #expect(!whole.isEmpty)
    for first in 0...bytes.count {
      for second in first...min(first + 6, bytes.count) {
        #expect(
          Cuts.read(bytes, at: [first, second]) == whole, "\(what), cut at \(first), \(second)")
      }
    }
  }

  @Test(
    "UTF-16 is read alike at every chunk size: within a unit, a pair of surrogates, the mark",
    arguments: [true, false], [true, false])
  func utf16(isBigEndian: Bool, hasMark: Bool) {
    let text = "URL: https://a.example/\r\nLogin: zoé😀@mail.example\r\nPassword: CANARY\r\n"
    let units = (hasMark ? [0xFEFF] : []) + Array(text.utf16)
    let bytes = units.flatMap { unit in
      isBigEndian
        ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
    for chunkBytes in 1...24 {
      let reading = Samples.read(bytes, chunkBytes: chunkBytes)
      #expect(reading.candidates.map(\.login) == ["zoé😀@mail.example"], "chunks of \(chunkBytes)")
    }
  }

  @Test("a record larger than may be held costs itself", arguments: ["\n", "\r\n", "\r"])
  func largeRecord(lineEnd: String) {
    // Longer than what the decoder may hold back beside.
    for length in 600...700 {
      let long = "https://a.example/" + String(repeating: "x", count: length) + ":ann:CANARY"
      let lines = ["https://b.example/:bob:CANARY", long, "https://c.example/:eve:CANARY", ""]
      let text = Array(lines.joined(separator: lineEnd).utf8)
      let reading = Samples.read(text, chunkBytes: 16, maxRecordBytes: 64)
      #expect(reading.candidates.map(\.login) == ["bob", "eve"], "\(length)")
      #expect(reading.candidates.map(\.line) == [1, 3])
      #expect(reading.outcome?.bytes == text.count)
      #expect((reading.outcome?.skippedBytes ?? 0) > 0)
    }
  }

  @Test("a line of 10 MB is passed over and counted, and the next is found")
  func longLine() {
    let length = 10 << 20
    let text =
      Array("https://a.example/:ann:CANARY\n".utf8) + Array(repeating: 0x78, count: length)
      + Array("\nhttps://b.example/:bob:CANARY\n".utf8)
    let reading = Samples.read(text)
    #expect(reading.candidates.map(\.login) == ["ann", "bob"])
    #expect(reading.candidates.map(\.line) == [1, 3])
    #expect(reading.outcome?.bytes == text.count)
    // At least all that is longer than what may be held.
    let skipped = reading.outcome?.skippedBytes ?? 0
    #expect(skipped >= length - ChunkReader.defaultMaxRecordBytes - (1 << 20))
    #expect(skipped <= length + 1)
  }

  /// Half of a record that is as long as may be held, with something to be looked at behind each of its bytes.
  static let fillers = [
    ("URL: x", " -"), ("URL: x", " |,"), ("URL: x", " <b>"), ("URL: x", " 1. "), ("", "Login: "),
    ("", "Login:|"),
    ("URL: android://x\n", "a\n"), ("URL: x ", "Password: <b>"), ("<?xml?>", "<a"),
    ("<?xml?>", "<a \""), ("[", "{\""), ("", "[{"),
    ("a,url,login,password\n" + String(repeating: "a\"b,\"x\n", count: 20), "a\n"),
    ("a,url,login,password\n", "a\"b,\"x\n"), ("https://a.example/", ":"),
    ("url,login,password\n", "https://a.example/,a,\"x\n"), ("url,login\n\"", "\"\"\n"),
    ("url,login,password\n", "\"a\n\","), ("url,login,password\n", "https://a.example/\n"),
    ("https://a.example/", ":a"),
    ("https://a.example/", "https://"), ("", "a@"), ("", "😀"), ("", "<tr>\n"),
    ("", "<tr><td>\na\n"), ("<tr>", "<td>\na\n"),
    ("", "ann@mail.example:"),
    ("INSERT INTO l (url, login, password) VALUES ", "('a','b','c'),"),
    ("<table>", "<tr><td>a<td>b"),
    ("{\"text\":[", "\"a:\","), ("{\"text\":[", "{\"text\":\"a:\"},"),
    ("{\"a.test\":[", "\"a@b.test:c\","), ("[", "[\"https://a/\",\"b\",\"c\"],"),
    ("[\"", "a:b\\n"), ("{\"cookies\":", "[{\"domain\":"),
    ("", "INFO {\"a\":1}\n"), ("INFO ", "{\"a\":1} x "), ("", "x [{a:\"b\"}) "),
  ]

  // The time in the queue of the whole suite counts, too.
  @Test(
    "no filler makes a reader look at the same bytes again and again: 3 MiB would take hours",
    .timeLimit(.minutes(30)), arguments: fillers)
  func filler(head: String, filler: String) {
    let count = (3 << 20) / filler.utf8.count
    let text = Array((head + String(repeating: filler, count: count)).utf8)
    let tail = Array("\n\n\nhttps://b.example/:bob@mail.example:CANARY\n".utf8)
    #expect(Samples.read(text + tail).outcome?.bytes == text.count + tail.count)
  }

  @Test("blank lines by the thousand between fields part no record")
  func blankLines() {
    let blanks = String(repeating: "\r\n", count: 5000)
    let text = "URL: https://a.example/\(blanks)Login: ann\(blanks)Password: CANARY\(blanks)"
    for chunkBytes in [64, 4096, 1 << 20] {
      let reading = Samples.read(Array((text + text).utf8), chunkBytes: chunkBytes)
      #expect(reading.candidates.map(\.login) == ["ann", "ann"])
      #expect(reading.candidates.map(\.host) == ["https://a.example/", "https://a.example/"])
      #expect(reading.candidates.map(\.line) == [5001, 20_001])
    }
  }

  @Test("a quoted cell that is never closed does not take the rows behind it")
  func unclosedQuote() {
    let text =
      "url,username,password\na.example,ann,\"CANARY\nb.example,bob,CANARY\nc.example,eve,CANARY\n"
    let reading = Samples.read(Array(text.utf8))
    #expect(reading.candidates.map(\.login) == ["ann", "bob", "eve"])
    #expect(reading.candidates.map(\.line) == [2, 3, 4])
  }

  @Test("the host of a URL of 16 kB in JSON is read", arguments: [64, 4096, 1 << 20])
  func longURL(chunkBytes: Int) {
    let url = "https://a.example/?x=" + String(repeating: "y", count: 16_000)
    let text = "[{\"url\":\"\(url)\",\"username\":\"ann\",\"password\":\"CANARY\"}]"
    let reading = Samples.read(Array(text.utf8), chunkBytes: chunkBytes)
    #expect(reading.candidates.map { $0.host.hasPrefix("https://a.example/?x=y") } == [true])
  }

  @Test(
    "what stands behind a document longer than the sample is read",
    arguments: [
      ("[", "{\"url\":\"https://a.example\",\"login\":\"ann\",\"pass\":\"CANARY\"},", "]"),
      ("", "{\"url\":\"https://a.example\",\"login\":\"ann\",\"pass\":\"CANARY\"}\n", ""),
      (
        "<?xml?><l>", "<i><url>https://a.example</url><user>ann</user><pass>CANARY</pass></i>",
        "</l>"
      ),
    ])
  func behindDocument(begin: String, record: String, end: String) {
    let document = begin + String(repeating: record, count: 2000) + end
    for rest in [
      "URL: b.example\nLogin: bob\nPassword: CANARY", "https://b.example:bob:CANARY",
      "url,login,password\nhttps://b.example,bob,CANARY",
      "<?xml?><l><url>b.example</url><user>bob</user><pass>CANARY</pass></l>",
      "[{\"url\":\"b.example\",\"login\":\"bob\",\"pass\":\"CANARY\"}]",
    ] {
      let reading = Samples.read(Array((document + "\n" + rest + "\n").utf8), chunkBytes: 4096)
      let last = reading.candidates.last
      #expect(last?.login == "bob")
      #expect(last?.record == 2001)
    }
  }
}

/// Reads text in memory, cut at chosen places, the way `ChunkReader` does.
enum Cuts {
  static func read(_ text: [UInt8], at cuts: [Int]) -> [Candidate] {
    var counts: [UInt32] = []
    return read(text, at: cuts, recordCounts: &counts)
  }

  /// Also adds how many records were read to `counts`; not each has a login.
  static func read(
    _ text: [UInt8], at cuts: [Int], recordCounts counts: inout [UInt32]
  ) -> [Candidate] {
    let best = Layouts.best(for: text.span, labels: Samples.labels)
    var layout = MixedText(first: best, labels: Samples.labels)
    defer { counts.append(layout.recordCount) }
    return read(text, at: cuts) { layout.read($0, isLast: $1, into: &$2) }
  }

  /// What is found in a text, as short as tables of cases want it: line, host, login, and whether no password is there.
  static func found(_ text: String) -> [String] {
    read(Array(text.utf8), at: []).map {
      "\($0.line): \($0.host) \($0.login)\($0.password ? "" : " without")"
    }
  }

  static func read(
    _ text: [UInt8], at cuts: [Int], by type: any Layout.Type
  ) -> [Candidate] {
    var layout = type.init(labels: Samples.labels)
    return read(text, at: cuts) { layout.read($0, isLast: $1, into: &$2) }
  }

  private static func read(
    _ text: [UInt8], at cuts: [Int],
    _ consume: (Span<UInt8>, _ isLast: Bool, inout CredentialRecorder) -> Int
  ) -> [Candidate] {
    var recorder = CredentialRecorder()
    var held: [UInt8] = []
    var from = 0
    for cut in cuts {
      held += text[from..<cut]
      from = cut
      held.removeFirst(consume(held.span, false, &recorder))
    }
    held += text[from...]
    let taken = consume(held.span, true, &recorder)
    precondition(taken == held.count, "with isLast all bytes are taken")
    return recorder.candidates
  }
}
