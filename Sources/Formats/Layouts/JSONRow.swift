internal import Bytes

/// A list that is a record, `["https://a.example/", "ann", "…"]`: three or four strings, of which the first is a URL with a
/// scheme and the next two are none.
///
/// URL and login are copied as written, since the list may stand in several chunks; the password is not.
struct JSONRow: Sendable {
  /// How deep the list stands, or 0 if none is open that may be a record.
  private(set) var depth = 0
  private var count = 0
  private(set) var text: [UInt8] = []
  private(set) var urlEnd = 0
  /// The login's line of the log file, from 1.
  private(set) var line: UInt32 = 0
  private(set) var isFilled = false

  /// Whether what was taken is a record.
  var isRecord: Bool { count == 3 || count == 4 }

  mutating func begin(depth: Int) {
    self.depth = depth
    count = 0
    text.removeAll(keepingCapacity: true)
  }

  /// Takes a string of the list as its next value.
  mutating func take(
    _ place: ByteRange, isURL: Bool, of bytes: Span<UInt8>, onLine number: UInt32
  ) {
    let isMeant: Bool
    switch count {
    case 0:
      isMeant = isURL
      append(place, of: bytes)
      urlEnd = text.count
    case 1:
      // `["https://a.example/", "A title", "What it says"]`
      isMeant = !isURL && bytes.firstOffset(of: ASCII.space, in: place.bounds) == nil
      append(place, of: bytes)
      line = number
    case 2:
      isMeant = !isURL
      isFilled = !Placeholder.stands(at: place, in: bytes)
    default: isMeant = count == 3
    }
    count += 1
    if !isMeant { end() }
  }

  /// Notes that the list is none, or is closed.
  mutating func end() {
    depth = 0
    count = 0
  }

  private mutating func append(_ place: ByteRange, of bytes: Span<UInt8>) {
    for offset in place.bounds { text.append(bytes[offset]) }
  }
}
