internal import Clock

/// What a run did, for Prometheus' textfile collector: numbers alone, and partners' names; no account, no host.
public enum Metrics {
  /// The text of the file. `earlier` is that of the last run, which a counter goes on from; `rules` is in use.
  public static func text(_ document: FindingsDocument, status: Int, earlier: String) -> String {
    let run = document.run
    var text = ""
    func add(_ name: String, _ kind: String, _ help: String, _ values: [(String, Int)]) {
      text += "# HELP dumpsieve_\(name) \(help)\n# TYPE dumpsieve_\(name) \(kind)\n"
      for (labels, value) in values { text += "dumpsieve_\(name)\(labels) \(value)\n" }
    }
    let finished = Int(run.finished.seconds)
    add(
      "last_success_timestamp_seconds", "gauge", "When the last run ended that has a result.",
      [("", finished)])
    add("run_status", "gauge", "Exit status of that run.", [("", status)])
    add(
      "run_duration_seconds", "gauge", "How long it took.",
      [("", max(0, finished - Int(run.started.seconds)))])
    let before = counter("dumpsieve_bytes_read_total", in: earlier)
    add(
      "bytes_read_total", "counter", "Bytes of text and databases read, of all runs.",
      [("", before &+ run.coverage.bytes)])
    let coverage = run.coverage
    add(
      "inputs", "gauge", "Files of the dumps.",
      [
        ("{state=\"read\"}", coverage.filesRead),
        ("{state=\"unchanged\"}", coverage.unchanged ?? 0),
        ("{state=\"unread\"}", coverage.unread.count),
        ("{state=\"passed_over\"}", coverage.passedOver.values.reduce(0, +)),
      ])
    let states = Finding.Past.State.allCases.flatMap { state in
      Severity.allCases.map { severity -> (String, Int) in
        let count = document.findings.count {
          $0.severity == severity && ($0.past?.state ?? .new) == state
        }
        return ("{severity=\"\(severity.rawValue)\",state=\"\(state.rawValue)\"}", count)
      }
    }
    add("findings", "gauge", "Findings of the document.", states)
    add(
      "findings_suppressed", "gauge", "Of these, suppressed ones.", [("", document.suppressedCount)]
    )
    // Several lists of a partner: the oldest tells.
    var ages: [String: Int] = [:]
    for list in run.watchlists {
      let age = finished - Int(list.made.seconds)
      ages[list.partner] = max(age, ages[list.partner] ?? 0)
    }
    add(
      "watchlist_age_seconds", "gauge", "Since the partner's list was made.",
      ages.sorted { $0.key < $1.key }.map { ("{partner=\"\($0.key)\"}", $0.value) })
    add(
      "watchlists_refused", "gauge", "Lists that the run went without.",
      [("", coverage.refusedLists.count)])
    add("rules_loaded", "gauge", "Rules in use.", [("", run.ruleCount)])
    return text
  }

  private static func counter(_ name: String, in text: String) -> Int {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
  }
}
