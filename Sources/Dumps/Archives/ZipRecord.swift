/// What the directory of a zip says of one member.
struct ZipRecord {
  /// Bytes of it, the member's name and comment among them.
  let bytes: Int
  let nameBytes: Int
  /// Bytes of the name and the extra fields.
  let texts: Int
  let hasComment: Bool
  private(set) var packed: Int
  private(set) var unpacked: Int
  /// Where the member begins, but for `ZipDirectory.shift`.
  private(set) var offset: Int
  let isEncrypted: Bool
  /// Whether it is encrypted in a way that no password opens here (APPNOTE 7).
  let isStronglyEncrypted: Bool

  /// Before its name.
  static let fixedBytes = 46

  /// Nil if none stands at the beginning of `record`, which may be cut.
  init?(_ record: ArraySlice<UInt8>) {
    guard record.count >= Self.fixedBytes, record.starts(with: ZipDirectory.recordMark) else {
      return nil
    }
    nameBytes = record.number(28, 2)
    let (extraBytes, commentBytes) = (record.number(30, 2), record.number(32, 2))
    texts = nameBytes + extraBytes
    hasComment = commentBytes > 0
    bytes = Self.fixedBytes + texts + commentBytes
    isEncrypted = record.number(8, 2) & 1 != 0
    isStronglyEncrypted = record.number(8, 2) & 0x40 != 0
    (packed, unpacked, offset) = (record.number(20, 4), record.number(24, 4), record.number(42, 4))
    // Numbers that do not fit stand in a field of their own, in this order (APPNOTE 4.5.3).
    var field = Self.fixedBytes + nameBytes
    while field + 4 <= Self.fixedBytes + texts {
      if record.number(field, 2) == 1 {
        var value = field + 4
        func take(_ number: inout Int) {
          guard number == 0xFFFF_FFFF else { return }
          number = record.number(value, 8)
          value += 8
        }
        take(&unpacked)
        take(&packed)
        take(&offset)
      }
      field += 4 + record.number(field + 2, 2)
    }
  }
}

extension ZipRecord {
  /// A zip of one member alone, which stands in `source` at `places`, and whose record is `record`.
  static func zip(of record: [UInt8], at places: Range<Int>, in source: any ByteSource)
    -> JoinedFiles
  {
    var end = record
    // Its place: where no larger number is asked for, none is read.
    for index in 42..<46 { end[index] = 0 }
    // What ends a Zip64, as the member may have more than 4 GiB (APPNOTE 4.3.14 to 4.3.16).
    let numbers = [
      (0x0606_4B50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (1, 8), (1, 8),
      (record.count, 8), (places.count, 8),
      (0x0706_4B50, 4), (0, 4), (places.count + record.count, 8), (1, 4),
      (0x0605_4B50, 4), (0, 2), (0, 2), (1, 2), (1, 2), (record.count, 4), (0, 4), (0, 2),
    ]
    for (number, count) in numbers { end.append(number: number, count) }
    return JoinedFiles([PartOfFile(source, places), KeptBytes(end)])
  }
}
