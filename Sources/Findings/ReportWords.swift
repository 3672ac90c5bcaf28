/// The words of the report for people, in each language.
enum ReportWords {
  /// Headings and labels, by the names that the templates use.
  static func labels(_ language: Language) -> [String: String] {
    labels.mapValues { $0.text(language) }
  }

  private static let labels: [String: Words] = [
    "title": Words(en: "Stolen accounts", fr: "Comptes volés"),
    "skip": Words(en: "Go to the report", fr: "Aller au rapport"),
    "report_of": Words(en: "Report for", fr: "Rapport pour"),
    "plan": Words(en: "What to do, in this order", fr: "Ce qu'il faut faire, dans cet ordre"),
    "plan_intro": Words(
      en:
        "Tick off what is done; the reasons stand at each account below. Times count from when the theft was first seen.",
      fr:
        "Cocher ce qui est fait ; les raisons figurent à chaque compte, plus bas. Les délais courent à partir du moment où le vol a été vu pour la première fois."
    ),
    "concerns": Words(en: "For:", fr: "Pour :"),
    "changes": Words(
      en: "What changed since last time", fr: "Ce qui a changé depuis la dernière fois"),
    "state": Words(en: "State", fr: "État"),
    "severity": Words(en: "Severity", fr: "Gravité"),
    "account": Words(en: "Account", fr: "Compte"),
    "partner": Words(en: "Organisation", fr: "Organisme"),
    "service": Words(en: "Service", fr: "Service"),
    "services": Words(en: "Services", fr: "Services"),
    "stolen": Words(en: "Stolen", fr: "Volé"),
    "first_seen": Words(en: "First seen", fr: "Vu la première fois"),
    "accounts": Words(
      en: "Accounts, the worst first", fr: "Les comptes, du plus grave au moins grave"),
    "timeline": Words(en: "Timeline", fr: "Chronologie"),
    "reach": Words(
      en: "Through this service one reaches:", fr: "Ce service donne accès à :"),
    "why": Words(en: "How this severity came about", fr: "D'où vient cette gravité"),
    "points": Words(en: "Points", fr: "Points"),
    "reason": Words(en: "Reason", fr: "Raison"),
    "where": Words(
      en: "Places in the dumps where the account stands:",
      fr: "Endroits des lots où figure le compte :"),
    "todo": Words(en: "To do for this account", fr: "À faire pour ce compte"),
    "machines": Words(en: "Infected machines", fr: "Machines infectées"),
    "machines_intro": Words(
      en: "One line for each machine, with all accounts of this report that were taken from it.",
      fr: "Une ligne par machine, avec tous les comptes de ce rapport qui y ont été pris."),
    "machine": Words(en: "Machine", fr: "Machine"),
    "system": Words(en: "System, and what infected it", fr: "Système, et ce qui l'a infecté"),
    "on_it": Words(en: "Accounts and services", fr: "Comptes et services"),
    "hints": Words(en: "Probably", fr: "Probablement"),
    "campaigns": Words(en: "Thefts that belong together", fr: "Vols qui vont ensemble"),
    "campaigns_intro": Words(
      en:
        "Machines that were robbed on one day, or by one build of a stealer: look for the same lure. Of one seller: other dumps of that channel may hold more accounts.",
      fr:
        "Machines volées le même jour, ou par la même version d'un logiciel : chercher le même piège. Même vendeur : d'autres lots de ce canal peuvent contenir d'autres comptes."
    ),
    "coverage": Words(
      en: "What was read, and what was not", fr: "Ce qui a été lu, et ce qui ne l'a pas été"),
    "unread_intro": Words(
      en: "The following could not be read, or not whole. What stands there is not known.",
      fr: "Ce qui suit n'a pas pu être lu, ou pas en entier. Ce qui s'y trouve n'est pas connu."),
    "unread_what": Words(en: "Why", fr: "Pourquoi"),
    "unread_where": Words(en: "In", fr: "Dans"),
    "number": Words(en: "Number", fr: "Nombre"),
    "method": Words(en: "Method and limits", fr: "Méthode et limites"),
  ]

  static func severity(_ severity: Severity) -> Words {
    switch severity {
    case .critical: Words(en: "critical", fr: "critique")
    case .high: Words(en: "high", fr: "élevée")
    case .medium: Words(en: "medium", fr: "moyenne")
    case .low: Words(en: "low", fr: "faible")
    }
  }

  static func state(_ state: Finding.Past.State) -> Words {
    switch state {
    case .new: Words(en: "new", fr: "nouveau")
    case .ongoing: Words(en: "ongoing", fr: "en cours")
    case .reopened: Words(en: "stolen again", fr: "volé de nouveau")
    case .resolved: Words(en: "resolved", fr: "résolu")
    }
  }

  static func resolution(_ resolution: Finding.Past.Resolution) -> Words {
    switch resolution {
    case .passwordChanged:
      Words(en: "the password was changed", fr: "le mot de passe a été changé")
    case .operatorSaidSo: Words(en: "reported as done", fr: "signalé comme fait")
    case .unlisted:
      Words(en: "the account is on the list no more", fr: "le compte n'est plus sur la liste")
    case .withdrawn:
      Words(en: "what was read again does not tell it", fr: "une nouvelle lecture ne le montre pas")
    }
  }

  static func dataCategory(_ category: String) -> Words {
    switch category {
    case "address": Words(en: "postal addresses", fr: "adresses postales")
    case "contact":
      Words(en: "phone numbers and e-mail addresses", fr: "téléphones et adresses électroniques")
    case "identity":
      Words(
        en: "names, birth dates, numbers of documents",
        fr: "noms, dates de naissance, numéros de documents")
    case "payment": Words(en: "payment cards", fr: "cartes de paiement")
    default: Words(en: category, fr: category)
    }
  }

  /// Such as `within one hour`.
  static func within(_ seconds: Int) -> Words {
    let hours = seconds / 3600
    if hours == 1 { return Words(en: "Within the hour", fr: "Dans l'heure") }
    if hours < 24 { return Words(en: "Within \(hours) hours", fr: "Dans les \(hours) heures") }
    if hours == 24 { return Words(en: "Within a day", fr: "Dans la journée") }
    if hours == 72 { return Words(en: "Within 72 hours", fr: "Dans les 72 heures") }
    let days = hours / 24
    if days == 7 { return Words(en: "Within a week", fr: "Dans la semaine") }
    return Words(en: "Within \(days) days", fr: "Dans les \(days) jours")
  }

  /// Why something was not read, by the beginning of the code: who operates the scan has the code, and docs/FINDINGS.md.
  static func unread(_ reason: String) -> Words {
    let known: [(code: String, words: Words)] = [
      (
        "archive-encrypted",
        Words(en: "Archives that wait for a password", fr: "Archives qui attendent un mot de passe")
      ),
      ("archive-truncated", Words(en: "Archives that break off", fr: "Archives tronquées")),
      (
        "archive-volume",
        Words(en: "Archives of which parts are missing", fr: "Archives dont il manque des parties")
      ),
      (
        "archive-limit",
        Words(en: "Archives that exceed a limit", fr: "Archives qui dépassent une limite")
      ),
      (
        "archive-memory",
        Words(en: "Archives that need more memory", fr: "Archives qui demandent plus de mémoire")
      ),
      (
        "archive", Words(en: "Damaged or unusual archives", fr: "Archives abîmées ou inhabituelles")
      ),
      (
        "database",
        Words(
          en: "Databases that are damaged or too large",
          fr: "Bases de données abîmées ou trop grandes")
      ),
      ("missing", Words(en: "Dumps that are not there", fr: "Lots introuvables")),
      (
        "vanished",
        Words(
          en: "Files that were gone when they were opened",
          fr: "Fichiers disparus avant leur lecture")
      ),
      (
        "permission",
        Words(en: "Files that may not be read", fr: "Fichiers dont la lecture est interdite")
      ),
      (
        "io-error",
        Words(
          en: "Files that the system could not read",
          fr: "Fichiers que le système n'a pas pu lire")
      ),
      (
        "directory-depth",
        Words(en: "Directories nested too deep", fr: "Dossiers trop profondément imbriqués")
      ),
      (
        "unread-format",
        Words(en: "Formats that are not read", fr: "Formats non lus")
      ),
      ("line-too-long", Words(en: "Lines that are too long", fr: "Lignes trop longues")),
      (
        "values-dropped",
        Words(en: "Records with too many values", fr: "Enregistrements avec trop de valeurs")
      ),
      (
        "shrank",
        Words(
          en: "Files that changed while they were read",
          fr: "Fichiers modifiés pendant leur lecture")
      ),
      (
        "too-many-findings",
        Words(
          en: "Files after the greatest number of findings",
          fr: "Fichiers au-delà du nombre maximal de résultats")
      ),
    ]
    return known.first { reason.hasPrefix($0.code) }?.words
      ?? Words(en: "Files at which the reading failed", fr: "Fichiers dont la lecture a échoué")
  }

  /// `isAsked` if a verifier was asked about passwords.
  static func method(isAsked: Bool) -> [Words] { [isAsked ? asking : silent] + limits }

  private static let silent = Words(
    en:
      "The program looks in dumps that somebody already holds for accounts on lists of the organisations. It does not ask any service, and tries no password.",
    fr:
      "Le programme cherche, dans des lots déjà détenus, les comptes inscrits sur les listes des organismes. Il n'interroge aucun service et n'essaie aucun mot de passe."
  )

  private static let asking = Words(
    en:
      "The program looks in dumps that somebody already holds for accounts on lists of the organisations. It asks no service itself; a program that the organisation named for it was asked whether stolen passwords are still valid.",
    fr:
      "Le programme cherche, dans des lots déjà détenus, les comptes inscrits sur les listes des organismes. Il n'interroge lui-même aucun service ; il a demandé à un programme que l'organisme a désigné pour cela si les mots de passe volés sont encore valables."
  )

  private static let limits: [Words] = [
    Words(
      en:
        "No password, cookie or token stands in this report, nor anything derived from one, and nothing about persons on no list.",
      fr:
        "Ce rapport ne contient ni mot de passe, ni cookie, ni jeton, ni rien qui en dérive, et rien sur des personnes qui ne sont sur aucune liste."
    ),
    Words(
      en:
        "That an account stands in a log shows that it was stolen, not that it was used: the service's own records tell that.",
      fr:
        "Qu'un compte figure dans un journal montre qu'il a été volé, pas qu'il a servi : ce sont les journaux du service qui le disent."
    ),
    Words(
      en:
        "The time of a theft is as the log writes it. Where it says \"the machine's clock\", it may be up to 14 hours off.",
      fr:
        "L'heure d'un vol est celle qu'écrit le journal. Quand c'est « l'horloge de la machine », l'écart peut atteindre 14 heures."
    ),
    Words(
      en:
        "The severity is a sum of points, each of which is shown with its reason; it orders the work, and is no measure of damage.",
      fr:
        "La gravité est une somme de points, chacun affiché avec sa raison ; elle ordonne le travail et ne mesure pas un dommage."
    ),
    Words(
      en: "That an account does not stand here shows only that it was not in what was read.",
      fr: "Qu'un compte ne figure pas ici montre seulement qu'il n'était pas dans ce qui a été lu."),
  ]

  // MARK: Dates and numbers

  private static let months: [Words] = [
    Words(en: "January", fr: "janvier"), Words(en: "February", fr: "février"),
    Words(en: "March", fr: "mars"), Words(en: "April", fr: "avril"), Words(en: "May", fr: "mai"),
    Words(en: "June", fr: "juin"), Words(en: "July", fr: "juillet"),
    Words(en: "August", fr: "août"), Words(en: "September", fr: "septembre"),
    Words(en: "October", fr: "octobre"), Words(en: "November", fr: "novembre"),
    Words(en: "December", fr: "décembre"),
  ]

  /// The day of a time as `UTCTime` writes it, such as `8 July 2025`.
  static func day(_ text: String, _ language: Language) -> String {
    let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1...12).contains(parts[1]) else { return text }
    let first = language == .fr && parts[2] == 1 ? "1er" : String(parts[2])
    return "\(first) \(months[parts[1] - 1].text(language)) \(parts[0])"
  }

  /// Such as `8 July 2025, 01:30 UTC`.
  static func moment(_ text: String, _ language: Language) -> String {
    let time = text.dropFirst(11).prefix(5)
    return language == .fr
      ? "\(day(text, language)) à \(time) UTC" : "\(day(text, language)), \(time) UTC"
  }

  /// A number with its digits in threes.
  static func number(_ number: Int, _ language: Language) -> String {
    var text = ""
    for (index, digit) in String(number).enumerated() {
      if index > 0 && (String(number).count - index) % 3 == 0 {
        text += language == .fr ? "\u{202F}" : ","
      }
      text.append(digit)
    }
    return text
  }
}
