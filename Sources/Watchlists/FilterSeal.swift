internal import COpenSSL

/// The stream that filter words are sealed with, a piece at a time: SHAKE-256 of the piece's seed.
///
/// A seed is a keyed hash (`PartnerKey.sealSeed`), so without the key nothing of the stream can be told. One call
/// makes a whole piece, at about 500 MB/s; an HMAC for each 32 bytes took seven times as long.
enum FilterSeal {
  /// The first `count` bytes of the stream.
  static func stream(seed: [UInt8], count: Int) -> [UInt8] {
    var stream = [UInt8](repeating: 0, count: count)
    let context = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(context) }
    let isMade = unsafe stream.withUnsafeMutableBytes { bytes in
      unsafe context != nil && EVP_DigestInit_ex(context, EVP_shake256(), nil) == 1
        && EVP_DigestUpdate(context, seed, seed.count) == 1
        && EVP_DigestFinalXOF(
          context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) == 1
    }
    precondition(isMade, "SHAKE-256 of bytes in memory")
    return stream
  }
}
