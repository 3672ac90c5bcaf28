import Foundation
import Testing

/// What runs say of a stolen password: whether it is still valid, and at how many other sites of the log it stands.
@Suite("Passwords that were stolen")
struct VerifyTests {
  static let account = "f.martin@formation-isere.example"
  static let kairos = "https://kairos.france-travail.example/login"

  /// A workplace with one log of labelled blocks.
  static func workplace(_ records: [(url: String, login: String, password: String)]) throws
    -> Workplace
  {
    let workplace = try Workplace()
    try workplace.makeList()
    let blocks = records.map { "URL: \($0.url)\nUsername: \($0.login)\nPassword: \($0.password)\n" }
    try workplace.write(blocks.joined(separator: "\n"), to: "dumps/FR_1/Passwords.txt")
    try workplace.write("Computer Name: PC\nHWID: 77AA\n", to: "dumps/FR_1/System.txt")
    return workplace
  }

  /// An executable file, by its whole path.
  static func program(_ text: String, in workplace: Workplace) throws -> String {
    try workplace.writeProgram(text, to: "verifier")
  }

  static func scan(_ options: [String], in workplace: Workplace) throws -> Outcome {
    try workplace.run(
      ["scan", "dumps", "--out", "findings.json"] + Workplace.listOptions + options)
  }

  /// `exposure.password` of each finding.
  static func passwords(in workplace: Workplace) throws -> [NSDictionary] {
    let findings = try #require(try workplace.json("findings.json")["findings"] as? [[String: Any]])
    return findings.compactMap {
      ($0["exposure"] as? [String: Any])?["password"] as? NSDictionary
    }
  }

  static func verdicts(in workplace: Workplace) throws -> [String?] {
    try passwords(in: workplace).map { ($0["check"] as? [String: String])?["verdict"] }
  }

  // MARK: The same password elsewhere

  @Test(
    "a site counts once, whatever its hosts, and neither the login's own site nor another password")
  func sites() throws {
    let workplace = try Self.workplace([
      (Self.kairos, Self.account, "CANARY-1"),
      ("https://mail.shop.example/", "ann", "CANARY-1"),
      ("https://www.shop.example/login", "ann", "CANARY-1"),
      ("https://sso.france-travail.example/", Self.account, "CANARY-1"),
      ("android://aGFzaA==@test.game.app/", "ann", "CANARY-1"),
      ("https://other.test/", "ann", "CANARY-2"),
    ])
    #expect(try Self.scan([], in: workplace).status == 1)
    #expect(
      try Self.passwords(in: workplace).map { $0["other_sites"] as? Int } == [2, 2])
    let text = try workplace.text("findings.json")
    #expect(text.contains("sev.same-password") && text.contains("same-password-in-log"))
  }

  @Test(
    "records of any layout of lines are compared",
    arguments: [
      "https://kairos.france-travail.example/:f.martin@formation-isere.example:CANARY-1\nhttps://shop.test/:ann: CANARY-1\n",
      "url,username,password\nhttps://kairos.france-travail.example/,f.martin@formation-isere.example,CANARY-1\nhttps://shop.test/,ann,CANARY-1\n",
      "<table><tr><td>https://kairos.france-travail.example/</td><td>f.martin@formation-isere.example</td><td>CANARY-1</td></tr>\n<tr><td>https://shop.test/</td><td>ann</td><td>CANARY-1</td></tr></table>\n",
    ])
  func layouts(text: String) throws {
    let workplace = try Self.workplace([])
    try workplace.write(text, to: "dumps/FR_1/Passwords.txt")
    #expect(try Self.scan([], in: workplace).status == 1)
    #expect(try Self.passwords(in: workplace).map { $0["other_sites"] as? Int } == [1])
  }

  @Test("a file of no log is of many machines: nothing is counted")
  func noLog() throws {
    let workplace = try Self.workplace([])
    try FileManager.default.removeItem(atPath: workplace.path + "/dumps/FR_1")
    try workplace.write(
      "\(Self.kairos):\(Self.account):CANARY-1\nhttps://shop.test/:ann:CANARY-1\n",
      to: "dumps/lines.txt")
    #expect(try Self.scan([], in: workplace).status == 1)
    #expect(try Self.passwords(in: workplace).map { $0["other_sites"] is NSNull } == [true])
  }

  // MARK: The verifier

  @Test("without --verify-with nobody is asked")
  func notAsked() throws {
    let workplace = try Self.workplace([(Self.kairos, Self.account, "CANARY-1")])
    #expect(try Self.scan([], in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == [nil])
  }

  /// Writes each question to a file, so that the test sees what the verifier gets, and answers by the password.
  static let recorder = """
    #!/usr/bin/python3
    import os, sys
    fields = []
    text = b""
    while True:
        read = os.read(0, 4096)
        if not read: break
        text += read
        while text.count(b"\\0") >= 3:
            login, password, host, text = text.split(b"\\0", 3)
            with open(sys.argv[1], "ab") as file: file.write(b" ".join([login, password, host]) + b"\\n")
            answer = b"still-valid" if password == b"CANARY-new" else b"old" if password.startswith(b"CANARY-old") else b"unknown"
            os.write(1, answer + b"\\n")
    """

  /// Answers on the canary account, and ends.
  static let silent = """
    #!/usr/bin/python3
    import os
    text = b""
    while text.count(b"\\0") < 3: text += os.read(0, 4096)
    os.write(1, b"unknown\\n")
    """

  @Test("it is asked for listed logins alone, once for each password, and its answer weighs")
  func asked() throws {
    let workplace = try Self.workplace([
      (Self.kairos, "F.Martin@Formation-Isere.example", "CANARY-new"),
      (Self.kairos, Self.account, "CANARY-new"),
      ("https://shop.test/", "ann@mail.example", "CANARY-3"),
      ("https://shop.test/", Self.account, "CANARY-old"),
    ])
    let verifier = try Self.program(Self.recorder, in: workplace)
    let asked = workplace.path + "/asked"
    let options = ["--verify-with", "\(verifier) \(asked)", "--jobs", "1"]
    #expect(try Self.scan(options, in: workplace).status == 1)
    let questions = try workplace.text("asked").split(separator: "\n").filter {
      !$0.contains("dumpsieve")
    }
    #expect(
      questions == [
        "\(Self.account) CANARY-new kairos.france-travail.example",
        "\(Self.account) CANARY-old shop.test",
      ])
    #expect(Set(try Self.verdicts(in: workplace)) == ["still-valid", "old"])
    let text = try workplace.text("findings.json")
    #expect(text.contains("sev.still-valid") && text.contains("sev.old-password"))
    #expect(!text.contains("CANARY"))
  }

  @Test("of copies with several answers the graver counts")
  func graver() throws {
    let workplace = try Self.workplace([
      (Self.kairos, Self.account, "CANARY-old"), (Self.kairos, Self.account, "CANARY-new"),
      (Self.kairos, Self.account, "CANARY-other"),
    ])
    let verifier = try Self.program(Self.recorder, in: workplace)
    let options = ["--verify-with", "\(verifier) \(workplace.path)/asked"]
    #expect(try Self.scan(options, in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == ["still-valid"])
  }

  @Test(
    "a program that is no verifier makes the run fail before a dump is read",
    arguments: [
      "exit 0", "echo yes; cat >/dev/null", "kill -9 $$", "echo Welcome; exec cat >/dev/null",
      "echo old; cat >/dev/null",
      "echo unknown; echo unknown; echo unknown; cat >/dev/null",
    ])
  func noVerifier(script: String) throws {
    let workplace = try Self.workplace([(Self.kairos, Self.account, "CANARY-1")])
    let verifier = try Self.program("#!/bin/sh\n\(script)\n", in: workplace)
    let outcome = try Self.scan(["--verify-with", verifier], in: workplace)
    #expect(outcome.status == 2, "\(outcome.errorText)")
    #expect(outcome.errorText.contains("does not answer `unknown`"))
    #expect(workplace.read("findings.json") == nil)
  }

  @Test("a program that is not there makes the run fail, and one without its path is refused")
  func missing() throws {
    let workplace = try Self.workplace([(Self.kairos, Self.account, "CANARY-1")])
    let missing = try Self.scan(["--verify-with", "/nowhere/verifier"], in: workplace)
    #expect(missing.status == 2 && missing.errorText.contains("cannot be started"))
    for command in ["verifier", "", " "] {
      #expect(try Self.scan(["--verify-with", command], in: workplace).status == 64, "\(command)")
    }
  }

  @Test("one that ends in the middle of the run is told, and costs no finding")
  func ends() throws {
    let workplace = try Self.workplace([
      (Self.kairos, Self.account, "CANARY-1"), ("https://shop.test/", Self.account, "CANARY-2"),
    ])
    // It answers the question about the canary account.
    let verifier = try Self.program(
      """
      #!/usr/bin/python3
      import os
      text = b""
      while text.count(b"\\0") < 3: text += os.read(0, 4096)
      os.write(1, b"unknown\\n")
      """, in: workplace)
    let outcome = try Self.scan(["--verify-with", verifier, "--jobs", "1"], in: workplace)
    #expect(outcome.status == 1, "\(outcome.errorText)")
    #expect(try Self.verdicts(in: workplace) == ["no-answer", "no-answer"])
    #expect(outcome.errorText.contains("the verifier gave no answer on 2 of the findings"))
  }

  @Test(
    "the password is asked for as it was saved, whatever the line's order",
    arguments: [
      "\(kairos):\(account):CANARY-new", "\(account):CANARY-new:\(kairos)",
      "\(account):CANARY-new | \(kairos)",
      "\(account);CANARY-new;\(kairos)", "\"\(kairos)\":\"\(account)\":\"CANARY-new\"",
      "URL: \(kairos)\nLogin: \(account)\nPassword: CANARY-new",
      "url,username,password\n\(kairos),\(account),CANARY-new",
    ])
  func orders(text: String) throws {
    let workplace = try Self.workplace([])
    try workplace.write(text + "\n", to: "dumps/FR_1/Passwords.txt")
    let verifier = try Self.program(Self.recorder, in: workplace)
    let options = ["--verify-with", "\(verifier) \(workplace.path)/asked"]
    #expect(try Self.scan(options, in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == ["still-valid"])
  }

  @Test("old is told only where every password was asked for")
  func oldOnlyIfAll() throws {
    var records = [(Self.kairos, Self.account, "CANARY-old")]
    let workplace = try Self.workplace(records)
    let json =
      #"{"url": "\#(Self.kairos)", "username": "\#(Self.account)", "password": "CANARY-new"}"#
    let verifier = try Self.program(Self.recorder, in: workplace)
    let options = ["--verify-with", "\(verifier) \(workplace.path)/asked"]
    #expect(try Self.scan(options, in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == ["old"])
    // Of JSON nobody knows where the password stands.
    try workplace.write(json, to: "dumps/FR_1/p.json")
    #expect(try Self.scan(options, in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == ["unknown"])
    records = (0..<120).map { (Self.kairos, Self.account, "CANARY-\($0)") }
    let many = try Self.workplace(records.map { ($0.0, $0.1, "CANARY-old\($0.2)") })
    #expect(try Self.scan(options, in: many).status == 1)
    #expect(try Self.verdicts(in: many) == ["unknown"])
  }

  @Test("an answer of one night stands beside that of another, and no answer is asked for again")
  func nights() throws {
    let workplace = try Self.workplace([])
    try FileManager.default.removeItem(atPath: workplace.path + "/dumps/FR_1")
    let line = "\(Self.kairos):\(Self.account):CANARY-"
    try workplace.write(line + "new\n", to: "dumps/a.txt")
    let dead = try Self.program(Self.silent, in: workplace)
    let options = ["--verify-with", dead, "--state-dir", "state", "--settle", "0s"]
    #expect(try Self.scan(options, in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == ["no-answer"])
    let asked = workplace.path + "/asked"
    _ = try Self.program(
      Self.recorder.replacingOccurrences(of: "sys.argv[1]", with: "\"\(asked)\""), in: workplace)
    #expect(try Self.scan(options, in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == ["still-valid"])
    try workplace.write(line + "old\n", to: "dumps/b.txt")
    #expect(try Self.scan(options, in: workplace).status == 1)
    #expect(try Self.verdicts(in: workplace) == ["still-valid"])
    let store = try #require(
      workplace.read("state/history.sqlite") ?? workplace.read("state/store.sqlite"))
    #expect(!String(decoding: store, as: UTF8.self).contains("CANARY"))
  }

  /// The list says when the password was changed, and the log that it was stolen on 8 July.
  private static func date(_ workplace: Workplace, changed day: String) throws {
    try workplace.write(
      "login,ref,password_changed_at\n\(account),KAI-0042,\(day)T00:00:00Z\n", to: "changed.csv")
    try FileManager.default.removeItem(atPath: workplace.path + "/isere.key")
    try FileManager.default.removeItem(atPath: workplace.path + "/isere.dsw")
    try workplace.makeList(csv: "changed.csv")
    try workplace.write(
      "Computer Name: PC\nHWID: 77AA\nLog date: 2025-07-08 10:00:00\n",
      to: "dumps/FR_1/System.txt")
  }

  @Test("where list and verifier disagree, the password counts as not changed")
  func contradicted() throws {
    let workplace = try Self.workplace([(Self.kairos, Self.account, "CANARY-new")])
    try Self.date(workplace, changed: "2025-07-10")
    let verifier = try Self.program(Self.recorder, in: workplace)
    let options = ["--verify-with", "\(verifier) \(workplace.path)/asked"]
    #expect(try Self.scan(options, in: workplace).status == 1)
    let text = try workplace.text("findings.json")
    #expect(text.contains("\"still_exposed\": true"))
    #expect(text.contains("act.reset-password") && !text.contains("sev.before-password-change"))
    let report = try workplace.run(["report", "--markdown", "findings.json"])
    #expect(report.outputText.contains("the verifier denies it"))
  }

  @Test("where the verifier knows another password, nobody says that it was not changed")
  func changedUnlisted() throws {
    let workplace = try Self.workplace([(Self.kairos, Self.account, "CANARY-old")])
    try Self.date(workplace, changed: "2025-01-10")
    let reason = "The password has not been changed since the theft."
    func report() throws -> String {
      try workplace.run(["report", "--markdown", "findings.json"]).outputText
    }
    #expect(try Self.scan([], in: workplace).status == 1)
    #expect(try report().contains(reason))
    let verifier = try Self.program(Self.recorder, in: workplace)
    let options = ["--verify-with", "\(verifier) \(workplace.path)/asked"]
    #expect(try Self.scan(options, in: workplace).status == 1)
    let told = try report()
    #expect(!told.contains(reason))
    #expect(told.contains("By the list, the password has not been changed since."))
  }

  @Test("a verifier is one partner's")
  func twoKeys() throws {
    let workplace = try Self.workplace([(Self.kairos, Self.account, "CANARY-1")])
    for file in ["key", "dsw"] {
      try FileManager.default.moveItem(
        atPath: workplace.path + "/isere." + file, toPath: workplace.path + "/other." + file)
    }
    try workplace.makeList()
    let verifier = try Self.program(Self.recorder, in: workplace)
    let options = [
      "--watchlist", "other.dsw", "--key-file", "other.key", "--verify-with", verifier,
    ]
    let outcome = try Self.scan(options, in: workplace)
    #expect(outcome.status == 2 && outcome.errorText.contains("one key"), "\(outcome.errorText)")
  }

  // MARK: The verifier that comes with the program

  @Test("local-hashes knows the password of a sha512crypt, bcrypt or yescrypt hash")
  func localHashes() throws {
    let workplace = try Self.workplace([
      (Self.kairos, Self.account, "CANARY-1"), ("https://shop.test/", Self.account, "CANARY-2"),
    ])
    // crypt(3) of CANARY-1, made once with libcrypt.
    for hash in Self.hashes {
      try workplace.write(
        "root:*:1\nF.Martin@formation-isere.example:\(hash):19000::\n", to: "hashes")
      chmod(workplace.path + "/hashes", 0o600)
      let command =
        "\(Package.root)/contrib/verify/local-hashes \(workplace.path)/hashes france-travail.example"
      let outcome = try Self.scan(["--verify-with", command], in: workplace)
      #expect(outcome.status == 1, "\(outcome.errorText)")
      #expect(Set(try Self.verdicts(in: workplace)) == ["still-valid", "unknown"], "\(hash)")
    }
  }

  @Test(
    "local-hashes knows nothing of accounts and hashes that it does not have, and takes no open file"
  )
  func localHashesWithout() throws {
    let workplace = try Self.workplace([(Self.kairos, Self.account, "CANARY-1")])
    let command = "\(Package.root)/contrib/verify/local-hashes \(workplace.path)/hashes"
    let whole = Self.hashes[0]
    let hashes = [
      "", "!", "$9$x$y", String(whole.dropLast(3)), "$6$saltsalt$",
      "\(whole)\n\(Self.account):\(Self.hashes[1])",
    ]
    for line in hashes.map({ "\(Self.account):\($0)\n" }) + ["", "\(Self.account)\n"] {
      try workplace.write(line, to: "hashes")
      chmod(workplace.path + "/hashes", 0o600)
      #expect(try Self.scan(["--verify-with", command], in: workplace).status == 1)
      #expect(try Self.verdicts(in: workplace) == ["unknown"], "\(line)")
    }
    chmod(workplace.path + "/hashes", 0o644)
    let outcome = try Self.scan(["--verify-with", command], in: workplace)
    #expect(outcome.status == 2 && outcome.errorText.contains("can be read by others"))
  }

  private static let hashes = [
    "$6$rounds=1000$dumpsieve$wZAfaulUVeSsGkoWzwVOphy41wC0AorgSmziv/YeXBFmFGDe08fqquPmxZlgjHSQED6nkTKBOtxlONPhc/Qql1",
    "$2b$04$abcdefghijklmnopqrstuuwwI43j2Rf9w6F12pyUyZn5llsdTByY6",
    "$y$j75$abcdefghijkl$LpXO3.u5dQL1eKfHv6IxU/Hgwv7UJrrsNt0sUZw7xj9",
  ]
}
