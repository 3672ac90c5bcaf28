internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104) under one key or several, fast for short messages.
///
/// The two states of SHA-256 behind the padded key are computed once; a login of up to 55 bytes then
/// costs two block transforms, a quarter of what OpenSSL's EVP_MAC costs and a twentieth of `HMAC()`.
/// The states are as good as the key and lie where keys lie. It keeps no message.
/// The tests hold it equal to `StandardHasher`, which is EVP_MAC.
public struct KeyedHasher: ~Copyable {
  /// The size of both states: what a worker is given in place of the key.
  public static let midstateBytes = 64
  static let blockBytes = 64

  private let midstates: SecretBytes

  /// A hasher under `key`, of at most 64 bytes.
  public init(key: borrowing SecretBytes) throws(SecretBytesError) {
    precondition(key.count <= Self.blockBytes, "longer keys would have to be hashed first")
    var states = try SecretBytes(count: Self.midstateBytes)
    for (offset, pad) in [(0, UInt8(0x36)), (32, 0x5C)] {
      var block = try SecretBytes(count: Self.blockBytes)
      for index in 0..<Self.blockBytes {
        block[index] = (index < key.count ? key[index] : 0) ^ pad
      }
      var context = SHA256_CTX()
      // SHA256_Init cannot fail; both calls take a valid context and a block of 64 bytes.
      _ = unsafe SHA256_Init(&context)
      unsafe block.withUnsafeBytes { bytes in
        unsafe SHA256_Transform(&context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      }
      Self.write(context.h, to: &states, at: offset)
    }
    midstates = states
  }

  /// A hasher from what `copyMidstates` gave, for one key behind the other.
  public init(midstates: consuming SecretBytes) {
    precondition(midstates.count % Self.midstateBytes == 0, "two states of 32 bytes a key")
    self.midstates = midstates
  }

  /// Copies the two states to `secret` from `offset` on.
  public func copyMidstates(to secret: inout SecretBytes, at offset: Int) {
    secret.replace(at: offset, with: midstates)
  }

  private typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

  private static func write(_ state: State, to secret: inout SecretBytes, at offset: Int) {
    unsafe secret.withUnsafeBytes { bytes in
      unsafe bytes.storeBytes(of: state, toByteOffset: offset, as: State.self)
    }
  }

  @inline(__always)
  private func state(at offset: Int) -> State {
    precondition(offset >= 0 && offset + 32 <= midstates.count, "no such key")
    return unsafe midstates.withUnsafeBytes { bytes in
      unsafe bytes.loadUnaligned(fromByteOffset: offset, as: State.self)
    }
  }

  // MARK: Blocks

  /// Where a login begins in a block that `hash(block:…)` takes: behind `v1 ‖ 00 ‖ kind ‖ 00`, with a kind of five
  /// letters.
  static let blockLoginStart = 9
  /// Behind it, the padding of FIPS 180-4 §5.1.1 has nine bytes at least.
  static let maxBlockLoginBytes = blockBytes - blockLoginStart - 9

  /// The tag of the login that stands in the block of 64 bytes from its tenth byte on, with zeros behind it: the HMAC of
  /// `prefix`, of nine bytes, and the login. Only the bytes before the login and the last two are written over.
  @inline(__always)
  func tag(
    _ prefix: StaticString, inBlock block: UnsafeMutablePointer<UInt8>, _ count: Int, key: Int
  ) -> Tag {
    precondition(
      prefix.utf8CodeUnitCount == Self.blockLoginStart && count <= Self.maxBlockLoginBytes,
      "one block")
    var context = SHA256_CTX()
    context.h = state(at: key * Self.midstateBytes)
    let bits = (Self.blockBytes + Self.blockLoginStart + count) * 8
    // All places are below 64: the login ends before the 56th byte.
    for index in 0..<Self.blockLoginStart { unsafe block[index] = prefix.utf8Start[index] }
    unsafe block[Self.blockLoginStart + count] = 0x80
    unsafe block[62] = UInt8(truncatingIfNeeded: bits >> 8)
    unsafe block[63] = UInt8(truncatingIfNeeded: bits)
    unsafe SHA256_Transform(&context, block)
    unsafe block[Self.blockLoginStart + count] = 0
    let outer = state(at: key * Self.midstateBytes + 32)
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockBytes) { block in
      unsafe Self.finish(outer: outer, inner: &context, block)
    }
    return Digest(words: context.h).tag
  }

  /// The tag of a login: the HMAC of `prefix`, of nine bytes, and the login, under the key of number `key`.
  func tag(_ prefix: StaticString, _ login: Span<UInt8>, key: Int) -> Tag {
    if login.count > Self.maxBlockLoginBytes { return hash(prefix, login, key: key).tag }
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockBytes) {
      block in
      guard let start = block.baseAddress else { preconditionFailure("64 bytes were asked for") }
      unsafe block.initialize(repeating: 0)
      for index in 0..<login.count { unsafe block[Self.blockLoginStart + index] = login[index] }
      return unsafe tag(prefix, inBlock: start, login.count, key: key)
    }
  }

  /// The HMAC of `prefix` followed by `message`, under the key of number `key`.
  public func hash(_ prefix: StaticString, _ message: Span<UInt8>, key: Int = 0) -> Digest {
    let inner = key * Self.midstateBytes
    let prefixCount = prefix.utf8CodeUnitCount
    let total = prefixCount + message.count
    var context = SHA256_CTX()
    context.h = state(at: inner)
    // 64 bytes of the message at a time, and the padding of FIPS 180-4 §5.1.1 behind it: 0x80,
    // zeros, and the length in bits of all that was hashed, the key's block included.
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockBytes) { block in
      var offset = 0
      let padded = (total + 9 + 63) / 64 * 64
      while offset < padded {
        for index in 0..<Self.blockBytes {
          let position = offset + index
          let byte: UInt8
          if position < prefixCount {
            byte = unsafe prefix.utf8Start[position]
          } else if position < total {
            byte = message[position - prefixCount]
          } else if position == total {
            byte = 0x80
          } else if position >= padded - 8 {
            let bits = UInt64(total + Self.blockBytes) * 8
            byte = UInt8(truncatingIfNeeded: bits >> UInt64(8 * (padded - 1 - position)))
          } else {
            byte = 0
          }
          unsafe block[index] = byte
        }
        unsafe SHA256_Transform(&context, block.baseAddress)
        offset += Self.blockBytes
      }
      unsafe Self.finish(outer: state(at: inner + 32), inner: &context, block)
    }
    return Digest(words: context.h)
  }

  /// Hashes the inner digest under the outer state; the result is in `context`.
  @inline(__always)
  private static func finish(
    outer: State, inner context: inout SHA256_CTX, _ block: UnsafeMutableBufferPointer<UInt8>
  ) {
    let words =
      [
        context.h.0, context.h.1, context.h.2, context.h.3, context.h.4, context.h.5, context.h.6,
        context.h.7,
      ] as InlineArray<8, UInt32>
    for index in 0..<8 {
      let word = words[index]
      unsafe block[index * 4] = UInt8(truncatingIfNeeded: word >> 24)
      unsafe block[index * 4 + 1] = UInt8(truncatingIfNeeded: word >> 16)
      unsafe block[index * 4 + 2] = UInt8(truncatingIfNeeded: word >> 8)
      unsafe block[index * 4 + 3] = UInt8(truncatingIfNeeded: word)
    }
    unsafe block[32] = 0x80
    for index in 33..<62 { unsafe block[index] = 0 }
    // (64 + 32) bytes are 768 = 0x0300 bits.
    unsafe block[62] = 0x03
    unsafe block[63] = 0x00
    context.h = outer
    unsafe SHA256_Transform(&context, block.baseAddress)
  }
}
