internal import Bytes
internal import CBytes

/// Up to 64 logins, normalised, that are looked up together (`AccountLookup.mayConcern`).
///
/// Each stands in a block of SHA-256's size, where HMAC's message has it, so that nothing is copied to hash it. The
/// memory, 6 KiB, is asked for once.
/// Safe although it holds pointers: nothing else has them, each place is below `capacity`, and they are freed once.
@safe
public struct LookupBatch: ~Copyable {
  public static let capacity = 64

  /// One behind the other, 64 bytes each.
  let blocks = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * KeyedHasher.blockBytes)
  /// Where each login begins in the text, and its length; 0 for one that is left out.
  private let starts = UnsafeMutablePointer<Int>.allocate(capacity: capacity)
  private let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  /// The logins' hashes, for the pre-filter, and their tags under the key at hand.
  private let hashes = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
  private let tags = UnsafeMutablePointer<Tag>.allocate(capacity: capacity)
  private(set) var count = 0

  public init() {
    unsafe blocks.initialize(repeating: 0, count: Self.capacity * KeyedHasher.blockBytes)
    unsafe starts.initialize(repeating: 0, count: Self.capacity)
    unsafe lengths.initialize(repeating: 0, count: Self.capacity)
    unsafe hashes.initialize(repeating: 0, count: Self.capacity)
    unsafe tags.initialize(repeating: Tag(high: 0, low: 0), count: Self.capacity)
  }

  deinit {
    unsafe blocks.deallocate()
    unsafe starts.deallocate()
    unsafe lengths.deallocate()
    unsafe hashes.deallocate()
    unsafe tags.deallocate()
  }

  /// Takes in `logins`, at most 64, in the form that `LoginNormaliser` gives them.
  ///
  /// Those are left out that are not all plain ASCII, are too long for a block, have variants, which are looked up on
  /// their own, or may be of a mail domain whose end is among `domains`: the bits of their numbers are returned. What
  /// the batch says of these means nothing.
  mutating func fill(
    _ logins: Span<ByteRange>, in bytes: Span<UInt8>, _ domains: NameTails
  ) -> UInt64 {
    precondition(logins.count <= Self.capacity, "one batch")
    count = 0
    if logins.isEmpty { return 0 }
    // So many bytes are read of each.
    let lastStart = bytes.count &- Int(DS_LOWER_BYTES)
    guard lastStart >= 0 else { return ~0 &>> UInt64(Self.capacity &- logins.count) }
    count = logins.count
    for number in 0..<count {
      let login = logins[number]
      let length = login.end &- login.start
      let fits =
        length <= KeyedHasher.maxBlockLoginBytes && login.start >= 0 && login.start <= lastStart
      unsafe starts[number] = fits ? login.start : 0
      unsafe lengths[number] = fits ? UInt8(truncatingIfNeeded: length) : 0
    }
    let isOdd = unsafe bytes.withUnsafeBufferPointer { text -> UInt64 in
      guard let text = text.baseAddress else { return ~0 }
      // The places are checked above; 48 bytes from the tenth on are within each block.
      return unsafe ds_lower(
        text, starts, lengths, Int32(truncatingIfNeeded: count),
        blocks + KeyedHasher.blockLoginStart)
    }
    var isLeftOut = isOdd
    for number in 0..<count where isUnusual(number, domains) { isLeftOut |= 1 &<< UInt64(number) }
    return isLeftOut
  }

  /// Whether the login at `index` is none, may have a blank, quotes or `mailto:` round it or a dot behind it, or may be of
  /// one of `domains`.
  @inline(__always)
  private func isUnusual(_ index: Int, _ domains: NameTails) -> Bool {
    let login = unsafe blocks + Self.start(index)
    let length = Int(unsafe lengths[index])
    // A block begins nine bytes before its login, so that eight bytes end with it.
    let tail = UInt64(
      littleEndian: unsafe UnsafeRawPointer(login).loadUnaligned(
        fromByteOffset: length &- 8, as: UInt64.self))
    let last = UInt8(truncatingIfNeeded: tail &>> 56)
    if length == 0 || last == ASCII.space || last == ASCII.dot { return true }
    if domains.mayEnd(tail), hasMailDomain(index) { return true }
    switch unsafe login[0] {
    case ASCII.space, ASCII.quote, ASCII.apostrophe, 0x3C: return true
    // `mailto:` has its colon where no other login has one.
    case 0x6D: return unsafe length > 7 && login[6] == ASCII.colon
    default: return false
    }
  }

  private func hasMailDomain(_ index: Int) -> Bool {
    let login = unsafe UnsafeBufferPointer(
      start: blocks + Self.start(index), count: Int(lengths[index]))
    return unsafe login.dropFirst().contains(ASCII.at)
  }

  /// Where the login of the `index`th place begins among the blocks.
  @inline(__always)
  private static func start(_ index: Int) -> Int {
    index &* KeyedHasher.blockBytes &+ KeyedHasher.blockLoginStart
  }

  @inline(__always)
  subscript(hash index: Int) -> UInt64 {
    get {
      precondition(index >= 0 && index < count, "no such login")
      return unsafe hashes[index]
    }
  }

  @inline(__always)
  func tag(_ index: Int) -> Tag {
    precondition(index >= 0 && index < count, "no such login")
    return unsafe tags[index]
  }

  /// Hashes the logins for the pre-filter.
  func hash(by sipHash: SipHash) {
    let state = sipHash.state
    let isDone = unsafe withUnsafePointer(to: state) { state in
      // `count` is at most 64, and all arrays have room for as many: a multiple of four.
      unsafe ds_sip_hash(
        blocks + KeyedHasher.blockLoginStart, lengths, Int32(truncatingIfNeeded: count),
        UnsafeRawPointer(state).assumingMemoryBound(to: UInt64.self), hashes)
    }
    if isDone == 1 { return }
    for index in 0..<count {
      let login = unsafe UnsafeRawPointer(blocks + Self.start(index))
      // A block begins nine bytes before its login.
      unsafe hashes[index] = unsafe sipHash.hash(behindEight: login, Int(lengths[index]))
    }
  }

  /// Computes the tag of the login at `index` under the key of this number.
  @inline(__always)
  func computeTag(
    _ index: Int, _ prefix: StaticString, _ hasher: borrowing KeyedHasher, key: Int
  ) -> Tag {
    precondition(index >= 0 && index < count, "no such login")
    let block = unsafe blocks + index &* KeyedHasher.blockBytes
    let tag = unsafe hasher.tag(prefix, inBlock: block, Int(lengths[index]), key: key)
    unsafe tags[index] = tag
    return tag
  }
}

/// A cheap first question of a set of names: may a text end in one of them?
public struct NameTails: Sendable {
  // An array, since Swift 6.3 copies an inline one of this size when one word of it is read.
  private var bits = [UInt64](repeating: 0, count: 16)
  /// How far a tail of eight bytes is shifted to leave as many as the shortest name has.
  private var shift: UInt64 = 0
  public let isEmpty: Bool

  /// The names must be in lower case.
  public init(_ names: [[UInt8]]) {
    let shortest = names.map(\.count).min() ?? 0
    isEmpty = names.isEmpty
    shift = UInt64(8 * (8 - min(max(shortest, 1), 8)))
    for name in names {
      var tail: UInt64 = 0
      for byte in name.suffix(8) { tail = tail >> 8 | UInt64(byte) << 56 }
      let place = place(of: tail)
      bits[place >> 6] |= 1 << UInt64(place & 63)
    }
  }

  /// Whether a text may end in one of the names whose last eight bytes are `tail`, the last of them highest. ASCII case
  /// does not count.
  @inline(__always)
  public func mayEnd(_ tail: UInt64) -> Bool {
    if isEmpty { return false }
    let place = place(of: tail)
    return bits[place &>> 6] &>> UInt64(truncatingIfNeeded: place & 63) & 1 == 1
  }

  @inline(__always)
  private func place(of tail: UInt64) -> Int {
    // 0x20 folds letters. The multiplier is 2^64 divided by the golden ratio, which spreads what differs over the high
    // bits.
    let folded = (tail | 0x2020_2020_2020_2020) &>> shift
    return Int(truncatingIfNeeded: (folded &* 0x9E37_79B9_7F4A_7C15) &>> 54)
  }
}
