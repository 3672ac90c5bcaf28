internal import Clock

/// How much is unpacked at most. What stands before a limit is read, and the rest is a problem.
public struct ArchiveLimits: Equatable, Sendable {
  /// Bytes of one member.
  public var memberBytes = 4 << 30
  /// Bytes of all that comes out of one file of a dump, on all levels.
  public var fileBytes = 64 << 30
  /// Bytes that come out for each byte that went in, once `ratioFreeBytes` came out.
  public var ratio = 1000
  /// Members of one file of a dump, on all levels.
  public var members = 1_000_000
  /// Archives within each other; every layer counts, so a `.tar.gz` has two.
  public var depth = 5
  /// Bytes of archives within others that are held in memory, as their format is read from its end: 7z, and zip as
  /// far as it fits.
  public var nestedBytes = 256 << 20
  /// Seconds for one file of a dump.
  public var seconds = 30 * 60

  /// Less than this is no bomb, whatever the ratio.
  public static let ratioFreeBytes = 64 << 20

  public init() {}

  /// Whether more came out than went in can hold.
  func isBomb(_ bytes: Int, of packed: Int) -> Bool {
    guard bytes > Self.ratioFreeBytes else { return false }
    let (most, isMore) = Swift.max(1, packed).multipliedReportingOverflow(by: ratio)
    return !isMore && bytes > most
  }
}

/// What may still be unpacked of one file of a dump: one for all of its levels.
public final class ArchiveBudget {
  public let limits: ArchiveLimits
  /// Bytes that came out so far.
  public private(set) var bytes = 0
  private var members = 0
  private var nestedBytes = 0
  /// By the clock that never goes backwards.
  private let deadline: Double
  private var reported = 0
  /// The archive of the dump's file that is being read, and bytes read of others that stood before it.
  private var input: ArchiveInput?
  private var bytesReadBefore = 0
  private let progress: () -> Void

  /// Bytes between two signs of life.
  private static let progressBytes = 1 << 20

  /// `progress` is called now and then: a sign of life.
  public init(_ limits: ArchiveLimits, progress: @escaping () -> Void) {
    self.limits = limits
    self.progress = progress
    deadline = MonotonicClock.now + Double(limits.seconds)
  }

  /// One for a try of a password: what is unpacked is unpacked again, and counted then, but the time is the same.
  init(forTryWithin budget: ArchiveBudget) {
    limits = budget.limits
    progress = budget.progress
    deadline = budget.deadline
  }

  /// Notes what is read of the file.
  func begin(_ input: ArchiveInput) {
    guard input.isOutermost else { return }
    bytesReadBefore += self.input?.packedBytes ?? 0
    self.input = input
  }

  /// Set if more came out, on all levels, than what was read of the file can hold: then nothing more is read on any.
  private var ratioFault: ArchiveFault? {
    guard let input else { return nil }
    return limits.isBomb(bytes, of: bytesReadBefore + input.packedBytes) ? .ratioLimit : nil
  }

  /// Takes a member; nil if it may be read.
  public func takeMember() -> ArchiveFault? {
    members += 1
    if members > limits.members { return .countLimit }
    if let ratioFault { return ratioFault }
    return MonotonicClock.now >= deadline ? .timeLimit : nil
  }

  /// Takes bytes that came out; nil if more may.
  func take(_ count: Int) -> ArchiveFault? {
    bytes += count
    if bytes - reported >= Self.progressBytes {
      reported = bytes
      progress()
    }
    if bytes > limits.fileBytes { return .byteLimit }
    return ratioFault ?? (MonotonicClock.now >= deadline ? .timeLimit : nil)
  }

  /// Whether some of the time is left. It is a sign of life, too.
  var hasTime: Bool {
    progress()
    return MonotonicClock.now < deadline
  }

  /// Reserves memory for an archive within another: as much as is left of it, up to `wanted`.
  func reserve(_ wanted: Int) -> Int {
    let given = Swift.min(wanted, limits.nestedBytes - nestedBytes)
    nestedBytes += given
    return given
  }

  func release(_ reserved: Int) {
    nestedBytes -= reserved
  }
}
