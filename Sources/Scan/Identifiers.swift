internal import Formats
internal import Watchlists
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// Ids that are the same on every night and node, and mean nothing to whoever lacks the key.
///
/// They are made under the installation's key, or without one under the key of the list that a finding comes
/// from: so they do not depend on which other partners a run serves.
final class Identifiers {
  private final class Hasher {
    var hasher: StandardHasher
    init(_ hasher: consuming StandardHasher) { self.hasher = hasher }
  }

  /// One, of the installation, or one for each key.
  private var hashers: [Hasher] = []
  /// The one for paths: that of the installation, or of the key with the least id.
  private var pathHasher = 0

  /// With `isOurs`, the installation file is made if it is missing.
  init(_ keys: PartnerKeys, installation: String?, isOurs: Bool = false) throws(Refusal) {
    do {
      if let installation {
        let file = try Installation(path: installation, makeIfMissing: isOurs)
        hashers = [Hasher(try file.identifierHasher())]
        return
      }
      for key in 0..<keys.count { hashers.append(Hasher(try keys.identifierHasher(key))) }
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(.noSecureMemory, "the keys")
    }
    pathHasher = (0..<keys.count).min { keys.keyID($0) < keys.keyID($1) } ?? 0
  }

  /// Under the key of an installation file that is there.
  init(installation: String) throws(Refusal) {
    do {
      let file = try Installation(path: installation, makeIfMissing: false)
      hashers = [Hasher(try file.identifierHasher())]
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(.noSecureMemory, "the keys")
    }
  }

  /// The id of a finding: one account, on one service, from one infection.
  func finding(
    partner: String, account: String, service: String, device: String?, key: Int
  ) -> String {
    let parts = [partner, account, service, device ?? "unattributed"].map { Array($0.utf8) }
    return "dsf1-" + hash("finding", parts, key)
  }

  /// The id of an infected machine: of its hardware id (`HardwareID.normalised`), or else of its name and user;
  /// nil if it has neither.
  func device(_ facts: ResultFrame.LogFacts, key: Int) -> String? {
    // Shorter ones are shared by thousands of machines.
    if facts.hwid.count >= 8 { return "dev-" + hash("device", [facts.hwid], key) }
    if facts.machine.isEmpty || facts.user.isEmpty { return nil }
    var names = [facts.machine, facts.user]
    // The user `admin` of the machine `PC` is another elsewhere, or at another time. Both stand in the system file, and
    // so are the same in each copy of the log.
    if names.allSatisfy(CommonName.isCommon) {
      names.append(facts.country)
      names.append(facts.stolen.map { Array("\($0)".utf8) } ?? [])
      if names.suffix(2).allSatisfy(\.isEmpty) { names.removeLast(2) }
    }
    return "dev-" + hash("machine", names, key)
  }

  /// Stands for the key: the same for all runs that make the same ids.
  var check: String { hash("check", [], pathHasher) }

  /// The id of a path, which joins the document with the operator's problem log.
  func path(dump: String, path: [UInt8]) -> String {
    "p-" + hash("path", [Array(dump.utf8), path], pathHasher)
  }

  /// The id of an input, by its whole path.
  func input(_ path: [UInt8]) -> Int64 {
    let entry = hashers[pathHasher]
    entry.hasher.begin()
    entry.hasher.add(Self.inputKind)
    entry.hasher.add(path)
    return Int64(bitPattern: entry.hasher.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  private static let inputKind = Array("input".utf8) + [0]

  /// Stands for all bytes of an open file; nil if it cannot be read, or if `isStopped` says so meanwhile.
  func content(_ file: Int32, _ isStopped: () -> Bool = { false }) -> String? {
    let entry = hashers[pathHasher]
    entry.hasher.begin()
    entry.hasher.add(Self.contentKind)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while !isStopped() {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe read(file, bytes.baseAddress, bytes.count)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { return Hex.text(entry.hasher.finish()) }
      entry.hasher.add(buffer.span.extracting(first: count))
    }
    return nil
  }

  private static let contentKind = Array("content".utf8) + [0]

  private func hash(_ kind: String, _ parts: [[UInt8]], _ key: Int) -> String {
    let entry = hashers[min(key, hashers.count - 1)]
    entry.hasher.begin()
    entry.hasher.add(kind)
    for part in parts {
      // Lengths keep the parts apart: "a" and "bc" are not "ab" and "c".
      entry.hasher.add([0] + (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) })
      entry.hasher.add(part)
    }
    return Hex.text(entry.hasher.finish().prefix(8))
  }
}
