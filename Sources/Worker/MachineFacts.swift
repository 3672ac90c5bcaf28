internal import Bytes
internal import Formats

/// What the files of a log say of its machine, gathered file by file.
///
/// A folder may hold the files of two machines; then nothing is said of either.
struct MachineFacts {
  private(set) var hwid: [UInt8] = []
  private(set) var machine: [UInt8] = []
  private(set) var user: [UInt8] = []
  private(set) var os: [UInt8] = []
  private(set) var country: [UInt8] = []
  private(set) var build: [UInt8] = []
  /// Names of antivirus programs, as the file writes them.
  private(set) var antivirus: [[UInt8]] = []
  /// Whether a place is named where malware lay.
  private(set) var hasMalwarePath = false
  /// Every date with its label, in lower case.
  private(set) var dates: [(label: [UInt8], text: [UInt8])] = []
  private(set) var isOfSeveralMachines = false

  /// Takes what `system` found in `bytes`. What an earlier file has said stays.
  mutating func add(_ system: SystemInfo, in bytes: Span<UInt8>) {
    var other = MachineFacts()
    other.read(system, bytes)
    if namesMachine && other.namesMachine && !agrees(with: other) {
      self = MachineFacts()
      isOfSeveralMachines = true
    }
    if isOfSeveralMachines { return }
    for field in [\Self.hwid, \.machine, \.user, \.os, \.country, \.build]
    where self[keyPath: field].isEmpty {
      self[keyPath: field] = other[keyPath: field]
    }
    if antivirus.isEmpty { antivirus = other.antivirus }
    hasMalwarePath = hasMalwarePath || other.hasMalwarePath
    dates += other.dates
  }

  private var namesMachine: Bool { !hwid.isEmpty || !machine.isEmpty }

  /// Whether both name the same machine: by either name, as stealers write hardware ids in several forms.
  private func agrees(with other: MachineFacts) -> Bool {
    func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
      !left.isEmpty && left.map(ASCII.lowercased) == right.map(ASCII.lowercased)
    }
    return isSame(hwid, other.hwid) || isSame(machine, other.machine)
  }

  private mutating func read(_ system: SystemInfo, _ bytes: Span<UInt8>) {
    /// The value up to a bar, behind which other fields may stand, and no longer than `most` bytes.
    func copy(_ range: ByteRange, most: Int) -> [UInt8] {
      let end = bytes.firstOffset(of: ASCII.bar, in: range.bounds) ?? range.end
      return bytes.copy(bytes.trimmed(ByteRange(range.start, Swift.min(end, range.start + most))))
    }
    func value(_ meaning: LabelDictionary.Class, most: Int) -> [UInt8] {
      system.value(meaning).map { copy($0, most: most) } ?? []
    }
    hwid = value(.hwid, most: 128)
    machine = value(.machine, most: 128)
    user = value(.user, most: 128)
    os = value(.os, most: 80)
    country = value(.country, most: 40)
    build = value(.build, most: 80)
    hasMalwarePath = system.value(.path) != nil
    for entry in system.values where entry.class == .antivirus {
      // One line may name several.
      let names = bytes.copy(entry.value).split {
        $0 == ASCII.comma || $0 == ASCII.semicolon || $0 == ASCII.bar
      }
      for name in names where antivirus.count < ResultFrame.LogFacts.maxAntivirus {
        let trimmed = Array(name.drop(while: ASCII.isBlank).prefix(80))
        if !trimmed.isEmpty && !antivirus.contains(trimmed) { antivirus.append(trimmed) }
      }
    }
    for entry in system.values where entry.class == .date {
      dates.append(
        (copy(entry.label, most: 40).map(ASCII.lowercased), copy(entry.value, most: 80)))
    }
  }
}
