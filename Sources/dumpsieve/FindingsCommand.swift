import ArgumentParser
import Clock
import Findings
import Foundation
import History
import Scan

/// What the store knows, and what the operator adds to it.
struct FindingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "findings",
    abstract: "Show what earlier runs found, and say what was done about it.",
    subcommands: [List.self, Show.self, Diff.self, Runs.self, Mark.self, Verify.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the findings as the last documents told them, the worst first.")

    @OptionGroup var state: StateOptions

    @Option(help: "table, json or jsonl.")
    var format = "table"

    @Option(help: ArgumentHelp("Only those of a partner.", valueName: "id"))
    var partner: String?

    @Flag(help: "Also those that are resolved.")
    var all = false

    func run() throws {
      let store = try state.reading()
      let findings = try FindingsCommand.told(store).filter {
        (all || $0.state != .resolved) && (partner == nil || $0.partner == partner)
      }.sorted { ($1.severity, $0.id) < ($0.severity, $1.id) }
      switch format {
      case "json":
        try Terminal.output(JSON.list(findings.map(\.json)).rendered(isPretty: true) + "\n")
      case "jsonl":
        for finding in findings {
          try Terminal.output(finding.json.rendered(isPretty: false) + "\n")
        }
      case "table": try Terminal.output(FindingsCommand.table(findings))
      default: throw ValidationError("--format takes one of table, json, jsonl.")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show all of a finding.")

    @Argument(help: "The finding's id, or its beginning.")
    var id: String

    @OptionGroup var state: StateOptions

    func run() throws {
      let store = try state.reading()
      let finding = try FindingsCommand.finding(id, store)
      var json = finding.json
      if case .object(let members) = json {
        let evidence = try FindingsCommand.evidence(of: finding, store)
        json = .object(
          members + [JSON.Member(name: "evidence", value: .list(evidence.map(Self.json)))])
      }
      try Terminal.output(json.rendered(isPretty: true) + "\n")
    }

    private static func json(_ evidence: StoredEvidence) -> JSON {
      .members([
        "digest": .text(evidence.digest), "bytes": .number(Int(evidence.size)),
        "modified": .text(evidence.modified.text), "made": .text(evidence.made.text),
      ])
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Say whether files are those from which a finding was made.",
      discussion: """
        Exit status: 0 if each file is, 1 if one is not, 2 if one cannot be read or nothing is kept of the finding's files.
        """)

    @Argument(help: "The finding's id, or its beginning.")
    var id: String

    @Argument(
      help: "Files, wherever they lie now: those of a log, or an archive as a whole.",
      completion: .file())
    var files: [String]

    @OptionGroup var state: StateOptions

    func run() throws {
      let store = try state.reading()
      let evidence = try FindingsCommand.evidence(
        of: FindingsCommand.finding(id, store), store)
      if evidence.isEmpty {
        throw Exit.because(
          "nothing is kept by which the files of \(id) are known (docs/OPERATIONS.md)",
          Exit.failed)
      }
      let installation = try state.installation()
      let sizes = Set(evidence.map(\.size))
      var isEvery = true
      for file in files {
        let digest: String?
        do throws(ScanFailure) {
          digest = try Evidence.digest(of: file, sizes: sizes, installation: installation)
        } catch {
          if case .failed = error { throw Exit.because(error.message, Exit.failed) }
          throw Exit.because(error.message, Exit.refused)
        }
        let known = evidence.first { $0.digest == digest }
        isEvery = isEvery && known != nil
        let text = known.map { "as it was read, written at \($0.modified.text)" }
        try Terminal.output("\(SafeText(file).text): \(text ?? "not one of them, or changed")\n")
      }
      if !isEvery { throw ExitCode(1) }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "Show which findings came and went between two runs.",
      discussion: "A run is named by its number, its id or the word last; findings runs lists them."
    )

    @Argument(help: "The earlier run.")
    var earlier: String

    @Argument(help: "The later run.")
    var later: String

    @OptionGroup var state: StateOptions

    func run() throws {
      let store = try state.reading()
      let before = try states(store, earlier)
      let after = try states(store, later)
      for id in Set(before.keys).union(after.keys).sorted() {
        let isBefore = before[id].map { $0 != .resolved } ?? false
        let isAfter = after[id].map { $0 != .resolved } ?? false
        if isBefore == isAfter { continue }
        try Terminal.output("\(isAfter ? "+" : "-") \(id)  \(after[id]?.rawValue ?? "")\n")
      }
    }

    private func states(_ store: Store, _ name: String) throws -> [String: Finding.Past.State] {
      do throws(StoreFailure) {
        if let run = try store.run(named: name) { return try store.states(after: run.number) }
      } catch {
        throw Exit.because(error)
      }
      throw ValidationError("\(name) names no run; dumpsieve findings runs lists them.")
    }
  }

  struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "runs", abstract: "List the runs, the last first.")

    @OptionGroup var state: StateOptions

    func run() throws {
      let store = try state.reading()
      let runs: [StoredRun]
      do throws(StoreFailure) { runs = try store.runs() } catch { throw Exit.because(error) }
      for run in runs {
        let status = run.status.map { "status \($0)" } ?? "not finished"
        try Terminal.output("\(run.number)  \(run.id)  \(run.started.text)  \(status)\n")
      }
    }
  }

  struct Mark: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set", abstract: "Say what was done about a finding.",
      discussion: "A finding that is reset-done is resolved, until the account is stolen again.")

    @Argument(help: "The finding's id, or its beginning.")
    var id: String

    @Argument(
      help: "notified, acknowledged or reset-done.",
      completion: .list(["notified", "acknowledged", "reset-done"]))
    var mark: String

    @Option(help: ArgumentHelp("Who says so; else the user.", valueName: "name"))
    var by: String?

    @Option(help: ArgumentHelp("When it was done; now, if left out.", valueName: "time"))
    var at: String?

    @OptionGroup var state: StateOptions

    func run() throws {
      guard let name = Finding.Past.Mark.Name(rawValue: mark) else {
        throw ValidationError("A finding is set notified, acknowledged or reset-done.")
      }
      guard let time = at.map({ UTCTime($0) }) ?? .now else {
        throw ValidationError("--at takes a time such as 2025-07-14T09:00:00Z.")
      }
      let finding = try FindingsCommand.finding(id, try state.reading())
      let made = Finding.Past.Mark(name: name, at: time, author: by ?? StateOptions.author)
      try state.changing { store throws(StoreFailure) in try store.set(made, on: finding.id) }
    }
  }

  static func evidence(of finding: ToldFinding, _ store: Store) throws -> [StoredEvidence] {
    do throws(StoreFailure) { return try store.evidence(of: finding.id) } catch {
      throw Exit.because(error)
    }
  }

  static func told(_ store: Store) throws -> [ToldFinding] {
    do throws(StoreFailure) { return try store.told() } catch { throw Exit.because(error) }
  }

  /// The finding whose id is, or begins with, `id`; a usage error if there is none, or there are several.
  static func finding(_ id: String, _ store: Store) throws -> ToldFinding {
    let whole = Finding.wholeID(id)
    // An empty variable of a script names none, also where there is only one.
    let found =
      try whole == Finding.wholeID("") ? [] : told(store).filter { $0.id.hasPrefix(whole) }
    guard found.count == 1 else {
      let count = found.isEmpty ? "no finding" : "\(found.count) findings"
      throw ValidationError(
        "\(SafeText(id).text) names \(count); dumpsieve findings list shows all.")
    }
    return found[0]
  }

  private static func table(_ findings: [ToldFinding]) -> String {
    var rows = [["FINDING", "STATE", "SEVERITY", "PARTNER", "ACCOUNT", "SERVICE", "FIRST SEEN"]]
    rows += findings.map { finding in
      [
        finding.id, finding.state.rawValue, finding.severity.rawValue, finding.partner,
        finding.account, finding.service, String(finding.firstSeen.text.prefix(10)),
      ]
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }.joined(separator: "  ").trimmingCharacters(in: .whitespaces) + "\n"
    }.joined()
  }
}
