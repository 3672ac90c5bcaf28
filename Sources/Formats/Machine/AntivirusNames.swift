internal import Bytes

/// Which antivirus programs a value names, in the spelling of a table of vendors and products.
///
/// What stands beside the names is left out: a list of programs in a log may be followed by anything.
public enum AntivirusNames {
  /// What is looked at of a value, in bytes.
  private static let maxBytes = 512
  /// Of one value; a machine has one or two programs.
  private static let most = 8

  /// The programs that `value` names, in its order, each once.
  public static func named(by value: Span<UInt8>) -> [[UInt8]] {
    let text = value.copy(ByteRange(0, Swift.min(value.count, maxBytes)))
    var names: [[UInt8]] = []
    var offset = 0
    while offset < text.count && names.count < most {
      let isAtBorder = offset == 0 || !isOfWord(text[offset - 1])
      if isAtBorder, let found = program(at: offset, in: text) {
        if !names.contains(found.name) { names.append(found.name) }
        offset += found.length
      } else {
        offset += 1
      }
    }
    return names
  }

  /// The longest name of a program that begins at `offset` and ends at a word's end.
  private static func program(
    at offset: Int, in text: [UInt8]
  ) -> (name: [UInt8], length: Int)? {
    var best: (name: [UInt8], length: Int)?
    for entry in entries where entry.text.count > best?.length ?? 0 {
      let end = offset + entry.text.count
      guard end <= text.count, end == text.count || !isOfWord(text[end]) else { continue }
      let isSame = text.span.equals(ByteRange(offset, end), lowercase: entry.text)
      if isSame { best = (entry.name, entry.text.count) }
    }
    return best
  }

  /// Letters of every language count as such.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80
  }

  /// Ways to write a program, ASCII letters in lower case, each with our spelling.
  private static let entries: [(text: [UInt8], name: [UInt8])] = table.utf8
    .split(separator: ASCII.lineFeed).flatMap { row in
      let names = row.split(separator: ASCII.bar).map(Array.init)
      return names.map { ($0.map(ASCII.lowercased), names[0]) }
    }

  /// Our spelling, and others of the same. Programs that register with Windows' security centre (whose names
  /// most families copy), by AV-TEST's and AV-Comparatives' lists of vendors.
  private static let table = """
    Windows Defender|Microsoft Defender|Microsoft Defender Antivirus|Защитник Windows|Microsoft Windows Defender
    Microsoft Security Essentials
    Avast|Avast Antivirus|Avast Free Antivirus
    AVG|AVG Antivirus|AVG Internet Security
    Kaspersky
    ESET|ESET Security|ESET NOD32|NOD32
    Bitdefender
    Norton|Norton Security|Norton 360
    Symantec|Symantec Endpoint Protection
    McAfee
    Trellix
    Avira
    Malwarebytes
    Sophos
    Trend Micro
    Panda|Panda Dome|Panda Free Antivirus
    F-Secure
    WithSecure
    G DATA|GDATA|G-DATA
    Dr.Web|DrWeb|Dr Web
    COMODO
    Xcitium
    360 Total Security|Qihoo 360|360安全卫士|360杀毒
    Webroot
    ZoneAlarm
    CrowdStrike|CrowdStrike Falcon
    SentinelOne|Sentinel Agent
    Cortex XDR|Cortex
    Carbon Black
    Cylance|CylancePROTECT
    Cybereason
    Check Point
    FortiClient|Fortinet
    K7|K7 Antivirus|K7 Total Security|K7TotalSecurity
    Quick Heal
    Seqrite
    AhnLab|AhnLab V3|V3 Lite
    ALYac|알약
    Tencent|Tencent PC Manager|腾讯电脑管家
    Huorong|火绒|火绒安全软件
    Rising|瑞星
    Kingsoft|金山毒霸
    adaware|Ad-Aware|Lavasoft
    BullGuard
    TotalAV
    PC Matic
    Emsisoft
    VIPRE
    Segurazo|SAntivirus
    IObit
    ClamAV|ClamWin
    Immunet
    SUPERAntiSpyware
    SpyHunter
    HitmanPro
    NANO Antivirus
    Zillya
    eScan
    Max Secure
    Net Protector
    Baidu Antivirus
    Intego
    Cynet
    Deep Instinct
    TEHTRIS
    HarfangLab
    Stormshield
    XProtect
    """
}
