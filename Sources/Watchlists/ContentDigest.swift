internal import COpenSSL

/// SHA-256 without a key: of public content, such as the rules of a run, and of the pieces of a list.
public enum ContentDigest {
  /// 64 hexadecimal digits over `parts`, each with its length before it.
  public static func sha256(_ parts: [[UInt8]]) -> String {
    var bytes: [UInt8] = []
    for part in parts {
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: part.count >> (8 * shift))) }
      bytes += part
    }
    return Hex.text(sha256(bytes.span))
  }

  /// 64 hexadecimal digits of the bytes of a file, as sha256sum prints them.
  public static func sha256(file bytes: [UInt8]) -> String { Hex.text(sha256(bytes.span)) }

  /// 32 bytes.
  static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let result = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe SHA256(bytes.baseAddress, bytes.count, &digest)
    }
    precondition(unsafe result != nil, "SHA256 of bytes in memory")
    return digest
  }
}
