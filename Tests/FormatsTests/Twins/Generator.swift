import Formats
import TestSupport

/// Makes log files of random records, awkward on purpose. Everything in them is invented.
struct Generator {
  var random: SeededGenerator

  private static let labels = Dictionary(grouping: Samples.labels.entries, by: \.class)

  static let logins = [
    "ann", "jo moreau", "ann@mail.example", "ann.b+tag@mail.example", "zoé@crèche.example",
    "0044871",
    "99912345600017", "+33612345678", "06 12 34 56 78", "CORP\\ann", "leroy-93", "ann.b", "12345",
  ]
  static let passwords = [
    "CANARY", "CANARY:a", "CANARY|b", "CANARY c", "bob@CANARY.example", "https://CANARY.example/",
    "CANARY;;x", "8443CANARY", "pass: CANARY", "CANARY,d\t", "=====CANARY", "URL: CANARY",
  ]
  static let urls = [
    "https://a.example/", "https://a.example/login", "http://192.0.2.4:8080/x?y=z", "b.example",
    "b.example:8443", "www.b.example/a/b?c=d", "https//c.example/in", "//d.example/", "localhost",
    "https://[2001:db8::5]:8443/", "[2001:db8::7]/x", "android://aGFz/aA==@com.example.app/",
    "https://u:p@e.example/", "https://e.example/?next=https://f.example/", "ftp://g.example",
    "https://h.example/oauth2/v2.0:443", "https://crèche.example/", "chrome-extension://abcdef/x",
    "https://i.example:443", "HTTPS://J.EXAMPLE./",
  ]

  // MARK: Labelled blocks

  mutating func labelledBlocks(records: Int) -> Text {
    var text: Text = []
    if random.once(in: 4) { text += banner() }
    for _ in 0..<records {
      if random.once(in: 30) { text += Array("\u{FEFF}".utf8) }
      text += random.once(in: 8) ? oneLineRecord() : block()
      text += between()
    }
    if random.once(in: 3), !text.isEmpty { text.removeLast() }
    return text
  }

  private mutating func lineEnd() -> Text {
    Array(random.pick(["\n", "\n", "\r\n", "\r\n", "\r"]).utf8)
  }

  private mutating func label(_ meaning: LabelDictionary.Class) -> Text {
    var label = random.pick(Self.labels[meaning]!).label
    if random.once(in: 4) { label = label.lowercased }
    let bullets = ["", "", "", "- ", "\t", "• ", "  ", "* ", "\""]
    let bullet = random.pick(bullets)
    if bullet == "\"" { label += Array("\"".utf8) }
    let colon = (label.first ?? 0) >= 0xE0 ? ["：", ":"] : [":", ":", ":", " :", "=", " = "]
    return Array(bullet.utf8) + label + Array(random.pick(colon).utf8)
  }

  private mutating func value(_ meaning: LabelDictionary.Class) -> Text {
    if random.once(in: 8) {
      return Array(random.pick(["", " ", "UNKNOWN", "NOT_SAVED", "-"]).utf8)
    }
    let values =
      switch meaning {
      case .url: Self.urls + ["https://a.example/?url:b", "a | b", "a | user b"]
      case .login: Self.logins + ["user: ann", "\"ann\",", "ann | x"]
      case .password: Self.passwords + ["x | USER: CANARY", "\"CANARY\","]
      default: ["Chrome Default (1.0)", "Google_[Chrome]_Default", "t.me/x | URL: y"]
      }
    let pad = random.pick([" ", " ", "", "\t", "  ", "\u{0}"])
    return Array((pad + random.pick(values) + random.pick(["", "", "   ", "\u{0}"])).utf8)
  }

  private mutating func block() -> Text {
    var order: [LabelDictionary.Class] = [.url, .login, .password]
    if random.once(in: 3) { order.shuffle(using: &random) }
    if random.once(in: 2) { order.insert(.software, at: random.once(in: 2) ? 0 : order.count) }
    if random.once(in: 6) { order.remove(at: Int.random(in: 0..<order.count, using: &random)) }
    if random.once(in: 20) { order.append(.seller) }
    var text: Text = []
    for meaning in order {
      let value = value(meaning)
      text += label(meaning)
      if random.once(in: 10) { text += lineEnd() }
      text += value + lineEnd()
      if random.once(in: 30) { text += lineEnd() }
    }
    return text
  }

  private mutating func oneLineRecord() -> Text {
    let signs = [" | ", "|", "; ", ", ", ",", ",", "\t"]
    var text: Text = []
    for field in [LabelDictionary.Class.url, .login, .password] {
      if !text.isEmpty { text += Array(random.pick(signs).utf8) }
      text += label(field) + value(field)
    }
    return text + lineEnd()
  }

  private mutating func between() -> Text {
    let lines = [
      "", "", "===============", "==========Some Grabber==========", "-----", "----", "=CANARY=",
      "t.me/x: join", "just text", "___________",
    ]
    var text: Text = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let line = random.once(in: 6) ? delimitedLine().text : random.pick(lines)
      text += Array(line.utf8) + lineEnd()
    }
    return text
  }

  private mutating func banner() -> Text {
    Array("*****************\n*  Telegram: https://t.example/x  *\n*****************\n\n".utf8)
  }

  // MARK: Separated values

  static let headers = [
    "name,url,username,password,note", "url;username;password", "url\tlogin\tpassword",
    "\"url\",\"username\",\"password\",\"httpRealm\"", "Title,URL,Username,Password,Notes,OTPAuth",
    "folder,favorite,type,name,login_uri,login_username,login_password,login_totp",
    "\u{FEFF}NAME,URL,USERNAME,PASSWORD", "login,password",
    "\"Account\",\"Login Name\",\"Password\",\"Web Site\",\"Comments\"",
    "username,username2,username3,title,password,note,url,category,otpSecret",
    "type,name,url,email,username,password,note,totp", "URL | Login | Password",
    "account,password", " \"url\", \"E-mail\" ,\"Password\"", "url,username,klartext",
    "username;url;klartext", "username,url,department", "date,user,url,status", "url,email,hint",
    "title;user;klartext;url;note", "klartext,url,user", "phone,url,klartext",
    "title,url,url2,username,password",
    "Name,E-mail 1 - Value,Phone 1 - Value,Website 1 - Value",
  ]
  static let linesBeforeHeader = [
    "", "# made on 2025-07-08", "t.me/x join, buy", "sep=;", "\"sep=\t\"", "\u{FEFF}", "a,b,c",
  ]

  static let linesBetweenRows = [
    "<tr><td>https://h.example/</td><td>ann@mail.example</td><td>CANARY</td></tr>", "<table>",
    "<tr><th>URL</th><th>Login</th><th>Password</th></tr>", "  <td>b.example,ann,CANARY</td>",
    "<b>a,b,c", "-- MySQL dump", "https://h.example/in\nann@mail.example:CANARY",
    "https://h.example/in", "https://h.example/in\nLogin: ann",
    "INSERT INTO `l` (`url`,`login`,`password`) VALUES ('https://h.example/','ann','CANARY');",
    "insert into l values (1,'https://h.example/','ann','CANARY');",
    "URL: https://h.example/, Login: ann, Password: CANARY", "Login: ann; Password: CANARY",
    "url=https://h.example/,login=ann,password=CANARY", "Soft: b | Login: ann\tPassword: CANARY",
    "https://h.example/in:ann@mail.example:CANARY,1,2", "ann@mail.example:CANARY,1;2",
  ]

  mutating func separatedValues(records: Int) -> Text {
    var text = ""
    if random.once(in: 4) {
      for _ in 0..<Int.random(in: 1...24, using: &random) {
        text += random.pick(Self.linesBeforeHeader) + random.pick(["\n", "\r\n", "\r"])
      }
    }
    var (delimiter, columns) = header(into: &text)
    let hasOthers = random.once(in: 6)
    for _ in 0..<records {
      // Files are joined, and the header comes again, or another.
      if random.once(in: 20) { (delimiter, columns) = header(into: &text) }
      if hasOthers, random.once(in: 8) {
        text += random.pick(Self.linesBetweenRows) + random.pick(["\n", "\r\n", "\r"])
      }
      let count = random.once(in: 10) ? Int.random(in: 0...80, using: &random) : columns
      text += (0..<count).map { _ in cell(delimiter) }.joined(separator: delimiter)
      text += random.pick(["\n", "\r\n", "\r\n", "\r"])
    }
    if random.once(in: 3) { text.unicodeScalars.removeLast() }
    return Array(text.utf8)
  }

  /// Appends a header; its delimiter and how many columns it has.
  private mutating func header(into text: inout String) -> (delimiter: String, columns: Int) {
    let header = random.pick(Self.headers)
    let delimiter = [";", "\t", "|"].first { header.contains($0) } ?? ","
    text += header + random.pick(["\n", "\r\n", "\r"])
    return (delimiter, header.split(separator: delimiter).count)
  }

  private mutating func cell(_ delimiter: String) -> String {
    let plain = random.pick(
      Self.logins + [
        "", "", " ", "CANARY", "UNKNOWN", "https://a.example/", "x\"y", "\u{0}",
        "https://a.example/,https://b.example", "a.example/x,y, http//c.example",
      ])
    if random.once(in: 60) { return "\"" + plain }
    if random.once(in: 90) {
      return "\"" + plain.replacing("\"", with: "") + "\nhttps://a.example/" + delimiter
        + "https://a.example/" + delimiter + "https://a.example/"
    }
    if random.once(in: 30) { return "  \"" + plain + "\"\t" }
    if random.once(in: 60) { return "\"" + plain + "\"" + "behind" }
    if !random.once(in: 3) { return plain }
    let inner = ["", "\n", "  ", "\r\n", "\r", "\"\"", delimiter, " ", "\"\"\"\""]
    return "\"" + plain.replacing("\"", with: "\"\"") + random.pick(inner) + random.pick(inner)
      + "\""
  }

  // MARK: HTML and SQL

  /// Tables of HTML and statements of SQL, with labels and lines between.
  mutating func markedRows(tables: Int) -> Text {
    var text = ""
    for _ in 0..<tables {
      text += random.once(in: 2) ? htmlTable() : statement()
      // A line of signs on either side: whether fields that touch a table go with its rows, formats.md leaves open.
      if random.once(in: 4) { text += "\n=====\nLogin: bob<br>Password: CANARY\n=====\n" }
      if random.once(in: 4) {
        text += "\n=====\n" + random.pick(["(1, 'ann', 'CANARY')", "values", "ann"]) + "\n=====\n"
      }
      text += random.pick(["\n", "\r\n", "\n\n"])
    }
    return Array(text.utf8)
  }

  private static let columnNames = [
    "url", "username", "password", "email", "Site", "Login", "Pass", "id", "note",
  ]

  private mutating func rowValue() -> String {
    random.pick(
      Self.logins.filter { !$0.contains("'") } + Self.urls + ["CANARY", "", "UNKNOWN", "CANARY x"])
  }

  private mutating func htmlTable() -> String {
    let gap = random.pick(["", "\n", " "])
    var text = random.pick(["<table>", "<table border=\"1\">", ""]) + gap
    let columns = Int.random(in: 1...6, using: &random)
    let isClosed = random.once(in: 2)
    if random.once(in: 2) {
      let name = random.pick(["th", "td", "TH"])
      let inner = random.once(in: 3) ? "\n" : ""
      text += "<tr>" + inner
      for _ in 0..<columns {
        text += "<\(name)>" + random.pick(Self.columnNames) + (isClosed ? "</\(name)>" : "") + inner
      }
      text += (isClosed ? "</tr>" : "") + gap
    }
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      text += random.pick(["<tr>", "<tr bgcolor=#FFFFFF>", "<TR>"])
      let isPair = random.once(in: 6)
      let inner = random.once(in: 3) ? "\n" : ""
      text += inner
      for index in 0..<(isPair ? 2 : columns) {
        var value = isPair && index == 0 ? random.pick(Self.columnNames) : rowValue()
        // Text on a line of its own, of which nobody can say that it is a record.
        if inner == "\n", random.once(in: 2) {
          value =
            "\n" + random.pick(["https://a.example/", "ann", "ann@mail.example", "CANARY", ""])
            + random.pick(["\n", ""])
        }
        text += random.pick(["<td>", "<td nowrap>", "<td><b>"]) + value
        if isClosed { text += "</td>" }
        text += inner
      }
      text += (isClosed ? "</tr>" : "") + gap
    }
    return text + random.pick(["</table>", ""])
  }

  private mutating func statement() -> String {
    if random.once(in: 4) { return statementWithoutNames() }
    let columns = Int.random(in: 1...5, using: &random)
    let (open, close) = random.pick([("`", "`"), ("\"", "\""), ("", ""), ("[", "]")])
    let names = (0..<columns).map { _ in open + random.pick(Self.columnNames) + close }
    var text = random.pick([
      "INSERT INTO logins", "insert into `a`", "REPLACE INTO x", "INSERT [a]",
    ])
    if !random.once(in: 3) {
      text +=
        random.pick([" (", "(", "\n("]) + names.joined(separator: random.pick([",", ", "])) + ")"
    }
    text += random.pick([" VALUES ", " values", " VALUES\n", "\nVALUES "])
    let rows = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      "(" + (0..<columns).map { _ in sqlValue() }.joined(separator: random.pick([",", ", "])) + ")"
    }
    let next =
      "; INSERT INTO logins (url, login, password) VALUES ('https://a.example/', 'ann', 'CANARY')"
    return text + rows.joined(separator: random.pick([",", ", ", ",\n"]))
      + random.pick([";", "", next])
  }

  /// A row as it may stand in a dump of Chromium's logins, or in one of a table of few columns.
  private mutating func statementWithoutNames() -> String {
    let url = "'https://a.example/'"
    let last = ["'2024-01-01'", "'1234'", "12", "NULL", "'CANARY'", url, "'ann@mail.example'"]
    var cells = [url, sqlValue(), random.pick(last), random.pick(last)]
    if random.once(in: 2) { cells.insert("1", at: 0) }
    if random.once(in: 2) {
      let field = ["''", "'user'", "'x y'", url]
      cells = [url, random.pick(["''", url, "'x'"]), random.pick(field), sqlValue()]
      cells += [random.pick(field), sqlValue(), random.pick(field), random.pick([url, "''"]), "0"]
    }
    return "INSERT INTO logins VALUES(" + cells.joined(separator: ",") + ");"
  }

  private mutating func sqlValue() -> String {
    if random.once(in: 6) { return random.pick(["NULL", "1", "CANARY"]) }
    let value = rowValue().replacing("\\", with: "\\\\")
    return random.pick(["'", "'", "N'"]) + value + random.pick(["", "", "''x", "\\'), (", "\nx"])
      + "'"
  }

  // MARK: JSON

  static let names = [
    "url", "username", "password", "email", "login", "uris", "uri", "hostname", "x", "items",
    "Пароль",
    "name", "type", "value", "label", "0", "1", "https://k.example/", "encrypted", "itemEmail",
    "note",
    "formSubmitURL", "Логин", "text", "text", "text_entities",
    "signon_realm", "encryptedPassword", "autofill", "details", "h.example", "x.json",
  ]

  /// Documents of random trees, and of records as exports write them.
  mutating func json(records: Int) -> Text {
    var text = random.once(in: 6) ? "\u{FEFF}" : ""
    let isLines = random.once(in: 3)
    if !isLines { text += "[" }
    for index in 0..<records {
      text += random.once(in: 3) ? jsonValue(depth: 0) : jsonRecord()
      let isEnd = index == records - 1
      if isLines { text += random.pick(["\n", "\r\n", "\n\n", "\r", " "]) }
      if !isLines && !(isEnd && random.once(in: 2)) { text += "," + jsonBlank() }
    }
    if !isLines { text += random.pick(["]", "]\n", ""]) }
    if random.once(in: 6) {
      text = String(text.unicodeScalars.prefix(text.unicodeScalars.count / 2))
    }
    // Half a comment's beginning is a fault, which the twin does not read.
    while text.hasSuffix("/") { text.removeLast() }
    return Array(text.utf8)
  }

  private mutating func jsonBlank() -> String {
    random.pick(["", "", " ", "\n", "\r\n  ", "\r", " // x \"\n", " /* { ' */ ", "\t", " # {\n"])
  }

  private mutating func jsonRecord() -> String {
    var names = ["url", "username", "password", "email", "note", "uris", "login"].shuffled(
      using: &random)
    names.removeLast(Int.random(in: 0...4, using: &random))
    let members = names.map { name in
      let value = name == "uris" ? jsonValue(depth: 3) : jsonScalar()
      return jsonString(name) + ":" + value
    }
    return "{" + members.joined(separator: "," + jsonBlank()) + "}"
  }

  private mutating func jsonValue(depth: Int) -> String {
    if depth > 0 && (depth > 4 || random.once(in: 2)) { return jsonScalar() }
    let isObject = depth == 0 ? !random.once(in: 6) : random.once(in: 2)
    var parts: [String] = []
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let value = jsonValue(depth: depth + 1)
      let name = random.pick(Self.names)
      parts.append(isObject ? jsonBlank() + jsonString(name) + jsonBlank() + ":" + value : value)
    }
    let end = random.once(in: 8) ? "," : ""
    let inner = parts.joined(separator: "," + jsonBlank()) + end + jsonBlank()
    return isObject ? "{" + inner + "}" : "[" + inner + "]"
  }

  private mutating func jsonScalar() -> String {
    let texts =
      Self.logins + Self.urls + [
        "CANARY", "", "UNKNOWN", "username", "password", "email", "url", "{x", "]", "a // b",
        "URL: ", "Login: ", ":", ":CANARY", "https://a.example/:ann:CANARY",
      ]
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return random.pick(["null", "None", "true", "False", "12345", "-1.5"])
    default: return jsonString(random.pick(texts))
    }
  }

  private mutating func jsonString(_ text: String) -> String {
    let quote = random.once(in: 5) ? "'" : "\""
    var written = ""
    for unit in text.unicodeScalars {
      let code = String(unit.value, radix: 16)
      if unit == "\\" || unit == "\"" || unit == "'" {
        written += "\\" + String(unit)
      } else if unit == "/" && random.once(in: 6) {
        written += "\\/"
      } else if text != "UNKNOWN" && unit.value < 0x10000
        && (unit.value < 0x20 || random.once(in: 20))
      {
        written += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      } else {
        written.unicodeScalars.append(unit)
      }
    }
    return random.pick(["", "", "", "", "u"]) + quote + written + quote
  }

  // MARK: XML

  mutating func xml(records: Int) -> Text {
    var text = random.pick(["", "\u{FEFF}", "<?xml version=\"1.0\"?>\r\n", "<!-- <user> -->\n"])
    if random.once(in: 6) { text += "<!DOCTYPE x [\n<!ENTITY e \"CANARY\">\n]>" }
    text += "<root a=\"<b>\">" + xmlBlank()
    for _ in 0..<records { text += xmlElement(depth: 0) + xmlBlank() }
    text += "</root>\n"
    if random.once(in: 6) {
      text = String(text.unicodeScalars.prefix(text.unicodeScalars.count / 2))
    }
    return Array(text.utf8)
  }

  private mutating func xmlBlank() -> String {
    random.pick(["", "", "\n  ", "\r\n\t", "\r", "<!-- <url>x</url> -->", "<?x y?>", "\n"])
  }

  private mutating func xmlElement(depth: Int) -> String {
    let names = [
      "Entry", "String", "Server", "Host", "User", "Pass", "url", "login", "email", "password", "x",
      "History", "ns:username", "name",
    ]
    if random.once(in: 4) {
      let key = random.pick(["UserName", "Password", "URL", "Notes", "E-mail"])
      return "<String><Key>\(key)</Key>" + xmlBlank() + "<Value p='>'>" + xmlText()
        + "</Value></String>"
    }
    let isLeaf = depth > 3 || (depth > 0 && !random.once(in: 3))
    let name =
      isLeaf ? random.pick(names) : random.pick(["Entry", "Server", "x", "url", "History"])
    if isLeaf && random.once(in: 8) { return "<\(name)/>" }
    if isLeaf { return "<\(name) a=\"b\">" + xmlText() + "</\(name)\n>" }
    var inner = random.once(in: 6) ? "ann" : xmlBlank()
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      inner += xmlElement(depth: depth + 1) + xmlBlank()
    }
    return "<\(name)>" + inner + "</\(name)>"
  }

  private mutating func xmlText() -> String {
    var text = random.pick(
      Self.logins + Self.urls + ["CANARY", "UNKNOWN", "", "<b>&co;", "\n ann\n"])
    if random.once(in: 6) && text != "UNKNOWN" { return "<![CDATA[" + text + "]]>" }
    text = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    if random.once(in: 3) { text = text.replacing("@", with: "&#64;") }
    if random.once(in: 3) { text = text.replacing("/", with: "&#x2f;") }
    return text + random.pick(["", "", "", "<!-- x -->"])
  }

  // MARK: Delimited lines

  /// A line and what is true of it.
  struct Line {
    var text: String
    var url: String
    var login: String
    var isURLFirst = false
    /// Whether a URL without a scheme stands in a line with another, which is a password: then the one
    /// with the scheme is taken for the URL.
    var isDoubtful = false
  }

  mutating func delimitedLine() -> Line {
    let url = random.pick(Self.urls)
    let login = random.pick(Self.logins)
    let password = random.pick(Self.passwords)
    var separator = random.pick([":", ":", ":", "|", ";", ",", "\t", " ", " | ", ";;", " : "])
    // A separator that stands in the login is none.
    if login.contains(" ") && separator == " " { separator = "|" }
    let isDoubtful = password.contains("//") && !url.contains("//")
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return Line(text: login + separator + password, url: "", login: login)
    case 1:
      // Behind login and password a host without a dot may be a password's, too.
      return Line(
        text: login + separator + password + separator + url, url: url, login: login,
        isDoubtful: url.hasPrefix("chrome-extension:"))
    case 2:
      let mixed = random.pick([":", "|", ";"])
      return Line(
        text: url + separator + login + mixed + password, url: url, login: login,
        isURLFirst: true, isDoubtful: isDoubtful)
    default:
      return Line(
        text: url + separator + login + separator + password, url: url, login: login,
        isURLFirst: true, isDoubtful: isDoubtful)
    }
  }

  /// A line of the pieces of which such lines are made, in no order.
  mutating func soup() -> String {
    let pieces =
      Self.urls + Self.logins + Self.passwords + [
        ":", ":", ":", ":", "|", ";", ",", "\t", " ", "/", "//", "@", "?", "://", "[", "]", "\\",
        "443",
        "UNKNOWN", "é", "\u{0}", "\"",
      ]
    return (0..<Int.random(in: 1...8, using: &random)).map { _ in random.pick(pieces) }.joined()
  }
}
