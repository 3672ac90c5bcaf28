internal import Clock

extension Report {
  /// One MISP event: for each finding a credential and a user account, the infected machine, and an annotation.
  ///
  /// No object has a password attribute; and a cookie is told in words, as MISP's object for one demands its value.
  static let misp = Report(name: "misp") { document, _ in
    JSON.members(["Event": MISPEvent(document).json]).rendered(isPretty: true) + "\n"
  }
}

private struct MISPEvent {
  let json: JSON

  init(_ document: FindingsDocument) {
    let run = document.run
    let partners = document.partners.joined(separator: ", ")
    // The event of an installation and its lists, whichever night it is and whoever is found on it: a second import updates
    // it. A digest for a partner of somebody else's list has no list, and is that partner's.
    let owners = Set(run.watchlists.map(\.partner)).sorted().joined(separator: ", ")
    let uuid = NameUUID.of("misp/event/\(run.idCheck)/\(owners.isEmpty ? partners : owners)")
    let devices = Self.devices(document)
    let objects =
      devices.values.sorted { $0.id < $1.id }.map { $0.json(run) }
      + document.findings.flatMap { Self.objects($0, devices, run) }
    json = .members([
      "uuid": .text(uuid), "info": .text("Stolen accounts of \(partners) in infostealer logs"),
      "date": .text(String(run.asOf.text.prefix(10))),
      "timestamp": .text(String(run.asOf.seconds)),
      "threat_level_id": .text(Self.threatLevel(document)),
      // 1: ongoing.
      "analysis": .text("1"),
      // 0: the own organisation only; who shares more decides it there.
      "distribution": .text("0"), "published": .bool(false),
      "Tag": .list(Self.tags(document).map { .members(["name": .text($0)]) }),
      "Object": .list(objects),
    ])
  }

  /// 1 high, 2 medium, 3 low, 4 undefined; of what is left to do.
  private static func threatLevel(_ document: FindingsDocument) -> String {
    switch document.findings.filter(\.isOpen).map(\.severity).max() {
    case .critical, .high: "1"
    case .medium: "2"
    case .low: "3"
    case nil: "4"
    }
  }

  private static func withoutQuotes(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\"" ? "'" : $0 }))
  }

  private static func tags(_ document: FindingsDocument) -> [String] {
    let isPrivileged = document.findings.contains { $0.account.isPrivileged }
    let kind = isPrivileged ? "privileged" : "unprivileged"
    let families = Set(document.findings.compactMap(\.infection.familyName)).sorted()
    return [
      "tlp:amber", "rsit:intrusions=\"\(kind)-account-compromise\"",
      "infoleak:automatic-detection=\"credential\"",
    ] + families.map { "misp-galaxy:malpedia=\"\(withoutQuotes($0))\"" }
  }

  /// A machine, with its facts of the finding that tells most.
  private struct Device {
    var id: String
    var infection: Finding.Infection

    var uuid: String { NameUUID.of("misp/device/\(id)") }

    func json(_ run: FindingsDocument.Run) -> JSON {
      MISPObject.device.json(
        uuid: uuid, run, comment: "An infected machine",
        [
          .init("name", "text", .text(id)), .init("OS", "text", .optional(infection.os?.text)),
          .init("status", "text", .text("Infected")),
          .init("perspective", "text", .text("Victim")),
          .init(
            "description", "text",
            .text(
              infection.familyName.map { "Infected with \($0)" } ?? "Infected with a stealer")),
          .init("analysis-date", "datetime", .optional(infection.stolenAt?.text)),
        ])
    }
  }

  private static func devices(_ document: FindingsDocument) -> [String: Device] {
    var devices: [String: Device] = [:]
    for finding in document.findings {
      guard let id = finding.infection.deviceID, devices[id] == nil else { continue }
      devices[id] = Device(id: id, infection: finding.infection)
    }
    return devices
  }

  private static func objects(
    _ finding: Finding, _ devices: [String: Device], _ run: FindingsDocument.Run
  ) -> [JSON] {
    let note = MISPObject.annotation.json(
      uuid: NameUUID.of("misp/annotation/\(finding.id)"), run, comment: finding.id,
      [
        .init("text", "text", .text(text(finding))), .init("type", "text", .text("Annotation")),
        .init("format", "text", .text("text")),
        .init("modification-date", "datetime", .text(run.asOf.text)),
      ])
    guard finding.account.match != .service else { return [note] }
    let accountID = NameUUID.of(
      "misp/user-account/\(finding.partner)/\(finding.account.reference ?? finding.account.tag ?? "")"
        + "/\(finding.id)")
    let account = MISPObject.userAccount.json(
      uuid: accountID, run, comment: "\(finding.partner): the partner's reference, no login",
      [
        .init("user-id", "text", .optional(finding.account.reference ?? finding.account.tag)),
        .init("display-name", "text", .text(finding.accountName)),
        .init("privileged", "boolean", .text(finding.account.isPrivileged ? "1" : "0")),
        .init("password_last_changed", "datetime", .optional(finding.passwordChangedAt?.text)),
      ])
    var references = [(accountID, "belongs-to")]
    if let device = finding.infection.deviceID.flatMap({ devices[$0] }) {
      references.append((device.uuid, "extracted-from"))
    }
    let credential = MISPObject.credential.json(
      uuid: NameUUID.of("misp/credential/\(finding.id)"), run,
      comment: "\(finding.id); no password is ever exported",
      [
        .init(
          "username", "text", .text(finding.accountName),
          tags: finding.passwordLabels.map { "dumpsieve:\($0)" }),
        // Saved forms may be without one.
        .init("type", "text", .optional(finding.hasPassword ? "password" : nil)),
        .init("format", "text", .text("unknown")),
        .init("origin", "text", .text("leak")),
        .init("notification", "text", .text(isNotified(finding) ? "victim-notified" : "none")),
        .init("use-at", "link", .optional(finding.webHost.map { "https://\($0)/" })),
        .init("text", "text", .text(finding.title)),
      ], references: references)
    return [credential, account, note]
  }

  private static func isNotified(_ finding: Finding) -> Bool {
    finding.past?.marks.contains { $0.name == .notified } ?? false
  }

  private static func text(_ finding: Finding) -> String {
    let parts = finding.scoreParts.map { "\($0.signedPoints) \($0.text)" }
    let techniques = finding.attack.joined(separator: ", ")
    return
      ([
        "\(finding.title): \(finding.severity.rawValue), \(finding.score) of 100."
      ] + finding.sentences
      + [
        "Score: \(parts.joined(separator: "; ")).",
        techniques.isEmpty ? nil : "ATT&CK: \(techniques).",
        "Seen in \(finding.sightingsTotal) place(s): "
          + finding.places(most: 5).joined(separator: "; ") + ".",
      ].compactMap { $0 }).joined(separator: "\n")
  }
}

/// A template of MISP's objects, with the version that we fill.
private struct MISPObject: Sendable {
  var name: String
  var template: String
  var version: String

  static let credential = MISPObject(
    name: "credential", template: "a27e98c9-9b0e-414c-8076-d201e039ca09", version: "5")
  static let userAccount = MISPObject(
    name: "user-account", template: "49606b06-22f0-4ac8-8eee-2f12ad46f3d3", version: "6")
  static let device = MISPObject(
    name: "device", template: "0c64b41a-e583-4f4d-ac92-d484163b9e52", version: "10")
  static let annotation = MISPObject(
    name: "annotation", template: "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487", version: "3")

  struct Attribute {
    var relation: String
    var type: String
    var value: JSON
    var tags: [String]

    init(_ relation: String, _ type: String, _ value: JSON, tags: [String] = []) {
      self.relation = relation
      self.type = type
      self.value = value
      self.tags = tags
    }
  }

  /// The object with those attributes that have a value.
  func json(
    uuid: String, _ run: FindingsDocument.Run, comment: String, _ attributes: [Attribute],
    references: [(uuid: String, kind: String)] = []
  ) -> JSON {
    let timestamp = JSON.text(String(run.asOf.seconds))
    let filled = attributes.filter { $0.value != .null }.map { attribute in
      JSON.members([
        "uuid": .text(NameUUID.of("misp/attribute/\(uuid)/\(attribute.relation)")),
        "object_relation": .text(attribute.relation), "type": .text(attribute.type),
        "category": .text(attribute.type == "link" ? "External analysis" : "Other"),
        "value": attribute.value, "to_ids": .bool(false), "disable_correlation": .bool(false),
        "timestamp": timestamp,
        "Tag": attribute.tags.isEmpty
          ? nil : .list(attribute.tags.map { .members(["name": .text($0)]) }),
      ])
    }
    return .members([
      "uuid": .text(uuid), "name": .text(name), "meta-category": .text("misc"),
      "description": .text("Written by dumpsieve"), "template_uuid": .text(template),
      "template_version": .text(version), "timestamp": timestamp, "distribution": .text("5"),
      "comment": .text(comment), "Attribute": .list(filled),
      "ObjectReference": references.isEmpty
        ? nil
        : .list(
          references.map { reference in
            .members([
              "uuid": .text(NameUUID.of("misp/reference/\(uuid)/\(reference.uuid)")),
              "object_uuid": .text(uuid), "referenced_uuid": .text(reference.uuid),
              "relationship_type": .text(reference.kind), "timestamp": timestamp,
            ])
          }),
    ])
  }
}
