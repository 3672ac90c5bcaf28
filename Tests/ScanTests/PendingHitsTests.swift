import Testing

@testable import Scan
@testable import Watchlists
@testable import Worker

@Suite("hits that wait")
struct PendingHitsTests {
  private func hit(
    _ number: UInt32, account: UInt32? = 1, line: UInt32 = 1, host: String = "a.example"
  ) -> ResultFrame.Hit {
    ResultFrame.Hit(
      file: number, list: 0, account: account, form: .exact, tag: Tag(high: 1, low: 2),
      host: Array(host.utf8), isApp: false, hasPassword: false, layout: .json, isDoubtful: true,
      isAmbiguous: true, line: line, record: line, masked: [])
  }

  private func count(_ host: String, list: UInt16 = 0) -> ResultFrame.ServiceCount {
    ResultFrame.ServiceCount(
      file: 1, list: list, host: Array(host.utf8), layout: .xml, records: 2, withPassword: 1)
  }

  private func facts(_ unit: UInt32) -> ResultFrame.LogFacts {
    ResultFrame.LogFacts(unit: unit, family: nil, confidence: 0)
  }

  private func traces(_ service: UInt16) -> ResultFrame.LogTraces {
    ResultFrame.LogTraces(
      unit: 1, categories: 0, services: [ResultFrame.ServiceTrace(service: service)])
  }

  private func exposure(_ services: UInt16...) -> LogExposure {
    var exposure = LogExposure()
    for service in services { exposure.add(traces(service)) }
    return exposure
  }

  @Test("a further copy in the same file adds what the first lacks")
  func copies() throws {
    var pending = PendingHits()
    var copy = hit(1, line: 9)
    (copy.hasPassword, copy.isDoubtful, copy.isAmbiguous) = (true, false, false)
    (copy.check, copy.otherSites) = (.stillValid, 3)
    for next in [hit(1), copy, hit(1)] {
      let isTaken = pending.add(next, origin: 5, path: [1])
      #expect(isTaken)
    }
    let taken = pending.take(5)
    let entry = try #require(taken)
    var expected = copy
    (expected.line, expected.record) = (1, 1)
    #expect(entry.hits.map(\.hit) == [expected])
    let isGone = pending.take(5) == nil
    #expect(isGone)
  }

  @Test("a run holds so many findings and no more, and logins on no list are the first to go")
  func limits() {
    var pending = PendingHits()
    var taken = 0
    for number in 0..<10_001
    where pending.add(hit(UInt32(number), account: nil), origin: 1, path: []) {
      taken += 1
    }
    #expect(taken == 10_000)
    for number in 10_001..<99_999 {
      taken += pending.add(hit(UInt32(number)), origin: 1, path: []) ? 1 : 0
    }
    pending.noteFinding()
    #expect(taken == 99_998)
    var answers = [
      pending.add(count("a.example"), origin: 2), pending.add(count("b.example"), origin: 2),
      pending.add(hit(200_000), origin: 1, path: []),
      // What is held already costs nothing more.
      pending.add(count("a.example"), origin: 2), pending.add(hit(10_001), origin: 1, path: []),
    ]
    #expect(answers == [true, false, false, true, true])
    let counts = pending.take(2)?.counts
    #expect(counts?.map(\.records) == [4])
    answers = [
      pending.add(count("b.example"), origin: 3), pending.add(count("c.example"), origin: 3),
    ]
    #expect(answers == [true, false], "there is room for what was taken")
  }

  @Test("facts count only where something was found, traces always")
  func facts() {
    var pending = PendingHits()
    pending.add(facts(1), origin: 1)
    let isNothing = pending.take(1) == nil
    #expect(isNothing)
    pending.add(traces(3), origin: 1)
    pending.add(facts(2), origin: 1)
    let entry = pending.take(1)
    #expect(entry?.facts.keys.sorted() == [2] && entry?.exposure == exposure(3))
  }

  @Test(
    "a range's findings are frames for another run, hits first, and facts in the order of units")
  func rangeFrames() {
    var pending = PendingHits()
    _ = pending.add(count("a.example"), origin: 7)
    _ = pending.add(hit(1), origin: 7, path: [])
    for unit: UInt32 in [9, 2, 4] { pending.add(facts(unit), origin: 7) }
    pending.add(traces(3), origin: 7)
    var expected = traces(3)
    expected.unit = 0
    let frames = pending.take(range: 7)
    #expect(
      frames == [
        .hit(hit(1)), .serviceCount(count("a.example")), .logFacts(facts(2)), .logFacts(facts(4)),
        .logFacts(facts(9)), .logTraces(expected),
      ])
    let areGone = pending.take(range: 7).isEmpty
    #expect(areGone)
  }

  @Test("a range is moved behind the lines before it, and what both know stays that of the file")
  func ranges() throws {
    var pending = PendingHits()
    var known = facts(1)
    known.os = [1]
    _ = pending.add(hit(1, line: 3), origin: 1, path: [1])
    pending.add(known, origin: 1)
    _ = pending.add(hit(8, line: 2, host: "b.example"), origin: 2, path: [8])
    _ = pending.add(hit(8, line: 0, host: "c.example"), origin: 2, path: [8])
    _ = pending.add(count("a.example"), origin: 2)
    pending.add(facts(1), origin: 2)
    pending.add(facts(3), origin: 2)
    pending.add(traces(4), origin: 2)
    var answers = [
      pending.join(2, to: 1, file: 1, path: [1], lines: 10, records: 5),
      pending.join(2, to: 1, file: 1, path: [1], lines: 10, records: 5),
    ]
    #expect(answers == [true, true])
    let taken = pending.take(1)
    let entry = try #require(taken)
    #expect(entry.hits.map(\.hit.line) == [3, 12, 0])
    #expect(entry.hits.map(\.hit.record) == [3, 7, 5])
    #expect(entry.hits.map(\.hit.file) == [1, 1, 1] && entry.hits.allSatisfy { $0.path == [1] })
    #expect(entry.facts == [1: known, 3: facts(3)])
    #expect(entry.counts == [count("a.example")] && entry.exposure == exposure(4))
    // Of a range without hits, the traces and facts are kept, too; of one with nothing, nothing.
    pending.add(traces(4), origin: 3)
    pending.add(facts(3), origin: 3)
    answers = [pending.join(3, to: 4, file: 1, path: [1], lines: 0, records: 0)]
    let quiet = pending.take(4)
    #expect(quiet?.facts == [3: facts(3)] && quiet?.exposure == exposure(4))
    answers.append(pending.join(3, to: 5, file: 1, path: [1], lines: 0, records: 0))
    let isNothing = pending.take(5) == nil
    #expect(isNothing && answers == [true, true])
  }

  @Test("a file of more hosts than are told apart counts the others with its list's first")
  func hosts() throws {
    var pending = PendingHits()
    for number in 0..<ResultFrame.ServiceCount.maxOfFile {
      _ = pending.add(count("h\(number).example", list: number < 2 ? 1 : 0), origin: 1)
    }
    for host in ["h7.example", "new.example"] { _ = pending.add(count(host), origin: 2) }
    _ = pending.add(count("other.example", list: 1), origin: 2)
    let isTaken = pending.join(2, to: 1, file: 1, path: [], lines: 0, records: 0)
    let taken = pending.take(1)
    let counts = try #require(taken).counts
    #expect(isTaken && counts.count == ResultFrame.ServiceCount.maxOfFile)
    // The first of list 0 is the third in all.
    #expect(counts.indices.filter { counts[$0].records == 4 } == [0, 2, 7])
    #expect(counts.allSatisfy { $0.records <= 4 })
  }

  @Test("members of a log become one, with what is known of its folder behind the log's own units")
  func members() throws {
    var pending = PendingHits()
    _ = pending.add(hit(1), origin: 1, path: [1])
    _ = pending.add(hit(2), origin: 2, path: [2])
    for origin: UInt32 in [2, 3] { _ = pending.add(count("a.example"), origin: origin) }
    let isTaken = pending.join(
      members: [1, 2, 9, 3], to: 5, facts: facts(7), exposure: exposure(1, 2))
    let taken = pending.take(5)
    let entry = try #require(taken)
    #expect(isTaken && entry.hits.map(\.path) == [[1], [2]])
    #expect(entry.counts.map(\.records) == [4])
    #expect(entry.facts == [.max: facts(.max)] && entry.exposure == exposure(1, 2))
    let isNothing = pending.join(members: [], to: 6, facts: nil, exposure: LogExposure())
    let isGone = pending.take(6) == nil
    #expect(isNothing && isGone)
  }

  @Test("one who may hold no more says so, whatever is joined")
  func full() {
    var pending = PendingHits()
    _ = pending.add(hit(1), origin: 1, path: [])
    _ = pending.add(count("a.example"), origin: 1)
    _ = pending.add(hit(2), origin: 2, path: [])
    _ = pending.add(count("a.example"), origin: 2)
    for _ in 0..<100_000 { pending.noteFinding() }
    let answers = [
      pending.join(1, to: 5, file: 1, path: [], lines: 0, records: 0),
      pending.join(members: [2], to: 5, facts: nil, exposure: LogExposure()),
    ]
    #expect(answers == [false, false])
    let isNothing = pending.take(5) == nil
    #expect(isNothing)
  }
}
