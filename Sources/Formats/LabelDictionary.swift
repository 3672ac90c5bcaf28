public import Bytes

/// What the text before a colon means: "Hostname" is a URL's label, "P455W0RD" a password's.
///
/// Labels are not family-reliable (sellers rewrite logs), so there is one dictionary for all files.
/// A look-up allocates nothing.
public struct LabelDictionary: Sendable {
  /// What a label stands before. Raw values travel to the workers; do not reuse one.
  public enum Class: UInt8, CaseIterable, Sendable {
    // Of a credential record.
    case url = 1
    case login, password, software, profile, seller, other
    /// An e-mail address, which is a login of its own where the record has a user name, too.
    case email
    // Of a system file.
    case machine = 32
    case user, hwid, country, build, os, ip, antivirus, path, date
    /// Two names in one value, the user's or the machine's first.
    case userMachine, machineUser
    /// The heading of a list of software or processes, behind which nothing is said of the machine.
    case list
    /// Before the name of a channel that advertises itself above what a file holds.
    case advert
    // Of the fields of a form.
    case identity = 64
    case contact, address, payment

    /// The name that rule files use.
    public var name: String {
      switch self {
      case .userMachine: "user-machine"
      case .machineUser: "machine-user"
      default: "\(self)"
      }
    }

    /// Whether the value is a login: a user name or an e-mail address.
    @inline(__always)
    public var isLogin: Bool { self == .login || self == .email }

    /// Whether the class belongs to credential records, rather than to system files or forms.
    public var isOfRecord: Bool { rawValue < 32 }
    /// Whether the class belongs to the fields of a form.
    public var isOfForm: Bool { rawValue >= 64 }
  }

  /// Labels longer than this do not exist; looking further would only cost time.
  public static let maxLabelBytes = 40

  /// The tables, in one place on the heap: the dictionary is handed from reader to reader with every line, and seven
  /// arrays would be retained each time.
  private final class Tables: Sendable {
    let entries: [(label: [UInt8], class: Class)]
    let records: ByteTable
    let system: ByteTable
    let form: ByteTable
    /// A bit for each pair of letters, case aside, with which a label of a record may begin.
    let beginnings: [UInt64]
    /// The same for the first two letters of labels of each length below 32.
    let beginningsOfLength: [UInt64]
    let isClearOfURLs: Bool
    /// Labels of up to 16 bytes in the spellings that are usual; a power of two of slots.
    let shortLabels: [ShortLabel]

    init(_ entries: [(label: [UInt8], class: Class)]) {
      self.entries = entries
      func table(_ belongs: (Class) -> Bool) -> ByteTable {
        ByteTable(
          entries.filter { belongs($0.class) && $0.label.count <= maxLabelBytes }
            .map { ($0.label, UInt32($0.class.rawValue)) },
          foldsCase: true)
      }
      records = table(\.isOfRecord)
      system = table { !$0.isOfRecord && !$0.isOfForm }
      form = table(\.isOfForm)
      var beginnings = [UInt64](repeating: 0, count: 16)
      var ofLength = [UInt64](repeating: 0, count: 32 * 16)
      for entry in entries where entry.class.isOfRecord {
        guard let first = entry.label.first else { continue }
        let seconds = entry.label.count > 1 ? entry.label[1]...entry.label[1] : 0...31
        for second in seconds {
          let pair = LabelDictionary.pair(first, second)
          beginnings[pair >> 6] |= 1 << UInt64(pair & 63)
          if entry.label.count < 32 {
            ofLength[entry.label.count * 16 + pair >> 6] |= 1 << UInt64(pair & 63)
          }
        }
      }
      self.beginnings = beginnings
      beginningsOfLength = ofLength
      shortLabels = Self.short(entries, records)
      let schemes = ["https", "http", "android"].map { Array($0.utf8) }
      isClearOfURLs = !entries.contains { entry in
        entry.class.isOfRecord
          && (entry.label.contains(ASCII.dot)
            || schemes.contains(entry.label.map(ASCII.lowercased)))
      }
    }

    /// The short labels, as given and in lower and upper case and with a capital, in an open table.
    private static func short(
      _ entries: [(label: [UInt8], class: Class)], _ records: ByteTable
    ) -> [ShortLabel] {
      var labels = [ShortLabel](repeating: ShortLabel(), count: shortSlots)
      var count = 0
      for entry in entries where entry.class.isOfRecord && (1...16).contains(entry.label.count) {
        let lower = entry.label.map(ASCII.lowercased)
        let upper = lower.map { ASCII.isLetter($0) ? $0 & 0xDF : $0 }
        let spellings = [entry.label, lower, upper, Array(upper.prefix(1) + lower.dropFirst())]
        // Of a label given twice the first class counts.
        guard let value = records.value(of: ByteRange(0, lower.count), in: lower.span),
          let meaning = Class(rawValue: UInt8(value))
        else { continue }
        for spelling in spellings where count * 2 < shortSlots {
          let label = ShortLabel(spelling, meaning)
          var slot = label.slot
          while !labels[slot].isFree && !labels[slot].isSpelt(as: label) {
            slot = (slot + 1) % shortSlots
          }
          if labels[slot].isFree { count += 1 }
          labels[slot] = label
        }
      }
      return labels
    }
  }

  /// A label of up to 16 bytes as it lies in memory, with zeros behind it.
  private struct ShortLabel {
    var first: UInt64 = 0
    var rest: UInt64 = 0
    var meaning = Class.other

    init() {}

    @inline(__always)
    init(first: UInt64, rest: UInt64) {
      self.first = first
      self.rest = rest
    }

    init(_ bytes: [UInt8], _ meaning: Class) {
      first = Self.word(bytes.prefix(8))
      rest = Self.word(bytes.dropFirst(8))
      self.meaning = meaning
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// No label begins with a zero.
    @inline(__always)
    var isFree: Bool { first == 0 }

    @inline(__always)
    func isSpelt(as other: ShortLabel) -> Bool { first == other.first && rest == other.rest }

    @inline(__always)
    var slot: Int {
      // The multiplier is 2^64 divided by the golden ratio.
      Int(
        truncatingIfNeeded: ((first ^ rest &* 3) &* 0x9E37_79B9_7F4A_7C15)
          &>> UInt64(64 &- shortBits))
    }
  }

  private let tables: Tables

  /// Slots for short labels: about four times as many as there are spellings. What has none is read the slow way.
  private static let shortSlots = 1 << shortBits
  private static let shortBits = 12

  /// Every label with its class, as given.
  public var entries: [(label: [UInt8], class: Class)] { tables.entries }

  /// A dictionary of `entries`. A label given twice for one kind of file keeps its first class.
  public init(_ entries: [(label: [UInt8], class: Class)]) {
    tables = Tables(entries)
  }

  /// Pairs of letters are told apart by five bits each.
  @inline(__always)
  private static func pair(_ first: UInt8, _ second: UInt8) -> Int {
    Int(first & 31) &<< 5 | Int(second & 31)
  }

  /// What the label at `range`, which may be none, means in a credential record; nil also for one that must be read
  /// otherwise first, as it may have blanks or marks at its end.
  @inline(__always)
  func recordClass(ofPlain range: ByteRange, in bytes: Span<UInt8>) -> Class? {
    let count = range.end &- range.start
    guard count > 0, count <= 16, range.start >= 0, range.start &+ 16 <= bytes.count else {
      guard count > 0, count <= Self.maxLabelBytes else { return nil }
      return recordClass(of: range, in: bytes)
    }
    // The bound stands above.
    let first = UInt64(
      littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(
        fromByteOffset: range.start, as: UInt64.self))
    var label = ShortLabel(first: first, rest: 0)
    if count <= 8 {
      label.first &= ~0 &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    } else {
      let rest = UInt64(
        littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(
          fromByteOffset: range.start &+ 8, as: UInt64.self))
      label.rest = rest & ~0 &>> UInt64(truncatingIfNeeded: 128 &- 8 &* count)
    }
    var slot = label.slot
    // At most half of the slots are taken, so a free one is found.
    while true {
      let found = tables.shortLabels[slot]
      if found.isSpelt(as: label) { return found.isFree ? nil : found.meaning }
      if found.isFree { return nil }
      slot = (slot &+ 1) % Self.shortSlots
    }
  }

  /// Whether no label of a record can begin a URL: none is a scheme, and none has a dot, as hosts do.
  var isClearOfURLs: Bool { tables.isClearOfURLs }

  /// Whether a label of a record may begin with these two bytes: a cheap first question.
  @inline(__always)
  func recordLabelMayBegin(with first: UInt8, _ second: UInt8) -> Bool {
    let pair = Self.pair(first, second)
    return tables.beginnings[pair &>> 6] &>> UInt64(truncatingIfNeeded: pair) & 1 == 1
  }

  /// Whether a label of a record may fill `range`, which has at least two bytes: a cheap first question.
  @inline(__always)
  func recordLabelMayFill(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
    let count = range.end &- range.start
    guard count < 32 else { return true }
    let pair = Self.pair(bytes[range.start], bytes[range.start &+ 1])
    let word = tables.beginningsOfLength[count &* 16 &+ pair &>> 6]
    return word &>> UInt64(truncatingIfNeeded: pair) & 1 == 1
  }

  /// What the label at `range` means in a credential record, or nil if it is none.
  public func recordClass(of range: ByteRange, in bytes: Span<UInt8>) -> Class? {
    Self.meaning(of: range, in: bytes, tables.records)
  }

  /// What the label at `range` means in a system file, or nil if it is none.
  public func systemClass(of range: ByteRange, in bytes: Span<UInt8>) -> Class? {
    Self.meaning(of: range, in: bytes, tables.system)
  }

  /// What a label means, also with characters in it that nobody sees.
  private static func meaning(
    of range: ByteRange, in bytes: Span<UInt8>, _ table: ByteTable
  ) -> Class? {
    if let value = table.value(of: range, in: bytes) { return Class(rawValue: UInt8(value)) }
    guard let visible = InvisibleText.label(range, in: bytes) else { return nil }
    return table.value(of: ByteRange(0, visible.count), in: visible.text.span)
      .flatMap { Class(rawValue: UInt8($0)) }
  }

  /// What the words at `range` mean in the name of a form's field, or nil if they mean nothing.
  public func formClass(of range: ByteRange, in bytes: Span<UInt8>) -> Class? {
    tables.form.value(of: range, in: bytes).flatMap { Class(rawValue: UInt8($0)) }
  }
}
