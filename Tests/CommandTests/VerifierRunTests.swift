import Foundation
import Testing

/// The verifier in runs of every kind, and verifiers of every kind in a run.
@Suite("Runs with a verifier")
struct VerifierRunTests {
  private typealias Base = VerifyTests

  /// A workplace with one log, its verifier, and the options that name that.
  private static func recorded(_ records: [(String, String)]) throws -> (Workplace, [String]) {
    let workplace = try Base.workplace(records.map { ($0.0, Base.account, $0.1) })
    let verifier = try Base.program(Base.recorder, in: workplace)
    return (workplace, ["--verify-with", "\(verifier) \(workplace.path)/asked"])
  }

  /// How often somebody was asked about a password of a dump.
  private static func questions(in workplace: Workplace) throws -> Int {
    try workplace.text("asked").split(separator: "\n").count { !$0.contains("dumpsieve") }
  }

  private static let twoLogs = [(Base.kairos, "CANARY-new"), ("https://shop.test/", "CANARY-old")]

  // MARK: Runs

  @Test("what was answered is asked again with --full alone")
  func full() throws {
    let (workplace, options) = try Self.recorded(Self.twoLogs)
    let night = options + ["--state-dir", "state", "--settle", "0s"]
    for (more, asked) in [([], 2), ([], 2), (["--full"], 4)] as [([String], Int)] {
      #expect(try Base.scan(night + more, in: workplace).status == 1)
      #expect(try Self.questions(in: workplace) == asked)
      #expect(try Base.verdicts(in: workplace) == ["still-valid", "old"])
    }
  }

  @Test("a night on which it does not answer loses no valid password, and asks again")
  func silentNight() throws {
    let (workplace, options) = try Self.recorded(Self.twoLogs)
    let night = options + ["--state-dir", "state", "--settle", "0s"]
    #expect(try Base.scan(night, in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid", "old"])
    _ = try Base.program(Base.silent, in: workplace)
    let failed = try Base.scan(night + ["--full"], in: workplace)
    #expect(failed.status == 1 && failed.errorText.contains("verifier"), "\(failed.errorText)")
    #expect(try Base.verdicts(in: workplace) == ["still-valid", "no-answer"])
    _ = try Base.program(Base.recorder, in: workplace)
    #expect(try Base.scan(night, in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid", "old"])
    #expect(try Self.questions(in: workplace) == 4)
  }

  @Test("a finding of which somebody said that its password was reset is open again if it is valid")
  func resetDenied() throws {
    let (workplace, options) = try Self.recorded([(Base.kairos, "CANARY-new")])
    let night = ["--state-dir", "state", "--settle", "0s"]
    #expect(try Base.scan(night, in: workplace).status == 1)
    func finding() throws -> [String: Any] {
      let findings = try workplace.json("findings.json")["findings"] as? [[String: Any]]
      return try #require(findings?.first)
    }
    let id = try #require(try finding()["id"] as? String)
    let set = [
      "findings", "set", id, "reset-done", "--at", "2025-07-14T09:00:00Z", "--state-dir", "state",
    ]
    #expect(try workplace.run(set).status == 0)
    #expect(try Base.scan(night + ["--as-of", "2025-07-15T01:30:00Z"], in: workplace).status == 0)
    #expect(try finding()["state"] as? String == "resolved")
    let outcome = try Base.scan(
      night + options + ["--as-of", "2025-07-16T01:30:00Z"], in: workplace)
    #expect(outcome.status == 1 && outcome.errorText.contains("1 reopened"), "\(outcome.errorText)")
    #expect(try finding()["state"] as? String == "reopened")
    #expect(try finding()["severity"] as? String == "critical")
  }

  @Test("what is asked of a file does not depend on what was read before it")
  func otherFile() throws {
    let (workplace, options) = try Self.recorded([])
    for (log, count) in [(1, 100), (2, 120)] {
      let blocks = (0..<count).map {
        "URL: \(Base.kairos)\nUsername: \(Base.account)\nPassword: CANARY-old\($0)\n\n"
      }
      try workplace.write(blocks.joined(), to: "dumps/FR_\(log)/Passwords.txt")
      try workplace.write(
        "Computer Name: DESKTOP-\(log)\nHWID: 140C4CD6AA4A7731683C37F16C10A99\(log)\n",
        to: "dumps/FR_\(log)/System.txt")
    }
    #expect(try Base.scan(options + ["--jobs", "1"], in: workplace).status == 1)
    let verdicts = try Base.verdicts(in: workplace)
    #expect(verdicts.count == 2 && Set(verdicts) == ["old", "unknown"], "\(verdicts)")
  }

  @Test("a night without the verifier keeps what is known, and tells nothing of what it reads anew")
  func nightWithout() throws {
    let (workplace, options) = try Self.recorded([(Base.kairos, "CANARY-old")])
    let night = ["--state-dir", "state", "--settle", "0s"]
    func reread() throws -> [String]? {
      (try workplace.json("findings.json")["run"] as? [String: Any])?["reread"] as? [String]
    }
    #expect(try Base.scan(night + options, in: workplace).status == 1)
    for more in [[], options, []] {
      #expect(try Base.scan(night + more, in: workplace).status == 1)
      #expect(try Base.verdicts(in: workplace) == ["old"])
      #expect(try reread() == nil)
    }
    #expect(try Self.questions(in: workplace) == 1)
    // Of the second password nobody was asked: it may be the valid one.
    try workplace.write("\(Base.kairos):\(Base.account):CANARY-new\n", to: "dumps/FR_1/more.txt")
    #expect(try Base.scan(night, in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == [nil])
    try FileManager.default.removeItem(atPath: workplace.path + "/dumps/FR_1/more.txt")
    #expect(try Base.scan(night + options, in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["old"])
    try workplace.write("\(Base.kairos):\(Base.account):CANARY-new\n", to: "dumps/lines.txt")
    #expect(try Base.scan(night + options, in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid"])
  }

  @Test("copies of which one was read without a verifier are not old")
  func copies() throws {
    let (workplace, options) = try Self.recorded([(Base.kairos, "CANARY-old")])
    for name in ["Passwords.txt", "System.txt"] {
      try workplace.write(
        try #require(workplace.read("dumps/FR_1/" + name)), to: "copies/FR_1/" + name)
    }
    try workplace.write(
      "URL: \(Base.kairos)\nUsername: \(Base.account)\nPassword: CANARY-new\n",
      to: "copies/FR_1/Passwords.txt")
    #expect(try Base.scan(options, in: workplace).status == 1)
    let other = try workplace.run(
      ["scan", "copies", "--out", "other.json"] + Workplace.listOptions)
    #expect(other.status == 1)
    for parts in [["findings.json", "other.json"], ["other.json", "findings.json"]] {
      let merged = try workplace.run(["merge", "--out", "merged.json"] + parts)
      #expect(merged.status == 1, "\(merged.errorText)")
      let text = try workplace.text("merged.json")
      #expect(text.contains("\"verdict\": \"unknown\"") && !text.contains("\"verdict\": \"old\""))
    }
  }

  @Test("the configuration file and the environment name it, too")
  func settings() throws {
    let (workplace, _) = try Self.recorded(Self.twoLogs)
    let verifier = [workplace.path + "/verifier", workplace.path + "/asked"]
    try workplace.write("verify_with: [\(verifier.joined(separator: ", "))]\n", to: "config.yaml")
    #expect(try Base.scan(["--config", "config.yaml"], in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid", "old"])
    let outcome = try workplace.start(
      [Workplace.executable, "scan", "dumps", "--out", "findings.json"]
        + Workplace.listOptions, input: [],
      environment: ["DUMPSIEVE_VERIFY_WITH": verifier.joined(separator: ":")]
    ).outcome()
    #expect(outcome.status == 1, "\(outcome.errorText)")
    #expect(try Base.verdicts(in: workplace) == ["still-valid", "old"])
    #expect(try Self.questions(in: workplace) == 4)
    try workplace.write("verify_with: [verifier]\n", to: "config.yaml")
    #expect(try Base.scan(["--config", "config.yaml"], in: workplace).status == 78)
  }

  @Test("shards ask for their own part, and the merged document has all answers")
  func shards() throws {
    let (workplace, options) = try Self.recorded(Self.twoLogs)
    for number in 2..<8 {
      try workplace.write(
        "https://site\(number).test/:\(Base.account):CANARY-old\n", to: "dumps/\(number).txt")
    }
    for index in 1...2 {
      let outcome = try workplace.run(
        ["scan", "dumps", "--out", "part\(index).json", "--shard", "\(index)/2"]
          + Workplace.listOptions + options)
      #expect(outcome.status == 1, "\(outcome.errorText)")
    }
    #expect(try Self.questions(in: workplace) == 8)
    let merged = try workplace.run(
      ["merge", "--out", "findings.json", "part1.json", "part2.json"])
    #expect(merged.status == 1, "\(merged.errorText)")
    let verdicts = try Base.verdicts(in: workplace)
    #expect(verdicts.count == 8 && verdicts.count { $0 == "old" } == 7)
    #expect(verdicts.contains("still-valid"))
  }

  @Test("members of archives, texts of other encodings and ranges of a big file are asked for")
  func places() throws {
    let (workplace, options) = try Self.recorded([])
    let line = "\(Base.kairos):\(Base.account):CANARY-new\n"
    let wide: [UInt8] = [0xFF, 0xFE] + line.utf8.flatMap { [$0, 0] }
    try workplace.write(wide, to: "dumps/FR_1/Passwords.txt")
    #expect(try Base.scan(options, in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid"])
    try FileManager.default.removeItem(atPath: workplace.path + "/dumps/FR_1")
    try workplace.write(line, to: "FR_2/Passwords.txt")
    let pack = try workplace.start(
      ["/usr/bin/env", "python3", "-m", "zipfile", "-c", "dumps/pack.zip", "FR_2"], input: []
    ).outcome()
    #expect(pack.status == 0)
    #expect(try Base.scan(options, in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid"])
    try FileManager.default.removeItem(atPath: workplace.path + "/dumps/pack.zip")
    let others = (0..<4000).map { "https://site.test/:ann\($0):CANARY-\($0)\n" }.joined()
    try workplace.write(others + line + others, to: "dumps/big.txt")
    #expect(try Base.scan(options + ["--range-size", "65536"], in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid"])
  }

  @Test("a worker that takes another's place has a verifier of its own")
  func restarted() throws {
    let (workplace, options) = try Self.recorded([])
    for number in 0..<4 {
      try workplace.write("dumpsieve-mock-fault crash\n", to: "dumps/\(number)a.txt")
      try workplace.write(
        "https://site\(number).test/:\(Base.account):CANARY-new\n", to: "dumps/\(number)b.txt")
    }
    #expect(try Base.scan(options + ["--jobs", "1"], in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == Array(repeating: "still-valid", count: 4))
  }

  // MARK: What is said of it

  @Test("other systems get labels for it, and the dossier a line with its source")
  func told() throws {
    let workplace = try Base.workplace([
      (Base.kairos, Base.account, "CANARY-new"), ("https://shop.test/", Base.account, "CANARY-old"),
      ("https://forum.test/", "ann", "CANARY-new"),
    ])
    let verifier = try Base.program(Base.recorder, in: workplace)
    let options = ["--verify-with", "\(verifier) \(workplace.path)/asked"]
    #expect(try Base.scan(options, in: workplace).status == 1)
    for (format, prefix) in [("misp", "dumpsieve:"), ("stix", ""), ("defectdojo", "")] {
      let export = try workplace.run(["export", "--to", format, "findings.json"])
      for label in ["password-still-valid", "password-old", "password-at-other-sites"] {
        let count = export.outputText.components(separatedBy: "\"\(prefix)\(label)\"").count - 1
        #expect(count == 1, "\(format), \(label)")
      }
      if ExportTests.unjudged.contains(format) { continue }
      let judgement = try ExportTests.judge(format, export.output)
      #expect(judgement.status == 0, "\(judgement.outputText)\(judgement.errorText)")
    }
    for (language, words) in [
      (
        "en",
        [
          "is still valid (asked on 14 July 2025)", "Source: the program", "1 other site",
          "Source: the log",
        ]
      ),
      (
        "fr",
        ["le 14 juillet 2025)", "le programme que", "1 autre site", "le journal"]
      ),
    ] {
      let dossier = try workplace.run([
        "dossier", "--partner", "org-formation-isere", "--lang", language, "--format", "json",
        "findings.json",
      ])
      #expect(words.allSatisfy { dossier.outputText.contains($0) }, "\(dossier.outputText)")
    }
  }

  // MARK: Verifiers

  /// Answers every question as `answer`, Python of `number`, the question's from 0, says.
  private static func answering(_ answer: String) -> String {
    """
    #!/usr/bin/python3
    import os, sys, time
    number = 0
    text = b""
    while True:
        read = os.read(0, 4096)
        if not read: break
        text += read
        while text.count(b"\\0") >= 3:
            text = text.split(b"\\0", 3)[3]
            \(answer)
            number += 1
    """
  }

  /// Answers in turn, and says nothing of what it was asked.
  static let parity = answering(
    #"os.write(1, [b"old\n", b"still-valid\n"][number % 2] if number else b"unknown\n")"#)

  @Test("an answer may come byte by byte")
  func drips() throws {
    let workplace = try Base.workplace([(Base.kairos, Base.account, "CANARY-1")])
    let drip = Self.answering(
      #"for byte in b"still-valid\n" if number else b"unknown\n": os.write(1, bytes([byte])); time.sleep(0.02)"#
    )
    let verifier = try Base.program(drip, in: workplace)
    #expect(try Base.scan(["--verify-with", verifier], in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["still-valid"])
  }

  @Test(
    "what is no answer of one line is none, and none after it",
    arguments: [
      #""still-valid\r\n""#, #""Still-Valid\n""#, #""still-valid\nold\n""#, #""old\0\n""#,
      #""still-valid" + " " * 9 + "\n""#, #""\n""#,
    ])
  func oddAnswers(answer: String) throws {
    let workplace = try Base.workplace([
      (Base.kairos, Base.account, "CANARY-1"), ("https://shop.test/", Base.account, "CANARY-2"),
    ])
    let verifier = try Base.program(
      Self.answering(#"os.write(1, (\#(answer) if number == 1 else "unknown\n").encode())"#),
      in: workplace)
    #expect(
      try Base.scan(["--verify-with", verifier, "--jobs", "1"], in: workplace).status == 1)
    #expect(try Base.verdicts(in: workplace) == ["no-answer", "no-answer"])
  }

  @Test("how a verifier failed is told, at the start and in the middle of a run")
  func failures() throws {
    let workplace = try Base.workplace([(Base.kairos, Base.account, "CANARY-1")])
    for (script, text) in [
      ("exit 3", ": it ended with status 3 ("), ("kill -9 $$", ": it died of signal 9 ("),
      ("exec cat >/dev/null", "nobody has (docs"),
    ] {
      let verifier = try Base.program("#!/bin/sh\n\(script)\n", in: workplace)
      let outcome = try Base.scan(["--verify-with", verifier], in: workplace)
      #expect(outcome.status == 2 && outcome.errorText.contains(text), "\(outcome.errorText)")
    }
    let late = try Base.program(
      Self.answering(#"os.write(1, b"unknown\n") if number == 0 else sys.exit(5)"#), in: workplace)
    let outcome = try Base.scan(["--verify-with", late, "--jobs", "1"], in: workplace)
    #expect(outcome.status == 1)
    #expect(
      outcome.errorText.contains("no answer on 1 of the findings; it ended with status 5 ("),
      "\(outcome.errorText)")
  }

  @Test("one that knows the account that nobody has is not believed, whichever worker asks")
  func knowsCanary() throws {
    let workplace = try Base.workplace([])
    // The second process answers otherwise than the first.
    let verifier = try Base.program(
      """
      #!/bin/sh
      if [ -e "$1" ]; then echo=old; else echo=unknown; : >"$1"; fi
      head -c 1 >/dev/null; echo $echo; exec cat >/dev/null
      """, in: workplace)
    try workplace.write("dumpsieve-mock-fault crash\n", to: "dumps/a.txt")
    try workplace.write("https://site.test/:\(Base.account):CANARY-1\n", to: "dumps/b.txt")
    let outcome = try Base.scan(
      ["--verify-with", "\(verifier) \(workplace.path)/begun", "--jobs", "1"], in: workplace)
    #expect(outcome.status == 2 && workplace.read("findings.json") == nil, "\(outcome.errorText)")
  }

  @Test("what a verifier has started ends with it, whether it ends by itself or not")
  func descendants() throws {
    let workplace = try Base.workplace([(Base.kairos, Base.account, "CANARY-1")])
    for last in ["", "trap '' TERM; while :; do sleep 1; done\n"] {
      let verifier = try Base.program(
        """
        #!/bin/sh
        sleep 1000 <&- >&- 2>&- & echo $! >"$1"
        head -c 1 >/dev/null; echo unknown; cat >/dev/null
        \(last)
        """, in: workplace)
      let options = ["--verify-with", "\(verifier) \(workplace.path)/child", "--jobs", "1"]
      let outcome = try Base.scan(options, in: workplace)
      #expect(
        outcome.status == 1 && outcome.errorText.contains("no answer"), "\(outcome.errorText)")
      let child = try #require(
        pid_t(try workplace.text("child").trimmingCharacters(in: .whitespacesAndNewlines)))
      var waited = 0
      while kill(child, 0) == 0, Running.ticks(child) != nil, waited < 100 {
        usleep(20_000)
        waited += 1
      }
      #expect(waited < 100)
    }
  }
}
