import Bytes
import Formats
import Testing

@Suite("system file")
struct SystemInfoTests {
  typealias Class = LabelDictionary.Class

  private func values(_ text: String) -> (
    values: [String: String], dates: [String], isMachine: Bool
  ) {
    let bytes = Array(text.utf8)
    let system = SystemInfo(bytes.span, labels: Samples.labels)
    func string(_ range: ByteRange) -> String {
      String(decoding: bytes[range.bounds], as: UTF8.self)
    }
    var values: [String: String] = [:]
    for entry in system.values where entry.class != .date {
      // Of antivirus programs there may be several.
      values[entry.class.name] = [values[entry.class.name], string(entry.value)]
        .compactMap { $0 }.joined(separator: " + ")
    }
    let dates = system.values.filter { $0.class == .date }.map {
      "\(string($0.label)) = \(string($0.value))"
    }
    return (values, dates, system.describesMachine)
  }

  @Test(
    "a system file is read in every family's shape of lines",
    arguments: [
      (
        "Build ID: x\r\nIP: 192.0.2.7\r\nUserName: Élodie\r\nMachineName: PC-1\r\nHWID: 77AA\r\nCountry: FR\r\n",
        [
          "build": "x", "ip": "192.0.2.7", "user": "Élodie", "machine": "PC-1", "hwid": "77AA",
          "country": "FR",
        ]
      ),
      (
        "- LummaC2 Build: 1\n- HWID: 77AA\n- PC Name : PC-1\n",
        ["build": "1", "hwid": "77AA", "machine": "PC-1"]
      ),
      (
        "Network Info:\n\t- IP: 192.0.2.8\n\t- Country: FR\nSystem Summary:\n\t- HWID: AB\n\t- OS: Windows 11\n",
        ["ip": "192.0.2.8", "country": "FR", "hwid": "AB", "os": "Windows 11"]
      ),
      ("IP: 192.0.2.7/1234\nProductName:\t\tmacOS\n", ["ip": "192.0.2.7/1234", "os": "macOS"]),
      (
        "OS: Windows 10\nUserName (ComputerName): Ann B (PC-9)\n",
        ["os": "Windows 10", "user": "Ann B", "machine": "PC-9"]
      ),
      (
        "OS: Windows 10\nUserName [ComputerName]: ann [PC-9]\n",
        ["os": "Windows 10", "user": "ann", "machine": "PC-9"]
      ),
      (
        "MachineID :\t5F0C-77AA\nComputer(Username) :\tPC-9(ann)\n",
        ["hwid": "5F0C-77AA", "user": "ann", "machine": "PC-9"]
      ),
      (
        " PC user : PC-9/ann\n HWID : 77AA\n IP : 192.0.2.7 [France]\n",
        [
          "hwid": "77AA", "user": "ann", "machine": "PC-9", "ip": "192.0.2.7 [France]",
          "country": "France",
        ]
      ),
      (
        "Computer Name: PC-9 [WORKGROUP]\nHWID: A\n", ["machine": "PC-9", "hwid": "A"]
      ),
      (
        "  - HWID: A\n  • Computer Name: PC-9\n* OS: x\n",
        ["machine": "PC-9", "hwid": "A", "os": "x"]
      ),
      (
        "💻 System\n🖥️ PC Name: PC-9\n   🔑 HWID: A\n⚙ OS: x\n",
        ["machine": "PC-9", "hwid": "A", "os": "x"]
      ),
      (
        "[Network]\nCountry: FR\n[Machine]\nHWID: A\n[Summary]\nOS: x\n",
        ["country": "FR", "hwid": "A", "os": "x"]
      ),
      (
        "Windows name:            Windows 11 x64\nComputer Name:           PC-9\n",
        ["os": "Windows 11 x64", "machine": "PC-9"]
      ),
      (
        "Nom de l'hôte:                              PC-9\nNom du système d'exploitation:              Windows 10\n",
        ["machine": "PC-9", "os": "Windows 10"]
      ),
      (
        "{\n  \"PcName\": \"PC-9\",\n  \"Os\": \"Windows 10\",\n  \"Country\": null,\n  \"UserName\": \"a, \\\"b\"\n}\n",
        ["machine": "PC-9", "os": "Windows 10", "user": "a, \\\"b"]
      ),
      (
        "\u{FEFF}{\"BotInfo\":{\"Hwid\":\"A\",\"Count\":3},\"AntiVirus\":[\"One\",\"Two\"],\"ProcessList\":[{\"OS\":\"no\"}],\"OS\":\"x\"}",
        ["hwid": "A", "antivirus": "One + Two", "os": "x"]
      ),
      (
        "Страна: Франция\nИмя компьютера: PC-9\nПользователь: ann\nIP-адрес: 192.0.2.7\n",
        ["country": "Франция", "machine": "PC-9", "user": "ann", "ip": "192.0.2.7"]
      ),
      (
        "国家：法国\n电脑名：PC-9\n用户：ann\n操作系统：Windows 10\n",
        ["country": "法国", "machine": "PC-9", "user": "ann", "os": "Windows 10"]
      ),
      (
        "Pays : France\nNom du PC : PC-9\nUtilisateur : ann\n",
        ["country": "France", "machine": "PC-9", "user": "ann"]
      ),
      (
        "País: España\nNombre del equipo: PC-9\nUsuario: ann\n",
        ["country": "España", "machine": "PC-9", "user": "ann"]
      ),
      (
        "- Path: C:\\Users\\ann\\x.exe\n- HWID: A\n",
        ["path": "C:\\Users\\ann\\x.exe", "hwid": "A"]
      ),
      (
        "Path: C:\\Users\nPath=C:\\Windows;C:\\Windows\\system32\nPath: x.exe\nHWID: A\nOS: x\n",
        ["hwid": "A", "os": "x"]
      ),
      (
        "H\u{200B}WID: A\n\u{202A}Computer Name\u{202C}: PC-9\n",
        ["hwid": "A", "machine": "PC-9"]
      ),
      (
        "{\"HWID\":\"A\",\"OS\":\"x\",\"PcName\":\"cut of", ["hwid": "A", "os": "x"]
      ),
    ] as [(String, [String: String])])
  func shapes(text: String, expected: [String: String]) {
    let read = values(text)
    #expect(read.values == expected)
    #expect(read.isMachine)
  }

  @Test("the first value of a class counts, and an empty one is none; every date is kept")
  func first() {
    let read = values(
      "MachineName:\nMachineName: PC-1\nMachineName: PC-2\nHWID: A\nDate: 30/07/2025\nLocal Time: 1/2/2025\n"
    )
    #expect(read.values == ["machine": "PC-1", "hwid": "A"])
    #expect(read.dates == ["Date = 30/07/2025", "Local Time = 1/2/2025"])
  }

  @Test(
    "what stands behind a list of software or processes is no fact",
    arguments: [
      "[Software]", "[Processes]", "Installed Software:", "Process list:", "[software list]",
      "=== Running Processes ===", "📦 Installed Apps:",
    ])
  func software(heading: String) {
    let read = values(
      "MachineID: 5f0c\nComputer: PC-1\n\n  \(heading)\nUserName: a title [1.0]\nDate: 1/1/2025\n")
    #expect(read.values == ["hwid": "5f0c", "machine": "PC-1"])
    #expect(read.dates.isEmpty)
  }

  @Test(
    "names of antivirus programs stand on the label's line or on those that follow",
    arguments: [
      (
        "- Anti Virus:\n  - Windows Defender\n  - Other Plus\n- HWID: A\n",
        "Windows Defender + Other Plus"
      ),
      ("Anti-Viruses:\nWindows Defender\nOther\n\nLater\n", "Windows Defender + Other"),
      ("Anti-Viruses:\n\nLater\n", nil), ("AV:\n[Hardware]\nx\n", nil),
      ("AV:\nCPU: x\n", nil), ("AV: None\n", nil), ("AV: Windows Defender\n", "Windows Defender"),
    ] as [(String, String?)])
  func antivirus(text: String, expected: String?) {
    #expect(values(text).values["antivirus"] == expected)
  }

  @Test(
    "what may be a credential ends a list of antivirus programs and is none of them",
    arguments: [
      "Login: ann\n  Password: CANARY", "Password\n  CANARY", "  Mot de passe CANARY",
      "- Password -> CANARY", "🔑 CANARY", "ann@x.example|CANARY", "ann|CANARY", "ann:CANARY",
      "  ann@x.example CANARY", "ann;CANARY", "ann\tCANARY", "ann=CANARY", "ann：CANARY",
      "https://x.example ann CANARY", "CORP\\ann CANARY", "x.example/ann CANARY",
      "USER: ann PASS: CANARY",
    ])
  func credentialBelowAntivirus(line: String) {
    let read = values("HWID: A\nAntivirus:\n  Defender\n  \(line)\n  CANARY\n")
    #expect(read.values["antivirus"] == "Defender")
  }

  @Test(
    "a file that holds passwords among its facts is known, wherever in a line they stand",
    arguments: [
      ("Login: ann\nPassword: CANARY", true), ("Antivirus:\n  Password: CANARY", true),
      ("Password:\nCANARY", true), ("OS: x | Login: ann | Password: CANARY", true),
      ("OS: x, login: ann, pass: CANARY", true), ("🔑 Password: CANARY", true),
      ("Login/Password: ann:CANARY", true), ("{\"OS\": \"x\", \"password\": \"CANARY\"}", true),
      ("OS: x\nPasswords: 12", false), ("OS: Password Edition", false),
      ("[Software]\nPassword: a title", false),
    ])
  func holdsPasswords(text: String, holds: Bool) {
    let bytes = Array(text.utf8)
    #expect(SystemInfo(bytes.span, labels: Samples.labels).holdsPasswords == holds)
  }

  @Test(
    "a machine's label again, with another value, is another machine",
    arguments: [
      ("HWID: AA\nMachineName: PC-1\n\nHWID: BB\nMachineName: PC-2\n", true),
      ("MachineName: PC-1\nHWID: AA\n[Software]\nx\nMachineName: PC-2\n", true),
      ("MachineName: PC-1\nHWID: AA\nHWID: aa\nMachineName: pc-1\nMachineName: UNKNOWN\n", false),
      ("Computer Name: PC-9 [WORKGROUP]\nHWID: A\nComputer Name: PC-9 [WORKGROUP]\n", false),
      ("Hostname: PC-1\nComputer: pc-1.lan\nHWID: A\nMachine ID: B\n", false),
    ])
  func severalMachines(text: String, isOfSeveral: Bool) {
    let bytes = Array(text.utf8)
    let system = SystemInfo(bytes.span, labels: Samples.labels)
    #expect(system.isOfSeveralMachines == isOfSeveral)
  }

  @Test("thousands of lines, brackets or quotes cost no more than their reading")
  func hostile() {
    let brackets = String(repeating: "[{\"", count: 20_000)
    let lists = "AV:\n" + String(repeating: " x\n", count: 20_000)
    for text in [brackets, "{\"a\":" + brackets, "{" + brackets, lists] {
      #expect(values(text).values.count <= 1)
    }
  }

  @Test("facts behind the 120th line are not looked for")
  func limit() {
    let read = values("HWID: A\n" + String(repeating: "x\n", count: 119) + "MachineName: PC-1\n")
    #expect(read.values == ["hwid": "A"])
    #expect(!read.isMachine)
  }

  @Test(
    "a file without a fact of the machine itself describes none",
    arguments: [
      "", "UserName: ann\nCountry: FR\n", "HWID: A\n",
      "URL: https://a.example/\nUsername: ann\nPassword: CANARY\n",
      "LANIP: 192.0.2.7\nInstall Date: 1/1/2020\nSystem: x\n",
    ])
  func noMachine(text: String) {
    #expect(!values(text).isMachine)
  }
}
