import Bytes
import TestSupport
import Testing

@testable import Formats

/// The fast reader of plain lines against the one of all lines.
@Suite struct PlainLineTests {
  private static let labels = Samples.labels

  /// What `TextLines` does with the line, one step after the other.
  private static func slow(_ text: [UInt8]) -> (split: DelimitedLine, isLabelled: Bool, next: Int)?
  {
    var cutter = LineCutter(end: text.count, isLast: true)
    guard let line = cutter.next(in: text.span) else { return nil }
    let field = RecordField.first(in: line, of: text.span, labels)
    return (DelimitedLine(line, in: text.span, labels), field != nil, cutter.offset)
  }

  private static func plain(_ text: [UInt8]) -> PlainLine? {
    var marks = LineMarks()
    marks.fill(from: 0, of: text.span)
    var ends = marks.fieldEnds(from: 0)
    return marks.withView { marks in
      PlainLine.read(at: 0, in: text.span, marks, &ends, labels)
    }
  }

  @Test(
    "plain lines are read as such, so that they cost little",
    arguments: [
      "https://a.example/login:ann@b.example:CANARY-1",
      "http://a.example/:ann:CANARY-1",
      "https://a.example:8443/login:ann:CANARY-1",
      "https://a.example/login|ann@b.example|CANARY-1",
      "https://a.example/login;ann;CANARY-1",
      "https://a.example/login\tann\tCANARY-1",
      "https://a.example/p?next=https://b.example/x:ann@b.example:CANARY-1",
      "https://a.example:ann:CANARY-1",
      "https://a.example:ann@b.example:CANARY-1",
      "android://c2FtcGxl/aGFzaA==@example.app.one/:ann@b.example:CANARY-1",
      "https://a.example/login:ann@b.example:CANARY:1 |x",
      "https://a.example/login:0612345678:CANARY-1", "a.example/login:ann@b.example:CANARY-1",
      "www.a.example/x|ann:CANARY-1",
      "a.example:8443/x:ann:CANARY", "a.example:ann:CANARY",
      "https://a.example|ann@b.example|CANARY",
      "https://a.example/x:ann:CANARY:1", "https://a.example/login|paul|CANARY",
      "user.example/login:ann:CANARY-1", "https://a.example:443:ann:CANARY",
      "https://a.example:8443:ann@b.example:CANARY", "https://a.example:0612345678:CANARY",
      "https://a.example/x:0612345678:CANARY:1", "a.example/x:ann@b.example:CANARY:1",
      "a.example/x|ann@b.example|CANARY", "a.example\tann@b.example\tCANARY",
    ])
  func plainLines(line: String) throws {
    for end in ["\n", "\r\n"] {
      let text = Array((line + end + "next").utf8)
      let plain = try #require(Self.plain(text))
      #expect(plain.next == text.count - 4)
      Self.compare(plain, text)
    }
  }

  @Test(
    "a line with two readings, or none, is left to the reader that knows them",
    arguments: [
      "https://a.example/x:ann:CANARY:1:2", "https://a.example:443:0612:CANARY",
      "https://a.example:ann:CANARY/1", "https://bob:pw@a.example/:ann:CANARY",
      "https://a.example/:user:CANARY", "https://a.example/:UNKNOWN:CANARY",
      "https://a.example/:ann:UNKNOWN", "https://a.example/:ann:", "https://a.example/",
      "https://a.example/ ann CANARY", "https://a.example/:\"ann\":CANARY",
      "https://[2001:db8::1]/:ann:CANARY", "ftp://a.example/:ann:CANARY",
      "https://a.example/x:https://b.example/y:ann", "a.example:0612:CANARY",
      "user/login:ann:CANARY",
      "a.example/x:ann:CANARY.example", "a.example/x:ann.doe:12345", "a.example/x:ann:CANARY/1",
      "ann.doe:CANARY:https://a.example/", "ann/doe:CANARY:1",
      "https://a.example/:ann:CANARY\rb",
    ])
  func others(line: String) {
    #expect(Self.plain(Array((line + "\n").utf8)) == nil)
  }

  @Test("a line that ends anywhere is no plain one, nor looked at behind its end")
  func cutLines() {
    for line in [
      "https://a.example:8443/login:ann@b.example:CANARY-1\r\n",
      "android://c2FtcGxl==@example.app.one/:ann@b.example:CANARY:1\n",
      "www.a.example/x|ann:CANARY-1\n", "https://a.example/p?n=https://b.example/x:ann:CANARY:1\n",
    ] {
      let text = Array(line.utf8)
      for end in 0..<text.count { #expect(Self.plain(Array(text[..<end])) == nil, "\(end)") }
      #expect(Self.plain(text) != nil)
    }
  }

  private static func compare(_ plain: PlainLine, _ text: [UInt8]) {
    guard let slow = slow(text) else {
      Issue.record("no line")
      return
    }
    let line = String(decoding: text, as: UTF8.self)
    #expect(slow.split.count == (plain.isDoubtful ? 2 : 1), "\(line)")
    #expect(slow.split.isConvincing && !slow.isLabelled, "\(line)")
    let likely = slow.split.candidate(0)
    #expect(likely.login == plain.login && likely.host == plain.url, "\(line)")
    #expect(!likely.isHostDoubtful, "\(line)")
    let password = DelimitedLine.withoutSeparators(plain.password, in: text.span)
    #expect(!password.isEmpty && likely.password == password, "\(line)")
    #expect(slow.next == plain.next, "\(line)")
    if plain.isDoubtful {
      let other = slow.split.candidate(1)
      #expect(other.login == plain.otherLogin, "\(line)")
      #expect(
        other.password == DelimitedLine.withoutSeparators(plain.otherPassword, in: text.span),
        "\(line)")
      #expect(
        other.host.isEmpty && plain.otherURL.isEmpty || other.host == plain.otherURL, "\(line)")
    }
  }

  @Test("on lines of all pieces, in any order, plain lines are what they are to the other reader")
  func randomLines() {
    let pieces = [
      "https://", "http://", "android://", "//", "/", "?", "#", "@", ":", ":", ":", "|", ";", ",",
      "\t",
      " ", " - ", "->", "=", "\"", "\\", ".", "-", "a.example", "kairos.example", "example.app",
      "login",
      "user", "ann", "ann@b.example", "8443", "443", "65536", "0612345678", "dead", "beef::1", "[",
      "]",
      "CANARY", "CANARY-1", "UNKNOWN", "null", "https", "é", "\u{A0}", "\u{200B}", "\u{FEFF}",
      "\u{AD}", "\u{1}", "FR", "'", "localhost", "site.url", "username", "→", "\r", "\0",
      "redirect=",
      "x y",
      "aGFzaA==", "pass", "p", "12", "b.example", "#", "[", "0612",
    ].map { Array($0.utf8) }
    let shapes: [[String]] = [
      ["https://", "a.example", "/", "login", ":", "ann", ":", "CANARY"],
      ["https://", "a.example", ":", "ann@b.example", ":", "CANARY"],
      ["https://", "a.example", ":", "8443", "/", "p", ":", "ann@b.example", ":", "CANARY"],
      ["android://", "aGFzaA==", "@", "example.app", "/", ":", "ann", ":", "CANARY"],
      ["a.example", "/", "login", ":", "ann@b.example", ":", "CANARY"],
      ["a.example", ":", "8443", "/", "login", ":", "ann", ":", "CANARY"],
      ["a.example", ":", "ann@b.example", ":", "CANARY"],
      ["https://", "a.example", "|", "ann", "|", "CANARY"],
      ["https://", "a.example", "/", "p", ":", "ann", ":", "CANARY", ":", "p"],
      ["user", ".", "example", "/", "p", ":", "ann", ":", "CANARY"],
      ["http://", "a.example", "?", "p", "|", "ann@b.example", "|", "CANARY"],
      ["https://", "a.example", ":", "8443", ":", "ann@b.example", ":", "CANARY"],
      ["http://", "a.example", ":", "443", ":", "ann", ":", "CANARY"],
      ["https://", "a.example", ":", "0612345678", ":", "CANARY"],
      ["https://", "a.example", "/", "p", ":", "0612345678", ":", "CANARY", ":", "p"],
      ["a.example", "/", "p", ":", "ann@b.example", ":", "CANARY", ":", "p"],
      ["a.example", "/", "p", "|", "ann@b.example", "|", "CANARY"],
    ]
    var random = SeededGenerator(seed: 4)
    var plainLines = 0
    for _ in 0..<200_000 {
      var parts = shapes.randomElement(using: &random)!.map { Array($0.utf8) }
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<parts.count, using: &random)
        let piece = pieces.randomElement(using: &random)!
        switch Int.random(in: 0..<3, using: &random) {
        case 0: parts[place] = piece
        case 1: parts.insert(piece, at: place)
        default: if parts.count > 1 { parts.remove(at: place) }
        }
      }
      let text = parts.flatMap { $0 } + Array("\nnext".utf8)
      guard let plain = Self.plain(text) else { continue }
      plainLines += 1
      Self.compare(plain, text)
    }
    // Else the comparison would be of nothing.
    #expect(plainLines > 40_000)
  }
}
