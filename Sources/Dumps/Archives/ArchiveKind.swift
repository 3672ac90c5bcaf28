internal import Bytes

/// What kind of archive a file is, by its first bytes; its name is no evidence.
public enum ArchiveKind: UInt8, Sendable {
  case zip = 1
  case sevenZip, rar4, rar5, tar
  // Layers: each holds one file, without a name.
  case gzip, bzip2, xz, zstd, lzma, lzip, lz4, compress

  /// Whether it is one compressed file.
  public var isLayer: Bool { rawValue >= Self.gzip.rawValue }

  public var isRAR: Bool { self == .rar4 || self == .rar5 }

  /// Nil if `sample`, the beginning of a file, is that of no archive.
  public init?(_ sample: Span<UInt8>) {
    for (magic, offset, kind) in Self.magics where sample.holds(magic, at: offset) {
      self = kind
      return
    }
    if Self.isTar(sample) {
      self = .tar
    } else if Self.isCompress(sample) {
      self = .compress
    } else if Self.isLZMA(sample) {
      self = .lzma
    } else {
      return nil
    }
  }

  /// Whether a header of tar stands there, by its checksum: those of old, and of a volume's label, have no mark.
  static func isTar(_ sample: Span<UInt8>) -> Bool {
    guard sample.count >= 512, sample[0] != 0 else { return false }
    var said = 0
    for offset in 148..<156 where sample[offset] != 0x20 && sample[offset] != 0 {
      guard sample[offset] & 0xF8 == 0x30 else { return false }
      said = said * 8 + Int(sample[offset] & 7)
    }
    var sum = 8 * 0x20
    for offset in 0..<512 where !(148..<156).contains(offset) { sum += Int(sample[offset]) }
    return said == sum
  }

  /// Bytes at the beginning of a file that a zstd or lz4 may begin with, and that hold nothing of what is packed in it (RFC
  /// 8878, 3.1.2); 0 if none of the two follows in `sample`.
  public static func skippableBytes(_ sample: Span<UInt8>) -> Int {
    var offset = 0
    while offset + 8 < sample.count, sample[offset] & 0xF0 == 0x50,
      sample.holds([0x2A, 0x4D, 0x18], at: offset + 1)
    {
      offset += (0..<4).reduce(8) { $0 + Int(sample[offset + 4 + $1]) << (8 * $1) }
    }
    guard offset > 0, offset < sample.count else { return 0 }
    let kind = ArchiveKind(sample.extracting(offset...))
    return kind == .zstd || kind == .lz4 ? offset : 0
  }

  private static let magics: [(bytes: [UInt8], offset: Int, kind: ArchiveKind)] = [
    (Array("Rar!\u{1A}\u{07}\u{00}".utf8), 0, .rar4),
    (Array("Rar!\u{1A}\u{07}\u{01}\u{00}".utf8), 0, .rar5),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], 0, .sevenZip),
    (Array("PK\u{03}\u{04}".utf8), 0, .zip),
    (Array("PK\u{05}\u{06}".utf8), 0, .zip),
    // The first part of one that was split.
    (Array("PK\u{07}\u{08}PK".utf8), 0, .zip),
    (Array("PK00PK\u{03}\u{04}".utf8), 0, .zip),
    ([0x1F, 0x8B, 0x08], 0, .gzip),
    // bzip2's block; its first bytes, `BZh9`, may begin a login.
    ([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], 4, .bzip2),
    // bzip2 of nothing.
    ([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], 4, .bzip2),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], 0, .xz),
    ([0x28, 0xB5, 0x2F, 0xFD], 0, .zstd),
    ([0x04, 0x22, 0x4D, 0x18], 0, .lz4),
    // As `lz4 -l` writes it.
    ([0x02, 0x21, 0x4C, 0x18], 0, .lz4),
    (Array("LZIP\u{01}".utf8), 0, .lzip),
    (Array("ustar\u{00}".utf8), 257, .tar),
    (Array("ustar  \u{00}".utf8), 257, .tar),
  ]

  /// How compress(1) begins: its mark, no reserved bit, codes of up to 9 to 16 bits, and the first code, of 9 bits, is a byte.
  private static func isCompress(_ sample: Span<UInt8>) -> Bool {
    sample.count > 4 && sample.holds([0x1F, 0x9D], at: 0) && sample[2] & 0x60 == 0
      && (9...16).contains(sample[2] & 0x1F) && sample[4] & 1 == 0
  }

  /// How LZMA of old begins, which has no mark: the usual parameters, the size of the dictionary, the size of what comes out
  /// or that it is not known, and the first byte of its code, which is 0.
  private static func isLZMA(_ sample: Span<UInt8>) -> Bool {
    guard sample.count > 13, sample[0] == 0x5D, sample[1] == 0, sample[2] == 0, sample[13] == 0
    else { return false }
    let isUnknown = (5..<13).allSatisfy { sample[$0] == 0xFF }
    return isUnknown || (10..<13).allSatisfy { sample[$0] == 0 }
  }
}
