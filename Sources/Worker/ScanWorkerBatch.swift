internal import Bytes
internal import CBytes
internal import Formats
internal import Watchlists

// Many credentials at once. Nearly none of them is anybody's: those that may be are found by cheap first questions,
// for all of the batch together, and go the way of single ones.
extension ScanWorker {
  mutating func found(_ batch: Span<Credential>, in bytes: Span<UInt8>) {
    var first = 0
    while first < batch.count {
      let end = Swift.min(first + LookupBatch.capacity, batch.count)
      found(batch.extracting(first..<end), upTo64In: bytes)
      first = end
    }
  }

  private mutating func found(_ batch: Span<Credential>, upTo64In bytes: Span<UInt8>) {
    // By bits: the credentials that are to be looked at one by one.
    var isMeant: UInt64 = passesOverCookies ? ~0 &>> UInt64(64 - batch.count) : 0
    if isMeant == 0 {
      // The places step out of the worker, since the look-up changes another part of it.
      var places: [ByteRange] = []
      swap(&places, &logins)
      for index in batch.indices { places[index] = batch[index].login }
      isMeant = lookup.mayConcern(
        places.span.extracting(0..<batch.count), in: bytes, &lookupBatch)
      swap(&places, &logins)
      if lookup.hasServiceHosts { isMeant |= mayBeOfService(batch, in: bytes) }
    }
    while isMeant != 0 {
      found(batch[isMeant.trailingZeroBitCount], in: bytes)
      isMeant &= isMeant &- 1
    }
  }

  /// The credentials, by bits, that may be of a declared service.
  private func mayBeOfService(_ batch: Span<Credential>, in bytes: Span<UInt8>) -> UInt64 {
    var found: UInt64 = 0
    for index in 0..<batch.count {
      let credential = batch[index]
      if credential.candidate > 0 && credential.isDoubtful { continue }
      if mayBeOfService(credential.host, in: bytes) { found |= 1 &<< UInt64(index) }
    }
    return found
  }

  /// Whether the URL's host may be one of a service that a partner declared; true wherever that takes more than a look
  /// at the host's end.
  @inline(__always)
  private func mayBeOfService(_ url: ByteRange, in bytes: Span<UInt8>) -> Bool {
    if url.isEmpty { return false }
    // An app's package name is no host.
    if bytes.starts(url, withLowercase: "android:") { return false }
    var start = url.start
    let hasScheme = bytes.starts(url, withLowercase: "http")
    if hasScheme {
      start += 4
      if start < url.end, bytes[start] | 0x20 == 0x73 { start += 1 }
      guard bytes.starts(ByteRange(start, url.end), withLowercase: "://") else { return true }
      start += 3
    }
    let length = nameLength(ByteRange(start, url.end), in: bytes)
    let end = start + length
    guard length > 0, end >= 8, bytes[end - 1] != ASCII.dot else { return true }
    if end < url.end {
      // What stands behind the name may be a port, or the name a user's.
      guard bytes[end] == ASCII.slash || bytes[end] == ASCII.question else { return true }
    }
    // `termsrv/host`, `ftp//host`
    if !hasScheme, bytes.firstOffset(of: ASCII.dot, in: start..<end) == nil { return true }
    // `end` is at least eight.
    let tail = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt64.self)
    return lookup.mayDeclare(hostTail: UInt64(littleEndian: tail))
  }

  /// How many bytes of a host's name stand at the beginning of `range`; 0 if there are none to read behind it.
  @inline(__always)
  private func nameLength(_ range: ByteRange, in bytes: Span<UInt8>) -> Int {
    // 16 bytes are read at a time.
    guard range.end + 15 <= bytes.count else { return 0 }
    return unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return 0 }
      return Int(unsafe ds_name_length(base + range.start, Int32(clamping: range.count)))
    }
  }
}
