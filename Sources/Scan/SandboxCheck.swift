internal import CSandbox

#if canImport(Glibc)
  internal import Glibc
#endif

/// What the lock-down of a worker refuses on this system.
public struct SandboxCheck: Sendable {
  /// Something that a worker must not be able to do.
  public struct Act: Equatable, Sendable {
    public let name: String
    public let isRefused: Bool
    /// Whether a process that is not locked down may not do it, either: then the lock-down is not shown by it.
    public let isRefusedAnyway: Bool
  }

  /// The version of Landlock that was reached; 0 is none.
  public let landlock: Int
  public let acts: [Act]

  /// Tries every act in a locked-down worker, and in one that is not.
  ///
  /// `landlock`: a version not to go beyond, as on an older kernel. Without `hasFilter` the system call filter is left
  /// out, which shows what Landlock refuses alone.
  public init(worker: String, landlock: Int? = nil, hasFilter: Bool = true) throws(ScanFailure) {
    let locked = try Self.outcome(
      of: worker, [String(landlock ?? -1)] + (hasFilter ? [] : ["open"]))
    let open = try Self.outcome(of: worker, ["open"])
    guard locked.refusals.count == open.refusals.count else { throw Self.broken }
    self.landlock = locked.landlock
    acts = zip(locked.refusals, open.refusals).map { locked, open in
      Act(name: locked.act, isRefused: locked.isRefused, isRefusedAnyway: open.isRefused)
    }
  }

  private typealias Outcome = (landlock: Int, refusals: [(act: String, isRefused: Bool)])

  private static let broken = ScanFailure.failed("the worker's self-test gave no result")

  private static func outcome(
    of worker: String, _ arguments: [String]
  ) throws(ScanFailure) -> Outcome {
    guard let started = WorkerHandle.spawn(worker, ["selftest"] + arguments) else {
      throw .failed("the worker cannot be started: \(worker)")
    }
    let text = String(decoding: readAll(started.results), as: UTF8.self)
    _ = close(started.socket)
    _ = close(started.results)
    var status: Int32 = 0
    while unsafe waitpid(started.process, &status, 0) < 0, errno == EINTR {}
    let lines = text.split(separator: "\n")
    guard status == 0, let first = lines.first, first.hasPrefix("landlock "),
      let landlock = Int(first.dropFirst(9)), lines.count > 1
    else { throw broken }
    var refusals: [(act: String, isRefused: Bool)] = []
    for line in lines.dropFirst() {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2, ["refused", "allowed"].contains(parts[0]) else { throw broken }
      refusals.append((parts[1], parts[0] == "refused"))
    }
    return (landlock, refusals)
  }

  private static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return bytes }
      bytes += chunk[0..<count]
    }
  }
}
