/// Writes numbers and byte strings one behind the other, little-endian: the body of a frame.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ value: some FixedWidthInteger) {
    var rest = UInt64(truncatingIfNeeded: value)
    for _ in 0..<(value.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  mutating func add(_ value: Bool) { add(value ? UInt8(1) : 0) }

  /// A byte string, its length before it.
  mutating func add(_ text: [UInt8]) {
    add(UInt32(text.count))
    bytes += text
  }

  mutating func add(_ text: String) { add(Array(text.utf8)) }
}

/// A frame that is not of the form that its type has.
public struct WireError: Error, Equatable {}

/// Reads what `WireWriter` wrote. Every length is checked: the other side may be anything.
struct WireReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func number<Value: FixedWidthInteger>(
    _ type: Value.Type = Value.self
  ) throws(WireError) -> Value {
    let count = Value.bitWidth / 8
    guard bytes.count - offset >= count else { throw WireError() }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[offset + index]) << (8 * UInt64(index)) }
    offset += count
    return Value(truncatingIfNeeded: value)
  }

  mutating func truth() throws(WireError) -> Bool {
    switch try number(UInt8.self) {
    case 0: return false
    case 1: return true
    default: throw WireError()
    }
  }

  /// A byte string of at most `most` bytes.
  mutating func text(most: Int) throws(WireError) -> [UInt8] {
    let count = Int(try number(UInt32.self))
    guard count <= most, bytes.count - offset >= count else { throw WireError() }
    defer { offset += count }
    return Array(bytes[offset..<(offset + count)])
  }

  mutating func string(most: Int) throws(WireError) -> String {
    guard let text = String(validating: try text(most: most), as: UTF8.self) else {
      throw WireError()
    }
    return text
  }

  /// A count of things each of which takes at least a byte, so never more than bytes are left.
  mutating func count() throws(WireError) -> Int {
    let count = Int(try number(UInt32.self))
    guard count <= bytes.count - offset else { throw WireError() }
    return count
  }

  func mustBeAtEnd() throws(WireError) {
    if !isAtEnd { throw WireError() }
  }
}
