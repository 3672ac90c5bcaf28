internal import COpenSSL

/// The keys that a password gives for the ciphers of a 7z (7zAES of the LZMA SDK).
///
/// A key takes 2 to the power of 19 rounds of SHA-256, and the streams of an archive share it, as a rule.
struct SevenZipKeys {
  private let password: [UInt8]
  /// By what stands before a cipher's vector: the rounds and the salt.
  private var keys: [[UInt8]: [UInt8]] = [:]

  /// 7-Zip writes 19 and reads up to 24, which takes seconds for a password.
  private static let maxRoundBits = 20
  /// Keys of one password; 7-Zip writes no salts.
  private static let maxKeys = 32
  /// A longer password is no word that somebody types. In bytes.
  private static let maxPasswordBytes = 256
  /// Rounds whose input is hashed at once.
  private static let roundsAtOnce = 1024

  /// The password is UTF-8.
  init(_ password: [UInt8]) {
    self.password = password
  }

  /// The cipher that a coder's properties describe; nil if they are none of this cipher, or of a later one, or ask for too
  /// much.
  mutating func cipher(_ properties: [UInt8], _ budget: ArchiveBudget) -> SevenZipCipher? {
    guard properties.count >= 2, password.count <= Self.maxPasswordBytes else { return nil }
    let (first, second) = (properties[0], properties[1])
    let saltBytes = Int(first >> 7 & 1) + Int(second >> 4)
    let vectorBytes = Int(first >> 6 & 1) + Int(second & 0x0F)
    let roundBits = first & 0x3F
    guard properties.count == 2 + saltBytes + vectorBytes, roundBits <= Self.maxRoundBits else {
      return nil
    }
    let salt = Array(properties[2..<(2 + saltBytes)])
    let vector = properties[(2 + saltBytes)...]
    if let key = keys[[roundBits] + salt] { return SevenZipCipher(key: key, vector: vector) }
    guard keys.count < Self.maxKeys, budget.hasTime else { return nil }
    let key = key(salt, rounds: 1 << Int(roundBits))
    keys[[roundBits] + salt] = key
    return SevenZipCipher(key: key, vector: vector)
  }

  /// The hash over all rounds of salt, password in UTF-16 and number.
  private func key(_ salt: [UInt8], rounds: Int) -> [UInt8] {
    var round = salt
    for unit in String(decoding: password, as: UTF8.self).utf16 {
      round.append(number: Int(unit), 2)
    }
    let prefix = round.count
    round.append(number: 0, 8)
    let count = min(rounds, Self.roundsAtOnce)
    var input: [UInt8] = []
    input.reserveCapacity(count * round.count)
    for _ in 0..<count { input += round }
    var hash = SHA256_CTX()
    unsafe SHA256_Init(&hash)
    for first in stride(from: 0, to: rounds, by: count) {
      for index in 0..<count {
        var place = index * round.count + prefix
        var rest = first + index
        while rest > 0 {
          input[place] = UInt8(truncatingIfNeeded: rest)
          rest >>= 8
          place += 1
        }
      }
      unsafe SHA256_Update(&hash, input, input.count)
    }
    var key = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    unsafe SHA256_Final(&key, &hash)
    return key
  }
}

/// The cipher of a 7z's stream: AES-256 in CBC mode.
struct SevenZipCipher {
  private let key: [UInt8]
  private let vector: [UInt8]

  static let blockBytes = 16

  /// A vector that is shorter than a block has zeros behind it.
  init(key: [UInt8], vector: ArraySlice<UInt8>) {
    self.key = key
    self.vector = vector + [UInt8](repeating: 0, count: Self.blockBytes - vector.count)
  }

  /// Whether a stream of `packed` bytes may be one of `size` bytes when it is plain: the last block is filled up.
  static func fits(_ size: Int, in packed: Int) -> Bool {
    packed % blockBytes == 0 && size <= packed && packed - size < blockBytes
  }

  /// Deciphers whole blocks; `before` is the block that stands before them, or nil if they are the first.
  func plain(_ blocks: [UInt8], behind before: [UInt8]?) -> [UInt8] {
    precondition(blocks.count % Self.blockBytes == 0 && before?.count ?? 16 == Self.blockBytes)
    var plain = [UInt8](repeating: 0, count: blocks.count + Self.blockBytes)
    var count: Int32 = 0
    let context = unsafe EVP_CIPHER_CTX_new()
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    let isDone =
      unsafe EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), nil, key, before ?? vector) == 1
      && EVP_CIPHER_CTX_set_padding(context, 0) == 1
      && EVP_DecryptUpdate(context, &plain, &count, blocks, Int32(blocks.count)) == 1
    precondition(isDone && Int(count) == blocks.count, "AES-256-CBC of OpenSSL")
    plain.removeLast(Self.blockBytes)
    return plain
  }
}

/// An encrypted stream as the plain one, which it is deciphered to as it is read, from any place.
struct DecipheredStream: ByteSource {
  private let stream: PartOfFile
  private let cipher: SevenZipCipher
  private let plainBytes: Int

  /// Bytes that are deciphered at once.
  private static let pieceBytes = 128 << 10

  var size: Int? { plainBytes }

  init(_ stream: PartOfFile, _ cipher: SevenZipCipher, size: Int) {
    self.stream = stream
    self.cipher = cipher
    plainBytes = size
  }

  func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    guard offset < plainBytes, unsafe !room.isEmpty else { return (0, 0) }
    let block = SevenZipCipher.blockBytes
    let first = offset / block * block
    let before = first == 0 ? 0 : block
    let wanted = min(room.count, plainBytes - offset, Self.pieceBytes)
    let last = (offset + wanted + block - 1) / block * block
    var bytes = [UInt8](repeating: 0, count: before + last - first)
    let step = stream.fill(&bytes, at: 0, upTo: bytes.count, from: first - before)
    // What is cut within a block is lost.
    let whole = max(0, step.count - before) / block * block
    guard whole > 0 else { return (0, step.errno) }
    let plain = cipher.plain(
      Array(bytes[before..<(before + whole)]), behind: before > 0 ? Array(bytes[..<block]) : nil)
    let count = min(wanted, whole - (offset - first))
    guard count > 0 else { return (0, step.errno) }
    unsafe plain.withUnsafeBytes { plain in
      let start = offset - first
      unsafe room.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: plain[start..<(start + count)]))
    }
    return (count, 0)
  }
}
