import ArgumentParser
import Dumps
import Scan

/// What a scan unpacks, and how much of it at most. No limit can be switched off.
struct ArchiveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Try the passwords in FILE on encrypted zips, one a line; nobody else may read it.",
      valueName: "file"))
  var archivePasswords: String?

  @Option(help: ArgumentHelp("Unpack so much of one member.", valueName: "bytes"))
  var maxMemberBytes = ArchiveLimits().memberBytes

  @Option(
    help: ArgumentHelp(
      "Unpack so much of one file of a dump, archives in archives included.", valueName: "bytes"))
  var maxArchiveBytes = ArchiveLimits().fileBytes

  @Option(
    help: ArgumentHelp(
      "Unpack so many bytes for each packed one, once 64 MiB came out.", valueName: "n"))
  var maxArchiveRatio = ArchiveLimits().ratio

  @Option(
    help: ArgumentHelp(
      "Read so many members of one file of a dump, archives in archives included.", valueName: "n"))
  var maxArchiveMembers = ArchiveLimits().members

  @Option(
    help: ArgumentHelp(
      "Read archives so deep within each other; a .tar.gz is two.", valueName: "n"))
  var maxArchiveDepth = ArchiveLimits().depth

  @Option(
    help: ArgumentHelp(
      "Hold so much of archives within archives in memory, where they are read from their ends.",
      valueName: "bytes"))
  var maxNestedBytes = ArchiveLimits().nestedBytes

  @Option(help: ArgumentHelp("Read one archive for so long.", valueName: "seconds"))
  var maxArchiveSeconds = ArchiveLimits().seconds

  @Option(
    help: ArgumentHelp("Give a worker so much memory, beside the lists.", valueName: "bytes"))
  var workerMemory = ScanConfiguration.defaultWorkerBytes

  /// A usage error if a limit is none.
  func check() throws {
    let numbers: [(name: String, value: Int, range: ClosedRange<Int>)] = [
      ("--max-member-bytes", maxMemberBytes, 1...(1 << 50)),
      ("--max-archive-bytes", maxArchiveBytes, 1...(1 << 50)),
      ("--max-archive-ratio", maxArchiveRatio, 1...1_000_000),
      ("--max-archive-members", maxArchiveMembers, 1...100_000_000),
      ("--max-archive-depth", maxArchiveDepth, 1...32),
      ("--max-nested-bytes", maxNestedBytes, 1...(1 << 40)),
      ("--max-archive-seconds", maxArchiveSeconds, 1...604_800),
      ("--worker-memory", workerMemory, (256 << 20)...(1 << 40)),
    ]
    for number in numbers where !number.range.contains(number.value) {
      throw ValidationError(
        "\(number.name) takes \(number.range.lowerBound) to \(number.range.upperBound).")
    }
  }

  var limits: ArchiveLimits {
    var limits = ArchiveLimits()
    limits.memberBytes = maxMemberBytes
    limits.fileBytes = maxArchiveBytes
    limits.ratio = maxArchiveRatio
    limits.members = maxArchiveMembers
    limits.depth = maxArchiveDepth
    limits.nestedBytes = maxNestedBytes
    limits.seconds = maxArchiveSeconds
    return limits
  }
}
