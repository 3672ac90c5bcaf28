import Bytes
import TestSupport
import Testing

@testable import Formats

/// The fast reader of plain labelled lines against the one of all.
@Suite struct PlainFieldTests {
  private static let labels = Samples.labels

  private static func plain(_ text: [UInt8]) -> PlainField? {
    var marks = LineMarks()
    marks.fill(from: 0, of: text.span)
    var ends = marks.fieldEnds(from: 0)
    return marks.withView { marks in
      PlainField(at: 0, in: text.span, marks, &ends, labels)
    }
  }

  /// What `TextLines` does with the line, one step after the other.
  private static func compare(_ plain: PlainField, _ text: [UInt8]) {
    let line = String(decoding: text, as: UTF8.self)
    var cutter = LineCutter(end: text.count, isLast: true)
    guard let range = cutter.next(in: text.span),
      let field = RecordField.first(in: range, of: text.span, labels)
    else {
      Issue.record("no field: \(line)")
      return
    }
    #expect(field.hasSign && field.hasColon && !field.isPair && !field.isQuoted, "\(line)")
    #expect(field.meaning == plain.meaning && field.start == 0, "\(line)")
    #expect(field.next(in: text.span, labels) == nil, "\(line)")
    #expect(field.plain(field.value, in: text.span) == plain.value, "\(line)")
    #expect(cutter.offset == plain.next, "\(line)")
    if field.meaning.isLogin {
      let inner = RecordField.first(in: plain.value, of: text.span, labels)
      #expect(inner.map { $0.hasColon && $0.meaning == .password } != true, "\(line)")
    }
  }

  @Test(
    "plain labelled lines are read as such, so that they cost little",
    arguments: [
      "URL: https://a.example:8443/login?x=1", "Username: ann@b.example", "Password: CANARY-1:x=2",
      "USER:ann", "PASS: CANARY", "Login: 0612345678", "host: a.example",
      "Application: Edge_Default", "Browser: Google Chrome [Default]",
      "Soft: Opera_[Opera GX]_Default",
    ])
  func plainFields(line: String) throws {
    for end in ["\n", "\r\n"] {
      let text = Array((line + end + "next line").utf8)
      let plain = try #require(Self.plain(text))
      #expect(plain.next == text.count - 9)
      Self.compare(plain, text)
    }
  }

  @Test(
    "what is more than a label and a word is left to the reader that knows it",
    arguments: [
      "URL:", "URL: ", "Soft: Google Chrome ", "Soft: Google [USER] ann", "Soft: Google - Chrome",
      "Soft: Edge  2", "Soft: Edge login=ann", "Soft: Edge, USER: ann", "URL: a b",
      "URL: a | USER: ann", "Username: \"ann\"",
      "Username: (ann)",
      "URL: <b>a.example</b>", "- URL: a.example", "Username: password:CANARY", "url=a.example",
      "URL:  a.example",
      "Unknown: a.example", "URL: => a.example", "Username: b'ann'", "URL: a.example\rUSER: ann",
    ])
  func others(line: String) {
    #expect(Self.plain(Array((line + "\nnext line").utf8)) == nil)
  }

  @Test("a line that ends anywhere is no plain one, nor looked at behind its end")
  func cutLines() {
    let text = Array("Username: ann@b.example\r\n".utf8)
    for end in 0..<text.count { #expect(Self.plain(Array(text[..<end])) == nil, "\(end)") }
    #expect(Self.plain(text) != nil)
  }

  @Test("on lines of all pieces, in any order, plain ones are what they are to the other reader")
  func randomLines() {
    let pieces = [
      "URL", "url", "Username", "USER", "Login", "Password", "pass", "Soft", "Hostname",
      "Application", "E-mail",
      "Логин", ":", ":", "=", " ", " ", "\t", "|", ",", ";", "->", "=>", "<", ">", "<br>", "(", ")",
      "[", "]", "\"",
      "'", "b'", "`", "*", "_", "-", "ann", "ann@b.example", "https://", "a.example", "/", "CANARY",
      "@shop", "é",
      "\u{A0}", "│", "：", "\0", "\r", "1", "{", "}",
    ].map { Array($0.utf8) }
    let shapes: [[String]] = [
      ["URL", ":", " ", "https://", "a.example", "/"], ["Username", ":", " ", "ann@b.example"],
      ["Soft", ":", " ", "Google", " ", "Chrome", " ", "[", "Default", "]"],
      ["Browser", ":", " ", "Opera", " ", "[", "USER", "]", " ", "ann"],
      ["Password", ":", " ", "CANARY"], ["USER", ":", "ann"], ["Hostname", ":", " ", "a.example"],
    ]
    var random = SeededGenerator(seed: 5)
    var plainLines = 0
    for _ in 0..<200_000 {
      var parts = random.pick(shapes).map { Array($0.utf8) }
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<parts.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: parts[place] = random.pick(pieces)
        case 1: parts.insert(random.pick(pieces), at: place)
        default: if parts.count > 1 { parts.remove(at: place) }
        }
      }
      let text = parts.flatMap { $0 } + Array("\nnext line".utf8)
      // A tag may part the line, which the caller of both sees to.
      if text.contains(0x3C) { continue }
      guard let plain = Self.plain(text) else { continue }
      plainLines += 1
      Self.compare(plain, text)
    }
    // Else the comparison would be of nothing.
    #expect(plainLines > 40_000)
  }
}
