import Bytes
import Testing

@Suite("separated record")
struct SeparatedRecordTests {
  private struct Row: Equatable {
    var cells: [String]
    var escaped: [Bool]
    var innerLines: Int
    var isUnclosed: Bool
  }

  private func rows(
    _ text: String, delimiter: Character = ",", isLast: Bool = true
  ) -> (rows: [Row], rest: Int) {
    let bytes = Array(text.utf8)
    var record = SeparatedRecord()
    var rows: [Row] = []
    var offset = 0
    while offset < bytes.count,
      record.cut(
        bytes.span, from: offset, delimiter: delimiter.asciiValue ?? 0, isLast: isLast)
    {
      #expect(record.next > offset)
      rows.append(
        Row(
          cells: record.cells.map { String(decoding: bytes[$0.bounds], as: UTF8.self) },
          escaped: record.escaped, innerLines: record.innerLines, isUnclosed: record.isUnclosed))
      offset = record.next
    }
    return (rows, offset)
  }

  static let cases: [(what: String, text: String, cells: [[String]])] = [
    ("RFC 4180 §2.1: records stand on lines", "a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
    ("§2.2: the last line end may be missing", "a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
    ("§2.4: blanks are part of a cell", " a ,\tb", [[" a ", "\tb"]]),
    ("§2.5: cells may be quoted", "\"a\",\"b\"\r\nc,d", [["a", "b"], ["c", "d"]]),
    ("§2.6: line ends and commas in quotes", "\"a\r\nb\",\",\"\r\nc", [["a\r\nb", ","], ["c"]]),
    ("§2.7: a doubled quote stays doubled", "\"a\"\"b\",c", [["a\"\"b", "c"]]),
    ("empty cells", ",,\r\n,", [["", "", ""], ["", ""]]),
    ("empty quoted cells", "\"\",\"\"\n\"\"", [["", ""], [""]]),
    ("a cell of one quote", "\"\"\"\",x", [["\"\"", "x"]]),
    ("a quote inside a bare cell", "a\"b,c\"", [["a\"b", "c\""]]),
    ("text behind a closing quote", "\"a\"b,c", [["a\"b", "c"]]),
    ("LF and CR alone", "a\nb\rc", [["a"], ["b"], ["c"]]),
    ("a blank line", "a\n\nb", [["a"], [""], ["b"]]),
    ("a quote that is never closed", "a,\"b\nc,d", [["a", "b\nc,d"]]),
    ("an opening quote as the last byte", "a,\"", [["a", ""]]),
  ]

  @Test("records are cut by RFC 4180", arguments: cases)
  func cut(what: String, text: String, cells: [[String]]) {
    let cut = rows(text)
    #expect(cut.rows.map(\.cells) == cells)
    #expect(cut.rest == text.utf8.count)
  }

  @Test("blanks round a quoted cell are passed over where that is wanted")
  func blanks() {
    func cells(_ text: String) -> [String] {
      let bytes = Array(text.utf8)
      var record = SeparatedRecord(passesBlanks: true)
      _ = record.cut(bytes.span, from: 0, delimiter: 0x2C, isLast: true)
      return record.cells.map { String(decoding: bytes[$0.bounds], as: UTF8.self) }
    }
    #expect(cells("a, \"b,c\" ,\t \"d\"") == ["a", "b,c", "d"])
    #expect(cells("a\"b, \"c\"d ,         \"e") == ["a\"b", "c\"d ", "         \"e"])
  }

  @Test("a cut at any place changes no record", arguments: cases)
  func everyCut(what: String, text: String, cells: [[String]]) {
    let whole = rows(text).rows
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      let first = rows(String(decoding: bytes[..<cut], as: UTF8.self), isLast: false)
      let second = rows(String(decoding: bytes[first.rest...], as: UTF8.self))
      #expect(first.rows + second.rows == whole, "cut at \(cut)")
    }
  }

  @Test("escapes, inner lines and a missing quote are told")
  func marks() {
    let cut = rows("\"a\"\"b\",\"c\r\nd\ne\rf\",g\n\"h")
    #expect(cut.rows.map(\.escaped) == [[true, false, false], [false]])
    #expect(cut.rows.map(\.innerLines) == [3, 0])
    #expect(cut.rows.map(\.isUnclosed) == [false, true])
  }

  @Test(
    "a missing quote tells the lines that it took, and no other cell's",
    arguments: [("a,\"b", 0), ("a,\"b\nc\nd", 2), ("\"a\n\",\"b", 0), ("\"a\n\",\"b\n", 1)])
  func unclosedLines(text: String, lines: Int) {
    var record = SeparatedRecord()
    let bytes = Array(text.utf8)
    _ = record.cut(bytes.span, from: 0, delimiter: 0x2C, isLast: true)
    #expect(record.isUnclosed)
    #expect(record.unclosedLines == lines)
  }

  @Test("the cutting stops at the first line end of each quoted cell, and goes on behind it")
  func stops() {
    let bytes = Array("a,\"b\r\nc\nd\",\"e\rf\",\"g\"\nh".utf8)
    for count in 0...bytes.count {
      let isLast = count == bytes.count
      let span = bytes.span.extracting(0..<count)
      var record = SeparatedRecord()
      var stops: [Int] = []
      var isCut = record.cut(span, from: 0, delimiter: 0x2C, isLast: isLast, stopsInQuotes: true)
      while isCut, let stop = record.lineEndInQuotes {
        stops.append(stop)
        isCut = record.goOn(span, delimiter: 0x2C, isLast: isLast, isText: false)
      }
      #expect([5, 13].starts(with: stops))
      #expect(isCut == (count > 20), "\(count) bytes")
      if !isCut { continue }
      #expect(stops == [5, 13])
      #expect(
        record.cells.map { String(decoding: bytes[$0.bounds], as: UTF8.self) }
          == ["a", "b\r\nc\nd", "e\rf", "g"])
      #expect(record.innerLines == 3)
      #expect(record.next == 21)
    }
  }

  @Test("a quote at which the cutting stops may be text")
  func quoteAsText() {
    let bytes = Array("a, \"b,c\nd\",e".utf8)
    var record = SeparatedRecord(passesBlanks: true)
    _ = record.cut(bytes.span, from: 0, delimiter: 0x2C, isLast: true, stopsInQuotes: true)
    #expect(record.lineEndInQuotes == 7)
    let isCut = record.goOn(bytes.span, delimiter: 0x2C, isLast: true, isText: true)
    #expect(isCut)
    #expect(
      record.cells.map { String(decoding: bytes[$0.bounds], as: UTF8.self) } == ["a", " \"b", "c"])
    #expect(record.next == 8)
  }

  @Test("cells beyond the 64th are cut but not kept")
  func manyCells() {
    let cut = rows(String(repeating: "x,", count: 99) + "y\nz")
    #expect(cut.rows.map(\.cells.count) == [64, 1])
  }

  @Test(
    "the delimiter is what the header has most of, outside quotes",
    arguments: [
      ("a,b,c", ","), ("a;b;c", ";"), ("a\tb\tc", "\t"), ("abc", ","), ("", ","),
      ("\"a;b;c\",d", ","), ("a,b;c", ","), ("a;b\tc", ";"), ("a,b\tc\td", "\t"),
      ("a | b | c", "|"), ("a|b,c", ","), ("a;b|c|d", "|"),
      ("\"a,b\"\"c\";d", ";"),
    ] as [(String, Character)])
  func delimiter(header: String, expected: Character) {
    #expect(
      SeparatedRecord.delimiter(ofHeader: Array(header.utf8).span) == expected.asciiValue)
  }
}
