internal import Clock
internal import Threads

#if canImport(Glibc)
  internal import Glibc
#endif

/// A watchlist file is hashed, and its filter words are sealed, in pieces, so that all cores can check a long list.
enum FilePieces {
  /// The format has it: docs/WATCHLISTS.md. A piece fits into a core's cache together with its copy.
  static let bytes = 1 << 16

  static func count(_ bytes: Int) -> Int { (bytes + Self.bytes - 1) / Self.bytes }

  /// Where piece `index` of `bytes` bytes stands.
  static func range(_ index: Int, of bytes: Int) -> Range<Int> {
    index * Self.bytes..<min((index + 1) * Self.bytes, bytes)
  }
}

/// One list file, opened, its header read: how it gets into the image of a run.
///
/// A list of a million accounts (61 MB) takes about 90 ms of processor time: 35 to hash, 25 to copy, 16 to make the
/// stream for the filter words, the rest to check and to index.
struct ListFile {
  let path: String
  let descriptor: Int32
  let header: WatchlistHeader
  let sections: WatchlistSections
  /// The number of the list's key.
  let key: Int

  /// 8 GiB: 130 million accounts.
  private static let maxBytes = 8 << 30
  /// Tags or accounts that a thread checks at a time.
  private static let entriesAtOnce = 1 << 16

  init(_ path: String, _ keys: borrowing PartnerKeys) throws(Refusal) {
    let descriptor = try WatchlistFile.open(path)
    var isKept = false
    defer { if !isKept { _ = close(descriptor) } }
    header = try WatchlistFile.header(descriptor, path)
    sections = WatchlistSections(header)
    guard let key = keys.index(keyID: header.keyID) else { throw Refusal(.noKey, path) }
    guard keys.has(key, keyCheck: header.keyCheck) else { throw Refusal(.wrongKey, path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, Int(status.st_size) == sections.end else {
      throw Refusal(.truncated, path)
    }
    guard sections.end <= Self.maxBytes else { throw Refusal(.tooLong, path) }
    self.key = key
    self.path = path
    self.descriptor = descriptor
    isKept = true
  }

  /// Reads the file to its place in the image `image`, mapped as `bytes`; checks what only the key and the whole file can tell; adds its
  /// directory and its filter words.
  func load(
    into image: Int32, _ bytes: borrowing MappedBytes, _ list: LookupPlan.List,
    _ filter: LookupPlan.Filter, _ keys: borrowing PartnerKeys, _ now: UTCTime
  ) throws(Refusal) {
    let digests = try read(into: image, list)
    let written = copy(bytes, list.offset + sections.mac, WatchlistSections.macBytes)
    let computed: [UInt8]
    let seeds: [[UInt8]]
    do {
      computed = try keys.fileMAC(key, pieceDigests: digests)
      seeds = try keys.sealSeeds(
        key, nonce: copy(bytes, list.offset + sections.filterNonce, 16),
        pieces: FilePieces.count(8 * header.filterWords))
    } catch {
      throw Refusal(.noSecureMemory, path)
    }
    guard written == computed else { throw Refusal(.damaged, path) }
    guard keys.has(key, filterCheck: header.filterCheck) else {
      throw Refusal(.otherFilterKey, path)
    }
    guard header.accounts > 0 else { throw Refusal(.noAccounts, path) }
    try checkTags(bytes, list)
    try checkAccounts(bytes, list)
    if let expires = header.expires, expires <= now { throw Refusal(.expired, path) }
    fillFilter(filter, bytes, list, seeds)
  }

  private func copy(_ bytes: borrowing MappedBytes, _ offset: Int, _ count: Int) -> [UInt8] {
    bytes.withSpan(offset, count) { span in span.indices.map { span[$0] } }
  }

  /// Copies the whole file into the image; the SHA-256 of each piece, one behind the other, its MAC left out.
  ///
  /// By `pwrite`, since a page that is written through a mapping costs a fault: that took as long as hashing it.
  private func read(
    into image: Int32, _ list: LookupPlan.List
  ) throws(Refusal) -> [UInt8] {
    let digests = Results<[UInt8]>(FilePieces.count(sections.mac))
    Threads.forEach(FilePieces.count(sections.mac)) { piece in
      let range = FilePieces.range(piece, of: sections.mac)
      digests[piece] = copy(range, into: image, at: list.offset) { ContentDigest.sha256($0) }
    }
    let mac = copy(sections.mac..<sections.end, into: image, at: list.offset) { _ in true }
    let all = digests.all
    guard mac != nil, !all.contains(nil) else { throw Refusal(.truncated, path) }
    return all.flatMap { $0 ?? [] }
  }

  /// Copies a range of the file, no longer than a piece, and lends it; nil if the file ends before, or the image is full.
  private func copy<Result>(
    _ range: Range<Int>, into image: Int32, at offset: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: range.count) { buffer in
      let isRead = Self.whole(range.count) { done in
        unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: done), range.count - done,
          off_t(range.lowerBound + done))
      }
      let isWritten =
        isRead
        && Self.whole(range.count) { done in
          unsafe pwrite(
            image, buffer.baseAddress?.advanced(by: done), range.count - done,
            off_t(offset + range.lowerBound + done))
        }
      return unsafe isWritten ? body(Span(_unsafeElements: UnsafeBufferPointer(buffer))) : nil
    }
  }

  /// Repeats a call that may do less than it was asked for, until it has done `count` bytes.
  private static func whole(_ count: Int, _ step: (_ done: Int) -> Int) -> Bool {
    var done = 0
    while done < count {
      let bytes = step(done)
      if bytes < 0 && errno == EINTR { continue }
      if bytes <= 0 { return false }
      done += bytes
    }
    return true
  }

  /// Calls `body` with ranges of `count` entries on all cores; throws the refusal of the first range that has one.
  private func inRanges(
    _ count: Int, _ body: @Sendable (Range<Int>) -> Refusal.Code?
  ) throws(Refusal) {
    let ranges = (count + Self.entriesAtOnce - 1) / Self.entriesAtOnce
    let refusals = Results<Refusal.Code>(ranges)
    Threads.forEach(ranges) { index in
      let start = index * Self.entriesAtOnce
      refusals[index] = body(start..<min(start + Self.entriesAtOnce, count))
    }
    if let code = refusals.all.lazy.compactMap({ $0 }).first { throw Refusal(code, path) }
  }

  /// Checks the order of the tags and the range of their owners, and fills the directory.
  ///
  /// Whoever holds the key can write anything; a worker's look-ups still must stay within bounds.
  private func checkTags(
    _ bytes: borrowing MappedBytes, _ list: LookupPlan.List
  ) throws(Refusal) {
    let tags = list.offset + sections.tags
    let owners = list.offset + sections.owners
    let accounts = UInt32(header.accounts)
    // A shift by 64 would be one by 0.
    @Sendable func bucket(_ high: UInt64) -> Int {
      list.directoryBits == 0 ? 0 : Int(high >> UInt64(64 - list.directoryBits))
    }
    try inRanges(header.tags) { range in
      var (high, low, owner) = (UInt64(0), UInt64(0), UInt32(0))
      var next = 0
      if range.lowerBound > 0 {
        let tag = bytes.tag(tags + 16 * (range.lowerBound - 1))
        (high, low) = (tag.high, tag.low)
        owner = bytes.word32(owners + 4 * (range.lowerBound - 1))
        next = bucket(high) + 1
      }
      for index in range {
        let tag = bytes.tag(tags + 16 * index)
        let own = bytes.word32(owners + 4 * index)
        let isBehind =
          tag.high != high
          ? tag.high > high : tag.low != low ? tag.low > low : own > owner || index == 0
        if !isBehind { return .notSorted }
        if own & ~(1 << 31) > accounts { return .outOfRange }
        (high, low, owner) = (tag.high, tag.low, own)
        // Entry i is the number of the first tag that begins with i or more.
        while next <= bucket(high) {
          bytes.store32(UInt32(index), at: list.directory + 4 * next)
          next += 1
        }
      }
      return nil
    }
    let last = header.tags == 0 ? 0 : bucket(bytes.tag(tags + 16 * (header.tags - 1)).high) + 1
    for next in stride(from: last, through: 1 << list.directoryBits, by: 1) {
      bytes.store32(UInt32(header.tags), at: list.directory + 4 * next)
    }
  }

  /// Checks that each account's strings lie within the strings.
  private func checkAccounts(
    _ bytes: borrowing MappedBytes, _ list: LookupPlan.List
  ) throws(Refusal) {
    let accounts = list.offset + sections.accounts
    let strings = UInt64(header.strings)
    try inRanges(header.accounts + 1) { range in
      for index in range {
        let account = accounts + WatchlistSections.accountBytes * index
        let lengths = bytes.word32(account + 20)
        for field: UInt32 in 0..<3 {
          let start = UInt64(bytes.word32(account + 8 + 4 * Int(field)))
          if start + UInt64(lengths >> (8 * field) & 0xFF) > strings { return .outOfRange }
        }
      }
      return nil
    }
  }

  /// Opens the filter words a piece at a time, so that a list of millions is never open in memory as a whole.
  private func fillFilter(
    _ filter: LookupPlan.Filter, _ bytes: borrowing MappedBytes, _ list: LookupPlan.List,
    _ seeds: [[UInt8]]
  ) {
    let sealed = list.offset + sections.filterWords
    let lock = Lock()
    Threads.forEach(seeds.count) { piece in
      let range = FilePieces.range(piece, of: 8 * header.filterWords)
      let stream = FilterSeal.stream(seed: seeds[piece], count: range.count)
      // Words of any piece may fall into the same word of the filter.
      lock.lock()
      defer { lock.unlock() }
      unsafe stream.withUnsafeBytes { stream in
        for offset in stride(from: 0, to: stream.count, by: 8) {
          let mask = unsafe stream.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          let word = bytes.word64(sealed + range.lowerBound + offset) ^ UInt64(littleEndian: mask)
          let place = filter.offset + 8 * FilterWord.index(word, words: filter.words)
          bytes.store64(bytes.word64(place) | FilterWord.bits(word), at: place)
        }
      }
    }
  }
}
