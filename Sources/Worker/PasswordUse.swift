internal import Bytes
internal import Dumps
internal import Formats
internal import Watchlists

/// Counts at how many sites of a log the passwords of its hits stand, in a second reading of their file.
///
/// Passwords are compared as hashes under a random key that is this file's alone and forgotten with it. What leaves is a number
/// for each hit.
struct PasswordUse: CredentialSink, ~Copyable {
  private let hash: SipHash
  private var host = HostNormaliser()
  /// The sites by the hash of a password.
  private var sites: [UInt64: Set<[UInt8]>]

  /// Sites of one password that are told apart; a person has some hundreds.
  private static let maxSites = 1024

  /// Labels below a country's that are nobody's site.
  private static let sharedLabels: Set<String> = [
    "ac", "asso", "co", "com", "edu", "go", "gob", "gouv", "gov", "gub", "mil", "ne", "net", "nhs",
    "nom", "or",
    "org", "sch",
  ]

  /// Looks out for passwords of these hashes, which `hash` makes.
  init(of passwords: Set<UInt64>, _ hash: SipHash) {
    self.hash = hash
    sites = Dictionary(uniqueKeysWithValues: passwords.map { ($0, []) })
  }

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    if credential.passwordField.isEmpty { return }
    let password = hash.hash(bytes.extracting(credential.password(in: bytes).bounds))
    guard let known = sites[password], known.count < Self.maxSites else { return }
    host.read(credential.host, in: bytes)
    guard let site = Self.site(ofHost: host.text.span, isApp: host.isApp) else { return }
    sites[password]?.insert(site)
  }

  /// At how many sites beside that of its host the password stands. Without a host, one of them may be its own.
  func otherSites(of password: UInt64, host: Span<UInt8>, isApp: Bool) -> Int {
    guard let all = sites[password] else { return 0 }
    guard let own = Self.site(ofHost: host, isApp: isApp) else { return max(0, all.count - 1) }
    return all.count - (all.contains(own) ? 1 : 0)
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
    // `chrome://settings` and extensions name none.
    if labels.count == 1 && !isNumber { return nil }
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
    let (hits, hash) = worker.takeHits()
    // What has no size cannot be read twice.
    guard !hits.isEmpty, source.size != nil else { return }
    var layout = MixedText(first: plan.layout, labels: rules.labels)
    var use = PasswordUse(of: Set(hits.map(\.password)), hash)
    var reported = 0
    let pipe = results
    _ = reader.read(
      source, isText: true, marks: plan.marks,
      progress: { Self.reportProgress($0, &reported, counts: false, to: pipe) },
      { bytes, isLast in layout.read(bytes, isLast: isLast, into: &use) })
    for entry in hits {
      var hit = entry.hit
      let count = use.otherSites(of: entry.password, host: hit.host.span, isApp: hit.isApp)
      hit.otherSites = UInt16(clamping: count)
      results.gather(.hit(hit))
    }
  }
}
