public import Bytes

/// What a log's system file says of the infected machine, as places in its bytes.
///
/// It is read only once something in the log matched, so it is not on the hot path.
public struct SystemInfo: Sendable {
  /// The first value of each class, and every date, in the order of the file.
  public private(set) var values:
    [(class: LabelDictionary.Class, label: ByteRange, value: ByteRange)] =
      []
  /// Whether a line has the label of a password: then it is no system file, whatever else it says.
  public private(set) var holdsPasswords = false

  /// Lines looked at. Vidar lists installed software behind the facts, with titles that look like
  /// labels; the facts of every family that we know stand within the first hundred lines.
  private static let maxLines = 120

  /// Reads `bytes`, the beginning of a text file.
  public init(_ bytes: Span<UInt8>, labels: LabelDictionary) {
    var cutter = LineCutter(end: bytes.count, isLast: true)
    var lines = 0
    while lines < Self.maxLines, let line = cutter.next(in: bytes) {
      lines += 1
      let trimmed = bytes.trimmed(line)
      if Self.beginsList(trimmed, in: bytes) { break }
      guard let cut = LabelledLine.cut(line, in: bytes), !cut.value.isEmpty else { continue }
      if labels.recordClass(of: cut.label, in: bytes) == .password { holdsPasswords = true }
      guard let meaning = labels.systemClass(of: cut.label, in: bytes),
        meaning == .date || !values.contains(where: { $0.class == meaning })
      else { continue }
      values.append((meaning, cut.label, cut.value))
    }
  }

  /// Whether enough is there to say that the file describes a machine: two facts, one of which is of
  /// the machine itself rather than of an account on some site.
  public var describesMachine: Bool {
    values.count >= 2
      && values.contains { $0.class == .hwid || $0.class == .machine || $0.class == .os }
  }

  public func value(_ meaning: LabelDictionary.Class) -> ByteRange? {
    values.first { $0.class == meaning }?.value
  }

  /// Whether a list of software or processes begins here; what follows are titles, not facts.
  private static func beginsList(_ line: ByteRange, in bytes: Span<UInt8>) -> Bool {
    for text: StaticString in ["[software", "[process", "installed software", "process list"]
    where bytes.starts(line, withLowercase: text) {
      return true
    }
    return false
  }
}
