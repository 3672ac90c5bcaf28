import Bytes
import Testing

@Suite("byte table")
struct ByteTableTests {
  private func value(_ text: [UInt8], in table: ByteTable) -> UInt32? {
    let around = [0x78] + text + [0x79]
    return table.value(of: ByteRange(1, 1 + text.count), in: around.span)
  }

  @Test("every string is found, and nothing else", arguments: [0, 1, 7, 8, 9, 1000])
  func membership(count: Int) {
    let entries = (0..<count).map { (text: Array("label \($0)".utf8), value: UInt32($0)) }
    let table = ByteTable(entries)
    #expect(table.isEmpty == (count == 0))
    for entry in entries { #expect(value(entry.text, in: table) == entry.value) }
    for text in ["", "label", "label \(count)", "Label 0", "label 0 ", "abel 0"] {
      #expect(value(Array(text.utf8), in: table) == nil, "\(text)")
    }
  }

  @Test(
    "ASCII case is folded on demand, and no other letter's",
    arguments: [
      ("URL", "url", true), ("url", "URL", true), ("Mot de passe", "MOT DE PASSE", true),
      ("Élodie", "élodie", false), ("a[", "A{", false), ("@", "`", false),
    ])
  func folding(entry: String, text: String, isFound: Bool) {
    let entries = [(text: Array(entry.utf8), value: UInt32(7))]
    #expect(value(Array(text.utf8), in: ByteTable(entries)) == nil)
    let found = value(Array(text.utf8), in: ByteTable(entries, foldsCase: true))
    #expect(found == (isFound ? 7 : nil))
  }

  @Test("of two equal strings the first one's number stays")
  func first() {
    let entries: [(text: [UInt8], value: UInt32)] = [
      (Array("URL".utf8), 1), (Array("url".utf8), 2), ([], 3),
    ]
    #expect(value(Array("Url".utf8), in: ByteTable(entries, foldsCase: true)) == 1)
    #expect(value([], in: ByteTable(entries)) == nil)
  }

  @Test("strings of 255 bytes are taken, longer ones are not", arguments: [254, 255, 256, 300])
  func length(count: Int) {
    let text = [UInt8](repeating: 0x61, count: count)
    let table = ByteTable([(text: text, value: 1)])
    #expect(value(text, in: table) == (count <= 255 ? 1 : nil))
    #expect(table.longest == (count <= 255 ? count : 0))
  }
}
