internal import Clock

// A card for each account.
extension ReportPage {
  func card(_ exposure: Exposure) -> Values {
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

  func place(_ finding: Finding, _ anchor: String) -> Values {
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
}
