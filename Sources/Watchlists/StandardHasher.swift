internal import COpenSSL

/// HMAC-SHA-256 under one key by OpenSSL's EVP_MAC.
///
/// What the list maker and the supervisor use, where speed is no matter; it also runs under a FIPS provider.
/// OpenSSL 3.0 keeps a copy of the key in the ordinary heap, not the secure one, for as long as the hasher lives,
/// and wipes it then: a worker, which reads hostile bytes, has `KeyedHasher` and never this.
/// It takes a message in parts. Safe although it holds a pointer: nothing else has it, and it is freed once.
@safe
public struct StandardHasher: ~Copyable {
  private let context: OpaquePointer

  /// A hasher under `key`, or an error if OpenSSL has no HMAC or no SHA-256.
  public init(key: borrowing SecretBytes) throws(SecretBytesError) {
    guard let mac = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else { throw SecretBytesError() }
    defer { unsafe EVP_MAC_free(mac) }
    guard let context = unsafe EVP_MAC_CTX_new(mac) else { throw SecretBytesError() }
    let initialised = unsafe key.withUnsafeBytes { bytes in
      unsafe Self.initialise(context, bytes)
    }
    if !initialised {
      unsafe EVP_MAC_CTX_free(context)
      throw SecretBytesError()
    }
    unsafe self.context = context
  }

  private static func initialise(
    _ context: OpaquePointer, _ key: UnsafeMutableRawBufferPointer
  ) -> Bool {
    // A parameter keeps the pointer to its name, so that must outlive the call that makes it.
    let parameter = Array(OSSL_MAC_PARAM_DIGEST.utf8CString)
    var digest = Array("SHA256".utf8CString)
    return unsafe parameter.withUnsafeBufferPointer { parameter in
      unsafe digest.withUnsafeMutableBufferPointer { name in
        let parameters = unsafe [
          OSSL_PARAM_construct_utf8_string(parameter.baseAddress, name.baseAddress, 0),
          OSSL_PARAM_construct_end(),
        ]
        let bytes = unsafe key.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return unsafe EVP_MAC_init(context, bytes, key.count, parameters) == 1
      }
    }
  }

  deinit {
    unsafe EVP_MAC_CTX_free(context)
  }

  /// Begins a message.
  public mutating func begin() {
    // A nil key keeps the one given; it fails only for a context that was never initialised.
    let ready = unsafe EVP_MAC_init(context, nil, 0, nil)
    precondition(ready == 1, "EVP_MAC_init with the key that it holds")
  }

  public mutating func add(_ part: Span<UInt8>) {
    let added = unsafe part.withUnsafeBufferPointer { bytes in
      unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count)
    }
    precondition(added == 1, "EVP_MAC_update")
  }

  public mutating func add(_ part: [UInt8]) {
    add(part.span)
  }

  public mutating func add(_ part: String) {
    add(Array(part.utf8))
  }

  /// The HMAC of all parts since `begin`.
  public mutating func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var length = 0
    let finished = unsafe digest.withUnsafeMutableBufferPointer { bytes in
      unsafe EVP_MAC_final(context, bytes.baseAddress, &length, bytes.count)
    }
    precondition(finished == 1 && length == 32, "EVP_MAC_final")
    return digest
  }

  /// As `finish`, into secure memory.
  mutating func finishSecret() throws(SecretBytesError) -> SecretBytes {
    let secret = try SecretBytes(count: 32)
    var length = 0
    let finished = unsafe secret.withUnsafeBytes { bytes in
      unsafe EVP_MAC_final(
        context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &length, bytes.count)
    }
    precondition(finished == 1 && length == 32, "EVP_MAC_final")
    return secret
  }

  /// The HMAC of one text.
  public mutating func hash(_ text: String) -> [UInt8] {
    begin()
    add(text)
    return finish()
  }
}
