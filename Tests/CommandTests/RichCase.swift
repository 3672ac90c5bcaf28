import Foundation
import Testing

extension Workplace {
  /// Makes `findings.json` with findings of every kind: accounts with and without reference, privileged, with an open session,
  /// stolen before and after the change of the password; a login of a declared domain; a count at a declared service; hosts
  /// that are addresses, apps and unknown; several partners; names of files and references that attack whoever shows them.
  func makeRichCase(secret: String = "CANARY") throws {
    try write(
      """
      login,ref,partner,privileged,password_changed_at
      f.martin@formation-isere.example,KAI-0042,org-formation-isere,no,2025-01-15
      n.leroy@formation-isere.example,KAI-0043,org-formation-isere,yes,2025-07-12
      bad@formation-isere.example,"=HYPERLINK(""http://evil.test"")",org-formation-isere,no,
      worse@formation-isere.example,"<script>alert(1)</script>",org-formation-isere,no,
      noref@formation-isere.example,,org-formation-isere,no,
      a.vidal@mission-locale-drome.example,ML-0007,mission-locale-drome,yes,2025-03-01

      """, to: "rich.csv")
    try makeList(
      csv: "rich.csv",
      options: ["--domain", "formation-isere.example", "--service-host", "portail.example"])
    let kairos = "https://kairos.france-travail.example/login"
    func record(_ url: String, _ login: String, _ number: Int) -> String {
      "URL: \(url)\nUsername: \(login)\nPassword: \(secret)-\(number)\n\n"
    }
    let log = "dumps/<b>pack</b>/FR[7F2A61C09D4E8B35A1F06C7D92E4B810] [2025-07-08T17_22_10]/"
    try write(
      "Build ID: cloud_1\nLog date: 7/8/2025 5:22:10 PM\nHWID: 7F2A61C09D4E8B35A1F06C7D92E4B810\n"
        + "OS: Windows 11 Pro\nCountry: FR\nMachineName: PC-1\n",
      to: log + "UserInformation.txt")
    try write(
      record(kairos, "f.martin@formation-isere.example", 1)
        + record("https://vpn.formation-isere.example/", "n.leroy@formation-isere.example", 1)
        + record("https://mail.example/", "f.martin@formation-isere.example", 1)
        + record("https://bank.example/", "stranger@courriel.example", 1)
        + record(kairos, "a.vidal@mission-locale-drome.example", 2),
      to: log + "Passwords.txt")
    try write(
      "kairos.france-travail.example\tFALSE\t/\tTRUE\t1999999999\tKAIROS_SESSION\t\(secret)3\n",
      to: log + "Cookies/Chrome.txt")
    try write(
      "https://203.0.113.7/:f.martin@formation-isere.example:\(secret)4\n"
        + "android://abc==@fr.example.app/:f.martin@formation-isere.example:\(secret)5\n"
        + "f.martin@formation-isere.example:\(secret)6\n"
        + "https://shop.example/:bad@formation-isere.example:\(secret)7\n"
        + "https://shop.example/:worse@formation-isere.example:\(secret)8\n"
        + "https://shop.example/:noref@formation-isere.example:\(secret)9\n"
        + "https://shop.example/:unlisted.person@formation-isere.example:\(secret)10\n"
        + "https://portail.example/:stranger@courriel.example:\(secret)11\n",
      to: "dumps/=cmd|' /C calc'!A0 <img src=x onerror=alert(1)>.txt")
    try write(
      "https://shop.example/:f.martin@formation-isere.example:\(secret)12\n",
      to: "dumps/[click](javascript:alert(1)) `code` *bold* {{#x}}.txt")
    try write([0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0], to: "dumps/<u>cut</u>.zip")
    let outcome = try run(["scan", "dumps", "--out", "findings.json"] + Self.listOptions)
    #expect(outcome.status == 1, "\(outcome.errorText)")
  }

  /// Every way to show a document that was written before, as arguments without it.
  static let shows: [[String]] = [
    ["export", "--to", "misp"], ["export", "--to", "stix"], ["export", "--to", "ocsf"],
    ["export", "--to", "ecs"], ["export", "--to", "defectdojo"], ["export", "--to", "csv"],
    ["report", "--html"], ["report", "--html", "--lang", "fr"], ["report", "--markdown"],
    ["report", "--markdown", "--lang", "fr", "--partner", "org-formation-isere"],
    ["dossier", "--partner", "org-formation-isere"],
    ["dossier", "--partner", "org-formation-isere", "--format", "html"],
    ["dossier", "--partner", "org-formation-isere", "--format", "json", "--lang", "en"],
  ]
}
