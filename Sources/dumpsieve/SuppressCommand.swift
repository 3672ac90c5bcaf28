import ArgumentParser
import Clock
import Config
import Findings
import Foundation
import History

struct SuppressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppress", abstract: "Keep a finding out of the exit status, for a while.",
    discussion:
      "The finding stays in the document, and is counted as suppressed. When the time is over, the next run says so."
  )

  @Argument(help: "The finding's id, or its beginning.")
  var id: String

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  @Option(help: ArgumentHelp("Until when: a date such as 2025-12-31, or 30d.", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Who decided it.", valueName: "name"))
  var by: String?

  @Flag(help: "End it.")
  var off = false

  @OptionGroup var state: StateOptions

  func run() throws {
    let suppression = off ? nil : try made()
    let finding = try FindingsCommand.finding(id, try state.reading())
    try state.changing { store throws(StoreFailure) in
      try store.suppress(finding.id, suppression)
    }
  }

  private func made() throws -> Finding.Past.Suppression {
    guard let reason, let by, let until, !reason.isEmpty, !by.isEmpty else {
      throw ValidationError("A suppression needs --reason, --by and --until.")
    }
    let later = Setting.seconds(until).map {
      UTCTime(seconds: UTCTime.now.seconds + Int64($0))
    }
    guard let end = UTCTime(until) ?? later else {
      throw ValidationError("--until takes a date such as 2025-12-31, or a time such as 30d.")
    }
    return Finding.Past.Suppression(
      reason: SafeText(reason).text, author: SafeText(by).text, until: end)
  }
}

struct PurgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Erase what the store knows: of a partner, or what is long resolved.",
    discussion: """
      Files that runs have written (findings, their dated copies, reports) are yours to remove; docs/OPERATIONS.md says which. \
      After --partner the next run reads everything again.
      """)

  @Option(help: ArgumentHelp("Everything of that partner.", valueName: "id"))
  var partner: String?

  @Option(
    help: ArgumentHelp("Findings that are resolved for so long, and runs.", valueName: "time"))
  var olderThan: String?

  @OptionGroup var state: StateOptions

  func run() throws {
    if (partner == nil) == (olderThan == nil) {
      throw ValidationError("Name one of --partner and --older-than.")
    }
    let count: Int
    if let partner {
      count = try state.changing { store throws(StoreFailure) in
        try store.purge(partner: partner)
      }
    } else {
      guard let seconds = olderThan.flatMap({ Setting.seconds($0) }) else {
        throw ValidationError("--older-than takes a time such as 90d.")
      }
      let time = UTCTime(seconds: UTCTime.now.seconds - Int64(seconds))
      count = try state.changing { store throws(StoreFailure) in try store.purge(before: time) }
    }
    try Terminal.output("\(count) findings erased\n")
  }
}
