internal import COpenSSL

#if canImport(Glibc)
  internal import Glibc
#endif

/// A partner's key, and the installation's filter key beside it, as read from a key file.
///
/// docs/WATCHLISTS.md gives the form of the file. It is read straight into locked memory, and every
/// way in which it may be unsafe or damaged is refused with the reason.
public struct KeyFile: ~Copyable {
  public static let keyBytes = 32
  public static let filterKeyBytes = 16
  static let maxFileBytes = 4096

  public let partner: String
  let key: SecretBytes
  /// The installation's filter key; meaningless unless `hasFilterKey`.
  let filterKey: SecretBytes
  let hasFilterKey: Bool

  /// Reads the key file at `path`.
  public init(path: String) throws(Refusal) {
    var text = SecretText(try SecretFile.read(path))
    guard text.take("dumpsieve-key 1\n"), text.take("partner: "),
      let partner = text.takePartner(), text.take("key: "),
      let key = text.takeHex(count: Self.keyBytes)
    else { throw Refusal(.notAKey, path) }
    let hasFilterKey = !text.isAtEnd
    let filterKey: SecretBytes
    if hasFilterKey {
      guard text.take("filter-key: "), let given = text.takeHex(count: Self.filterKeyBytes),
        text.isAtEnd
      else { throw Refusal(.notAKey, path) }
      filterKey = given
    } else {
      do { filterKey = try SecretBytes(count: Self.filterKeyBytes) } catch {
        throw Refusal(.noSecureMemory, path)
      }
    }
    self.partner = partner
    self.key = key
    self.filterKey = filterKey
    self.hasFilterKey = hasFilterKey
  }

  /// Makes a new key file for `partner` at `path`, which must not exist.
  ///
  /// With `installation`, the installation file's filter key stands in it; that file is made on first use.
  public static func make(
    partner: String, path: String, installation: String?
  ) throws(Refusal) {
    guard WatchlistName.isValid(partner) else { throw Refusal(.badPartner, "--partner") }
    do {
      var text = SecretTextWriter(try SecretBytes(count: maxFileBytes))
      text.add("dumpsieve-key 1\npartner: \(partner)\nkey: ")
      text.addHex(try SecretBytes.random(count: keyBytes))
      text.add("\n")
      if let installation {
        let secrets = try Installation(path: installation, makeIfMissing: true)
        text.add("filter-key: ")
        text.addHex(secrets.filterKey)
        text.add("\n")
      }
      try SecretFile.write(text, path)
    } catch let error as Refusal {
      throw error
    } catch {
      throw Refusal(.noSecureMemory, path)
    }
  }
}

/// The secrets of the host that scans, the same for all its partners.
public struct Installation: ~Copyable {
  static let findingIDKeyBytes = 32

  let filterKey: SecretBytes
  let findingIDKey: SecretBytes

  /// Reads the installation file at `path`, or makes it if it is missing and may be made.
  public init(path: String, makeIfMissing: Bool = false) throws(Refusal) {
    if makeIfMissing && !SecretFile.exists(path) { try Self.make(path) }
    var text = SecretText(try SecretFile.read(path))
    guard text.take("dumpsieve-installation 1\n"), text.take("filter-key: "),
      let filterKey = text.takeHex(count: KeyFile.filterKeyBytes), text.take("finding-id-key: "),
      let findingIDKey = text.takeHex(count: Self.findingIDKeyBytes), text.isAtEnd
    else { throw Refusal(.notAnInstallation, path) }
    self.filterKey = filterKey
    self.findingIDKey = findingIDKey
  }

  /// The keyed hash that ids of findings, devices and paths are made of, whatever the partner's key.
  public func identifierHasher() throws(SecretBytesError) -> StandardHasher {
    try StandardHasher(key: findingIDKey)
  }

  private static func make(_ path: String) throws(Refusal) {
    do {
      var text = SecretTextWriter(try SecretBytes(count: KeyFile.maxFileBytes))
      text.add("dumpsieve-installation 1\nfilter-key: ")
      text.addHex(try SecretBytes.random(count: KeyFile.filterKeyBytes))
      text.add("\nfinding-id-key: ")
      text.addHex(try SecretBytes.random(count: findingIDKeyBytes))
      text.add("\n")
      try SecretFile.write(text, path)
    } catch let error as Refusal {
      throw error
    } catch {
      throw Refusal(.noSecureMemory, path)
    }
  }
}

/// The names of partners: they stand in file headers and in findings.
enum WatchlistName {
  static func isValid(_ name: String) -> Bool {
    (1...128).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || byte == 0x2E || byte == 0x5F || byte == 0x2D
      }
  }
}

/// Files that hold secrets, on disk.
enum SecretFile {
  /// The header of a key file alone is longer than the least.
  static let keyFileBytes = 64...KeyFile.maxFileBytes

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// The bytes of the file at `path`, behind every check of who else could have read or written it.
  static func read(
    _ path: String, bytes: ClosedRange<Int> = keyFileBytes
  ) throws(Refusal) -> SecretBytes {
    let file = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    if file < 0 { throw Refusal(errno == ELOOP ? .symbolicLink : .cannotOpen, path) }
    defer { _ = close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw Refusal(.cannotOpen, path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Refusal(.notRegular, path) }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw Refusal(.foreignOwner, path)
    }
    guard status.st_mode & 0o077 == 0 || isCredential(path, status) else {
      throw Refusal(.readableByOthers, path)
    }
    guard status.st_size > 0 else { throw Refusal(.empty, path) }
    guard status.st_size <= bytes.upperBound else { throw Refusal(.tooLong, path) }
    guard status.st_size >= bytes.lowerBound else { throw Refusal(.tooShort, path) }
    let secret: SecretBytes
    do {
      secret = try SecretBytes(count: Int(status.st_size))
    } catch {
      throw Refusal(.noSecureMemory, path)
    }
    let count = unsafe secret.withUnsafeBytes { bytes in
      unsafe pread(file, bytes.baseAddress, bytes.count, 0)
    }
    guard count == secret.count else { throw Refusal(.cannotOpen, path) }
    return secret
  }

  /// Whether systemd lent the file to this unit alone. Where it does so by an access list, that shows as a right of root's
  /// group, which has none.
  private static func isCredential(_ path: String, _ status: stat) -> Bool {
    guard let directory = unsafe getenv("CREDENTIALS_DIRECTORY") else { return false }
    return path.hasPrefix(unsafe String(cString: directory) + "/") && status.st_uid == 0
      && status.st_gid == 0 && status.st_mode & 0o037 == 0
  }

  /// Writes a new file, mode 0600, whole or not at all.
  static func write(_ text: borrowing SecretTextWriter, _ path: String) throws(Refusal) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if file < 0 { throw Refusal(errno == EEXIST ? .exists : .cannotWrite, path) }
    let isWritten = text.write(to: file) && fsync(file) == 0
    let isClosed = close(file) == 0
    if !(isWritten && isClosed) {
      unsafe unlink(path)
      throw Refusal(.cannotWrite, path)
    }
  }
}

/// Reads the text of a secret file in place.
struct SecretText: ~Copyable {
  private let bytes: SecretBytes
  private var offset = 0

  init(_ bytes: consuming SecretBytes) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.count }

  /// Steps over `text`, if it stands here.
  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard offset + count <= bytes.count else { return false }
    for index in 0..<count where unsafe bytes[offset + index] != text.utf8Start[index] {
      return false
    }
    offset += count
    return true
  }

  /// The rest of the line, if it is a partner's name.
  mutating func takePartner() -> String? {
    var name: [UInt8] = []
    while offset < bytes.count, bytes[offset] != 0x0A, name.count <= 128 {
      name.append(bytes[offset])
      offset += 1
    }
    let text = String(decoding: name, as: UTF8.self)
    return WatchlistName.isValid(text) && take("\n") ? text : nil
  }

  /// `count` bytes as lower-case hexadecimal digits, and the line's end behind them.
  mutating func takeHex(count: Int) -> SecretBytes? {
    guard offset + 2 * count <= bytes.count,
      var secret = try? SecretBytes(count: count)
    else { return nil }
    for index in 0..<count {
      guard let high = Hex.value(bytes[offset + 2 * index]),
        let low = Hex.value(bytes[offset + 2 * index + 1])
      else { return nil }
      secret[index] = high << 4 | low
    }
    offset += 2 * count
    guard take("\n") else { return nil }
    return secret
  }
}

/// Builds the text of a secret file in place.
struct SecretTextWriter: ~Copyable {
  private var bytes: SecretBytes
  private var count = 0

  init(_ buffer: consuming SecretBytes) {
    bytes = buffer
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
  }

  mutating func addHex(_ secret: borrowing SecretBytes) {
    for index in 0..<secret.count {
      addDigit(secret[index] >> 4)
      addDigit(secret[index] & 15)
    }
  }

  private mutating func addDigit(_ digit: UInt8) {
    add(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
  }

  private mutating func add(_ byte: UInt8) {
    bytes[count] = byte
    count += 1
  }

  func write(to file: Int32) -> Bool {
    var written = 0
    while written < count {
      let step = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.write(
          file, bytes.baseAddress.map { unsafe $0 + written }, count - written)
      }
      if step < 0 && errno == EINTR { continue }
      if step <= 0 { return false }
      written += step
    }
    return true
  }
}
