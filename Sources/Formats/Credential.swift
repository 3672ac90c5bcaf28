public import Bytes

/// Where one stolen credential lies in the log file it was read from.
///
/// It holds places, not text, so that reading a record allocates nothing. The password is recognised,
/// because it ends the record, and then left where it lies: no type of this package carries one, and this one says
/// no more than where it stands while the bytes are lent.
public struct Credential: Equatable, Sendable {
  /// The site the login was saved for, as written: a URL, a host name or an app's package name.
  /// Empty if the record names none.
  public var host: ByteRange
  /// Whether the host may be the end of the password instead, as in `ann:…:host.example`: it may be told only
  /// where it is a known service's.
  public var isHostDoubtful: Bool
  /// The user name or e-mail address, trimmed. Never empty.
  public var login: ByteRange
  /// Whether a password stood beside the login; stealers also save empty forms.
  public var hasPassword: Bool
  /// Where it stands, perhaps with blanks and signs round it (`password(in:)`); empty where there is none, and where it does
  /// not stand in `bytes` as it was saved: in JSON and XML, in databases, and in cells with escapes.
  public var passwordField: ByteRange
  /// How its record stands in the file; a file may mix several.
  public var layout: RecordLayout
  /// The line of the log file that the login stands on, from 1.
  public var line: UInt32
  /// The record of the log file, from 1. Candidates of one record share it.
  public var record: UInt32
  /// 0, unless the record has several candidates: then the number of this one, most likely first.
  public var candidate: UInt8
  /// Whether the record can be split in several ways, or stands in a table whose column of passwords is a guess. If the
  /// login is listed, that settles the split. A record with a user name and an e-mail address has two candidates and no
  /// doubt.
  public var isDoubtful: Bool

  public init(
    host: ByteRange, login: ByteRange, hasPassword: Bool, passwordField: ByteRange = .empty,
    layout: RecordLayout, line: UInt32, record: UInt32, candidate: UInt8 = 0,
    isDoubtful: Bool = false, isHostDoubtful: Bool = false
  ) {
    self.host = host
    self.login = login
    self.hasPassword = hasPassword
    self.passwordField = passwordField
    self.layout = layout
    self.line = line
    self.record = record
    self.candidate = candidate
    self.isDoubtful = isDoubtful
    self.isHostDoubtful = isHostDoubtful
  }
}

extension Credential {
  /// Where the password stands, trimmed. Asked for a hit alone, and so no line is trimmed for nothing.
  public func password(in bytes: Span<UInt8>) -> ByteRange {
    guard layout == .delimitedLines else { return passwordField }
    let field = DelimitedLine.withoutSeparators(passwordField, in: bytes)
    // `"https://a.example":"ann":"pw"`
    let isQuoted =
      field.count > 2 && bytes[field.start] == ASCII.quote && bytes[field.end - 1] == ASCII.quote
    return isQuoted ? ByteRange(field.start + 1, field.end - 1) : field
  }

  /// What fills a place that is not taken.
  static let none = Credential(
    host: .empty, login: .empty, hasPassword: false, layout: .delimitedLines, line: 0, record: 0)
}

/// Takes credentials as a layout finds them.
public protocol CredentialSink: ~Copyable {
  /// Called once for each credential, in file order; `bytes` is valid for the call only.
  ///
  /// The candidates of a doubtful record follow one another.
  mutating func found(_ credential: Credential, in bytes: Span<UInt8>)

  /// Called with several at once, in file order, by layouts that gather them: a look-up waits for memory longer than
  /// a line takes to read, and those of a batch can wait together. It means one call for each.
  mutating func found(_ batch: Span<Credential>, in bytes: Span<UInt8>)
}

extension CredentialSink where Self: ~Copyable {
  public mutating func found(_ batch: Span<Credential>, in bytes: Span<UInt8>) {
    for index in batch.indices { found(batch[index], in: bytes) }
  }
}
