/// The languages in which people are told what a run found.
public enum Language: String, Sendable, CaseIterable {
  case en, fr

  /// The text as it is set in the language: in French, no line begins with a colon or semicolon.
  func set(_ text: String) -> String {
    guard self == .fr else { return text }
    var text = text
    for mark in [":", ";", "?", "!", "»"] {
      text = text.replacing(" " + mark, with: "\u{A0}" + mark)
    }
    return text.replacing("« ", with: "«\u{A0}")
  }
}

/// A text in every language.
public struct Words: Equatable, Sendable {
  public var en: String
  public var fr: String

  /// What has no French yet stays English.
  public init(en: String, fr: String?) {
    self.en = en
    self.fr = fr ?? en
  }

  public func text(_ language: Language) -> String { language.set(language == .fr ? fr : en) }
}

extension Finding {
  /// Something to do about a finding; what it says in words stands in `FindingsDocument.Texts`.
  public struct Action: Equatable, Sendable {
    /// The id of its rule, such as `act.end-sessions`.
    public var rule: String
    /// How soon, from when the finding was first seen: hours or days, such as `PT4H` or `P2D`.
    public var within: String
    /// Why, by ids of the rule; never empty.
    public var reasons: [String]

    public init(rule: String, within: String, reasons: [String]) {
      self.rule = rule
      self.within = within
      self.reasons = reasons
    }

    /// `within`, in seconds; 0 for what is none. At most 1000 days.
    public var seconds: Int { Self.seconds(within) ?? 0 }

    static func seconds(_ within: String) -> Int? {
      let bytes = Array(within.utf8)
      let isHours = bytes.starts(with: "PT".utf8) && bytes.last == UInt8(ascii: "H")
      let isDays = bytes.first == UInt8(ascii: "P") && bytes.last == UInt8(ascii: "D")
      let digits = bytes.dropFirst(isHours ? 2 : 1).dropLast()
      guard isHours || isDays, !digits.isEmpty else { return nil }
      var count = 0
      for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        count = min(1000, count * 10 + Int(digit - UInt8(ascii: "0")))
      }
      return count * (isHours ? 3600 : 86_400)
    }
  }
}

extension FindingsDocument {
  /// What the rules say, in words, of that which its findings name: so that a document can be read by people without the rules of
  /// the run.
  public struct Texts: Equatable, Sendable {
    public struct Action: Equatable, Sendable {
      public var title: Words
      /// How it is done.
      public var text: Words
      /// By the ids of the reasons.
      public var reasons: [String: Words]

      public init(title: Words, text: Words, reasons: [String: Words]) {
        self.title = title
        self.text = text
        self.reasons = reasons
      }
    }

    /// By the rules' ids, in the order in which they are done.
    public var actions: [(rule: String, action: Action)] = []
    /// The parts of scores, by the rules' ids.
    public var scoreParts: [String: ScorePart] = [:]
    /// The lowest scores of `critical`, `high` and `medium`; empty in documents of earlier versions.
    public var thresholds: [Int] = []
    /// What data the services show, by the rules' ids.
    public var reach: [String: [Words]] = [:]

    public struct ScorePart: Equatable, Sendable {
      public var title: Words
      /// What would make it smaller, or go.
      public var lower: Words?

      public init(title: Words, lower: Words?) {
        self.title = title
        self.lower = lower
      }
    }

    public init() {}

    /// The word for a score; nil if the document does not tell.
    func severity(of score: Int) -> Severity? {
      guard thresholds.count == 3 else { return nil }
      return zip(thresholds, [Severity.critical, .high, .medium]).first { score >= $0.0 }?.1 ?? .low
    }

    public func action(_ rule: String) -> Action? { actions.first { $0.rule == rule }?.action }

    public static func == (left: Texts, right: Texts) -> Bool {
      left.actions.map(\.rule) == right.actions.map(\.rule)
        && left.actions.map(\.action) == right.actions.map(\.action)
        && left.scoreParts == right.scoreParts && left.thresholds == right.thresholds
        && left.reach == right.reach
    }
  }
}

extension Words {
  var json: JSON { .members(["en": .text(en), "fr": .text(fr)]) }

  init(_ words: DocumentMembers) throws(DocumentFault) {
    self.init(en: try words.text("en"), fr: try words.text("fr"))
  }
}

extension Finding.Action {
  var json: JSON {
    .members([
      "rule": .text(rule), "within": .text(within), "reasons": .list(reasons.map { .text($0) }),
    ])
  }

  init(_ action: DocumentMembers) throws(DocumentFault) {
    let within = try action.text("within")
    guard Self.seconds(within) != nil else { throw action.fault("within", "is no hours or days") }
    self.init(
      rule: try action.text("rule"), within: within,
      reasons: try action.texts("reasons", most: 100))
  }
}

extension FindingsDocument.Texts {
  var json: JSON {
    .members([
      "actions": .list(
        actions.map { rule, action in
          .members([
            "rule": .text(rule), "title": action.title.json, "text": action.text.json,
            "reasons": .list(
              action.reasons.sorted { $0.key < $1.key }.map { id, words in
                .members(["id": .text(id), "text": words.json])
              }),
          ])
        }),
      "score_parts": .list(
        scoreParts.sorted { $0.key < $1.key }.map { rule, words in
          .members([
            "rule": .text(rule), "text": words.title.json, "lower": words.lower?.json,
          ])
        }),
      "thresholds": .list(thresholds.map { .number($0) }),
      "reach": .list(
        reach.sorted { $0.key < $1.key }.map { rule, lines in
          .members(["rule": .text(rule), "data": .list(lines.map(\.json))])
        }),
    ])
  }

  init(_ texts: DocumentMembers) throws(DocumentFault) {
    for entry in try texts.list("actions", most: 1000) {
      var reasons: [String: Words] = [:]
      for reason in try entry.list("reasons", most: 100) {
        reasons[try reason.text("id")] = try Words(reason.members("text"))
      }
      let action = Action(
        title: try Words(entry.members("title")), text: try Words(entry.members("text")),
        reasons: reasons)
      actions.append((try entry.text("rule"), action))
    }
    for entry in try texts.list("score_parts", most: 10_000) {
      scoreParts[try entry.text("rule")] = ScorePart(
        title: try Words(entry.members("text")),
        lower: entry.has("lower") ? try Words(entry.members("lower")) : nil)
    }
    thresholds = try texts.numbers("thresholds", most: 3)
    for entry in try texts.list("reach", most: 10_000) {
      var lines: [Words] = []
      for line in try entry.list("data", most: 100) { lines.append(try Words(line)) }
      reach[try entry.text("rule")] = lines
    }
  }
}
