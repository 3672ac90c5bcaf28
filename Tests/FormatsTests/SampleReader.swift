import Bytes
import Dumps
import Formats
import Foundation
import Rules
import Watchlists

@testable import Scan
@testable import Worker

/// What a sample's truth says of one credential: places turned into text, and never a password.
struct ReadCredential: Codable, Equatable, Comparable, Hashable {
  var host: String
  var login: String
  var password: Bool
  var line: Int

  static func < (left: ReadCredential, right: ReadCredential) -> Bool {
    (left.line, left.host, left.login) < (right.line, right.host, right.login)
  }
}

/// What a golden says of one candidate.
struct Candidate: Codable, Equatable, Hashable {
  var host: String
  var login: String
  var password: Bool
  var layout: String
  var line: Int
  var record: Int
  var candidate: Int
  var doubtful: Bool

  var asRead: ReadCredential {
    ReadCredential(host: host, login: login, password: password, line: line)
  }
}

/// A sink that keeps what it is given, for tests.
struct CredentialRecorder: CredentialSink {
  var candidates: [Candidate] = []
  /// What stands where a candidate's password is said to stand, by the candidate's number.
  var passwords: [Int: String] = [:]
  /// Hosts of which it is doubtful whether they are one.
  var doubtfulHosts: [String] = []
  /// Where the candidates' logins stand in the bytes that were lent.
  var loginStarts: [Int] = []
  /// As a worker does in files that hold cookies and more.
  var passesOverCookies = false

  /// The likeliest candidate of each record.
  var credentials: [ReadCredential] { candidates.filter { $0.candidate == 0 }.map(\.asRead) }

  /// Each candidate as `host login`, with `?` behind what is doubtful.
  var doubts: [String] {
    candidates.map {
      let isHostDoubtful = doubtfulHosts.contains($0.host)
      return "\($0.host)\(isHostDoubtful ? "?" : "") \($0.login)\($0.doubtful ? "?" : "")"
    }
  }

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    if passesOverCookies && NetscapeCookies.holds(credential.login, in: bytes) { return }
    func text(_ range: ByteRange) -> String { String(decoding: bytes.copy(range), as: UTF8.self) }
    if !credential.passwordField.isEmpty {
      passwords[candidates.count] = text(credential.password(in: bytes))
    }
    if credential.isHostDoubtful { doubtfulHosts.append(text(credential.host)) }
    loginStarts.append(credential.login.start)
    candidates.append(
      Candidate(
        host: text(credential.host), login: text(credential.login),
        password: credential.hasPassword, layout: credential.layout.name,
        line: Int(credential.line), record: Int(credential.record),
        candidate: Int(credential.candidate),
        doubtful: credential.isDoubtful))
  }
}

/// What is found in a text.
struct Reading: Equatable {
  var recorder: CredentialRecorder
  var cookies: CookieRecorder
  var outcome: ChunkReader.Outcome?

  var candidates: [Candidate] { recorder.candidates }

  static func == (left: Reading, right: Reading) -> Bool {
    left.candidates == right.candidates && left.cookies.cookies == right.cookies.cookies
      && left.outcome == right.outcome
  }
}

enum Samples {
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let directory = package.appending(path: "samples")

  /// The samples of layouts: every text file that has a golden, or should have one.
  static let formats: [String] = files.filter {
    $0.hasSuffix(".txt") && !$0.hasPrefix("dumps/") && !$0.hasPrefix("partner/")
  }

  /// The text files of the story.
  static let dumps: [String] = files.filter {
    $0.hasPrefix("dumps/") && ($0.hasSuffix(".txt") || $0.hasSuffix(".csv"))
  }

  private static let files: [String] =
    (FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? [])
    .sorted()

  /// The package's own rules, as a worker has them.
  static let rules: WorkerRules = {
    do {
      return WorkerRules(
        try RuleCatalogue(directories: [package.appending(path: "rules").path]))
    } catch {
      preconditionFailure("the package's own rules")
    }
  }()

  static var labels: LabelDictionary { rules.labels }

  /// What is found in a text that is read whole in one layout, with its doubts.
  static func doubts<Reader: Layout>(_ text: String, as reader: Reader.Type) -> [String] {
    var layout = Reader(labels: labels)
    var recorder = CredentialRecorder()
    _ = layout.read(Array(text.utf8).span, isLast: true, into: &recorder)
    return recorder.doubts
  }

  static func bytes(of sample: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: directory.appending(path: sample)))
  }

  /// The text as it is read, without the marks that its look needs.
  static func withoutMarks(_ text: [UInt8]) -> [UInt8] {
    var plain: [UInt8] = []
    FileText.withText(text.span) { span in plain = span.copy(ByteRange(0, span.count)) }
    return plain
  }

  /// Reads text by the layout that fits it best, in chunks of `chunkBytes`, through a real file.
  static func read(
    _ text: [UInt8], chunkBytes: Int = 1 << 20, maxRecordBytes: Int = 4 << 20
  ) -> Reading {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    _ = FileManager.default.createFile(atPath: file.path, contents: Data(text))
    defer { try? FileManager.default.removeItem(at: file) }
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let source = OpenFile(descriptor, size: text.count)
    var reader = ChunkReader(chunkBytes: 64 << 10)
    let plan = reader.sample(source, limit: 64 << 10) { sample in
      ReadingPlan(sample, name: [], labels: labels)
    }
    var layout = MixedText(first: plan.layout, labels: labels)
    var recorder = CredentialRecorder()
    var cookies = CookieRecorder()
    var cookieLayout: (any CookieLayout)?
    if case .cookies(let type) = plan.content { cookieLayout = type.init(labels: labels) }
    var outcome: ChunkReader.Outcome?
    var chunks = ChunkReader(chunkBytes: chunkBytes, maxRecordBytes: maxRecordBytes)
    // As the worker does: noise before text must not hide it.
    if plan.kind == .text || plan.kind == .utf16 || plan.kind == .binary {
      recorder.passesOverCookies = cookieLayout != nil
      if cookieLayout != nil {
        outcome = chunks.read(source, isText: true, marks: plan.marks) { bytes, isLast in
          cookieLayout?.read(bytes, isLast: isLast, into: &cookies) ?? 0
        }
      }
      if cookieLayout?.hasOthers ?? true {
        outcome = chunks.read(source, isText: true, marks: plan.marks) { bytes, isLast in
          layout.read(bytes, isLast: isLast, into: &recorder)
        }
      }
    }
    return Reading(recorder: recorder, cookies: cookies, outcome: outcome)
  }
}
