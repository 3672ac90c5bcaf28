import Bytes
import Formats

private struct Checker: CredentialSink, CookieSink {
  var count = 0

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    must(!credential.login.isEmpty, "a login is never empty")
    must(credential.login.start >= 0 && credential.login.end <= bytes.count, "login")
    must(credential.host.start >= 0 && credential.host.end <= bytes.count, "host")
    count += 1
  }

  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {
    must(!cookie.domain.isEmpty && cookie.domain.end <= bytes.count, "domain")
    must(cookie.name.start >= 0 && cookie.name.end <= bytes.count, "name")
    count += 1
  }
}

/// Any bytes are a database or not; its rows are no more than it can hold, and the same a second time.
///
/// SQLite itself is the system's library and not instrumented, so the fuzzer does not see its branches.
func checkDatabase(_ bytes: [UInt8]) {
  func read() -> (found: Int, records: UInt32, isDamaged: Bool) {
    var checker = Checker()
    var database = BrowserDatabase(bytes.span, labels: labels)
    database.readLogins(into: &checker)
    database.readCookies(into: &checker)
    return (checker.count, database.recordCount, database.isDamaged)
  }
  let first = read()
  must(first == read(), "the second time")
  must(Int(first.records) * 6 <= 2 * bytes.count + (64 << 10), "records")
}
