import Bytes
import Formats

/// A cookie as text, for tests; its value is out of reach even here.
struct ReadCookie: Codable, Equatable, Hashable {
  var domain: String
  var name: String
  var expiry: Int64?
}

/// A sink that keeps what it is given, for tests.
struct CookieRecorder: CookieSink {
  var cookies: [ReadCookie] = []

  mutating func found(_ cookie: Cookie, in bytes: Span<UInt8>) {
    func text(_ range: ByteRange) -> String { String(decoding: bytes.copy(range), as: UTF8.self) }
    cookies.append(
      ReadCookie(domain: text(cookie.domain), name: text(cookie.name), expiry: cookie.expiry))
  }

  /// What `Format` finds in a text that comes in pieces of `pieceBytes`.
  static func read<Format: CookieLayout>(
    _ text: Text, by format: Format.Type, pieceBytes: Int = .max
  ) -> [ReadCookie] {
    var reader = Format(labels: Samples.labels)
    var recorder = CookieRecorder()
    var held: Text = []
    var rest = text[...]
    while !rest.isEmpty {
      held += rest.prefix(pieceBytes)
      rest = rest.dropFirst(pieceBytes)
      let taken = reader.read(held.span, isLast: rest.isEmpty, into: &recorder)
      held.removeFirst(taken)
    }
    return recorder.cookies
  }
}
