/// Which units of work a run does, where several runs share it: each unit is of exactly one.
///
/// A log stays together, and so does a file. It depends on the path within the dump alone, so that it is the same on every
/// host, wherever the dump is mounted; it is no secret, and keeps none.
public struct WorkShare: Equatable, Sendable {
  /// From 0.
  private let index: UInt64
  private let count: UInt64

  /// The share `index`, from 1, of `count`.
  public init(index: Int, of count: Int) {
    precondition(count > 0 && (1...count).contains(index), "a share is one of all")
    self.index = UInt64(index - 1)
    self.count = UInt64(count)
  }

  /// Whether the unit at `path` is of this share: a log's folder, or a file of none.
  public func holds(_ path: [UInt8]) -> Bool {
    // FNV-1a; its low bits alone are not even enough.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in path { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 29
    return hash % count == index
  }
}
