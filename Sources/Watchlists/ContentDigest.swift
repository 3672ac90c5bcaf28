internal import COpenSSL

/// SHA-256 of public content, such as the rules of a run.
public enum ContentDigest {
  /// 64 hexadecimal digits over `parts`, each with its length before it.
  public static func sha256(_ parts: [[UInt8]]) -> String {
    var bytes: [UInt8] = []
    for part in parts {
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: part.count >> (8 * shift))) }
      bytes += part
    }
    var digest = [UInt8](repeating: 0, count: 32)
    let result = unsafe SHA256(bytes, bytes.count, &digest)
    precondition(unsafe result != nil, "SHA256 of bytes in memory")
    return Hex.text(digest)
  }
}
