internal import Clock
internal import Findings
internal import Formats
internal import Rules
internal import Watchlists
internal import Worker

/// What the units of one log show of services and of a person's data, joined.
struct LogExposure: Equatable {
  private var services: [UInt16: ResultFrame.ServiceTrace] = [:]
  private var categories: DataCategories = []

  /// Takes what one unit shows. The order does not matter.
  mutating func add(_ traces: ResultFrame.LogTraces) {
    categories.formUnion(DataCategories(rawValue: traces.categories))
    for trace in traces.services {
      services[trace.service, default: ResultFrame.ServiceTrace(service: trace.service)].add(trace)
    }
  }

  /// Takes what another part of the same log or file shows.
  mutating func add(_ other: LogExposure) {
    categories.formUnion(other.categories)
    for (service, trace) in other.services {
      services[service, default: ResultFrame.ServiceTrace(service: service)].add(trace)
    }
  }

  /// The same as frames, of no unit.
  var traces: [ResultFrame.LogTraces] {
    if self == LogExposure() { return [] }
    let all = services.values.sorted { $0.service < $1.service }
    let most = ResultFrame.LogTraces.maxServices
    return stride(from: 0, to: max(1, all.count), by: most).map { start in
      ResultFrame.LogTraces(
        unit: 0, categories: categories.rawValue,
        services: Array(all.dropFirst(start).prefix(most)))
    }
  }

  /// What a finding at that service says; nil for a service that the workers do not know.
  func exposure(service: Int?) -> Finding.Exposure {
    var exposure = Finding.Exposure()
    exposure.dataCategories = categories.names
    guard let service, let trace = services[UInt16(clamping: service)] else { return exposure }
    exposure.isDomainListed = trace.isListed
    if trace.cookies > 0 {
      exposure.cookies = Finding.Cookies(
        count: Int(trace.cookies), hasSession: trace.hasSession,
        latestExpiry: trace.latestExpiry.map { UTCTime(seconds: $0) })
    }
    return exposure
  }

  /// Whether the frame is one that a worker may send.
  static func isValid(_ traces: ResultFrame.LogTraces, services: Int) -> Bool {
    DataCategories.all.contains(DataCategories(rawValue: traces.categories))
      && traces.services.allSatisfy { trace in
        Int(trace.service) < services
          && trace.latestExpiry.map { (1..<CookieExpiry.maxSeconds).contains($0) } ?? true
      }
  }
}

extension ServiceHosts {
  /// The services of the rules, in their order, and behind them the hosts that lists declare and no rule names.
  init(_ catalogue: RuleCatalogue, declared: [String] = []) {
    let rules = ServiceMatcher(catalogue)
    let others = Set(declared.filter { rules.service(host: $0, isApp: false) == nil }).sorted()
    self.init(
      catalogue.services.map { service in
        Service(
          hosts: service.rule.hosts.map { Array($0.utf8) },
          sessionCookies: service.rule.sessionCookies.map { Array($0.utf8) })
      } + others.map { Service(hosts: [Array($0.utf8)], sessionCookies: []) })
  }
}
