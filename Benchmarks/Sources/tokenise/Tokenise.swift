import Bytes
import Dumps
import Formats
import Glibc

/// Cuts one file into credentials as a worker does, up to the look-up, and prints how many there are.
///
/// `tokenise FILE`: the time of the whole process is compared with that of `wc -l FILE`, so it loads nothing that a
/// worker does not.
@main
struct Tokenise {
  private struct Counter: CredentialSink {
    var credentials = 0

    mutating func found(_ credential: Credential, in bytes: Span<UInt8>) { credentials += 1 }
  }

  static func main() {
    guard CommandLine.argc == 2 else { stop("usage: tokenise FILE", status: 64) }
    let labels = LabelDictionary(entries())
    let (file, size) = opened(CommandLine.arguments[1])
    var reader = ChunkReader()
    let best = reader.sample(OpenFile(file, size: size), limit: 64 << 10) { sample in
      Layouts.best(for: sample, labels: labels)
    }
    var layout = best.init(labels: labels)
    var counter = Counter()
    let outcome = reader.read(OpenFile(file, size: size), isText: true) { bytes, isLast in
      layout.read(bytes, isLast: isLast, into: &counter)
    }
    guard outcome.bytes == size else { stop("tokenise: cannot read the whole file", status: 2) }
    print(counter.credentials)
  }

  private static func opened(_ path: String) -> (descriptor: Int32, size: Int) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
      stop("tokenise: cannot open \(path)", status: 2)
    }
    return (descriptor, Int(status.st_size))
  }

  /// The labels of the package's own rules, read line by line: the rules' module would bring a YAML parser.
  private static func entries() -> [(label: [UInt8], class: LabelDictionary.Class)] {
    var entries: [(label: [UInt8], class: LabelDictionary.Class)] = []
    var meaning: LabelDictionary.Class?
    for line in rules().split(separator: "\n") {
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

  private static func rules() -> String {
    let package = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let (file, size) = opened("/\(package)/rules/labels/credentials.yaml")
    var reader = ChunkReader()
    return reader.sample(OpenFile(file, size: size), limit: size) { bytes in
      String(decoding: bytes.copy(ByteRange(0, bytes.count)), as: UTF8.self)
    }
  }

  private static func stop(_ message: String, status: Int32) -> Never {
    let text = message + "\n"
    _ = unsafe write(STDERR_FILENO, text, text.utf8.count)
    exit(status)
  }
}
