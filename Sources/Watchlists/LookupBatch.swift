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
  /// The length of each login, and the number of the credential that it is of.
  private let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  private let numbers = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  /// The logins' hashes, for the pre-filter, and their tags under the key at hand.
  private let hashes = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
  private let tags = UnsafeMutablePointer<Tag>.allocate(capacity: capacity)
  private(set) var count = 0

  public init() {
    unsafe blocks.initialize(repeating: 0, count: Self.capacity * KeyedHasher.blockBytes)
    unsafe lengths.initialize(repeating: 0, count: Self.capacity)
    unsafe numbers.initialize(repeating: 0, count: Self.capacity)
    unsafe hashes.initialize(repeating: 0, count: Self.capacity)
    unsafe tags.initialize(repeating: Tag(high: 0, low: 0), count: Self.capacity)
  }

  deinit {
    unsafe blocks.deallocate()
    unsafe lengths.deallocate()
    unsafe numbers.deallocate()
    unsafe hashes.deallocate()
    unsafe tags.deallocate()
  }

  /// Takes in `logins`, at most 64, in the form that `LoginNormaliser` gives them.
  ///
  /// Those are left out that are not all plain ASCII, are too long for a block, have variants, which are looked up on
  /// their own, or may be of a mail domain whose end is among `domains`: the bits of their numbers are returned.
  mutating func fill(
    _ logins: Span<ByteRange>, in bytes: Span<UInt8>, _ domains: NameTails
  ) -> UInt64 {
    precondition(logins.count <= Self.capacity, "one batch")
    count = 0
    var isLeftOut: UInt64 = 0
    for number in logins.indices {
      if !add(logins[number], number, in: bytes, domains) { isLeftOut |= 1 &<< UInt64(number) }
    }
    return isLeftOut
  }

  @inline(__always)
  private mutating func add(
    _ range: ByteRange, _ number: Int, in bytes: Span<UInt8>, _ domains: NameTails
  ) -> Bool {
    let length = range.count
    // 16 bytes are read at a time, so up to 15 behind the login.
    guard length > 0, length <= KeyedHasher.maxBlockLoginBytes, range.start >= 0,
      range.end &+ 15 <= bytes.count
    else { return false }
    let login = unsafe blocks + Self.start(count)
    let found = unsafe bytes.withUnsafeBufferPointer { text -> ds_lowered in
      guard let text = text.baseAddress else { return ds_lowered() }
      // The login's places are checked above; 48 bytes from the tenth on are within the block.
      return unsafe ds_lower(text + range.start, Int32(truncatingIfNeeded: length), login)
    }
    let last = unsafe login[length &- 1]
    guard found.is_plain == 1, found.has_sign == 0, last != ASCII.space, last != ASCII.dot,
      unsafe !Self.isWrapped(login, length)
    else { return false }
    if found.last_at > 0 {
      // A block begins nine bytes before its login.
      let tail = unsafe UnsafeRawPointer(login).loadUnaligned(
        fromByteOffset: length &- 8, as: UInt64.self)
      if domains.mayEnd(UInt64(littleEndian: tail)) { return false }
    }
    unsafe lengths[count] = UInt8(truncatingIfNeeded: length)
    unsafe numbers[count] = UInt8(truncatingIfNeeded: number)
    count &+= 1
    return true
  }

  /// Whether a blank, quotes or `mailto:` may stand round the login.
  @inline(__always)
  private static func isWrapped(_ login: UnsafeMutablePointer<UInt8>, _ length: Int) -> Bool {
    switch unsafe login[0] {
    case ASCII.space, ASCII.quote, ASCII.apostrophe, 0x3C: true
    // `mailto:` has its colon where no other login has one.
    case 0x6D: unsafe length > 7 && login[6] == ASCII.colon
    default: false
    }
  }

  /// Where the login of the `index`th place begins among the blocks.
  @inline(__always)
  private static func start(_ index: Int) -> Int {
    index &* KeyedHasher.blockBytes &+ KeyedHasher.blockLoginStart
  }

  /// The bit of the credential that the login at `index` is of.
  @inline(__always)
  func bit(_ index: Int) -> UInt64 {
    precondition(index >= 0 && index < count, "no such login")
    return 1 &<< UInt64(unsafe numbers[index])
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

  /// Hashes the login at `index` for the pre-filter.
  @inline(__always)
  func hash(_ index: Int, _ sipHash: SipHash) -> UInt64 {
    precondition(index >= 0 && index < count, "no such login")
    let login = unsafe UnsafeRawPointer(blocks + Self.start(index))
    // A block begins nine bytes before its login.
    let hash = unsafe sipHash.hash(behindEight: login, Int(lengths[index]))
    unsafe hashes[index] = hash
    return hash
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
