internal import Bytes

/// The hardware id of a machine, as it tells machines apart.
public enum HardwareID {
  /// `value` in upper case, without braces and blanks: stealers write the same id in several ways. Empty if it is
  /// what boards have whose maker set none, since thousands of machines share that.
  public static func normalised(_ value: [UInt8]) -> [UInt8] {
    let passed = Array(" \t\0{}()[]\"".utf8)
    let text = value.filter { !passed.contains($0) }.map { byte in
      byte &- 0x61 < 26 ? byte & 0xDF : byte
    }
    let signs = text.filter { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 >= 0x80 }
    if signs.allSatisfy({ $0 == signs[0] }) || shared.contains(signs) { return [] }
    // `Unknown`, with or without more.
    return signs.starts(with: Array("UNKNOWN".utf8)) ? [] : text
  }

  /// Without signs and blanks. What DMI tables give for boards that nobody wrote to, as inventories list it.
  private static let shared: Set<[UInt8]> = Set(
    [
      "TOBEFILLEDBYOEM", "DEFAULTSTRING", "NA", "NOTFOUND", "NONE", "NULL", "NIL", "ERROR",
      "FAILED",
      "SYSTEMSERIALNUMBER", "BASEBOARDSERIALNUMBER", "CHASSISSERIALNUMBER", "SERIALNUMBER",
      "NOTAVAILABLE",
      "NOTAPPLICABLE", "NOTSPECIFIED", "NOTSETTABLE", "OEM", "OEMSTRING", "EMPTY", "INVALID",
      "UNDEFINED",
      "0123456789", "123456789", "1234567890", "FEFEFEFEFEFEFEFEFEFEFEFEFEFEFEFE",
      "03000200040005000006000700080009", "12345678123456789012345678901234",
      "1234567812345678123456781234567812345678", "123456781234567890ABCDDEEFAABBCC",
      "00020003000400050006000700080009",
    ].map { Array($0.utf8) })
}
