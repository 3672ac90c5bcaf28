import Formats
import Foundation
import Testing

/// What a new layout must not forget (docs/ADDING-A-FORMAT.md).
@Suite("record layouts")
struct RecordLayoutTests {
  @Test("the schema of findings lists the layouts, and no others")
  func schema() throws {
    struct Listed: Decodable {
      var `enum`: [String]
    }
    let file = "Sources/Findings/Resources/findings-1.schema.json"
    let text = try Self.text(file)
    let start = try #require(text.range(of: "\"layout\": {"))
    let end = try #require(text.range(of: "}", range: start.upperBound..<text.endIndex))
    let object = "{" + text[start.upperBound..<end.upperBound]
    let listed = try JSONDecoder().decode(Listed.self, from: Data(object.utf8))
    #expect(listed.enum.sorted() == RecordLayout.allCases.map(\.name).sorted())
  }

  @Test("page and fuzz targets know every layout", arguments: RecordLayout.allCases)
  func known(layout: RecordLayout) throws {
    #expect(try Self.text("docs/FINDINGS.md").contains("`\(layout.name)`"))
    let fuzz = try Self.text("Benchmarks/fuzz")
    let targets = try #require(fuzz.range(of: "targets=(delimited-lines"))
    #expect(fuzz[targets.lowerBound...].contains(layout.name))
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: Samples.package.appending(path: path), encoding: .utf8)
  }
}
