internal import Clock

/// What the report for people shows, as names and values for a template; every text is in one language, and none is escaped yet.
struct ReportPage {
  typealias Values = [String: Any]

  /// Nobody reads more; `findings.json` has the rest.
  static let maxCards = 500
  static let maxChanges = 200
  static let maxSightings = 5

  let document: FindingsDocument
  let language: Language
  private let exposures: [Exposure]

  /// All findings of one account, the worst first.
  struct Exposure {
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

  func say(_ en: String, _ fr: String) -> String {
    language.set(language == .fr ? fr : en)
  }

  func say(_ words: Words) -> String { words.text(language) }

  func day(_ time: UTCTime) -> String { ReportWords.day(time.text, language) }

  func number(_ number: Int) -> String { ReportWords.number(number, language) }

  static func name(_ finding: Finding, _ language: Language) -> String {
    if finding.account.match != .service { return finding.accountName }
    let count = ReportWords.number(finding.records, language)
    if language == .en { return finding.records == 1 ? "1 login" : "\(count) logins" }
    return finding.records == 1 ? "1 identifiant" : "\(count) identifiants"
  }

  func service(_ finding: Finding) -> String {
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

  var open: [Exposure] { exposures.filter(\.isOpen) }

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

  func theft(_ finding: Finding) -> String {
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

  func session(_ finding: Finding) -> String? {
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
}
