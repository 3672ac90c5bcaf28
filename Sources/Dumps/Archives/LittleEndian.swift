extension RandomAccessCollection<UInt8> where Index == Int {
  /// The number of `count` bytes, eight at most, at `offset` from the first, the lowest byte first; what is larger than an
  /// `Int` is the largest, and what is cut is 0.
  func number(_ offset: Int, _ count: Int) -> Int {
    let start = startIndex + offset
    guard start + count <= endIndex else { return 0 }
    let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(self[start + $1]) << (8 * UInt64($1)) }
    return Int(clamping: value)
  }
}

extension [UInt8] {
  /// Appends a number of `count` bytes, the lowest byte first.
  mutating func append(number: Int, _ count: Int) {
    for index in 0..<count { append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }
}
