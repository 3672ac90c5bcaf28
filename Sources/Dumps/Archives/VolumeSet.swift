internal import Bytes

/// The parts of one archive among the files of a directory, told by their names alone.
///
/// Whether they are parts of one, or archives each, their bytes say: whoever reads them looks (`ArchiveParts`).
struct VolumeSet: Equatable {
  /// The names that are there, in the order of their bytes.
  private(set) var parts: [[UInt8]]
  /// The names of parts that are not there, as far as the others tell.
  private(set) var missing: [[UInt8]] = []

  /// Missing parts that are named; a name can claim any number.
  private static let maxMissing = 16

  /// A part's name, cut up.
  private struct Part {
    /// What the names of a set have in common, in lower case.
    var set: [UInt8]
    /// From 1.
    var number: Int
    /// How many there are, if the name says so.
    var count: Int?
    /// The part that comes last whatever its number: the `.zip` of `.z01`.
    var isLast = false
    /// Makes a set by itself only if another part is there.
    var needsOthers = false
    /// Makes a set only with a first part: `x.013` may be a date or an address.
    var needsFirst = false
    var name: [UInt8]
    /// Where the number stands in the name, for the names of others.
    var digits: Range<Int>?
  }

  /// The sets among the files of a directory. A single file is one only if its name says that it is a part.
  static func all(in names: [[UInt8]]) -> [VolumeSet] {
    let parts = names.compactMap { part($0) }
    let sets = Dictionary(grouping: parts, by: \.set)
    return sets.values.compactMap { VolumeSet($0) }
  }

  private init?(_ parts: [Part]) {
    if parts.allSatisfy(\.needsOthers) { return nil }
    if parts.allSatisfy(\.needsFirst), !parts.contains(where: { $0.number == 1 }) { return nil }
    // Of two names for one number (`part1`, `part01`), both are read.
    let sorted = parts.sorted {
      ($0.isLast ? 1 : 0, $0.number, 0) < ($1.isLast ? 1 : 0, $1.number, 0)
        || ($0.isLast, $0.number) == ($1.isLast, $1.number)
          && $0.name.lexicographicallyPrecedes($1.name)
    }
    self.parts = sorted.map(\.name)
    let numbered = sorted.filter { !$0.isLast }
    guard let pattern = numbered.first(where: { $0.digits != nil }) else { return }
    let there = Set(numbered.map(\.number))
    let most = numbered.map { $0.count ?? $0.number }.max() ?? 0
    for number in 1...max(1, most) where !there.contains(number) {
      if missing.count >= Self.maxMissing { break }
      missing.append(Self.name(of: number, like: pattern))
    }
    let isSplitZip = pattern.set.suffix(3) == Array(".z#".utf8)
    if isSplitZip, !sorted.contains(where: \.isLast) {
      missing.append(Array(pattern.name.dropLast(3)) + Array("zip".utf8))
    }
  }

  /// The name that another part would have.
  private static func name(of number: Int, like part: Part) -> [UInt8] {
    guard let digits = part.digits else { return part.name }
    let isOld = part.set.suffix(3) == Array(".r#".utf8)
    if isOld && number == 1 { return Array(part.name.dropLast(3)) + Array("rar".utf8) }
    var text = Array(String(isOld ? number - 2 : number).utf8)
    while text.count < digits.count { text.insert(0x30, at: 0) }
    return Array(part.name[..<digits.lowerBound]) + text + Array(part.name[digits.upperBound...])
  }

  // MARK: Names

  private static let endings = Set(["rar", "zip", "7z", "exe", "tar"].map { Array($0.utf8) })

  private static let lastLetters = Set(endings.compactMap(\.last))

  /// Cuts up the name of a part; nil if it is none.
  private static func part(_ name: [UInt8]) -> Part? {
    // Nearly every file of a dump is a text, and is asked no further.
    guard let last = name.last, ASCII.isDigit(last) || lastLetters.contains(ASCII.lowercased(last))
    else { return nil }
    let lower = name.map(ASCII.lowercased)
    guard let dot = lower.lastIndex(of: ASCII.dot), dot > 0 else { return nil }
    let ending = lower[(dot + 1)...]
    let stem = lower[..<dot]
    // x.7z.001, x.zip.001, x.001
    if ending.count == 3, let number = number(ending), number > 0 {
      // 203.0.113.101
      if stem.allSatisfy({ ASCII.isDigit($0) || $0 == ASCII.dot }) { return nil }
      let own = stem.lastIndex(of: ASCII.dot).map { Array(stem[($0 + 1)...]) } ?? []
      return Part(
        set: stem + Array(".#".utf8), number: number, needsFirst: !endings.contains(own),
        name: name, digits: (dot + 1)..<lower.count)
    }
    if ending.count == 3, let number = self.number(ending.dropFirst()) {
      // x.rar, x.r00, x.r01 … x.r99, x.s00
      if let letter = ending.first, (0x72...0x75).contains(letter) {
        let digits = letter == 0x72 ? (dot + 2)..<lower.count : nil
        return Part(
          set: stem + Array(".r#".utf8), number: Int(letter - 0x72) * 100 + number + 2, name: name,
          digits: digits)
      }
      // x.z01, x.z02 … x.zip
      if ending.first == 0x7A, number > 0 {
        return Part(
          set: stem + Array(".z#".utf8), number: number, name: name,
          digits: (dot + 2)..<lower.count)
      }
    }
    guard endings.contains(Array(ending)) else { return nil }
    if let part = numbered(stem, ending, name) { return part }
    switch String(decoding: ending, as: UTF8.self) {
    case "rar", "exe":
      return Part(set: stem + Array(".r#".utf8), number: 1, needsOthers: true, name: name)
    case "zip":
      return Part(
        set: stem + Array(".z#".utf8), number: .max, isLast: true, needsOthers: true, name: name)
    default: return nil
    }
  }

  /// x.part1.rar, x.vol1.rar, x_vol1.zip, x_1of3.zip
  private static func numbered(
    _ stem: ArraySlice<UInt8>, _ ending: ArraySlice<UInt8>, _ name: [UInt8]
  ) -> Part? {
    var end = stem.endIndex
    if stem.last == 0x29 { end -= 1 }
    let digits = digits(before: end, in: stem)
    guard let last = number(stem[digits]) else { return nil }
    let before = stem[..<digits.lowerBound]
    if before.suffix(2) == Array("of".utf8)[...] {
      let first = self.digits(before: digits.lowerBound - 2, in: stem)
      guard let number = number(stem[first]), number > 0, number <= last,
        first.lowerBound > 0, !ASCII.isLetter(stem[first.lowerBound - 1])
      else { return nil }
      return Part(
        set: stem[..<first.lowerBound] + Array("#of".utf8) + stem[digits] + ending, number: number,
        count: last, name: name, digits: first)
    }
    for word in ["part", "vol"] where before.suffix(word.utf8.count).elementsEqual(word.utf8) {
      let start = before.endIndex - word.utf8.count
      guard last > 0, start > 0, !ASCII.isLetter(stem[start - 1]) else { return nil }
      return Part(
        set: before + Array("#.".utf8)
          + (ending.elementsEqual("exe".utf8) ? Array("rar".utf8) : Array(ending)),
        number: last, name: name, digits: digits)
    }
    return nil
  }

  private static func digits(before end: Int, in text: ArraySlice<UInt8>) -> Range<Int> {
    var start = end
    while start > text.startIndex, end - start < 5, ASCII.isDigit(text[start - 1]) { start -= 1 }
    return start..<end
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    if digits.isEmpty || digits.count > 5 || !digits.allSatisfy(ASCII.isDigit) { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}

/// Parts that were handed over together, as archives: one of all, or several.
public enum ArchiveParts {
  /// One archive, or what stands among such and is none.
  public struct Group {
    public var parts: [OpenFile]
    /// Nil for what is no archive.
    public var kind: ArchiveKind?
    /// Whether it is a volume of a set of which all are one archive to whoever made it.
    public var isVolume: Bool
  }

  /// Groups of parts, each of which is one archive for libarchive. Parts of a zip or 7z that was cut have no mark of their
  /// own. Volumes of a RAR have one, and libarchive goes from one to the next only within a member.
  public static func groups(_ parts: [OpenFile]) -> [Group] {
    var groups: [Group] = []
    for part in parts {
      let kind = ArchiveKind(part.bytes(from: 0, limit: 512).span)
      let headers = kind?.isRAR == true ? RARHeaders.beginning(of: part) : nil
      let last = groups.last
      let isPart =
        headers?.beginsInMember ?? (kind == nil && last?.kind != nil && last?.kind?.isRAR != true)
      if isPart && last != nil {
        groups[groups.count - 1].parts.append(part)
      } else {
        groups.append(Group(parts: [part], kind: kind, isVolume: headers?.isVolume == true))
      }
    }
    return groups
  }

  /// Whether volumes of a RAR say that others are missing.
  public static func lacksVolumes(_ parts: [OpenFile]) -> Bool {
    guard let first = parts.first,
      ArchiveKind(first.bytes(from: 0, limit: 512).span)?.isRAR == true,
      RARHeaders.beginning(of: first).isVolume
    else { return false }
    let whole = JoinedFiles(parts)
    return RARHeaders(whole, start: 0, parts: whole.ends, isBeginning: false).lacksVolumes
  }
}
