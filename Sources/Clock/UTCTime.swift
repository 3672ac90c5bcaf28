#if canImport(Glibc)
  internal import Glibc
#endif

/// A moment, to the second, in UTC; written as RFC 3339.
public struct UTCTime: Comparable, Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public var seconds: Int64

  public init(seconds: Int64) {
    self.seconds = seconds
  }

  /// The system's clock.
  public static var now: UTCTime {
    var time = timespec()
    // CLOCK_REALTIME cannot fail with a valid pointer.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return UTCTime(seconds: Int64(time.tv_sec))
  }

  /// Midnight of a day of the Gregorian calendar, or nil if there is no such day.
  /// Years 1970 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1970...9999).contains(year), (1...12).contains(month),
      (1...Self.length(ofMonth: month, year)).contains(day)
    else { return nil }
    // Days from the civil date, with years that begin in March, so that the leap day is their last.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    seconds = Int64(era * 146_097 + dayOfEra - 719_468) * 86_400
  }

  private static func length(ofMonth month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Reads `2025-07-14`, meaning its midnight, or `2025-07-14T01:30:00Z`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10 || bytes.count == 20,
      let year = Self.number(bytes, 0, 4), let month = Self.number(bytes, 5, 2),
      let day = Self.number(bytes, 8, 2), bytes[4] == 0x2D, bytes[7] == 0x2D,
      let midnight = UTCTime(year: year, month: month, day: day)
    else { return nil }
    seconds = midnight.seconds
    if bytes.count == 10 { return }
    guard let hour = Self.number(bytes, 11, 2), let minute = Self.number(bytes, 14, 2),
      let second = Self.number(bytes, 17, 2), bytes[10] == 0x54, bytes[13] == 0x3A,
      bytes[16] == 0x3A, bytes[19] == 0x5A, hour < 24, minute < 60, second < 60
    else { return nil }
    seconds += Int64(hour * 3600 + minute * 60 + second)
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ digits: Int) -> Int? {
    var value = 0
    for index in start..<(start + digits) {
      guard bytes[index] &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(bytes[index] - 0x30)
    }
    return value
  }

  /// Such as `2025-07-14T01:30:00Z`. Moments outside the years 1970 to 9999 are written as the nearest bound.
  public var text: String {
    let bounded = min(max(seconds, 0), 253_402_300_799)
    let days = Int(bounded / 86_400)
    let rest = Int(bounded % 86_400)
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
      + "T\(Self.padded(rest / 3600, 2)):\(Self.padded(rest / 60 % 60, 2))"
      + ":\(Self.padded(rest % 60, 2))Z"
  }

  private static func padded(_ value: Int, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  public static func < (left: UTCTime, right: UTCTime) -> Bool { left.seconds < right.seconds }
}
