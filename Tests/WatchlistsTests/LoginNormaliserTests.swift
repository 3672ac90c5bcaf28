import Foundation
import Testing

@testable import Watchlists

/// Normalisation version 1, which contrib/watchlist.py repeats: the same vectors, the same digests.
@Suite("Login normaliser")
struct LoginNormaliserTests {
  struct Vector: Decodable, CustomTestStringConvertible {
    var what: String
    var login: String
    /// Nil if the login is refused.
    var normalised: String?
    /// The login's bytes, if they are not UTF-8.
    var hex: String?

    var testDescription: String { what }

    var bytes: [UInt8] {
      guard let hex else { return Array(login.utf8) }
      let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
      return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
  }

  static let vectors: [Vector] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("normalisation-vectors.json")
    do {
      return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
    } catch {
      preconditionFailure("normalisation-vectors.json: \(error)")
    }
  }()

  private static func normalised(_ login: [UInt8]) -> [UInt8]? {
    var normaliser = LoginNormaliser()
    return normaliser.normalise(login.span) ? Array(normaliser.output[..<normaliser.count]) : nil
  }

  private static func normalisedDomain(_ domain: String) -> String? {
    var normaliser = LoginNormaliser()
    guard normaliser.normaliseDomain(Array(domain.utf8).span) else { return nil }
    return String(decoding: normaliser.output[..<normaliser.count], as: UTF8.self)
  }

  @Test("every vector comes out as written", arguments: vectors)
  func vector(_ vector: Vector) {
    #expect(Self.normalised(vector.bytes) == vector.normalised.map { Array($0.utf8) })
  }

  @Test("a login leaves nothing behind for the next one")
  func reuse() {
    var normaliser = LoginNormaliser()
    for _ in 1...2 {
      for vector in Self.vectors {
        let isLogin = normaliser.normalise(vector.bytes.span)
        #expect(isLogin == (vector.normalised != nil))
        let normalised = normaliser.output[..<normaliser.count]
        #expect(normalised.elementsEqual((vector.normalised ?? "").utf8))
        #expect(isLogin || !normaliser.hasMailDomain)
      }
    }
  }

  @Test("the short way for ASCII and the long way agree")
  func twoWays() {
    // U+E000 has no mapping and sends the login the long way; what follows must come out the same.
    let other = Array("\u{E000}".utf8)
    for vector in Self.vectors {
      guard let normalised = vector.normalised, vector.hex == nil, vector.bytes.count < 300,
        vector.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), vector.login.first != "@"
      else { continue }
      #expect(Self.normalised(other + vector.bytes) == other + Array(normalised.utf8))
    }
  }

  @Test(
    "the mail domain begins behind the last @ that has something on both sides",
    arguments: [
      ("ann@a.example", 4), ("a@b@c", 4), ("ann", nil), ("@a.example", nil), ("ann@", nil),
      ("a@b@", nil), ("@", nil), ("@@a", 2), ("é@é.example", 3), ("@é", nil), ("é@", nil),
    ] as [(String, Int?)]
  )
  func mailDomain(login: String, start: Int?) {
    var normaliser = LoginNormaliser()
    let isLogin = normaliser.normalise(Array(login.utf8).span)
    #expect(isLogin)
    #expect(normaliser.hasMailDomain == (start != nil))
    #expect(normaliser.mailDomainStart == start ?? 0)
  }

  @Test("every length up to the limit is lower-cased to its last byte")
  func lengths() {
    for length in 1...LoginNormaliser.maxInputBytes {
      let login = [UInt8](repeating: UInt8(ascii: "A"), count: length)
      let expected = [UInt8](repeating: UInt8(ascii: "a"), count: length)
      #expect(Self.normalised(login) == expected)
      for bad: UInt8 in [0x00, 0x1F, 0x7F] {
        var control = [UInt8](repeating: UInt8(ascii: "A"), count: length)
        control[length - 1] = bad
        #expect(Self.normalised(control) == nil)
      }
    }
  }

  @Test(
    "a domain goes through the same steps, and is refused with anything around it",
    arguments: [
      (" Formation-Isere.EXAMPLE. ", "formation-isere.example"),
      ("CAFÉ.example", "xn--caf-dma.example"), ("cafe\u{301}.example.", "xn--caf-dma.example"),
      ("ａ．example", "a.example"), ("localhost", "localhost"),
      ("https://a.example", nil), ("a.example:8443", nil), ("a.example/login", nil),
      ("a.example?x", nil), ("é.example#x", nil),
      ("a b.example", nil), ("a\u{1680}b.example", nil), ("ann@a.example", nil),
      ("*.a.example", nil), ("é.example：443", nil), ("é＠a.example", nil), ("", nil), (" ", nil),
      ("a\u{7F}.example", nil),
      (String(repeating: "a.", count: 125) + "bcd", String(repeating: "a.", count: 125) + "bcd"),
      (String(repeating: "a.", count: 125) + "bcde", nil),
      (String(repeating: "a.", count: 125) + "é", nil),
    ] as [(String, String?)]
  )
  func domain(given: String, normalised: String?) {
    #expect(Self.normalisedDomain(given) == normalised)
  }

  @Test("what Punycode makes longer is taken up to 512 bytes, and refused beyond")
  func growth() {
    var taken = 0
    var refused = 0
    for count in 55...70 {
      for tail in 1...17 {
        let labels = Array(repeating: "é", count: count) + [String(repeating: "a", count: tail)]
        let expected = labels.map { $0 == "é" ? "xn--9ca" : $0 }.joined(separator: ".")
        let fits = expected.utf8.count + 2 <= LoginNormaliser.maxOutputBytes
        let login = Array("x@\(labels.joined(separator: "."))".utf8)
        #expect(
          Self.normalised(login) == (fits ? Array("x@\(expected)".utf8) : nil), "\(count), \(tail)")
        if fits { taken += 1 } else { refused += 1 }
        let reversed = labels.reversed().joined(separator: ".")
        #expect((Self.normalised(Array("x@\(reversed)".utf8)) != nil) == fits, "\(count), \(tail)")
      }
    }
    #expect(taken > 50 && refused > 50)
    #expect(Self.normalisedDomain(Array(repeating: "é", count: 100).joined(separator: ".")) == nil)
    #expect(Self.normalisedDomain(String(repeating: "a", count: 321)) == nil)
  }

  @Test(
    "RFC 3492, section 7.1",
    arguments: [
      ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
      ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
      ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
      ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
      ("安室奈美恵-with-super-monkeys", "-with-super-monkeys-pc58ag80a8qai00g7n9n"),
      ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
      ("パフィーdeルンバ", "de-jg4avhby1noc0d"),
      ("そのスピードで", "d9juau41awczczp"),
    ]
  )
  func punycode(label: String, encoded: String) {
    let codePoints = label.unicodeScalars.map(\.value)
    #expect(String(decoding: Punycode.encoded(codePoints[...]), as: UTF8.self) == encoded)
  }

  // The two digests below are what `python3.11 contrib/unicode_tables.py --digest` prints.

  /// FNV-1a in 64 bits, a 32-bit word at a time where the published one takes a byte.
  private struct Digest {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ text: [UInt32]) {
      for word in text { add(word) }
      add(0xFFFF_FFFF)
    }

    private mutating func add(_ word: UInt32) {
      value = (value ^ UInt64(word)) &* 0x100_0000_01b3
    }
  }

  @Test("NFKC and lower case of every code point are those of Unicode 14.0")
  func everyCodePoint() {
    var digest = Digest()
    for codePoint in (0..<0x11_0000 as Range<UInt32>) where Unicode.Scalar(codePoint) != nil {
      digest.add(Nfkc.normalised([codePoint]))
      digest.add(Nfkc.lowerCased([codePoint]))
    }
    #expect(digest.value == 0x2442_e77f_b160_f183)
  }

  /// STRING_BLOCKS of contrib/unicode_tables.py.
  private static let blocks: [ClosedRange<UInt32>] = [
    0x0041...0x005A, 0x00C0...0x017F, 0x0300...0x036F, 0x0300...0x036F, 0x0370...0x03FF,
    0x0591...0x05F2, 0x0622...0x065F, 0x0900...0x0DFF, 0x0E31...0x0F84, 0x1026...0x1037,
    0x1100...0x1112, 0x1161...0x1175, 0x11A7...0x11C3, 0x1DC0...0x1DFF, 0x1E00...0x1FFF,
    0x2100...0x22FF, 0x3041...0x30FF, 0x3200...0x33FF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFB00...0xFDFF, 0xFF00...0xFFEF, 0x11080...0x110BF, 0x11300...0x114CF, 0x1D150...0x1D1FF,
    0x1D400...0x1D7FF,
  ]

  @Test("NFKC of 50,000 made-up strings is that of Unicode 14.0")
  func strings() {
    var state: UInt64 = 1
    func below(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    var digest = Digest()
    for _ in 1...50_000 {
      var text: [UInt32] = []
      for _ in 0..<1 + below(6) {
        let block = Self.blocks[below(Self.blocks.count)]
        text.append(block.lowerBound + UInt32(below(block.count)))
      }
      digest.add(Nfkc.normalised(text))
    }
    #expect(digest.value == 0x9c5b_9848_2687_f408)
  }
}
