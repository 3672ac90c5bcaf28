/// What the operator's verifier says of a stolen password. What weighs more has the larger number.
public enum PasswordCheck: UInt8, Comparable, Sendable {
  /// It ended, was silent for too long, or said something else.
  case noAnswer = 1
  /// It does not know the account, or cannot tell.
  case unknown
  /// It is not the account's password, or no longer.
  case old
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

  public static func < (left: PasswordCheck, right: PasswordCheck) -> Bool {
    left.rawValue < right.rawValue
  }
}
