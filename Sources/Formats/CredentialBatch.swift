internal import Bytes

/// Credentials of one text, in file order, that are handed on together.
///
/// A look-up waits for memory longer than a line takes to read; those of a batch wait together. It takes
/// 5 KiB, in place.
public struct CredentialBatch: Sendable {
  /// As many as a core has memory requests under way, several times over.
  public static let capacity = 64

  private var credentials = InlineArray<64, Credential>(repeating: .none)
  public private(set) var count = 0

  public init() {}

  var isFull: Bool { count == Self.capacity }

  public subscript(index: Int) -> Credential {
    precondition(index >= 0 && index < count, "no such credential")
    return credentials[index]
  }

  mutating func append(_ credential: Credential) {
    credentials[count] = credential
    count &+= 1
  }

  mutating func removeAll() { count = 0 }
}

extension Credential {
  /// What fills the places of a batch that are not taken.
  fileprivate static let none = Credential(
    host: .empty, login: .empty, hasPassword: false, layout: .delimitedLines, line: 0, record: 0)
}

extension CredentialSink where Self: ~Copyable {
  public mutating func found(_ batch: borrowing CredentialBatch, in bytes: Span<UInt8>) {
    for index in 0..<batch.count { found(batch[index], in: bytes) }
  }
}
