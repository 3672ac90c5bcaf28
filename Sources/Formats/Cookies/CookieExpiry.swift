public import Bytes

/// When a cookie expires, from a number or a date whose unit nobody states.
public struct CookieExpiry: Equatable, Sendable {
  /// Seconds since 1970, or nil: the cookie ends with the browser, or its time is not known.
  public let seconds: Int64?

  // 2200-01-01: browsers cap a cookie's life at 400 days. A larger number is in a finer unit.
  public static let maxSeconds: Int64 = 7_258_118_400
  /// Seconds from 1601-01-01, Windows' and Chrome's epoch, to 1970-01-01.
  private static let secondsFrom1601: Int64 = 11_644_473_600
  /// A constant that some stealers write for every cookie, in 2050: it says nothing of this one.
  private static let constant: Int64 = 2_538_097_566

  /// What a number means; 0 and less is a cookie that ends with the browser.
  ///
  /// The unit follows from the magnitude: seconds since 1970, milliseconds since 1970, microseconds since 1970 or
  /// since 1601. Up to 2200 their ranges do not meet: microseconds since 1970 end at 7.3e15, those since
  /// 1601 begin at 1.2e16, in 1970.
  public init(_ number: Int64) {
    let seconds: Int64
    if number < Self.maxSeconds {
      seconds = number
    } else if number < Self.maxSeconds * 1000 {
      seconds = number / 1000
    } else if number < Self.maxSeconds * 1_000_000 {
      seconds = number / 1_000_000
    } else {
      seconds = number / 1_000_000 - Self.secondsFrom1601
    }
    let isTime = seconds > 0 && seconds < Self.maxSeconds && seconds != Self.constant
    self.seconds = isTime ? seconds : nil
  }

  /// What the date at `range` means, such as `Tue, 12 Aug 2025 10:11:12 GMT` or `2025-08-12T10:11:12.000Z`; nil if it
  /// is none, or could be two.
  init?(date range: ByteRange, in bytes: Span<UInt8>) {
    guard !range.isEmpty, let time = LocalTime(bytes.extracting(range.bounds), order: nil),
      time.otherSeconds == nil
    else { return nil }
    self.init(time.seconds)
  }

  /// What the text at `range` means: a number, of which a fraction is cut off, or nothing at all; nil if it is
  /// neither.
  public init?(_ range: ByteRange, in bytes: Span<UInt8>) {
    var offset = range.start
    let isNegative = offset < range.end && bytes[offset] == ASCII.hyphen
    if isNegative { offset += 1 }
    let first = offset
    var number: Int64 = 0
    while offset < range.end, ASCII.isDigit(bytes[offset]) {
      // 18 digits fit into 63 bits, and no unit needs more.
      if offset - first < 18 { number = number * 10 + Int64(bytes[offset] - 0x30) }
      offset += 1
    }
    guard offset > first else { return nil }
    let digits = offset - first
    if offset < range.end && bytes[offset] == ASCII.dot {
      offset += 1
      while offset < range.end, ASCII.isDigit(bytes[offset]) { offset += 1 }
    }
    guard offset == range.end else { return nil }
    self.init(isNegative || digits > 18 ? 0 : number)
  }
}
