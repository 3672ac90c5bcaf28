import Clock
import Formats

/// Netscape cookie files, read slowly: every line split, every field compared as text.
///
/// Written from formats.md §2, to be compared with the fast reader.
enum NetscapeCookiesTwin {
  static func read(_ text: Text) -> [ReadCookie] {
    text.lines.compactMap { line in
      cookie(line.withoutBOM.trimmed)
    }
  }

  private static func cookie(_ line: Text) -> ReadCookie? {
    var line = line
    if line.hasPrefix("#httponly_") {
      line.removeFirst("#HttpOnly_".count)
    }
    if line.first == 0x23 { return nil }
    let byTabs = line.split(separator: 0x09, omittingEmptySubsequences: false)
      .map { Text($0).trimmed }
    if byTabs.count >= 6, let cookie = cookie(fields: byTabs) { return cookie }
    // Any number of blanks is one border; a NUL is a blank, but only behind a border.
    var bySpaces: [Text] = []
    var rest = line[...]
    while let border = rest.firstIndex(where: { $0 == 0x20 || $0 == 0x09 }) {
      bySpaces.append(Text(rest[..<border]).trimmed)
      rest = rest[border...].dropFirst().drop { Text.blanks.contains($0) }
    }
    bySpaces.append(Text(rest))
    return bySpaces.count >= 7 && !bySpaces[6].isEmpty ? cookie(fields: bySpaces) : nil
  }

  private static func cookie(fields: [Text]) -> ReadCookie? {
    let truths = ["true", "false", "0", "1"].map { Text($0.utf8) }
    let domain = fields[0]
    guard (1...256).contains(domain.count), !domain.contains(where: { "/@ ;,|".utf8.contains($0) }),
      truths.contains(fields[1].lowercased), fields[2].first == 0x2F,
      truths.contains(fields[3].lowercased), let expiry = expiry(fields[4].string)
    else { return nil }
    return ReadCookie(domain: domain.string, name: fields[5].string, expiry: expiry)
  }

  /// Seconds, or nil within for none that is known; nil outside for what is neither number nor date.
  private static func expiry(_ text: String) -> Int64?? {
    if let date = text.wholeMatch(of: /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?Z?/) {
      return UTCTime("\(date.1)T\(date.2)Z")?.seconds
    }
    guard text.wholeMatch(of: /-?[0-9]+(\.[0-9]*)?/) != nil else { return nil }
    guard let number = Int64(text.prefix { $0 != "." }), number > 0,
      number < 1_000_000_000_000_000_000
    else { return .some(nil) }
    let limit: Int64 = 7_258_118_400
    for (unit, epoch): (Int64, Int64) in [
      (1, 0), (1000, 0), (1_000_000, 0), (1_000_000, 11_644_473_600),
    ] {
      let seconds = number / unit - epoch
      if seconds < limit { return seconds > 0 && seconds != 2_538_097_566 ? seconds : .some(nil) }
    }
    return .some(nil)
  }
}

extension Text {
  var withoutBOM: Text { starts(with: Text("\u{FEFF}".utf8)) ? Text(dropFirst(3)) : self }
}
