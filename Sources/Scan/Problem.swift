/// Something in a dump that could not be read; the scan goes on without it.
///
/// It says where, never what. The path goes to the operator's problem log; the document has its keyed id.
public struct Problem: Error, Equatable, Sendable {
  public enum Code: String, Sendable {
    // Of the walk.
    case missing
    case permission
    case vanished
    case ioError = "io-error"
    case directoryDepth = "directory-depth"
    // Of an archive; `ArchiveFault` says what each is.
    case archiveEncrypted = "archive-encrypted"
    case archiveEncryptedRAR = "archive-encrypted-rar"
    case archiveEncrypted7z = "archive-encrypted-7z"
    case archiveEncrypted7zNested = "archive-encrypted-7z-nested"
    case archiveTruncated = "archive-truncated"
    case archiveDamaged = "archive-damaged"
    case archiveChecksum = "archive-checksum"
    case archiveSizeMismatch = "archive-size-mismatch"
    case archiveMembersMissing = "archive-members-missing"
    case archiveVolumeMissing = "archive-volume-missing"
    case archiveMethod = "archive-method"
    case archiveNonRegular = "archive-non-regular"
    case archiveBytesBehind = "archive-bytes-behind"
    case archiveLimitMember = "archive-limit-member"
    case archiveLimitBytes = "archive-limit-bytes"
    case archiveLimitRatio = "archive-limit-ratio"
    case archiveLimitMembers = "archive-limit-members"
    case archiveLimitDepth = "archive-limit-depth"
    case archiveLimitTime = "archive-limit-time"
    case archiveLimitNested = "archive-limit-nested"
    case archiveLimitVolumes = "archive-limit-volumes"
    case archiveMemory = "archive-memory"
    // Of a file.
    case databaseDamaged = "database-damaged"
    case databaseTooLarge = "database-too-large"
    case databaseLogNotRead = "database-wal-not-read"
    case unreadFormat = "unread-format"
    case lineTooLong = "line-too-long"
    case valuesDropped = "values-dropped"
    case shrank
    // Of a unit: its worker died, was stopped, or sent what no worker sends.
    case workerCrash = "worker-crash"
    case workerMemory = "worker-memory"
    case timeout
    case protocolError = "protocol"
    /// More findings than a run holds; those before stand.
    case tooManyFindings = "too-many-findings"
  }

  public var code: Code
  /// The dump, as it was named for the run.
  public var dump: String
  /// Relative to the dump; for a unit, its folder.
  public var path: [UInt8]
  /// The path of the file on disk, or of the folder: that of the archive, if `path` is that of a member.
  public var input: [UInt8]
  /// Bytes passed over, where the rest was read.
  public var skippedBytes: Int?
  /// Which bytes of the file, where the others were read.
  public var bytes: Range<UInt64>?
  /// How many members of the archive, if several; `path` is that of the first.
  public var members: Int?

  public init(
    _ code: Code, dump: String, path: [UInt8], input: [UInt8]? = nil, skippedBytes: Int? = nil,
    bytes: Range<UInt64>? = nil, members: Int? = nil
  ) {
    self.input = input ?? path
    self.members = members
    self.code = code
    self.dump = dump
    self.path = path
    self.skippedBytes = skippedBytes
    self.bytes = bytes
  }
}
