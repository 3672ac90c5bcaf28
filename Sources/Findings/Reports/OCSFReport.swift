internal import Clock

extension Report {
  /// One finding a line, as a Detection Finding (class 2004) of OCSF 1.8.
  static let ocsf = Report(name: "ocsf") { document, _ in
    document.findings.map { $0.ocsf(document.run).rendered(isPretty: false) + "\n" }.joined()
  }
}

extension UTCTime {
  fileprivate var milliseconds: JSON { .number(Int(seconds) * 1000) }
}

extension Finding {
  fileprivate func ocsf(_ run: FindingsDocument.Run) -> JSON {
    let activity = activity
    let status = status
    return .members([
      "activity_id": .number(activity.id), "activity_name": .text(activity.name),
      "category_uid": .number(2), "category_name": .text("Findings"),
      "class_uid": .number(2004), "class_name": .text("Detection Finding"),
      "type_uid": .number(200_400 + activity.id),
      "type_name": .text("Detection Finding: \(activity.name)"),
      "time": run.firstSeen(self).milliseconds,
      "severity_id": .number(severity.rank + 2),
      "severity": .text(severity.rawValue.capitalizedWord),
      "confidence_id": .number(["low": 1, "medium": 2, "high": 3][confidence] ?? 0),
      "confidence": .text(confidence.capitalizedWord), "risk_score": .number(score),
      "risk_details": .text(
        scoreParts.map { "\($0.signedPoints) \($0.text)" }
          .joined(separator: "; ")),
      "status_id": .number(status.id), "status": .text(status.name), "is_alert": .bool(isOpen),
      "message": .text("\(title) (\(partner))"),
      "metadata": .members([
        "version": .text("1.8.0"), "uid": .text("\(id)/\(run.asOf.text)"),
        "product": .members([
          "name": .text("dumpsieve"), "vendor_name": .text("dumpsieve"),
          "version": .text(run.version),
        ]),
      ]),
      "finding_info": findingInfo, "evidences": evidences,
      "resources": .list([
        .members([
          "type": .text("service"), "name": .text(serviceName),
          "uid": .optional(service.rule ?? service.host ?? "unknown"),
          "criticality": service.level.map { .text($0.rawValue) },
        ])
      ]),
      "malware": infection.familyName.map { name in
        .list([
          .members([
            // 17: spyware, which is where OCSF puts what steals credentials.
            "classification_ids": .list([.number(17)]),
            "classifications": .list([.text("Spyware")]), "name": .text(name),
            "uid": .optional(infection.malpedia ?? infection.family),
          ])
        ])
      },
      "unmapped": .members([
        "partner": .text(partner), "account_match": .text(account.match.rawValue),
        "account_tag": .optional(account.tag), "source": .text(source),
        "password_present": .bool(hasPassword),
        "password_check": .optional(standingCheck?.verdict.rawValue),
        "password_other_sites": exposure.otherSites.map { .number($0) } ?? .null,
        "password_changed_at": .optional(passwordChangedAt?.text),
        "still_exposed": isStillExposed.map { .bool($0) } ?? .null,
        "session_stolen": .bool(exposure.cookies?.hasSession ?? false),
        "session_expires": .optional(exposure.cookies?.latestExpiry?.text),
        "build_id": .optional(infection.buildID?.text),
        "seller": .optional(infection.seller?.text), "sightings": .number(sightingsTotal),
      ]),
    ])
  }

  private var activity: (id: Int, name: String) {
    switch past?.state {
    case nil, .new?, .reopened?: (1, "Create")
    case .ongoing?: (2, "Update")
    case .resolved?: (3, "Close")
    }
  }

  private var status: (id: Int, name: String) {
    if past?.suppression != nil { return (3, "Suppressed") }
    switch past?.state {
    case .resolved?: return (4, "Resolved")
    case .ongoing? where past?.marks.isEmpty == false: return (2, "In Progress")
    default: return (1, "New")
    }
  }

  private var findingInfo: JSON {
    .members([
      "uid": .text(id), "title": .text(title), "desc": .text(sentences.joined(separator: " ")),
      "types": .list([.text("Stolen account")]),
      "first_seen_time": past.map { $0.firstSeen.milliseconds },
      "last_seen_time": past.map { $0.lastSeen.milliseconds },
      "analytic": .members([
        // 1: a rule.
        "type_id": .number(1), "type": .text("Rule"), "name": .text("dumpsieve watchlist match"),
        "uid": .text("dumpsieve.\(account.match.rawValue)"),
      ]),
      "attacks": attack.isEmpty ? nil : .list(attack.map(Self.technique)),
      "data_sources": .list([.text(source)]),
    ])
  }

  private static func technique(_ uid: String) -> JSON {
    let parent = String(uid.prefix { $0 != "." })
    return .members([
      "technique": .members(["uid": .text(parent)]),
      "sub_technique": parent == uid ? nil : .members(["uid": .text(uid)]),
    ])
  }

  private var evidences: JSON {
    let user: JSON? = (account.reference ?? account.tag).map {
      .members([
        "uid": .text($0), "name": .text(accountName), "org": .members(["name": .text(partner)]),
      ])
    }
    return .list([
      .members([
        "user": user,
        "url": webHost.map {
          .members(["url_string": .text("https://\($0)/"), "hostname": .text($0)])
        },
        "device": infection.deviceID.map { device in
          .members([
            "type_id": .number(0), "uid": .text(device),
            "os": infection.os.map { .members(["name": .text($0.text), "type_id": .number(0)]) },
          ])
        },
        "data": .members(["places": .list(places(most: 10).map { .text($0) })]),
      ])
    ])
  }
}
