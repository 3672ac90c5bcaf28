internal import Clock

// Machines and campaigns, and what was read.
extension ReportPage {
  var devices: [Values] {
    Machine.all(document.findings).prefix(Self.maxCards).map { machine in
      let infection = machine.infection
      var seen: Set<String> = []
      let accounts = machine.findings.map { "\(Self.name($0, language)) (\(service($0)))" }
        .filter { seen.insert($0).inserted }
      let hints = machine.kinds.map { kind in
        switch kind {
        case .shared: say("used by several accounts", "utilisée par plusieurs comptes")
        case .personal: say("a private machine", "une machine personnelle")
        case .work: say("a work machine", "une machine de travail")
        }
      }
      return [
        "id": machine.id,
        "stolen": infection.stolenAt.map { day($0) } ?? say("unknown", "inconnu"),
        "system": [infection.os?.text, infection.country?.text, infection.familyName]
          .compactMap { $0 }.joined(separator: ", "),
        "accounts": accounts.joined(separator: ", "),
        "hints": hints.isEmpty ? "–" : hints.joined(separator: ", "),
      ]
    }
  }

  var campaigns: [String] {
    Campaign.all(document.findings).prefix(50).map { campaign in
      let what =
        switch campaign.mark {
        case .build(let build): say("Build \"\(build)\"", "Version « \(build) »")
        case .day(let day): ReportWords.day(day, language)
        case .seller(let seller): say("Logs of seller \(seller)", "Journaux du vendeur \(seller)")
        }
      let family = campaign.family.map { " (\($0))" } ?? ""
      let machines = number(campaign.machines.count)
      let partners =
        campaign.partners.count > 1 ? ", " + campaign.partners.joined(separator: ", ") : ""
      return say(
        "\(what)\(family): \(machines) machines\(partners)",
        "\(what)\(family) : \(machines) machines\(partners)")
    }
  }

  // MARK: Coverage

  var coverage: String {
    let coverage = document.run.coverage
    let files = number(coverage.filesRead)
    let logs = number(coverage.logs)
    let records = number(coverage.records)
    var text = say(
      "Of \(number(coverage.files)) files \(files) were read to their end, with \(logs) logs of infected machines and \(records) records.",
      "Sur \(number(coverage.files)) fichiers, \(files) ont été lus jusqu'au bout, avec \(logs) journaux de machines infectées et \(records) enregistrements."
    )
    if let unchanged = coverage.unchanged, unchanged > 0 {
      text += say(
        " \(number(unchanged)) had not changed since an earlier run that read them.",
        " \(number(unchanged)) n'avaient pas changé depuis une analyse qui les avait lus.")
    }
    let others = coverage.passedOver.values.reduce(0, +)
    if others > 0 {
      text += say(
        " \(number(others)) hold no credentials as a rule (pictures, programs, empty files), and were passed over.",
        " \(number(others)) ne contiennent en principe aucun identifiant (images, programmes, fichiers vides), et ont été laissés de côté."
      )
    }
    if coverage.isComplete {
      text += say(" Nothing was left unread.", " Rien n'a été laissé sans être lu.")
    }
    return text
  }

  var unread: [Values] {
    let groups = Dictionary(grouping: document.run.coverage.unread, by: \.reason)
    return groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
      reason, gaps in
      let inputs = Set(gaps.map(\.input.text)).sorted()
      return [
        "reason": reason, "text": say(ReportWords.unread(reason)), "count": number(gaps.count),
        "inputs": inputs.prefix(5).joined(separator: ", ") + (inputs.count > 5 ? " …" : ""),
      ]
    }
  }

  var method: [String] {
    let isAsked = document.findings.contains { $0.exposure.passwordCheck != nil }
    return ReportWords.method(isAsked: isAsked).map { say($0) }
  }

  var madeBy: String {
    let run = document.run
    let lists = run.watchlists.map {
      say(
        "\($0.partner) (\(number($0.accounts)) accounts)",
        "\($0.partner) (\(number($0.accounts)) comptes)")
    }.joined(separator: ", ")
    // A digest for one partner of a list of several names no list.
    let with =
      lists.isEmpty ? "" : say(", with the lists of \(lists)", ", avec les listes de \(lists)")
    return say(
      "Made by dumpsieve \(run.version) from the run of \(ReportWords.moment(run.asOf.text, .en))\(with).",
      "Établi par dumpsieve \(run.version) d'après l'analyse du \(ReportWords.moment(run.asOf.text, .fr))\(with)."
    )
  }

  var fingerprint: String {
    "run \(document.run.id) · rules \(document.run.rulesDigest.prefix(16)) · sandbox \(document.run.sandbox)"
  }
}
