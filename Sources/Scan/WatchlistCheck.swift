internal import CSandbox
public import Clock
public import Watchlists

#if canImport(Glibc)
  internal import Glibc
#endif

/// Checks a watchlist with its key, as a scan does: `dumpsieve watchlist check`.
public enum WatchlistCheck {
  /// The number of its accounts, or why it is refused.
  public static func accounts(path: String, keyFile: String, now: UTCTime) throws(Refusal) -> Int {
    try accounts(path: path, keyFiles: [keyFile], now: now)
  }

  /// The same, where the list's key is one of several.
  public static func accounts(
    path: String, keyFiles: [String], now: UTCTime
  ) throws(Refusal) -> Int {
    let descriptor = unsafe ds_memfd_create("dumpsieve-check")
    if descriptor < 0 { throw Refusal(.noSecureMemory, path) }
    defer { _ = close(descriptor) }
    let keys = try PartnerKeys(paths: keyFiles)
    let image = try WatchlistImage(paths: [path], keys: keys, descriptor: descriptor, now: now)
    return image.headers[0].accounts
  }
}
