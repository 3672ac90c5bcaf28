import Formats
import Testing

@Suite("words of a machine")
struct MachineWordsTests {
  private func text(_ bytes: [UInt8]?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "a system's name is given in known words, and without a system nothing is",
    arguments: [
      ("Windows 11 Professionnel x64", "Windows 11 Professionnel x64"),
      ("Windows 10 (10.0.19045) x64", "Windows 10 10.0.19045 x64"),
      ("Microsoft Windows 10 Pro (10.0.19045), CANARYpw", "Windows 10 Pro 10.0.19045"),
      ("Microsoft Windows NT 10.0.22631.0", "Windows NT 10.0.22631"),
      ("windows 7 ultimate 64-bit", "Windows 7 Ultimate 64 bit"),
      ("Windows 10 Домашняя", "Windows 10 Домашняя"),
      ("Win10 Home 22H2", "Windows 10 Home 22H2"),
      ("Windows-10-10.0.19045-SP0", "Windows 10 10.0.19045 SP0"),
      ("Windows Server 2019 Datacenter", "Windows Server 2019 Datacenter"),
      ("macOS 15.5 (24F74)", "macOS 15.5"),
      ("Mac OS X 10.15.7 Catalina", "macOS OS X 10.15.7 Catalina"),
      ("Ubuntu 22.04.3 LTS", "Ubuntu 22.04.3 LTS"), ("Android 14", "Android 14"),
      ("CANARY Windows CANARY", "Windows"), ("Windows 10 10.0.48213 59372", "Windows 10 10.0"),
      ("Windows 10.0.482137", "Windows 10.0"), ("macOS 482137 48.213 48.21", "macOS 48.21"),
      ("CANARYpw", nil), ("10 Pro", nil), ("windowsCANARY", nil), ("", nil), ("- ( ", nil),
    ] as [(String, String?)])
  func system(value: String, expected: String?) {
    let bytes = Array(value.utf8)
    let read = SystemName.read(bytes.span)
    #expect(text(read) == expected)
    if let read { #expect(SystemName.read(read.span) == read, "what came out is read alike") }
  }

  @Test("a long value is cut at a word")
  func long() {
    let bytes = Array(("Windows 10 " + String(repeating: "x", count: 139) + " CANARY10 Home").utf8)
    #expect(text(SystemName.read(bytes.span)) == "Windows 10")
  }

  @Test(
    "a country is given as its code, and nothing else is",
    arguments: [
      ("FR", "FR"), ("fr", "FR"), ("FRA", "FR"), ("France", "FR"), ("FR (France)", "FR"),
      ("[BE] Belgium", "BE"), ("Grenoble, France", "FR"), ("United Kingdom", "GB"), ("UK", "GB"),
      ("Россия", "RU"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Viet Nam", "VN"), ("USA", "US"),
      ("Korea, Democratic People's Republic of", "KP"), ("Korea, Republic of", "KR"),
      ("Russian Federation", "RU"), ("CANARYx", nil), ("CANARY France", nil), ("", nil),
      ("ZZ", nil),
      ("Country?", nil), ("Congo (Kinshasa)", "CD"), ("Congo (Brazzaville)", "CG"),
      ("US Virgin Islands", "VI"), ("British Virgin Islands", "VG"), ("Scotland", "GB"),
      ("Northern Ireland", "GB"), ("England", "GB"), ("Wales", "GB"), ("IL Israel", "IL"),
      ("France FR", "FR"), ("GB United Kingdom", "GB"), ("🇫🇷 France", "FR"), ("🇫🇷", "FR"),
      ("France 🇫🇷", "FR"), ("🇫🇷🇧🇪", nil), ("🌍 France", "FR"), ("FR Belgium", nil), ("IT ann", nil),
    ] as [(String, String?)])
  func country(value: String, expected: String?) {
    let bytes = Array(value.utf8)
    #expect(text(CountryCode.named(by: bytes.span)) == expected)
  }

  @Test(
    "antivirus programs are given in our spelling, and what stands beside them is not",
    arguments: [
      ("Windows Defender", ["Windows Defender"]), ("Microsoft Defender", ["Windows Defender"]),
      ("avast free antivirus, Malwarebytes; x", ["Avast", "Malwarebytes"]),
      ("ESET Security 17.0 CANARY", ["ESET"]), ("key of Norton: CANARY-1", ["Norton"]),
      ("Dr.Web | 火绒", ["Dr.Web", "Huorong"]), ("AVG, AVG Antivirus", ["AVG"]),
      ("average", []), ("CANARYlicense", []), ("CANARYavast", []), ("Avast1", []), ("", []),
    ])
  func antivirus(value: String, expected: [String]) {
    let bytes = Array(value.utf8)
    #expect(AntivirusNames.named(by: bytes.span).compactMap(text) == expected)
  }

  @Test("eight programs of a value are enough")
  func many() {
    let bytes = Array("Avast AVG Avira Norton ESET Sophos McAfee Webroot Panda COMODO".utf8)
    #expect(AntivirusNames.named(by: bytes.span).count == 8)
  }

  @Test(
    "one hardware id in several ways is one, and what many machines share is none",
    arguments: [
      ("aa11bb22cc33", "AA11BB22CC33"), ("{5F0C-77aa-1234}", "5F0C-77AA-1234"),
      (" 5F0C 77AA ", "5F0C77AA"), ("00000000-0000-0000-0000-000000000000", ""),
      ("{ffffffff-ffff-ffff-ffff-ffffffffffff}", ""), ("To be filled by O.E.M.", ""),
      ("Default string", ""), ("N/A", ""), ("Not found", ""), ("System Serial Number", ""),
      ("None", ""), ("Not Available", ""), ("Unknown", ""), ("unknown-1234", ""), ("xxxxxxxx", ""),
      ("03000200-0400-0500-0006-000700080009", ""), ("", ""), ("--", ""),
      ("BFEBFBFF000906EA", ""), ("178BFBFF00870F10", ""), ("BFEBFBFF17A906EA", "BFEBFBFF17A906EA"),
      ("4C4C4544-0000-2010-8020-80C04F202020", ""), ("deadbeefdeadbeef", ""),
      ("Access denied", ""), ("Access is denied.", ""), ("Permission denied", ""),
      ("Failed to get HWID", ""), ("Unable to get", ""), ("Disabled", ""), ("ERROR_HWID", ""),
      ("NULL_HWID", ""), ("Нет данных", ""), ("WMI error", ""), ("Error: 0x80041003", ""),
      ("Error:0x80041003", ""), ("ERROR_0x80041003", ""), ("Invalid class", ""),
      ("n/a (error)", ""), ("System Product Name", ""), ("To Be Filled By O.E.M.", ""),
      ("omar_77aa0000", "OMAR_77AA0000"), ("Ann Bo_77aa0000", "ANNBO_77AA0000"),
      ("Access denied_77", ""), ("12:34:56:ab:cd:ef", "12:34:56:AB:CD:EF"),
      ("DEAD-BEEF-1234", "DEAD-BEEF-1234"), ("beef cafe 1234", "BEEFCAFE1234"),
    ])
  func hardware(value: String, expected: String) {
    #expect(text(HardwareID.normalised(Array(value.utf8))) == expected)
  }

  @Test(
    "a name is common if each of its words is",
    arguments: [
      ("PC", true), ("admin", true), ("USER-PC", true), ("DESKTOP", true), ("user1", true),
      ("PC-01", true), ("MacBook-Air.local", true), ("GAMING-PC", true), ("VPS", true),
      ("My Computer", true), ("Администратор", true), ("", true), ("-", true),
      ("DESKTOP-7F2A61C", false), ("ann", false), ("PC-ANN", false), ("ANN-PC", false),
      ("PC-ACCUEIL-03", false), ("администраторы", false),
    ])
  func common(name: String, isCommon: Bool) {
    #expect(CommonName.isCommon(Array(name.utf8)) == isCommon)
  }

  @Test(
    "a build has the signs of a name and is no address",
    arguments: [
      ("cloud_free_0625", true), ("@channel", true), ("Cloud (Telegram: @channel)", true),
      ("ann@a.example", false), ("a:b|c", false), ("C:\\Users\\ann", false), ("Élodie", false),
      (String(repeating: "a", count: 65), false), ("", false),
    ])
  func build(value: String, isName: Bool) {
    #expect(text(BuildName.read(Array(value.utf8))) == (isName ? value : ""))
  }
}
