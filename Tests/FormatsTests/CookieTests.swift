import Bytes
import Formats
import TestSupport
import Testing

@Suite("cookie files of seven fields")
struct NetscapeCookiesTests {
  static let line = "a.example\tFALSE\t/\tTRUE\t1755000000\tsid\tCANARY"
  static let cookie = ReadCookie(domain: "a.example", name: "sid", expiry: 1_755_000_000)

  @Test(
    "a line is a cookie if its seven fields are there",
    arguments: [
      (line, cookie),
      (line + "\tCANARY", cookie),
      ("\u{FEFF}" + line, cookie),
      ("#HttpOnly_" + line, cookie),
      ("#httponly_" + line, cookie),
      ("a.example FALSE / TRUE 1755000000 sid CANARY", cookie),
      ("a.example   FALSE /  TRUE\t1755000000 sid CANARY", cookie),
      ("a.example\tfalse\t/\tTrue\t1755000000\tsid\tCANARY", cookie),
      ("a.example\t0\t/x\t1\t1755000000\tsid\tCANARY", cookie),
      ("a.example\tFALSE\t/\tTRUE\t1755000000\tsid\t", cookie),
      ("a.example\tFALSE\t/\tTRUE\t1755000000\tsid", cookie),
      ("a.example\tFALSE\t/\tTRUE\t1755000000.5\tsid\tCANARY", cookie),
      ("a.example\tFALSE\t/\tTRUE\t2025-08-12T12:00:00Z\tsid\tCANARY", cookie),
      ("a.example\tFALSE\t/\tTRUE\t2025-08-12 12:00:00\tsid\tCANARY", cookie),
      ("a.example FALSE / TRUE 2025-08-12T12:00:00.000Z sid CANARY", cookie),
      ("a.example\tFALSE\t/a b\tTRUE\t1755000000\tsid\tCANARY CANARY", cookie),
      (
        ".a.example\tTRUE\t/\tFALSE\t0\t\tCANARY",
        ReadCookie(domain: ".a.example", name: "", expiry: nil)
      ),
    ] as [(String, ReadCookie?)]
      + [
        "# " + line, "#", "", "\t\t\t\t\t\t",
        "a.example FALSE / TRUE 1755000000 sid",
        "a.example\tFALSE\t/\tTRUE\tnever\tsid\tCANARY",
        "a.example\tmaybe\t/\tTRUE\t1755000000\tsid\tCANARY",
        "a.example\tFALSE\tx\tTRUE\t1755000000\tsid\tCANARY",
        "https://a.example/\tFALSE\t/\tTRUE\t1755000000\tsid\tCANARY",
        "a.example\tFALSE\t/\tTRUE\t1755000000",
        "https://a.example/\tann@b.example\tCANARY",
      ].map { ($0, nil) })
  func lines(line: String, cookie: ReadCookie?) {
    let text = Text(line.utf8)
    #expect(CookieRecorder.read(text, by: NetscapeCookies.self) == (cookie.map { [$0] } ?? []))
    #expect(NetscapeCookiesTwin.read(text) == (cookie.map { [$0] } ?? []))
  }

  @Test(
    "the unit of an expiry follows from its magnitude",
    arguments: [
      ("1755000000", 1_755_000_000), ("1755000000000", 1_755_000_000),
      ("1755000000000000", 1_755_000_000), ("13399473600000000", 1_755_000_000),
      ("0", nil), ("-1", nil), ("-1755000000", nil), ("2538097566", nil),
      ("999999999999999999999999", nil), ("9223372036854775807", nil), ("1", 1),
      ("4102444800", 4_102_444_800),
    ] as [(String, Int64?)])
  func expiry(text: String, seconds: Int64?) {
    let bytes = Text(text.utf8)
    #expect(CookieExpiry(ByteRange(0, bytes.count), in: bytes.span)?.seconds == seconds)
  }

  @Test(
    "what is no number is no expiry",
    arguments: ["", "-", "soon", "1e9", "1755000000x", "2025-08-12", ".5", "1..5"])
  func noExpiry(text: String) {
    let bytes = Text(text.utf8)
    #expect(CookieExpiry(ByteRange(0, bytes.count), in: bytes.span) == nil)
  }

  @Test(
    "a file has cookies if one of its lines is one, and others are noticed",
    arguments: [
      (line, true, false),
      ("# Netscape HTTP Cookie File\n\n" + line, true, false),
      ("advert @canal\n" + line + "\r\n" + line, true, true),
      (line + "\n" + line + "\na.example\tFALSE\t/\tTR", true, false),
      ("# Netscape HTTP Cookie File\n", false, false),
      (line + "\nURL: a.example\nUsername: ann\nPassword: CANARY\n", true, true),
      ("https://a.example/\tann\tCANARY\nb.example:bob:CANARY\n" + line, true, true),
      ("https://a.example/\tann\tCANARY\n", false, true),
      ("", false, false),
    ])
  func fits(text: String, isCookies: Bool, hasOthers: Bool) {
    let bytes = Text(text.utf8)
    #expect(NetscapeCookies.fits(bytes.span, labels: Samples.labels) == isCookies)
    var recorder = CookieRecorder()
    var reader = NetscapeCookies(labels: Samples.labels)
    _ = reader.read(bytes.span, isLast: true, into: &recorder)
    #expect(reader.hasOthers == hasOthers)
  }

  @Test("a place on a cookie's line is told from one on another")
  func holds() {
    let text = Text("ann:pw\r\n\(Self.line)\nbob:pw".utf8)
    for offset in text.indices {
      let isOfCookie = (8..<(8 + Self.line.utf8.count)).contains(offset)
      let isHeld = NetscapeCookies.holds(ByteRange(offset, offset), in: text.span)
      if text[offset] != 0x0A && text[offset] != 0x0D { #expect(isHeld == isOfCookie, "\(offset)") }
    }
  }

  @Test("the reader and its twin agree on generated files, however they are cut")
  func generated() {
    var random = SeededGenerator.forTests()
    let parts = [
      "a.example", ".b.example", "TRUE", "FALSE", "true", "/", "/x y", "0", "1", "1755000000", "-1",
      "13399473600000000", "2538097566", "sid", "CANARY", "\t", "\t", "\t", "\t", " ", "  ", "\n",
      "\r\n", "\r", "#HttpOnly_", "#", "\u{FEFF}", "\0", "é", "1.5", Self.line, Self.line + "\n",
      "\t\n",
    ]
    for _ in 0..<4000 {
      var text: Text = []
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        text += Text((parts.randomElement(using: &random) ?? "").utf8)
      }
      let twin = NetscapeCookiesTwin.read(text)
      for pieceBytes in [Int.max, Int.random(in: 1...90, using: &random)] {
        let read = CookieRecorder.read(text, by: NetscapeCookies.self, pieceBytes: pieceBytes)
        guard read != twin else { continue }
        Issue.record("\(text.string.debugDescription) in \(pieceBytes): \(read), twin \(twin)")
        return
      }
    }
  }
}

@Suite("cookies as JSON")
struct JSONCookiesTests {
  static let object =
    #"{"domain": ".a.example", "expirationDate": 1755000000.25, "hostOnly": false, "name": "sid", "value": "CANARY"}"#
  static let cookie = ReadCookie(domain: ".a.example", name: "sid", expiry: 1_755_000_000)

  @Test(
    "an object is a cookie if it has a domain, a name and what only cookies have",
    arguments: [
      (object, true),
      ("[\(object)]", true),
      (#"{"cookies": [\#(object)], "name": "Chrome"}"#, true),
      (#"{"a": {"b": {"c": \#(object)}}}"#, true),
      (#"{"name":"sid","host":".a.example","expires":"1755000000","path":"/"}"#, true),
      (#"{"NAME":"sid","Host":".a.example","Expiry":1755000000}"#, true),
      (#"{"host_key":".a.example","name":"sid","expires_utc":13399473600000000}"#, true),
      (
        #"{"name":"sid","partitionKey":{"name":"x","list":[1]},"domain":".a.example","expiry":1755000000}"#,
        true
      ),
      (#"{"value":"\"}{[","name":"sid","domain":".a.example","expiry":1755000000}"#, true),
      (#"{"value":"CANARY\\","name":"sid","domain":".a.example","expiry":1755000000}"#, true),
      (
        #"{"name":"sid","domain":".a.example","value":"CANARY","expires":"Tue, 12 Aug 2025 12:00:00 GMT"}"#,
        true
      ),
      (#"{"name":"sid","domain":".a.example","expirationDate":"2025-08-12T12:00:00.000Z"}"#, true),
      (
        #"{"Host raw":"https://.a.example/","Name raw":"sid","Path raw":"/","Content raw":"CANARY","Expires":"13-08-2025 12:00:00","Expires raw":"1755000000"}"#,
        true
      ),
      (#"{"name":"sid","domain":".a.example"}"#, false),
      (#"{"domain":".a.example","path":"/"}"#, false),
      (#"{"name":"sid","host":"a.example","path":"/","login":"ann","password":"CANARY"}"#, false),
      (#"{"name":"sid","domain":".a.example","path":"/""#, false),
      ("", false), ("{", false), ("\"", false), ("}}}}", false),
    ])
  func objects(text: String, isCookie: Bool) {
    for pieceBytes in [1, 3, 16, Int.max] {
      let read = CookieRecorder.read(
        Text(text.utf8), by: JSONCookies.self, pieceBytes: pieceBytes)
      #expect(read == (isCookie ? [Self.cookie] : []), "in pieces of \(pieceBytes)")
    }
  }

  @Test("domain, name and value alone are a cookie, whose end is not known")
  func withoutPathAndExpiry() {
    let text = Text(#"{"domain":".a.example","name":"sid","value":"CANARY"}"#.utf8)
    #expect(
      CookieRecorder.read(text, by: JSONCookies.self) == [
        ReadCookie(domain: ".a.example", name: "sid", expiry: nil)
      ])
  }

  @Test(
    "a file has cookies if one of its objects is one, and others are noticed",
    arguments: [
      ("[\(object)]", true, false),
      ("\u{FEFF} \n [\(object), \(object), {\"domain\": \"a.exam", true, true),
      ("[\(object)]\nhttps://a.example/:ann@mail.example:CANARY\n", true, true),
      (object + "\n\"ann\":\"CANARY\"\n", true, true),
      (object + "\n" + object + "\n", true, false),
      (#"{"cookies": [\#(object)]}"#, true, false),
      (#"[\#(object), {"url": "a.example", "login": "ann", "password": "CANARY"}]"#, true, true),
      (#"{"cookies": [\#(object)], "logins": [{"url": "a.example", "login": "ann"}]}"#, true, true),
      (#"[{"url": "a.example", "login": "ann", "password": "CANARY"}]"#, false, true),
      (
        #"{"path":"x","logins":[{"origin_url":"a.example","username_value":"ann"}],"cookies":[\#(object)]}"#,
        true, true
      ),
      (
        #"{"name":"x","domain":".a.example","list":[{"host":"a.example"},\#(object)]}"#, true, true
      ),
      (#"{"name":"s","host":"a.example","path":"/","username_value":"ann"}"#, false, true),
      (NetscapeCookiesTests.line, false, true),
      ("[]", false, false), ("", false, false),
    ])
  func fits(text: String, isCookies: Bool, hasOthers: Bool) {
    let bytes = Text(text.utf8)
    #expect(JSONCookies.fits(bytes.span, labels: Samples.labels) == isCookies)
    var recorder = CookieRecorder()
    var reader = JSONCookies(labels: Samples.labels)
    _ = reader.read(bytes.span, isLast: true, into: &recorder)
    #expect(reader.hasOthers == hasOthers)
  }

  @Test("an object that closed in an earlier piece closes once", arguments: 1...40)
  func closedInnerObject(pieceBytes: Int) {
    let text = Text(#"{"x":{"y":{"z":1}},"path":"/","name":"sid","domain":"a.example"}"#.utf8)
    let whole = CookieRecorder.read(text, by: JSONCookies.self)
    #expect(whole.count == 1)
    #expect(CookieRecorder.read(text, by: JSONCookies.self, pieceBytes: pieceBytes) == whole)
  }

  @Test("any text is read alike whole and in pieces, and no depth is too deep")
  func pieces() {
    var random = SeededGenerator.forTests()
    let parts = [
      "{", "}", "{", "}", "[", "]", ",", ":", "\"", "\\", "\"name\":", "\"domain\":",
      "\"path\":\"/\",",
      "\"expiry\":", "175", "-1.5", "true", " ", "\n", "\"sid\",", "\"a.example\",", Self.object,
      "\"password\":\"CANARY\",",
    ]
    for _ in 0..<4000 {
      var text: Text = []
      for _ in 0..<Int.random(in: 1...80, using: &random) {
        text += Text((parts.randomElement(using: &random) ?? "").utf8)
      }
      let whole = CookieRecorder.read(text, by: JSONCookies.self)
      let size = Int.random(in: 1...40, using: &random)
      let pieces = CookieRecorder.read(text, by: JSONCookies.self, pieceBytes: size)
      guard whole != pieces else { continue }
      Issue.record("\(text.string.debugDescription) in \(size): \(pieces), whole \(whole)")
      return
    }
    let deep = Text(String(repeating: "{\"a\":", count: 100_000).utf8)
    #expect(CookieRecorder.read(deep, by: JSONCookies.self, pieceBytes: 4096).isEmpty)
  }
}
