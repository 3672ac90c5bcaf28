internal import Clock

/// What the report for people shows, as names and values for a template; every text is in one language, and none is escaped yet.
struct ReportPage {
  typealias Values = [String: Any]

  /// Nobody reads more; `findings.json` has the rest.
  private static let maxCards = 500
  private static let maxChanges = 200
  private static let maxSightings = 5

  private let document: FindingsDocument
  private let language: Language
  private let exposures: [Exposure]

  /// All findings of one account, the worst first.
  private struct Exposure {
    var anchor: String
    var name: String
    var partner: String
    var findings: [Finding]

    var isOpen: Bool { findings.contains(where: \.isOpen) }
    /// What is left to do says how bad it is; if nothing is, what there was.
    var standing: [Finding] { isOpen ? findings.filter(\.isOpen) : findings }
    var severity: Severity { standing.map(\.severity).max() ?? .low }
  }

  init(_ document: FindingsDocument, _ language: Language) {
    self.document = document
    self.language = language
    var exposures: [Exposure] = []
    var places: [[String]: Int] = [:]
    for finding in document.findings {
      // What is counted, or of nobody's account, is told for each service by itself.
      let key = [
        finding.partner, finding.account.match == .account ? finding.accountName : finding.id,
      ]
      if let place = places[key] {
        exposures[place].findings.append(finding)
      } else {
        places[key] = exposures.count
        exposures.append(
          Exposure(
            anchor: "a\(exposures.count + 1)", name: Self.name(finding, language),
            partner: finding.partner, findings: [finding]))
      }
    }
    // The worst first, by what is left to do; what is closed comes last.
    let ranked = exposures.map { (exposure: $0, rank: $0.isOpen ? $0.severity.rank : -1) }
    self.exposures = ranked.enumerated().sorted {
      ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset)
    }.map { $0.element.exposure }
  }

  private func say(_ en: String, _ fr: String) -> String {
    language.set(language == .fr ? fr : en)
  }

  private func say(_ words: Words) -> String { words.text(language) }

  private func day(_ time: UTCTime) -> String { ReportWords.day(time.text, language) }

  private func number(_ number: Int) -> String { ReportWords.number(number, language) }

  private static func name(_ finding: Finding, _ language: Language) -> String {
    if finding.account.match != .service { return finding.accountName }
    let count = ReportWords.number(finding.records, language)
    if language == .en { return finding.records == 1 ? "1 login" : "\(count) logins" }
    return finding.records == 1 ? "1 identifiant" : "\(count) identifiants"
  }

  private func service(_ finding: Finding) -> String {
    finding.service.name ?? finding.service.host
      ?? say("an unknown service", "un service inconnu")
  }

  // MARK: The whole

  var values: Values {
    let shown = exposures.prefix(Self.maxCards)
    let plan = plan
    let changes = changes
    let devices = devices
    let campaigns = campaigns
    let unread = unread
    var values: Values = [
      "lang": language.rawValue, "t": ReportWords.labels(language),
      "partners": document.partners.joined(separator: ", "),
      "night": ReportWords.moment(document.run.asOf.text, language),
      "headline": headline, "lead": lead, "warnings": warnings, "tiles": tiles,
      "has_plan": !plan.isEmpty, "plan": plan, "changes_text": [changesText],
      "has_changes": !changes.isEmpty, "changes": changes, "has_cards": !shown.isEmpty,
      "many_partners": document.partners.count > 1, "cards": shown.map(card),
      "has_devices": !devices.isEmpty, "devices": devices, "has_campaigns": !campaigns.isEmpty,
      "campaigns": campaigns, "coverage": coverage, "has_unread": !unread.isEmpty,
      "unread": unread, "method": method, "made_by": madeBy,
      "fingerprint": fingerprint,
    ]
    if exposures.count > shown.count {
      let count = exposures.count - shown.count
      let rest = number(count)
      values["cut"] =
        count == 1
        ? say(
          "1 more account stands in the findings document.",
          "1 autre compte figure dans le document des résultats.")
        : say(
          "\(rest) more accounts stand in the findings document.",
          "\(rest) autres comptes figurent dans le document des résultats.")
    }
    return values
  }

  private var open: [Exposure] { exposures.filter(\.isOpen) }

  private var headline: String {
    let whose = document.partners.count == 1 ? document.partners[0] : nil
    let accounts = open.filter { $0.findings.contains { $0.account.match == .account } }
    let others = open.count - accounts.count
    if open.isEmpty && !exposures.isEmpty {
      return say(
        "Nothing is left to do: what was found is resolved or was set aside.",
        "Il ne reste rien à faire : ce qui a été trouvé est résolu ou mis de côté.")
    }
    if open.isEmpty {
      return say(
        "No account\(whose.map { " of \($0)" } ?? "") stands in what was read.",
        "Aucun compte\(whose.map { " de \($0)" } ?? "") ne figure dans ce qui a été lu.")
    }
    guard !accounts.isEmpty else {
      return say(
        "No listed account was found, but \(number(others)) other trace\(others == 1 ? "" : "s").",
        "Aucun compte inscrit n'a été trouvé, mais \(number(others)) autre\(others == 1 ? "" : "s") trace\(others == 1 ? "" : "s")."
      )
    }
    let count = accounts.count
    let english =
      count == 1
      ? "1 account\(whose.map { " of \($0)" } ?? "") was stolen"
      : "\(number(count)) accounts\(whose.map { " of \($0)" } ?? "") were stolen"
    let french =
      count == 1
      ? "1 compte\(whose.map { " de \($0)" } ?? "") a été volé"
      : "\(number(count)) comptes\(whose.map { " de \($0)" } ?? "") ont été volés"
    guard let urgency else { return say("\(english).", "\(french).") }
    return say("\(english): \(urgency.en).", "\(french) : \(urgency.fr).")
  }

  /// Until when to act, as the plan has it: by the earliest deadline of what is left to do; nil if no rule says what is.
  private var urgency: Words? {
    let deadlines = open.flatMap(\.standing).flatMap { finding in
      finding.actions.map { document.run.deadline($0, of: finding) }
    }
    guard let due = deadlines.min() else { return nil }
    let left = due.seconds - document.run.asOf.seconds
    if left < 0 {
      return Words(
        en: "act now, the first deadline has passed",
        fr: "agir sans attendre, la première échéance est passée")
    }
    if left <= 3600 { return Words(en: "act within the hour", fr: "agir dans l'heure") }
    return Words(
      en: "act by \(ReportWords.moment(due.text, .en))",
      fr: "agir avant le \(ReportWords.moment(due.text, .fr))")
  }

  /// The worst finding in one sentence or two.
  private var lead: [String] {
    guard
      let finding = document.findings.first(where: { $0.isOpen && $0.account.match == .account })
    else { return [] }
    return ["\(theft(finding)) \(session(finding) ?? "")"]
  }

  private func theft(_ finding: Finding) -> String {
    let account = finding.accountName
    let service = service(finding)
    let when = finding.infection.stolenAt.map { day($0) }
    if finding.source == "stealer-log" {
      let family = finding.infection.familyName
      let with =
        family.map { say("infected with \($0)", "infectée par \($0)") }
        ?? say("that is infected", "infectée")
      return say(
        "The login of \(account) for \(service) was stolen from a machine \(with)\(when.map { ", on \($0)" } ?? "").",
        "L'identifiant de \(account) pour \(service) a été volé sur une machine \(with)\(when.map { ", le \($0)" } ?? "")."
      )
    }
    let list =
      finding.source == "browser-export"
      ? say(
        "the export of a browser or password manager",
        "l'export d'un navigateur ou d'un gestionnaire de mots de passe")
      : say("a list of lines of unknown age", "une liste de lignes d'âge inconnu")
    return say(
      "The login of \(account) for \(service) stands in \(list).",
      "L'identifiant de \(account) pour \(service) figure dans \(list).")
  }

  private func session(_ finding: Finding) -> String? {
    guard finding.hasLiveSession, let cookies = finding.exposure.cookies else { return nil }
    if let end = cookies.latestExpiry {
      return say(
        "A session was stolen, too, and may be open until \(day(end)): whoever holds it needs no password.",
        "Une session a été volée aussi, et peut rester ouverte jusqu'au \(day(end)) : qui la détient n'a pas besoin de mot de passe."
      )
    }
    return say(
      "A session was stolen, too, and nothing says when it ends: whoever holds it needs no password.",
      "Une session a été volée aussi, et rien ne dit quand elle finit : qui la détient n'a pas besoin de mot de passe."
    )
  }

  private var warnings: [String] {
    var warnings = document.run.coverage.gaps.map { gap in
      guard case .unread = gap else { return say(gap.words) }
      return say(gap.words)
        + say(" See \"What was read\".", " Voir « Ce qui a été lu ».")
    }
    if document.run.since != nil {
      warnings.append(
        say(
          "This report shows only what is new since a chosen time.",
          "Ce rapport ne montre que ce qui est nouveau depuis une date choisie."))
    }
    return warnings
  }

  private var tiles: [Values] {
    Severity.allCases.reversed().map { severity in
      let count = open.count { $0.severity == severity }
      return [
        "severity": severity.rawValue, "count": number(count),
        "name": say(ReportWords.severity(severity)).capitalizedWord,
      ]
    }
  }

  // MARK: The plan

  /// Such as `Within the hour: by 14 July 2025, 02:30 UTC`.
  private func heading(_ seconds: Int, _ due: UTCTime) -> String {
    let within = say(ReportWords.within(seconds))
    let moment = ReportWords.moment(due.text, language)
    return due < document.run.asOf
      ? say("\(within): overdue since \(moment)", "\(within) : en retard depuis le \(moment)")
      : say("\(within): by \(moment)", "\(within) : avant le \(moment)")
  }

  /// The actions of all accounts, by their deadlines.
  private var plan: [Values] {
    struct Step {
      var order: Int
      var accounts: [(anchor: String, name: String)] = []
      var due: UTCTime
    }
    var steps: [Int: [String: Step]] = [:]
    let order = Dictionary(
      document.run.texts.actions.enumerated().map { ($1.rule, $0) },
      uniquingKeysWith: { first, _ in first })
    for exposure in open {
      for finding in exposure.findings where finding.isOpen {
        for action in finding.actions {
          let due = document.run.deadline(action, of: finding)
          var step =
            steps[action.seconds]?[action.rule]
            ?? Step(order: order[action.rule] ?? order.count, due: due)
          if step.accounts.last?.anchor != exposure.anchor {
            step.accounts.append((exposure.anchor, exposure.name))
          }
          step.due = min(step.due, due)
          steps[action.seconds, default: [:]][action.rule] = step
        }
      }
    }
    return steps.sorted { $0.key < $1.key }.map { seconds, actions in
      let due = actions.values.map(\.due).min() ?? document.run.asOf
      return [
        "deadline": heading(seconds, due),
        "actions": actions.sorted { ($0.value.order, $0.key) < ($1.value.order, $1.key) }.map {
          rule, step -> Values in
          let words = document.run.texts.action(rule)
          var values: Values = [
            "id": "p\(seconds)-\(step.order)", "title": words.map { say($0.title) } ?? rule,
            "text": words.map { say($0.text) } ?? "",
            "accounts": step.accounts.prefix(20).map { ["anchor": $0.anchor, "name": $0.name] },
          ]
          if step.accounts.count > 20 {
            let rest = number(step.accounts.count - 20)
            values["more"] = say("and \(rest) more", "et \(rest) autres")
          }
          return values
        },
      ]
    }
  }

  // MARK: Changes

  private var changesText: String {
    guard document.run.isOfHistory else {
      return say(
        "The scan ran without a memory of earlier nights (--state-dir), so nothing can be said about changes.",
        "L'analyse a été faite sans mémoire des nuits précédentes (--state-dir) ; on ne peut donc rien dire des changements."
      )
    }
    let counts = Finding.Past.State.allCases.map { state in
      let name = say(ReportWords.state(state)).capitalizedWord
      let count = number(document.count(state))
      return say("\(name): \(count)", "\(name) : \(count)")
    }
    return counts.joined(separator: ", ") + "."
  }

  private var changes: [Values] {
    document.findings.filter { $0.past.map { $0.state != .ongoing } ?? false }
      .prefix(Self.maxChanges).map { finding in
        var values: Values = [
          "state": finding.past.map { say(ReportWords.state($0.state)) } ?? "",
          "severity": finding.severity.rawValue,
          "severity_name": say(ReportWords.severity(finding.severity)),
          "account": Self.name(finding, language), "service": service(finding),
          "first_seen": finding.past.map { day($0.firstSeen) } ?? "",
        ]
        if let resolution = finding.past?.resolution {
          values["resolution"] = say(ReportWords.resolution(resolution))
        }
        return values
      }
  }

  // MARK: Cards

  private func card(_ exposure: Exposure) -> Values {
    let stolen = exposure.standing.compactMap(\.infection.stolenAt).max()
    var seen: Set<String> = []
    let services = exposure.findings.map(service).filter { seen.insert($0).inserted }
    let todo = todo(exposure)
    let first = exposure.standing[0]
    var badges: [String] = []
    if exposure.findings.contains(where: \.account.isPrivileged) {
      badges.append(say("privileged", "privilégié"))
    }
    if exposure.findings.contains(where: { $0.hasLiveSession && $0.isOpen }) {
      badges.append(say("session to end", "session à fermer"))
    }
    var values: Values = [
      "anchor": exposure.anchor, "name": exposure.name, "partner": exposure.partner,
      "severity": exposure.severity.rawValue,
      "severity_name": say(ReportWords.severity(exposure.severity)), "badges": badges,
      "services": services.prefix(5).joined(separator: ", ") + (services.count > 5 ? " …" : ""),
      "stolen": stolen.map { day($0) } ?? say("unknown", "inconnu"), "summary": summary(first),
      "places": exposure.findings.enumerated().map { place($1, "\(exposure.anchor)-\($0 + 1)") },
      "has_todo": !todo.isEmpty, "todo": todo,
    ]
    if !exposure.isOpen {
      let isSetAside = exposure.findings.contains { $0.past?.suppression != nil }
      values["closed"] =
        isSetAside ? say("set aside", "mis de côté") : say(ReportWords.state(.resolved))
    }
    return values
  }

  private func summary(_ finding: Finding) -> String {
    switch finding.account.match {
    case .account: [theft(finding), session(finding)].compactMap { $0 }.joined(separator: " ")
    case .domain:
      say(
        "A login of the organisation's mail domain, on no list, was stolen for \(service(finding)).",
        "Un identifiant du domaine de messagerie de l'organisme, sur aucune liste, a été volé pour \(service(finding))."
      )
    case .service:
      say(
        "Logins on no list were stolen for \(service(finding)); they are only counted.",
        "Des identifiants qui ne sont sur aucune liste ont été volés pour \(service(finding)) ; ils sont seulement comptés."
      )
    }
  }

  private func place(_ finding: Finding, _ anchor: String) -> Values {
    let reach = finding.service.rule.flatMap { document.run.texts.reach[$0] } ?? []
    let hidden = finding.sightingsTotal - min(finding.sightings.count, Self.maxSightings)
    var sightings = finding.places(most: Self.maxSightings, language)
    if hidden > 0 {
      sightings.append(say("and \(number(hidden)) more", "et \(number(hidden)) autres"))
    }
    var values: Values = [
      "anchor": anchor, "id": finding.id,
      "service": [service(finding), finding.service.name == nil ? nil : finding.service.host]
        .compactMap { $0 }.joined(separator: " · "),
      "severity": finding.severity.rawValue,
      "severity_name": say(ReportWords.severity(finding.severity)), "score": finding.score,
      "events": events(finding), "facts": facts(finding), "has_reach": !reach.isEmpty,
      "reach": reach.map { say($0) },
      "parts": finding.scoreParts.map { part -> Values in
        [
          "points": part.points > 0 ? "+\(part.points)" : "−\(-part.points)",
          "text": document.run.texts.scoreParts[part.rule].map { say($0.title) } ?? part.text,
        ]
      }, "sightings_total": number(finding.sightingsTotal), "sightings": sightings,
    ]
    if let past = finding.past {
      values["state"] =
        past.suppression.map { say("set aside: \($0.reason)", "mis de côté : \($0.reason)") }
        ?? say(ReportWords.state(past.state))
    }
    return values
  }

  /// What happened, in the order in which it did.
  private func events(_ finding: Finding) -> [Values] {
    var events: [(time: UTCTime, kind: String, text: String)] = []
    if let changed = finding.passwordChangedAt {
      events.append(
        (changed, "change", say("Password last changed", "Dernier changement du mot de passe")))
    }
    if let stolen = finding.infection.stolenAt {
      let clock =
        finding.infection.isStolenAtUTC
        ? "" : say(" (the machine's clock)", " (horloge de la machine)")
      events.append((stolen, "theft", say("Stolen\(clock)", "Vol\(clock)")))
    }
    let seen = document.run.firstSeen(finding)
    events.append(
      (seen, "seen", say("First seen in a dump", "Vu pour la première fois dans un lot")))
    if document.run.asOf != seen {
      events.append((document.run.asOf, "report", say("This report", "Ce rapport")))
    }
    if let cookies = finding.exposure.cookies, cookies.hasSession, let end = cookies.latestExpiry {
      let isPast = cookies.isUnexpiredAtScan == false
      events.append(
        (
          end, "session",
          isPast
            ? say("Stolen session ended", "Fin de la session volée")
            : say("Stolen session ends", "Fin de la session volée")
        ))
    }
    let sorted = events.enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }
    var values = sorted.map { event -> Values in
      ["date": day(event.element.time), "kind": event.element.kind, "text": event.element.text]
    }
    if finding.infection.stolenAt == nil {
      values.insert(
        [
          "date": say("Unknown", "Inconnu"), "kind": "theft",
          "text": say("Stolen; the source does not say when", "Vol ; la source ne dit pas quand"),
        ], at: 0)
    }
    return values
  }

  private func facts(_ finding: Finding) -> [String] {
    var facts: [String] = []
    if finding.account.match == .service {
      let with = number(finding.recordsWithPassword)
      facts.append(
        say(
          "\(with) of them stood beside a password.", "\(with) figuraient à côté d'un mot de passe."
        ))
    } else {
      facts.append(
        finding.hasPassword
          ? say(
            "A password stood beside the login.",
            "Un mot de passe figurait à côté de l'identifiant.")
          : say(
            "No password stood beside the login.", "Aucun mot de passe à côté de l'identifiant."))
    }
    if let check = finding.standingCheck { facts.append(check.words.text(language)) }
    if let words = finding.exposure.otherSitesWords(number) { facts.append(words.text(language)) }
    switch finding.isStillExposed {
    case true? where finding.isChangeContradicted:
      facts.append(
        say(
          "The list says that the password was changed after the theft; the verifier denies it.",
          "La liste dit que le mot de passe a été changé après le vol ; le vérificateur le contredit."
        ))
    case true?:
      facts.append(
        say(
          "By the list, the password has not been changed since.",
          "D'après la liste, le mot de passe n'a pas été changé depuis."))
    case false?:
      facts.append(
        say(
          "The password was changed after the theft\(finding.hasLiveSession ? ", but a stolen session may be open" : "").",
          "Le mot de passe a été changé après le vol\(finding.hasLiveSession ? ", mais une session volée peut être ouverte" : "")."
        ))
    case nil where finding.standingCheck?.verdict == .old: break
    case nil:
      facts.append(
        say(
          "Whether the password was changed since is not known: act as if it were not.",
          "On ne sait pas si le mot de passe a été changé depuis : faire comme si non."))
    }
    if let cookies = finding.exposure.cookies, !cookies.hasSession {
      facts.append(
        say(
          "Cookies of the service were stolen (\(cookies.count)); none is known to be an open session.",
          "Des cookies du service ont été volés (\(cookies.count)) ; aucun n'est connu comme session ouverte."
        ))
    }
    let categories = finding.exposure.dataCategories.map { say(ReportWords.dataCategory($0)) }
    if !categories.isEmpty {
      facts.append(
        say(
          "Forms saved on the machine were stolen, too: \(categories.joined(separator: "; ")).",
          "Des formulaires enregistrés sur la machine ont été volés aussi : \(categories.joined(separator: " ; "))."
        ))
    }
    if finding.account.isAmbiguous {
      facts.append(
        say(
          "The record holds several listed accounts, one of which was its login.",
          "L'enregistrement contient plusieurs comptes inscrits, dont un seul était l'identifiant.")
      )
    } else if finding.isDoubtful {
      facts.append(
        say(
          "The line can be read in more than one way.", "La ligne peut se lire de plusieurs façons."
        ))
    }
    for mark in finding.past?.marks ?? [] {
      let name =
        switch mark.name {
        case .notified: say("notified", "prévenu")
        case .acknowledged: say("acknowledged", "pris en compte")
        case .resetDone: say("reset done", "réinitialisation faite")
        }
      let colon = say(":", "\u{A0}:")
      facts.append("\(name.capitalizedWord)\(colon) \(day(mark.at)) (\(mark.author))")
    }
    return facts
  }

  /// The actions of an account, each once, with all reasons.
  private func todo(_ exposure: Exposure) -> [Values] {
    var actions: [(action: Finding.Action, due: UTCTime)] = []
    for finding in exposure.findings where finding.isOpen {
      for action in finding.actions {
        let due = document.run.deadline(action, of: finding)
        guard let place = actions.firstIndex(where: { $0.action.rule == action.rule }) else {
          actions.append((action, due))
          continue
        }
        actions[place].due = min(actions[place].due, due)
        for reason in action.reasons where !actions[place].action.reasons.contains(reason) {
          actions[place].action.reasons.append(reason)
        }
      }
    }
    let order = document.run.texts.actions.map(\.rule)
    func rank(_ rule: String) -> Int { order.firstIndex(of: rule) ?? order.count }
    return actions.sorted { rank($0.action.rule) < rank($1.action.rule) }.enumerated().map {
      index, entry in
      let words = document.run.texts.action(entry.action.rule)
      return [
        "id": "\(exposure.anchor)-t\(index)",
        "title": words.map { say($0.title) } ?? entry.action.rule,
        "deadline": say(
          "By \(ReportWords.moment(entry.due.text, .en)).",
          "Avant le \(ReportWords.moment(entry.due.text, .fr))."),
        "reasons": entry.action.reasons.compactMap { id in words?.reasons[id].map { say($0) } },
      ]
    }
  }

  // MARK: Machines and campaigns

  private var devices: [Values] {
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

  private var campaigns: [String] {
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

  private var coverage: String {
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

  private var unread: [Values] {
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

  private var method: [String] {
    let isAsked = document.findings.contains { $0.exposure.passwordCheck != nil }
    return ReportWords.method(isAsked: isAsked).map { say($0) }
  }

  private var madeBy: String {
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

  private var fingerprint: String {
    "run \(document.run.id) · rules \(document.run.rulesDigest.prefix(16)) · sandbox \(document.run.sandbox)"
  }
}
