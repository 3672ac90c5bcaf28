extension ArchiveKind {
  /// Whether an archive that begins at `start`, and of which libarchive gave no member and no error, holds little more than
  /// what says that it is one. Else it is no empty one, but one whose members are not found any more.
  func mayHoldNothing(_ source: some ByteSource, from start: Int) -> Bool {
    let most: Int
    switch self {
    case .zip: most = ZipDirectory.endBytes
    // Their headers would list nothing.
    case .rar4, .rar5: return false
    // A directory without files, as some write it.
    case .sevenZip: most = SevenZipHeader.bytes + 16
    // What it says of all its members, in a block of its own, or its label.
    case .tar:
      let type = source.bytes(from: start + 156, limit: 1)
      guard type == Array("g".utf8) || type == Array("V".utf8) else { return false }
      most = 3 * 512
    // The name of what is packed, and a few frames of nothing.
    default: most = 1024
    }
    let begin = start + most
    return source.firstContent(in: begin..<Swift.max(begin, source.size ?? .max)) == nil
  }
}
