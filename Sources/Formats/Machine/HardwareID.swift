internal import Bytes

/// The hardware id of a machine, as it tells machines apart.
public enum HardwareID {
  /// `value` in upper case, without braces and blanks: stealers write the same id in several ways. Empty if it is
  /// what boards have whose maker set none, since thousands of machines share that, or words: `To be filled by
  /// O.E.M.`, `Access denied`, `WMI error: 0x80041003`.
  public static func normalised(_ value: [UInt8]) -> [UInt8] {
    let words = value.split { passed.contains($0) }
    guard words.allSatisfy(isOfID) || endsInNumber(value) else { return [] }
    let text = words.joined().map { byte in byte &- 0x61 < 26 ? byte & 0xDF : byte }
    let signs = text.filter { isSign($0) }
    if signs.allSatisfy({ $0 == signs[0] }) || shared.contains(signs) || isProcessor(signs) {
      return []
    }
    // `unknown-1234`, `ERROR_0x80041003`.
    return ["UNKNOWN", "ERROR"].contains { signs.starts(with: Array($0.utf8)) } ? [] : text
  }

  /// Whether `id` is what Windows calls `ProcessorId`: the flags of the features that today's processors have, and the
  /// model, as `BFEBFBFF000906EA`. Every machine with that model has the same.
  private static func isProcessor(_ id: [UInt8]) -> Bool {
    guard id.count == 16, id.allSatisfy({ ASCII.isDigit($0) || isHexadecimal($0) }) else {
      return false
    }
    return id[4..<8].elementsEqual("FBFF".utf8) && id[8..<10].elementsEqual("00".utf8)
  }

  /// Whether the word may be of an id: it has a digit, as every id has that was met, or is hexadecimal, as a group of
  /// one may be, or a sign. A colon parts words, as in `Error:0x80041003`.
  private static func isOfID(_ word: ArraySlice<UInt8>) -> Bool {
    word.split(separator: ASCII.colon).allSatisfy { part in
      part.contains(where: ASCII.isDigit) || !part.contains { isSign($0) && !isHexadecimal($0) }
    }
  }

  /// Whether an id stands behind a user's name, which may have words: `Ann B_77AA0000`.
  private static func endsInNumber(_ value: [UInt8]) -> Bool {
    let digits = value.reversed().prefix { ASCII.isDigit($0) || isHexadecimal($0) }.count
    return digits >= 8 && value.dropLast(digits).last == 0x5F
  }

  private static func isHexadecimal(_ letter: UInt8) -> Bool {
    (0x61...0x66).contains(letter | 0x20)
  }

  private static func isSign(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80
  }

  private static let passed = Array(" \t\0{}()[]\"".utf8)

  /// Without signs and blanks. What DMI tables give for boards that nobody wrote to, as inventories list it.
  private static let shared: Set<[UInt8]> = Set(
    [
      "0123456789", "123456789", "1234567890", "FEFEFEFEFEFEFEFEFEFEFEFEFEFEFEFE",
      "03000200040005000006000700080009", "12345678123456789012345678901234",
      "1234567812345678123456781234567812345678", "123456781234567890ABCDDEEFAABBCC",
      "00020003000400050006000700080009", "12345678123412341234123456789012", "0123456789ABCDEF",
      "1234567890ABCDEF", "DEADBEEFDEADBEEF",
      // Dell's without a service tag.
      "4C4C454400002010802080C04F202020",
    ].map { Array($0.utf8) })
}
