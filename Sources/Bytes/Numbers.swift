// Numbers as text writes them.
extension UInt8 {
  /// The value of a hexadecimal digit, or nil.
  @inlinable
  public var hexDigit: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}

extension Span<UInt8> {
  /// The number of a character that a reference of XML or HTML gives: of `&#64;` or `&#x40;` what stands between `&` and
  /// `;`, at most 10 bytes. Nil if it gives none.
  public func referredCharacter(_ reference: ByteRange) -> UInt32? {
    guard reference.count > 1, self[reference.start] == ASCII.hash else { return nil }
    let isHex = self[reference.start + 1] | 0x20 == 0x78
    let base: UInt32 = isHex ? 16 : 10
    let digits = ByteRange(reference.start + (isHex ? 2 : 1), reference.end)
    if digits.isEmpty { return nil }
    var value: UInt32 = 0
    for offset in digits.bounds {
      guard let digit = self[offset].hexDigit, UInt32(digit) < base else { return nil }
      // Ten bytes hold nine digits at most, or eight of base 16, so nothing overflows.
      value = value &* base &+ UInt32(digit)
    }
    return value
  }
}
