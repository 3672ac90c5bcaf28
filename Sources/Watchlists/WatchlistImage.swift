public import Clock

#if canImport(Glibc)
  internal import Glibc
#endif

/// Where everything stands in the image of a run's lists: what a worker needs beside the keys.
public struct LookupPlan: Equatable, Sendable {
  public struct List: Equatable, Sendable {
    /// The file's first byte in the image, and its header's length.
    public var offset: Int
    public var headerBytes: Int
    /// The number of the list's key.
    public var key: Int
    /// Index of tags by their first bits: entry *i* is the number of the first tag that begins with *i* or more.
    public var directory: Int
    public var directoryBits: Int

    public init(offset: Int, headerBytes: Int, key: Int, directory: Int, directoryBits: Int) {
      self.offset = offset
      self.headerBytes = headerBytes
      self.key = key
      self.directory = directory
      self.directoryBits = directoryBits
    }
  }

  /// The lists whose filter key is the same: one hash of a login serves all.
  public struct Filter: Equatable, Sendable {
    public var offset: Int
    /// 64-bit words, a power of two.
    public var words: Int

    public init(offset: Int, words: Int) {
      self.offset = offset
      self.words = words
    }
  }

  public var lists: [List] = []
  public var filters: [Filter] = []
  /// For each key, the number of its filter.
  public var filterOfKey: [Int] = []
  /// The image's size in bytes.
  public var bytes = 0

  public init() {}
}

/// The lists of a run, checked, with pre-filters and directories, in one anonymous file.
///
/// Beside the files it takes 2 bytes for each login (the filter) and about 1 byte a tag (the directory).
public struct WatchlistImage: ~Copyable {
  public let plan: LookupPlan
  public let headers: [WatchlistHeader]
  let bytes: MappedBytes

  /// Reads and checks the lists at `paths`, and fills the empty anonymous file `descriptor` with them.
  ///
  /// Each list must have been made with one of `keys`, and not have expired at `now`.
  public init(
    paths: [String], keys: borrowing PartnerKeys, descriptor: Int32, now: UTCTime
  ) throws(Refusal) {
    var files: [ListFile] = []
    defer { for file in files { _ = close(file.descriptor) } }
    for path in paths { files.append(try ListFile(path, keys)) }
    let plan = Self.plan(files, keys)
    try Self.fill(descriptor, plan, files, keys, now)
    guard let bytes = MappedBytes(descriptor: descriptor, count: plan.bytes, isWritable: false)
    else { throw Refusal(.noMemory, "the watchlists") }
    self.plan = plan
    self.headers = files.map(\.header)
    self.bytes = bytes
  }

  /// Reads the lists into the anonymous file, checks them there, and adds directories and filters.
  private static func fill(
    _ descriptor: Int32, _ plan: LookupPlan, _ files: [ListFile], _ keys: borrowing PartnerKeys,
    _ now: UTCTime
  ) throws(Refusal) {
    guard ftruncate(descriptor, off_t(plan.bytes)) == 0,
      let bytes = MappedBytes(descriptor: descriptor, count: plan.bytes, isWritable: true)
    else { throw Refusal(.noMemory, "the watchlists") }
    for (file, list) in zip(files, plan.lists) {
      let filter = plan.filters[plan.filterOfKey[list.key]]
      try file.load(into: descriptor, bytes, list, filter, keys, now)
    }
  }

  private static func plan(_ files: [ListFile], _ keys: borrowing PartnerKeys) -> LookupPlan {
    var plan = LookupPlan()
    var offset = 0
    func place(_ bytes: Int) -> Int {
      defer { offset = (offset + bytes + 63) / 64 * 64 }
      return offset
    }
    plan.filterOfKey = keys.filterNumbers()
    for file in files {
      let start = place(file.sections.end)
      // 4 to 8 tags an entry: a bucket is one or two cache lines.
      let bits = max(0, Int.bitWidth - file.header.tags.leadingZeroBitCount - 3)
      let directory = place(4 * ((1 << bits) + 1))
      plan.lists.append(
        LookupPlan.List(
          offset: start, headerBytes: file.header.bytes, key: file.key, directory: directory,
          directoryBits: bits))
    }
    for filter in 0..<((plan.filterOfKey.max() ?? -1) + 1) {
      let logins = files.filter { plan.filterOfKey[$0.key] == filter }
        .reduce(0) { $0 + $1.header.filterWords }
      // 16 bits a login; with 4 bits set, about 0.4 % of other logins pass.
      var words = 8
      while words < logins / 4 { words *= 2 }
      plan.filters.append(LookupPlan.Filter(offset: place(words * 8), words: words))
    }
    plan.bytes = max(offset, 64)
    return plan
  }

  /// What the list says of the account of number `index`.
  public func account(list: Int, index: Int) -> ListedAccount? {
    guard plan.lists.indices.contains(list), index >= 0, index <= headers[list].accounts else {
      return nil
    }
    return ListedAccount(bytes, plan.lists[list], headers[list], index)
  }
}

/// An account as a watchlist has it: without its login.
public struct ListedAccount: Sendable, Equatable {
  /// The partner's own reference, or empty.
  public var reference: String
  public var partner: String
  /// The one service on which a login without mail domain means this account, or empty.
  public var serviceHost: String
  public var passwordChanged: UTCTime?
  public var isPrivileged: Bool
  public var isCanary: Bool

  init(
    _ bytes: borrowing MappedBytes, _ list: LookupPlan.List, _ header: WatchlistHeader, _ index: Int
  ) {
    let sections = WatchlistSections(header)
    let place = list.offset + sections.accounts + WatchlistSections.accountBytes * index
    let strings = list.offset + sections.strings
    let seconds = Int64(bitPattern: bytes.word64(place))
    passwordChanged = seconds == .min ? nil : UTCTime(seconds: seconds)
    let lengths = bytes.word32(place + 20)
    func string(_ field: Int) -> String {
      let start = strings + Int(bytes.word32(place + 8 + 4 * field))
      return Self.string(bytes, start, Int(lengths >> (8 * UInt32(field)) & 0xFF))
    }
    reference = string(0)
    partner = string(1)
    serviceHost = string(2)
    let flags = lengths >> 24
    isPrivileged = flags & WatchlistMaker.Flags.privileged != 0
    isCanary = flags & WatchlistMaker.Flags.canary != 0
  }

  private static func string(
    _ bytes: borrowing MappedBytes, _ start: Int, _ count: Int
  ) -> String {
    bytes.withSpan(start, count) { span in
      String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
    }
  }
}

/// Where a pre-filter word stands in a filter, and which of its bits are set.
enum FilterWord {
  @inline(__always)
  static func index(_ hash: UInt64, words: Int) -> Int {
    Int(truncatingIfNeeded: hash >> 24) & (words - 1)
  }

  @inline(__always)
  static func bits(_ hash: UInt64) -> UInt64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63) | 1 << (hash >> 18 & 63)
  }
}

/// Opening a watchlist file and reading its header, which needs no key.
public enum WatchlistFile {
  /// The header of the list at `path`.
  public static func header(path: String) throws(Refusal) -> WatchlistHeader {
    let descriptor = try open(path)
    defer { _ = close(descriptor) }
    return try header(descriptor, path)
  }

  static func open(_ path: String) throws(Refusal) -> Int32 {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { throw Refusal(.cannotOpen, path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      throw Refusal(.notRegular, path)
    }
    if status.st_size == 0 {
      _ = close(descriptor)
      throw Refusal(.empty, path)
    }
    return descriptor
  }

  static func header(_ descriptor: Int32, _ path: String) throws(Refusal) -> WatchlistHeader {
    var bytes = [UInt8](repeating: 0, count: WatchlistHeader.maxBytes)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
    }
    if count < 0 { throw Refusal(.cannotOpen, path) }
    bytes.removeLast(bytes.count - count)
    return try WatchlistHeader(bytes, path: path)
  }
}
