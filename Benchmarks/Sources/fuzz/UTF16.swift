import Dumps

/// Any bytes become UTF-8, the same whole and in pieces, and never more than there must be room for.
func checkUTF16Decoder(_ bytes: [UInt8]) {
  func decoded(_ pieces: [[UInt8]]) -> [UInt8] {
    var decoder = UTF16Decoder(beginning: bytes.span)
    var text: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      var buffer = [UInt8](repeating: 0, count: piece.count / 2 * 3 + 8)
      let end = decoder.decode(
        piece.span, isLast: index == pieces.count - 1, into: &buffer, at: 0)
      text += buffer[..<end]
    }
    return text
  }
  let whole = decoded([bytes])
  must(bytes.isEmpty || decoded(pieces(bytes)) == whole, "whole and in pieces")
  must(String(validating: whole, as: UTF8.self) != nil, "UTF-8")
}
