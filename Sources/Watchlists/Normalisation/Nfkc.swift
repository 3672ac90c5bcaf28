/// Unicode 14.0.0: compatibility composition (NFKC, UAX #15) and lower case, by code point.
///
/// Text is an array of code points. This is the slow path, for logins that are not all ASCII; nothing
/// here is meant for long texts, and `normalised` takes time by the square of a run of combining
/// marks, which `LoginNormaliser.maxInputBytes` bounds.
enum Nfkc {
  /// Code points below it have neither a decomposition nor a combining class.
  private static let firstWithMapping: UInt32 = 0xA0

  static func normalised(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(where: { $0 >= firstWithMapping }) else { return text }
    var marked: [UInt32] = []
    marked.reserveCapacity(text.count * 2)
    for codePoint in text { decompose(codePoint, onto: &marked) }
    order(&marked)
    compose(&marked)
    return marked
  }

  /// The full mapping of each code point by itself: a sigma is `σ` at a word's end too.
  static func lowerCased(_ text: [UInt32]) -> [UInt32] {
    var lower: [UInt32] = []
    lower.reserveCapacity(text.count + 1)
    for codePoint in text {
      if codePoint == 0x130 {  // İ, the only one whose lower case is two code points
        lower.append(0x69)
        lower.append(0x307)
      } else if let entry = entry(UInt64(codePoint) << 32, 32, in: UnicodeTables.lowerCases) {
        lower.append(UInt32(truncatingIfNeeded: entry))
      } else {
        lower.append(codePoint)
      }
    }
    return lower
  }

  /// Between the three steps a code point carries its combining class in bits 24–31, so that it is
  /// looked up once.
  private static let classShift: UInt32 = 24
  private static let codePointMask: UInt32 = 0x1F_FFFF

  private static func decompose(_ codePoint: UInt32, onto marked: inout [UInt32]) {
    if codePoint < firstWithMapping {
      marked.append(codePoint)
    } else if Hangul.syllables.contains(codePoint) {
      Hangul.decompose(codePoint, onto: &marked)
    } else if let entry = entry(UInt64(codePoint) << 32, 32, in: UnicodeTables.decompositions) {
      let start = Int(entry >> 8 & 0xFF_FFFF)
      for part in UnicodeTables.decompositionPool[start..<start + Int(entry & 0xFF)] {
        marked.append(part | combiningClass(part) << classShift)
      }
    } else {
      marked.append(codePoint | combiningClass(codePoint) << classShift)
    }
  }

  /// Sorts each run of combining marks by class; equal classes keep their order.
  private static func order(_ marked: inout [UInt32]) {
    for index in marked.indices {
      let moving = marked[index]
      guard moving >> classShift != 0 else { continue }
      var place = index
      while place > 0, marked[place - 1] >> classShift > moving >> classShift {
        marked[place] = marked[place - 1]
        place -= 1
      }
      marked[place] = moving
    }
  }

  /// Puts primary composites together in place, and takes the classes off.
  private static func compose(_ marked: inout [UInt32]) {
    var kept = 0
    var starter = -1
    var lastClass: UInt32 = 0
    for index in marked.indices {
      let codePoint = marked[index] & codePointMask
      let itsClass = marked[index] >> classShift
      // What stands between hides the starter, unless its class is lower: `a` U+0327 U+0301 is `á` U+0327.
      let sees = starter >= 0 && (starter == kept - 1 || lastClass < itsClass)
      if sees, let composite = composite(of: marked[starter], codePoint) {
        marked[starter] = composite
        continue
      }
      if itsClass == 0 { starter = kept }
      lastClass = itsClass
      marked[kept] = codePoint
      kept += 1
    }
    marked.removeSubrange(kept...)
  }

  private static func composite(of first: UInt32, _ second: UInt32) -> UInt32? {
    if second < firstWithMapping { return nil }
    if let syllable = Hangul.composite(of: first, second) { return syllable }
    let key = UInt64(first) << 42 | UInt64(second) << 21
    return entry(key, 21, in: UnicodeTables.compositions).map { UInt32($0 & 0x1F_FFFF) }
  }

  private static func combiningClass(_ codePoint: UInt32) -> UInt32 {
    if codePoint < 0x300 { return 0 }
    return entry(codePoint << 8, 8, in: UnicodeTables.combiningClasses).map { $0 & 0xFF } ?? 0
  }

  /// The entry of a sorted table that is `key` above its lowest `valueBits` bits.
  private static func entry<Entry: FixedWidthInteger>(
    _ key: Entry, _ valueBits: Int, in table: [Entry]
  ) -> Entry? {
    var low = 0
    var high = table.count
    while low < high {
      let middle = (low + high) / 2
      if table[middle] < key { low = middle + 1 } else { high = middle }
    }
    guard low < table.count, table[low] >> valueBits == key >> valueBits else { return nil }
    return table[low]
  }
}

/// Hangul syllables, whose compositions are computed (Unicode 14.0, section 3.12).
private enum Hangul {
  static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
  private static let leads: Range<UInt32> = 0x1100..<0x1113
  private static let vowels: Range<UInt32> = 0x1161..<0x1176
  /// The first stands for "no trailing consonant" and is no code point of a syllable.
  private static let trails: Range<UInt32> = 0x11A7..<0x11C3
  private static let vowelCount: UInt32 = 21
  private static let trailCount: UInt32 = 28

  static func decompose(_ syllable: UInt32, onto text: inout [UInt32]) {
    let index = syllable - syllables.lowerBound
    text.append(leads.lowerBound + index / trailCount / vowelCount)
    text.append(vowels.lowerBound + index / trailCount % vowelCount)
    if index % trailCount != 0 { text.append(trails.lowerBound + index % trailCount) }
  }

  static func composite(of first: UInt32, _ second: UInt32) -> UInt32? {
    if leads.contains(first), vowels.contains(second) {
      let lead = first - leads.lowerBound
      let vowel = second - vowels.lowerBound
      return syllables.lowerBound + (lead * vowelCount + vowel) * trailCount
    }
    if syllables.contains(first), (first - syllables.lowerBound) % trailCount == 0,
      trails.contains(second), second != trails.lowerBound
    {
      return first + (second - trails.lowerBound)
    }
    return nil
  }
}
