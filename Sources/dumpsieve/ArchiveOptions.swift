import ArgumentParser
import Config
import Dumps
import Scan

/// The flags for what a scan unpacks, and how much of it at most. No limit can be switched off.
struct ArchiveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Try the passwords in FILE on encrypted zips and 7z, one a line; nobody else may read it.",
      valueName: "file"), completion: .file())
  var archivePasswords: String?

  @Option(
    help: ArgumentHelp(
      "Unpack so much of one member (default: \(ArchiveLimits().memberBytes)).",
      valueName: "bytes"))
  var maxMemberBytes: Int?

  @Option(
    help: ArgumentHelp(
      "Unpack so much of one file of a dump, archives in archives included (default: \(ArchiveLimits().fileBytes)).",
      valueName: "bytes"))
  var maxArchiveBytes: Int?

  @Option(
    help: ArgumentHelp(
      "Unpack so many bytes for each packed one, once 64 MiB came out (default: \(ArchiveLimits().ratio)).",
      valueName: "n"))
  var maxArchiveRatio: Int?

  @Option(
    help: ArgumentHelp(
      "Read so many members of one file of a dump, archives in archives included (default: \(ArchiveLimits().members)).",
      valueName: "n"))
  var maxArchiveMembers: Int?

  @Option(
    help: ArgumentHelp(
      "Read archives so deep within each other; a .tar.gz is two (default: \(ArchiveLimits().depth)).",
      valueName: "n"))
  var maxArchiveDepth: Int?

  @Option(
    help: ArgumentHelp(
      "Hold so much of archives within archives in memory, where they are read from their ends (default: \(ArchiveLimits().nestedBytes)).",
      valueName: "bytes"))
  var maxNestedBytes: Int?

  @Option(
    help: ArgumentHelp(
      "Read one archive for so long (default: \(ArchiveLimits().seconds)).",
      valueName: "seconds"))
  var maxArchiveSeconds: Int?

  @Option(
    help: ArgumentHelp(
      "Give a worker so much memory, beside the lists (default: \(ScanConfiguration.defaultWorkerBytes)).",
      valueName: "bytes"))
  var workerMemory: Int?

  @Option(
    help: ArgumentHelp(
      "Take a worker that gives no sign of life for so long to hang, and end it (default: \(ScanConfiguration.defaultWorkerSeconds)).",
      valueName: "seconds"))
  var workerTimeout: Int?

  /// What the flags say, by their settings.
  var flags: [Setting: [String]] {
    let numbers: [(Setting, Int?)] = [
      (.maxMemberBytes, maxMemberBytes), (.maxArchiveBytes, maxArchiveBytes),
      (.maxArchiveRatio, maxArchiveRatio), (.maxArchiveMembers, maxArchiveMembers),
      (.maxArchiveDepth, maxArchiveDepth), (.maxNestedBytes, maxNestedBytes),
      (.maxArchiveSeconds, maxArchiveSeconds), (.workerMemory, workerMemory),
      (.workerTimeout, workerTimeout),
    ]
    var flags: [Setting: [String]] = [:]
    for (setting, number) in numbers { flags[setting] = number.map { [String($0)] } }
    flags[.archivePasswords] = archivePasswords.map { [$0] }
    return flags
  }
}

extension ArchiveLimits {
  /// As the settings say; what they do not say stays as it is.
  init(_ settings: Settings) {
    self.init()
    memberBytes = settings.number(.maxMemberBytes) ?? memberBytes
    fileBytes = settings.number(.maxArchiveBytes) ?? fileBytes
    ratio = settings.number(.maxArchiveRatio) ?? ratio
    members = settings.number(.maxArchiveMembers) ?? members
    depth = settings.number(.maxArchiveDepth) ?? depth
    nestedBytes = settings.number(.maxNestedBytes) ?? nestedBytes
    seconds = settings.number(.maxArchiveSeconds) ?? seconds
  }
}
