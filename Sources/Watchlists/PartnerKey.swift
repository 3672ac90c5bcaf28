internal import Bytes

/// A partner's key with all that is derived from it: how a login becomes a tag, a list is sealed,
/// and a finding gets its id. docs/WATCHLISTS.md, "Values derived from the key".
public struct PartnerKey: ~Copyable {
  public enum Kind: UInt8, Sendable {
    case login = 0
    case alias = 1
  }

  public let partner: String
  /// 16 hexadecimal digits: which key, without telling it.
  public let keyID: String
  /// 32 hexadecimal digits: proves that a list was made with this very key.
  public let keyCheck: String
  /// 16 hexadecimal digits: the same for the filter key.
  public let filterCheck: String
  /// Whether the filter key is the installation's, and so the same for all its partners.
  public let hasInstallationFilter: Bool
  /// The login of the account that every list carries and every run must find.
  public let canaryLogin: String

  private var hasher: StandardHasher
  let filterKey: SecretBytes
  private let midstates: KeyedHasher
  private let fileKey: SecretBytes
  private let sealKey: SecretBytes
  private let findingIDKey: SecretBytes

  /// What goes wrong is only that the system gives no secure memory.
  public init(_ file: consuming KeyFile) throws(SecretBytesError) {
    var hasher = try StandardHasher(key: file.key)
    let fileKey = try Self.derive(&hasher, "dumpsieve/1/file-mac")
    let sealKey = try Self.derive(&hasher, "dumpsieve/1/filter-seal")
    let findingIDKey = try Self.derive(&hasher, "dumpsieve/1/finding-id")
    let midstates = try KeyedHasher(key: file.key)
    let filterKey = try Self.filterKey(file, &hasher)
    partner = file.partner
    keyID = Hex.text(hasher.hash("dumpsieve/1/key-id").prefix(8))
    keyCheck = Hex.text(hasher.hash("dumpsieve/1/key-check").prefix(16))
    canaryLogin =
      Hex.text(hasher.hash("dumpsieve/1/canary").prefix(12)) + "@canary.dumpsieve.invalid"
    hasher.begin()
    hasher.add("dumpsieve/1/filter-check")
    filterKey.withSpan { hasher.add($0) }
    filterCheck = Hex.text(hasher.finish().prefix(8))
    hasInstallationFilter = file.hasFilterKey
    self.fileKey = fileKey
    self.sealKey = sealKey
    self.findingIDKey = findingIDKey
    self.midstates = midstates
    self.filterKey = filterKey
    self.hasher = hasher
  }

  private static func filterKey(
    _ file: borrowing KeyFile, _ hasher: inout StandardHasher
  ) throws(SecretBytesError) -> SecretBytes {
    if file.hasFilterKey { return try file.filterKey.slice(0, KeyFile.filterKeyBytes) }
    let own = try derive(&hasher, "dumpsieve/1/filter-key")
    return try own.slice(0, KeyFile.filterKeyBytes)
  }

  private static func derive(
    _ hasher: inout StandardHasher, _ label: String
  ) throws(SecretBytesError) -> SecretBytes {
    hasher.begin()
    hasher.add(label)
    return try hasher.finishSecret()
  }

  /// The tag of a normalised login.
  public mutating func tag(_ kind: Kind, _ login: Span<UInt8>) -> Tag {
    hasher.begin()
    hasher.add(kind == .login ? "v1\u{0}login\u{0}" : "v1\u{0}alias\u{0}")
    hasher.add(login)
    let digest = hasher.finish()
    func word(_ offset: Int) -> UInt64 {
      digest[offset..<(offset + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }
    return Tag(high: word(0), low: word(8))
  }

  /// The pre-filter's hash under this key's filter key.
  public var filter: SipHash { SipHash(key: filterKey) }

  /// Copies what stands for the key in a worker to `secret`: `KeyedHasher.midstateBytes` bytes.
  public func copyMidstates(to secret: inout SecretBytes, at offset: Int) {
    midstates.copyMidstates(to: &secret, at: offset)
  }

  /// The filter key's 16 bytes, for a worker.
  public func copyFilterKey(to secret: inout SecretBytes, at offset: Int) {
    secret.replace(at: offset, with: filterKey)
  }

  /// Whether `other` has the same filter key, so that one hash of a login serves both.
  public func sharesFilter(with other: borrowing PartnerKey) -> Bool {
    filterKey.equals(other.filterKey)
  }

  /// The keyed hash that ids of findings, devices and paths are made of, where there is no installation
  /// file.
  public func identifierHasher() throws(SecretBytesError) -> StandardHasher {
    try StandardHasher(key: findingIDKey)
  }

  /// The checksum of a whole file, its last 32 bytes left out.
  func fileMAC(_ bytes: Span<UInt8>) throws(SecretBytesError) -> [UInt8] {
    var digests: [UInt8] = []
    for piece in 0..<FilePieces.count(bytes.count) {
      let range = FilePieces.range(piece, of: bytes.count)
      digests += ContentDigest.sha256(bytes.extracting(range))
    }
    return try fileMAC(pieceDigests: digests)
  }

  /// The same from the SHA-256 of each piece, which threads can compute apart.
  func fileMAC(pieceDigests: [UInt8]) throws(SecretBytesError) -> [UInt8] {
    var mac = try StandardHasher(key: fileKey)
    mac.begin()
    mac.add(pieceDigests)
    return mac.finish()
  }

  /// The nonce under which these filter words are sealed.
  func sealNonce(_ words: Span<UInt8>) throws(SecretBytesError) -> [UInt8] {
    var mac = try StandardHasher(key: sealKey)
    mac.begin()
    mac.add("nonce\u{0}")
    mac.add(words)
    return Array(mac.finish().prefix(16))
  }

  /// The seeds of the stream for so many pieces of filter words (`FilterSeal`).
  func sealSeeds(nonce: [UInt8], pieces: Int) throws(SecretBytesError) -> [[UInt8]] {
    var mac = try StandardHasher(key: sealKey)
    return (0..<pieces).map { piece in
      mac.begin()
      mac.add("stream\u{0}")
      mac.add(nonce)
      mac.add((0..<4).map { UInt8(truncatingIfNeeded: piece >> (8 * $0)) })
      return mac.finish()
    }
  }
}

extension SipHash {
  /// The hash under a 16-byte key.
  public init(key: borrowing SecretBytes) {
    precondition(key.count == KeyFile.filterKeyBytes, "a filter key has 16 bytes")
    func word(_ offset: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(key[offset + $1]) << (8 * UInt64($1)) }
    }
    self.init(k0: word(0), k1: word(8))
  }
}
