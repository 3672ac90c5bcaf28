public import Formats
public import Watchlists

/// What the supervisor says to a worker, as messages over a socket that keeps their borders.
///
/// In this order: the set-up, with the descriptors of the lists and of the rules; the secrets, as bare
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

    public init(plan: LookupPlan, rulesBytes: Int, secretBytes: Int, hashesEveryLogin: Bool) {
      self.plan = plan
      self.rulesBytes = rulesBytes
      self.secretBytes = secretBytes
      self.hashesEveryLogin = hashesEveryLogin
    }
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

  /// Descriptors, and so files, in one message.
  public static let maxFiles = 64
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
      self = .setUp(
        SetUp(
          plan: plan, rulesBytes: rulesBytes, secretBytes: secretBytes,
          hashesEveryLogin: hashesEveryLogin))
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
        let range = try message.truth() ? Self.range(&message) : nil
        var item = FileItem(
          unit: unit, file: file, size: size, name: try message.text(most: Self.maxNameBytes))
        item.isLastOfUnit = isLastOfUnit
        item.isForFactsOnly = isForFactsOnly
        item.isSystemFile = isSystemFile
        item.isAlone = isAlone
        item.range = range
        items.append(item)
      }
      self = .files(items)
    default: throw WireError()
    }
    try message.mustBeAtEnd()
  }

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

/// The rules that reading needs, as bytes for the workers.
public struct WorkerRules: Sendable {
  public var labels: LabelDictionary
  public var families: FamilyMarkers
  public var services: ServiceHosts

  public init(labels: LabelDictionary, families: FamilyMarkers, services: ServiceHosts) {
    self.labels = labels
    self.families = families
    self.services = services
  }

  public func encoded() -> [UInt8] {
    var writer = WireWriter()
    writer.add(UInt32(labels.entries.count))
    for entry in labels.entries {
      writer.add(entry.label)
      writer.add(entry.class.rawValue)
    }
    writer.add(UInt32(families.families.count))
    for family in families.families {
      writer.add(family.id)
      writer.add(UInt32(family.markers.count))
      for marker in family.markers {
        writer.add(marker.place.rawValue)
        writer.add(marker.text)
        writer.add(UInt32(marker.points))
      }
      writer.add(UInt32(family.dates.count))
      for date in family.dates {
        writer.add(date.label)
        writer.add(date.order.rawValue)
      }
    }
    writer.add(UInt32(services.services.count))
    for service in services.services {
      for texts in [service.hosts, service.sessionCookies] {
        writer.add(UInt32(texts.count))
        for text in texts { writer.add(text) }
      }
    }
    return writer.bytes
  }

  public init(_ bytes: [UInt8]) throws(WireError) {
    var reader = WireReader(bytes)
    // A rule file has at most 64 KiB, and so has each text in it.
    let most = 64 << 10
    var entries: [(label: [UInt8], class: LabelDictionary.Class)] = []
    for _ in 0..<(try reader.count()) {
      let label = try reader.text(most: most)
      guard let meaning = LabelDictionary.Class(rawValue: try reader.number()) else {
        throw WireError()
      }
      entries.append((label, meaning))
    }
    var families: [FamilyMarkers.Family] = []
    for _ in 0..<(try reader.count()) {
      let id = try reader.string(most: most)
      var markers: [FamilyMarkers.Marker] = []
      for _ in 0..<(try reader.count()) {
        guard let place = FamilyMarkers.Marker.Place(rawValue: try reader.number()) else {
          throw WireError()
        }
        let text = try reader.text(most: most)
        markers.append(
          FamilyMarkers.Marker(
            place: place, text: text, points: Int(try reader.number(UInt32.self))))
      }
      var dates: [(label: [UInt8], order: LocalTime.Order)] = []
      for _ in 0..<(try reader.count()) {
        let label = try reader.text(most: most)
        guard let order = LocalTime.Order(rawValue: try reader.number()) else { throw WireError() }
        dates.append((label, order))
      }
      families.append(FamilyMarkers.Family(id: id, markers: markers, dates: dates))
    }
    var services: [ServiceHosts.Service] = []
    for _ in 0..<(try reader.count()) {
      let hosts = try Self.texts(&reader, most: most)
      services.append(
        ServiceHosts.Service(hosts: hosts, sessionCookies: try Self.texts(&reader, most: most)))
    }
    try reader.mustBeAtEnd()
    labels = LabelDictionary(entries)
    self.families = FamilyMarkers(families)
    self.services = ServiceHosts(services)
  }

  private static func texts(
    _ reader: inout WireReader, most: Int
  ) throws(WireError) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for _ in 0..<(try reader.count()) { texts.append(try reader.text(most: most)) }
    return texts
  }
}
