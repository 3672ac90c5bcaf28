import Bytes
import Testing

@Suite("searching")
struct SearchingTests {
  private let text = Array(" \t\u{0}a:b=c Kairos.Example \u{0}".utf8)

  @Test("a byte is found within the range only")
  func first() {
    #expect(text.span.firstOffset(of: 0x3A, in: 0..<text.count) == 4)
    #expect(text.span.firstOffset(of: 0x3A, in: 5..<text.count) == nil)
    #expect(text.span.firstOffset(of: 0x3A, in: 0..<4) == nil)
    #expect(text.span.firstOffset(of: 0x3A, in: 4..<4) == nil)
    #expect(text.span.firstOffset(of: 0x3D, or: 0x3A, in: 0..<text.count) == 4)
    #expect([UInt8]().span.firstOffset(of: 0, in: 0..<0) == nil)
  }

  @Test("blanks and NULs are trimmed at both ends")
  func trimmed() {
    #expect(text.span.trimmed(ByteRange(0, text.count)) == ByteRange(3, text.count - 2))
    #expect(text.span.trimmed(ByteRange(0, 3)).isEmpty)
  }

  @Test(
    "text is compared in lower case, ASCII only",
    arguments: [
      ("kairos.example", true), ("kairos", false), ("kairos.example ", false), ("", false),
    ])
  func equals(other: String, isEqual: Bool) {
    let range = ByteRange(9, 23)
    #expect(text.span.equals(range, lowercase: Array(other.utf8)) == isEqual)
    #expect(
      text.span.contains(lowercase: Array(other.utf8), in: range) == (other != "kairos.example "))
  }

  @Test(
    "a host lies within a suffix at a label's border only",
    arguments: [
      ("b.example", "b.example", true), ("a.b.example", "b.example", true),
      ("ab.example", "b.example", false), ("b.example.evil", "b.example", false),
      ("example", "b.example", false), ("", "b.example", false), (".b.example", "b.example", true),
    ])
  func host(host: String, suffix: String, isWithin: Bool) {
    #expect(Array(host.utf8).span.isHost(within: Array(suffix.utf8).span) == isWithin)
  }
}
