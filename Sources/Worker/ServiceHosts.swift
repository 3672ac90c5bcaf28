public import Bytes

/// The services of which a log's traces are counted, each known by its hosts and the names of its sessions' cookies.
///
/// A service is meant by its number. What belongs to none of them is a stranger's business, and not counted.
public struct ServiceHosts: Sendable {
  /// A service of the rules, or a service host that a list declares.
  public struct Service: Sendable {
    /// Normalised; a host belongs to the service if it is one or lies below one.
    public var hosts: [[UInt8]]
    /// Exact names, or beginnings with `*` behind them.
    public var sessionCookies: [[UInt8]]

    public init(hosts: [[UInt8]], sessionCookies: [[UInt8]]) {
      self.hosts = hosts
      self.sessionCookies = sessionCookies
    }
  }

  /// More than any set of rules has; a number fits into 16 bits.
  public static let maxServices = 4096

  public let services: [Service]
  /// Of two services with one host the first counts.
  private let hosts: ByteTable
  /// The domains above the hosts of services with named sessions, and those services: a cookie of
  /// `.a.example` is sent to `b.a.example`, too.
  private let parents: ByteTable
  private let below: [[Int]]

  public init(_ services: [Service]) {
    self.services = Array(services.prefix(Self.maxServices))
    var hosts: [(text: [UInt8], value: UInt32)] = []
    var rows: [[UInt8]: Int] = [:]
    var below: [[Int]] = []
    for (number, service) in self.services.enumerated() {
      // 255 bytes are the longest name of the DNS.
      for host in service.hosts where host.count <= 255 {
        hosts.append((host, UInt32(number)))
        if service.sessionCookies.isEmpty { continue }
        for parent in Self.parents(of: host) {
          let row = rows[parent, default: below.count]
          rows[parent] = row
          if row == below.count { below.append([]) }
          if below[row].last != number { below[row].append(number) }
        }
      }
    }
    self.hosts = ByteTable(hosts, foldsCase: true)
    parents = ByteTable(rows.map { ($0.key, UInt32($0.value)) }, foldsCase: true)
    self.below = below
  }

  /// The domains above a host that have a dot of their own: a cookie of a whole top-level domain is none.
  private static func parents(of host: [UInt8]) -> [[UInt8]] {
    var parents: [[UInt8]] = []
    var rest = host[...]
    while let dot = rest.firstIndex(of: ASCII.dot) {
      rest = rest[(dot + 1)...]
      if rest.contains(ASCII.dot) { parents.append(Array(rest)) }
    }
    return parents
  }

  /// The service that a host belongs to, by its longest suffix at a label's border, or nil. ASCII case and a dot
  /// at either end do not count.
  public func service(ofHost host: ByteRange, in bytes: Span<UInt8>) -> Int? {
    var rest = Self.withoutDots(host, in: bytes)
    while !rest.isEmpty {
      if let number = hosts.value(of: rest, in: bytes) { return Int(number) }
      guard let dot = bytes.firstOffset(of: ASCII.dot, in: rest.bounds) else { return nil }
      rest.start = dot + 1
    }
    return nil
  }

  /// The services below the domain of a cookie, which must have a dot before it to be sent there.
  func services(belowDomain domain: ByteRange, in bytes: Span<UInt8>) -> [Int] {
    guard !domain.isEmpty, bytes[domain.start] == ASCII.dot,
      let row = parents.value(of: Self.withoutDots(domain, in: bytes), in: bytes)
    else { return [] }
    return below[Int(row)]
  }

  /// Whether the cookie's name is that of a session of the service.
  func isSession(_ name: ByteRange, of number: Int, in bytes: Span<UInt8>) -> Bool {
    services[number].sessionCookies.contains { pattern in
      let isOpen = pattern.last == 0x2A
      let length = isOpen ? pattern.count - 1 : pattern.count
      guard isOpen ? name.count >= length : name.count == length else { return false }
      for index in 0..<length where bytes[name.start + index] != pattern[index] { return false }
      return true
    }
  }

  private static func withoutDots(_ host: ByteRange, in bytes: Span<UInt8>) -> ByteRange {
    var host = host
    if !host.isEmpty && bytes[host.start] == ASCII.dot { host.start += 1 }
    if !host.isEmpty && bytes[host.end - 1] == ASCII.dot { host.end -= 1 }
    return host
  }
}
