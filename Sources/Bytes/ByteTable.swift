/// A fixed set of byte strings, each with a number: labels, mail domains, host names.
///
/// An open-addressing table; a look-up allocates nothing. About 16 bytes a slot, two to four slots a
/// string, beside the strings' own bytes. Strings longer than 255 bytes are not taken.
public struct ByteTable: Sendable {
  private struct Slot {
    var offset: UInt32 = 0
    var length: UInt32 = 0
    var value: UInt32 = 0
  }

  private var text: [UInt8] = []
  private var slots: [Slot] = []
  private var mask = 0
  /// For each byte, a bit for each length of the strings that begin with it, of which 63 stands for all that are as long or
  /// longer: of the texts that are asked for, nearly all are none of these strings, and this tells most of them.
  private var lengths = [UInt64](repeating: 0, count: 256)
  private let foldsCase: Bool
  /// The length of the longest string, in bytes.
  public private(set) var longest = 0

  public var isEmpty: Bool { text.isEmpty }

  /// A table of `entries`; of two equal strings the first one's number stays.
  ///
  /// With `foldsCase`, ASCII letters are compared without regard to case.
  public init(_ entries: [(text: [UInt8], value: UInt32)], foldsCase: Bool = false) {
    self.foldsCase = foldsCase
    var capacity = 16
    while capacity < entries.count * 2 { capacity *= 2 }
    slots = Array(repeating: Slot(), count: capacity)
    mask = capacity - 1
    for entry in entries where !entry.text.isEmpty && entry.text.count <= 255 {
      let bytes = foldsCase ? entry.text.map(ASCII.lowercased) : entry.text
      let index = slot(of: ByteRange(0, bytes.count), in: bytes.span)
      if slots[index].length != 0 { continue }
      slots[index] = Slot(
        offset: UInt32(text.count), length: UInt32(bytes.count), value: entry.value)
      text.append(contentsOf: bytes)
      lengths[Int(bytes[0])] |= Self.bit(ofLength: bytes.count)
      longest = max(longest, bytes.count)
    }
  }

  /// The number of the string at `range`, or nil if it is not in the table.
  public func value(of range: ByteRange, in bytes: Span<UInt8>) -> UInt32? {
    guard !range.isEmpty, range.count <= longest,
      lengths[Int(folded(bytes[range.start]))] & Self.bit(ofLength: range.count) != 0
    else { return nil }
    let index = slot(of: range, in: bytes)
    return slots[index].length == 0 ? nil : slots[index].value
  }

  /// The slot that holds the string, or the empty one where it belongs. At most half of the slots
  /// are taken, so an empty one is always found.
  private func slot(of range: ByteRange, in bytes: Span<UInt8>) -> Int {
    var index = hash(bytes, range.bounds) & mask
    while slots[index].length != 0 && !equals(slots[index], bytes, range.bounds) {
      index = (index + 1) & mask
    }
    return index
  }

  @inline(__always)
  private static func bit(ofLength length: Int) -> UInt64 { 1 &<< UInt64(Swift.min(length, 63)) }

  @inline(__always)
  private func folded(_ byte: UInt8) -> UInt8 {
    foldsCase ? ASCII.lowercased(byte) : byte
  }

  private func equals(_ slot: Slot, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard Int(slot.length) == range.count else { return false }
    let offset = Int(slot.offset)
    for index in 0..<range.count
    where folded(bytes[range.lowerBound + index]) != text[offset + index] {
      return false
    }
    return true
  }

  /// FNV-1a. It need not withstand chosen keys: the table never grows with the input.
  private func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in range { hash = (hash ^ UInt64(folded(bytes[offset]))) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 32))
  }
}
