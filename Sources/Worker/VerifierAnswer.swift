/// What the operator's verifier says of the passwords of a hit. Of several the one with the larger number counts: `old` only
/// where all are.
public enum VerifierAnswer: UInt8, Comparable, Sendable {
  /// It is not the account's password, or no longer.
  case old = 1
  /// It does not know the account, or cannot tell; or it was not asked, as it is doubtful where the password stands.
  case unknown
  /// It ended, was silent for too long, or said something else.
  case noAnswer
  /// It is the account's password.
  case stillValid

  /// Reads the verifier's line, or nil if it is none of the three.
  public init?(answer: String) {
    switch answer {
    case "still-valid": self = .stillValid
    case "old": self = .old
    case "unknown": self = .unknown
    default: return nil
    }
  }

  public static func < (left: VerifierAnswer, right: VerifierAnswer) -> Bool {
    left.rawValue < right.rawValue
  }
}
