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

/// Thefts that belong together: several machines on one day by one family, by one build of a stealer, or in the logs of one
/// seller.
struct Campaign {
  /// What the machines have in common.
  enum Mark: Hashable, Comparable {
    case build(String)
    /// As `2025-07-08`.
    case day(String)
    /// As `@name`.
    case seller(String)
  }

  var mark: Mark
  /// Nil for a seller, who has logs of several.
  var family: String?
  /// Sorted.
  var machines: [String]
  /// Sorted.
  var partners: [String]

  /// Those of at least two machines, the largest first.
  static func all(_ findings: [Finding]) -> [Campaign] {
    struct Key: Hashable { var mark: Mark, family: String }
    var campaigns: [Key: [Finding]] = [:]
    for finding in findings where finding.infection.deviceID != nil {
      let family = finding.infection.familyName ?? ""
      if let build = finding.infection.buildID?.text {
        campaigns[Key(mark: .build(build), family: family), default: []].append(finding)
      }
      if let stolen = finding.infection.stolenAt, !family.isEmpty {
        campaigns[
          Key(mark: .day(String(stolen.text.prefix(10))), family: family), default: []
        ].append(finding)
      }
      if let seller = finding.infection.seller?.text {
        campaigns[Key(mark: .seller(seller), family: ""), default: []].append(finding)
      }
    }
    return campaigns.compactMap { key, findings -> Campaign? in
      let machines = Set(findings.compactMap(\.infection.deviceID)).sorted()
      if machines.count < 2 { return nil }
      return Campaign(
        mark: key.mark, family: key.family.isEmpty ? nil : key.family, machines: machines,
        partners: Set(findings.map(\.partner)).sorted())
    }.sorted {
      ($1.machines.count, $0.mark, $0.family ?? "")
        < ($0.machines.count, $1.mark, $1.family ?? "")
    }
  }
}
