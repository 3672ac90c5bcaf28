internal import Bytes

/// Logins as addresses of the web have them: `ann%40mail.example`.
enum PercentText {
  /// The login that `text` says, or nil if it says itself: if it has an `@`, or none in this form.
  @inline(__always)
  static func login(_ text: Span<UInt8>) -> [UInt8]? {
    guard let sign = text.firstOffset(of: percent, in: 0..<text.count) else { return nil }
    return decoded(text, from: sign)
  }

  private static let percent: UInt8 = 0x25

  private static func decoded(_ text: Span<UInt8>, from first: Int) -> [UInt8]? {
    guard text.count <= maxBytes, text.firstOffset(of: ASCII.at, in: 0..<text.count) == nil else {
      return nil
    }
    var login = text.copy(ByteRange(0, first))
    var offset = first
    while offset < text.count {
      let byte = text[offset]
      if byte == percent, offset + 2 < text.count, let high = text[offset + 1].hexDigit,
        let low = text[offset + 2].hexDigit
      {
        login.append(high << 4 | low)
        offset += 3
      } else {
        login.append(byte)
        offset += 1
      }
    }
    return login.contains(ASCII.at) ? login : nil
  }

  /// Three bytes for each of a login's 320.
  private static let maxBytes = 960
}
