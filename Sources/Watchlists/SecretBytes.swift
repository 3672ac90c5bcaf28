internal import COpenSSL

/// Bytes that must not leave the process: keys, and what is as good as one.
///
/// They lie in OpenSSL's secure heap: locked in memory, left out of core dumps, between guard pages,
/// wiped when the value dies. They never enter an array, a string or a `Data`, whose copies nobody wipes.
/// Safe although it holds a pointer: nothing else has it, `count` is its size, and it is freed once.
@safe
public struct SecretBytes: ~Copyable {
  private let pointer: UnsafeMutablePointer<UInt8>
  public let count: Int

  /// The secure heap. It must hold two values a partner key, and the buffers they are read into.
  private static let heapBytes = 1 << 20

  /// Sets the secure heap up, if that was not done. A worker calls this before it locks itself down.
  ///
  /// False if the system refuses to lock memory; then no secret can be held.
  public static func prepare() -> Bool { isPrepared }

  /// A constant, so that of two threads one sets up and the other waits; OpenSSL does not see to that.
  ///
  /// OpenSSL says 1: locked. 2: set up, but not locked or not guarded, which a small memory limit may bring about.
  private static let isPrepared =
    CRYPTO_secure_malloc_initialized() == 1 || CRYPTO_secure_malloc_init(heapBytes, 32) == 1

  /// Whether the address lies in the secure heap: for the test that looks for keys elsewhere.
  static func isSecure(_ address: UInt) -> Bool {
    unsafe CRYPTO_secure_allocated(UnsafeRawPointer(bitPattern: address)) == 1
  }

  /// `count` zero bytes, or an error if the secure heap is full or cannot be set up.
  public init(count: Int) throws(SecretBytesError) {
    precondition(count > 0 && count <= Self.heapBytes / 2, "a secret is small")
    guard Self.prepare(), let memory = unsafe CRYPTO_secure_zalloc(count, "SecretBytes", 0),
      unsafe CRYPTO_secure_allocated(memory) == 1
    else { throw SecretBytesError() }
    unsafe pointer = memory.bindMemory(to: UInt8.self, capacity: count)
    self.count = count
  }

  deinit {
    unsafe CRYPTO_secure_clear_free(pointer, count, "SecretBytes", 0)
  }

  /// Random bytes from OpenSSL's generator.
  public static func random(count: Int) throws(SecretBytesError) -> SecretBytes {
    let secret = try SecretBytes(count: count)
    guard unsafe RAND_priv_bytes(secret.pointer, Int32(count)) == 1 else {
      throw SecretBytesError()
    }
    return secret
  }

  public subscript(index: Int) -> UInt8 {
    get {
      precondition(index >= 0 && index < count, "index outside the secret")
      return unsafe pointer[index]
    }
    set {
      precondition(index >= 0 && index < count, "index outside the secret")
      unsafe pointer[index] = newValue
    }
  }

  /// Lends the bytes for the length of one call.
  public borrowing func withSpan<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = unsafe Span(_unsafeStart: UnsafePointer(pointer), count: count)
    return try body(bytes)
  }

  /// Lends the bytes for a system call that fills or writes them.
  public borrowing func withUnsafeBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) -> Result
  ) -> Result {
    unsafe body(UnsafeMutableRawBufferPointer(start: pointer, count: count))
  }

  /// The eight bytes from `offset` on as a little-endian number.
  @inline(__always)
  func word64(_ offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count - 8, "word outside the secret")
    let word = unsafe UnsafeRawPointer(pointer).loadUnaligned(
      fromByteOffset: offset, as: UInt64.self)
    return UInt64(littleEndian: word)
  }

  /// Copies `source` to the bytes from `offset` on.
  public mutating func replace(at offset: Int, with source: borrowing SecretBytes) {
    precondition(offset >= 0 && offset <= count - source.count, "source outside the secret")
    for index in 0..<source.count { self[offset + index] = source[index] }
  }

  /// The `length` bytes from `offset` on, as a secret of their own.
  public borrowing func slice(_ offset: Int, _ length: Int) throws(SecretBytesError) -> SecretBytes
  {
    precondition(offset >= 0 && length > 0 && offset <= count - length, "slice outside the secret")
    var slice = try SecretBytes(count: length)
    for index in 0..<length { slice[index] = self[offset + index] }
    return slice
  }

  /// Whether both hold the same bytes, in constant time.
  public borrowing func equals(_ other: borrowing SecretBytes) -> Bool {
    if count != other.count { return false }
    return unsafe CRYPTO_memcmp(pointer, other.pointer, count) == 0
  }
}

/// The system would not give memory that can hold a secret.
public struct SecretBytesError: Error, Equatable {}
