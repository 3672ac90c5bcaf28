import Clock
import Foundation
import TestSupport
import Testing

@testable import Watchlists

@Suite("Watchlist files")
struct WatchlistFileTests {
  // MARK: The same bytes from both makers

  /// A file and options that both implementations are given.
  struct Input: CustomTestStringConvertible {
    var what: String
    var csv: [UInt8]
    var options = TestList.options
    var filterByte: UInt8?

    init(_ what: String, _ csv: String) { self.init(what, bytes: Array(csv.utf8)) }

    init(_ what: String, bytes: [UInt8]) {
      self.what = what
      csv = bytes
    }

    var testDescription: String { what }

    func with(_ change: (inout Input) -> Void) -> Input {
      var copy = self
      change(&copy)
      return copy
    }

    /// The options as the command line has them.
    var arguments: [String] {
      var arguments = ["--made", options.made.text]
      if let expires = options.expires { arguments += ["--expires", expires.text] }
      if options.bareLoginsMatchAnywhere { arguments.append("--allow-generic") }
      for domain in options.mailDomains { arguments += ["--domain", domain] }
      for host in options.serviceHosts { arguments += ["--service-host", host] }
      return arguments
    }
  }

  /// 2,000 accounts of every kind, the same on every run.
  private static func random(seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }
    let domains = ["a.example", "B.EXAMPLE", "café.example", "例え.example", "x.a.example."]
    let names = ["Ann", "élodie", "o'neil", "İsmail", "ΟΔΟΣ", "ﬁrst", "jean-luc+x", "山田", "ß"]
    var text = "login;ref;partner;privileged;password_changed_at;aliases;service_host\r\n"
    for number in 1000..<3000 {
      let name = "\(names[below(names.count)])\(number)"
      let login = below(4) == 0 ? name : "\(name)@\(domains[below(domains.count)])"
      let aliases = (0..<below(4)).map { "\(name)-\($0)@\(domains[below(domains.count)])" }
      let cells = [
        login, below(3) == 0 ? "" : "\"R;\(number)\"", ["", "org-b", "Org.C_1"][below(3)],
        ["", "oui", "0", "X"][below(4)],
        ["", "2025-01-15", "15/02/2024 08:30", "2024-02-29T23:59:59Z"][below(4)],
        "\"" + aliases.joined(separator: ["|", ",", ";"][below(3)]) + "\"",
        ["", "kairos.example", "Café.example"][below(3)],
      ]
      let line = cells.joined(separator: ";") + ["\r\n", "\n", "\r"][below(3)]
      text += line
      if below(10) == 0 { text += line }
      if below(20) == 0 { text += ";;\r\n" }
    }
    return text
  }

  static let inputs: [Input] = [
    Input("one login", "login\nann@a.example\n"),
    Input("no line end", "login\nann@a.example"),
    Input("the same under an installation's filter key", "login\nann@a.example\n")
      .with { $0.filterByte = 0x77 },
    Input(
      "aliases",
      "login,aliases\nann@a.example,\"x@a.example, y@a.example;z@a.example | ANN@a.example\""
        + "\nbob@a.example,ann@a.example\ncleo@a.example,x@a.example|X@A.EXAMPLE\n"),
    Input(
      "partners and refs",
      "ref,login,partner\n1,ann@a.example,org-b\n2,ann@a.example,Org-A\n1,bob@a.example,\n,c@a.example,org-b\n"
    ),
    Input(
      "service hosts",
      "login,service_host\njdupont,kairos.example\njdupont,Café.example.\nadmin,例え.example\njdupont,\n"
    ),
    Input("repetitions", "login,ref\nann@a.example,1\nANN@a.example.,1\n ann@a.example , 1 \n"),
    Input(
      "IDN domains",
      "login\nann@café.example\nann@CAFE\u{301}.example\nann@straße.example\nx@例え。jp\n"),
    Input("bare logins anywhere", "login\nadmin\nx\nann@a.example\n")
      .with { $0.options.bareLoginsMatchAnywhere = true },
    Input("an end", "login\nann@a.example\n")
      .with { $0.options.expires = TestList.time("2026-07-01T00:00:00Z") },
    Input("declared domains and hosts", "login\nann@a.example\n").with {
      $0.options.mailDomains = ["z.example", "Café.example", "a.example.", "A.example"]
      $0.options.serviceHosts = ["portail.example", "a-b.example", "a.example", "A.B.example"]
    },
    Input("everything at once", "login,aliases\njdupont,jd\n").with {
      $0.filterByte = 0
      $0.options.expires = TestList.time("2025-07-01T08:00:01Z")
      $0.options.bareLoginsMatchAnywhere = true
      $0.options.mailDomains = ["a.example"]
      $0.options.serviceHosts = ["b.example"]
    },
    Input(
      "Windows-1252",
      bytes: Array("login;ref\nandr".utf8) + [0xE9] + Array("@a.example;n".utf8) + [
        0xB0, 0x20, 0x31,
      ]
        + Array("\r\n".utf8) + [0xA0] + Array("zo".utf8) + [0xEB] + Array("@a.example;".utf8)
        + [0x80, 0xA0, 0x0A]),
    Input(
      "a byte order mark before Windows-1252",
      bytes: [0xEF, 0xBB, 0xBF] + Array("login\nandr".utf8) + [0xE9] + Array("@a.example".utf8)),
    Input(
      "a byte order mark, TABs and blanks",
      "\u{FEFF}\u{A0}Login \t REF\n ann@a.example \t 1 \n\u{3000}\n"),
    Input("semicolons", "login;ref\nann@a.example;\"1;5\"\nbob@a.example;1,5\n"),
    Input("blank lines before the header", "\n \t \n;;;\n\u{A0}\nlogin;ref\nann@a.example;1\n"),
    Input(
      "quoted line ends",
      "login,aliases\r\nann@a.example,\"x@a.example\r\n|y@a.example\n\r|z@a.example\"\r\"bob@a.example\",\n"
    ),
    Input(
      "text behind closing quotes",
      "\"lo\"gin,\"ref\" \nann@a.example,\"K\"\"1\"\"\"-2\n\"bob\"@a.example,\"\"x\n\"\" ,\"\"\n"),
    Input(
      "quotes that open nothing", "login,ref\nann@a.example, \"1\"\no\"neil,a\"b\"\n"),
    Input(
      "every form of date and flag",
      "login,privileged,password_changed_at\na@a.example,VRAI,1970-01-01\n"
        + "b@a.example,non,9999-12-31T23:59:59Z\nc@a.example,x,29/02/2024\nd@a.example,,15/01/2025 08:30\n"
    ),
    Input("fewer cells than columns", "login,ref,aliases\nann@a.example\nbob@a.example,2\n"),
    Input("2,000 random accounts", random(seed: 1)),
    Input("2,000 other random accounts under an installation's filter key", random(seed: 2))
      .with { $0.filterByte = 0x5A },
  ]

  @Test(
    "contrib/watchlist.py makes the same bytes, and accepts them",
    // Compares nothing without Python 3.11; PythonTwin says so aloud.
    .enabled(if: PythonTwin.isAvailable), arguments: inputs)
  func twin(_ input: Input) throws {
    let directory = try TestDirectory()
    let key = TestKey(byte: 0x42, filterByte: input.filterByte)
    let list = try TestList.bytes(input.csv, key, directory, options: input.options)
    let keyFile = try key.write(directory)
    let csv = try directory.write("accounts.csv", input.csv)
    let result = try PythonTwin.run(
      [
        "make", "--key-file", keyFile, "--partner", TestKey.partner, "--out",
        directory.path("twin"),
      ]
        + input.arguments + [csv])
    try #require(result.status == 0, "\(result.errors)")
    let twin = try directory.bytes("twin")
    #expect(twin == list)
    if input.options.expires == nil {
      #expect(
        try PythonTwin.run(["check", directory.path("twin"), "--key-file", keyFile]).status == 0)
    }
  }

  @Test("each of these lists is read back", arguments: inputs)
  func readBack(_ input: Input) throws {
    let directory = try TestDirectory()
    let key = TestKey(byte: 0x42, filterByte: input.filterByte)
    let list = try TestList.bytes(input.csv, key, directory, options: input.options)
    #expect(try Self.refusal(list, [key], directory) == nil)
    let header = try WatchlistFile.header(path: directory.write("list", list))
    let accounts = try AccountList(
      input.csv, path: "", partner: TestKey.partner,
      acceptsGeneric: input.options.bareLoginsMatchAnywhere
    ).accounts
    #expect(header.accounts == accounts.count)
    #expect(header.tags == accounts.reduce(accounts.count + 1) { $0 + $1.aliases.count })
    #expect(header.made == input.options.made)
    #expect(header.expires == input.options.expires)
    #expect(header.hasInstallationFilter == (input.filterByte != nil))
  }

  @Test("the order of the lines leaves no trace")
  func order() throws {
    let directory = try TestDirectory()
    let lines = (0..<50).map { "u\($0)@a.example,R\($0)\n" }
    let list = try TestList.bytes(
      Array(("login,ref\n" + lines.joined()).utf8), TestKey(), directory)
    let reversed = try TestList.bytes(
      Array(("login,ref\n" + lines.reversed().joined()).utf8), TestKey(), directory)
    #expect(list == reversed)
  }

  @Test("no login stands in the list in clear")
  func noLogin() throws {
    let directory = try TestDirectory()
    let list = try TestList.bytes(
      Array("login,aliases,service_host\nfmartin@a.example,paulalias,kairos.example\n".utf8),
      TestKey(), directory)
    let text = String(decoding: list, as: UTF8.self)
    #expect(text.contains("kairos.example"))
    for word in ["fmartin", "a.example", "paulalias", "canary"] { #expect(!text.contains(word)) }
  }

  @Test(
    "a declared domain that is none is refused",
    arguments: ["https://a.example", "a.example:443", "a b", "x@a.example", "*.a.example", ""])
  func badDomains(name: String) throws {
    let directory = try TestDirectory()
    let csv = Array("login\nann@a.example\n".utf8)
    var options = TestList.options
    options.mailDomains = ["a.example", name]
    #expect(throws: Refusal(.badDomain, "--domain")) {
      try TestList.bytes(csv, TestKey(), directory, options: options)
    }
    options.mailDomains = []
    options.serviceHosts = [name]
    #expect(throws: Refusal(.badDomain, "--service-host")) {
      try TestList.bytes(csv, TestKey(), directory, options: options)
    }
  }

  // MARK: What is refused

  private static let key = TestKey(byte: 0x42)

  /// Why a run refuses the list, or nil.
  private static func refusal(
    _ list: [UInt8], _ keys: [TestKey], _ directory: TestDirectory, now: UTCTime = TestList.made
  ) throws -> Refusal.Code? {
    try refusal(path: directory.write("list", list), keys, directory, now: now)
  }

  private static func refusal(
    path: String, _ keys: [TestKey], _ directory: TestDirectory, now: UTCTime = TestList.made
  ) throws -> Refusal.Code? {
    let partnerKeys = try PartnerKeys(paths: keys.map { try $0.write(directory) })
    let descriptor = try directory.descriptor()
    defer { close(descriptor) }
    do throws(Refusal) {
      _ = try WatchlistImage(paths: [path], keys: partnerKeys, descriptor: descriptor, now: now)
      return nil
    } catch {
      #expect(error.path == path)
      return error.code
    }
  }

  /// Five accounts and one alias.
  private static func list(
    _ directory: TestDirectory, options: WatchlistMaker.Options = TestList.options
  ) throws -> [UInt8] {
    let csv =
      "login,ref,aliases\n"
      + (1...5).map { "u\($0)@a.example,R\($0),\($0 == 1 ? "x@a.example" : "")\n" }.joined()
    return try TestList.bytes(Array(csv.utf8), key, directory, options: options)
  }

  private static func sections(_ list: [UInt8]) throws -> WatchlistSections {
    WatchlistSections(try WatchlistHeader(list, path: ""))
  }

  /// The list with a checksum that holds, as only who has the key can make it.
  private static func resealed(_ list: [UInt8], _ directory: TestDirectory) throws -> [UInt8] {
    let body = Array(list.dropLast(32))
    let key = try key.key(directory)
    return body + (try key.fileMAC(body.span))
  }

  /// The list with another header text before its body, and a checksum that holds.
  private static func list(
    header change: (String) -> String, _ directory: TestDirectory
  ) throws -> [UInt8] {
    let list = try list(directory)
    let header = try WatchlistHeader(list, path: "")
    var bytes = Array(change(header.text).utf8)
    bytes += Array(repeating: 0, count: (16 - bytes.count % 16) % 16)
    return try resealed(bytes + list[try sections(list).tags...], directory)
  }

  @Test("a list cut off anywhere is refused")
  func truncated() throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    let sections = try Self.sections(list)
    let borders = [
      sections.tags, sections.owners, sections.accounts, sections.strings, sections.filterNonce,
      sections.filterWords, sections.mac, sections.end,
    ]
    #expect(sections.end == list.count)
    for border in borders {
      for length in [border - 1, border, border + 1] where length < list.count {
        #expect(
          try Self.refusal(Array(list[..<length]), [Self.key], directory) == .truncated,
          "\(length) of \(list.count) bytes")
      }
    }
    #expect(try Self.refusal([], [Self.key], directory) == .empty)
    #expect(try Self.refusal(Array(list[..<1]), [Self.key], directory) == .notAWatchlist)
    #expect(try Self.refusal(Array(list[..<19]), [Self.key], directory) == .notAWatchlist)
    #expect(try Self.refusal(Array(list[..<22]), [Self.key], directory) == .badHeader)
    #expect(try Self.refusal(Array(list[..<100]), [Self.key], directory) == .badHeader)
  }

  @Test("a list with bytes behind its end is refused", arguments: [[0], [0x0A], [1, 2, 3]])
  func appended(bytes: [UInt8]) throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    #expect(try Self.refusal(list + bytes, [Self.key], directory) == .truncated)
  }

  @Test("a list with one bit changed anywhere is refused")
  func flippedBits() throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    let sections = try Self.sections(list)
    try #require(try Self.refusal(list, [Self.key], directory) == nil)
    // Each byte of the header and some 200 of the body, the bits in turn.
    let step = max(1, (list.count - sections.tags) / 200)
    let places =
      Array(0..<sections.tags) + Array(stride(from: sections.tags, to: list.count, by: step))
    for (number, place) in places.enumerated() {
      var changed = list
      changed[place] ^= 1 << UInt8(number % 8)
      let code = try Self.refusal(changed, [Self.key], directory)
      #expect(code != nil, "byte \(place)")
      // Behind the header nothing but the checksum can tell.
      if place >= sections.tags { #expect(code == .damaged, "byte \(place)") }
    }
  }

  @Test("the body of one list does not pass under the header of another")
  func mixed() throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    var options = TestList.options
    options.made = TestList.time("2025-07-02T08:00:00Z")
    let later = try Self.list(directory, options: options)
    let start = try Self.sections(list).tags
    try #require(try Self.sections(later).tags == start && list.count == later.count)
    #expect(
      try Self.refusal(Array(later[..<start] + list[start...]), [Self.key], directory) == .damaged)
  }

  @Test("a list is refused under every key but its own")
  func otherKeys() throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    let other = TestKey(byte: 0x43)
    #expect(try Self.refusal(list, [other], directory) == .noKey)
    #expect(try Self.refusal(list, [other, Self.key], directory) == nil)
  }

  @Test("a list is refused under its own key with another filter key")
  func otherFilterKeys() throws {
    let directory = try TestDirectory()
    let csv = Array("login\nann@a.example\n".utf8)
    let keys = [
      TestKey(byte: 0x42), TestKey(byte: 0x42, filterByte: 1), TestKey(byte: 0x42, filterByte: 2),
    ]
    for (made, maker) in keys.enumerated() {
      let list = try TestList.bytes(csv, maker, directory)
      for (used, reader) in keys.enumerated() {
        let code = try Self.refusal(list, [reader], directory)
        #expect(code == (made == used ? nil : .otherFilterKey))
      }
    }
  }

  @Test("a list is refused from the second of its expiry on")
  func expired() throws {
    let directory = try TestDirectory()
    var options = TestList.options
    options.expires = TestList.time("2026-07-01T00:00:00Z")
    let list = try Self.list(directory, options: options)
    func code(_ now: String) throws -> Refusal.Code? {
      try Self.refusal(list, [Self.key], directory, now: TestList.time(now))
    }
    #expect(try code("2026-06-30T23:59:59Z") == nil)
    #expect(try code("2026-07-01T00:00:00Z") == .expired)
    #expect(try code("2030-01-01T00:00:00Z") == .expired)
  }

  // What hangs is named after half an hour: the time in the queue of the whole suite counts, too.
  @Test("what is no regular file is refused", .timeLimit(.minutes(30)))
  func kinds() throws {
    let directory = try TestDirectory()
    try #require(mkfifo(directory.path("fifo"), 0o600) == 0)
    for (path, code) in [
      (directory.path("fifo"), Refusal.Code.notRegular), (directory.path, .notRegular),
      (directory.path("missing"), .cannotOpen),
    ] {
      #expect(try Self.refusal(path: path, [Self.key], directory) == code)
      #expect(throws: Refusal(code, path)) { try WatchlistFile.header(path: path) }
    }
  }

  @Test(
    "the accounts in clear are recognised in the place of the list, and not shown",
    arguments: [
      "login,ref\nf.martin@formation-isere.example,1\n", "f.martin@formation-isere.example\n",
      "login\njdupont\n", "\u{FEFF}login;ref\nf.martin@formation-isere.example;1\n",
    ])
  func plaintext(text: String) throws {
    let directory = try TestDirectory()
    let path = try directory.write("list", text)
    #expect(try Self.refusal(path: path, [Self.key], directory) == .plaintextList)
    let message = Refusal(.plaintextList, path).message
    for word in ["martin", "isere", "jdupont"] { #expect(!message.contains(word)) }
  }

  @Test(
    "some other file is no watchlist",
    arguments: ["PK\u{3}\u{4}", "dumpsieve-key 1\n", "\n\n", "x"])
  func otherFiles(text: String) throws {
    let directory = try TestDirectory()
    #expect(try Self.refusal(Array(text.utf8), [Self.key], directory) == .notAWatchlist)
  }

  /// A change of the header and what the list is then refused for, although its checksum holds.
  struct HeaderChange: CustomTestStringConvertible {
    var from: String
    var to: String
    var code: Refusal.Code

    init(_ from: String, _ to: String, _ code: Refusal.Code) {
      self.from = from
      self.to = to
      self.code = code
    }

    var testDescription: String { "\(from.debugDescription) → \(to.debugDescription)" }
  }

  static let headerChanges = [
    HeaderChange("dumpsieve-watchlist 1", "dumpsieve-watchlist 2", .newerVersion),
    HeaderChange("dumpsieve-watchlist 1", "dumpsieve-watchlist 10", .newerVersion),
    HeaderChange("dumpsieve-watchlist 1\n", "dumpsieve-watchlist 1\r\n", .newerVersion),
    HeaderChange("normalisation: 1", "normalisation: 2", .otherNormalisation),
    HeaderChange("normalisation: 1", "normalisation: 01", .otherNormalisation),
    HeaderChange("normalisation: 1\n", "", .badHeader),
    HeaderChange("partner: org", "partner: org org", .badHeader),
    HeaderChange("partner: org-formation-isere", "partner: \u{1B}[2J", .badHeader),
    HeaderChange("key-id: ", "key-id: A", .badHeader),
    HeaderChange("key-check: ", "key-check:  ", .badHeader),
    HeaderChange("key-check: ", "key-check:", .badHeader),
    HeaderChange("made: 2025-07-01T08:00:00Z", "made: 2025-07-01", .badHeader),
    HeaderChange("made: 2025-07-01T08:00:00Z", "made: 2025-02-30T08:00:00Z", .badHeader),
    HeaderChange("08:00:00Z\n", "08:00:00Z\nexpires: never\n", .badHeader),
    HeaderChange("08:00:00Z\n", "08:00:00Z\nexpires: 2026-07-01\n", .badHeader),
    HeaderChange("08:00:00Z\n", "08:00:00Z\nnote: x\n", .badHeader),
    HeaderChange("at-services", "nowhere", .badHeader),
    HeaderChange("filter: own", "filter: none", .badHeader),
    HeaderChange("accounts: 5", "accounts: 05", .badHeader),
    HeaderChange("accounts: 5", "accounts: +5", .badHeader),
    HeaderChange("accounts: 5", "accounts: -5", .badHeader),
    HeaderChange("accounts: 5", "accounts: 5.0", .badHeader),
    HeaderChange("accounts: 5", "accounts: 5\naccounts: 5", .badHeader),
    HeaderChange("accounts: 5", "accounts: 6", .truncated),
    HeaderChange("accounts: 5", "accounts: 4294967295", .truncated),
    HeaderChange("accounts: 5", "accounts: 4294967296", .badHeader),
    HeaderChange("accounts: 5", "accounts: 99999999999999999999", .badHeader),
    HeaderChange("tags: 7", "tags: 4294967295", .truncated),
    HeaderChange("tags: 7", "tags: 6", .truncated),
    HeaderChange("filter-words: 7", "filter-words: 4294967295", .truncated),
    HeaderChange("strings: ", "strings: 1", .truncated),
    HeaderChange("tags: 7\nfilter-words: 7\n", "filter-words: 7\ntags: 7\n", .badHeader),
    HeaderChange("\n\n", "\nservice-host: a\nmail-domain: b\n\n", .badHeader),
    HeaderChange("\n\n", "\nmail-domain: b\nmail-domain: a\n\n", .badHeader),
    HeaderChange("\n\n", "\nmail-domain: a\nmail-domain: a\n\n", .badHeader),
    HeaderChange("\n\n", "\nservice-host: b\nservice-host: a\n\n", .badHeader),
    HeaderChange("\n\n", "\nservice-host: \n\n", .badHeader),
    HeaderChange("\n\n", "\nservice-host: a b\n\n", .badHeader),
    HeaderChange("\n\n", "\nservice-host: \u{1B}[2J\n\n", .badHeader),
    HeaderChange("\n\n", "\nmail-domain: café\n\n", .badHeader),
    HeaderChange("\n\n", "\nmail-domain: \(String(repeating: "a", count: 254))\n\n", .badHeader),
    HeaderChange("\n\n", "\nservice-host\n\n", .badHeader),
    HeaderChange("\n\n", "\n \n\n", .badHeader),
  ]

  @Test("a header in any other form is refused, whoever made it", arguments: headerChanges)
  func header(_ change: HeaderChange) throws {
    let directory = try TestDirectory()
    let list = try Self.list(
      header: { text in
        #expect(text.contains(change.from))
        return text.replacingOccurrences(of: change.from, with: change.to)
      }, directory)
    #expect(try Self.refusal(list, [Self.key], directory) == change.code)
  }

  @Test(
    "contrib/watchlist.py refuses these headers, too",
    // Compares nothing without Python 3.11; PythonTwin says so aloud.
    .enabled(if: PythonTwin.isAvailable), arguments: headerChanges)
  func headerTwin(_ change: HeaderChange) throws {
    let directory = try TestDirectory()
    let list = try Self.list(
      header: { $0.replacingOccurrences(of: change.from, with: change.to) }, directory)
    let result = try PythonTwin.run([
      "check", directory.write("list", list), "--key-file", Self.key.write(directory),
    ])
    #expect(result.status == 78)
    #expect(!result.errors.contains("Traceback"))
  }

  @Test("domains in order are read, with a checksum that holds")
  func goodHeader() throws {
    let directory = try TestDirectory()
    let list = try Self.list(
      header: {
        $0.replacingOccurrences(
          of: "\n\n", with: "\nmail-domain: a\nmail-domain: b\nservice-host: a\n\n")
      }, directory)
    #expect(try Self.refusal(list, [Self.key], directory) == nil)
  }

  @Test("the right key id with another check value, or another filter check, is refused")
  func checkValues() throws {
    let directory = try TestDirectory()
    let key = try Self.key.key(directory)
    let (id, check, filter) = (key.keyID, key.keyCheck, key.filterCheck)
    func other(_ digits: String) -> String {
      (digits.first == "0" ? "1" : "0") + digits.dropFirst()
    }
    for (digits, code) in [
      (id, Refusal.Code.noKey), (check, .wrongKey), (filter, .otherFilterKey),
    ] {
      let list = try Self.list(
        header: { $0.replacingOccurrences(of: digits, with: other(digits)) }, directory)
      #expect(try Self.refusal(list, [Self.key], directory) == code)
    }
  }

  @Test("a header without an end is refused after a mebibyte")
  func endlessHeader() throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    let head = Array(String(decoding: list, as: UTF8.self).prefix(300).utf8)
    let line = Array("mail-domain: a\n".utf8)
    var bytes = Array(head.prefix { $0 != 0 }.dropLast())
    while bytes.count < 2 << 20 { bytes += line }
    #expect(try Self.refusal(bytes + [0x0A], [Self.key], directory) == .badHeader)
  }

  // MARK: Bodies that only who has the key can make

  private enum Body {
    static func store32(_ value: UInt32, _ bytes: inout [UInt8], at place: Int) {
      for index in 0..<4 {
        bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index)))
      }
    }
  }

  @Test("tags out of order are refused", arguments: 0..<6)
  func unsortedTags(number: Int) throws {
    let directory = try TestDirectory()
    var list = try Self.list(directory)
    let tags = try Self.sections(list).tags + 16 * number
    let swapped = Array(list[(tags + 16)..<(tags + 32)] + list[tags..<(tags + 16)])
    list.replaceSubrange(tags..<(tags + 32), with: swapped)
    #expect(try Self.refusal(Self.resealed(list, directory), [Self.key], directory) == .notSorted)
  }

  @Test("a tag stands once for an account, and equal tags stand in order of theirs")
  func equalTags() throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    let sections = try Self.sections(list)
    for (owners, code) in [
      ([0, 1], nil), ([1, 0], .notSorted), ([1, 1], .notSorted), ([1, 1 << 31], nil),
    ] as [([UInt32], Refusal.Code?)] {
      var changed = list
      let first = Array(changed[sections.tags..<(sections.tags + 16)])
      changed.replaceSubrange((sections.tags + 16)..<(sections.tags + 32), with: first)
      Body.store32(owners[0], &changed, at: sections.owners)
      Body.store32(owners[1], &changed, at: sections.owners + 4)
      #expect(try Self.refusal(Self.resealed(changed, directory), [Self.key], directory) == code)
    }
  }

  @Test("tags whose first halves are the same are in the order of their second")
  func secondHalves() throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    let tags = try Self.sections(list).tags
    for (low, code) in [(1, nil), (-1, .notSorted)] as [(Int, Refusal.Code?)] {
      var changed = list
      // The second tag is the first with its last byte changed.
      changed[tags + 15] = 7
      let first = Array(changed[tags..<(tags + 16)])
      changed.replaceSubrange((tags + 16)..<(tags + 32), with: first)
      changed[tags + 31] = UInt8(7 + low)
      #expect(try Self.refusal(Self.resealed(changed, directory), [Self.key], directory) == code)
    }
  }

  @Test("a long list is checked in pieces, and what is wrong where two meet is seen")
  func pieces() throws {
    let directory = try TestDirectory()
    let count = 70_000
    let csv = "login,ref\n" + (0..<count).map { "u\($0)@a.example,R\($0)\n" }.joined()
    let list = try TestList.bytes(Array(csv.utf8), Self.key, directory)
    let lookup = try TestLookup([directory.write("long", list)], [Self.key], directory)
    let lost = (0..<count).filter { lookup.references("u\($0)@a.example") != ["R\($0)"] }
    #expect(lost.isEmpty)
    let sections = try Self.sections(list)
    let border = 1 << 16
    let place = sections.tags + 16 * (border - 1)
    var swapped = list
    swapped.replaceSubrange(
      place..<(place + 32), with: list[(place + 16)..<(place + 32)] + list[place..<(place + 16)])
    #expect(
      try Self.refusal(Self.resealed(swapped, directory), [Self.key], directory) == .notSorted)
    var equal = list
    equal.replaceSubrange((place + 16)..<(place + 32), with: list[place..<(place + 16)])
    for (owners, code) in [([5, 6], nil), ([6, 5], .notSorted)] as [([UInt32], Refusal.Code?)] {
      Body.store32(owners[0], &equal, at: sections.owners + 4 * (border - 1))
      Body.store32(owners[1], &equal, at: sections.owners + 4 * border)
      #expect(try Self.refusal(Self.resealed(equal, directory), [Self.key], directory) == code)
    }
    var far = list
    Body.store32(UInt32(count + 1), &far, at: sections.owners + 4 * border)
    #expect(try Self.refusal(Self.resealed(far, directory), [Self.key], directory) == .outOfRange)
  }

  @Test("a list of more than 8 GiB is refused before it is read")
  func tooLong() throws {
    let directory = try TestDirectory()
    let list = try Self.list(
      header: { $0.replacingOccurrences(of: "tags: 7", with: "tags: 4294967295") }, directory)
    let path = try directory.write("long", list)
    let end = try Self.sections(list).end
    try #require(truncate(path, off_t(end)) == 0)
    #expect(try Self.refusal(path: path, [Self.key], directory) == .tooLong)
  }

  @Test("a list without tags finds nobody, not even its canary")
  func noTags() throws {
    let directory = try TestDirectory()
    var header = WatchlistHeader(
      key: try Self.key.key(directory), made: TestList.made, expires: nil,
      bareLoginsMatchAnywhere: false, mailDomains: [], serviceHosts: [])
    header.accounts = 1
    var bytes = Array(header.text.utf8)
    bytes += Array(repeating: 0, count: WatchlistSections(header).end - bytes.count)
    let path = try directory.write("list", Self.resealed(bytes, directory))
    let lookup = try TestLookup([path], [Self.key], directory, hashesEveryLogin: true)
    #expect(lookup.matches("ann@a.example").isEmpty)
    #expect(lookup.matches(try Self.key.key(directory).canaryLogin).isEmpty)
  }

  @Test(
    "a tag of an account that is not there is refused",
    arguments: [
      (5, nil), (6, .outOfRange), (UInt32(1) << 31 | 5, nil), (1 << 31 | 6, .outOfRange),
      (0x7FFF_FFFF, .outOfRange), (0xFFFF_FFFF, .outOfRange),
    ] as [(UInt32, Refusal.Code?)]
  )
  func owners(owner: UInt32, code: Refusal.Code?) throws {
    let directory = try TestDirectory()
    var list = try Self.list(directory)
    Body.store32(owner, &list, at: try Self.sections(list).owners + 4 * 6)
    #expect(try Self.refusal(Self.resealed(list, directory), [Self.key], directory) == code)
  }

  @Test("a string beyond the strings is refused", arguments: 0..<3, [0, 5])
  func strings(field: Int, account: Int) throws {
    let directory = try TestDirectory()
    let list = try Self.list(directory)
    let sections = try Self.sections(list)
    let strings = UInt32(try WatchlistHeader(list, path: "").strings)
    let place = sections.accounts + WatchlistSections.accountBytes * account
    for (offset, length, code) in [
      (0, UInt8(strings), nil), (strings, 0, nil), (0, UInt8(strings) + 1, .outOfRange),
      (strings, 1, .outOfRange), (strings - 1, 1, nil), (strings - 1, 255, .outOfRange),
      (0xFFFF_FFFF, 1, .outOfRange), (0xFFFF_FFFF, 0, .outOfRange),
    ] as [(UInt32, UInt8, Refusal.Code?)] {
      var changed = list
      Body.store32(offset, &changed, at: place + 8 + 4 * field)
      changed[place + 20 + field] = length
      #expect(try Self.refusal(Self.resealed(changed, directory), [Self.key], directory) == code)
    }
  }

  @Test("a list without an account is refused")
  func noAccount() throws {
    let directory = try TestDirectory()
    let header = WatchlistHeader(
      key: try Self.key.key(directory), made: TestList.made, expires: nil,
      bareLoginsMatchAnywhere: false, mailDomains: [], serviceHosts: [])
    var bytes = Array(header.text.utf8)
    bytes += Array(repeating: 0, count: WatchlistSections(header).end - bytes.count)
    let list = try Self.resealed(bytes, directory)
    #expect(try Self.refusal(list, [Self.key], directory) == .noAccounts)
  }

  @Test("where the system gives no memory for the lists, that is no fault of a list")
  func noMemory() throws {
    let directory = try TestDirectory()
    let path = try directory.write("list", Self.list(directory))
    let keys = try PartnerKeys(paths: [Self.key.write(directory)])
    let readOnly = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(readOnly) }
    for descriptor in [-1, readOnly] {
      #expect(throws: Refusal(.noMemory, "the watchlists")) {
        _ = try WatchlistImage(
          paths: [path], keys: keys, descriptor: descriptor, now: TestList.made)
      }
    }
  }

  @Test("of no lists there is an image in which nobody is")
  func noLists() throws {
    let directory = try TestDirectory()
    let image = try WatchlistImage(
      paths: [], keys: PartnerKeys(paths: []), descriptor: directory.descriptor(),
      now: TestList.made)
    let (plan, account) = (image.plan, image.account(list: 0, index: 0))
    #expect(plan.lists.isEmpty && plan.filters.isEmpty && plan.bytes == 64)
    #expect(account == nil)
  }

  @Test("one refused list among several is named")
  func several() throws {
    let directory = try TestDirectory()
    let good = try directory.write("good", Self.list(directory))
    let bad = try directory.write("bad", Self.list(directory) + [0])
    let keys = try PartnerKeys(paths: [Self.key.write(directory)])
    let descriptor = try directory.descriptor()
    #expect(throws: Refusal(.truncated, bad)) {
      _ = try WatchlistImage(
        paths: [good, bad], keys: keys, descriptor: descriptor, now: TestList.made)
    }
  }
}
