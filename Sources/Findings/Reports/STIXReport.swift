internal import Clock

extension Report {
  /// A STIX 2.1 bundle. `user-account` has no `credential`, as the standard itself advises for what is shared.
  static let stix = Report(name: "stix") { document, _ in
    STIXBundle(document).json.rendered(isPretty: true) + "\n"
  }
}

/// The objects of a bundle, each once.
private struct STIXBundle {
  private let run: FindingsDocument.Run
  private let modified: String
  private var objects: [String: JSON] = [:]
  private var order: [String] = []

  /// Versions of one object must agree on when it was made, and a run knows no earlier ones: so all were made then, and
  /// `modified` tells the night.
  private static let created = "2020-01-01T00:00:00.000Z"
  /// What STIX defines for TLP:AMBER.
  private static let amber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
  private static let author = id("identity", "dumpsieve")

  init(_ document: FindingsDocument) {
    run = document.run
    let night = document.run.asOf.text.replacing("Z", with: ".000Z")
    modified = max(night, Self.created)
    add(
      Self.amber,
      .members([
        "type": .text("marking-definition"), "spec_version": .text("2.1"), "id": .text(Self.amber),
        "created": .text("2017-01-20T00:00:00.000Z"), "definition_type": .text("tlp"),
        "name": .text("TLP:AMBER"), "definition": .members(["tlp": .text("amber")]),
      ]))
    add(
      Self.author,
      object(
        "identity", Self.author, isAuthored: false,
        ["name": .text("dumpsieve"), "identity_class": .text("system")]))
    for finding in document.findings { add(finding) }
  }

  var json: JSON {
    .members([
      "type": .text("bundle"),
      "id": .text(Self.id("bundle", "\(run.idCheck)/\(run.watchlists.map(\.partner))/\(modified)")),
      "objects": .list(order.compactMap { objects[$0] }),
    ])
  }

  private mutating func add(_ id: String, _ object: JSON) {
    if objects.updateValue(object, forKey: id) == nil { order.append(id) }
  }

  private static func id(_ type: String, _ name: String) -> String {
    "\(type)--\(NameUUID.of("stix/\(type)/\(name)"))"
  }

  /// The id of an observable follows from what makes it one, as canonical JSON.
  private static func observable(_ type: String, _ properties: [(String, String)]) -> String {
    let members = properties.sorted { $0.0 < $1.0 }
      .map { "\(canonical($0.0)):\(canonical($0.1))" }
    return
      "\(type)--\(NameUUID.of("{\(members.joined(separator: ","))}", in: NameUUID.stixObservables))"
  }

  /// A text as RFC 8785 has it; ours hold no control characters.
  private static func canonical(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private func object(
    _ type: String, _ id: String, isAuthored: Bool = true, _ members: KeyValuePairs<String, JSON?>
  ) -> JSON {
    let common = JSON.members([
      "type": .text(type), "spec_version": .text("2.1"), "id": .text(id),
      "created_by_ref": isAuthored ? .text(Self.author) : nil, "created": .text(Self.created),
      "modified": .text(modified), "object_marking_refs": .list([.text(Self.amber)]),
    ])
    guard case .object(let first) = common, case .object(let rest) = JSON.members(members) else {
      return common
    }
    return .object(first + rest)
  }

  private mutating func add(_ finding: Finding) {
    let partner = Self.id("identity", "partner/\(finding.partner)")
    add(
      partner,
      object(
        "identity", partner,
        ["name": .text(finding.partner), "identity_class": .text("organization")]))
    var observables: [String] = []
    if let account = addAccount(finding) { observables.append(account) }
    if let host = addHost(finding) { observables.append(host) }
    var subjects = [partner]
    if !observables.isEmpty {
      let observed = Self.id("observed-data", finding.id)
      // What was seen is the theft, if its time is known.
      let first = (finding.infection.stolenAt.map { min($0, run.asOf) } ?? run.asOf).text
      add(
        observed,
        object(
          "observed-data", observed,
          [
            "first_observed": .text(first), "last_observed": .text(run.asOf.text),
            "number_observed": .number(max(1, finding.sightingsTotal)),
            "object_refs": .list(observables.map { .text($0) }),
          ]))
      subjects = [observed, partner]
      addMalware(finding, observed: observed, partner: partner)
    }
    let note = Self.id("note", finding.id)
    add(
      note,
      object(
        "note", note,
        [
          "abstract": .text(
            "\(finding.title): \(finding.severity.rawValue), \(finding.score) of 100"),
          "content": .text(finding.sentences.joined(separator: "\n")),
          "confidence": .number(["low": 30, "medium": 60, "high": 90][finding.confidence] ?? 0),
          "labels": .list(
            [.text(finding.severity.rawValue), .text(finding.source)]
              + (finding.past.map { [.text($0.state.rawValue)] } ?? [])
              + finding.passwordLabels.map { .text($0) }),
          "external_references": .list([
            .members(["source_name": .text("dumpsieve"), "external_id": .text(finding.id)])
          ]),
          "object_refs": .list(subjects.map { .text($0) }),
        ]))
  }

  private mutating func addAccount(_ finding: Finding) -> String? {
    guard let user = finding.account.reference ?? finding.account.tag else { return nil }
    let login = finding.account.masked?.text
    let id = Self.observable(
      "user-account", [("user_id", user)] + (login.map { [("account_login", $0)] } ?? []))
    add(
      id,
      .members([
        "type": .text("user-account"), "spec_version": .text("2.1"), "id": .text(id),
        "object_marking_refs": .list([.text(Self.amber)]), "user_id": .text(user),
        "account_login": login.map { .text($0) },
        "display_name": .text("\(finding.accountName) (\(finding.partner))"),
        "is_privileged": .bool(finding.account.isPrivileged),
        "credential_last_changed": finding.passwordChangedAt.map { .text($0.text) },
      ]))
    return id
  }

  private mutating func addHost(_ finding: Finding) -> String? {
    guard let host = finding.webHost else { return nil }
    let type = host.isIPv4 ? "ipv4-addr" : "domain-name"
    let id = Self.observable(type, [("value", host)])
    add(
      id,
      .members([
        "type": .text(type), "spec_version": .text("2.1"), "id": .text(id),
        "object_marking_refs": .list([.text(Self.amber)]), "value": .text(host),
      ]))
    return id
  }

  private mutating func addMalware(_ finding: Finding, observed: String, partner: String) {
    guard let family = finding.infection.family else { return }
    let malware = Self.id("malware", family)
    add(
      malware,
      object(
        "malware", malware,
        [
          "name": .text(finding.infection.familyName ?? family),
          "malware_types": .list([.text("spyware")]), "is_family": .bool(true),
          "external_references": finding.infection.malpedia.map {
            .list([
              .members([
                "source_name": .text("malpedia"), "external_id": .text($0),
                "url": .text("https://malpedia.caad.fkie.fraunhofer.de/details/\($0)"),
              ])
            ])
          },
        ]))
    for technique in finding.attack {
      let pattern = Self.id("attack-pattern", technique)
      add(
        pattern,
        object(
          "attack-pattern", pattern,
          [
            "name": .text(technique),
            "external_references": .list([
              .members([
                "source_name": .text("mitre-attack"), "external_id": .text(technique),
                "url": .text(
                  "https://attack.mitre.org/techniques/\(technique.replacing(".", with: "/"))"),
              ])
            ]),
          ]))
      let uses = Self.id("relationship", "\(family)/uses/\(technique)")
      add(
        uses,
        object(
          "relationship", uses,
          [
            "relationship_type": .text("uses"), "source_ref": .text(malware),
            "target_ref": .text(pattern),
          ]))
    }
    let sighting = Self.id("sighting", finding.id)
    add(
      sighting,
      object(
        "sighting", sighting,
        [
          "count": .number(max(1, finding.sightingsTotal)), "sighting_of_ref": .text(malware),
          "observed_data_refs": .list([.text(observed)]),
          "where_sighted_refs": .list([.text(partner)]),
          "confidence": .number(
            ["low": 30, "medium": 60, "high": 90][finding.infection.familyConfidence ?? ""] ?? 0),
        ]))
  }
}
