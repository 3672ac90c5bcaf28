internal import Rules

/// From a host to the service that it belongs to.
struct ServiceMatcher {
  struct Service {
    var id: String
    var title: String
    var level: Level
  }

  private var hosts: [String: Service] = [:]
  private var apps: [String: Service] = [:]

  /// Of two rules for one host the first, by id, counts.
  init(_ catalogue: RuleCatalogue) {
    for (id, title, rule) in catalogue.services {
      let service = Service(id: id, title: title, level: rule.level)
      for host in rule.hosts where hosts[host] == nil { hosts[host] = service }
      for app in rule.apps.map({ $0.lowercased() }) where apps[app] == nil { apps[app] = service }
    }
  }

  /// The service of a normalised host: the rule for it, or for its longest suffix at a label's border.
  func service(host: String, isApp: Bool) -> Service? {
    if isApp { return apps[host] }
    var rest = host[...]
    while true {
      if let service = hosts[String(rest)] { return service }
      guard let dot = rest.firstIndex(of: ".") else { return nil }
      rest = rest[rest.index(after: dot)...]
    }
  }
}
