public import Clock

extension Finding {
  /// What earlier nights knew of a finding, and what the operator said of it.
  public struct Past: Equatable, Sendable {
    /// Where it stands since the last document.
    public enum State: String, Sendable, CaseIterable {
      /// No document has told it.
      case new
      case ongoing
      /// It was resolved, and was stolen again since.
      case reopened
      /// Nothing is left to do; the last document that has it says so once.
      case resolved
    }

    /// Why a finding is resolved.
    public enum Resolution: String, Sendable {
      /// The list says that the password was changed after the theft, and no session of the service lives on.
      case passwordChanged = "password-changed"
      /// The operator said so (`findings set ID reset-done`), and it was not stolen again since.
      case operatorSaidSo = "reset-done"
      /// The account is on the partner's list no more.
      case unlisted
      /// What was read before was read again, and does not tell it: rules or program know better.
      case withdrawn
    }

    /// What the operator has done, as he said.
    public struct Mark: Equatable, Sendable {
      public enum Name: String, Sendable, CaseIterable {
        case notified, acknowledged
        case resetDone = "reset-done"
      }

      public var name: Name
      public var at: UTCTime
      public var author: String

      public init(name: Name, at: UTCTime, author: String) {
        self.name = name
        self.at = at
        self.author = author
      }
    }

    /// A finding that is known, and not to be told by the exit status.
    public struct Suppression: Equatable, Sendable {
      public var reason: String
      public var author: String
      /// It ends by itself then.
      public var until: UTCTime

      public init(reason: String, author: String, until: UTCTime) {
        self.reason = reason
        self.author = author
        self.until = until
      }
    }

    public var state: State
    public var firstSeen: UTCTime
    /// The last night on which it stood in a dump.
    public var lastSeen: UTCTime
    public var resolution: Resolution?
    /// By their names.
    public var marks: [Mark]
    /// Nil if there is none, or if it has ended.
    public var suppression: Suppression?

    public init(
      state: State, firstSeen: UTCTime, lastSeen: UTCTime, resolution: Resolution? = nil,
      marks: [Mark] = [], suppression: Suppression? = nil
    ) {
      self.state = state
      self.firstSeen = firstSeen
      self.lastSeen = lastSeen
      self.resolution = resolution
      self.marks = marks
      self.suppression = suppression
    }
  }

  /// Whether somebody must act on it: neither resolved nor suppressed.
  public var isOpen: Bool { past.map { $0.state != .resolved && $0.suppression == nil } ?? true }

  /// Whether somebody must act on it who was not told before, as far as is remembered.
  public var isNews: Bool {
    isOpen && (past.map { $0.state == .new || $0.state == .reopened } ?? true)
  }

  /// The beginning of an id as an operator names it, with `dsf1-` or without.
  public static func wholeID(_ id: String) -> String { id.hasPrefix("dsf1-") ? id : "dsf1-" + id }
}

extension FindingsDocument.Run {
  /// When a finding was first seen: by this run, if nothing remembers earlier ones.
  func firstSeen(_ finding: Finding) -> UTCTime { finding.past?.firstSeen ?? asOf }

  /// Until when an action should be done.
  func deadline(_ action: Finding.Action, of finding: Finding) -> UTCTime {
    UTCTime(seconds: firstSeen(finding).seconds + Int64(action.seconds))
  }
}

extension Finding.Past {
  var json: JSON {
    .members([
      "first_seen": .text(firstSeen.text), "last_seen": .text(lastSeen.text),
      "resolved_by": .optional(resolution?.rawValue),
      "marks": .list(
        marks.map {
          .members([
            "mark": .text($0.name.rawValue), "at": .text($0.at.text), "by": .text($0.author),
          ])
        }),
      "suppressed": suppression.map {
        .members([
          "reason": .text($0.reason), "by": .text($0.author), "until": .text($0.until.text),
        ])
      } ?? .null,
    ])
  }
}
