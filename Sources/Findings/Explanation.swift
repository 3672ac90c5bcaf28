internal import Clock

extension FindingsDocument {
  /// The finding whose id is, or begins with, `id`; nil if there is none, or there are several.
  public func finding(_ id: String) -> Finding? {
    let found = findings.filter { $0.id.hasPrefix(Finding.wholeID(id)) }
    return found.count == 1 ? found[0] : nil
  }

  /// Why a finding has its severity, part by part, what would lower each, and what to do; for a terminal.
  public func explanation(of finding: Finding, _ language: Language) -> String {
    func say(_ en: String, _ fr: String) -> String {
      language.set(language == .fr ? fr : en)
    }
    let severity = ReportWords.severity(finding.severity).text(language)
    var lines = [
      "\(finding.id)  \(finding.accountName), \(finding.serviceName), \(finding.partner)",
      say(
        "\(severity), \(finding.score) of 100; confidence \(finding.confidence)",
        "gravité \(severity), \(finding.score) sur 100"), "",
      say("HOW THE SCORE ADDS UP", "D'OÙ VIENT LE SCORE"),
    ]
    let sum = finding.scoreParts.reduce(0) { $0 + $1.points }
    for part in finding.scoreParts {
      let words = run.texts.scoreParts[part.rule]
      lines.append(
        Self.padded(part.signedPoints, 5)
          + "  \(words?.title.text(language) ?? part.text)  [\(part.rule)]")
      let rest = min(100, max(0, sum - part.points))
      if let level = run.texts.severity(of: rest), part.points > 0 {
        let name = ReportWords.severity(level).text(language)
        lines.append(
          "       " + say("without it: \(rest), \(name)", "sans cela : \(rest), \(name)"))
      }
      if let lower = words?.lower?.text(language) {
        lines.append("       " + say("lowered by: ", "pour l'abaisser : ") + lower)
      }
    }
    if sum != finding.score {
      lines.append(
        say(
          "  The sum is \(sum); a score is held within 0 and 100.",
          "  La somme est \(sum) ; un score reste entre 0 et 100."))
    }
    lines += actionLines(finding, language)
    lines += ["", say("WHERE IT STANDS", "OÙ IL FIGURE")]
    lines += finding.places(most: 10, language).map { "  " + $0 }
    if finding.sightingsTotal > 10 {
      lines.append(
        say(
          "  and \(finding.sightingsTotal - 10) more", "  et \(finding.sightingsTotal - 10) autres")
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func actionLines(_ finding: Finding, _ language: Language) -> [String] {
    if finding.actions.isEmpty { return [] }
    var lines = ["", language == .fr ? "QUE FAIRE" : "WHAT TO DO"]
    for (index, action) in finding.actions.enumerated() {
      let words = run.texts.action(action.rule)
      let deadline = ReportWords.moment(run.deadline(action, of: finding).text, language)
      let by = language == .fr ? "avant le \(deadline)" : "by \(deadline)"
      lines.append(
        Self.padded("\(index + 1).", 5) + "  \(words?.title.text(language) ?? action.rule), \(by)"
          + "  [\(action.rule)]")
      for reason in action.reasons {
        if let text = words?.reasons[reason]?.text(language) { lines.append("       " + text) }
      }
    }
    return lines
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
