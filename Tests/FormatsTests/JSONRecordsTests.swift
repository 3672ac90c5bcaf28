import Foundation
import Testing

@testable import Formats

@Suite("JSON records")
struct JSONRecordsTests {
  @Test(
    "strings whose name says nothing are read as lines",
    arguments: [
      (
        #"["https://a.example/:ann@c.example:CANARY1", "https://b.example/:zann@c.example:CANARY2"]"#,
        ["1: https://a.example/ ann@c.example", "1: https://b.example/ zann@c.example"]
      ),
      (
        #"{"messages": [{"id": 1, "text": "https://a.test/login:ann:CANARY"}]}"#,
        ["1: https://a.test/login ann"]
      ),
      (
        "{\"id\": 1,\n" + #""text":"URL: https://a.test/\nUsername: ann\r\nPassword: CANARY"}"#,
        ["2: https://a.test/ ann"]
      ),
      (
        #"{"text":"new\\nURL: x\nURL: https://a.test/\nUsername: ann\nPassword: CANARY\n\nURL: https://b.test/\nUsername: bob\nPassword: CANARY2"}"#,
        ["1: https://a.test/ ann", "1: https://b.test/ bob"]
      ),
      (
        #"{"text":"url,username,password\nhttps://a.test/,ann@c.example,CANARY"}"#,
        ["1: https://a.test/ ann@c.example"]
      ),
    ])
  func lines(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "the pieces of a message are read as one",
    arguments: [
      (
        #"{"messages":[{"type":"message","text":["URL: ",{"type":"link","text":"https://a.example/"},"\nLogin: ",{"type":"email","text":"ann@c.example"},"\nPassword: CANARY1"]}]}"#,
        ["1: https://a.example/ ann@c.example"]
      ),
      (
        #"{"text":[{"type":"link","text":"https://a.example/"},":",{"type":"email","text":"ann@c.example"},":CANARY1"]}"#,
        ["1: https://a.example/ ann@c.example"]
      ),
      // As the program writes it: twice, and each piece on lines of its own.
      (
        "{\"text\":[\n\"new\\n\",\n{\n\"text\":\"https://a.example/:\", \"type\":\"link\"},\n"
          + "{\"type\":\"bold\",\"text\":\"ann@c.example:CANARY1\"}],\n\"text_entities\":[\n"
          + "{\"type\":\"plain\",\"text\":\"https://a.example/:ann@c.example:CANARY1\"}]}",
        ["5: https://a.example/ ann@c.example"]
      ),
      (
        #"{"text":"https://a.example/:ann:CANARY1","text_entities":[{"type":"plain","text":"https://a.example/:ann:CANARY1"}]}"#,
        ["1: https://a.example/ ann"]
      ),
      (
        #"{"text_entities":[{"type":"plain","text":"https://a.example/:"},{"type":"plain","text":"ann:CANARY1"}]}"#,
        ["1: https://a.example/ ann"]
      ),
      // Strings side by side, and objects without a type, are lines.
      (
        #"{"text":["https://a.example/:ann:CANARY1","https://b.example/:bob:CANARY2",{"text":"https://c.example/:eve:CANARY3"}]}"#,
        ["1: https://a.example/ ann", "1: https://b.example/ bob", "1: https://c.example/ eve"]
      ),
      (
        #"{"type":"x"}{"text":[{"text":"https://a.example/:ann:CANARY1"},{"text":"https://b.example/:bob:CANARY2"}]}"#,
        ["1: https://a.example/ ann", "1: https://b.example/ bob"]
      ),
      (
        #"[{"text":["https://a.example/:",{"type":"email","text":"ann@c.example"},":CANARY1"]},{"text":["URL: ",{"type":"link","text":"https://b.example/"}]},{"text":["\nLogin: bob\nPassword: CANARY2"]}]"#,
        ["1: https://a.example/ ann@c.example", "1:  bob"]
      ),
    ])
  func pieces(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "objects are read behind what a program writes before each, and not where they are a password",
    arguments: [
      (
        #"""
        Saved logins
        2025-07-12 10:00:01 INFO can't wait {"url": "https://a.example/", "login": "ann", "password": "CANARY1"}
        2025-07-12 10:00:02 INFO {"url": "https://b.example/", "login": "bob", "password": "CANARY2"} saved
        https://c.example/:eve:CANARY3
        [INFO] {"url": "https://d.example/", "login": "dan", "password": "CANARY4"}
        """#,
        [
          "2: https://a.example/ ann", "3: https://b.example/ bob", "4: https://c.example/ eve",
          "5: https://d.example/ dan",
        ]
      ),
      (
        #"""
        data: {"url": "https://a.example/", "login": "ann", "password": "CANARY1"}

        data: [{"url": "https://b.example/", "login": "bob", "password": "CANARY2"}, {"url": "https://c.example/", "login": "eve", "password": "CANARY3"}]
        """#,
        ["1: https://a.example/ ann", "3: https://b.example/ bob", "3: https://c.example/ eve"]
      ),
      (
        #"""
        // saved logins
        saved.push({url: "https://a.example/", login: "ann", password: "CANARY1"});
        saved.push({ url: 'https://b.example/', login: 'bob', password: 'CANARY2' });
        saved.push({ url: 'https://c.example/', login: 'eve', password: 'CANA
        saved.push({ url: 'https://d.example/', /* login: 'dan', password: 'CANARY4
        Login: kim
        Password: CANARY5
        """#,
        [
          "2: https://a.example/ ann", "3: https://b.example/ bob",
          "4: https://c.example/ eve without", "5: https://d.example/ dan without", "6:  kim",
        ]
      ),
      (
        #"""
        https://a.example/ | ann@c.example | {"CANARY": "1"}
        ann@c.example: {"CANARY": "2"}
        https://b.example/:bob:CANARY3
        """#,
        ["1: https://a.example/ ann@c.example", "2:  ann@c.example", "3: https://b.example/ bob"]
      ),
      (
        #"""
        INFO:root:{u'url': u'https://a.example/', u'login': u'ann', u'password': u'CANARY1'}
        2025-07-12 10:00:01 {"url": "https:\/\/b.example\/", "login": "bob", "password": "CANARY2"}
        - {"url": "https://c.example/", "login": {"username": "eve", "password": "CANARY3"}}
        POST https://t.example/x {"url": "https://d.example/", "login": "dan", "password": "CANARY4"}
        """#,
        [
          "1: https://a.example/ ann", "2: https://b.example/ bob", "3: https://c.example/ eve",
          "4: https://d.example/ dan",
        ]
      ),
      // Behind a document on the same line, no further one is looked for.
      (
        #"""
        INFO {"url": "https://a.example/", "login": "ann", "password": "CANARY1"} and {"url": "https://b.example/", "login": "bob", "password": "CANARY2"}
        """#, ["1: https://a.example/ ann", "1: https://b.example/ bob"]
      ),
    ])
  func behindWords(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
    let bytes = Array(text.utf8)
    let whole = Cuts.read(bytes, at: [])
    for cut in 1..<bytes.count { #expect(Cuts.read(bytes, at: [cut]) == whole, "cut at \(cut)") }
  }

  @Test(
    "a document that is cut off costs the text behind it nothing",
    arguments: [
      "{\"event\": \"start\", \"host\": \"PC-1\n", "{\"a\": 1\n", "[{\"a\": {\"b\": true\n",
      "retry {\"a\": 1\n", "x = [{\"a\": \"b\n", "$(\".x\").css({color: \"red\"\n",
    ])
  func cutOff(head: String) {
    let host = "https://a.example/"
    let texts = [
      "Host: a.example\nLogin: ann\nPassword: CANARY1\n\n",
      "Login: ann\nPassword: CANARY1\nURL: a.example\n\n", "Логин: ann\nПароль: CANARY1\n\n",
      "\(host):ann:CANARY1\n",
    ]
    for text in texts {
      #expect(Cuts.found(head + text).count == 1, "\(text)")
      #expect(Cuts.found(head + text).first?.hasSuffix(" ann") == true, "\(text)")
    }
    // Words behind a string that never ends may be its next line.
    if head.contains("PC-1") { return }
    let rows = [
      "a.example/login | ann@c.example | CANARY1\nb.example | ann@c.example | CANARY2\n",
      "2025-07-12 INFO {\"url\": \"\(host)\", \"login\": \"ann\", \"pass\": \"CANA\n\(host):ann:CANARY\n",
      "INSERT INTO l (url, login, password) VALUES ('\(host)', 'ann', 'CANARY');\n\(host):ann:CANARY\n",
      "<table><tr><td>\(host)</td><td>ann</td><td>CANARY</td></tr></table>\n\(host):ann:CANARY\n",
    ]
    for text in rows {
      #expect(Set(Cuts.found(head + text).map { $0.prefix(2) }) == ["2:", "3:"], "\(text)")
    }
    let table = "name,url,username,password\na,\(host),ann,CANARY1\n"
    #expect(Cuts.found(head + table) == ["3: \(host) ann"])
  }

  @Test(
    "brackets in a password behind a document begin none",
    arguments: ["note {\"a\": 1}\n", "{\"a\": 1}\n", "]\n"],
    ["CANARY[", "CANARY{", "CANARY[[", "CANARY{}", "CANARY{\"", "CANARY['", "CANARY=[\""])
  func brackets(head: String, password: String) {
    let url = "https://a.example/login"
    #expect(
      Set(Cuts.found("\(head)\(url):ann:\(password)\n\(url):bob:CANARY\n")).isSuperset(of: [
        "2: \(url) ann", "3: \(url) bob",
      ]))
    #expect(
      Cuts.found("\(head)Host: a.example\nLogin: ann\nPassword: \(password)\n\n\(url):bob:CANARY\n")
        == ["3: a.example ann", "6: \(url) bob"])
  }

  @Test("a message of more pieces than are joined loses none of its lines")
  func manyPieces() {
    let line = #""\nhttps://a.example/:ann@c.example:","#
    let message = line + #"{"type":"bold","text":"CANARY1"},"#
    let text = #"{"text":["# + String(repeating: message, count: 5000) + #""end"]}"#
    // Each border of what is joined may part one.
    #expect(Cuts.found(text).count > 4900)
  }

  @Test(
    "strings that are no lines of records hold none",
    arguments: [
      #"{"text": "Write to ann@c.example: she knows", "at": "2025-07-08T12:00:00", "page": "https://a.example/x:1"}"#,
      #"["https://a.example/", "https://b.example:8443/x?y=ann@c.example"]"#,
    ])
  func noLines(text: String) {
    #expect(Cuts.found(text) == [])
  }

  @Test(
    "a user name beside a URL is no credential, unless a name in the object is one that credentials have",
    arguments: [
      (#"{"email":"ann@c.example","phone":"0600","url":"https://a.example/"}"#, []),
      (
        #"{"full_name":"Ann","email":"ann@c.example","phone":"0600","origin":"https://a.example/checkout"}"#,
        []
      ),
      (#"{"level":"info","user":"ann@c.example","host":"a.example","msg":"login ok"}"#, []),
      (#"{"user":"ann@c.example","url":"https://a.example/a","status":200}"#, []),
      (
        #"{"login":"ann","url":"https://api.example/users/ann","type":"User","email":"ann@c.example"}"#,
        []
      ),
      (#"[{"id":1,"author":{"login":"ann","url":"https://api.example/users/ann"}}]"#, []),
      (#"{"username":"ann","url":"https://a.example/u"}"#, []),
      (
        #"{"log":{"entries":[{"request":{"url":"https://a.example/","headers":[{"name":"user","value":"ann@c.example"}]}}]}}"#,
        []
      ),
      (
        #"{"accounts":[{"attrs":{"accountName":"Ann","email":"ann@c.example","domain":"https://my.a.example/"},"vaults":[{"items":[{"username":"ann","password":"CANARY1"}]}]}]}"#,
        ["1:  ann"]
      ),
      (#"{"url":["https://a.example/"],"username":["ann@c.example"]}"#, []),
      // The others are what is left of credentials.
      (
        #"{"url":"https://a.example/","username":"ann","password":null}"#,
        ["1: https://a.example/ ann without"]
      ),
      (
        #"{"url":"https://a.example/","username":"ann","pwd":""}"#,
        ["1: https://a.example/ ann without"]
      ),
      (
        #"{"url":"https://a.example/","username":"ann","password":"UNKNOWN"}"#,
        ["1: https://a.example/ ann without"]
      ),
      (
        #"{"url":"https://a.example/","username":"ann","password":{}}"#,
        ["1: https://a.example/ ann without"]
      ),
      (
        #"{"url":"https://a.example/","username":"ann","encrypted_password":"CANARY1"}"#,
        ["1: https://a.example/ ann without"]
      ),
      (
        #"{"origin_url":"https://a.example/","username_value":"ann"}"#,
        ["1: https://a.example/ ann without"]
      ),
      (
        #"{"hostname":"https://a.example","httpRealm":null,"username":"ann"}"#,
        ["1: https://a.example ann without"]
      ),
      (
        #"{"url":"https://a.example/","username":"ann","secret":{"password":"CANARY1"}}"#,
        ["1: https://a.example/ ann without"]
      ),
      (
        #"{"password":"CANARY1","account":{"url":"https://a.example/","username":"ann"}}"#,
        ["1: https://a.example/ ann without"]
      ),
      (#"[{"url":"https://a.example/","username":"ann","#, ["1: https://a.example/ ann without"]),
    ])
  func withoutPassword(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "what was typed into forms is no credential",
    arguments: [
      (
        #"{"autofill":[{"name":"email","value":"ann@c.example"},{"name":"password","value":"CANARY1"}]}"#,
        []
      ),
      (
        #"{"Autofills":{"Chrome":[{"value":"ann","name":"login"},{"value":"CANARY1","name":"password"}]}}"#,
        []
      ),
      (
        #"{"autofill":[{"name":"email","value":"ann@c.example"}],"passwords":[{"url":"https://a.example/","login":"bob","password":"CANARY1"}]}"#,
        ["1: https://a.example/ bob"]
      ),
      (
        #"{"fields":[{"name":"email","value":"ann@c.example"},{"name":"password","value":"CANARY1"}]}"#,
        ["1:  ann@c.example"]
      ),
    ])
  func forms(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "the URL of 1Password's overview is that of its details, in either order",
    arguments: [
      (
        #"{"items":[{"details":{"loginFields":[{"value":"ann@c.example","designation":"username"},{"value":"CANARY1","designation":"password"}]},"overview":{"url":"https://a.example/"}}]}"#,
        ["1: https://a.example/ ann@c.example"]
      ),
      (
        #"{"items":[{"overview":{"url":"https://a.example/"},"details":{"loginFields":[{"value":"ann@c.example","designation":"username"},{"value":"CANARY1","designation":"password"}]}}]}"#,
        ["1: https://a.example/ ann@c.example"]
      ),
      (
        #"{"items":[{"item":{"details":{"username":"ann","password":"CANARY1"},"overview":{"title":"A"}}},{"item":{"details":{"username":"bob","password":"CANARY2"},"overview":{"urls":[{"label":"website","url":"https://b.example/"}]}}}]}"#,
        ["1:  ann", "1: https://b.example/ bob"]
      ),
      (#"[{"details":{"username":"ann","password":"CANARY1"}}]"#, ["1:  ann"]),
      (#"{"details":{"username":"ann","password":"CANARY1""#, ["1:  ann"]),
    ])
  func parts(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "a name that ends as hosts do is the host of the lines in its list",
    arguments: [
      (#"{"a.test":["ann@c.example:CANARY1"]}"#, ["1: a.test ann@c.example"]),
      (
        "{\"https://a.example/x\":[\"ann@c.example:CANARY1\",\n\"https://b.example/:bob:CANARY2\"]}",
        ["1: https://a.example/x ann@c.example", "2: https://b.example/ bob"]
      ),
      (#"{"logins.json":["ann@c.example:CANARY1"]}"#, ["1:  ann@c.example"]),
      (
        #"{"a.test":["ann@c.example:CANARY1"],"b":["bob@c.example:CANARY2"]}"#,
        ["1: a.test ann@c.example", "1:  bob@c.example"]
      ),
    ])
  func linesAtHost(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "a name is doubtful as a host if it does not end as hosts do",
    arguments: [
      ("a.test", false), ("www.a.fr", false), ("203.0.113.7", false), ("localhost", false),
      ("logins.json", true), ("ann.moreau", true), ("passwords.txt", true), ("dump.db", true),
    ])
  func doubtfulHosts(name: String, isDoubtful: Bool) {
    let record = #"{"login":"ann@c.example","password":"CANARY"}"#
    for text in ["{\"\(name)\":\(record)}", "{\"x\":{\"\(name)\":{\"accounts\":[\(record)]}}}"] {
      var layout = JSONRecords(labels: Samples.labels)
      var recorder = CredentialRecorder()
      _ = layout.read(Array(text.utf8).span, isLast: true, into: &recorder)
      #expect(recorder.candidates.map(\.host) == [name])
      #expect(recorder.doubtfulHosts == (isDoubtful ? [name] : []))
    }
  }

  @Test(
    "a list of URL, login and password is a record",
    arguments: [
      (
        #"["https://a.example/x", "ann@c.example", "CANARY1"]"#,
        ["1: https://a.example/x ann@c.example"]
      ),
      (
        #"["https:\/\/a.example\/","ann","CANARY1"]"# + "\n"
          + #"["https://b.example/","bob","","Chrome"]"#,
        ["1: https://a.example/ ann", "2: https://b.example/ bob without"]
      ),
      (
        #"{"passwords":[["https://a.example/x","ann@c.example","CANARY1"]]}"#,
        ["1: https://a.example/x ann@c.example"]
      ),
      (#"{"x":["https://a.example/","https://b.example/","ann"]}"#, []),
      // What stands behind the login is the password, whatever it looks like.
      (
        #"{"x":["https://a.example/","ann","https://CANARY.example/x"]}"#,
        ["1: https://a.example/ ann"]
      ),
      (
        #"[["https://b.example/","bob","CANARY1"],["https://a.example/","ann@c.example","//CANARY.example"],["https:\/\/a.example\/","eve","android://x==@com.CANARY.app/"]]"#,
        [
          "1: https://b.example/ bob", "1: https://a.example/ ann@c.example",
          "1: https://a.example/ eve",
        ]
      ),
      (
        #"["ann@c.example","https://a.example/","https://CANARY.example/x"]"#,
        ["1: https://a.example/ ann@c.example"]
      ),
      (#"{"x":["https://a.example/","A title","What it says"]}"#, []),
      (#"{"x":["https://a.example/","ann"],"y":["https://a.example/","a","b","c","d"]}"#, []),
      (#"{"x":["https://a.example/","ann",7],"y":["https://a.example/",["ann"],"b","c"]}"#, []),
      (#"{"x":["a.example","ann","CANARY1"]}"#, []),
      (#"{"x":["ann@c.example","Ann","Moreau"],"y":["ann@c.example","bob@c.example"]}"#, []),
      (#"{"x":["ann@c.example","A title"],"y":["ann","CANARY1"],"z":["ann@c.example",1]}"#, []),
      (#"{"x":["ann@c.example","https://a.example/"],"y":["ann@c.example"]}"#, []),
    ])
  func rows(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "an address and a word are a login and its password, perhaps",
    arguments: [
      (#"["ann@c.example","CANARY1"]"#, [" ann@c.example?"]),
      (
        #"[["ann@c.example","CANARY1"],["bob@c.example","CANARY2"]]"#,
        [" ann@c.example?", " bob@c.example?"]
      ),
      (
        #"{"ann@c.example":"CANARY1","bob@c.example":"CANARY2"}"#,
        [" ann@c.example?", " bob@c.example?"]
      ),
      (#"{"https://a.test/in":{"ann@c.example":"CANARY1"}}"#, ["https://a.test/in ann@c.example?"]),
      (#"{"https://a.test/in":["ann@c.example","CANARY1"]}"#, ["https://a.test/in ann@c.example?"]),
      (#"{"a.test":["ann@c.example","CANARY1"]}"#, ["a.test ann@c.example?"]),
      (
        #"{"a.test":["ann@c.example:CANARY1","bob@c.example:CANARY2"]}"#,
        ["a.test ann@c.example", "a.test bob@c.example"]
      ),
      (
        #"{"ann@c.example":"","bob@c.example":"Bob Moreau","eve@c.example":"https://CANARY.test/"}"#,
        []
      ),
      (#"{"ann@c.example":7,"bob@c.example":null,"eve@c.example":"ann@c.example"}"#, []),
      // Of an object that has a password and no login, the name is the login.
      (
        #"{"ann@c.example":{"password":"CANARY1","url":"https://a.test/"},"bob@c.example":{"pass":"CANARY2"}}"#,
        ["https://a.test/ ann@c.example?", " bob@c.example?"]
      ),
      (
        #"{"ann@c.example":{"login":"ann","password":"CANARY1"},"bob@c.example":{"login":"","password":"CANARY2"}}"#,
        [" ann", " bob@c.example?"]
      ),
      (#"{"ann@c.example":{"url":"https://a.test/","name":"Ann","password_hint":"x"}}"#, []),
      // The URL may be the password.
      (
        #"["ann@c.example","https://CANARY.test/x","CANARY1"]"#,
        ["https://CANARY.test/x? ann@c.example"]
      ),
      (
        #"{"columns":["login","password","url"],"rows":[["ann@c.example","CANARY1","https://CANARY.test/x"]]}"#,
        ["https://CANARY.test/x? ann@c.example?"]
      ),
    ])
  func addresses(text: String, expected: [String]) {
    #expect(Samples.doubts(text, as: JSONRecords.self) == expected)
    #expect(Cuts.found(text).count == expected.count)
  }

  /// An export of 60 logins, on one line.
  private static let export =
    #"{"encrypted":false,"folders":[],"items":["#
    + (0..<60).map {
      #"{"name":"x","login":{"username":"ann\#($0)@c.example","password":"CANARY\#($0)","uris":[{"uri":"https://a.example"}]}}"#
    }.joined(separator: ",") + "]}"

  @Test(
    "a damaged byte costs a document its record at most, however it is written",
    arguments: [
      (#"{"encrypted"#, #";"encrypted"#, 60), (#"{"encrypted"#, ##"#"encrypted"##, 60),
      (#"{"encrypted"#, #" "encrypted"#, 60), (#"{"encrypted"#, "\0\"encrypted", 60),
      // A quote of a name.
      (#""folders"#, ##"#folders"##, 60), (#"folders":"#, ##"folders#:"##, 60),
      (#""folders"#, "/folders", 60), (#""items"#, ##"#items"##, 60),
      (#"items":"#, ##"items#:"##, 60), (#""username":"ann7@"#, ##"#username":"ann7@"##, 59),
      (#""username":"ann7@"#, ##""username#:"ann7@"##, 59),
      (#"password":"CANARY7""#, ##"password#:"CANARY7""##, 59),
      // A quote of a value, a line end within one.
      (#""ann7@"#, "#ann7@", 59), (#""CANARY7""#, ##""CANARY7#"##, 59),
      ("ann7@", "an\n7@", 59), ("CANARY7", "CAN\nARY7", 59),
      // A colon, a comma, a bracket.
      (#"folders":"#, #"folders";"#, 60), (#"[],"items"#, #"[];"items"#, 59),
      (#"items":["#, #"items":;"#, 60), (#"username":"ann7@"#, #"username";"ann7@"#, 59),
    ])
  func damaged(whole: String, damaged: String, count: Int) throws {
    let place = try #require(Self.export.firstRange(of: whole))
    let text = Self.export.replacingCharacters(in: place, with: damaged)
    // Without a blank, with blanks, and with a line for each member.
    for separator in ["", " ", "\n"] {
      let written = text.replacing(",", with: "," + separator).replacing("{", with: "{" + separator)
      let found = Set(
        Cuts.found(written).map { $0.drop { $0 != " " } }.filter {
          $0.hasPrefix(" https://a.example ann")
        })
      #expect(found.count >= count, "\(found.count)")
      let bytes = Array(written.utf8)
      for step in [1, 61, 1023] {
        let cuts = Array(stride(from: step, to: bytes.count, by: step))
        #expect(Cuts.read(bytes, at: cuts) == Cuts.read(bytes, at: []), "cut at each \(step)")
      }
    }
  }

  @Test(
    "whatever byte of a document is damaged, the records but for the next are found",
    arguments: ["", " "])
  func anyDamage(separator: String) throws {
    let bytes = Array(
      Self.export.replacing(",", with: "," + separator).replacing(":", with: ":" + separator).utf8)
    let records = bytes.indices.filter { bytes[$0...].starts(with: #"{"name"#.utf8) }
    let places =
      Array(0...(records[0] + 5)) + Array(records[3]..<records[4]) + bytes.indices.suffix(4)
    for place in places {
      for byte in "\"'\\#/{}[],:;a\n\0\u{1F}".utf8 {
        var damaged = bytes
        damaged[place] = byte
        let found = Set(Cuts.read(damaged, at: []).map(\.login)).filter { $0.hasPrefix("ann") }
        #expect(
          found.count >= 59,
          "\(found.count): byte \(place) is \(UnicodeScalar(byte).debugDescription)")
      }
    }
  }

  @Test(
    "in XML, too, a user name beside a URL is no credential",
    arguments: [
      ("<?xml?><user><login>ann</login><url>https://a.example</url></user>", []),
      ("<?xml?><a><author user='ann' url='https://a.example/'/></a>", []),
      (
        "<?xml?><a><login>ann</login><url>https://a.example</url><password/></a>",
        ["1: https://a.example ann without"]
      ),
      (
        "<?xml?><Server><Host>a.example</Host><User>ann</User><Logontype>2</Logontype></Server>",
        ["1: a.example ann without"]
      ),
    ])
  func withoutPasswordInXML(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }

  @Test(
    "a field may be an object, and a host the name of one",
    arguments: [
      (
        #"{"login":{"value":"ann@c.example"},"password":{"value":"CANARY1"},"url":{"value":"https://a.example/"}}"#,
        ["1: https://a.example/ ann@c.example"]
      ),
      (
        #"{"a.example": {"login": "ann@c.example", "password": "CANARY1"}}"#,
        ["1: a.example ann@c.example"]
      ),
      (
        #"{"a.example": [{"login": "ann", "password": "CANARY1"}, {"login": "bob", "password": "CANARY2"}]}"#,
        ["1: a.example ann", "1: a.example bob"]
      ),
      (
        #"{"config.json": {"url": "https://a.example/", "login": "ann", "password": "CANARY1"}}"#,
        ["1: https://a.example/ ann"]
      ),
      (
        #"[{"config.json": {"x": 1}, "login": "ann", "password": "CANARY1"}]"#, ["1:  ann"]
      ),
      (
        #"{"email": "ann@c.example", "password": "CANARY1", "domains": ["a.example"]}"#,
        ["1: a.example ann@c.example"]
      ),
    ])
  func fields(text: String, expected: [String]) {
    #expect(Cuts.found(text) == expected)
  }
}
