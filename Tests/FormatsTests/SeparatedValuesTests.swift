import Formats
import Testing

@Suite("separated values")
struct SeparatedValuesTests {
  private func records(_ text: String) -> Int {
    let bytes = Array(text.utf8)
    return SeparatedValues.records(
      in: bytes.span, LineSample(bytes.span, labels: Samples.labels), labels: Samples.labels)
  }

  @Test(
    "a file is claimed if its rows have the header's columns",
    arguments: [
      "url,username,password\n", "url,username,password\na.example,ann,CANARY\n",
      "Site,Identifiant,Mot de passe actuel\na.example,ann,CANARY\n",
      "Site;Identifiant;MDP actuel\na.example;ann;CANARY\n",
      "Site;Identifiant;Ancien mot de passe\na.example;ann;CANARY\n",
      "Website,Account,Current Password\na.example,ann,CANARY\n",
      "URL,Account name,Secret key\na.example,ann,CANARY\n",
      "# x\n\nsep=;\nurl;username;password\na.example;ann;CANARY\n",
    ])
  func claimed(text: String) {
    #expect(records(text) > 0)
  }

  @Test(
    "a banner that looks like a header claims nothing",
    arguments: [
      "URL | LOGIN | PASSWORD\nhttps://a.example/:ann:CANARY\nhttps://b.example/:bob:CANARY\n",
      "url,username\na.example,ann\n", "",
      // A quote parts nothing.
      "sep=\"\nurl\"username\"password\na.example\"ann\"CANARY\n",
      String(repeating: "\n", count: 20) + "url,username,password\n",
    ])
  func notClaimed(text: String) {
    #expect(records(text) == 0)
  }

  /// The likeliest reading of each record: `host login`, `without` where no password is there, `?` where it is doubtful.
  private func found(_ text: String) -> [String] {
    Cuts.read(Array(text.utf8), at: []).map {
      "\($0.host) \($0.login)\($0.password ? "" : " without")\($0.doubtful ? " ?" : "")"
    }
  }

  @Test(
    "a quote that is never closed is none of the login or URL, and takes no cell behind it",
    arguments: [
      (
        "url,login,password\nhttps://a.example/,\"ann@c.example,CANARY1\nhttps://b.example/,bob,CANARY2\n",
        ["https://a.example/ ann@c.example", "https://b.example/ bob"]
      ),
      (
        "url,login,password\nhttps://a.example/,\"ann@c.example,CANARY1\nhttps://b.example/,\"bob,CANARY2\nhttps://d.example/,eve,CANARY3\n",
        [
          "https://a.example/ ann@c.example", "https://b.example/ bob", "https://d.example/ eve",
        ]
      ),
      (
        "url,login,password\nhttps://a.example/,\"ann@c.example,CANARY1\n",
        ["https://a.example/ ann@c.example"]
      ),
      (
        "url,login,password\nhttps://a.example/,\"ann@c.example,CANARY1",
        ["https://a.example/ ann@c.example"]
      ),
      (
        "url,login,password\n\"https://a.example/,ann@c.example,CANARY1\nhttps://b.example/,bob,CANARY2\n",
        ["https://a.example/ ann@c.example", "https://b.example/ bob"]
      ),
    ])
  func unclosedQuotes(text: String, expected: [String]) {
    #expect(found(text) == expected)
  }

  @Test(
    "names of columns in words of their own are known",
    arguments: [
      "Titre,URL,Identifiant,Mot de passe actuel\nA,https://a.example/,ann@c.example,CANARY1\n",
      "Name,Url,Username,Current Password\nA,https://a.example/,ann@c.example,CANARY1\n",
      "Zzz,URL,Username,Secret key\nA,https://a.example/,ann@c.example,CANARY1\n",
      "id,url,username,department,password_value\n1,https://a.example/,ann@c.example,x,CANARY1\n",
    ])
  func knownPassword(text: String) {
    for text in [text, text.replacing(",", with: ";"), text.replacing(",", with: "\t")] {
      #expect(found(text) == ["https://a.example/ ann@c.example"], "\(text)")
    }
  }

  @Test(
    "beside a URL and a login, the only column of unknown name behind them is the passwords', perhaps",
    arguments: [
      "Nom,URL,Login,Code\nA,https://a.example/,ann@c.example,CANARY1\n",
      "url,email,klartext\nhttps://a.example/,ann@c.example,CANARY1\n",
      "Username,URL,Klartext\nann@c.example,https://a.example/,CANARY1\n",
      "title;user;klartext;url;note\nA;ann@c.example;CANARY1;https://a.example/;x\n",
    ])
  func unknownPassword(text: String) {
    for text in [text, text.replacing(",", with: ";"), text.replacing(",", with: "\t")] {
      #expect(found(text) == ["https://a.example/ ann@c.example ?"], "\(text)")
    }
  }

  @Test(
    "a table without passwords is no credentials, whatever its columns are called",
    arguments: [
      ("username,url,department", "ann@c.example,https://a.example/u,Sales"),
      ("user,host,os", "ann@c.example,a.example,Linux"),
      ("user,host,last_login", "ann@c.example,a.example,2024-01-01"),
      ("user,host,lastLogin", "ann@c.example,a.example,2024-01-01"),
      ("hostname,username,os,ip", "a.example,ann@c.example,Linux,192.0.2.1"),
      ("Host;User;OS;Version", "a.example;ann@c.example;Linux;6"),
      ("timestamp,user,url,status", "2024-01-01 10:00:00,ann@c.example,https://a.example/a,200"),
      ("date;utilisateur;action;site", "2024-01-01;ann@c.example;connexion;https://a.example/"),
      ("date;utilisateur;klartext;site", "2024-01-01;ann@c.example;x;https://a.example/"),
      ("id,username,email,role,website", "1,ann,ann@c.example,admin,https://a.example/"),
      (
        "order_id,username,email,status,ip,url",
        "1,ann,ann@c.example,paid,192.0.2.1,https://a.example/"
      ),
      ("Customer;E-mail;User;Site;Amount", "Ann;ann@c.example;ann;https://a.example/;12"),
      ("Software,User,License,Site", "x,ann@c.example,CANARY-1,https://a.example/"),
      ("App,User,Seats,Site", "x,ann@c.example,3,https://a.example/"),
      ("Code;URL;Login;Note", "7;https://a.example/;ann@c.example;A"),
      ("URL,User,Zzz,Yyy", "https://a.example/,ann@c.example,x,y"),
      ("Phone,User,Zzz,URL", "06,ann@c.example,x,https://a.example/"),
      ("email,password_hint,website", "ann@c.example,dog,https://a.example/"),
      ("email,passwordHint,website", "ann@c.example,dog,https://a.example/"),
      ("email,password_changed_at,url", "ann@c.example,2024-01-01,https://a.example/"),
      ("user,Password last set,url", "ann@c.example,2024-01-01,https://a.example/"),
      (
        "Name,E-mail 1 - Value,Phone 1 - Value,Website 1 - Value",
        "Ann,ann@c.example,+3361,https://a.example"
      ),
      (
        "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Website 1 - Label,Website 1 - Value",
        "Ann,Lee,Work,ann@c.example,Home,+3361,Blog,https://a.example"
      ),
      (
        "First Name,E-mail Address,E-mail 2 Address,Web Page,User 1",
        "Ann,ann@c.example,,https://a.example,x"
      ),
      (
        "First Name,E-mail Address,TTY/TDD Phone,Web Page",
        "Ann,ann@c.example,+3361,https://a.example"
      ),
    ])
  func noPasswords(header: String, row: String) {
    #expect(found("\(header)\n\(row)\n\(row)\n") == [])
  }

  @Test(
    "a header whose first name is a label is one, whatever stands behind it",
    arguments: [",", ";", "\t", "|"])
  func labelFirst(delimiter: String) {
    let text = "password,x,login,url\nCANARY1,yyy,ann@c.example,https://a.example/\n"
    #expect(
      found(text.replacing(",", with: delimiter)) == ["https://a.example/ ann@c.example"])
  }

  @Test(
    "what is known of a person is no credential",
    arguments: [
      "name,email,website\nAnn,ann@c.example,https://a.example/\n",
      "name,url,username\nAnn,https://a.example/,ann@c.example\n",
      "url,username,browser\nhttps://a.example/,ann@c.example,Chrome\n",
      "mailadresse;vorname;nachname\nann@c.example;Ann;Moreau\n",
      "Contact;Téléphone\nann@c.example;0611223344\n",
      "Nom;Prénom;Téléphone;Site;Note\nMoreau;Ann;ann@c.example;https://a.example/;x\n",
      "date;url;email;session\n2025-07-12;https://a.example/;ann@c.example;CANARY1\n",
    ])
  func persons(text: String) {
    #expect(found(text) == [])
  }

  @Test(
    "of two columns of URLs, that of a row is the one with a scheme, else the one that looks like a host",
    arguments: [
      (
        "Service,Lien,Login,MDP\nMessagerie,https://a.example/,ann@c.example,CANARY1\n",
        "https://a.example/"
      ),
      (
        "Site,URL,Login,MDP\nMon site,https://a.example/,ann@c.example,CANARY1\n",
        "https://a.example/"
      ),
      ("Site,URL,Login,MDP\nMon site,a.example,ann@c.example,CANARY1\n", "a.example"),
      (
        "hostname,url,username,password\nDESKTOP-1,https://a.example/login,ann@c.example,CANARY1\n",
        "https://a.example/login"
      ),
      (
        "Application,Server,URL,User,Password\nx,srv1,https://a.example,ann@c.example,CANARY1\n",
        "https://a.example"
      ),
      (
        "url,formActionOrigin,username,password\n,https://a.example,ann@c.example,CANARY1\n",
        "https://a.example"
      ),
      (
        "url,formActionOrigin,username,password\nhttps://a.example,https://b.example,ann@c.example,CANARY1\n",
        "https://a.example"
      ),
      ("server,username,password\nsrv1,ann@c.example,CANARY1\n", "srv1"),
      (
        "title,url,url2,username,password\nA,,https://a.example,ann@c.example,CANARY1\n",
        "https://a.example"
      ),
      (
        "title,url,url2,username,password\nA,https://a.example,https://b.example,ann@c.example,CANARY1\n",
        "https://a.example"
      ),
    ])
  func urlColumns(text: String, host: String) {
    #expect(found(text) == ["\(host) ann@c.example"])
  }

  @Test(
    "delimiters in a password or URL move no host that stands before them",
    arguments: [
      (
        "url,username,password\nhttps://a.example/,ann@c.example,CAN,ARY\n",
        "https://a.example/ ann@c.example"
      ),
      (
        "url,username,password\nhttps://a.example/,ann@c.example,CANARY,a note, and more\n",
        "https://a.example/ ann@c.example"
      ),
      (
        "url,username,password\nhttps://a.example/x?a=1,2,ann@c.example,CANARY\n",
        "https://a.example/x?a=1,2 ann@c.example"
      ),
      (
        "name,url,username,password,note\nA,https://a.example/x?a=1,2,3,ann@c.example,CANARY,b\n",
        "https://a.example/x?a=1,2,3 ann@c.example"
      ),
    ])
  func excess(text: String, expected: String) {
    let read = Cuts.read(Array(text.utf8), at: [])
    #expect(found(text) == [expected])
    #expect(read.map(\.password) == [true])
  }

  @Test("a cell of several URLs, one a line, is a record of each")
  func urlLines() {
    let text =
      "Title,Url,Username,Password\nA,\"https://a.example/\nhttps://b.example/b\r\nc.example\",ann@c.example,CANARY1\n"
    #expect(
      found(text)
        == ["https://a.example/", "https://b.example/b", "c.example"].map { "\($0) ann@c.example" })
  }

  @Test(
    "a URL alone behind a table is the host of the record below it, and no row",
    arguments: [
      (
        "url,login,password\nhttps://b.example/,bob,CANARY1\n\n"
          + "https://a.example/in\nann@c.example:CANARY2\nhttps://d.example/in\neve@c.example:CANARY3\n",
        [
          "https://b.example/ bob", "https://a.example/in ann@c.example",
          "https://d.example/in eve@c.example",
        ]
      ),
      (
        "login;password\nbob;CANARY1\nhttps://a.example/in\nann@c.example:CANARY2\n",
        [" bob", "https://a.example/in ann@c.example"]
      ),
      (
        "url,login,password\n\nhttps://a.example/in\nLogin: ann\nPassword: CANARY2\n",
        ["https://a.example/in ann"]
      ),
      (
        "url;login;password\nhttps://a.example/in\nhttps://b.example/;bob;CANARY1\n",
        ["https://b.example/ bob"]
      ),
    ])
  func headings(text: String, expected: [String]) {
    #expect(found(text) == expected)
  }

  @Test(
    "a line below a table with labels of its own is no row, however many cells it has",
    arguments: [
      ("url,login,password\n", "URL: https://a.example/, Login: ann, Password: CANARY\n"),
      ("url,login,password\n", "URL:https://a.example/,Login:ann,Password:CANARY\n"),
      ("url;login;password\n", "Login=ann;Password=CANARY;URL=https://a.example/\n"),
      ("url|login|password\n", "URL: https://a.example/ | Login: ann | Password: CANARY\n"),
      ("url\tlogin\tpassword\n", "URL: https://a.example/\tLogin: ann\tPassword: CANARY\n"),
      (
        "login,password\nbob,CANARY\n",
        "Soft: b, URL: https://a.example/, Login: ann, Password: CANARY\n"
      ),
      ("name,url,login,password\n", "https://a.example/\nLogin: ann, Password: CANARY\n"),
      ("url,login,password\n", "https://a.example/in:ann@c.example:CANARY,1,2\n"),
      ("login,password,url\n", "ann@c.example:CANARY,1,2\n"),
    ], ["", "\n", "[Edge]\n"])
  func labelledLines(table: (header: String, line: String), between: String) {
    let logins = found(table.header + between + table.line).map { $0.split(separator: " ").last }
    #expect(logins.count { $0?.hasPrefix("ann") == true } == 1)
    // Of a login alone, a word on a line is one.
    if !table.header.hasPrefix("login") { #expect(logins.count == 1) }
  }

  @Test(
    "a row may hold what looks like labels, an object or a password behind an address",
    arguments: [
      ("url,login,password\nmail:8080,ann,CANARY\n", "mail:8080 ann"),
      ("url,login,password\na.example,user:ann,CANARY\n", "a.example user:ann"),
      ("title,login,password\nInbox {a: \"1\"},ann,CANARY\n", " ann"),
      ("password,login,url\nab={\"x\":CANARY,ann,https://a.example/\n", "https://a.example/ ann"),
      (
        "notes,url,login,password\n\"c: {'a': 1,\n'b': 2}\",https://a.example/,ann,CANARY\n",
        "https://a.example/ ann"
      ),
      (
        "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\"\n"
          + "\"Email: work\",\"Login: x\",\"ann\",\"CANARY\",\"https://a.example/\"\n",
        "https://a.example/ ann"
      ),
      (
        "name,username,password,url\na,ann,CANARY,https://a.example/?m=bob@x.example&t=1:2\n",
        "https://a.example/?m=bob@x.example&t=1:2 ann"
      ),
      (
        "url,login,password\nhttps://bob:CANARY@a.example:8080/,ann,CANARY\n",
        "https://bob:CANARY@a.example:8080/ ann"
      ),
      (
        "url,login,password\nhttps://a.example/x@1.2:latest,ann,CANARY\n",
        "https://a.example/x@1.2:latest ann"
      ),
      (
        "url,login,password\nhttps://a.example/in:bob@x.example:1y,ann@c.example,CANARY\n",
        "https://a.example/in:bob@x.example:1y ann@c.example"
      ),
    ])
  func rowsLikeText(text: String, expected: String) {
    #expect(found(text) == [expected])
  }

  @Test("of two columns of logins, the first may hold an address and a number")
  func twoLogins() {
    let text =
      "url,username,email,password\nhttps://a.example/,bob@x.example:1,ann@c.example,CANARY\n"
    #expect(found(text).last == "https://a.example/ ann@c.example")
  }

  @Test(
    "a quote that nothing closes ends with its line where the next is a row by itself",
    arguments: ["\n", "\r\n", "\r"])
  func strayQuotes(lineEnd: String) {
    let text = """
      URL,Login,Password
      https://h0.example/,l0,"CANARY0
      https://h1.example/,l1,CANARY1
      https://h2.example/,l2,"CANARY2
      https://h3.example/,l3,x
      "https://h4.example/",l4,"CANARY4
      of two lines"
      https://h5.example/,l5,CANARY5
      https://h6.example/,"l6,CANARY6
      https://h7.example/,"l7","CANARY
      7",
      https://h8.example/,"l
      8","CANARY8
      https://h9.example/,l9,CANARY9

      """.replacing("\n", with: lineEnd)
    let read = Cuts.read(Array(text.utf8), at: [])
    let logins = ["l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l\(lineEnd)8", "l9"]
    #expect(read.map(\.login) == logins)
    #expect(read.map(\.line) == [2, 3, 4, 5, 6, 8, 9, 10, 12, 14])
    #expect(read.map(\.host) == (0..<10).map { "https://h\($0).example/" })
  }

  @Test("a cell in quotes may hold lines of a table, of other cells or without a scheme")
  func quotedRows() {
    let text =
      "url,username,password,note\nhttps://a.example/,ann,CANARY1,\"x\nhttps://b.example/,bob,CANARY\n"
      + "b.example,bob,CANARY,y\nhttps://c.example/,eve,CANARY,z\n\"\nhttps://d.example/,zoe,CANARY2,\n"
    #expect(found(text) == ["https://a.example/ ann", "https://d.example/ zoe"])
  }

  @Test("cells of a table in Markdown have its marks")
  func markdown() {
    let text = """
      | Site | Login | Password |
      |------|-------|----------|
      | https://a.example/ | `ann@c.example` | `CANARY1` |
      | [b.example](https://b.example/) | **bob@c.example** | CANARY2 |

      """
    #expect(
      found(text) == ["https://a.example/ ann@c.example", "https://b.example/ bob@c.example"])
  }
}
