internal import Bytes

/// One way in which cookies stand in a log file.
///
/// Like `Layout`, it reads in chunks and consumes whole cookies only. It is asked before the layouts of records:
/// a file of nothing but cookies holds no credentials. What else stands among them is noticed, as sellers join
/// files, and then the file is read for records, too.
public protocol CookieLayout: Sendable {
  /// Whether a cookie stands in `sample`, the beginning of a file; the name of the file is no evidence.
  static func fits(_ sample: Span<UInt8>, labels: LabelDictionary) -> Bool

  /// Whether anything but cookies and comments stood in what was read.
  var hasOthers: Bool { get }

  init(labels: LabelDictionary)

  /// Reads the whole cookies at the beginning of `bytes` and returns how many bytes they took.
  ///
  /// The next call begins with the first byte that was not taken. With `isLast` all bytes are taken.
  mutating func read<Sink: CookieSink & ~Copyable>(
    _ bytes: Span<UInt8>, isLast: Bool, into sink: inout Sink
  ) -> Int
}

/// The ways in which cookies stand in a file.
public enum CookieLayouts {
  /// In the order in which they are asked; the first that fits reads the file.
  public static let all: [any CookieLayout.Type] = [NetscapeCookies.self, JSONCookies.self]

  /// The layout of `sample`, or nil if no cookie stands there.
  public static func fitting(
    _ sample: Span<UInt8>, labels: LabelDictionary
  ) -> (any CookieLayout.Type)? {
    all.first { $0.fits(sample, labels: labels) }
  }
}
