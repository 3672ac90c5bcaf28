internal import Bytes
internal import Clock

/// A time as a log writes it: the same digits may mean two days, and mostly no zone is given.
///
/// `7/8/2025` is the 8th of July or the 7th of August. A reading that the digits, or the family's known
/// order, do not settle is kept as a second one and never chosen silently.
public struct LocalTime: Equatable, Sendable {
  /// The order of day, month and year.
  public enum Order: UInt8, Sendable, CaseIterable {
    case mdy = 1
    case dmy, ymd
  }

  /// The smallest unit that was given.
  public enum Precision: UInt8, Sendable {
    case second = 1
    case minute, day
  }

  /// Seconds since 1970. Unless `isUTC`, the digits are read as UTC: the time may be off by up to 14 hours.
  public var seconds: Int64
  /// The other reading, if day and month may be exchanged.
  public var otherSeconds: Int64?
  /// What is smaller than this was not given, and is zero.
  public var precision: Precision
  /// Whether the text tells the zone, which then is taken off.
  public var isUTC = false

  /// The latest second of 2099, and the first of 2000: no stealer log is older.
  private static let plausible: ClosedRange<Int64> = 946_684_800...4_102_444_799
  /// More digits than any time has that was met.
  private static let maxFields = 12

  /// Reads the first date in `text`, or nil if there is none or its fields are out of range.
  ///
  /// `order` is what the family is known for; it decides between readings and is overruled by a field
  /// above 12. Real folder names hold impossible minutes, so a bad time of day falls back to midnight.
  public init?(_ text: Span<UInt8>, order: Order?) {
    if let signed = Self.signature(in: text) {
      // Lumma: `30.07.2025 13:19:25 (sig:1753873165.0a1b)`. The number is the same instant, in UTC.
      self.init(seconds: signed, precision: .second, isUTC: true)
      return
    }
    if let behind = Self.firstOffset(of: "utc:", in: text),
      var time = LocalTime(text.extracting(behind..<text.count), order: order)
    {
      // CryptBot: `2024-12-29 05:37:17 [ UTC: 2024-12-29 04:37:17 ]`.
      time.isUTC = time.precision != .day
      self = time
      return
    }
    let words = Words(text)
    // `14:39:18 26.08.2024`; `12:30:45` is a time without a date.
    let timeFields = Self.fieldsOfTime(words.fields, in: text)
    let fields = Array(words.fields.dropFirst(timeFields))
    let isNumeric = Self.isDate(fields, in: text)
    let month = isNumeric ? nil : words.month
    if timeFields > 0 && !isNumeric && month == nil { return nil }
    guard let dates = Self.dates(fields, month: month, order: order, in: text) else { return nil }
    // In `Sat Jul 06 3:43:57 2024` the year stands behind the time.
    let isYearLast =
      month != nil && fields[1].digits != 4 && fields.contains { $0.digits == 4 }
    let rest = fields.dropFirst(month == nil ? 3 : isYearLast ? 1 : 2)
    let time = TimeOfDay(
      timeFields > 0 ? Array(words.fields.prefix(timeFields)) : Array(rest), in: text)
    let zone = time.end.flatMap { Self.zone(behind: $0, in: text) }
    // A zone, or a leap second, may lead out of the years that count.
    let shift = time.seconds - (zone ?? 0)
    let readings = [dates.first + shift, dates.other.map { $0 + shift }].compactMap { $0 }
      .filter(Self.plausible.contains)
    guard let first = readings.first else { return nil }
    self.init(
      seconds: first, otherSeconds: readings.dropFirst().first, precision: time.precision,
      isUTC: zone != nil)
  }

  private init(
    seconds: Int64, otherSeconds: Int64? = nil, precision: Precision, isUTC: Bool
  ) {
    self.seconds = seconds
    self.otherSeconds = otherSeconds
    self.precision = precision
    self.isUTC = isUTC
  }

  /// Settles two readings by another rendering of the same instant: RisePro writes `6/7/2024 3:43:57` and
  /// `Sat Jul 06 3:43:57 2024`.
  public func settled(by other: LocalTime) -> LocalTime {
    let readings = [seconds, otherSeconds].compactMap { $0 }
    // A zone is at most 14 hours from UTC.
    if other.isUTC, !isUTC, readings.contains(where: { abs($0 - other.seconds) <= 14 * 3600 }) {
      return other.otherSeconds == nil ? other : self
    }
    guard otherSeconds != nil, other.otherSeconds == nil,
      let meant = readings.first(where: { abs($0 - other.seconds) < 60 })
    else { return self }
    return LocalTime(seconds: meant, precision: precision, isUTC: isUTC)
  }

  // MARK: The date

  /// How many of the first fields are hours, minutes, seconds and their fraction.
  private static func fieldsOfTime(_ fields: [Field], in text: Span<UInt8>) -> Int {
    func stands(_ sign: UInt8, behind index: Int) -> Bool {
      fields.count > index + 1 && fields[index + 1].start == fields[index].end + 1
        && text[fields[index].end] == sign
    }
    guard stands(ASCII.colon, behind: 0), fields[0].digits <= 2 else { return 0 }
    if !stands(ASCII.colon, behind: 1) { return 2 }
    return stands(ASCII.dot, behind: 2) ? 4 : 3
  }

  /// Whether three numbers with one sign between them stand at the front: then a word behind them names no month.
  private static func isDate(_ fields: [Field], in text: Span<UInt8>) -> Bool {
    guard fields.count >= 3, fields[1].start == fields[0].end + 1,
      fields[2].start == fields[1].end + 1
    else { return false }
    let sign = text[fields[0].end]
    return sign == text[fields[1].end]
      && [ASCII.dot, ASCII.slash, ASCII.hyphen, 0x5F].contains(sign)
  }

  /// Midnight of the date's readings.
  private static func dates(
    _ fields: [Field], month: Int?, order: Order?, in text: Span<UInt8>
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
      // With dots the day stands first wherever dots are written.
      if isDate(fields, in: text), text[fields[0].end] == ASCII.dot { return (dayFirst, nil) }
      return order == .mdy ? (monthFirst, dayFirst) : (dayFirst, monthFirst)
    }
  }

  /// Midnight UTC. Years 2000 to 2099: no stealer log is older, and two digits mean this century.
  private static func midnight(_ year: Int, _ month: Int, _ day: Int) -> Int64? {
    guard (2000...2099).contains(year) else { return nil }
    return UTCTime(year: year, month: month, day: day)?.seconds
  }

  // MARK: The zone

  /// The instant within `(sig:EPOCH.hex)`, or nil.
  private static func signature(in text: Span<UInt8>) -> Int64? {
    guard let start = firstOffset(of: "sig:", in: text) else { return nil }
    var seconds: Int64 = 0
    var offset = start
    while offset < text.count, ASCII.isDigit(text[offset]), offset - start < 11 {
      seconds = seconds * 10 + Int64(text[offset] - 0x30)
      offset += 1
    }
    return plausible.contains(seconds) ? seconds : nil
  }

  /// Where the text goes on behind the first `word`, which is in lower case; nil if it is not there.
  private static func firstOffset(of word: StaticString, in text: Span<UInt8>) -> Int? {
    for offset in text.indices
    where text.starts(ByteRange(offset, text.count), withLowercase: word) {
      return offset + word.utf8CodeUnitCount
    }
    return nil
  }

  /// Seconds east of Greenwich, if the text behind the time of day, its fraction and half says so: `Z`, `GMT`, `UTC+2`, `GMT+0200`,
  /// `+02:00`, and `-07_00` as in folders' names.
  private static func zone(behind end: Int, in text: Span<UInt8>) -> Int64? {
    var offset = end
    func skip(_ isSkipped: (UInt8) -> Bool) -> Int {
      while offset < text.count, isSkipped(text[offset]) { offset += 1 }
      return offset
    }
    offset = skip { $0 == ASCII.space || $0 == ASCII.openBracket || $0 == 0x28 }
    func word() -> [UInt8] {
      let start = offset
      offset = skip(ASCII.isLetter)
      return (start..<offset).map { ASCII.lowercased(text[$0]) }
    }
    let name = word()
    if name == Array("z".utf8) { return 0 }
    let isNamed = name == Array("utc".utf8) || name == Array("gmt".utf8)
    guard isNamed || name.isEmpty else { return nil }
    if isNamed { offset = skip { $0 == ASCII.space || $0 == ASCII.colon } }
    return self.offset(at: offset, isNamed: isNamed, in: text) ?? (isNamed ? 0 : nil)
  }

  /// `+2` (only behind a name), `+0200`, `+02:00` or `-07_00`, in seconds.
  private static func offset(at start: Int, isNamed: Bool, in text: Span<UInt8>) -> Int64? {
    guard start < text.count, text[start] == 0x2B || text[start] == ASCII.hyphen else { return nil }
    let fields = Words(text.extracting((start + 1)..<text.count)).fields
    guard let first = fields.first, first.start == 0, first.digits <= 4 else { return nil }
    guard isNamed || first.digits != 1 else { return nil }
    var (hours, minutes) = (first.value, 0)
    if first.digits > 2 {
      (hours, minutes) = (first.value / 100, first.value % 100)
    } else if fields.count > 1, fields[1].start == first.end + 1, fields[1].digits == 2 {
      minutes = fields[1].value
    }
    guard hours <= 14, minutes < 60 else { return nil }
    return Int64(hours * 3600 + minutes * 60) * (text[start] == 0x2B ? 1 : -1)
  }

  // MARK: Words

  fileprivate struct Field {
    var value: Int
    var digits: Int
    var start: Int
    var end: Int
  }

  /// The numbers of a text, and what its words say of a date.
  fileprivate struct Words {
    var fields: [Field] = []
    var month: Int?

    init(_ span: Span<UInt8>) {
      let text = HalfOfDay.withPlainBlanks(span)
      var offset = 0
      while offset < text.count && fields.count < LocalTime.maxFields {
        let start = offset
        if ASCII.isDigit(text[offset]) {
          var value = 0
          while offset < text.count, ASCII.isDigit(text[offset]), offset - start < 9 {
            value = value * 10 + Int(text[offset] - 0x30)
            offset += 1
          }
          fields.append(Field(value: value, digits: offset - start, start: start, end: offset))
        } else if isLetter(text[offset]) {
          while offset < text.count, isLetter(text[offset]) { offset += 1 }
          take(text[start..<offset])
        } else {
          offset += 1
        }
      }
    }

    /// Letters of every language count as such, with what else is not ASCII.
    private func isLetter(_ byte: UInt8) -> Bool { ASCII.isLetter(byte) || byte >= 0x80 }

    /// Takes a month's name, or its beginning: `Jul`, `Sept`, `août`. In `mar. 26 août 2024` the second is the month.
    private mutating func take(_ word: ArraySlice<UInt8>) {
      guard word.count >= 3, month == nil || fields.count == 1 else { return }
      let isPlain = word.allSatisfy { $0 < 0x80 }
      let folded =
        isPlain
        ? word.map(ASCII.lowercased)
        : Array(String(decoding: word, as: UTF8.self).lowercased().utf8)
      // In other languages a name may go on otherwise than in English: `aprilie`.
      let found =
        Self.months.first { $0.name.starts(with: folded) }
        ?? Self.months.prefix(12).first { $0.name.starts(with: folded.prefix(3)) }
      if let found { month = found.number }
    }

    /// English first, then French, German, Spanish, Portuguese, Italian, Dutch, Polish, Turkish, Russian, Ukrainian;
    /// twelve names of each.
    private static let months: [(name: [UInt8], number: Int)] = """
      january february march april may june july august september october november december
      janvier février mars avril mai juin juillet août septembre octobre novembre décembre
      januar februar märz april mai juni juli august september oktober november dezember
      enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
      janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
      gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
      januari februari maart april mei juni juli augustus september oktober november december
      stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
      ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
      января февраля марта апреля мая июня июля августа сентября октября ноября декабря
      січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
      """.utf8.split { $0 == ASCII.space || $0 == ASCII.lineFeed }.enumerated().map {
        (Array($0.element), $0.offset % 12 + 1)
      }
  }

  /// Hours, minutes and seconds that stand side by side; midnight if they are none, or if a word stands at
  /// them that may tell the half of the day and is not known.
  private struct TimeOfDay {
    var seconds: Int64 = 0
    var precision = Precision.day
    /// Where the time ends, with the word for the half of the day, or nil if there is none.
    var end: Int?

    init(_ fields: [Field], in text: Span<UInt8>) {
      guard fields.count >= 2, fields[1].start == fields[0].end + 1 else { return }
      let hasSeconds = fields.count >= 3 && fields[2].start == fields[1].end + 1
      let second = hasSeconds ? fields[2].value : 0
      var hour = fields[0].value
      guard hour < 24, fields[1].value < 60, second < 61 else { return }
      let digits = fields[0].start..<fields[hasSeconds ? 2 : 1].end
      let (half, end) = HalfOfDay.read(around: digits, in: text)
      switch half {
      case .afternoon where hour < 12: hour += 12
      case .morning where hour == 12: hour = 0
      case .unknown where (1...12).contains(hour): return
      default: break
      }
      seconds = Int64(hour * 3600 + fields[1].value * 60 + second)
      precision = hasSeconds ? .second : .minute
      self.end = end
    }
  }
}
