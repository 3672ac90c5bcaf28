internal import Bytes

/// The operator's passwords for archives, as they stand in their file, one a line: read like a key, and held like one.
///
/// A class, so that a run may have none without a non-copyable value in an optional.
public final class ArchivePasswordFile {
  /// It goes to a worker as one message, which a socket's buffer must hold (net.core.wmem_default is 212,992).
  public static let maxBytes = 128 << 10

  /// More are not tried: each costs a thousand rounds of SHA-1 on an archive that is encrypted well.
  public static let maxPasswords = 10_000

  public let bytes: SecretBytes

  /// Reads the file at `path`, which nobody else may read.
  public init(path: String) throws(Refusal) {
    bytes = try SecretFile.read(path, bytes: 1...Self.maxBytes)
    let ends = bytes.withSpan { $0.lineEnds(in: 0..<$0.count) }
    guard ends <= Self.maxPasswords else { throw Refusal(.tooManyPasswords, path) }
  }
}
