internal import Bytes

/// What the end of a zip says of it: libarchive goes without, and then tells of nothing that is missing.
struct ZipDirectory {
  /// Members that the directory lists.
  private(set) var members: Int
  /// Whether other files hold parts of the archive.
  private(set) var isSplit: Bool
  /// Where its records stand.
  private(set) var start: Int
  private(set) var bytes: Int
  /// What must be added to the places that the directory gives: bytes that were put before the archive.
  private(set) var shift: Int
  /// Where the archive ends, but for its comment.
  private(set) var end: Int

  /// A comment behind the directory has 64 KiB at most; what was put behind the archive may be longer.
  private static let maxTailBytes = 128 << 10
  static let endBytes = 22

  /// Nil if none stands at the end, or its records do not stand where that says.
  init?(_ source: some ByteSource) {
    for var found in Self.ends(of: source) {
      let hasRecords = source.bytes(from: found.start, limit: 4) == Self.recordMark
      guard hasRecords || found.members == 0 else { continue }
      // What lists nothing is nowhere, however long it says that it is.
      if !hasRecords, found.bytes > 0 {
        (found.start, found.bytes) = (found.end - Self.endBytes, 0)
      }
      self = found
      return
    }
    return nil
  }

  /// Whether an end stands there that lists members; if there is no directory all the same, that is damaged.
  static func hasEnd(_ source: some ByteSource) -> Bool {
    ends(of: source).contains { $0.members > 0 }
  }

  /// What may end the zip, the last first.
  private static func ends(of source: some ByteSource) -> [ZipDirectory] {
    guard let size = source.size else { return [] }
    let begin = Swift.max(0, size - maxTailBytes)
    let tail = source.bytes(from: begin, limit: size - begin)
    let mark = Array("PK\u{05}\u{06}".utf8)
    let places = stride(from: tail.count - endBytes, through: 0, by: -1)
    return places.compactMap { place in
      guard tail[place] == mark[0], tail[place..<(place + 4)].elementsEqual(mark) else {
        return nil
      }
      return ZipDirectory(tail, from: begin, place: place)
    }
  }

  /// How a member's record in the directory begins, and a member.
  static let recordMark = Array("PK\u{01}\u{02}".utf8)
  static let memberMark = Array("PK\u{03}\u{04}".utf8)

  /// The directory whose end stands at `place` in `tail`, which stands at `begin`; nil if its comment is longer than
  /// the file: then it is no end, but stands in the comment of another.
  private init?(_ tail: [UInt8], from begin: Int, place: Int) {
    guard place + Self.endBytes + tail.number(place + 20, 2) <= tail.count else { return nil }
    end = begin + place + Self.endBytes
    members = tail.number(place + 10, 2)
    // The number of the part that this is.
    isSplit = tail.number(place + 4, 2) != 0
    bytes = tail.number(place + 12, 4)
    start = Swift.max(0, begin + place - bytes)
    shift = start - tail.number(place + 16, 4)
    let hasLocator =
      place >= 20 && Array(tail[(place - 20)..<(place - 16)]) == Array("PK\u{06}\u{07}".utf8)
    // Who streams writes it for a few members, too.
    guard hasLocator else { return }
    // The larger record stands right before its locator, wherever that says it is.
    let record = place - 20 - 56
    guard record >= 0, Array(tail[record..<(record + 4)]) == Array("PK\u{06}\u{06}".utf8) else {
      return
    }
    members = tail.number(record + 32, 8)
    isSplit = tail.number(record + 16, 4) != 0
    bytes = tail.number(record + 40, 8)
    start = Swift.max(0, begin + record - bytes)
    shift = start - tail.number(record + 48, 8)
  }

  /// Where a zip ends, its comment too, whose directory begins at `start`; nil if none does, or it takes too long. `source`
  /// may be a stream.
  static func end(of source: some ByteSource, from start: Int, _ budget: ArchiveBudget) -> Int? {
    var place = start
    // A record for each member, and those that end it.
    for number in 1...(budget.limits.members + 4) {
      if number % 4096 == 0, !budget.hasTime { return nil }
      let record = source.bytes(from: place, limit: 46)
      guard record.starts(with: "PK".utf8) else { return nil }
      switch record.number(2, 2) {
      case 0x0201:
        place += 46 + record.number(28, 2) + record.number(30, 2) + record.number(32, 2)
      // A signature, and what Zip64 has at the end.
      case 0x0505: place += 6 + record.number(4, 2)
      case 0x0606: place += 12 + Swift.min(record.number(4, 8), 1 << 20)
      case 0x0706: place += 20
      case 0x0605: return place + endBytes + record.number(20, 2)
      default: return nil
      }
    }
    return nil
  }
}
