import Clock
import Config
import Findings
import Foundation
import Logging
import Scan

/// What a night brought that somebody must know: what cron mails. A night that brought nothing is silent.
struct News {
  private var notices: [String] = []
  private var warnings: [String] = []

  init(_ summary: ScanSummary, _ settings: Settings) {
    let run = summary.document.run
    for list in run.coverage.refusedLists {
      warnings.append("\(list.list.text) \(list.reason); the run went without it")
    }
    let ahead = Int64(settings.seconds(.expiryWarning) ?? 0)
    warnings += run.watchlists.compactMap { Self.expiry($0, at: run.asOf, ahead: ahead) }
    guard run.isOfHistory else { return }
    if let news = Self.line(summary) { notices.append(news) }
    for (id, reason) in summary.idleSuppressions {
      warnings.append("the suppression of \(id) \(reason)")
    }
  }

  func tell(_ log: Logger) {
    for warning in warnings { log.warning("\(warning)") }
    for notice in notices { log.notice("\(notice)") }
  }

  private static func line(_ summary: ScanSummary) -> String? {
    let document = summary.document
    func count(_ state: Finding.Past.State) -> Int {
      document.findings.count { $0.isOpen && $0.past?.state == state }
    }
    // A password that was found to open its account tonight, of a theft that is known.
    let stillValid = document.findings.count {
      $0.isOpen && $0.past?.state == .ongoing
        && $0.standingCheck == Finding.PasswordCheck(.stillValid, at: document.run.asOf)
    }
    let parts = [
      (count(.new), "new"), (count(.reopened), "reopened"),
      (stillValid, "known, with a password that is still valid"),
      (summary.newProblems.count, "newly unreadable"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    if parts.isEmpty { return nil }
    let worst = document.findings.filter(\.isNews).map(\.severity).max()
    return parts.joined(separator: ", ") + (worst.map { ", the worst \($0.rawValue)" } ?? "")
  }

  /// Not every night for a fortnight: on the first day, a week before the end, and on the last three days.
  private static func expiry(
    _ list: FindingsDocument.Watchlist, at now: UTCTime, ahead: Int64
  ) -> String? {
    guard let expires = list.expires, expires.seconds - now.seconds <= ahead else { return nil }
    let days = (expires.seconds - now.seconds) / 86_400
    guard days == ahead / 86_400 || days + 1 == ahead / 86_400 || days == 7 || days <= 3 else {
      return nil
    }
    return "the list of \(list.partner) expires on \(expires.text.prefix(10)); ask for a new one"
  }
}
