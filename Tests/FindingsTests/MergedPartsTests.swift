import Clock
import Testing

@testable import Findings

/// Documents of several runs become one only if they are of one work.
@Suite("Merging documents")
struct MergedPartsTests {
  private static func part(_ id: String) throws -> FindingsDocument {
    var document = try DocumentTests.example()
    document.run.id = id
    return document
  }

  private static func merged(
    _ change: (inout FindingsDocument, inout FindingsDocument) -> Void
  ) throws -> FindingsDocument {
    var (left, right) = (try part("a"), try part("b"))
    change(&left, &right)
    var union = FindingsDocument.Union()
    try union.add(left)
    try union.add(right)
    return try #require(try union.finish())
  }

  /// Something in which two runs may differ.
  struct Difference: Sendable, CustomTestStringConvertible {
    var what: String
    var change: @Sendable (inout FindingsDocument.Run) -> Void

    init(_ what: String, _ change: @escaping @Sendable (inout FindingsDocument.Run) -> Void) {
      self.what = what
      self.change = change
    }

    var testDescription: String { what }
  }

  static let differences = [
    Difference("versions of the program") { $0.version = "0.2.0" },
    Difference("--as-of") { $0.asOf = UTCTime(seconds: $0.asOf.seconds + 1) },
    Difference("rules") { $0.rulesDigest = String(repeating: "0", count: 64) },
    Difference("lists") { $0.watchlists[0].made = UTCTime(seconds: 7) },
    Difference("lists") { $0.watchlists += $0.watchlists },
    Difference("keys for ids (--installation)") { $0.idCheck = "0000000000000000" },
  ]

  @Test(
    "what comes from a run with other circumstances is refused, with the one that differs",
    arguments: differences)
  func differ(_ difference: Difference) {
    let fault = FindingsDocument.MergeFault.differ(difference.what)
    #expect(throws: fault) { try Self.merged { difference.change(&$1.run) } }
    #expect(
      fault.message == "comes from a run with other \(difference.what) than the parts before it")
  }

  @Test("the same lists in another order are the same")
  func order() throws {
    let lists = ["q", "p", "p"].enumerated().map { index, partner in
      FindingsDocument.Watchlist(
        partner: partner, keyID: "585574bf986c32cb", accounts: 1,
        made: UTCTime(seconds: Int64(index)), expires: nil)
    }
    let merged = try Self.merged {
      $0.run.watchlists = lists
      $1.run.watchlists = [lists[2], lists[0], lists[1]]
    }
    #expect(merged.run.watchlists == lists)
    #expect(merged.run.parts.map(\.id) == ["a", "b"])
  }

  @Test(
    "a run that says other things of itself than before is refused; one that says the same counts once"
  )
  func sameRun() throws {
    var union = FindingsDocument.Union()
    var part = try Self.part("a")
    try union.add(part)
    try union.add(part)
    let once = try #require(try union.finish())
    #expect(once.run.parts.count == 1 && once.run.coverage.filesRead == 23)
    #expect(once.findings.map(\.sightingsTotal) == [1, 2])
    var again = FindingsDocument.Union()
    try again.add(part)
    part.run.coverage.filesRead += 1
    let fault = FindingsDocument.MergeFault.sameRun("a")
    #expect(throws: fault) { try again.add(part) }
    #expect(fault.message == "says other things of the run a than another part does")
  }

  @Test("of no documents there is none")
  func none() throws {
    #expect(try FindingsDocument.Union().finish() == nil)
  }

  @Test(
    "the other faults are told, too",
    arguments: [
      (.tooMany, "makes it more than 4096 parts: make them larger"),
      (
        FindingsDocument.Shard(index: 2, count: 3).map { .sameShard($0) } ?? .tooMany,
        "is shard 2/3, as another part is that comes from another run"
      ),
    ] as [(FindingsDocument.MergeFault, String)])
  func messages(fault: FindingsDocument.MergeFault, message: String) {
    #expect(fault.message == message)
  }

  @Test("two runs that did the same shard are refused, and the missing ones are named")
  func shards() throws {
    func merged(_ left: Int, _ right: Int) throws -> [Int] {
      try Self.merged {
        $0.run.shard = FindingsDocument.Shard(index: left, count: 4)
        $1.run.shard = FindingsDocument.Shard(index: right, count: 4)
      }.run.coverage.missingShards
    }
    #expect(try merged(4, 2) == [1, 3])
    let shard = try #require(FindingsDocument.Shard(index: 2, count: 4))
    #expect(throws: FindingsDocument.MergeFault.sameShard(shard)) { try merged(2, 2) }
    #expect(throws: FindingsDocument.MergeFault.differ("shards")) {
      try Self.merged { left, _ in left.run.shard = shard }
    }
  }

  @Test("the whole was locked down as the weakest of its parts")
  func sandboxes() throws {
    let names = [
      "off", "none", "limits", "seccomp", "seccomp+limits", "landlock-new",
      "landlock-6+seccomp+limits",
      "landlock-10+seccomp+limits",
    ]
    for (index, weaker) in names.enumerated() {
      for stronger in names[index...] {
        for (one, other) in [(weaker, stronger), (stronger, weaker)] {
          let merged = try Self.merged {
            $0.run.sandbox = one
            $1.run.sandbox = other
          }
          #expect(merged.run.sandbox == weaker, "\(one) and \(other)")
        }
      }
    }
  }

  @Test("a gap that each part came upon is one gap; one that a part has twice is two")
  func gaps() throws {
    let merged = try Self.merged { left, right in
      let gap = left.run.coverage.unread[0]
      var other = gap
      other.pathID = "p-0000000000000000"
      left.run.coverage.unread = [gap, gap]
      right.run.coverage.unread = [gap, other]
      left.run.coverage.refusedLists = [.init(list: SafeText("b.dsw"), reason: "has expired")]
      right.run.coverage.refusedLists = [
        .init(list: SafeText("b.dsw"), reason: "has expired"),
        .init(list: SafeText("a.dsw"), reason: "has expired"),
      ]
    }
    #expect(
      merged.run.coverage.unread.map(\.pathID)
        == ["p-0000000000000000", "p-3ecc3e6b2ebaeaff", "p-3ecc3e6b2ebaeaff"])
    #expect(merged.run.coverage.refusedLists.map(\.list.text) == ["a.dsw", "b.dsw"])
  }

  @Test("the whole began with the first part, ended with the last, and had the most workers")
  func times() throws {
    let merged = try Self.merged { left, right in
      (left.run.started, left.run.finished) = (UTCTime(seconds: 20), UTCTime(seconds: 30))
      (right.run.started, right.run.finished) = (UTCTime(seconds: 10), UTCTime(seconds: 25))
      right.run.workers = 8
      left.run.coverage.unchanged = nil
      right.run.coverage.unchanged = 3
    }
    #expect(merged.run.started.seconds == 10 && merged.run.finished.seconds == 30)
    #expect(merged.run.workers == 8 && merged.run.coverage.unchanged == 3)
    #expect(merged.run.coverage.filesRead == 46)
    #expect(merged.run.coverage.passedOver == ["empty": 2, "unopened": 6])
  }
}
