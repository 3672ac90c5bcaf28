/// A SHA-256 or HMAC-SHA-256 value, 32 bytes, as eight words in big-endian order.
public struct Digest: Sendable {
  var words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

  /// The first 16 bytes: what a watchlist keeps of a login.
  public var tag: Tag {
    Tag(
      high: UInt64(words.0) << 32 | UInt64(words.1), low: UInt64(words.2) << 32 | UInt64(words.3))
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for word in [words.0, words.1, words.2, words.3, words.4, words.5, words.6, words.7] {
      for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes
  }
}

/// What stands for a login in a watchlist: 16 bytes, ordered as bytes are.
public struct Tag: Comparable, Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public static func < (left: Tag, right: Tag) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// 32 lower-case hexadecimal digits.
  public var hex: String { Hex.text(high) + Hex.text(low) }
}

/// Hexadecimal digits, in lower case.
public enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  public static func text(_ value: UInt64) -> String {
    text((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) })
  }

  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The bytes of an even number of digits; nil for anything else, upper case included.
  public static func bytes(_ digits: [UInt8]) -> [UInt8]? {
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// The value of one digit; nil for anything else, upper case included.
  public static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
