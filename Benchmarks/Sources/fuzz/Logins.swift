import Watchlists

/// A login is refused or normalised, within its bounds, and alike however often the normaliser was used.
func checkLoginNormaliser(_ bytes: [UInt8]) {
  var normaliser = LoginNormaliser()
  let isLogin = normaliser.normalise(bytes.span)
  let first = Array(normaliser.output[..<normaliser.count])
  precondition(isLogin != first.isEmpty, "empty if refused")
  precondition(first.count <= LoginNormaliser.maxOutputBytes, "too long")
  precondition(normaliser.mailDomainStart <= first.count, "mail domain")
  precondition(!first.contains { $0 < 0x20 || $0 == 0x7F }, "control character")
  precondition(String(validating: first, as: UTF8.self) != nil, "UTF-8")
  _ = normaliser.normaliseDomain(bytes.span)
  precondition(normaliser.count <= LoginNormaliser.maxDomainBytes, "domain too long")
  precondition(normaliser.normalise(bytes.span) == isLogin, "the second time")
  precondition(Array(normaliser.output[..<normaliser.count]) == first, "the second time")
}
