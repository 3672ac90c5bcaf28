internal import Clock

extension Report {
  /// For people: one line a finding, then what was read and what was not.
  static let table = Report(name: "table") { document, page in
    var text = ""
    if !document.findings.isEmpty { text += FindingsTable(document, page).text + "\n" }
    return text + summary(document, page)
  }

  private static func summary(_ document: FindingsDocument, _ page: Page) -> String {
    let coverage = document.run.coverage
    var lines: [String] = []
    if coverage.isInterrupted { lines.append(FindingsDocument.Gap.interrupted.words.en) }
    if document.findings.isEmpty && coverage.isInterrupted {
      lines.append("Nothing was found until then.")
    } else if document.findings.isEmpty {
      lines.append("No account of the watchlists was found in what was read.")
    } else {
      let parts = Severity.allCases.reversed().compactMap { severity -> String? in
        let count = document.count(severity)
        return count == 0 ? nil : "\(count) \(severity.rawValue)"
      }
      let noun = document.findings.count == 1 ? "finding" : "findings"
      lines.append("\(document.findings.count) \(noun): \(parts.joined(separator: ", ")).")
    }
    lines.append(
      "Read \(plural(coverage.filesRead, "file")) (\(bytes(coverage.bytes))), "
        + "\(plural(coverage.logs, "log")), \(plural(coverage.records, "record")).")
    if coverage.archives > 0 {
      lines.append(
        "Read \(plural(coverage.membersRead, "file")) in \(plural(coverage.archives, "archive")).")
    }
    for gap in coverage.gaps {
      switch gap {
      case .interrupted: break
      case .unread(let count):
        lines.append(Style.attention.apply("Not read: \(plural(count, "input")).", page))
        for (reason, count) in reasons(coverage.unread) { lines.append("  \(count) × \(reason)") }
      case .missingShards, .refusedLists, .nothingToRead:
        lines.append(Style.attention.apply(gap.words.en, page))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func reasons(
    _ unread: [FindingsDocument.Unread]
  ) -> [(reason: String, count: Int)] {
    Dictionary(grouping: unread, by: \.reason).map { ($0.key, $0.value.count) }
      .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
  }

  private static func plural(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Such as `6,000,171`.
  private static func grouped(_ count: Int) -> String {
    let digits = Array(String(count))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// Such as `1.4 MB`; a kilobyte has 1,000 bytes.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 999.5 && unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    if unit == 0 { return plural(count, "byte") }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}

/// A colour of the terminal; nothing where there is none.
struct Style {
  private let code: String

  static let attention = Style(code: "33")

  static func severity(_ severity: Severity) -> Style {
    switch severity {
    case .critical: Style(code: "1;31")
    case .high: Style(code: "31")
    case .medium: Style(code: "33")
    case .low: Style(code: "2")
    }
  }

  func apply(_ text: String, _ page: Report.Page) -> String {
    page.isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// The columns of the table, cut to the width of the page.
private struct FindingsTable {
  private struct Column: Sendable {
    var heading: String
    var cell: @Sendable (Finding) -> String
    /// The order in which columns give way, from 1; 0 never does.
    var givesWay = 0
    var width = 0
  }

  private static let minWidth = 8
  /// Nobody reads more; the worst come first.
  private static let maxRows = 100

  let text: String

  init(_ document: FindingsDocument, _ page: Report.Page) {
    var columns = Self.columns
    for index in columns.indices {
      let cells = document.findings.map { columns[index].cell($0).count }
      columns[index].width = max(columns[index].heading.count, cells.max() ?? 0)
    }
    // Where there is one partner, its name says least.
    let partners = Set(document.findings.map(\.partner))
    if Self.excess(columns, page) > 0 && partners.count == 1 {
      columns.removeAll { $0.heading == "PARTNER" }
    }
    Self.shrink(&columns, page)
    var lines = [Self.line(columns) { $0.heading }]
    for finding in document.findings.prefix(Self.maxRows) {
      // The severity is the first cell; only it is coloured, so that widths stay right.
      let severity = finding.severity.rawValue
      let rest = Self.line(columns) { $0.cell(finding) }.dropFirst(severity.count)
      lines.append(Style.severity(finding.severity).apply(severity, page) + rest)
    }
    let rest = document.findings.count - Self.maxRows
    if rest > 0 { lines.append("… and \(rest) more, which the formats json and jsonl have.") }
    text = lines.joined(separator: "\n") + "\n"
  }

  private static let columns = [
    Column(heading: "SEVERITY", cell: { $0.severity.rawValue }),
    Column(heading: "SCORE", cell: { String($0.score) }),
    Column(heading: "PARTNER", cell: { SafeText($0.partner).text }, givesWay: 3),
    Column(heading: "ACCOUNT", cell: { account($0) }, givesWay: 4),
    Column(heading: "SERVICE", cell: { service($0) }, givesWay: 2),
    Column(
      heading: "STOLEN",
      cell: { $0.infection.stolenAt.map { String($0.text.prefix(10)) } ?? "unknown" }),
    Column(heading: "FROM", cell: { origin($0) }, givesWay: 1),
    Column(heading: "SEEN", cell: { String($0.sightingsTotal) }),
  ]

  private static func account(_ finding: Finding) -> String {
    if finding.account.match == .service { return "(\(finding.accountName))" }
    let account = finding.account
    return SafeText(account.reference ?? account.masked?.text ?? account.tag ?? "").text
  }

  /// The service, with a mark if a session there may still be open: that is to be ended first.
  private static func service(_ finding: Finding) -> String {
    let name = finding.service.name ?? finding.service.host ?? "(no host)"
    guard let cookies = finding.exposure.cookies, cookies.hasSession,
      cookies.isUnexpiredAtScan == true
    else { return name }
    return name + " (session)"
  }

  private static func origin(_ finding: Finding) -> String {
    if let family = finding.infection.familyName { return family }
    if finding.infection.deviceID != nil { return "unknown stealer" }
    return finding.source.replacing("-", with: " ")
  }

  /// How far the columns reach beyond the page.
  private static func excess(_ columns: [Column], _ page: Report.Page) -> Int {
    columns.reduce(2 * (columns.count - 1)) { $0 + $1.width } - page.width
  }

  private static func shrink(_ columns: inout [Column], _ page: Report.Page) {
    for turn in 1...4 {
      for index in columns.indices where columns[index].givesWay == turn {
        let own = columns[index].width
        let wanted = max(minWidth, own - max(0, excess(columns, page)))
        columns[index].width = min(own, wanted)
      }
    }
  }

  private static func line(_ columns: [Column], _ cell: (Column) -> String) -> String {
    var line = ""
    for (index, column) in columns.enumerated() {
      let text = cell(column)
      let fitted = text.count > column.width ? String(text.prefix(column.width - 1)) + "…" : text
      line += fitted
      if index + 1 < columns.count {
        line += String(repeating: " ", count: column.width - fitted.count + 2)
      }
    }
    return line
  }
}
