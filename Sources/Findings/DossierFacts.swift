internal import Clock

// The last part of the form: each finding, with all that bears it out.
extension Dossier {
  var facts: Section {
    let run = document.run
    var gaps = run.coverage.gaps.map(\.words)
    if run.since != nil {
      gaps.append(
        Words(
          en: "The document holds only what is new since a chosen time.",
          fr: "Le document ne contient que ce qui est nouveau depuis une date choisie."))
    }
    if gaps.isEmpty {
      gaps = [Words(en: "Nothing was left unread.", fr: "Rien n'a été laissé sans être lu.")]
    }
    return Section(
      article: "art. 33(5)",
      title: Words(
        en: "Facts and their source, for the record", fr: "Faits et sources, pour le registre"),
      entries: document.findings.map(Self.record) + [
        Entry(
          label: Words(en: "The scan", fr: "L'analyse"),
          facts: [
            Words(
              en:
                "dumpsieve \(run.version), run \(run.id), \(moment(run.asOf).en), rules \(run.rulesDigest.prefix(16))",
              fr:
                "dumpsieve \(run.version), analyse \(run.id), \(moment(run.asOf).fr), règles \(run.rulesDigest.prefix(16))"
            )
          ] + gaps)
      ])
  }

  static func record(_ finding: Finding) -> Entry {
    var facts = zip(finding.places(most: 5), finding.places(most: 5, .fr)).map {
      Words(en: $0, fr: $1)
    }
    facts += passwordFacts(finding)
    if let why = whyNoTheft(finding) { facts.append(why) }
    return Entry(
      label: Words(
        en: "\(finding.id): \(finding.accountName)", fr: "\(finding.id) : \(finding.accountName)"),
      facts: facts,
      source: Words(
        en:
          "score \(finding.score), confidence \(finding.confidence), \(finding.sightingsTotal) place(s)",
        fr:
          "score \(finding.score), confiance \(confidence(finding)), \(finding.sightingsTotal) endroit(s)"
      ))
  }

  private static func confidence(_ finding: Finding) -> String {
    switch finding.confidence {
    case "high": "élevée"
    case "medium": "moyenne"
    default: "faible"
    }
  }

  /// What is known of the password beside that it was stolen, and who says so.
  private static func passwordFacts(_ finding: Finding) -> [Words] {
    let check = finding.standingCheck.map { check in
      Words(
        en: "\(check.words.en) Source: the program that the organisation named for it.",
        fr: "\(check.words.fr) Source : le programme que l'organisme a désigné pour cela.")
    }
    let sites = finding.exposure.otherSitesWords { String($0) }.map { words in
      Words(en: "\(words.en) Source: the log.", fr: "\(words.fr) Source : le journal.")
    }
    return [check, sites].compactMap { $0 }
  }
}
