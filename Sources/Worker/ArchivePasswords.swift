internal import Bytes
internal import Dumps
internal import Watchlists

/// Passwords to try on one archive, in order: those that the operator gave, those that lie beside it, and the words of its
/// name.
///
/// None of them leaves the worker.
enum ArchivePasswords {
  /// A file of passwords is read up to here. In bytes.
  private static let maxFileBytes = 256 << 10
  /// Shorter words of a name are noise.
  private static let minWordBytes = 3
  private static let maxWords = 64

  /// One password a line.
  static func lines(of file: some ByteSource) -> [[UInt8]] {
    lines(of: file.bytes(from: 0, limit: maxFileBytes).span)
  }

  /// One password a line, without the line's end; blanks belong to it.
  static func lines(of text: Span<UInt8>) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var known: Set<[UInt8]> = []
    var cutter = LineCutter(end: text.count, isLast: true)
    while let line = cutter.next(in: text), lines.count < ArchivePasswordFile.maxPasswords {
      var line = text.copy(line)
      if lines.isEmpty, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
      if !line.isEmpty && known.insert(line).inserted { lines.append(line) }
    }
    return lines
  }

  /// What may be the password in an archive's name: all behind `pass=` and the like, each word, and the whole.
  static func words(ofName name: [UInt8]) -> [[UInt8]] {
    let stem = ArchiveName.stem(of: name)
    var words: [[UInt8]] = []
    func add(_ word: ArraySlice<UInt8>) {
      guard word.count >= minWordBytes, words.count < maxWords else { return }
      let word = Array(word)
      if !words.contains(word) { words.append(word) }
    }
    for label in ["password", "passwd", "pass", "pwd", "pw"] {
      let label = Array(label.utf8)
      for start in stem.indices
      where stem[start...].prefix(label.count).map(ASCII.lowercased) == label {
        let rest = stem[(start + label.count)...].drop { " =:_-".utf8.contains($0) }
        add(rest)
        // `[pass X]`, `pass=X (2)`
        add(rest.prefix { !" )]}".utf8.contains($0) })
      }
    }
    // A password may hold what else parts the words of a name.
    for signs in [" ()[]{},;|", " ()[]{},;|=_", " ()[]{},;|=_-+~"] {
      for word in stem.split(whereSeparator: { signs.utf8.contains($0) }) {
        add(word)
        // `t.me/x` cannot stand in a name; `@x` does, and the password often has no `@`.
        if word.first == ASCII.at { add(word.dropFirst()) } else { add([ASCII.at] + word) }
      }
    }
    add(stem[...])
    return words
  }
}

/// What is known beforehand of all archives of a run.
struct ArchiveSettings {
  var limits: ArchiveLimits
  /// Those that the operator gave.
  var passwords: [[UInt8]]
  var shape: LogShape
  /// Whether members are read whose names stand for no credentials.
  var opensAllFiles: Bool
}
