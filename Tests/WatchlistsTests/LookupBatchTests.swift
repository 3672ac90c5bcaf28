import Bytes
import TestSupport
import Testing

@testable import Watchlists

/// Logins that are lower-cased and hashed together against one after the other.
@Suite struct LookupBatchTests {
  private static let noDomains = NameTails([])

  @Test("every login of a batch is lower-cased and hashed as on its own, whatever stands beside it")
  func hashes() {
    let sipHash = SipHash(k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908)
    var generator = SeededGenerator(seed: 3)
    var batch = LookupBatch()
    for round in 0..<500 {
      var text: [UInt8] = []
      var logins: [ByteRange] = []
      for _ in 0...Int(generator.next() % 64) {
        let length = 1 + Int(generator.next() % UInt64(KeyedHasher.maxBlockLoginBytes))
        // Letters of both cases, `@` and `[` beside them.
        text += (0..<length).map { _ in UInt8(0x40 + generator.next() % 0x1C) }
        logins.append(ByteRange(text.count - length, text.count))
      }
      text += Array(repeating: 0x40, count: 48)
      #expect(batch.fill(logins.span, in: text.span, Self.noDomains) == 0, "round \(round)")
      batch.hash(by: sipHash)
      for (index, login) in logins.enumerated() {
        let alone = text[login.bounds].map(ASCII.lowercased)
        #expect(batch[hash: index] == sipHash.hash(alone), "round \(round), login \(index)")
      }
    }
  }

  @Test("a login with a byte that is not plain is left out, wherever in it that stands")
  func leftOut() {
    var batch = LookupBatch()
    for length in 1...KeyedHasher.maxBlockLoginBytes {
      for byte: UInt8 in [0, 0x1F, 0x2B, 0x5C, 0x7F, 0x80, 0xFF] {
        for place in 0..<length {
          var text = [UInt8](repeating: 0x61, count: 2 * length + 48)
          text[length + place] = byte
          let logins = [ByteRange(0, length), ByteRange(length, 2 * length)]
          #expect(
            batch.fill(logins.span, in: text.span, Self.noDomains) == 2, "\(byte) at \(place)")
        }
      }
    }
  }

  @Test("what cannot be read in whole vectors is left out")
  func ends() {
    var batch = LookupBatch()
    let text = [UInt8](repeating: 0x61, count: 64)
    let logins = [16, 17, 60].map { ByteRange($0, $0 + 4) }
    #expect(batch.fill(logins.span, in: text.span, Self.noDomains) == 0b110)
    let short = Array(text[..<47])
    let many = [ByteRange](repeating: ByteRange(0, 4), count: 64)
    #expect(batch.fill(many.span, in: short.span, Self.noDomains) == ~0)
    #expect(batch.fill([ByteRange]().span, in: short.span, Self.noDomains) == 0)
  }
}
