import Foundation
import Synchronization
import Testing

@testable import Watchlists

@Suite("Key files")
struct KeyFileTests {
  private static let hex = Hex.text(repeatElement(0xAB, count: 32))
  private static let filterHex = Hex.text(repeatElement(0xCD, count: 16))
  private static let good = "dumpsieve-key 1\npartner: org-a\nkey: \(hex)\n"
  private static let goodWithFilter = good + "filter-key: \(filterHex)\n"

  private func refusal(_ path: String) -> Refusal.Code? {
    do throws(Refusal) {
      _ = try KeyFile(path: path)
      return nil
    } catch {
      return error.path == path ? error.code : nil
    }
  }

  private func installationRefusal(_ path: String, makeIfMissing: Bool = false) -> Refusal.Code? {
    do throws(Refusal) {
      _ = try Installation(path: path, makeIfMissing: makeIfMissing)
      return nil
    } catch {
      return error.code
    }
  }

  // MARK: What the file says

  @Test("both forms are read, and the bytes are those of the digits")
  func forms() throws {
    let directory = try TestDirectory()
    let alone = try KeyFile(path: directory.write("alone", Self.good))
    let (partner, aloneHasFilter) = (alone.partner, alone.hasFilterKey)
    #expect(partner == "org-a")
    #expect(!aloneHasFilter)
    let expected = try SecretBytes(Array(repeating: 0xAB, count: 32))
    let isSame = alone.key.equals(expected)
    #expect(isSame)
    let both = try KeyFile(path: directory.write("both", Self.goodWithFilter))
    let filterKey = try SecretBytes(Array(repeating: 0xCD, count: 16))
    let hasSameFilter = both.filterKey.equals(filterKey)
    let bothHasFilter = both.hasFilterKey
    #expect(bothHasFilter)
    #expect(hasSameFilter)
  }

  @Test("the longest partner is read")
  func longestPartner() throws {
    let directory = try TestDirectory()
    let name = String(repeating: "Az09._-x", count: 16)
    let file = try KeyFile(
      path: directory.write("key", Self.good.replacingOccurrences(of: "org-a", with: name)))
    let partner = file.partner
    #expect(partner == name)
  }

  static let badForms: [(what: String, text: String, code: Refusal.Code)] = [
    ("empty", "", .empty),
    ("short", String(good.prefix(63)), .tooShort),
    ("cut in the key", String(good.dropLast(2)), .notAKey),
    ("no line end behind the key", String(good.dropLast()), .notAKey),
    ("one line end too many", good + "\n", .notAKey),
    ("text behind the end", good + "x", .notAKey),
    ("a blank behind the end", good + " ", .notAKey),
    ("CRLF", good.replacingOccurrences(of: "\n", with: "\r\n"), .notAKey),
    ("upper-case digits", good.replacingOccurrences(of: hex, with: hex.uppercased()), .notAKey),
    ("a digit too few", good.replacingOccurrences(of: hex, with: String(hex.dropLast())), .notAKey),
    ("a digit too many", good.replacingOccurrences(of: hex, with: hex + "a"), .notAKey),
    ("no digit", good.replacingOccurrences(of: hex, with: "g" + hex.dropFirst()), .notAKey),
    ("a blank too many", good.replacingOccurrences(of: "key: ", with: "key:  "), .notAKey),
    ("a byte order mark", "\u{FEFF}" + good, .notAKey),
    ("another first line", good.replacingOccurrences(of: "-key 1", with: "-key 2"), .notAKey),
    ("no first line", String(good.dropFirst(16)) + goodWithFilter, .notAKey),
    ("no partner line", good.replacingOccurrences(of: "partner: org-a\n", with: ""), .notAKey),
    ("no partner", good.replacingOccurrences(of: "org-a", with: ""), .notAKey),
    ("a partner with a blank", good.replacingOccurrences(of: "org-a", with: "org a"), .notAKey),
    (
      "a partner of 129 bytes",
      good.replacingOccurrences(of: "org-a", with: String(repeating: "a", count: 129)), .notAKey
    ),
    ("no key line", "dumpsieve-key 1\npartner: org-a\nfilter-key: \(hex)\n", .notAKey),
    ("the key twice", good + "key: \(hex)\n", .notAKey),
    ("lines in another order", "dumpsieve-key 1\nkey: \(hex)\npartner: org-a\n", .notAKey),
    ("a filter key of 32 bytes", good + "filter-key: \(hex)\n", .notAKey),
    ("an empty filter key", good + "filter-key: \n", .notAKey),
    ("no line end behind the filter key", String(goodWithFilter.dropLast()), .notAKey),
    ("a line behind the filter key", goodWithFilter + "note: x\n", .notAKey),
    ("an installation file", installation, .notAKey),
    ("4,096 bytes", good + String(repeating: "x", count: 4096 - good.utf8.count), .notAKey),
    ("4,097 bytes", good + String(repeating: "x", count: 4097 - good.utf8.count), .tooLong),
  ]

  @Test("a file that strays from the form by one byte is refused", arguments: badForms)
  func strayed(_ file: (what: String, text: String, code: Refusal.Code)) throws {
    let directory = try TestDirectory()
    #expect(refusal(try directory.write("key", file.text)) == file.code, "\(file.what)")
  }

  @Test(
    "contrib/watchlist.py refuses the same files, and reads the good ones",
    // Compares nothing without Python 3.11; PythonTwin says so aloud.
    .enabled(if: PythonTwin.isAvailable))
  func twin() throws {
    let directory = try TestDirectory()
    let list = try TestList.write("login\nann@a.example\n", TestKey(), directory)
    let good = try TestKey().write(directory)
    #expect(try PythonTwin.run(["check", list, "--key-file", good]).status == 0)
    for file in Self.badForms {
      let path = try directory.write("key", file.text)
      let result = try PythonTwin.run(["check", list, "--key-file", path])
      #expect(result.status == 78)
      #expect(result.errors.contains("key file:"), "\(file.what)")
    }
  }

  // MARK: The file itself

  @Test("only its owner may have access", arguments: [0o644, 0o640, 0o604, 0o620, 0o602, 0o610])
  func mode(mode: Int) throws {
    let directory = try TestDirectory()
    let path = try directory.write("key", Self.good, mode: mode_t(mode))
    #expect(refusal(path) == .readableByOthers)
  }

  @Test("a file that its owner cannot write either is good", arguments: [0o600, 0o400, 0o700])
  func goodMode(mode: Int) throws {
    let directory = try TestDirectory()
    #expect(refusal(try directory.write("key", Self.good, mode: mode_t(mode))) == nil)
  }

  // What hangs is named after half an hour: the time in the queue of the whole suite counts, too.
  @Test("what is no file of its own is refused", .timeLimit(.minutes(30)))
  func kinds() throws {
    let directory = try TestDirectory()
    let real = try directory.write("real", Self.good)
    try #require(symlink(real, directory.path("link")) == 0)
    #expect(refusal(directory.path("link")) == .symbolicLink)
    #expect(refusal(directory.path) == .notRegular)
    // Opening a FIFO without a writer waits for ever, unless told not to.
    try #require(mkfifo(directory.path("fifo"), 0o600) == 0)
    #expect(refusal(directory.path("fifo")) == .notRegular)
    #expect(refusal(directory.path("missing")) == .cannotOpen)
    #expect(refusal("/dev/null") == .notRegular)
  }

  @Test("a file of another user is refused", .enabled(if: geteuid() == 0, "only root can give one"))
  func foreignOwner() throws {
    let directory = try TestDirectory()
    let path = try directory.write("key", Self.good)
    try #require(chown(path, 65534, 65534) == 0)
    #expect(refusal(path) == .foreignOwner)
  }

  // MARK: Making one

  @Test("a new key is readable, has mode 0600 and differs from the next one")
  func make() throws {
    let directory = try TestDirectory()
    // A umask only takes rights away; the mode must not depend on a lenient one.
    try KeyFile.make(partner: "org-a", path: directory.path("a"), installation: nil)
    try KeyFile.make(partner: "org-a", path: directory.path("b"), installation: nil)
    var status = stat()
    try #require(stat(directory.path("a"), &status) == 0)
    #expect(status.st_mode == S_IFREG | 0o600)
    let a = try KeyFile(path: directory.path("a"))
    let b = try KeyFile(path: directory.path("b"))
    let isSame = a.key.equals(b.key)
    let hasFilterKey = a.hasFilterKey
    #expect(!isSame)
    #expect(!hasFilterKey)
    #expect(try directory.bytes("a").count == Self.good.utf8.count)
  }

  @Test("nothing is ever overwritten", arguments: ["file", "link", "dangling", "directory"])
  func exists(what: String) throws {
    let directory = try TestDirectory()
    let path = directory.path("key")
    switch what {
    case "file": _ = try directory.write("key", "precious")
    case "link": try #require(symlink(try directory.write("real", "precious"), path) == 0)
    case "dangling": try #require(symlink(directory.path("nowhere"), path) == 0)
    default: try #require(mkdir(path, 0o700) == 0)
    }
    #expect(throws: Refusal(.exists, path)) {
      try KeyFile.make(partner: "org-a", path: path, installation: nil)
    }
    if what == "file" { #expect(try directory.bytes("key") == Array("precious".utf8)) }
    if what == "link" { #expect(try directory.bytes("real") == Array("precious".utf8)) }
    #expect(!FileManager.default.fileExists(atPath: directory.path("nowhere")))
  }

  @Test("a partner that no key file can hold is refused", arguments: ["", "a b", "é", "a\nkey: 0"])
  func badPartner(partner: String) throws {
    let directory = try TestDirectory()
    #expect(throws: Refusal(.badPartner, "--partner")) {
      try KeyFile.make(partner: partner, path: directory.path("key"), installation: nil)
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path("key")))
  }

  @Test("where nothing can be written, that is said")
  func cannotWrite() throws {
    let directory = try TestDirectory()
    let path = directory.path("none/key")
    #expect(throws: Refusal(.cannotWrite, path)) {
      try KeyFile.make(partner: "org-a", path: path, installation: nil)
    }
  }

  // MARK: Installation

  private static let installation =
    "dumpsieve-installation 1\nfilter-key: \(filterHex)\nfinding-id-key: \(hex)\n"

  @Test("the installation file is made once, and all keys share its filter key")
  func installationIsShared() throws {
    let directory = try TestDirectory()
    let installation = directory.path("installation")
    try KeyFile.make(partner: "org-a", path: directory.path("a"), installation: installation)
    let first = try directory.bytes("installation")
    try KeyFile.make(partner: "org-b", path: directory.path("b"), installation: installation)
    #expect(try directory.bytes("installation") == first)
    var status = stat()
    try #require(stat(installation, &status) == 0)
    #expect(status.st_mode == S_IFREG | 0o600)
    let a = try KeyFile(path: directory.path("a"))
    let b = try KeyFile(path: directory.path("b"))
    let secrets = try Installation(path: installation)
    let sameFilter = a.filterKey.equals(b.filterKey) && a.filterKey.equals(secrets.filterKey)
    let sameKey = a.key.equals(b.key)
    let haveFilter = a.hasFilterKey && b.hasFilterKey
    #expect(haveFilter)
    #expect(sameFilter)
    #expect(!sameKey)
  }

  @Test("two installations differ in both secrets")
  func twoInstallations() throws {
    let directory = try TestDirectory()
    let a = try Installation(path: directory.path("a"), makeIfMissing: true)
    let b = try Installation(path: directory.path("b"), makeIfMissing: true)
    let same = (a.filterKey.equals(b.filterKey), a.findingIDKey.equals(b.findingIDKey))
    #expect(!same.0)
    #expect(!same.1)
  }

  @Test("a missing installation file is made only for a new key")
  func missingInstallation() throws {
    let directory = try TestDirectory()
    #expect(installationRefusal(directory.path("none")) == .cannotOpen)
    #expect(!FileManager.default.fileExists(atPath: directory.path("none")))
  }

  @Test("an installation file that cannot be made is told by its own path")
  func noInstallation() throws {
    let directory = try TestDirectory()
    let path = directory.path("none/installation")
    #expect(installationRefusal(path, makeIfMissing: true) == .cannotWrite)
    #expect(throws: Refusal(.cannotWrite, path)) {
      try KeyFile.make(partner: "org-a", path: directory.path("key"), installation: path)
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path("key")))
  }

  @Test(
    "an installation file has one form, too",
    arguments: [
      String(installation.dropLast()), installation + "\n",
      installation.replacingOccurrences(of: " 1", with: " 2"),
      installation.replacingOccurrences(of: "filter-key: \(filterHex)\n", with: ""),
      installation.replacingOccurrences(of: hex, with: filterHex),
      goodWithFilter,
    ]
  )
  func badInstallation(text: String) throws {
    let directory = try TestDirectory()
    let path = try directory.write("installation", text)
    #expect(installationRefusal(path) == .notAnInstallation)
    #expect(installationRefusal(path, makeIfMissing: true) == .notAnInstallation)
    #expect(try directory.bytes("installation") == Array(text.utf8))
  }

  @Test("an installation file that others can read is refused, not replaced")
  func openInstallation() throws {
    let directory = try TestDirectory()
    let path = try directory.write("installation", Self.installation, mode: 0o640)
    #expect(installationRefusal(path, makeIfMissing: true) == .readableByOthers)
    #expect(throws: Refusal(.readableByOthers, path)) {
      try KeyFile.make(partner: "org-a", path: directory.path("key"), installation: path)
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path("key")))
  }

  @Test("secrets are equal if all their bytes are, and there are as many")
  func equality() throws {
    let secret = try SecretBytes([1, 2, 3])
    let results = [
      secret.equals(try SecretBytes([1, 2, 3])), secret.equals(try SecretBytes([1, 2, 4])),
      secret.equals(try SecretBytes([1, 2])), secret.equals(try SecretBytes([1, 2, 3, 0])),
    ]
    #expect(results == [true, false, false, false])
  }

  @Test("where locked memory is full, a secret is refused, and never held elsewhere")
  func fullHeap() throws {
    let half = 1 << 19
    // It lies in one half of the heap, and what is held next takes the other.
    let small = try SecretBytes(count: 16)
    let large: SecretBytes
    do { large = try SecretBytes(count: half) } catch {
      // Tests beside this one hold something there: then this is the refusal.
      return
    }
    #expect(throws: SecretBytesError()) { _ = try SecretBytes(count: half) }
    let directory = try TestDirectory()
    let path = try directory.write("long", [UInt8](repeating: 0x61, count: half))
    #expect(throws: Refusal(.noSecureMemory, path)) {
      _ = try SecretFile.read(path, bytes: 1...half)
    }
    #expect(throws: Refusal(.tooLong, path)) {
      _ = try SecretFile.read(path, bytes: 1...(half - 1))
    }
    withExtendedLifetime(small) {}
    withExtendedLifetime(large) {}
  }

  @Test("keys have their numbers in the order of their files, each once")
  func numbers() throws {
    let directory = try TestDirectory()
    let files = [TestKey(byte: 3), TestKey(byte: 1), TestKey(byte: 3)]
    let keys = try PartnerKeys(paths: files.map { try $0.write(directory) })
    let ids = try files.prefix(2).map { file in
      let key = try file.key(directory)
      return key.keyID
    }
    #expect(keys.count == 2)
    #expect((0..<2).map { keys.keyID($0) } == ids)
    #expect(ids.map { keys.index(keyID: $0) } == [0, 1])
    #expect(keys.index(keyID: "0000000000000000") == nil)
  }

  @Test(
    "hexadecimal digits are small, and two a byte",
    arguments: [
      ("", []), ("00ff7a", [0, 0xFF, 0x7A]), ("0", nil), ("0g", nil), ("g0", nil), ("0F", nil),
      ("0x", nil), (" 0", nil),
    ] as [(String, [UInt8]?)])
  func hexadecimal(text: String, bytes: [UInt8]?) {
    #expect(Hex.bytes(Array(text.utf8)) == bytes)
  }

  // MARK: Where the key lies
  //
  // A library that looks up a function at its first call saves the registers to the stack, and what was copied last may be a
  // key. Programs of ours and OpenSSL do not; libraries of Swift do where they are not linked in, as here. So `make test` sets
  // LD_BIND_NOW, without which these find a copy at times.

  @Test(
    "a key file and a worker's hasher hold the key in the secure heap and nowhere else",
    .enabled(if: canSearchMemory, "a sanitizer's memory is too large to search"))
  func memory() throws {
    let directory = try TestDirectory()
    let path = directory.path("key")
    try KeyFile.make(partner: "org-a", path: path, installation: nil)
    let file = try KeyFile(path: path)
    let hasher = try KeyedHasher(key: file.key)
    _ = hasher.hash("v1\u{0}login\u{0}", Array("ann@a.example".utf8).span)
    let alone = file.key.withUnsafeBytes { secret in Result { try Self.places(of: secret) } }
    let (inside, outside) = try alone.get()
    #expect(inside >= 1, "the search finds what is there")
    #expect(outside == 0)
  }

  @Test(
    "nothing of a partner's key is left outside the secure heap once it is let go",
    .enabled(if: canSearchMemory, "a sanitizer's memory is too large to search"))
  func memoryAfterwards() throws {
    let directory = try TestDirectory()
    let path = directory.path("key")
    try KeyFile.make(partner: "org-a", path: path, installation: nil)
    let file = try KeyFile(path: path)
    do {
      // EVP_MAC keeps a copy in the ordinary heap for as long as this lives.
      var key = try PartnerKey(KeyFile(path: path))
      _ = key.tag(.login, Array("ann@a.example".utf8).span)
    }
    let places = file.key.withUnsafeBytes { secret in Result { try Self.places(of: secret) } }
    let (inside, outside) = try places.get()
    #expect(inside >= 1, "the search finds what is there")
    #expect(outside == 0)
  }

  /// How often the bytes of `secret` stand in this process's writable memory, in the secure heap and outside.
  ///
  /// The needle is the secret itself, so that the search brings no copy of it into being; what is searched is
  /// copied to a mapping that is left out.
  private static func places(
    of secret: UnsafeMutableRawBufferPointer
  ) throws -> (inside: Int, outside: Int) {
    try searching.withLock { _ in try search(for: secret) }
  }

  /// One search would find the secret in what another has just copied.
  private static let searching = Mutex(())

  private static func search(
    for secret: UnsafeMutableRawBufferPointer
  ) throws -> (inside: Int, outside: Int) {
    let step = 1 << 20
    let most = step + secret.count
    let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
    try #require(memory >= 0)
    defer { close(memory) }
    let mapped = mmap(nil, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let copy = try #require(mapped != MAP_FAILED ? mapped : nil)
    defer {
      memset(copy, 0, most)
      munmap(copy, most)
    }
    let own = UInt(bitPattern: copy)..<(UInt(bitPattern: copy) + UInt(most))
    var found = (inside: 0, outside: 0)
    for range in try writableRanges() {
      var start = range.lowerBound
      while start < range.upperBound {
        // Pieces overlap by one byte less than the needle, so that it is found once.
        let read = pread(memory, copy, min(most - 1, Int(range.upperBound - start)), off_t(start))
        if read <= 0 { break }
        for offset in offsets(of: secret, in: UnsafeRawBufferPointer(start: copy, count: read)) {
          let address = start + UInt(offset)
          if own.contains(address) { continue }
          if SecretBytes.isSecure(address) { found.inside += 1 } else { found.outside += 1 }
        }
        start += UInt(step)
      }
    }
    return found
  }

  /// Where this process may write.
  private static func writableRanges() throws -> [Range<UInt>] {
    try mappings().split(separator: "\n").filter { $0.contains(" rw") }.compactMap { line in
      let bounds = line.prefix { $0 != " " }.split(separator: "-").compactMap {
        UInt($0, radix: 16)
      }
      return bounds.count == 2 ? bounds[0]..<bounds[1] : nil
    }
  }

  /// Sanitizers map terabytes, which nobody can search.
  private static let canSearchMemory =
    (try? writableRanges())?.allSatisfy { $0.count < 1 << 36 } ?? false

  /// /proc/self/maps. Foundation takes its first short read for the file's end.
  private static func mappings() throws -> String {
    let file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
    try #require(file >= 0)
    defer { close(file) }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &piece, piece.count)
      if count <= 0 { return String(decoding: text, as: UTF8.self) }
      text += piece[..<count]
    }
  }

  private static func offsets(
    of needle: UnsafeMutableRawBufferPointer, in bytes: UnsafeRawBufferPointer
  ) -> [Int] {
    guard let base = bytes.baseAddress, let wanted = needle.baseAddress else { return [] }
    var offsets: [Int] = []
    var offset = 0
    while offset <= bytes.count - needle.count,
      let found = memchr(base + offset, Int32(needle[0]), bytes.count - needle.count - offset + 1)
    {
      let place = UnsafeRawPointer(found) - base
      if memcmp(found, wanted, needle.count) == 0 { offsets.append(place) }
      offset = place + 1
    }
    return offsets
  }
}
