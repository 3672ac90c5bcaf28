import Bytes
import TestSupport
import Testing

@testable import Formats

/// The reader of lines with its fast ways and without them.
@Suite struct PlainReadingTests {
  private static let lines = [
    "https://a.example/login:ann@b.example:CANARY-1", "https://a.example:8443/x:ann:CANARY:2",
    "a.example/login:ann:CANARY", "a.example|ann|CANARY", "site.url,username,password",
    "url,username,password", "https://a.example,ann,CANARY", "a.example,ann,CANARY",
    "values.example:ann:CANARY",
    "INSERT INTO logins (url, username, password) VALUES",
    "('https://a.example', 'ann', 'CANARY'),",
    "('https://a.example', 'ann', 'CANARY');", "URL: https://a.example/", "Username: ann@b.example",
    "Password: CANARY", "USER:ann", "Login:", "Soft: Google Chrome [Default]", "Application: Edge",
    "===============",
    "======", "", "", " ", "https://a.example/", "[Chrome]", "ann:CANARY", "Steam: 2.10", "x",
    "- URL: a.example",
    "URL: a.example<br>Login: ann<br>Password: CANARY<hr>", "<<br>//a.example<br>:a:", "{\"url\":",
    "name",
    "https://a.example/login ann CANARY", "http://a.example/?x=1:ann:CANARY-é", "login|password",
    "Host\ta.example",
    "android://aGFzaA==@example.app/:ann:CANARY", "host.example:8443/p:ann.doe:FR",
    "a.example:ann:'localhost",
    "Username: password: CANARY", "E-mail: ann@b.example", "URL 1: a.example", "=>", "==",
    "Password: ",
  ]

  private struct Reading: Equatable {
    var candidates: [Candidate]
    var passwords: [Int: String]
  }

  private static func read(_ text: [UInt8], isFast: Bool, cuts: [Int], takesBareLines: Bool)
    -> Reading
  {
    var lines = TextLines(labels: Samples.labels, takesBareLines: takesBareLines)
    lines.readsPlainLines = isFast
    var recorder = CredentialRecorder()
    var held: [UInt8] = []
    var start = 0
    for cut in cuts + [text.count] {
      held += text[start..<cut]
      start = cut
      held.removeFirst(lines.read(held.span, isLast: cut == text.count, into: &recorder))
    }
    return Reading(candidates: recorder.candidates, passwords: recorder.passwords)
  }

  @Test("texts of all kinds of lines are read alike, fast or not, whole or cut anywhere")
  func alike() {
    var random = SeededGenerator.forTests()
    var found = 0
    for round in 0..<4000 {
      let ends = random.once(in: 3) ? ["\r\n", "\n", "\r"] : [random.once(in: 2) ? "\n" : "\r\n"]
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 1...24, using: &random) {
        text += Array((random.pick(Self.lines) + random.pick(ends)).utf8)
      }
      if random.once(in: 4) { text.removeLast() }
      if text.isEmpty { continue }
      let takesBareLines = random.once(in: 2)
      let whole = Self.read(text, isFast: false, cuts: [], takesBareLines: takesBareLines)
      found += whole.candidates.count
      let cuts = (0..<3).map { _ in Int.random(in: 0..<text.count, using: &random) }.sorted()
      for isFast in [true, false] {
        for cuts in [[], cuts] {
          let read = Self.read(text, isFast: isFast, cuts: cuts, takesBareLines: takesBareLines)
          #expect(
            read == whole,
            "round \(round), fast \(isFast), cuts \(cuts): \(String(decoding: text, as: UTF8.self))"
          )
        }
      }
    }
    #expect(found > 10_000)
  }

  private static let documents = [
    "[{\"url\": \"https://a.example/\", \"username\": \"ann\", \"password\": \"CANARY\"}]",
    "<?xml version=\"1.0\"?><entry><url>a.example</url><username>ann</username><password>CANARY</password></entry>",
  ]

  @Test("what was found while a text was looked at is what reading it finds")
  func sampleReading() {
    var random = SeededGenerator.forTests()
    var found = (kept: 0, read: 0)
    for round in 0..<6000 {
      let pieces = random.once(in: 4) ? Self.lines + Self.documents : Self.lines
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 1...24, using: &random) {
        text += Array((random.pick(pieces) + "\n").utf8)
      }
      let choice = Layouts.reading(of: text.span, labels: Samples.labels)
      guard let reading = choice.reading else { continue }
      found.kept += 1
      found.read += reading.credentials.count
      struct Keeper: CredentialSink {
        var credentials: [Credential] = []
        mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
          credentials.append(credential)
        }
      }
      var keeper = Keeper()
      var whole = MixedText(first: choice.layout, labels: Samples.labels)
      _ = whole.read(text.span, isLast: true, into: &keeper)
      #expect(
        reading.credentials == keeper.credentials && reading.recordCount == whole.recordCount
          && reading.isCut == whole.isCut,
        "round \(round): \(String(decoding: text, as: UTF8.self))")
    }
    #expect(found.kept > 500 && found.read > 500)
  }
}
