import Foundation
import Testing

@Suite("The findings document and its schema")
struct SchemaTests {
  /// The document of the case, as the demo writes it.
  private static func demo() throws -> Outcome {
    let workplace = try Workplace()
    try workplace.makeList()
    try FileManager.default.createDirectory(
      atPath: workplace.path + "/samples", withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      atPath: Package.root + "/samples/dumps", toPath: workplace.path + "/samples/dumps")
    return try workplace.run(["scan", "samples/dumps"] + Workplace.listOptions)
  }

  @Test("the program prints the schema that is published")
  func printed() throws {
    let outcome = try Workplace().run(["schema", "findings"])
    #expect(outcome.output == FileManager.default.contents(atPath: Package.schema).map(Array.init))
  }

  @Test(
    "a document that says something else is refused",
    arguments: [
      (#""severity": "critical""#, #""severity": "urgent""#),
      (#""score": 97"#, #""score": 101"#), (#""id": "dsf1-"#, #""id": "x"#),
      (#""match": "account""#, #""match": "login""#),
      (#""matched_by": "exact""#, #""matched_by": null"#),
      (#""login": null"#, #""login": "f.martin@formation-isere.example""#),
      (#""stolen_at": "2025-07-08T17:22:10Z""#, #""stolen_at": "2025-07-08""#),
      (#""stolen_at": "2025-07-08T17:22:10Z""#, #""stolen_at": null"#),
      (#""reason": "archive-truncated""#, #""reason": "bad luck""#),
      (#""sandbox": "#, #""sand": "#), (#""unread": "#, #""not_read": "#),
      (#""schema_version": "1."#, #""schema_version": "2."#),
      (#""layout": "labelled-blocks""#, #""layout": "blocks""#),
      (#""complete": false"#, #""complete": true"#),
      (#""country": "FR""#, #""country": "FR\u001b[2J""#),
    ])
  func refused(old: String, new: String) throws {
    let text = try Self.demo().outputText
    try #require(text.contains(old), "the document has no \(old) to change")
    let changed = text.replacingOccurrences(of: old, with: new)
    guard let outcome = try Schema.validate(["changed": Array(changed.utf8)], strictly: false)
    else { return }
    #expect(outcome.status == 1)
  }

  @Test("readers pass over members that they do not know; writers have none that is not documented")
  func unknownMembers() throws {
    let text = try Self.demo().outputText
    let more = text.replacingOccurrences(
      of: #""privileged": false"#, with: #""privileged": false, "new": 1"#)
    guard let open = try Schema.validate(["more": Array(more.utf8)], strictly: false),
      let strict = try Schema.validate(["more": Array(more.utf8)], strictly: true)
    else { return }
    #expect(open.status == 0, "\(open.outputText)")
    #expect(strict.status == 1)
  }

  // MARK: Rules and configuration

  /// The status of validating YAML with the schema that the program prints; nil if the modules are missing, which is said aloud.
  private static func status(
    _ schema: String, _ files: [String], in workplace: Workplace
  ) throws -> Int32? {
    let printed = try workplace.run(["schema", schema])
    try workplace.write(printed.output, to: "schema.json")
    let outcome = try workplace.start(
      ["/usr/bin/env", ExportTests.python, Package.tests + "/yaml_files.py", "schema.json"] + files,
      input: []
    ).outcome()
    if outcome.status == 77 || outcome.status == 127 {
      print("SKIPPED validation of YAML: Python's jsonschema or yaml is missing (contrib/judges)")
      return nil
    }
    if outcome.status != 0 { print(outcome.outputText) }
    return outcome.status
  }

  @Test("every rule is what the schema of rules says")
  func rules() throws {
    let root = Package.root + "/rules"
    let tree = FileManager.default.enumerator(atPath: root)
    let names = (tree?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(names.count > 80)
    let status = try Self.status("rules", names.map { root + "/" + $0 }, in: Workplace())
    #expect(status ?? 0 == 0)
  }

  @Test(
    "what a schema does not allow is refused",
    arguments: [
      (
        "rules", "id: a.b\nkind: thresholds\ntitle: x\ncritical: 80\nhigh: 60\nmedium: 35\nlow: 1\n"
      ),
      ("rules", "id: a.b\nkind: severity\ntitle: x\npoints: 5\nwhen: {sorce: line-list}\n"),
      ("config", "jobs: 0\n"), ("config", "job: 4\n"), ("config", "dumps: []\n"),
    ])
  func notAllowed(schema: String, text: String) throws {
    let workplace = try Workplace()
    try workplace.write(text, to: "a.yaml")
    #expect(try Self.status(schema, ["a.yaml"], in: workplace) ?? 1 == 1)
  }

  @Test("a configuration that the program takes is what its schema says")
  func configuration() throws {
    let workplace = try Workplace()
    let text = """
      dumps: [/srv/dumps, /srv/more]
      watchlists: isere.dsw
      wait: 10m
      fail_on: high
      jobs: 4
      sandbox: true

      """
    try workplace.write(text, to: "a.yaml")
    #expect(try Self.status("config", ["a.yaml"], in: workplace) ?? 0 == 0)
    #expect(try workplace.run(["config", "check", "--config", "a.yaml"]).status == 0)
  }

  // MARK: docs/FINDINGS.md

  private static func page() throws -> String {
    let data = FileManager.default.contents(atPath: Package.root + "/docs/FINDINGS.md")
    return String(decoding: try #require(data), as: UTF8.self)
  }

  /// The paths of all members, with `*` for the elements of lists.
  private static func shape(_ value: Any, _ path: String = "") -> Set<String> {
    if let members = value as? [String: Any] {
      return members.reduce(into: [path]) { $0.formUnion(shape($1.value, path + "." + $1.key)) }
    }
    let elements = value as? [Any] ?? []
    return elements.reduce(into: [path]) { $0.formUnion(shape($1, path + ".*")) }
  }

  @Test("the example of the page is a document of today's shape")
  func example() throws {
    let page = try Self.page()
    let start = try #require(page.range(of: "```json\n"))
    let end = try #require(page.range(of: "```", range: start.upperBound..<page.endIndex))
    let example = Array(page[start.upperBound..<end.lowerBound].utf8)
    let demo = try Self.demo().output
    try Schema.expectValid(["example": example, "demo": demo], strictly: true)
    let shapes = try [example, demo].map {
      Self.shape(try JSONSerialization.jsonObject(with: Data($0)))
    }
    #expect(shapes[0] == shapes[1], "run the demo, and put its document into the page")
  }

  @Test("the page explains every member and every word of the schema")
  func explained() throws {
    let page = try Self.page()
    let data = try #require(FileManager.default.contents(atPath: Package.schema))
    var words: Set<String> = []
    func gather(_ value: Any) {
      if let list = value as? [Any] { list.forEach(gather) }
      guard let object = value as? [String: Any] else { return }
      if let members = object["properties"] as? [String: Any] { words.formUnion(members.keys) }
      words.formUnion((object["enum"] as? [Any] ?? []).compactMap { $0 as? String })
      object.values.forEach(gather)
    }
    gather(try JSONSerialization.jsonObject(with: data))
    #expect(words.count > 80)
    for word in words.sorted() {
      let isExplained = page.contains("`\(word)`")
      #expect(isExplained, "it lacks `\(word)`")
    }
  }

  @Test("schema and page know every problem code of the program")
  func problemCodes() throws {
    let source = try #require(
      FileManager.default.contents(atPath: Package.root + "/Sources/Scan/Problem.swift"))
    let text = String(decoding: source, as: UTF8.self)
    let codes = text.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\"" })
      guard words.first == "case", let last = words.last else { return nil }
      return String(last)
    }
    #expect(codes.count >= 14)
    let schema = try #require(FileManager.default.contents(atPath: Package.schema))
    let page = try Self.page()
    for code in codes {
      let isInSchema = String(decoding: schema, as: UTF8.self).contains("\"\(code)\"")
      let isOnPage = page.contains("`\(code)`")
      #expect(isInSchema && isOnPage, "schema or page lacks \(code)")
    }
  }
}
