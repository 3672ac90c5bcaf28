#if canImport(Glibc)
  internal import Glibc
#endif

/// Something in a dump that the walk could not read, or passed over.
public enum WalkProblem: String, Sendable {
  case missing
  case permission
  case vanished
  case ioError = "io-error"
  case directoryDepth = "directory-depth"
  case symlink
  case specialFile = "special-file"
  case hardLink = "hard-link"
  /// A name that stands for no credentials: a picture, a list of processes.
  case unopened
  /// A part of a set of volumes, by the names of the others.
  case volumeMissing = "archive-volume-missing"
  /// A part of a set of more volumes than are read together.
  case volumeLimit = "archive-limit-volumes"

  /// Whether something that could hold credentials was not read; else it was rightly passed over.
  public var isUnread: Bool {
    switch self {
    case .symlink, .specialFile, .hardLink, .unopened: false
    default: true
    }
  }

  init(errno code: Int32) {
    switch code {
    case EACCES, EPERM: self = .permission
    case ENOENT: self = .vanished
    case ELOOP: self = .symlink
    case ENXIO, ENODEV: self = .specialFile
    default: self = .ioError
    }
  }
}

/// One step of a walk.
public enum WalkStep: Sendable {
  case file(DumpFile)
  /// Something at `path`, relative to the dump, that is not read.
  case passedOver(WalkProblem, path: [UInt8])
  /// No file of the log of that number comes any more.
  case logEnded(UInt32)
}
