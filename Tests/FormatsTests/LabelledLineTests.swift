import Bytes
import Formats
import Testing

@Suite("labelled line")
struct LabelledLineTests {
  static let lines: [(line: String, label: String, value: String)] = [
    ("URL: https://a.example/", "URL", "https://a.example/"), ("URL:x", "URL", "x"),
    ("URL : x ", "URL", "x"), ("URL=x", "URL", "x"), ("URL:\tx\t", "URL", "x"), ("URL:", "URL", ""),
    ("URL: ", "URL", ""), ("  URL: x", "URL", "x"), ("\tURL: x", "URL", "x"),
    ("- URL: x", "URL", "x"), ("\t- URL: x", "URL", "x"), ("* URL: x", "URL", "x"),
    ("• URL: x", "URL", "x"), ("• - URL: x", "URL", "x"), ("\u{FEFF}URL: x", "URL", "x"),
    ("\u{FEFF}\u{FEFF} - URL: x", "URL", "x"), ("Password: a:b=c", "Password", "a:b=c"),
    ("Password: \u{0}x\u{0}", "Password", "x"), ("Mot de passe : é", "Mot de passe", "é"),
    ("用户名：ann", "用户名", "ann"), ("密码: x：y", "密码", "x：y"), ("密码 ： x", "密码", "x"),
    ("\"url\": \"https://a.example/\",", "url", "https://a.example/"),
    ("  \"login\" : \"ann\"", "login", "ann"), ("\"login\": null,", "login", "null"),
    ("\"password\": \"\",", "password", ""), ("\"n\":", "n", ""),
    ("Password: \"CANARY\",", "Password", "\"CANARY\","),
  ]

  @Test(
    "label and value are cut at the first separator, bullets and quotes aside", arguments: lines)
  func cut(line: String, label: String, value: String) throws {
    let text = Array("x:\(line)y".utf8)
    let found = LabelledLine.cut(ByteRange(2, text.count - 1), in: text.span)
    let cut = try #require(found)
    #expect(String(decoding: text[cut.label.bounds], as: UTF8.self) == label)
    #expect(String(decoding: text[cut.value.bounds], as: UTF8.self) == value)
  }

  @Test(
    "a line without a label is none",
    arguments: [
      "", " ", "-", "just text", ": x", "- : x", "=====", "\"login: x", "\"\": x", "•", "\u{FEFF}",
      "a label that is much too long to be one of them: x", "密码 x", "\u{E2}\u{80}",
    ])
  func noLabel(line: String) {
    let text = Array(line.utf8)
    let hasLabel = LabelledLine.cut(ByteRange(0, text.count), in: text.span) != nil
    #expect(!hasLabel)
  }
}
