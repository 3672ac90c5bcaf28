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
    if document.findings.isEmpty {
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
    if coverage.isInterrupted { lines.append("The run was interrupted: this is not all.") }
    if coverage.files == 0 { lines.append("There was nothing to read.") }
    if !coverage.unread.isEmpty {
      lines.append(
        Style.attention.apply("Not read: \(plural(coverage.unread.count, "input")).", page))
      for (reason, count) in reasons(coverage.unread) { lines.append("  \(count) × \(reason)") }
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
  private static let headings = [
    "SEVERITY", "SCORE", "PARTNER", "ACCOUNT", "SERVICE", "STOLEN", "FROM", "SEEN",
  ]
  /// The columns that give way, first the one that says most in its first letters.
  private static let shrinking = [6, 4, 2, 3]
  private static let minWidth = 8

  let text: String

  init(_ document: FindingsDocument, _ page: Report.Page) {
    let rows = document.findings.map(Self.cells)
    var widths = Self.headings.map(\.count)
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    Self.shrink(&widths, to: page.width)
    var lines = [Self.line(Self.headings, widths)]
    for (row, finding) in zip(rows, document.findings) {
      let line = Self.line(row, widths)
      // The severity is the first cell; only it is coloured, so that widths stay right.
      let severity = finding.severity.rawValue
      let rest = line.dropFirst(severity.count)
      lines.append(Style.severity(finding.severity).apply(severity, page) + rest)
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func cells(_ finding: Finding) -> [String] {
    let account =
      finding.account.reference ?? finding.account.masked?.text
      ?? (finding.account.match == .service ? "(\(finding.records) logins)" : finding.account.tag)
    let infection = finding.infection
    let family = infection.familyName ?? (infection.deviceID == nil ? nil : "unknown stealer")
    return [
      finding.severity.rawValue, String(finding.score), SafeText(finding.partner).text,
      SafeText(account ?? "").text, finding.service.name ?? finding.service.host ?? "(no host)",
      infection.stolenAt.map { String($0.text.prefix(10)) } ?? "unknown",
      family ?? finding.source.replacing("-", with: " "), String(finding.sightingsTotal),
    ]
  }

  private static func shrink(_ widths: inout [Int], to width: Int) {
    let gaps = 2 * (widths.count - 1)
    for column in shrinking {
      let excess = widths.reduce(gaps, +) - width
      if excess > 0 { widths[column] = max(minWidth, widths[column] - excess) }
    }
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let fitted =
        cell.count > widths[index] ? String(cell.prefix(widths[index] - 1)) + "…" : cell
      line += fitted
      if index + 1 < cells.count {
        line += String(repeating: " ", count: widths[index] - fitted.count + 2)
      }
    }
    return line
  }
}
