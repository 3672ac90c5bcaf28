internal import Bytes
internal import Dumps
internal import Formats
internal import Watchlists

/// Counts at how many sites of a log the password of a hit stands, in a second reading of the hit's file.
///
/// Passwords are compared as hashes under a random key that is this reading's alone and forgotten with it. What leaves is a number
/// for each hit.
struct PasswordUse: CredentialSink, ~Copyable {
  /// A credential of the file.
  struct Place: Hashable {
    var record: UInt32
    var candidate: UInt8
  }

  private struct Use: Hashable {
    var password: UInt64
    var site: UInt64
  }

  private let hash = SipHash.random()
  private var host = HostNormaliser()
  private let hits: Set<Place>
  private var uses: Set<Use> = []
  private var sites: [UInt64: Int] = [:]
  private var passwords: [Place: Use] = [:]

  /// Sites and passwords that are told apart; a person has some hundreds. 16 bytes each.
  private static let maxUses = 1 << 16

  /// Labels below a country's that are nobody's site.
  private static let sharedLabels: Set<String> = [
    "ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org",
  ]

  /// Looks out for the passwords of `hits`.
  init(of hits: Set<Place>) {
    self.hits = hits
  }

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    if credential.passwordField.isEmpty { return }
    host.read(credential.host, in: bytes)
    let use = Use(
      password: hash.hash(bytes.extracting(credential.password(in: bytes).bounds)),
      site: Self.site(ofHost: host.text.span, isApp: host.isApp).map { hash.hash($0) } ?? 0)
    let place = Place(record: credential.record, candidate: credential.candidate)
    if hits.contains(place) { passwords[place] = use }
    if use.site != 0, uses.count < Self.maxUses, uses.insert(use).inserted {
      sites[use.password, default: 0] += 1
    }
  }

  /// At how many sites beside its own the password of a hit stands; 0 for one that was not found again.
  func otherSites(of hit: Place) -> Int {
    guard let use = passwords[hit] else { return 0 }
    return (sites[use.password] ?? 0) - (uses.contains(use) ? 1 : 0)
  }

  /// What hosts of one organisation have in common, roughly: the last two labels of the name, or three behind `co.uk` and its
  /// like. Two sites that are taken for one make the number smaller, and not the finding graver. The public suffix list, which
  /// knows better, is a file, and workers open none.
  static func site(ofHost host: Span<UInt8>, isApp: Bool) -> [UInt8]? {
    var labels = Array(host.copy(ByteRange(0, host.count))).split(separator: ASCII.dot)
    // `com.example.app` is of example.com.
    if isApp { labels.reverse() }
    guard let last = labels.last else { return nil }
    let isNumber = last.allSatisfy { ASCII.isDigit($0) } || last.contains(ASCII.colon)
    if isNumber { return host.copy(ByteRange(0, host.count)) }
    let isBelowSuffix =
      labels.count > 2 && last.count == 2
      && sharedLabels.contains(String(decoding: labels[labels.count - 2], as: UTF8.self))
    return Array(labels.suffix(isBelowSuffix ? 3 : 2).joined(separator: [ASCII.dot]))
  }
}

extension FileReader {
  /// Reads the file once more, if logins in it are listed, and says again what was said of them, with the number of other
  /// sites at which their passwords stand.
  mutating func countPasswordUse(_ source: some ByteSource, _ plan: ReadingPlan) {
    let hits = worker.takeHits()
    // What has no size cannot be read twice.
    guard !hits.isEmpty, source.size != nil else { return }
    var layout = MixedText(first: plan.layout, labels: rules.labels)
    var use = PasswordUse(of: Set(hits.map(\.place)))
    _ = reader.read(source, isText: true) { bytes, isLast in
      layout.read(bytes, isLast: isLast, into: &use)
    }
    for entry in hits {
      var hit = entry.hit
      hit.otherSites = UInt16(clamping: use.otherSites(of: entry.place))
      if hit.otherSites > 0 { results.gather(.hit(hit)) }
    }
  }
}
