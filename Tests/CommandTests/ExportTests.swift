import Foundation
import Testing

/// What other systems are given is what they take, by the word of their own libraries.
@Suite("Exports")
struct ExportTests {
  static let formats = ["misp", "stix", "ocsf", "ecs", "defectdojo", "csv"]

  /// Python with the libraries that judge: that of DUMPSIEVE_PYTHON, what contrib/judges made, or the system's.
  static let python: String = {
    if let named = ProcessInfo.processInfo.environment["DUMPSIEVE_PYTHON"] { return named }
    let own = Package.root + "/.build/judges/bin/python"
    return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
  }()

  static func judge(_ format: String, _ paths: [String], in workplace: Workplace) throws
    -> Outcome
  {
    try workplace.start(
      ["/usr/bin/env", python, Package.tests + "/exports.py", format] + paths, input: [],
      environment: ["PYTHONWARNINGS": "ignore"]
    ).outcome()
  }

  static func judge(_ format: String, _ bytes: [UInt8]) throws -> Outcome {
    let workplace = try Workplace()
    try workplace.write(bytes, to: "export")
    return try judge(format, ["export"], in: workplace)
  }

  /// The formats whose judge is not there. Without a file, a judge only says whether it is.
  static let unjudged: [String] = formats.filter { format in
    let outcome = try? judge(format, [], in: Workplace())
    return outcome?.status != 0
  }

  /// So that what was not judged is counted as skipped.
  @Test(
    "every format has its judge",
    .enabled(if: unjudged.isEmpty, "contrib/judges installs those that are missing"))
  func judges() {
    #expect(Self.unjudged.isEmpty)
  }

  private static func export(_ format: String, in workplace: Workplace) throws -> [UInt8] {
    let outcome = try workplace.run(["export", "--to", format])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errorText)")
    TerminalSafety.expect(outcome.output, format)
    return outcome.output
  }

  @Test("findings of every kind are what the standard's own library accepts", arguments: formats)
  func accepted(format: String) throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    let bytes = try Self.export(format, in: workplace)
    LeakSearch(["CANARY", "stranger", "unlisted.person"]).expectNone(in: bytes, format)
    if Self.unjudged.contains(format) { return }
    let outcome = try Self.judge(format, bytes)
    #expect(outcome.status == 0, "\(outcome.outputText)\(outcome.errorText)")
  }

  @Test("no findings are an export, too", arguments: formats)
  func nothing(format: String) throws {
    let workplace = try Workplace()
    try workplace.write("nothing\n", to: "dumps/a.txt")
    try workplace.makeList()
    _ = try workplace.run(["scan", "dumps", "--out", "findings.json"] + Workplace.listOptions)
    let bytes = try Self.export(format, in: workplace)
    if Self.unjudged.contains(format) { return }
    let outcome = try Self.judge(format, bytes)
    #expect(outcome.status == 0, "\(outcome.outputText)\(outcome.errorText)")
  }

  @Test(
    "the judge sees what is wrong",
    arguments: [
      ("misp", #""object_relation": "origin""#, #""object_relation": "orige""#),
      ("misp", #""name": "credential""#, #""name": "cookie""#),
      ("stix", #""is_family": true"#, #""is_fam": true"#),
      ("stix", #""user_id": "KAI-0042""#, #""user_id": "KAI-0043""#),
      ("ocsf", #""is_alert":"#, #""is_alarm":"#),
      ("ocsf", #""severity_id":5"#, #""severity_id":8"#),
      ("ecs", #""registered_domain""#, #""registered""#), ("ecs", #""alert""#, #""alarm""#),
      ("defectdojo", #""unique_id_from_tool""#, #""id""#), ("csv", "\"'=", "\"="),
    ])
  func refused(format: String, old: String, new: String) throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    let text = String(decoding: try Self.export(format, in: workplace), as: UTF8.self)
    try #require(text.contains(old), "the export has no \(old) to change")
    let changed = Array(text.replacingOccurrences(of: old, with: new).utf8)
    if Self.unjudged.contains(format) { return }
    let outcome = try Self.judge(format, changed)
    #expect(outcome.status != 0)
  }

  /// All ids that the other system goes by.
  private static func ids(_ text: String) -> Set<String> {
    let pattern = /[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|dsf1-[0-9a-f]{16}/
    return Set(text.matches(of: pattern).map { String($0.output) })
  }

  @Test("the next night's export has the same ids, so that it updates", arguments: formats)
  func stable(format: String) throws {
    let workplace = try Workplace()
    try workplace.makeRichCase()
    let first = Self.ids(String(decoding: try Self.export(format, in: workplace), as: UTF8.self))
    let night = ["--watchlist", "isere.dsw", "--key-file", "isere.key", "--as-of"]
    _ = try workplace.run(
      ["scan", "dumps", "--out", "findings.json"] + night + ["2025-07-15T01:30:00Z"])
    let second = Self.ids(String(decoding: try Self.export(format, in: workplace), as: UTF8.self))
    #expect(first.count > 5)
    // A bundle is a delivery, and not a thing that is updated.
    #expect(first.symmetricDifference(second).count == (format == "stix" ? 2 : 0))
  }
}
