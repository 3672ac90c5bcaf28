import Bytes
import Dumps
import Formats
import Foundation

/// Reads a file as a worker does, up to the look-up: the sink only counts.
struct Tokeniser {
  private struct Counter: CredentialSink {
    var credentials = 0

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) { credentials += 1 }
  }

  private let labels: LabelDictionary

  init() throws {
    labels = LabelDictionary(try Self.entries())
  }

  /// The credentials of `file`, candidates and all.
  func read(_ file: URL) throws -> Int {
    let handle = try FileHandle(forReadingFrom: file)
    let size = try file.byteCount
    var reader = ChunkReader()
    let best = reader.sample(handle.fileDescriptor, size: size, limit: 64 << 10) { sample in
      Layouts.best(for: sample, labels: labels)
    }
    var layout = (best ?? DelimitedLines.self).init(labels: labels)
    var counter = Counter()
    _ = reader.read(handle.fileDescriptor, size: size) { bytes, isLast in
      layout.read(bytes, isLast: isLast, into: &counter)
    }
    return counter.credentials
  }

  /// The labels of the package's own rules, read line by line: the rules' module would bring a YAML parser.
  private static func entries() throws -> [(label: [UInt8], class: LabelDictionary.Class)] {
    let rules = Workplace.package.appending(path: "rules/labels/credentials.yaml")
    var entries: [(label: [UInt8], class: LabelDictionary.Class)] = []
    var meaning: LabelDictionary.Class?
    for line in try String(contentsOf: rules, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("examples:") { break }
      if line.hasPrefix("    - "), let meaning {
        entries.append((Array(line.dropFirst(6).utf8), meaning))
      } else if line.hasPrefix("  "), let colon = line.firstIndex(of: ":") {
        let name = line[..<colon].drop { $0 == " " }
        meaning = LabelDictionary.Class.allCases.first { $0.name == name }
        let rest = line[colon...].drop { ": [".contains($0) }.dropLast()
        for label in rest.split(separator: ", ") {
          if let meaning { entries.append((Array(label.utf8), meaning)) }
        }
      }
    }
    return entries
  }
}
