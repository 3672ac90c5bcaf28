import Bytes
import Dumps
import Formats
import Foundation
import Rules
import Watchlists

@testable import Scan
@testable import Worker

/// What a sample's golden says of one credential: places turned into text, and never a password.
struct ReadCredential: Codable, Equatable, Comparable, Hashable {
  var host: String
  var login: String
  var password: Bool
  var line: Int

  static func < (left: ReadCredential, right: ReadCredential) -> Bool {
    (left.line, left.host, left.login) < (right.line, right.host, right.login)
  }
}

/// A sink that keeps what it is given, for tests.
struct CredentialRecorder: CredentialSink {
  var credentials: [ReadCredential] = []
  /// Whether candidates behind the likeliest are kept, too.
  var keepsCandidates = false

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    if credential.candidate > 0 && !keepsCandidates { return }
    func text(_ range: ByteRange) -> String { String(decoding: bytes.copy(range), as: UTF8.self) }
    credentials.append(
      ReadCredential(
        host: text(credential.host), login: text(credential.login),
        password: credential.hasPassword, line: Int(credential.line)))
  }
}

enum Samples {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "samples")

  /// The samples of formats: every text file that has a golden, or should have one.
  static let formats: [String] = {
    let all =
      FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
    return all.filter {
      $0.hasSuffix(".txt") && !$0.hasPrefix("dumps/") && !$0.hasPrefix("partner/")
    }.sorted()
  }()

  static let labels: LabelDictionary = {
    let rules = directory.deletingLastPathComponent().appending(path: "rules").path
    do { return WorkerRules(try RuleCatalogue(directories: [rules])).labels } catch {
      preconditionFailure("the package's own rules")
    }
  }()

  /// Reads text by the layout that fits it best, in chunks of `chunkBytes`, through a real file.
  static func read(
    _ text: [UInt8], chunkBytes: Int, keepsCandidates: Bool = false
  ) -> (layout: String, credentials: [ReadCredential]) {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    _ = FileManager.default.createFile(atPath: file.path, contents: Data(text))
    defer { try? FileManager.default.removeItem(at: file) }
    let descriptor = open(file.path, O_RDONLY)
    defer { close(descriptor) }
    var reader = ChunkReader(chunkBytes: 64 << 10)
    let plan = reader.sample(descriptor, size: text.count, limit: 64 << 10) { sample in
      ReadingPlan(sample, labels: labels)
    }
    var layout = plan.layout.init(labels: labels)
    var recorder = CredentialRecorder()
    recorder.keepsCandidates = keepsCandidates
    var chunks = ChunkReader(chunkBytes: chunkBytes)
    if plan.kind == .text || plan.kind == .utf16 {
      _ = chunks.read(descriptor, size: text.count, isUTF16: plan.kind == .utf16) { bytes, isLast in
        layout.read(bytes, isLast: isLast, into: &recorder)
      }
    }
    return ("\(type(of: layout).name)", recorder.credentials)
  }
}
