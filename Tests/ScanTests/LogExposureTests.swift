import Bytes
import Clock
import Findings
import Formats
import Testing

@testable import Scan
@testable import Worker

@Suite("traces of services")
struct LogExposureTests {
  static let services = ServiceHosts([
    ServiceHosts.Service(
      hosts: [Array("kairos.work.example".utf8)], sessionCookies: [Array("SID".utf8)]),
    ServiceHosts.Service(
      hosts: [Array("sso.work.example".utf8), Array("sso.example".utf8)],
      sessionCookies: [Array("SSO_*".utf8)]),
    ServiceHosts.Service(hosts: [Array("mail.example".utf8)], sessionCookies: []),
    ServiceHosts.Service(
      hosts: [Array("portal.example".utf8), Array("login.portal.example".utf8)],
      sessionCookies: [Array("SID".utf8)]),
  ])

  private static func traces(
    _ cookies: [(domain: String, name: String, expiry: Int64?)]
  ) -> [ResultFrame.LogTraces] {
    var counter = TraceCounter(services)
    for cookie in cookies {
      let text = Array((cookie.domain + " " + cookie.name).utf8)
      let end = cookie.domain.utf8.count
      counter.found(
        Cookie(
          domain: ByteRange(0, end), name: ByteRange(end + 1, text.count), expiry: cookie.expiry),
        in: text.span)
    }
    return counter.take(unit: 1)
  }

  @Test(
    "a cookie counts at the host, below it, and as a session also from a domain above",
    arguments: [
      ("kairos.work.example", "x", [(0, false)]), ("kairos.work.example", "SID", [(0, true)]),
      (".KAIROS.work.example.", "SID", [(0, true)]), ("a.kairos.work.example", "sid", [(0, false)]),
      (".work.example", "SID", [(0, true)]), ("work.example", "SID", []),
      (".work.example", "x", []),
      (".example", "SID", []), ("notkairos.work.example", "SID", []),
      ("kairos.work.example.evil.test", "SID", []), ("", "SID", []), (".", "SID", []),
      ("sso.example", "SSO_1", [(1, true)]), ("sso.example", "SSO", [(1, false)]),
      ("sso.example", "xSSO_1", [(1, false)]), (".work.example", "SSO_", [(1, true)]),
      ("mail.example", "SID", [(2, false)]),
    ])
  func cookies(domain: String, name: String, counted: [(Int, Bool)]) {
    let services = Self.traces([(domain, name, nil)]).flatMap(\.services)
    #expect(services.map { Int($0.service) } == counted.map(\.0))
    #expect(services.map(\.hasSession) == counted.map(\.1))
  }

  @Test("a cookie of a domain counts once, also where the service has a host below it, too")
  func ownDomain() {
    let services = Self.traces([(".portal.example", "SID", nil)]).flatMap(\.services)
    #expect(services.map(\.cookies) == [1])
  }

  @Test("a cookie that stands twice in a unit is one, that of another browser ends at another time")
  func copies() {
    let first = ("kairos.work.example", "SID", Int64(100))
    let services = Self.traces([
      first, ("kairos.work.example", "SID", 101), first, ("kairos.work.example", "sid", 100),
      ("kairos.work.example", "SID", nil), ("kairos.work.example", "SID", nil),
    ]).flatMap(\.services)
    #expect(services.map(\.cookies) == [4])
  }

  @Test("a session's expiry counts before any other's, in every order and over units")
  func expiry() {
    let cookies: [(String, String, Int64?)] = [
      ("mail.example", "x", 900), ("kairos.work.example", "x", 800),
      ("kairos.work.example", "SID", 100), ("kairos.work.example", "SID", 200),
      ("kairos.work.example", "SID", nil), ("kairos.work.example", "y", 950),
    ]
    for turn in 0..<cookies.count {
      let turned = Array(cookies[turn...] + cookies[..<turn])
      var whole = LogExposure()
      for frame in Self.traces(turned) { whole.add(frame) }
      var parts = LogExposure()
      for cookie in turned { for frame in Self.traces([cookie]) { parts.add(frame) } }
      for exposure in [whole, parts] {
        let kairos = exposure.exposure(service: 0).cookies
        #expect(kairos?.count == 5)
        #expect(kairos?.hasSession == true)
        #expect(kairos?.latestExpiry == UTCTime(seconds: 200))
        #expect(exposure.exposure(service: 2).cookies?.latestExpiry == UTCTime(seconds: 900))
        #expect(exposure.exposure(service: 1).cookies == nil)
        #expect(exposure.exposure(service: nil) == Finding.Exposure())
      }
    }
  }

  @Test("copies of a log are joined alike in any order, and do not add up")
  func merging() {
    func exposure(_ count: Int, _ hasSession: Bool, _ expiry: Int64?) -> Finding.Exposure {
      var exposure = Finding.Exposure()
      exposure.cookies = Finding.Cookies(
        count: count, hasSession: hasSession, latestExpiry: expiry.map { UTCTime(seconds: $0) })
      exposure.dataCategories = hasSession ? ["contact"] : ["address"]
      return exposure
    }
    let (left, right) = (exposure(3, false, 900), exposure(2, true, 100))
    var one = left
    one.merge(right)
    var other = right
    other.merge(left)
    other.merge(Finding.Exposure())
    #expect(one == other)
    #expect(one.cookies?.count == 3)
    #expect(one.cookies?.latestExpiry == UTCTime(seconds: 100))
    #expect(one.dataCategories == ["address", "contact"])
  }

  @Test("what no worker says is refused")
  func hostile() {
    func isValid(_ change: (inout ResultFrame.ServiceTrace) -> Void, categories: UInt8 = 0) -> Bool
    {
      var trace = ResultFrame.ServiceTrace(service: 2)
      change(&trace)
      return LogExposure.isValid(
        ResultFrame.LogTraces(unit: 1, categories: categories, services: [trace]), services: 3)
    }
    #expect(isValid({ $0.latestExpiry = 1_755_000_000 }, categories: 15))
    #expect(!isValid { $0.service = 3 })
    #expect(!isValid { $0.latestExpiry = -1 })
    #expect(!isValid { $0.latestExpiry = .max })
    #expect(!isValid({ _ in }, categories: 16))
  }

  @Test("what one unit shows of more services than fit is sent in several frames")
  func many() {
    let many = ServiceHosts(
      (0..<600).map {
        ServiceHosts.Service(hosts: [Array("s\($0).example".utf8)], sessionCookies: [])
      })
    var counter = TraceCounter(many)
    for number in 0..<600 {
      let host = Array("s\(number).example".utf8)
      counter.listed(ByteRange(0, host.count), in: host.span)
    }
    counter.note(.contact)
    let frames = counter.take(unit: 7)
    #expect(frames.map(\.services.count) == [256, 256, 88])
    for frame in frames {
      #expect(ResultFrame.logTraces(frame).encoded().count <= ResultFrame.maxBytes)
    }
    #expect(counter.take(unit: 8).isEmpty)
  }

  @Test("what units show is told to another run as it was, in as many frames as it takes")
  func frames() {
    #expect(LogExposure().traces == [])
    var exposure = LogExposure()
    exposure.add(ResultFrame.LogTraces(unit: 3, categories: 2, services: []))
    #expect(exposure.traces == [ResultFrame.LogTraces(unit: 0, categories: 2, services: [])])
    let services = (0..<300).map { ResultFrame.ServiceTrace(service: $0) }
    for part in [services[150...], services[..<150]] {
      exposure.add(ResultFrame.LogTraces(unit: 3, categories: 1, services: Array(part)))
    }
    let traces = exposure.traces
    #expect(traces.map(\.services) == [Array(services[..<256]), Array(services[256...])])
    #expect(traces.allSatisfy { $0.unit == 0 && $0.categories == 3 })
    var again = LogExposure()
    for frame in traces { again.add(frame) }
    #expect(again == exposure)
  }
}
