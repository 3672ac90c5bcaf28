import Foundation
import Testing

/// Whatever is read, no secret and no stranger comes out.
@Suite("Nothing leaks")
struct LeakTests {
  /// The options of every way to show a result.
  private static let outputs: [[String]] = [
    ["--format", "json", "--problem-log", "problems.txt", "--verbose"],
    ["--format", "jsonl", "--out", "findings.jsonl", "--verbose"],
    ["--format", "table", "--out", "findings.txt"],
    ["--no-sandbox", "--hash-every-login", "--out", "findings.json", "--quiet", "--verify-with"],
    ["--state-dir", "state", "--settle", "0s", "--out", "night1.json"],
    ["--state-dir", "state", "--settle", "0s", "--out", "night2.json"],
  ]

  private static let families: [String] = {
    let samples = Package.root + "/samples"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: samples)) ?? []
    return names.sorted().filter { name in
      let cases = (try? FileManager.default.contentsOfDirectory(atPath: samples + "/" + name)) ?? []
      // Where no login stands, none can be listed.
      return name != "none" && cases.contains { $0.hasSuffix(".truth.json") }
    }
  }()

  /// Copies a sample, with `secret` for each canary.
  private static func copy(
    _ source: String, to target: String, in workplace: Workplace, secret: String
  ) throws {
    let data = try #require(FileManager.default.contents(atPath: source))
    func wide(_ text: String) -> Data { Data(text.utf8.flatMap { [$0, 0] }) }
    var bytes = data
    for (old, new) in [(Data("CANARY".utf8), Data(secret.utf8)), (wide("CANARY"), wide(secret))] {
      var place = bytes.startIndex
      while let range = bytes.range(of: old, in: place..<bytes.endIndex) {
        bytes.replaceSubrange(range, with: new)
        place = range.lowerBound + new.count
      }
    }
    try workplace.write([UInt8](bytes), to: target)
  }

  /// A word of this run that still says what it is.
  private static func freshSecret() -> String {
    "CANARY" + String((0..<10).compactMap { _ in "ABCDEFGHJKLMNPQRSTUVWXYZ".randomElement() })
  }

  private static func expectNoLeak(
    of secrets: [String], in workplace: Workplace, own: Set<String>, _ place: String
  ) throws -> Int {
    let search = LeakSearch(secrets)
    var findings = 0
    for listed in outputs {
      // A verifier gets the passwords, and nobody hears of them for that.
      let options =
        listed.last == "--verify-with"
        ? listed + [try VerifyTests.program(VerifierRunTests.parity, in: workplace)] : listed
      let outcome = try workplace.run(["scan", "dumps"] + Workplace.listOptions + options)
      let name = "\(place), \(options.joined(separator: " "))"
      #expect([0, 1, 3].contains(outcome.status), "\(name): \(outcome.errorText)")
      search.expectNone(in: outcome, name)
      search.expectNone(in: workplace, except: own, name)
      if options[1] == "json" {
        try workplace.write(outcome.output, to: "stdout.json")
        for show in Workplace.shows {
          let shown = try workplace.run(show + ["stdout.json"])
          #expect(shown.status == 0, "\(name), \(show): \(shown.errorText)")
          search.expectNone(in: shown, "\(name), \(show)")
        }
        findings = (try workplace.json("stdout.json")["findings"] as? [Any])?.count ?? 0
        try Schema.expectValid([place: outcome.output], strictly: true)
      }
    }
    return findings
  }

  @Test(
    "the search finds a secret in every form, wherever it stands",
    arguments: [
      "x CANARY x", "canary", "YRANAC", "43414e415259", "43414E415259", "%43%41%4E%41%52%59",
      Data("CANARY".utf8).base64EncodedString(), Data("aCANARYbc".utf8).base64EncodedString(),
      Data("abCANARYc".utf8).base64EncodedString(), "C\0A\0N\0A\0R\0Y\0",
    ])
  func search(text: String) {
    #expect(!LeakSearch.canary.found(in: Array(text.utf8)).isEmpty)
    #expect(LeakSearch.canary.found(in: Array("CANAR Y".utf8)).isEmpty)
  }

  @Test("of the samples of a family, all of whose logins are listed", arguments: families)
  func family(_ family: String) throws {
    let workplace = try Workplace()
    let directory = Package.root + "/samples/" + family
    let secret = Self.freshSecret()
    var logins: Set<String> = []
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      if name.hasSuffix(".truth.json") {
        let data = try #require(FileManager.default.contents(atPath: directory + "/" + name))
        let truth = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        logins.formUnion(truth.compactMap { $0["login"] as? String })
      } else if name.hasSuffix(".txt") {
        try Self.copy(directory + "/" + name, to: "dumps/" + name, in: workplace, secret: secret)
      }
    }
    let rows = logins.sorted().map {
      "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"\n"
    }
    try workplace.write("login\n" + rows.joined(), to: "accounts.csv")
    try workplace.makeList(csv: "accounts.csv", options: ["--allow-generic"])
    let findings = try Self.expectNoLeak(
      of: [secret, "CANARY"], in: workplace, own: Set(workplace.files), family)
    #expect(findings > 0, "without a finding the test shows little")
  }

  @Test("of the case of samples/")
  func samplesCase() throws {
    let workplace = try Workplace()
    let secret = Self.freshSecret()
    let tree = FileManager.default.enumerator(atPath: Package.root + "/samples/dumps")
    while let name = tree?.nextObject() as? String {
      let source = Package.root + "/samples/dumps/" + name
      let attributes = try FileManager.default.attributesOfItem(atPath: source)
      if attributes[.type] as? FileAttributeType == .typeRegular {
        try Self.copy(source, to: "dumps/" + name, in: workplace, secret: secret)
      }
    }
    try workplace.makeList()
    let own = Set(workplace.files)
    // Who else stands there: other organisations, strangers, folders without a match.
    let others = [
      "formation-loire", "courriel.example", "florence.martin", "BE_9C1E77", "ES_203.0.113.77",
      "PT_81D24C0B", "impots-locaux",
    ]
    let findings = try Self.expectNoLeak(
      of: [secret, "CANARY"] + others, in: workplace, own: own, "samples/dumps")
    #expect(findings == 2)
  }

  @Test("of cookies, forms and cards beside a listed account, of which findings tell")
  func traces() throws {
    let workplace = try Workplace()
    let secret = Self.freshSecret()
    let person = "person" + secret.dropFirst(6).lowercased()
    let host = "kairos.france-travail.example"
    let files = [
      "System.txt":
        "HWID: 77AA\nMachineName: PC-1\nAntivirus:\n  Defender\n  Login: \(person)\n  Password: \(secret)9\n",
      "Passwords.txt":
        "URL: https://\(host)/\nLogin: f.martin@formation-isere.example\nPassword: \(secret)0\n",
      "Cookies/a.txt":
        "\(host)\tFALSE\t/\tTRUE\t1999999999\tKAIROS_SESSION\t\(secret)1\n"
        + "\(host)\tFALSE\t/\tTRUE\t1999999999\t\(person)\t\(secret)2\tmore \(secret)3\n",
      "Cookies/b": "\(host) FALSE / TRUE 1999999999 KAIROS_SESSION \(secret)4\n",
      "cookies.json":
        #"[{"domain":".\#(host)","path":"/","name":"KAIROS_SESSION","value":"\#(secret)5"}]"#,
      "Autofills/a.txt": "Field: prenom | Value: \(secret)6\nField: \(person) | Value: x\n",
      "Autofills/b.txt": "FORM: email\nVALUE: \(person)@courriel.example\nadresse \(secret)7\n",
      "CC/a.txt": "Card: 4111 1111 1111 1111\nHolder: \(person) \(secret)8\n",
      "DomainDetects.txt": "CDD: \(host) (1)\nPDD: \(person).example (1)\n",
    ]
    for (name, text) in files { try workplace.write(text, to: "dumps/FR_1/" + name) }
    try workplace.makeList()
    let found = try Self.expectNoLeak(
      of: [secret, "CANARY", person, "4111"], in: workplace, own: Set(workplace.files), "traces")
    #expect(found == 1)
    let outcome = try workplace.run(["scan", "dumps"] + Workplace.listOptions)
    let exposure = outcome.outputText.split(separator: "\"exposure\"").last ?? ""
    for text in ["\"count\": 3", "\"session\": true", "\"domain_listed\": true", "payment"] {
      #expect(exposure.contains(text), "the finding must tell of what must not leak: \(text)")
    }
  }

  /// If a function is looked up at its first call, the dynamic linker saves the registers to the stack, and with them what was
  /// copied last: a key.
  @Test(
    "of keys to the stack, as programs bind their functions when they start",
    arguments: ["dumpsieve", "dumpsieve-worker"])
  func lateBinding(program: String) throws {
    let directory = URL(fileURLWithPath: Workplace.executable).deletingLastPathComponent().path
    let path = directory + "/" + program
    let workplace = try Workplace()
    let outcome = try workplace.start(
      [path, "--version"], input: [], environment: ["LD_DEBUG": "files,bindings"]
    ).outcome()
    let lines = outcome.errorText.split(separator: "\n")
    let began = try #require(lines.firstIndex { $0.contains("transferring control: \(path)") })
    let bindings = "binding file \(path) [0]"
    #expect(lines[..<began].contains { $0.contains(bindings) })
    #expect(!lines[began...].contains { $0.contains(bindings) })
  }

  @Test("of findings of every kind, in every way to show them")
  func everyKind() throws {
    let workplace = try Workplace()
    let secret = Self.freshSecret()
    try workplace.makeRichCase(secret: secret)
    let own = Set(workplace.files).subtracting(["findings.json"])
    let findings = try Self.expectNoLeak(
      of: [secret, "CANARY", "unlisted.person", "stranger@"], in: workplace, own: own, "every kind")
    #expect(findings > 10)
  }

  @Test("of strangers in a made-up dump: logins, and folders in which nothing is listed")
  func strangers() throws {
    let workplace = try Workplace()
    let dump = try MadeDump(
      logs: 60, seed: UInt64.random(in: 0 ... .max), in: workplace)
    try workplace.makeList(csv: "accounts.csv")
    try workplace.write([0x50, 0x4B, 3, 4], to: "\(dump.strangersFolders[0])/more.zip")
    let own = Set(workplace.files)
    let folders = dump.strangersFolders.map { String($0.dropFirst("dumps/".count)) }
    let logins = dump.strangers.compactMap { $0.split(separator: "@").first.map(String.init) }
    let search = LeakSearch(
      Array(dump.secrets.prefix(100)) + Array(logins.prefix(100)) + folders + ["listed.user"])
    for options in Self.outputs {
      let outcome = try workplace.run(["scan", "dumps"] + Workplace.listOptions + options)
      search.expectNone(in: outcome, "made-up dump")
      // The operator's problem log is the one place that names folders of strangers.
      search.expectNone(in: workplace, except: own.union(["problems.txt"]), "made-up dump")
    }
    #expect(try workplace.text("problems.txt").contains(folders[0] + "/more.zip"))
    LeakSearch(dump.secrets + logins).expectNone(
      in: workplace.read("problems.txt") ?? [], "problem log")
  }
}
