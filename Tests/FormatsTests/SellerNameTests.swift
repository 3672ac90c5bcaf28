import Formats
import Testing

@Suite("seller of a log")
struct SellerNameTests {
  private func name(_ text: String, isSystemFile: Bool = false) -> String {
    let bytes = Array(text.utf8)
    let name = SellerName.read(bytes.span, isSystemFile: isSystemFile, labels: Samples.labels)
    if !name.isEmpty { #expect(SellerName.isName(name), "what came out is a name") }
    return String(decoding: name, as: UTF8.self)
  }

  private static let record = "\nURL: https://a.example/\nUsername: ann\nPassword: CANARY-1\n"

  @Test(
    "the first name of an advert above the first record is the seller",
    arguments: [
      ("CHANNEL - @Canal_Demo | SHOP - @shop_demo | SUPPORT - @aide_demo", "@canal_demo"),
      (" ******\n *  Telegram: https://t.me/Canal_Test  *\n ******", "@canal_test"),
      ("#  Channel : @canal_test  #", "@canal_test"),
      ("=== LOGS BY @canal_test ===", "@canal_test"),
      ("=== Logs by t.me/canal_test ===", "@canal_test"),
      ("Buy logs: @canal_test", "@canal_test"), ("Free logs: t.me/s/canal_test", "@canal_test"),
      ("🔥 Join us: https://t.me/canal_test?start=1 🔥", "@canal_test"),
      ("Free Logs - https://telegram.me/canal_test/12", "@canal_test"),
      ("\u{FEFF}* Telegram: http://www.t.me/canal_test *", "@canal_test"),
      ("* Telegram: https://t.me/+AbCdEfGhIj *\nBuy logs: @canal_test", "@canal_test"),
    ])
  func adverts(head: String, seller: String) {
    #expect(name(head + Self.record) == seller)
    #expect(name(head + "\nHWID: 77AA\nOS: Windows 10\n") == seller)
    #expect(name(head) == "", "nothing shows whose file it is")
  }

  @Test(
    "what may be a password, a person or no channel is no seller",
    arguments: [
      // Lines of login and password, and rows of tables.
      "support:@CANARY_pw", "channel : @CANARY_pw", "telegram:https://t.me/CANARY_pw",
      "ann:https://t.me/CANARY_pw", "https://t.me/CANARY_pw:ann:pw", "@CANARY_pw", "t.me/CANARY_pw",
      "| telegram | @CANARY_pw |", "https://a.example | ann | @CANARY_pw",
      "ann | @CANARY_pw | @CANARY_pw",
      // Addresses of persons.
      "Telegram: https://t.me/ann_martin", "Support: ann@gmail.com", "Buy logs: ann@courriel",
      "Buy logs: @gmail.com", "Buy logs: @canal_test:pw", "Buy logs: @canal_test;pw",
      "Buy logs: @canal-test1",
      // No names of Telegram's.
      "Buy logs: @abcd", "Buy logs: @1canal", "Buy logs: @\(String(repeating: "a", count: 33))",
      "Buy logs: https://t.me/joinchat/AbCdEf", "Buy logs: https://t.me/+AbCdEfGh",
      "Buy logs: https://kat.me/canal_test", "Buy logs: https://t.me.example/canal_test",
      "Buy logs: https://a.example/t.me/canal_test", "Buy logs: \u{202E}@canal",
    ])
  func others(head: String) {
    #expect(name(head + Self.record) == "")
  }

  @Test("the values of a record are never looked at, nor what stands between and behind records")
  func records() {
    for line in [
      "Password: @CANARY_pw", "Pass: https://t.me/CANARY_pw", "*  Password: @CANARY_pw  *",
      "Login: ann | Channel - @CANARY_pw | Shop - @CANARY_pw",
    ] {
      #expect(name(line + Self.record) == "")
      #expect(name(Self.record + line + "\nBuy logs: @canal_test" + Self.record) == "")
    }
    #expect(name("{\"Buy logs\": \"@canal_test\"}\n") == "")
    #expect(name("url,username,password\nBuy logs: @canal_test,ann,CANARY\n") == "")
  }

  @Test(
    "a file that describes the machine is the stealer's own, and so are the addresses at its head")
  func systemFile() {
    let facts = "\nHWID: 77AA\nOS: Windows 10\n"
    #expect(name("https://t.me/canal_test" + facts, isSystemFile: true) == "@canal_test")
    #expect(name("Telegram: t.me/canal_test" + facts, isSystemFile: true) == "@canal_test")
    #expect(name("@canal_test" + facts, isSystemFile: true) == "")
    #expect(name("Note: https://t.me/canal_test" + facts, isSystemFile: true) == "")
    #expect(name("https://t.me/canal_test" + facts) == "")
  }

  @Test("the head has a limit")
  func limit() {
    let advert = "Buy logs: @canal_test\n"
    #expect(name(advert + String(repeating: "*\n", count: 70) + Self.record) == "")
    #expect(name(advert + String(repeating: "*", count: 9000) + Self.record) == "")
  }
}
