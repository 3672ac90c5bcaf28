/// Files of records, the same on every run. Everything in them is invented.
enum MadeFile {
  /// Numbers that come again (SplitMix64).
  private struct Numbers {
    var state: UInt64 = 0x5EED

    mutating func next(below bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    mutating func login() -> String {
      let name = "user\(next(below: 100_000_000))"
      return next(below: 4) == 0 ? name : "\(name)@mail\(next(below: 500)).example"
    }

    mutating func url() -> String {
      let host = "www.site\(next(below: 100_000)).example"
      switch next(below: 8) {
      case 0: return host
      case 1: return "https://\(host):8443/login"
      case 2: return "android://c2FtcGxlLWhhc2gtMDE=@example.app\(next(below: 5000))/"
      case 3: return "https://\(host)/account/signin?lang=fr&step=2"
      default: return "https://\(host)/login"
      }
    }
  }

  /// `url:login:password` lines; one line in 100,000 has a login of `accounts`.
  static func delimitedLines(bytes: Int, accounts: [String]) -> [UInt8] {
    var numbers = Numbers()
    var text: [UInt8] = []
    text.reserveCapacity(bytes + 256)
    while text.count < bytes {
      let isListed = numbers.next(below: 100_000) == 0
      let login = isListed ? accounts[numbers.next(below: accounts.count)] : numbers.login()
      let separator = numbers.next(below: 10) == 0 ? "|" : ":"
      text += Array("\(numbers.url())\(separator)\(login)\(separator)CANARY-".utf8)
      text += Array("\(numbers.next(below: 1_000_000_000))\n".utf8)
    }
    return text
  }

  static func labelledBlocks(bytes: Int) -> [UInt8] {
    var numbers = Numbers()
    var text: [UInt8] = []
    text.reserveCapacity(bytes + 256)
    while text.count < bytes {
      text += Array("URL: \(numbers.url())\r\nUsername: \(numbers.login())\r\n".utf8)
      text += Array("Password: CANARY-\(numbers.next(below: 1_000_000_000))\r\n".utf8)
      text += Array("Application: Google_[Chrome]_Default\r\n===============\r\n".utf8)
    }
    return text
  }
}
