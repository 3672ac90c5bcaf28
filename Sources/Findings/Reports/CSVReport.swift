internal import Clock

extension Report {
  /// One finding a row, for spreadsheets: no cell of it is taken for a formula.
  static let csv = Report(name: "csv") { document, _ in
    let columns = CSVColumn.all
    var text = columns.map(\.name).joined(separator: ",") + "\n"
    for finding in document.findings {
      text += columns.map { $0.cell(finding).rendered }.joined(separator: ",") + "\n"
    }
    return text
  }
}

/// One cell of a CSV file.
enum CSVCell {
  case text(String?)
  case number(Int?)
  case truth(Bool?)
  case time(UTCTime?)

  var rendered: String {
    switch self {
    case .text(let text): Self.quoted(text ?? "")
    case .number(let number): number.map(String.init) ?? ""
    case .truth(let truth): truth.map { $0 ? "true" : "false" } ?? ""
    case .time(let time): time?.text ?? ""
    }
  }

  /// Programs take a cell for a formula that begins with one of these, behind blanks of any kind or not; the last four are the wide forms,
  /// which some take, too.
  private static let formulaStarts: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＋", "－", "＠",
  ]

  /// It goes by scalars: a sign with an accent on it is one character, and begins a formula all the same.
  private static func quoted(_ text: String) -> String {
    let start = text.unicodeScalars.first {
      $0.properties.generalCategory != .spaceSeparator && $0 != "'" && $0 != "\""
    }
    var quoted = "\"".unicodeScalars
    if start.map({ formulaStarts.contains($0) }) ?? false { quoted.append("'") }
    for scalar in text.unicodeScalars {
      quoted.append(scalar)
      if scalar == "\"" { quoted.append(scalar) }
    }
    quoted.append("\"")
    return String(quoted)
  }
}

private struct CSVColumn: Sendable {
  var name: String
  var cell: @Sendable (Finding) -> CSVCell

  static let all = [
    CSVColumn(name: "id") { .text($0.id) },
    CSVColumn(name: "state") { .text($0.past?.state.rawValue) },
    CSVColumn(name: "suppressed") { .truth($0.past.map { $0.suppression != nil }) },
    CSVColumn(name: "first_seen") { .time($0.past?.firstSeen) },
    CSVColumn(name: "last_seen") { .time($0.past?.lastSeen) },
    CSVColumn(name: "severity") { .text($0.severity.rawValue) },
    CSVColumn(name: "score") { .number($0.score) },
    CSVColumn(name: "confidence") { .text($0.confidence) },
    CSVColumn(name: "partner") { .text($0.partner) },
    CSVColumn(name: "account") { .text($0.account.reference) },
    CSVColumn(name: "login_masked") { .text($0.account.masked?.text) },
    CSVColumn(name: "tag") { .text($0.account.tag) },
    CSVColumn(name: "match") { .text($0.account.match.rawValue) },
    CSVColumn(name: "privileged") { .truth($0.account.isPrivileged) },
    CSVColumn(name: "service") { .text($0.service.name) },
    CSVColumn(name: "service_level") { .text($0.service.level?.rawValue) },
    CSVColumn(name: "host") { .text($0.service.host) },
    CSVColumn(name: "source") { .text($0.source) },
    CSVColumn(name: "stolen_at") { .time($0.infection.stolenAt) },
    CSVColumn(name: "days_stolen_to_seen") { .number($0.daysStolenToSeen) },
    CSVColumn(name: "password_present") { .truth($0.hasPassword) },
    CSVColumn(name: "password_check") { .text($0.standingCheck?.verdict.rawValue) },
    CSVColumn(name: "password_other_sites") { .number($0.exposure.otherSites) },
    CSVColumn(name: "password_changed_at") { .time($0.passwordChangedAt) },
    CSVColumn(name: "still_exposed") { .truth($0.isStillExposed) },
    CSVColumn(name: "cookies") { .number($0.exposure.cookies?.count) },
    CSVColumn(name: "session") { .truth($0.exposure.cookies?.hasSession) },
    CSVColumn(name: "session_unexpired") { .truth($0.exposure.cookies?.isUnexpiredAtScan) },
    CSVColumn(name: "session_expires") { .time($0.exposure.cookies?.latestExpiry) },
    CSVColumn(name: "device") { .text($0.infection.deviceID) },
    CSVColumn(name: "family") { .text($0.infection.familyName) },
    CSVColumn(name: "os") { .text($0.infection.os?.text) },
    CSVColumn(name: "country") { .text($0.infection.country?.text) },
    CSVColumn(name: "build_id") { .text($0.infection.buildID?.text) },
    CSVColumn(name: "seller") { .text($0.infection.seller?.text) },
    CSVColumn(name: "sightings") { .number($0.sightingsTotal) },
    CSVColumn(name: "first_place") { .text($0.places(most: 1).first) },
  ]
}
