/// One record of a file of separated values, cut by RFC 4180: the places of its first cells.
///
/// A cell that opens with a quote runs to its closing quote, over delimiters and line ends; `""`
/// inside stands for a quote and is left as it is. Text behind a closing quote is kept with the cell,
/// the quote too: `closingQuotes` tells where it stands.
public struct SeparatedRecord: Sendable {
  /// Cells beyond this are cut but not kept; no export that we know has more than 30 columns.
  public static let maxCells = 64

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

  public init() {
    cells.reserveCapacity(Self.maxCells)
    escaped.reserveCapacity(Self.maxCells)
    closingQuotes.reserveCapacity(Self.maxCells)
  }

  /// Cuts the record that begins at `start`.
  ///
  /// Returns false if the record has no end yet and more bytes are to come (`isLast` is false).
  /// A quote that is never closed makes the rest of the bytes one cell.
  public mutating func cut(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8, isLast: Bool
  ) -> Bool {
    cells.removeAll(keepingCapacity: true)
    escaped.removeAll(keepingCapacity: true)
    closingQuotes.removeAll(keepingCapacity: true)
    isUnclosed = false
    unclosedLines = 0
    innerLines = 0
    var offset = start
    while true {
      guard let ended = cutCell(bytes, from: &offset, delimiter: delimiter, isLast: isLast) else {
        return false
      }
      if ended {
        next = offset
        return true
      }
    }
  }

  /// Cuts one cell and steps over what ends it; true if that ended the record, nil if bytes lack.
  private mutating func cutCell(
    _ bytes: Span<UInt8>, from offset: inout Int, delimiter: UInt8, isLast: Bool
  ) -> Bool? {
    let end = bytes.count
    var cell = ByteRange(offset, offset)
    var hasEscape = false
    var closingQuote = -1
    if offset < end && bytes[offset] == ASCII.quote {
      cell.start = offset + 1
      offset += 1
      let linesBefore = innerLines
      // The closing quote is one that is not doubled: …,"he said ""no""",…
      while true {
        guard offset < end else {
          if !isLast { return nil }
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
        if byte == ASCII.lineFeed || isBareReturn { innerLines += 1 }
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
    if offset > rest || cell.start == rest { cell.end = offset }
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

  /// The delimiter of a header line: whichever of comma, semicolon and tab stands in it most often
  /// outside quotes; a comma if equal.
  public static func delimiter(ofHeader line: Span<UInt8>) -> UInt8 {
    var commas = 0
    var semicolons = 0
    var tabs = 0
    var quoted = false
    for offset in 0..<line.count {
      let byte = line[offset]
      if byte == ASCII.quote { quoted.toggle() }
      if quoted { continue }
      if byte == ASCII.comma { commas += 1 }
      if byte == ASCII.semicolon { semicolons += 1 }
      if byte == ASCII.tab { tabs += 1 }
    }
    if semicolons > commas && semicolons >= tabs { return ASCII.semicolon }
    return tabs > commas ? ASCII.tab : ASCII.comma
  }
}
