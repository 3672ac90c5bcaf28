internal import Clock

// The questions of the form, and what the findings answer.
extension Dossier {
  var clock: Section {
    var entries = [
      Entry(
        label: Words(en: "Kind of notification", fr: "Type de notification"),
        facts: [
          version == .initial
            ? Words(en: "initial", fr: "initiale")
            : Words(en: "complementary", fr: "complémentaire")
        ])
    ]
    if let start {
      entries += deadlines(start)
    } else {
      entries.append(
        Entry(
          label: Words(en: "Became aware", fr: "Date de prise de connaissance"),
          facts: [
            Words(
              en: "The scan saw no theft from which the 72 hours would count.",
              fr: "L'analyse n'a vu aucun vol à partir duquel compter les 72 heures.")
          ], box: Self.toFill))
    }
    if version == .complementary {
      entries.append(
        Entry(
          label: Words(
            en: "Number of the initial notification", fr: "Numéro de la notification initiale"),
          box: Self.toFill))
    }
    return Section(
      article: "art. 33(1)",
      title: Words(en: "Notification and clock", fr: "Notification et délai"),
      entries: entries)
  }

  /// When somebody became aware, and until when that is to be notified.
  private func deadlines(_ start: UTCTime) -> [Entry] {
    let deadline = Self.after(72, start)
    let early = Self.after(24, start)
    var since = [moment(start)]
    // Who says that he became aware later must be able to say why.
    if let firstSeen, firstSeen < start {
      since.append(
        Words(
          en: "The scan saw it before, on \(moment(firstSeen).en).",
          fr: "L'analyse l'avait vu avant, le \(moment(firstSeen).fr)."))
    }
    let isLate = document.run.asOf > deadline
    // Who became aware after the scan had all of them.
    let left = min(72, (deadline.seconds - document.run.asOf.seconds) / 3600)
    return [
      Entry(
        label: Words(en: "Became aware", fr: "Date de prise de connaissance"), facts: since,
        source: aware == nil
          ? Words(
            en: "when the scan first saw a finding; nobody said otherwise (--aware)",
            fr: "première observation par l'analyse ; personne n'a indiqué autre chose (--aware)")
          : Words(en: "as was said (--aware)", fr: "indiquée par l'opérateur (--aware)"),
        box: Words(en: "confirm or correct", fr: "à confirmer ou corriger")),
      Entry(
        label: Words(
          en: "Notify the authority by (72 hours)", fr: "Notifier l'autorité avant (72 heures)"),
        facts: [
          moment(deadline),
          isLate
            ? Words(
              en: "This time has passed: give the reasons for the delay.",
              fr: "Ce délai est dépassé : indiquer les motifs du retard.")
            : Words(
              en: "\(left) hours left at the time of the scan.",
              fr: "Il restait \(left) heures au moment de l'analyse."),
        ], source: Words(en: "GDPR art. 33(1)", fr: "RGPD, art. 33, § 1"),
        box: isLate ? Words(en: "reasons for the delay", fr: "motifs du retard") : nil),
      Entry(
        label: Words(
          en: "If NIS 2 applies to the organisation", fr: "Si l'organisme relève de NIS 2"),
        facts: [
          Words(
            en:
              "early warning by \(moment(early).en), notification by \(moment(deadline).en), final report a month later",
            fr:
              "alerte précoce avant le \(moment(early).fr), notification avant le \(moment(deadline).fr), rapport final un mois après"
          )
        ], box: Words(en: "does it apply?", fr: "est-ce le cas ?")),
    ]
  }

  var organisation: Section {
    Section(
      article: "art. 33(3)(b)",
      title: Words(en: "Organisation and contact", fr: "Organisme et contact"),
      entries: [
        Entry(
          label: Words(en: "Organisation", fr: "Organisme"),
          facts: [Words(en: partner, fr: partner)],
          source: Words(en: "the watchlist", fr: "la liste de surveillance"),
          box: Words(
            en: "full name, SIREN number, address", fr: "nom complet, numéro SIREN, adresse")),
        Entry(
          label: Words(en: "Role", fr: "Rôle"),
          choices: [
            (Words(en: "controller", fr: "responsable de traitement"), false),
            (
              Words(
                en: "processor (tell the controller without undue delay, art. 33(2))",
                fr:
                  "sous-traitant (prévenir le responsable dans les meilleurs délais, art. 33, § 2)"),
              false
            ),
          ]),
        Entry(
          label: Words(
            en: "Data protection officer or other contact",
            fr: "Délégué à la protection des données ou autre contact"),
          box: Words(en: "name, phone, e-mail", fr: "nom, téléphone, courriel")),
      ])
  }

  /// What the scan found, in one line.
  private var discovery: Words {
    if !thefts.isEmpty {
      return Words(
        en:
          "A scan of dumps of stolen credentials that are in circulation found accounts of the organisation",
        fr:
          "L'analyse de lots d'identifiants volés en circulation a trouvé des comptes de l'organisme"
      )
    }
    if !document.findings.isEmpty {
      return Words(
        en:
          "What a scan of dumps of stolen credentials found of the organisation was withdrawn or set aside",
        fr:
          "Ce que l'analyse de lots d'identifiants volés a trouvé de l'organisme a été retiré ou mis de côté"
      )
    }
    return Words(
      en: "A scan of dumps of stolen credentials found no account of the organisation",
      fr: "L'analyse de lots d'identifiants volés n'a trouvé aucun compte de l'organisme")
  }

  /// An account that was stolen, and what became of it.
  static func line(_ finding: Finding) -> Words {
    let severity = ReportWords.severity(finding.severity)
    let line = "\(finding.accountName), \(finding.serviceName)"
    let state = finding.past?.resolution.map(ReportWords.resolution)
    return Words(
      en: "\(line) (\(severity.en), \(finding.id))" + (state.map { ": \($0.en)" } ?? ""),
      fr: "\(line) (\(severity.fr), \(finding.id))" + (state.map { " : \($0.fr)" } ?? ""))
  }

  var breach: Section {
    let thefts = thefts
    let stolen = thefts.compactMap(\.infection.stolenAt)
    var window: [Words] = []
    if let first = stolen.min(), let last = stolen.max() {
      window.append(
        first == last
          ? Words(
            en: "Credentials stolen on \(day(first).en)",
            fr: "Identifiants volés le \(day(first).fr)")
          : Words(
            en: "Credentials stolen between \(day(first).en) and \(day(last).en)",
            fr: "Identifiants volés entre le \(day(first).fr) et le \(day(last).fr)"))
    }
    let unknown = thefts.count { $0.infection.stolenAt == nil }
    if unknown > 0 {
      window.append(
        Words(
          en: "For \(unknown) finding(s) the time of the theft is not known",
          fr: "Pour \(unknown) résultat(s), la date du vol n'est pas connue"))
    }
    let families = Set(thefts.compactMap(\.infection.familyName)).sorted()
    let machines = Set(thefts.compactMap(\.infection.deviceID)).count
    var origin: [Words] = []
    if thefts.contains(where: { $0.source == "stealer-log" }) {
      let names = families.isEmpty ? "" : " (\(families.joined(separator: ", ")))"
      // A log may say nothing by which its machine could be told from others.
      let count =
        machines == 0
        ? Words(en: "", fr: "")
        : Words(
          en: " on \(machines) machine(s)", fr: " sur \(machines) machine(s)")
      origin.append(
        Words(
          en: "Malware that steals credentials\(names)\(count.en)",
          fr: "Logiciel malveillant voleur d'identifiants\(names)\(count.fr)"))
    }
    return Section(
      article: "art. 33(3)(a)", title: Words(en: "The breach", fr: "La violation"),
      entries: [
        Entry(
          label: Words(en: "Time of the breach", fr: "Date de la violation"), facts: window,
          source: Words(
            en: "the logs; unless they name a zone, by the machine's own clock",
            fr: "les journaux ; sauf mention d'un fuseau, à l'horloge de la machine"),
          box: Words(
            en: "beginning and end of any access to data, from the service's records",
            fr: "début et fin de l'accès éventuel aux données, d'après les journaux du service")),
        Entry(
          label: Words(en: "Circumstances of discovery", fr: "Circonstances de la découverte"),
          facts: [discovery],
          source: Words(en: "run \(document.run.id)", fr: "analyse \(document.run.id)")),
        Entry(
          label: Words(en: "Nature", fr: "Nature"),
          choices: [
            (Words(en: "confidentiality", fr: "confidentialité"), !thefts.isEmpty),
            (Words(en: "integrity", fr: "intégrité"), false),
            (Words(en: "availability", fr: "disponibilité"), false),
          ]),
        Entry(
          label: Words(en: "Origin", fr: "Origine"), facts: origin,
          source: origin.isEmpty ? nil : Words(en: "the logs", fr: "les journaux"),
          box: Words(en: "how the machine was infected", fr: "comment la machine a été infectée")),
        Entry(
          label: Words(en: "Accounts concerned", fr: "Comptes concernés"),
          facts: thefts.map(Self.line), source: Words(en: "the findings", fr: "les résultats")),
      ])
  }

  var data: Section {
    let services = Set(thefts.compactMap(\.service.rule)).sorted()
    let reach = services.flatMap { document.run.texts.reach[$0] ?? [] }
    return Section(
      article: "art. 33(3)(a)", title: Words(en: "The data", fr: "Les données"),
      entries: [
        Entry(
          label: Words(
            en: "Categories of data that the services show",
            fr: "Catégories de données auxquelles les services donnent accès"),
          facts: reach,
          source: reach.isEmpty
            ? nil : Words(en: "the rules of the services", fr: "les règles des services"),
          box: Words(
            en: "which of them were in fact seen or taken",
            fr: "lesquelles ont effectivement été consultées ou extraites")),
        Entry(
          label: Words(en: "Number of records", fr: "Nombre d'enregistrements"),
          box: Words(
            en: "not known to the program; from the service's records",
            fr: "inconnu du programme ; d'après les journaux du service")),
        Entry(
          label: Words(
            en: "Special categories (health, NIR, bank data …)",
            fr: "Données sensibles (santé, NIR, données bancaires…)"),
          box: Self.toFill),
      ])
  }

  var persons: Section {
    Section(
      article: "art. 33(3)(a)", title: Words(en: "The persons", fr: "Les personnes"),
      entries: [
        Entry(
          label: Words(en: "Number of persons", fr: "Nombre de personnes"),
          facts: [
            Words(
              en: "A stolen login is not yet a proven access: the program knows no number.",
              fr:
                "Un identifiant volé n'est pas encore un accès avéré : le programme ne connaît aucun nombre."
            )
          ], box: Words(en: "approximate number", fr: "nombre approximatif")),
        Entry(
          label: Words(en: "Categories of persons", fr: "Catégories de personnes"),
          choices: [
            (Words(en: "users of the service", fr: "usagers du service"), false),
            (Words(en: "employees", fr: "salariés"), !thefts.isEmpty),
            (Words(en: "minors", fr: "mineurs"), false),
            (Words(en: "vulnerable persons", fr: "personnes vulnérables"), false),
          ]),
      ])
  }

  var consequences: Section {
    Section(
      article: "art. 33(3)(c)",
      title: Words(en: "Likely consequences", fr: "Conséquences probables"),
      entries: [
        Entry(
          label: Words(en: "For the persons", fr: "Pour les personnes"),
          choices: [
            (
              Words(en: "phishing that uses the data", fr: "hameçonnage exploitant les données"),
              false
            ),
            (Words(en: "identity theft", fr: "usurpation d'identité"), false),
            (Words(en: "fraud", fr: "fraude"), false),
            (
              Words(
                en: "loss of control over their data", fr: "perte de contrôle sur leurs données"),
              false
            ),
          ], box: Self.toFill),
        Entry(
          label: Words(en: "Gravity", fr: "Gravité"),
          choices: [
            (Words(en: "negligible", fr: "négligeable"), false),
            (Words(en: "limited", fr: "limitée"), false),
            (Words(en: "significant", fr: "importante"), false),
            (Words(en: "maximal", fr: "maximale"), false),
          ]),
      ])
  }

  var measures: Section {
    var taken: [Words] = []
    for finding in thefts {
      for mark in finding.past?.marks ?? [] {
        let name =
          switch mark.name {
          case .notified: Words(en: "notified", fr: "partenaire prévenu")
          case .acknowledged: Words(en: "acknowledged", fr: "pris en compte")
          case .resetDone: Words(en: "account reset", fr: "compte réinitialisé")
          }
        let line = "\(finding.accountName), \(finding.serviceName)"
        taken.append(
          Words(
            en: "\(moment(mark.at).en): \(name.en) (\(line); \(mark.author))",
            fr: "\(moment(mark.at).fr) : \(name.fr) (\(line) ; \(mark.author))"))
      }
    }
    let rules = document.run.texts.actions.filter { entry in
      open.contains { $0.actions.contains { $0.rule == entry.rule } }
    }
    return Section(
      article: "art. 33(3)(d)", title: Words(en: "Measures", fr: "Mesures"),
      entries: [
        Entry(
          label: Words(en: "In place before", fr: "En place avant la violation"),
          box: Words(
            en: "second factor, training, management of machines …",
            fr: "second facteur, formation, gestion des postes…")),
        Entry(
          label: Words(en: "Taken, with their times", fr: "Prises, avec leur heure"), facts: taken,
          source: taken.isEmpty ? nil : Words(en: "findings set", fr: "findings set"),
          box: Words(en: "others, with date and time", fr: "autres, avec date et heure")),
        Entry(
          label: Words(en: "Proposed", fr: "Envisagées"),
          choices: rules.map { ($0.action.title, false) }),
      ])
  }

  var information: Section {
    Section(
      article: "art. 34",
      title: Words(en: "Telling the persons", fr: "Information des personnes"),
      entries: [
        Entry(
          label: Words(en: "Are the persons told?", fr: "Les personnes sont-elles informées ?"),
          choices: [
            (Words(en: "yes, on:", fr: "oui, le :"), false),
            (Words(en: "not yet, planned for:", fr: "pas encore, prévu le :"), false),
            (Words(en: "no, because:", fr: "non, car :"), false),
          ], box: Self.toFill),
        Entry(
          label: Words(
            en: "In plain language (art. 34(2))", fr: "En termes clairs et simples (art. 34, § 2)"),
          facts: [
            Words(
              en:
                "\"Somebody may have used an account of ours to look at data about you. [which data, when] You may get messages that use them: do not give passwords or bank data. We have [measures]. Questions: [contact].\"",
              fr:
                "« Une personne a pu utiliser un de nos comptes pour consulter des données vous concernant. [quelles données, quand] Vous pourriez recevoir des messages qui s'en servent : ne communiquez ni mot de passe ni coordonnées bancaires. Nous avons [mesures]. Pour toute question : [contact]. »"
            )
          ], box: Words(en: "only if an access is likely", fr: "seulement si un accès est probable")
        ),
      ])
  }
}
