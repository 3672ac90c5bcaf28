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
    "beside a URL and a user name, a column of unknown name is the passwords'",
    arguments: [
      "Titre,URL,Identifiant,Mot de passe actuel\nA,https://a.example/,ann@c.example,CANARY1\n",
      "Name,Url,Username,Current Password\nA,https://a.example/,ann@c.example,CANARY1\n",
      "Nom,URL,Login,Code\nA,https://a.example/,ann@c.example,CANARY1\n",
      "Zzz,URL,Username,Secret key\nA,https://a.example/,ann@c.example,CANARY1\n",
      "Code;URL;Login;Note\nCANARY1;https://a.example/;ann@c.example;A\n",
      "url,email,klartext\nhttps://a.example/,ann@c.example,CANARY1\n",
    ])
  func unknownPassword(text: String) {
    for text in [text, text.replacing(",", with: ";"), text.replacing(",", with: "\t")] {
      #expect(found(text) == ["https://a.example/ ann@c.example"], "\(text)")
    }
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
