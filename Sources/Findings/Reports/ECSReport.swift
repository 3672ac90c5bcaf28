internal import Clock

extension Report {
  /// One finding a line, as an alert of the Elastic Common Schema.
  static let ecs = Report(name: "ecs") { document, _ in
    document.findings.map { $0.ecs(document.run).rendered(isPretty: false) + "\n" }.joined()
  }
}

extension Finding {
  fileprivate func ecs(_ run: FindingsDocument.Run) -> JSON {
    let user = account.reference ?? account.tag
    return .members([
      "@timestamp": .text(run.asOf.text),
      "ecs": .members(["version": .text("9.0.0")]),
      "message": .text("\(title) (\(partner))"),
      "event": .members([
        "kind": .text("alert"), "category": .list([.text("threat")]),
        "type": .list([.text("indicator")]), "module": .text("dumpsieve"),
        "dataset": .text("dumpsieve.findings"), "provider": .text("dumpsieve"), "id": .text(id),
        "severity": .number(severity.rank + 1), "risk_score": .number(score),
        "start": infection.stolenAt.map { .text($0.text) },
        "created": .text(run.firstSeen(self).text),
        "action": past.map { .text($0.state.rawValue) },
        "reason": .text(sentences.joined(separator: " ")),
      ]),
      "rule": .members(["id": .list(scoreParts.map { .text($0.rule) })]),
      "organization": .members(["id": .text(partner)]),
      "user": user.map {
        .members(["id": .text($0), "domain": account.masked.map { .text($0.domain) }])
      },
      "related": .members([
        "user": user.map { .list([.text($0)]) },
        "hosts": service.host.map { .list([.text($0)]) },
      ]),
      "service": service.name.map { .members(["name": .text($0)]) },
      "url": service.host.map {
        .members(["domain": .text($0), "registered_domain": service.domain.map { .text($0) }])
      },
      "host": infection.deviceID.map { device in
        .members([
          "id": .text(device),
          "os": infection.os.map { .members(["full": .text($0.text)]) },
          "geo": infection.country.map { .members(["country_iso_code": .text($0.text)]) },
        ])
      },
      "threat": attack.isEmpty && infection.familyName == nil
        ? nil
        : .members([
          "framework": .text("MITRE ATT&CK"),
          "technique": attack.isEmpty
            ? nil : .members(["id": .list(attack.map { .text($0) })]),
          "software": infection.familyName.map {
            .members(["name": .text($0), "type": .text("Malware")])
          },
        ]),
      "labels": labels,
    ])
  }

  /// Keywords, as ECS wants no deeper members there.
  private var labels: JSON {
    func word(_ truth: Bool?) -> JSON? { truth.map { .text($0 ? "true" : "false") } }
    return .members([
      "state": past.map { .text($0.state.rawValue) },
      "suppressed": word(past.map { $0.suppression != nil }),
      "severity": .text(severity.rawValue), "confidence": .text(confidence),
      "match": .text(account.match.rawValue), "source": .text(source),
      "privileged": word(account.isPrivileged), "password_present": word(hasPassword),
      "password_check": standingCheck.map { .text($0.verdict.rawValue) },
      "password_other_sites": exposure.otherSites.map { .text(String($0)) },
      "still_exposed": word(isStillExposed),
      "session_stolen": word(exposure.cookies?.hasSession),
      "session_unexpired": word(exposure.cookies?.isUnexpiredAtScan),
      "build_id": infection.buildID.map { .text($0.text) },
      "seller": infection.seller.map { .text($0.text) },
      "sightings": .text(String(sightingsTotal)),
    ])
  }
}

extension SafeText {
  /// Of a masked login `…@formation.example` the mail domain.
  var domain: String { String(text.drop { $0 != "@" }.dropFirst()) }
}
