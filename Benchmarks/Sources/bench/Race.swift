/// Competitors that do the same to the same bytes, one after the other, several times.
struct Race {
  static let rounds = 5

  private let what: String
  private let bytes: Int

  init(_ what: String, bytes: Int) {
    self.what = what
    self.bytes = bytes
  }

  /// Runs each once unmeasured, then in turns; prints each one's raw numbers, and the first's
  /// time as a multiple of the second's.
  mutating func run(_ competitors: [(name: String, body: () throws -> Int)]) throws {
    print("\(what), \(bytes >> 20) MiB")
    for competitor in competitors { _ = try competitor.body() }
    var seconds = competitors.map { _ in [Double]() }
    let clock = ContinuousClock()
    for _ in 0..<Self.rounds {
      for (index, competitor) in competitors.enumerated() {
        let start = clock.now
        _ = try competitor.body()
        seconds[index].append(Self.seconds(clock.now - start))
      }
    }
    let medians = seconds.map { $0.sorted()[Self.rounds / 2] }
    for (index, competitor) in competitors.enumerated() {
      let spread = "\(Self.text(seconds[index].min()))–\(Self.text(seconds[index].max()))"
      let rate = Int(Double(bytes) / medians[index] / 1_000_000)
      print("  \(competitor.name): \(Self.text(medians[index])) s (\(spread)), \(rate) MB/s")
    }
    if medians.count == 2 {
      print(
        "  ratio: \(Self.text(medians[0] / medians[1])) "
          + "(\(Self.text(medians[0])) s / \(Self.text(medians[1])) s)")
    }
  }

  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  /// Three decimals, which is more than the spread allows to compare.
  private static func text(_ value: Double?) -> String {
    let thousandths = Int(((value ?? 0) * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
