import TestSupport
import Testing

@testable import Watchlists

@Suite("Keyed hashers")
struct KeyedHasherTests {
  /// RFC 4231, section 4.
  struct Vector: CustomTestStringConvertible {
    var number: Int
    var key: [UInt8]
    var data: [UInt8]
    /// Of test case 5 the RFC gives the first 128 bits only.
    var hmac: String

    var testDescription: String { "RFC 4231, test case \(number)" }
  }

  static let vectors = [
    Vector(
      number: 1, key: Array(repeating: 0x0B, count: 20), data: Array("Hi There".utf8),
      hmac: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Vector(
      number: 2, key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
      hmac: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Vector(
      number: 3, key: Array(repeating: 0xAA, count: 20), data: Array(repeating: 0xDD, count: 50),
      hmac: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Vector(
      number: 4, key: Array(1...25), data: Array(repeating: 0xCD, count: 50),
      hmac: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    Vector(
      number: 5, key: Array(repeating: 0x0C, count: 20), data: Array("Test With Truncation".utf8),
      hmac: "a3b6167473100ee06e0c796c2955552b"),
    Vector(
      number: 6, key: Array(repeating: 0xAA, count: 131),
      data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      hmac: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Vector(
      number: 7, key: Array(repeating: 0xAA, count: 131),
      data: Array(
        """
        This is a test using a larger than block-size key and a larger than block-size data. The key \
        needs to be hashed before being used by the HMAC algorithm.
        """.utf8),
      hmac: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
  ]

  @Test("EVP_MAC gives the published values, however the message is cut", arguments: vectors)
  func standard(_ vector: Vector) throws {
    var hasher = try StandardHasher(key: SecretBytes(vector.key))
    for cut in [0, 1, vector.data.count] {
      hasher.begin()
      hasher.add(Array(vector.data[..<cut]))
      hasher.add(Array(vector.data[cut...]))
      let digest = Hex.text(hasher.finish())
      #expect(digest.hasPrefix(vector.hmac))
    }
  }

  @Test(
    "saved midstates give the published values", arguments: vectors.filter { $0.key.count <= 64 })
  func midstates(_ vector: Vector) throws {
    let hasher = try KeyedHasher(key: SecretBytes(vector.key))
    let digest = Hex.text(hasher.hash("", vector.data.span).bytes)
    #expect(digest.hasPrefix(vector.hmac))
  }

  @Test("prefix and message are one text")
  func prefix() throws {
    let hasher = try KeyedHasher(key: SecretBytes(Array("Jefe".utf8)))
    let whole = hasher.hash("", Array("what do ya want for nothing?".utf8).span).bytes
    let parts = hasher.hash("what do ya want ", Array("for nothing?".utf8).span).bytes
    let nothing: [UInt8] = []
    let prefixAlone = hasher.hash("what do ya want for nothing?", nothing.span).bytes
    #expect(parts == whole)
    #expect(prefixAlone == whole)
  }

  @Test("a tag is the first 16 bytes, in order")
  func tag() throws {
    let hasher = try KeyedHasher(key: SecretBytes(Array("Jefe".utf8)))
    let digest = hasher.hash("", Array("what do ya want for nothing?".utf8).span)
    #expect(digest.tag.hex == "5bdcc146bf60754e6a042426089575c7")
    #expect(Hex.text(digest.bytes.prefix(16)) == digest.tag.hex)
  }

  @Test("saved midstates and EVP_MAC agree on 10,000 random messages under random keys")
  func twins() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("KeyedHasherTests.twins: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let key = try SecretBytes(generator.bytes(Int.random(in: 1...64, using: &generator)))
      let fast = try KeyedHasher(key: key)
      var slow = try StandardHasher(key: key)
      for _ in 0..<100 {
        let message = generator.bytes(Int.random(in: 0...300, using: &generator))
        slow.begin()
        slow.add(message)
        let plain = slow.finish()
        slow.begin()
        slow.add("v1\u{0}login\u{0}")
        slow.add(message)
        let prefixed = slow.finish()
        let fastPlain = fast.hash("", message.span).bytes
        let fastPrefixed = fast.hash("v1\u{0}login\u{0}", message.span).bytes
        #expect(fastPlain == plain, "seed \(seed)")
        #expect(fastPrefixed == prefixed, "seed \(seed)")
      }
    }
  }

  @Test("every length to 200 agrees: the padding's borders are at 55, 56, 63 and 64 bytes")
  func lengths() throws {
    let key = try SecretBytes(Array(0..<32))
    let fast = try KeyedHasher(key: key)
    var slow = try StandardHasher(key: key)
    for length in 0...200 {
      let message = (0..<length).map { UInt8($0) }
      slow.begin()
      slow.add(message)
      let expected = slow.finish()
      let digest = fast.hash("", message.span).bytes
      #expect(digest == expected, "\(length) bytes")
    }
  }

  @Test("one hasher holds several keys, each by its number")
  func severalKeys() throws {
    let message = Array("f.martin@formation-isere.example".utf8)
    var states = try SecretBytes(count: 3 * KeyedHasher.midstateBytes)
    for number in 0..<3 {
      let key = try SecretBytes(Array(repeating: UInt8(number), count: 32))
      try KeyedHasher(key: key).copyMidstates(to: &states, at: number * KeyedHasher.midstateBytes)
    }
    let hasher = KeyedHasher(midstates: states)
    for number in 0..<3 {
      var single = try StandardHasher(
        key: SecretBytes(Array(repeating: UInt8(number), count: 32)))
      single.begin()
      single.add(message)
      let expected = single.finish()
      let digest = hasher.hash("", message.span, key: number).bytes
      #expect(digest == expected)
    }
  }

  @Test("what EVP_MAC writes into secure memory is what it returns")
  func secret() throws {
    var hasher = try StandardHasher(key: SecretBytes(Array(0..<32)))
    let returned = hasher.hash("dumpsieve/1/file-mac")
    hasher.begin()
    hasher.add("dumpsieve/1/file-mac")
    let secret = try hasher.finishSecret()
    let written = (0..<secret.count).map { secret[$0] }
    #expect(written == returned)
  }
}
