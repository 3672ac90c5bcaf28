internal import Bytes
internal import Clock
internal import Formats
internal import Worker

/// When a log was stolen, as far as its system file, its folder's name and its files' times tell.
struct TheftTime: Equatable {
  /// The zone taken off if it is known, else the digits as they stand there.
  var time: UTCTime
  /// `system-file`, `folder-name` or `file-time`.
  var source: String
  /// The other reading of the same digits, if nothing settles which is meant.
  var other: UTCTime?
  var precision: LocalTime.Precision
  var isUTC: Bool

  /// A reading so much later than the clock of the run cannot be meant: one day, for time zones.
  private static let maxAhead: Int64 = 86_400
  /// How far a folder's date and the right reading of the system file's lie apart at most.
  private static let maxApart: Int64 = 2 * 86_400

  /// Nil if nothing tells. `folder` is the log's path, `modified` when its file of passwords was written.
  init?(
    _ facts: ResultFrame.LogFacts?, folder: [UInt8]?, modified: Int64? = nil, asOf: UTCTime
  ) {
    // What lies after the run's clock cannot be meant.
    let latest = asOf.seconds + Self.maxAhead
    let named = folder.flatMap { Self.date(inName: $0) }
    let namedReadings = [named?.seconds, named?.otherSeconds].compactMap { $0 }
      .filter { $0 <= latest }
    var readings = [facts?.stolen, facts?.otherStolen].compactMap { $0 }.filter { $0 <= latest }
    let near = readings.filter { reading in
      namedReadings.contains { abs(reading - $0) <= Self.maxApart }
    }
    if !near.isEmpty { readings = near }
    if let facts, let first = readings.first {
      time = UTCTime(seconds: first)
      other = facts.isOrderKnown ? nil : readings.dropFirst().first.map { UTCTime(seconds: $0) }
      source = "system-file"
      precision = facts.stolenPrecision
      isUTC = facts.isStolenUTC
    } else if let named, let first = namedReadings.first {
      time = UTCTime(seconds: first)
      other = namedReadings.dropFirst().first.map { UTCTime(seconds: $0) }
      source = "folder-name"
      precision = named.precision
      isUTC = named.isUTC
    } else if let modified, modified <= latest, modified >= Self.oldest {
      // An archive keeps the time to the second, but of which clock?
      time = UTCTime(seconds: modified - modified % 86_400)
      source = "file-time"
      precision = .day
      isUTC = false
    } else {
      return nil
    }
  }

  /// 2015: older files have lost their time.
  private static let oldest: Int64 = 1_420_070_400

  /// The first date in the last component, with its time if one follows. Real names hold impossible times; then it
  /// is midnight.
  private static func date(inName path: [UInt8]) -> LocalTime? {
    guard let name = path.split(separator: 0x2F).last.map({ Array($0) }) else { return nil }
    return name.indices.lazy.compactMap { date(at: $0, inName: name) }.first
  }

  /// A date that begins at `start`: `2025-07-08` or `2025_07_08`, `08.07.2025`, `08-07-2025`, `08_07_2025`, `20250708`.
  private static func date(at start: Int, inName name: [UInt8]) -> LocalTime? {
    let text = name[start...].prefix(32)
    guard start == 0 || !ASCII.isDigit(name[start - 1]) else { return nil }
    func stands(_ shape: String) -> Bool {
      text.count >= shape.utf8.count
        && zip(text, shape.utf8).allSatisfy { byte, sign in
          sign == 0x39 ? ASCII.isDigit(byte) : separators.contains(byte)
        }
    }
    // 2025-07-08T17_22_10.88+02_00: date, time of day, fraction and zone.
    if stands("9999-99-99") { return LocalTime(Array(text).span, order: .ymd) }
    // One sign: in `10.20_2025` an address ends.
    if stands("99-99-9999"), text[start + 2] == text[start + 5] {
      return LocalTime(Array(text).span, order: nil)
    }
    // Within letters it is a piece of a hardware id.
    let borders = name[..<start].suffix(1) + text.dropFirst(8).prefix(1)
    guard stands("99999999"),
      !borders.contains(where: { ASCII.isDigit($0) || ASCII.isLetter($0) })
    else { return nil }
    let digits = Array(text.prefix(8))
    let parts = [digits[0..<4], digits[4..<6], digits[6..<8]]
    return LocalTime(Array(parts.joined(separator: [ASCII.hyphen])).span, order: .ymd)
  }

  private static let separators: [UInt8] = [ASCII.hyphen, 0x5F, ASCII.dot]

}

extension LocalTime.Precision {
  /// The word for it in the document.
  var name: String { "\(self)" }
}
