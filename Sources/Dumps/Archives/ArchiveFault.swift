/// Why an archive, or a member of it, was not read, or not whole.
public enum ArchiveFault: UInt8, CaseIterable, Sendable {
  /// Encrypted, and none of the passwords fits.
  case encrypted = 1
  /// A RAR that is encrypted, which libarchive cannot read.
  case encryptedRAR
  /// A 7z that is encrypted, which libarchive cannot read.
  case encrypted7z
  /// It ends before its end.
  case truncated
  /// It is not as its format says.
  case damaged
  /// What was unpacked is not what was packed.
  case checksum
  /// A member gave more or fewer bytes than it declares.
  case sizeMismatch
  /// Members that the archive lists were not there.
  case membersMissing
  /// A part of a set of volumes is not there.
  case volumeMissing
  /// Packed in a way that libarchive does not know.
  case method
  /// A link or a device that has bytes of its own.
  case nonRegular
  /// Something stands behind its end that is too far in a stream to be read.
  case bytesBehind
  // A limit (`ArchiveLimits`) was reached; what stands before it was read.
  case memberLimit, byteLimit, ratioLimit, countLimit, depthLimit, timeLimit
  /// An archive within another that must be in memory as a whole, and is too large for that.
  case nestedTooLarge
  /// The unpacking needs more memory than a worker has.
  case memory
  /// The system failed to read it.
  case ioError

  /// Whether what has it, and gave nothing, may be no archive at all.
  public var isOfForm: Bool {
    switch self {
    case .truncated, .damaged, .checksum, .sizeMismatch, .membersMissing: true
    default: false
    }
  }

  /// Whether nothing more is read of the dump's file, however deep the archive stood.
  public var endsFile: Bool {
    switch self {
    case .byteLimit, .countLimit, .timeLimit: true
    default: false
    }
  }

  /// Whether the archive that has it is read no further.
  public var endsArchive: Bool {
    switch self {
    case .ratioLimit, .ioError: true
    default: endsFile
    }
  }

  /// What libarchive means by its message; it has no numbers for that.
  static func named(by message: String, _ kind: ArchiveKind) -> ArchiveFault {
    let text = message.lowercased()
    func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
    if says("encrypt", "passphrase", "crypto codec") {
      switch kind {
      case .sevenZip: return .encrypted7z
      case .rar4, .rar5: return .encryptedRAR
      default: return .encrypted
      }
    }
    if says("allocate", "out of memory", "memory limit") { return .memory }
    if says("truncated", "premature", "end of file", "too small block") { return .truncated }
    if says("crc", "checksum", "authentication code") { return .checksum }
    if says("wrong size", "inconsistent") { return .sizeMismatch }
    if says("not supported", "unsupported", "unknown compression", "codec id") { return .method }
    return .damaged
  }
}
