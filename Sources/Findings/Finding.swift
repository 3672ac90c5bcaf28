public import Clock

/// How bad a finding is.
public enum Severity: String, Sendable, CaseIterable, Comparable {
  case low, medium, high, critical

  public var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// One account of a partner, on one service, stolen by one infection; copies add sightings.
///
/// Nothing here can hold a password: there is no field for one, and none is derived from one.
public struct Finding: Sendable {
  /// Why the finding is one.
  public enum Match: String, Sendable {
    /// A listed login.
    case account
    /// A login on no list, of a mail domain that the partner declared; masked.
    case domain
    /// Logins on no list at a service that the partner declared: a count.
    case service
  }

  public struct Account: Sendable {
    /// The partner's own reference, or nil.
    public var reference: String?
    /// 32 hexadecimal digits that stand for the login under the list's key; nil for a count.
    public var tag: String?
    public var keyID: String
    public var match: Match
    /// How the login that stood there became the listed one: `exact`, `alias`, `plus-tag`, `windows-name`.
    public var matchedBy: String?
    /// Whether a record has several splits, in which several accounts are listed.
    public var isAmbiguous: Bool
    public var isPrivileged: Bool
    /// For an unlisted login of a declared mail domain; nil otherwise.
    public var masked: SafeText?

    public init(keyID: String, match: Match) {
      self.keyID = keyID
      self.match = match
      isAmbiguous = false
      isPrivileged = false
    }
  }

  public struct Service: Sendable {
    public var rule: String?
    public var name: String?
    public var level: Severity?
    /// The URL's host or the app's package name, normalised; nil if the records name none.
    public var host: String?
    /// What of the host somebody registered; nil for addresses, apps, single labels and public suffixes.
    public var domain: String?

    public init() {}
  }

  public struct Infection: Sendable {
    /// Keyed id of the infected machine, or nil if the source does not name it.
    public var deviceID: String?
    public var family: String?
    public var familyName: String?
    /// `low`, `medium` or `high`.
    public var familyConfidence: String?
    public var malpedia: String?
    public var stolenAt: UTCTime?
    /// `system-file`, `folder-name` or `file-time`.
    public var stolenAtSource: String?
    /// `second`, `minute` or `day`.
    public var stolenAtPrecision: String?
    /// Whether the zone of the time is known; else the digits are the machine's own.
    public var isStolenAtUTC = false
    /// The other reading, where day and month may be exchanged.
    public var stolenAtOther: UTCTime?
    public var os: SafeText?
    public var country: SafeText?
    /// Names of antivirus programs on the machine.
    public var antivirus: [SafeText] = []
    /// Whether the log says where on the machine malware lay; the place itself is not kept.
    public var hasMalwarePath = false
    /// The stealer's own name of its campaign or customer.
    public var buildID: SafeText?

    public init() {}
  }

  /// What else of the log exposes the service, and the person.
  public struct Exposure: Equatable, Sendable {
    /// Nil if the log has no cookie of the service.
    public var cookies: Cookies?
    /// Whether the log's list of domains names the service: a weak sign, since nothing says who used it.
    public var isDomainListed = false
    /// Sorted: `address`, `contact`, `identity`, `payment`.
    public var dataCategories: [String] = []

    public init() {}

    /// Joins what two copies of a log show. Copies hold the same cookies, so the numbers do not add up.
    public mutating func merge(_ other: Exposure) {
      isDomainListed = isDomainListed || other.isDomainListed
      dataCategories = Array(Set(dataCategories + other.dataCategories)).sorted()
      if let theirs = other.cookies {
        cookies = cookies.map { $0.merged(theirs) } ?? theirs
      }
    }
  }

  /// The cookies of the finding's service, as a number and what they mean; nothing of any value.
  public struct Cookies: Equatable, Sendable {
    public var count: Int
    /// Whether one of them is an open session, by the names of the service's rule.
    public var hasSession: Bool
    /// The latest expiry of the sessions, or of all cookies if none is one; nil if none says.
    public var latestExpiry: UTCTime?
    /// Whether that is after the theft, and after the scan; nil if one of the times is not known.
    public var isUnexpiredAtTheft: Bool?
    public var isUnexpiredAtScan: Bool?

    public init(count: Int, hasSession: Bool, latestExpiry: UTCTime?) {
      self.count = count
      self.hasSession = hasSession
      self.latestExpiry = latestExpiry
    }

    func merged(_ other: Cookies) -> Cookies {
      var merged = hasSession || !other.hasSession ? self : other
      if hasSession == other.hasSession {
        merged.latestExpiry = [latestExpiry, other.latestExpiry].compactMap { $0 }.max()
      }
      merged.count = max(count, other.count)
      return merged
    }
  }

  /// One place where the account stands.
  public struct Sighting: Hashable, Comparable, Sendable {
    /// The dump, as it was named for the run.
    public var source: SafeText
    /// The path within it; empty if the dump is one file.
    public var member: SafeText
    public var layout: String
    public var line: Int
    public var record: Int

    public init(source: SafeText, member: SafeText, layout: String, line: Int, record: Int) {
      self.source = source
      self.member = member
      self.layout = layout
      self.line = line
      self.record = record
    }

    public static func < (left: Sighting, right: Sighting) -> Bool {
      // All that there is: what has no order would stand in another one on each run.
      (left.source, left.member, left.record, left.line, left.layout)
        < (right.source, right.member, right.record, right.line, right.layout)
    }
  }

  public struct ScorePart: Sendable {
    public var rule: String
    public var points: Int
    public var text: String

    public init(rule: String, points: Int, text: String) {
      self.rule = rule
      self.points = points
      self.text = text
    }
  }

  /// `dsf1-` and 16 hexadecimal digits: the same on every night, and meaningless outside.
  public var id: String
  public var partner: String
  public var account: Account
  public var service = Service()
  public var infection = Infection()
  public var exposure = Exposure()
  /// `stealer-log`, `browser-export` or `line-list`.
  public var source: String
  public var hasPassword: Bool
  /// Records at a service that a `service` finding counts.
  public var records = 0
  public var recordsWithPassword = 0
  public var passwordChangedAt: UTCTime?
  /// Whether the password was changed after the theft; nil if either time is unknown.
  public var isStillExposed: Bool?
  public var daysStolenToSeen: Int?
  public var isDoubtful: Bool
  public var severity = Severity.low
  public var score = 0
  public var scoreParts: [ScorePart] = []
  public var attack: [String] = []
  /// Sorted; at most `maxSightings` are kept.
  public var sightings: [Sighting] = []
  public var sightingsTotal = 0

  /// More say nothing new; the total is always given.
  public static let maxSightings = 50

  public init(
    id: String, partner: String, account: Account, source: String, hasPassword: Bool,
    isDoubtful: Bool
  ) {
    self.id = id
    self.partner = partner
    self.account = account
    self.source = source
    self.hasPassword = hasPassword
    self.isDoubtful = isDoubtful
  }

  /// How sure it is that the login stood there as one.
  public var confidence: String {
    if account.isAmbiguous { return "low" }
    return isDoubtful || service.host == nil ? "medium" : "high"
  }
}
