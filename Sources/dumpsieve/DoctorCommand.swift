import ArgumentParser
import Clock
import Config
import Findings
import Foundation
import History
import Rules
import Scan
import Watchlists

/// Says of everything that a night needs whether it is there, and how to mend it.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check all that the nightly run needs, and say how to mend it.",
    discussion: "Exit status: 0 if nothing is red, else 1.")

  @OptionGroup var state: StateOptions

  /// One line of the report.
  struct Line {
    enum Light: String { case green, amber, red }
    var light: Light
    var text: String
    /// The command that mends it, or what else to do.
    var remedy: String?
  }

  func run() throws {
    let settings = try state.settings()
    let now = UTCTime.now
    var lines = [try configuration()]
    lines += keys(settings)
    lines += lists(settings, now)
    lines.append(rules(settings))
    lines += dumps(settings)
    lines.append(sandbox())
    lines += disks(settings)
    lines += store(settings, now)
    for line in lines { try Terminal.output(Self.shown(line)) }
    if lines.contains(where: { $0.light == .red }) { throw ExitCode(1) }
  }

  private static func shown(_ line: Line) -> String {
    let codes = [Line.Light.green: "32", .amber: "33", .red: "31"]
    let word = line.light.rawValue
    let hasColour = Terminal.hasColour(Terminal.isOutputTerminal)
    let light = hasColour ? "\u{1B}[\(codes[line.light] ?? "0")m\(word)\u{1B}[0m" : word
    let padding = String(repeating: " ", count: 6 - word.count)
    return "\(light)\(padding)\(SafeText(line.text).text)\n"
      + (line.remedy.map { "      → \(SafeText($0).text)\n" } ?? "")
  }

  // MARK: What a run is given

  private func configuration() throws -> Line {
    guard let file = try state.config.file() else {
      return Line(
        light: .amber, text: "there is no configuration file: only flags and the environment hold",
        remedy: "dumpsieve init, or --config for one that is elsewhere")
    }
    return Line(light: .green, text: "configuration \(file.path)")
  }

  private func keys(_ settings: Settings) -> [Line] {
    let files = ScanSettings.keyFiles(settings)
    if files.isEmpty {
      return [
        Line(
          light: .red, text: "no key file is named",
          remedy: "dumpsieve init, or key_files in the configuration")
      ]
    }
    return files.map { path in
      do throws(Refusal) { _ = try KeyFile(path: path) } catch {
        return Line(light: .red, text: error.message, remedy: "docs/OPERATIONS.md, \"Keys\"")
      }
      let days = Self.age(of: path, .now)
      let isOld = days.map { $0 > 400 } ?? false
      return Line(
        light: isOld ? .amber : .green,
        text: "key \(path): only you can read it" + (days.map { ", \($0) days old" } ?? ""),
        remedy: isOld ? "make a new key with the partner: docs/OPERATIONS.md, \"Keys\"" : nil)
    }
  }

  private static func age(of path: String, _ now: UTCTime) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let date = attributes?[.modificationDate] as? Date else { return nil }
    return Int(Double(now.seconds) - date.timeIntervalSince1970) / 86_400
  }

  private func lists(_ settings: Settings, _ now: UTCTime) -> [Line] {
    let files = settings.texts(.watchlists)
    if files.isEmpty {
      return [
        Line(light: .red, text: "no watchlist is named", remedy: "watchlists in the configuration")
      ]
    }
    return files.map { list($0, settings, now) }
  }

  private func list(_ path: String, _ settings: Settings, _ now: UTCTime) -> Line {
    let header: WatchlistHeader
    do throws(Refusal) {
      header = try WatchlistFile.header(path: path)
      _ = try WatchlistCheck.accounts(
        path: path, keyFiles: ScanSettings.keyFiles(settings), now: now)
    } catch {
      return Line(light: .red, text: error.message, remedy: "ask the partner for a list")
    }
    let days = Int(now.seconds - header.made.seconds) / 86_400
    let text =
      "list \(path): \(header.partner), \(header.accounts) accounts, key \(header.keyID), \(days) days old"
    let ahead = Int64(settings.seconds(.expiryWarning) ?? 0)
    if let expires = header.expires, expires.seconds - now.seconds <= ahead {
      return Line(
        light: .amber, text: "\(text), expires on \(expires.text.prefix(10))",
        remedy: "ask the partner for a new one")
    }
    let isOld = days > 90
    return Line(
      light: isOld ? .amber : .green, text: text,
      remedy: isOld ? "ask the partner for a new one: who came since is not looked for" : nil)
  }

  private func rules(_ settings: Settings) -> Line {
    do {
      let catalogue = try RuleCatalogue(directories: try ruleDirectories(settings.texts(.rules)))
      if RuleCheck.faults(catalogue).isEmpty {
        return Line(light: .green, text: "\(catalogue.rules.count) rules, and their examples hold")
      }
    } catch {
      return Line(light: .red, text: "the rules cannot be read", remedy: "dumpsieve rules check")
    }
    return Line(light: .red, text: "examples of rules do not hold", remedy: "dumpsieve rules check")
  }

  private func dumps(_ settings: Settings) -> [Line] {
    let dumps = settings.texts(.dumps)
    if dumps.isEmpty && settings.text(.filesFrom) == nil {
      return [Line(light: .red, text: "no dump is named", remedy: "dumps in the configuration")]
    }
    return dumps.map { path in
      if unsafe access(path, R_OK) != 0 {
        return Line(
          light: .red, text: "dump \(path) cannot be read",
          remedy: "mount it, or give this user the right to read it")
      }
      let names = try? FileManager.default.contentsOfDirectory(atPath: path)
      let isEmpty = names?.isEmpty ?? false
      return Line(
        light: isEmpty ? .amber : .green, text: "dump \(path)" + (isEmpty ? " is empty" : ""),
        remedy: isEmpty ? "is it mounted?" : nil)
    }
  }

  // MARK: What the system gives

  private func sandbox() -> Line {
    do throws(ScanFailure) {
      let check = try SandboxCheck(worker: ProgramFiles.worker)
      let open = check.acts.count { !$0.isRefused }
      if check.landlock > 0 && open == 0 {
        return Line(light: .green, text: "workers are locked down, Landlock \(check.landlock)")
      }
      return Line(
        light: .amber, text: "workers are not wholly locked down: \(open) acts are not refused",
        remedy: "dumpsieve selftest sandbox; a newer kernel")
    } catch {
      return Line(
        light: .red, text: error.message, remedy: "install dumpsieve-worker beside dumpsieve")
    }
  }

  private func disks(_ settings: Settings) -> [Line] {
    let out = settings.text(.out).flatMap {
      $0 == "-" ? nil : ($0 as NSString).deletingLastPathComponent
    }
    let places = [settings.text(.stateDir), out].compactMap { $0 }.map { $0.isEmpty ? "." : $0 }
    return Set(places).sorted().map { path in
      guard unsafe access(path, W_OK) == 0 else {
        return Line(
          light: .red, text: "\(path) cannot be written",
          remedy: "install -d -m 700 -o \(NSUserName()) \(path)")
      }
      let values = try? FileManager.default.attributesOfFileSystem(forPath: path)
      let free = (values?[.systemFreeSize] as? Int) ?? 0
      let isLow = free < 1 << 30
      return Line(
        light: isLow ? .amber : .green, text: "\(path): \(free >> 20) MiB free",
        remedy: isLow
          ? "make room; keep in the configuration, dumpsieve purge --older-than 90d" : nil)
    }
  }

  // MARK: What earlier nights left

  private func store(_ settings: Settings, _ now: UTCTime) -> [Line] {
    guard let directory = settings.text(.stateDir) else {
      return [
        Line(
          light: .amber,
          text: "no state directory: every night reads everything, and nothing is new",
          remedy: "state_dir in the configuration")
      ]
    }
    do throws(StoreFailure) {
      guard let store = try Store(reading: directory) else {
        return [Line(light: .amber, text: "no run yet", remedy: "dumpsieve scan")]
      }
      var lines = [Line(light: .green, text: "\(store.path) is sound")]
      lines += lastRun(try store.runs(), settings, now)
      // No password opens an encrypted RAR.
      let waiting = try store.problemCounts().filter {
        $0.key.hasPrefix("archive-encrypted") && $0.key != Problem.Code.archiveEncryptedRAR.rawValue
      }.values.reduce(0, +)
      if waiting > 0 {
        lines.append(
          Line(
            light: .amber, text: "\(waiting) archives wait for a password",
            remedy: "archive_passwords in the configuration, or a file NAME.password beside each"))
      }
      return lines
    } catch {
      return [Line(light: .red, text: error.message)]
    }
  }

  private func lastRun(_ runs: [StoredRun], _ settings: Settings, _ now: UTCTime) -> [Line] {
    guard let last = runs.first(where: { $0.finished != nil }), let finished = last.finished else {
      return [Line(light: .red, text: "no run has come to its end", remedy: "dumpsieve scan")]
    }
    let hours = (now.seconds - finished.seconds) / 3600
    if hours < 0 {
      return [
        Line(
          light: .red, text: "the last run ended at \(finished.text), which is in the future",
          remedy: "set the clock: timedatectl")
      ]
    }
    var lines = [
      Line(
        light: hours > 26 ? .red : .green,
        text: "the last run that has a result ended \(hours) h ago",
        remedy: hours > 26
          ? "systemctl status dumpsieve.timer dumpsieve.service, or the mail of cron" : nil)
    ]
    if let path = settings.text(.out), path != "-", let sha256 = last.sha256 {
      let bytes = FileManager.default.contents(atPath: path).map { [UInt8]($0) }
      if bytes.map({ ContentDigest.sha256(file: $0) }) != sha256 {
        lines.append(
          Line(
            light: .amber, text: "\(path) is not what the last run wrote",
            remedy: "who changed it? dumpsieve scan writes it anew"))
      }
    }
    return lines
  }
}
