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
    let named = folder.flatMap { Self.date(inName: $0) }.flatMap { $0.seconds <= latest ? $0 : nil }
    var readings = [facts?.stolen, facts?.otherStolen].compactMap { $0 }.filter { $0 <= latest }
    if let named {
      let near = readings.filter { abs($0 - named.seconds) <= Self.maxApart }
      if !near.isEmpty { readings = near }
    }
    if let facts, let first = readings.first {
      time = UTCTime(seconds: first)
      other = readings.dropFirst().first.map { UTCTime(seconds: $0) }
      source = "system-file"
      precision = facts.stolenPrecision
      isUTC = facts.isStolenUTC
    } else if let named {
      time = UTCTime(seconds: named.seconds)
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

  /// The first date of the form `2025-07-08` or `2025_07_08` in the last component, with its time if one
  /// follows. Real names hold impossible times; then it is midnight.
  private static func date(inName path: [UInt8]) -> LocalTime? {
    guard let name = path.split(separator: 0x2F).last.map({ Array($0) }), name.count >= 10 else {
      return nil
    }
    for start in 0...(name.count - 10) {
      let isAtBorder = start == 0 || !Self.isDigit(name[start - 1])
      let digits = [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy { Self.isDigit(name[start + $0]) }
      let separators = [4, 7].allSatisfy { [0x2D, 0x5F, 0x2E].contains(name[start + $0]) }
      if isAtBorder && digits && separators {
        // 2025-07-08T17_22_10.88+02_00: date, time of day, fraction and zone.
        return LocalTime(Array(name[start...].prefix(32)).span, order: .ymd)
      }
    }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}

extension LocalTime.Precision {
  /// The word for it in the document.
  var name: String { "\(self)" }
}
