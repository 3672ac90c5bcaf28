import Foundation
import Testing

@testable import Dumps

/// Archives of 7-Zip itself, encrypted in each way that it has.
@Suite("encrypted 7z")
struct SevenZipTests {
  private static let program = ["7zz", "7z"].map { "/usr/bin/\($0)" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// So that what could not be tried is counted as skipped.
  private static let isThere: Bool = {
    if program == nil { print("skipped: Debian's 7zip is not installed") }
    return program != nil
  }()

  private static let password = "CANARY-pässwort"
  /// What is packed: a text, nothing, and noise, which is stored if it cannot be packed.
  private static let files: [String: Data] = {
    var random = SystemRandomNumberGenerator()
    let noise = (0..<100_001).map { _ in UInt8.random(in: 0...255, using: &random) }
    return [
      "log/Passwords.txt": Data("URL: https://a.example/\nLogin: ann\nPassword: CANARY\n".utf8),
      "log/empty.txt": Data(), "noise.exe": Data(noise),
      "long.txt": Data(String(repeating: "words that repeat ", count: 100_000).utf8),
    ]
  }()

  /// An archive that 7-Zip makes of the files with these options; and then adds `added` to, under another password.
  private func made(
    _ options: [String], isEncrypted: Bool = true, of files: [String: Data] = Self.files,
    adding added: [String: Data] = [:], under other: String = ""
  ) throws -> KeptBytes {
    let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: place) }
    for (password, files) in [(Self.password, files), (other, added)] where !files.isEmpty {
      for (name, data) in files {
        let file = place.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
      }
      let process = Process()
      process.executableURL = Self.program.map { URL(filePath: $0) }
      process.currentDirectoryURL = place
      process.arguments =
        ["a", "-bd"] + (isEncrypted ? ["-p\(password)"] : []) + options + ["made.7z"]
        + files.keys.sorted()
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    return KeptBytes(Array(try Data(contentsOf: place.appending(path: "made.7z"))))
  }

  /// Counts what is read of it.
  private final class CountingSource: ByteSource {
    let bytes: KeptBytes
    private(set) var read = 0
    var size: Int? { bytes.size }

    init(_ bytes: KeptBytes) { self.bytes = bytes }

    func read(
      into room: UnsafeMutableRawBufferPointer, from offset: Int
    ) -> (count: Int, errno: Int32) {
      let result = unsafe bytes.read(into: room, from: offset)
      read += result.count
      return result
    }
  }

  @Test(
    "a solid archive is read once, however many members share its stream", .enabled(if: isThere))
  func solid() throws {
    var files: [String: Data] = [:]
    var random = SystemRandomNumberGenerator()
    for number in 0..<100 {
      files["\(number).txt"] = Data(
        (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    let source = CountingSource(try made(["-ms=on"], isEncrypted: false, of: files))
    #expect(read(source) == files)
    let size = try #require(source.size)
    #expect(size > 2_000_000)
    // Its directory, at its end, is looked at more than once.
    #expect(source.read < size + (1 << 20), "\(source.read) of \(size)")
  }

  private func read(_ source: some ByteSource) -> [String: Data] {
    let budget = ArchiveBudget(ArchiveLimits(), progress: {})
    var read: [String: Data] = [:]
    guard let reader = ArchiveReader(ArchiveInput(source), kind: .sevenZip, budget: budget) else {
      return read
    }
    while case .member(let member, let stream) = reader.next() {
      if member.isDirectory { continue }
      let name = String(decoding: member.name, as: UTF8.self)
      read[name] = Data(stream.bytes(from: 0, limit: 10 << 20))
      #expect(stream.faults.isEmpty, "\(name)")
    }
    #expect(reader.faults.isEmpty)
    return read
  }

  private func deciphered(_ source: any ByteSource, _ passwords: [String]) -> JoinedFiles? {
    archive(source, passwords)?.deciphered
  }

  private func archive(_ source: any ByteSource, _ passwords: [String]) -> SevenZipArchive? {
    SevenZipArchive(
      source, from: 0, passwords: passwords.map { Array($0.utf8) },
      budget: ArchiveBudget(ArchiveLimits(), progress: {}))
  }

  @Test(
    "is read as if it were plain, however it was packed", .enabled(if: isThere),
    arguments: [
      "", "-mhe=on", "-mx=0", "-ms=off -mhe=on", "-m0=PPMd", "-m0=BZip2", "-m0=Deflate",
      "-m0=BCJ2 -m1=LZMA", "-m0=BCJ -m1=LZMA2", "-m0=LZMA -mhc=off",
    ])
  func plain(options: String) throws {
    let archive = try made(options.split(separator: " ").map(String.init))
    let isReadByWrong = deciphered(archive, ["CANARY"]) != nil
    #expect(!isReadByWrong)
    let sevenZip = self.archive(archive, ["CANARY", Self.password])
    let isRead = sevenZip?.deciphered.map { read($0) == Self.files } ?? false
    #expect(isRead && sevenZip?.others == [] && sevenZip?.fault == nil)
    #expect(self.archive(archive, [])?.fault == .encrypted7z)
  }

  @Test(
    "whatever a directory says, it ends, and nothing wrong is taken for right",
    .enabled(if: isThere))
  func damaged() throws {
    let archive = try made(["-m0=LZMA", "-mhc=off"])
    let header = try #require(SevenZipHeader(archive, start: 0))
    let streams = archive.bytes(
      from: SevenZipHeader.bytes, limit: header.directory.lowerBound - SevenZipHeader.bytes)
    var directory = archive.bytes(from: header.directory.lowerBound, limit: header.directory.count)
    // One round in place of 2 to the power of 19: then the right password is wrong, too.
    for index in directory.indices.dropLast() where directory[index...].starts(with: [0x53, 0x0F]) {
      directory[index] = 0x40
    }
    for index in directory.indices {
      for value: UInt8 in [0x00, 0x01, 0x17, 0x7F, 0x80, 0xFF] {
        var changed = directory
        changed[index] = value
        let start = SevenZipHeader.written(packed: streams.count, directory: changed)
        let isRead = deciphered(KeptBytes(start + streams + changed), [Self.password]) != nil
        #expect(!isRead, "\(value) at \(index)")
      }
    }
  }

  /// Header, streams and a directory of one AES folder.
  private func crafted(_ directory: [UInt8], streams: [UInt8] = []) -> KeptBytes {
    let start = SevenZipHeader.written(packed: streams.count, directory: directory)
    return KeptBytes(start + streams + directory)
  }

  private static let most: [UInt8] = [0xFF] + [UInt8](repeating: 0xFF, count: 7) + [0x7F]

  @Test("sizes and counts that no memory or sum can hold are refused")
  func numbers() throws {
    // Three folders of stored bytes, whose members are 2⁶³-1, 2⁶³-1 and 3, and checksums of them all.
    let folder: [UInt8] = [1, 1, 0]
    let members: [UInt8] = [8, 0x0D] + Self.most + Self.most + [3, 0x0A, 1, 1, 2, 3, 4, 0, 0, 0]
    let counts: [UInt8] =
      [1, 4, 6, 0, 3, 9, 1, 1, 1, 0, 7, 0x0B, 3, 0] + folder + folder + folder + [0x0C, 1, 1, 1, 0]
    let areCounted = deciphered(crafted(counts + members, streams: [1, 2, 3]), ["x"]) != nil
    #expect(!areCounted)
    // A stream of 2⁶³-48 bytes.
    let size: [UInt8] = [0xFF, 0xD0] + [UInt8](repeating: 0xFF, count: 6) + [0x7F]
    let coder: [UInt8] = [1, 0x24, 0x06, 0xF1, 0x07, 0x01, 2, 0, 0]
    let long: [UInt8] =
      [1, 4, 6, 0, 1, 9] + size + [0, 7, 0x0B, 1, 0] + coder + [0x0C] + size
      + [0, 8, 0, 0, 5, 1, 0x11, 5, 0, 0x61, 0, 0, 0, 0, 0]
    let isLong = deciphered(crafted(long), ["x"]) != nil
    #expect(!isLong)
  }

  @Test("a key that takes too long, or a password that is too long, is none")
  func costs() {
    let budget = ArchiveBudget(ArchiveLimits(), progress: {})
    var keys = SevenZipKeys(Array("CANARY".utf8))
    #expect(keys.cipher([0x13, 0], budget) != nil)
    #expect(keys.cipher([0x18, 0], budget) == nil)
    var long = SevenZipKeys([UInt8](repeating: 0x77, count: 4000))
    #expect(long.cipher([0x13, 0], budget) == nil)
    // Each has another salt.
    let made = (0..<40).map { keys.cipher([0x80, 0x00, UInt8($0)], budget) != nil }
    #expect(made.filter { $0 }.count == 31)
  }

  @Test(
    "of a long member that is stored, its end tells whether the password is right",
    .enabled(if: isThere))
  func stored() throws {
    let archive = try made(["-mx=0"], of: ["long.txt": Data(count: 17 << 20)])
    let plain = deciphered(archive, ["CANARY", Self.password])
    let isRead = plain.map { read($0) == ["long.txt": Data(count: 10 << 20)] } ?? false
    #expect(isRead)
  }

  @Test(
    "parts under another password are read with that, where zeros fill them up",
    .enabled(if: isThere), arguments: ["-ms=off", "-mx=0"])
  func twoPasswords(option: String) throws {
    let added = ["other.txt": Data("ann:CANARY\n".utf8)]
    // Stored, the long one is whole blocks, and nothing tells its password.
    let files = Self.files.filter { $0.key != "long.txt" }
    let archive = try made([option], of: files, adding: added, under: "CANARY-2")
    for passwords in [[Self.password, "CANARY-2"], ["CANARY-2", Self.password]] {
      let plain = deciphered(archive, passwords)
      let isRead = plain.map { read($0) == files.merging(added) { $1 } } ?? false
      #expect(isRead, "\(passwords)")
    }
  }

  @Test("an unknown filter is told, whether the password is known or not", .enabled(if: isThere))
  func method() throws {
    let sevenZip = try made(["-m0=ARM64", "-m1=LZMA"])
    for password in ["CANARY", Self.password] {
      let found = archive(sevenZip, [password])
      // The zeros that fill up a stream may tell that the password is right.
      let reader = try #require(
        ArchiveReader(
          ArchiveInput(found?.deciphered ?? sevenZip), kind: .sevenZip,
          budget: ArchiveBudget(ArchiveLimits(), progress: {}), known: found?.fault))
      var faults: [ArchiveFault] = []
      while case .member(_, let stream) = reader.next() {
        stream.drain()
        faults += stream.faults
      }
      #expect(!faults.isEmpty && (faults + reader.faults).allSatisfy { $0 == .method })
    }
  }

  @Test("damage is no wrong password", .enabled(if: isThere))
  func damagedMember() throws {
    let archive = try made(["-mx=0"], of: ["a.txt": Data(repeating: 0x61, count: 100)])
    var bytes = archive.bytes(from: 0, limit: 1 << 20)
    // In the first block of the stream; the last, which is filled up, is as it was.
    bytes[SevenZipHeader.bytes] ^= 1
    let isTaken = deciphered(KeptBytes(bytes), ["CANARY", Self.password]) != nil
    #expect(isTaken)
  }
}
