import Foundation
import TestSupport
import Testing

@testable import Watchlists

@Suite("Account look-up")
struct AccountLookupTests {
  private static let key = TestKey(byte: 0x11)

  /// `count` accounts, every third with an alias.
  private static func csv(_ count: Int, name: String = "u") -> String {
    "login,ref,aliases\n"
      + (0..<count).map { number in
        let alias = number % 3 == 0 ? "alias-\(name)\(number)@b.example" : ""
        return "\(name)\(number)@a.example,R\(number),\(alias)\n"
      }.joined()
  }

  @Test(
    "every listed login and alias is found, nothing else, whatever the size of the directory",
    arguments: [1, 2, 3, 5, 6, 7, 8, 9, 15, 16, 17, 100, 1000], [false, true])
  func sizes(count: Int, hashesEveryLogin: Bool) throws {
    let directory = try TestDirectory()
    let list = try TestList.write(Self.csv(count), Self.key, directory)
    let lookup = try TestLookup([list], [Self.key], directory, hashesEveryLogin: hashesEveryLogin)
    for number in 0..<count {
      let found = lookup.matches("u\(number)@a.example")
      #expect(found.count == 1)
      #expect(found.allSatisfy { !$0.isAlias && $0.list == 0 })
      #expect(found.compactMap { lookup.account($0)?.reference } == ["R\(number)"])
      let aliased = lookup.matches("alias-u\(number)@b.example")
      #expect(aliased.count == (number % 3 == 0 ? 1 : 0))
      #expect(aliased.allSatisfy { $0.isAlias })
      #expect(
        aliased.compactMap { lookup.account($0)?.reference } == aliased.map { _ in "R\(number)" })
    }
    for number in count..<(count + 100) {
      #expect(lookup.matches("u\(number)@a.example").isEmpty)
      #expect(lookup.matches("U\(number)@a.example").isEmpty)
    }
  }

  @Test("10,000 unlisted logins are not found, and few cost more than the filter")
  func unlisted() throws {
    let directory = try TestDirectory()
    let list = try TestList.write(Self.csv(1000), Self.key, directory)
    let filtered = try TestLookup([list], [Self.key], directory)
    let hashed = try TestLookup([list], [Self.key], directory, hashesEveryLogin: true)
    let seed = UInt64.random(in: .min ... .max)
    print("AccountLookupTests.unlisted: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var passed = 0
    for _ in 0..<10_000 {
      let login = "x\(generator.next())@a.example"
      if filtered.mayHold(login) { passed += 1 }
      #expect(filtered.matches(login).isEmpty, "seed \(seed)")
      #expect(hashed.matches(login).isEmpty, "seed \(seed)")
    }
    // The doc says about one in 250 (40); with 1334 logins in 512 words it is less.
    #expect(passed < 200, "seed \(seed)")
  }

  @Test("with the filter and without it the same is found")
  func sameMatches() throws {
    let directory = try TestDirectory()
    let list = try TestList.write(Self.csv(300), Self.key, directory)
    let filtered = try TestLookup([list], [Self.key], directory)
    let hashed = try TestLookup([list], [Self.key], directory, hashesEveryLogin: true)
    for number in 0..<600 {
      for login in ["u\(number)@a.example", "alias-u\(number)@b.example"] {
        #expect(filtered.matches(login) == hashed.matches(login))
        #expect(hashed.mayHold(login))
      }
    }
  }

  @Test(
    "of a batch every listed login may concern a partner, and of plain others those that the filter lets pass",
    arguments: [false, true])
  func batches(hashesEveryLogin: Bool) throws {
    let directory = try TestDirectory()
    let csv =
      "login,ref,aliases\nu0@a.example,1,\nlong\(String(repeating: "x", count: 60))@a.example,2,\n"
    let lists = [
      try TestList.write(Self.csv(300), Self.key, directory),
      try TestList.write(csv, Self.key, directory),
    ]
    let lookup = try TestLookup(lists, [Self.key], directory, hashesEveryLogin: hashesEveryLogin)
    let one = try TestLookup([lists[0]], [Self.key], directory, hashesEveryLogin: true)
    var generator = SeededGenerator(seed: 7)
    let odd: [String] = [
      "", " u1@a.example", "u1@a.example ", "\"u1@a.example\"", "<u1@a.example>",
      "mailto:u1@a.example",
      "CORP\\u1@a.example", "u1+tag@a.example", "U1@A.EXAMPLE", "u1@a.example.", "ü1@a.example",
      "u1\t", "u",
      "long\(String(repeating: "x", count: 60))@a.example", "m", "mail@a.example",
      "\u{7F}u1@a.example",
      "x\(String(repeating: "y", count: 37))u@a.ex", "x\(String(repeating: "y", count: 38))u@a.ex",
      "@", "u@", "@u",
    ]
    var concerned = 0
    for round in 0..<200 {
      let count = 1 + Int(generator.next() % 64)
      let logins: [String] = (0..<count).map { _ in
        switch generator.next() % 4 {
        case 0: return "u\(generator.next() % 600)@a.example"
        case 1: return "Alias-U\(generator.next() % 600)@b.example"
        case 2: return odd[Int(generator.next() % UInt64(odd.count))]
        default: return String(generator.next(), radix: 36) + "@mail.example"
        }
      }
      let bits = lookup.mayConcern(logins.map { Array($0.utf8) })
      for (login, mayConcern) in zip(logins, bits) {
        var normaliser = LoginNormaliser()
        let isText = normaliser.normalise(Array(login.utf8).span)
        let normalised = String(decoding: normaliser.output.prefix(normaliser.count), as: UTF8.self)
        let isHeld =
          isText
          && (hashesEveryLogin ? !lookup.matches(normalised).isEmpty : lookup.mayHold(normalised))
        if isHeld { #expect(mayConcern, "round \(round): \(login)") }
        if mayConcern { concerned += 1 }
        // A plain one is let pass only if it may be listed; the others are looked at one by one.
        let isPlain =
          !odd.contains(login) && login.utf8.allSatisfy { 0x21...0x7E ~= $0 }
          && login.utf8.count <= 46
        if isPlain { #expect(mayConcern == isHeld, "round \(round): \(login)") }
      }
    }
    #expect(concerned > 1000)
    // One list and no others: the bits are of the credentials, also where some were left out.
    #expect(
      one.mayConcern([Array(" x".utf8), Array("x".utf8), Array("u3@a.example".utf8)]) == [
        true, false, true,
      ])
  }

  @Test("of a batch those of a declared mail domain may concern a partner, whatever their case")
  func batchesOfDomains() throws {
    let directory = try TestDirectory()
    var options = TestList.options
    options.mailDomains = ["partner.example", "b.fr"]
    let list = try TestList.write(Self.csv(3), Self.key, directory, options: options)
    let lookup = try TestLookup([list], [Self.key], directory)
    let logins = [
      "x@partner.example", "X@PARTNER.EXAMPLE", "x@sub.b.fr", "x@mail.test", "partner.example",
      "x@b.fr",
    ]
    let bits = lookup.mayConcern(logins.map { Array($0.utf8) })
    #expect(bits[0] && bits[1] && bits[5])
    #expect(!bits[3] && !bits[4])
  }

  @Test("the end of a name tells whether a text may end in it, in any case")
  func nameTails() {
    func tail(_ text: String) -> UInt64 {
      Array(text.utf8).suffix(8).reduce(0) { $0 >> 8 | UInt64($1) << 56 }
    }
    let names = ["kairos.example", "a.fr", "sso.portal.test"].map { Array($0.utf8) }
    let tails = NameTails(names)
    for text in ["x.kairos.example", "KAIROS.EXAMPLE", "b.a.fr", "a.fr", "sso.Portal.Test"] {
      #expect(tails.mayEnd(tail(text)), "\(text)")
    }
    let others = (0..<1000).filter { tails.mayEnd(tail("host\($0).example.org")) }
    #expect(others.count < 20)
    #expect(!NameTails([]).mayEnd(tail("kairos.example")))
  }

  private static let services = """
    login,ref,partner,service_host
    jdupont,a-kairos,org-a,kairos.example
    jdupont,a-portail,org-a,portail.example
    jdupont,a-anywhere,org-a,
    jdupont,b-anywhere,org-b,
    jdupont,b-mail,org-b,mail.example
    """

  @Test(
    "of a partner's accounts of one login that for the host is meant, if there is one, else all of his",
    arguments: [
      ("kairos.example", ["a-kairos", "b-anywhere", "b-mail"]),
      ("sso.kairos.example", ["a-kairos", "b-anywhere", "b-mail"]),
      ("portail.example", ["a-portail", "b-anywhere", "b-mail"]),
      ("mail.example", ["a-anywhere", "a-kairos", "a-portail", "b-mail"]),
      ("elsewhere.test", ["a-anywhere", "a-kairos", "a-portail", "b-anywhere", "b-mail"]),
      ("", ["a-anywhere", "a-kairos", "a-portail", "b-anywhere", "b-mail"]),
    ])
  func meant(host: String, references: [String]) throws {
    let directory = try TestDirectory()
    let list = try TestList.write(Self.services, Self.key, directory)
    let lookup = try TestLookup([list], [Self.key], directory)
    #expect(lookup.meant("jdupont", host) == references)
  }

  @Test("what one list has for the host says nothing of another list's accounts")
  func meantInLists() throws {
    let directory = try TestDirectory()
    let lists = try [
      "login,ref,service_host\njdupont,1-own,kairos.example\n",
      "login,ref,service_host\njdupont,2-other,portail.example\n",
    ].map { try TestList.write($0, Self.key, directory) }
    let lookup = try TestLookup(lists, [Self.key], directory)
    #expect(lookup.meant("jdupont", "kairos.example") == ["1-own", "2-other"])
    let one = try TestLookup([lists[1]], [Self.key], directory)
    #expect(one.meant("jdupont", "kairos.example") == ["2-other"], "one alone is meant anywhere")
  }

  @Test("an account is asked for by its tag, or by a number that the list has")
  func asked() throws {
    let directory = try TestDirectory()
    let list = try TestList.write(Self.csv(7), Self.key, directory)
    let lookup = try TestLookup([list], [Self.key], directory)
    var key = try Self.key.key(directory)
    let tag = key.tag(.login, Array("u3@a.example".utf8).span).hex
    let alias = key.tag(.alias, Array("alias-u3@b.example".utf8).span).hex
    #expect(lookup.account(list: 0, tag: tag)?.reference == "R3")
    #expect(lookup.account(list: 0, tag: alias)?.reference == "R3")
    let others = [
      "", tag.uppercased(), String(tag.dropLast()), tag + "0", tag + "\n", "x" + tag.dropFirst(),
      tag + "é", String(repeating: "0", count: 32), String(repeating: "f", count: 32),
    ]
    for other in others { #expect(lookup.account(list: 0, tag: other) == nil, "\(other)") }
    #expect(
      (0..<7).compactMap { lookup.account(list: 0, index: $0)?.reference }.sorted()
        == (0..<7).map { "R\($0)" })
    #expect(lookup.account(list: 0, index: 7)?.isCanary == true)
    for (list, index) in [(0, 8), (0, -1), (1, 0), (-1, 0)] {
      #expect(lookup.account(list: list, index: index) == nil, "\(list), \(index)")
    }
  }

  @Test("all that a list says of an account arrives")
  func details() throws {
    let directory = try TestDirectory()
    let list = try TestList.write(
      """
      login,ref,partner,privileged,password_changed_at,service_host
      jdupont,KAI-é,org-b,yes,2025-01-15,Kairos.example
      ann@a.example,,,,,
      """, Self.key, directory)
    let lookup = try TestLookup([list], [Self.key], directory)
    let full = try #require(lookup.matches("jdupont").first.flatMap { lookup.account($0) })
    #expect(full.reference == "KAI-é")
    #expect(full.partner == "org-b")
    #expect(full.isPrivileged)
    #expect(full.passwordChanged == TestList.time("2025-01-15"))
    #expect(full.serviceHost == "kairos.example")
    #expect(!full.isCanary)
    let bare = try #require(lookup.matches("ann@a.example").first.flatMap { lookup.account($0) })
    #expect(bare.reference == "")
    #expect(bare.partner == TestKey.partner)
    #expect(!bare.isPrivileged)
    #expect(bare.passwordChanged == nil)
    #expect(bare.serviceHost == "")
  }

  @Test("a login that is several accounts' is found as each; as alias and as login, too")
  func severalAccounts() throws {
    let directory = try TestDirectory()
    let list = try TestList.write(
      """
      login,ref,partner,aliases
      ann@a.example,1,org-a,
      ann@a.example,2,org-b,
      bob@a.example,3,org-a,ann@a.example
      cleo@a.example,4,org-a,ann@a.example
      """, Self.key, directory)
    let lookup = try TestLookup([list], [Self.key], directory)
    #expect(lookup.references("ann@a.example") == ["1", "2", "3", "4"])
    #expect(lookup.matches("ann@a.example").filter(\.isAlias).count == 2)
  }

  @Test("the canary of every key is found, and is marked")
  func canary() throws {
    let directory = try TestDirectory()
    let keys = [TestKey(byte: 1, filterByte: 7), TestKey(byte: 2, filterByte: 7)]
    let lists = try keys.map { try TestList.write(Self.csv(3), $0, directory) }
    let lookup = try TestLookup(lists, keys, directory)
    for (number, key) in keys.enumerated() {
      let canary = try key.key(directory).canaryLogin
      let found = lookup.matches(canary)
      #expect(found.map(\.list) == [number])
      let account = try #require(found.first.flatMap { lookup.account($0) })
      #expect(account.isCanary)
      #expect(account.partner == TestKey.partner)
      #expect(account.reference == "")
    }
  }

  // MARK: Several lists

  @Test("lists under one key are looked up together", arguments: [false, true])
  func oneKey(hashesEveryLogin: Bool) throws {
    let directory = try TestDirectory()
    let lists = [
      try TestList.write(Self.csv(20, name: "a"), Self.key, directory),
      try TestList.write(Self.csv(20, name: "b") + "a7@a.example,B-a7,\n", Self.key, directory),
    ]
    let lookup = try TestLookup(lists, [Self.key], directory, hashesEveryLogin: hashesEveryLogin)
    #expect(lookup.matches("a3@a.example").map(\.list) == [0])
    #expect(lookup.matches("b3@a.example").map(\.list) == [1])
    #expect(lookup.matches("a7@a.example").map(\.list) == [0, 1])
    #expect(lookup.references("a7@a.example") == ["B-a7", "R7"])
  }

  @Test(
    "lists under two keys are looked up together, with one filter key or two",
    arguments: [(7, 7), (7, 8), (nil, nil), (7, nil)] as [(UInt8?, UInt8?)], [false, true])
  func twoKeys(filterBytes: (UInt8?, UInt8?), hashesEveryLogin: Bool) throws {
    let directory = try TestDirectory()
    let keys = [
      TestKey(byte: 1, filterByte: filterBytes.0), TestKey(byte: 2, filterByte: filterBytes.1),
    ]
    let lists = [
      try TestList.write(Self.csv(50, name: "a"), keys[0], directory),
      try TestList.write(Self.csv(50, name: "b") + "a7@a.example,B-a7,\n", keys[1], directory),
    ]
    // The order of the keys must not matter, nor a key given twice.
    let lookup = try TestLookup(
      lists, [keys[1], keys[0], keys[1]], directory, hashesEveryLogin: hashesEveryLogin)
    for number in 0..<50 where number != 7 {
      #expect(lookup.matches("a\(number)@a.example").map(\.list) == [0])
      #expect(lookup.matches("b\(number)@a.example").map(\.list) == [1])
    }
    #expect(lookup.references("a7@a.example") == ["B-a7", "R7"])
    #expect(lookup.matches("c1@a.example").isEmpty)
    var key = try keys[1].key(directory)
    let expected = key.tag(.login, Array("c1@a.example".utf8).span)
    #expect(lookup.tag("c1@a.example", list: 1) == expected)
    #expect(lookup.tag("c1@a.example", list: 0) != expected)
  }

  @Test("a key without a list is no matter")
  func keyWithoutList() throws {
    let directory = try TestDirectory()
    let other = TestKey(byte: 2)
    let list = try TestList.write(Self.csv(5), Self.key, directory)
    let lookup = try TestLookup([list], [other, Self.key], directory)
    #expect(lookup.references("u2@a.example") == ["R2"])
  }

  @Test("plan, image and secrets of different runs do not make a look-up")
  func misfit() throws {
    let directory = try TestDirectory()
    let keys = try PartnerKeys(paths: [Self.key.write(directory)])
    let descriptor = try directory.descriptor()
    let image = try WatchlistImage(
      paths: [TestList.write(Self.csv(5), Self.key, directory)], keys: keys,
      descriptor: descriptor, now: TestList.made)
    let short = AccountLookup(
      plan: image.plan, descriptor: descriptor, secrets: try SecretBytes(count: 64),
      hashesEveryLogin: false)
    let isShort = short == nil
    #expect(isShort)
    let noFile = AccountLookup(
      plan: image.plan, descriptor: -1, secrets: try keys.workerSecrets(), hashesEveryLogin: false)
    let isNoFile = noFile == nil
    #expect(isNoFile)
    let empty = try directory.descriptor()
    try #require(ftruncate(empty, off_t(image.plan.bytes)) == 0)
    let ofZeros = AccountLookup(
      plan: image.plan, descriptor: empty, secrets: try keys.workerSecrets(),
      hashesEveryLogin: false)
    let isOfZeros = ofZeros == nil
    #expect(isOfZeros, "where a list should stand, nothing does")
  }

  // MARK: Hosts

  private static let bareCSV = """
    login,ref,service_host
    jdupont,own,kairos.example
    mdurand,declared,
    """

  private static func bareOptions(anywhere: Bool = false) -> WatchlistMaker.Options {
    var options = TestList.options
    options.serviceHosts = ["portail.example"]
    options.bareLoginsMatchAnywhere = anywhere
    return options
  }

  @Test(
    "a login without mail domain counts at its own service host, or at one that its list declares",
    arguments: [
      ("kairos.example", true, false), ("www.kairos.example", true, false),
      ("a.b.kairos.example", true, false), ("kairos.example.evil.test", false, false),
      ("xkairos.example", false, false), ("example", false, false), ("", false, false),
      ("kairos.exampl", false, false), ("portail.example", true, true),
      ("sso.portail.example", true, true), ("notportail.example", false, false),
      ("portail.example.evil.test", false, false), ("portail.example.", false, false),
    ]
  )
  func bareLogins(host: String, own: Bool, declared: Bool) throws {
    let directory = try TestDirectory()
    let list = try TestList.write(Self.bareCSV, Self.key, directory, options: Self.bareOptions())
    let lookup = try TestLookup([list], [Self.key], directory)
    let ownMatch = try #require(lookup.matches("jdupont").first)
    let declaredMatch = try #require(lookup.matches("mdurand").first)
    #expect(lookup.countsAtHost(ownMatch, host) == own)
    #expect(lookup.countsAtHost(declaredMatch, host) == declared)
    #expect(lookup.isServiceHost(ownMatch, host) == (own && !declared))
    #expect(!lookup.isServiceHost(declaredMatch, host))
  }

  @Test(
    "--allow-generic lifts that", arguments: ["elsewhere.test", "kairos.example.evil.test", ""])
  func anywhere(host: String) throws {
    let directory = try TestDirectory()
    let list = try TestList.write(
      Self.bareCSV, Self.key, directory, options: Self.bareOptions(anywhere: true))
    let lookup = try TestLookup([list], [Self.key], directory)
    for login in ["jdupont", "mdurand"] {
      let match = try #require(lookup.matches(login).first)
      #expect(lookup.countsAtHost(match, host))
    }
  }

  @Test("--allow-generic of one list does not lift it for another")
  func anywhereOfOneList() throws {
    let directory = try TestDirectory()
    let strict = try TestList.write(Self.bareCSV, Self.key, directory)
    let lenient = try TestList.write(
      "login,ref\nmdurand,lenient\n", Self.key, directory, options: Self.bareOptions(anywhere: true)
    )
    let lookup = try TestLookup([strict, lenient], [Self.key], directory)
    let counting = lookup.matches("mdurand").filter { lookup.countsAtHost($0, "elsewhere.test") }
    #expect(counting.map(\.list) == [1])
  }

  /// Two lists; both declare something of their own, and one name in common.
  private func declaring(_ directory: TestDirectory) throws -> TestLookup {
    var first = TestList.options
    first.mailDomains = ["Formation-Isere.example.", "commune.example"]
    first.serviceHosts = ["example", "commune.test"]
    var second = TestList.options
    second.mailDomains = ["commune.example", "café.example"]
    second.serviceHosts = ["kairos.example", "commune.test", "sso.kairos.example"]
    let lists = [
      try TestList.write("login\nmdurand\n", Self.key, directory, options: first),
      try TestList.write("login\nmdurand\n", Self.key, directory, options: second),
    ]
    return try TestLookup(lists, [Self.key], directory)
  }

  @Test(
    "a host is a service of every list that declares it or a suffix of it at a label's border",
    arguments: [
      ("example", [0]), ("other.example", [0]), ("kairos.example", [0, 1]),
      ("www.kairos.example", [0, 1]), ("sso.kairos.example", [0, 1]), ("xkairos.example", [0]),
      ("commune.test", [0, 1]), ("a.b.commune.test", [0, 1]), ("commune.test.evil.org", []),
      ("test", []), ("xexample", []), ("", []), (".", []), ("example.", []), (".example", [0]),
    ] as [(String, [Int])]
  )
  func serviceHosts(host: String, lists: [Int]) throws {
    let lookup = try declaring(TestDirectory())
    #expect(lookup.lists(serviceHost: host).sorted() == lists)
  }

  @Test("a bare login counts at a service that its list declares beside another list's closer one")
  func nestedServices() throws {
    let lookup = try declaring(TestDirectory())
    let counting = lookup.matches("mdurand")
      .filter { lookup.countsAtHost($0, "sso.kairos.example") }
    #expect(counting.map(\.list) == [0, 1])
  }

  @Test(
    "a mail domain is one that a list declares, whole",
    arguments: [
      ("x@formation-isere.example", [0]), ("X@FORMATION-ISERE.example.", [0]),
      ("x@commune.example", [0, 1]), ("x@café.example", [1]), ("x@xn--caf-dma.example", [1]),
      ("x@mail.formation-isere.example", []), ("x@xformation-isere.example", []),
      ("x@formation-isere.example.evil.test", []), ("x@example", []),
      ("formation-isere.example", []),
    ] as [(String, [Int])]
  )
  func mailDomains(login: String, lists: [Int]) throws {
    let lookup = try declaring(TestDirectory())
    #expect(lookup.lists(mailDomainOf: login).sorted() == lists)
  }
}
