import Bytes
import TestSupport
import Testing

@testable import Formats

/// The marks of many bytes at once against a look at each.
@Suite struct LineMarksTests {
  private static func endsField(_ byte: UInt8) -> Bool {
    byte <= 0x20 || [0x2C, 0x3A, 0x3B, 0x7C].contains(byte)
  }

  private static func isSlash(_ byte: UInt8) -> Bool { byte == 0x2F || byte == 0x3F }

  @Test(
    "every byte has the marks that it should, in a window that ends anywhere",
    arguments: [0, 1, 31, 63, 64, 100, 8191])
  func marks(start: Int) {
    var random = SeededGenerator(seed: 6)
    // All values beside each other, and then at random, beyond the end of the window.
    var text = (0..<1024).map { UInt8(truncatingIfNeeded: $0) }
    text += (0..<9000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    var marks = LineMarks()
    marks.fill(from: start, of: text.span)
    let end = marks.end
    #expect(end == min(text.count, start + LineMarks.windowBytes))
    let window = Array(text[start..<end])
    let wrong = marks.withView { marks in
      window.indices.filter { place in
        let rest = window[place...]
        return marks.slash(from: place) != rest.firstIndex(where: Self.isSlash) ?? window.count
          || marks.at(from: place) != rest.firstIndex(of: 0x40) ?? window.count
      }
    }
    #expect(wrong.isEmpty)
    let places = window.indices.filter { Self.endsField(window[$0]) }
    // In order, and from any place on.
    for begin in [0, 1, 700, window.count / 2, 3, window.count] where begin <= window.count {
      var ends = marks.fieldEnds(from: begin)
      let found = marks.withView { marks in
        var found: [Int] = []
        while let last = Optional(ends.next(marks)), last < marks.end { found.append(last) }
        return found
      }
      #expect(found == places.filter { $0 >= begin }, "from \(begin)")
    }
  }
}
