/// What `take` makes of `bytes` that are given in pieces, cut at `cuts`, the way `ChunkReader` does: what it leaves is given
/// again. `room` is how much it may write for so many bytes.
func inPieces(
  _ bytes: [UInt8], cuts: [Int], room: (Int) -> Int = { $0 },
  _ take: (_ held: Span<UInt8>, _ isLast: Bool, inout [UInt8], inout Int) -> Int
) -> [UInt8] {
  var text: [UInt8] = []
  var held: [UInt8] = []
  var from = 0
  for cut in cuts + [bytes.count] {
    held += bytes[from..<cut]
    from = cut
    var buffer = [UInt8](repeating: 0, count: room(held.count))
    var end = 0
    held.removeFirst(take(held.span, cut == bytes.count, &buffer, &end))
    text += buffer[..<end]
  }
  return text
}
