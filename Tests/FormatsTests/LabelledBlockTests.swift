import Bytes
import Formats
import Testing

/// Records of labelled blocks by every label of the rules, as stealers, resellers and bots set them.
@Suite("labelled blocks")
struct LabelledBlockTests {
  static let signs = [": ", ":", " : ", "=", " = ", "\t", "\t: ", "\u{A0}: ", " -> ", " => ", " "]
  static let bullets = ["", "  ", "\t- ", "* ", "• ", "[+] ", "> ", "1. ", "[12] ", "🔹 ", "├─ "]
  static let orders: [[LabelDictionary.Class]] = [
    [.url, .login, .password], [.url, .password, .login], [.login, .password, .url],
    [.login, .url, .password], [.password, .login, .url], [.password, .url, .login],
  ]

  /// Those of UTF-8: the others are the same labels in older code pages, which the text's reader does not tell apart.
  private static let labels = Samples.labels.entries.filter { $0.class.isOfRecord }
    .compactMap { entry in
      String(validating: entry.label, as: UTF8.self).map { (text: $0, meaning: entry.class) }
    }

  /// Why labels are not set so in a file, or nil if they are.
  private func exclusion(
    _ label: String, _ sign: String, _ order: [LabelDictionary.Class]
  ) -> String? {
    if sign == " " && order[0] != .url { return "without signs a record begins with its URL" }
    if sign.contains(/[=：]/) && label.unicodeScalars.contains(where: \.properties.isEmoji),
      !label.unicodeScalars.contains(where: \.properties.isAlphabetic)
    {
      return "a symbol stands before a colon or a blank"
    }
    if sign == "：" && label.utf8.allSatisfy({ $0 < 0x80 }) { return "ASCII labels have their own" }
    return nil
  }

  /// A file of one record for each label, with plain labels beside it, and the logins of its records.
  private func file(
    _ sign: String, _ bullet: String, _ order: [LabelDictionary.Class], between: String
  ) -> (text: String, logins: [String]) {
    var text = ""
    var logins: [String] = []
    for (number, label) in Self.labels.enumerated() {
      if exclusion(label.text, sign, order) != nil { continue }
      let login = number.isMultiple(of: 2) ? "ann\(number)" : "ann\(number)@mail.example"
      for meaning in order {
        let plain = meaning == .url ? "URL" : meaning == .login ? "Login" : "Password"
        let isOwn = label.meaning == meaning || label.meaning == .email && meaning == .login
        let value =
          meaning == .url
          ? "https://a\(number).example/" : meaning == .login ? login : "CANARY\(number)"
        text += bullet + (isOwn ? label.text : plain) + sign + value + "\n"
      }
      // The labels of no field: behind the record, as RedLine writes its `Application`.
      if ![.url, .login, .email, .password].contains(label.meaning) {
        text += bullet + label.text + sign + "Chrome\n"
      }
      text += between
      logins.append(login)
    }
    return (text, logins)
  }

  @Test(
    "every label, with every sign and bullet, names its field, whatever the order",
    arguments: signs, bullets)
  func labels(sign: String, bullet: String) {
    for order in Self.orders {
      let (text, logins) = file(sign, bullet, order, between: "===============\n")
      let found = Cuts.read(Array(text.utf8), at: [], by: LabelledBlocks.self)
      #expect(found.map(\.login) == logins, "\(order)")
      for candidate in found {
        let number = candidate.login.dropFirst(3).prefix { $0 != "@" }
        #expect(candidate.host == "https://a\(number).example/", "\(order)")
        #expect(candidate.password, "\(order)")
      }
    }
  }

  @Test(
    "marks that nobody sees, round a value or within a label, are no part of it",
    arguments: [
      "\u{200B}", "\u{AD}", "\u{200E}", "\u{202A}", "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}",
      "\u{61C}", "\u{2060}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{2069}", "\u{FEFF}",
      "\u{2067}\u{200B}",
    ])
  func invisible(mark: String) {
    for text in [
      "URL: \(mark)https://a.example/\(mark)\nUsername: \(mark)ann\(mark)\nPassword: CANARY\n",
      "U\(mark)RL: https://a.example/\nUser\(mark)name: ann\nPassword\(mark): CANARY\n",
      "\(mark)URL: https://a.example/\n\(mark)User name\(mark): ann\n\(mark)Password: CANARY\n",
    ] {
      let found = Cuts.read(Array(text.utf8), at: [], by: LabelledBlocks.self)
      #expect(found.map(\.login) == ["ann"], "\(text)")
      #expect(found.map(\.host) == ["https://a.example/"], "\(text)")
      #expect(found.map(\.password) == [true], "\(text)")
    }
  }

  @Test("a Chinese or Japanese label may have its own colon", arguments: bullets)
  func wideColon(bullet: String) {
    for order in Self.orders {
      let (text, logins) = file("：", bullet, order, between: "\n")
      #expect(
        Cuts.read(Array(text.utf8), at: [], by: LabelledBlocks.self).map(\.login) == logins)
    }
  }

  @Test("records with nothing between them are told apart by the label that comes again")
  func nothingBetween() {
    for order in Self.orders {
      let (text, logins) = file(": ", "", order, between: "")
      let found = Cuts.read(Array(text.utf8), at: [], by: LabelledBlocks.self)
      #expect(Set(found.map(\.login)) == Set(logins), "\(order)")
    }
  }

  private static func hosts(_ text: String) -> [String] {
    Cuts.read(Array(text.utf8), at: [], by: LabelledBlocks.self).map { "\($0.login) at \($0.host)" }
  }

  @Test(
    "behind a comma, a label whose value touches the same sign begins a field, and no other does",
    arguments: [
      ("URL:https://a.example/,Login:ann,Password:CANARY\n", ["ann at https://a.example/"]),
      (
        "login=ann,password=CANARY,url=https://a.example/x?a,b\n",
        ["ann at https://a.example/x?a,b"]
      ),
      ("\"url\":\"a.example\",\"login\":\"ann\",\"password\":\"CANARY\"\n", ["ann at a.example"]),
      ("URL:https://a.example/,Login:ann,Soft:b,Password:CANARY\n", ["ann at https://a.example/"]),
      (
        "Login: ann\nPassword: CANARY\nURL: https://a.example/r?a=1,site=https://b.example/\n\n"
          + "Login: bob\nPassword: CANARY\nURL: https://c.example/\n",
        ["ann at https://a.example/r?a=1,site=https://b.example/", "bob at https://c.example/"]
      ),
      (
        "URL: https://a.example/r?a,user:bob,pass:x | Login: ann | Password: CANARY\n",
        ["ann at https://a.example/r?a,user:bob,pass:x"]
      ),
      (
        "url=https://a.example/r?a,url=https://b.example/\nlogin=ann\npassword=CANARY\n",
        ["ann at https://a.example/r?a,url=https://b.example/"]
      ),
      (
        "URL:https://a.example/r?a,pwd=\nLogin:ann\nPassword:CANARY\n",
        ["ann at https://a.example/r?a,pwd="]
      ),
    ])
  func loneCommas(text: String, expected: [String]) {
    #expect(Self.hosts(text) == expected)
  }

  @Test("where the URL stands last and nothing between records, the file's beginning says so")
  func urlLast() {
    let records = ["ann", "bob", "eve"].map {
      "Login: \($0)\nPassword: CANARY\nURL: https://\($0).example/\n"
    }
    let read = Cuts.read(Array(records.joined().utf8), at: [], by: LabelledBlocks.self)
    #expect(read.map(\.host) == ["ann", "bob", "eve"].map { "https://\($0).example/" })
    #expect(read.allSatisfy { !$0.doubtful })
  }

  @Test(
    "contacts are no credentials",
    arguments: [
      "[user]\n\tname = Ann\n\temail = ann@mail.example\n[remote \"x\"]\n\turl = https://a.example/\n",
      "BEGIN:VCARD\nFN:Ann\nEMAIL:ann@mail.example\nURL:https://a.example/\nEND:VCARD\n",
      "Email: ann@mail.example\nWebsite: www.a.example\n",
      "Email: ann@mail.example\nWebsite: https://a.example\nPhone: +33 6 12\n",
      "Phone: +33 6 12\nEmail: ann@mail.example\nWebsite: https://a.example\n",
      "E-mail: ann@mail.example\nWebsite: https://a.example\nAccount: 123456789\n",
    ])
  func contacts(text: String) {
    #expect(Self.hosts(text).isEmpty)
  }

  @Test(
    "one record is one, whatever its fields are called",
    arguments: [
      "URL: https://a.example/\nUsername: bob\nEmail: ann@mail.example\nPhone: +33 6 12\nPassword: CANARY\n",
      "URL: https://a.example/\nEmail: ann@mail.example\nLogin name: \nLogin: bob\nPassword: CANARY\n",
    ])
  func oneRecord(text: String) {
    let read = Cuts.read(Array(text.utf8), at: [], by: LabelledBlocks.self)
    #expect(Set(read.map(\.login)) == ["bob", "ann@mail.example"])
    #expect(read.allSatisfy { $0.host == "https://a.example/" && $0.password && $0.record == 1 })
  }

  @Test(
    "logins under different labels are of one record, the last and one other",
    arguments: [
      ("URL: https://a.example/\nPhone: +33 6 12\nUsername: ann\nPassword: CANARY\n", "+33 6 12"),
      ("URL: https://a.example/\nUsername: +33 6 12\nPhone: ann\nPassword: CANARY\n", "+33 6 12"),
      ("Account: box\nURL: https://a.example/\nPort: 993\nUser: ann\nPassword: CANARY\n", "box"),
      ("URL: https://a.example/\nLogin name: work\nLogin: ann\nPassword: CANARY\n", "work"),
      (
        "Account: box\nEmail: b@mail.example\nIMAP Server: https://a.example/\nPort: 993\n"
          + "IMAP User: ann\nIMAP Password: CANARY\n", "b@mail.example"
      ),
    ])
  func furtherLogins(text: String, other: String) {
    let read = Cuts.read(Array(text.utf8), at: [], by: LabelledBlocks.self)
    #expect(read.map(\.login) == ["ann", other])
    #expect(read.allSatisfy { $0.host == "https://a.example/" && $0.password && $0.record == 1 })
  }

  @Test(
    "what programs put before lines is no part of a label",
    arguments: [
      "     1\t", " 12  ", "dir/Passwords.txt:12:", "Passwords.txt-13-", "a.log:",
      "2025-07-12T10:00:00.123Z ", "2025-07-12 10:00:00 ", "12.07.2025 10:00 ", "10:00 <bot> ",
      "[10:00:01] <bot> ", "[443][http-post-form] ",
    ])
  func prefixes(prefix: String) {
    let lines = ["URL: https://a.example/", "Username: ann", "Password: CANARY"]
    let text = lines.map { prefix + $0 + "\n" }.joined()
    let found = Samples.read(Array(text.utf8)).recorder.candidates
    #expect(found.map(\.login) == ["ann"])
    #expect(found.map(\.host) == ["https://a.example/"])
    #expect(found.map(\.line) == [2])
  }

  @Test(
    "a number and a login that is a label's name are no prefix and no label",
    arguments: [
      "12:login:CANARY", "12345:user: CANARY", "a.txt:login:CANARY", "12-user:CANARY",
      "12345\tlogin: CANARY",
    ])
  func noPrefix(line: String) {
    let logins = Samples.read(Array((line + "\n").utf8)).recorder.candidates.map(\.login)
    #expect(!logins.contains { $0.contains("CANARY") })
  }

  @Test("a machine's user above a record is none of it")
  func userOfMachine() {
    let mail = "User Name: bob<br>RAM: 1<br><hr>URL: https://a.example/<br>\n"
    #expect(
      Self.hosts(mail + "Username: ann<br>\nPassword: CANARY<br>\n")
        == ["ann at https://a.example/"])
    let lines = "User: bob\nURL: https://a.example/\nUsername: ann\nPassword: CANARY\n"
    #expect(Self.hosts(lines) == ["ann at https://a.example/"])
  }

  @Test("an empty URL behind one takes nothing away")
  func emptyURL() {
    let text = "Origin URL: https://a.example/\nAction URL: \nUsername: ann\nPassword: CANARY\n"
    #expect(Self.hosts(text) == ["ann at https://a.example/"])
    let mail = "IMAP Server: a.example\nSMTP Server: b.example\nIMAP User: ann\nPassword: CANARY\n"
    #expect(Self.hosts(mail) == ["ann at a.example"])
    let heading = "https://a.example/\nURL:\nhttps://b.example/\nUser: ann\nPassword: CANARY\n"
    #expect(Self.hosts(heading) == ["ann at https://b.example/"])
  }

  @Test(
    "a value that is all of its record is read as a line, and so is a record below a label that is a title",
    arguments: [
      (
        "[HIT] https://a.example/:ann:CANARY\n[HIT] https://b.example/in:bob:CANARY\n",
        ["ann at https://a.example/", "bob at https://b.example/in"]
      ),
      (
        "URL: https://a.example/:ann:CANARY\nURL: https://b.example/|bob@mail.example|CANARY\n",
        ["ann at https://a.example/", "bob@mail.example at https://b.example/"]
      ),
      (
        "Account: https://a.example/ ann@mail.example CANARY\n",
        ["ann@mail.example at https://a.example/"]
      ),
      ("Hit:\nhttps://a.example/:ann:CANARY\n", ["ann at https://a.example/"]),
      (
        "Credentials:\nann@mail.example:CANARY\nbob@mail.example:CANARY\n",
        ["ann@mail.example at ", "bob@mail.example at "]
      ),
      (
        "Password:\nhttps://a.example/:ann:CANARY\nPassword:\n\nhttps://b.example/:bob:CANARY\n",
        ["ann at https://a.example/", "bob at https://b.example/"]
      ),
      (
        "URL: https://a.example/\nLogin: ann\nPassword:\nhttps://b.example/:bob:CANARY\n",
        ["ann at https://a.example/", "bob at https://b.example/"]
      ),
      // Of checkers; a port, a path and prose are none.
      (
        "Good - ann@mail.example:CANARY\nLIVE => bob@mail.example:CANARY\n",
        ["ann@mail.example at ", "bob@mail.example at "]
      ),
      (
        "ssh - ann@mail.example:22\nmirror => git@mail.example:a/b.git\nhi - ann@mail.example: hello\n",
        []
      ),
      // A page, with or without a query, and a URL that has a port or a login of its own.
      ("URL: https://a.example/?q=x:ann@mail.example:y\nTitle: x\n", []),
      ("URL: https://a.example:8443/in\nTitle: x\n", []),
      ("URL: https://a.example/l/19:bob@mail.example:work/0\n", []),
      (
        "URL: https://a.example/app;jsessionid=x;y=1\nURL: https://a.example/#/user:bob@mail.example:x\n",
        []
      ),
      ("URL: https://a.example/:ann:CANARY\nTitle: x\n", []),
      ("Password: https://CANARY.example/x:bob@mail.example:y\n", []),
      (
        "URL:\nhttps://a.example/x:y:z\nLogin: ann\nPassword: CANARY\n",
        ["ann at https://a.example/x:y:z"]
      ),
      ("Password: https://a.example/\n", []),
    ])
  func loneValue(text: String, expected: [String]) {
    #expect(Self.hosts(text) == expected)
  }

  @Test("login and password may stand behind the login's label, and below a URL alone")
  func inOne() {
    let account = "Account: ann@mail.example:CANARY\n"
    #expect(Self.hosts(account) == ["ann@mail.example at "])
    let below = "https://a.example/in\nann@mail.example:CANARY\n\nbob@mail.example:CANARY\n"
    #expect(
      Self.hosts(below) == ["ann@mail.example at https://a.example/in", "bob@mail.example at "])
  }
}
