internal import Clock

extension Report {
  /// DefectDojo's "Generic Findings Import".
  static let defectDojo = Report(name: "defectdojo") { document, _ in
    JSON.members([
      "name": .text("dumpsieve"), "type": .text("dumpsieve"),
      "version": .text(document.run.version),
      "findings": .list(document.findings.map { $0.defectDojo(document.run) }),
    ]).rendered(isPretty: true) + "\n"
  }
}

extension Finding {
  fileprivate func defectDojo(_ run: FindingsDocument.Run) -> JSON {
    .members([
      // Titles are at most 511 characters there.
      "title": .text(String("\(title) (\(partner))".prefix(500))),
      "severity": .text(severity.rawValue.capitalizedWord),
      "description": .text(defectDojoDescription),
      "severity_justification": .text(
        scoreParts.map { "* \($0.signedPoints) \(Markdown.escaped($0.text))" }
          .joined(separator: "\n")),
      "date": .text(String(run.firstSeen(self).text.prefix(10))),
      "references": attack.isEmpty
        ? nil
        : .text(
          attack.map { $0.techniqueAddress ?? Markdown.escaped($0) }.joined(separator: "\n")),
      "active": .bool(isOpen), "is_mitigated": .bool(past?.state == .resolved),
      "risk_accepted": .bool(past?.suppression != nil), "verified": .bool(false),
      "false_p": .bool(false),
      "static_finding": .bool(true), "dynamic_finding": .bool(false),
      "unique_id_from_tool": .text(id),
      "vuln_id_from_tool": .text(service.rule ?? "stolen-account"),
      "service": .text(String(serviceName.prefix(200))),
      "nb_occurences": .number(sightingsTotal),
      "endpoints": webHost.map { .list([.text($0)]) },
      "tags": .list(([partner, source] + passwordLabels).map { .text($0) }),
    ])
  }

  /// Markdown, as DefectDojo renders it.
  private var defectDojoDescription: String {
    let places = places(most: 10).map { "* " + Markdown.escaped($0) }
    let facts = sentences.map { "* " + Markdown.escaped($0) }
    return (facts + ["", "Seen in \(sightingsTotal) place(s):", ""] + places)
      .joined(separator: "\n")
  }
}

extension Finding {
  /// The host, if it is one of the web: a name with a dot or an address, and no app's package name.
  var webHost: String? {
    guard let host = service.host, service.domain != nil || host.isIPv4 else { return nil }
    return host
  }
}

extension String {
  /// The word with its first letter as a capital.
  var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }

  /// Whether it is four numbers of at most three digits.
  var isIPv4: Bool {
    let parts = utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        part.count <= 3 && part.allSatisfy(Self.isDigit) && UInt8(Substring(part)) != nil
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Where MITRE describes the technique that the text is the id of, such as `T1555.003`; nil if it is none.
  fileprivate var techniqueAddress: String? {
    let parts = utf8.dropFirst().split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard utf8.first == UInt8(ascii: "T"), parts.first?.count == 4,
      parts.count == 1 || parts.count == 2 && parts[1].count == 3,
      parts.allSatisfy({ $0.allSatisfy(Self.isDigit) })
    else { return nil }
    return "https://attack.mitre.org/techniques/\(replacing(".", with: "/"))/"
  }
}
