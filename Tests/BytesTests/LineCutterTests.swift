import Bytes
import Testing

@Suite("line cutter")
struct LineCutterTests {
  private func lines(_ text: [UInt8], isLast: Bool = true) -> (lines: [String], rest: Int) {
    var cutter = LineCutter(end: text.count, isLast: isLast)
    var lines: [String] = []
    while let line = cutter.next(in: text.span) {
      lines.append(String(decoding: text[line.bounds], as: UTF8.self))
    }
    return (lines, cutter.offset)
  }

  static let mixes: [(String, [String])] = [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\r\n", ["a"]), ("a\r", ["a"]),
    ("\n", [""]), ("\r\n", [""]), ("\r", [""]), ("\n\r", ["", ""]), ("\r\r\n", ["", ""]),
    ("a\n\nb", ["a", "", "b"]), ("a\r\n\r\nb", ["a", "", "b"]), ("a\r\rb", ["a", "", "b"]),
    ("a\rb\nc\r\nd", ["a", "b", "c", "d"]), ("a\n\r\nb\r\r\nc", ["a", "", "b", "", "c"]),
    ("a\r\n\rb\n", ["a", "", "b"]), ("\u{0}\n\u{0}", ["\u{0}", "\u{0}"]),
  ]

  @Test("a file may mix LF, CRLF and CR", arguments: mixes)
  func mixed(text: String, expected: [String]) {
    let cut = lines(Array(text.utf8))
    #expect(cut.lines == expected)
    #expect(cut.rest == text.utf8.count)
  }

  @Test("a cut at any place changes no line", arguments: mixes)
  func everyCut(text: String, expected: [String]) {
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      let first = lines(Array(bytes[..<cut]), isLast: false)
      let second = lines(Array(bytes[first.rest...]))
      #expect(first.lines + second.lines == expected, "cut at \(cut)")
    }
  }

  @Test(
    "a line whose end is not there yet is left",
    arguments: [("a", 0), ("a\r", 0), ("a\n", 2), ("a\r\n", 3), ("a\nb\r", 2), ("a\rb", 2)])
  func open(text: String, taken: Int) {
    #expect(lines(Array(text.utf8), isLast: false).rest == taken)
  }
}
