public import Clock

/// A finding as a document told it, with what the document worked out: for whoever looks at the store without key and lists.
public struct ToldFinding: Sendable {
  public var id: String
  public var state: Finding.Past.State
  public var severity: Severity
  public var partner: String
  /// What stands for the account: the partner's reference, the masked login, or the tag.
  public var account: String
  /// The service's name, or its host, or empty.
  public var service: String
  public var firstSeen: UTCTime
  public var lastSeen: UTCTime
  /// All of it.
  public var json: JSON

  /// Reads what `Finding.fragment` wrote of a finding with a history; nil if it is none.
  public init?(_ text: String) {
    guard let json = try? JSONReader.value(Array(text.utf8)),
      let finding = try? DocumentMembers(json, ""), let read = try? Self(finding, json)
    else { return nil }
    self = read
  }

  private init(_ finding: DocumentMembers, _ json: JSON) throws(DocumentFault) {
    self.json = json
    id = try finding.text("id")
    state = Finding.Past.State(rawValue: try finding.text("state")) ?? .ongoing
    severity = Severity(rawValue: try finding.text("severity")) ?? .low
    partner = try finding.text("partner")
    let account = try finding.members("account")
    let names = [
      try account.optionalText("ref"), try account.optionalText("login"),
      try account.optionalText("tag").map { String($0.prefix(16)) },
    ]
    self.account = names.compactMap { $0 }.first ?? "several"
    let service = try finding.members("service")
    let services = [try service.optionalText("name"), try service.optionalText("host")]
    self.service = services.compactMap { $0 }.first ?? ""
    let history = try finding.members("history")
    firstSeen = try history.time("first_seen")
    lastSeen = try history.time("last_seen")
  }
}
