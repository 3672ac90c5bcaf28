import Foundation
import Testing

/// A text file that tells one use of the command line: set-up, commands, and what must come of them.
///
/// `Scenarios/README.md` says what may stand in it.
struct Scenario: CustomTestStringConvertible {
  struct Line {
    var number: Int
    /// The first word.
    var verb: String
    /// What follows it, as words with quotes and escapes resolved: bytes, as names need not be UTF-8.
    var words: [[UInt8]]
    /// What follows it, as written.
    var rest: String
    /// The lines below it that begin with `|`.
    var block: [UInt8]
    var hasBlock: Bool

    func word(_ index: Int) throws -> String {
      try #require(index < words.count, "line \(number) needs more words")
      return String(decoding: words[index], as: UTF8.self)
    }

    func bytes(_ index: Int) throws -> [UInt8] {
      try #require(index < words.count, "line \(number) needs more words")
      return words[index]
    }
  }

  var name: String
  var lines: [Line]

  var testDescription: String { name }

  /// What one command shows of a row of the catalogue of hostile inputs.
  struct Shown {
    var row: Int
    /// The exit status that the scenario expects of the command.
    var status: String
    /// All reasons of what it says is unread, and all kinds passed over, as `Scenarios/README.md` has them.
    var codes: [String]
  }

  /// What its commands show of the catalogue's rows, each of one at most; nil if a line says it otherwise.
  var shown: [Shown]? {
    var all: [Shown] = []
    var status: String?
    var isShown = false
    for line in lines {
      switch line.verb {
      case "$": (status, isShown) = (nil, false)
      case "status": status = line.rest
      case "row":
        let words = line.words.map { String(decoding: $0, as: UTF8.self) }
        guard let status, !isShown, let row = words.first.flatMap(Int.init) else { return nil }
        isShown = true
        all.append(Shown(row: row, status: status, codes: Array(words.dropFirst())))
      default: continue
      }
    }
    return all
  }

  /// Why the scenario fails today, if it is known to.
  var knownFault: String? { lines.first { $0.verb == "known" }?.rest }

  static let all: [Scenario] = {
    let directory = Package.tests + "/Scenarios"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    // One alone, for whoever works on it.
    let only = ProcessInfo.processInfo.environment["DUMPSIEVE_SCENARIO"] ?? ""
    return names.filter { $0.hasPrefix(only) && $0.hasSuffix(".txt") }.sorted().map { name in
      let data = FileManager.default.contents(atPath: directory + "/" + name) ?? Data()
      return Scenario(name: String(name.dropLast(4)), text: String(decoding: data, as: UTF8.self))
    }
  }()

  init(name: String, text: String) {
    self.name = name
    lines = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("|") {
        guard !lines.isEmpty else { continue }
        let content = line.dropFirst(line.hasPrefix("| ") ? 2 : 1)
        lines[lines.count - 1].block += Array(content.utf8) + [0x0A]
        lines[lines.count - 1].hasBlock = true
        continue
      }
      let parts = line.split(separator: " ", maxSplits: 1)
      let rest = parts.count > 1 ? String(parts[1]) : ""
      lines.append(
        Line(
          number: index + 1, verb: String(parts[0]), words: Self.words(rest), rest: rest, block: [],
          hasBlock: false))
    }
  }

  /// Splits at spaces; `"…"` keeps them, and within quotes `\n`, `\\`, `\"` and `\xHH` are escapes.
  private static func words(_ text: String) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8]?
    var isQuoted = false
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        word = word ?? []
      case UInt8(ascii: "\\") where isQuoted:
        word = (word ?? []) + escape(&bytes)
      case UInt8(ascii: " ") where !isQuoted:
        if let word { words.append(word) }
        word = nil
      default: word = (word ?? []) + [byte]
      }
    }
    if let word { words.append(word) }
    return words
  }

  private static func escape(_ bytes: inout ArraySlice<UInt8>) -> [UInt8] {
    switch bytes.popFirst() {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "x"):
      let digits = String(decoding: bytes.prefix(2), as: UTF8.self)
      bytes = bytes.dropFirst(2)
      return [UInt8(digits, radix: 16) ?? 0x3F]
    case let other?: return [other]
    case nil: return []
    }
  }
}
