public import Bytes

/// What a log's system file says of the infected machine, as places in its bytes.
///
/// It is read only once something in the log matched, so it is not on the hot path.
public struct SystemInfo: Sendable {
  /// The first value of each class; of dates and names of antivirus programs all, in the order of the file.
  public private(set) var values:
    [(class: LabelDictionary.Class, label: ByteRange, value: ByteRange)] =
      []
  /// Whether a line among the facts has the label of a password, at its beginning or within: then it is no system
  /// file alone, and what stands in it as a name may be one.
  public private(set) var holdsPasswords = false
  /// Whether a label that names the machine stands there again with another value, as where somebody has joined
  /// the files of several machines.
  public private(set) var isOfSeveralMachines = false

  private let labels: LabelDictionary

  /// Lines looked at, or members of JSON. The facts of every family that we know stand within the first
  /// hundred; what follows is software and processes, with titles that look like labels.
  private static let maxLines = 120
  /// Dates, or antivirus programs, of one file.
  private static let maxOfAClass = 16

  /// Reads `bytes`, the beginning of a text file.
  public init(_ bytes: Span<UInt8>, labels: LabelDictionary) {
    self.labels = labels
    if let pairs = JSONPairs(bytes) {
      read(pairs, bytes)
    } else {
      read(bytes)
      lookForOthers(bytes)
    }
  }

  /// Whether enough is there to say that the file describes a machine: two facts, one of which is of
  /// the machine itself rather than of an account on some site.
  public var describesMachine: Bool {
    values.count >= 2
      && values.contains { $0.class == .hwid || $0.class == .machine || $0.class == .os }
  }

  /// The first value of a class, a place in the text that was read; nil if it has none.
  public func value(_ meaning: LabelDictionary.Class) -> ByteRange? {
    values.first { $0.class == meaning }?.value
  }

  private mutating func read(_ bytes: Span<UInt8>) {
    var cutter = LineCutter(end: bytes.count, isLast: true)
    var lines = 0
    /// The label whose list of antivirus programs is being read.
    var list: ByteRange?
    while lines < Self.maxLines, let line = cutter.next(in: bytes) {
      lines += 1
      if labels.systemClass(of: SystemLine.heading(line, in: bytes), in: bytes) == .list { break }
      notePassword(line, bytes)
      if let label = list {
        if let item = SystemLine.item(line, labels, in: bytes) {
          add(.antivirus, label, item, bytes)
          continue
        }
        list = nil
      }
      guard let cut = SystemLine.cut(line, in: bytes) else { continue }
      if cut.value.isEmpty && labels.systemClass(of: cut.label, in: bytes) == .antivirus {
        list = cut.label
      }
      take(cut.label, cut.value, bytes)
    }
  }

  /// Notes whether the line has a field of a password, alone or beside others: `OS: x | Login: ann | Password: …`.
  private mutating func notePassword(_ line: ByteRange, _ bytes: Span<UInt8>) {
    var field =
      RecordField.first(in: line, of: bytes, labels)
      ?? RecordField(meaning: .other, start: line.start, value: line)
    // Each field is shorter than the one before.
    while !holdsPasswords {
      holdsPasswords = (field.meaning == .password && field.hasSign) || field.isPair
      guard let next = field.next(in: bytes, labels) else { return }
      field = next.field
    }
  }

  /// Looks for a second machine in the whole text, as its facts stand behind the first one's software. The same
  /// label is meant and not the class, since a machine has several names and ids.
  private mutating func lookForOthers(_ bytes: Span<UInt8>) {
    let names = values.filter { $0.class == .hwid || $0.class == .machine }
    if names.isEmpty { return }
    var cutter = LineCutter(end: bytes.count, isLast: true)
    while !isOfSeveralMachines, let line = cutter.next(in: bytes) {
      guard let cut = SystemLine.cut(line, in: bytes),
        !Placeholder.stands(at: cut.value, in: bytes)
      else { continue }
      // A value may hold more than the name: `PC-9 [WORKGROUP]`.
      isOfSeveralMachines = names.contains { name in
        isSame(cut.label, name.label, bytes)
          && !bytes.contains(
            lowercase: bytes.copy(name.value).map(ASCII.lowercased), in: cut.value)
      }
    }
  }

  private func isSame(_ left: ByteRange, _ right: ByteRange, _ bytes: Span<UInt8>) -> Bool {
    left.count == right.count
      && zip(left.bounds, right.bounds).allSatisfy {
        ASCII.lowercased(bytes[$0]) == ASCII.lowercased(bytes[$1])
      }
  }

  private mutating func read(_ pairs: JSONPairs, _ bytes: Span<UInt8>) {
    var pairs = pairs
    for _ in 0..<Self.maxLines {
      guard let pair = pairs.next(in: bytes) else { return }
      if pair.isContainer {
        if labels.systemClass(of: pair.label, in: bytes) == .list { pairs.skip(in: bytes) }
      } else {
        take(pair.label, pair.value, bytes)
      }
    }
  }

  private mutating func take(_ label: ByteRange, _ value: ByteRange, _ bytes: Span<UInt8>) {
    if value.isEmpty { return }
    if labels.recordClass(of: label, in: bytes) == .password { holdsPasswords = true }
    guard let meaning = labels.systemClass(of: label, in: bytes) else { return }
    switch meaning {
    // Nothing of the machine: `SellerName` reads it.
    case .advert: return
    case .userMachine, .machineUser:
      guard let pair = SystemLine.pair(value, in: bytes) else {
        add(.user, label, value, bytes)
        return
      }
      let isUserFirst = meaning == .userMachine
      add(.user, label, isUserFirst ? pair.first : pair.second, bytes)
      add(.machine, label, isUserFirst ? pair.second : pair.first, bytes)
    // `Path` stands before anything: a program's, in a file of a stealer, is its own. Other labels of the class say more.
    case .path where label.count == 4 && !isProgram(value, bytes): return
    case .machine:
      // RisePro: `PC-9 [WORKGROUP]`; no machine's name has a bracket.
      let name = SystemLine.bracketed(value, in: bytes)?.before ?? value
      add(.machine, label, name.isEmpty ? value : name, bytes)
    case .ip:
      add(.ip, label, value, bytes)
      // 44Caliber: `192.0.2.7 [France]`.
      if let country = SystemLine.bracketed(value, in: bytes)?.within {
        add(.country, label, country, bytes)
      }
    default: add(meaning, label, value, bytes)
    }
  }

  private mutating func add(
    _ meaning: LabelDictionary.Class, _ label: ByteRange, _ value: ByteRange, _ bytes: Span<UInt8>
  ) {
    if Placeholder.stands(at: value, in: bytes) || isEcho(value, of: label, bytes) { return }
    let known = values.count { $0.class == meaning }
    let most = meaning == .date || meaning == .antivirus ? Self.maxOfAClass : 1
    if known < most { values.append((meaning, label, value)) }
  }

  /// Whether the value is the path of a program of Windows: `C:\Users\ann\x.exe`.
  private func isProgram(_ value: ByteRange, _ bytes: Span<UInt8>) -> Bool {
    guard value.count > 7, ASCII.isLetter(bytes[value.start]),
      bytes[value.start + 1] == ASCII.colon,
      bytes[value.start + 2] == ASCII.backslash || bytes[value.start + 2] == ASCII.slash
    else { return false }
    return bytes.equals(ByteRange(value.end - 4, value.end), lowercase: ".exe")
  }

  /// Whether the value is the label again, as in `Country: Country?`.
  private func isEcho(_ value: ByteRange, of label: ByteRange, _ bytes: Span<UInt8>) -> Bool {
    let isQuestion = value.count > 1 && bytes[value.end - 1] == ASCII.question
    return isSame(ByteRange(value.start, value.end - (isQuestion ? 1 : 0)), label, bytes)
  }
}
