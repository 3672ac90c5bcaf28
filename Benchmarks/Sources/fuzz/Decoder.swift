import Dumps

/// Any bytes are decoded the same whole and in pieces, little is held back, and never more comes out than there must
/// be room for.
func checkTextDecoder(_ bytes: [UInt8]) {
  func decoded(_ pieces: [[UInt8]]) -> [UInt8] {
    var decoder = TextDecoder()
    var text: [UInt8] = []
    var held: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      held += piece
      var buffer = [UInt8](repeating: 0, count: TextDecoder.room(for: held.count))
      var end = 0
      let isLast = index == pieces.count - 1
      held.removeFirst(decoder.decode(held.span, isLast: isLast, into: &buffer, at: &end))
      must(isLast ? held.isEmpty : held.count < 1024, "held back")
      text += buffer[..<end]
    }
    return text
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
    var text: [UInt8] = []
    var held: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      held += piece
      var buffer = [UInt8](repeating: 0, count: held.count)
      var end = 0
      let isLast = index == pieces.count - 1
      held.removeFirst(marked.take(held.span, isLast: isLast, into: &buffer, at: &end))
      must(isLast ? held.isEmpty : held.count <= MarkedText.maxMarkBytes, "held back")
      text += buffer[..<end]
    }
    return text
  }
  let whole = plain([bytes])
  must(whole.count <= bytes.count, "no longer than the text")
  must(bytes.isEmpty || plain(pieces(bytes)) == whole, "whole and in pieces")
}
