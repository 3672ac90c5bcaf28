import Bytes
import Formats

/// Keeps what is found, and checks each range against the bytes.
private struct Recorder: CookieSink {
  struct Found: Equatable {
    var domain: [UInt8]
    var name: [UInt8]
    var expiry: Int64?
  }

  var found: [Found] = []

  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {
    must(!cookie.domain.isEmpty, "a domain is never empty")
    must(cookie.domain.start >= 0 && cookie.domain.end <= bytes.count, "domain")
    must(cookie.name.start >= 0 && cookie.name.end <= bytes.count, "name")
    must(cookie.expiry.map { (1..<CookieExpiry.maxSeconds).contains($0) } ?? true, "expiry")
    found.append(
      Found(
        domain: bytes.copy(cookie.domain), name: bytes.copy(cookie.name), expiry: cookie.expiry))
  }
}

/// Cookies are found alike whole and in pieces; lists of domains and forms stay within their bytes.
func checkCookies(_ bytes: [UInt8]) {
  check(NetscapeCookies.self, bytes)
  check(JSONCookies.self, bytes)
  _ = CookieLayouts.fitting(bytes.span, labels: labels)
  _ = DomainList.fits(bytes.span, name: bytes.span)
  var hasOthers = false
  let taken = DomainList.read(bytes.span, isLast: true, hasOthers: &hasOthers) { host in
    must(!host.isEmpty && host.start >= 0 && host.end <= bytes.count, "a host")
  }
  must(taken == bytes.count, "with isLast all bytes are taken")
  for place in [AutofillFields.Place.autofill, .cards] {
    let fields = AutofillFields(bytes.span, in: place, labels: labels)
    must(DataCategories.all.contains(fields.categories), "a category")
  }
  _ = AutofillFields.Place(path: bytes.span)
}

private func check<Fuzzed: CookieLayout>(_ type: Fuzzed.Type, _ bytes: [UInt8]) {
  var whole = Recorder()
  var layout = Fuzzed(labels: labels)
  let taken = layout.read(bytes.span, isLast: true, into: &whole)
  must(taken == bytes.count, "with isLast all bytes are taken")
  var chunked = Recorder()
  var other = Fuzzed(labels: labels)
  var held: [UInt8] = []
  for piece in pieces(bytes) {
    held += piece
    held.removeFirst(other.read(held.span, isLast: false, into: &chunked))
  }
  _ = other.read(held.span, isLast: true, into: &chunked)
  must(whole.found == chunked.found, "whole and in pieces")
}
