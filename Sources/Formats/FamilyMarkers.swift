internal import Bytes
internal import CBytes

/// What proves that a stealer family wrote a log: texts, lines' beginnings and file names, with points.
///
/// The family is a tag on a finding; it never decides how a file is parsed.
public struct FamilyMarkers: Sendable {
  /// A text that speaks for a family.
  public struct Marker: Sendable {
    /// Where the text stands.
    public enum Place: UInt8, Sendable {
      /// Anywhere in a file.
      case text = 1
      /// At the beginning of a line, blanks and bullets aside.
      case line
      /// The whole name of a file.
      case file
    }
    /// Where it must stand to count.
    public var place: Place
    /// In lower case (ASCII).
    public var text: [UInt8]
    /// As the rules give them (docs/RULES.md says what sums mean); they count once for a log, however often the text stands there.
    public var points: Int

    /// `text` may have any case.
    public init(place: Place, text: [UInt8], points: Int) {
      self.place = place
      self.text = text.map(ASCII.lowercased)
      self.points = points
    }
  }

  /// A stealer family, known by what it writes.
  public struct Family: Sendable {
    /// The rule that says so: `fam.redline`.
    public var id: String
    /// All of them count; none is needed.
    public var markers: [Marker]
    /// Labels of the time of the theft, in lower case, with the order of the date behind them.
    public var dates: [(label: [UInt8], order: LocalTime.Order)]

    /// Labels may have any case.
    public init(
      id: String, markers: [Marker], dates: [(label: [UInt8], order: LocalTime.Order)]
    ) {
      self.id = id
      self.markers = markers
      self.dates = dates.map { ($0.label.map(ASCII.lowercased), $0.order) }
    }
  }

  /// How sure an attribution is, by points; the bounds are those that docs/RULES.md gives.
  public enum Confidence: UInt8, Sendable {
    case low = 1
    case medium, high

    init?(points: Int) {
      switch points {
      case 80...: self = .high
      case 50...: self = .medium
      case 25...: self = .low
      default: return nil
      }
    }
  }

  /// Meant by their places here: a worker sends the number of one.
  public let families: [Family]

  /// Keeps the families in the order given.
  public init(_ families: [Family]) {
    self.families = families
  }

  /// Gathers the evidence of one log, file by file.
  public struct Evidence: Sendable {
    private var points: [Int]
    private var seen: [[Bool]]

    public init(_ markers: FamilyMarkers) {
      points = Array(repeating: 0, count: markers.families.count)
      seen = markers.families.map { Array(repeating: false, count: $0.markers.count) }
    }

    /// Looks at one file: its name without folders, and the beginning of its bytes.
    public mutating func look(
      at bytes: Span<UInt8>, name: Span<UInt8>, _ markers: FamilyMarkers
    ) {
      for (family, rule) in markers.families.enumerated() {
        for (index, marker) in rule.markers.enumerated() where !seen[family][index] {
          let stands =
            switch marker.place {
            case .file: name.equals(ByteRange(0, name.count), lowercase: marker.text)
            case .text: Self.stands(marker.text, in: bytes)
            case .line:
              Self.stands(marker.text, in: bytes) && Self.line(beginsWith: marker.text, in: bytes)
            }
          if stands {
            seen[family][index] = true
            points[family] += marker.points
          }
        }
      }
    }

    /// Whether the text stands somewhere, ASCII case aside. There are dozens of markers, and nearly none stands anywhere.
    private static func stands(_ text: [UInt8], in bytes: Span<UInt8>) -> Bool {
      guard let first = text.first, let last = text.last else { return true }
      var offset = 0
      while offset < bytes.count {
        offset = unsafe bytes.withUnsafeBufferPointer { bytes in
          guard let base = bytes.baseAddress else { return bytes.count }
          // It looks at `bytes.count` bytes.
          return unsafe ds_find_pair(base, bytes.count, offset, first, last, text.count - 1)
        }
        if bytes.starts(ByteRange(offset, bytes.count), withLowercase: text) { return true }
        offset += 1
      }
      return false
    }

    private static func line(beginsWith text: [UInt8], in bytes: Span<UInt8>) -> Bool {
      var cutter = LineCutter(end: bytes.count, isLast: true)
      while let line = cutter.next(in: bytes) {
        var range = bytes.trimmed(line)
        while !range.isEmpty,
          bytes[range.start] == ASCII.hyphen || ASCII.isBlank(bytes[range.start])
        {
          range.start += 1
        }
        if bytes.starts(range, withLowercase: text) { return true }
      }
      return false
    }

    /// The family with the most points, by its number; nil if none has enough or two are equal.
    public var verdict: (family: Int, confidence: Confidence)? {
      guard let most = points.max(), let confidence = Confidence(points: most) else { return nil }
      let best = points.indices.filter { points[$0] == most }
      return best.count == 1 ? (best[0], confidence) : nil
    }
  }
}
