internal import Clock

extension Report {
  /// The findings document; `dumpsieve schema findings` prints its schema.
  static let json = Report(name: "json") { document, _ in
    JSON.members([
      "schema": .text(FindingsDocument.schemaURL),
      "schema_version": .text(FindingsDocument.schemaVersion),
      "run": document.run.json(document),
      "findings": .list(document.findings.map(\.json)),
    ]).rendered(isPretty: true) + "\n"
  }

  /// One finding a line, then one line with the run.
  static let jsonLines = Report(name: "jsonl") { document, _ in
    var text = ""
    for finding in document.findings {
      text += JSON.members(["finding": finding.json]).rendered(isPretty: false) + "\n"
    }
    let run = JSON.members([
      "schema_version": .text(FindingsDocument.schemaVersion),
      "run": document.run.json(document),
    ])
    return text + run.rendered(isPretty: false) + "\n"
  }
}

extension Finding {
  var json: JSON {
    .members([
      "id": .text(id),
      "state": past.map { .text($0.state.rawValue) },
      "history": past?.json,
      "severity": .text(severity.rawValue),
      "score": .number(score),
      "confidence": .text(confidence),
      "score_parts": .list(
        scoreParts.map {
          .members([
            "rule": .text($0.rule), "points": .number($0.points), "text": .text($0.text),
          ])
        }),
      "partner": .text(partner),
      "account": accountJSON,
      "service": .members([
        "rule": .optional(service.rule), "name": .optional(service.name),
        "level": .optional(service.level?.rawValue), "host": .optional(service.host),
        "domain": .optional(service.domain),
      ]),
      "source": .text(source),
      "exposure": .members([
        "password": .members([
          "present": .bool(hasPassword),
          "other_sites": exposure.otherSites.map { .number($0) } ?? .null,
          "check": exposure.passwordCheck.map {
            .members(["verdict": .text($0.verdict.rawValue), "at": .text($0.time.text)])
          } ?? .null,
        ]),
        "cookies": exposure.cookies?.json ?? .null,
        "domain_listed": .bool(exposure.isDomainListed),
        "data_categories": .list(exposure.dataCategories.map { .text($0) }),
        "records": account.match == .service ? .number(records) : nil,
        "records_with_password": account.match == .service ? .number(recordsWithPassword) : nil,
      ]),
      "infection": infectionJSON,
      "timeline": .members([
        "password_changed_at": .optional(passwordChangedAt?.text),
        "still_exposed": isStillExposed.map { .bool($0) } ?? .null,
        "days_stolen_to_seen": daysStolenToSeen.map { .number($0) } ?? .null,
      ]),
      "actions": .list(actions.map(\.json)),
      "attack": .list(attack.map { .text($0) }),
      "sightings": .list(sightings.map(\.json)),
      "sightings_total": .number(sightingsTotal),
    ])
  }

  private var accountJSON: JSON {
    .members([
      "ref": .optional(account.reference), "login": .optional(account.masked?.text),
      "tag": .optional(account.tag), "key_id": .text(account.keyID),
      "match": .text(account.match.rawValue), "matched_by": .optional(account.matchedBy),
      "ambiguous": .bool(account.isAmbiguous), "doubtful": .bool(isDoubtful),
      "privileged": .bool(account.isPrivileged),
    ])
  }

  private var infectionJSON: JSON {
    .members([
      "device_id": .optional(infection.deviceID), "family": .optional(infection.family),
      "family_name": .optional(infection.familyName),
      "family_confidence": .optional(infection.familyConfidence),
      "malpedia": .optional(infection.malpedia),
      "stolen_at": .optional(infection.stolenAt?.text),
      "stolen_at_source": .optional(infection.stolenAtSource),
      "stolen_at_precision": .optional(infection.stolenAtPrecision),
      "stolen_at_zone": .optional(
        infection.stolenAt.map { _ in infection.isStolenAtUTC ? "utc" : "local" }),
      "stolen_at_other_reading": .optional(infection.stolenAtOther?.text),
      "os": .optional(infection.os?.text), "country": .optional(infection.country?.text),
      "antivirus": .list(infection.antivirus.map { .text($0.text) }),
      "malware_path": .bool(infection.hasMalwarePath),
      "build_id": .optional(infection.buildID?.text),
      "seller": .optional(infection.seller?.text),
    ])
  }
}

extension Finding.Cookies {
  var json: JSON {
    .members([
      "count": .number(count), "session": .bool(hasSession),
      "latest_expiry": .optional(latestExpiry?.text),
      "unexpired_at_theft": isUnexpiredAtTheft.map { .bool($0) } ?? .null,
      "unexpired_at_scan": isUnexpiredAtScan.map { .bool($0) } ?? .null,
    ])
  }
}

extension Finding.Sighting {
  var json: JSON {
    .members([
      "source": .text(source.text), "member": .text(member.text), "layout": .text(layout),
      "line": .number(line), "record": .number(record),
    ])
  }
}

extension FindingsDocument.Run {
  func json(_ document: FindingsDocument) -> JSON {
    .members([
      "id": .text(id),
      "tool": .members(["name": .text("dumpsieve"), "version": .text(version)]),
      "started": .text(started.text), "finished": .text(finished.text), "as_of": .text(asOf.text),
      "complete": .bool(!coverage.isInterrupted), "id_check": .text(idCheck),
      "shard": shard?.json, "workers": .number(workers), "sandbox": .text(sandbox),
      "rules": .members(["count": .number(ruleCount), "sha256": .text(rulesDigest)]),
      "texts": texts.json,
      "watchlists": .list(
        watchlists.map {
          .members([
            "partner": .text($0.partner), "key_id": .text($0.keyID),
            "accounts": .number($0.accounts), "made": .text($0.made.text),
            "expires": .optional($0.expires?.text),
          ])
        }),
      "reread": reread.isEmpty ? nil : .list(reread.map { .text($0) }),
      "since": since.map { .text($0) },
      "coverage": coverage.json,
      "parts": parts.isEmpty ? nil : .list(parts.map(\.json)),
      "summary": .members([
        "findings": .number(document.findings.count),
        "by_state": document.isOfHistory
          ? .object(
            Finding.Past.State.allCases.map {
              JSON.Member(name: $0.rawValue, value: .number(document.count($0)))
            }) : nil,
        "suppressed": document.isOfHistory ? .number(document.suppressedCount) : nil,
        "by_severity": .object(
          Severity.allCases.reversed().map {
            JSON.Member(name: $0.rawValue, value: .number(document.count($0)))
          }),
      ]),
    ])
  }
}

extension FindingsDocument.Shard {
  var json: JSON { .members(["index": .number(index), "of": .number(count)]) }
}

extension FindingsDocument.Part {
  var json: JSON {
    .members([
      "id": .text(id), "shard": shard?.json, "started": .text(started.text),
      "finished": .text(finished.text), "complete": .bool(!coverage.isInterrupted),
      "workers": .number(workers), "sandbox": .text(sandbox), "coverage": coverage.json,
      "findings": .list(
        sums.sorted { $0.key < $1.key }.map { id, sums in
          .members([
            "id": .text(id), "sightings_total": .number(sums.sightings),
            "records": sums.records > 0 ? .number(sums.records) : nil,
            "records_with_password": sums.records > 0 ? .number(sums.recordsWithPassword) : nil,
          ])
        }),
    ])
  }
}

extension FindingsDocument.Coverage {
  var json: JSON {
    .members([
      "complete": .bool(isComplete), "files": .number(files), "files_read": .number(filesRead),
      "unchanged": unchanged.map { .number($0) },
      "files_of_others": filesOfOthers.map { .number($0) },
      "missing_shards": missingShards.isEmpty ? nil : .list(missingShards.map { .number($0) }),
      "refused_lists": refusedLists.isEmpty
        ? nil
        : .list(
          refusedLists.map {
            .members(["list": .text($0.list.text), "reason": .text($0.reason)])
          }),
      "archives": archives > 0 ? .number(archives) : nil,
      "members": archives > 0 ? .number(members) : nil,
      "members_read": archives > 0 ? .number(membersRead) : nil,
      "logs": .number(logs), "bytes": .number(bytes), "records": .number(records),
      "passed_over": .object(
        passedOver.sorted { $0.key < $1.key }.map {
          JSON.Member(name: $0.key, value: .number($0.value))
        }),
      "unread": .list(
        unread.sorted().map {
          .members([
            "input": .text($0.input.text), "path_id": .text($0.pathID),
            "reason": .text($0.reason),
            "skipped_bytes": $0.skippedBytes.map { .number($0) },
            "bytes": $0.bytes.map {
              .members(["from": .number($0.lowerBound), "to": .number($0.upperBound)])
            },
            "members": $0.members.map { .number($0) },
          ])
        }),
    ])
  }
}
