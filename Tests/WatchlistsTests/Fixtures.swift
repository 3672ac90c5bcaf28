import Bytes
import Clock
import Foundation
import Testing

@testable import Watchlists

/// A directory of its own for one test; it goes when the test lets go of it.
final class TestDirectory {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("watchlists-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and gives its path.
  func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    try #require(chmod(path(name), mode) == 0)
    return path(name)
  }

  func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
    try write(name, Array(text.utf8), mode: mode)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// An open file for an image; it is closed when the test process ends.
  func descriptor() throws -> Int32 {
    let descriptor = open(path(UUID().uuidString), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    return try #require(descriptor >= 0 ? descriptor : nil)
  }
}

/// Keys with known bytes.
struct TestKey {
  static let partner = "org-formation-isere"

  /// Each of the key's 32 bytes.
  var byte: UInt8 = 0x11
  /// Each of the 16 bytes of the installation's filter key, if there is one.
  var filterByte: UInt8?

  var text: String {
    var text = "dumpsieve-key 1\npartner: \(Self.partner)\n"
    text += "key: \(Hex.text(repeatElement(byte, count: 32)))\n"
    if let filterByte {
      text += "filter-key: \(Hex.text(repeatElement(filterByte, count: 16)))\n"
    }
    return text
  }

  func write(_ directory: TestDirectory) throws -> String {
    try directory.write("key-\(byte)-\(filterByte ?? 0)", text)
  }

  func key(_ directory: TestDirectory) throws -> PartnerKey {
    try PartnerKey(KeyFile(path: write(directory)))
  }
}

/// Lists made by this program for a test.
enum TestList {
  static let made = time("2025-07-01T08:00:00Z")

  static func time(_ text: String) -> UTCTime {
    guard let time = UTCTime(text) else { preconditionFailure("no time: \(text)") }
    return time
  }

  static var options: WatchlistMaker.Options { WatchlistMaker.Options(made: made) }

  static func bytes(
    _ csv: [UInt8], _ key: TestKey, _ directory: TestDirectory,
    options: WatchlistMaker.Options = options
  ) throws -> [UInt8] {
    let list = try AccountList(
      csv, path: "accounts.csv", partner: TestKey.partner,
      acceptsGeneric: options.bareLoginsMatchAnywhere)
    var key = try key.key(directory)
    return try WatchlistMaker.make(list, key: &key, options: options)
  }

  /// Writes the list and gives its path.
  static func write(
    _ csv: String, _ key: TestKey, _ directory: TestDirectory,
    options: WatchlistMaker.Options = options
  ) throws -> String {
    try directory.write(
      "list-\(UUID().uuidString)", bytes(Array(csv.utf8), key, directory, options: options))
  }
}

/// The lists of a run with their look-up, as a worker has them.
final class TestLookup {
  private let image: WatchlistImage
  private let lookup: AccountLookup

  init(
    _ lists: [String], _ keys: [TestKey], _ directory: TestDirectory, hashesEveryLogin: Bool = false
  ) throws {
    let partnerKeys = try PartnerKeys(paths: keys.map { try $0.write(directory) })
    let descriptor = try directory.descriptor()
    image = try WatchlistImage(
      paths: lists, keys: partnerKeys, descriptor: descriptor, now: TestList.made)
    let made = AccountLookup(
      plan: image.plan, descriptor: descriptor, secrets: try partnerKeys.workerSecrets(),
      hashesEveryLogin: hashesEveryLogin)
    guard let made else { throw NoLookup() }
    lookup = made
  }

  struct NoLookup: Error {}

  func mayHold(_ login: String) -> Bool { lookup.mayHold(Array(login.utf8).span) }

  /// Which of the logins may concern a partner, looked up as a batch out of one text.
  func mayConcern(_ logins: [[UInt8]]) -> [Bool] {
    var text: [UInt8] = []
    var places: [ByteRange] = []
    for login in logins {
      places.append(ByteRange(text.count, text.count + login.count))
      text += login + [0x0A]
    }
    // As in a file, where other lines follow.
    text += Array("https://a.example/login:ann@a.example:CANARY-1\nhttps://".utf8)
    var batch = LookupBatch()
    let bits = lookup.mayConcern(places.span, in: text.span, &batch)
    return logins.indices.map { bits >> UInt64($0) & 1 == 1 }
  }

  func matches(_ login: String) -> [AccountLookup.Match] {
    lookup.matches(Array(login.utf8).span)
  }

  func account(_ match: AccountLookup.Match) -> ListedAccount? {
    image.account(list: match.list, index: match.account)
  }

  /// The refs of the accounts that have the login.
  func references(_ login: String) -> [String] {
    matches(login).compactMap { account($0)?.reference }.sorted()
  }

  /// The refs of the accounts of the login that are meant at the host.
  func meant(_ login: String, _ host: String) -> [String] {
    lookup.meant(among: matches(login), atHost: Array(host.utf8).span)
      .compactMap { account($0)?.reference }.sorted()
  }

  func account(list: Int, index: Int) -> ListedAccount? {
    image.account(list: list, index: index)
  }

  func account(list: Int, tag: String) -> ListedAccount? { image.account(list: list, tag: tag) }

  func countsAtHost(_ match: AccountLookup.Match, _ host: String) -> Bool {
    lookup.countsAtHost(match, Array(host.utf8).span)
  }

  func isServiceHost(_ match: AccountLookup.Match, _ host: String) -> Bool {
    lookup.isServiceHost(of: match, Array(host.utf8).span)
  }

  func lists(serviceHost host: String) -> [Int] {
    lookup.lists(serviceHost: Array(host.utf8).span)
  }

  func lists(mailDomainOf login: String) -> [Int] {
    var normaliser = LoginNormaliser()
    guard normaliser.normalise(Array(login.utf8).span), normaliser.hasMailDomain else { return [] }
    return lookup.lists(
      mailDomain: .init(normaliser.mailDomainStart, normaliser.count), in: normaliser.output.span)
  }

  func tag(_ login: String, list: Int) -> Watchlists.Tag {
    lookup.tag(Array(login.utf8).span, list: list)
  }
}

/// `contrib/watchlist.py`, the second implementation.
enum PythonTwin {
  static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../contrib/watchlist.py").standardized.path

  /// Whether there is a Python to compare with. Says so aloud if not: the comparison is then not made.
  static let isAvailable: Bool = {
    let answer = try? launch(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
    if answer?.status != 0 {
      print("NOT TESTED: python3 3.11 or newer is missing, so contrib/watchlist.py is not compared")
    }
    return answer?.status == 0
  }()

  /// Runs a command of the script; its status and what it wrote to stderr.
  static func run(_ arguments: [String]) throws -> (status: Int32, errors: String) {
    try launch(["-B", script] + arguments)
  }

  private static func launch(_ arguments: [String]) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}

extension SecretBytes {
  /// A secret that is none.
  init(_ bytes: [UInt8]) throws {
    try self.init(count: bytes.count)
    for (index, byte) in bytes.enumerated() { self[index] = byte }
  }
}

extension [UInt8] {
  /// The bytes of hexadecimal digits, blanks aside.
  init(hex: String) {
    let digits = hex.utf8.compactMap { Hex.value($0) }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
