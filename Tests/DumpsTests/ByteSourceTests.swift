import Dumps
import Testing

/// Bytes that somebody lends.
@Suite("byte sources")
struct ByteSourceTests {
  @Test("what a part holds ends where the file does, and zeros before it are left out")
  func contents() {
    let source = KeptBytes([0, 0, 7, 0, 8, 0])
    #expect(source.contents(of: [0..<6, 3..<100, 5..<100, 6..<100]) == [2..<6, 4..<6])
  }
}
