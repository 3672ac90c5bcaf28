internal import Bytes
internal import Formats

/// Counts what the files of one unit say of the services: cookies, and names in lists of domains; and which
/// data of a person stand there.
///
/// What it holds is bounded by the number of services. Nothing of a cookie is kept but its expiry.
struct TraceCounter: CookieSink {
  private let services: ServiceHosts
  private var traces: [ResultFrame.ServiceTrace] = []
  /// Where the trace of a service stands in `traces`, or -1.
  private var places: [Int]
  private var categories: DataCategories = []
  /// Cookies of services that were counted, by a hash of service, domain, name and expiry.
  private var seen: Set<UInt64> = []
  /// More cookies of services in one unit are counted each time they stand there.
  private static let maxSeen = 4096

  init(_ services: ServiceHosts) {
    self.services = services
    places = Array(repeating: -1, count: services.services.count)
  }

  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {
    let own = services.service(ofHost: cookie.domain, in: bytes)
    if let service = own {
      let isSession = services.isSession(cookie.name, of: service, in: bytes)
      add(cookie, in: bytes, to: service, isSession: isSession)
    }
    for service in services.services(belowDomain: cookie.domain, in: bytes)
    where service != own && services.isSession(cookie.name, of: service, in: bytes) {
      add(cookie, in: bytes, to: service, isSession: true)
    }
  }

  /// Counts a cookie, once however often it stands in the unit: a log has copies of its own files. That of another
  /// browser expires at another second; of two that end with their browsers one is counted, as their values are not looked
  /// at.
  private mutating func add(
    _ cookie: Cookie, in bytes: Span<UInt8>, to service: Int, isSession: Bool
  ) {
    // FNV-1a. Two cookies with one hash would only be counted once.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(service)
    hash = hash &* 0x100_0000_01B3 ^ UInt64(bitPattern: cookie.expiry ?? 0)
    for range in [cookie.domain, cookie.name] {
      for offset in range.bounds { hash = (hash ^ UInt64(bytes[offset])) &* 0x100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    let isNew = seen.count >= Self.maxSeen ? !seen.contains(hash) : seen.insert(hash).inserted
    traces[place(of: service)].add(expiry: cookie.expiry, isSession: isSession, isNew: isNew)
  }

  /// Notes a host of a list of domains.
  mutating func listed(_ host: ByteRange, in bytes: Span<UInt8>) {
    guard let service = services.service(ofHost: host, in: bytes) else { return }
    traces[place(of: service)].isListed = true
  }

  mutating func note(_ categories: DataCategories) {
    self.categories.formUnion(categories)
  }

  private mutating func place(of service: Int) -> Int {
    if places[service] < 0 {
      places[service] = traces.count
      traces.append(ResultFrame.ServiceTrace(service: UInt16(service)))
    }
    return places[service]
  }

  /// What was counted since the last call, as frames; none if there was nothing. With `goesOn`, more of the same log
  /// follows.
  mutating func take(unit: UInt32, goesOn: Bool = false) -> [ResultFrame.LogTraces] {
    defer { if !goesOn { forgetCookies() } }
    if traces.isEmpty && categories.isEmpty { return [] }
    var frames: [ResultFrame.LogTraces] = []
    var rest = traces[...]
    repeat {
      let part = rest.prefix(ResultFrame.LogTraces.maxServices)
      frames.append(
        ResultFrame.LogTraces(unit: unit, categories: categories.rawValue, services: Array(part)))
      rest = rest.dropFirst(part.count)
    } while !rest.isEmpty
    for trace in traces { places[Int(trace.service)] = -1 }
    traces.removeAll(keepingCapacity: true)
    categories = []
    return frames
  }

  /// Forgets which cookies were counted: what follows is of another log.
  mutating func forgetCookies() {
    if !seen.isEmpty { seen.removeAll(keepingCapacity: true) }
  }
}
