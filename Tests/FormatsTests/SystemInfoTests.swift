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
      values[entry.class.name] = string(entry.value)
      #expect(system.value(entry.class) == entry.value)
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
    ])
  func software(heading: String) {
    let read = values(
      "MachineID: 5f0c\nComputer: PC-1\n\n  \(heading)\nUserName: a title [1.0]\nDate: 1/1/2025\n")
    #expect(read.values == ["hwid": "5f0c", "machine": "PC-1"])
    #expect(read.dates.isEmpty)
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
