internal import Bytes

/// Whether a name with a dot in it ends as hosts do: `logins.json` and `ann.moreau` do not.
///
/// For names that may as well be a file's or a person's, so it knows the usual endings only; the public suffix list has
/// `zip` and `name`.
enum HostEnding {
  static func stands(at name: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var start = name.end
    while start > name.start, bytes[start - 1] != ASCII.dot { start -= 1 }
    let ending = ByteRange(start, name.end)
    if start == name.start { return bytes.equals(name, lowercase: "localhost") }
    if let isUsual = endings.value(of: ending, in: bytes) { return isUsual == 1 }
    // A country's, or the end of an address.
    let isWord =
      ending.count == 2 && ASCII.isLetter(bytes[start]) && ASCII.isLetter(bytes[start + 1])
    return isWord || !ending.isEmpty && ASCII.isDigit(bytes[name.end - 1])
  }

  private static let usual = [
    "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "pro", "app", "dev", "xyz",
    "online", "site", "shop", "store", "club", "top", "live", "tech", "cloud", "blog", "space",
    "website", "icu", "vip", "win", "bank", "agency", "digital", "network", "systems", "services",
    "education", "academy", "school", "jobs", "travel", "mobi", "coop", "museum", "aero", "asia",
    "paris", "bzh", "alsace", "corsica", "example", "test", "local", "lan", "intranet", "internal",
    "corp",
  ]

  /// Files', of two letters.
  private static let files = ["py", "js", "md", "sh", "cs", "rb", "db", "gz", "ts"]

  private static let endings = ByteTable(
    usual.map { (Array($0.utf8), 1) } + files.map { (Array($0.utf8), 0) }, foldsCase: true)
}
