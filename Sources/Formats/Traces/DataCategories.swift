/// Which data of a person stand in a log, beside the logins: kinds, and nothing of the data.
public struct DataCategories: OptionSet, Sendable {
  // Raw values travel from the workers; do not reuse one.
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Name, birth date, number of an identity document or of the social security.
  public static let identity = DataCategories(rawValue: 1)
  /// E-mail address or telephone number.
  public static let contact = DataCategories(rawValue: 2)
  /// Where the person lives.
  public static let address = DataCategories(rawValue: 4)
  /// Card or account number.
  public static let payment = DataCategories(rawValue: 8)

  public static let all: DataCategories = [.identity, .contact, .address, .payment]

  /// The names that findings give, sorted.
  public var names: [String] {
    let named: [(DataCategories, String)] = [
      (.address, "address"), (.contact, "contact"), (.identity, "identity"), (.payment, "payment"),
    ]
    return named.filter { contains($0.0) }.map(\.1)
  }

  init(_ meaning: LabelDictionary.Class?) {
    switch meaning {
    case .identity: self = .identity
    case .contact: self = .contact
    case .address: self = .address
    case .payment: self = .payment
    default: self = []
    }
  }
}
