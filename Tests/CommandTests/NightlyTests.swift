import Foundation
import Glibc
import Testing

/// What surrounds a nightly run: the lock, hooks, metrics, units.
@Suite("Every night")
struct NightlyTests {
  private static let night = ["--state-dir", "state", "--settle", "0s", "--out", "findings.json"]

  private func prepared() throws -> Workplace {
    let workplace = try Workplace()
    try workplace.makeList()
    try workplace.write(
      "https://kairos.france-travail.example/:f.martin@formation-isere.example:CANARY\n",
      to: "dumps/list.txt")
    return workplace
  }

  private func scan(_ workplace: Workplace, _ more: [String] = []) throws -> Outcome {
    try workplace.run(["scan", "dumps"] + Workplace.listOptions + Self.night + more)
  }

  /// Starts a Python program that writes the port on which it listens.
  private func server(_ workplace: Workplace, _ program: String) throws -> (Running, port: String) {
    try workplace.write(program, to: "server.py")
    let running = try workplace.start(
      ["/usr/bin/env", "python3", "server.py"], input: [], environment: [:])
    for _ in 0..<200 {
      if let port = workplace.read("port"), !port.isEmpty {
        return (running, String(decoding: port, as: UTF8.self))
      }
      usleep(50_000)
    }
    Issue.record("the server does not listen")
    return (running, "0")
  }

  @Test("a second run is told to try later, waits if asked, and a killed run leaves no lock")
  func lock() throws {
    let workplace = try prepared()
    #expect(try scan(workplace).status == 1)
    let holder = try workplace.start(
      ["/usr/bin/flock", "state/lock", "/bin/sh", "-c", "touch held; sleep 6"], input: [])
    for _ in 0..<400 where workplace.read("held") == nil { usleep(50_000) }
    let refused = try scan(workplace)
    #expect(refused.status == 75)
    #expect(refused.errorText.contains("another run holds the state directory"))
    #expect(try scan(workplace, ["--wait", "30s"]).status == 1)
    _ = holder.outcome()
    let killed = try workplace.start(
      [Workplace.executable, "scan", "dumps"] + Workplace.listOptions + Self.night)
    usleep(50_000)
    kill(killed.process, SIGKILL)
    _ = killed.outcome()
    #expect(try scan(workplace).status == 1)
  }

  @Test("a killed run is gone on with, and brings the same in the end")
  func interrupted() throws {
    let workplace = try Workplace()
    let dump = try MadeDump(logs: 300, seed: 7, in: workplace)
    try workplace.makeList(csv: "accounts.csv")
    for delay: UInt32 in [300_000, 600_000, 900_000] {
      let run = try workplace.start(
        [Workplace.executable, "scan", "dumps", "--jobs", "1"] + Workplace.listOptions
          + Self.night)
      usleep(delay)
      kill(run.process, SIGTERM)
      _ = run.outcome()
    }
    _ = try scan(workplace)
    let findings = try workplace.json("findings.json")["findings"] as? [Any] ?? []
    #expect(findings.count == dump.listedFolders.count)
    #expect(!workplace.files.contains("findings.partial.json"))
  }

  @Test("a hook posts to a web server what a run tells, in ids, counts and references")
  func webhook() throws {
    let workplace = try prepared()
    let (server, port) = try server(
      workplace,
      """
      import http.server
      class Handler(http.server.BaseHTTPRequestHandler):
          def do_POST(self):
              body = self.rfile.read(int(self.headers["Content-Length"]))
              open("posted", "ab").write(body)
              self.send_response(200)
              self.end_headers()
          def log_message(self, *words): pass
      server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
      open("port", "w").write(str(server.server_port))
      server.serve_forever()
      """)
    defer {
      kill(server.process, SIGKILL)
      _ = server.outcome()
    }
    let hook = Package.root + "/packaging/hooks/webhook"
    try workplace.write("on_new: [\(hook), \"http://127.0.0.1:\(port)/\"]\n", to: "config.yaml")
    chmod(workplace.path + "/config.yaml", 0o600)
    let outcome = try scan(workplace, ["--config", "config.yaml"])
    #expect(outcome.errorText == "dumpsieve: 1 new, the worst medium\n")
    let posted = try workplace.json("posted")
    #expect(posted["event"] as? String == "new")
    let finding = try #require((posted["findings"] as? [[String: Any]])?.first)
    #expect(Set(finding.keys) == ["id", "state", "severity", "partner", "ref"])
    LeakSearch(["CANARY", "f.martin", "kairos"]).expectNone(
      in: workplace.read("posted") ?? [], "what was posted")
    // A second night is silent.
    #expect(try scan(workplace, ["--config", "config.yaml"]).errorText.isEmpty)
    #expect(try workplace.json("posted")["event"] as? String == "new")
  }

  @Test("a hook mails what a run tells")
  func mail() throws {
    let workplace = try prepared()
    let (server, port) = try server(
      workplace,
      """
      import socket
      listener = socket.create_server(("127.0.0.1", 0))
      open("port", "w").write(str(listener.getsockname()[1]))
      while True:
          peer, _ = listener.accept()
          lines, text = peer.makefile("rb"), False
          peer.sendall(b"220 sink\\r\\n")
          for line in lines:
              if text:
                  open("mailed", "ab").write(line)
                  if line == b".\\r\\n":
                      text = False
                      peer.sendall(b"250 taken\\r\\n")
              elif line.upper().startswith(b"DATA"):
                  text = True
                  peer.sendall(b"354 go on\\r\\n")
              elif line.upper().startswith(b"QUIT"):
                  peer.sendall(b"221 bye\\r\\n")
                  break
              else:
                  peer.sendall(b"250 well\\r\\n")
          peer.close()
      """)
    defer {
      kill(server.process, SIGKILL)
      _ = server.outcome()
    }
    let sendmail = try workplace.writeProgram(
      """
      #!/usr/bin/python3
      import smtplib, sys
      text = sys.stdin.buffer.read()
      to = text.split(b"\\n")[0][4:].decode()
      smtplib.SMTP("127.0.0.1", \(port)).sendmail("dumpsieve@a.example", [to], text)
      """, to: "sendmail")
    let hook = Package.root + "/packaging/hooks/mail"
    try workplace.write(
      "on_new: [/usr/bin/env, \"SENDMAIL=\(sendmail)\", \(hook), soc@a.example]\n",
      to: "config.yaml")
    chmod(workplace.path + "/config.yaml", 0o600)
    let outcome = try scan(workplace, ["--config", "config.yaml"])
    #expect(outcome.errorText == "dumpsieve: 1 new, the worst medium\n")
    let mailed = try workplace.text("mailed")
    #expect(mailed.contains("Subject: dumpsieve: new on") && mailed.contains("KAI-0042"))
    LeakSearch(["CANARY", "f.martin", "kairos"]).expectNone(in: Array(mailed.utf8), "the mail")
  }

  @Test("a hook can be ended by the signals that the scan holds back")
  func hookSignals() throws {
    let workplace = try prepared()
    let hook = try workplace.writeProgram(
      "#!/bin/sh\ncat >/dev/null\nexec grep SigBlk /proc/self/status >blocked\n", to: "hook")
    try workplace.write("on_new: [\(hook)]\n", to: "config.yaml")
    chmod(workplace.path + "/config.yaml", 0o600)
    #expect(try scan(workplace, ["--config", "config.yaml"]).status == 1)
    #expect(try workplace.text("blocked") == "SigBlk:\t0000000000000000\n")
    try FileManager.default.removeItem(atPath: workplace.path + "/blocked")
    try workplace.write("on_failure: [\(hook)]\n", to: "config.yaml")
    let failed = try workplace.start(
      ["sh", "-c", #"exec "$@" >/dev/full"#, "sh", Workplace.executable, "scan", "dumps"]
        + Workplace.listOptions + ["--config", "config.yaml"], input: [])
    #expect(failed.outcome().status == 2)
    #expect(try workplace.text("blocked") == "SigBlk:\t0000000000000000\n")
  }

  @Test("a hook that hangs or fails is told, and changes nothing of the run")
  func badHooks() throws {
    let workplace = try prepared()
    try workplace.write(
      """
      on_new: [/bin/sleep, "60"]
      on_success: [/bin/false]
      on_failure: [/nowhere]
      hook_timeout: 1s
      """,
      to: "config.yaml")
    chmod(workplace.path + "/config.yaml", 0o600)
    let outcome = try scan(workplace, ["--config", "config.yaml"])
    #expect(outcome.status == 1)
    #expect(outcome.errorText.contains("on_new: /bin/sleep was ended after 1 s"))
    #expect(outcome.errorText.contains("on_success: /bin/false ended with status 1"))
    let failed = try workplace.run(
      [
        "scan", "dumps", "--watchlist", "none", "--key-file", "isere.key", "--config",
        "config.yaml",
      ])
    #expect(failed.status == 78)
    #expect(failed.errorText.contains("on_failure: /nowhere cannot be started"))
  }

  @Test("metrics are as Prometheus wants them, and tell of no account")
  func metrics() throws {
    let workplace = try prepared()
    _ = try scan(workplace, ["--metrics-file", "dumpsieve.prom"])
    let first = try workplace.text("dumpsieve.prom")
    _ = try scan(workplace, ["--metrics-file", "dumpsieve.prom", "--full"])
    let second = try workplace.text("dumpsieve.prom")
    func bytes(_ text: String) -> Int? {
      text.split(separator: "\n").first { $0.hasPrefix("dumpsieve_bytes_read_total ") }
        .flatMap { Int($0.split(separator: " ")[1]) }
    }
    #expect(bytes(second) == bytes(first).map { 2 * $0 })
    #expect(first.contains("dumpsieve_findings{severity=\"medium\",state=\"new\"} 1"))
    #expect(second.contains("dumpsieve_findings{severity=\"medium\",state=\"ongoing\"} 1"))
    LeakSearch(["CANARY", "f.martin", "kairos", "KAI-0042"]).expectNone(
      in: Array(second.utf8), "metrics")
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool") else {
      print("SKIPPED promtool: it comes with Debian's prometheus")
      return
    }
    for (words, input) in [
      (["check", "metrics"], second),
      (["check", "rules", Package.root + "/packaging/prometheus/dumpsieve.rules.yml"], ""),
    ] {
      let checked = try workplace.start(["/usr/bin/promtool"] + words, input: Array(input.utf8))
      let outcome = checked.outcome()
      #expect(outcome.status == 0, "\(outcome.errorText)")
    }
  }

  @Test("the unit is locked down, as systemd itself judges")
  func unit() throws {
    let program = "/usr/bin/systemd-analyze"
    guard FileManager.default.isExecutableFile(atPath: program) else {
      print("SKIPPED systemd-analyze: there is no systemd")
      return
    }
    let workplace = try Workplace()
    let outcome = try workplace.start(
      [
        program, "security", "--offline=true", "--threshold=10", "--no-pager",
        Package.root + "/packaging/systemd/dumpsieve.service",
      ], input: []
    ).outcome()
    #expect(outcome.status == 0, "it is worse than 1.0: \(outcome.outputText.suffix(200))")
  }
}
