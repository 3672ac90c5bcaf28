internal import Bytes

/// An archive that stands in a file behind something else: behind a program that unpacks it, a picture, or text.
///
/// Its first bytes alone prove nothing: programs that read archives hold them, too. So the header behind them must be one.
public struct EmbeddedArchive: Equatable, Sendable {
  public var kind: ArchiveKind
  /// Where in its file it begins; never at its first byte.
  public var offset: Int

  /// Of a header, so much is looked at.
  private static let headerBytes = 512
  /// A byte of each mark that most text and much else seldom has, its place in the header, and another byte of the mark, which
  /// tells most others apart: of `PK␃␄`, `Rar!␚␇`, `7z¼¯'␜`, the marks of gzip, xz, bzip2 (`BZh91AY&SY`), zstd, lz4 and lzip
  /// (`LZIP␁`), and tar's `ustar`, which has no rare one.
  private static let signs: [Sign] = [
    Sign(0x04, at: 3, 0x50, at: 0), Sign(0x1A, at: 4, 0x52, at: 0), Sign(0x1C, at: 5, 0x37, at: 0),
    Sign(0x1F, at: 0, 0x8B, at: 1), Sign(0xFD, at: 0, 0x37, at: 1), Sign(0x26, at: 7, 0x42, at: 0),
    Sign(0xFD, at: 3, 0x28, at: 0), Sign(0x18, at: 3, 0x22, at: 1),
    Sign(0x18, at: 3, 0x21, at: 1), Sign(0x01, at: 4, 0x4C, at: 0),
    Sign(0x75, at: 257, 0x73, at: 258),
  ]
  /// No mark reaches further before its byte.
  private static let maxPlace = 257

  private struct Sign {
    let byte: UInt8
    let place: Int
    let other: UInt8
    let otherPlace: Int

    init(_ byte: UInt8, at place: Int, _ other: UInt8, at otherPlace: Int) {
      self.byte = byte
      self.place = place
      self.other = other
      self.otherPlace = otherPlace
    }
  }

  /// The first whose mark ends in these bytes of a file, or nil.
  init?(_ source: some ByteSource, in range: Range<Int>) {
    let begin = Swift.max(1, range.lowerBound - Self.maxPlace)
    let bytes = source.bytes(from: begin, limit: range.upperBound - begin + Self.headerBytes)
    guard let found = Self.first(in: bytes.span, upTo: range.upperBound - begin) else { return nil }
    kind = found.kind
    offset = begin + found.offset
  }

  private static func first(
    in bytes: Span<UInt8>, upTo end: Int
  ) -> (kind: ArchiveKind, offset: Int)? {
    var best: (kind: ArchiveKind, offset: Int)?
    for sign in signs {
      let limit = Swift.min((best?.offset ?? end) + sign.place, end, bytes.count)
      var offset = sign.place
      while offset < limit, let found = bytes.firstOffset(of: sign.byte, in: offset..<limit) {
        offset = found + 1
        let begin = found - sign.place
        let other = begin + sign.otherPlace
        guard other < bytes.count, bytes[other] == sign.other else { continue }
        let rest = bytes.extracting(begin..<bytes.count)
        if let kind = ArchiveKind(rest), isHeader(rest, kind) {
          best = (kind, begin)
          break
        }
      }
    }
    return best
  }

  private static func isHeader(_ bytes: Span<UInt8>, _ kind: ArchiveKind) -> Bool {
    // The numbers that are looked at stand in its first bytes.
    let header = (0..<Swift.min(bytes.count, 32)).map { bytes[$0] }
    func checksum(_ range: Range<Int>) -> Int? {
      range.upperBound <= bytes.count ? Int(CRC32.of(range.map { bytes[$0] })) : nil
    }
    switch kind {
    case .zip:
      // Version, method, and the length of the name, which is text.
      let name = header.number(26, 2)
      return header.number(4, 2) & 0xFF <= 63 && header.number(8, 2) <= 99 && name > 0
        && name <= 1024 && header.count > 30 && header[30] >= 0x20
    case .sevenZip: return checksum(12..<32) == header.number(8, 4)
    case .rar4:
      // A main header has 13 bytes, or some more; a checksum of 64 KiB for each mark would take hours.
      let size = header.number(12, 2)
      return header.number(9, 1) == 0x73 && (13..<128).contains(size)
        && checksum(9..<(7 + size)).map { $0 & 0xFFFF } == header.number(7, 2)
    case .rar5:
      // The header's length is a number of one byte, as a main header is short.
      let size = header.number(12, 1)
      return size > 0 && size < 128 && checksum(12..<(13 + size)) == header.number(8, 4)
    case .gzip:
      // No bit that means nothing, how it was packed, and on which system (RFC 1952).
      return header.count > 9 && header[3] < 0x20 && [0, 2, 4].contains(header[8])
        && (header[9] <= 13 || header[9] == 0xFF)
    case .bzip2: return header.starts(with: "BZh".utf8) && (0x31...0x39).contains(header[3])
    case .xz: return checksum(6..<8) == header.number(8, 4)
    case .zstd:
      // No reserved bit; a window of a size that decoders take, or none (RFC 8878, 3.1.1.1).
      return header.count > 9 && header[4] & 0x08 == 0
        && (header[4] & 0x20 != 0 || header[5] >> 3 <= 21)
    case .lz4 where header.first == 0x02:
      // As `lz4 -l` writes it, with blocks of 8 MiB: the packed size of the first, which is not much longer.
      return (1...(9 << 20)).contains(header.number(4, 4))
    case .lz4:
      // The version, no reserved bit, and a size of blocks that there is (its frame format, 1.6).
      return header.count > 7 && header[4] & 0xC2 == 0x40 && header[5] & 0x8F == 0
        && header[5] >> 4 >= 4
    case .lzip: return header.count > 6 && (12...29).contains(header[5] & 0x1F)
    // Its checksum, not its mark alone.
    case .tar: return ArchiveKind.isTar(bytes)
    default: return false
    }
  }
}
