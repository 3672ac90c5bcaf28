internal import Bytes
internal import Formats

/// What the files of a log say of its machine, gathered file by file.
///
/// A folder may hold the files of two machines; then nothing is said of either. System, country and antivirus
/// programs come out in words of our own tables only, since a file with such labels may be the victim's notes.
struct MachineFacts {
  private(set) var hwid: [UInt8] = []
  private(set) var machine: [UInt8] = []
  private(set) var user: [UInt8] = []
  private(set) var os: [UInt8] = []
  private(set) var country: [UInt8] = []
  private(set) var build: [UInt8] = []
  /// Names of antivirus programs (`AntivirusNames`).
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
    if system.isOfSeveralMachines || namesMachine && other.namesMachine && !agrees(with: other) {
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

  /// Whether this is surely what a stealer wrote of a machine, and not a text that has one of its labels: there is
  /// a hardware id or a known system, and two further facts.
  private var isProven: Bool {
    let others = [machine, user, country, hwid.isEmpty ? [] : os].count { !$0.isEmpty }
    return !(hwid.isEmpty && os.isEmpty) && others >= 2
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
    hwid = HardwareID.normalised(value(.hwid, most: 128))
    machine = value(.machine, most: 128)
    user = value(.user, most: 128)
    hasMalwarePath = system.value(.path) != nil
    for entry in system.values where entry.class == .date {
      dates.append(
        (copy(entry.label, most: 40).map(ASCII.lowercased), copy(entry.value, most: 80)))
    }
    // A build id is any text, a password may be a program's name, and one behind a system's name may look like its
    // version.
    if system.holdsPasswords { return }
    os = SystemName.read(value(.os, most: 200).span) ?? []
    country = CountryCode.named(by: value(.country, most: 120).span) ?? []
    for entry in system.values where entry.class == .antivirus {
      for name in AntivirusNames.named(by: bytes.extracting(entry.value.bounds))
      where !antivirus.contains(name) && antivirus.count < ResultFrame.LogFacts.maxAntivirus {
        antivirus.append(name)
      }
    }
    if isProven { build = BuildName.read(value(.build, most: 80)) }
  }
}
