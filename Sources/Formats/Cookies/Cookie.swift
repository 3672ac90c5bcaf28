public import Bytes

/// Where one stolen cookie lies in the file or database page that it was read from.
///
/// It holds places, not text. The value is stepped over: no range of it leaves a reader, so whoever
/// holds a cookie can neither copy nor show what it opens.
public struct Cookie: Equatable, Sendable {
  /// The host that the cookie is sent to, as written; a dot before it says "and those below it".
  public var domain: ByteRange
  /// The cookie's name, as written: case counts.
  public var name: ByteRange
  /// Seconds since 1970, or nil for a session cookie, which ends with the browser.
  public var expiry: Int64?

  public init(domain: ByteRange, name: ByteRange, expiry: Int64?) {
    self.domain = domain
    self.name = name
    self.expiry = expiry
  }
}

/// Takes cookies as a reader finds them.
public protocol CookieSink: ~Copyable {
  /// Called once for each cookie, in file order; `bytes` is valid for the call only.
  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>)
}
