import Dumps
import Testing

@Suite("shares of work")
struct WorkShareTests {
  @Test(
    "each path is of exactly one share, and the shares are about even", arguments: [1, 2, 3, 7, 16])
  func partition(count: Int) {
    let shares = (1...count).map { WorkShare(index: $0, of: count) }
    var sizes = Array(repeating: 0, count: count)
    for number in 0..<4000 {
      let path = Array("dump/FR[\(number)] [2025-07-08]".utf8)
      let owners = shares.indices.filter { shares[$0].holds(path) }
      #expect(owners.count == 1)
      sizes[owners[0]] += 1
    }
    let even = 4000 / count
    #expect(sizes.allSatisfy { $0 > even * 8 / 10 && $0 < even * 12 / 10 }, "\(sizes)")
  }

  @Test("a path is of the same share on every host, today and tomorrow")
  func stable() {
    let owners = ["", "a", "a/b.txt", "x/é"].map { path in
      (1...5).first { WorkShare(index: $0, of: 5).holds(Array(path.utf8)) } ?? 0
    }
    #expect(owners == [3, 5, 2, 1])
  }
}
