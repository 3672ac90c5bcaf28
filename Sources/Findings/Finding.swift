public import Clock

/// How bad a finding is.
public enum Severity: String, Sendable, CaseIterable, Comparable {
  case low, medium, high, critical

  /// From 0, the least bad.
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

  /// The account of a finding, without its login.
  public struct Account: Sendable {
    /// The partner's own reference, or nil.
    public var reference: String?
    /// 32 hexadecimal digits that stand for the login under the list's key; nil for a count.
    public var tag: String?
    /// 16 hexadecimal digits: which key the list was made with.
    public var keyID: String
    /// Why the finding is one.
    public var match: Match
    /// How the login that stood there became the listed one: `exact`, `alias`, `plus-tag`, `windows-name`.
    public var matchedBy: String?
    /// Whether a record has several splits, in which several accounts are listed.
    public var isAmbiguous: Bool
    /// As the list says.
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

  /// Where the account was saved for.
  public struct Service: Sendable {
    /// The id of the service's rule, such as `svc.ft.kairos`; nil if none names the host.
    public var rule: String?
    /// The title of that rule.
    public var name: String?
    /// How bad a stolen account there is, as that rule says.
    public var level: Severity?
    /// The URL's host or the app's package name, normalised; nil if the records name none.
    public var host: String?
    /// What of the host somebody registered; nil for addresses, apps, single labels and public suffixes.
    public var domain: String?

    public init() {}
  }

  /// What is known of the infected machine; nil each, if nothing is.
  public struct Infection: Sendable {
    /// `dev-` and 16 hexadecimal digits: the keyed id of the machine, or nil if the source does not name it.
    public var deviceID: String?
    /// The id of the stealer family's rule, such as `fam.redline`.
    public var family: String?
    /// The title of that rule.
    public var familyName: String?
    /// `low`, `medium` or `high`.
    public var familyConfidence: String?
    /// The family's name in Malpedia.
    public var malpedia: String?
    /// When the log was made.
    public var stolenAt: UTCTime?
    /// `system-file`, `folder-name` or `file-time`.
    public var stolenAtSource: String?
    /// `second`, `minute` or `day`.
    public var stolenAtPrecision: String?
    /// Whether the zone of the time is known; else the digits are the machine's own.
    public var isStolenAtUTC = false
    /// The other reading, where day and month may be exchanged.
    public var stolenAtOther: UTCTime?
    /// The operating system, in words of a closed table.
    public var os: SafeText?
    /// The country's two letters.
    public var country: SafeText?
    /// Names of antivirus programs on the machine.
    public var antivirus: [SafeText] = []
    /// Whether the log says where on the machine malware lay; the place itself is not kept.
    public var hasMalwarePath = false
    /// The stealer's own name of its campaign or customer.
    public var buildID: SafeText?
    /// The channel that advertises itself in the log, as `@name`: where it was sold or given away.
    public var seller: SafeText?

    public init() {}
  }

  /// What else of the log exposes the service, and the person.
  public struct Exposure: Equatable, Sendable {
    /// Nil if the log has no cookie of the service.
    public var cookies: Cookies?
    /// Whether the log's list of domains names the service: a weak sign, since nothing says who used it.
    public var isDomainListed = false
    /// At how many other sites of the log the same password stands, in the file of it with most.
    /// Nil where that was not counted.
    public var otherSites: Int?
    /// What the operator's verifier said of the password; nil if it was not asked.
    public var passwordCheck: PasswordCheck?
    /// Sorted: `address`, `contact`, `identity`, `payment`.
    public var dataCategories: [String] = []

    public init() {}

    /// Joins what two copies of a log show. Copies hold the same cookies, so the numbers do not add up.
    public mutating func merge(_ other: Exposure) {
      isDomainListed = isDomainListed || other.isDomainListed
      dataCategories = Array(Set(dataCategories + other.dataCategories)).sorted()
      otherSites = [otherSites, other.otherSites].compactMap { $0 }.max()
      passwordCheck = passwordCheck.map { $0.joined(other.passwordCheck) } ?? other.passwordCheck
      if let theirs = other.cookies {
        cookies = cookies.map { $0.merged(theirs) } ?? theirs
      }
    }
  }

  /// What the operator's verifier said of a stolen password. Of several answers the graver counts, and
  /// `old` only if all are: an answer is of one password, and an input that is read again tells anew.
  public struct PasswordCheck: Equatable, Comparable, Sendable {
    public enum Verdict: String, CaseIterable, Sendable {
      case old, unknown
      /// It ended, was silent for too long, or said something else.
      case noAnswer = "no-answer"
      case stillValid = "still-valid"
    }

    public var verdict: Verdict
    /// The clock of the run that asked.
    public var time: UTCTime

    public init(_ verdict: Verdict, at time: UTCTime) {
      self.verdict = verdict
      self.time = time
    }

    /// What both say. Where neither is more than `unknown`, the later time is that of the answer, so that it does not
    /// matter in which order several are joined.
    func joined(_ other: PasswordCheck?) -> PasswordCheck {
      guard let other else { return self }
      let graver = Swift.max(self, other)
      guard graver.verdict == .unknown || graver.verdict == .old else { return graver }
      return PasswordCheck(graver.verdict, at: Swift.max(time, other.time))
    }

    public static func < (left: PasswordCheck, right: PasswordCheck) -> Bool {
      func rank(_ check: PasswordCheck) -> Int {
        Verdict.allCases.firstIndex(of: check.verdict) ?? 0
      }
      return (rank(left), left.time) < (rank(right), right.time)
    }
  }

  /// The cookies of the finding's service, as a number and what they mean; nothing of any value.
  public struct Cookies: Equatable, Sendable {
    /// How many, in the copy of the log that has most.
    public var count: Int
    /// Whether one of them is an open session, by the names of the service's rule.
    public var hasSession: Bool
    /// The latest expiry of the sessions, or of all cookies if none is one; nil if none says.
    public var latestExpiry: UTCTime?
    /// Whether that is after the theft; nil if one of the times is not known.
    public var isUnexpiredAtTheft: Bool?
    /// Whether that is after the clock of the run; nil if it is not known.
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
    /// How the record stands there, such as `labelled-blocks`.
    public var layout: String
    /// The line of the login, from 1; 0 in a database and for a count.
    public var line: Int
    /// The record in the file, from 1; 0 for a count.
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

  /// What one severity rule adds to the score.
  public struct ScorePart: Sendable {
    /// The id of the rule.
    public var rule: String
    /// May be negative.
    public var points: Int
    /// The title of the rule.
    public var text: String

    public init(rule: String, points: Int, text: String) {
      self.rule = rule
      self.points = points
      self.text = text
    }
  }

  /// `dsf1-` and 16 hexadecimal digits: the same on every night, and meaningless outside.
  public var id: String
  /// The organisation that the account belongs to.
  public var partner: String
  /// The account.
  public var account: Account
  /// Where it was saved for.
  public var service = Service()
  /// The machine from which it was stolen.
  public var infection = Infection()
  /// What else of the log exposes the service, and the person.
  public var exposure = Exposure()
  /// `stealer-log`, `browser-export` or `line-list`.
  public var source: String
  /// Whether a password stood beside the login, in at least one sighting.
  public var hasPassword: Bool
  /// Records at a service that a `service` finding counts; else 0.
  public var records = 0
  /// Of these, with a password.
  public var recordsWithPassword = 0
  /// When the password was last changed, as the list says.
  public var passwordChangedAt: UTCTime?
  /// Whether the password was changed after the theft; nil if either time is unknown.
  public var isStillExposed: Bool?
  /// Whole days from the theft to the clock of the run; negative if the log's clock was ahead.
  public var daysStolenToSeen: Int?
  /// Whether every sighting is of a record that can be split in more than one way.
  public var isDoubtful: Bool
  /// The score in a word, by the thresholds of the rules.
  public var severity = Severity.low
  /// 0 to 100.
  public var score = 0
  /// What adds up to the score; those that weigh most first.
  public var scoreParts: [ScorePart] = []
  /// What to do, in the order in which it is done.
  public var actions: [Action] = []
  /// Techniques of MITRE ATT&CK, such as `T1555.003`, that the family is known for.
  public var attack: [String] = []
  /// Sorted; at most `maxSightings` are kept.
  public var sightings: [Sighting] = []
  /// How many places there are in all; a place is a host in a file.
  public var sightingsTotal = 0

  /// What earlier nights knew of it; nil in a run without a state directory.
  public var past: Past?

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

  /// Whether a password stands there that nobody was asked about, as the run that read it had no verifier.
  var hasUnaskedPassword: Bool { hasPassword && exposure.passwordCheck == nil }

  /// What the verifier said, unless the list says that the password was changed since.
  public var standingCheck: PasswordCheck? {
    guard let check = exposure.passwordCheck, let changed = passwordChangedAt else {
      return exposure.passwordCheck
    }
    return check.time >= changed ? check : nil
  }

  /// Whether the list says that the password was changed after the theft, and the verifier that the stolen one is valid
  /// all the same.
  public var isChangeContradicted: Bool {
    guard let stolen = infection.stolenAt, let changed = passwordChangedAt, stolen < changed else {
      return false
    }
    return standingCheck?.verdict == .stillValid
  }

  /// How sure it is that the login stood there as one.
  public var confidence: String {
    if account.isAmbiguous { return "low" }
    return isDoubtful || service.host == nil ? "medium" : "high"
  }
}
