/// Why a key, list or account file is not used: nothing is scanned with it (exit status 78, or 2 if it `isOfSystem`).
public struct Refusal: Error, Equatable, Sendable {
  public enum Code: String, Sendable {
    case cannotOpen = "cannot be opened"
    case symbolicLink = "is a symbolic link; name the file itself"
    case notRegular = "is not a regular file"
    case foreignOwner = "belongs to another user"
    case readableByOthers = "can be read or written by others than its owner; run: chmod 600"
    case empty = "is empty"
    case tooShort = "is too short"
    case tooLong = "is too long"
    case tooManyPasswords = "has more than 10,000 lines; more passwords are not tried"
    case notAKey = "is not a dumpsieve key file"
    case notAnInstallation = "is not a dumpsieve installation file"
    case noSecureMemory = "cannot be held: the system gives no locked memory (ulimit -l)"
    case noMemory = "cannot be held: the system gives no memory for them"
    case exists = "exists already; keys are never overwritten"
    case cannotWrite = "cannot be written"
    case otherPartner = "belongs to another partner"
    case plaintextList =
      "is a list of accounts in clear, not a watchlist; make one with: dumpsieve watchlist make"
    case notAWatchlist = "is not a dumpsieve watchlist"
    case newerVersion = "has a format version that this program does not read"
    case badHeader = "has a header line that is out of place or malformed"
    case otherNormalisation = "was made with another version of the normalisation rules"
    case noKey = "was made with a key that is not among the key files given"
    case wrongKey = "does not belong to this key: the key check value differs"
    case truncated = "is truncated or has bytes too many"
    case damaged = "is damaged: its checksum under the key does not hold"
    case otherFilterKey =
      "was sealed with another installation's filter key than the key file holds"
    case notSorted = "holds tags out of order"
    case outOfRange = "holds an index out of range"
    case expired = "has expired; ask the partner for a new one"
    case noAccounts = "holds no account"
    case utf16 = "is UTF-16; save it as UTF-8"
    case noLoginColumn = "has no column named login in its first line"
    case unknownColumn = "has a column that is not known; see docs/WATCHLISTS.md"
    case repeatedColumn = "has a column twice"
    case unclosedQuote = "opens a quote that is never closed"
    case tooManyCells = "has more cells than the header line"
    case badLogin = "has a login that is empty, too long or holds control characters"
    case notALogin =
      "has a login that is none: an address with a quote, comma, semicolon, bar, angle bracket, blank or mailto:, an apostrophe at its beginning or @ at its end; a number as a spreadsheet shortens it (9,99E+13), ####, #REF!; or signs that nobody sees"
    case genericLogin =
      "has a login that many people use (admin, user, fewer than 4 characters): give its service_host, or --allow-generic"
    case badReference = "has a ref that is too long, or holds @ or control characters"
    case badPartner = "has a partner that is no name of letters, digits, dot, hyphen and underscore"
    case badFlag = "has a privileged cell that is neither yes nor no"
    case badDate = "has a password_changed_at that is no date such as 2025-01-15"
    case badServiceHost = "has a service_host that is no host name"
    case contradiction = "has a login of an earlier line with other details"
    case badDomain = "is no mail domain or host name"
  }

  public var code: Code
  /// Whether the system is at fault, and nothing of what was given.
  public var isOfSystem: Bool {
    code == .noMemory || code == .noSecureMemory || code == .cannotWrite
  }
  /// The file, or the argument, that is refused.
  public var path: String
  /// The line of an account file, from 1.
  public var line: Int?

  public init(_ code: Code, _ path: String, line: Int? = nil) {
    self.code = code
    self.path = path
    self.line = line
  }

  /// For the person on duty; it never holds what stands in the file.
  public var message: String {
    let place = line.map { "\(path):\($0)" } ?? path
    return "\(place): \(code.rawValue)"
  }
}

/// Several refusals of one file, such as the lines of an account file; never empty.
public struct Refusals: Error, Equatable, Sendable {
  /// No more than these are gathered; a file of another kind would be wrong in every line.
  public static let most = 20
  public var all: [Refusal]

  public init(_ all: [Refusal]) {
    self.all = all
  }

  public init(_ code: Refusal.Code, _ path: String, line: Int? = nil) {
    all = [Refusal(code, path, line: line)]
  }
}
