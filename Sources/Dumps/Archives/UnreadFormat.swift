internal import Bytes

/// Archives, encrypted files and documents that nothing here reads. They are told, as credentials may be in them; their bytes
/// are looked through as those of any file.
public enum UnreadFormat {
  /// Whether `sample` is the beginning of such a file.
  public static func begins(_ sample: Span<UInt8>) -> Bool {
    guard sample.count > 22 else { return false }
    for (mark, offset) in marks where sample.holds(mark, at: offset) { return true }
    return isLHA(sample) || isARJ(sample) || isOfWorkbook(sample)
  }

  /// Whether a file ends as a zip does that has members, though they are not there: it is the last part of several, or lacks its
  /// beginning.
  public static func ends(_ source: some ByteSource) -> Bool {
    ZipDirectory(source).map { $0.members > 0 } ?? false
  }

  /// Bytes before the root of a workbook's texts: what XML says of itself.
  private static let maxRootPlace = 256

  /// Whether it is the list of texts of an Excel workbook, to which its cells refer by numbers (ECMA-376, 18.4.9).
  private static func isOfWorkbook(_ sample: Span<UInt8>) -> Bool {
    guard sample[0] == 0x3C || sample[3] == 0x3C else { return false }
    let mark = Array("<sst ".utf8)
    var from = 0
    while let place = sample.firstOffset(of: 0x3C, in: from..<Swift.min(sample.count, maxRootPlace))
    {
      if sample.holds(mark, at: place) { return true }
      from = place + 1
    }
    return false
  }

  /// Cabinet, xar, WIM, ACE, RPM, lzop, lrzip, snappy's frames, FreeArc, zoo, StuffIt, what OpenSSL, age, AES Crypt and
  /// OpenPGP encrypt, and RTF.
  private static let marks: [(bytes: [UInt8], offset: Int)] = [
    (Array("MSCF\0\0\0\0".utf8), 0), (Array("xar!\0".utf8), 0), (Array("MSWIM\0\0\0".utf8), 0),
    (Array("**ACE**".utf8), 7), ([0xED, 0xAB, 0xEE, 0xDB], 0),
    ([0x89] + Array("LZO\0\r\n\u{1A}\n".utf8), 0), (Array("LRZI\0".utf8), 0),
    ([0xFF, 0x06, 0x00, 0x00] + Array("sNaPpY".utf8), 0), (Array("ArC\u{01}".utf8), 0),
    (Array("ZOO 2.".utf8), 0), (Array("StuffIt (c)".utf8), 0), (Array("Salted__".utf8), 0),
    (Array("age-encryption.org/v1\n".utf8), 0), (Array("AES\u{02}\0".utf8), 0),
    (Array("-----BEGIN PGP MESSAGE-----".utf8), 0), (Array("{\\rtf".utf8), 0),
    // As gpg writes it in bytes (RFC 4880, 5.1 and 5.3): for a key of 2,048 or 4,096 bits, or for a password with AES.
    ([0x85, 0x01, 0x0C, 0x03], 0), ([0x85, 0x02, 0x0C, 0x03], 0),
    ([0x8C, 0x0D, 0x04, 0x07, 0x03], 0), ([0x8C, 0x0D, 0x04, 0x09, 0x03], 0),
  ]

  /// `-lh5-` behind two bytes, and the level of the header, which is 0 to 3.
  private static func isLHA(_ sample: Span<UInt8>) -> Bool {
    sample[2] == ASCII.hyphen && sample[3] == 0x6C && sample[6] == ASCII.hyphen && sample[20] <= 3
  }

  /// Its mark, the size of the header, which is at most 2,600, and that of its first part.
  private static func isARJ(_ sample: Span<UInt8>) -> Bool {
    let size = Int(sample[2]) | Int(sample[3]) << 8
    return sample[0] == 0x60 && sample[1] == 0xEA && (1...2600).contains(size)
      && (30...48).contains(sample[4])
  }
}
