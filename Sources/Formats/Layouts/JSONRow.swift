internal import Bytes

/// A list that is a record by what its strings look like: `["https://a.example/", "ann", "…"]`.
///
/// - URL, login, password, and perhaps one string more. What stands behind the login is the password, whatever it looks like.
/// - Mail address, URL, password, and perhaps one string more.
/// - Mail address and password, which may be two words of something else, and perhaps a URL.
///
/// Behind an address no order is known, so a URL there may be the password.
/// URL and login are copied as written, since the list may stand in several chunks; the password is not.
struct JSONRow: Sendable {
  /// What a string looks like.
  enum Look { case url, address, word, words }

  /// How deep the list stands, or 0 if none is open that may be a record.
  private(set) var depth = 0
  private var count = 0
  private var beginsWithURL = false
  private(set) var text: [UInt8] = []
  /// Empty without one.
  private(set) var url = ByteRange.empty
  private(set) var login = ByteRange.empty
  /// The login's line of the log file, from 1.
  private(set) var line: UInt32 = 0
  private(set) var isFilled = false
  /// Whether a password stands directly behind an address.
  private var isPair = false

  /// Whether what was taken is a record.
  var isRecord: Bool { count == 3 || (isPair ? count == 2 : count == 4) }

  /// Whether nothing but an address tells that it is one.
  var isDoubtful: Bool { isPair }

  /// Whether the URL, if there is one, may be the password.
  var isURLDoubtful: Bool { !beginsWithURL }

  mutating func begin(depth: Int) {
    self.depth = depth
    count = 0
    text.removeAll(keepingCapacity: true)
    url = .empty
    login = .empty
    isPair = false
  }

  /// Takes a string of the list as its next value.
  mutating func take(_ place: ByteRange, _ look: Look, of bytes: Span<UInt8>, onLine number: UInt32)
  {
    let isMeant: Bool
    switch count {
    case 0:
      beginsWithURL = look == .url
      isMeant = beginsWithURL || look == .address
      if beginsWithURL { url = append(place, of: bytes) }
      if look == .address { takeLogin(place, of: bytes, onLine: number) }
    case 1 where beginsWithURL:
      // `["https://a.example/", "A title", "What it says"]`
      isMeant = look == .word || look == .address
      takeLogin(place, of: bytes, onLine: number)
    case 1:
      isMeant = look == .url || look == .word
      if look == .url {
        url = append(place, of: bytes)
      } else {
        isPair = true
        takePassword(place, of: bytes)
      }
    case 2 where isPair:
      isMeant = look == .url
      url = append(place, of: bytes)
    case 2:
      isMeant = true
      takePassword(place, of: bytes)
    default: isMeant = count == 3 && !isPair
    }
    count += 1
    if !isMeant { end() }
  }

  /// Notes that the list is none, or is closed.
  mutating func end() {
    depth = 0
    count = 0
  }

  private mutating func takeLogin(_ place: ByteRange, of bytes: Span<UInt8>, onLine number: UInt32)
  {
    login = append(place, of: bytes)
    line = number
  }

  private mutating func takePassword(_ place: ByteRange, of bytes: Span<UInt8>) {
    isFilled = !Placeholder.stands(at: place, in: bytes)
  }

  private mutating func append(_ place: ByteRange, of bytes: Span<UInt8>) -> ByteRange {
    let start = text.count
    for offset in place.bounds { text.append(bytes[offset]) }
    return ByteRange(start, text.count)
  }
}
