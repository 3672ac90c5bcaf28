import Findings
import Testing

@Suite("sightings")
struct SightingTests {
  @Test("those that differ in anything have one order")
  func order() {
    let source = SafeText("dump")
    let sorted = ["database", "json", "xml"].flatMap { layout in
      [1, 2].map { line in
        Finding.Sighting(
          source: source, member: SafeText([]), layout: layout, line: line, record: 0)
      }
    }.sorted()
    for _ in 0..<8 { #expect(sorted.shuffled().sorted() == sorted) }
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 < $1 })
  }
}
