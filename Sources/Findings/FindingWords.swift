internal import Clock

/// What outputs for people and for other programs say of a finding, in English.
///
/// All of it is safe to show: it is made of our own words, of the list's references and of `SafeText`. Whoever writes it into a
/// language of its own (HTML, Markdown, CSV) must still escape for that.
extension Finding.ScorePart {
  /// The points, with a sign before those that add.
  var signedPoints: String { points > 0 ? "+\(points)" : "\(points)" }
}

extension Finding {
  /// What stands for the account: the partner's reference, the masked login, or the first half of the tag.
  var accountName: String {
    if account.match == .service { return records == 1 ? "1 login" : "\(records) logins" }
    return account.reference ?? account.masked?.text
      ?? account.tag.map { String($0.prefix(16)) } ?? "unknown"
  }

  /// The service, by name or host.
  var serviceName: String { service.name ?? service.host ?? "an unknown service" }

  /// Such as `Stolen account KAI-0042 on Kairos`.
  var title: String {
    switch account.match {
    case .account: "Stolen account \(accountName) on \(serviceName)"
    case .domain: "Stolen login of the organisation (\(accountName)) on \(serviceName)"
    case .service: "\(accountName) stolen for \(serviceName)"
    }
  }

  /// Whether the log holds a session of the service that may be open: one whose end nobody knows may be.
  public var hasLiveSession: Bool {
    exposure.cookies.map { $0.hasSession && $0.isUnexpiredAtScan != false } ?? false
  }

  /// One fact a sentence.
  var sentences: [String] {
    var sentences = [origin]
    if let stolen = infection.stolenAt {
      let zone = infection.isStolenAtUTC ? "UTC" : "the machine's own clock"
      sentences.append("Stolen on \(stolen.text.prefix(10)) (\(zone)).")
    } else {
      sentences.append("When it was stolen is not known.")
    }
    sentences.append(
      hasPassword ? "A password stood beside the login." : "No password stood beside the login.")
    if let check = standingCheck {
      sentences.append(check.words { _ in String(check.time.text.prefix(10)) }.en)
    }
    if let words = exposure.otherSitesWords({ String($0) }) { sentences.append(words.en) }
    if let changed = passwordChangedAt {
      let day = changed.text.prefix(10)
      switch isStillExposed {
      case false?:
        sentences.append("The password was changed on \(day), after the theft.")
      case true? where isChangeContradicted:
        sentences.append("The list says that it was changed on \(day); the verifier denies it.")
      case true?:
        sentences.append("The password was last changed on \(day), before the theft.")
      case nil: sentences.append("The password was last changed on \(day).")
      }
    }
    if let cookies = exposure.cookies { sentences.append(cookies.sentence) }
    if account.isPrivileged { sentences.append("The account is privileged.") }
    if account.isAmbiguous {
      sentences.append("The record holds several listed accounts, one of which was its login.")
    } else if isDoubtful {
      sentences.append("The line can be read in more than one way.")
    }
    return sentences
  }

  private var origin: String {
    switch source {
    case "stealer-log":
      infection.familyName.map { "From the log of a machine infected with \($0)." }
        ?? "From the log of an infected machine."
    case "browser-export": "From the export of a browser or a password manager."
    default: "From a list of lines, of unknown age and origin."
    }
  }

  /// Where it stands, at most `most` places.
  func places(most: Int, _ language: Language = .en) -> [String] {
    let line = language == .fr ? "ligne" : "line"
    return sightings.prefix(most).map { sighting in
      let path =
        sighting.member.text.isEmpty
        ? sighting.source.text : "\(sighting.source.text)/\(sighting.member.text)"
      return sighting.line > 0 ? "\(path), \(line) \(sighting.line)" : path
    }
  }
}

extension Finding.Cookies {
  fileprivate var sentence: String {
    guard hasSession else {
      let cookies =
        count == 1 ? "1 cookie of the service was" : "\(count) cookies of the service were"
      return "\(cookies) stolen, no open session by name."
    }
    let end = latestExpiry.map { "\($0.text.prefix(10))" }
    switch isUnexpiredAtScan {
    case true?:
      return "A session of the service was stolen that is valid until \(end ?? "unknown")."
    case false?: return "A session of the service was stolen; it ended on \(end ?? "unknown")."
    case nil: return "A session of the service was stolen; nothing says when it ends."
    }
  }
}

extension FindingsDocument {
  /// The document with the findings and lists of one partner alone; nil if it names no such partner.
  public func only(partner: String) -> FindingsDocument? {
    guard partners.contains(partner) else { return nil }
    var run = run
    run.watchlists = run.watchlists.filter { $0.partner == partner }
    run.parts = []
    return FindingsDocument(run: run, findings: findings.filter { $0.partner == partner })
  }

  /// The partners of its lists and findings, sorted.
  public var partners: [String] {
    Set(run.watchlists.map(\.partner) + findings.map(\.partner)).sorted()
  }
}

extension Finding {
  /// What is known of the password beside that it was stolen, as words for systems that search by labels: few and fixed ones.
  var passwordLabels: [String] {
    var labels: [String] = []
    switch standingCheck?.verdict {
    case .stillValid?: labels.append("password-still-valid")
    case .old?: labels.append("password-old")
    case .unknown?, .noAnswer?, nil: break
    }
    if let sites = exposure.otherSites, sites > 0 { labels.append("password-at-other-sites") }
    return labels
  }
}

extension Finding.Exposure {
  /// That the same password stands at other sites, with their number as `shown` writes it; nil if it does not, as far as is
  /// known.
  func otherSitesWords(_ shown: (Int) -> String) -> Words? {
    guard let otherSites, otherSites > 0 else { return nil }
    let isOne = otherSites == 1
    let sites = shown(otherSites)
    return Words(
      en: "The same password stands in the log for \(sites) other \(isOne ? "site" : "sites").",
      fr:
        "Le même mot de passe figure dans le journal pour \(sites) \(isOne ? "autre site" : "autres sites")."
    )
  }
}

extension Finding.PasswordCheck {
  /// With the day as people write it, in pages for them.
  var words: Words { words { ReportWords.day(time.text, $0) } }

  /// What it says, with the day as `day` writes it.
  fileprivate func words(_ day: (Language) -> String) -> Words {
    return switch verdict {
    case .stillValid:
      Words(
        en: "The verifier says that the stolen password is still valid (asked on \(day(.en))).",
        fr:
          "Le vérificateur dit que le mot de passe volé est encore valable (question posée le \(day(.fr)))."
      )
    case .old:
      Words(
        en:
          "The verifier says that the stolen password is not the account's, or no longer (asked on \(day(.en))).",
        fr:
          "Le vérificateur dit que le mot de passe volé n'est pas, ou plus, celui du compte (question posée le \(day(.fr)))."
      )
    case .unknown:
      Words(
        en: "The verifier does not know whether the stolen password is still valid.",
        fr: "Le vérificateur ne sait pas si le mot de passe volé est encore valable.")
    case .noAnswer:
      Words(
        en: "The verifier gave no answer on the stolen password.",
        fr: "Le vérificateur n'a pas répondu sur le mot de passe volé.")
    }
  }
}
