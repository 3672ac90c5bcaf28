import Findings
import Scan

/// What a night brought that somebody must know: what cron mails.
struct News {
  /// One line, or nil if there is nothing new; the next night is silent about the same.
  let line: String?

  init(_ summary: ScanSummary) {
    let document = summary.document
    guard document.run.isOfHistory else {
      line = nil
      return
    }
    func count(_ state: Finding.Past.State) -> Int {
      document.findings.count { $0.isOpen && $0.past?.state == state }
    }
    let parts = [
      (count(.new), "new"), (count(.reopened), "reopened"),
      (summary.newProblems.count, "newly unreadable"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let worst = document.findings.filter {
      $0.isOpen && ($0.past?.state == .new || $0.past?.state == .reopened)
    }.map(\.severity).max()
    let severity = worst.map { ", the worst \($0.rawValue)" } ?? ""
    line = parts.isEmpty ? nil : "dumpsieve: \(parts.joined(separator: ", "))\(severity)"
  }
}
