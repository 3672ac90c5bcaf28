internal import Worker

extension ResultFrame.LogFacts {
  /// What the units of one log know together, or nil if there are none.
  ///
  /// The units may come in any order; of each fact that of the first unit counts, and the family that is surest.
  init?(joining units: [Self]) {
    let sorted = units.sorted { $0.unit < $1.unit }
    guard var facts = sorted.first else { return nil }
    for other in sorted.dropFirst() {
      if other.confidence > facts.confidence {
        (facts.family, facts.confidence) = (other.family, other.confidence)
      }
      for field in [\Self.hwid, \.machine, \.user, \.os, \.country, \.build, \.seller]
      where facts[keyPath: field].isEmpty {
        facts[keyPath: field] = other[keyPath: field]
      }
      if facts.antivirus.isEmpty { facts.antivirus = other.antivirus }
      facts.hasMalwarePath = facts.hasMalwarePath || other.hasMalwarePath
      if facts.stolen == nil {
        (facts.stolen, facts.otherStolen) = (other.stolen, other.otherStolen)
        (facts.stolenPrecision, facts.isStolenUTC) = (other.stolenPrecision, other.isStolenUTC)
        facts.isOrderKnown = other.isOrderKnown
      }
      facts.isOfSeveralMachines = facts.isOfSeveralMachines || other.isOfSeveralMachines
    }
    self = facts
  }
}
