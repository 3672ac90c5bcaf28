import Watchlists

/// A login is refused or normalised, within its bounds, and alike however often the normaliser was used.
func checkLoginNormaliser(_ bytes: [UInt8]) {
  var normaliser = LoginNormaliser()
  let isLogin = normaliser.normalise(bytes.span)
  let first = Array(normaliser.output[..<normaliser.count])
  must(isLogin != first.isEmpty, "empty if refused")
  must(first.count <= LoginNormaliser.maxOutputBytes, "too long")
  must(normaliser.mailDomainStart <= first.count, "mail domain")
  must(!first.contains { $0 < 0x20 || $0 == 0x7F }, "control character")
  must(String(validating: first, as: UTF8.self) != nil, "UTF-8")
  _ = normaliser.normaliseDomain(bytes.span)
  must(normaliser.count <= LoginNormaliser.maxDomainBytes, "domain too long")
  must(normaliser.normalise(bytes.span) == isLogin, "the second time")
  must(Array(normaliser.output[..<normaliser.count]) == first, "the second time")
}
