internal import Clock

/// A time as a log writes it: the same digits may mean two days.
///
/// `7/8/2025` is the 8th of July or the 7th of August. A reading that the digits, or the family's known
/// order, do not settle is kept as a second one and never chosen silently.
public struct LocalTime: Equatable, Sendable {
  /// The order of day, month and year.
  public enum Order: UInt8, Sendable, CaseIterable {
    case mdy = 1
    case dmy, ymd
  }

  /// Seconds since 1970, the digits read as UTC: a local time may be off by up to 14 hours.
  public var seconds: Int64
  /// The other reading, if day and month may be exchanged.
  public var otherSeconds: Int64?

  /// Reads the first date in `text`, or nil if there is none or its fields are out of range.
  ///
  /// `order` is what the family is known for; it decides between readings and is overruled by a field
  /// above 12. Real folder names hold impossible minutes, so a bad time of day falls back to midnight.
  public init?(_ text: Span<UInt8>, order: Order?) {
    var fields: [(value: Int, digits: Int, end: Int)] = []
    var month: Int?
    var offset = 0
    var isAfternoon: Bool?
    while offset < text.count && fields.count < 8 {
      let byte = text[offset]
      if byte &- 0x30 < 10 {
        var value = 0
        let start = offset
        while offset < text.count, text[offset] &- 0x30 < 10, offset - start < 9 {
          value = value * 10 + Int(text[offset] - 0x30)
          offset += 1
        }
        fields.append((value, offset - start, offset))
        continue
      }
      if byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A {
        var word: [UInt8] = []
        while offset < text.count, (text[offset] | 0x20) &- 0x61 < 26 {
          word.append(text[offset] | 0x20)
          offset += 1
        }
        if let found = Self.month(word), month == nil { month = found }
        if word == Array("pm".utf8) { isAfternoon = true }
        if word == Array("am".utf8) { isAfternoon = false }
        continue
      }
      offset += 1
    }
    // `12:30:45` is a time without a date.
    if month == nil, let end = fields.first?.end, end < text.count, text[end] == 0x3A { return nil }
    guard let dates = Self.dates(fields.map { ($0.value, $0.digits) }, month: month, order: order)
    else { return nil }
    // In `Sat Jul 06 3:43:57 2024` the year stands behind the time.
    let isYearLast = month != nil && fields[1].digits != 4 && fields.contains { $0.digits == 4 }
    let rest = fields.dropFirst(month == nil ? 3 : isYearLast ? 1 : 2).map(\.value)
    let time = Self.secondsOfDay(rest, isAfternoon: isAfternoon)
    seconds = dates.first + time
    otherSeconds = dates.other.map { $0 + time }
  }

  /// Midnight of the date's readings.
  private static func dates(
    _ fields: [(value: Int, digits: Int)], month: Int?, order: Order?
  ) -> (first: Int64, other: Int64?)? {
    if let month {
      // 03 September 2024, Sat Jul 06 … 2024: the day, and a year of four digits or the next field.
      guard fields.count >= 2 else { return nil }
      let year = fields.first { $0.digits == 4 }?.value ?? 2000 + fields[1].value
      return midnight(year, month, fields[0].value).map { ($0, nil) }
    }
    guard fields.count >= 3 else { return nil }
    let (a, b, c) = (fields[0].value, fields[1].value, fields[2].value)
    if fields[0].digits == 4 { return midnight(a, b, c).map { ($0, nil) } }
    guard fields[2].digits == 4 || fields[2].digits == 2 else { return nil }
    let year = fields[2].digits == 2 ? 2000 + c : c
    let monthFirst = midnight(year, a, b)
    let dayFirst = midnight(year, b, a)
    switch (monthFirst, dayFirst) {
    case (nil, nil): return nil
    case (let only?, nil), (nil, let only?): return (only, nil)
    case (let monthFirst?, let dayFirst?):
      if monthFirst == dayFirst { return (monthFirst, nil) }
      return order == .mdy ? (monthFirst, dayFirst) : (dayFirst, monthFirst)
    }
  }

  private static func secondsOfDay(_ fields: [Int], isAfternoon: Bool?) -> Int64 {
    guard fields.count >= 2 else { return 0 }
    var hour = fields[0]
    let second = fields.count >= 3 ? fields[2] : 0
    if isAfternoon == true && hour < 12 { hour += 12 }
    if isAfternoon == false && hour == 12 { hour = 0 }
    guard hour < 24, fields[1] < 60, second < 61 else { return 0 }
    return Int64(hour * 3600 + fields[1] * 60 + second)
  }

  private static func month(_ word: [UInt8]) -> Int? {
    guard word.count >= 3 else { return nil }
    return months.firstIndex { $0 == Array(word.prefix(3)) }.map { $0 + 1 }
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ].map { Array($0.utf8) }

  /// Midnight UTC. Years 2000 to 2099: no stealer log is older, and two digits mean this century.
  private static func midnight(_ year: Int, _ month: Int, _ day: Int) -> Int64? {
    guard (2000...2099).contains(year) else { return nil }
    return UTCTime(year: year, month: month, day: day)?.seconds
  }
}
