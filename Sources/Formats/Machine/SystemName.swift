internal import Bytes

/// What a value says of the operating system, in words that are known.
///
/// A word that no table holds is left out, and without the name of a system nothing is said: so a note of
/// the victim's, which happens to have the label of a system, cannot come out.
public enum SystemName {
  /// What is looked at of a value, in bytes; `Microsoft Windows Server 2022 Datacenter …` has fewer than 90.
  private static let maxBytes = 160
  /// Words of a name, behind that of the system.
  private static let maxWords = 8

  /// The system's name, edition and version out of `value`, in this package's spelling, or nil.
  ///
  /// `Майкрософт Windows 10 Pro (10.0.19045), ann's` is `Windows 10 Pro 10.0.19045`.
  public static func read(_ value: Span<UInt8>) -> [UInt8]? {
    let text = value.copy(ByteRange(0, Swift.min(value.count, maxBytes))).map(ASCII.lowercased)
    var words = text.split { separators.contains($0) }.map(Array.init)
    // What was cut may be the beginning of a word, and may look like another.
    if value.count > maxBytes { words = words.dropLast() }
    var name: [[UInt8]] = []
    var system: System?
    var hasVersion = false
    for word in words where name.count <= maxWords {
      guard let known = system else {
        guard let start = Self.system(word) else { continue }
        system = start.system
        name = [start.name] + (start.rest.map { [$0] } ?? [])
        continue
      }
      if let spelling = known.words[word] {
        name.append(spelling)
      } else if !hasVersion, let version = known.version(word) {
        name.append(version)
        hasVersion = true
      }
    }
    if name.isEmpty { return nil }
    return Array(name.joined(separator: [ASCII.space]))
  }

  private enum System {
    case windows, apple, other

    var words: [[UInt8]: [UInt8]] {
      switch self {
      case .windows: windowsWords
      case .apple: appleWords
      case .other: otherWords
      }
    }

    /// The word as the version of the system, or nil if it is no such.
    func version(_ word: [UInt8]) -> [UInt8]? {
      self == .windows ? SystemName.build(word) : SystemName.isVersion(word) ? word : nil
    }
  }

  /// The system that a word names; `win10` holds a word more.
  private static func system(
    _ word: [UInt8]
  ) -> (system: System, name: [UInt8], rest: [UInt8]?)? {
    if let name = appleNames[word] { return (.apple, name, nil) }
    if let name = otherNames[word] { return (.other, name, nil) }
    let windows = Array("Windows".utf8)
    for start in ["windows", "win"].map({ Array($0.utf8) }) where word.starts(with: start) {
      if word == start { return (.windows, windows, nil) }
      if let rest = windowsWords[Array(word.dropFirst(start.count))] {
        return (.windows, windows, rest)
      }
    }
    return nil
  }

  /// `10.0.19045` of `10.0.19045.3803`: a build of Windows that was published.
  private static func build(_ word: [UInt8]) -> [UInt8]? {
    let parts = word.split(separator: ASCII.dot, omittingEmptySubsequences: false).map(Array.init)
    guard (2...4).contains(parts.count), parts.prefix(2).allSatisfy({ $0.count <= 2 }),
      kernels.contains(Array(parts.prefix(2).joined(separator: [ASCII.dot])))
    else { return nil }
    let isKnown = parts.count > 2 && builds.contains(parts[2])
    return Array(parts.prefix(isKnown ? 3 : 2).joined(separator: [ASCII.dot]))
  }

  /// `15`, `15.5`, `13.6.1`: up to three numbers of up to two digits. Longer ones may be anything.
  private static func isVersion(_ word: [UInt8]) -> Bool {
    let parts = word.split(separator: ASCII.dot, omittingEmptySubsequences: false)
    return parts.count <= 3
      && parts.allSatisfy { (1...2).contains($0.count) && $0.allSatisfy(ASCII.isDigit) }
  }

  // MARK: Tables

  /// Python's `platform()` writes `Windows-10-10.0.19045-SP0`.
  private static let separators = Array(" \t\0()[],;:|/-\"".utf8)

  /// Spellings by words in lower case (of ASCII letters).
  private static func table(_ text: String) -> [[UInt8]: [UInt8]] {
    let words = text.utf8.split { $0 == ASCII.space || $0 == ASCII.lineFeed }.map(Array.init)
    return Dictionary(words.map { ($0.map(ASCII.lowercased), $0) }) { first, _ in first }
  }

  private static let appleNames = table("macOS OSX iOS iPadOS")
    .merging([Array("mac".utf8): Array("macOS".utf8), Array("os_x".utf8): Array("OSX".utf8)]) {
      first, _ in first
    }
  private static let otherNames = table(
    """
    Linux GNU/Linux Android ChromeOS Ubuntu Kubuntu Xubuntu Lubuntu Debian Fedora CentOS RHEL openSUSE SUSE
    Mint Manjaro Arch Gentoo Kali Parrot Alpine Slackware Raspbian Zorin Elementary Pop!_OS NixOS FreeBSD
    OpenBSD AlmaLinux Rocky Oracle EndeavourOS Deepin Astra
    """)

  /// Versions and editions of Windows, by Microsoft's lists of editions and of updates; in the languages in
  /// which logs were met, as systeminfo and the registry give them.
  private static let windowsWords = table(
    """
    NT XP Vista 7 8 8.1 10 11 2000 2003 2008 2012 2016 2019 2022 2025 R2 Server Datacenter Standard Essentials
    Foundation Web Home Pro Professional Enterprise Education Ultimate Starter Basic Premium Business
    Single Language Edition N KN LTSC LTSB IoT Evaluation Insider Preview Core SE S Mode for Workstations
    Workstation Team Multi Session Media Center Embedded SP0 SP1 SP2 SP3 Service Pack 1 2 3 Version Build
    1507 1511 1607 1703 1709 1803 1809 1903 1909 2004 20H2 21H1 21H2 22H2 23H2 24H2 25H2
    2600 3790 6001 6002 6003 7600 7601 9200 9600 10240 10586 14393 15063 16299 17134 17763 18362 18363
    19041 19042 19043 19044 19045 20348 22000 22621 22631 26100 26200
    x64 x86 x86_64 amd64 arm64 64bit 32bit 64 32 bit bits based
    Professionnel Famille Familiale Entreprise Éducation Unilingue Intégrale Hogar Profesional Empresas
    Educación Professionale Casa Aziende Doméstico Familiar
    Домашняя Профессиональная Корпоративная Максимальная Начальная базовая расширенная
    专业版 家庭版 家庭中文版 中文版 企业版 教育版 旗舰版 專業版 家用版
    """)
  private static let kernels: Set<[UInt8]> = Set(
    ["5.1", "5.2", "6.0", "6.1", "6.2", "6.3", "10.0"].map { Array($0.utf8) })
  /// Builds of what Microsoft released; the words above hold them, too.
  private static let builds = Set(
    windowsWords.keys.filter { (4...5).contains($0.count) && $0.allSatisfy(ASCII.isDigit) })

  private static let appleWords = table(
    """
    X OS Version Snow Leopard Lion Mountain Mavericks Yosemite El Capitan High Sierra Mojave Catalina Big Sur
    Monterey Ventura Sonoma Sequoia Tahoe arm64 x86_64 Intel Apple M1 M2 M3 M4 M5 64bit 32bit
    """)
  private static let otherWords = table(
    """
    Linux GNU LTS Server Desktop Workstation Version release x86_64 amd64 arm64 aarch64 i686 64bit 32bit generic
    Tumbleweed Leap rolling bookworm bullseye buster trixie focal jammy noble Enterprise Stream
    """)
}
