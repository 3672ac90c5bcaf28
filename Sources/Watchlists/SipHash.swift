/// SipHash-1-3 with 64 bits of output (Aumasson and Bernstein, 2012): the pre-filter's hash.
///
/// Keyed, since the words of a list are as telling as its tags to whoever can compute them.
public struct SipHash: Sendable {
  private let k0: UInt64
  private let k1: UInt64

  /// The two halves of the 16-byte key, little-endian.
  public init(k0: UInt64, k1: UInt64) {
    self.k0 = k0
    self.k1 = k1
  }

  @inlinable
  public func hash(_ message: [UInt8]) -> UInt64 {
    hash(message.span)
  }

  public func hash(_ message: Span<UInt8>) -> UInt64 {
    var state = State(k0, k1)
    let count = message.count
    var offset = 0
    while offset + 8 <= count {
      // The bound stands on the line above.
      let word = unsafe message.bytes.unsafeLoadUnaligned(
        fromByteOffset: offset, as: UInt64.self)
      state.absorb(UInt64(littleEndian: word))
      offset &+= 8
    }
    var last = UInt64(truncatingIfNeeded: count) << 56
    var shift: UInt64 = 0
    while offset < count {
      last |= UInt64(message[offset]) << shift
      shift &+= 8
      offset &+= 1
    }
    state.absorb(last)
    return state.finish()
  }

  /// The same of `count` bytes at `message`, before which eight others must lie: so the rest is one word, too.
  @inline(__always)
  func hash(behindEight message: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var state = State(k0, k1)
    var offset = 0
    while offset &+ 8 <= count {
      let word = unsafe message.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      state.absorb(UInt64(littleEndian: word))
      offset &+= 8
    }
    var last = UInt64(truncatingIfNeeded: count) &<< 56
    let rest = count &- offset
    if rest > 0 {
      // The eight bytes up to the end, without those that were taken or are none of the message.
      let word = unsafe message.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      last |= UInt64(littleEndian: word) &>> UInt64(truncatingIfNeeded: 8 &* (8 &- rest))
    }
    state.absorb(last)
    return state.finish()
  }

  /// What hashing begins with.
  var state: (UInt64, UInt64, UInt64, UInt64) {
    let state = State(k0, k1)
    return (state.v0, state.v1, state.v2, state.v3)
  }

  private struct State {
    var v0, v1, v2, v3: UInt64

    @inline(__always)
    init(_ k0: UInt64, _ k1: UInt64) {
      // The constants are "somepseudorandomlygeneratedbytes".
      v0 = k0 ^ 0x736F_6D65_7073_6575
      v1 = k1 ^ 0x646F_7261_6E64_6F6D
      v2 = k0 ^ 0x6C79_6765_6E65_7261
      v3 = k1 ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      v0 ^= word
    }

    @inline(__always)
    mutating func round() {
      v0 &+= v1
      v1 = v1 &<< 13 | v1 &>> 51
      v1 ^= v0
      v0 = v0 &<< 32 | v0 &>> 32
      v2 &+= v3
      v3 = v3 &<< 16 | v3 &>> 48
      v3 ^= v2
      v0 &+= v3
      v3 = v3 &<< 21 | v3 &>> 43
      v3 ^= v0
      v2 &+= v1
      v1 = v1 &<< 17 | v1 &>> 47
      v1 ^= v2
      v2 = v2 &<< 32 | v2 &>> 32
    }

    @inline(__always)
    mutating func finish() -> UInt64 {
      v2 ^= 0xFF
      round()
      round()
      round()
      return v0 ^ v1 ^ v2 ^ v3
    }
  }
}
