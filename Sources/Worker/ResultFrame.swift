public import Dumps
public import Formats
public import Watchlists

/// What a worker says to the supervisor, which treats every frame as hostile.
///
/// On the pipe a frame is its length (u32), its type (u8) and its body. No frame can carry a password:
/// none of its fields is read from where one stands.
public enum ResultFrame: Equatable, Sendable {
  /// The first frame: how far the worker is locked down.
  case ready(SandboxLevel)
  /// A login that is listed, or one of a declared mail domain.
  case hit(Hit)
  /// Logins on no list at a declared service: a number, nothing of any of them.
  case serviceCount(ServiceCount)
  /// A file was read to its end, as far as it goes.
  case fileDone(FileDone)
  /// What is known of the log, if something in it matched.
  case logFacts(LogFacts)
  /// What the unit shows of services and of a person's data, whether something matched or not: the match
  /// may stand in another unit of the log.
  case logTraces(LogTraces)
  /// A unit was read.
  case unitDone(unit: UInt32)
  /// A message was read whole, so the next may come.
  case messageDone
  /// Bytes read since the last such frame: a sign of life. 0 in an archive, where the members are counted, and of a file
  /// that is read once more.
  case progress(bytes: UInt64)
  /// A file turned out to be an archive; what follows, up to its `fileDone`, is of its members.
  case archive(file: UInt32)
  /// A member begins; hits and counts that follow, up to its `memberDone`, stand there.
  case member(Member)
  /// A member was read, as far as it goes.
  case memberDone(MemberDone)
  /// What the member at hand shows of services and of a person's data; in place of the unit stands the archive's file.
  case memberTraces(LogTraces)
  /// What is known of a folder's machine, if something below that folder matched: anew whenever more is known.
  case folderFacts(FolderFacts)
  /// An archive was not read, or not whole.
  case archiveFault(ArchiveFaultReport)
  /// Where the reading of a range began and ended; it stands before the range's `fileDone`.
  case rangeDone(RangeDone)

  /// Longer frames are refused. The longest that a worker writes are `FolderFacts`: a path, and 15 texts of `maxTextBytes`, or
  /// 11.7 KiB; the traces of 256 services are 4.3 KiB.
  public static let maxBytes = 16 << 10
  static let maxTextBytes = 512
  /// Longer paths within archives are cut to their ends.
  public static let maxPathBytes = 4096

  /// Bytes between two signs of life.
  public static let progressBytes = 1 << 20
  /// How often a file is read, at most, beside the reading that counts: as cookies, with its marks, and for what its
  /// passwords are used for.
  public static let maxUncounted = 3

  /// How far a worker is locked down.
  public struct SandboxLevel: Equatable, Sendable {
    /// 0 if the kernel has no Landlock. System calls and limits are always in force, or the worker ends.
    public var landlockABI: Int32 = 0
    /// Whether the worker was told to stay open (`--no-sandbox`).
    public var isOff = false

    public init() {}
  }

  /// A listed login as it stood in a record.
  public struct Hit: Equatable, Sendable {
    /// How the login that stood there became the login that is listed.
    public enum Form: UInt8, Sendable {
      case exact = 1
      /// Another login of the same account.
      case alias
      /// Without its plus-tag.
      case plusTag
      /// The user name of `DOMAIN\user`.
      case windowsName
    }

    /// The file's number in the run.
    public var file: UInt32
    /// The list's number in the set-up, from 0.
    public var list: UInt16
    /// The account's number in the list, or nil for an unlisted login of a declared mail domain.
    public var account: UInt32?
    /// How the login became the listed one.
    public var form: Form
    /// The login under the list's key.
    public var tag: Tag
    /// The host, normalised, or an app's package name; empty if the record names none.
    public var host: [UInt8]
    /// Whether `host` is an app's package name.
    public var isApp: Bool
    /// Whether a password stood beside the login.
    public var hasPassword: Bool
    /// How the record stands in the file.
    public var layout: RecordLayout
    /// Whether the record can be split in more than one way.
    public var isDoubtful: Bool
    /// Whether other candidates of the same record are listed, too.
    public var isAmbiguous: Bool
    /// The login's line, from 1; 0 in a database.
    public var line: UInt32
    /// The record in the file, from 1.
    public var record: UInt32
    /// For an unlisted login, `mask` and its mail domain; else empty.
    public var masked: [UInt8]
    /// What the operator's verifier says of the password; nil if it was not asked.
    public var check: VerifierAnswer?
    /// At how many other sites of the log's file the same password stands. Said with a second frame of the same hit, once
    /// the file is read; nil where that was not counted.
    public var otherSites: UInt16?

    /// Stands for every local part.
    public static let mask = Array("…@".utf8)

    /// Notes what another frame of the same place says of the password.
    public mutating func note(_ other: VerifierAnswer?, otherSites: UInt16?) {
      check = [check, other].compactMap { $0 }.max()
      self.otherSites = [self.otherSites, otherSites].compactMap { $0 }.max()
    }
  }

  /// How many unlisted logins one file has at one declared service host.
  public struct ServiceCount: Equatable, Sendable {
    /// The file's number in the run.
    public var file: UInt32
    /// The number of the list that declares the host, from 0.
    public var list: UInt16
    /// The host, normalised.
    public var host: [UInt8]
    /// How the records stand in the file.
    public var layout: RecordLayout
    /// Records with such a login.
    public var records: UInt32
    /// Of these, with a password.
    public var withPassword: UInt32

    /// Hosts of declared services that are told apart in one file; more are counted with the list's first.
    public static let maxOfFile = 256

    /// Counts more records at the host.
    public mutating func add(_ other: ServiceCount) {
      records &+= other.records
      withPassword &+= other.withPassword
    }
  }

  /// How the reading of one file went.
  public struct FileDone: Equatable, Sendable {
    /// What the file turned out to be.
    public enum Kind: UInt8, Sendable {
      case text = 1
      case empty, binary, archive
      /// A database with tables of ours, or one that could not be read so far as to know.
      case database
      /// A database of something else.
      case otherDatabase
      /// A member whose name stands for no credentials.
      case unopened
    }

    /// Why a database was not read, or not whole, or that the file is of a format that is not read.
    public enum Fault: UInt8, Sendable {
      case none, damaged, tooLarge, logNotRead, format
    }

    /// The file's number in the run.
    public var file: UInt32
    /// What it turned out to be.
    public var kind: Kind
    /// Bytes read.
    public var bytes: UInt64
    /// Credential records, listed or not.
    public var records: UInt32
    /// Bytes of lines too long to be held, which were passed over.
    public var skippedBytes: UInt64
    /// Whether it ended before the size that it had when it was opened.
    public var isShorter: Bool
    /// What the system said when reading failed, or 0.
    public var errno: Int32
    /// What was wrong with a database, or the file's format.
    public var fault = Fault.none
    /// Whether logins or URLs were left out, as a record had more, or longer ones, than is kept.
    public var hasDroppedValues = false

    public init(
      file: UInt32, kind: Kind, bytes: UInt64 = 0, records: UInt32 = 0, skippedBytes: UInt64 = 0,
      isShorter: Bool = false, errno: Int32 = 0, fault: Fault = .none,
      hasDroppedValues: Bool = false
    ) {
      self.file = file
      self.kind = kind
      self.bytes = bytes
      self.records = records
      self.skippedBytes = skippedBytes
      self.isShorter = isShorter
      self.errno = errno
      self.fault = fault
      self.hasDroppedValues = hasDroppedValues
    }
  }

  /// A file in an archive.
  public struct Member: Equatable, Sendable {
    /// The archive's number in the run.
    public var file: UInt32
    /// Its path within the archive; behind each archive on the way stands `!/`. At most `maxPathBytes` long, and a label
    /// only.
    public var path: [UInt8]
    /// When it was written, as the archive says, in seconds since 1970.
    public var modified: Int64?

    /// What opens the members of an archive within a path.
    public static let separator = Array("!/".utf8)
  }

  /// How the reading of a member went.
  public struct MemberDone: Equatable, Sendable {
    /// As for a file; the number is the archive's.
    public var done: FileDone
    /// What was wrong with it as a member.
    public var faults: [ArchiveFault] = []
  }

  /// What is known of the machine of a folder within an archive.
  public struct FolderFacts: Equatable, Sendable {
    /// The folder's path within the archive; empty for the archive itself.
    public var folder: [UInt8]
    /// As for a log; in place of the unit stands the archive's file.
    public var facts: LogFacts
  }

  /// Why an archive was not read, or not whole.
  public struct ArchiveFaultReport: Equatable, Sendable {
    /// The number of the dump's file.
    public var file: UInt32
    /// The archive's path within it; empty for the file itself.
    public var path: [UInt8]
    public var fault: ArchiveFault
  }

  /// How the reading of one range of a file went.
  public struct RangeDone: Equatable, Sendable {
    /// The number of the range in the run, as if it were a file.
    public var file: UInt32
    /// Whether a range begins there at all; if not, nothing was read.
    public var isThere: Bool
    /// The encoded state in which it began; empty for the first range.
    public var began: [UInt8] = []
    /// The range that begins where this one ended, or their number if that is the file's end; nil if
    /// no range can begin where this one should have ended.
    public var next: UInt32?
    /// The encoded state in which it ended; empty at the file's end.
    public var ended: [UInt8] = []
    /// Lines that were read.
    public var lines: UInt32 = 0
  }

  /// What a unit's system files tell of the machine. Texts are empty if nothing is known, and at most
  /// `maxTextBytes` long.
  public struct LogFacts: Equatable, Sendable {
    /// The unit's number in the run.
    public var unit: UInt32
    /// The number of the family, or nil if it is not known.
    public var family: UInt16?
    /// 1 low, 2 medium, 3 high; 0 without a family.
    public var confidence: UInt8
    /// The hardware id, from which the supervisor makes the keyed id of the machine.
    public var hwid: [UInt8] = []
    /// The machine's name.
    public var machine: [UInt8] = []
    /// The name of its user.
    public var user: [UInt8] = []
    /// The operating system.
    public var os: [UInt8] = []
    /// The country.
    public var country: [UInt8] = []
    /// The stealer's own name of its campaign or customer.
    public var build: [UInt8] = []
    /// The channel that advertises itself in the log (`SellerName`).
    public var seller: [UInt8] = []
    /// At most `maxAntivirus` names.
    public var antivirus: [[UInt8]] = []
    /// Whether the log says where on the machine malware lay.
    public var hasMalwarePath = false
    /// When the log was made, in seconds since 1970.
    public var stolen: Int64?
    /// The other reading of the same digits, if day and month may be exchanged.
    public var otherStolen: Int64?
    /// Whether the family is known to mean the first reading; a folder's date may still say otherwise.
    public var isOrderKnown = false
    /// The smallest unit that was given.
    public var stolenPrecision = LocalTime.Precision.second
    /// Whether the log tells the zone of that time, which then is taken off.
    public var isStolenUTC = false
    /// Whether files in the log describe different machines; then nothing is known of any.
    public var isOfSeveralMachines = false
    /// Whether one of the log's own files could not be read for them.
    public var isIncomplete = false

    /// A machine has one or two; more are a hostile log's.
    public static let maxAntivirus = 8
  }

  /// A number for each service and a few flags; nothing of any cookie or any person.
  public struct LogTraces: Equatable, Sendable {
    /// Services in one frame; a unit with more sends several.
    public static let maxServices = 256

    /// The unit's number in the run.
    public var unit: UInt32
    /// The raw value of `DataCategories`.
    public var categories: UInt8
    /// Each service of which something was seen, once; at most `maxServices`.
    public var services: [ServiceTrace]

    public init(unit: UInt32, categories: UInt8, services: [ServiceTrace]) {
      (self.unit, self.categories, self.services) = (unit, categories, services)
    }
  }

  /// What was seen of one service.
  public struct ServiceTrace: Equatable, Sendable {
    /// The number of the service among the workers' rules.
    public var service: UInt16
    /// How many of its cookies.
    public var cookies: UInt32 = 0
    /// Whether one of them is an open session, by its name.
    public var hasSession = false
    /// The latest expiry of the sessions, or of all cookies if none is one, in seconds since 1970; nil if
    /// none is known.
    public var latestExpiry: Int64?
    /// Whether a list of domains names the service.
    public var isListed = false

    public init(service: UInt16) {
      self.service = service
    }

    /// Counts one cookie, if it is new.
    mutating func add(expiry: Int64?, isSession: Bool, isNew: Bool) {
      if isNew { cookies = cookies == .max ? .max : cookies + 1 }
      note(expiry: expiry, isSession: isSession)
    }

    /// Counts what another file or unit of the log shows of the service.
    public mutating func add(_ other: ServiceTrace) {
      cookies = cookies > .max - other.cookies ? .max : cookies + other.cookies
      isListed = isListed || other.isListed
      note(expiry: other.latestExpiry, isSession: other.hasSession)
    }

    private mutating func note(expiry: Int64?, isSession: Bool) {
      if isSession && !hasSession {
        hasSession = true
        latestExpiry = expiry
      } else if isSession == hasSession {
        latestExpiry = [latestExpiry, expiry].compactMap { $0 }.max()
      }
    }
  }
}
