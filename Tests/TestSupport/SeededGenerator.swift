internal import Foundation

/// Random numbers that come again with the same seed (SplitMix64, Steele, Lea and Flood 2014).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) {
    state = seed
  }

  /// The seed is printed, and taken from `DUMPSIEVE_TEST_SEED`, which may be `random`. Without it the seed is always the
  /// same, so that the gate judges the change and not the dice.
  public static func forTests() -> Self {
    let given = ProcessInfo.processInfo.environment["DUMPSIEVE_TEST_SEED"] ?? "20250708"
    let seed = UInt64(given) ?? UInt64.random(in: 0...UInt64.max)
    print("DUMPSIEVE_TEST_SEED=\(seed)")
    return Self(seed: seed)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// One of the elements, of which there is at least one.
  public mutating func pick<Element>(_ from: [Element]) -> Element {
    from[Int.random(in: 0..<from.count, using: &self)]
  }

  /// True once in `times`.
  public mutating func once(in times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

  /// `prefix` and a random number in letters and digits.
  public mutating func word(_ prefix: String) -> String { prefix + String(next(), radix: 36) }

  /// So many bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
