internal import Formats
internal import Watchlists

/// Counts the records of a file that have logins on no list at services which the lists declare.
struct ServiceCounter {
  /// A declared service at which the record at hand has such a login.
  private struct Service {
    var lists: [Int]
    var host: [UInt8]
    var hasPassword: Bool
    var layout: RecordLayout
  }

  /// Whether the counts of hosts that are too many are reported at once instead of with the list's first: which
  /// hosts come first, only the reader of the whole file knows.
  var reportsAllHosts = false
  private let results: ResultPipe
  private var file: UInt32 = 0
  /// One for each host of the record: it counts at each once, whatever its logins there are.
  private var services: [Service] = []
  private var counts: [ResultFrame.ServiceCount] = []
  /// Hashes of the logins that this unit's blocks have at declared services: a log repeats its credentials, in
  /// its list of all and in each browser's.
  private var countedLogins: Set<Int> = []

  /// Logins at declared services that one unit's repeats are told from; further ones count each time.
  private static let maxCountedLogins = 4096

  init(results: ResultPipe) {
    self.results = results
  }

  /// Whether something was noted of the record at hand.
  var hasNoted: Bool { !services.isEmpty }

  mutating func begin(file: UInt32) {
    self.file = file
    counts.removeAll(keepingCapacity: true)
  }

  /// Forgets the unit, whose last file was read.
  mutating func endUnit() {
    if !countedLogins.isEmpty { countedLogins.removeAll(keepingCapacity: true) }
  }

  /// Notes that the record at hand has a login at a host that `lists` declare, unless the unit had it there before. Lines of
  /// combolists are counted as they come, and so is all of a file that `countsRepeats`.
  mutating func note(
    _ credential: Credential, login: borrowing LoginNormaliser, host: [UInt8], lists: [Int],
    countsRepeats: Bool
  ) {
    if credential.layout == .labelledBlocks && !countsRepeats
      && !insert(login, host, hasPassword: credential.hasPassword)
    {
      return
    }
    for service in services where service.host == host { return }
    services.append(
      Service(
        lists: lists, host: host, hasPassword: credential.hasPassword, layout: credential.layout))
  }

  /// - Returns: False if the unit had this login at this host.
  private mutating func insert(
    _ login: borrowing LoginNormaliser, _ host: [UInt8], hasPassword: Bool
  ) -> Bool {
    var hasher = Hasher()
    for index in 0..<login.count { hasher.combine(login.output[index]) }
    hasher.combine(host)
    // A login without its password and the same with one are two: what is known of it is the better.
    hasher.combine(hasPassword)
    let hash = hasher.finalize()
    if countedLogins.contains(hash) { return false }
    if countedLogins.count < Self.maxCountedLogins { countedLogins.insert(hash) }
    return true
  }

  /// Ends the record, and counts it for the lists that declare its hosts, but for `listed`, on which it has a login.
  mutating func closeRecord(listed: [Int]) {
    for service in services { count(service, listed) }
    if !services.isEmpty { services.removeAll(keepingCapacity: true) }
  }

  private mutating func count(_ service: Service, _ listed: [Int]) {
    if reportsAllHosts && counts.count >= ResultFrame.ServiceCount.maxOfFile { report() }
    for list in service.lists where !listed.contains(list) {
      let known = counts.firstIndex { Int($0.list) == list && $0.host == service.host }
      let first = counts.firstIndex { Int($0.list) == list }
      let isFull = counts.count >= ResultFrame.ServiceCount.maxOfFile
      if let index = known ?? (isFull ? first : nil) {
        counts[index].records &+= 1
        if service.hasPassword { counts[index].withPassword &+= 1 }
      } else {
        counts.append(
          ResultFrame.ServiceCount(
            file: file, list: UInt16(list), host: service.host, layout: service.layout, records: 1,
            withPassword: service.hasPassword ? 1 : 0))
      }
    }
  }

  /// Sends what was counted in the file.
  mutating func report() {
    for count in counts { results.send(.serviceCount(count)) }
    counts.removeAll(keepingCapacity: true)
  }
}
