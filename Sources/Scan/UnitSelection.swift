internal import Dumps

/// The part of the work that a run is given as lines: which places of which dumps it reads.
public struct UnitSelection: Sendable {
  /// Why lines are no such part.
  public enum Failure: Error, Equatable, Sendable {
    /// By its number, and never by its text: somebody may have given a dump in the list's place.
    case noUnit(line: Int)
    /// Ranges of two lengths: those of one file would not fit together.
    case twoLengths(line: Int)
    /// Only ranges are read for another run to join.
    case noRange(line: Int)
    /// What other listing begins with, or checks.
    case unlisted(line: Int)
    /// Only folders are listed.
    case noFolder(line: Int)
    case empty

    /// For the person on duty.
    public var message: String {
      switch self {
      case .noUnit(let line): "has a line \(line) that dumpsieve units did not write"
      case .twoLengths(let line): "has in line \(line) a range of another length than before"
      case .noRange(let line): "has in line \(line) something else than a range"
      case .unlisted(let line): "has in line \(line) no unit, but what units --levels adds"
      case .noFolder(let line): "has in line \(line) something else than a folder"
      case .empty: "names nothing"
      }
    }
  }

  /// In the order in which the lines name them.
  public private(set) var dumps: [String] = []
  /// Whether its ranges are read for another run to join, and nothing else.
  public let isOfRanges: Bool
  /// Of the ranges, if there are any. In bytes.
  public private(set) var rangeBytes: UInt64?
  /// The lines, for those of ranges to be written anew.
  private var lines: [UnitLine] = []
  private(set) var places: [[DumpPlace]] = []
  private(set) var gaps: [(dump: Int, problem: WalkProblem, path: [UInt8])] = []
  private(set) var passedOver: [String: Int] = [:]
  private(set) var ranges: [PlaceInDump: [UnitLine.Range]] = [:]

  /// Reads the lines of a list, each with its end.
  public init(_ bytes: [UInt8], isOfRanges: Bool) throws(Failure) {
    self.isOfRanges = isOfRanges
    var numbers: [String: Int] = [:]
    try Self.read(bytes) { line, number throws(Failure) in
      let dump = numbers[line.dump] ?? dumps.count
      if dump == dumps.count {
        numbers[line.dump] = dump
        dumps.append(line.dump)
        places.append([])
      }
      try add(line, dump: dump, number: number)
    }
  }

  /// Calls `body` with each line of a list, and its number; throws if there is none, or one that is none of ours.
  static func read(
    _ bytes: [UInt8], _ body: (UnitLine, Int) throws(Failure) -> Void
  ) throws(Failure) {
    var isEmpty = true
    let texts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, text) in texts.enumerated() where !text.isEmpty {
      guard let line = UnitLine(text) else { throw .noUnit(line: index + 1) }
      isEmpty = false
      try body(line, index + 1)
    }
    if isEmpty { throw .empty }
  }

  private mutating func add(_ line: UnitLine, dump: Int, number: Int) throws(Failure) {
    if isOfRanges {
      guard case .range = line.kind else { throw .noRange(line: number) }
      lines.append(line)
    }
    switch line.kind {
    case .log(let path, let links): places[dump].append(.log(path, hardLinks: Set(links)))
    case .file(let path, let hasCompanions):
      places[dump].append(.file(path, hasCompanions: hasCompanions))
    case .range(let path, let range):
      if range.length != rangeBytes ?? range.length { throw .twoLengths(line: number) }
      rangeBytes = range.length
      let place = PlaceInDump(dump: dump, path: path)
      if ranges[place] == nil { places[dump].append(.file(path, hasCompanions: false)) }
      ranges[place, default: []].append(range)
    case .gap(let path, let reason):
      gaps.append((dump, WalkProblem(rawValue: reason) ?? .ioError, path))
    case .passedOver(let reason, let count): passedOver[reason, default: 0] += count
    case .folder, .linked: throw .unlisted(line: number)
    }
  }

  /// The ranges of a file, by their numbers, each once.
  func ranges(dump: Int, path: [UInt8]) -> [UnitLine.Range] {
    var seen: Set<UInt32> = []
    return (ranges[PlaceInDump(dump: dump, path: path)] ?? []).sorted { $0.index < $1.index }
      .filter { seen.insert($0.index).inserted }
  }

  /// The lines of the ranges, with what was found there; one that was not read stays as it was.
  func lines(with readings: [PlaceInDump: [UInt32: [UInt8]]]) -> [UnitLine] {
    lines.map { line in
      guard case .range(let path, var range) = line.kind,
        let dump = dumps.firstIndex(of: line.dump),
        let reading = readings[PlaceInDump(dump: dump, path: path)]?[range.index]
      else { return line }
      range.reading = reading
      return UnitLine(bytes: line.bytes, dump: line.dump, kind: .range(path, range))
    }
  }
}
