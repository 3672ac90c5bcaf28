#if canImport(Glibc)
  internal import Glibc
#endif

/// The directory in which runs keep what later runs need: the store, the installation file, the lock.
///
/// One run at a time holds it, by `flock`: the kernel lets go when a run ends, however it ends, so no lock is ever stale.
public final class StateDirectory: Sendable {
  public let path: String
  private let lock: Int32

  /// Takes the directory at `path`, which is made if it is missing; waits for another run that long, in seconds.
  public init(path: String, wait: Int = 0) throws(StoreFailure) {
    self.path = path
    try Self.make(path)
    let file = Self.lock(in: path)
    lock = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if lock < 0 { throw Self.failure(file, "cannot be opened") }
    var left = wait * 10
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else {
        let failure = Self.failure(file, "cannot be locked")
        _ = close(lock)
        throw failure
      }
      guard left > 0 else {
        _ = close(lock)
        throw .locked
      }
      left -= 1
      _ = usleep(100_000)
    }
  }

  deinit {
    _ = close(lock)
  }

  public var installation: String { Self.installation(in: path) }

  public static func installation(in directory: String) -> String { directory + "/installation" }

  static func store(in directory: String) -> String { directory + "/history.sqlite" }

  public static func lock(in directory: String) -> String { directory + "/lock" }

  /// The files that it keeps.
  public static func files(in directory: String) -> [String] {
    let store = store(in: directory)
    return [
      installation(in: directory), lock(in: directory), store, store + "-wal", store + "-shm",
    ]
  }

  /// Makes the directory, for nobody else, unless it is there; it must be ours.
  private static func make(_ path: String) throws(StoreFailure) {
    if unsafe mkdir(path, 0o700) != 0 && errno != EEXIST {
      throw failure(path, "cannot be made")
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .failed("\(path) is no directory")
    }
    guard status.st_uid == geteuid() else {
      throw .failed(
        "\(path) belongs to another user; run as that one, or: chown -R \(geteuid()) \(path)")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw .failed("\(path) can be written by others than its owner; run: chmod 700 \(path)")
    }
  }

  static func failure(_ path: String, _ what: String) -> StoreFailure {
    .failed("\(path) \(what): \(unsafe String(cString: strerror(errno)))")
  }
}
