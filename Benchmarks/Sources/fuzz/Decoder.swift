import Dumps

/// What `take` makes of bytes that are given in pieces; it must hold back no more than `maxHeld` of them, and nothing in the end.
private func taken(
  _ pieces: [[UInt8]], maxHeld: Int, room: (Int) -> Int = { $0 },
  _ take: (_ held: Span<UInt8>, _ isLast: Bool, inout [UInt8], inout Int) -> Int
) -> [UInt8] {
  var text: [UInt8] = []
  var held: [UInt8] = []
  for (index, piece) in pieces.enumerated() {
    held += piece
    var buffer = [UInt8](repeating: 0, count: room(held.count))
    var end = 0
    let isLast = index == pieces.count - 1
    held.removeFirst(take(held.span, isLast, &buffer, &end))
    must(isLast ? held.isEmpty : held.count <= maxHeld, "held back")
    text += buffer[..<end]
  }
  return text
}

/// Any bytes are decoded the same whole and in pieces, little is held back, and never more comes out than there must
/// be room for.
func checkTextDecoder(_ bytes: [UInt8]) {
  func decoded(_ pieces: [[UInt8]]) -> [UInt8] {
    var decoder = TextDecoder()
    return taken(pieces, maxHeld: 1023, room: TextDecoder.room) {
      decoder.decode($0, isLast: $1, into: &$2, at: &$3)
    }
  }
  let whole = decoded([bytes])
  must(bytes.isEmpty || decoded(pieces(bytes)) == whole, "whole and in pieces")
  must(!whole.contains(0), "no NUL is left")
  must(!TextDecoder.leaves(bytes.span) || whole == bytes, "text of 8 bits stays as it is")
}

/// Marks are taken out of any text the same whole and in pieces, little is held back, and never more comes out than went in.
/// The marks are those of the text, or those that its first byte says, if that is less than 16.
func checkMarkedText(_ bytes: [UInt8]) {
  let marks = bytes.first.flatMap { $0 < 16 ? TextMarks(rawValue: $0) : nil }
  func plain(_ pieces: [[UInt8]]) -> [UInt8] {
    var marked = MarkedText(marks ?? TextMarks(of: bytes.span))
    return taken(pieces, maxHeld: MarkedText.maxMarkBytes) {
      marked.take($0, isLast: $1, into: &$2, at: &$3)
    }
  }
  let whole = plain([bytes])
  must(whole.count <= bytes.count, "no longer than the text")
  must(bytes.isEmpty || plain(pieces(bytes)) == whole, "whole and in pieces")
}
