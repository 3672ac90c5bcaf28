internal import Clock

// What is to be done by when, and what has changed since the night before.
extension ReportPage {
  /// Such as `Within the hour: by 14 July 2025, 02:30 UTC`.
  private func heading(_ seconds: Int, _ due: UTCTime) -> String {
    let within = say(ReportWords.within(seconds))
    let moment = ReportWords.moment(due.text, language)
    return due < document.run.asOf
      ? say("\(within): overdue since \(moment)", "\(within) : en retard depuis le \(moment)")
      : say("\(within): by \(moment)", "\(within) : avant le \(moment)")
  }

  /// The actions of all accounts, by their deadlines.
  var plan: [Values] {
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

  var changesText: String {
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

  var changes: [Values] {
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
}
