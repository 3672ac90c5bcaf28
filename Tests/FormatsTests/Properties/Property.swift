import Foundation
import TestSupport
import Testing

/// What must hold whatever the input: a name, and a case of it that makes its own input and says what is wrong, or nil.
struct Property: CustomTestStringConvertible, Sendable {
  let name: String
  let check: @Sendable (inout Generator) -> String?

  init(_ name: String, _ check: @escaping @Sendable (inout Generator) -> String?) {
    self.name = name
    self.check = check
  }

  var testDescription: String { name }

  /// How many cases: as `make properties` says, else so few that the suite stays quick.
  private static let cases =
    ProcessInfo.processInfo.environment["DUMPSIEVE_PROPERTY_CASES"].flatMap { Int($0) } ?? 500

  /// Tries many cases. The seed of one that fails is told: it alone makes the case again.
  func hold() {
    var seeds = SeededGenerator.forTests()
    // A property must not see the cases of the one before it, though all begin with one seed.
    for byte in name.utf8 { seeds = SeededGenerator(seed: seeds.next() ^ UInt64(byte)) }
    for number in 1...Self.cases {
      let seed = seeds.next()
      var generator = Generator(random: SeededGenerator(seed: seed))
      if let fault = check(&generator) {
        Issue.record("case \(number), seed \(seed): \(fault)")
        return
      }
    }
  }
}

/// Both, if they differ.
func difference<Value: Equatable>(_ left: Value, _ right: Value, of text: Text = []) -> String? {
  left == right ? nil : "\(left)\nand \(right)\n\(text.string.debugDescription)"
}

extension Generator {
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func bytes(_ count: ClosedRange<Int>, of values: ClosedRange<UInt8> = 0...255) -> Text {
    (0..<number(count)).map { _ in UInt8.random(in: values, using: &random) }
  }

  /// A word of letters and digits, as logins and passwords without signs have it.
  mutating func word(_ count: ClosedRange<Int> = 3...12) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<number(count)).map { _ in random.pick(letters) })
  }

  /// Text of any scalars: controls, marks, signs beyond the first plane.
  mutating func text(_ count: ClosedRange<Int> = 0...30) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<number(count) {
      let limit: UInt32 = random.pick([0x80, 0x250, 0x3000, 0x1_0000, 0x11_0000])
      if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) {
        text.append(scalar)
      }
    }
    return String(text)
  }

  mutating func cuts(_ count: Int) -> [Int] {
    (0..<number(1...6)).map { _ in number(0...count) }.sorted()
  }

  /// A text of one of the layouts, or of lines of anything.
  mutating func anyText() -> Text {
    switch number(0...5) {
    case 0: labelledBlocks(records: 4)
    case 1: separatedValues(records: 4)
    case 2: markedRows(tables: 1)
    case 3: json(records: 3)
    case 4: xml(records: 3)
    default: lines(4)
    }
  }

  /// What readers look for, from all layouts, in any order: most of it is no record, and all of it may stand where another
  /// layout's reader is at work.
  mutating func mosaic() -> Text {
    Text((0..<number(2...14)).map { _ in random.pick(Self.tesserae) }.joined().utf8)
  }

  /// Some words that readers look for, over and over, to that many bytes: each may make a reader look through all the others.
  mutating func repeated(_ count: Int) -> Text {
    func pattern() -> Text {
      (0..<number(1...6)).flatMap { _ in
        random.once(in: 2) ? Text(random.pick(Self.tesserae).utf8) : random.pick(Self.dictionary)
      }
    }
    func fill(_ pattern: Text, _ count: Int) -> Text {
      Text(repeatElement(pattern, count: count / pattern.count + 1).joined())
    }
    if random.once(in: 3) { return pattern() + fill(pattern(), count) }
    return random.once(in: 2)
      ? fill(pattern(), count) : fill(pattern(), count / 2) + fill(pattern(), count / 2)
  }

  /// The words of the fuzzers' dictionaries.
  private static let dictionary: [Text] = {
    let folder = Samples.package.appending(path: "Benchmarks/Dictionaries")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().flatMap { name in
      let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
      return (text ?? "").split(separator: "\n").map { unescaped($0.dropFirst().dropLast()) }
    }
  }()

  /// A word as libFuzzer's dictionaries write it: `\\`, `\"` and `\xHH` are escapes.
  private static func unescaped(_ word: Substring) -> Text {
    var bytes: Text = []
    var rest = word.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      if next == UInt8(ascii: "x") {
        bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest.removeFirst(2)
      } else {
        bytes.append(next)
      }
    }
    return bytes
  }

  private static let tesserae = [
    "\n", "\n", "\n", "\n", "CREATE TABLE a (b '", "\\'", "INSERT INTO a VALUES ('", "\r\n", "\r",
    "\n\n", " ", "<", ">", "x", "\t", ",", ";", "|", ":",
    "\"", "'", "\u{0}", "=", "-----", "<br>", "<hr>", "<b>", "<p>", "</p>", "<tr>", "</tr>", "<td>",
    "</td>", "<th>", "<table>", "</table>", "<>", "<!--", "-->", "<?xml?>", "<login>", "</login>",
    "<entry>", "<Key>UserName</Key><Value>", "<Key>Password</Key><Value", "<![CDATA[", "{", "}",
    "[", "]", "[{\"", "\":\"", "\",\"", "\\\"", "{\"url\":\"https://c.example/\",\"login\":\"",
    "{\"text\":[\"", "[[\"", "URL: ", "URL:", "Login: ", "Login:", "Username:", "Password:",
    "Password: CANARY", "Email: ", "Login P", "Login/Password: ", "Host ", "Soft: ",
    "\"username\":", "[USER] ", "🔑 ", "1. ", "- ", "url,username,password\n", "username,password,",
    "Account,Login Name,Password,Web Site,Comments\n", "URL,e,o\n", "sep=;\n", "login|password\n",
    ",,", ",CANARY,", "ann", "ann@mail.example", "bob@mail.example:CANARY", "ann:CANARY",
    "https://a.example/", "https://a.example/:ann:CANARY", "https://b.example/,bob,CANARY",
    " https://c.example/:eve:CANARY", "android://x", "a.example", "Browser: Edge\n",
    "INSERT INTO logins (url, login, password) VALUES ", "VALUES ",
    "('https://d.example/','zoe','CANARY')", ");\n", "machine ",
    "machine a.example login ann password CANARY", "curl -u ann:CANARY ", "UNKNOWN", "\u{FEFF}",
    "[443][http] host: ", "INFO {\"url\":\"https://e.example/\",\"login\":\"kim\",\"password\":\"",
    "x = {login: '", "\"}\n", "'});\n",
  ]

  mutating func lines(_ count: Int) -> Text {
    Text(
      (0..<count).map { _ in (random.once(in: 3) ? soup() : delimitedLine().text) + "\n" }.joined()
        .utf8)
  }

  /// `https://host/:login:password`, which can be read in one way only.
  mutating func plainLine() -> String {
    "https://\(word()).example/\(word(0...4)):\(word())@\(word()).example:CANARY\(word())\n"
  }
}
