/// One record of a file of separated values, cut by RFC 4180: the places of its first cells.
///
/// A cell that opens with a quote runs to its closing quote, over delimiters and line ends; `""`
/// inside stands for a quote and is left as it is. Text behind a closing quote is kept with the cell,
/// the quote too: `closingQuotes` tells where it stands.
public struct SeparatedRecord: Sendable {
  /// Cells beyond this are cut but not kept; no export that we know has more than 30 columns.
  public static let maxCells = 64

  /// Blanks before an opening quote; behind more of them, a quote is part of the cell.
  private static let maxBlanksBeforeQuote = 8

  /// The cells without their quotes, blanks kept.
  public private(set) var cells: [ByteRange] = []
  /// Whether a cell of the record is quoted and holds `""`, by the cell's number.
  public private(set) var escaped: [Bool] = []
  /// Where the closing quote of each cell stands, or -1. Text behind it belongs to the cell.
  public private(set) var closingQuotes: [Int] = []
  /// Whether the record ends with the bytes because a quote was never closed.
  public private(set) var isUnclosed = false
  /// Line ends inside the cell whose quote was never closed.
  public private(set) var unclosedLines = 0
  /// Line ends inside the record.
  public private(set) var innerLines = 0
  /// Where the record behind this one begins.
  public private(set) var next = 0
  /// The line end at which the cutting has stopped, within a quoted cell, or nil if it has not.
  public private(set) var lineEndInQuotes: Int?

  private let passesBlanks: Bool

  /// With `passesBlanks`, blanks round a quoted cell are no part of it, as in `a, "b"`, which RFC 4180 has not.
  public init(passesBlanks: Bool = false) {
    self.passesBlanks = passesBlanks
    cells.reserveCapacity(Self.maxCells)
    escaped.reserveCapacity(Self.maxCells)
    closingQuotes.reserveCapacity(Self.maxCells)
  }

  /// Whether a sign may stand between cells: a quote, which stands round them, would be looked for again and again.
  public static func mayBeDelimiter(_ sign: UInt8) -> Bool {
    sign != ASCII.quote && sign != ASCII.lineFeed && sign != ASCII.carriageReturn
      && !ASCII.isLetter(sign) && !ASCII.isDigit(sign)
  }

  /// Cuts the record that begins at `start`.
  ///
  /// Returns false if the record has no end yet and more bytes are to come (`isLast` is false).
  /// A quote that is never closed makes the rest of the bytes one cell. With `stopsInQuotes`, the cutting stops where a
  /// quoted cell goes on over a line end (`lineEndInQuotes`), and goes on with `goOn`.
  public mutating func cut(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8, isLast: Bool,
    stopsInQuotes: Bool = false
  ) -> Bool {
    begin()
    return cutCells(
      bytes, from: start, delimiter, isLast: isLast, stopsInQuotes ? .stopAtLineEnd : .quote)
  }

  /// Cuts the line at `line` as a record, whatever stands behind it: a quote that is not closed there is the first sign of its
  /// cell.
  public mutating func cut(line: ByteRange, in bytes: Span<UInt8>, delimiter: UInt8) {
    begin()
    _ = cutCells(
      bytes.extracting(0..<line.end), from: line.start, delimiter, isLast: true, .areTextIfUnclosed)
  }

  private mutating func begin() {
    cells.removeAll(keepingCapacity: true)
    escaped.removeAll(keepingCapacity: true)
    closingQuotes.removeAll(keepingCapacity: true)
    isUnclosed = false
    unclosedLines = 0
    innerLines = 0
    lineEndInQuotes = nil
  }

  /// Goes on where `cut` has stopped, up to the next such cell or the record's end: over the line end, or, if the quote
  /// `isText`, with it as the cell's first sign.
  public mutating func goOn(
    _ bytes: Span<UInt8>, delimiter: UInt8, isLast: Bool, isText: Bool
  ) -> Bool {
    lineEndInQuotes = nil
    var offset = next
    // The cell is cut again from its beginning, once.
    guard
      let ended = cutCell(
        bytes, from: &offset, delimiter: delimiter, isLast: isLast, isText ? .areText : .quote)
    else { return false }
    next = offset
    return ended || cutCells(bytes, from: offset, delimiter, isLast: isLast, .stopAtLineEnd)
  }

  /// What quotes at a cell's beginning do.
  private enum Quotes { case quote, stopAtLineEnd, areTextIfUnclosed, areText }

  private mutating func cutCells(
    _ bytes: Span<UInt8>, from start: Int, _ delimiter: UInt8, isLast: Bool, _ quotes: Quotes
  ) -> Bool {
    var offset = start
    while true {
      let cell = offset
      guard
        let ended = cutCell(
          bytes, from: &offset, delimiter: delimiter, isLast: isLast, quotes)
      else { return false }
      if lineEndInQuotes != nil {
        next = cell
        return true
      }
      if ended {
        next = offset
        return true
      }
    }
  }

  /// The quote that opens the cell at `start`, or nil if it is not quoted.
  private func openingQuote(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8
  ) -> Int? {
    var offset = start
    while offset < Swift.min(bytes.count, start + Self.maxBlanksBeforeQuote) {
      let byte = bytes[offset]
      if byte == ASCII.quote { return offset }
      if !passesBlanks || byte == delimiter || (byte != ASCII.space && byte != ASCII.tab) {
        return nil
      }
      offset += 1
    }
    return nil
  }

  /// Cuts one cell and steps over what ends it; true if that ended the record, nil if bytes lack. A cell at whose line
  /// end it stops is not kept.
  private mutating func cutCell(
    _ bytes: Span<UInt8>, from offset: inout Int, delimiter: UInt8, isLast: Bool, _ quotes: Quotes
  ) -> Bool? {
    let end = bytes.count
    let begin = offset
    var cell = ByteRange(offset, offset)
    var hasEscape = false
    var closingQuote = -1
    if quotes != .areText,
      let quote = openingQuote(bytes, from: offset, delimiter: delimiter)
    {
      offset = quote
      cell.start = offset + 1
      offset += 1
      let linesBefore = innerLines
      // The closing quote is one that is not doubled: …,"he said ""no""",…
      while true {
        guard offset < end else {
          if !isLast { return nil }
          if quotes == .areTextIfUnclosed {
            // Behind a quote that is never closed stand none but doubled ones, so this is so once a record.
            innerLines = linesBefore
            offset = begin
            return cutCell(bytes, from: &offset, delimiter: delimiter, isLast: isLast, .areText)
          }
          cell.end = end
          isUnclosed = true
          unclosedLines = innerLines - linesBefore
          break
        }
        let byte = bytes[offset]
        if byte == ASCII.quote {
          if offset + 1 < end && bytes[offset + 1] == ASCII.quote {
            hasEscape = true
            offset += 2
            continue
          }
          // A quote cut by the buffer's end, `…,"hel"│"o"`, may be half of a doubled one.
          if offset + 1 == end && !isLast { return nil }
          cell.end = offset
          closingQuote = offset
          offset += 1
          break
        }
        let isBareReturn =
          byte == ASCII.carriageReturn
          && !(offset + 1 < end && bytes[offset + 1] == ASCII.lineFeed)
        if byte == ASCII.lineFeed || isBareReturn {
          if quotes == .stopAtLineEnd {
            // The line feed of a pair may be still to come.
            if isBareReturn && offset + 1 == end && !isLast { return nil }
            lineEndInQuotes = offset
            return false
          }
          innerLines += 1
        }
        offset += 1
      }
    }
    let rest = offset
    while offset < end {
      let byte = bytes[offset]
      if byte == delimiter || byte == ASCII.lineFeed || byte == ASCII.carriageReturn { break }
      offset += 1
    }
    if offset == end && !isLast { return nil }
    let hasText = offset > rest
    let isPassed = passesBlanks && bytes.trimmed(ByteRange(rest, offset)).isEmpty
    if cell.start == rest || (hasText && !isPassed) { cell.end = offset }
    if cells.count < Self.maxCells {
      cells.append(cell)
      escaped.append(hasEscape)
      closingQuotes.append(closingQuote)
    }
    guard offset < end else { return true }
    let byte = bytes[offset]
    if byte == delimiter {
      offset += 1
      // A delimiter as the file's last byte is followed by one empty cell.
      return false
    }
    if byte == ASCII.carriageReturn {
      if offset + 1 == end && !isLast { return nil }
      offset += 1
      if offset < end && bytes[offset] == ASCII.lineFeed { offset += 1 }
      return true
    }
    offset += 1
    return true
  }

  /// The delimiter of a header line: whichever of comma, semicolon, tab and bar stands in it most often
  /// outside quotes; the first of these if equal.
  public static func delimiter(ofHeader line: Span<UInt8>) -> UInt8 {
    var best = ASCII.comma
    var most = count(ASCII.comma, outsideQuotesOf: line)
    func weigh(_ delimiter: UInt8) {
      let count = count(delimiter, outsideQuotesOf: line)
      if count > most { (best, most) = (delimiter, count) }
    }
    weigh(ASCII.semicolon)
    weigh(ASCII.tab)
    weigh(ASCII.bar)
    return best
  }

  private static func count(_ delimiter: UInt8, outsideQuotesOf line: Span<UInt8>) -> Int {
    var count = 0
    var quoted = false
    for offset in 0..<line.count {
      let byte = line[offset]
      if byte == ASCII.quote { quoted.toggle() }
      if !quoted && byte == delimiter { count += 1 }
    }
    return count
  }
}
