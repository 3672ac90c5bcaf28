import Clock
import Foundation
import Testing

@testable import Watchlists

@Suite("Account lists")
struct AccountListTests {
  private static func accounts(
    _ bytes: [UInt8], acceptsGeneric: Bool = false
  ) throws -> [AccountList.Account] {
    try AccountList(
      bytes, path: "accounts.csv", partner: TestKey.partner, acceptsGeneric: acceptsGeneric
    ).accounts
  }

  private static func accounts(
    _ text: String, acceptsGeneric: Bool = false
  ) throws -> [AccountList.Account] {
    try accounts(Array(text.utf8), acceptsGeneric: acceptsGeneric)
  }

  private static func refusals(_ bytes: [UInt8], acceptsGeneric: Bool = false) -> [Refusal] {
    do throws(Refusals) {
      _ = try AccountList(
        bytes, path: "accounts.csv", partner: TestKey.partner, acceptsGeneric: acceptsGeneric)
      return []
    } catch {
      return error.all
    }
  }

  private static func sample(_ name: String) throws -> [UInt8] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../samples/partner/\(name)").standardized
    return [UInt8](try Data(contentsOf: url))
  }

  // MARK: What is read

  @Test(
    "aliases are parted by bars, commas and semicolons, and nothing between two of them is none",
    arguments: [
      ("x@a.example|y@a.example", ["x@a.example", "y@a.example"]),
      ("\"x@a.example, ;| y@a.example;\"", ["x@a.example", "y@a.example"]),
      (" | ", []), ("|", []), ("\u{A0}|\u{3000}x@a.example", ["x@a.example"]),
    ])
  func aliases(cell: String, aliases: [String]) throws {
    let accounts = try Self.accounts("login,aliases\nann@a.example,\(cell)\n")
    #expect(accounts.map { $0.aliases.map { String(decoding: $0, as: UTF8.self) } } == [aliases])
  }

  @Test("every column arrives where it belongs, in any order and case")
  func columns() throws {
    let account = try #require(
      try Self.accounts(
        """
        \u{FEFF} ALIASES ;Service_Host;password_changed_at;Privileged;PARTNER;ref;\u{A0}Login
        "B@a.example|a@a.example, c@a.example;B@A.EXAMPLE|Ann@a.example";\
        Kairos.EXAMPLE.;15/01/2025 08:30;OUI;org-b;KAI-1; Ann@A.example

        """
      ).first)
    #expect(account.login == Array("ann@a.example".utf8))
    #expect(
      account.aliases.map { String(decoding: $0, as: UTF8.self) } == [
        "a@a.example", "b@a.example", "c@a.example",
      ])
    #expect(account.serviceHost == Array("kairos.example".utf8))
    #expect(account.passwordChanged == TestList.time("2025-01-15T08:30:00Z"))
    #expect(account.isPrivileged)
    #expect(account.partner == "org-b")
    #expect(account.reference == "KAI-1")
    #expect(account.line == 2)
  }

  @Test("a login alone is enough, and the partner is that of the key")
  func loginAlone() throws {
    let account = try #require(try Self.accounts("login\nann@a.example").first)
    #expect(account.partner == TestKey.partner)
    #expect(account.reference == "")
    #expect(account.serviceHost == [])
    #expect(account.aliases == [])
    #expect(account.passwordChanged == nil)
    #expect(!account.isPrivileged)
  }

  @Test("the file that a French Excel writes says the same")
  func frenchExcel() throws {
    let plain = try Self.accounts(Self.sample("accounts.csv"))
    let excel = try Self.accounts(Self.sample("accounts-excel.csv"))
    #expect(!plain.isEmpty)
    #expect(plain.map(\.login) == excel.map(\.login))
    #expect(plain.map(\.aliases) == excel.map(\.aliases))
    #expect(plain.map(\.reference) == excel.map(\.reference))
    #expect(plain.map(\.partner) == excel.map(\.partner))
    #expect(plain.map(\.serviceHost) == excel.map(\.serviceHost))
    #expect(plain.map(\.isPrivileged) == excel.map(\.isPrivileged))
    #expect(plain.map(\.passwordChanged) == excel.map(\.passwordChanged))
    #expect(plain.map(\.line) == excel.map(\.line))
  }

  @Test("what is not UTF-8 is Windows-1252, the whole file")
  func windows1252() throws {
    let bytes = Array("login,ref\nandr".utf8) + [0xE9] + Array("@a.example,".utf8) + [0x80, 0x81]
    let accounts = try? Self.accounts(bytes)
    // 0x81 is undefined and becomes a control character, which no ref may hold.
    #expect(accounts == nil)
    let good = try #require(try Self.accounts(Array(bytes.dropLast())).first)
    #expect(good.login == Array("andré@a.example".utf8))
    #expect(good.reference == "€")
  }

  @Test(
    "the delimiter is what stands most often in the header line; a tie goes to the comma",
    arguments: [
      ("login,ref\na@a.example,1", "1"), ("login;ref\na@a.example;1,5", "1,5"),
      ("login\tref\na@a.example\t1;5", "1;5"), ("login;ref\na@a.example;1", "1"),
      ("\n \t \nlogin\tref\na@a.example\t1", "1"), (";;;\nlogin;ref\na@a.example;1", "1"),
    ]
  )
  func delimiter(text: String, reference: String) throws {
    #expect(try Self.accounts(text).map(\.reference) == [reference])
  }

  @Test("LF, CRLF and CR end lines, and lines are counted through quotes")
  func lines() throws {
    let text = "\r\nlogin,ref\r\"a@a.example\",\"1\"\n\n , \nb@a.example,2\r\n,\r\nc@a.example,3"
    #expect(try Self.accounts(text).map(\.line) == [3, 6, 8])
    let quoted = "login,aliases\na@a.example,\"x@a.example\r\n|\ry@a.example\n\"\nb@a.example,"
    // White space around an alias goes, line ends included.
    let accounts = try Self.accounts(quoted)
    #expect(accounts.map(\.line) == [2, 6])
    #expect(accounts[0].aliases == ["x@a.example", "y@a.example"].map { Array($0.utf8) })
  }

  @Test(
    "text behind a closing quote belongs to the cell, and a doubled quote is one",
    arguments: [
      (#""KAI"-1"#, "KAI-1"), (#""K""1""""#, #"K"1""#), (#""a,b""#, "a,b"), (#"a"b"c"#, #"a"b"c"#),
      (#""K""1"x"y"#, #"K"1x"y"#), (#""" KAI "#, "KAI"), (#" "a" "#, #""a""#),
    ]
  )
  func quotes(cell: String, reference: String) throws {
    #expect(try Self.accounts("login,ref\nann@a.example,\(cell)\n").map(\.reference) == [reference])
  }

  @Test(
    "dates are read in three forms",
    arguments: [
      ("2025-01-15", "2025-01-15T00:00:00Z"), ("2025-01-15T08:30:59Z", "2025-01-15T08:30:59Z"),
      ("15/01/2025", "2025-01-15T00:00:00Z"), ("15/01/2025 08:30", "2025-01-15T08:30:00Z"),
      ("15/01/2025 08:30:59", "2025-01-15T08:30:59Z"), ("29/02/2024", "2024-02-29T00:00:00Z"),
      ("1970-01-01", "1970-01-01T00:00:00Z"),
    ]
  )
  func dates(cell: String, time: String) throws {
    let account = try Self.accounts("login,password_changed_at\nann@a.example,\(cell)").first
    #expect(account?.passwordChanged?.text == time)
  }

  @Test(
    "privileged is yes or no, in English or French",
    arguments: [
      ("1", true), ("true", true), ("YES", true), ("X", true), ("oui", true), ("VRAI", true),
      ("0", false), ("False", false), ("no", false), ("NON", false), ("faux", false), ("", false),
    ]
  )
  func flags(cell: String, isPrivileged: Bool) throws {
    let account = try Self.accounts("login,privileged\nann@a.example,\(cell)").first
    #expect(account?.isPrivileged == isPrivileged)
  }

  // MARK: What repeats

  @Test("an exact repetition counts once, however it is written")
  func repetition() throws {
    let text = """
      login,ref,aliases
      ann@a.example,1,x@a.example|y@a.example
      ANN@A.example.,1,Y@a.example;x@a.example;x@a.example
      "ann@a.example", 1 ,x@a.example|y@a.example|ann@a.example
      """
    let list = try AccountList(
      Array(text.utf8), path: "", partner: TestKey.partner, acceptsGeneric: false)
    #expect(list.accounts.count == 1)
    #expect(list.repetitions == 2)
  }

  @Test("the same login for another partner or service is another account")
  func sameLogin() throws {
    let text = """
      login,partner,service_host,ref
      jdupont,org-a,a.example,1
      jdupont,org-a,b.example,2
      jdupont,org-b,a.example,3
      jdupont,,,4
      """
    #expect(try Self.accounts(text).map(\.reference) == ["1", "2", "3", "4"])
  }

  // MARK: What is generic

  static let genericNames = """
    admin administrator administrateur root user username utilisateur test guest info contact demo
    default login password support sales mail email webmaster postmaster office null none unknown n/a
    not_saved owner system
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  @Test(
    "a login that everybody uses is refused without a service host",
    arguments: genericNames + ["a", "abc", "éàü", "AdMiN", " root ", "ＡＤＭＩＮ", "@ab"])
  func generic(login: String) throws {
    let text = "login\n\(login)\n"
    #expect(
      Self.refusals(Array(text.utf8)) == [Refusal(.genericLogin, "accounts.csv", line: 2)])
    #expect(try Self.accounts(text, acceptsGeneric: true).count == 1)
    #expect(try Self.accounts("login,service_host\n\(login),kairos.example").count == 1)
    let alias = "login,aliases\nann@a.example,\(login)\n"
    #expect(
      Self.refusals(Array(alias.utf8)) == [Refusal(.genericLogin, "accounts.csv", line: 2)])
  }

  @Test(
    "a mail domain or four characters make a login someone's",
    arguments: ["a@b", "admin@a.example", "abcd", "éàüö", "admin1", "roots", "n/a/", "1234"])
  func notGeneric(login: String) throws {
    #expect(try Self.accounts("login\n\(login)\n").count == 1)
  }

  // MARK: What is refused

  /// A file, what it is refused for, and the line.
  struct Wrong: CustomTestStringConvertible {
    var what: String
    var bytes: [UInt8]
    var code: Refusal.Code
    var line: Int?

    init(_ what: String, _ text: String, _ code: Refusal.Code, _ line: Int?) {
      self.init(what, Array(text.utf8), code, line)
    }

    init(_ what: String, _ bytes: [UInt8], _ code: Refusal.Code, _ line: Int?) {
      self.what = what
      self.bytes = bytes
      self.code = code
      self.line = line
    }

    var testDescription: String { what }
  }

  private static let long = String(repeating: "a", count: 321)

  static let wrongFiles: [Wrong] = [
    Wrong("nothing", "", .empty, nil),
    Wrong("a byte order mark alone", [0xEF, 0xBB, 0xBF], .empty, nil),
    Wrong("blank lines alone", "\n \r\n\t\n", .empty, nil),
    Wrong("a header alone", "login,ref\n", .noAccounts, nil),
    Wrong("a header and blank lines", "login,ref\n,\n \n", .noAccounts, nil),
    Wrong("UTF-16, little-endian", [0xFF, 0xFE, 0x6C, 0x00], .utf16, nil),
    Wrong("UTF-16, big-endian", [0xFE, 0xFF, 0x00, 0x6C], .utf16, nil),
    Wrong("no header line", "ann@a.example\nbob@a.example\n", .noLoginColumn, 1),
    Wrong("no login column", "ref,partner\n1,org-a\n", .noLoginColumn, 1),
    Wrong("a name and its address", "login\nAnn Leroy <ann@a.example>\n", .notALogin, 2),
    Wrong("two addresses in one cell", "login\n\"ann@a.example; bob@a.example\"\n", .notALogin, 2),
    Wrong("a mail link", "login\nmailto:ann@a.example\n", .notALogin, 2),
    Wrong("an address without a domain", "login\nann.leroy@\n", .notALogin, 2),
    Wrong("a spreadsheet's mark of text", "login\n'ann@a.example\n", .notALogin, 2),
    Wrong("a number that a spreadsheet has shortened", "login\n\"9,99123E+13\"\n", .notALogin, 2),
    Wrong("the same with a dot", "login\nok@a.example\n9.99123E+13\n", .notALogin, 3),
    Wrong("a cell without room", "login\n########\n", .notALogin, 2),
    Wrong("a cell with an error", "login\n#REF!\n", .notALogin, 2),
    Wrong("a blank without a width", "login\nann\u{200B}@a.example\n", .notALogin, 2),
    Wrong("a soft hyphen", "login\nann\u{AD}@a.example\n", .notALogin, 2),
    Wrong("an unknown column", "\nlogin,nom\nann@a.example,x\n", .unknownColumn, 2),
    Wrong("a column without a name", "login,\nann@a.example,\n", .unknownColumn, 1),
    Wrong("a column twice", "login,ref,REF\nann@a.example,1,2\n", .repeatedColumn, 1),
    Wrong("an open quote in the header", "login,\"ref\nann@a.example,1\n", .unclosedQuote, 1),
    Wrong("an open quote", "login\nann@a.example\n\"bob@a.example\nx\n", .unclosedQuote, 3),
    Wrong("an open quote and nothing else", "login\nann@a.example\n\"\n\n", .unclosedQuote, 3),
    Wrong("an open quote, doubled at the end", "login\n\"ann@a.example\"\"", .unclosedQuote, 2),
    Wrong("more cells than the header", "login\nann@a.example,1\n", .tooManyCells, 2),
    Wrong("no login", "login,ref\nann@a.example,1\n,2\n", .badLogin, 3),
    Wrong("a login of 321 bytes", "login\n\(long)\n", .badLogin, 2),
    Wrong("a control character", "login\nann\u{1}@a.example\n", .badLogin, 2),
    Wrong("a line end within a login", "login\n\"ann\n@a.example\"\n", .badLogin, 2),
    Wrong(
      "a login of 513 bytes once normalised",
      "login\n" + String(repeating: "\u{FDFA}", count: 16) + "\n", .badLogin, 2),
    Wrong("a bad alias", "login,aliases\nann@a.example,x@a.example|\(long)\n", .badLogin, 2),
    Wrong("a ref that is a login", "login,ref\nann@a.example,ann@a.example\n", .badReference, 2),
    Wrong("a ref with a TAB", "login,ref\nann@a.example,a\tb\n", .badReference, 2),
    Wrong("a ref with a C1 control", "login,ref\nann@a.example,a\u{85}b\n", .badReference, 2),
    Wrong(
      "a ref of 129 bytes", "login,ref\nann@a.example,a" + String(repeating: "é", count: 64) + "\n",
      .badReference, 2),
    Wrong("a partner with a blank", "login,partner\nann@a.example,org a\n", .badPartner, 2),
    Wrong("a partner with an accent", "login,partner\nann@a.example,orgé\n", .badPartner, 2),
    Wrong(
      "a partner of 129 bytes", "login,partner\nann@a.example,\(long.prefix(129))\n", .badPartner, 2
    ),
    Wrong("another flag", "login,privileged\nann@a.example,maybe\n", .badFlag, 2),
    Wrong("a service host with a scheme", host("https://a.example"), .badServiceHost, 2),
    Wrong("a service host with a port", host("a.example:443"), .badServiceHost, 2),
    Wrong("a service host with a path", host("a.example/x"), .badServiceHost, 2),
    Wrong("a service host with a query", host("a.example?x"), .badServiceHost, 2),
    Wrong("a service host with a blank", host("a b.example"), .badServiceHost, 2),
    Wrong("a service host with an @", host("x@a.example"), .badServiceHost, 2),
    Wrong("a service host with a *", host("*.a.example"), .badServiceHost, 2),
    Wrong("a service host of 254 bytes", host(String(long.prefix(254))), .badServiceHost, 2),
    Wrong("a day that is none", date("2025-02-29"), .badDate, 2),
    Wrong("a day before 1970", date("1969-12-31"), .badDate, 2),
    Wrong("a month first", date("01/15/2025"), .badDate, 2),
    Wrong("a date without zeros", date("1/1/2025"), .badDate, 2),
    Wrong("a date with a short year", date("15/01/25"), .badDate, 2),
    Wrong("a time zone", date("2025-01-15T08:30:00+01:00"), .badDate, 2),
    Wrong("a time without seconds", date("2025-01-15T08:30Z"), .badDate, 2),
    Wrong("an hour that is none", date("15/01/2025 24:00"), .badDate, 2),
    Wrong("a date as Excel counts days", date("45672"), .badDate, 2),
    Wrong("a date and text", date("15/01/2025 08:30 x"), .badDate, 2),
    Wrong("another ref", "login,ref\nann@a.example,1\nANN@a.example,2\n", .contradiction, 3),
    Wrong(
      "another flag", "login,privileged\nann@a.example,1\nann@a.example,0\n", .contradiction, 3),
    Wrong(
      "another date", "login,password_changed_at\nann@a.example,2025-01-01\nann@a.example,\n",
      .contradiction, 3),
    Wrong(
      "another alias", "login,aliases\nann@a.example,x@a.example\nann@a.example,\n",
      .contradiction, 3),
  ]

  private static func host(_ cell: String) -> String { "login,service_host\njdupont,\(cell)\n" }

  private static func date(_ cell: String) -> String {
    "login,password_changed_at\nann@a.example,\(cell)\n"
  }

  @Test("one wrong line refuses the list and is named", arguments: wrongFiles)
  func wrong(_ wrong: Wrong) {
    #expect(Self.refusals(wrong.bytes) == [Refusal(wrong.code, "accounts.csv", line: wrong.line)])
  }

  @Test(
    "contrib/watchlist.py refuses the same files for the same line",
    // Compares nothing without Python 3.11; PythonTwin says so aloud.
    .enabled(if: PythonTwin.isAvailable), arguments: wrongFiles)
  func twin(_ wrong: Wrong) throws {
    let directory = try TestDirectory()
    let key = try TestKey().write(directory)
    let csv = try directory.write("accounts.csv", wrong.bytes)
    let result = try PythonTwin.run([
      "make", "--key-file", key, "--partner", TestKey.partner, "--out", directory.path("list"), csv,
    ])
    #expect(result.status == 78)
    #expect(!FileManager.default.fileExists(atPath: directory.path("list")))
    if let line = wrong.line { #expect(result.errors.contains("line \(line):")) }
    #expect(!result.errors.contains("a.example"), "a message holds no cell")
  }

  @Test("every wrong line is named, up to 20")
  func severalLines() {
    let text = "login\n" + (1...30).map { $0 % 2 == 0 ? "a\($0)@a.example\n" : "x\n" }.joined()
    let some = Self.refusals(Array(text.utf8))
    #expect(some.map(\.line) == (0..<15).map { 2 + 2 * $0 })
    let many = Self.refusals(Array(("login\n" + String(repeating: "x\n", count: 100)).utf8))
    #expect(many.map(\.line) == (2...21).map { $0 })
  }

  @Test("no message shows what stands in the file", arguments: wrongFiles)
  func messages(_ wrong: Wrong) {
    for refusal in Self.refusals(wrong.bytes) {
      let place = wrong.line.map { "accounts.csv:\($0)" } ?? "accounts.csv"
      #expect(refusal.message == "\(place): \(wrong.code.rawValue)")
    }
  }

  // MARK: Resolving

  @Test("a tag of a list leads back to the login, by its kind")
  func tags() throws {
    let directory = try TestDirectory()
    var key = try TestKey().key(directory)
    let list = try AccountList(
      Array("login,ref,aliases\nAnn@a.example,1,x@a.example|y@a.example\nbob@a.example,2,".utf8),
      path: "", partner: TestKey.partner, acceptsGeneric: false)
    let tags = list.tags(&key)
    #expect(
      tags.map(\.login) == ["ann@a.example", "x@a.example", "y@a.example", "bob@a.example"])
    #expect(tags.map(\.reference) == ["1", "1", "1", "2"])
    var hasher = try StandardHasher(key: SecretBytes(Array(repeating: 0x11, count: 32)))
    let expected = [
      "v1\u{0}login\u{0}ann@a.example", "v1\u{0}alias\u{0}x@a.example",
      "v1\u{0}alias\u{0}y@a.example", "v1\u{0}login\u{0}bob@a.example",
    ].map { Hex.text(hasher.hash($0).prefix(16)) }
    #expect(tags.map(\.tag) == expected)
  }
}
