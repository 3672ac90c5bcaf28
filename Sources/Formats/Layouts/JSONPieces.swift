internal import Bytes

/// A message that stands in pieces, as chats write one with links in it:
/// `"text": ["URL: ", {"type": "link", "text": "https://a.example/"}, "\nLogin: …"]`.
///
/// The pieces are copied behind one another, as written, since they may stand in several chunks; once the list closes,
/// they are read as one string (`TextLines.readString`). So is a list that has a site for its name,
/// `"a.example": ["ann:…", "bob:…"]`, behind that. A password may be among them, so the copy is overwritten then.
struct JSONPieces: Sendable {
  /// Where a piece begins.
  struct Start: Sendable {
    /// In `text`.
    var offset: Int
    /// The line of the log file, from 1.
    var line: UInt32
  }

  /// What the next piece goes on behind.
  private enum Behind { case object, string, wholeLine }

  /// What is joined; more is read as another message. Telegram's have 4096 characters, of which an escape takes up to 12 bytes.
  private static let maxBytes = 64 << 10
  private static let maxPieces = 1024

  private(set) var text: [UInt8] = []
  /// Where the site ends that `text` begins with.
  private(set) var hostEnd = 0
  private(set) var starts: [Start] = []
  /// How deep its list stands, or 0 if none is open.
  private(set) var depth = 0
  /// Whether it was read already: Telegram writes each message twice, as `text` and as `text_entities`.
  private var isRepeated = false
  private var behind = Behind.object
  /// Where the text of the open object begins, or -1.
  private var objectStart = -1
  private var hasType = false

  var isOpen: Bool { depth > 0 }

  /// `host` is that of what names none, or empty.
  mutating func begin(depth: Int, isRepeated: Bool, host: [UInt8]) {
    self.depth = depth
    // At once, since memory that it outgrew would not be overwritten.
    text.reserveCapacity(Self.maxBytes)
    text.append(contentsOf: host)
    hostEnd = text.count
    self.isRepeated = isRepeated
  }

  /// Whether a piece of that many bytes is too much to be joined to the others.
  func isFull(with bytes: Int) -> Bool {
    starts.count == Self.maxPieces || text.count + bytes + 4 > Self.maxBytes
  }

  /// Takes a string that stands in the list itself. Two side by side are lines, and no pieces of one.
  mutating func append(_ place: ByteRange, of bytes: Span<UInt8>, onLine line: UInt32) {
    if isRepeated { return }
    if behind != .object && text.count > hostEnd { breakLine(at: text.count) }
    add(place, of: bytes, line)
    behind = .string
  }

  /// Takes the text of an object in the list.
  mutating func appendOfObject(_ place: ByteRange, of bytes: Span<UInt8>, onLine line: UInt32) {
    if isRepeated { return }
    if objectStart < 0 {
      if behind == .wholeLine && text.count > hostEnd { breakLine(at: text.count) }
      objectStart = text.count
    }
    add(place, of: bytes, line)
  }

  /// Notes that the object says what kind of piece it is.
  mutating func noteType() { hasType = true }

  /// Ends an object in the list. What says no type is no piece, but a message of its own.
  mutating func endObject() {
    if objectStart >= 0 {
      if !hasType && behind != .wholeLine && objectStart > hostEnd { breakLine(at: objectStart) }
      behind = hasType ? .object : .wholeLine
    }
    objectStart = -1
    hasType = false
  }

  /// Forgets what was read, and goes on in the list.
  mutating func clear() {
    for index in hostEnd..<text.count { text[index] = 0 }
    text.removeLast(text.count - hostEnd)
    starts.removeAll(keepingCapacity: true)
    behind = .object
    objectStart = -1
  }

  mutating func end() {
    clear()
    text.removeAll(keepingCapacity: true)
    hostEnd = 0
    hasType = false
    depth = 0
  }

  private mutating func add(_ place: ByteRange, of bytes: Span<UInt8>, _ line: UInt32) {
    starts.append(Start(offset: text.count, line: line))
    for offset in place.bounds { text.append(bytes[offset]) }
  }

  /// Writes a line's end, as strings have it.
  private mutating func breakLine(at offset: Int) {
    text.insert(0x6E, at: offset)
    text.insert(ASCII.backslash, at: offset)
  }

  /// The line of the piece that holds `offset`, of which there is at least one.
  static func line(at offset: Int, in starts: Span<Start>) -> UInt32 {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle].offset <= offset { low = middle } else { high = middle }
    }
    return starts[low].line
  }
}
