internal import History
public import Watchlists
public import YAML

/// Why a run did not take place, or has no result.
public enum ScanFailure: Error {
  /// A key, list or rule is refused (exit status 78).
  case refused(Refusal)
  case badRule(YAMLFault)
  /// A file is no part of the document that is to be made: its path, and why.
  case badPart(String, String)
  /// The run failed (exit status 2): the reason, for the person on duty.
  case failed(String)

  /// The store is another installation's, or a newer program's (exit status 78).
  case badStore(String)

  init(_ failure: StoreFailure) {
    switch failure {
    case .refused(let reason): self = .badStore(reason)
    case .locked, .failed: self = .failed(failure.message)
    }
  }

  /// What is no fault of key, list or rule, is a run that failed.
  init(_ refusal: Refusal) {
    self = refusal.isOfSystem ? .failed(refusal.message) : .refused(refusal)
  }

  public var message: String {
    switch self {
    case .refused(let refusal): refusal.message
    case .badRule(let error): error.message
    case .badPart(let path, let reason): "\(path): \(reason)"
    case .failed(let reason), .badStore(let reason): reason
    }
  }
}
