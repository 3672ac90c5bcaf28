import ArgumentParser
import Clock
import Config
import Dumps
import Findings
import Foundation
import History
import Logging
import Scan

/// What the settings mean for a scan, checked before anything is read.
struct ScanSettings {
  let settings: Settings
  let output: ResultOutput
  let dumps: [String]
  private let asOf: UTCTime
  private let shard: FindingsDocument.Shard?
  private let units: UnitSelection?
  /// The number of the dump that comes on standard input.
  private let standardInput: Int?

  /// A worker says nothing while it waits for a verifier, up to eight times 10 s. In seconds.
  private static let minVerifierTimeout = 90

  var problemLog: String? { settings.text(.problemLog) }
  var isVerbose: Bool { settings.truth(.verbose) }
  var isQuiet: Bool { settings.truth(.quiet) }

  /// Files that the run writes.
  var outputs: [String] {
    [output.out == "-" ? nil : output.out, problemLog, metricsFile].compactMap { $0 }
  }

  /// The keys, or else those that systemd lends to the unit.
  var keyFiles: [String] { Self.keyFiles(settings) }

  private static var hasCredentials: Bool {
    ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]?.hasPrefix("/") == true
  }

  static func keyFiles(_ settings: Settings) -> [String] {
    let named = settings.texts(.keyFiles)
    let variable = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    guard named.isEmpty, let directory = variable, directory.hasPrefix("/") else { return named }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".key") }.sorted().map { directory + "/" + $0 }
  }

  var metricsFile: String? { settings.text(.metricsFile) }

  init(_ settings: Settings) throws {
    self.settings = settings
    var output = try ResultOutput(
      out: settings.text(.out) ?? "-", format: settings.text(.format),
      failOn: settings.text(.failOn) ?? "low")
    output.keep = settings.seconds(.keep)
    self.output = output
    asOf = try Self.time(settings)
    shard = try Self.shard(settings)
    let lacksKey = Self.keyFiles(settings).isEmpty
    if lacksKey, !settings.texts(.watchlists).isEmpty, Self.hasCredentials {
      // The command line is as it should be; this host is not.
      throw Exit.because("CREDENTIALS_DIRECTORY holds no file *.key", Exit.refused)
    }
    if lacksKey || settings.texts(.watchlists).isEmpty {
      throw ValidationError("A scan needs --watchlist and --key-file.")
    }
    if settings.truth(.requireSandbox) && !settings.truth(.sandbox) {
      throw ValidationError("--require-sandbox and --no-sandbox exclude each other.")
    }
    if let seconds = settings.number(.workerTimeout), seconds < Self.minVerifierTimeout,
      !settings.texts(.verifyWith).isEmpty
    {
      throw ValidationError(
        "--worker-timeout is at least \(Self.minVerifierTimeout) with --verify-with.")
    }
    if settings.truth(.null) && settings.text(.filesFrom) == nil {
      throw ValidationError("--null goes with --files-from.")
    }
    units = try Self.units(settings)
    let named = try units?.dumps ?? settings.texts(.dumps) + Self.namedDumps(settings)
    let input = named.firstIndex(of: StandardInput.name)
    standardInput = input
    dumps = named.enumerated().map { index, dump in
      index == input ? settings.text(.stdinName) ?? dump : dump
    }
    if dumps.isEmpty {
      throw ValidationError("A scan needs dumps: name some, or --files-from.")
    }
    if stateDirectory != nil, let part = shard != nil ? "--shard" : units.map({ _ in "--units" }) {
      throw ValidationError("\(part) goes without a state directory; name --stateless.")
    }
    if named.filter({ $0 == StandardInput.name }).count > 1 {
      throw ValidationError("Standard input is one dump: - stands twice.")
    }
    if standardInput != nil {
      let others = [Setting.filesFrom, .units].compactMap { settings.text($0) }
      if others.contains("-") || stateDirectory != nil {
        throw ValidationError(
          "A dump on standard input goes without a list there, and without a state directory.")
      }
    } else if settings.text(.stdinName) != nil {
      throw ValidationError("--stdin-name goes with the dump -.")
    }
    if stateDirectory == nil && (settings.truth(.full) || settings.text(.since) != nil) {
      throw ValidationError("--full and --since need --state-dir.")
    }
    try mustBeApart()
    if let stateDirectory { try mustLieOutside(stateDirectory) }
    for path in outputs { try mustLieOutside(path) }
  }

  var logger: Logger {
    RunLog.logger(
      isJSON: settings.text(.log) == "json", isVerbose: isVerbose, isQuiet: isQuiet)
  }

  var stateDirectory: String? {
    settings.truth(.stateless) ? nil : settings.text(.stateDir)
  }

  /// Takes the state directory, or ends the program if another run has it.
  func takeState(_ log: Logger) throws -> StateDirectory? {
    guard let stateDirectory else { return nil }
    do throws(StoreFailure) {
      return try StateDirectory(path: stateDirectory, wait: settings.seconds(.wait) ?? 0)
    } catch {
      throw Exit.because(error, log)
    }
  }

  private var since: ScanConfiguration.Since? {
    guard let text = settings.text(.since) else { return nil }
    if let time = UTCTime(text) { return .time(time) }
    // A number alone is that of a run.
    if Int(text) == nil, let seconds = Setting.seconds(text) {
      return .time(UTCTime(seconds: asOf.seconds - Int64(seconds)))
    }
    return .run(text)
  }

  func configuration() throws -> ScanConfiguration {
    var configuration = ScanConfiguration(
      dumps: dumps, watchlists: settings.texts(.watchlists), keyFiles: keyFiles,
      rules: try ruleDirectories(settings.texts(.rules)), worker: ProgramFiles.worker,
      workers: settings.number(.jobs) ?? ProcessInfo.processInfo.activeProcessorCount,
      asOf: asOf, version: Version.text)
    configuration.installation = settings.text(.installation)
    configuration.isSandboxed = settings.truth(.sandbox)
    configuration.requiresSandbox = settings.truth(.requireSandbox)
    configuration.hashesEveryLogin = settings.truth(.hashEveryLogin)
    configuration.rangeBytes =
      units?.rangeBytes ?? settings.number(.rangeSize).map { UInt64($0) }
      ?? configuration.rangeBytes
    configuration.opensAllFiles = settings.truth(.allFiles)
    configuration.archives = ArchiveLimits(settings)
    configuration.archivePasswords = settings.text(.archivePasswords)
    let verifier = settings.texts(.verifyWith)
    configuration.verifier = verifier.isEmpty ? nil : verifier
    configuration.workerBytes = settings.number(.workerMemory) ?? configuration.workerBytes
    configuration.workerSeconds =
      settings.number(.workerTimeout) ?? configuration.workerSeconds
    configuration.shard = shard
    configuration.units = units
    configuration.piped = standardInput.map { ($0, StandardInput.spool) }
    configuration.skipsRefusedLists = settings.text(.onRefusedList) == "skip"
    configuration.readsAll = settings.truth(.full)
    configuration.settle = settings.seconds(.settle) ?? configuration.settle
    configuration.since = since
    configuration.showsMasked = settings.text(.reveal) != "ref"
    return configuration
  }

  private static func time(_ settings: Settings) throws -> UTCTime {
    guard let text = settings.text(.asOf) else { return .now }
    guard let time = UTCTime(text) else {
      throw ConfigOptions.refusal(
        settings.fault(.asOf, "takes a time such as 2025-07-14T01:30:00Z"))
    }
    return time
  }

  private static func shard(_ settings: Settings) throws -> FindingsDocument.Shard? {
    guard let text = settings.text(.shard) else { return nil }
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
      let read = FindingsDocument.Shard(index: index, count: count)
    else {
      throw ConfigOptions.refusal(
        settings.fault(
          .shard, "takes I/N, such as 1/4, with N up to \(FindingsDocument.Shard.most)"))
    }
    return read
  }

  /// The dumps that --files-from names.
  private static func namedDumps(_ settings: Settings) throws -> [String] {
    guard let path = settings.text(.filesFrom) else { return [] }
    do throws(NameList.Failure) {
      return try NameList.read(path, endsWithNUL: settings.truth(.null))
    } catch {
      throw ValidationError("--files-from \(SafeText(path).text) \(error.message)")
    }
  }

  /// The part of the work that --units names.
  private static func units(_ settings: Settings) throws -> UnitSelection? {
    let isOfRanges = settings.truth(.readRanges)
    guard let path = settings.text(.units) else {
      if isOfRanges { throw ValidationError("--read-ranges goes with --units.") }
      return nil
    }
    if settings.text(.filesFrom) != nil || settings.text(.shard) != nil {
      throw ValidationError("--units goes without --files-from and --shard.")
    }
    return try NameList.units("--units", path) { bytes throws(UnitSelection.Failure) in
      try UnitSelection(bytes, isOfRanges: isOfRanges)
    }
  }

  /// A key or list must not be overwritten by a slip of the hand.
  private func mustBeApart() throws {
    try OutputPaths.mustBeApart(
      outputs,
      from: settings.texts(.watchlists) + keyFiles
        + [Setting.installation, .filesFrom, .units, .archivePasswords].compactMap {
          settings.text($0)
        }
        + dumps + (stateDirectory.map(StateDirectory.files) ?? [])
        + (settings.file.map { [$0] } ?? []))
  }

  /// An output among the dumps would be read by the next run.
  private func mustLieOutside(_ path: String) throws {
    let own = OutputPaths.realPath(path)
    for dump in dumps {
      let root = URL(fileURLWithPath: dump).resolvingSymlinksInPath().path
      if own == root || own.hasPrefix(root == "/" ? root : root + "/") {
        throw ValidationError(
          "The output \(SafeText(path).text) lies within the dump \(SafeText(dump).text).")
      }
    }
  }
}
