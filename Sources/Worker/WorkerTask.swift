public import Dumps
internal import Formats
public import Watchlists

/// What the supervisor says to a worker, as messages over a socket that keeps their borders.
///
/// In this order: the set-up, with the descriptors of the lists, of the rules and, if there is one, of the socket to the
/// verifier; the secrets, as bare
/// bytes; then files, with a descriptor each, until the socket closes.
public enum WorkerTask: Equatable, Sendable {
  /// The first message, once.
  case setUp(SetUp)
  /// Whole units, at most `maxFiles` files.
  case files([FileItem])

  /// What a worker needs before it may read anything.
  public struct SetUp: Equatable, Sendable {
    /// Which lists there are, and under which keys.
    public var plan: LookupPlan
    /// Bytes of the encoded rules.
    public var rulesBytes: Int
    /// Bytes of the secrets that follow.
    public var secretBytes: Int
    /// Whether the pre-filter is left out (`--hash-every-login`).
    public var hashesEveryLogin: Bool
    /// How much is unpacked at most.
    public var archives = ArchiveLimits()
    /// Bytes of the passwords for archives, which follow the secrets as they stand in their file; 0 if there are none.
    public var passwordBytes = 0
    /// Whether members are read, too, whose names stand for no credentials (`--all-files`).
    public var opensAllFiles = false

    public init(plan: LookupPlan, rulesBytes: Int, secretBytes: Int, hashesEveryLogin: Bool) {
      self.plan = plan
      self.rulesBytes = rulesBytes
      self.secretBytes = secretBytes
      self.hashesEveryLogin = hashesEveryLogin
    }
  }

  /// What a file is handed over for that is read with another, which follows it.
  public enum Companion: UInt8, Sendable {
    /// A part of the archive, in order; the last part is the file itself.
    case volume = 1
    /// Passwords for the archive.
    case passwords
  }

  /// One file of a unit; its descriptor comes with the message, in the same place. A message holds whole
  /// units.
  public struct FileItem: Equatable, Sendable {
    /// The number of a file that is only looked at for facts, as it was read with another unit.
    public static let noFile = UInt32.max

    /// The unit that the file belongs to, by its number in the run.
    public var unit: UInt32
    /// The file's own number in the run, or `noFile`.
    public var file: UInt32
    /// In bytes, when it was opened; it may have changed.
    public var size: UInt64
    /// Whether the unit is read whole with this file.
    public var isLastOfUnit = false
    /// Whether it is only looked at for the log's facts.
    public var isForFactsOnly = false
    /// Whether the name is that of a file that describes the machine.
    public var isSystemFile = false
    /// What it is for, if it is read with another; then it has `noFile`.
    public var companion: Companion?
    /// Whether it belongs to no log.
    public var isAlone = false
    /// The part of the file that is read, or nil for all of it.
    public var range: FileRange?
    /// The file's path within its log, or its name: a hint, never opened.
    public var name: [UInt8]

    public init(unit: UInt32, file: UInt32, size: UInt64, name: [UInt8]) {
      self.unit = unit
      self.file = file
      self.size = size
      self.name = name
    }
  }

  /// One of the ranges of equal length that a big file is cut into.
  public struct FileRange: Equatable, Sendable {
    /// Bytes between the places behind which ranges begin (`FileCuts`).
    public var length: UInt64
    /// The number of the range, from 0.
    public var index: UInt32
    /// Whether the reading goes on through the next ranges until one can begin where it is; else it ends
    /// with the range, and is given out again if its bytes are not read otherwise.
    public var readsOn: Bool
    /// The encoded `LineState` in which it begins; empty for the one that the file's beginning suggests.
    public var state: [UInt8]

    public init(length: UInt64, index: UInt32, readsOn: Bool, state: [UInt8]) {
      self.length = length
      self.index = index
      self.readsOn = readsOn
      self.state = state
    }

    /// How many ranges a file of so many bytes has.
    public func count(ofFile size: UInt64) -> UInt32 {
      UInt32(clamping: size / length + (size % length == 0 ? 0 : 1))
    }
  }

  /// Descriptors, and so files, in one message, but for a set of volumes.
  public static let maxFiles = 64
  /// Descriptors in a message that brings a set of volumes (`DS_MESSAGE_DESCRIPTORS`): with what its log carries along.
  public static let maxSetFiles = 128
  /// Names longer than this are cut to their end; they are hints.
  public static let maxNameBytes = 512
  /// Below the least that a socket's buffer has by default (net.core.wmem_default is 212,992).
  public static let maxMessageBytes = 64 << 10
  /// The set-up is one message, and a list takes 40 bytes of it, a key 8.
  public static let maxLists = 1000

  public func encoded() -> [UInt8] {
    var message = WireWriter()
    switch self {
    case .setUp(let setUp):
      message.add(UInt8(1))
      message.add(setUp.hashesEveryLogin)
      message.add(setUp.opensAllFiles)
      message.add(UInt64(setUp.passwordBytes))
      for limit in Self.limits { message.add(UInt64(setUp.archives[keyPath: limit])) }
      message.add(UInt64(setUp.rulesBytes))
      message.add(UInt64(setUp.secretBytes))
      message.add(UInt64(setUp.plan.bytes))
      message.add(UInt32(setUp.plan.lists.count))
      for list in setUp.plan.lists {
        for number in [list.offset, list.headerBytes, list.key, list.directory, list.directoryBits]
        {
          message.add(UInt64(number))
        }
      }
      message.add(UInt32(setUp.plan.filters.count))
      for filter in setUp.plan.filters {
        message.add(UInt64(filter.offset))
        message.add(UInt64(filter.words))
      }
      message.add(UInt32(setUp.plan.filterOfKey.count))
      for filter in setUp.plan.filterOfKey { message.add(UInt64(filter)) }
    case .files(let items):
      message.add(UInt8(2))
      message.add(UInt32(items.count))
      for item in items {
        message.add(item.unit)
        message.add(item.file)
        message.add(item.size)
        message.add(item.isLastOfUnit)
        message.add(item.isForFactsOnly)
        message.add(item.isSystemFile)
        message.add(item.isAlone)
        message.add(item.companion?.rawValue ?? 0)
        message.add(item.range != nil)
        if let range = item.range {
          message.add(range.length)
          message.add(range.index)
          message.add(range.readsOn)
          message.add(range.state)
        }
        message.add(Array(item.name.suffix(Self.maxNameBytes)))
      }
    }
    return message.bytes
  }

  public init(_ bytes: [UInt8]) throws(WireError) {
    var message = WireReader(bytes)
    switch try message.number(UInt8.self) {
    case 1:
      let hashesEveryLogin = try message.truth()
      let opensAllFiles = try message.truth()
      let passwordBytes = try Self.offset(&message)
      var archives = ArchiveLimits()
      for limit in Self.limits { archives[keyPath: limit] = try Self.offset(&message) }
      let rulesBytes = try Self.offset(&message)
      let secretBytes = try Self.offset(&message)
      var plan = LookupPlan()
      plan.bytes = try Self.offset(&message)
      for _ in 0..<(try message.count()) {
        plan.lists.append(
          LookupPlan.List(
            offset: try Self.offset(&message), headerBytes: try Self.offset(&message),
            key: try Self.offset(&message), directory: try Self.offset(&message),
            directoryBits: try Self.offset(&message)))
      }
      for _ in 0..<(try message.count()) {
        plan.filters.append(
          LookupPlan.Filter(offset: try Self.offset(&message), words: try Self.offset(&message)))
      }
      for _ in 0..<(try message.count()) { plan.filterOfKey.append(try Self.offset(&message)) }
      var setUp = SetUp(
        plan: plan, rulesBytes: rulesBytes, secretBytes: secretBytes,
        hashesEveryLogin: hashesEveryLogin)
      setUp.archives = archives
      setUp.passwordBytes = passwordBytes
      setUp.opensAllFiles = opensAllFiles
      self = .setUp(setUp)
    case 2:
      var items: [FileItem] = []
      for _ in 0..<(try message.count()) {
        let unit: UInt32 = try message.number()
        let file: UInt32 = try message.number()
        let size: UInt64 = try message.number()
        let isLastOfUnit = try message.truth()
        let isForFactsOnly = try message.truth()
        let isSystemFile = try message.truth()
        let isAlone = try message.truth()
        let companion: UInt8 = try message.number()
        guard companion == 0 || Companion(rawValue: companion) != nil else { throw WireError() }
        let range = try message.truth() ? Self.range(&message) : nil
        var item = FileItem(
          unit: unit, file: file, size: size, name: try message.text(most: Self.maxNameBytes))
        item.isLastOfUnit = isLastOfUnit
        item.isForFactsOnly = isForFactsOnly
        item.isSystemFile = isSystemFile
        item.isAlone = isAlone
        item.companion = Companion(rawValue: companion)
        item.range = range
        items.append(item)
      }
      self = .files(items)
    default: throw WireError()
    }
    try message.mustBeAtEnd()
  }

  private static let limits: [any WritableKeyPath<ArchiveLimits, Int> & Sendable] = [
    \.memberBytes, \.fileBytes, \.ratio, \.members, \.depth, \.nestedBytes, \.seconds,
  ]

  private static func range(_ message: inout WireReader) throws(WireError) -> FileRange {
    let range = FileRange(
      length: try message.number(), index: try message.number(), readsOn: try message.truth(),
      state: try message.text(most: LineState.maxBytes))
    guard range.length > 0 else { throw WireError() }
    return range
  }

  private static func offset(_ message: inout WireReader) throws(WireError) -> Int {
    guard let offset = Int(exactly: try message.number(UInt64.self)) else { throw WireError() }
    return offset
  }
}
