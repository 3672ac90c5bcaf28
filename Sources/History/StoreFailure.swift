/// Why the store cannot be used.
public enum StoreFailure: Error, Equatable, Sendable {
  /// Another run holds the lock (exit status 75).
  case locked
  /// The store belongs to another installation key, or was made by a newer program (exit status 78): why.
  case refused(String)
  /// The system or the store failed (exit status 2): what, for the person on duty.
  case failed(String)

  public var message: String {
    switch self {
    case .locked: "another run holds the state directory; try again later, or with --wait 10m"
    case .refused(let reason), .failed(let reason): reason
    }
  }
}
