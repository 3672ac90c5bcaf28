import Foundation
import Testing

/// Validates documents with Python's `jsonschema`, which knows the whole of JSON Schema.
enum Schema {
  /// Whether the text is a findings document, or lines of one.
  static func isDocument(_ bytes: [UInt8]) -> Bool {
    bytes.first == UInt8(ascii: "{")
      && LeakSearch.stands(Array(#""schema_version""#.utf8), in: bytes)
      && !LeakSearch.stands(Array(#""$defs""#.utf8), in: bytes)
  }

  /// Lines of one object each, not one object over many lines.
  private static func isLines(_ bytes: [UInt8]) -> Bool {
    bytes.count > 1 && bytes[1] != 0x0A
  }

  /// Records an issue for each fault of `documents`. `strictly`, members that the schema does not name are faults.
  static func expectValid(_ documents: [String: [UInt8]], strictly: Bool) throws {
    if documents.isEmpty { return }
    guard let outcome = try validate(documents, strictly: strictly) else { return }
    #expect(outcome.status == 0, "\(outcome.outputText)\(outcome.errorText)")
  }

  /// The outcome of the validator; nil if it is not installed, which is said aloud.
  static func validate(_ documents: [String: [UInt8]], strictly: Bool) throws -> Outcome? {
    let workplace = try Workplace()
    var paths: [String] = []
    for (index, name) in documents.keys.sorted().enumerated() {
      let bytes = documents[name] ?? []
      let path = "\(index).\(isLines(bytes) ? "jsonl" : "json")"
      try workplace.write(bytes, to: path)
      paths.append(path)
    }
    let python = ProcessInfo.processInfo.environment["PYTHON"] ?? "python3"
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let outcome = try workplace.start(
      [
        "/usr/bin/env", python, Package.tests + "/validate.py", strictly ? "strict" : "open",
        Package.schema,
      ] + paths, input: [], environment: ["PATH": path]
    ).outcome()
    // 77: the module is missing; 127: Python itself is.
    if outcome.status == 77 || outcome.status == 127 {
      print("SKIPPED validation: Python's jsonschema is missing (python3-jsonschema)")
      return nil
    }
    return outcome
  }
}
