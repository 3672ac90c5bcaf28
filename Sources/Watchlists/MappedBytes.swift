internal import CBytes

#if canImport(Glibc)
  internal import Glibc
#endif

/// A shared mapping of an anonymous file: the lists of a run, once for all processes.
///
/// Never used on dumps: a file that shrinks under its mapping ends the process, and this one is sealed.
/// Safe although it holds a pointer: nothing else has it, each access is checked against `count`, and it is
/// unmapped once. It is sendable since whoever writes (the supervisor's threads, before there are workers) keeps to a
/// range of his own.
@safe
public struct MappedBytes: ~Copyable, @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  public let count: Int

  /// Maps `count` bytes of `descriptor`; nil if the system refuses.
  ///
  /// To read, it maps privately: nothing is ever written, so no page is copied, while a shared mapping would
  /// keep the file from being sealed, and before Linux 6.7 could not be made of a sealed one.
  public init?(descriptor: Int32, count: Int, isWritable: Bool) {
    let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
    let sharing = isWritable ? MAP_SHARED : MAP_PRIVATE
    guard count > 0,
      let base = unsafe mmap(nil, count, protection, sharing, descriptor, 0),
      unsafe base != MAP_FAILED
    else { return nil }
    unsafe self.base = base
    self.count = count
  }

  deinit {
    unsafe munmap(base, count)
  }

  @inline(__always)
  public func word32(_ offset: Int) -> UInt32 {
    precondition(offset >= 0 && offset <= count - 4, "offset outside the lists")
    return UInt32(littleEndian: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always)
  public func word64(_ offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count - 8, "offset outside the lists")
    return UInt64(littleEndian: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Asks for the memory at `offset` early.
  @inline(__always)
  func prefetch(_ offset: Int) {
    precondition(offset >= 0 && offset < count, "offset outside the lists")
    unsafe ds_prefetch(base + offset)
  }

  /// The 16 bytes of a tag.
  @inline(__always)
  func tag(_ offset: Int) -> Tag {
    Tag(high: word64(offset).byteSwapped, low: word64(offset + 8).byteSwapped)
  }

  func store32(_ value: UInt32, at offset: Int) {
    precondition(offset >= 0 && offset <= count - 4, "offset outside the lists")
    unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }

  func store64(_ value: UInt64, at offset: Int) {
    precondition(offset >= 0 && offset <= count - 8, "offset outside the lists")
    unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
  }

  /// Lends the bytes of a range for the length of one call.
  public func withSpan<Result, Failure: Error>(
    _ offset: Int, _ length: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(offset >= 0 && length >= 0 && offset <= count - length, "range outside the lists")
    let start = unsafe UnsafePointer<UInt8>(
      (base + offset).assumingMemoryBound(to: UInt8.self))
    let bytes = unsafe Span(_unsafeStart: start, count: length)
    return try body(bytes)
  }
}
