internal import Bytes

/// What kind of archive a file is, by its first bytes; its name is no evidence.
public enum ArchiveKind: UInt8, Sendable {
  case zip = 1
  case sevenZip, rar4, rar5, tar
  // Layers: each holds one file, without a name.
  case gzip, bzip2, xz, zstd

  /// Whether it is one compressed file.
  public var isLayer: Bool { rawValue >= Self.gzip.rawValue }

  public var isRAR: Bool { self == .rar4 || self == .rar5 }

  /// Nil if `sample`, the beginning of a file, is that of no archive.
  public init?(_ sample: Span<UInt8>) {
    for (magic, offset, kind) in Self.magics where Self.stands(magic, at: offset, in: sample) {
      self = kind
      return
    }
    return nil
  }

  /// The archive that stands in a file behind something else: a program that unpacks itself, or a picture; and where
  /// it begins.
  ///
  /// 7z and RAR are known by their marks, if these stand in `sample`; a zip by its directory at the end of the
  /// file, whose places libarchive corrects by itself.
  public static func embedded(
    in sample: Span<UInt8>, of source: some ByteSource
  ) -> (kind: ArchiveKind, offset: Int)? {
    for (magic, kind) in marks {
      var offset = 1
      while let found = sample.firstOffset(of: magic[0], in: offset..<sample.count) {
        if stands(magic, at: found, in: sample) { return (kind, found) }
        offset = found + 1
      }
    }
    return ZipDirectory(source) == nil ? nil : (.zip, 0)
  }

  private static func stands(_ magic: [UInt8], at offset: Int, in sample: Span<UInt8>) -> Bool {
    guard offset + magic.count <= sample.count else { return false }
    for index in magic.indices where sample[offset + index] != magic[index] { return false }
    return true
  }

  private static let marks: [(bytes: [UInt8], kind: ArchiveKind)] = [
    (Array("Rar!\u{1A}\u{07}\u{00}".utf8), .rar4),
    (Array("Rar!\u{1A}\u{07}\u{01}\u{00}".utf8), .rar5),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
  ]

  private static let magics: [(bytes: [UInt8], offset: Int, kind: ArchiveKind)] =
    marks.map { ($0.bytes, 0, $0.kind) } + [
      (Array("PK\u{03}\u{04}".utf8), 0, .zip),
      (Array("PK\u{05}\u{06}".utf8), 0, .zip),
      // The first part of one that was split.
      (Array("PK\u{07}\u{08}PK".utf8), 0, .zip),
      (Array("PK00PK\u{03}\u{04}".utf8), 0, .zip),
      ([0x1F, 0x8B], 0, .gzip),
      // bzip2's block; its first bytes, `BZh9`, may begin a login.
      ([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], 4, .bzip2),
      // bzip2 of nothing.
      ([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], 4, .bzip2),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], 0, .xz),
      ([0x28, 0xB5, 0x2F, 0xFD], 0, .zstd),
      (Array("ustar\u{00}".utf8), 257, .tar),
      (Array("ustar  \u{00}".utf8), 257, .tar),
    ]
}
