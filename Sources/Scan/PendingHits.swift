internal import Formats
internal import Watchlists
internal import Worker

/// What workers found in logs and lone files, until all of each is read: another unit may know the machine.
///
/// It is kept by the numbers of their origins, and bounded together with the findings that were made of it before.
struct PendingHits {
  /// Hits of one account at one host in one file are one place; the first stands for all.
  struct Place {
    var hit: ResultFrame.Hit
    var path: [UInt8]
  }

  /// What was found under one origin.
  struct Entry {
    fileprivate(set) var hits: [Place] = []
    fileprivate var places: [HitKey: Int] = [:]
    /// In the order in which they came.
    fileprivate(set) var counts: [ResultFrame.ServiceCount] = []
    fileprivate var countPlaces: [CountKey: Int] = [:]
    /// By the unit that they are of.
    fileprivate(set) var facts: [UInt32: ResultFrame.LogFacts] = [:]
    fileprivate(set) var exposure = LogExposure()
  }

  fileprivate struct HitKey: Hashable {
    var file: UInt32
    var list: UInt16
    var tag: Tag
    var account: UInt32?
    var host: [UInt8]
  }

  fileprivate struct CountKey: Hashable {
    var list: UInt16
    var host: [UInt8]
    var layout: RecordLayout
  }

  private var entries: [UInt32: Entry] = [:]
  /// Hits and counts in them.
  private var held = 0
  /// Findings that were made.
  private var findings = 0

  /// A run with more findings than this has been given a list of strangers, or a dump made to exhaust it.
  private static let maxFindings = 100_000
  /// Logins on no list are the first to go: anyone can invent them by the million.
  private static let maxDomainFindings = 10_000

  /// Notes that a finding was made that counts from now on.
  mutating func noteFinding() { findings += 1 }

  /// What was found under `origin`, which is forgotten here; nil if nothing was.
  mutating func take(_ origin: UInt32) -> Entry? {
    guard let entry = entries.removeValue(forKey: origin) else { return nil }
    held -= entry.hits.count + entry.counts.count
    return entry
  }

  /// What was found in a range, as frames for the run that joins it, and forgotten here.
  mutating func take(range origin: UInt32) -> [ResultFrame] {
    guard let found = take(origin) else { return [] }
    return found.hits.map { .hit($0.hit) } + found.counts.map { .serviceCount($0) }
      + found.facts.sorted { $0.key < $1.key }.map { .logFacts($0.value) }
      + found.exposure.traces.map { .logTraces($0) }
  }

  /// Takes a hit; false if there are more different ones than a run can hold.
  mutating func add(_ hit: ResultFrame.Hit, origin: UInt32, path: [UInt8]) -> Bool {
    let key = HitKey(
      file: hit.file, list: hit.list, tag: hit.tag, account: hit.account, host: hit.host)
    if let place = entries[origin]?.places[key] {
      // A later copy may have what the first lacks.
      if hit.hasPassword { entries[origin]?.hits[place].hit.hasPassword = true }
      if !hit.isDoubtful { entries[origin]?.hits[place].hit.isDoubtful = false }
      if !hit.isAmbiguous { entries[origin]?.hits[place].hit.isAmbiguous = false }
      entries[origin]?.hits[place].hit.note(hit.check, otherSites: hit.otherSites)
      return true
    }
    let most = hit.account == nil ? Self.maxDomainFindings : Self.maxFindings
    guard held + findings < most else { return false }
    held += 1
    entries[origin, default: Entry()].places[key] = entries[origin]?.hits.count ?? 0
    entries[origin]?.hits.append(Place(hit: hit, path: path))
    return true
  }

  /// Takes a count; false as for hits.
  mutating func add(_ count: ResultFrame.ServiceCount, origin: UInt32) -> Bool {
    let key = CountKey(list: count.list, host: count.host, layout: count.layout)
    if let place = entries[origin]?.countPlaces[key] {
      entries[origin]?.counts[place].add(count)
      return true
    }
    guard held + findings < Self.maxFindings else { return false }
    held += 1
    entries[origin, default: Entry()].countPlaces[key] = entries[origin]?.counts.count ?? 0
    entries[origin]?.counts.append(count)
    return true
  }

  mutating func add(_ facts: ResultFrame.LogFacts, origin: UInt32) {
    entries[origin]?.facts[facts.unit] = facts
  }

  /// Keeps what a unit shows until its log is read: without a hit there it is dropped unseen.
  mutating func add(_ traces: ResultFrame.LogTraces, origin: UInt32) {
    entries[origin, default: Entry()].exposure.add(traces)
  }

  /// Moves what was found under `range`, in a range of a file, to the origin of that file, behind so many lines and
  /// records; false if there are more findings than a run can hold.
  mutating func join(
    _ range: UInt32, to origin: UInt32, file: UInt32, path: [UInt8], lines: UInt32,
    records: UInt32
  ) -> Bool {
    guard let found = take(range) else { return true }
    var isTaken = true
    for entry in found.hits {
      var hit = entry.hit
      hit.file = file
      // A database has no lines, and is no file that is cut.
      if hit.line > 0 { hit.line &+= lines }
      hit.record &+= records
      isTaken = add(hit, origin: origin, path: path) && isTaken
    }
    for count in found.counts { isTaken = join(count, origin: origin) && isTaken }
    if entries[origin] == nil && !(found.facts.isEmpty && found.exposure == LogExposure()) {
      entries[origin] = Entry()
    }
    entries[origin]?.facts.merge(found.facts) { first, _ in first }
    entries[origin]?.exposure.add(found.exposure)
    return isTaken
  }

  /// Moves what was found under `parts`, in members of an archive, to `origin`: what they and `origin` show is of one
  /// log. False if there are more findings than a run can hold.
  mutating func join(
    members parts: [UInt32], to origin: UInt32, facts: ResultFrame.LogFacts?,
    exposure: LogExposure
  ) -> Bool {
    var isTaken = true
    for part in parts {
      guard let found = take(part) else { continue }
      for entry in found.hits {
        isTaken = add(entry.hit, origin: origin, path: entry.path) && isTaken
      }
      for count in found.counts { isTaken = add(count, origin: origin) && isTaken }
    }
    if exposure != LogExposure() { entries[origin, default: Entry()].exposure.add(exposure) }
    if var facts {
      // Behind those of the log's own units, which have numbers.
      facts.unit = .max
      entries[origin, default: Entry()].facts[facts.unit] = facts
    }
    return isTaken
  }

  /// Takes a count of a range as the worker would have that read the whole file (`ScanWorker.count`).
  private mutating func join(_ count: ResultFrame.ServiceCount, origin: UInt32) -> Bool {
    let counts = entries[origin]?.counts ?? []
    let known = counts.firstIndex { $0.list == count.list && $0.host == count.host }
    let first = counts.firstIndex { $0.list == count.list }
    let isFull = counts.count >= ResultFrame.ServiceCount.maxOfFile
    guard let place = known ?? (isFull ? first : nil) else { return add(count, origin: origin) }
    entries[origin]?.counts[place].add(count)
    return true
  }
}
