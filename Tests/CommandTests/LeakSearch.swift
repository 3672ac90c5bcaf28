import Foundation
import Testing

/// Looks for secrets in what a run left, in each form in which one could come out by mistake.
struct LeakSearch {
  /// The word in every password, cookie value and token of `samples/`.
  static let canary = LeakSearch(["CANARY"])

  private let needles: [(secret: String, form: String, bytes: [UInt8])]

  /// `secrets` have six letters or more; the forms of shorter ones would be found by chance.
  init(_ secrets: [String]) {
    needles = secrets.flatMap { secret in
      Self.forms(secret).map { (secret, $0.name, $0.bytes) }
    }
  }

  private static func forms(_ secret: String) -> [(name: String, bytes: [UInt8])] {
    let raw = Array(secret.utf8)
    let digits = raw.map { String(format: "%02x", $0) }.joined()
    let wide: [UInt8] = raw.flatMap { [$0, 0] }
    let wideBigEndian: [UInt8] = raw.flatMap { [0, $0] }
    var forms: [(String, [UInt8])] = [
      ("raw", raw), ("lower case", Array(secret.lowercased().utf8)),
      ("reversed", Array(raw.reversed())), ("hexadecimal", Array(digits.utf8)),
      ("hexadecimal, upper case", Array(digits.uppercased().utf8)),
      ("UTF-16", wide), ("UTF-16, big end first", wideBigEndian),
      ("percent", Array(raw.map { String(format: "%%%02X", $0) }.joined().utf8)),
    ]
    for lead in 0..<3 {
      // Of base64 only what does not depend on the neighbours can be looked for.
      let padded = Data([UInt8](repeating: 0, count: lead) + raw).base64EncodedString()
      let first = (lead * 8 + 5) / 6
      let last = (lead + raw.count) * 8 / 6
      let core = padded.utf8.dropFirst(first).prefix(last - first)
      forms.append(("base64, \(lead) before it", Array(core)))
    }
    return forms.map { (name: $0.0, bytes: $0.1) }
  }

  /// The secrets that stand in `bytes`, with their forms.
  func found(in bytes: [UInt8]) -> [String] {
    needles.filter { Self.stands($0.bytes, in: bytes) }.map { "\($0.secret) (\($0.form))" }
  }

  /// Records an issue for each secret that stands in `bytes`; `place` names them.
  func expectNone(in bytes: [UInt8], _ place: String) {
    for secret in found(in: bytes) { Issue.record("\(place) holds the secret \(secret)") }
  }

  func expectNone(in outcome: Outcome, _ place: String) {
    expectNone(in: outcome.output, "\(place): stdout")
    expectNone(in: outcome.errors, "\(place): stderr")
  }

  /// Searches every file of the workplace but those that the test wrote itself.
  func expectNone(in workplace: Workplace, except own: Set<String>, _ place: String) {
    for name in workplace.files where !own.contains(name) {
      expectNone(in: workplace.read(name) ?? [], "\(place): \(name)")
      let isCore = name.split(separator: "/").last.map { $0.hasPrefix("core") } ?? false
      #expect(!isCore, "\(place): a core file was left")
    }
    #expect(workplace.temporaryFiles.isEmpty, "\(place): temporary files were left")
  }

  static func stands(_ needle: [UInt8], in bytes: [UInt8]) -> Bool {
    Data(bytes).range(of: Data(needle)) != nil
  }
}

/// What may be shown on a terminal.
enum TerminalSafety {
  /// Records an issue if `bytes` hold something that steers a terminal or turns the order of reading.
  static func expect(_ bytes: [UInt8], allowsColour: Bool = false, _ place: String) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      Issue.record("\(place) is not UTF-8")
      return
    }
    for scalar in text.unicodeScalars {
      let own = allowsColour ? "\n\t\r\u{1B}" : "\n\t"
      let isOwn = own.unicodeScalars.contains(scalar)
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
        if !isOwn {
          Issue.record("\(place) holds U+\(String(scalar.value, radix: 16)) raw")
          return
        }
      default: continue
      }
    }
  }
}
