internal import Bytes

/// What a label is called, as far as two of one record can be told apart by it.
enum LabelName {
  /// Whether the labels that begin behind two places, bullets before them, are one name, however its words are parted:
  /// `User_Name` and `username`. What has no ASCII letters, or tags of HTML before it, is told from nothing.
  static func areSame(_ first: Int, _ second: Int, in bytes: Span<UInt8>) -> Bool {
    guard var own = firstLetter(from: first, in: bytes),
      var other = firstLetter(from: second, in: bytes)
    else { return true }
    let limit = Swift.min(bytes.count, Swift.max(own, other) + LabelDictionary.maxLabelBytes)
    while own < limit, other < limit, ASCII.isLetter(bytes[own]), ASCII.isLetter(bytes[other]) {
      if bytes[own] | 0x20 != bytes[other] | 0x20 { return false }
      own = behindJoint(own + 1, in: bytes)
      other = behindJoint(other + 1, in: bytes)
    }
    func ends(_ offset: Int) -> Bool { offset >= bytes.count || !ASCII.isLetter(bytes[offset]) }
    return ends(own) && ends(other)
  }

  private static func firstLetter(from start: Int, in bytes: Span<UInt8>) -> Int? {
    var offset = start
    // A label, and what decorates it.
    let limit = Swift.min(bytes.count, start + 2 * LabelDictionary.maxLabelBytes)
    while offset < limit {
      switch bytes[offset] {
      case ASCII.colon, ASCII.equals, ASCII.lineFeed, ASCII.carriageReturn, 0x3C: return nil
      case let byte where ASCII.isLetter(byte): return offset
      default:
        if RecordField.wideColon(bytes, at: offset, to: bytes.count) > 0 { return nil }
        offset += 1
      }
    }
    return nil
  }

  /// Behind a blank, `_` or `-` between two words of a name.
  private static func behindJoint(_ offset: Int, in bytes: Span<UInt8>) -> Int {
    guard offset < bytes.count else { return offset }
    switch bytes[offset] {
    case ASCII.space, 0x5F, ASCII.hyphen: return offset + 1
    default: return offset
    }
  }
}
