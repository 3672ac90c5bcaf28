import Testing

@testable import Findings

/// RFC 8259 and no more: what is none is refused with the byte at which that shows.
@Suite("Reading JSON")
struct JSONReaderTests {
  @Test(
    "what is no JSON, or more than whole numbers, is refused where it ceases to be",
    arguments: [
      ("", "byte 0", "is the end, within a value"), ("nul", "byte 0", "is no value"),
      ("[1] x", "byte 4", "has more behind its end"), ("1.5", "byte 1", "has more behind its end"),
      ("1e3", "byte 1", "has more behind its end"), ("01", "byte 2", "ends no whole number"),
      ("-", "byte 1", "ends no whole number"), ("-0", "byte 2", "ends no whole number"),
      ("9223372036854775808", "byte 19", "ends no whole number"),
      ("{a:1}", "byte 1", "is no member's name"), ("{\"a\":1,}", "byte 7", "is no member's name"),
      ("{\"a\" 1}", "byte 5", "is no colon"), ("{\"a\":1 2}", "byte 7", "does not end the object"),
      ("{\"a\":1,\"a\":2}", "byte 10", "follows a name that was there"),
      ("{\"a\":1,\"\\u0061\":2}", "byte 15", "follows a name that was there"),
      ("[1 2]", "byte 3", "does not end the list"), ("[1,]", "byte 3", "is no value"),
      (String(repeating: "[", count: 17), "byte 16", "is nested too deep"),
      ("\"abc", "byte 4", "is the end, within a text"),
      ("\"\\", "byte 2", "is the end, within a text"),
      ("\"\\x\"", "byte 3", "ends no escape"),
      ("\"\\u12", "byte 3", "is the end, within an escape"),
      ("\"\\u12G4\"", "byte 3", "is no escape"), ("\"\\u+041\"", "byte 3", "is no escape"),
      ("\"\\udc00\"", "byte 7", "ends half of a pair"),
      ("\"\\ud800x\"", "byte 7", "ends half of a pair"),
      ("\"\\ud800", "byte 7", "ends half of a pair"),
      ("\"\\ud800\\u0041\"", "byte 13", "ends half of a pair"),
      ("\"\\ud800\\ud800\"", "byte 13", "ends half of a pair"),
    ])
  func faults(text: String, place: String, reason: String) {
    #expect(throws: DocumentFault(place, reason)) { try JSONReader.value(Array(text.utf8)) }
  }

  @Test(
    "a text is UTF-8", arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]])
  func utf8(bytes: [UInt8]) {
    let fault = DocumentFault("byte \(bytes.count + 2)", "ends a text that is not UTF-8")
    #expect(throws: fault) { try JSONReader.value([0x22] + bytes + [0x22]) }
  }

  @Test(
    "each escape stands for one character",
    arguments: [
      (#""\"\\\/""#, "\"\\/"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"), (#""\u00E9\u00e9""#, "éé"),
      (#""\ud83d\ude00""#, "😀"), (#""\ud800\udc00\udbff\udfff""#, "\u{10000}\u{10FFFF}"),
    ])
  func escapes(json: String, text: String) throws {
    #expect(try JSONReader.value(Array(json.utf8)) == .text(text))
  }

  @Test("blanks count for nothing, and members keep their order")
  func order() throws {
    let text = " {\t\"b\" :\r\n[ -7 , true,null ] ,\"a\":{}, \"c\":[]} \n"
    let members: [JSON.Member] = [
      .init(name: "b", value: .list([.number(-7), .bool(true), .null])),
      .init(name: "a", value: .object([])), .init(name: "c", value: .list([])),
    ]
    #expect(try JSONReader.value(Array(text.utf8)) == .object(members))
  }
}
