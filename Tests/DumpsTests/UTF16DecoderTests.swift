import Dumps
import Testing

@Suite("UTF-16 decoder")
struct UTF16DecoderTests {
  /// Decodes `bytes`, cut at `cuts`, the way `ChunkReader` does: the byte order is told by the beginning.
  private func decoded(_ bytes: [UInt8], cuts: [Int] = []) -> String {
    var decoder = UTF16Decoder(beginning: bytes.span)
    var text: [UInt8] = []
    var from = 0
    for cut in cuts + [bytes.count] {
      let chunk = Array(bytes[from..<cut])
      from = cut
      var buffer = [UInt8](repeating: 0, count: chunk.count / 2 * 3 + 8)
      let end = decoder.decode(
        chunk.span, isLast: cut == bytes.count, into: &buffer, at: 0)
      text += buffer[..<end]
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func bytes(_ units: [UInt16], isBigEndian: Bool) -> [UInt8] {
    units.flatMap {
      isBigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
    }
  }

  static let texts: [(what: String, units: [UInt16], text: String)] = [
    ("plain text", Array("login: ann".utf16), "login: ann"),
    ("a mark", [0xFEFF] + Array("login".utf16), "\u{FEFF}login"),
    ("accents and signs of three bytes", Array("é € ￼ login".utf16), "é € ￼ login"),
    ("a pair of surrogates", Array("a😀b text".utf16), "a😀b text"),
    ("a lone high surrogate", [0xD83D] + Array(" text".utf16), "\u{FFFD} text"),
    ("a lone low surrogate", Array("text ".utf16) + [0xDE00], "text \u{FFFD}"),
    ("two high surrogates", Array("text ".utf16) + [0xD83D, 0xD83D, 0xDE00], "text \u{FFFD}😀"),
    ("a high surrogate at the end", Array("text ".utf16) + [0xD83D], "text \u{FFFD}"),
    ("nothing", [], ""),
  ]

  @Test("both byte orders, cut anywhere", arguments: texts, [true, false])
  func everyCut(text: (what: String, units: [UInt16], text: String), isBigEndian: Bool) {
    let bytes = Self.bytes(text.units, isBigEndian: isBigEndian)
    #expect(decoded(bytes) == text.text)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        #expect(decoded(bytes, cuts: [first, second]) == text.text, "cut at \(first), \(second)")
      }
    }
  }

  @Test("an odd last byte is dropped, and costs no more", arguments: [true, false])
  func oddLength(isBigEndian: Bool) {
    #expect(decoded(Self.bytes(Array("login".utf16), isBigEndian: isBigEndian) + [0x41]) == "login")
    #expect(decoded([0x41]) == "")
  }

  @Test("the output is never longer than the room that must be there")
  func room() {
    // The worst: three bytes from each unit, and a high surrogate left over from the chunk before.
    var decoder = UTF16Decoder(beginning: [0xFF, 0xFE].span)
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(decoder.decode([0x3D, 0xD8, 0x3D].span, isLast: false, into: &buffer, at: 0) == 0)
    #expect(decoder.decode([0xD8].span, isLast: true, into: &buffer, at: 0) == 6)
  }
}
