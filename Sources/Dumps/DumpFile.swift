#if canImport(Glibc)
  internal import Glibc
#endif

/// A part of a dump that can be walked without the rest: what a whole walk gives as one log, or as a file of none.
public enum DumpPlace: Equatable, Sendable {
  /// The log in that folder, without logs within it. The files at `hardLinks` are other names of files that stand
  /// before them in the dump, which only a whole walk can tell.
  case log([UInt8], hardLinks: Set<[UInt8]>)
  /// The file at that path. With companions, its directory is listed for them.
  case file([UInt8], hasCompanions: Bool)
  /// All below a folder that is in no log, with the folder.
  case folder([UInt8])
}

/// The log that a file belongs to.
public struct LogFolder: Equatable, Sendable {
  /// From 1, in the order in which the walk of this dump comes upon logs.
  public var number: UInt32
  /// The log's folder, as the first bytes of its files' paths: 0 if the dump itself is the log.
  public var pathBytes: Int
}

/// A regular file of a dump, open for reading. Whoever gets it from the walker closes it.
public struct DumpFile: Sendable {
  /// Open for reading, close-on-exec; negative if the walk only lists.
  public var descriptor: Int32
  /// Relative to the dump, as bytes: names in dumps need not be UTF-8.
  public var path: [UInt8]
  /// Bytes at the time of opening; what is added later is not read.
  public var size: Int
  /// Whether nearly all of it is a hole, of which nothing is stored.
  public var isSparse = false
  /// When the file was last written, in seconds since 1970, if whoever brought it here has kept that time; nil
  /// if it was written when it came.
  public var modified: Int64?
  /// The log that the file belongs to, or nil for a file that stands alone.
  public var log: LogFolder?
  /// Files that are read with it, in order: the parts of an archive before this one, and passwords for it.
  public var companions: [Companion] = []

  /// A file that is read with another.
  public struct Companion: Sendable {
    /// Open for reading, close-on-exec.
    public var descriptor: Int32
    /// Bytes at the time of opening.
    public var size: Int
    /// Whether it is a part of the archive; else it holds passwords for it.
    public var isVolume: Bool
  }
}

extension DumpFile {
  /// A file of which a smaller part is stored is taken for sparse.
  private static let leastStored = 32
  /// A file that was written so long before it came here, at least, has kept its time. In seconds: unpacking
  /// takes less.
  private static let minKept: Int64 = 86_400

  init(path: [UInt8], log: LogFolder?, _ status: stat, descriptor: Int32) {
    // Only this host can have set the time of the inode's change.
    let written = Int64(status.st_mtim.tv_sec)
    let isKept = written < Int64(status.st_ctim.tv_sec) - Self.minKept
    self.init(
      descriptor: descriptor, path: path, size: Int(status.st_size),
      modified: isKept ? written : nil, log: log)
    isSparse = Self.isSparse(status)
  }

  /// The unit of `st_blocks` is 512 bytes everywhere. A file system that compresses stores less, but not so little.
  private static func isSparse(_ status: stat) -> Bool {
    Int(status.st_blocks) * 512 < Int(status.st_size) / leastStored
  }

  /// Whether an open file is nearly all hole, or nothing can be said of it.
  public static func isSparse(descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) != 0 || isSparse(status)
  }
}
