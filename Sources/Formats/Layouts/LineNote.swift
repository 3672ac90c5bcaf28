internal import Bytes

/// What sellers write before a record on its line, with what parts the two: a date, an IP address, a country, a number.
///
/// Only a date is beyond doubt. `17:ann:…` may be a login and its password, too.
struct LineNote {
  /// Where the record begins.
  var end: Int
  var isDate = false

  /// Longer numbers are logins: telephone numbers, SIRET. In digits.
  private static let maxNumberDigits = 4

  /// Nil if no note stands at the beginning of `text`.
  @inline(__always)
  init?(_ text: ByteRange, in bytes: Span<UInt8>) {
    let first = bytes[text.start]
    guard ASCII.isDigit(first) || Self.isCapital(first) else { return nil }
    self.init(checking: text, in: bytes)
  }

  private init?(checking text: ByteRange, in bytes: Span<UInt8>) {
    // 15 bytes are the longest address.
    let limit = Swift.min(text.end, text.start + 16)
    var offset = text.start
    var digits = 0
    var signs = 0
    var dots = 0
    while offset < limit {
      let byte = bytes[offset]
      if ASCII.isDigit(byte) {
        digits += 1
      } else if byte == ASCII.dot || byte == ASCII.hyphen || byte == ASCII.slash {
        // Both dates and addresses have digits on either side.
        guard offset > text.start, ASCII.isDigit(bytes[offset - 1]) else { return nil }
        signs += 1
        if byte == ASCII.dot { dots += 1 }
      } else if !Self.isCapital(byte) {
        break
      }
      offset += 1
    }
    let length = offset - text.start
    guard offset < limit, let behind = Self.separatorEnd(bytes, at: offset, to: text.end) else {
      return nil
    }
    end = behind
    let isCountry = length == 2 && digits == 0 && signs == 0
    let isNumber = length == digits && digits <= Self.maxNumberDigits
    let endsInDigit = ASCII.isDigit(bytes[offset - 1])
    let isAddress = dots == 3 && length == digits + 3 && endsInDigit
    isDate = signs == 2 && endsInDigit && length == digits + 2 && (6...8).contains(digits)
    guard isCountry || isNumber || isAddress || isDate else { return nil }
    if isDate { end = Self.behindTime(bytes, at: behind, to: text.end) }
  }

  private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

  /// Behind the separators at `start`, or nil if none stands there.
  private static func separatorEnd(_ bytes: Span<UInt8>, at start: Int, to end: Int) -> Int? {
    // The colon of `17://a.example/` is a scheme's.
    if start + 2 < end, bytes[start] == ASCII.colon, bytes[start + 1] == ASCII.slash { return nil }
    let behind = DelimitedLine.skipSeparators(bytes, from: start, to: end)
    return behind > start ? behind : nil
  }

  /// Behind the time `14:03:55` and what parts it from the record, or `start`.
  private static func behindTime(_ bytes: Span<UInt8>, at start: Int, to end: Int) -> Int {
    var offset = start
    var colons = 0
    while offset < end, ASCII.isDigit(bytes[offset]) || bytes[offset] == ASCII.colon {
      if bytes[offset] == ASCII.colon { colons += 1 }
      offset += 1
    }
    let length = offset - start
    guard length == 5 && colons == 1 || length == 8 && colons == 2 else { return start }
    return separatorEnd(bytes, at: offset, to: end) ?? start
  }
}
