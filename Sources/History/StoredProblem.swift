public import Findings

/// Something that was not read, as it stands in the store: without its path.
public struct StoredProblem: Equatable, Sendable {
  /// As the document tells it; for an input that is skipped tonight it is told again.
  public var unread: FindingsDocument.Unread
  /// The log or file that must be there for it to stand; nil for what the walk comes upon every night.
  public var origin: Int64?

  public init(_ unread: FindingsDocument.Unread, origin: Int64?) {
    self.unread = unread
    self.origin = origin
  }
}
