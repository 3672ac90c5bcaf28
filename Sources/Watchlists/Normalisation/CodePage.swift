internal import Bytes

/// An older encoding in which text may stand in a dump, as Windows or DOS of some country wrote it.
///
/// Nothing in a dump says which. A login in one is looked up in each (`utf8`), and a listed one settles it; labels are
/// known in each (`bytes(of:)`). Windows-1252 is the normaliser's own reading of what is no UTF-8.
public enum CodePage: CaseIterable, Sendable {
  case cp1251, cp1254, cp866, cp437, gbk
  /// Only for labels: the normaliser reads it itself.
  case cp1252

  /// In the order in which logins are looked up.
  public static let ofLogins: [CodePage] = [.cp1251, .cp866, .gbk, .cp1254, .cp437]

  /// `text` in UTF-8, or nil if it has a byte, or a pair, that the code page has not.
  public func utf8(_ text: Span<UInt8>) -> [UInt8]? {
    var utf8: [UInt8] = []
    utf8.reserveCapacity(text.count * 3 / 2)
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      offset += 1
      if byte < 0x80 {
        utf8.append(byte)
        continue
      }
      var codePoint = codePoint(byte)
      if self == .gbk {
        guard offset < text.count else { return nil }
        codePoint = Self.gbk(byte, text[offset])
        offset += 1
      }
      guard codePoint != 0, let scalar = Unicode.Scalar(codePoint) else { return nil }
      utf8.append(contentsOf: scalar.utf8)
    }
    return utf8
  }

  /// `text` in the code page, or nil if it has a letter that the code page has not.
  ///
  /// It searches the tables, so it is for a few words.
  public func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        bytes.append(UInt8(scalar.value))
      } else if self == .gbk {
        let place = Int(scalar.value)
        guard place < Self.gbkPairs.count, case let pair = Self.gbkPairs[place], pair != 0 else {
          return nil
        }
        bytes += [UInt8(pair >> 8), UInt8(pair & 0xFF)]
      } else {
        let byte = (0x80...0xFF).first { codePoint(UInt8($0)) == scalar.value }
        guard let byte else { return nil }
        bytes.append(UInt8(byte))
      }
    }
    return bytes
  }

  /// What a byte from 80 on means by itself, 0 for nothing.
  private func codePoint(_ byte: UInt8) -> UInt32 {
    let index = Int(byte) - 0x80
    return switch self {
    case .cp1251: UInt32(CodePageTables.cp1251[index])
    case .cp1254: UInt32(CodePageTables.cp1254[index])
    case .cp866: UInt32(CodePageTables.cp866[index])
    case .cp437: UInt32(CodePageTables.cp437[index])
    case .cp1252: Windows1252.codePoint(byte)
    case .gbk: 0
    }
  }

  private static let gbkLeads: ClosedRange<UInt8> = 0x81...0xFE
  private static let gbkTrails: ClosedRange<UInt8> = 0x40...0xFE
  /// Letters of one line of the table, with its LF.
  private static let gbkStride = 191 * 3 + 1

  /// What a pair means, 0 for nothing.
  private static func gbk(_ lead: UInt8, _ trail: UInt8) -> UInt32 {
    guard gbkLeads.contains(lead), gbkTrails.contains(trail) else { return 0 }
    let place = (Int(lead) - 0x81) * gbkStride + (Int(trail) - 0x40) * 3
    let table = CodePageTables.gbk
    precondition(place + 3 <= table.utf8CodeUnitCount, "a line for each lead, three for each trail")
    // A static string's bytes live as long as the program, and the three lie within their count.
    let letters = unsafe UnsafeBufferPointer(start: table.utf8Start + place, count: 3)
    var codePoint: UInt32 = 0
    for index in 0..<3 { codePoint = codePoint << 6 | UInt32(unsafe letters[index] - 0x30) }
    return codePoint
  }

  /// The pair of each code point of 16 bits, 0 where there is none; made on first use.
  private static let gbkPairs: [UInt16] = {
    var pairs = [UInt16](repeating: 0, count: 1 << 16)
    for lead in gbkLeads {
      for trail in gbkTrails {
        let codePoint = Int(gbk(lead, trail))
        if codePoint != 0, pairs[codePoint] == 0 {
          pairs[codePoint] = UInt16(lead) << 8 | UInt16(trail)
        }
      }
    }
    return pairs
  }()
}
