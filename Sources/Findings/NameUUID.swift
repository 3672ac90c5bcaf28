/// UUIDs that are made of names (RFC 9562, version 5), so that what is exported twice is one thing in the other system.
///
/// Version 5 means SHA-1, which is broken for signatures and good enough here: whoever could make two findings with one UUID
/// could as well write one of them.
enum NameUUID {
  /// The namespace of all that this program exports; a random UUID, for ever.
  static let namespace = "7d1a0a5e-3c64-4b0e-9a55-0f4a3c1f6e21"
  /// That of STIX 2.1 for observables, whose ids follow from what they hold.
  static let stixObservables = "00abedb4-aa42-466c-9c01-fed23315a9b7"

  /// The UUID of `name`; the same for the same name.
  static func of(_ name: String, in namespace: String = namespace) -> String {
    let digits = namespace.filter { $0 != "-" }
    let space = stride(from: 0, to: digits.count, by: 2).compactMap { offset in
      UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
    }
    var bytes = Array(sha1(space + Array(name.utf8)).prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x50
    bytes[8] = bytes[8] & 0x3F | 0x80
    let text = bytes.map { SafeText.hex(UInt32($0), 2) }.joined()
    var parts: [Substring] = []
    var rest = text[...]
    for length in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return parts.joined(separator: "-")
  }

  /// FIPS 180-4. A few names are hashed, so it is written to be read.
  static func sha1(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(message.count) * 8
    for shift in stride(from: 56, through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    for block in stride(from: 0, to: padded.count, by: 64) {
      var words = (0..<16).map { index in
        padded[(block + 4 * index)..<(block + 4 * index + 4)].reduce(UInt32(0)) {
          $0 << 8 | UInt32($1)
        }
      }
      for index in 16..<80 {
        words.append(
          rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
      }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for index in 0..<80 {
        let (mix, constant): (UInt32, UInt32) =
          switch index {
          case 0..<20: (b & c | ~b & d, 0x5A82_7999)
          case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
          case 40..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
          default: (b ^ c ^ d, 0xCA62_C1D6)
          }
        (a, b, c, d, e) = (
          rotated(a, 5) &+ mix &+ e &+ constant &+ words[index], a, rotated(b, 30), c, d
        )
      }
      state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
    }
    return state.flatMap { word in
      stride(from: UInt32(24), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word << bits | word >> (32 - bits)
  }
}
