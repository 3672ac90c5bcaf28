/// The keys of a run, by number, each from its own key file.
///
/// A class because what it holds cannot be copied, and an array cannot hold that.
public final class PartnerKeys {
  private final class Entry {
    var key: PartnerKey
    init(_ key: consuming PartnerKey) { self.key = key }
  }

  private var entries: [Entry] = []

  /// Reads the key files at `paths`. The same key twice counts once.
  public init(paths: [String]) throws(Refusal) {
    for path in paths {
      let file = try KeyFile(path: path)
      let key: PartnerKey
      do { key = try PartnerKey(file) } catch { throw Refusal(.noSecureMemory, path) }
      if index(keyID: key.keyID) == nil { entries.append(Entry(key)) }
    }
  }

  public var count: Int { entries.count }

  /// The number of the key with this id.
  public func index(keyID: String) -> Int? {
    entries.firstIndex { $0.key.keyID == keyID }
  }

  public func keyID(_ index: Int) -> String { entries[index].key.keyID }

  public func canaryLogin(_ index: Int) -> String { entries[index].key.canaryLogin }

  func has(_ index: Int, keyCheck: String) -> Bool { entries[index].key.keyCheck == keyCheck }

  func has(_ index: Int, filterCheck: String) -> Bool {
    entries[index].key.filterCheck == filterCheck
  }

  func fileMAC(_ index: Int, pieceDigests: [UInt8]) throws(SecretBytesError) -> [UInt8] {
    try entries[index].key.fileMAC(pieceDigests: pieceDigests)
  }

  func sealSeeds(
    _ index: Int, nonce: [UInt8], pieces: Int
  ) throws(SecretBytesError) -> [[UInt8]] {
    try entries[index].key.sealSeeds(nonce: nonce, pieces: pieces)
  }

  /// For each key the number of its filter; keys with one filter key share it.
  func filterNumbers() -> [Int] {
    var numbers: [Int] = []
    var firsts: [Int] = []
    for index in entries.indices {
      let known = firsts.firstIndex { entries[$0].key.sharesFilter(with: entries[index].key) }
      if known == nil { firsts.append(index) }
      numbers.append(known ?? firsts.count - 1)
    }
    return numbers
  }

  /// All that a worker needs in place of the keys: midstates key by key, then filter keys filter by filter.
  public func workerSecrets() throws(SecretBytesError) -> SecretBytes {
    let numbers = filterNumbers()
    let filters = (numbers.max() ?? -1) + 1
    var secret = try SecretBytes(
      count: KeyedHasher.midstateBytes * count + KeyFile.filterKeyBytes * filters)
    for index in entries.indices {
      entries[index].key.copyMidstates(to: &secret, at: KeyedHasher.midstateBytes * index)
      entries[index].key.copyFilterKey(
        to: &secret,
        at: KeyedHasher.midstateBytes * count + KeyFile.filterKeyBytes * numbers[index])
    }
    return secret
  }

  /// The keyed hash that ids of one partner's findings are made of, where there is no installation file.
  public func identifierHasher(_ index: Int) throws(SecretBytesError) -> StandardHasher {
    try entries[index].key.identifierHasher()
  }
}
