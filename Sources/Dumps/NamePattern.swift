internal import Bytes

/// How a folder or file may be called: `{cc}[{hex}]*` is `FR[7F2A61C0] [2025-07-08]`.
///
/// Rules hold such patterns. `*` stands for any bytes, or none; `{cc}` for two letters, `{hex}` for six or
/// more hexadecimal digits, `{digits}` for three or more digits, `{date}` for a day such as `2025_07_08`,
/// `{ip}` for an IPv4 address; all else for itself, ASCII case aside. There is no going back, so a name
/// costs its length times the pattern's, whoever chose it.
public struct NamePattern: Sendable {
  private enum Piece {
    case byte(UInt8)
    case anything, letters, hex, digits, date, address
  }

  /// Longer names match no pattern; file systems have none, but archives may.
  static let maxNameBytes = 255
  private static let words: [(text: StaticString, piece: Piece)] = [
    ("*", .anything), ("{cc}", .letters), ("{hex}", .hex), ("{digits}", .digits),
    ("{date}", .date), ("{ip}", .address),
  ]

  /// The bytes that it begins with, in lower case, and all else.
  private var beginning: [UInt8] = []
  private var pieces: [Piece] = []

  /// Nil if `text` is empty or holds a brace that begins none of the words above.
  public init?(_ text: [UInt8]) {
    var offset = 0
    while offset < text.count {
      let rest = ByteRange(offset, text.count)
      if let word = Self.words.first(where: { text.span.starts(rest, withLowercase: $0.text) }) {
        pieces.append(word.piece)
        offset += word.text.utf8CodeUnitCount
      } else {
        guard text[offset] != 0x7B, text[offset] != 0x7D else { return nil }
        let byte = ASCII.lowercased(text[offset])
        if pieces.isEmpty { beginning.append(byte) } else { pieces.append(.byte(byte)) }
        offset += 1
      }
    }
    if beginning.isEmpty && pieces.isEmpty { return nil }
  }

  /// The byte with which each name that it matches begins, in lower case, or nil if that may be any.
  fileprivate var first: UInt8? { beginning.first }

  /// Whether the whole of `name` is as the pattern says.
  public func matches(_ name: [UInt8]) -> Bool {
    guard (beginning.count...Self.maxNameBytes).contains(name.count) else { return false }
    // Nearly every name differs from nearly every pattern here, where nothing is allocated: a walk asks some hundred
    // patterns of each folder.
    for (offset, byte) in beginning.enumerated() where ASCII.lowercased(name[offset]) != byte {
      return false
    }
    guard let first = pieces.first else { return name.count == beginning.count }
    if Self.lengths(of: first, in: name, at: beginning.count).isEmpty { return false }
    if case .byte(let byte)? = pieces.last, name.last.map(ASCII.lowercased) != byte { return false }
    // Before which bytes the pieces so far can end.
    var ends = Places()
    ends.insert(beginning.count..<(beginning.count + 1))
    for piece in pieces {
      var next = Places()
      var place = ends.first(from: 0)
      while let start = place {
        let lengths = Self.lengths(of: piece, in: name, at: start)
        next.insert((start + lengths.lowerBound)..<(start + lengths.upperBound))
        // From here on anything is reached.
        if case .anything = piece { break }
        place = ends.first(from: start + 1)
      }
      if next.first(from: 0) == nil { return false }
      ends = next
    }
    return ends.first(from: name.count) == name.count
  }

  /// Places within a name and behind it, a bit for each.
  private struct Places {
    private var words = InlineArray<4, UInt64>(repeating: 0)

    mutating func insert(_ places: Range<Int>) {
      for place in places { words[place >> 6] |= 1 &<< UInt64(place & 63) }
    }

    func first(from start: Int) -> Int? {
      var (word, mask) = (start >> 6, UInt64.max &<< UInt64(start & 63))
      while word < 4 {
        let bits = words[word] & mask
        if bits != 0 { return word << 6 + bits.trailingZeroBitCount }
        (word, mask) = (word + 1, .max)
      }
      return nil
    }
  }

  /// How long the piece may be that begins at `start`.
  private static func lengths(of piece: Piece, in name: [UInt8], at start: Int) -> Range<Int> {
    func run(_ isOne: (UInt8) -> Bool) -> Int { name[start...].prefix { isOne($0) }.count }
    func from(_ least: Int, _ most: Int) -> Range<Int> { least..<max(least, most + 1) }
    switch piece {
    case .byte(let byte):
      let isThere = start < name.count && ASCII.lowercased(name[start]) == byte
      return isThere ? 1..<2 : 0..<0
    case .anything: return 0..<(name.count - start + 1)
    case .letters: return run(ASCII.isLetter) >= 2 ? 2..<3 : 0..<0
    case .hex: return from(6, run { ASCII.isDigit($0) || ($0 | 0x20) &- 0x61 < 6 })
    case .digits: return from(3, run(ASCII.isDigit))
    case .date: return isDate(name, start) ? 10..<11 : 0..<0
    case .address: return address(name, start).map { $0..<($0 + 1) } ?? 0..<0
    }
  }

  /// `2025-07-08`, `2025_07_08` or `2025.07.08`. The day need not exist: such names are met.
  private static func isDate(_ name: [UInt8], _ start: Int) -> Bool {
    guard name.count - start >= 10, name[start] == 0x32, name[start + 1] == 0x30 else {
      return false
    }
    let isNumeric = [2, 3, 5, 6, 8, 9].allSatisfy { ASCII.isDigit(name[start + $0]) }
    let separators: [UInt8] = [ASCII.hyphen, 0x5F, ASCII.dot]
    return isNumeric && [4, 7].allSatisfy { separators.contains(name[start + $0]) }
  }

  /// The length of four numbers up to 255 with dots between them, or nil.
  private static func address(_ name: [UInt8], _ start: Int) -> Int? {
    var offset = start
    for part in 0..<4 {
      if part > 0 {
        guard offset < name.count, name[offset] == ASCII.dot else { return nil }
        offset += 1
      }
      let digits = name[offset...].prefix(4).prefix { ASCII.isDigit($0) }
      guard (1...3).contains(digits.count),
        digits.reduce(0, { $0 * 10 + Int($1 - 0x30) }) <= 255
      else { return nil }
      offset += digits.count
    }
    return offset - start
  }
}

/// Patterns of which a name may match any.
///
/// A walk asks some hundred of them of each name, so only those are looked at that begin as it does.
struct NamePatterns: Sendable {
  private let patterns: [NamePattern]
  /// Of `patterns`, those that begin with a byte are the ones from its place to the next byte's; those that may begin with
  /// any come last.
  private let places: [Int]

  init(_ given: [NamePattern]) {
    func rank(_ pattern: NamePattern) -> Int { pattern.first.map { Int($0) } ?? 256 }
    let sorted = given.sorted { rank($0) < rank($1) }
    patterns = sorted
    places = (0...256).map { byte in sorted.firstIndex { rank($0) >= byte } ?? sorted.count }
  }

  func contains(_ name: [UInt8]) -> Bool { firstMatch(name) != nil }

  /// A number of the pattern that `name` matches, the same each time: the first of several; nil if there is none.
  func firstMatch(_ name: [UInt8]) -> Int? {
    if let first = name.first.map({ Int(ASCII.lowercased($0)) }) {
      for index in places[first]..<places[first + 1] where patterns[index].matches(name) {
        return index
      }
    }
    for index in places[256]..<patterns.count where patterns[index].matches(name) { return index }
    return nil
  }
}
