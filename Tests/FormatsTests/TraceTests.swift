import Bytes
import Formats
import Testing

@Suite("lists of domains")
struct DomainListTests {
  @Test(
    "the hosts of a line are read, with the count and the mark or without",
    arguments: [
      ("PDD: kairos.example (1)", ["kairos.example"]),
      ("CDD: .kairos.example (12)\r\n", ["kairos.example"]),
      ("\u{FEFF}kairos.example", ["kairos.example"]),
      ("PDD: a.example, b.example (3),c.example", ["a.example", "b.example", "c.example"]),
      ("https://a.example:8443/x", ["a.example"]),
      ("A.Example", ["A.Example"]),
      ("PDD:", []), ("", []), ("localhost", []), ("a.example is here", []),
      ("ann@a.example:pw", []),
      ("https://a.example/login:ann:CANARY", []), ("a.example/login|ann|CANARY", []),
      ("https://a.example/login", ["a.example"]),
    ])
  func hosts(text: String, hosts: [String]) {
    let bytes = Text(text.utf8)
    let span = bytes.span
    var found: [String] = []
    var hasOthers = false
    let taken = DomainList.read(span, isLast: true, hasOthers: &hasOthers) { host in
      found.append(String(decoding: bytes[host.bounds], as: UTF8.self))
    }
    #expect(taken == bytes.count)
    #expect(found == hosts)
    #expect(hasOthers == (hosts.isEmpty && !text.isEmpty))
  }

  @Test(
    "a file is a list if its lines are hosts, and it says what for",
    arguments: [
      ("x.txt", "PDD: a.example (1)\r\nCDD: b.example (2)\r\n", true),
      ("DomainDetects.txt", "a.example\nb.example\n", true),
      ("x.txt", "\u{FEFF}CDD: .a.example (1)\n", true),
      ("x.txt", "a.example\nPDD: b.example\n", false),
      ("Logs/cookie_list.txt", "a.example\n", true),
      ("hosts.txt", "a.example\nb.example\n", false),
      ("domain_detect.txt", "a.example:ann:CANARY\nb.example:bob:CANARY\n", false),
      ("DomainDetects.txt", "URL: a.example\nUsername: ann\nPassword: CANARY\n", false),
      ("DomainDetects.txt", "", false),
    ])
  func fits(name: String, text: String, isList: Bool) {
    let bytes = Text(text.utf8)
    let path = Text(name.utf8)
    #expect(DomainList.fits(bytes.span, name: path.span) == isList)
  }
}

@Suite("autofill")
struct AutofillTests {
  @Test(
    "fields with a value say which kinds of data stand there, in every form of stealers",
    arguments: [
      ("Field: prenom | Value: CANARY", ["identity"]),
      ("Field: email | Value: CANARY\r\nField: ville | Value: CANARY", ["address", "contact"]),
      ("FORM: email\nVALUE: CANARY", ["contact"]),
      ("Name: telephone\nValue: CANARY\n==========", ["contact"]),
      ("email CANARY", ["contact"]),
      ("META_DATA\nlast_name: CANARY", ["identity"]),
      ("customer[cardNumber] CANARY", ["payment"]),
      ("address1 CANARY:x", ["address"]),
      ("Field: email | Value: ", []), ("Field: email | Value: NOT_SAVED", []),
      ("FORM: email\nVALUE: UNKNOWN\nemail N/A", []), ("FORM: email\nVALUE: ", []), ("email", []),
      ("email ", []),
      ("Name: email\nName: q\nValue: CANARY", []),
      ("url https://a.example/email", []), ("", []), ("username CANARY", []),
    ])
  func categories(text: String, names: [String]) {
    #expect(read(text, .autofill) == names)
  }

  @Test(
    "a file of cards is payment if it has a card's number or a label of one with a value",
    arguments: [
      ("CC NUMBER: CANARY\nEXPIRATION: 01/27", ["payment"]),
      ("Card: CANARY", ["payment"]),
      ("4111 1111 1111 1111|01/27|CANARY", ["payment"]),
      ("no cards", []), ("Card:", []), ("411111111111", []),
    ])
  func cards(text: String, names: [String]) {
    #expect(read(text, .cards) == names)
  }

  @Test(
    "what a file is follows from its path within the log",
    arguments: [
      ("Autofills/Google_[Chrome]_Default.txt", .autofill), ("autofill/x", .autofill),
      ("Chrome/Default/Autofills.txt", .autofill), ("_AllForms_list.txt", .autofill),
      ("ImportantAutofills.txt", .autofill), ("CC\\x.txt", .cards), ("cc.txt", .cards),
      ("CreditCards/a.txt", .cards), ("_All_CC_list.txt", .cards), ("Passwords.txt", nil),
      ("account.txt", nil), ("", nil),
    ] as [(String, AutofillFields.Place?)])
  func places(path: String, place: AutofillFields.Place?) {
    let bytes = Text(path.utf8)
    #expect(AutofillFields.Place(path: bytes.span) == place)
  }

  private func read(_ text: String, _ place: AutofillFields.Place) -> [String] {
    let bytes = Text(text.utf8)
    return AutofillFields(bytes.span, in: place, labels: Samples.labels).categories.names
  }
}
