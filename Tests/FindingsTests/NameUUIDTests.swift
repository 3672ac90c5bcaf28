import Testing

@testable import Findings

@Suite("UUIDs of names")
struct NameUUIDTests {
  /// RFC 3174's test cases, and the empty message.
  @Test(
    "SHA-1 gives the published values",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
      ),
      (
        String(
          repeating: "0123456701234567012345670123456701234567012345670123456701234567", count: 10),
        "dea356a2cddd90c7a7ecedc5ebb563934f460452"
      ),
    ])
  func sha1(message: String, digest: String) {
    let bytes = NameUUID.sha1(Array(message.utf8))
    #expect(bytes.map { SafeText.hex(UInt32($0), 2) }.joined() == digest)
  }

  /// RFC 9562, appendix A.4.
  @Test("a name in a namespace gives the published UUID")
  func published() {
    let domains = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    #expect(
      NameUUID.of("www.example.com", in: domains) == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
  }
}
