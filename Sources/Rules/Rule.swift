/// Which stealer family wrote a log: evidence, with points.
public struct FamilyRule: Sendable {
  public enum Place: String, Sendable, CaseIterable { case text, line, file }
  public enum Order: String, Sendable, CaseIterable { case mdy, dmy, ymd }
  public struct Marker: Sendable {
    public var place: Place
    public var text: String
    public var points: Int
  }
  public struct Date: Sendable {
    public var label: String
    public var order: Order
  }
  /// One file of a log.
  public struct Example: Sendable {
    public var file: String
    public var text: String
  }

  /// Names of the file that describes the machine: a folder that holds one is a log.
  public var systemFiles: [String]
  public var malpedia: String?
  public var attack: [String]
  public var markers: [Marker]
  public var dates: [Date]
  public var examples: [Example]
  public var negativeExamples: [Example]
}

/// What labels mean.
public struct LabelsRule: Sendable {
  public struct Example: Sendable {
    public var line: String
    public var meaning: String
  }

  /// Label and class, in the order of the file.
  public var labels: [(label: String, meaning: String)]
  public var examples: [Example]
  public var negativeExamples: [Example]
}

/// How one sees that a folder is a log, by names; all but the examples' are patterns.
public struct LogShapeRule: Sendable {
  /// A folder: its name, and the names of what stands directly in it.
  public struct Example: Sendable {
    public var name: String
    public var files: [String]
    public var folders: [String]
  }

  /// What logs' folders are called.
  public var names: [String]
  /// Folders that stand in logs and hardly anywhere else.
  public var signs: [String]
  /// Browsers' and profiles' folders, which are never logs.
  public var browsers: [String]
  /// Other folders that stand in logs.
  public var inside: [String]
  public var passwordFiles: [String]
  /// Files that hold no credentials, whoever wrote them, and are not opened.
  public var unopened: [String]
  public var examples: [Example]
  public var negativeExamples: [Example]

  /// Every pattern, for checks.
  public var patterns: [String] { names + signs + browsers + inside + passwordFiles + unopened }
}

/// A service on which an account opens doors.
public struct ServiceRule: Sendable {
  public var level: Level
  /// Normalised host names; a host matches if it is one or lies below one.
  public var hosts: [String]
  /// Package names of Android apps, matched whole.
  public var apps: [String]
  /// Names of the cookies that are an open session; `*` at the end stands for anything.
  public var sessionCookies: [String]
  /// What data the service shows, for people.
  public var reach: [String]
  /// The same in French, line by line; empty if it is not given.
  public var frenchReach: [String]
  public var examples: [String]
  public var negativeExamples: [String]
}

/// How much a service, or a finding, matters.
public enum Level: String, Sendable, CaseIterable {
  case low, medium, high, critical
}

/// One part of a finding's score.
public struct SeverityRule: Sendable {
  /// What became of a service's session that the log of a theft holds, as of the scan.
  public enum SessionCookie: String, Sendable, CaseIterable {
    case live, expired
    /// There is one, and nothing says when it ends.
    case unknown
    case absent = "none"
  }

  /// What is known of a finding; a condition on something unknown does not hold.
  public struct Facts: Sendable, Equatable {
    public var source: String?
    public var stolenDaysAgo: Int?
    public var isBeforePasswordChange: Bool?
    public var serviceLevel: Level?
    public var isPrivileged: Bool?
    public var match: String?
    public var hasPassword: Bool?
    public var hasHost: Bool?
    public var isDoubtful: Bool?
    public var sessionCookie: SessionCookie?
    public var isDomainListed: Bool?
    /// Whether the same password stands at another site of the log.
    public var isPasswordElsewhere: Bool?
    /// What the operator's verifier said: `still-valid`, `old`, `unknown` or `no-answer`.
    public var passwordCheck: String?

    /// Whether a session was stolen that may still be open; what is not known of its end counts as that.
    public var isSessionOpen: Bool { sessionCookie == .live || sessionCookie == .unknown }

    public init() {}
  }

  /// The conditions, all of which must hold.
  public struct Conditions: Sendable {
    public var source: String?
    public var stolenWithinDays: Int?
    public var stolenAfterDays: Int?
    public var beforePasswordChange: Bool?
    public var serviceLevel: Level?
    public var privileged: Bool?
    public var match: String?
    public var password: Bool?
    public var host: Bool?
    public var doubtful: Bool?
    public var sessionCookie: SessionCookie?
    public var openSession: Bool?
    public var domainListed: Bool?
    public var passwordElsewhere: Bool?
    public var passwordCheck: String?

    /// Whether all conditions hold. A theft dated after the scan counts as one of today.
    public func hold(for facts: Facts) -> Bool {
      func agrees<Value: Equatable>(_ wanted: Value?, _ given: Value?) -> Bool {
        wanted == nil || wanted == given
      }
      let age = facts.stolenDaysAgo.map { max(0, $0) }
      let isWithin = stolenWithinDays.map { limit in age.map { $0 <= limit } ?? false } ?? true
      let isAfter = stolenAfterDays.map { limit in age.map { $0 > limit } ?? false } ?? true
      return isWithin && isAfter && agrees(source, facts.source)
        && agrees(beforePasswordChange, facts.isBeforePasswordChange)
        && agrees(serviceLevel, facts.serviceLevel) && agrees(privileged, facts.isPrivileged)
        && agrees(match, facts.match) && agrees(password, facts.hasPassword)
        && agrees(host, facts.hasHost) && agrees(doubtful, facts.isDoubtful)
        && agrees(sessionCookie, facts.sessionCookie)
        && agrees(openSession, facts.isSessionOpen)
        && agrees(domainListed, facts.isDomainListed)
        && agrees(passwordElsewhere, facts.isPasswordElsewhere)
        && agrees(passwordCheck, facts.passwordCheck)
    }
  }

  public var points: Int
  public var when: Conditions
  public var frenchTitle: String?
  /// What would make the part smaller or go, for people.
  public var lower: String?
  public var frenchLower: String?
  public var examples: [Facts]
  public var negativeExamples: [Facts]
}

/// Something to do about a finding.
public struct ActionRule: Sendable {
  /// Why it is to be done; a finding has those whose conditions hold.
  public struct Reason: Sendable {
    public var id: String
    public var when: SeverityRule.Conditions
    public var text: String
    public var frenchText: String?
  }

  /// What is done first has the smaller number.
  public var order: Int
  /// How soon, from when the finding was first seen; such as `PT4H` or `P2D`.
  public var within: String
  /// Where these conditions hold, it is not to be done.
  public var unless: SeverityRule.Conditions?
  public var frenchTitle: String?
  /// How it is done.
  public var text: String
  public var frenchText: String?
  public var reasons: [Reason]
  public var examples: [SeverityRule.Facts]
  public var negativeExamples: [SeverityRule.Facts]

  /// The ids of the reasons that hold; if there is none, it is not to be done.
  public func reasons(for facts: SeverityRule.Facts) -> [String] {
    if let unless, unless.hold(for: facts) { return [] }
    return reasons.filter { $0.when.hold(for: facts) }.map(\.id)
  }

  /// The length of a time such as `PT4H` or `P2D`, in seconds; nil if it is none of hours or days.
  public static func seconds(_ text: String) -> Int? {
    let isHours = text.hasPrefix("PT") && text.hasSuffix("H")
    guard isHours || text.hasPrefix("P") && text.hasSuffix("D"),
      let count = Int(text.dropFirst(isHours ? 2 : 1).dropLast()), (1...1000).contains(count)
    else { return nil }
    return count * (isHours ? 3600 : 86_400)
  }
}

/// The lowest scores of the words for severity.
public struct Thresholds: Sendable, Equatable {
  public var critical: Int
  public var high: Int
  public var medium: Int

  public func level(of score: Int) -> Level {
    if score >= critical { return .critical }
    if score >= high { return .high }
    return score >= medium ? .medium : .low
  }
}

/// One rule file.
public struct Rule: Sendable {
  public enum Content: Sendable {
    case family(FamilyRule)
    case labels(LabelsRule)
    case logShape(LogShapeRule)
    case service(ServiceRule)
    case severity(SeverityRule)
    case action(ActionRule)
    case thresholds(Thresholds)
  }

  public var id: String
  public var title: String
  public var path: String
  /// The kind, as rule files name it.
  public var kind: String
  public var content: Content
  /// How many examples of both kinds it carries.
  public var exampleCount: Int
}
