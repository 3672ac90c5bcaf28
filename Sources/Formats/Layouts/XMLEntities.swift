internal import Bytes

/// Entities in text of XML.
enum XMLEntities {
  /// `&#x10FFFF;` has ten bytes.
  private static let maxEntityBytes = 12

  /// Appends the text at `place` with its entities decoded. What is no entity that everybody knows stays as it is.
  static func append(_ place: ByteRange, of bytes: Span<UInt8>, to text: inout [UInt8]) {
    var offset = place.start
    while offset < place.end {
      let limit = Swift.min(place.end, offset + maxEntityBytes)
      if bytes[offset] == 0x26,
        let end = bytes.firstOffset(of: ASCII.semicolon, in: offset..<limit),
        let scalar = scalar(ByteRange(offset + 1, end), in: bytes)
      {
        text.appendUTF8(scalar)
        offset = end + 1
      } else {
        text.append(bytes[offset])
        offset += 1
      }
    }
  }

  private static func scalar(_ name: ByteRange, in bytes: Span<UInt8>) -> UInt32? {
    if let number = bytes.referredCharacter(name) { return number }
    if bytes.equals(name, lowercase: "amp") { return 0x26 }
    if bytes.equals(name, lowercase: "lt") { return 0x3C }
    if bytes.equals(name, lowercase: "gt") { return 0x3E }
    if bytes.equals(name, lowercase: "quot") { return 0x22 }
    if bytes.equals(name, lowercase: "apos") { return 0x27 }
    return nil
  }
}
