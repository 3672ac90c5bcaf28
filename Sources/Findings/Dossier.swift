public import Clock
internal import Mustache

/// A working file for the notification of a breach of personal data (GDPR art. 33 and 34), in the order of the CNIL's form.
///
/// It holds what the findings tell, each fact with its source, and marked boxes for what only people know. How many persons are
/// concerned is such a box: a stolen login is not yet an access. It decides nothing, and is sent nowhere.
public struct Dossier {
  public enum Version: String, Sendable, CaseIterable {
    case initial, complementary
  }

  /// One question of the form.
  struct Entry {
    var label: Words
    /// What is known, a line each.
    var facts: [Words] = []
    /// Where the facts come from.
    var source: Words?
    /// What is to be ticked, and whether the facts suggest it.
    var choices: [(words: Words, isSuggested: Bool)] = []
    /// What is to be filled in; nil if nothing is.
    var box: Words?
  }

  struct Section {
    /// Which provision asks for it.
    var article: String
    var title: Words
    var entries: [Entry]
  }

  let document: FindingsDocument
  let partner: String
  let version: Version
  /// When somebody became aware, as was said; nil if nobody did say.
  let aware: UTCTime?

  /// `document` holds the findings of `partner` alone.
  public init(
    _ document: FindingsDocument, partner: String, version: Version, aware: UTCTime?
  ) {
    self.document = document
    self.partner = partner
    self.version = version
    self.aware = aware
  }

  /// Findings that somebody must still act on.
  var open: [Finding] { document.findings.filter(\.isOpen) }

  /// Findings that tell of a theft, also where its account is safe by now: neither withdrawn nor set aside.
  var thefts: [Finding] { document.findings.filter { Self.whyNoTheft($0) == nil } }

  /// Why a finding stands in the record alone; nil if it tells of a theft.
  static func whyNoTheft(_ finding: Finding) -> Words? {
    if let suppression = finding.past?.suppression {
      return Words(
        en: "Set aside: \(suppression.reason) (\(suppression.author))",
        fr: "Mis de côté : \(suppression.reason) (\(suppression.author))")
    }
    guard finding.past?.state == .resolved, finding.past?.resolution == .withdrawn else {
      return nil
    }
    let why = ReportWords.resolution(.withdrawn)
    return Words(en: "Withdrawn: \(why.en)", fr: "Retiré : \(why.fr)")
  }

  /// When the scan first saw a theft; nil if it saw none.
  var firstSeen: UTCTime? { thefts.map { document.run.firstSeen($0) }.min() }

  /// The start of the clock: what was said, or else when a theft was first seen; nil if there is none.
  var start: UTCTime? { aware ?? firstSeen }

  func moment(_ time: UTCTime) -> Words {
    Words(en: ReportWords.moment(time.text, .en), fr: ReportWords.moment(time.text, .fr))
  }

  func day(_ time: UTCTime) -> Words {
    Words(en: ReportWords.day(time.text, .en), fr: ReportWords.day(time.text, .fr))
  }

  static func after(_ hours: Int64, _ start: UTCTime) -> UTCTime {
    UTCTime(seconds: start.seconds + hours * 3600)
  }

  static let toFill = Words(en: "to be filled in", fr: "à compléter")

  // MARK: The form

  var sections: [Section] {
    [clock, organisation, breach, data, persons, consequences, measures, information, facts]
  }

  /// What stands above all.
  var notice: Words {
    Words(
      en:
        "Draft made by a program from what it found. It is not legal advice and no notification: check every line, fill in the marked boxes, and decide with your data protection officer. Nothing was sent to anybody.",
      fr:
        "Projet établi par un programme d'après ce qu'il a trouvé. Ce n'est ni un conseil juridique ni une notification : vérifier chaque ligne, compléter les cases marquées, et décider avec le délégué à la protection des données. Rien n'a été envoyé à personne."
    )
  }

  var title: Words {
    version == .initial
      ? Words(
        en: "Personal data breach: initial notification (draft)",
        fr: "Violation de données personnelles : notification initiale (projet)")
      : Words(
        en: "Personal data breach: complementary notification (draft)",
        fr: "Violation de données personnelles : notification complémentaire (projet)")
  }

  // MARK: Outputs

  /// `html`, `markdown` or `json`.
  public static let forms = ["markdown", "html", "json"]

  public func render(_ form: String, _ language: Language) -> String {
    switch form {
    case "html": Templates.dossierHTML.render(values(language))
    case "json": json(language).rendered(isPretty: true) + "\n"
    default: Templates.dossierMarkdown.render(values(language))
    }
  }

  private func values(_ language: Language) -> [String: Any] {
    func say(_ words: Words) -> String { words.text(language) }
    return [
      "lang": language.rawValue, "title": say(title), "notice": say(notice), "partner": partner,
      "night": ReportWords.moment(document.run.asOf.text, language),
      "source_label": say(Words(en: "Source:", fr: "Source :")),
      "box_label": say(Words(en: "To fill in:", fr: "À compléter :")),
      "suggested": say(Words(en: "suggested by the findings", fr: "suggéré par les résultats")),
      "sections": sections.enumerated().map { number, section -> [String: Any] in
        [
          "number": number + 1, "article": section.article, "title": say(section.title),
          "entries": section.entries.enumerated().map { place, entry -> [String: Any] in
            var values: [String: Any] = [
              "label": say(entry.label), "facts": entry.facts.map { say($0) },
              "has_facts": !entry.facts.isEmpty, "has_choices": !entry.choices.isEmpty,
              "choices": entry.choices.enumerated().map { index, choice -> [String: Any] in
                [
                  "id": "c\(number)-\(place)-\(index)", "text": say(choice.words),
                  "is_suggested": choice.isSuggested,
                ]
              },
            ]
            if let source = entry.source { values["source"] = say(source) }
            if let box = entry.box { values["box"] = say(box) }
            return values
          },
        ]
      },
    ]
  }

  private func json(_ language: Language) -> JSON {
    .members([
      "kind": .text("dumpsieve-dossier"), "version": .text(version.rawValue),
      "language": .text(language.rawValue), "partner": .text(partner),
      "notice": .text(notice.text(language)), "aware": .optional(start?.text),
      "aware_is_confirmed": .bool(aware != nil),
      "notify_by": .optional(start.map { Self.after(72, $0).text }),
      "run": .text(document.run.id), "as_of": .text(document.run.asOf.text),
      "findings": .list(thefts.map { .text($0.id) }),
      "sections": .list(
        sections.map { section in
          .members([
            "article": .text(section.article), "title": .text(section.title.text(language)),
            "entries": .list(
              section.entries.map { entry in
                .members([
                  "question": .text(entry.label.text(language)),
                  "facts": .list(entry.facts.map { .text($0.text(language)) }),
                  "source": .optional(entry.source?.text(language)),
                  "to_fill_in": .optional(entry.box?.text(language)),
                  "choices": entry.choices.isEmpty
                    ? nil
                    : .list(
                      entry.choices.map {
                        .members([
                          "text": .text($0.words.text(language)),
                          "suggested": .bool($0.isSuggested),
                        ])
                      }),
                ])
              }),
          ])
        }),
    ])
  }
}
