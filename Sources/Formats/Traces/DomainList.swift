public import Bytes

/// A list of the hosts of which a log has cookies or passwords: `DomainDetects.txt`, `cookie_list.txt`.
///
///     PDD: kairos.example (1)          host, host, …
///     CDD: .shop.example               https://a.example
///
/// A sign that somebody used a service at that machine, and a weak one: nothing says who.
public enum DomainList {
  /// Whether `sample`, the beginning of the file `name`, is such a list: hosts and hardly anything else, and
  /// either the first line or the name says what they are for. A list of hosts could be anything.
  public static func fits(_ sample: Span<UInt8>, name: Span<UInt8>) -> Bool {
    var cutter = LineCutter(end: sample.count, isLast: true)
    var hosts = 0
    var others = 0
    var isMarked = isListName(name)
    while let line = cutter.next(in: sample) {
      let text = sample.trimmed(line)
      if text.isEmpty { continue }
      isMarked = isMarked || behindMark(sample.withoutMark(text), in: sample) != nil
      // Every text file is asked, so most must be told from a list by their first line.
      if !isMarked { return false }
      var isHostLine = false
      read(line: text, in: sample) { _ in isHostLine = true }
      if isHostLine { hosts += 1 } else { others += 1 }
    }
    return hosts > others * 4
  }

  /// Reads the whole lines at the beginning of `bytes`, reports each host as written, and returns how many bytes
  /// they took; with `isLast` all. `hasOthers` becomes true if a line says anything else, as where sellers
  /// appended records.
  public static func read(
    _ bytes: Span<UInt8>, isLast: Bool, hasOthers: inout Bool, found: (ByteRange) -> Void
  ) -> Int {
    var cutter = LineCutter(end: bytes.count, isLast: isLast)
    while let line = cutter.next(in: bytes) {
      let text = bytes.trimmed(line)
      var hosts = 0
      read(line: text, in: bytes) {
        hosts += 1
        found($0)
      }
      if hosts == 0 && !text.isEmpty { hasOthers = true }
    }
    return cutter.offset
  }

  /// A line is hosts between commas, each with a count in parentheses or without.
  private static func read(line: ByteRange, in bytes: Span<UInt8>, found: (ByteRange) -> Void) {
    var rest = bytes.withoutMark(line)
    rest.start = behindMark(rest, in: bytes) ?? rest.start
    while !rest.isEmpty {
      let comma = bytes.firstOffset(of: ASCII.comma, in: rest.bounds) ?? rest.end
      var entry = bytes.trimmed(ByteRange(rest.start, comma))
      rest.start = Swift.min(comma + 1, rest.end)
      if let blank = bytes.firstOffset(of: ASCII.space, or: ASCII.tab, in: entry.bounds) {
        let behind = bytes.trimmed(ByteRange(blank, entry.end))
        guard bytes[behind.start] == 0x28, bytes[behind.end - 1] == 0x29 else { return }
        entry.end = blank
      }
      // A cookie's domain may have a dot before it.
      if !entry.isEmpty && bytes[entry.start] == ASCII.dot { entry.start += 1 }
      let (host, isApp) = URLText.host(of: entry, in: bytes)
      let behind = ByteRange(host.end, entry.end)
      if !isApp && isHost(host, in: bytes) && isPortOrPath(behind, in: bytes) { found(host) }
    }
  }

  /// Where the text behind `PDD:` or `CDD:` begins, or nil.
  private static func behindMark(_ text: ByteRange, in bytes: Span<UInt8>) -> Int? {
    bytes.starts(text, withLowercase: "pdd:") || bytes.starts(text, withLowercase: "cdd:")
      ? bytes.trimmed(ByteRange(text.start + 4, text.end)).start : nil
  }

  /// Whether nothing but a port or a path stands behind a host: `a.example:ann:…` is no host, nor is
  /// `a.example/login:ann:…`.
  private static func isPortOrPath(_ text: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var offset = text.start
    if offset < text.end && bytes[offset] == ASCII.colon {
      offset += 1
      while offset < text.end && ASCII.isDigit(bytes[offset]) { offset += 1 }
    }
    if offset == text.end { return true }
    let path = offset..<text.end
    return bytes[offset] == ASCII.slash
      && bytes.firstOffset(of: ASCII.colon, or: ASCII.bar, in: path) == nil
      && bytes.firstOffset(of: ASCII.semicolon, or: ASCII.at, in: path) == nil
  }

  private static func isHost(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var hasDot = false
    for offset in range.bounds {
      switch bytes[offset] {
      case ASCII.dot: hasDot = hasDot || offset > range.start
      case ASCII.hyphen, 0x5F, 0x80...: continue
      case let byte where ASCII.isLetter(byte) || ASCII.isDigit(byte): continue
      default: return false
      }
    }
    return hasDot
  }

  /// The names that stealers give such lists: formats.md §2.
  private static func isListName(_ name: Span<UInt8>) -> Bool {
    let whole = ByteRange(0, name.count)
    for text in ["domaindetect", "domain_detect", "domain detect", "cookie_list", "cookielist"]
    where name.contains(lowercase: Array(text.utf8), in: whole) {
      return true
    }
    return false
  }
}
