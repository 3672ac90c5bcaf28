internal import Clock

extension Finding {
  /// Joins the finding with another one of the same id, of other places. Whatever the order, the result is the same;
  /// the score is to be made anew.
  public mutating func merge(_ other: Finding) {
    records += other.records
    recordsWithPassword += other.recordsWithPassword
    sightingsTotal += other.sightingsTotal
    mergeFacts(other)
  }

  /// Joins all but the numbers of places and records. A finding that is joined with itself stays as it is.
  mutating func mergeFacts(_ other: Finding) {
    let isAsked = !hasUnaskedPassword && !other.hasUnaskedPassword
    hasPassword = hasPassword || other.hasPassword
    isDoubtful = isDoubtful && other.isDoubtful
    account.isAmbiguous = account.isAmbiguous && other.account.isAmbiguous
    if Self.rank(other.source) < Self.rank(source) { source = other.source }
    exposure.merge(other.exposure)
    // The password that nobody was asked about may be the valid one.
    if !isAsked, exposure.passwordCheck?.verdict == .old {
      exposure.passwordCheck?.verdict = .unknown
    }
    infection = Self.merged(infection, other.infection)
    // Two lists may hold the account: the later change of the password is the true one.
    passwordChangedAt = [passwordChangedAt, other.passwordChangedAt].compactMap { $0 }.max()
    account.isPrivileged = account.isPrivileged || other.account.isPrivileged
    if (other.account.keyID, other.account.tag ?? "", other.account.matchedBy ?? "")
      < (account.keyID, account.tag ?? "", account.matchedBy ?? "")
    {
      account.keyID = other.account.keyID
      account.tag = other.account.tag
      account.matchedBy = other.account.matchedBy
    }
    service = Self.merged(service, other.service)
    attack = Array(Set(attack + other.attack)).sorted()
    sightings += other.sightings
    if sightings.count > 2 * Self.maxSightings { trimSightings() }
  }

  /// Sorts the sightings, and keeps so many as a document has.
  public mutating func trimSightings() {
    sightings = Array(Set(sightings).sorted().prefix(Self.maxSightings))
  }

  /// The kinds of sources, the one that is nearest to the infected machine first.
  static let sources = ["stealer-log", "browser-export", "line-list"]

  private static func rank(_ source: String) -> Int {
    sources.firstIndex(of: source) ?? sources.count
  }

  /// Of two logs of one machine the later theft counts: what was stolen then is what is valid now.
  private static func merged(_ left: Infection, _ right: Infection) -> Infection {
    func key(_ infection: Infection) -> [String] {
      let time = infection.stolenAt.map { String($0.seconds + (1 << 40)) } ?? ""
      return [
        time, infection.stolenAtSource ?? "", infection.stolenAtPrecision ?? "",
        infection.isStolenAtUTC ? "1" : "", infection.stolenAtOther?.text ?? "",
        infection.family ?? "", infection.familyConfidence ?? "", infection.os?.text ?? "",
        infection.country?.text ?? "", infection.buildID?.text ?? "",
        infection.hasMalwarePath ? "1" : "", infection.seller?.text ?? "",
      ] + infection.antivirus.map(\.text)
    }
    return key(left).lexicographicallyPrecedes(key(right)) ? right : left
  }

  /// Of several hosts the first in byte order.
  private static func merged(_ left: Service, _ right: Service) -> Service {
    func key(_ service: Service) -> (Int, String, String) {
      (service.host == nil ? 1 : 0, service.host ?? "", service.domain ?? "")
    }
    return key(left) <= key(right) ? left : right
  }
}
