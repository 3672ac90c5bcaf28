internal import Bytes

/// One way in which cookies stand in a log file.
///
/// Like `Layout`, it reads in chunks and consumes whole cookies only. A file that holds cookies holds no
/// credentials, so it is asked before the layouts of records, and says yes only if hardly anything else
/// stands in the sample.
public protocol CookieLayout: Sendable {
  /// Whether `sample`, the beginning of a file, is of this layout; the name of the file is no evidence.
  static func fits(_ sample: Span<UInt8>) -> Bool

  init()

  /// Reads the whole cookies at the beginning of `bytes` and returns how many bytes they took.
  ///
  /// The next call begins with the first byte that was not taken. With `isLast` all bytes are taken.
  mutating func read<Sink: CookieSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int
}

public enum CookieLayouts {
  public static let all: [any CookieLayout.Type] = [NetscapeCookies.self, JSONCookies.self]

  /// The layout of `sample`, or nil if it is no beginning of a cookie file.
  public static func fitting(_ sample: Span<UInt8>) -> (any CookieLayout.Type)? {
    all.first { $0.fits(sample) }
  }
}
