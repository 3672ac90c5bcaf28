internal import Clock

/// One infected machine, with all that findings tell of it.
struct Machine {
  var id: String
  var infection: Finding.Infection
  /// The worst first.
  var findings: [Finding]

  /// The machines of findings, in the order of their worst finding.
  static func all(_ findings: [Finding]) -> [Machine] {
    var machines: [Machine] = []
    var places: [String: Int] = [:]
    for finding in findings {
      guard let id = finding.infection.deviceID else { continue }
      if let place = places[id] {
        machines[place].findings.append(finding)
      } else {
        places[id] = machines.count
        machines.append(Machine(id: id, infection: finding.infection, findings: [finding]))
      }
    }
    return machines
  }

  /// Accounts of one organisation that are not one person's stand on it, as far as references tell.
  var accounts: [String] { Set(findings.map { "\($0.partner)/\($0.accountName)" }).sorted() }

  enum Kind { case shared, personal, work }

  /// What it probably is. Editions of Windows for homes stand on private machines as a rule, those for firms on theirs.
  var kinds: [Kind] {
    var kinds: [Kind] = accounts.count > 1 ? [.shared] : []
    let os = infection.os?.text.lowercased() ?? ""
    if ["home", "famille"].contains(where: { os.contains($0) }) { kinds.append(.personal) }
    if ["pro", "enterprise", "entreprise", "education"].contains(where: { os.contains($0) }) {
      kinds.append(.work)
    }
    return kinds
  }
}

/// Thefts that belong together: several machines on one day by one family, or by one build of a stealer.
struct Campaign {
  /// The build's name, or nil if it is a day.
  var build: String?
  /// The day, as `2025-07-08`; nil for a build.
  var day: String?
  var family: String?
  /// Sorted.
  var machines: [String]
  /// Sorted.
  var partners: [String]

  /// Those of at least two machines, the largest first.
  static func all(_ findings: [Finding]) -> [Campaign] {
    var campaigns: [[String]: [Finding]] = [:]
    for finding in findings where finding.infection.deviceID != nil {
      let family = finding.infection.familyName ?? ""
      if let build = finding.infection.buildID?.text {
        campaigns[["build", build, family], default: []].append(finding)
      }
      if let stolen = finding.infection.stolenAt, !family.isEmpty {
        campaigns[["day", String(stolen.text.prefix(10)), family], default: []].append(finding)
      }
    }
    return campaigns.compactMap { key, findings -> Campaign? in
      let machines = Set(findings.compactMap(\.infection.deviceID)).sorted()
      if machines.count < 2 { return nil }
      return Campaign(
        build: key[0] == "build" ? key[1] : nil, day: key[0] == "day" ? key[1] : nil,
        family: key[2].isEmpty ? nil : key[2], machines: machines,
        partners: Set(findings.map(\.partner)).sorted())
    }.sorted {
      ($1.machines.count, $0.build ?? "~", $0.day ?? "", $0.family ?? "")
        < ($0.machines.count, $1.build ?? "~", $1.day ?? "", $1.family ?? "")
    }
  }
}
