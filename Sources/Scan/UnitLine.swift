internal import Bytes
internal import Dumps
internal import Watchlists

/// One line of a list of units: what `dumpsieve units` writes, and `scan --units` reads.
///
/// Fields with a TAB between: what it is, its bytes, the dump, and what follows by kind. All bytes of a field but visible
/// ASCII, and `%`, stand as `%` and two hexadecimal digits, so that lines can be sorted, split and packed by any tool.
/// Whoever packs them needs the first two fields alone.
public struct UnitLine: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// A log's folder, with the other names that its files have before it in the dump.
    case log([UInt8], hardLinks: [[UInt8]])
    /// A file of no log; its companions are volumes and files of passwords.
    case file([UInt8], hasCompanions: Bool)
    /// One range of a big file of no log.
    case range([UInt8], Range)
    /// Something that could not be read when the list was made.
    case gap([UInt8], reason: String)
    /// So many names that stand in no log and are rightly passed over.
    case passedOver(reason: String, count: Int)
    /// A folder in no log that is still to be listed, with all below it.
    case folder([UInt8])
    /// The number of a file with several names, where others list other folders of the dump: if two of them tell the same
    /// number, their lists do not fit together.
    case linked(UInt64)
  }

  /// Which range of which lengths, and what was found there, once it was read.
  public struct Range: Equatable, Sendable {
    public var index: UInt32
    /// As `--range-size` has it.
    public var length: UInt64
    /// Of the whole file.
    public var fileBytes: UInt64
    /// An encoded `RangeReading`.
    var reading: [UInt8]?
  }

  /// What the unit costs to read. In bytes.
  public var bytes: UInt64
  public var dump: String
  public var kind: Kind

  /// The line, without its end.
  public var text: String {
    var fields: [String]
    switch kind {
    case .log(let path, let links):
      fields = ["log", String(bytes), Self.escaped(dump), Self.escaped(path)]
      fields += links.map { Self.escaped($0) }
    case .file(let path, let hasCompanions):
      fields = ["file", String(bytes), Self.escaped(dump), Self.escaped(path)]
      if hasCompanions { fields.append("companions") }
    case .range(let path, let range):
      fields = ["range", String(bytes), Self.escaped(dump), Self.escaped(path)]
      fields += [String(range.index), String(range.length), String(range.fileBytes)]
      if let reading = range.reading { fields.append(Hex.text(reading)) }
    case .gap(let path, let reason):
      fields = ["gap", String(bytes), Self.escaped(dump), Self.escaped(path), reason]
    case .passedOver(let reason, let count):
      fields = ["passed", String(bytes), Self.escaped(dump), reason, String(count)]
    case .folder(let path):
      fields = ["folder", String(bytes), Self.escaped(dump), Self.escaped(path)]
    case .linked(let inode):
      fields = ["linked", String(bytes), Self.escaped(dump), String(inode)]
    }
    return fields.joined(separator: "\t")
  }

  init(bytes: UInt64, dump: String, kind: Kind) {
    self.bytes = bytes
    self.dump = dump
    self.kind = kind
  }

  /// Reads a line without its end; nil if it is none.
  public init?(_ line: some Collection<UInt8>) {
    let fields = line.split(separator: 0x09, omittingEmptySubsequences: false).map { Array($0) }
    guard fields.count >= 4, let bytes = UInt64(Self.word(fields[1])),
      let dump = Self.bytes(fields[2]), let text = String(validating: dump, as: UTF8.self),
      !text.isEmpty, let kind = Self.kind(Self.word(fields[0]), Array(fields.dropFirst(3)))
    else { return nil }
    self.init(bytes: bytes, dump: text, kind: kind)
  }

  private static func kind(_ word: String, _ rest: [[UInt8]]) -> Kind? {
    switch (word, rest.count) {
    case ("log", _):
      let paths = rest.compactMap { path($0) }
      guard paths.count == rest.count else { return nil }
      return .log(paths[0], hardLinks: Array(paths.dropFirst()))
    case ("file", 1...2):
      guard let path = path(rest[0]), rest.count == 1 || Self.word(rest[1]) == "companions" else {
        return nil
      }
      return .file(path, hasCompanions: rest.count == 2)
    case ("range", 4...5):
      guard let path = path(rest[0]), let index = UInt32(Self.word(rest[1])),
        let length = UInt64(Self.word(rest[2])), let size = UInt64(Self.word(rest[3])),
        length > 0, size > 0, UInt64(index) <= (size - 1) / length, size <= UInt64(Int64.max)
      else { return nil }
      var range = Range(index: index, length: length, fileBytes: size)
      if rest.count == 5 {
        guard let reading = Hex.bytes(rest[4]) else { return nil }
        range.reading = reading
      }
      return .range(path, range)
    case ("gap", 2):
      guard let path = path(rest[0]), WalkProblem(rawValue: Self.word(rest[1]))?.isUnread == true
      else { return nil }
      return .gap(path, reason: Self.word(rest[1]))
    case ("passed", 2):
      guard WalkProblem(rawValue: Self.word(rest[0]))?.isUnread == false,
        let count = Int(Self.word(rest[1])), (1...(1 << 50)).contains(count)
      else { return nil }
      return .passedOver(reason: Self.word(rest[0]), count: count)
    case ("folder", 1):
      guard let path = path(rest[0]), !path.isEmpty else { return nil }
      return .folder(path)
    case ("linked", 1): return UInt64(Self.word(rest[0])).map { .linked($0) }
    default: return nil
    }
  }

  private static func word(_ field: [UInt8]) -> String { String(decoding: field, as: UTF8.self) }

  // MARK: Escapes

  private static func escaped(_ text: String) -> String { escaped(Array(text.utf8)) }

  private static func escaped(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      if (0x21...0x7E).contains(byte) && byte != percent {
        text.append(byte)
      } else {
        text.append(percent)
        text += Array(Hex.text([byte]).utf8)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let percent = UInt8(ascii: "%")

  private static func bytes(_ field: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    var place = 0
    while place < field.count {
      if field[place] != percent {
        bytes.append(field[place])
        place += 1
        continue
      }
      guard place + 2 < field.count, let byte = Hex.bytes(Array(field[(place + 1)...(place + 2)]))
      else { return nil }
      bytes += byte
      place += 3
    }
    return bytes
  }

  /// A path below a dump: names with a slash between, none of which leads elsewhere.
  private static func path(_ field: [UInt8]) -> [UInt8]? {
    guard let path = bytes(field) else { return nil }
    if path.isEmpty { return path }
    let dot = ASCII.dot
    let names = path.split(separator: ASCII.slash, omittingEmptySubsequences: false)
    let isBelow = names.allSatisfy {
      !$0.isEmpty && Array($0) != [dot] && Array($0) != [dot, dot] && !$0.contains(0)
    }
    return isBelow ? path : nil
  }
}
