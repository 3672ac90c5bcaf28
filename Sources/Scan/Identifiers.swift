internal import Watchlists

/// Ids that are the same on every night and node, and mean nothing to whoever lacks the key.
struct Identifiers: ~Copyable {
  private var hasher: StandardHasher

  init(_ hasher: consuming StandardHasher) {
    self.hasher = hasher
  }

  /// The id of a finding: one account, on one service, from one infection.
  mutating func finding(
    partner: String, account: String, service: String, device: String?
  ) -> String {
    "dsf1-"
      + hash(
        "finding", [partner, account, service, device ?? "unattributed"].map { Array($0.utf8) })
  }

  /// The id of an infected machine: of its hardware id, or else of its name and user; nil if it has neither.
  mutating func device(hwid: [UInt8], machine: [UInt8], user: [UInt8]) -> String? {
    // Shorter ones, and placeholders such as "Unknown", are shared by thousands of machines.
    let isOwn =
      hwid.count >= 8 && !String(decoding: hwid, as: UTF8.self).lowercased().hasPrefix("unknown")
    if isOwn { return "dev-" + hash("device", [hwid]) }
    if machine.isEmpty || user.isEmpty { return nil }
    return "dev-" + hash("machine", [machine, user])
  }

  /// The id of a path, which joins the document with the operator's problem log.
  mutating func path(dump: String, path: [UInt8]) -> String {
    "p-" + hash("path", [Array(dump.utf8), path])
  }

  private mutating func hash(_ kind: String, _ parts: [[UInt8]]) -> String {
    hasher.begin()
    hasher.add(kind)
    for part in parts {
      // Lengths keep the parts apart: "a" and "bc" are not "ab" and "c".
      hasher.add([0] + (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) })
      hasher.add(part)
    }
    return Hex.text(hasher.finish().prefix(8))
  }
}
