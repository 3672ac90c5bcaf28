/// When a cookie expires, from a number whose unit nobody states.
public enum CookieExpiry {
  // 2200-01-01: browsers cap a cookie's life at 400 days, and the constant that some stealers write,
  // 2538097566, is in 2050. A larger number is in a finer unit.
  private static let maxSeconds: Int64 = 7_258_118_400
  /// Seconds from 1601-01-01, Windows' and Chrome's epoch, to 1970-01-01.
  private static let secondsFrom1601: Int64 = 11_644_473_600

  /// Seconds since 1970, or nil for a session cookie (0 or less) and for what is no time in any unit.
  ///
  /// The unit follows from the magnitude: seconds since 1970, milliseconds since 1970, microseconds since 1970 or
  /// since 1601. From 2000 to 2200 their ranges do not meet: microseconds of 1970 end at 7.3e15,
  /// those of 1601 begin at 1.2e16 (1981).
  public static func seconds(_ number: Int64) -> Int64? {
    if number <= 0 { return nil }
    if number < maxSeconds { return number }
    if number < maxSeconds * 1000 { return number / 1000 }
    if number < maxSeconds * 1_000_000 { return number / 1_000_000 }
    let seconds = number / 1_000_000 - secondsFrom1601
    return seconds > 0 && seconds < maxSeconds ? seconds : nil
  }
}
