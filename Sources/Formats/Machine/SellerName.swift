internal import Bytes

/// The channel on Telegram that advertises itself at the head of a log's own file.
///
/// A password may look like a channel's name, and the victim's own notes may name his. So a name is taken only from above
/// the first label of a record or of the machine, only if such a label ends the head, and only from a line that neither
/// looks like: `@name` or an address at `t.me` behind the label of an advert, where a frame, further names or the label's
/// several words show what it is; in the file that describes the machine, an address without these, too. What stands
/// between and behind records is never looked at, although sellers write there, too.
public enum SellerName {
  /// Banners have about ten lines, those of blocks and shades thirty.
  private static let maxLines = 64
  private static let maxHeadBytes = 8 << 10
  /// Telegram's own limits.
  private static let nameBytes = 5...32
  private static let hosts = ["telegram.me/", "t.me/"].map { Array($0.utf8) }
  private static let schemes = ["https://", "http://", "www."].map { Array($0.utf8) }
  /// What stands in such an address where a name may, and is none. Invitations (`+…`, `joinchat/…`) name no channel.
  private static let words: Set<String> = [
    "addemoji", "addlist", "addstickers", "addtheme", "confirmphone", "giftcode", "invoice",
    "joinchat",
    "login", "proxy", "setlanguage", "share", "socks", "telegram",
  ]

  /// The first channel at the head of `bytes`, the beginning of a text file, as `@name` in lower case; empty if none is
  /// surely one. `isSystemFile`: by its name it is what the stealer wrote of the machine.
  public static func read(
    _ bytes: Span<UInt8>, isSystemFile: Bool, labels: LabelDictionary
  ) -> [UInt8] {
    var cutter = LineCutter(end: Swift.min(bytes.count, maxHeadBytes), isLast: true)
    var name: [UInt8] = []
    for _ in 0..<maxLines {
      guard let next = cutter.next(in: bytes) else { return [] }
      let line = bytes.withoutMark(next)
      if endsHead(line, bytes, labels) { return name }
      if name.isEmpty { name = advert(line, isSystemFile, bytes, labels) }
    }
    return []
  }

  /// Whether `name` is what `read` may give.
  public static func isName(_ name: [UInt8]) -> Bool {
    guard name.first == ASCII.at, nameBytes.contains(name.count - 1), name.count > 1 else {
      return false
    }
    let isWritten = name.dropFirst().allSatisfy {
      isNameByte($0) && $0 == ASCII.lowercased($0)
    }
    return isWritten && ASCII.isLetter(name[1])
      && !words.contains(String(decoding: name.dropFirst(), as: UTF8.self))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == 0x5F
  }

  /// Whether a record or the description of a machine begins at the line.
  private static func endsHead(
    _ line: ByteRange, _ bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    if let field = RecordField.first(in: line, of: bytes, labels), field.meaning != .seller {
      return true
    }
    guard let cut = SystemLine.cut(line, in: bytes),
      let meaning = labels.systemClass(of: cut.label, in: bytes)
    else { return false }
    return meaning != .advert
  }

  // MARK: One line

  private struct Mention {
    var name: [UInt8]
    /// Whether it is an address, rather than an `@name`.
    var isAddress: Bool
    /// Whether the label before it has several words, as no login has.
    var hasWords: Bool
  }

  private static func advert(
    _ line: ByteRange, _ isSystemFile: Bool, _ bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> [UInt8] {
    var mentions: [Mention] = []
    var start = line.start
    while start < line.end {
      let end = bytes.firstOffset(of: ASCII.bar, in: start..<line.end) ?? line.end
      if let mention = mention(ByteRange(start, end), bytes, labels) { mentions.append(mention) }
      start = end + 1
    }
    let showsAdvert = mentions.count > 1 || isFramed(line, bytes)
    return mentions.first { mention in
      mention.hasWords || showsAdvert || isSystemFile && mention.isAddress
    }?.name ?? []
  }

  /// Whether the line begins and ends with the same sign of a frame. A bar is none: rows of tables have it.
  private static func isFramed(_ line: ByteRange, _ bytes: Span<UInt8>) -> Bool {
    let text = bytes.trimmed(line)
    guard text.count > 2 else { return false }
    let sign = bytes[text.start]
    return sign == bytes[text.end - 1] && [0x2A, ASCII.hash, ASCII.equals].contains(sign)
  }

  private static func mention(
    _ part: ByteRange, _ bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Mention? {
    for offset in part.bounds {
      let rest = ByteRange(offset, part.end)
      if bytes[offset] == ASCII.at {
        let label = label(ByteRange(part.start, offset), bytes)
        guard !label.isEmpty, isAdvert(label, bytes, labels),
          let name = name(ByteRange(offset + 1, part.end), bytes)
        else { return nil }
        return Mention(name: name, isAddress: false, hasWords: hasWords(label, bytes))
      }
      guard let host = hosts.first(where: { bytes.starts(rest, withLowercase: $0) }),
        let start = addressStart(offset, part, bytes)
      else { continue }
      let label = label(ByteRange(part.start, start), bytes)
      guard label.isEmpty || isAdvert(label, bytes, labels) else { return nil }
      var path = ByteRange(offset + host.count, part.end)
      // What a browser shows of the channel.
      if bytes.starts(path, withLowercase: "s/") { path.start += 2 }
      return name(path, bytes).map {
        Mention(name: $0, isAddress: true, hasWords: hasWords(label, bytes))
      }
    }
    return nil
  }

  /// Where the address begins whose host stands at `offset`, or nil if that is the end of another host.
  private static func addressStart(
    _ offset: Int, _ part: ByteRange, _ bytes: Span<UInt8>
  ) -> Int? {
    var start = offset
    for scheme in schemes.reversed() where start - scheme.count >= part.start {
      if bytes.starts(ByteRange(start - scheme.count, start), withLowercase: scheme) {
        start -= scheme.count
      }
    }
    if start == part.start { return start }
    let before = bytes[start - 1]
    let isWithin =
      isNameByte(before) && before != 0x5F || [ASCII.dot, ASCII.slash, ASCII.at].contains(before)
    return isWithin ? nil : start
  }

  /// What stands before a name, without frame, bullets and the signs between the two.
  private static func label(_ before: ByteRange, _ bytes: Span<UInt8>) -> ByteRange {
    var start = before.start
    while start < before.end {
      let next = LineStart.behindBullets(ByteRange(start, before.end), in: bytes)
      if next == start, bytes[start] != ASCII.equals { break }
      start = Swift.max(next, start + 1)
    }
    var end = before.end
    let signs = [ASCII.colon, ASCII.hyphen, ASCII.equals, 0x3E]
    while end > start, ASCII.isBlank(bytes[end - 1]) || signs.contains(bytes[end - 1]) { end -= 1 }
    return ByteRange(start, Swift.max(start, end))
  }

  private static func hasWords(_ label: ByteRange, _ bytes: Span<UInt8>) -> Bool {
    label.bounds.contains { bytes[$0] == ASCII.space }
  }

  private static func isAdvert(
    _ label: ByteRange, _ bytes: Span<UInt8>, _ labels: LabelDictionary
  ) -> Bool {
    labels.systemClass(of: label, in: bytes) == .advert
      || labels.recordClass(of: label, in: bytes) == .seller
  }

  /// The name with which `text` begins, if nothing stands behind it that a login or a password would.
  private static func name(_ text: ByteRange, _ bytes: Span<UInt8>) -> [UInt8]? {
    var end = text.start
    while end < text.end, isNameByte(bytes[end]) { end += 1 }
    let name = [ASCII.at] + bytes.copy(ByteRange(text.start, end)).map(ASCII.lowercased)
    guard isName(name) else { return nil }
    if end == text.end || ASCII.isBlank(bytes[end]) { return name }
    switch bytes[end] {
    // * # = / ? and closing brackets
    case 0x2A, ASCII.hash, ASCII.equals, ASCII.slash, ASCII.question, 0x29, ASCII.closeBracket:
      return name
    case ASCII.hyphen, ASCII.dot, ASCII.comma, 0x21:
      let isEnd = end + 1 == text.end || !isNameByte(bytes[end + 1])
      return isEnd ? name : nil
    default: return nil
    }
  }
}
